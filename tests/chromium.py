"""Finds a Chromium: CHROMIUM_PATH, else one on the machine, else the one that Playwright installed."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)


def chromium_path() -> str | None:
    """Give the path of a browser, None to let Playwright use its own."""
    wanted = os.environ.get("CHROMIUM_PATH")
    if wanted:
        return wanted
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path), next((path for path in MAC if Path(path).exists()), None))
