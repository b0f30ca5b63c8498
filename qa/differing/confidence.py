"""How far an answer can be relied on, worked out from the ledger; see ``docs/confidence.md``.

The words are those of Intelligence Community Directive 203, *Analytic Standards* (2 January 2015),
which keeps apart how good the basis of a judgement is (confidence) and how likely a thing is
(likelihood). Confidence is counted here. Likelihood is taken from the words of the sources alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta

from qa.models import Citation, Confidence, ConfidenceLevel, Disagreement, Statement, Value
from qa.text.hedges import hedge_of

LEVELS: tuple[ConfidenceLevel, ...] = ("low", "moderate", "high")
"""The levels in order."""

OLD = timedelta(days=365)
"""A basis so much older than the newest document searched is told to be old."""

_LIKELIHOOD: tuple[tuple[str, str], ...] = (
    ("almost no chance", r"almost no chance|remote (?:chance|possibility)|vanishingly unlikely"),
    ("very unlikely", r"(?:very|highly|most|extremely) (?:unlikely|improbable)"),
    ("unlikely", r"unlikely|improbable|not (?:very )?likely|probably not"),
    ("roughly even chance", r"(?:roughly |about )?even (?:chance|odds)|fifty-fifty|50-50|toss-up"),
    ("almost certain", r"almost certain(?:ly)?|nearly certain|virtually certain"),
    ("very likely", r"(?:very|highly|most|extremely) (?:likely|probabl[ey])"),
    ("likely", r"(?<!more )(?<!less )(?<!least )likely|probabl[ey]|in all likelihood"),
)
"""The words of the scale, each with the words of sources that mean it; the first fit holds."""

_DIFFERING = frozenset({"figures", "dates", "names", "hedged", "negated"})


def confidence(
    statements: Sequence[Statement],
    citations: Mapping[int, Citation],
    values: Sequence[Value],
    disagreements: Sequence[Disagreement],
    latest: date | None,
) -> Confidence | None:
    """Return the confidence in an answer; ``None`` if it states nothing.

    Args:
        statements: the answer's statements.
        citations: its citations by number.
        values: the values found for what was asked.
        disagreements: where the sources differ.
        latest: the day of the newest document searched, where known.
    """
    if not statements:
        return None
    first = [citations[n] for n in statements[0].citations if n in citations]
    origins = values[0].origins if values else min(len({c.document_id for c in first}), 1)
    level, reasons = (2 if origins > 1 else 1), [_told(origins)]
    differing = [d for d in disagreements if d.kind in _DIFFERING]
    if differing:
        level -= 1
        reasons.append(_differ(differing))
    if any(d.kind == "superseded" for d in disagreements):
        reasons.append("a later report replaces an earlier figure")
    hedge = values[0].hedge if values else _hedge(first)
    if hedge and not any(d.kind == "hedged" for d in differing):
        level -= 1
        reasons.append(f"it is hedged (“{' '.join(hedge.split())}”)")
    level -= _unsupported(statements, reasons)
    if not origins:
        level = 0
    days = [c.published_at for c in citations.values() if c.published_at]
    if days and latest and latest - max(days) > OLD:
        reasons.append(f"the newest source cited is of {max(days)}")
    return Confidence(
        level=LEVELS[max(0, level)], because="; ".join(reasons), likelihood=_likelihood(first)
    )


def _told(origins: int) -> str:
    if not origins:
        return "nothing that is cited says it"
    return "one source says it" if origins == 1 else f"{origins} independent sources agree"


def _differ(differing: Sequence[Disagreement]) -> str:
    kind = differing[0].kind
    if kind == "hedged":
        return "one source states it and another hedges it"
    if kind == "negated":
        return "one source states it and another denies it"
    others = max((value.origins for d in differing for value in d.values[1:]), default=1)
    return f"sources differ ({kind}), {others} for another value"


def _hedge(first: Sequence[Citation]) -> str | None:
    """Return the words that hedge all of what the first statement cites."""
    hedges = [hedge_of(citation.quote) for citation in first]
    return hedges[0] if hedges and all(hedges) else None


def _unsupported(statements: Sequence[Statement], reasons: list[str]) -> int:
    """Return by how many levels statements that their sources do not bear out lower it."""
    wrong = sum(statement.support == "unsupported" for statement in statements)
    partly = sum(statement.support == "partial" for statement in statements)
    if wrong:
        reasons.append(f"{wrong} of {len(statements)} statements not borne out by what they cite")
    elif partly:
        reasons.append(f"{partly} of {len(statements)} statements borne out in part only")
    return 2 if wrong else 1 if partly else 0


def _likelihood(first: Sequence[Citation]) -> str | None:
    """Return how likely the sources of the first statement say it is, in the scale's words."""
    text = " ".join(citation.quote for citation in first)
    for words, pattern in _LIKELIHOOD:
        if re.search(rf"\b(?:{pattern})\b", text, re.IGNORECASE):
            return words
    return None
