"""Vector search at scale: a Chroma index over the record's vectors, rebuildable at any time.

The only importer of chromadb. Chroma gets keys and vectors only: the record has everything else,
and what is not there cannot be lost there. Its own embedding function would download a model and is
switched off; so is its telemetry. HNSW as in Malkov & Yashunin 2018, arXiv:1603.09320.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from index.following import Pending, Position, pending, portions, read_position, write_position

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

    from index.catalog import Catalog
    from index.embed import Vectors

COLLECTION = "passages"
BATCH = 2_000
"""Rows per call; Chroma refuses more than 5,461."""

EF_SEARCH = 1_000
"""Candidates that Chroma keeps while it walks its graph: 200 found .88 of the nearest, this .99."""

PORTION = 20_000
"""Passages after which what was done is noted, so that a kill costs no more than that."""


class VectorIndex:
    """The vectors of one embedder in Chroma, kept up with the record."""

    def __init__(self, directory: Path, embedder: str, *, at_least: int) -> None:
        """Keep the vectors of ``embedder`` in ``directory``, for ``at_least`` passages or more."""
        self._directory = directory
        self._embedder = embedder
        self._at_least = at_least
        self._holds = 0
        self._lock = threading.Lock()
        self._collection: Collection | None = None
        self._client: ClientAPI | None = None

    def follow(self, catalog: Catalog) -> None:
        """Bring the index up to the record; only the owner of the data directory may.

        A corpus that is not large enough gets no index: to keep one costs more time and room than
        all the rest of it, and :class:`index.exact.ExactIndex` is as fast.
        """
        if not self.needed(catalog):
            return
        with self._lock:
            at = read_position(self._note)
            if at.space != self._embedder:
                self._forget()
                shutil.rmtree(self._directory, ignore_errors=True)
                at = Position(0, self._embedder)
            self._holds = at.number
            for changes in portions(catalog.changes(at.number), PORTION):
                self._apply(catalog, pending(changes))
                self._holds = changes[-1].number
                write_position(self._note, Position(self._holds, self._embedder))

    def needed(self, catalog: Catalog) -> bool:
        """Return whether the corpus is large enough for this index."""
        return catalog.passage_count() >= self._at_least

    def holds(self, number: int) -> bool:
        """Return whether the index is known to hold the change ``number``; never waits."""
        return 0 < number <= self._holds

    def search(self, vector: Vectors, limit: int) -> list[tuple[int, float]]:
        """Return the nearest passages of the whole corpus, best first, as (key, cosine)."""
        with self._lock:
            collection = self._opened()
        found = collection.query(
            query_embeddings=[vector.tolist()], n_results=limit, include=["distances"]
        )
        keys, distances = found["ids"][0], cast("Any", found["distances"])[0]
        scored = [(int(k), 1.0 - float(d)) for k, d in zip(keys, distances, strict=True)]
        return sorted(scored, key=lambda hit: (-hit[1], hit[0]))

    def count(self) -> int:
        """Return how many vectors the index holds."""
        with self._lock:
            return int(self._opened().count())

    def close(self) -> None:
        """Release the files."""
        with self._lock:
            self._forget()

    @property
    def number(self) -> int:
        """The last change of the record that the index holds."""
        at = read_position(self._note)
        return at.number if at.space == self._embedder else 0

    @property
    def _note(self) -> Path:
        return self._directory / "position.json"

    def _forget(self) -> None:
        client, self._client, self._collection = self._client, None, None
        if client is not None:
            client.close()  # type: ignore[attr-defined]  # of the implementation, not the protocol

    def _opened(self) -> Collection:
        if self._collection is None:
            import chromadb
            from chromadb.config import Settings

            self._directory.mkdir(parents=True, exist_ok=True)
            settings = Settings(anonymized_telemetry=False)
            self._client = chromadb.PersistentClient(str(self._directory), settings)
            # ef_search is fixed at creation: a later change works only after reopening.
            self._collection = self._client.get_or_create_collection(
                COLLECTION,
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine", "ef_search": EF_SEARCH}},
            )
        return self._collection

    def _apply(self, catalog: Catalog, work: Pending) -> None:
        collection = self._opened()
        for ids in _batches(work.remove):
            collection.delete(ids=ids)
        for first, last in work.add:
            for at in range(first, last + 1, BATCH):
                end = min(at + BATCH - 1, last)
                keys, vectors = catalog.vectors_between(self._embedder, at, end)
                if keys:
                    _put(collection, [str(key) for key in keys], vectors)


def _batches(ranges: tuple[tuple[int, int], ...]) -> Iterator[list[str]]:
    for first, last in ranges:
        for at in range(first, last + 1, BATCH):
            yield [str(key) for key in range(at, min(at + BATCH, last + 1))]


def _put(collection: Collection, ids: list[str], vectors: Vectors) -> None:
    # `add` ignores an id that is there already, and after a crash some may be.
    there = collection.get(ids=ids, include=[])["ids"]
    if there:
        collection.delete(ids=there)
    collection.add(ids=ids, embeddings=cast("Any", vectors))
