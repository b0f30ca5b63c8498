"""Questions of several parts: "When was it signed, and by whom?" has two.

Each part asks for a sort of thing: a day, a person, a place, a number. A part counts as unanswered
only if no sentence of the answer has anything of its sort that the question does not have itself;
whether what is there is the right one, the reader sees by the sentence. Parts that ask for no such
thing ("why", "how") are never called unanswered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.features import Kind
from qa.text.dates import moments
from qa.text.figures import figures
from qa.text.gazetteer import FEMALE_NOUNS, MALE_NOUNS, PERSON_NOUNS
from qa.text.lexicon import WEEKDAYS
from qa.text.words import key, name_words, names, stem, tokens
from qa.when.periods import expressions

if TYPE_CHECKING:
    from qa.compose import EvidenceSentence

WEAK = 0.5
"""What a sentence for a part that is not told yet may fall short of what any sentence needs: it is
judged by the whole question and answers only a part."""

_SORTS: tuple[tuple[Kind, str], ...] = (
    ("date", r"when|(?:in|on|since)\s+(?:what|which)\s+(?:year|date|day|month)|what\s+year"),
    ("place", r"where|(?:in|to|from)\s+(?:what|which)\s+(?:country|city|town|place|region)"),
    ("person", r"(?:by|with|to|from|for|of)\s+whom|who|whom"),
    ("count", r"how\s+many"),
    ("money", r"how\s+much(?:\s+money)?(?=\s+(?:did|does|do|will|was|were|is|has)\b.*?\bcost)"),
    ("measure", r"how\s+(?:long|far|tall|high|deep|wide|old|heavy|big|large|fast)"),
    ("other", r"why|how|what|which"),
)
_ASKING = re.compile(
    r"(?<![\w-])(?:" + "|".join(f"(?P<{kind}>{words})" for kind, words in _SORTS) + r")(?![\w-])",
    re.IGNORECASE,
)
_JOINED = re.compile(r"(?:,|\band\b|\bor\b|&)(?:\s+(?:also|then|if\s+so))?[\s,]*$", re.IGNORECASE)
_TRAILING = re.compile(r"[\s,;]*(?:\b(?:and|or|also)\b)?[\s,;?.!]*$", re.IGNORECASE)
_BRACKET = re.compile(r"\s*\[[^\]]*\]\s*$")
_FITTING: dict[Kind, frozenset[str]] = {
    "count": frozenset({"number", "range"}),
    "money": frozenset({"money"}),
    "measure": frozenset({"number", "range", "time"}),
}


@dataclass(frozen=True, slots=True)
class Facet:
    """A part of a question."""

    words: str
    """How the question asks it."""
    kind: Kind
    """What sort of thing it asks for."""


def facets(question: str) -> tuple[Facet, ...]:
    """Return the parts of a question; empty if it asks for one thing.

    A further part begins with a question word behind "and" or a comma: "who was there when it
    opened" is one question.
    """
    text = _BRACKET.sub("", question)
    begins = [
        match
        for match in _ASKING.finditer(text)
        if match.start() == 0
        or _JOINED.search(text[: match.start()])
        or not _ASKING.search(text[: match.start()])
    ]
    if len(begins) < 2:
        return ()
    ends = [*(match.start() for match in begins[1:]), len(text)]
    return tuple(
        Facet(_TRAILING.sub("", text[match.start() : end]), _kind(match))
        for match, end in zip(begins, ends, strict=True)
    )


def missing(question: str, texts: Iterable[str]) -> tuple[str, ...]:
    """Return the parts of a question for which an answer has nothing, in its words.

    Args:
        question: the question, readable alone.
        texts: the texts of the statements of the answer.
    """
    asked = facets(question)
    if not asked:
        return ()
    told = list(texts)
    return tuple(f.words for f in asked if not any(has(f.kind, question, text) for text in told))


def covering(
    question: str,
    chosen: Sequence[EvidenceSentence],
    evidence: Sequence[EvidenceSentence],
    *,
    most: int,
    threshold: float,
) -> list[EvidenceSentence]:
    """Return the chosen sentences with one more for each part that they do not tell.

    Args:
        question: the question.
        chosen: the sentences that are to be told, best first.
        evidence: all sentences that may be.
        most: how many may be told; for a part the last one makes room.
        threshold: least relevance of the best sentence of an answer.
    """
    told = list(chosen)
    for facet in facets(question) if told else ():
        if any(has(facet.kind, question, sentence.quote) for sentence in told):
            continue
        fitting = [
            s
            for s in evidence
            if s.relevance >= WEAK * threshold and has(facet.kind, question, s.quote)
        ]
        if fitting:
            told = [*told[: max(1, most - 1)], max(fitting, key=lambda s: s.relevance)]
    return told


def has(kind: Kind, question: str, text: str) -> bool:
    """Return whether a text has a thing of a sort that the question does not have itself."""
    if kind == "date":
        return _has_date(question, text)
    if kind in ("person", "place"):
        return _has_name(kind, question, text)
    if kind not in _FITTING:
        return True
    known = {str(figure.value) for figure in figures(question)}
    found = (figure for figure in figures(text) if str(figure.value) not in known)
    return any(figure.kind in _FITTING[kind] for figure in found)


def _kind(match: re.Match[str]) -> Kind:
    return next(kind for kind, _ in _SORTS if match[kind])


def _has_date(question: str, text: str) -> bool:
    known = {(m.year, m.month, m.day) for m in moments(question)}
    if any((m.year, m.month, m.day) not in known for m in moments(text)):
        return True
    words = {key(token.text) for token in tokens(text)}
    return bool(words & WEEKDAYS) or any(True for _ in expressions(text))


def _has_name(kind: Kind, question: str, text: str) -> bool:
    known = {stem(token.text) for token in tokens(question)}
    if any(stem(word) not in known for name in names(text) for word in name_words(name)):
        return True
    if kind == "place":
        return False
    people = PERSON_NOUNS | MALE_NOUNS | FEMALE_NOUNS
    words = (key(token.text) for token in tokens(text))
    return any(w in people or w.removesuffix("s") in people for w in words if stem(w) not in known)
