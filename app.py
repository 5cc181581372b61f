"""The entry: as a program it serves pages and API; imported by a server it offers `app`; run by Streamlit as a script it draws a page.

As a program it starts Postgres before it imports what the pages need, because both take a second and neither waits for the other.
"""

from __future__ import annotations

import gc
import os
import runpy
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.config import Settings, read_settings
from core.db.opening import Opening
from core.errors import AppError
from core.instance import only_one, stop_other

if TYPE_CHECKING:
    import streamlit as st

SHELL = Path(__file__).resolve().parent / "pages" / "_ui" / "shell.py"  # its folder has no pages/ child: see docs/adr/0001
SWITCH_SECONDS = (
    0.001  # beside a busy workflow a page waits this long for its turn after each query; with Python's 0.005 twice as long in all
)


def build_app(settings: Settings, database: Opening | None = None) -> st.App:
    """Give the ASGI app of pages, API and, where Google is not configured, the sandbox; its lifespan is that of the runtime.

    Args:
        settings: what is asked for.
        database: one that is being opened already; by default the lifespan opens it.
    """
    import streamlit as st
    from starlette.routing import Mount

    import bootstrap
    from connectors.sandbox.mounted import MountedSandbox
    from core.api.routes import all_routes

    sandbox = MountedSandbox(settings.data_dir / "sandbox") if settings.uses_sandbox else None

    @asynccontextmanager
    async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
        with bootstrap.running(settings, database=database, sandbox=sandbox) as rt:
            gc.enable()
            gc.freeze()  # what start-up made lives as long as the process: later collections need not look at it
            print(f"\n  Flightplan runs at {settings.base_url}\n  {bootstrap.how_to_sign_in(rt)}\n  Ctrl-C stops it.\n", flush=True)  # noqa: T201
            yield {}

    sandboxes = [] if sandbox is None else [Mount(bootstrap.SANDBOX_PATH, sandbox)]
    app = st.App(SHELL, routes=[*all_routes(), *sandboxes], lifespan=lifespan)  # by this name and call `streamlit run` finds it
    return app


def serve() -> int:
    """Serve until Ctrl-C, or stop the one that serves (`app.py stop`); gives the exit code."""
    try:
        settings = read_settings()
        if sys.argv[1:] == ["stop"]:
            print(f"  {stop_other(settings)}")  # noqa: T201
            return 0
        settings.check()
        with only_one(settings), Opening(settings) as database:
            gc.disable()  # imports make no garbage worth looking for
            sys.setswitchinterval(SWITCH_SECONDS)
            app = build_app(settings, database)
            database.wait()
            app.run(config={"server.port": settings.port, "server.address": settings.host})
    except KeyboardInterrupt:  # how the server hands Ctrl-C on after it has stopped
        return 0
    except AppError as error:
        print(f"\n  {error.message}\n  {error.hint}\n", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if __name__ == "__main__" and "streamlit" not in sys.modules:
    code = serve()
    sys.stdout.flush()
    os._exit(code)  # a workflow's thread may still sit in a step; its work is taken up at the next start

from streamlit.runtime.scriptrunner import get_script_run_ctx  # noqa: E402 - a program starts Postgres before this

if get_script_run_ctx(suppress_warning=True) is None:
    app = build_app(read_settings())
else:
    runpy.run_path(str(SHELL))
