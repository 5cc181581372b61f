"""Google as a whole: consent and stores, against Google or the sandbox."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from connectors.google.drive import DriveStore
from connectors.google.oauth import GoogleOAuth
from connectors.google.sheets import SheetsStore
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
