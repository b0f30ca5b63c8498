"""Retrieval: do the required documents come before all others?"""

from __future__ import annotations

from collections.abc import Sequence
from math import log2

from eval.scorers.base import Observation, Scorer


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    case = observation.case
    if not case.answerable:
        return None, "no document is required"
    # A group that another one implies asks for nothing more: its document would count twice.
    required = dict.fromkeys(case.documents.requirements())
    groups = [group for group in required if not any(other < group for other in required)]
    unmet = [
        frozenset().union(*(observation.ids.get(name, ()) for name in group)) for group in groups
    ]
    best = sum(map(_gain, range(1, len(groups) + 1)))
    ranks: list[int] = []
    for rank, document in enumerate(observation.retrieved, 1):
        group = next((ids for ids in unmet if document in ids), None)
        if group is not None:
            unmet.remove(group)
            ranks.append(rank)
    return sum(map(_gain, ranks)) / best, _told(ranks, len(groups))


def _told(ranks: Sequence[int], wanted: int) -> str | None:
    """Return what a full score lacks."""
    if len(ranks) < wanted:
        return f"{wanted - len(ranks)} of {wanted} not found"
    if ranks[-1] > wanted:
        return f"the required documents come as number {', '.join(map(str, ranks))}"
    return None


def _gain(rank: int) -> float:
    return 1 / log2(rank + 1)


NDCG = Scorer("ndcg", "retrieval", "share", _measure)
"""Normalised discounted cumulative gain of the ranked documents: gains of 0 and 1, discount
``1 / log2(rank + 1)``, no cut-off.

K. Järvelin, J. Kekäläinen, "Cumulated gain-based evaluation of IR techniques", ACM Transactions on
Information Systems 20 (2002) 422-446. Of a group of copies the first one gains and the others hold
their ranks without gain, as repetition does in C. L. A. Clarke et al., "Novelty and diversity in
information retrieval evaluation", SIGIR 2008.
"""
