"""Cost: what did the answer cost?"""

from __future__ import annotations

from eval.scorers.base import Observation, Scorer

_MILLION = 1_000_000


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    usage, prices = observation.answer.usage, observation.prices
    if usage is None:
        return None, "no tokens were counted"
    if prices is None:
        return None, "no prices are given"
    sent, received = (
        usage.prompt_tokens * prices.prompt,
        usage.completion_tokens * prices.completion,
    )
    return (sent + received) / _MILLION, None


COST = Scorer("cost", "cost", "currency", _measure, better="lower")
"""Price of one answer's tokens, in the currency of the prices that were given."""
