"""Serves the sandbox on a loopback port of its own, in a daemon thread; for tests and for workers without an app."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import uvicorn

from connectors.sandbox.app import build_app
from connectors.sandbox.sandbox import Sandbox
from core.errors import VendorUnavailable


class _Server(uvicorn.Server):
    """A server that says when it is up."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.is_up.set()


class SandboxServer:
    """A running sandbox. `base_url` is where it listens, `sandbox` its handle."""

    def __init__(self, sandbox: Sandbox, *, port: int = 0) -> None:
        self.sandbox = sandbox
        self._socket = socket.socket()
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._socket.bind(("127.0.0.1", port))
        self.base_url = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        config = uvicorn.Config(build_app(lambda: self.sandbox), log_config=None, access_log=False, lifespan="off")
        self._server = _Server(config)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, name="sandbox", daemon=True)

    def start(self, *, within_seconds: float = 10.0) -> None:
        """Start serving; VendorUnavailable when it does not come up."""
        self._thread.start()
        if not self._server.is_up.wait(within_seconds):
            raise VendorUnavailable("The sandbox did not start.", context={"base_url": self.base_url})

    def stop(self) -> None:
        """Stop serving and let go of the folder."""
        self._server.should_exit = True
        self._thread.join(timeout=5)
        self._socket.close()
        self.sandbox.close()


@contextmanager
def serve(folder: Path | None = None, *, sandbox: Sandbox | None = None, port: int = 0) -> Iterator[SandboxServer]:
    """Serve a sandbox (a new one on the folder by default) for the length of a block."""
    server = SandboxServer(sandbox or Sandbox(folder), port=port)
    server.start()
    try:
        yield server
    finally:
        server.stop()
