"""The OAuth endpoints: consent page, decision, token, revocation, identity."""

from __future__ import annotations

import base64
import re
from html import escape
from urllib.parse import urlencode, urlsplit

from connectors.sandbox.exchange import Answer, Call, page
from connectors.sandbox.faults import unauthenticated
from connectors.sandbox.oauth.grants import CODE_LIFETIME, Code, challenge_of
from connectors.sandbox.oauth.scopes import IDENTITY, described, normalised
from connectors.sandbox.routing import Route, route
from connectors.sandbox.sandbox import Sandbox
from connectors.sandbox.wire import Json

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
_CARRIED = ("client_id", "redirect_uri", "scope", "state", "access_type", "code_challenge", "code_challenge_method")


def _refused(problem: str) -> Answer:
    return page("Access blocked", f"<main><h1>Access blocked</h1><p>{escape(problem)}</p></main>", status=400)


def _problem(sandbox: Sandbox, call: Call, asked: dict[str, str]) -> str | None:
    """Tell what is wrong with an authorisation request that must not be redirected back."""
    if asked.get("client_id") != sandbox.client_id:
        return "Error 401: invalid_client. The OAuth client was not found."
    target = urlsplit(asked.get("redirect_uri", ""))
    own_host = call.headers.get("host", "").partition(":")[0]
    if target.scheme not in ("http", "https") or target.hostname not in _LOOPBACK | {own_host}:
        return "Error 400: redirect_uri_mismatch. The sandbox sends people back to this machine only."
    if asked.get("code_challenge") and asked.get("code_challenge_method") != "S256":
        return "Error 400: invalid_request. code_challenge_method must be S256."
    return None if asked.get("scope", "").strip() else "Error 400: invalid_scope. No scope was asked for."


def consent(sandbox: Sandbox, call: Call, _: re.Match[str]) -> Answer:
    """Show the consent page."""
    asked = call.query
    problem = _problem(sandbox, call, asked)
    if problem is None and asked.get("response_type") != "code":
        problem = "Error 400: unsupported_response_type."
    if problem is not None:
        return _refused(problem)
    hidden = "".join(f'<input type="hidden" name="{name}" value="{escape(asked[name])}">' for name in _CARRIED if name in asked)
    hint = asked.get("login_hint")
    accounts = "".join(
        f'<label><input type="radio" name="account" value="{escape(a.email)}"{" checked" if (a.email == hint if hint else not i) else ""}>'
        f"<span>{escape(a.name)}<small>{escape(a.email)}</small></span></label>"
        for i, a in enumerate(sandbox.grants.accounts.values())
    )
    scopes = "".join(
        f'<label><input type="checkbox" name="granted" value="{escape(scope)}" checked><span>{escape(described(scope))}</span></label>'
        for scope in asked["scope"].split()
        if scope not in IDENTITY
    )
    content = f"""<main><h1>Flightplan wants to access a Google account</h1>
<form method="post" action="{escape(call.root)}/o/oauth2/consent">{hidden}
<fieldset><legend>Choose an account</legend>{accounts}</fieldset>
<fieldset><legend>Flightplan will be able to</legend>{scopes}</fieldset>
<p>These accounts and their files are made up. They live in this installation's data folder.</p>
<div class="actions"><button name="decision" value="deny">Deny</button>
<button class="primary" name="decision" value="allow">Allow</button></div></form></main>"""
    return page("Allow access", content)


def decide(sandbox: Sandbox, call: Call, _: re.Match[str]) -> Answer:
    """Send the person back with a code, or with access_denied."""
    asked = call.form
    problem = _problem(sandbox, call, asked)
    if problem is not None:
        return _refused(problem)
    back = {"state": asked["state"]} if "state" in asked else {}
    if asked.get("decision") != "allow":
        return _back(asked["redirect_uri"], {"error": "access_denied", **back})
    email = asked.get("account", "")
    if email not in sandbox.grants.accounts:
        return _refused("Error 400: choose one of the accounts.")
    ticked = {value for name, value in call.form_pairs if name == "granted"}
    scopes = [normalised(scope) for scope in asked["scope"].split() if scope in IDENTITY or scope in ticked]
    code = Code(
        email,
        scopes,
        asked["redirect_uri"],
        asked.get("code_challenge"),
        asked.get("access_type") == "offline",
        (sandbox.now() + CODE_LIFETIME).isoformat(),
    )
    return _back(asked["redirect_uri"], {**back, "code": sandbox.grants.issue_code(code), "scope": " ".join(scopes), "prompt": "consent"})


def _back(redirect_uri: str, parameters: dict[str, str]) -> Answer:
    glue = "&" if urlsplit(redirect_uri).query else "?"
    return Answer(None, 302, headers={"Location": redirect_uri + glue + urlencode(parameters)})


def token(sandbox: Sandbox, call: Call, _: re.Match[str]) -> Answer:
    """Trade a code or a refresh token for an access token."""
    form = call.form
    if _client(call, form) != (sandbox.client_id, sandbox.client_secret):
        return _error("invalid_client", "The OAuth client was not found.", status=401)
    if form.get("grant_type") == "authorization_code":
        return _exchange(sandbox, form)
    if form.get("grant_type") == "refresh_token":
        return _refresh(sandbox, form)
    return _error("unsupported_grant_type", f"Invalid grant_type: {form.get('grant_type', '')}")


def _client(call: Call, form: dict[str, str]) -> tuple[str, str]:
    header = call.headers.get("authorization", "")
    if header.startswith("Basic "):
        name, _, secret = base64.b64decode(header[6:]).decode().partition(":")
        return name, secret
    return form.get("client_id", ""), form.get("client_secret", "")


def _error(code: str, description: str, *, status: int = 400) -> Answer:
    return Answer({"error": code, "error_description": description}, status)


def _exchange(sandbox: Sandbox, form: dict[str, str]) -> Answer:
    code = sandbox.grants.codes.pop(form.get("code", ""), None)
    if code is None:
        return _error("invalid_grant", "Malformed auth code.")
    if code.expires_at < sandbox.now().isoformat():
        return _error("invalid_grant", "Bad Request")
    if form.get("redirect_uri") != code.redirect_uri:
        return _error("redirect_uri_mismatch", "Bad Request")
    if code.challenge and challenge_of(form.get("code_verifier", "")) != code.challenge:
        return _error("invalid_grant", "Invalid code verifier.")
    access, refresh = sandbox.grants.issue_tokens(code, sandbox.now())
    body: Json = {
        "access_token": access,
        "expires_in": sandbox.grants.token_lifetime,
        "scope": " ".join(code.scopes),
        "token_type": "Bearer",
    }
    return Answer(body | {"refresh_token": refresh} if refresh else body)


def _refresh(sandbox: Sandbox, form: dict[str, str]) -> Answer:
    grant = sandbox.grants.refresh.get(form.get("refresh_token", ""))
    if grant is None:
        return _error("invalid_grant", "Token has been expired or revoked.")
    access = sandbox.grants.issue_access(grant.email, grant.scopes, sandbox.now(), refresh_token=grant.refresh_token)
    lifetime = sandbox.grants.token_lifetime
    return Answer({"access_token": access, "expires_in": lifetime, "scope": " ".join(grant.scopes), "token_type": "Bearer"})


def revoke(sandbox: Sandbox, call: Call, _: re.Match[str]) -> Answer:
    """Withdraw a token."""
    text = call.form.get("token") or call.query.get("token", "")
    return Answer({}) if sandbox.grants.revoke(text) else _error("invalid_token", "Token expired or revoked")


def userinfo(sandbox: Sandbox, call: Call, _: re.Match[str]) -> Answer:
    """Tell whose token it is."""
    grant = sandbox.grants.holder(call.headers.get("authorization", "").removeprefix("Bearer "), sandbox.now())
    if grant is None:
        raise unauthenticated()
    account = sandbox.grants.accounts[grant.email]
    given, family = account.name.partition(" ")[::2]
    body: Json = {"sub": account.account_id, "id": account.account_id}
    if IDENTITY["email"] in grant.scopes:
        body |= {"email": account.email, "email_verified": True}
    if IDENTITY["profile"] in grant.scopes:
        body |= {"name": account.name, "given_name": given, "family_name": family}
    return Answer(body)


ROUTES: list[Route] = [
    *route("GET", r"/o/oauth2/(?:v2/)?auth", consent),
    *route("POST", r"/o/oauth2/consent", decide),
    *route("POST", r"/token|/o/oauth2/token|/oauth2/v4/token", token),
    *route("POST", r"/revoke|/o/oauth2/revoke", revoke),
    *route("GET", r"/v1/userinfo|/oauth2/v[123]/userinfo|/userinfo/v2/me", userinfo),
]
