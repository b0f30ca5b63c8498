"""Speed: how long did the search take?"""

from __future__ import annotations

from eval.scorers.base import Observation, Scorer


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    seconds = observation.answer.timings.get("retrieve")
    return seconds, "the answer does not tell" if seconds is None else None


RETRIEVE_SECONDS = Scorer("retrieve_seconds", "speed", "seconds", _measure, better="lower")
"""Seconds from question to passages, as the answer tells; part of ``latency``."""
