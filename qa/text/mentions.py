"""Who and what a sentence names: people, countries and things, with the gender where it shows.

Read off the words themselves: offices and titles, given names, an apposition ("Ana Roth, a
judge"), words that only names of things have. What shows nothing is of unknown kind, so that who
asks for certainty can pass it over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from qa.text.gazetteer import (
    COUNTRIES,
    FEMALE_NOUNS,
    MALE_NOUNS,
    MEN,
    PERSON_NOUNS,
    THING_WORDS,
    WOMEN,
)
from qa.text.lexicon import CAPITALS, DEMONYMS, MONTHS, ROLES, TITLES, WEEKDAYS
from qa.text.words import Token, key, names, same_name, tokens

Sort = Literal["person", "country", "thing", "unknown"]
Gender = Literal["m", "f", ""]

_NOUNS = PERSON_NOUNS | MALE_NOUNS | FEMALE_NOUNS
_OFFICES = (ROLES | TITLES | _NOUNS) - {"st", "no", "vs", "jr", "sr"}
_PLACE_STARTS = frozenset("st saint san santa los las new el la le fort mount lake port".split())  # noqa: SIM905
_QUOTED = re.compile(
    r"“[^”]*”?|\"[^\"]*\"?|«[^»]*»?|``.*?(?:''|$)|(?<!\w)‘[^’]*(?:’\w[^’]*)*’(?!\w)"
)
_PLACED = re.compile(
    r"\b(?:in|at|near|into|across|throughout|around|outside|between(?:\s+[\w-]+\s+and)?)\s+$",
    re.IGNORECASE,
)
_ARTICLE = re.compile(r"\b(?:the|a|an|this|these|those)\s+$", re.IGNORECASE)
_BEFORE = re.compile(r"([^\W\d]+)[,\s]*$")
_PERSONAL = re.compile(
    r"\s*(?:\([^()]{0,60}\)\s*)?(?:,\s*(?:who|whose|whom|aged|now|then)\b|,\s*\d{2},"
    r"|\s*\((?:born|b\.|died|d\.|aged|\d{4}\s?[-–])"
    r"|\s+(?:was|is)\s+born\b|\s+(?:died|married|graduated|wept|smiled)\b)"
)
_APPOSED = re.compile(
    r"\s*(?:\([^()]{0,60}\)\s*)?(?:,|\s(?:is|was|became|has\s+been|had\s+been))\s*(?:also\s+)?"
    r"(?:a|an|the|one\s+of\s+the|its|his|her|their)?\s*((?:[\w'’-]+\s+){0,6}?[\w'’-]+)"
)


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a text."""

    start: int
    """First code point of the name, offices left out."""
    end: int
    """One past its last, a possessive ending left out."""
    text: str
    """The name."""
    sort: Sort
    """What it names."""
    gender: Gender = ""
    """The gender of a person, where it shows."""

    @property
    def last(self) -> str:
        """Its last word, in the form in which words are looked up."""
        return key(tokens(self.text)[-1].text)


@lru_cache(maxsize=2048)  # the sentences before one are those before the next
def mentions(text: str) -> tuple[Mention, ...]:
    """Return the names of a text in order, those in quotation marks left out."""
    hidden = quoted(text)
    found, at = [], 0
    for name in names(text):
        start = text.find(name, at)
        if start < 0:  # pragma: no cover -- names are cut from the text
            continue
        at = start + len(name)
        if not any(first <= start < last for first, last in hidden):
            found.append(_read(text, start, at))
    return tuple(found)


def quoted(text: str) -> list[tuple[int, int]]:
    """Return where words stand in quotation marks, an unclosed quotation up to the end."""
    return [match.span() for match in _QUOTED.finditer(text)]


@lru_cache(maxsize=8192)
def country(word: str) -> str | None:
    """Return the country that a word names or is the adjective of: ``iranian`` is of ``iran``.

    Args:
        word: a word or name in the form in which words are looked up.
    """
    if word in COUNTRIES:
        return word
    if word in DEMONYMS:
        return DEMONYMS[word] if DEMONYMS[word] in COUNTRIES else None
    if len(word) < 4 or word in MEN | WOMEN:
        return None
    return next((name for name in _countries().get(word[:3], ()) if same_name(word, name)), None)


@lru_cache(maxsize=1)
def _countries() -> dict[str, list[str]]:
    """Return the countries by their first three letters, which a word for their people shares."""
    found: dict[str, list[str]] = {}
    for name in sorted(COUNTRIES):
        found.setdefault(name[:3], []).append(name)
    return found


def _read(text: str, start: int, end: int) -> Mention:
    words = [Token(w.text, w.start + start, w.end + start) for w in tokens(text[start:end])]
    office: list[str] = []
    while len(words) > 1 and _is_office(words[0]):
        office.append(key(words.pop(0).text))
    keys = [key(word.text) for word in words]
    # "the spokeswoman Ana Roth" names her office in lower case.
    before = _BEFORE.search(text[max(0, start - 40) : start])
    if before and key(before[1]) in _NOUNS:
        office.append(key(before[1]))
    office = [word for word in office if word in _OFFICES]
    apposed = _APPOSED.match(text, end, min(len(text), end + 120))
    described = [key(t.text) for t in tokens(apposed[1])] if apposed else []
    gender = _gender(keys, office, described)
    sort = _sort(text, words, keys, bool(office) or any(w in _NOUNS for w in described))
    first = words[0].start
    return Mention(first, end, text[first:end], sort, gender if sort == "person" else "")


def _is_office(word: Token) -> bool:
    looked_up = key(word.text)
    return looked_up in _OFFICES or (country(looked_up) is not None and looked_up not in COUNTRIES)


def _gender(keys: list[str], office: list[str], described: list[str]) -> Gender:
    for words in (office, described):
        if any(word in FEMALE_NOUNS for word in words):
            return "f"
        if any(word in MALE_NOUNS for word in words):
            return "m"
    return "m" if keys[0] in MEN else "f" if keys[0] in WOMEN else ""


def _sort(text: str, words: list[Token], keys: list[str], described: bool) -> Sort:
    """Return what a name names; ``described`` tells that an office or apposition says a person."""
    if country(" ".join(keys)) is not None:
        return "country"
    before = text[max(0, words[0].start - 40) : words[0].start]
    whole = described and len(words) > 1
    if _is_thing(words, keys) or (_ARTICLE.search(before) and not whole):
        return "thing"
    named = len(words) > 1 and (keys[0] in MEN or keys[0] in WOMEN)
    if described or named or _PERSONAL.match(text, words[-1].end):
        return "person"
    return "thing" if _PLACED.search(before) else "unknown"


def _is_thing(words: list[Token], keys: list[str]) -> bool:
    """Return whether the words of a name are those of a place, a body, a day or initials."""
    if keys[0] in CAPITALS or keys[0] in MONTHS or keys[0] in WEEKDAYS:
        return True
    if keys[0] in _PLACE_STARTS or any(word in THING_WORDS for word in keys):
        return True
    only = words[-1].text
    return len(words) == 1 and (only.replace(".", "").isupper() or any(map(str.isdigit, only)))
