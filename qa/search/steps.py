"""The questions within a question: what its second hop, or one side of a comparison, is to answer.

"Where was the director of *The Long Pier* born?" becomes "Where was Ana Roth born?" once the first
hop has found her name. Only what the grammar says plainly is read so: a description (*the R of X*,
*X's R*), whose relation the sentence with the name tells, and the sides of :mod:`qa.search.plan`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.features import read_question
from qa.search.hops import akin, bare, is_about, kindred, title_words
from qa.search.plan import DEGREES, ORDER
from qa.text.figures import figures
from qa.text.lexicon import AGES, BEGINNINGS, DEMONYMS, LIGHT_WORDS, PLACES, ROLES, STOP_WORDS
from qa.text.synonyms import concept
from qa.text.words import content_stems, is_content, key, name_words, names, stem, tokens

if TYPE_CHECKING:
    from index.models import Hit
    from qa.search.hops import Bridge
    from qa.search.plan import SubQuery

LEFT = 0.5
"""Share of the words left to find that a sentence must have, one at least."""

MOST_WORDS_BETWEEN = 4
"""Words between a relation and what it is of: "the director of the film *X*"."""

DATES = frozenset({"year", "date"})
"""Kinds of figures that tell when."""

NUMBERS = frozenset({"number", "range", "percent", "money"})
"""Kinds of figures that tell how much."""

_ARTICLES = frozenset({"the", "a", "an"})
_AGENT = re.compile(r"\w{2,}(?:er|or|ist|ian|ress)s?$")
_BRACKETS_WITH_YEAR = re.compile(r"\([^()]*\b\d{3,4}\b[^()]*\)")
_TO_LATER = re.compile(r"[-–—]\s*\S")
_PLACED = re.compile(r"\b(?:(?:in|from|at|near)\s+(?:the\s+)?[A-Z]|at\s+(?:the|an?)\s)")
_KIND = re.compile(r"\b(?:which|what)\s+(\w+)", re.IGNORECASE)
_OF_LIFE = re.compile(r"\bwhat (?:is|was) the (place|date|day|year) of (birth|death) of\b", re.I)
_WHEN = re.compile(r"\b(?:in|on|during|at) (?:the|that) (?:\w+ )?(?:year|day|month|week)\b", re.I)


@dataclass(frozen=True, slots=True)
class Step:
    """A question within the question, and what its answer must have."""

    text: str
    """What to judge sentences by."""
    name: str
    """Whom or what it is about."""
    left: frozenset[str] = frozenset()
    """Stems of the words that are left to find."""
    share: float = LEFT
    """Share of them that an answer must have, one at least."""
    one_of: frozenset[str] = frozenset()
    """Stems of which an answer must have one; none if empty."""
    figures: frozenset[str] = frozenset()
    """Kinds of figures of which it must have one; none if empty."""
    place: bool = False
    """Whether it must say where."""
    people: bool = False
    """Whether the word for a people says where."""

    def is_met_by(self, quote: str) -> bool:
        """Return whether a sentence has what is left to find."""
        stems = concepts(content_stems(quote)) | concepts(_told_in_brackets(quote))
        enough = max(self.share * len(self.left), min(1, len(self.left)))
        return (
            len(self.left & stems) >= enough
            and (not self.one_of or bool(self.one_of & stems))
            and (not self.figures or any(f.kind in self.figures for f in figures(quote)))
            and (not self.place or self._is_placed(quote))
        )

    def _is_placed(self, quote: str) -> bool:
        if _PLACED.search(quote):
            return True
        capital = (token.text for token in tokens(quote) if token.text[0].isupper())
        return self.people and any(key(word) in DEMONYMS for word in capital)


def resolved(question: str, bridge: Bridge, hits: Sequence[Hit]) -> tuple[Step, str] | None:
    """Return the question with a name for the description of it, and that description.

    Args:
        question: the question.
        bridge: the name, and the sentence that has it.
        hits: what the search for it brought.

    Returns:
        ``None`` if the question does not describe what the bridge names, or asks nothing more.
    """
    described = _description(question, bridge)
    if not described:
        return None
    name = name_of(bridge, hits)
    text = " ".join(question.replace(described, f" {name} ", 1).split())
    text = _OF_LIFE.sub(_plainly, text)
    words = [token.text for token in tokens(text)]
    kind = read_question(text, {}).kind
    people = any(key(word) in PLACES for word in words)
    left = _left((word for word in words if key(word) not in PLACES), name)
    if not left and not people:
        return None
    dated = DATES if kind == "date" else frozenset()
    placed = people or kind == "place"
    return Step(text, name, left, figures=dated, place=placed, people=people), described


def of_side(question: str, part: SubQuery, bridge: Bridge | None, name: str) -> Step:
    """Return what is asked about one side, in words that ask for what is compared.

    Args:
        question: the whole question.
        part: the search for the side.
        bridge: what the second hop found for it, where the answer is to be about that.
        name: whom or what the answer is to be about.
    """
    keys = {key(token.text) for token in tokens(question)}
    # "Which film …" asks which side it is; a sentence about the side need not say "film".
    not_asked = DEGREES | ORDER | PLACES | {key(kind) for kind in _KIND.findall(question)}
    words = [word for word in part.asked.split() if key(word) not in not_asked]
    if bridge is not None:
        words = [word for word in words if not _is_told(word, bridge)]
    # While a relation is not resolved, what is said of the side itself must say all of it.
    share = 1.0 if bridge is None and any(map(_is_listed, _relations(part))) else LEFT
    left = _left(words, name)
    if keys & (AGES | ORDER):
        born = _begun() if keys & AGES or not left else frozenset()
        asked = f"When was {name} {' '.join(words) or 'born'}?"
        return Step(asked, name, left, share, born, DATES)
    number = NUMBERS if keys & DEGREES else frozenset()
    people = bool(keys & PLACES)
    asked = " ".join(("Where is", name, *words) if people else (name, *words))
    return Step(asked, name, left, share, figures=number, place=people, people=people)


def resolves(bridge: Bridge, part: SubQuery) -> bool:
    """Return whether a bridge's sentence tells the relation that the search for a side asks for."""
    return any(_is_told(word, bridge) for word in _relations(part))


def name_of(bridge: Bridge, hits: Sequence[Hit]) -> str:
    """Return a bridge's name, without what follows the title of the document that is about it."""
    titles = (hit.document.metadata.title for hit in hits if is_about(hit, bridge.name))
    return bare(next(titles, None) or bridge.name)


def concepts(stems: Iterable[str]) -> frozenset[str]:
    """Return stems with synonyms as one."""
    return frozenset(map(concept, stems))


def _begun() -> frozenset[str]:
    return concepts(map(stem, BEGINNINGS))


def _description(question: str, bridge: Bridge) -> str:
    """Return the words of a question that describe what a bridge names; empty if none do."""
    words = tokens(question)
    keys = [key(word.text) for word in words]
    places = (_place(name, keys) for name in _names_of_anchor(question, bridge))
    found = next((place for place in places if place), None)
    if found is None:
        return ""
    first, last = found
    if bridge.name[0].isdigit():
        when = _WHEN.search(question)
        return question[when.start() :].rstrip(" ?") if when else ""
    if words[last].text.lower().endswith(("'s", "’s", "s'", "s’")):
        last = _related_after(keys, last, bridge)
    else:
        first = _related_before(keys, first, bridge)
    if first < 0 or last < 0:
        return ""
    end = words[last].end
    end += question[end : end + 1] in ("”", "“", "»", '"')
    return question[words[first].start : end]


def _related_after(keys: Sequence[str], owner: int, bridge: Bridge) -> int:
    """Return the place of R in *X's R*; -1 if there is none."""
    near = range(owner + 1, min(owner + 3, len(keys)))
    fitting = (at for at in near if _is_relation(keys[at]) and _is_told(keys[at], bridge))
    return next(fitting, -1)


def _related_before(keys: Sequence[str], owner: int, bridge: Bridge) -> int:
    """Return the first place of *the R of X*; -1 if it is not there."""
    at = owner - 1
    while at > max(0, owner - 1 - MOST_WORDS_BETWEEN) and keys[at] != "of":
        if keys[at] in STOP_WORDS - _ARTICLES:
            return -1
        at -= 1
    if at < 1 or keys[at] != "of":
        return -1
    related = keys[at - 1]
    if not (_is_relation(related) and _is_told(related, bridge)):
        return -1
    return at - 2 if at > 1 and keys[at - 2] in _ARTICLES else at - 1


def _names_of_anchor(question: str, bridge: Bridge) -> list[list[str]]:
    """Return what the question may call the bridge's passage, as words."""
    title = bare(bridge.hit.document.metadata.title or "")
    whole = [key(token.text) for token in tokens(title)]
    return [whole, list(title_words(bridge.hit)), *(name_words(name) for name in names(question))]


def _place(name: Sequence[str], keys: Sequence[str]) -> tuple[int, int] | None:
    """Return the first and last place of a name among words; small words may stand inside it."""
    for start in range(len(keys)) if name else ():
        at, left = start, list(name)
        while left and at < len(keys) and (keys[at] == left[0] or keys[at] in STOP_WORDS):
            if keys[at] == left[0]:
                left.pop(0)
            elif at == start:
                break
            at += 1
        if not left:
            return start, at - 1
    return None


def _is_told(word: str, bridge: Bridge) -> bool:
    """Return whether a bridge's sentence has a word, its family, or one for the same relation."""
    told = set(content_stems(bridge.sentence.cut(bridge.hit.document.text)))
    own = stem(word)
    kin = {other for group in kindred() if own in group for other in group}
    return bool((kin | {own}) & told) or any(akin(own, t) for t in told if len(own) > 4)


def _is_relation(word: str) -> bool:
    """Return whether a word names somebody by what they are to something else."""
    return bool(_AGENT.match(word)) or _is_listed(word)


def _is_listed(word: str) -> bool:
    return word in ROLES or any(stem(word) in group for group in kindred())


def _relations(part: SubQuery) -> list[str]:
    """Return the words of the search for a side that name somebody by a relation."""
    words = (token.text for token in tokens(part.text))
    small = (word for word in words if word.islower() and word not in DEGREES | ORDER)
    return [word for word in small if is_content(word) and _is_relation(word)]


def _left(words: Iterable[str], name: str) -> frozenset[str]:
    """Return the stems of the content words, apart from a name's and from words that say little."""
    known, light = set(name_words(name)), {stem(word) for word in LIGHT_WORDS}
    kept = (word for word in words if is_content(word) and key(word) not in known)
    return concepts(stem(word) for word in kept if stem(word) not in light)


def _plainly(match: re.Match[str]) -> str:
    """Return "where was … born" for "what is the place of birth of …"."""
    asked = "where was" if match[1].lower() == "place" else "when was"
    return f"{asked} {'born' if match[2].lower() == 'birth' else 'death'}"


def _told_in_brackets(quote: str) -> list[str]:
    """Return what years in brackets tell: when someone was born, and died if there are two."""
    life = _BRACKETS_WITH_YEAR.search(quote)
    if life is None:
        return []
    return ["born", "die"] if _TO_LATER.search(life[0]) else ["born"]
