"""Reversals: where a source says the same thing with the opposite sense.

"Rose" against "fell", "before" against "after", "more than" against "less than", "the largest"
against "the second largest". A word alone shows little, because both senses may stand in a text
about different things; so a reversal counts only in the same surroundings: the same word before the
predicate, or the same word behind "before".
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from qa.checking.findings import Finding
from qa.text.claims import Claims
from qa.text.opposites import alike, opposites
from qa.text.words import stem

_SHARED = 0.4
_CUES = (
    (r"before|prior to|ahead of", r"after|following"),
    (r"(?:more|greater|higher|later|better|larger|longer|older)\b[^,.;]{0,20}?\bthan",
     r"(?:less|fewer|lower|smaller|earlier|worse|shorter|younger)\b[^,.;]{0,20}?\bthan"),
    (r"above", r"below|beneath"),
    (r"in favou?r of|for", r"against"),
    (r"with", r"without"),
)  # fmt: skip
_PAIRS = [
    (re.compile(rf"\b(?:{one})\b", re.I), re.compile(rf"\b(?:{other})\b", re.I))
    for one, other in _CUES
]
_SUPERLATIVE = r"(?:(?:most|least)\s+\w+|\w{3,}est|best|worst|first|only)"
_BEST = re.compile(rf"\b(?:the|its|their|his|her|\w+['’]s)\s+({_SUPERLATIVE})\b", re.I)
_WAY = re.compile(
    r"\bfrom\s+(?:the\s+|about\s+)?([\w.,]*\w)(?:\s+\w+|%){0,2}?\s+to\s+(?:the\s+|about\s+)?([\w.,]*\w)",
    re.I,
)
_RANK = r"(?:second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|\d+(?:nd|rd|th))"


def reversals(statement: Claims, source: Claims) -> list[Finding]:
    """Return what the source says the other way round, in words."""
    found = [*_opposed(statement, source), *_cued(statement, source)]
    return [*found, *_ranked(statement.text, source.text), *_ways(statement.text, source.text)]


def agreeing_opposites(statement: Claims, source: Claims) -> set[str]:
    """Return stems of the statement that the source has as the denied opposite.

    "Opposes" is borne out by "does not support", and "did not rise" by "fell".
    """
    signs: dict[bool, set[str]] = {True: set(), False: set()}
    for place, word in _content(source):
        signs[source.negative[place]].add(word)
    return {
        word
        for place, word in _content(statement)
        if not signs[not statement.negative[place]].isdisjoint(opposites(word))
    }


def _content(claims: Claims) -> Iterator[tuple[int, str]]:
    return ((place, word) for place, word in enumerate(claims.stems) if word is not None)


def _opposed(statement: Claims, source: Claims) -> Iterator[Finding]:
    """Yield a finding for a predicate whose opposite the source has in the same surroundings."""
    given = source.content()
    stated = statement.content()
    for place, word in _content(statement):
        against = opposites(word) & given
        if not against or alike(word) & given:
            continue
        for at, other in _content(source):
            segment = source.segments[at]
            if other not in against or other in stated:
                continue
            if source.negative[at] != statement.negative[place]:
                break  # "not fell" says no other thing than "rose"
            shared = source.content(segment) & stated
            if len(shared) < _SHARED * (len(stated) - 1):
                continue
            if _same_surroundings(statement, place, source, at):
                yield Finding("unsupported", _told(source, at, statement, place), "reversal")
                return


def _told(source: Claims, at: int, statement: Claims, place: int) -> str:
    said = source.words[at].text
    shown = source.shown(source.segments[at])
    told = f"'{shown}'" if said in shown else f"'{said}'"
    return f"the source says {told}, not '{statement.words[place].text}'"


def _same_surroundings(statement: Claims, place: int, source: Claims, at: int) -> bool:
    """Return whether the same word stands before both predicates, or behind both if none does."""
    segment = source.segments[at]
    before = [word for other, word in _content(statement) if other < place]
    if before:
        return any(
            word in before[-2:]
            for other, word in _content(source)
            if other < at and source.segments[other] == segment
        )
    behind = next((word for other, word in _content(statement) if other > place), None)
    return behind is not None and any(
        word == behind
        for other, word in _content(source)
        if at < other <= at + 3 and source.segments[other] == segment
    )


def _cued(statement: Claims, source: Claims) -> Iterator[Finding]:
    """Yield a finding where "before X" stands against "after X", and so on."""
    for one, other in _PAIRS:
        for mine, theirs in ((one, other), (other, one)):
            same = {word for _, word in _led(source, mine)}
            opposed = {word: cue for cue, word in _led(source, theirs)}
            if same and one.search("before"):
                continue  # the source speaks of both, perhaps with "it" for the word
            for cue, word in _led(statement, mine):
                if word in opposed and word not in same and not _negated(statement, source):
                    reason = f"the source says '{opposed[word]}', not '{cue}'"
                    yield Finding("unsupported", reason, "reversal")


def _led(claims: Claims, cue: re.Pattern[str]) -> Iterator[tuple[str, str]]:
    """Yield each cue with the stem of the first content word behind it."""
    for match in cue.finditer(claims.text):
        for place, word in _content(claims):
            token = claims.words[place]
            if token.start >= match.end():
                if not re.search(r"[,.;:!?\n]", claims.text[match.end() : token.start]):
                    yield " ".join(match[0].split()), word
                break


def _negated(statement: Claims, source: Claims) -> bool:
    """Return whether one of the two denies and the other does not."""
    return bool(statement.negations) != bool(source.negations)


def _ranked(statement: str, source: str) -> Iterator[Finding]:
    """Yield a finding where "the largest" is "the second largest" or "one of the largest"."""
    for match in _BEST.finditer(statement):
        word = re.escape(match[1])
        if re.search(
            rf"\b(?:{_RANK}[\s-]+{word}|(?:one of|among|some of)\b[^,.;]*{word})", statement, re.I
        ):
            continue
        plain = re.search(
            rf"(?<!one of )(?<!among )(?<!some of )\b(?:the|its|their)\s+{word}\b", source, re.I
        )
        if plain:
            continue
        if lower := re.search(rf"\b{_RANK}[\s-]+{word}\b", source, re.I):
            yield Finding("unsupported", f"the source says '{lower[0]}'", "reversal")
        elif among := re.search(
            rf"\b(?:one of|among|some of)\s+(?:the|its|their)\s+(?:\w+\s+)?{word}\b", source, re.I
        ):
            yield Finding("partial", f"the source says '{among[0]}'", "reversal")


def _ways(statement: str, source: str) -> Iterator[Finding]:
    """Yield a finding where "from A to B" is "from B to A"."""
    given = {(stem(m[1]), stem(m[2])): m for m in _WAY.finditer(source)}
    for match in _WAY.finditer(statement):
        way = (stem(match[1]), stem(match[2]))
        if way not in given and (back := given.get((way[1], way[0]))):
            reason = f"the source says '{' '.join(back[0].split())}'"
            yield Finding("unsupported", reason, "reversal")
