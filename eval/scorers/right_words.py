"""Citation: do the citations touch the words that hold the answer?"""

from __future__ import annotations

from eval.scorers.base import Observation, Scorer


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    case = observation.case
    if not case.answerable or not case.quotes:
        return None, "no words are required"
    missing = [
        quote.text
        for quote in case.quotes
        if not any(observation.touches(c, quote) for c in observation.answer.citations)
    ]
    reason = f"not cited: “{missing[0][:60]}…”" if missing else None
    return 1 - len(missing) / len(case.quotes), reason


RIGHT_WORDS = Scorer("right_words", "citation", "share", _measure)
"""Share of the case's quotes that a citation of the same document contains or lies in."""
