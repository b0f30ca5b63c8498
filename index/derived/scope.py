"""What filters leave: the record's own answer, out of arrays that follow its log of changes.

Filters are defined once, by :func:`index.record.rows.conditions`. To ask the record for thousands
of identifiers at every search would take longer than the search, so that what filters look at is
also held here, document by document, in a few bytes each; a test holds the two in step.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.derived.following import InMemory, Pending
from index.models import DEFAULT_COLLECTION, Filters
from index.record.entries import Described, Extent
from index.text.languages import language_of

if TYPE_CHECKING:
    from index.record.catalog import Catalog

NAMED = ("outlet", "collection", "language")
Mask = NDArray[np.bool_]


@dataclass(frozen=True)
class Scope:
    """The part of the corpus that some filters leave, as it was at one moment."""

    extent: Extent
    """How much it is."""
    within: tuple[NDArray[np.int64], NDArray[np.int64]] | None = None
    """First and last key of each of its documents; ``None`` where it is the whole corpus."""
    ids: NDArray[np.object_] | None = None
    """Identifiers of its documents; ``None`` where it is the whole corpus."""

    @cached_property
    def keys(self) -> NDArray[np.int64] | None:
        """Keys of its passages, ascending; ``None`` where it is the whole corpus."""
        return None if self.within is None else _runs(*self.within)

    @cached_property
    def documents(self) -> frozenset[str] | None:
        """Its documents; ``None`` where it is the whole corpus."""
        return None if self.ids is None else frozenset(self.ids.tolist())


@dataclass(frozen=True, slots=True)
class _Documents:
    """What filters look at, one place per document in the order of their first passages."""

    ids: NDArray[np.object_]
    first: NDArray[np.int64]
    """Key of the first passage; a document's keys are one run."""
    last: NDArray[np.int64]
    day: NDArray[np.int32]
    """Day of publication by its ordinal, 0 where it is not known."""
    named: dict[str, NDArray[np.int32]]
    """Outlet, collection and language, by their place among :attr:`Documents._names`."""

    def taken(self, mask: Mask) -> _Documents:
        return _Documents(
            self.ids[mask],
            self.first[mask],
            self.last[mask],
            self.day[mask],
            {name: column[mask] for name, column in self.named.items()},
        )

    def joined(self, other: _Documents) -> _Documents:
        return _Documents(
            np.concatenate([self.ids, other.ids]),
            np.concatenate([self.first, other.first]),
            np.concatenate([self.last, other.last]),
            np.concatenate([self.day, other.day]),
            {name: np.concatenate([self.named[name], other.named[name]]) for name in NAMED},
        )


class Documents(InMemory):
    """What the filters look at, kept up with the record. Safe to share by threads."""

    def __init__(self) -> None:
        super().__init__()
        self._names: dict[str, dict[str | None, int]] = {name: {None: 0} for name in NAMED}
        self._held = self._columns([])
        self._whole: Scope | None = None

    def _apply(self, catalog: Catalog, work: Pending) -> None:
        held = self._held
        for first, last in work.remove:
            held = held.taken((held.first < first) | (held.first > last))
        added = [row for span in work.add for row in catalog.described(*span)]
        if added:
            held = held.joined(self._columns(added))
        self._held, self._whole = held, None

    def scope(self, filters: Filters) -> Scope:
        """Return what ``filters`` leave."""
        with self._lock:
            held = self._held
            if filters:
                left = held.taken(self._mask(filters, held))
                return Scope(self._extent(left), (left.first, left.last), left.ids)
            if self._whole is None:
                self._whole = Scope(self._extent(held))
            return self._whole

    def names(self, field: str, permitted: frozenset[str] | None = None) -> list[str]:
        """Return every value that ``field`` (outlet, collection) has in a document, sorted.

        Args:
            field: what to look at.
            permitted: names of the collections that may be read; ``None`` for all.
        """
        with self._lock:
            there = _used(self._permitted(permitted).named[field])
            return sorted(
                n for n, at in self._names[field].items() if n is not None and at in there
            )

    def has_unnamed(self, permitted: frozenset[str] | None = None) -> bool:
        """Return whether documents were given no collection, among those that may be read."""
        with self._lock:
            return bool((self._permitted(permitted).named["collection"] == 0).any())

    def holds(self, document_id: str, permitted: frozenset[str] | None = None) -> bool:
        """Return whether there is a document, among those that may be read."""
        with self._lock:
            return bool((self._permitted(permitted).ids == document_id).any())

    def _permitted(self, permitted: frozenset[str] | None) -> _Documents:
        held = self._held
        return held if permitted is None else held.taken(self._belonging(held, permitted))

    def _columns(self, rows: Sequence[Described]) -> _Documents:
        """Return rows of the record as columns; new names get the next numbers."""
        named = {
            name: np.array([self._number_of(name, getattr(r, name)) for r in rows], np.int32)
            for name in NAMED
        }
        days = (r.published_at.toordinal() if r.published_at else 0 for r in rows)
        return _Documents(
            np.array([r.document_id for r in rows], np.object_),
            np.array([r.first for r in rows], np.int64),
            np.array([r.last for r in rows], np.int64),
            np.fromiter(days, np.int32, len(rows)),
            named,
        )

    def _number_of(self, field: str, name: str | None) -> int:
        return self._names[field].setdefault(name, len(self._names[field]))

    def _extent(self, held: _Documents) -> Extent:
        known = held.day[held.day > 0]
        return Extent(
            documents=len(held.ids),
            passages=int((held.last - held.first + 1).sum()),
            outlets=tuple(self._there(held, "outlet")),
            earliest=date.fromordinal(int(known.min())) if len(known) else None,
            latest=date.fromordinal(int(known.max())) if len(known) else None,
        )

    def _there(self, held: _Documents, field: str) -> list[str]:
        used = _used(held.named[field])
        return sorted(name for name, at in self._names[field].items() if name and at in used)

    def _mask(self, filters: Filters, held: _Documents) -> Mask:
        """Return which documents the filters leave; what one does not state fails the filter."""
        mask = np.ones(len(held.ids), bool)
        if filters.permitted is not None:
            mask &= self._belonging(held, filters.permitted)
        if filters.outlets:
            named = names_like(self._names["outlet"], filters.outlets)
            mask &= self._among(held, "outlet", named)
        if filters.collections:
            within: list[str | None] = [*names_like(self._names["collection"], filters.collections)]
            if DEFAULT_COLLECTION in {name.lower() for name in filters.collections}:
                within.append(None)
            mask &= self._among(held, "collection", within)
        if filters.languages:
            mask &= self._among(
                held, "language", languages_like(self._names["language"], filters.languages)
            )
        if filters.documents:
            mask &= np.isin(held.ids.astype(np.str_), np.array(filters.documents, np.str_))
        if filters.since:
            mask &= held.day >= filters.since.toordinal()
        for latest in (filters.until, filters.as_of):
            if latest:
                mask &= (held.day > 0) & (held.day <= latest.toordinal())
        return mask

    def _belonging(self, held: _Documents, permitted: frozenset[str]) -> Mask:
        """Return which documents are in one of the collections that may be read."""
        there = self._names["collection"]
        within = [name for name in there if (name or DEFAULT_COLLECTION) in permitted]
        return self._among(held, "collection", within)

    def _among(self, held: _Documents, field: str, wanted: Sequence[str | None]) -> Mask:
        chosen = np.zeros(len(self._names[field]), bool)
        chosen[[self._names[field][name] for name in wanted]] = True
        return chosen[held.named[field]]


def names_like(there: Iterable[str | None], wanted: Sequence[str]) -> list[str]:
    """Return the names that are among ``wanted`` without regard to case."""
    fold = _ascii_lower if all(name.isascii() for name in wanted) else str.lower
    folded = {name.lower() for name in wanted}
    return [name for name in there if name is not None and fold(name) in folded]


def languages_like(there: Iterable[str | None], wanted: Sequence[str]) -> list[str]:
    """Return the codes that are of one of the languages of the codes ``wanted``."""
    languages = {language for code in wanted if (language := language_of(code))}
    return [
        code
        for code in there
        if code is not None
        and ((own := _ascii_lower(code)) in languages or own.partition("-")[0] in languages)
    ]


def _ascii_lower(name: str) -> str:
    """Return what SQLite's own ``lower`` makes of a name."""
    return name.translate(_LOWER)


_LOWER = {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}


def _used(column: NDArray[np.int32]) -> set[int]:
    """Return the numbers that a column has; counting them is cheaper than sorting."""
    return set(np.flatnonzero(np.bincount(column)).tolist())


def _runs(first: NDArray[np.int64], last: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return every number of the ranges ``first..last``, in order."""
    sizes = last - first + 1
    starts = np.repeat(first - np.concatenate([[0], np.cumsum(sizes)[:-1]]), sizes)
    return starts + np.arange(int(sizes.sum()))
