"""Who says the same in the same words: two texts compared sentence by sentence.

Texts are compared by their *shingles*, the runs of four words in them, as in Broder 1997, "On the
resemblance and containment of documents" (Compression and Complexity of Sequences). Shingles tell
what of one text stands in another wherever it stands, but hardly notice a single exchanged figure.
So a sentence that is found only in part is laid beside its counterpart, and where the two have
different figures, names or a negation in the same place, they say different things.
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cached_property
from itertools import pairwise
from typing import Literal

from index.models import Span
from index.text.glue import FUNCTION_WORDS

SHINGLE = 4
"""Words of a shingle: two reports of one event share few runs of four, two copies nearly all."""
NEARLY = 0.8
"""A sentence is near another if it has so much of it, in one place and order."""
_RELATED = 0.5

Verdict = Literal["same", "near", "changed", "new"]
"""What another text has of a sentence: it word for word but for an article or the like, nearly word
for word, with other figures or names, or nothing of the kind."""

HAD = frozenset[Verdict](["same", "near"])
"""The verdicts by which the other text has the sentence, word for word or nearly."""

# Scripts without spaces between words: each character counts as one.
_SINGLE = "\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_SINGLE_WORD = re.compile(
    rf"[{_SINGLE}]|(?:(?![{_SINGLE}])[^\W_])+(?:['.,](?:(?![{_SINGLE}])[^\W_])+)*"
)
_WORD = re.compile(r"[^\W_]+(?:['.,][^\W_]+)*")
_HAS_SINGLE = re.compile(f"[{_SINGLE}]")
_THOUSANDS = re.compile(r"(?<=\d),(?=\d)")
# "OSLO, 3 May (Agency) -": at most eight words, each a name, a number or in brackets, then a dash.
_DATELINE = re.compile(
    r"\s*(?:\([^()\n]{1,40}\)|[^\W\d_a-z][\w.'’]*|\d{1,4}\.?)"
    r"(?:[,\s/]{1,3}(?:\([^()\n]{1,40}\)|[^\W\d_a-z][\w.'’]*|\d{1,4}\.?)){0,7}"
    r"[,.]?\s*[-–—]{1,2}\s+"
)
_SMALL = (
    *("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"),
    *("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty"),
)
_NUMERALS = {word: str(number) for number, word in enumerate(_SMALL, 2)}
_LARGE = frozenset(
    [
        *("thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"),
        *("hundred", "thousand", "million", "billion", "half"),
    ]
)
_LIGHT = frozenset(["a", "an", "the", "that", "which", "on", "of"])
_NEGATIONS = frozenset(
    [
        *("not", "no", "never", "without", "nor", "neither"),
        *("none", "nobody", "nothing", "cannot"),
    ]
)


@dataclass(frozen=True)
class Wording:
    """The words of a text's evidence sentences, made ready for comparing."""

    spans: tuple[Span, ...]
    """The sentences, as they stand in the text."""
    starts: tuple[int, ...]
    """Position of each sentence's first word among the words, and at last their number."""
    written: tuple[str, ...]
    """The words as they are written."""
    words: tuple[str, ...]
    """The same words without regard to case, and numbers in figures."""

    @cached_property
    def runs(self) -> list[str]:
        """The shingle that begins at each word; a shorter text is one shingle."""
        parts = [self.words[at:] for at in range(SHINGLE)]
        return [" ".join(run) for run in zip(*parts, strict=False)] or (
            [" ".join(self.words)] if self.words else []
        )

    @cached_property
    def places(self) -> dict[str, int]:
        """Each shingle with the position of the first word where it comes first."""
        return dict(zip(reversed(self.runs), range(len(self.runs) - 1, -1, -1), strict=True))

    def sentence(self, number: int) -> range:
        """Return the positions of the words of sentence ``number``."""
        return range(self.starts[number], self.starts[number + 1])

    def tells(self, at: int) -> bool:
        """Return whether the word at ``at`` is a figure or a name.

        A capital at the start of a sentence makes a name unless the word is a function word.
        """
        written, word = self.written[at], self.words[at]
        if word in _LARGE or any(c.isdigit() for c in word):
            return True
        return written[0].isupper() and word not in FUNCTION_WORDS

    def negates(self, at: int) -> bool:
        """Return whether the word at ``at`` turns a sentence into its opposite."""
        return self.words[at] in _NEGATIONS or self.words[at].endswith("n't")


@dataclass(frozen=True, slots=True)
class Overlap:
    """How much of one text stands in another."""

    verdicts: tuple[Verdict, ...]
    """One for each sentence of the first text."""
    words: int
    """Words of the first text."""
    same: int
    """Words of its sentences that stand in the other, (nearly) word for word."""

    @property
    def share(self) -> float:
        """Part of the words that stand in the other text, 0 to 1."""
        return self.same / self.words if self.words else 0.0


def wording(text: str, sentences: Sequence[Span]) -> Wording:
    """Return the words of ``sentences`` of ``text``; a dateline before the first is left out."""
    written: list[str] = []
    starts = [0]
    for number, span in enumerate(sentences):
        part = span.cut(text)
        if not number and (dateline := _DATELINE.match(part)):
            part = part[dateline.end() :]
        pattern = _WORD
        if not part.isascii():
            part = unicodedata.normalize("NFKC", part).replace("’", "'")
            pattern = _SINGLE_WORD if _HAS_SINGLE.search(part) else _WORD
        if "," in part:
            part = _THOUSANDS.sub("", part)
        written += pattern.findall(part)
        starts.append(len(written))
    words = tuple(_NUMERALS.get(word, word) for word in map(str.lower, written))
    return Wording(tuple(sentences), tuple(starts), tuple(written), words)


def overlap(part: Wording, whole: Wording) -> Overlap:
    """Return how much of ``part`` stands (nearly) word for word in ``whole``."""
    told = list(verdicts(part, whole))
    same = sum(size for verdict, size in told if verdict in HAD)
    return Overlap(tuple(verdict for verdict, _ in told), len(part.words), same)


def verdicts(part: Wording, whole: Wording) -> Iterator[tuple[Verdict, int]]:
    """Yield for each sentence of ``part`` whether it stands in ``whole``, and its words."""
    found = [run in whole.places for run in part.runs]
    covered = bytearray(len(part.words))
    for at, known in enumerate(found):
        if known:
            end = min(at + SHINGLE, len(covered))
            covered[at:end] = b"\1" * (end - at)
    for number, (start, end) in enumerate(pairwise(part.starts)):
        yield _verdict(part, number, whole, found, covered), end - start


def _verdict(
    part: Wording, number: int, whole: Wording, found: Sequence[bool], covered: bytearray
) -> Verdict:
    own = part.sentence(number)
    size = len(own)
    known = covered.count(1, own.start, own.stop)
    inner = found[own.start : max(own.stop - SHINGLE + 1, own.start)]
    if known == size and all(inner):
        return "same"
    if known < _RELATED * size:
        return "new"
    other = _counterpart(part, own, whole, found)
    steps = SequenceMatcher(
        None, part.words[own.start : own.stop], whole.words[other.start : other.stop], False
    ).get_opcodes()
    equal, light = 0, True
    for kind, a, b, c, d in steps:
        here, there = own[a:b], other[c:d]
        if kind == "equal":
            equal += b - a
        elif _differs(part, here, whole, there):
            return "changed"
        elif b > 0 and a < size:  # the other's sentence may begin before and end after it
            light &= _LIGHT.issuperset(part.words[at] for at in here)
            light &= _LIGHT.issuperset(whole.words[at] for at in there)
    if light:
        return "same"
    return "near" if max(known, equal) >= NEARLY * size else "new"


def _counterpart(part: Wording, own: range, whole: Wording, found: Sequence[bool]) -> range:
    """Return the words of the sentence, or the sentences in a row, of ``whole`` that ``own`` is."""
    hits: Counter[int] = Counter()
    # A shingle that only touches the sentence counts too: short ones have none of their own.
    for at in range(max(own.start - SHINGLE + 1, 0), min(own.stop, len(found))):
        if found[at]:
            place = whole.places[part.runs[at]] + max(own.start - at, 0)
            hits[bisect_right(whole.starts, place) - 1] += 1
    first = last = max(hits, key=lambda number: (hits[number], -number))
    while first - 1 in hits:
        first -= 1
    while last + 1 in hits:
        last += 1
    return range(whole.starts[first], whole.starts[last + 1])


def _differs(part: Wording, own: range, whole: Wording, other: range) -> bool:
    """Return whether what stands in one place of both says something else.

    Words that only one of the two has add or leave out something; that is no contradiction, unless
    they negate.
    """
    if sum(map(part.negates, own)) != sum(map(whole.negates, other)):
        return True
    return any(map(part.tells, own)) and any(map(whole.tells, other))
