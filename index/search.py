"""Search: what keywords and vectors find, fused into one list of passages.

Fusion is a convex combination of the two scores, each brought to 0..1 by its own theoretical or
observed range, as in Bruch, Gai & Ingber 2022, "An Analysis of Fusion Functions for Hybrid
Retrieval", arXiv:2210.11934. Unlike rank fusion it keeps how much better one passage is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

from index.closeness import CLOSER, Asked, look_closer, nearness
from index.copies import without_copies
from index.embed import SentenceEmbedder
from index.filtering import require_known, require_possible
from index.keywords import analyzer
from index.models import Filters, Hit
from index.rerank import reranked

if TYPE_CHECKING:
    from index.catalog import Catalog
    from index.embed import Embedder, Vectors
    from index.entries import Extent
    from index.exact import ExactIndex
    from index.keywords import KeywordIndex
    from index.rerank import Reranker
    from index.scope import Documents, Scope
    from index.vectors import VectorIndex

CANDIDATES = 60
"""Passages that each side may propose; deeper lists cost time and changed no result on dev."""

DENSE_SHARE = 0.45
"""Weight of the vectors in the fused score; the rest is the keywords'. Chosen on dev splits."""


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

    def search(self, query: str, filters: Filters, *, limit: int) -> Retrieval:
        """Return the best ``limit`` passages for ``query`` among those that the filters leave.

        Passages that say the same count once; see :func:`index.copies.without_copies`.

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
        dense = self._dense(vector, scope)
        keyword = dict(self.keywords.search(query, CANDIDATES, scope=scope))
        unseen = [key for key in keyword if key not in dense]
        dense |= self.exact.scores(vector, unseen)
        ranked = _fused(dense, keyword)
        wanted = max(limit, self.reranker_candidates if self.reranker else 0)
        kept = self._distinct(
            self._read(query),
            ranked=ranked,
            wanted=wanted,
            dense=dense,
            keyword=keyword,
            scope=scope,
        )
        if self.reranker:
            kept = reranked(self.reranker, query, kept, candidates=self.reranker_candidates)
        return _retrieval(kept[:limit], scope.extent)

    def _read(self, query: str) -> Asked:
        embedder = self.embedder
        return Asked(
            terms=self.keywords.asked(query),
            pairs=frozenset(pairwise(analyzer().analyze(query))),
            vector=(
                embedder.embed_for_sentences(query)
                if isinstance(embedder, SentenceEmbedder)
                else None
            ),
        )

    def _dense(self, vector: Vectors, scope: Scope) -> dict[int, float]:
        chroma = self.approximate
        if scope.keys is None and chroma is not None and chroma.holds(self.documents.number):
            return dict(chroma.search(vector, CANDIDATES))
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
    ) -> tuple[Hit, ...]:
        """Return the closest passages that do not repeat each other, at least ``wanted``."""
        analyze = analyzer().analyze
        fused = dict(ranked)
        loaded = max(CLOSER, wanted + 20)  # since copies fall away
        while True:
            keys = [key for key, _ in ranked[:loaded]]
            hits = [
                Hit(passage, document, 0.0, _parts(passage.key, dense, keyword, fused))
                for passage, document in self.catalog.passages(keys)
            ]
            passages = [hit.passage for hit in hits]
            sentences = self.catalog.sentence_vectors(self.embedder.identity, passages)
            hits = look_closer(hits, asked, sentences, analyze)
            kept = without_copies(hits, self.catalog, scope.documents)
            if len(kept) >= wanted or loaded >= len(ranked):
                return self._with_nearness(kept, asked, looked_at=hits)
            loaded *= 2

    def _with_nearness(
        self, hits: Sequence[Hit], asked: Asked, *, looked_at: Sequence[Hit]
    ) -> tuple[Hit, ...]:
        """Give each hit the nearness of its own sentences.

        A passage that stands for a copy came with the nearness of the copy's sentences; it may
        have been looked at too, or not have been found by the search at all.
        """
        near = {hit.passage.key: hit.nearness for hit in looked_at}
        if not any(near.values()):
            return tuple(hits)
        strange = {hit.passage.key: hit.passage for hit in hits if hit.passage.key not in near}
        vectors = self.catalog.sentence_vectors(self.embedder.identity, list(strange.values()))
        near |= {key: nearness(p, asked, vectors.get(key)) for key, p in strange.items()}
        return tuple(replace(hit, nearness=near[hit.passage.key]) for hit in hits)

    def validate(self, filters: Filters) -> None:
        """Refuse filters that cannot match by their own terms, and vectors of another space.

        Raises:
            InvalidFilter: if a filter names what is not there, or leaves no day.
            EmbedderChanged: if the record was embedded by another embedder.
        """
        self.catalog.require_embedder(self.embedder.identity)
        require_possible(filters)
        self.documents.follow(self.catalog)
        require_known(filters, self.documents)


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


def _parts(
    key: int, dense: dict[int, float], keyword: dict[int, float], fused: dict[int, float]
) -> dict[str, float]:
    named = {"dense": dense, "keyword": keyword, "fused": fused}
    return {name: scores[key] for name, scores in named.items() if key in scores}


def _retrieval(hits: tuple[Hit, ...], extent: Extent) -> Retrieval:
    return Retrieval(
        hits, extent.documents, extent.passages, extent.outlets, extent.earliest, extent.latest
    )
