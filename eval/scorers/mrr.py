"""Retrieval: how early does the first required document come?"""

from __future__ import annotations

from eval.scorers.base import Observation, Scorer


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    case = observation.case
    if not case.answerable:
        return None, "no document is required"
    wanted = frozenset().union(*(observation.ids.get(n, ()) for n in case.documents.names))
    for rank, document in enumerate(observation.retrieved, 1):
        if document in wanted:
            return 1 / rank, None if rank == 1 else f"the first required document is number {rank}"
    return 0.0, "no required document was found"


MRR = Scorer("mrr", "retrieval", "share", _measure)
"""Reciprocal rank of the first required document among those found, 0 if there is none.

Documents rank by their best passage. The mean over cases is the mean reciprocal rank: E. M.
Voorhees, "The TREC-8 question answering track report", TREC-8 (1999) 77-82.
"""
