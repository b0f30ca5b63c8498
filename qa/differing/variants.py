"""Two sentences that are the same but for one place: what stands there are two values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from index.models import Span
from qa.differing.sameness import same_value
from qa.short.slots import Reading
from qa.text.words import Token, is_content, key, tokens

ALIKE = 0.75
"""So much of the words two sentences must share, in order."""

SHORTEST = 6
"""Words that they must share at least."""

BESIDE = 4
"""Words that they must share if the sentences before or behind them are alike as well."""

LONG = 12
"""Words that a sentence must share which does not answer by itself."""

LONGEST = 8
"""Words of the longer of two values."""

_TYPO = 0.8
_NEIGHBOUR = 0.8


@dataclass(frozen=True, slots=True)
class Variant:
    """The place in which two sentences differ."""

    one: Reading
    """The sentence that is likelier to answer."""
    first: Span
    """What it has there, in its document's text."""
    other: Reading
    """The other sentence."""
    second: Span
    """What that has there, in its document's text."""


def variants(readings: Sequence[Reading], further: Sequence[Reading] = ()) -> Iterator[Variant]:
    """Yield the pairs of sentences of two documents that differ in one place only.

    Args:
        readings: sentences that are likely to answer.
        further: other sentences. They answer nothing by themselves, mostly because they name no
            subject; one that repeats many words of a likely sentence, or stands beside the same
            sentence as it, tells of the same thing.
    """
    read = [(reading, _keys(reading)) for reading in readings]
    more = [(reading, _keys(reading)) for reading in further]
    for at, (one, mine) in enumerate(read):
        pairs = [(pair, SHORTEST) for pair in read[at + 1 :]] + [(pair, LONG) for pair in more]
        for (other, theirs), least in pairs:
            if one.sentence.document.id == other.sentence.document.id:
                continue
            shared = len(frozenset(mine) & frozenset(theirs))
            if shared < BESIDE - 1 or shared < 0.5 * min(len(mine), len(theirs)):
                continue
            found = _difference(one, mine, other, theirs, least)
            if found is not None:
                yield found


def _keys(reading: Reading) -> list[str]:
    return [key(word.text) for word in reading.words]


def _difference(
    one: Reading, mine: list[str], other: Reading, theirs: list[str], least: int
) -> Variant | None:
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    same = sum(size for _, _, size in matcher.get_matching_blocks())
    if same < BESIDE or (same < least and not _side_by_side(one, other)):
        return None
    blocks = [
        (a, b, c, d)
        for tag, a, b, c, d in matcher.get_opcodes()
        if tag != "equal"
        and _tells(one.words[a:b], other.words[c:d])
        # What one of them has more at its ends is no difference: a sentence may be cut.
        and (tag == "replace" or not (a == b in (0, len(mine)) or c == d in (0, len(theirs))))
    ]
    if len(blocks) != 1:
        return None
    a, b, c, d = blocks[0]
    longest = max(b - a, d - c)
    if a == b or c == d or longest > LONGEST:
        return None
    if same < ALIKE * (min(len(mine), len(theirs)) - longest):
        return None
    first, second = _span(one, a, b), _span(other, c, d)
    texts = (first.cut(one.sentence.document.text), second.cut(other.sentence.document.text))
    return None if same_value(*texts) else Variant(one, first, other, second)


def _side_by_side(one: Reading, other: Reading) -> bool:
    """Return whether two sentences stand before or behind sentences that are alike."""
    return any(
        mine and theirs and _alike(mine, theirs)
        for mine, theirs in zip(_neighbours(one), _neighbours(other), strict=True)
    )


def _neighbours(reading: Reading) -> tuple[frozenset[str], frozenset[str]]:
    """Return the words of the sentences before and behind a sentence in its passage."""
    sentence = reading.sentence
    spans = [s.span for s in sentence.passage.sentences]
    at = spans.index(sentence.span) if sentence.span in spans else len(spans)
    text = sentence.document.text
    around = (spans[at - 1 : at] if at else [], spans[at + 1 : at + 2])
    before, behind = (
        frozenset(key(t.text) for s in part for t in tokens(s.cut(text))) for part in around
    )
    return before, behind


def _alike(one: frozenset[str], other: frozenset[str]) -> bool:
    return len(one) >= BESIDE and len(one & other) >= _NEIGHBOUR * len(one | other)


def _tells(one: Sequence[Token], other: Sequence[Token]) -> bool:
    """Return whether two runs of words differ in more than small words or a slip of the pen."""
    mine = [w.text for w in one if is_content(w.text) or w.text[0].isdigit()]
    theirs = [w.text for w in other if is_content(w.text) or w.text[0].isdigit()]
    if len(mine) == len(theirs) == 1 and not any(c.isdigit() for c in mine[0] + theirs[0]):
        return SequenceMatcher(None, key(mine[0]), key(theirs[0])).ratio() < _TYPO
    return bool(mine or theirs)


def _span(reading: Reading, first: int, last: int) -> Span:
    """Return the place of some words, with all of the figure or name that they are part of."""
    start, end = reading.words[first].start, reading.words[last - 1].end
    for figure in reading.figures:
        if figure.start < end and start < figure.end:
            start, end = min(start, figure.start), max(end, figure.end)
    for begin, finish, _ in reading.names:
        if begin < end and start < finish:
            start, end = min(start, begin), max(end, finish)
    base = reading.sentence.span.start
    return Span(base + start, base + end)
