"""What a connector declares about itself; bootstrap finds the declarations by core.registry.discover."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from core.config import Settings
from core.ports import GoogleConnector


@dataclass(frozen=True, slots=True)
class SandboxAddress:
    """Where the sandbox answers.

    Attributes:
        api_url: for the SDKs; always loopback.
        browser_url: for people's browsers: consent page and views of files.
    """

    api_url: str
    browser_url: str


@dataclass(frozen=True, slots=True)
class ConnectorSpec:
    """One outside system.

    Attributes:
        capabilities: `oauth`, `files`, `sheets`, `performance`.
        credential_model: type of what is stored (encrypted) for an account.
        build: makes the connector; the address is None when the vendor itself is to be called.
    """

    key: str
    title: str
    capabilities: frozenset[str]
    credential_model: type
    build: Callable[[Settings, SandboxAddress | None], GoogleConnector]
