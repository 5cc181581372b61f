"""The sandbox beneath a path of the app: opened on a thread of its own, because nobody needs it for the first page."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from core.errors import AppError

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.types import Receive, Scope, Send

    from connectors.sandbox.sandbox import Sandbox


class MountedSandbox:
    """An ASGI app that owns the sandbox of a folder while it is entered; who calls before it is open waits for it.

    Args:
        folder: where its state lives; an empty one is filled with the demo Drive.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="sandbox-start")
        self._opened: Future[tuple[Sandbox, Starlette]] = Future()

    def __enter__(self) -> Self:
        self._opened = self._thread.submit(_open, self._folder)
        return self

    def __exit__(self, _kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None) -> None:
        self._thread.shutdown()
        if self._opened.exception() is None:
            self._opened.result()[0].close()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        _, app = await asyncio.wrap_future(self._opened)
        await app(scope, receive, send)

    def check(self) -> str:
        """Give "" when well, else one sentence."""
        if not self._opened.done():
            return "The sandbox is starting."
        error = self._opened.exception()
        if error is None:
            return ""
        return str(error) if isinstance(error, AppError) else f"The sandbox could not be opened: {type(error).__name__}."


def _open(folder: Path) -> tuple[Sandbox, Starlette]:
    from connectors.sandbox.app import build_app
    from connectors.sandbox.demo import open_demo

    sandbox = open_demo(folder)
    return sandbox, build_app(lambda: sandbox)
