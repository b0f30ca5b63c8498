"""The nearest of many vectors: all of few, of many those whose signs agree best, scored exactly.

A vector's signs are a code of one bit per dimension; how many bits of two codes differ tells the
angle between them (Charikar 2002, "Similarity estimation techniques from rounding algorithms").
Codes are a 32nd of the vectors' size, so that all of them are compared in the time that memory
needs for a tenth of the vectors. Then the candidates' own vectors decide: a score never depends on
what else there is, only whether a passage far down the list is looked at does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.embed import Vectors

EXACT_ROWS = 8_192
"""Up to so many vectors all are scored."""

KEPT_SHARE = 16
"""Of more, one in so many is scored; see docs/decisions/008-scale.md for what that misses."""

PIECE = 256
"""Vectors that are scored at a time."""

WORD = 64

Codes = NDArray[np.uint64]
"""Sign codes, one column per vector: a row is then one long run of memory."""
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Held:
    """Vectors in memory as they were at one moment; never changed, so that threads may share it."""

    keys: NDArray[np.int64]
    """Key of each passage, ascending."""
    matrix: Vectors
    """Their vectors."""
    codes: Codes
    """Their sign codes."""
    gone: NDArray[np.bool_] | None = None
    """Rows that were removed but are still held, if there are any."""

    def __len__(self) -> int:
        return len(self.keys) - (int(self.gone.sum()) if self.gone is not None else 0)

    def rows(self, keys: NDArray[np.int64] | None) -> Rows | None:
        """Return the rows of ``keys`` (ascending) that are held; ``None`` stands for all."""
        if keys is None:
            return None
        if len(keys) == len(self.keys) and self.gone is None and np.array_equal(keys, self.keys):
            return None
        at = np.searchsorted(self.keys, keys)
        inside = at < len(self.keys)
        at = at[inside]
        at = at[self.keys[at] == keys[inside]]
        found: Rows = at if self.gone is None else at[~self.gone[at]]
        return found

    def nearest(self, vector: Vectors, limit: int, rows: Rows | None) -> list[tuple[int, float]]:
        """Return the nearest of ``rows``, best first, as (key, cosine); ties go to the older."""
        count = len(self) if rows is None else len(rows)
        if count <= EXACT_ROWS:
            rows = self._there() if rows is None else rows
        else:
            rows = self._likely(vector, max(EXACT_ROWS // 2, count // KEPT_SHARE, limit), rows)
        scores = self.scored(vector, rows)
        keys = self.keys if rows is None else self.keys[rows]
        if len(scores) > 4 * limit > 0:
            # The best, and all that tie with the last of them.
            least = np.partition(scores, len(scores) - limit)[len(scores) - limit]
            best = np.flatnonzero(scores >= least)
            keys, scores = keys[best], scores[best]
        order = np.lexsort((keys, -scores))[:limit]
        return [(int(keys[i]), float(scores[i])) for i in order]

    def scored(self, vector: Vectors, rows: Rows | None) -> Vectors:
        """Return the cosine of each of ``rows``."""
        count = len(self.keys) if rows is None else len(rows)
        found = np.empty(count, np.float32)
        # In pieces that stay in the processor's cache while they are gathered and multiplied.
        for at in range(0, count, PIECE):
            here = slice(at, at + PIECE)
            matrix = self.matrix[here if rows is None else rows[here]]
            # Summed row by row: the same vector scores the same whatever else is in the corpus.
            np.einsum("ij,j->i", matrix, vector, out=found[here])
        return found

    def _there(self) -> Rows | None:
        return None if self.gone is None else np.flatnonzero(~self.gone)

    def _likely(self, vector: Vectors, wanted: int, rows: Rows | None) -> Rows:
        """Return at least ``wanted`` of ``rows``: those whose signs differ least."""
        asked = codes(vector[np.newaxis])[:, 0]
        differing = np.zeros(len(self.keys) if rows is None else len(rows), np.uint16)
        for held, bits in zip(self.codes, asked, strict=True):
            differing += np.bitwise_count((held if rows is None else held[rows]) ^ bits)
        if rows is None and self.gone is not None:
            differing[self.gone] = WORD * len(self.codes) + 1  # more than any
        enough = np.searchsorted(np.cumsum(np.bincount(differing)), wanted)
        chosen = np.flatnonzero(differing <= enough)
        return chosen if rows is None else rows[chosen]


def codes(matrix: Vectors) -> Codes:
    """Return the sign codes of vectors, one column each."""
    packed = np.packbits(matrix > 0, axis=1)
    padded = np.zeros((len(matrix), -(-packed.shape[1] * 8 // WORD) * 8), np.uint8)
    padded[:, : packed.shape[1]] = packed
    return np.ascontiguousarray(padded.view(np.uint64).T)
