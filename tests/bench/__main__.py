"""`python -m tests.bench [SUBJECT ...]`: measures the figures of all subjects or some, and writes their parts of docs/benchmarks.md."""

from __future__ import annotations

import importlib
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path

from tests.bench.figure import Figure

_FOLDER = Path(__file__).parent
_REPORT = _FOLDER.parents[1] / "docs" / "benchmarks.md"
_LIBRARIES = ("numpy", "scipy", "scikit-learn", "streamlit", "dbos", "sqlalchemy", "gspread", "chromadb")
_BY_NAME = ("coverage",)  # too long for a whole run: measured when named, kept in the report until then


def main(subjects: list[str]) -> int:
    """Print the figures of the subjects (all by default)."""
    known = sorted(path.stem.removeprefix("bench_") for path in _FOLDER.glob("bench_*.py"))
    unknown = [subject for subject in subjects if subject not in known]
    if unknown:
        print(f"There is no bench of {', '.join(unknown)}; known are {', '.join(known)}.", file=sys.stderr)
        return 2
    parts = {name: part for name, part in written().items() if subjects or name.lower() in _BY_NAME}
    for subject in subjects or [subject for subject in known if subject not in _BY_NAME]:
        figures = importlib.import_module(f"tests.bench.bench_{subject}").figures()
        parts[subject.capitalize()] = f"{machine()}\n\n{table(figures)}"
        print(f"## {subject.capitalize()}\n\n{parts[subject.capitalize()]}\n", flush=True)
    text = "".join(f"\n## {name}\n\n{part}\n" for name, part in sorted(parts.items()))
    _REPORT.write_text(f"# Benchmarks\n\nMade by `make bench`; do not edit.\n{text}", encoding="utf-8")
    return 0


def written() -> dict[str, str]:
    """Give the parts of the report as it stands, by subject."""
    text = _REPORT.read_text(encoding="utf-8") if _REPORT.exists() else ""
    return {name: part.strip() for name, _, part in (chunk.partition("\n") for chunk in text.split("\n## ")[1:])}


def table(figures: list[Figure]) -> str:
    """Lay figures out as a Markdown table."""
    head = "| figure | value | aim | peer | ratio | note |\n| --- | --: | --- | --- | --: | --- |\n"
    return head + "\n".join(
        f"| {f.name} | {f.value:.3g} {f.unit} | {f.aim} | {f.peer} | {'' if f.ratio is None else f'{f.ratio:.3g} x'} | {f.note} |"
        for f in figures
    )


def machine() -> str:
    """Say on what the figures were measured."""
    libraries = ", ".join(f"{name} {version(name)}" for name in _LIBRARIES)
    processor = next((line.split(":")[1].strip() for line in _cpu_lines() if line.startswith("model name")), platform.machine())
    return f"Machine: {os.cpu_count()} cores, {processor}, {platform.system()}. Python {platform.python_version()}, {libraries}."


def _cpu_lines() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
