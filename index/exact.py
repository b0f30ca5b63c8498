"""Exact vector search: every vector of the record in memory, scored by one matrix product.

Exact for any filter, and fast enough for most corpora: 100,000 vectors take about 20 ms of one
core. :mod:`index.vectors` takes over above that.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.following import pending

if TYPE_CHECKING:
    from index.catalog import Catalog
    from index.embed import Vectors


class ExactIndex:
    """The vectors of one embedder, held in memory and kept up with the record."""

    def __init__(self, embedder: str) -> None:
        self._embedder = embedder
        self._lock = threading.Lock()
        self._number = 0
        self._keys: NDArray[np.int64] = np.empty(0, np.int64)
        self._matrix: Vectors = np.empty((0, 0), np.float32)

    def follow(self, catalog: Catalog) -> None:
        """Bring the index up to the record."""
        with self._lock:
            changes = catalog.changes(self._number)
            if not changes:
                return
            work = pending(changes)
            keep = np.ones(len(self._keys), bool)
            for first, last in work.remove:
                keep &= (self._keys < first) | (self._keys > last)
            keys, parts = [self._keys[keep]], [self._matrix[keep]]
            for first, last in work.add:
                found, vectors = catalog.vectors_between(self._embedder, first, last)
                keys.append(np.array(found, np.int64))
                parts.append(vectors)
            self._keys = np.concatenate(keys)
            filled = [part for part in parts if len(part)]
            self._matrix = np.concatenate(filled) if filled else np.empty((0, 0), np.float32)
            self._number = changes[-1].number

    def search(
        self, vector: Vectors, limit: int, *, keys: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """Return the nearest passages, best first, as (key, cosine).

        Args:
            vector: unit vector of the question.
            limit: most passages to return.
            keys: passages to search within; ``None`` searches all, empty finds nothing.
        """
        all_keys, matrix = self._keys, self._matrix
        if not len(all_keys):
            return []
        if keys is not None:
            rows = np.flatnonzero(np.isin(all_keys, np.asarray(keys, np.int64)))
            all_keys, matrix = all_keys[rows], matrix[rows]
        # Summed row by row: the same vector scores the same whatever else is in the corpus.
        scores = np.einsum("ij,j->i", matrix, vector) if len(matrix) else np.empty(0, np.float32)
        order = np.lexsort((all_keys, -scores))[:limit]
        return [(int(all_keys[i]), float(scores[i])) for i in order]

    def scores(self, vector: Vectors, keys: Sequence[int]) -> dict[int, float]:
        """Return the cosine of ``vector`` with each of ``keys`` that has a vector."""
        return dict(self.search(vector, len(keys), keys=keys))

    def __len__(self) -> int:
        return len(self._keys)
