"""Google as a whole: consent and stores, against Google or the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

import requests

from connectors.google.drive import DriveStore
from connectors.google.errors import google_errors
from connectors.google.oauth import GoogleOAuth
from connectors.google.sheets import SheetsStore
from connectors.google.transport import TIMEOUT_SECONDS
from connectors.spec import SandboxAddress
from core.config import Settings
from core.errors import Misconfigured
from core.ports import Credential

_SANDBOX_CLIENT = ("flightplan-sandbox.apps.googleusercontent.com", "sandbox-client-secret")


@dataclass(frozen=True, slots=True)
class OpenGoogle:
    """Implements core.ports.GoogleWorkspace: the stores of one connected account."""

    files: DriveStore
    sheets: SheetsStore


@dataclass(frozen=True)
class Google:
    """Implements core.ports.GoogleConnector."""

    client_id: str
    client_secret: str
    sandbox: SandboxAddress | None

    @cached_property
    def oauth(self) -> GoogleOAuth:
        return GoogleOAuth(self.client_id, self.client_secret, self.sandbox)

    @property
    def is_sandbox(self) -> bool:
        return self.sandbox is not None

    def open(self, credential: Credential) -> OpenGoogle:
        """Give the stores of an account; they renew an expired access token by themselves and serve one thread at a time."""
        credentials = self.oauth.credentials(credential)
        drive = DriveStore(credentials, self.sandbox)
        return OpenGoogle(drive, SheetsStore(credentials, self.sandbox, drive))

    def demo_credential(self) -> Credential:
        """Connect the sandbox's demo account without a browser.

        Raises:
            Misconfigured: Google is not the sandbox.
        """
        if self.sandbox is None:
            raise Misconfigured("A demo workspace needs the sandbox, but a Google client is configured.")
        with google_errors("connecting the demo account"), requests.Session() as session:
            session.trust_env = False  # a proxy must not come between
            answer = session.post(self.sandbox.api_url + "/admin/authorize", json={}, timeout=TIMEOUT_SECONDS)
            answer.raise_for_status()
        body = answer.json()
        expires_at = datetime.fromisoformat(body["expires_at"])
        return Credential(body["access_token"], body["refresh_token"], expires_at, tuple(body["scopes"]))


def build(settings: Settings, sandbox: SandboxAddress | None) -> Google:
    """Make the connector: Google itself when a client is configured, else the sandbox.

    Raises:
        Misconfigured: neither a client with its secret nor a sandbox.
    """
    if settings.google_oauth_client_id is not None:
        if settings.google_oauth_client_secret is None:
            raise Misconfigured("GOOGLE_OAUTH_CLIENT_SECRET is missing.", hint="Set it together with GOOGLE_OAUTH_CLIENT_ID.")
        return Google(settings.google_oauth_client_id, settings.google_oauth_client_secret.get_secret_value(), None)
    if sandbox is None:
        raise Misconfigured("There is neither a Google client nor a sandbox.", hint="Set GOOGLE_OAUTH_CLIENT_ID and its secret.")
    return Google(*_SANDBOX_CLIENT, sandbox)
