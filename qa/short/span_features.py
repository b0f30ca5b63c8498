"""What speaks for a phrase as the answer to a question, as named facts that a reader can follow."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from qa.short.chunks import NOUNS, Phrase, Reading
from qa.short.wanted import Wanted
from qa.text.figures import Figure
from qa.text.lexicon import CAPITALS, DEMONYMS
from qa.text.synonyms import concept
from qa.text.words import key

REACH = 6.0
"""Words over which the pull of a word of the question falls to a third."""

CLOSE = 1.5
"""The same for the words right beside it."""

_BROAD = {
    "person": "entity",
    "place": "entity",
    "which": "entity",
    "date": "value",
    "number": "value",
}
_PREPOSITIONS = frozenset({"to", "by", "of", "in", "for", "with"})
FITTING = {
    "money": frozenset({"money"}),
    "share": frozenset({"percent"}),
    "count": frozenset({"number", "range"}),
    "measure": frozenset({"number", "range", "time"}),
    "amount": frozenset({"number", "percent", "money", "range"}),
    "date": frozenset({"year", "date", "time"}),
}
"""Kinds of figures that can answer where such a thing is asked for."""
_YEAR = re.compile(r"1\d{3}|20\d\d")
_PEOPLES = ("ian", "ians", "ean", "eans", "ese", "ish")
_COUNTRIES = frozenset(DEMONYMS.values()) | frozenset(
    word.split()[-1] for word in CAPITALS.values()
)
_QUOTATION = frozenset('"“”„«»')
_LENGTHS = ((1, "1"), (2, "2"), (3, "3"), (5, "4-5"), (8, "6-8"), (12, "9-12"), (99, "13+"))


@dataclass(frozen=True)
class Scene:
    """A sentence as a question looks at it, read once for all its phrases."""

    wanted: Wanted
    """The question."""
    reading: Reading
    """The sentence."""
    title: frozenset[str] = frozenset()
    """The stems of the title of its document, synonyms as one."""

    @cached_property
    def matches(self) -> list[tuple[int, float]]:
        """The places of words of the question, with how telling each is."""
        stems = self.wanted.stems
        return [(at, stems[s]) for at, s in enumerate(self.reading.stems) if s and s in stems]

    @cached_property
    def places(self) -> frozenset[int]:
        """The places of words of the question."""
        return frozenset(at for at, _ in self.matches)

    @cached_property
    def pulls(self) -> tuple[list[float], list[float]]:
        """How strongly words of the question stand before and behind each place, 0..1 together."""
        return self._pulls(REACH)

    @cached_property
    def close_pulls(self) -> tuple[list[float], list[float]]:
        """The same, falling faster."""
        return self._pulls(CLOSE)

    def _pulls(self, reach: float) -> tuple[list[float], list[float]]:
        total = len(self.reading.words)
        fall = math.exp(-1 / reach)
        weights = [0.0] * total
        known: set[str] = set()
        for at, weight in self.matches:
            if self.reading.stems[at] not in known:
                weights[at] = weight
                known.add(self.reading.stems[at])
        every = sum(self.wanted.stems.values()) or 1.0
        left, right = [0.0] * (total + 1), [0.0] * (total + 1)
        for at in range(total):
            left[at + 1] = (left[at] + weights[at] / every) * fall
        for at in reversed(range(total)):
            right[at] = (right[at + 1] + weights[at] / every) * fall
        return left, right

    @cached_property
    def cover(self) -> float:
        """The share of the question's weight that the sentence has."""
        found = {self.reading.stems[at] for at, _ in self.matches}
        stems = self.wanted.stems
        return sum(stems[s] for s in found) / (sum(stems.values()) or 1.0)


def facts(scene: Scene, phrase: Phrase) -> dict[str, float]:
    """Return what is the case for a phrase, mostly 1 each; what is not named is 0."""
    return {
        **facts_before(scene, phrase.first),
        **facts_inside(scene, phrase),
        **facts_behind(scene, phrase.last),
    }


def facts_before(scene: Scene, first: int) -> dict[str, float]:
    """Return what is the case for all phrases that begin with a word."""
    return {
        **dict.fromkeys(_before(scene, first), 1.0),
        "question before": scene.pulls[0][first],
        "question right before": scene.close_pulls[0][first],
    }


def facts_behind(scene: Scene, last: int) -> dict[str, float]:
    """Return what is the case for all phrases that end with a word."""
    return {
        **dict.fromkeys(_behind(scene, last), 1.0),
        "question behind": scene.pulls[1][last + 1],
        "question right behind": scene.close_pulls[1][last + 1],
    }


def facts_inside(scene: Scene, phrase: Phrase) -> dict[str, float]:
    """Return what is the case for the words of a phrase themselves."""
    found = dict.fromkeys(_inside(scene, phrase), 1.0)
    stems = scene.reading.stems
    content = [at for at in range(phrase.first, phrase.last + 1) if stems[at]]
    shared = sum(at in scene.places for at in content)
    if shared:
        found["share of the question's words"] = shared / len(content)
    titled = sum(stems[at] in scene.title for at in content) if scene.title else 0
    if titled:
        found["share of the title's words"] = titled / len(content)
    return found


def _before(scene: Scene, first: int) -> Iterator[str]:
    wanted, reading = scene.wanted, scene.reading
    group, gap, own = wanted.group, wanted.gap, reading.classes[first]
    before = reading.classes[first - 1] if first else "start"
    if first and not reading.join(first):
        before = _pause(reading.gaps[first])
    yield f"after {before}"
    yield f"first {own}"
    if before in _PREPOSITIONS:
        yield f"{group} after {before}"
    if group in ("why", "how", "deed", "person", "none"):
        yield f"{group}: first {own}"
    if first == 0:
        yield f"{gap}: opens the sentence"
    if first - 1 in scene.places:
        yield "behind a word of the question"
    if wanted.defines and before == "auxiliary":
        yield "definition behind a form of be"
    ahead = reading.stems[max(0, first - 7) : first][::-1]
    if wanted.last in ahead:
        yield f"{gap}: closing word {_steps(ahead.index(wanted.last or ''))} before"
    if wanted.first in ahead:
        yield f"{gap}: opening word {_steps(ahead.index(wanted.first or ''))} before"
        if before == "by":
            yield f"{gap}: by, behind the opening word"
    if wanted.head and wanted.head[-1] in ahead[:1]:
        yield f"{_noun_asked(wanted)}: the noun precedes"
    elif wanted.head and wanted.head[-1] in ahead[:5]:
        yield f"{_noun_asked(wanted)}: the noun is close before"


def _behind(scene: Scene, last: int) -> Iterator[str]:
    wanted, reading = scene.wanted, scene.reading
    gap = wanted.gap
    after = reading.classes[last + 1] if last + 1 < len(reading.words) else "end"
    if after != "end" and not reading.join(last + 1):
        after = _pause(reading.gaps[last + 1])
    yield f"before {after}"
    yield f"last {reading.classes[last]}"
    if last + 1 in scene.places:
        yield "before a word of the question"
    behind = reading.stems[last + 1 : last + 8]
    if wanted.first in behind:
        yield f"{gap}: opening word {_steps(behind.index(wanted.first or ''))} behind"
    if wanted.last in behind:
        yield f"{gap}: closing word {_steps(behind.index(wanted.last or ''))} behind"
    if "," in reading.gaps[last + 1] and wanted.first in reading.stems[last + 1 :]:
        verb = reading.stems.index(wanted.first or "", last + 1)
        small = reading.classes[verb - 1] in ("auxiliary", "not")
        if "," in reading.gaps[verb] or (small and "," in reading.gaps[verb - 1]):
            yield f"{gap}: opening word behind an aside"
    if wanted.head and wanted.head[-1] in behind[:1]:
        yield f"{_noun_asked(wanted)}: the noun follows"
    elif wanted.head and wanted.head[-1] in behind[:5]:
        yield f"{_noun_asked(wanted)}: the noun is close behind"


def _inside(scene: Scene, phrase: Phrase) -> Iterator[str]:
    wanted = scene.wanted
    broad = _BROAD.get(wanted.group, "open")
    yield from _sort(scene, phrase)
    length = min(phrase.last - phrase.first + 1, _LENGTHS[-1][0])
    yield f"{broad} of length {next(name for most, name in _LENGTHS if length <= most)}"
    yield f"{broad} {phrase.form}"
    if wanted.head:
        noun, stems = wanted.head[-1], scene.reading.stems
        if stems[phrase.last] == noun:
            yield f"{_noun_asked(wanted)}: ends with the noun"
        elif noun in stems[phrase.first : phrase.last + 1]:
            yield f"{_noun_asked(wanted)}: has the noun"


def _noun_asked(wanted: Wanted) -> str:
    return "which" if wanted.group == "which" else "what"


def is_year(text: str) -> bool:
    """Return whether a text is a year of four digits."""
    return bool(_YEAR.fullmatch(text))


def _pause(gap: str) -> str:
    """Return a name for what stands between two words."""
    mark = gap.strip()[:1]
    return f"pause {'quotation mark' if mark in _QUOTATION else mark}"


def _sort(scene: Scene, phrase: Phrase) -> Iterator[str]:
    """Yield what sort of thing a phrase is, for the sort that is asked."""
    wanted, reading = scene.wanted, scene.reading
    group = wanted.kind if wanted.group == "number" else wanted.group
    classes = reading.classes[phrase.first : phrase.last + 1]
    inside = reading.figures and [
        figure
        for first, last, figure in reading.figures
        if phrase.first <= first and last <= phrase.last
    ]
    if inside:
        yield from _figures(wanted, group, phrase, inside)
    elif "figure" in classes:
        year = is_year(reading.text[phrase.start : phrase.end])
        yield f"{group}: {'year of a date' if year else 'part of a figure'}"
    elif phrase.form == "clause":
        yield f"{group}: clause"
    elif "name" in classes:
        whole = all(c == "name" or c not in NOUNS for c in classes)
        yield f"{group}: {'name' if whole else 'part name'}"
        last = key(reading.words[phrase.last].text)
        if last in DEMONYMS or (len(last) > 5 and last.endswith(_PEOPLES)):
            yield f"{group}: a people's word"
        elif last in _COUNTRIES:
            yield f"{group}: a country"
        if wanted.named:
            yield "a name where one is asked for"
    else:
        yield f"{group}: noun"


def _figures(wanted: Wanted, group: str, phrase: Phrase, inside: Sequence[Figure]) -> Iterator[str]:
    """Yield what sort of figure a phrase has."""
    figure = inside[0]
    fitting = FITTING.get(wanted.kind)
    fits = fitting is None or figure.kind in fitting
    if len(inside) > 1 and figure.start != inside[1].start:
        yield "several figures"
    if str(figure.value) in wanted.figures:
        yield "figure of the question"
    if fits and phrase.form != "figure":
        yield "value: more than the figure"
    if fits and wanted.kind == "count":
        unit = figure.unit and concept(figure.unit)
        asked = unit in wanted.head or unit in wanted.stems
        yield f"counts {'nothing' if not unit else 'what is asked' if asked else 'else'}"
    if wanted.group == "date" and "year" in wanted.head:
        yield f"year asked: {figure.kind}"
    yield f"{group}: {'fitting figure' if fits else 'unfit figure'}"


def _steps(distance: int) -> str:
    return "next" if distance == 0 else "close" if distance < 3 else "near"
