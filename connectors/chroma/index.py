"""The knowledge index on Chroma: one collection a workspace, embedded in a folder that one process owns, or on a Chroma server."""

from __future__ import annotations

import fcntl
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any, TextIO
from urllib.parse import urlsplit
from uuid import UUID

from core.errors import Misconfigured, VendorUnavailable
from core.ports import Embedder, KnowledgeHit, Passage

# Chroma's default graph (16 neighbours, 100 candidates) lost one answer in eight among 20,000 notes that resemble one another
_GRAPH = {"hnsw": {"space": "l2", "max_neighbors": 32, "ef_construction": 200, "ef_search": 400}}
_BATCH = 1000  # Chroma takes at most 5,461 at once


class ChromaIndex:
    """Implements core.ports.KnowledgeIndex.

    Chroma corrupts a folder that two processes write to, without an error: the folder is therefore held by a file lock for as long
    as the index lives, and a second process is refused. With a server address any number of processes may use it.
    """

    def __init__(self, embedder: Embedder, *, folder: Path | None = None, url: str | None = None) -> None:
        if (folder is None) == (url is None):
            raise Misconfigured("The knowledge index needs either a folder or CHROMA_URL.")
        self._embedder, self._folder, self._url = embedder, folder, url
        self._opening = Lock()
        self._client: Any = None
        self._lock_file: TextIO | None = None

    def is_current(self, workspace_id: UUID) -> bool:
        """Say whether the workspace's passages were made by today's embedder; false also where nothing was indexed yet."""
        collection = self._existing(workspace_id)
        return collection is not None and collection.metadata == self._stamp()

    def rebuild(self, workspace_id: UUID, passages: Sequence[Passage]) -> None:
        """Replace everything the workspace has by these passages, embedded anew."""
        self.drop(workspace_id)
        self._chroma().create_collection(_name(workspace_id), metadata=self._stamp(), embedding_function=None, configuration=_GRAPH)
        self.put(workspace_id, passages)

    def put(self, workspace_id: UUID, passages: Sequence[Passage]) -> None:
        """Add passages, replacing those with the same id."""
        collection = self._existing(workspace_id)
        if collection is None:
            return self.rebuild(workspace_id, passages)
        for start in range(0, len(passages), _BATCH):
            batch = passages[start : start + _BATCH]
            collection.upsert(
                ids=[p.passage_id for p in batch],
                embeddings=self._embedder.embed([p.text for p in batch]),
                metadatas=[{"note_id": str(p.note_id), "kind": p.kind} for p in batch],
            )
        return None

    def remove(self, workspace_id: UUID, note_id: UUID) -> None:
        """Delete every passage of a note."""
        collection = self._existing(workspace_id)
        if collection is not None:
            collection.delete(where={"note_id": str(note_id)})

    def drop(self, workspace_id: UUID) -> None:
        """Delete all that the workspace has."""
        if self._existing(workspace_id) is not None:
            self._chroma().delete_collection(_name(workspace_id))

    def search(self, workspace_id: UUID, query: str, *, limit: int, kinds: Sequence[str] = ()) -> list[KnowledgeHit]:
        """Find the passages nearest to the query, best first; `similarity` is the cosine, -1 to 1."""
        collection = self._existing(workspace_id)
        if collection is None or not query.strip():
            return []
        where = {"kind": {"$in": list(kinds)}} if kinds else None
        found = collection.query(
            query_embeddings=self._embedder.embed([query]), n_results=limit, where=where, include=["metadatas", "distances"]
        )
        rows = zip(found["ids"][0], found["metadatas"][0], found["distances"][0], strict=True)
        return [KnowledgeHit(passage_id, UUID(meta["note_id"]), 1 - distance / 2) for passage_id, meta, distance in rows]

    def close(self) -> None:
        """Let go of the folder so that another process may own it."""
        self._client = None
        if self._lock_file is not None:
            self._lock_file.close()
            self._lock_file = None

    def _stamp(self) -> dict[str, str]:
        return {"embedder": self._embedder.name, "version": self._embedder.version}

    def _existing(self, workspace_id: UUID) -> Any:
        from chromadb.errors import NotFoundError

        try:
            # without an explicit None, Chroma would attach its default embedder, which downloads a model
            return self._chroma().get_collection(_name(workspace_id), embedding_function=None)
        except NotFoundError:
            return None

    def _chroma(self) -> Any:
        with self._opening:
            if self._client is None:
                self._client = self._open_server(self._url) if self._url is not None else self._open_folder(self._folder)
            return self._client

    def _open_folder(self, folder: Path | None) -> Any:
        import chromadb
        from chromadb.config import Settings

        if folder is None:
            raise Misconfigured("The knowledge index has no folder.")
        folder.mkdir(parents=True, exist_ok=True)
        lock_file = (folder / "owner.lock").open("w")
        try:
            fcntl.flock(lock_file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock_file.close()
            raise Misconfigured(
                f"Another process owns the knowledge index in {folder}.",
                hint="Run one app process, or start a Chroma server and set CHROMA_URL for all of them.",
            ) from error
        self._lock_file = lock_file
        return chromadb.PersistentClient(str(folder), settings=Settings(anonymized_telemetry=False))

    @staticmethod
    def _open_server(url: str) -> Any:
        import chromadb
        from chromadb.config import Settings

        parts = urlsplit(url)
        if parts.hostname is None:
            raise Misconfigured(f"CHROMA_URL is not an address: {url}.", hint="Write it as http://host:8000.")
        secure = parts.scheme == "https"
        port = parts.port if parts.port is not None else (443 if secure else 8000)
        try:
            return chromadb.HttpClient(host=parts.hostname, port=port, ssl=secure, settings=Settings(anonymized_telemetry=False))
        except ValueError as error:
            raise VendorUnavailable(f"The Chroma server at {url} does not answer.", hint="Start it, or take CHROMA_URL away.") from error


def _name(workspace_id: UUID) -> str:
    return f"workspace-{workspace_id.hex}"
