"""Text out of briefs: pdf, docx, md and txt. What stands in them is data, never an instruction."""

from __future__ import annotations

from io import BytesIO
from pathlib import PurePath
from zipfile import BadZipFile, ZipFile

from core.errors import InvalidInput, UnreadableFile

MAX_BYTES = 20 * 2**20
MAX_CHARACTERS = 500_000
KINDS = ("pdf", "docx", "md", "txt")


def extract_text(name: str, content: bytes) -> str:
    """Give a document's text with its paragraphs.

    Raises:
        InvalidInput: a kind that is not read, a file over 20 MB, or one without any text (a scan).
        UnreadableFile: broken, encrypted, or it unpacks to far more than its size.
    """
    kind = PurePath(name).suffix.lower().lstrip(".")
    if kind not in KINDS:
        raise InvalidInput(f"{name} is not a document that can be read.", hint="Briefs may be " + ", ".join(KINDS) + ".")
    if len(content) > MAX_BYTES:
        raise InvalidInput(f"{name} is larger than 20 MB.", hint="Upload the part that matters.")
    text = {"pdf": _pdf, "docx": _docx}.get(kind, _plain)(name, content)[:MAX_CHARACTERS].replace("\x00", "").strip()
    if not text:
        raise InvalidInput(f"{name} holds no text.", hint="A scanned document must be put through text recognition first.")
    return text


def _plain(name: str, content: bytes) -> str:
    from charset_normalizer import from_bytes

    best = from_bytes(content).best()
    if best is None:
        raise UnreadableFile(f"{name} is not a text file.", hint="Save it as UTF-8 text.")
    return str(best)


def _pdf(name: str, content: bytes) -> str:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        return "\n\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    except (PyPdfError, ValueError, KeyError) as error:
        raise UnreadableFile(f"{name} cannot be read as a PDF.", hint="Is it damaged or protected by a password?") from error


def _docx(name: str, content: bytes) -> str:
    from docx import Document
    from docx.opc.exceptions import OpcError

    try:
        unpacked = sum(entry.file_size for entry in ZipFile(BytesIO(content)).infolist())
        if unpacked > 20 * MAX_BYTES:
            raise UnreadableFile(f"{name} unpacks to {unpacked // 2**20} MB.", hint="It is not an ordinary document.")
        document = Document(BytesIO(content))
    except (BadZipFile, OpcError, KeyError, ValueError) as error:
        raise UnreadableFile(f"{name} cannot be read as a Word document.", hint="Is it damaged, or an old .doc?") from error
    rows = ["\t".join(cell.text for cell in row.cells) for table in document.tables for row in table.rows]
    return "\n\n".join([*(paragraph.text for paragraph in document.paragraphs if paragraph.text.strip()), *rows])
