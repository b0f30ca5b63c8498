"""Answer: does its text state the expected facts?"""

from __future__ import annotations

from eval.normalise import contains, normalise
from eval.scorers.base import Observation, Scorer


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    facts = observation.case.expected
    if not facts:
        return None, "no fact is expected"
    # The statements and not answer.text: a refusal names what was searched, dates and counts
    # among it, and its markers are digits; neither may pass for a fact.
    text = normalise("\n".join(statement.text for statement in observation.answer.statements))
    missing = [
        fact[0] for fact in facts if not any(contains(text, normalise(wording)) for wording in fact)
    ]
    return 1 - len(missing) / len(facts), f"missing: {'; '.join(missing)}" if missing else None


FACT_RECALL = Scorer("fact_recall", "answer", "share", _measure)
"""Share of the expected facts that the answer's sentences contain, after normalisation."""
