"""Pairs of documents that give different figures in sentences that are otherwise alike."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from eval.suites.checking.likeness import similar
from eval.suites.drafting.material import Telling, Value
from qa.differing.sameness import same_figure
from qa.text.figures import figures
from qa.text.words import content_stems, name_words, names

ALIKE = 0.6
"""Least share of common words (Jaccard index) of two such sentences, their figures apart."""

FEWEST = 5
"""Words that carry content in each at least."""

RARE = 6
"""Sentences that have a word at most for it to show what they are about; two that share none are
made after one pattern, as those on the areas of two towns are."""

MOST = 50_000
"""Sentences that are compared at most."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two sentences that give different values for what looks like one thing."""

    one: Telling
    """The first sentence."""
    value: Value
    """What it gives."""
    other: Telling
    """The sentence of another document."""
    other_value: Value
    """What that gives."""


def conflicts(found: Iterator[Telling]) -> Iterator[Conflict]:
    """Yield the conflicts among sentences, the same whatever the order of runs."""
    counted = [
        (telling, value)
        for telling in islice(found, MOST)
        for value in telling.values
        if value.sort == "figure"
    ]
    words = [_words(telling, value) for telling, value in counted]
    held = Counter(word for one in words for word in one)
    for at, place in similar(words, ALIKE, FEWEST):
        (one, value), (other, other_value) = counted[at], counted[place]
        if one.document.id == other.document.id:
            continue
        on_one_thing = any(held[word] <= RARE for word in words[at] & words[place])
        if on_one_thing and _differ(one, value, other, other_value):
            yield Conflict(one, value, other, other_value)


def _words(telling: Telling, value: Value) -> frozenset[str]:
    return frozenset(content_stems(telling.text[: value.start] + telling.text[value.end :]))


def _differ(one: Telling, value: Value, other: Telling, other_value: Value) -> bool:
    """Return whether two figures of one unit differ, and nothing else tells the two apart."""
    mine, theirs = value.figure, other_value.figure
    if mine is None or theirs is None or (mine.kind, mine.unit) != (theirs.kind, theirs.unit):
        return False
    if same_figure(mine, theirs):
        return False
    return _rest(one.text, value) == _rest(other.text, other_value)


def _rest(text: str, value: Value) -> tuple[frozenset[str], Sequence[float]]:
    """Return the names and the other figures of a sentence, in which the two must not differ."""
    named = frozenset(word for name in names(text) for word in name_words(name))
    return named, sorted(f.value for f in figures(text) if f.start != value.start)
