"""Passwords: bcrypt as streamlit-authenticator's hasher makes it, with a rule for length and a check that is as slow for nobody."""

from __future__ import annotations

from functools import lru_cache

import bcrypt

from core.errors import InvalidInput

ROUNDS = 12  # a quarter of a second of work for each check
SHORTEST, LONGEST_BYTES = 10, 72  # bcrypt reads no more than 72 bytes


def check_strength(password: str) -> None:
    """Raise InvalidInput when a password is too short, too long or too simple."""
    problem = None
    if len(password) < SHORTEST:
        problem = f"The password has {len(password)} characters and needs at least {SHORTEST}."
    elif len(password.encode()) > LONGEST_BYTES:
        problem = f"The password is longer than {LONGEST_BYTES} bytes."
    elif len(set(password)) < 5:
        problem = "The password repeats too few characters."
    if problem:
        raise InvalidInput(problem, hint="A few unrelated words make a good one.")


def hash_password(password: str) -> str:
    """Give the bcrypt hash of a password that `check_strength` accepted."""
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(ROUNDS)).decode()


def matches(password: str, password_hash: str | None) -> bool:
    """Tell whether it is the password; without a hash (nobody has the address) it answers no after the same work."""
    candidate = password.encode()[:LONGEST_BYTES]
    fits = bcrypt.checkpw(candidate, (password_hash or _nobody()).encode())
    return fits and password_hash is not None and len(password.encode()) <= LONGEST_BYTES


@lru_cache(maxsize=1)
def _nobody() -> str:
    return hash_password("nobody has this password")
