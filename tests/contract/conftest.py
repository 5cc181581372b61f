"""Every answer that the sandbox gives in a contract test is held to Google's discovery documents."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from connectors.sandbox import app
from connectors.sandbox.exchange import Answer, Call
from connectors.sandbox.faults import Fault
from connectors.sandbox.sandbox import Sandbox
from tests.contract.discovery import method_of, violations


@pytest.fixture(scope="session")
def methods_answered() -> set[str]:
    """Ids of the methods of Google's that were answered so far."""
    return set()


@pytest.fixture(autouse=True)
def held_to_discovery(monkeypatch: pytest.MonkeyPatch, methods_answered: set[str]) -> Iterator[None]:
    """Fail a test in which an answer was not as Google describes it."""
    found: list[str] = []
    answer = app.answer

    def checked(sandbox: Sandbox, call: Call, fault: Fault | None = None) -> Answer:
        given = answer(sandbox, call, fault)
        found.extend(violations(call, given))
        method = method_of(call)
        if method is not None and given.status < 300:
            methods_answered.add(method.name)
        return given

    monkeypatch.setattr(app, "answer", checked)
    yield
    assert not found, "\n".join(dict.fromkeys(found))
