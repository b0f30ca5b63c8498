"""Diversity: among passages that fit alike, those of other documents and outlets first.

Maximal marginal relevance (Carbonell & Goldstein 1998, "The Use of MMR, Diversity-Based Reranking
for Reordering Documents and Producing Summaries"), with being of the same document or outlet in
place of a similarity of texts: five passages of one paper are one witness, whatever their words.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.models import Hit

SAME_DOCUMENT = 0.10
"""What each better passage of its document takes from a passage, as a share of how far the best
passage is ahead of the last that is wanted."""

SAME_OUTLET = 0.03
"""The same for its outlet."""

COUNTED = 3
"""Better passages of the same document or outlet that count, at most."""


def diverse(hits: Sequence[Hit], limit: int) -> list[Hit]:
    """Return hits with those of other documents and outlets before their near-equals.

    The best stays first. A passage is overtaken only by one that is nearly as good, so a question
    that one document answers still gets that document.

    Args:
        hits: passages of one search, best first.
        limit: how many are wanted; the rest may move up among them.
    """
    if len(hits) < 2:
        return list(hits)
    spread = hits[0].score - hits[min(limit, len(hits)) - 1].score
    documents: Counter[str] = Counter()
    outlets: Counter[str | None] = Counter()

    def worth(hit: Hit) -> float:
        outlet = hit.document.metadata.outlet
        same = SAME_DOCUMENT * min(documents[hit.document.id], COUNTED)
        # A document without an outlet is not known to share one.
        alike = SAME_OUTLET * min(outlets[outlet], COUNTED) if outlet else 0.0
        return hit.score - spread * (same + alike)

    left, chosen = list(hits), []
    while left:
        best = max(left, key=worth)
        left.remove(best)
        chosen.append(best)
        documents[best.document.id] += 1
        outlets[best.document.metadata.outlet] += 1
    return chosen
