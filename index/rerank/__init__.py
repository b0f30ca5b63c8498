"""A second look at what a search found: what a reranker is, and how it orders hits.

A reranker reads the question and a passage together, which costs far more than comparing two
vectors and tells more; so it only sees the first few hits. Nogueira & Cho 2019, "Passage Re-ranking
with BERT", arXiv:1901.04085.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from index.record.rows import embedding_text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.models import Hit


class Reranker(Protocol):
    """Tells how well texts answer a question."""

    @property
    def identity(self) -> str:
        """Name of the reranker: changes whenever the same pair would get another score.

        Raises:
            RerankerUnusable: if it cannot be loaded.
        """
        ...

    def scores(self, query: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return one score per text, in the order given; higher is better, any range.

        Raises:
            RerankerUnusable: if it cannot be loaded or gives no usable scores.
        """
        ...


def reranked(
    reranker: Reranker, query: str, hits: Sequence[Hit], *, candidates: int
) -> tuple[Hit, ...]:
    """Return ``hits`` with the first ``candidates`` put in the reranker's order.

    Each of those gets the reranker's score as ``rerank`` beside its earlier one as ``close``, and
    is from then on worth the logistic function of it. The rest stay behind in their order, worth
    no more than any of those. Ties keep the earlier order.

    Raises:
        RerankerUnusable: if the reranker fails.
    """
    first, rest = hits[:candidates], hits[candidates:]
    if not first:
        return tuple(hits)
    scores = reranker.scores(query, [embedding_text(hit.passage, hit.text) for hit in first])
    rescored = [
        replace(
            hit,
            score=_logistic(float(score)),
            scores=hit.scores | {"close": hit.score, "rerank": float(score)},
        )
        for hit, score in zip(first, scores, strict=True)
    ]
    rescored.sort(key=lambda hit: -hit.scores["rerank"])
    lowest = rescored[-1].score
    return (*rescored, *(replace(hit, score=min(hit.score, lowest)) for hit in rest))


def _logistic(score: float) -> float:
    return 1 / (1 + math.exp(-max(-500.0, min(score, 500.0))))  # exp overflows past 709
