"""Abstention: is it silent where the documents are?"""

from __future__ import annotations

from eval.scorers.base import Observation, Scorer


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    if observation.case.answerable:
        return None, "the documents tell"
    return (1.0, None) if observation.refused else (0.0, "answered what the documents do not say")


ABSTENTION_RECALL = Scorer("abstention_recall", "abstention", "share", _measure)
"""1 if a case that the documents do not answer was refused, otherwise 0."""
