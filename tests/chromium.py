"""Finds a Chromium: CHROMIUM_PATH, else one on the machine, else the one that Playwright installed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
MAC = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)


def main() -> int:
    """Make sure that there is a browser, installing one where that is allowed; 0 when there is."""
    if chromium_path() is not None or _playwrights_own():
        return 0
    print("There is no Chromium on this machine: installing Playwright's.", flush=True)
    if subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False).returncode == 0:
        return 0
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print("That failed: installing the system's.", flush=True)
        subprocess.run(["apt-get", "update", "-qq"], check=False)
        if subprocess.run(["apt-get", "install", "-y", "-qq", "chromium"], check=False).returncode == 0:
            return 0
    print("The browser tests need a Chromium: install one, or set CHROMIUM_PATH.", file=sys.stderr)
    return 1


def _playwrights_own() -> bool:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        return Path(playwright.chromium.executable_path).exists()


def chromium_path() -> str | None:
    """Give the path of a browser, None to let Playwright use its own."""
    wanted = os.environ.get("CHROMIUM_PATH")
    if wanted:
        return wanted
    found = (shutil.which(name) for name in NAMES)
    return next((path for path in found if path), next((path for path in MAC if Path(path).exists()), None))


if __name__ == "__main__":
    sys.exit(main())
