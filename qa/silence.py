"""What is said where the documents do not answer: what was searched, and what comes nearest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qa.excerpts import excerpt
from qa.models import Excerpt

if TYPE_CHECKING:
    from qa.compose import EvidenceSentence
    from qa.models import Coverage

NEAR = 0.05
"""Least probability to answer of a sentence that is shown as coming nearest; what is less likely
mostly has nothing to do with the question."""

_SHOWN_OUTLETS = 8


def nearest(evidence: Sequence[EvidenceSentence]) -> tuple[Excerpt, ...]:
    """Return the sentence that comes nearest to an answer, unless even that is far from it."""
    best = max(evidence, key=lambda sentence: sentence.relevance, default=None)
    return (
        (excerpt(best.document, best.span),) if best is not None and best.relevance >= NEAR else ()
    )


def silence(coverage: Coverage, withheld: str | None, near: Sequence[Excerpt] = ()) -> str:
    """Return the text of an answer without statements.

    Args:
        coverage: what was searched.
        withheld: why statements were held back, where they were: then it is not said that the
            documents are silent, for they may not be.
        near: what comes nearest.
    """
    said = f"No answer is shown: {withheld}" if withheld else "The documents do not say"
    read_as = [one.words() for one in coverage.dates] + [*coverage.notes]
    further = [f"Filters: {coverage.filters.words()}"] if coverage.filters.words() else []
    more_said = "".join(f" {sentence}." for sentence in further + read_as)
    if not coverage.documents:
        where = "under these filters" if coverage.filters.to_filters() else "yet"
        return f"{said}: there are no documents {where}.{more_said}"
    searched = _count(coverage.documents, "document") + f" ({_count(coverage.passages, 'passage')})"
    if coverage.outlets:
        named = coverage.outlets[:_SHOWN_OUTLETS]
        more = len(coverage.outlets) - len(named)
        searched += " from " + ", ".join(named) + (f" and {more} more" if more else "")
    if coverage.earliest and coverage.latest:
        searched += f", published {coverage.earliest} to {coverage.latest}"
    nearby = "".join(f" What comes nearest is no answer: {_told(one)}." for one in near)
    return f"{said}. Searched: {searched}.{more_said}{nearby}"


def _told(one: Excerpt) -> str:
    """Return an excerpt in quotation marks with who published it when."""
    day = one.published_at.isoformat() if one.published_at else None
    source = ", ".join(filter(None, (one.outlet or one.title, day))) or one.document_id
    return f"“{' '.join(one.quote.split())}” ({source})"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
