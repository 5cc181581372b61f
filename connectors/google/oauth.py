"""Consent by Google's web flow with PKCE, token refresh, identity and revocation, through google-auth-oauthlib."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests

from connectors.google.errors import from_problem, google_errors, problem
from connectors.google.transport import TIMEOUT_SECONDS, prepared, rebased
from connectors.spec import SandboxAddress
from core.errors import AuthExpired, ScopeMissing
from core.ports import AccountIdentity, AuthorizationRequest, Credential

AUTH_URI = "https://accounts.google.com/o/oauth2/v2/auth"
TOKEN_URI = "https://oauth2.googleapis.com/token"  # noqa: S105 - an address
REVOKE_URI = "https://oauth2.googleapis.com/revoke"
USERINFO_URI = "https://openidconnect.googleapis.com/v1/userinfo"

_BASE = "https://www.googleapis.com/auth/"
NEEDED = {_BASE + "drive": "Google Drive", _BASE + "spreadsheets": "Google Sheets"}
"""Scopes without which Flightplan cannot work, by what they open. Drive in full: Excel files are written back too."""
SCOPES = ["openid", _BASE + "userinfo.email", _BASE + "userinfo.profile", *NEEDED]


@dataclass(frozen=True)
class GoogleOAuth:
    """Implements core.ports.OAuthProvider."""

    client_id: str
    client_secret: str
    sandbox: SandboxAddress | None

    def authorization_request(self, *, state: str, redirect_uri: str) -> AuthorizationRequest:
        """Give the consent page's address (PKCE S256, offline access) and the verifier to keep."""
        flow = self._flow(SCOPES, redirect_uri)
        url, _ = flow.authorization_url(state=state, access_type="offline", prompt="consent", include_granted_scopes="true")
        if self.sandbox is not None:
            url = rebased(url, self.sandbox.browser_url)
        return AuthorizationRequest(url, str(flow.code_verifier))

    def exchange(self, *, code: str, code_verifier: str, redirect_uri: str) -> Credential:
        """Trade the code for tokens.

        Raises:
            AuthExpired: the code is spent, wrong or belongs to another verifier.
            ScopeMissing: Drive or Sheets was not granted; what was granted is withdrawn again.
        """
        # Scopes None: oauthlib would raise a warning as an error when Google grants others than asked for.
        flow = self._flow(None, redirect_uri, code_verifier=code_verifier)
        with google_errors("finishing the sign-in"), flow.oauth2session:
            token = flow.fetch_token(code=code, timeout=TIMEOUT_SECONDS)
        credential = Credential(
            access_token=token["access_token"],
            refresh_token=token.get("refresh_token"),
            expires_at=datetime.fromtimestamp(token["expires_at"], UTC) if "expires_at" in token else None,
            scopes=_granted(token.get("scope", ())),
        )
        missing = [title for scope, title in NEEDED.items() if scope not in credential.scopes]
        if missing:
            self.revoke(credential)
            raise ScopeMissing(
                f"Google was connected without access to {' and '.join(missing)}.", hint="Connect again and leave all boxes ticked."
            )
        return credential

    def identify(self, credential: Credential) -> AccountIdentity:
        """Ask Google whose credential it is."""
        with google_errors("asking who signed in"), self._session() as session:
            headers = {"Authorization": f"Bearer {credential.access_token}"}
            response = session.get(USERINFO_URI, headers=headers, timeout=TIMEOUT_SECONDS)
        if not response.ok:
            raise from_problem(problem(response.status_code, response.content, response.headers), "asking who signed in")
        body = response.json()
        email = str(body.get("email", ""))
        return AccountIdentity(str(body["sub"]), email, str(body.get("name") or email))

    def refresh(self, credential: Credential) -> Credential:
        """Give a credential that is valid now.

        Raises:
            AuthExpired: it was revoked, or there is nothing to refresh it with.
        """
        from google.auth.transport.requests import Request

        if credential.refresh_token is None:
            raise AuthExpired("Google's access has expired and cannot be renewed.", hint="Connect Google again under Connections.")
        renewed = self.credentials(credential)
        with google_errors("renewing the access"), self._session() as session:
            renewed.refresh(Request(session))
        return as_credential(renewed, credential)

    def revoke(self, credential: Credential) -> None:
        """Withdraw the grant at Google; one that is already withdrawn is fine."""
        with google_errors("withdrawing the access"), self._session() as session:
            token = credential.refresh_token or credential.access_token
            response = session.post(REVOKE_URI, data={"token": token}, timeout=TIMEOUT_SECONDS)
        if not response.ok and response.status_code != 400:
            raise from_problem(problem(response.status_code, response.content, response.headers), "withdrawing the access")

    def credentials(self, credential: Credential) -> Any:
        """Give google-auth's credentials; the constructor, because from_authorized_user_info ignores token_uri."""
        from google.oauth2.credentials import Credentials

        expiry = None if credential.expires_at is None else credential.expires_at.astimezone(UTC).replace(tzinfo=None)
        return Credentials(  # type: ignore[no-untyped-call]
            token=credential.access_token,
            refresh_token=credential.refresh_token,
            token_uri=TOKEN_URI,
            client_id=self.client_id,
            client_secret=self.client_secret,
            expiry=expiry,
        )

    def _session(self) -> requests.Session:
        return prepared(requests.Session(), self.sandbox)

    def _flow(self, scopes: list[str] | None, redirect_uri: str, *, code_verifier: str | None = None) -> Any:
        from google_auth_oauthlib.flow import Flow

        client = {"client_id": self.client_id, "client_secret": self.client_secret, "auth_uri": AUTH_URI, "token_uri": TOKEN_URI}
        flow = Flow.from_client_config({"web": client}, scopes, redirect_uri=redirect_uri, code_verifier=code_verifier)
        prepared(flow.oauth2session, self.sandbox)
        return flow


def _granted(scope: str | list[str] | tuple[str, ...]) -> tuple[str, ...]:
    return tuple(scope.split()) if isinstance(scope, str) else tuple(scope)


def as_credential(renewed: Any, before: Credential) -> Credential:
    """Give our credential after google-auth renewed its own."""
    expires_at = None if renewed.expiry is None else renewed.expiry.replace(tzinfo=UTC)
    return Credential(renewed.token, renewed.refresh_token, expires_at, tuple(renewed.granted_scopes or ()) or before.scopes)
