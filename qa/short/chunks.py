"""A sentence cut into the phrases that an answer may consist of.

There is no tagger: words of closed classes (articles, prepositions, pronouns, forms of *be*), past
endings and punctuation mark where a noun phrase begins and ends, as in the chunkers before
statistical ones (Abney 1991, "Parsing by chunks"). What is cut is plenty and rough; which of it
answers is for :mod:`qa.short.spans` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from qa.short.wanted import AUXILIARIES, NOUN_FORMS
from qa.text.figures import Figure, figures
from qa.text.lexicon import IRREGULAR_FORMS, STOP_WORDS
from qa.text.synonyms import concept
from qa.text.words import Token, is_common, key, names, stem, tokens

LONGEST = 12
"""Words of the longest phrase; only a clause that runs to its end may be longer."""

CHAIN = 6
"""Noun phrases that one phrase may join."""

LONGEST_CLAUSE = 25
"""Words of the longest clause."""

_CLASSES = {
    word: name
    for name, words in {
        "article": "a an the",
        "determiner": "this that these those his her its their my our your some any each every no "
        "another both all several many few most such various other",
        "to": "to",
        "by": "by",
        "of": "of",
        "in": "in on at during since until till from between near within inside",
        "for": "for because due owing so therefore",
        "with": "with through via using into onto under over after before against about as like "
        "than above across along among around behind below beneath beside besides beyond despite "
        "down except off out outside per throughout toward towards up upon without amid",
        "and": "and or nor & plus",
        "but": "but while although though if unless whereas whether when where which who whom "
        "whose why how what",
        "pronoun": "i me he him she it we us they them himself herself itself themselves there "
        "here one ones",
        "not": "not never also only just even still already often usually however then thus",
    }.items()
    for word in words.split()
}
_ENDINGS = {"ed": "past", "ly": "not", "ing": "ing"}
_JOINED = re.compile(r"[ \u00a0\n]?[$€£¥]?|['’]? ?|[-‐‑–/]|\. ")
_HARD = re.compile(r"[;:—?!]|\.\s")
_INSIDE = re.compile(r"\(([^()]{2,80})\)|[“«\"]([^“”«»\"]{2,120})[”»\"]")
_PAIRS = (("(", ")"), ("“", "”"), ("«", "»"))
NOUNS = frozenset({"word", "name", "figure"})
"""Classes of the words that noun phrases are made of."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A sentence as words with their classes, read once for all candidates."""

    text: str
    """The sentence."""
    words: tuple[Token, ...]
    """Its words."""
    stems: tuple[str, ...]
    """The stem of each word, synonyms as one; empty for function words."""
    classes: tuple[str, ...]
    """The class of each word."""
    gaps: tuple[str, ...]
    """What stands before each word, and after the last."""
    figures: tuple[tuple[int, int, Figure], ...]
    """Its figures, each with its first and last word."""

    def join(self, at: int) -> bool:
        """Return whether the word at a place goes on from the one before without a pause."""
        return bool(_JOINED.fullmatch(self.gaps[at]))


@dataclass(frozen=True, slots=True)
class Phrase:
    """A run of words that an answer may consist of."""

    first: int
    """Its first word."""
    last: int
    """Its last word."""
    start: int
    """Its first code point in the sentence."""
    end: int
    """One past its last."""
    form: str
    """How it was cut: ``figure``, ``name``, ``noun``, ``marked``, ``part``, ``chain`` or
    ``clause``."""


def read(text: str) -> Reading:
    """Return a sentence's words with their classes."""
    words = tuple(tokens(text))
    placed = tuple(_placed(words, figures(text)))
    numeric = {at for first, last, _ in placed for at in range(first, last + 1)}
    classes: list[str] = []
    for at, word in enumerate(words):
        before = classes[-1] if classes else ""
        found = "figure" if at in numeric else _class(word.text, at == 0)
        if found in ("past", "ing") and before in ("article", "determiner"):
            found = "word"  # "the planned bridge", "a building"
        classes.append(found)
    ends = [0, *(word.end for word in words)]
    starts = [*(word.start for word in words), len(text)]
    gaps = tuple(text[a:b] for a, b in zip(ends, starts, strict=True))
    stems = tuple("" if _is_small(word.text) else concept(stem(word.text)) for word in words)
    return Reading(text, words, stems, tuple(classes), gaps, placed)


def _placed(words: tuple[Token, ...], found: list[Figure]) -> Iterator[tuple[int, int, Figure]]:
    for figure in found:
        inside = [at for at, w in enumerate(words) if w.end > figure.start and w.start < figure.end]
        if inside:
            yield inside[0], inside[-1], figure


@lru_cache(maxsize=65_536)
def _is_small(word: str) -> bool:
    return key(word) in STOP_WORDS and not (len(word) > 1 and word.isupper())


@lru_cache(maxsize=65_536)
def _class(word: str, opens: bool) -> str:
    """Return the class of a word; ``opens`` if a capital may be that of the sentence."""
    looked_up = key(word)
    if looked_up[:1].isdigit():
        return "figure"
    if len(word) == 1 or not word.isupper():
        if looked_up in _CLASSES:
            return _CLASSES[looked_up]
        if looked_up in STOP_WORDS:
            return "auxiliary" if looked_up in AUXILIARIES else "not"
    if word[0].isupper() and not (opens and is_common(word)):
        return "name"
    if looked_up in IRREGULAR_FORMS and looked_up not in NOUN_FORMS:
        return "past"
    endings = _ENDINGS if len(looked_up) > 4 else {}
    return next((name for end, name in endings.items() if looked_up.endswith(end)), "word")


def phrases(sentence: Reading) -> list[Phrase]:
    """Return the phrases of a sentence, none twice."""
    nouns = list(_nouns(sentence))
    found: dict[tuple[int, int], Phrase] = {}
    for form, spans in (
        ("figure", _figures(sentence)),
        ("name", _names(sentence)),
        ("noun", iter(nouns)),
        ("marked", _marked(sentence)),
        ("part", _parts(nouns)),
        ("chain", _chains(sentence, nouns)),
        ("clause", _clauses(sentence)),
    ):
        for first, last in spans:
            if (first, last) not in found:
                found[first, last] = Phrase(first, last, *_place(sentence, first, last), form)
    return list(found.values())


def _place(sentence: Reading, first: int, last: int) -> tuple[int, int]:
    """Return where words stand, with the signs of figures and the second of two brackets."""
    text = sentence.text
    start, end = sentence.words[first].start, sentence.words[last].end
    for begins, ends, figure in sentence.figures:
        start = min(start, figure.start) if begins == first else start
        end = max(end, figure.end) if ends == last else end
    end -= 2 if end - 2 > start and text[end - 2 : end] in ("'s", "’s") else 0
    inside = text[start:end]
    for opening, closing in _PAIRS:
        if inside.count(opening) > inside.count(closing) and text[end : end + 1] == closing:
            end += 1
    return start, end


def _figures(sentence: Reading) -> Iterator[tuple[int, int]]:
    """Yield the figures: bare, with the word that hedges them, and with what they count."""
    for first, last, figure in sentence.figures:
        yield first, last
        before = [at for at in range(first) if sentence.words[at].start >= figure.stated.start]
        after = [
            at for at, w in enumerate(sentence.words) if at > last and w.end <= figure.stated.end
        ]
        if before:
            yield before[0], last
        if after:
            yield first, after[-1]
        if before and after:
            yield before[0], after[-1]


def _names(sentence: Reading) -> Iterator[tuple[int, int]]:
    """Yield the names as :func:`qa.text.words.names` reads them."""
    starts = {word.start: at for at, word in enumerate(sentence.words)}
    position = 0
    for name in names(sentence.text):
        start = sentence.text.find(name, position)
        position = start + len(name)
        inside = [at for at, w in enumerate(sentence.words) if start <= w.start < position]
        if start in starts and inside:
            yield inside[0], inside[-1]


def _nouns(sentence: Reading) -> Iterator[tuple[int, int]]:
    """Yield the noun phrases without their articles."""
    first: int | None = None
    for at, found in enumerate(sentence.classes):
        fits = found in NOUNS or found == "ing"
        if first is not None and not (fits and sentence.join(at)):
            yield first, at - 1
            first = None
        if fits and first is None:
            first = at
    if first is not None:
        yield first, len(sentence.classes) - 1


def _parts(nouns: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield the beginnings and the ends of noun phrases: a verb may hide in one."""
    for first, last in nouns:
        for at in range(first + 1, last + 1):
            yield at, last
            yield first, at - 1
        for at in range(first + 1, last):
            yield at, at


def _chains(sentence: Reading, nouns: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield noun phrases with those that follow: the mouth of the river and its banks."""
    for number, (first, last) in enumerate(nouns):
        starts = {first}
        if first > 0 and sentence.classes[first - 1] in ("past", "determiner", "not"):
            starts.add(first - 1)
            yield first - 1, last
        for begin in range(first + 1, last + 1):
            if last - begin < 2:
                starts.add(begin)
        for _, end in nouns[number + 1 : number + CHAIN]:
            if end - first >= LONGEST or _breaks(sentence, first, end):
                break
            for begin in sorted(starts):
                yield begin, end


def _breaks(sentence: Reading, first: int, last: int) -> bool:
    """Return whether a semicolon, a dash or half of a pair stands between two words."""
    gaps = sentence.gaps[first + 1 : last + 1]
    joined = "".join(gaps)
    if len(joined) == len(gaps):  # nothing but spaces
        return False
    halves = any(joined.count(a) < joined.count(b) for a, b in _PAIRS) or joined.count('"') % 2
    return bool(halves) or bool(_HARD.search(joined))


def _clauses(sentence: Reading) -> Iterator[tuple[int, int]]:
    """Yield what runs from a verb, a preposition or a conjunction to a pause."""
    total = len(sentence.classes)
    ends = [at - 1 for at in range(1, total) if re.search(r"[,;:—)(–.]", sentence.gaps[at])]
    ends.append(total - 1)
    for first, found in enumerate(sentence.classes):
        if found in NOUNS and not (first == 0 or not sentence.join(first)):
            continue
        if found in ("auxiliary", "and", "not", "article", "of"):
            continue
        following = [end for end in ends if end > first and end - first < LONGEST_CLAUSE]
        for end in following[:3]:
            if not _breaks(sentence, first, end):
                yield first, end


def _marked(sentence: Reading) -> Iterator[tuple[int, int]]:
    """Yield what stands in brackets or quotation marks."""
    for match in _INSIDE.finditer(sentence.text):
        group = 1 if match[1] is not None else 2
        inside = [
            at
            for at, word in enumerate(sentence.words)
            if match.start(group) <= word.start and word.end <= match.end(group)
        ]
        if inside:
            yield inside[0], inside[-1]
