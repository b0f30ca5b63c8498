"""One person's words in two wordings: quotations by one speaker that are alike and not equal."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from index.models import Span
from qa.short.slots import Reading
from qa.text.words import content_stems, is_content, key, name_words, names, tokens

SHORTEST = 4
"""Words of the shortest quotation that is compared; fewer are a term in quotation marks."""

RUN = 3
"""Words that two wordings must share in one run, one of them a word of content."""

SHARED = 0.3
"""So much of their content words (Jaccard) two wordings must share."""

_QUOTED = re.compile(
    r"“([^“”]{8,600})(?:”|“|$)|\"([^\"]{8,600})\"|«([^«»]{8,600})»|„([^„“]{8,600})“"
)
_SAYS = (
    r"(?:said|says?|told|tells|added|adds|wrote|writes|called|calls|explained|argued|argues|noted|"
    r"notes|warned|warns|remarked|insisted|recalled|stated|put it|continued|commented|replied|"
    r"declared|announced|observed|concluded|joked|according to)"
)
_SPEAKS = re.compile(rf"\b{_SAYS}\b", re.IGNORECASE)
_SAYS_NEXT = re.compile(rf"\s*(?:,[^“”\"]{{0,90}},)?\s*(?:also |has |had |later )?{_SAYS}\b", re.I)
_OFFICE = re.compile(r"\s+(?:of|for|from|at)\s+")  # "Ada Kvam of the Harbour Office"
_PRONOUN = re.compile(
    rf"\b(?:he|she)\s+(?:also |has |had |later )?{_SAYS}\b|\bsaid (?:he|she)\b", re.I
)
_SAID_BY = re.compile(
    r"\b(?:said|says|added|adds|wrote|explained|noted|according to)\s+(?:\w+\s+)?$", re.I
)


@dataclass(frozen=True, slots=True)
class Quoted:
    """Words in quotation marks with who said them."""

    reading: Reading
    """The sentence."""
    span: Span
    """Where the words stand in the document's text, without the marks."""
    speaker: str
    """The speaker's name as written nearest to them."""
    words: tuple[str, ...]
    """The words as they are compared."""


def quoted(reading: Reading) -> Iterator[Quoted]:
    """Yield the quotations of a sentence whose speaker is named beside them."""
    base = reading.sentence.span.start
    for match in _QUOTED.finditer(reading.quote):
        part = next(n for n in range(1, 5) if match[n])
        words = tuple(key(token.text) for token in tokens(match[part]))
        if len(words) < SHORTEST:
            continue
        speaker = _speaker(reading, match.start(), match.end())
        if speaker:
            span = Span(base + match.start(part), base + match.end(part))
            person = _OFFICE.split(speaker)[0]
            yield Quoted(reading, _trimmed(span, match[part]), person, words)


def wordings(
    readings: Sequence[Reading], further: Sequence[Reading] = ()
) -> Iterator[tuple[Quoted, Quoted]]:
    """Yield pairs of quotations of two documents that give one speaker's words differently.

    Args:
        readings: sentences that are likely to answer.
        further: other sentences, with which these are compared as well.
    """
    found = [one for reading in readings for one in quoted(reading)]
    more = [one for reading in further for one in quoted(reading)] if found else []
    for at, one in enumerate(found):
        for other in (*found[at + 1 :], *more):
            apart = one.reading.sentence.document.id != other.reading.sentence.document.id
            if apart and _same_speaker(one.speaker, other.speaker) and is_rewording(one, other):
                yield one, other


def is_rewording(one: Quoted, other: Quoted) -> bool:
    """Return whether two quotations are one saying in two wordings.

    A part of a quotation is no other wording of it, and neither is one with words left out.
    """
    a, b = one.words, other.words
    matcher = SequenceMatcher(None, a, b, autojunk=False)
    blocks = matcher.get_matching_blocks()
    if not any(
        tag == "replace" and _telling(a[i:j], b[k:m]) for tag, i, j, k, m in matcher.get_opcodes()
    ):
        return False
    if not any(
        block.size >= RUN and any(is_content(w) for w in a[block.a : block.a + block.size])
        for block in blocks
    ):
        return False
    first, second = set(content_stems(" ".join(a))), set(content_stems(" ".join(b)))
    return len(first & second) >= max(2, SHARED * len(first | second))


def _telling(one: Sequence[str], other: Sequence[str]) -> bool:
    return any(is_content(word) for word in (*one, *other))


def _speaker(reading: Reading, start: int, end: int) -> str | None:
    """Return the name of who said the words at a place: beside a verb of saying, or told before."""
    quote = reading.quote
    outside = [(a, b, n) for a, b, n in reading.names if b <= start or a >= end]
    found: list[tuple[int, str]] = []
    for a, b, name in outside:
        before, behind = quote[:a], quote[b:]
        if _SAYS_NEXT.match(behind) or (a >= end and not re.search(r"\w", quote[end:a])):
            found.append((min(abs(a - end), abs(start - b)), name))  # “…,” Lind[, …,] said
        elif _SAID_BY.search(before):
            found.append((min(abs(a - end), abs(start - b)), name))  # “…,” said Lind
    if found:
        return min(found)[1]
    if _PRONOUN.search(quote[end:]) or _PRONOUN.search(quote[:start]):
        return _told_before(reading)
    if outside and _SPEAKS.search(quote[:start] + quote[end:]):
        ahead = [n for _, b, n in outside if b <= start]
        if ahead:
            return ahead[-1]
    return _told_before(reading)


def _told_before(reading: Reading) -> str | None:
    """Return the last person-like name of the sentence before, for "he said"."""
    spans = [s.span for s in reading.sentence.passage.sentences]
    if reading.sentence.span not in spans:
        return None
    at = spans.index(reading.sentence.span)
    before = spans[at - 1].cut(reading.sentence.document.text) if at else ""
    found = names(before)
    return found[0] if found else None


def _same_speaker(one: str, other: str) -> bool:
    a, b = name_words(one), name_words(other)
    return bool(a and b) and a[-1] == b[-1]


def _trimmed(span: Span, text: str) -> Span:
    """Return the place of a quotation without spaces and commas at its ends."""
    left = len(text) - len(text.lstrip())
    right = len(text) - len(text.rstrip(" \n,"))
    return Span(span.start + left, span.end - right)
