"""Who did what to whom, in simple clauses: "A accused B" is not borne out by "B accused A".

Without a parser: the doer is the content word right before the predicate and those it is done to
are the first ones behind it; "was … by" turns them round. What is compared is only the same
predicate with both parties exchanged, so that a misread clause rarely does harm.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from qa.checking.findings import Finding
from qa.text.claims import Claims
from qa.text.lexicon import IRREGULAR_FORMS
from qa.text.words import key, stem

_BE = frozenset("is are was were be been being get got gets".split())  # noqa: SIM905
_SYMMETRIC = frozenset(
    map(
        stem,
        "meet marry border resemble equal tie talk agree negotiate merge differ face fight join "  # noqa: SIM905
        "love debate consult play cooperate speak visit match".split(),
    )
)
_UNCHANGED = frozenset("beat hit cut put set let shut hurt bid quit cost".split())  # noqa: SIM905
_PLURALS = frozenset(
    "men women children people feet teeth mice geese criteria phenomena crises analyses bases "  # noqa: SIM905
    "wives lives knives thieves halves".split()
)
_REACH = 3
_BREAK = ",;:.!?()\n"


@dataclass(frozen=True, slots=True)
class Deed:
    """A predicate with the words on either side, as who does it and to whom."""

    predicate: str
    """Stem of the predicate."""
    doers: frozenset[str]
    """Stems of the words that do it."""
    others: frozenset[str]
    """Stems of the words that it is done to."""
    first: int
    """Place of its first word."""
    last: int
    """Place of its last word."""


def exchanged(statement: Claims, source: Claims) -> list[Finding]:
    """Return a finding if the source has the parties of a deed the other way round."""
    given = list(_deeds(source))
    for mine in _deeds(statement):
        same = [deed for deed in given if deed.predicate == mine.predicate]
        if any(deed.doers & mine.doers and not deed.doers & mine.others for deed in same):
            continue
        for deed in same:
            if deed.doers & mine.others and deed.others & mine.doers:
                span = source.text[source.words[deed.first].start : source.words[deed.last].end]
                reason = f"the source says '{' '.join(span.split())}'"
                return [Finding("unsupported", reason, "reversal")]
    return []


def _deeds(claims: Claims) -> Iterator[Deed]:
    for place, predicate in enumerate(claims.stems):
        if predicate is None or predicate in _SYMMETRIC or not _may_be_verb(claims, place):
            continue
        before = _before(claims, place)
        behind = _behind(claims, place)
        if before is None or not behind:
            continue
        passive = claims.words[place - 1].text.lower() in _BE
        agent = _agent(claims, place, behind) if passive else []
        if passive and not agent:
            continue
        doers, others = (agent, [before]) if passive else ([before], behind)
        stems = [frozenset(s for p in part if (s := claims.stems[p])) for part in (doers, others)]
        yield Deed(predicate, stems[0], stems[1], before, max([*doers, *others]))


def _may_be_verb(claims: Claims, place: int) -> bool:
    """Return whether a word has the form of a verb.

    "Fees" and "claims" may be nouns, so the form in -s counts only between names.
    """
    word = claims.words[place].text
    if not word.islower() or word in _PLURALS:
        return False
    if word.endswith("ed") or word in _UNCHANGED or key(word) in IRREGULAR_FORMS:
        return True
    around = claims.words[max(0, place - 1) : place] + claims.words[place + 1 : place + 2]
    return word.endswith("s") and all(other.text[0].isupper() for other in around)


def _before(claims: Claims, place: int) -> int | None:
    """Return the place of the nearest content word before, within the clause."""
    end = claims.words[place].start
    for at in range(place - 1, max(-1, place - 4), -1):
        word = claims.words[at]
        if any(c in _BREAK for c in claims.text[word.end : end]):
            return None
        if claims.stems[at] is not None:
            return at
        end = word.start
    return None


def _behind(claims: Claims, place: int) -> list[int]:
    """Return the places of the first content words behind, within the clause."""
    found: list[int] = []
    end = claims.words[place].end
    for at in range(place + 1, min(len(claims.words), place + 9)):
        word = claims.words[at]
        if any(c in _BREAK for c in claims.text[end : word.start]) or len(found) == _REACH:
            break
        if claims.stems[at] is not None:
            found.append(at)
        end = word.end
    return found


def _agent(claims: Claims, place: int, behind: list[int]) -> list[int]:
    """Return the places of the words that "by" introduces behind a participle."""
    for at in range(place + 1, min(len(claims.words), place + 6)):
        if claims.words[at].text.lower() == "by":
            return [p for p in behind if p > at]
    return []
