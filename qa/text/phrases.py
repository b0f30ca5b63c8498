"""Short phrases that take up what was named before: "It", "The treaty", "The two countries".

A phrase is read only where it opens a sentence, and stands for something only if the sentences
before it introduce one thing that fits: by a name that holds its noun ("Harbour Bridge" for "the
bridge"), by an apposition ("Orrin Lines, a shipping firm"), or by a description ("a planned
pipeline"). Anything else of that noun makes it unclear, and unclear is not told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from qa.text.gazetteer import FEMALE_NOUNS, HEADS, MALE_NOUNS, PERSON_NOUNS, THING_WORDS
from qa.text.lexicon import IRREGULAR_FORMS, STOP_WORDS
from qa.text.mentions import Mention, country, mentions
from qa.text.words import Token, key, name_words, tokens

NEAR = 3
"""Sentences before "the two countries" and "the country" in which the countries are looked for."""

_GOES_ON = frozenset(
    """
    is was are were has had have will would can could may might must shall should does did do also
    now then later soon never still once already finally currently originally initially eventually
    says calls covers lies sets gives takes makes plans aims runs includes contains consists hopes
    expects denies claims employs operates owns serves provides requires obliges allows remains
    """.split()  # noqa: SIM905 -- reads better as text
)
_IRREGULAR_NOUNS = frozenset(
    """
    men women children people feet teeth mice geese criteria phenomena crises analyses bases wives
    lives knives thieves halves lay wound dying lying
    """.split()  # noqa: SIM905 -- reads better as text
)
_OPENING = re.compile(r"(?:[Tt]he|[Tt]his|[Tt]hat)\s+(?P<head>[a-z]{3,})\b(?!-)")
_BOTH = re.compile(r"(?:the\s+two|both|these\s+two)\s+(?P<head>[a-z]{3,})\b", re.IGNORECASE)
_STATES = frozenset("countries nations governments states sides neighbours neighbors".split())  # noqa: SIM905
_PEOPLE = frozenset("leaders presidents men women ministers politicians rivals".split())  # noqa: SIM905
_IT = re.compile(r"its?\b(?!['’])", re.IGNORECASE)
_PLEONASTIC = re.compile(
    r"it\s+(?:(?:\w+\s+)?(?:took|takes|seems?|seemed|appears?|appeared|turned|happened|follows|"
    r"remains|rained|snowed|matters|becomes|became|makes\s+sense)\b"
    r"|(?:is|was|has\s+been|would\s+be|will\s+be|may\s+be|might\s+be|could\s+be)\s+"
    r"(?:(?:also|now|still|only|very|quite|so|too|\w+ly)\s+)?"
    r"(?:estimated|believed|thought|said|reported|assumed|known|likely|unlikely|possible|"
    r"impossible|clear|unclear|important|difficult|hard|easy|necessary|common|true|time|up\s+to|"
    r"no|not\s+until|because|only|here|there|in|on|at|during|for)\b)"
    r"|it['’]s\b|it\s+.{0,80}?\b(?:that|who|whom|whether)\b",
    re.IGNORECASE | re.DOTALL,
)
_COPULA = re.compile(
    r"\s*(?:\([^()]*\)\s*)?(?:,[^,]{0,60},\s*)?(?:is|was|became|has\s+been|had\s+been|will\s+be)\b"
)
_PLAIN_SUBJECT = re.compile(
    r"(?P<np>The\s+(?:[a-z-]+\s+){1,3}?)(?:is|was|will\s+be|has\s+been|had\s+been)\s"
)
_ARTICLES = ("The", "A", "An", "This", "That")
_DETERMINED = re.compile(r"a|an|the|another|its|their|his|her|this|that|every|each|any|no", re.I)
_OTHER = frozenset(
    "another other older earlier previous former second third next similar different same".split()  # noqa: SIM905
)
_NO_DESCRIPTION = _OTHER | frozenset(
    """
    new old first last current whole entire final very original main early earliest initial own
    """.split()  # noqa: SIM905 -- reads better as text
)
_NO_NOUN = frozenset(
    """
    first second third last latter former other others next rest same most more few one ones
    """.split()  # noqa: SIM905 -- reads better as text
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A short phrase that opens a sentence."""

    start: int
    """First code point of it in the sentence."""
    end: int
    """One past its last."""
    head: str
    """Its noun in lower case; ``it`` for the pronoun."""
    two: bool = False
    """Whether it speaks of two."""
    following: str = ""
    """The word behind it, in lower case."""


def opening(quote: str) -> Phrase | None:
    """Return the phrase that opens a sentence, if it is one that takes up something."""
    if _IT.match(quote):
        match = _IT.match(quote)
        if match is None or (match[0].lower() == "it" and _PLEONASTIC.match(quote)):
            return None
        word = re.match(r"\s*([^\W\d_]+)", quote[match.end() :])
        return Phrase(0, match.end(), "it", following=word[1].lower() if word else "")
    match = _BOTH.match(quote)
    if match and match["head"].lower() in _STATES | _PEOPLE:
        return Phrase(0, match.end(), match["head"].lower(), two=True)
    match = _OPENING.match(quote)
    if match is None or match["head"].endswith("ed") or match["head"] in STOP_WORDS | _NO_NOUN:
        return None
    following = quote[match.end() :]
    word = re.match(r"\s+([a-z]+)\b", following)
    if word is None or not _is_verb(word[1]):
        return None
    return Phrase(0, match.end(), match["head"].lower())


def of_phrase(
    phrase: Phrase, named: Sequence[Mention], before: Sequence[str]
) -> tuple[str, int] | None:
    """Return what a phrase stands for, and the place in ``before`` of the sentence that says so.

    Args:
        phrase: the phrase.
        named: what its own sentence names.
        before: the sentences before it, nearest first.
    """
    if phrase.head == "it":
        found = _subject(before)
    elif phrase.two:
        found = _two(phrase, before)
    elif phrase.head == "country":
        found = _the_country(before)
    else:
        found = _of_head(phrase.head, before)
    if found is None or key(found[0].split()[-1]) == phrase.following:
        return None
    own = {word for mention in named for word in name_words(mention.text)}
    words = [w for w in name_words(found[0]) if w != phrase.head]
    return None if any(word in own for word in words) else found


def _is_verb(word: str) -> bool:
    if word in _GOES_ON or (word.endswith("ed") and len(word) > 4):
        return True
    return word in IRREGULAR_FORMS and word not in _IRREGULAR_NOUNS


def _subject(before: Sequence[str]) -> tuple[str, int] | None:
    """Return the subject of the nearest sentence that does not itself begin with "It"."""
    for at, text in enumerate(before):
        if _IT.match(text):
            if _PLEONASTIC.match(text):
                return None
            continue
        first = next(iter(mentions(text)), None)
        lead = text[: first.start].strip().lower() if first else ""
        if first and lead in ("", "the") and first.sort in ("thing", "country", "unknown"):
            if not _COPULA.match(text, first.end) or _more(text, first):
                return None
            return f"{lead} {first.text}".strip(), at
        match = _PLAIN_SUBJECT.match(text)
        if match and not mentions(text):
            words = match["np"].split()
            if words[-1] not in PERSON_NOUNS | MALE_NOUNS | FEMALE_NOUNS | STOP_WORDS:
                return " ".join(["the", *words[1:]]), at
        return None
    return None


def _more(text: str, first: Mention) -> bool:
    """Return whether a sentence goes on to another clause about something else."""
    rest = text[first.end :]
    return bool(re.search(r"[;:]|,\s+(?:and|but|while|whereas)\s+(?:the|it|[A-Z])", rest))


def _two(phrase: Phrase, before: Sequence[str]) -> tuple[str, int] | None:
    """Return the two countries or people that the nearest sentence about any names."""
    for at, text in enumerate(before[:NEAR]):
        if phrase.head in _STATES:
            named = {c: name for name in mentions(text) if (c := _country(name))}
            shown = [written(c) for c in named]
        else:
            people = {m.last: m.text for m in mentions(text) if m.sort == "person"}
            if any(m.sort == "unknown" for m in mentions(text)):
                return None
            shown = list(people.values())
        if len(shown) == 2:
            return " and ".join(shown), at
        if shown:
            return None
    return None


def _country(mention: Mention) -> str | None:
    return country(" ".join(name_words(mention.text))) if mention.sort == "country" else None


def written(name: str) -> str:
    """Return a country as it is written in running text."""
    shown = " ".join(word.capitalize() for word in name.split())
    return f"the {shown}" if shown.startswith("United") else shown


def _the_country(before: Sequence[str]) -> tuple[str, int] | None:
    """Return the only country that the nearest sentences name."""
    found: dict[str, int] = {}
    for at, text in enumerate(before[:NEAR]):
        for mention in mentions(text):
            if named := _country(mention):
                found.setdefault(named, at)
    if len(found) != 1:
        return None
    ((name, at),) = found.items()
    return written(name), at


def _of_head(head: str, before: Sequence[str]) -> tuple[str, int] | None:
    """Return the one thing that the sentences introduce with a noun or one that means the same."""
    group = next((group for group in HEADS if head in group), frozenset({head}))
    plurals = {_plural(word) for word in group}
    found: dict[str, tuple[str, int]] = {}
    for at, text in enumerate(before):
        words = tokens(text)
        if any(word.text.lower() in plurals for word in words):
            return None
        for one in _introduced(text, words, group):
            if one is None:
                return None
            found.setdefault(" ".join(name_words(one)), (one, at))
    return next(iter(found.values())) if len(found) == 1 else None


def _introduced(text: str, words: Sequence[Token], group: frozenset[str]) -> Iterator[str | None]:
    """Yield what a sentence calls by one of the nouns; ``None`` for what it does not describe."""
    named = mentions(text)
    for at, word in enumerate(words):
        if word.text.lower() not in group:
            continue
        inside = next((m for m in named if m.start <= word.start < m.end), None)
        if inside is not None:
            if " " in inside.text and _is_head(word, inside):
                yield inside.text
            elif at and words[at - 1].text[0].isupper() and words[at - 1].text not in _ARTICLES:
                yield None  # "Iron Bridge", of which the first word may be an ordinary one
            continue
        modifiers, determiner = _modifiers(text, words, at)
        if any(m in _OTHER for m in modifiers) or determiner in ("another", "every", "each"):
            yield None
        elif _ends_phrase(text, word, words[at + 1 : at + 2]):
            if apposed := _apposed(text, word, named):
                yield apposed
            elif determiner in ("a", "an", "the") and _described(modifiers):
                first = words[at - len(modifiers)].start
                yield "the " + " ".join(text[first : word.end].split())
            elif determiner in ("a", "an"):
                yield None


def _is_head(word: Token, name: Mention) -> bool:
    """Return whether a word is what a name is the name of: Salt Bridge, University of Osby."""
    if word.end == name.end:
        return True
    following = name.text[word.end - name.start :]
    return (
        word.start == name.start and following.startswith(" of ") and name.last not in THING_WORDS
    )


def _ends_phrase(text: str, word: Token, following: Sequence[Token]) -> bool:
    """Return whether a noun is the last word of its phrase: not the "film" of "film adaptation"."""
    if not following or text[word.end : following[0].start].strip():
        return True
    after = following[0].text
    return after[0].isupper() or after in STOP_WORDS or _is_verb(after)


def _described(modifiers: Sequence[str]) -> bool:
    return any(word not in _NO_DESCRIPTION for word in modifiers)


def _apposed(text: str, word: Token, named: Sequence[Mention]) -> str | None:
    """Return the name that a noun is put beside: "the firm Orrin Lines", "Orrin Lines, a firm"."""
    beside = next((m for m in named if text[word.end : m.start] in (" ", " The ")), None)
    if beside is not None:
        return beside.text
    for mention in named:
        between = text[mention.end : word.start]
        # "Ex on the Pier is a series": only at the start is it clear that the name is whole.
        opens = text[: mention.start] in ("", "The ")
        is_a = opens and re.fullmatch(r" (?:is|was) an? (?:[\w-]+ ){0,4}", between)
        if is_a or re.fullmatch(r", (?:a|an|the) (?:[\w'’-]+ ){0,4}", between):
            return mention.text
    return None


def _modifiers(text: str, words: Sequence[Token], at: int) -> tuple[list[str], str]:
    """Return the words between a noun and its article, and the article; empty without one."""
    modifiers: list[str] = []
    for position in range(at - 1, max(-1, at - 7), -1):
        word, following = words[position], words[position + 1]
        if text[word.end : following.start].strip(" -"):
            break
        if _DETERMINED.fullmatch(word.text):
            return modifiers[::-1], word.text.lower()
        if key(word.text) in STOP_WORDS and key(word.text) not in _OTHER:
            break
        modifiers.append(word.text.lower())
    return [], ""


def _plural(noun: str) -> str:
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return noun[:-1] + "ies"
    return noun + ("es" if noun.endswith(("s", "sh", "ch", "x")) else "s")
