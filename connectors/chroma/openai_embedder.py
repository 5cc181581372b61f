"""An embedder behind any OpenAI-compatible endpoint."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING

from core.errors import AuthExpired, ConnectorError, QuotaExceeded, VendorRejected, VendorUnavailable

if TYPE_CHECKING:
    from openai import APIError, OpenAI

_BATCH = 256
_TIMEOUT_SECONDS = 30.0


class OpenAIEmbedder:
    """Asks the endpoint for vectors; one call for 256 texts, no retry here (the caller's policy decides)."""

    def __init__(self, *, api_key: str, base_url: str | None, model: str) -> None:
        self._api_key, self._base_url, self._model = api_key, base_url, model

    @property
    def name(self) -> str:
        return f"openai:{self._model}"

    @property
    def version(self) -> str:
        return self._base_url if self._base_url is not None else "api.openai.com"

    def embed(self, texts: Sequence[str]) -> list[list[float]]:
        """Give one vector a text, in order.

        Raises:
            AuthExpired: the key is wrong. QuotaExceeded, VendorUnavailable: try again later. VendorRejected: model or input refused.
        """
        from openai import APIError

        vectors: list[list[float]] = []
        for start in range(0, len(texts), _BATCH):
            batch = list(texts[start : start + _BATCH])
            try:
                answer = self._client.embeddings.create(model=self._model, input=batch, encoding_format="float")
            except APIError as error:
                raise _translated(error) from error
            vectors += [entry.embedding for entry in sorted(answer.data, key=lambda entry: entry.index)]
        return vectors

    @cached_property
    def _client(self) -> OpenAI:
        from openai import OpenAI

        return OpenAI(api_key=self._api_key, base_url=self._base_url, timeout=_TIMEOUT_SECONDS, max_retries=0)


def _translated(error: APIError) -> ConnectorError:
    from openai import APIConnectionError, APIStatusError, AuthenticationError, PermissionDeniedError, RateLimitError

    if isinstance(error, AuthenticationError | PermissionDeniedError):
        return AuthExpired("The embedding endpoint refused the key.", hint="Check OPENAI_API_KEY.")
    if isinstance(error, RateLimitError):
        wait = error.response.headers.get("retry-after", "")
        return QuotaExceeded(
            "The embedding endpoint asks to wait.", retry_after=float(wait) if wait.replace(".", "", 1).isdigit() else None
        )
    if isinstance(error, APIConnectionError) or (isinstance(error, APIStatusError) and error.status_code >= 500):
        return VendorUnavailable("The embedding endpoint does not answer.", hint="Check OPENAI_BASE_URL, or try again later.")
    return VendorRejected("The embedding endpoint refused the request.", hint="Check OPENAI_EMBEDDING_MODEL.")
