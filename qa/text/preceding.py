"""The sentences that stand before a sentence in its document, nearest first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from index.models import Span
from index.text.split import sentences

if TYPE_CHECKING:
    from qa.compose import EvidenceSentence

REACH = 8
"""Sentences before a sentence that are looked at."""

WINDOW = 1500
"""Characters before a passage that are taken apart where it holds too few sentences itself."""


def preceding(sentence: EvidenceSentence) -> list[Span]:
    """Return up to :data:`REACH` sentences before a sentence, nearest first.

    Scraped noise and headings are passed over: they are nothing that a document says.
    """
    passage = sentence.passage
    found = [s.span for s in passage.sentences if s.evidence and s.span.end <= sentence.span.start]
    if len(found) < REACH and passage.span.start:
        found = [*_window(sentence, passage.span.start), *found]
    return found[::-1][:REACH]


def _window(sentence: EvidenceSentence, end: int) -> list[Span]:
    """Return the sentences that end before ``end``, as far back as the window goes."""
    document = sentence.document
    start = max(0, end - WINDOW)
    if start:  # begin with a line, or else with whatever sentence begins within
        line = document.text.find("\n", start, end)
        start = line + 1 if line >= 0 else start
    cut = document.text[start:end]
    spans = [Span(start + s.start, start + s.end) for s in sentences(cut)]
    if start and document.text[start - 1] != "\n":
        spans = spans[1:]  # its beginning may be missing
    return without(spans, [*document.noise, *document.headings])


def without(spans: Sequence[Span], hidden: Sequence[Span]) -> list[Span]:
    """Return the spans that overlap none of ``hidden``."""
    return [span for span in spans if not any(span.overlaps(other) for other in hidden)]
