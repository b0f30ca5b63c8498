"""Hits that say the same: a story counts once, and so do the same words anywhere."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from itertools import takewhile
from typing import TYPE_CHECKING

from index.record.candidates import Candidate, Scored
from index.stories.wording import Wording, overlap, wording

if TYPE_CHECKING:
    from index.record.catalog import Catalog

MOST_COPIES = 50
"""Most copies of a story that are looked at for one search, first seen first."""


def without_copies(
    hits: Sequence[Scored],
    catalog: Catalog,
    documents: Collection[str] | None = None,
    permitted: frozenset[str] | None = None,
) -> list[Scored]:
    """Return ``hits`` with those that say the same counted once, at the best rank of them.

    Of documents that are copies of one story, the passage of the one seen first stands for those of
    the others that have nothing to add to it, even if the search did not find it itself; the others
    that have its words are named in its ``copies``. A passage of a copy that has a sentence of its
    own stays. Of other documents, only passages with exactly the same words fall away; the one
    published first stays.

    Args:
        hits: What was found, best first.
        catalog: The record.
        documents: Those that the filters leave; ``None`` where there are no filters.
        permitted: Names of the collections that may be read; ``None`` for all.
    """
    told = catalog.stories.members(list({hit.candidate.document_id for hit in hits}), permitted)
    if told:
        hits = _Stories(catalog, told, documents).counted_once(hits)
    return _exactly(hits)


class _Stories:
    """The stories of some hits, with the words of their documents as far as they are needed."""

    def __init__(
        self, catalog: Catalog, told: Mapping[str, tuple[str, ...]], left: Collection[str] | None
    ) -> None:
        self._catalog = catalog
        self._told = {
            name: tuple(m for m in members if left is None or m in left)[:MOST_COPIES]
            for name, members in told.items()
        }
        self._texts: dict[str, Wording] = {}
        self._passages: dict[str, list[tuple[Candidate, Wording]]] = {}

    def counted_once(self, hits: Sequence[Scored]) -> list[Scored]:
        """Return the hits with each passage of a story replaced by those that stand for it."""
        kept: dict[int, Scored] = {}
        for hit in hits:
            members = self._told.get(hit.candidate.document_id, ())
            for standing in self._standing(hit, members) if len(members) > 1 else [hit]:
                kept.setdefault(standing.candidate.key, standing)
        return list(kept.values())

    def _standing(self, hit: Scored, members: tuple[str, ...]) -> list[Scored]:
        """Return the passages that stand for ``hit``: those of the first document that has it all.

        There may be several, since what comes before a passage decides where it begins.
        """
        own, document_id = _words(hit.candidate), hit.candidate.document_id
        for name in takewhile(document_id.__ne__, members):
            if self._has(name, own, members):
                found = self._holding(name, own)
                if found:
                    return [
                        replace(hit, candidate=p, copies=self._copies(name, w, members))
                        for p, w in found
                    ]
        return [replace(hit, copies=self._copies(document_id, own, members))]

    def _holding(self, name: str, own: Wording) -> list[tuple[Candidate, Wording]]:
        """Return those passages of a document that together say all of ``own``, if any do."""
        shared = [
            ({n for n, v in enumerate(overlap(own, words).verdicts) if v == "same"}, passage, words)
            for passage, words in self._of(name)
        ]
        missing = set(range(len(own.spans)))
        found: list[tuple[Candidate, Wording]] = []
        for sentences, passage, words in sorted(shared, key=lambda one: -len(one[0])):
            if sentences & missing:
                missing -= sentences
                found.append((passage, words))
        return [] if missing else sorted(found, key=lambda one: one[0].number)

    def _copies(self, name: str, own: Wording, members: tuple[str, ...]) -> tuple[str, ...]:
        others = (other for other in members if other != name)
        return tuple(other for other in others if self._has(other, own, members))

    def _has(self, name: str, own: Wording, members: tuple[str, ...]) -> bool:
        """Return whether a document says all of ``own``; one removed meanwhile says nothing."""
        if name not in self._texts:
            self._texts |= self._catalog.stories.wordings(members)
        text = self._texts.get(name)
        return text is not None and _says(text, own)

    def _of(self, name: str) -> list[tuple[Candidate, Wording]]:
        if name not in self._passages:
            passages = self._catalog.candidates_of(name)
            self._passages[name] = [(p, _words(p)) for p in passages]
        return self._passages[name]


def _words(passage: Candidate) -> Wording:
    return wording(passage.words, passage.evidence())


def _says(one: Wording, other: Wording) -> bool:
    """Return whether ``one`` says all that ``other`` says, word for word but for an article or so.

    What differs in a word that means something may be what the asker wants to know.
    """
    found = overlap(other, one)
    return bool(found.words) and all(verdict == "same" for verdict in found.verdicts)


def _exactly(hits: Sequence[Scored]) -> list[Scored]:
    best: dict[object, Scored] = {}
    # Few passages begin alike: of the others no more than the beginning is compared.
    begins = Counter(map(_beginning, hits))
    for hit in hits:
        words: object = _beginning(hit)
        if begins[_beginning(hit)] > 1:
            words = " ".join(hit.candidate.words.split())
        other = best.get(words)
        if other is None:
            best[words] = hit
        elif _published(hit) < _published(other):
            # Keeps its place in the order: a dictionary's value can change, its position does not.
            best[words] = replace(hit, score=other.score)
    return list(best.values())


def _beginning(hit: Scored) -> tuple[str, ...]:
    return tuple(hit.candidate.words.split(maxsplit=4)[:4])


def _published(hit: Scored) -> tuple[date, int]:
    return (hit.candidate.published_at or date.max, hit.candidate.key)
