"""Vector search at scale: a Chroma index over the record's vectors, rebuildable at any time.

The only importer of chromadb. Chroma gets keys and vectors only: the record has everything else,
and what is not there cannot be lost there. Its own embedding function would download a model and is
switched off; so is its telemetry. HNSW as in Malkov & Yashunin 2018, arXiv:1603.09320.
"""

from __future__ import annotations

import logging
import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from index.derived.faults import in_words, is_fault
from index.derived.following import Pending, pending, portions, read_position
from index.derived.kept import KeptIndex, Stop, Stopped, Trouble
from index.derived.seal import last_written
from index.derived.trying import tried

if TYPE_CHECKING:
    from chromadb.api import ClientAPI
    from chromadb.api.models.Collection import Collection

    from index.embed import Vectors
    from index.record.catalog import Catalog

COLLECTION = "passages"
BATCH = 2_000
"""Rows per call; Chroma refuses more than 5,461."""

EF_SEARCH = 1_000
"""Candidates that Chroma keeps while it walks its graph: 200 found .88 of the nearest, this .99."""

PORTION = 20_000
"""Passages after which what was done is noted, so that a kill costs no more than that."""

SAMPLE = 64
"""About so many places of the corpus whose vectors are looked for when the index is tried."""

CLOSING_SECONDS = 5.0
"""How long Chroma is waited for to close its files."""

logger = logging.getLogger("dossier.index")


class VectorIndex(KeptIndex):
    """The vectors of one embedder in Chroma, kept up with the record."""

    name = "vector index"
    always_tried = True

    def __init__(self, directory: Path, embedder: str, *, at_least: int) -> None:
        """Keep the vectors of ``embedder`` in ``directory``, for ``at_least`` passages or more."""
        # To read all of it for a checksum would take as long as to write it.
        super().__init__(directory, embedder, last_written)
        self._embedder = embedder
        self._at_least = at_least
        self._holds = 0
        self._lock = threading.Lock()
        self._writing = threading.Lock()
        self._collection: Collection | None = None
        self._client: ClientAPI | None = None
        self._times_opened = 0

    def follow(self, catalog: Catalog, stop: Stop = lambda: False) -> None:
        """Bring the index up to the record; only the owner of the data directory may.

        A corpus that is not large enough gets no index: to keep one costs more time and room than
        all the rest of it, and :class:`index.derived.exact.ExactIndex` is as fast.

        Raises:
            Stopped: if ``stop`` said so; what was done is kept.
            BaseException: what Chroma raises.
        """
        if not self.needed(catalog):
            return
        with self._writing:
            if read_position(self._note).space != self._embedder:
                self.release()
                shutil.rmtree(self.directory, ignore_errors=True)
            at = self.position.number
            for changes in portions(catalog.changes(at), PORTION):
                self.directory.mkdir(parents=True, exist_ok=True)
                self.unseal(at)
                self._apply(catalog, pending(changes), stop)
                at = changes[-1].number
                self.seal(at)
            self._holds = at

    def needed(self, catalog: Catalog) -> bool:
        """Return whether the corpus is large enough for this index."""
        return catalog.passage_count() >= self._at_least

    def holds(self, number: int) -> bool:
        """Return whether the index is known to hold the change ``number``; never waits."""
        return 0 < number <= self._holds and self.trouble is None

    def search(self, vector: Vectors, limit: int) -> list[tuple[int, float]] | None:
        """Return the nearest passages of the whole corpus, best first, as (key, cosine).

        ``None`` if the index cannot be read, which is told by :attr:`trouble` from then on.
        """
        try:
            return self._nearest(vector, limit)
        except BaseException as error:
            if not is_fault(error):
                raise
            self.trouble = Trouble(in_words(error))
            logger.warning("the vector index cannot be read: %s", in_words(error))
            self.report()
            return None

    def expected(self, catalog: Catalog) -> int:
        """Return how many passages it holds if it is up to the record."""
        return catalog.vector_count(self._embedder)

    def tried(self, catalog: Catalog, stop: Stop = lambda: False) -> str | None:
        """Open and ask it in another process; return what is wrong, ``None`` if nothing.

        Some of its vectors, from the first to the last, have to be found by themselves.

        Raises:
            Stopped: if ``stop`` said so.
        """
        ranges = [(c.first, c.last) for c in catalog.changes(0) if c.action == "add"]
        keys: list[int] = []
        vectors: list[Vectors] = []
        for first, last in ranges[:: max(1, len(ranges) // SAMPLE)]:
            found, rows = catalog.vectors_between(self._embedder, first, min(last, first + 3))
            keys += found
            vectors += list(rows)
        return tried(_try, self.directory, self._embedder, keys, vectors, stop=stop)

    def count(self) -> int:
        """Return how many vectors the index holds."""
        with self._lock:
            return int(self._opened().count())

    def release(self) -> None:
        """Release the files; after some faults Chroma never ends doing so, and is left alone."""
        self._holds = 0
        client, self._client, self._collection = self._client, None, None
        if client is not None:
            closing = threading.Thread(target=_close, args=(client,), daemon=True)
            closing.start()
            closing.join(CLOSING_SECONDS)

    close = release

    def _is_beside(self, name: str) -> bool:
        """Return whether a file is not sealed: Chroma's SQLite also changes when it is opened."""
        return super()._is_beside(name) or "/" not in name

    def _nearest(self, vector: Vectors, limit: int) -> list[tuple[int, float]]:
        with self._lock:
            collection = self._opened()
        found = collection.query(
            query_embeddings=[vector.tolist()], n_results=limit, include=["distances"]
        )
        keys, distances = found["ids"][0], cast("Any", found["distances"])[0]
        scored = [(int(k), 1.0 - float(d)) for k, d in zip(keys, distances, strict=True)]
        return sorted(scored, key=lambda hit: (-hit[1], hit[0]))

    def _opened(self) -> Collection:
        if self._collection is None:
            import chromadb
            from chromadb.config import Settings

            self.directory.mkdir(parents=True, exist_ok=True)
            settings = Settings(anonymized_telemetry=False)
            # Chroma shares what is open under one name, broken or not: each time has its own.
            name = str(self.directory) + "/." * self._times_opened
            self._times_opened += 1
            self._client = chromadb.PersistentClient(name, settings)
            # ef_search is fixed at creation: a later change works only after reopening.
            self._collection = self._client.get_or_create_collection(
                COLLECTION,
                embedding_function=None,
                configuration={"hnsw": {"space": "cosine", "ef_search": EF_SEARCH}},
            )
        return self._collection

    def _apply(self, catalog: Catalog, work: Pending, stop: Stop) -> None:
        with self._lock:
            collection = self._opened()
        for ids in _batches(work.remove):
            collection.delete(ids=ids)
        for first, last in work.add:
            for at in range(first, last + 1, BATCH):
                if stop():
                    raise Stopped
                end = min(at + BATCH - 1, last)
                keys, vectors = catalog.vectors_between(self._embedder, at, end)
                if keys:
                    _put(collection, [str(key) for key in keys], vectors)


def _close(client: ClientAPI) -> None:
    with suppress(Exception):
        client.close()  # type: ignore[attr-defined]  # of the implementation, not the protocol


def _try(directory: Path, embedder: str, keys: list[int], vectors: list[Vectors]) -> str | None:
    """Ask for vectors that are there; return what is wrong. Runs in another process."""
    index = VectorIndex(directory, embedder, at_least=0)
    if not index.count() and keys:
        return "it is empty"
    lost = 0
    for key, vector in zip(keys, vectors, strict=True):
        found = index._nearest(vector, 10)
        # The same content has the same vector under several keys.
        lost += not any(near == key or score > 0.9999 for near, score in found)
    return f"{lost} of {len(keys)} vectors are not found by themselves" if lost else None


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
