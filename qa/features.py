"""How well a sentence fits a question, as a handful of numbers that a reader can follow."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import fsum
from typing import Literal

from qa.text.figures import figures
from qa.text.lexicon import CAPITALS, ROLES
from qa.text.remembered import remembered
from qa.text.synonyms import concept
from qa.text.words import content_stems, key, name_words, names, same_name, stem, tokens

Kind = Literal["money", "share", "count", "measure", "amount", "date", "person", "place", "other"]
"""What sort of thing a question asks for."""

_TIME = frozenset({"second", "minut", "hour", "day", "week", "month", "year", "decad", "centuri"})
_LENGTH = frozenset({"metr", "meter", "kilometr", "kilomet", "centimetr", "millimetr", "mile"}) | {
    *("foot", "feet", "ft", "inch", "yard", "km", "m", "cm", "mm")
}
"""Stems of units."""

_ASKED: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "date",
        re.compile(r"\b(when|what (year|date|day|month)|which (year|date|day|month))\b", re.I),
    ),
    (
        "share",
        re.compile(r"\b(how much of|(what|which) (share|percentage|percent|proportion))\b", re.I),
    ),
    (
        "money",
        re.compile(
            r"\b(how much (money|is|are|was|were|do|does|did|will|would)|how (costly|expensive)|"
            r"what (price|cost|budget|sum|fee|fine|salary|value|is the price|is the cost))\b|"
            r"\bwhat (is|are|was|were)\b.*\b(worth|costs?)\b|"
            r"\bhow much\b.*\b(costs?|pay|paid|spend|spent|worth|invest|invested|earn|earned)\b",
            re.I,
        ),
    ),
    ("count", re.compile(r"\b(how many|what number|what total)\b", re.I)),
    (
        "measure",
        re.compile(
            r"\b(how (long|often|far|big|large|old|high|fast|tall|deep|wide|heavy)|"
            r"what (size|length|distance|height|weight|speed|age))\b",
            re.I,
        ),
    ),
    ("amount", re.compile(r"\b(how much|what amount)\b", re.I)),
    ("person", re.compile(r"\b(who|whose|whom)\b", re.I)),
    ("place", re.compile(r"\b(where|(what|which) (country|city|town|place|region))\b", re.I)),
)

_EXTENTS: tuple[tuple[re.Pattern[str], frozenset[str]], ...] = (
    (re.compile(r"\bhow long\b.*\b(last|take|run|stay|serve|wait|remain|live)", re.I), _TIME),
    (re.compile(r"\b(how old|what age)\b", re.I), _TIME | {""}),  # "Sommer, 61, spoke first"
    (
        re.compile(
            r"\b(how (long|far(?! (along|advanced|behind|ahead))|tall|deep|wide|high)|"
            r"what (length|distance|height))\b",
            re.I,
        ),
        _TIME | _LENGTH,
    ),
)
"""Units of an extent by the words that ask for it; where none fits, any number may answer."""

_SPAN = re.compile(r"\b(until|till|since|through|from)\b", re.I)
"""What makes a day or a year tell how long something lasts."""

_CHOICE = re.compile(r"\d[^.?!]{0,30}\bor\b[^.?!]{0,15}\d", re.I)
"""Two figures with "or" between them."""

_LONG_NAME = re.compile(r"[A-Z]\w+(?:[ \n](?:(?:for|of|and|the|on|in) )*[A-Z]\w+){2,7}")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, read once for all sentences."""

    kind: Kind
    """What sort of thing it asks for."""
    stems: frozenset[str]
    """Stems of its content words, synonyms as one."""
    names: tuple[tuple[str, ...], ...]
    """Its names, each as words in the form in which they are looked up, offices left out."""
    figures: frozenset[str]
    """Its figures and years, as normalised values."""
    one_of_figures: bool
    """Whether it offers its figures to choose from, as "10,000 or 11,000": one is enough then."""
    weights: Mapping[str, float]
    """How telling each stem is, from 0 (in every passage of the corpus) to 1 (in none)."""
    units: frozenset[str] = frozenset()
    """Stems of the units that may answer, "" for a bare number; any if there are none."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """A passage with what says what it is about, read once for all its sentences."""

    stems: frozenset[str]
    """Stems of its content words, synonyms as one."""
    words: frozenset[str]
    """Its words, in the form in which they are looked up, with the countries of its capitals and
    the initials of its longer names."""
    text: str
    """The passage and what says what it is about."""

    @property
    def figures(self) -> frozenset[str]:
        """Its figures and years, as normalised values; read when a question has figures."""
        return _values(self.text)


@dataclass(frozen=True, slots=True)
class Features:
    """What speaks for and against a sentence; each 0..1 unless said otherwise."""

    sentence_cosine: float
    """Similarity of question and sentence by the embedder, -1..1."""
    passage_cosine: float
    """Similarity of question and passage by the embedder, -1..1."""
    nearness: float
    """Similarity of question and sentence as it stands in its passage, -1..1; that of the passage
    where the embedder does not see sentences."""
    sentence_cover: float
    """Share of the question's weight whose stems the sentence has."""
    near_cover: float
    """The same for the sentence with the one before it, title, outlet and author."""
    passage_cover: float
    """Share of the question's weight whose stems the passage, its title or outlet has."""
    name_missing: float
    """Weight of the rarest name of the question that neither passage nor title, outlet or author
    has: what every document here is about need not be named again."""
    name_missing_near: float
    """The same for the sentence with the one before it, title, outlet and author."""
    figure_missing: float
    """1 if the question has a figure or year that the passage lacks."""
    figure_missing_near: float
    """The same for the sentence with the one before it."""
    value_missing: float
    """1 if the question asks for a number, a share or a sum and the sentence has none that the
    question does not have itself."""
    kind_missing: float
    """The same for a date, a person or a place, which can be told without a name or a date."""
    unit_missing: float
    """1 if it asks how many and the sentence has numbers, but none counts a thing that the question
    names."""
    is_question: float
    """1 if the sentence itself asks something, which answers nothing."""

    def row(self) -> list[float]:
        """Return the numbers in the order of the fields."""
        return [getattr(self, name) for name in self.__dataclass_fields__]


def read_question(question: str, weights: Mapping[str, float]) -> Asked:
    """Return what a question asks for; ``weights`` holds the weight of its stems."""
    kind, subject = _kind_and_subject(question)
    found = (tuple(w for w in name_words(name) if w not in ROLES) for name in names(question))
    strongest: dict[str, float] = {}
    for word, weight in weights.items():
        strongest[concept(word)] = max(weight, strongest.get(concept(word), 0.0))
    return Asked(
        kind=kind,
        stems=_concepts(subject),
        names=tuple(dict.fromkeys(words for words in found if words)),
        figures=frozenset(str(figure.value) for figure in figures(question)),
        one_of_figures=bool(_CHOICE.search(question)),
        weights=strongest,
        units=next((units for asks, units in _EXTENTS if asks.search(question)), frozenset()),
    )


def _kind_and_subject(question: str) -> tuple[Kind, str]:
    """Return what sort of thing is asked for, and the question without the words that say so.

    An answer to "on what date" need not say "date"; one to "what price" mostly says what it cost.
    """
    for kind, pattern in _ASKED:
        match = pattern.search(question)
        if match:
            kept = kind == "money" or match.end() - match.start() == len(question.strip(" ?"))
            rest = question if kept else question[: match.start()] + question[match.end() :]
            return kind, rest
    return "other", question


@remembered
def read_surroundings(text: str) -> Surroundings:
    """Return what a passage, its title, heading, outlet and author hold."""
    words = {key(token.text) for token in tokens(text)}
    countries = {word for capital in words & CAPITALS.keys() for word in CAPITALS[capital].split()}
    return Surroundings(
        stems=_concepts(text),
        words=frozenset(words | countries | _initials(text)),
        text=text,
    )


@remembered
def _values(text: str) -> frozenset[str]:
    return frozenset(str(figure.value) for figure in figures(text))


def _initials(text: str) -> set[str]:
    """Return what long names in a text are called for short: the European Court of Justice, ECJ."""
    found = set()
    for match in _LONG_NAME.finditer(text):
        initials = "".join(word[0] for word in match[0].split() if word[0].isupper())
        if len(initials) > 2:
            found.add(initials.lower())
    return found


def measure(
    asked: Asked,
    sentence: str,
    near: Surroundings,
    around: Surroundings,
    *,
    sentence_cosine: float,
    passage_cosine: float,
    nearness: float,
) -> Features:
    """Return the features of one sentence.

    Args:
        asked: the question.
        sentence: the sentence's words.
        near: the sentence with the one before it, title, outlet and author.
        around: the whole passage with title, heading, outlet and author.
        sentence_cosine: similarity of question and sentence.
        passage_cosine: similarity of question and passage.
        nearness: similarity of question and sentence as it stands in its passage.
    """
    found = _kind_found(asked, sentence)
    return Features(
        sentence_cosine=sentence_cosine,
        passage_cosine=passage_cosine,
        nearness=nearness,
        sentence_cover=_cover(asked, _concepts(sentence)),
        near_cover=_cover(asked, near.stems),
        passage_cover=_cover(asked, around.stems),
        name_missing=_name_missing(asked, around),
        name_missing_near=_name_missing(asked, near),
        figure_missing=float(_figure_missing(asked, around)),
        figure_missing_near=float(_figure_missing(asked, near)),
        value_missing=float(found is None and asked.kind in _VALUES),
        kind_missing=float(found is None and asked.kind not in _VALUES),
        unit_missing=float(found is False),
        is_question=float(sentence.rstrip("\"'”’»)] ").endswith(("?", "？", "؟"))),
    )


@remembered
def _concepts(text: str) -> frozenset[str]:
    """Return the stems of the content words of a text, synonyms as one."""
    return frozenset(map(concept, content_stems(text)))


def _cover(asked: Asked, stems: frozenset[str]) -> float:
    # Exact whatever the order, which for a set differs from process to process.
    total = fsum(asked.weights.get(stem, 1.0) for stem in asked.stems)
    found = fsum(asked.weights.get(stem, 1.0) for stem in asked.stems & stems)
    return found / total if total else 0.0


def _figure_missing(asked: Asked, text: Surroundings) -> bool:
    """Return whether a text lacks a figure of the question, or all of those to choose from."""
    missing = asked.figures - text.figures if asked.figures else asked.figures
    return missing == asked.figures != frozenset() if asked.one_of_figures else bool(missing)


def _name_missing(asked: Asked, text: Surroundings) -> float:
    """Return the weight of the most telling name that a text lacks."""
    missing = (name for name in asked.names if not _is_named(name, text.words))
    words = (concept(stem(word)) for name in missing for word in name)
    return max((asked.weights.get(word, 1.0) for word in words), default=0.0)


def _is_named(name: tuple[str, ...], words: frozenset[str]) -> bool:
    """Return whether a text has a name: its last word, and the quarter of the sky if it has one.

    People are named by surname once they are known; North and South Korea are two countries. A
    capital stands for its government and so for its country.
    """
    if name[-1] in CAPITALS and all(w in words for w in CAPITALS[name[-1]].split()):
        return True
    wanted = [word for word in name if word in QUARTERS or word == name[-1]]
    return all(word in words or any(same_name(word, other) for other in words) for word in wanted)


def _kind_found(asked: Asked, sentence: str) -> bool | None:
    """Return whether a sentence has a new thing of the kind asked for.

    ``None`` means that it has none, ``False`` that it has numbers which count something else.
    """
    if asked.kind == "other":
        return True
    if asked.kind in ("person", "place"):
        known = {word for name in asked.names for word in name}
        found = (word for name in names(sentence) for word in name_words(name))
        return True if any(word not in known for word in found) else None
    new = [figure for figure in figures(sentence) if str(figure.value) not in asked.figures]
    fitting = [figure for figure in new if figure.kind in _FITTING[asked.kind]]
    if asked.kind == "measure" and asked.units:
        fitting = [figure for figure in fitting if (figure.unit or "") in asked.units]
        if not fitting and _SPAN.search(sentence):
            fitting = [figure for figure in new if figure.kind in ("year", "date")]
    if not fitting:
        return None
    return asked.kind != "count" or any(
        figure.unit and concept(figure.unit) in asked.stems for figure in fitting
    )


QUARTERS = frozenset({"north", "south", "east", "west", "northern", "southern", "new"})
"""Words that tell apart places which share the rest of their name."""

_VALUES = frozenset({"money", "share", "count", "measure", "amount"})

_FITTING: Mapping[Kind, frozenset[str]] = {
    "money": frozenset({"money"}),
    "share": frozenset({"percent", "range"}),
    "count": frozenset({"number", "range"}),
    "measure": frozenset({"number", "range", "time"}),
    "amount": frozenset({"number", "percent", "money", "range"}),
    "date": frozenset({"year", "date", "time"}),
}
