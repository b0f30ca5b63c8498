"""Quantities in words: "all" is not borne out by "some", nor "only two" by "two"."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator

from qa.checking.findings import Finding
from qa.text.claims import Claims

_LEVELS = (
    re.compile(r"\b(?:some|several|a few|a number of|certain)\b", re.IGNORECASE),
    re.compile(r"\b(?:many|numerous)\b", re.IGNORECASE),
    re.compile(r"\b(?:most|the majority of|a majority of)\b", re.IGNORECASE),
    re.compile(r"\b(?:all|every|each)\b", re.IGNORECASE),
)
"""Words for quantities, from the weakest on; each bears out the ones before it."""

_NEAR = 3
_ONLY = re.compile(r"(?<!not )(?<!if )\bonly\b", re.IGNORECASE)
_AS_ONLY = re.compile(
    r"\b(?:only|just|sole|solely|alone|merely|mere|no more than|not more than|exclusive\w*|"
    r"nothing but|no other|none other|unique\w*|except|unless|nobody else|until|limited|single)\b",
    re.IGNORECASE,
)


def overstated(statement: Claims, source: Claims) -> list[Finding]:
    """Return where a statement says more of what it counts than the source does."""
    given = {level: dict(_counted(source, level)) for level in range(len(_LEVELS))}
    found = []
    for level in range(1, len(_LEVELS)):
        for word, _ in _counted(statement, level):
            if any(word in given[other] for other in range(level, len(_LEVELS))):
                continue
            weaker = [given[other][word] for other in range(level) if word in given[other]]
            if weaker:
                found.append(Finding("partial", f"the source says '{weaker[-1]}'", "hedge"))
    only = _ONLY.search(statement.text)
    if only and not _AS_ONLY.search(source.text):
        found.append(Finding("partial", f"the source does not say '{only[0]}'", "hedge"))
    return found


def _counted(claims: Claims, level: int) -> Iterator[tuple[str, str]]:
    """Yield the stem of what each quantity counts, with the words from one to the other."""
    for match in _LEVELS[level].finditer(claims.text):
        first = bisect_left(claims.words, match.end(), key=lambda word: word.start)
        for at, word in enumerate(claims.stems[first : first + _NEAR], first):
            if word is not None:
                end = claims.words[at].end
                yield word, " ".join(claims.text[match.start() : end].split())
                break
