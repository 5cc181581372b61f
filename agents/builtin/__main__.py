"""Trains the built-in model's intents once: `python -m agents.builtin [FOLDER]`, by default where `make setup` keeps them."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from agents.builtin.intents import BUILT, load_intents

if __name__ == "__main__":
    if sys.argv[1:]:  # beside a running app, whose pages come first
        os.nice(10)
    load_intents(Path(sys.argv[1]) if sys.argv[1:] else BUILT)
