"""Abstention: does it speak where the documents do?"""

from __future__ import annotations

from eval.scorers.base import Observation, Scorer


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    if not observation.case.answerable:
        return None, "the documents do not tell"
    return (0.0, "refused") if observation.refused else (1.0, None)


ANSWER_RATE = Scorer("answer_rate", "abstention", "share", _measure)
"""1 if a case that the documents answer was answered, rightly or not, otherwise 0."""
