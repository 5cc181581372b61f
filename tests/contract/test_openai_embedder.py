"""The embedder of an OpenAI-compatible endpoint keeps its promises through the real client, against the scripted endpoint."""

from __future__ import annotations

import socket

import pytest

from connectors.chroma.openai_embedder import OpenAIEmbedder
from connectors.sandbox.openai.endpoints import embed
from connectors.sandbox.server import SandboxServer
from core.errors import AuthExpired, VendorRejected, VendorUnavailable


def embedder(base_url: str, key: str = "sk-sandbox") -> OpenAIEmbedder:
    return OpenAIEmbedder(api_key=key, base_url=base_url, model="text-embedding-3-small")


def test_each_text_gets_its_own_vector_in_order_over_several_calls(sandbox: SandboxServer) -> None:
    texts = [f"note {number}" for number in range(300)]
    vectors = embedder(sandbox.base_url + "/v1").embed(texts)
    assert len(vectors) == 300
    assert vectors[299] == pytest.approx(embed("note 299", 256))
    assert vectors[0] != vectors[1]


def test_a_wrong_key_and_a_refused_text_say_what_to_check(sandbox: SandboxServer) -> None:
    with pytest.raises(AuthExpired, match="OPENAI_API_KEY"):
        embedder(sandbox.base_url + "/v1", key="sk-wrong").embed(["x"])
    with pytest.raises(VendorRejected, match="OPENAI_EMBEDDING_MODEL"):
        embedder(sandbox.base_url + "/v1").embed([""])


def test_an_endpoint_that_is_down_is_unavailable_not_wrong() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(VendorUnavailable, match="OPENAI_BASE_URL"):
        embedder(f"http://127.0.0.1:{port}/v1").embed(["x"])
