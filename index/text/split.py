"""A text into sentences, and a document into passages: both by exact spans."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from index.models import Draft, Passage, Sentence, Span
from index.text import tokens
from index.text.boundaries import starts
from index.text.lines import logical_lines
from index.text.pieces import cut_long

SENTENCE_TOKENS = 250
"""Longest sentence; what has no sentence end for longer is cut, so that it can be searched."""
CONTEXT_TOKENS = 30
"""Most tokens of title and heading that go before a passage's text for searching."""
_SKIPPED_NOISE = 30
"""Noise of more tokens than this in a row ends a passage and is left out of all."""


def sentences(text: str, *, language: str | None = None) -> list[Span]:
    """Return the sentences of ``text``, headings and table rows among them.

    The spans are sorted, do not overlap, neither start nor end with white space, and together hold
    every character of the text that is not white space. Blank lines always divide. A single line
    end divides where a paragraph, heading or list item ends and not where the text is only wrapped
    at a width; the document's own line lengths tell (:func:`index.text.lines.logical_lines`).
    Within that, :mod:`index.text.boundaries` finds the ends, and what is longer than 250 tokens is
    cut at the best place (:func:`index.text.pieces.cut_long`).

    Args:
        text: Any text, any script.
        language: ISO 639-1 code where known; ``None`` reads it as English, which decides on
            abbreviations only.
    """
    return [span for paragraph in _paragraphs(text, language) for span in paragraph]


def split(draft: Draft, *, document_id: str, version: int, budget: int) -> list[Passage]:
    """Return the passages of a document: runs of whole sentences of up to ``budget`` tokens.

    A heading begins a new passage unless the one so far is shorter than a quarter of the budget. A
    paragraph that would not fit is begun in a new passage if the one so far is at least half full.
    A last passage shorter than a quarter of the budget goes to the one before it if both together
    have at most 1.25 times the budget. A single sentence longer than the budget is a passage.

    Each sentence that is evidence is in exactly one passage. Noise stands in a passage only where
    it is short and has evidence on both sides; but a document of nothing else is split whole, so
    that it can be found.

    Args:
        draft: The text with its noise and headings.
        document_id: Identifier given to the passages.
        version: Document version given to the passages.
        budget: Tokens of a passage, as :func:`index.text.tokens.count` counts them.

    Returns:
        Passages in order, numbered from 0; none for a text of white space only.
    """
    units = _units(draft)
    headings = sorted(draft.headings, key=lambda span: span.end)
    found = any(unit.sentence.evidence for unit in units)
    runs = _without_noise(units) if found else [units] if units else []
    groups = [group for run in runs for group in _group(run, budget)]
    if found:
        groups = [_bare(group) for group in groups if any(unit.sentence.evidence for unit in group)]
    return [
        Passage(
            document_id=document_id,
            version=version,
            number=number,
            span=Span(group[0].sentence.span.start, group[-1].sentence.span.end),
            sentences=tuple(unit.sentence for unit in group),
            context=_context(draft, headings, group),
        )
        for number, group in enumerate(groups)
    ]


@dataclass(frozen=True, slots=True)
class _Unit:
    """A sentence with what the grouping needs to know about it."""

    sentence: Sentence
    tokens: int
    paragraph: int
    heading: bool
    noise: bool


def _paragraphs(text: str, language: str | None) -> Iterator[list[Span]]:
    """Yield the sentences of each logical line."""
    code = (language or "en").split("-")[0].split("_")[0].lower() or "en"
    for line in logical_lines(text):
        inner = starts(text[line.start : line.end], code)
        edges = [line.start, *(line.start + place for place in inner), line.end]
        yield [
            span
            for start, end in pairwise(edges)
            for piece in cut_long(text, start, end, SENTENCE_TOKENS)
            if (span := _trim(text, *piece)) is not None
        ]


def _trim(text: str, start: int, end: int) -> Span | None:
    """Return the span without outer white space, ``None`` if nothing is left."""
    part = text[start:end]
    bare = part.strip()
    if len(bare) < len(part):
        start += len(part) - len(part.lstrip())
    return Span(start, start + len(bare)) if bare else None


def _units(draft: Draft) -> list[_Unit]:
    """Return the document's sentences with their length and kind."""
    text = draft.text
    noise, headings = _Marked(draft.noise), _Marked(draft.headings)
    marked = bool(draft.noise or draft.headings)
    units: list[_Unit] = []
    for number, paragraph in enumerate(_paragraphs(text, draft.metadata.language)):
        for whole in paragraph:
            for span in _at_mark_edges(text, whole, noise, headings) if marked else (whole,):
                is_noise = marked and 2 * noise.covered(span) >= len(span)
                is_heading = marked and not is_noise and 2 * headings.covered(span) >= len(span)
                sentence = Sentence(span, evidence=not (is_noise or is_heading))
                # A new paragraph costs its line end.
                length = tokens.count(span.cut(text)) + (span.start == paragraph[0].start)
                units.append(_Unit(sentence, length, number, is_heading, is_noise))
    return units


class _Marked:
    """Marks made disjoint, asked in the order of the text."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self._spans: list[Span] = []
        for span in sorted(spans):
            if self._spans and span.start <= self._spans[-1].end:
                last = self._spans.pop()
                span = Span(last.start, max(last.end, span.end))  # noqa: PLW2901
            self._spans.append(span)
        self._first = 0

    def over(self, span: Span) -> list[Span]:
        """Return the marks that overlap ``span``; later calls may not begin before it."""
        if not self._spans:
            return []
        while self._first < len(self._spans) and self._spans[self._first].end <= span.start:
            self._first += 1
        last = self._first
        while last < len(self._spans) and self._spans[last].start < span.end:
            last += 1
        return self._spans[self._first : last]

    def covered(self, span: Span) -> int:
        """Return how many code points of ``span`` are marked."""
        over = self.over(span)
        return sum(min(m.end, span.end) - max(m.start, span.start) for m in over) if over else 0


def _at_mark_edges(text: str, span: Span, *marks: _Marked) -> list[Span]:
    """Cut a marked start or end off a sentence, so that a dateline is not quoted with it."""
    over = [mark for kind in marks for mark in kind.over(span)]
    if not over:
        return [span]
    edges = {span.start, span.end}
    for mark in over:
        if mark.start <= span.start < mark.end < span.end:
            edges.add(mark.end)
        elif span.start < mark.start < span.end <= mark.end:
            edges.add(mark.start)
    spaced = [edge for edge in sorted(edges) if _is_spaced(text, span, edge)]
    parts = [_trim(text, start, end) for start, end in pairwise(spaced)]
    if any(part is None or not any(map(str.isalnum, part.cut(text))) for part in parts):
        return [span]
    return [part for part in parts if part is not None]


def _is_spaced(text: str, span: Span, edge: int) -> bool:
    """Return whether a cut at ``edge`` stands beside white space or at an end of ``span``."""
    return edge in (span.start, span.end) or text[edge - 1].isspace() or text[edge].isspace()


def _without_noise(units: list[_Unit]) -> list[list[_Unit]]:
    """Return the runs between the long stretches of noise."""
    runs: list[list[_Unit]] = [[]]
    for noise, stretch in groupby(units, key=lambda unit: unit.noise):
        members = list(stretch)
        if noise and sum(unit.tokens for unit in members) > _SKIPPED_NOISE:
            runs.append([])
        else:
            runs[-1] += members
    return [run for run in runs if run]


def _group(run: list[_Unit], budget: int) -> list[list[_Unit]]:
    """Divide a run into groups of about ``budget`` tokens, at headings and paragraphs first."""
    paragraphs = Counter[int]()
    for unit in run:
        paragraphs[unit.paragraph] += unit.tokens
    groups: list[list[_Unit]] = [[]]
    size = 0
    for before, unit in zip([None, *run], run, strict=False):
        if before is not None:
            ends = size + unit.tokens > budget
            if unit.heading and not before.heading:
                ends = ends or size >= budget / 4
            elif unit.paragraph != before.paragraph:
                ends = ends or (size >= budget / 2 and size + paragraphs[unit.paragraph] > budget)
            if ends:
                groups.append(_carried(groups[-1]))
                size = _cost(groups[-1])
        groups[-1].append(unit)
        size += unit.tokens
    if len(groups) > 1 and size < budget / 4 and _cost(groups[-2]) + size <= 1.25 * budget:
        last = groups.pop()
        groups[-1] += last
    return groups


def _carried(group: list[_Unit]) -> list[_Unit]:
    """Take the headings off the end of a group: they belong to what follows."""
    carried: list[_Unit] = []
    while group[-1].heading and any(not unit.heading for unit in group):
        carried.insert(0, group.pop())
    return carried


def _bare(group: list[_Unit]) -> list[_Unit]:
    """Return a group without noise at its ends."""
    inner = [number for number, unit in enumerate(group) if not unit.noise]
    return group[inner[0] : inner[-1] + 1]


def _cost(group: list[_Unit]) -> int:
    return sum(unit.tokens for unit in group)


def _context(draft: Draft, headings: Sequence[Span], group: list[_Unit]) -> str:
    """Return title and nearest heading above a group, cut to 30 tokens."""
    parts = [draft.metadata.title or ""]
    if not group[0].heading:
        above = bisect_right(headings, group[0].sentence.span.start, key=lambda span: span.end)
        if above:
            parts.append(headings[above - 1].cut(draft.text))
    clean = [" ".join(part.split()).lstrip("# ").strip() for part in parts]
    unique = [part for number, part in enumerate(clean) if part and part not in clean[:number]]
    return tokens.prefix(" – ".join(unique), CONTEXT_TOKENS)
