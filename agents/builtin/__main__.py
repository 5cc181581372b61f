"""Trains the built-in model's intents once, when the environment is made: `python -m agents.builtin`."""

from __future__ import annotations

from agents.builtin.intents import BUILT, load_intents

if __name__ == "__main__":
    load_intents(BUILT)
