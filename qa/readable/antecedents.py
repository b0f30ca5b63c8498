"""What the opening words of a sentence stand for: "He", "It", "The treaty", "The two countries".

A sentence taken out of its document loses what stood before it. What its pronoun, short phrase or
bare surname stands for is looked up in the sentences before it, nearest first, and told only where
one thing fits and nothing competes with it: a missing note costs the reader a click, a wrong one
misleads. So "He" is told if the nearest sentence that speaks of anybody names one person whose
gender does not contradict and speaks of no other; "It" only behind a sentence about one thing;
"The treaty" if one treaty was introduced by a name or description; a surname if one full name ends
in it.

The idea is that of rule-based resolution by salience and agreement (Lappin & Leass 1994, "An
Algorithm for Pronominal Anaphora Resolution", Computational Linguistics 20:4), with silence in
place of a ranking.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from index.models import Span
from index.text.split import sentences
from qa.text.gazetteer import FEMALE_NOUNS, MALE_NOUNS, PERSON_NOUNS
from qa.text.lexicon import ROLES
from qa.text.mentions import Gender, Mention, mentions, quoted
from qa.text.phrases import Phrase, of_phrase, opening
from qa.text.preceding import WINDOW, preceding, without
from qa.text.words import key, name_words, tokens

if TYPE_CHECKING:
    from index.models import Document
    from qa.compose import EvidenceSentence

FAR = 20_000
"""Characters before a sentence in which the full name for a surname is looked for."""

MOST_PLACES = 12
"""Places of a surname that are looked at."""

QUIET = 2
"""Sentences that speak of nobody at all, over which a pronoun still reaches."""

_PRONOUN = re.compile(r"(?<![\w'’-])(?:he|she|his|her|him)(?![\w'’-])", re.IGNORECASE)
_GENDERS: dict[str, Gender] = {"he": "m", "his": "m", "him": "m", "she": "f", "her": "f"}
_PEOPLE = PERSON_NOUNS | MALE_NOUNS | FEMALE_NOUNS
_SOMEBODY = ("person", "unknown")
_TELLING = ROLES - {"mr", "mrs", "ms", "dr"}
_OPENING_WORDS = 5
"""Words before a pronoun that still counts as opening its sentence."""
_LEAD_IN = re.compile(
    r"[\"“'‘]?(?:in|on|at|after|before|when|while|as|despite|during|with|for|from|by|although|though|"
    r"if|since|because|like|until|following|once|upon|throughout|having|born)\b",
    re.IGNORECASE,
)
_ONE = re.compile(r"(?:a|an|the|his|her|its|their|one|another|this|that|[\w’']+['’]s?)\Z")
_IS_A = re.compile(
    r"\s*(?:\([^()]*\)\s*)?(?:,[^,]{0,60},\s*)?(?:is|was|became)\s+(?:also\s+)?(?:a|an|the|one)\b"
)
_EVERYBODY = re.compile(r"\b(?:someone|somebody|anyone|everyone|whoever|nobody|each|every)\b", re.I)


@dataclass(frozen=True, slots=True)
class Antecedent:
    """What some words of a sentence stand for."""

    start: int
    """First code point of the words in the sentence."""
    end: int
    """One past their last."""
    words: str
    """What they stand for, in words of the document."""
    sentence: Span
    """The sentence of the document that names it."""


def antecedents(sentence: EvidenceSentence) -> list[Antecedent]:
    """Return what words of a sentence stand for, in order of place; only what is clear."""
    quote = sentence.quote
    named = mentions(quote)
    phrase, pronoun = opening(quote), _opening_pronoun(quote, named)
    found = [_surname(sentence, quote, named)]
    if phrase or pronoun:
        text = sentence.document.text
        before = [(span, span.cut(text)) for span in preceding(sentence)]
        if pronoun:
            found.append(_pronoun(sentence, pronoun, named, before))
        elif phrase:
            found.append(_phrase(phrase, named, before))
    told = [one for one in found if one is not None]
    places = {one.start: one for one in reversed(told)}
    return [places[start] for start in sorted(places)]


def _phrase(
    phrase: Phrase, named: Sequence[Mention], before: Sequence[tuple[Span, str]]
) -> Antecedent | None:
    """Return what the opening phrase of a sentence, such as "The treaty", stands for."""
    found = of_phrase(phrase, named, [text for _, text in before])
    if found is None:
        return None
    words, at = found
    return Antecedent(phrase.start, phrase.end, words, before[at][0])


def _opening_pronoun(quote: str, named: Sequence[Mention]) -> re.Match[str] | None:
    """Return the first personal pronoun of a sentence, if it opens and does not explain it."""
    hidden = quoted(quote)
    match = next(
        (m for m in _PRONOUN.finditer(quote) if not any(a <= m.start() < b for a, b in hidden)),
        None,
    )
    if match is None:
        return None
    outside = [
        token
        for token in tokens(quote[: match.start()])
        if not any(a <= token.start < b for a, b in hidden)
    ]
    if len(outside) > _OPENING_WORDS:
        return None
    if any(m.sort in _SOMEBODY and m.start < match.start() for m in named):
        return None
    if any(key(t.text) in _PEOPLE for t in outside) or _EVERYBODY.search(quote):
        return None
    if any(m.sort in _SOMEBODY and m.start > match.end() for m in named) and _LEAD_IN.match(quote):
        return None  # "When she came home, Ana Roth …"
    return match


def _pronoun(
    sentence: EvidenceSentence,
    match: re.Match[str],
    named: Sequence[Mention],
    before: Sequence[tuple[Span, str]],
) -> Antecedent | None:
    """Return who an opening pronoun is."""
    found = _person(sentence, before, _GENDERS[match[0].lower()])
    if found is None or any(found[0].last in name_words(m.text) for m in named):
        return None
    return Antecedent(match.start(), match.end(), found[0].text, found[1])


def _person(
    sentence: EvidenceSentence, before: Sequence[tuple[Span, str]], gender: Gender
) -> tuple[Mention, Span] | None:
    """Return the one person that the nearest sentence about anybody speaks of."""
    quiet = 0
    for span, text in before:
        fitting = [m for m in mentions(text) if m.sort in _SOMEBODY and m.gender in ("", gender)]
        different = {m.last: m for m in reversed(fitting)}
        if len(different) > 1 or _others(text, fitting):
            return None
        if len(different) == 1:
            (one,) = different.values()
            full = _full(sentence.document, one, span)
            if full is not None:
                return full
            return (one, span) if one.sort == "person" and " " in one.text else None
        if _PRONOUN.search(text):
            if any(_GENDERS[m[0].lower()] != gender for m in _PRONOUN.finditer(text)):
                return None
            continue
        quiet += 1
        if quiet > QUIET:
            return None
    return None


def _others(text: str, fitting: Sequence[Mention]) -> bool:
    """Return whether a sentence speaks of somebody beside the person that it names."""
    if fitting and _IS_A.match(text, fitting[0].end):
        return False  # "Ana Roth is a judge and writer": all of it is she
    words = tokens(text)
    for at, word in enumerate(words):
        if key(word.text) not in _PEOPLE:
            continue
        if not any(_ONE.match(w.text.lower()) for w in words[max(0, at - 4) : at]):
            continue
        if not any(_belongs(text, word.start, word.end, m) for m in fitting):
            return True
    return False


def _belongs(text: str, start: int, end: int, mention: Mention) -> bool:
    """Return whether a noun is the office or apposition of a name."""
    if end <= mention.start:
        return text[end : mention.start].strip(" ,") == ""
    between = text[mention.end : start]
    return between.startswith(",") and between.count(",") == 1 and len(between) < 60


def _surname(sentence: EvidenceSentence, quote: str, named: Sequence[Mention]) -> Antecedent | None:
    """Return the full name of the first person whom a sentence calls by the surname alone."""
    for mention in named:
        if mention.sort not in _SOMEBODY or " " in mention.text:
            continue
        office = tokens(quote[max(0, mention.start - 30) : mention.start])[-1:]
        if office and office[0].text[0].isupper() and key(office[0].text) in _TELLING:
            continue  # "President Roth" is clear enough
        full = _full(sentence.document, mention, sentence.span)
        if full is not None and full[0].text != mention.text:
            end = mention.end
            possessive = re.match(r"['’]s?(?!\w)", quote[end:])
            return Antecedent(
                mention.start, end + (possessive.end() if possessive else 0), full[0].text, full[1]
            )
    return None


def _full(document: Document, mention: Mention, span: Span) -> tuple[Mention, Span] | None:
    """Return the one person up to ``span`` whose full name ends in a surname, and the sentence."""
    if " " in mention.text:
        return (mention, span) if mention.sort == "person" else None
    first = max(0, span.start - FAR)
    pattern = re.compile(rf"(?<=[\w.] ){re.escape(mention.text)}(?![\w-])")
    found: dict[frozenset[str], tuple[Mention, Span]] = {}
    for match in islice(pattern.finditer(document.text, first, span.start), MOST_PLACES):
        if not document.text[: match.start()].rstrip().rpartition(" ")[2][:1].isupper():
            continue
        for named, place in _named_at(document, match.start()):
            words = name_words(named.text)
            if len(words) > len(set(words)):
                return None  # cells of a table, read as one name
            if named.last == mention.last and " " in named.text:
                if named.sort not in _SOMEBODY:
                    return None
                found.setdefault(frozenset(name_words(named.text)), (named, place))
    if len(found) != 1:
        return None
    ((one, place),) = found.values()
    return (one, place) if one.sort == "person" else None


def _named_at(document: Document, at: int) -> list[tuple[Mention, Span]]:
    """Return what the sentence around a place names, nothing in a heading or scraped noise."""
    text = document.text
    low, high = max(0, at - WINDOW), min(len(text), at + WINDOW)
    start = text.rfind("\n", low, at) + 1 or low
    end = text.find("\n", at, high)
    end = end if end >= 0 else high
    spans = [Span(start + s.start, start + s.end) for s in sentences(text[start:end])]
    # What the window cuts off is no sentence.
    if start and text[start - 1] != "\n":
        spans = spans[1:]
    if end < len(text) and text[end] != "\n":
        spans = spans[:-1]
    spans = without(spans, [*document.noise, *document.headings])
    around = [s for s in spans if s.start <= at < s.end]
    return [(m, s) for s in around for m in mentions(s.cut(document.text))]
