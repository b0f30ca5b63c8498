"""Search: what keywords and vectors find, fused into one list of passages.

Fusion is a convex combination of the two scores, each brought to 0..1 by its own theoretical or
observed range, as in Bruch, Gai & Ingber 2022, "An Analysis of Fusion Functions for Hybrid
Retrieval", arXiv:2210.11934. Unlike rank fusion it keeps how much better one passage is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Literal

from index.derived.keywords import analyzer
from index.embed import SentenceEmbedder
from index.models import Filters, Hit
from index.record.sentences import NOTHING_NEAR
from index.rerank import reranked
from index.search.closeness import CLOSER, Asked, Sentences, look_closer, nearness
from index.search.copies import without_copies
from index.search.filtering import require_known, require_possible
from index.search.terms import Terms

if TYPE_CHECKING:
    from index.derived.exact import ExactIndex
    from index.derived.keywords import KeywordIndex
    from index.derived.scope import Documents, Scope
    from index.derived.vectors import VectorIndex
    from index.embed import Embedder, Vectors
    from index.record.candidates import Candidate, Scored
    from index.record.catalog import Catalog
    from index.record.entries import Extent
    from index.record.sentences import Near
    from index.rerank import Reranker

CANDIDATES = 60
"""Passages that each side may propose; deeper lists cost time and changed no result on dev."""

DENSE_SHARE = 0.45
"""Weight of the vectors in the fused score; the rest is the keywords'. Chosen on dev splits."""

WORDLESS = "The keyword index is being built anew: passages were found by nearness in meaning alone"
BEHIND = (
    "The keyword index lacks the newest documents: they were found by nearness in meaning alone"
)
DEGRADED = (WORDLESS, BEHIND)
"""What a search may have to do without, as :attr:`Retrieval.degraded` tells it."""

Sides = Literal["both", "keywords", "vectors"]
"""What finds passages: words in common, nearness in meaning, or both."""


@dataclass(frozen=True, slots=True)
class Retrieval:
    """What a search found, and how much it looked through."""

    hits: tuple[Hit, ...]
    """The best passages, best first."""
    documents: int
    """Documents searched, after filters."""
    passages: int
    """Passages searched, after filters."""
    outlets: tuple[str, ...] = ()
    """Their outlets, sorted."""
    earliest: date | None = None
    """Earliest known day of publication among them."""
    latest: date | None = None
    """Latest known day of publication among them."""
    degraded: tuple[str, ...] = ()
    """What the search had to do without, in words."""


@dataclass(frozen=True, slots=True)
class Retriever:
    """Finds the passages for a question in one corpus."""

    catalog: Catalog
    """The record."""
    embedder: Embedder
    """Embeds the question."""
    keywords: KeywordIndex
    """BM25 over the passages."""
    exact: ExactIndex
    """Every vector, in memory."""
    documents: Documents
    """What filters look at, in memory."""
    approximate: VectorIndex | None
    """Chroma, for large corpora; ``None`` where another process owns it."""
    reranker: Reranker | None = None
    """Orders the best of what was found anew, where one is configured."""
    reranker_candidates: int = 30
    """How many passages it sees."""
    sides: Sides = "both"
    """What finds and orders passages. Each side alone is there to measure what the other brings."""
    terms: Terms = field(default_factory=lambda: Terms(analyzer().analyze))
    """Turns the words of passages into index terms."""

    def search(self, query: str, filters: Filters, *, limit: int) -> Retrieval:
        """Return the best ``limit`` passages for ``query`` among those that the filters leave.

        Passages that say the same count once; see :func:`index.search.copies.without_copies`.

        Raises:
            InvalidFilter: if a filter names what is not there, or leaves no day.
            EmbedderChanged: if the record was embedded by another embedder.
            EmbeddingFailed: if the question cannot be embedded.
            RerankerUnusable: if a reranker is configured and fails.
        """
        self.validate(filters)
        scope = self.documents.scope(filters)
        if not scope.extent.passages:
            return _retrieval((), scope.extent)
        vector = self.embedder.embed_query(query)
        self.exact.follow_to(self.catalog, self.documents.number)
        if len(vector) != self.exact.dimension:
            self.catalog.require_dimension(self.embedder.identity, len(vector))
        keyword: dict[int, float] = {}
        wordless = False
        if self.sides != "vectors":
            keyword = dict(self.keywords.search(query, CANDIDATES, scope=scope))
            wordless = self.keywords.out_of_use
        dense = self._dense(vector, scope) if self.sides != "keywords" or wordless else {}
        if self.sides == "both":
            dense |= self.exact.scores(vector, [key for key in keyword if key not in dense])
        ranked = _fused(dense, keyword)
        wanted = max(limit, self.reranker_candidates if self.reranker else 0)
        kept = self._distinct(
            self._read(query),
            ranked=ranked,
            wanted=wanted,
            dense=dense,
            keyword=keyword,
            scope=scope,
            permitted=filters.permitted,
        )
        hits = self._hits(kept[:wanted])
        if self.reranker:
            hits = reranked(self.reranker, query, hits, candidates=self.reranker_candidates)
        return replace(_retrieval(hits[:limit], scope.extent), degraded=self._degraded(wordless))

    def _degraded(self, wordless: bool) -> tuple[str, ...]:
        """Return what a search does without: only what changes what is found."""
        if wordless:
            return (WORDLESS,)
        behind = self.sides != "vectors" and self.keywords.trouble
        return (BEHIND,) if behind else ()

    def _read(self, query: str) -> Asked:
        embedder, by_words = self.embedder, self.sides != "vectors"
        near = isinstance(embedder, SentenceEmbedder) and self.sides != "keywords"
        return Asked(
            terms=self.keywords.asked(query) if by_words else {},
            pairs=frozenset(pairwise(analyzer().analyze(query)) if by_words else ()),
            vector=embedder.embed_for_sentences(query) if near else None,  # type: ignore[attr-defined]
        )

    def _dense(self, vector: Vectors, scope: Scope) -> dict[int, float]:
        chroma = self.approximate
        if scope.keys is None and chroma is not None and chroma.holds(self.documents.number):
            found = chroma.search(vector, CANDIDATES)
            if found is not None:
                return dict(found)
        return dict(self.exact.search(vector, CANDIDATES, keys=scope.keys))

    def _distinct(
        self,
        asked: Asked,
        *,
        ranked: Sequence[tuple[int, float]],
        wanted: int,
        dense: dict[int, float],
        keyword: dict[int, float],
        scope: Scope,
        permitted: frozenset[str] | None,
    ) -> list[Scored]:
        """Return the closest passages that do not repeat each other, at least ``wanted``."""
        fused = dict(ranked)

        def parts(key: int) -> dict[str, float]:
            named = {"dense": dense, "keyword": keyword, "fused": fused}
            return {name: scores[key] for name, scores in named.items() if key in scores}

        loaded = max(CLOSER, wanted + 20)  # since copies fall away
        while True:
            found = self.catalog.candidates([key for key, _ in ranked[:loaded]])
            sentences = Sentences(self._near(asked, found), self.terms.of)
            looked_at = look_closer(found, parts, asked, sentences)
            kept = without_copies(looked_at, self.catalog, scope.documents, permitted)
            if len(kept) >= wanted or loaded >= len(ranked):
                return self._with_nearness(kept[:wanted], asked, looked_at=looked_at)
            loaded *= 2

    def _near(self, asked: Asked, found: Sequence[Candidate]) -> Near:
        if asked.vector is None:
            return NOTHING_NEAR
        return self.catalog.sentence_vectors(self.embedder.identity, found)

    def _with_nearness(
        self, kept: Sequence[Scored], asked: Asked, *, looked_at: Sequence[Scored]
    ) -> list[Scored]:
        """Give each passage the nearness of its own sentences.

        One that stands for a copy came with the nearness of the copy's sentences; it may have been
        looked at too, or not have been found by the search at all.
        """
        near = {one.candidate.key: one.nearness for one in looked_at}
        if not any(near.values()):
            return list(kept)
        strange = [one.candidate for one in kept if one.candidate.key not in near]
        vectors = self._near(asked, strange) if strange else NOTHING_NEAR
        for one in strange:
            near |= nearness([one], asked, vectors) or {one.key: ()}
        return [replace(one, nearness=near[one.candidate.key]) for one in kept]

    def _hits(self, found: Sequence[Scored]) -> tuple[Hit, ...]:
        """Return passages with their documents, those that are still there."""
        documents = self.catalog.documents_of(one.candidate for one in found)
        return tuple(
            Hit(
                one.candidate.passage(),
                documents[one.candidate.document_id],
                one.score,
                one.scores,
                one.copies,
                one.nearness,
            )
            for one in found
            if one.candidate.document_id in documents
        )

    def validate(self, filters: Filters) -> int:
        """Refuse filters that cannot match by their own terms, and vectors of another space.

        Returns the number of the record's newest change, which tells whether it is as it was.

        Raises:
            InvalidFilter: if a filter names what is not there, or leaves no day.
            EmbedderChanged: if the record was embedded by another embedder.
        """
        state = self.catalog.require_embedder(self.embedder.identity)
        require_possible(filters)
        self.documents.follow_to(self.catalog, state.last_change)
        require_known(filters, self.documents)
        return state.last_change


def _fused(dense: dict[int, float], keyword: dict[int, float]) -> list[tuple[int, float]]:
    """Return all keys with their fused score, best first; ties go to the older passage."""
    low = min(dense.values(), default=0.0)
    width = max(max(dense.values(), default=0.0) - low, 1e-9)
    top = max(max(keyword.values(), default=0.0), 1e-9)
    fused = {
        key: DENSE_SHARE * max(dense.get(key, low) - low, 0.0) / width
        + (1 - DENSE_SHARE) * keyword.get(key, 0.0) / top
        for key in {*dense, *keyword}
    }
    return sorted(fused.items(), key=lambda item: (-item[1], item[0]))


def _retrieval(hits: tuple[Hit, ...], extent: Extent) -> Retrieval:
    return Retrieval(
        hits, extent.documents, extent.passages, extent.outlets, extent.earliest, extent.latest
    )
