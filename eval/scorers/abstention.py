"""Abstention: does it refuse exactly where the documents do not say?"""

from __future__ import annotations

from eval.scorers.base import Observation, Scorer


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    if observation.refused == (not observation.case.answerable):
        return 1.0, None
    return 0.0, "refused" if observation.refused else "answered what the documents do not say"


ABSTENTION = Scorer("abstention", "abstention", "share", _measure)
"""1 if an answerable case was answered or an unanswerable one refused, otherwise 0.

The precision of refusals (how many were due) is a figure of all cases, in
:mod:`eval.running.figures`.
"""
