"""What a file may cost: bytes unpacked, cells and seconds, so that a hostile one fails fast and says why."""

from __future__ import annotations

import gc
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO

from core.errors import UnreadableFile

MAX_FILE_BYTES = 100 * 2**20
MAX_UNPACKED_BYTES = 1200 * 2**20
MAX_PART_RATIO = 400
MAX_CELLS = 6_000_000
MAX_SIZE = 400 * 2**20
ROW_BYTES, PLACE_BYTES, CELL_BYTES, TEXT_BYTES, AMOUNT_BYTES = 3000, 40, 130, 110, 160
"""What reading takes for a row (its line item), a place in it, a cell of its own, a text beside its letters and an amount by period.

Measured with CPython 3.11.

With MAX_SIZE the whole process stays under 500 MB.
"""
MAX_SECONDS = 60.0


@contextmanager
def collector_paused() -> Iterator[None]:
    """Hold the garbage collector while cells are made by the hundred thousand: none of them is garbage, and looking takes half the time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


class Budget:
    """Counts what one file has used up."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.cells = 0
        self.size = 0
        self._deadline = time.monotonic() + MAX_SECONDS

    def check_archive(self, archive: zipfile.ZipFile) -> None:
        """Refuse archives that unpack to far more than they weigh (zip bombs)."""
        total = 0
        for part in archive.infolist():
            total += part.file_size
            if part.file_size > 20 * 2**20 and part.file_size > MAX_PART_RATIO * max(part.compress_size, 1):
                sizes = f"{part.file_size / 1e6:,.0f} MB from {part.compress_size / 1e6:,.1f} MB"
                raise self._refusal(f"its part {part.filename} unpacks to {sizes}, far more than a spreadsheet does")
        if total > MAX_UNPACKED_BYTES:
            raise self._refusal(f"it unpacks to {total:,} bytes; the limit is {MAX_UNPACKED_BYTES:,}")

    def read(self, part: IO[bytes], limit: int = 200 * 2**20) -> bytes:
        """Read one part, never more than `limit` bytes whatever its header claims."""
        content = part.read(limit + 1)
        if len(content) > limit:
            raise self._refusal(f"one of its parts unpacks to more than {limit:,} bytes")
        return content

    def count(self, cells: int, *, size: int | None = None) -> None:
        """Count cells, what they take in bytes (as texts that differ from all others, unless said), and the time."""
        self.cells += cells
        self.size += cells * (PLACE_BYTES + CELL_BYTES + TEXT_BYTES) if size is None else size
        if self.cells > MAX_CELLS:
            raise self._refusal(f"it has more than {MAX_CELLS:,} filled cells")
        if self.size > MAX_SIZE:
            raise self._refusal(f"its first {self.cells:,} filled cells already take the {MAX_SIZE // 2**20} MB that one file may")
        if time.monotonic() > self._deadline:
            raise self._refusal(f"reading it takes more than {MAX_SECONDS:.0f} seconds")

    def _refusal(self, why: str) -> UnreadableFile:
        return UnreadableFile(f"{self.name} cannot be read: {why}.", hint="Keep only the tabs of the plan and upload it again.")
