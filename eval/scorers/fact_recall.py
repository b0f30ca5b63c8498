"""Answer: does its text state the expected facts?"""

from __future__ import annotations

from eval.normalise import normalise
from eval.scorers.base import Observation, Scorer
from eval.scorers.wordings import share_stated


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    if not observation.case.expected:
        return None, "no fact is expected"
    return share_stated(observation, observation.case.expected, normalise)


FACT_RECALL = Scorer("fact_recall", "answer", "share", _measure)
"""Share of the expected facts that the answer's sentences contain, after normalisation."""
