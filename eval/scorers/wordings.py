"""Wordings: which of a case's facts an answer states, in whatever acceptable words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from eval.normalise import contains
from eval.scorers.base import Observation


def share_stated(
    observation: Observation,
    facts: Sequence[Sequence[str]],
    spelt: Callable[[str], str],
) -> tuple[float, str | None]:
    """Return the share of facts that the answer states.

    Args:
        observation: holds the answer.
        facts: each a list of acceptable wordings; at least one fact.
        spelt: the spelling in which answer and wordings are compared.

    Returns:
        The share from 0 to 1, and the facts that are missing, in words.
    """
    from qa.readable.remarks import without_notes

    # The statements and not answer.text: a refusal names what was searched, dates and counts
    # among it, and its markers are digits; neither may pass for a fact. Notes may hold a fact, and
    # may stand in the middle of one, so both readings count.
    statements = observation.answer.statements
    texts = [statement.text for statement in statements]
    texts += [without_notes(one.text, one.notes) for one in statements if one.notes]
    text = spelt("\n".join(texts))
    missing = [
        fact[0] for fact in facts if not any(contains(text, spelt(wording)) for wording in fact)
    ]
    return 1 - len(missing) / len(facts), f"missing: {'; '.join(missing)}" if missing else None
