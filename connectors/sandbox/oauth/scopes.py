"""Scopes: what they are called in words, and which of them a call needs."""

from __future__ import annotations

_BASE = "https://www.googleapis.com/auth/"
IDENTITY = {
    "openid": "openid",
    "email": _BASE + "userinfo.email",
    "profile": _BASE + "userinfo.profile",
    _BASE + "userinfo.email": _BASE + "userinfo.email",
    _BASE + "userinfo.profile": _BASE + "userinfo.profile",
}
"""Identity scopes as asked for, and as Google answers them."""

_WORDS = {
    "drive": "See, edit, create and delete all of your Google Drive files",
    "drive.readonly": "See and download all your Google Drive files",
    "drive.file": "See, edit, create and delete only the Google Drive files you use with Flightplan",
    "drive.metadata.readonly": "See information about your Google Drive files",
    "spreadsheets": "See, edit, create and delete all your Google Sheets spreadsheets",
    "spreadsheets.readonly": "See all your Google Sheets spreadsheets",
}


def normalised(scope: str) -> str:
    """Give the scope as Google's answers name it."""
    return IDENTITY.get(scope, scope)


def described(scope: str) -> str:
    """Give the scope in words."""
    return _WORDS.get(scope.removeprefix(_BASE), scope)


def _full(*names: str) -> frozenset[str]:
    return frozenset(_BASE + name for name in names)


CONSENTED_SCOPES = ("openid", _BASE + "userinfo.email", _BASE + "userinfo.profile", _BASE + "drive", _BASE + "spreadsheets")
"""What an account that agreed to everything has granted."""
DRIVE_WRITE = _full("drive", "drive.file")
DRIVE_CONTENT = _full("drive", "drive.readonly", "drive.file")
DRIVE_METADATA = DRIVE_CONTENT | _full("drive.metadata", "drive.metadata.readonly")
SHEETS_WRITE = _full("spreadsheets", "drive", "drive.file")
SHEETS_READ = SHEETS_WRITE | _full("spreadsheets.readonly", "drive.readonly")
