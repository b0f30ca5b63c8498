"""Which questions are nearly the same: most of their words in common, and no telling one apart."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from math import ceil

from qa.text.words import is_content, name_words, names, stem, tokens

ALIKE = 0.8
"""Least share of common words (Jaccard index) of questions that are nearly the same."""

FEWEST = 4
"""Words that carry content, below which one of them changes everything."""


def alike(questions: Sequence[str]) -> Iterator[tuple[int, int]]:
    """Yield pairs of places of questions that are nearly the same, the earlier place first.

    Questions that differ in a figure or a name ask for different things, however alike the rest.
    """
    telling = [_telling(question) for question in questions]
    words = [frozenset(_stems(question)) for question in questions]
    for one, other in similar(words, ALIKE, FEWEST):
        if telling[one] == telling[other]:
            yield one, other


def similar(sets: Sequence[frozenset[str]], least: float, fewest: int) -> Iterator[tuple[int, int]]:
    """Yield pairs of places of sets that have much in common, the earlier place first.

    Pairs are found by prefix filtering: sets this alike share one of their rarest words (Bayardo,
    Ma and Srikant, 2007, https://doi.org/10.1145/1242572.1242591).

    Args:
        sets: sets of words.
        least: smallest Jaccard index of a pair.
        fewest: sets with fewer words are passed over.
    """
    seen = Counter(word for one in sets for word in one)
    holders: dict[str, list[int]] = defaultdict(list)
    for place, one in enumerate(sets):
        if len(one) < fewest:
            continue
        rare = sorted(one, key=lambda word: (seen[word], word))
        prefix = rare[: len(rare) - ceil(least * len(rare)) + 1]
        for other in sorted({earlier for word in prefix for earlier in holders[word]}):
            common = len(one & sets[other])
            if common >= least * (len(one) + len(sets[other]) - common):
                yield other, place
        for word in prefix:
            holders[word].append(place)


def _stems(text: str) -> list[str]:
    return [stem(token.text) for token in tokens(text) if is_content(token.text)]


def _telling(text: str) -> frozenset[str]:
    """Return the words of names, and what has digits in it."""
    named = {word for name in names(text) for word in name_words(name)}
    return frozenset(named | {t.text for t in tokens(text) if any(map(str.isdigit, t.text))})
