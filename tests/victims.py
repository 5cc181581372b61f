"""Workers in processes of their own that tests kill, forked from one that has loaded the project: each would need two seconds for that."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping
from multiprocessing import get_context
from multiprocessing.context import ForkServerProcess
from types import ModuleType

_CONTEXT = get_context("forkserver")
_CONTEXT.set_forkserver_preload(
    [f"tests.integration.{name}" for name in ("killed_worker", "dying_worker", "dying_assistant", "sample_workflows")]
)


def start_victim(main: Callable[[], None], env: Mapping[str, str]) -> ForkServerProcess:
    """Run a module's `main` in a process of its own, with these variables besides the test's; whoever starts it kills it."""
    process = _CONTEXT.Process(target=_run, args=(main, dict(env)))
    own, sys.modules["__main__"] = (
        sys.modules["__main__"],
        ModuleType("__main__"),
    )  # page tests leave theirs there, and it would be run again
    try:
        process.start()
    finally:
        sys.modules["__main__"] = own
    return process


def death_of(victim: ForkServerProcess, *, within: float) -> int | None:
    """Wait until a victim has ended, at most so many seconds; give its exit code, -9 where it was killed, None where it still runs."""
    victim.join(within)
    return victim.exitcode


def _run(main: Callable[[], None], env: dict[str, str]) -> None:
    os.environ.update(env)
    main()
