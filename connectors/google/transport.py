"""How requests leave: to Google with timeouts, or to the sandbox on loopback while every other address is refused."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httplib2
import requests
from requests.adapters import HTTPAdapter
from urllib3.util import Retry

from connectors.spec import SandboxAddress
from core.errors import Misconfigured

TIMEOUT_SECONDS = 60.0
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def _connection_retry() -> Retry:
    """Try a GET again when no connection came about; answers of any status go to the caller, whose workflow decides."""
    return Retry(
        total=2,
        connect=2,
        read=1,
        status=0,
        other=0,
        backoff_factor=0.2,
        allowed_methods=frozenset({"GET"}),
        respect_retry_after_header=False,  # else urllib3 sleeps through a 429 of its own accord
    )


def rebased(url: str, target: str) -> str:
    """Give a vendor's URL with scheme and host of the target, beneath its path."""
    parts, base = urlsplit(url), urlsplit(target)
    return urlunsplit((base.scheme, base.netloc, base.path.rstrip("/") + parts.path, parts.query, ""))


def loopback(target: str) -> str:
    """Give the target back; Misconfigured when it is not this machine."""
    if urlsplit(target).hostname not in _LOOPBACK:
        raise Misconfigured(f"The sandbox must be on this machine, not at {target}.")
    return target


class RebaseAdapter(HTTPAdapter):
    """Sends a vendor's requests to the sandbox; the SDKs keep their production URLs. Never goes through a proxy."""

    def __init__(self, target: str, **options: Any) -> None:
        self._target = loopback(target)
        super().__init__(**options)

    def send(self, request: requests.PreparedRequest, *positional: Any, **named: Any) -> requests.Response:
        moved = request.copy()
        moved.url = rebased(str(request.url), self._target)
        return super().send(moved, *positional, **{**named, "proxies": {}})


class DenyAdapter(HTTPAdapter):
    """Refuses every request: in sandbox mode nothing leaves the machine."""

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        raise requests.exceptions.ConnectionError(f"Sandbox mode: {request.url} is not called.", request=request)


VENDOR_HOSTS = (
    "accounts.google.com",
    "oauth2.googleapis.com",
    "openidconnect.googleapis.com",
    "sheets.googleapis.com",
    "www.googleapis.com",
)


def prepared(session: requests.Session, sandbox: SandboxAddress | None) -> requests.Session:
    """Mount the adapters on a session: to Google, or in sandbox mode to the sandbox and nowhere else."""
    if sandbox is None:
        session.mount("https://", HTTPAdapter(max_retries=_connection_retry()))
        return session
    session.mount("https://", DenyAdapter())
    session.mount("http://", DenyAdapter())
    adapter = RebaseAdapter(sandbox.api_url, max_retries=_connection_retry())
    for host in VENDOR_HOSTS:
        session.mount(f"https://{host}/", adapter)
    return session


class RebasedHttp(httplib2.Http):  # type: ignore[misc]  # httplib2 has no types
    """httplib2 under the same rule: Google's hosts become the sandbox, all else is refused."""

    def __init__(self, target: str, *, timeout: float) -> None:
        super().__init__(timeout=timeout, proxy_info=None)
        self._target = loopback(target)

    def request(self, uri: str, *positional: Any, **named: Any) -> tuple[httplib2.Response, bytes]:
        if urlsplit(uri).hostname not in VENDOR_HOSTS:
            raise httplib2.ServerNotFoundError(f"Sandbox mode: {uri} is not called.")
        response, content = super().request(rebased(uri, self._target), *positional, **named)
        return response, content


def http(sandbox: SandboxAddress | None) -> httplib2.Http:
    """Make an httplib2 client; it serves one thread."""
    if sandbox is None:
        return httplib2.Http(timeout=TIMEOUT_SECONDS)
    return RebasedHttp(sandbox.api_url, timeout=TIMEOUT_SECONDS)
