"""What a question leaves open: which sort of thing, said how, and where it would stand.

"Who founded the mill?" leaves open what stands before *founded*, or after *founded by*; "what did
the mill produce?" what stands after *produce*. The reading is one of forms and closed word classes,
so that it costs little and can be followed by hand.
"""

# ruff: noqa: SIM905 -- short lists of words read better as text

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from qa.features import Kind, read_question
from qa.text.lexicon import IRREGULAR_FORMS, STOP_WORDS
from qa.text.synonyms import concept
from qa.text.words import Token, is_content, key, stem, tokens

Group = Literal["person", "date", "place", "number", "why", "how", "which", "what", "deed", "none"]
"""The way of asking: ``deed`` as in "what did they do", ``which`` with a noun and ``what`` without;
``none`` for a question that leaves no words open, as "is it …?"."""

Gap = Literal["before", "after", "either"]
"""Where the open thing stands: before the verb, after it, or on either side of a form of *be*."""

ASKING = frozenset("who whom whose which what when where why how".split())
"""Words that open a question."""

BE = frozenset("is are was were be been being".split())
DO = frozenset("do does did".split())
AUXILIARIES = (
    BE | DO | frozenset("has have had can could will would shall should may might must".split())
)
"""Verbs that carry grammar."""

_SORTS = frozenset(
    "kind kinds type types sort sorts form forms other name names two three four five one only "
    "first main example examples some most".split()
)
"""Words between "what" and the thing that say little of the thing."""

_VERBS = frozenset(
    "happens causes makes leads occurs comes goes allows helps means begins ends becomes".split()
)
NOUN_FORMS = frozenset(
    "men women children people feet teeth mice geese criteria phenomena crises analyses bases "
    "wives lives knives thieves halves".split()
)
"""Irregular forms that are plurals; the others are forms of verbs."""
_PAST = IRREGULAR_FORMS.keys() - NOUN_FORMS
_DEEDS = frozenset("do doing done did happen happens happened happening".split())
_NAMING = frozenset("name names named called title titled known nickname".split())
_DEGREES = frozenset("many much long old far often large big tall high deep wide fast soon".split())
_NUMBERS = frozenset({"money", "share", "count", "measure", "amount"})


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question, read once for the candidates of all sentences."""

    kind: Kind
    """What sort of thing it asks for."""
    group: Group
    """The way of asking."""
    gap: Gap
    """Where the open thing stands."""
    head: tuple[str, ...]
    """Stems of the noun that says what it is, as *company* in "which company", its last word last;
    empty if there is none."""
    stems: Mapping[str, float]
    """The stems of its other content words, synonyms as one, with how telling each is, 0..1."""
    first: str | None
    """The first of these after the gap, which is its verb where the gap is before it."""
    last: str | None
    """The last of these, which often is its verb where the gap is after it."""
    named: bool
    """Whether it asks what something is called."""
    defines: bool
    """Whether it asks who or what somebody or something is, and no more."""
    figures: frozenset[str]
    """Its own figures and years, as normalised values."""


def read(question: str, weights: Mapping[str, float]) -> Wanted:
    """Return what a question leaves open; ``weights`` are those of its stems, 0..1."""
    asked = read_question(question, weights)
    words = tokens(question)
    keys = [key(word.text).removesuffix("'s") for word in words]
    at = next((i for i, word in enumerate(keys) if word in ASKING), None)
    if at is None:
        at, group, first, end = -1, "none", 0, 0
    else:
        group, first, end = _asking(keys, at, _kind(question, words, at, asked.kind))
    head = tuple(_concepts(words[first:end]))
    rest = [i for i in range(len(words)) if i not in range(max(at, 0), end)]
    spoken = [i for i in rest if is_content(words[i].text)]
    stems = {
        concept(stem(words[i].text)): asked.weights.get(concept(stem(words[i].text)), 1.0)
        for i in spoken
    }
    gap = _gap(keys, end)
    if not head and group in ("what", "which", "person"):
        head = _predicate(words, keys, end)
    after = [i for i in spoken if i >= end] or spoken
    return Wanted(
        kind=_kind(question, words, at, asked.kind),
        group=group,  # type: ignore[arg-type]
        gap=gap,
        head=head,
        stems=stems,
        first=concept(stem(words[after[0]].text)) if after else None,
        last=concept(stem(words[spoken[-1]].text)) if spoken else None,
        named=any(word in _NAMING for word in keys),
        defines=_defines(keys, end, words),
        figures=asked.figures,
    )


def _kind(question: str, words: list[Token], at: int, kind: Kind) -> Kind:
    """Return the kind that the question word asks for: "what happens when" asks for no date."""
    if at < 0 or kind not in ("person", "date", "place"):
        return kind
    last = words[min(at + 1, len(words) - 1)]
    return read_question(question[words[at].start : last.end], {}).kind


def _asking(keys: list[str], at: int, kind: Kind) -> tuple[str, int, int]:
    """Return the way of asking, and where the noun after the question word starts and ends."""
    word = keys[at]
    first = at + 1
    if word == "how" and keys[first : first + 1] and keys[first] in _DEGREES:
        first += 1
        end = _run(keys, first) if keys[at + 1] in ("many", "much") else first
        return "number", first, end
    group = {"who": "person", "whom": "person", "whose": "person", "when": "date"}
    group |= {"where": "place", "why": "why", "how": "how"}
    if word not in ("what", "which"):
        return group[word], first, first
    while first < len(keys) and (keys[first] in _SORTS or keys[first] in ("of", "the")):
        first += 1
    end = _run(keys, first)
    if keys[-1] in _DEEDS or (first < len(keys) and keys[first] in _DEEDS - DO):
        return "deed", first, first
    named = kind if kind in ("person", "date", "place") else None
    number = "number" if kind in _NUMBERS else None
    return named or number or ("which" if end > first else "what"), first, end


def _run(keys: list[str], first: int) -> int:
    """Return one past the noun that starts at ``first``: up to a function word or a verb."""
    end = first
    while end < len(keys) and end - first < 4 and keys[end] not in STOP_WORDS | AUXILIARIES:
        plural = end > first and _ends_in_s(keys[end - 1])
        if plural or _is_verb(keys, end):
            break
        end += 1
    return end


def _ends_in_s(word: str) -> bool:
    return len(word) > 3 and word[-1] == "s" and word[-2] not in "sui"


def _is_verb(keys: list[str], at: int) -> bool:
    """Return whether a word is a verb, as far as its form and the next word tell."""
    word = keys[at]
    if word.endswith("ly") or (word.endswith("ed") and len(word) > 4) or word in _PAST:
        return True
    following = keys[at + 1] if at + 1 < len(keys) else ""
    lone = keys[at - 1] == "what" and following in STOP_WORDS - AUXILIARIES - {"of", "and", "or"}
    return word in _VERBS or (lone and _ends_in_s(word))  # "what causes the flood"


def _gap(keys: list[str], end: int) -> Gap:
    following = keys[end] if end < len(keys) else None
    if following is None or following in DO:
        return "after"
    if following in AUXILIARIES:
        return "either"
    return "before"


def _predicate(words: list[Token], keys: list[str], end: int) -> tuple[str, ...]:
    """Return the noun of "what is the capital of …": what is open is a capital."""
    if end >= len(keys) or keys[end] not in BE:
        return ()
    first = end + 1
    if first < len(keys) and keys[first] in ("the", "a", "an", "some", "one"):
        while first < len(keys) - 1 and keys[first] in _SORTS | {"the", "a", "an", "of"}:
            first += 1
        last = _run(keys, first)
        if last < len(keys):  # "what is a catholicos" asks for no sort of thing
            return tuple(_concepts(words[first:last]))
    return ()


def _defines(keys: list[str], end: int, words: list[Token]) -> bool:
    """Return whether a question is "who is" or "what is" and a name or noun."""
    if end >= len(keys) or keys[end] not in BE:
        return False
    rest = words[end + 1 :]
    return len(rest) <= 4 and all(
        is_content(word.text) or key(word.text) in ("the", "a", "an") for word in rest
    )


def _concepts(words: list[Token]) -> list[str]:
    return [concept(stem(word.text)) for word in words if is_content(word.text)]
