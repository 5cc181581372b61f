"""The parts of an Excel archive: names, XML trees and streams, shared strings, styles."""

from __future__ import annotations

import posixpath
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Any

from lxml import etree

from core.errors import UnreadableFile
from core.sheets.loading.limits import Budget
from core.sheets.loading.number_formats import BUILT_IN, shows_date

_INDEXED_WHITE = {"9", "65", "64"}


@dataclass(frozen=True, slots=True)
class Style:
    """How a cell is shown."""

    number_format: str | None
    is_date: bool
    bold: bool
    fill: str | None
    struck: bool = False


def tag_of(element: Any) -> str:
    """Give an element's name without its namespace."""
    return str(element.tag).rpartition("}")[2] if isinstance(element.tag, str) else ""


def part_name(archive: zipfile.ZipFile, ending: str) -> str:
    """Give the name of the part that ends so, relations apart."""
    return next(name for name in archive.namelist() if name.endswith(ending) and "/_rels/" not in name)


def open_part(archive: zipfile.ZipFile, name: str) -> IO[bytes]:
    """Open a part for reading."""
    try:
        return archive.open(name)
    except KeyError:
        wanted = name.casefold()
        return archive.open(next((n for n in archive.namelist() if n.casefold() == wanted), name))


def read_tree(archive: zipfile.ZipFile, name: str, budget: Budget) -> Any:
    """Parse a small part as a whole."""
    content = budget.read(open_part(archive, name))
    refuse_entities(content[:4096], budget)
    return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=True))


def refuse_entities(head: bytes, budget: Budget) -> None:
    """Raise UnreadableFile when the part declares entities: they can blow up."""
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head:
        raise UnreadableFile(f"{budget.name} declares XML entities; it was not opened.", hint="Save it again with Excel or LibreOffice.")


def read_relations(archive: zipfile.ZipFile, base: str, budget: Budget) -> dict[str, str]:
    """Give the parts of the workbook by relation id."""
    root = read_tree(archive, part_or(archive, f"{base}/_rels/workbook.xml.rels", "workbook.xml.rels"), budget)
    return {
        relation.get("Id", ""): target.lstrip("/")
        if (target := relation.get("Target", "")).startswith("/")
        else posixpath.normpath(posixpath.join(base, target))
        for relation in root
    }


def part_or(archive: zipfile.ZipFile, name: str, ending: str) -> str:
    """Give the part of this name, or the first that ends so."""
    return name if name in archive.namelist() else next(part for part in archive.namelist() if part.endswith(ending))


def starts_1904(root: Any) -> bool:
    """Tell whether dates count from 1904."""
    return any(tag_of(element) == "workbookPr" and element.get("date1904") in ("1", "true") for element in root.iter())


def texts_of(element: Any) -> str:
    """Join the runs of a rich text; phonetic hints are left out, and so is what is crossed out beside other words."""
    nodes = [node for node in element.iter() if tag_of(node) == "t" and tag_of(node.getparent()) != "rPh"]
    kept = [node for node in nodes if not any(tag_of(part) == "rPr" and is_set(part, "strike") for part in node.getparent())]
    return "".join(node.text or "" for node in (kept if any((node.text or "").strip() for node in kept) else nodes))


def read_shared_strings(archive: zipfile.ZipFile, base: str, budget: Budget) -> list[str]:
    """Give the shared strings in order."""
    name = f"{base}/sharedStrings.xml"
    if name not in archive.namelist():
        name = next((n for n in archive.namelist() if n.casefold().endswith("sharedstrings.xml")), "")
    strings: list[str] = []
    for element in stream_elements(archive, name, "si", budget) if name else ():
        strings.append(unescape_text(texts_of(element)))
        if len(strings) % 5000 == 0:
            budget.count(0)
    return strings


def unescape(text: str) -> str:
    """Undo XML entities; numeric ones too."""
    for entity, sign in _ENTITIES:
        text = text.replace(entity, sign)
    return _NUMERIC_ENTITY.sub(lambda m: chr(int(m[1][1:], 16) if m[1][0] in "xX" else int(m[1])), text) if "&#" in text else text


_ENTITIES = (("&gt;", ">"), ("&lt;", "<"), ("&quot;", '"'), ("&apos;", "'"), ("&amp;", "&"))  # the last one last: `&amp;lt;` is `&lt;`
_NUMERIC_ENTITY = re.compile(r"&#(x?[0-9A-Fa-f]+);")
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescape_text(text: str) -> str:
    """Undo Excel's _xHHHH_ escapes."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def stream_elements(archive: zipfile.ZipFile, name: str, tag: str, budget: Budget) -> Iterator[Any]:
    """Yield the elements of one name, freeing each after use."""
    with open_part(archive, name) as part:
        refuse_entities(part.read(4096), budget)
    with open_part(archive, name) as part:
        for _, element in etree.iterparse(
            part, events=("end",), tag=f"{{*}}{tag}", resolve_entities=False, no_network=True, huge_tree=True
        ):
            yield element
            element.clear(keep_tail=False)
            while element.getprevious() is not None:
                del element.getparent()[0]


def read_styles(archive: zipfile.ZipFile, base: str, budget: Budget) -> list[Style]:
    """Give the cell styles in order."""
    name = f"{base}/styles.xml"
    if name not in archive.namelist():
        return [Style(None, False, False, None)]
    root = read_tree(archive, name, budget)
    parts = {tag_of(child): child for child in root}
    formats = {int(f.get("numFmtId")): str(f.get("formatCode")) for f in parts.get("numFmts", ()) if f.get("numFmtId")}
    bolds, strikes = ([is_set(font, name) for font in parts.get("fonts", ())] for name in ("b", "strike"))
    fills = [_fill(fill) for fill in parts.get("fills", ())]
    styles = []
    for xf in parts.get("cellXfs", ()):
        number = int(xf.get("numFmtId") or 0)
        pattern = formats.get(number) or BUILT_IN.get(number)
        pattern = None if pattern in (None, "General", "GENERAL", "general") else pattern
        font, fill = int(xf.get("fontId") or 0), int(xf.get("fillId") or 0)
        is_date = shows_date(pattern) or (number not in formats and (27 <= number <= 36 or 50 <= number <= 58))
        bold, struck = ((flags[font] if font < len(flags) else False) for flags in (bolds, strikes))
        styles.append(Style(pattern, is_date, bold, fills[fill] if fill < len(fills) else None, struck))
    return styles or [Style(None, False, False, None)]


def is_set(font: Any, name: str) -> bool:
    """Tell whether a font is bold (`b`) or crossed out (`strike`)."""
    return any(tag_of(child) == name and child.get("val") not in ("0", "false") for child in font)


def _fill(element: Any) -> str | None:
    """Give the fill as RRGGBB; a theme colour as `theme4`, which is enough to tell one from another."""
    for pattern in element:
        if tag_of(pattern) != "patternFill" or pattern.get("patternType") in (None, "none"):
            continue
        for colour in pattern:
            if tag_of(colour) != "fgColor":
                continue
            if colour.get("rgb"):
                rgb = str(colour.get("rgb"))[-6:].upper()
                return None if rgb == "FFFFFF" else rgb
            if colour.get("theme"):
                return None if colour.get("theme") == "0" and not colour.get("tint") else f"theme{colour.get('theme')}"
            if colour.get("indexed"):
                return None if colour.get("indexed") in _INDEXED_WHITE else f"indexed{colour.get('indexed')}"
    return None
