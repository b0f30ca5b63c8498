"""Vector search in memory: every vector of the record, kept up with its log of changes.

Fast for any filter and for most corpora; :mod:`index.derived.vectors` takes over where a corpus is
large.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.derived.following import InMemory, Pending
from index.derived.nearest import Held, codes

if TYPE_CHECKING:
    from index.embed import Vectors
    from index.record.catalog import Catalog

Keys = NDArray[np.int64]


class ExactIndex(InMemory):
    """The vectors of one embedder, held in memory and kept up with the record."""

    def __init__(self, embedder: str) -> None:
        super().__init__()
        self._embedder = embedder
        self._space = _Space()
        self._held = self._space.held()

    def _apply(self, catalog: Catalog, work: Pending) -> None:
        for first, last in work.remove:
            self._space.remove(first, last)
        for first, last in work.add:
            self._space.add(*catalog.vectors_between(self._embedder, first, last))
        self._held = self._space.held()

    def search(
        self, vector: Vectors, limit: int, *, keys: Keys | None = None
    ) -> list[tuple[int, float]]:
        """Return the nearest passages, best first, as (key, cosine).

        Args:
            vector: unit vector of the question.
            limit: most passages to return.
            keys: passages to search within, ascending; ``None`` searches all, empty finds nothing.
        """
        held = self._held
        if not len(held):
            return []
        return held.nearest(vector, limit, held.rows(keys))

    def scores(self, vector: Vectors, keys: Sequence[int]) -> dict[int, float]:
        """Return the cosine of ``vector`` with each of ``keys`` that has a vector."""
        held = self._held
        rows = held.rows(np.unique(np.asarray(keys, np.int64)))
        found = held.keys if rows is None else held.keys[rows]
        return dict(zip(found.tolist(), held.scored(vector, rows).tolist(), strict=True))

    @property
    def dimension(self) -> int:
        """Length of the vectors held, 0 while there are none."""
        return int(self._held.matrix.shape[1])

    def __len__(self) -> int:
        return len(self._held)


class _Space:
    """Room for vectors that grows by halves, so that adding a few does not copy all.

    Views given out stay as they are: later rows lie behind them, and removing only marks.
    """

    def __init__(self) -> None:
        self._count = 0
        self._keys: Keys = np.empty(0, np.int64)
        self._matrix: Vectors = np.empty((0, 0), np.float32)
        self._codes = codes(self._matrix)
        self._gone: NDArray[np.bool_] = np.empty(0, bool)

    def held(self) -> Held:
        n = self._count
        gone = self._gone[:n] if self._gone[:n].any() else None
        return Held(self._keys[:n], self._matrix[:n], self._codes[:, :n], gone)

    def add(self, keys: Sequence[int], vectors: Vectors) -> None:
        """Put vectors behind the others; keys are given upwards, so the order stays."""
        if not len(keys):
            return
        n = self._count + len(keys)
        if n > len(self._keys) or vectors.shape[1] != self._matrix.shape[1]:
            self._make_room(n + n // 2 if self._count else n, vectors.shape[1])
            n = self._count + len(keys)  # what is gone has left room
        new = slice(self._count, n)
        self._keys[new], self._matrix[new] = keys, vectors
        self._codes[:, new] = codes(vectors)
        self._count = n

    def remove(self, first: int, last: int) -> None:
        """Mark the passages with keys in ``first..last`` as gone; give their room back at times."""
        n = self._count
        start, end = np.searchsorted(self._keys[:n], [first, last + 1])
        if start == end:
            return
        gone = self._gone.copy()  # the old one may be in use
        gone[start:end] = True
        self._gone = gone
        if int(gone[:n].sum()) * 4 > n:
            self._make_room(n, self._matrix.shape[1])

    def _make_room(self, size: int, dimension: int) -> None:
        """Move what is not gone to new room; what has another dimension is left behind."""
        n = self._count
        keep = ~self._gone[:n] if dimension == self._matrix.shape[1] else np.zeros(n, bool)
        keys, matrix, signs = self._keys[:n][keep], self._matrix[:n][keep], self._codes[:, :n]
        count = self._count = len(keys)
        self._keys, self._gone = np.empty(size, np.int64), np.zeros(size, bool)
        self._matrix = np.empty((size, dimension), np.float32)
        self._codes = np.empty((len(codes(self._matrix[:0])), size), np.uint64)
        self._keys[:count] = keys
        if count:
            self._matrix[:count], self._codes[:, :count] = matrix, signs[:, keep]
