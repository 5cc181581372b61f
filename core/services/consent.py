"""The consent flow of an account: started in a browser session, answered in the same one, used once, over in ten minutes."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlalchemy import delete

from core.access import AccessContext, Permission
from core.db.tables.library import Connection, OAuthFlow
from core.errors import AuthExpired, Forbidden, InvalidInput, NotFound, VendorRejected
from core.runtime import Runtime
from core.services import activity
from core.services.connections import store_connection
from core.services.identity import digest

FLOW_LIFETIME = timedelta(minutes=10)
CALLBACK_PATH = "/oauth/google/callback"
CALLBACK_TOPIC = "oauth_callback"
_TRY_AGAIN = "Press Connect Google to start again."


@dataclass(frozen=True, slots=True)
class Consent:
    """Where to send the browser, and the job that waits for its answer."""

    url: str
    job_id: str


@dataclass(frozen=True, slots=True)
class ConsentAnswer:
    """What the vendor's redirect brought; `session_id` is that of the browser session it came in."""

    state: str
    session_id: UUID
    code: str | None = None
    error: str | None = None


@dataclass(frozen=True, slots=True)
class ConnectedAccount:
    """What a consent led to."""

    connection_id: UUID
    account_email: str


def start_consent(ctx: AccessContext, rt: Runtime, *, session_id: UUID) -> Consent:
    """Open a flow bound to the browser's session and start the integration job that waits for it."""
    ctx.require(Permission.CONNECT)
    now = rt.clock.now()
    state = secrets.token_urlsafe(32)
    request = rt.google.oauth.authorization_request(state=state, redirect_uri=_redirect_uri(rt))
    job_id = f"integration-{ctx.actor_id}-{now:%Y%m%dT%H%M%S}{now.microsecond:06d}"
    with rt.db.global_session() as session:
        session.execute(delete(OAuthFlow).where(OAuthFlow.expires_at < now - timedelta(days=1)))
        session.add(
            OAuthFlow(
                state_hash=digest(state),
                session_id=session_id,
                user_id=ctx.actor_id,
                tenant_id=ctx.workspace_id,
                job_id=job_id,
                verifier=rt.vault.seal(request.code_verifier),
                expires_at=now + FLOW_LIFETIME,
            )
        )
    rt.jobs.start(ctx, "integration", job_id=job_id, payload={"flow_id": digest(state)})
    return Consent(request.url, job_id)


def answer_consent(ctx: AccessContext, rt: Runtime, answer: ConsentAnswer) -> str:
    """Take the vendor's answer once and wake the job that waits for it; gives the job's id.

    Raises:
        InvalidInput: the state is unknown, was answered already or took longer than ten minutes.
        Forbidden: the answer came in another browser session, or for another user or workspace. The flow stays open.
    """
    ctx.require(Permission.CONNECT)
    now = rt.clock.now()
    with rt.db.global_session() as session:
        flow = session.get(OAuthFlow, digest(answer.state), with_for_update=True)
        if flow is None:
            raise InvalidInput("This answer from Google belongs to no connection in progress.", hint=_TRY_AGAIN)
        if (flow.session_id, flow.user_id, flow.tenant_id) != (answer.session_id, ctx.actor_id, ctx.workspace_id):
            raise Forbidden(
                "This connection was started in another browser session or workspace.",
                hint="Finish it there, or press Connect Google here.",
            )
        if flow.used_at is not None:
            raise InvalidInput("This answer from Google was used already.", hint="Look at Connections: the account may be connected.")
        if flow.expires_at <= now:
            raise InvalidInput("The consent page was left open for more than ten minutes.", hint=_TRY_AGAIN)
        flow.used_at = now
        flow.code = rt.vault.seal(answer.code) if answer.code is not None else None
        flow.error = answer.error if answer.code is None else None
        job_id = flow.job_id
    rt.jobs.signal(ctx, job_id, CALLBACK_TOPIC, {"flow_id": digest(answer.state)})
    return job_id


def complete_consent(ctx: AccessContext, rt: Runtime, flow_id: str) -> ConnectedAccount:
    """Trade the flow's code for tokens and store the connection; done once, told again when asked again.

    Raises:
        AuthExpired: nobody answered in time, or the code was spent before its tokens were stored.
        VendorRejected: the person declined.
        ScopeMissing: the person unticked something that Flightplan needs.
    """
    ctx.require(Permission.CONNECT)
    with rt.db.global_session() as session:
        flow = session.get(OAuthFlow, flow_id)
    if flow is None or flow.tenant_id != ctx.workspace_id:
        raise NotFound("This connection in progress does not exist.", hint=_TRY_AGAIN)
    if flow.connection_id is not None:
        return _connected(ctx, rt, flow.connection_id)
    if flow.error is not None:
        raise _refusal(flow.error)
    if flow.code is None:
        raise AuthExpired("Google's consent page was not answered within ten minutes.", hint=_TRY_AGAIN)
    credential = rt.google.oauth.exchange(
        code=rt.vault.open(flow.code), code_verifier=rt.vault.open(flow.verifier), redirect_uri=_redirect_uri(rt)
    )
    account = rt.google.oauth.identify(credential)
    with rt.db.session(ctx) as session:
        row = store_connection(session, ctx, rt, credential=credential, account=account)
        kept = session.get_one(OAuthFlow, flow_id)
        kept.connection_id, kept.code = row.id, None
        activity.record(session, ctx, "connected", account.email, connection_id=str(row.id), scopes=list(credential.scopes))
        return ConnectedAccount(row.id, row.account_email)


def _connected(ctx: AccessContext, rt: Runtime, connection_id: UUID) -> ConnectedAccount:
    with rt.db.session(ctx) as session:
        row = session.get(Connection, connection_id)
        if row is None:
            raise NotFound("This account was disconnected meanwhile.", hint=_TRY_AGAIN)
        return ConnectedAccount(row.id, row.account_email)


def _refusal(error: str) -> VendorRejected:
    if error == "access_denied":
        return VendorRejected(
            "Access was declined on Google's consent page; nothing was connected.",
            hint="Press Connect Google and choose Allow: Flightplan reads spreadsheets and writes only what you approve.",
        )
    return VendorRejected(f"Google ended the connection with {error!r}.", hint=_TRY_AGAIN)


def _redirect_uri(rt: Runtime) -> str:
    return rt.settings.base_url + CALLBACK_PATH
