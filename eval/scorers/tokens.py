"""Cost: how many tokens did the answer take?"""

from __future__ import annotations

from eval.scorers.base import Observation, Scorer


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    usage = observation.answer.usage
    if usage is None:
        return None, "no tokens were counted"
    return float(usage.prompt_tokens + usage.completion_tokens), None


TOKENS = Scorer("tokens", "cost", "tokens", _measure, better="lower")
"""Tokens sent and received for one answer, as the endpoint counted them."""
