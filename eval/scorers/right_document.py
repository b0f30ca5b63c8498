"""Citation: do the citations include the documents that must be cited?"""

from __future__ import annotations

from eval.scorers.base import Observation, Scorer


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    if not observation.case.answerable:
        return None, "no document is required"
    share, missing = observation.share_met({c.document_id for c in observation.answer.citations})
    return share, f"not cited: {', '.join(missing)}" if missing else None


RIGHT_DOCUMENT = Scorer("right_document", "citation", "share", _measure)
"""Share of the required documents (of an ``any_of`` group, one) that the answer cites."""
