"""Marking: which parts of an answer or a quotation deserve the reader's eye."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from eval.cases import Case


@dataclass(frozen=True, slots=True)
class Span:
    """A marked part of a text."""

    start: int
    """First code point."""
    end: int
    """One past the last."""
    kind: str
    """Why it is marked: ``fact``, ``asked``, ``short`` or ``note``."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a text that is marked in one way throughout."""

    text: str
    """Its words."""
    kinds: tuple[str, ...]
    """Why it is marked, sorted; empty where it is not."""


def pieces(text: str, spans: Iterable[Span]) -> tuple[Piece, ...]:
    """Return ``text`` cut where marks begin and end; joined, the pieces are the text."""
    kept = [
        Span(max(0, s.start), min(len(text), s.end), s.kind)
        for s in spans
        if s.start < s.end and s.start < len(text) and s.end > 0
    ]
    cuts = sorted({0, len(text), *(s.start for s in kept), *(s.end for s in kept)})
    return tuple(
        Piece(
            text[start:end],
            tuple(sorted({s.kind for s in kept if s.start <= start and end <= s.end})),
        )
        for start, end in pairwise(cuts)
    )


def facts(text: str, case: Case) -> Iterator[Span]:
    """Find the expected facts of ``case`` where they stand in one of their wordings.

    Scorers compare more freely (``two decades`` in digits, say), so a fact that counts as found
    need not be marked.
    """
    for fact in (*case.expected, *case.nuggets):
        for wording in fact:
            yield from _found(text, wording, "fact")


def asked(text: str, case: Case) -> Iterator[Span]:
    """Find the words that citations of ``case`` should touch; all of ``text`` if it is in them."""
    for quote in case.quotes:
        if text.strip() and " ".join(text.split()) in " ".join(quote.text.split()):
            yield Span(0, len(text), "asked")
        else:
            yield from _found(text, quote.text, "asked")


def shifted(spans: Iterable[Span], by: int) -> Sequence[Span]:
    """Return ``spans`` of a longer text as those of the part that begins at ``by``."""
    return [Span(span.start - by, span.end - by, span.kind) for span in spans]


def _found(text: str, words: str, kind: str) -> Iterator[Span]:
    pattern = r"\s+".join(re.escape(word) for word in words.split())
    for match in re.finditer(rf"(?<!\w){pattern}(?!\w)", text, re.IGNORECASE):
        yield Span(match.start(), match.end(), kind)
