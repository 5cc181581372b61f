"""Who is calling: access token to account, with the scopes that a call needs."""

from __future__ import annotations

from connectors.sandbox.exchange import Call
from connectors.sandbox.faults import insufficient_scopes, unauthenticated
from connectors.sandbox.sandbox import Sandbox


def caller(sandbox: Sandbox, call: Call, scopes: frozenset[str]) -> str:
    """Give the address of the account whose token the call carries.

    Args:
        scopes: any one of them will do.
    Raises:
        ApiError: 401 without a good token, 403 when it lacks the scopes.
    """
    grant = sandbox.grants.holder(call.headers.get("authorization", "").removeprefix("Bearer "), sandbox.now())
    if grant is None:
        raise unauthenticated()
    if not scopes.intersection(grant.scopes):
        raise insufficient_scopes()
    return grant.email
