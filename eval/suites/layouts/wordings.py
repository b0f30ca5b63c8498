"""Gold answers and gold words, as far as an answer can be held to them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

from index.models import Span

LONGEST = 12
"""Words of an answer that another answer may be expected to repeat, where a document has them."""

SHORT = 5
"""Words of an answer that may be expected, whatever the documents have."""


def facts(answers: Iterable[str], texts: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Return the answers as wordings of one fact; none if they are essays.

    An essay is what has more than a few words that are not those of a document: another answer can
    agree with it in other words.

    Args:
        answers: wordings of one answer.
        texts: the documents that give it.
    """
    wordings = tuple(dict.fromkeys(answer.strip() for answer in answers if answer.strip()))
    if not wordings:
        return ()
    shortest = min(wordings, key=lambda wording: len(wording.split()))
    words = len(shortest.split())
    if words <= SHORT or (words <= LONGEST and any(flat(shortest) in flat(t) for t in texts)):
        return (wordings,)
    return ()


def flat(text: str) -> str:
    """Return a text with every run of white space as one space."""
    return " ".join(text.split())


def sentence_at(text: str, start: int, end: int) -> str:
    """Return the sentence of ``text`` that holds the given code points, or just these."""
    place = Span(start, end)
    whole = (span for span in _sentences(text) if span.contains(place))
    return next((span.cut(text) for span in whole), place.cut(text))


@lru_cache(maxsize=256)  # many questions are about one text
def _sentences(text: str) -> list[Span]:
    from index.text.split import sentences

    return sentences(text)
