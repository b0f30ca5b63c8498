"""Retrieval: are the documents that must be cited among those that the search found?"""

from __future__ import annotations

from eval.scorers.base import Observation, Scorer


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    if not observation.case.answerable:
        return None, "no document is required"
    share, missing = observation.share_met(set(observation.retrieved))
    return share, f"not found: {', '.join(missing)}" if missing else None


RETRIEVAL_RECALL = Scorer("retrieval_recall", "retrieval", "share", _measure)
"""Share of the required documents (of an ``any_of`` group, one) among the retrieved ones."""
