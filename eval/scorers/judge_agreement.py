"""Judge: does it agree with itself?"""

from __future__ import annotations

from eval.scorers.base import Observation, Scorer


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    if not observation.judgements:
        return None, "no judge was asked"
    shares = [one.agreement for one in observation.judgements if one.agreement is not None]
    if not shares:
        return None, "there are not two votes to compare"
    return sum(shares) / len(shares), None


JUDGE_AGREEMENT = Scorer("judge_agreement", "judge", "share", _measure)
"""Share of pairs of votes on the same aspect that agree, over all aspects. It tells how steady the
judge is, not how right: that takes labels by people."""
