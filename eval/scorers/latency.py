"""Speed: how long did the answer take?"""

from __future__ import annotations

from eval.scorers.base import Observation, Scorer


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    return observation.seconds, None


LATENCY = Scorer("latency", "speed", "seconds", _measure, better="lower")
"""Seconds from question to whole answer, with as many at once as the run allowed."""
