"""The searches for one question, run and merged: the whole, its sides, and a second hop.

What an answer is made from and what ``dossier search`` and ``POST /v1/search`` show is the same,
because all of them ask here. Every search that was made is told as a
:class:`qa.models.SearchStep`, with the documents that it was the first to bring.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import zip_longest
from typing import TYPE_CHECKING, TypeVar

from index.models import Filters
from qa.errors import ModelError
from qa.models import SearchStep, Usage
from qa.search.diversity import diverse
from qa.search.hops import Bridge, bridges, is_about, mentions
from qa.search.plan import SubQuery, plan
from qa.text.words import tokens

if TYPE_CHECKING:
    from index.corpus import Corpus
    from index.models import Hit
    from index.search.retriever import Retrieval
    from qa.search.subquestions import Planner

S = TypeVar("S")
T = TypeVar("T")

NO_FILTERS = Filters()

MOST_BRIDGES = 4
"""Searches of the second hop."""

BROUGHT = 2
"""Passages that one search of the second hop may bring."""

POOL = 12
"""Further passages of the first search that diversity chooses among."""

AGAIN = 50
"""Passages of the brought documents that are scored for the whole question."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the searches for a question found."""

    retrieval: Retrieval
    """The merged passages, best first, with what was searched. Every passage is scored for the
    whole question, whichever search brought it."""
    steps: tuple[SearchStep, ...]
    """The searches that were made, in order."""
    usage: Usage | None = None
    """Tokens that a model took for its plan, where it made one."""
    sides: tuple[tuple[SubQuery, tuple[Hit, ...]], ...] = ()
    """The searches for the sides of a comparison, with the kept passages of each as that search
    scored them."""
    crossings: tuple[tuple[Bridge, tuple[Hit, ...]], ...] = ()
    """The searches of the second hop, in the same way."""

    @property
    def hits(self) -> tuple[Hit, ...]:
        """The merged passages, best first."""
        return self.retrieval.hits


@dataclass(frozen=True, slots=True)
class Searcher:
    """Finds the passages for a question, with as many searches as it needs."""

    corpus: Corpus
    """Where to search."""
    planner: Planner | None = None
    """A model that writes the sub-questions; the rules do where there is none or it fails."""
    by_side: bool = True
    """Whether each side of a comparison is searched for."""
    hops: int = MOST_BRIDGES
    """Most searches of the second hop; 0 makes none."""
    prefer_others: bool = True
    """Whether other documents and outlets come first among passages that fit alike."""

    def search(
        self,
        question: str,
        filters: Filters = NO_FILTERS,
        *,
        limit: int,
        with_model: bool = True,
    ) -> Found:
        """Return the best passages for a question. Blocks.

        Args:
            question: the question, readable without the conversation.
            filters: which documents may be searched, in every step.
            limit: most passages to return.
            with_model: whether the planner may be asked, if there is one.

        Raises:
            InvalidFilter: if a filter names what is not there, or leaves no day.
            EmbedderChanged: if the record was embedded by another embedder.
            EmbeddingFailed: if a query cannot be embedded.
        """
        whole, *parts = plan(question)
        usage = None
        first = self.corpus.search(question, filters, limit=limit + POOL)
        if self.planner and with_model and first.hits:
            whole, parts, usage = _by_model(self.planner, whole, parts)
        run = _Run(self.corpus, filters, limit, whole, first)
        run.told.append((whole, first.hits[:limit]))
        if first.hits and limit > 1:
            for part in parts if self.by_side else ():
                run.part(part)
            if self.hops:
                run.hop(self.hops)
        retrieval, steps = run.merged(prefer_others=self.prefer_others)
        kept = {hit.passage.id for hit in retrieval.hits}
        sides = ((part, hits) for part, hits in run.parts if part.side is not None)
        return Found(retrieval, steps, usage, _kept(sides, kept), _kept(run.crossings, kept))


def _by_model(
    planner: Planner, whole: SubQuery, parts: list[SubQuery]
) -> tuple[SubQuery, list[SubQuery], Usage | None]:
    """Return the searches as a model plans them, or as they were with the reason why."""
    try:
        planned = planner.plan(whole.text)
    except ModelError as error:
        return replace(whole, why=f"{whole.why}; the model made no plan: {error}"), parts, None
    why = f"a sub-question by {planner.model.name}"
    return whole, [SubQuery(text, why, text) for text in planned.questions], planned.usage


@dataclass(slots=True)
class _Run:
    """The searches for one question, under way."""

    corpus: Corpus
    filters: Filters
    limit: int
    whole: SubQuery
    first: Retrieval
    parts: list[tuple[SubQuery, Sequence[Hit]]] = field(default_factory=list)
    brought: list[Hit] = field(default_factory=list)
    crossings: list[tuple[Bridge, Sequence[Hit]]] = field(default_factory=list)
    told: list[tuple[SubQuery, Sequence[Hit]]] = field(default_factory=list)

    def part(self, part: SubQuery) -> None:
        """Search for one side, or one sub-question."""
        hits: Sequence[Hit] = self.corpus.search(part.text, self.filters, limit=self.limit).hits
        if part.side is not None:
            # A document that has the side for its title is about it, whatever else it says.
            side = part.side
            hits = sorted(hits, key=lambda hit: not is_about(hit, side))
        self.parts.append((part, hits))
        self.told.append((part, hits))

    def hop(self, most: int) -> None:
        """Search for the names that the first searches found, at most so many times."""
        weights = self.corpus.weights([token.text for token in tokens(self.whole.text)])
        lanes = self.parts or [(self.whole, self.first.hits)]
        wanted = [bridges(search, self.whole.text, hits, weights) for search, hits in lanes]
        different: dict[str, Bridge] = {}
        for bridge in _in_turn(wanted):
            different.setdefault(bridge.query, bridge)
        for bridge in list(different.values())[:most]:
            self._cross(bridge)

    def _cross(self, bridge: Bridge) -> None:
        hits = self.corpus.search(bridge.query, self.filters, limit=self.limit).hits
        titled = [hit for hit in hits if is_about(hit, bridge.name)]
        brought = (titled or [hit for hit in hits if mentions(hit, bridge.name)])[:BROUGHT]
        why = f"{bridge.name}, named in {bridge.where}"
        self.told.append((SubQuery(bridge.query, why, bridge.query), brought))
        self.brought.extend(brought)
        self.crossings.append((bridge, brought))

    def merged(self, *, prefer_others: bool) -> tuple[Retrieval, tuple[SearchStep, ...]]:
        """Return the passages that are kept, and the steps.

        The best half of the first search stays ahead; what the second hop brought gets at most the
        other half. Where parts were searched, the best passage of each follows the best of all.
        """
        first = diverse(self.first.hits, self.limit) if prefer_others else list(self.first.hits)
        keep = 1 if self.parts else (self.limit + 1) // 2
        heads = [hits[0] for _, hits in self.parts if hits]
        ahead = _without_repeats([*first[:keep], *heads])
        new = [hit for hit in _without_repeats(self.brought) if not _is_among(hit, ahead)]
        rest = _in_turn([first[keep:], list(_in_turn([hits for _, hits in self.parts]))])
        order = _without_repeats([*ahead, *new[: max(1, self.limit // 2)], *rest])
        kept = self._scored(order[: self.limit])
        return replace(self.first, hits=kept), self._steps(kept)

    def _scored(self, hits: Sequence[Hit]) -> tuple[Hit, ...]:
        """Return the hits with their scores for the whole question.

        What decides later whether a passage answers must not depend on which search found it.
        """
        scored = {hit.passage.id: hit for hit in self.first.hits}
        others = {hit.document.id for hit in hits if hit.passage.id not in scored}
        if others:
            within = replace(self.filters, documents=tuple(sorted(others)))
            again = self.corpus.search(self.whole.text, within, limit=AGAIN)
            scored = {hit.passage.id: hit for hit in again.hits} | scored
        return tuple(scored.get(hit.passage.id, hit) for hit in hits)

    def _steps(self, kept: Sequence[Hit]) -> tuple[SearchStep, ...]:
        """Tell the searches, each with the kept documents that it was the first to bring."""
        wanted = {hit.document.id for hit in kept}
        steps = []
        for search, hits in self.told:
            new = [i for i in dict.fromkeys(hit.document.id for hit in hits) if i in wanted]
            wanted -= set(new)
            steps.append(SearchStep(query=search.text, why=search.why, documents=tuple(new)))
        return tuple(steps)


def _kept(
    searches: Iterable[tuple[S, Sequence[Hit]]], kept: Container[str]
) -> tuple[tuple[S, tuple[Hit, ...]], ...]:
    """Return searches with those of their passages that are kept."""
    return tuple(
        (search, tuple(hit for hit in hits if hit.passage.id in kept)) for search, hits in searches
    )


def _in_turn(lists: Sequence[Sequence[T]]) -> Iterator[T]:
    """Yield the first of each list, then the second of each, and so on."""
    for row in zip_longest(*lists):
        yield from (item for item in row if item is not None)


def _without_repeats(hits: Iterable[Hit]) -> list[Hit]:
    first: dict[str, Hit] = {}
    for hit in hits:
        first.setdefault(hit.passage.id, hit)
    return list(first.values())


def _is_among(hit: Hit, others: Sequence[Hit]) -> bool:
    return any(hit.passage.id == other.passage.id for other in others)
