"""Answer: does its text state the expected facts letter for letter?"""

from __future__ import annotations

from eval.scorers.base import Observation, Scorer
from eval.scorers.wordings import share_stated


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    if not observation.case.expected:
        return None, "no fact is expected"
    return share_stated(observation, observation.case.expected, str)


FACT_EXACT = Scorer("fact_exact", "answer", "share", _measure)
"""Share of the expected facts that stand in the answer's sentences in an accepted wording exactly
as it is written, as whole words. What it lacks against ``fact_recall`` is spelling."""
