"""Which signatures may be alike: locality-sensitive hashing by bands, for a growing collection.

Banding as in Leskovec, Rajaraman & Ullman, "Mining of Massive Datasets", section 3.4: a signature
is cut into bands of few numbers, and two that agree in all numbers of one band are candidates. With
64 bands of two numbers, texts that share a fifth of all their shingles meet with a probability of
.93, those that share half of them nearly always. The collection is held as sorted arrays, 51 MB for
100,000 signatures, and what came since the last sorting in a dictionary.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.uint32]

BANDS = 64
"""Bands that a signature is cut into, of two numbers each."""
CROWD = 64
"""Most entries of one band that are looked at: a band that more share tells nothing."""
_UNSORTED = 500  # of some eight kilobytes each
_BITS = 26  # of a band's hash; six more tell the bands apart, so that all fit one sorted array
_MIX = np.uint64(0x9E3779B97F4A7C15)  # 2**64 divided by the golden ratio: Knuth's multiplier


class Bands:
    """Names by the bands of their signatures. Not safe to share by threads."""

    def __init__(self, names: Sequence[str], signatures: Rows) -> None:
        """Begin with these names and their signatures, one row each."""
        self._names = list(names)
        self._begun = len(self._names)
        self._recent: dict[int, list[int]] = {}
        self._waiting: list[Rows] = []
        self._sort(_keys(signatures))

    @property
    def is_worn(self) -> bool:
        """Whether as many names were added as it began with: many of them may be gone again."""
        return len(self._names) - self._begun >= max(_UNSORTED, self._begun)

    def add(self, name: str, signature: Rows, limit: int) -> list[str]:
        """Add a name with its signature, and return the names that share a band with it.

        Those that share most come first. A name that was added several times may be there for an
        earlier signature.
        """
        keys = _keys(signature[np.newaxis])
        found = self._like(keys[:, 0], limit)
        for key in keys[:, 0].tolist():
            self._recent.setdefault(key, []).append(len(self._names))
        self._names.append(name)
        self._waiting.append(keys)
        if len(self._waiting) >= max(_UNSORTED, len(self._names) // 4):
            unsorted = np.empty_like(self._order)
            np.put_along_axis(unsorted, self._order, self._sorted.reshape(BANDS, -1), axis=1)
            self._sort(np.concatenate([unsorted, *self._waiting], axis=1))
            self._waiting, self._recent = [], {}
        return found

    def _like(self, keys: Rows, limit: int) -> list[str]:
        first = self._sorted.searchsorted(keys, "left")
        last = self._sorted.searchsorted(keys, "right")
        order = self._order.reshape(-1)
        shared: Counter[int] = Counter()
        for band in np.flatnonzero(last > first):
            shared.update(order[first[band] : min(last[band], first[band] + CROWD)].tolist())
        for key in keys.tolist():
            if key in self._recent:
                shared.update(self._recent[key][:CROWD])
        best = sorted(shared, key=lambda row: (-shared[row], row))
        return list(dict.fromkeys(self._names[row] for row in best[:limit]))

    def _sort(self, keys: Rows) -> None:
        # Key and row as one number: several times faster than sorting rows by their keys.
        both = (keys.astype(np.uint64) << np.uint64(32)) | np.arange(keys.shape[1], dtype=np.uint64)
        both.sort(axis=1)
        self._order = both.astype(np.uint32)
        # The bands follow each other, and each one's keys begin with its number: sorted as a whole.
        self._sorted = (both >> np.uint64(32)).astype(np.uint32).reshape(-1)


def _keys(signatures: Rows) -> Rows:
    """Return a hash of each band, as one row for each band and one column for each signature."""
    pairs = np.ascontiguousarray(signatures).view(np.uint64)  # the two numbers of a band as one
    mixed = pairs * _MIX
    mixed ^= mixed >> np.uint64(32)
    mixed *= _MIX
    mixed >>= np.uint64(64 - _BITS)
    mixed |= np.arange(BANDS, dtype=np.uint64) << np.uint64(_BITS)
    return np.ascontiguousarray(mixed.astype(np.uint32).T)
