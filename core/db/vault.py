"""Secrets at rest: authenticated encryption with key rotation (Fernet)."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from core.errors import AuthExpired, Misconfigured


class Vault:
    """Encrypts with the first key, decrypts with any: put a new key first to rotate."""

    def __init__(self, keys: list[str]) -> None:
        try:
            self._fernet = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise Misconfigured(
                "SECRET_KEY is not a list of Fernet keys.",
                hint='Make one: python -c "from cryptography.fernet import Fernet; print(Fernet.generate_key().decode())"',
            ) from error

    def seal(self, plain: str) -> bytes:
        return self._fernet.encrypt(plain.encode())

    def open(self, sealed: bytes) -> str:
        """Decrypt. AuthExpired when no key fits: the secret is lost and the person must connect again."""
        try:
            return self._fernet.decrypt(sealed).decode()
        except InvalidToken as error:
            raise AuthExpired("A stored token cannot be decrypted with the current keys.", hint="Connect the account again.") from error

    def rotate(self, sealed: bytes) -> bytes:
        return self._fernet.rotate(sealed)
