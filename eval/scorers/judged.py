"""Judge: what one aspect of an answer was judged to be worth."""

from __future__ import annotations

from eval.scorers.base import Observation, Scorer


def judged(aspect: str) -> Scorer:
    """Return the metric ``judge_<aspect>``: the mean of the votes on an aspect."""

    def measure(observation: Observation) -> tuple[float | None, str | None]:
        found = next((one for one in observation.judgements if one.aspect == aspect), None)
        if found is None:
            return None, "no judge was asked"
        votes = [vote for vote in found.votes if vote is not None]
        if not votes:
            return None, found.reason or "no vote could be read"
        value = sum(votes) / len(votes)
        return value, found.reason if value < 1 else None

    return Scorer(f"judge_{aspect}", "judge", "share", measure)
