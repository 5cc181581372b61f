"""`python -m core.workflows worker`: runs workflows in a process of its own, on the same database as the app."""

from __future__ import annotations

import argparse
import importlib
import signal
import sys
import threading

from core.config import read_settings
from core.errors import AppError


def main() -> int:
    """Run until SIGTERM or Ctrl-C; what is in flight is taken over by another worker."""
    parser = argparse.ArgumentParser(prog="python -m core.workflows", description=__doc__)
    parser.add_argument("command", choices=["worker"])
    parser.parse_args()
    bootstrap = importlib.import_module("bootstrap")  # the composition root sees every package; nothing in core may import it by name
    stop = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stop.set())
    try:
        with bootstrap.running(read_settings(), workers=True) as rt:
            print(f"Worker {rt.settings.executor_id or ''} is running; Ctrl-C stops it.".replace("  ", " "), flush=True)
            stop.wait()
    except AppError as error:
        print(f"\n  {error.message}\n  {error.hint}\n", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
