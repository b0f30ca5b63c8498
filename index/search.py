"""Search: what keywords and vectors find, fused into one list of passages.

Fusion is a convex combination of the two scores, each brought to 0..1 by its own theoretical or
observed range, as in Bruch, Gai & Ingber 2022, "An Analysis of Fusion Functions for Hybrid
Retrieval", arXiv:2210.11934. Unlike rank fusion it keeps how much better one passage is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from index.errors import InvalidFilter
from index.models import Document, Filters, Hit, Passage

if TYPE_CHECKING:
    from index.catalog import Catalog
    from index.embed import Embedder, Vectors
    from index.entries import Extent
    from index.exact import ExactIndex
    from index.keywords import KeywordIndex
    from index.vectors import VectorIndex

CANDIDATES = 60
"""Passages that each side may propose; deeper lists cost time and changed no result on dev."""

DENSE_SHARE = 0.45
"""Weight of the vectors in the fused score; the rest is the keywords'. Chosen on dev splits."""

EXACT_LIMIT = 50_000
"""Up to so many passages the vectors are searched exactly, above by Chroma."""


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
    """Every vector, scored exactly."""
    approximate: VectorIndex | None
    """Chroma, for large corpora; ``None`` where another process owns it."""

    def search(self, query: str, filters: Filters, *, limit: int) -> Retrieval:
        """Return the best ``limit`` passages for ``query`` among those that the filters leave.

        Passages with the same words count once; the one published first stands for all.

        Raises:
            InvalidFilter: if a filter names a document or outlet that is not there, or no time.
            EmbedderChanged: if the record was embedded by another embedder.
            EmbeddingFailed: if the question cannot be embedded.
        """
        self.validate(filters)
        extent = self.catalog.extent(filters)
        if not extent.passages:
            return _retrieval((), extent)
        documents = self.catalog.matching(filters) if filters else None
        vector = self.embedder.embed_query(query)
        dense = self._dense(vector, extent, documents)
        keyword = dict(self.keywords.search(query, CANDIDATES, documents=documents))
        unseen = [key for key in keyword if key not in dense]
        dense |= self.exact.scores(vector, unseen)
        ranked = _fused(dense, keyword)
        # Twice as many as wanted are loaded, since copies fall away.
        found = self.catalog.passages([key for key, _ in ranked[: 2 * limit + 10]])
        scores = dict(ranked)
        hits = [
            Hit(passage, document, scores[passage.key], _parts(passage.key, dense, keyword))
            for passage, document in found
        ]
        return _retrieval(_without_copies(hits)[:limit], extent)

    def _dense(
        self, vector: Vectors, extent: Extent, documents: Sequence[str] | None
    ) -> dict[int, float]:
        self.exact.follow(self.catalog)
        if documents is not None:
            keys = self.catalog.keys_of(documents)
            return dict(self.exact.search(vector, CANDIDATES, keys=keys))
        if self.approximate is not None and extent.passages > EXACT_LIMIT:
            return dict(self.approximate.search(vector, CANDIDATES))
        return dict(self.exact.search(vector, CANDIDATES))

    def validate(self, filters: Filters) -> None:
        """Refuse filters that cannot match by their own terms, and vectors of another space.

        Raises:
            InvalidFilter: if a filter names a document or outlet that is not there, or no time.
            EmbedderChanged: if the record was embedded by another embedder.
        """
        self.catalog.require_embedder(self.embedder.identity)
        if filters.since and filters.until and filters.since > filters.until:
            raise InvalidFilter(f"since {filters.since} is after until {filters.until}")
        if filters.documents:
            there = set(self.catalog.matching(Filters(documents=filters.documents)))
            for document_id in filters.documents:
                if document_id not in there:
                    raise InvalidFilter(f"there is no document {document_id}")
        if filters.outlets:
            outlets = self.catalog.extent(Filters()).outlets
            folded = {name.lower() for name in outlets}
            for name in filters.outlets:
                if name.lower() not in folded:
                    raise InvalidFilter(
                        f"no document is from the outlet {name!r}",
                        hint="Outlets here: " + (", ".join(outlets) or "none is known") + ".",
                    )


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


def _parts(key: int, dense: dict[int, float], keyword: dict[int, float]) -> dict[str, float]:
    named = {"dense": dense, "keyword": keyword}
    return {name: scores[key] for name, scores in named.items() if key in scores}


def _without_copies(hits: Sequence[Hit]) -> tuple[Hit, ...]:
    best: dict[str, Hit] = {}
    for hit in hits:
        words = " ".join(hit.text.split())
        other = best.get(words)
        if other is None:
            best[words] = hit
        elif _published(hit.document, hit.passage) < _published(other.document, other.passage):
            # Keeps its place in the order: a dictionary's value can change, its position does not.
            best[words] = Hit(hit.passage, hit.document, other.score, hit.scores)
    return tuple(best.values())


def _published(document: Document, passage: Passage) -> tuple[date, int]:
    return (document.metadata.published_at or date.max, passage.key)


def _retrieval(hits: tuple[Hit, ...], extent: Extent) -> Retrieval:
    return Retrieval(
        hits, extent.documents, extent.passages, extent.outlets, extent.earliest, extent.latest
    )
