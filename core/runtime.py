"""What services need besides who asks: settings, database, clock, vault and the ports. Built once by bootstrap."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from core.config import Settings
from core.db.session import Database
from core.db.vault import Vault
from core.errors import Misconfigured
from core.ports import Assistant, Clock, GoogleConnector, JobRunner, KnowledgeIndex


@dataclass(frozen=True, slots=True)
class Runtime:
    """The second argument of every service. Ports are None only while bootstrap is still wiring them."""

    settings: Settings
    db: Database
    clock: Clock
    vault: Vault
    google: GoogleConnector
    jobs: JobRunner
    knowledge: KnowledgeIndex | None = None
    assistant: Assistant | None = None
    checks: Mapping[str, Callable[[], str]] = field(default_factory=dict)
    """Parts of the process by name; each gives "" when well, else one sentence. /health shows them."""


_current: Runtime | None = None


def install(runtime: Runtime | None) -> None:
    """Make it the process's runtime (bootstrap and tests only)."""
    global _current
    _current = runtime


def current() -> Runtime:
    """Give the process's runtime; workflows and page guards start here."""
    if _current is None:
        raise Misconfigured("Flightplan is not started.", hint="Start it with `make run`.")
    return _current


def with_assistant(runtime: Runtime, assistant: Assistant) -> Runtime:
    """Give a runtime with the assistant wired in (it needs the runtime itself to be built)."""
    return replace(runtime, assistant=assistant)
