"""Questions turned unanswerable: a name or a year in them exchanged for one that is nowhere."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from qa.text.gazetteer import COUNTRIES, MEN, WOMEN
from qa.text.mentions import Mention, mentions
from qa.text.words import key, tokens

if TYPE_CHECKING:
    from eval.suites.checking.library import Library

_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_FARTHEST = 25
_TRIED = 40


def swapped(question: str, library: Library, order: random.Random) -> tuple[str, str] | None:
    """Return a question with one name or year exchanged, and what stands there now.

    What comes in is found in no document, so that no document can answer. It is of the same kind
    as what it replaces: an earlier year, another given name with the same surname, a country.

    Args:
        question: a question that the documents answer.
        library: the documents.
        order: decides among what could come in.
    """
    for start, end, others in _places(question, order):
        for other in others:
            if not is_anywhere(other, library):
                return question[:start] + other + question[end:], other
    return None


def is_anywhere(term: str, library: Library) -> bool:
    """Return whether any document holds a term, without regard to case."""
    folded = " ".join(term.split()).casefold()
    return any(folded in library.folded(id_) for id_ in library.documents)


def _places(question: str, order: random.Random) -> Iterator[tuple[int, int, list[str]]]:
    """Yield what in a question can be exchanged, each with what could come in its place."""
    for mention in mentions(question):
        others = _others(mention, order)
        if others:
            yield mention.start, mention.end, others
    for year in _YEAR.finditer(question):
        near = [int(year[0]) - step for step in range(1, _FARTHEST + 1)]
        order.shuffle(near)
        yield year.start(), year.end(), [str(one) for one in near]


def _others(mention: Mention, order: random.Random) -> list[str]:
    if mention.sort == "country" and key(mention.text) in COUNTRIES:  # and no word for its people
        able = sorted(COUNTRIES - {key(mention.text)})
        return [name.title() for name in order.sample(able, min(_TRIED, len(able)))]
    words = tokens(mention.text)
    if mention.sort != "person" or len(words) < 2:
        return []
    given = key(words[0].text)
    able = sorted((WOMEN if given in WOMEN or mention.gender == "f" else MEN) - {given})
    rest = mention.text[words[0].end :]
    return [name.title() + rest for name in order.sample(able, min(_TRIED, len(able)))]
