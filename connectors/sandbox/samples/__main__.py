"""Write the samples and their truth to data/samples."""

from __future__ import annotations

import json
from pathlib import Path

from connectors.sandbox.drive.xlsx import xlsx_of_document
from connectors.sandbox.samples.catalogue import SAMPLES
from core.config import PROJECT_ROOT

FOLDER = PROJECT_ROOT / "data" / "samples"


def write(folder: Path = FOLDER) -> list[str]:
    """Write xlsx and truth of each sample; gives the names written."""
    folder.mkdir(parents=True, exist_ok=True)
    names = []
    for make in SAMPLES:
        sample = make()
        (folder / f"{sample.key}.xlsx").write_bytes(xlsx_of_document(sample.document))
        text = json.dumps(sample.truth, ensure_ascii=False, indent=1)
        (folder / f"{sample.key}.truth.json").write_text(text + "\n", "utf-8")
        names.append(sample.key)
    return names


if __name__ == "__main__":
    print("\n".join(write()))
