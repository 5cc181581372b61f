"""Who has an account and what was granted to whom: codes, access tokens, refresh tokens."""

from __future__ import annotations

import base64
import hashlib
import secrets
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta

from connectors.sandbox.wire import Json

CODE_LIFETIME = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Account:
    """A person who can consent."""

    account_id: str
    email: str
    name: str


@dataclass(slots=True)
class Code:
    """An authorisation code, good once and for ten minutes."""

    email: str
    scopes: list[str]
    redirect_uri: str
    challenge: str | None
    is_offline: bool
    expires_at: str


@dataclass(slots=True)
class Token:
    """An access token (with its refresh token, when there is one) of an account."""

    email: str
    scopes: list[str]
    expires_at: str
    refresh_token: str | None = None


@dataclass
class Grants:
    """The authorisation server's memory."""

    accounts: dict[str, Account] = field(default_factory=dict)
    codes: dict[str, Code] = field(default_factory=dict)
    access: dict[str, Token] = field(default_factory=dict)
    refresh: dict[str, Token] = field(default_factory=dict)
    token_lifetime: int = 3599
    """Seconds an access token is good for."""

    def add_account(self, email: str, name: str) -> Account:
        number = int(hashlib.sha256(email.encode()).hexdigest()[:16], 16)
        account = Account(f"1{number:020d}"[:21], email, name)
        self.accounts[email] = account
        return account

    def issue_code(self, code: Code) -> str:
        text = "4/0A" + secrets.token_urlsafe(40)
        self.codes[text] = code
        return text

    def issue_tokens(self, code: Code, now: datetime) -> tuple[str, str | None]:
        """Give a new access token, and a refresh token when access was asked for offline."""
        refresh_token = "1//0" + secrets.token_urlsafe(48) if code.is_offline else None
        if refresh_token is not None:
            self.refresh[refresh_token] = Token(code.email, code.scopes, "", refresh_token)
        return self.issue_access(code.email, code.scopes, now, refresh_token=refresh_token), refresh_token

    def issue_access(self, email: str, scopes: list[str], now: datetime, *, refresh_token: str | None = None) -> str:
        self.access = {token: grant for token, grant in self.access.items() if datetime.fromisoformat(grant.expires_at) > now}
        text = "ya29.a0" + secrets.token_urlsafe(48)
        expires_at = (now + timedelta(seconds=self.token_lifetime)).isoformat()
        self.access[text] = Token(email, scopes, expires_at, refresh_token)
        return text

    def holder(self, access_token: str, now: datetime) -> Token | None:
        """Give what an access token stands for; None when it is unknown, expired or withdrawn."""
        token = self.access.get(access_token)
        return token if token is not None and datetime.fromisoformat(token.expires_at) > now else None

    def revoke(self, text: str) -> bool:
        """Withdraw a token and all that hang on the same grant; False when it is unknown."""
        token = self.access.get(text) or self.refresh.get(text)
        if token is None:
            return False
        refresh_token = token.refresh_token or text
        self.refresh.pop(refresh_token, None)
        self.access = {key: t for key, t in self.access.items() if key != text and t.refresh_token != refresh_token}
        return True

    def withdraw(self, email: str) -> None:
        """Withdraw everything an account granted, as in its Google account's security page."""
        self.refresh = {key: token for key, token in self.refresh.items() if token.email != email}
        self.access = {key: token for key, token in self.access.items() if token.email != email}

    def to_json(self) -> Json:
        return asdict(self)

    @staticmethod
    def from_json(body: Json) -> Grants:
        return Grants(
            {key: Account(**value) for key, value in body["accounts"].items()},
            {key: Code(**value) for key, value in body["codes"].items()},
            {key: Token(**value) for key, value in body["access"].items()},
            {key: Token(**value) for key, value in body["refresh"].items()},
            body["token_lifetime"],
        )


def challenge_of(verifier: str) -> str:
    """Give the S256 challenge of a PKCE verifier (RFC 7636, 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")
