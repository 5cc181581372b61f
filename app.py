"""The entry, in two roles: run as a program it serves pages and API; run by Streamlit (or AppTest) as a script it renders the shell."""

from __future__ import annotations

import gc
import os
import runpy
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import streamlit as st
from starlette.routing import Mount
from streamlit.runtime.scriptrunner import get_script_run_ctx

import bootstrap
from connectors.sandbox.app import build_app
from core.api.routes import all_routes
from core.config import Settings
from core.errors import AppError

SHELL = Path(__file__).resolve().parent / "pages" / "_ui" / "shell.py"  # its folder has no pages/ child: see docs/adr/0001


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Start the runtime before the first request and stop it after the last."""
    with bootstrap.running() as rt, bootstrap.sandbox_served(rt.settings):
        gc.collect()
        gc.freeze()  # what start-up made lives as long as the process: later collections need not look at it
        print(f"\n  Flightplan runs at {rt.settings.base_url}\n  {bootstrap.how_to_sign_in(rt)}\n  Ctrl-C stops it.\n", flush=True)  # noqa: T201
        yield {}


def serve() -> int:
    """Serve until Ctrl-C, or stop the one that serves (`app.py stop`); gives the exit code."""
    try:
        settings = Settings()
        if sys.argv[1:] == ["stop"]:
            print(f"  {bootstrap.stop_other(settings)}")  # noqa: T201
            return 0
        with bootstrap.only_one(settings):
            app.run(config={"server.port": settings.port, "server.address": settings.host})
    except KeyboardInterrupt:  # how the server hands Ctrl-C on after it has stopped
        return 0
    except AppError as error:
        print(f"\n  {error.message}\n  {error.hint}\n", file=sys.stderr)  # noqa: T201
        return 1
    return 0


if get_script_run_ctx(suppress_warning=True) is None:
    app = st.App(SHELL, routes=[*all_routes(), Mount(bootstrap.SANDBOX_PATH, build_app(bootstrap.sandbox))], lifespan=lifespan)
else:
    runpy.run_path(str(SHELL))

if __name__ == "__main__" and get_script_run_ctx(suppress_warning=True) is None:
    code = serve()
    sys.stdout.flush()
    os._exit(code)  # a workflow's thread may still sit in a step; its work is taken up at the next start
