"""The second hop: what the first search found that the question does not name, to search for next.

"Where was the director of *The Long Pier* born?" is answered by a document that never mentions the
film. The document about the film names the director; that name is the bridge. A bridge is a name
that stands, in a passage about what the question names, close to words of the question ("directed
by …"). Two hops are made and no more: the question's own search and one search for each bridge.

The idea is that of iterative retrieval for multi-hop questions (Qi et al. 2019, "Answering
Complex Open-domain Questions Through Iterative Query Generation", arXiv:1910.07000), with rules of
closeness in place of a trained reader.

A question about what else was "in the same year" is bridged by the date instead of a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING

from qa.text.dates import moments
from qa.text.lexicon import DEMONYMS, KINDRED, LIGHT_WORDS
from qa.text.remembered import remembered
from qa.text.words import content_stems, is_content, key, name_words, names, stem, tokens

if TYPE_CHECKING:
    from index.models import Hit, Span
    from qa.search.plan import SubQuery

MOST_ANCHORS = 2
"""Passages of one search whose names are looked at."""

SHARED_START = 5
"""Letters that words of one family share at least: director, directed; composer, composed."""

REACH = 8
"""Words between a name and a word of the question up to which they count as close."""

SINGLE = 0.6
"""What a name of one word counts: it is more often a place, an adjective or half a name."""

_AT_THAT_TIME = re.compile(
    r"\b(?:(?:on|in|at|during) the|same|that|very) (?:day|week|month|year|time)\b(?!\s+of\s+\d)",
    re.I,
)
_BRACKETED = re.compile(r"\s*\([^()]*\)\s*$")


@dataclass(frozen=True, slots=True)
class Bridge:
    """A name, or a date, that the first hop found and the question lacks."""

    name: str
    """The name, as the passage writes it."""
    query: str
    """The words to search for."""
    where: str
    """The title or name of the document that has it."""
    score: float
    """How close it stands to what is asked; comparable within one question."""
    hit: Hit
    """The passage that has it."""
    sentence: Span
    """The sentence of that passage that has it."""
    side: str | None = None
    """The side of a comparison that it was found for."""


def bridges(
    search: SubQuery, question: str, hits: Sequence[Hit], weights: Mapping[str, float]
) -> list[Bridge]:
    """Return the names worth a second search, best first; none if the first covers the question.

    Args:
        search: the search for the question, or for one side of it.
        question: the whole question, whose names are known.
        hits: what the search found, best first.
        weights: how telling each word of the question is in the corpus, 0 to 1.
    """
    about = search.side or search.text
    anchors = _anchors(about, hits)
    if not anchors:
        return []
    titles = {word for hit, _ in anchors for word in title_words(hit)}
    dated = bool(_AT_THAT_TIME.search(question))
    missing = _missing(_words(search.asked, titles), [hit for hit, _ in anchors])
    if not missing and not dated:
        return []
    families = _families(_words(f"{search.side or ''} {search.asked}", titles), weights)
    known = {key(token.text) for token in tokens(question)}
    best: dict[str, Bridge] = {}
    for hit, weight in anchors:
        for name, closeness, sentence in _names_near(hit, families, known, dated=dated):
            query = " ".join((name, *missing))
            where = hit.document.metadata.title or hit.document.name
            score = weight * closeness
            found = Bridge(name, query, where, score, hit, sentence, search.side)
            if name not in best or best[name].score < found.score:
                best[name] = found
    return sorted(best.values(), key=lambda bridge: -bridge.score)


def is_about(hit: Hit, name: str) -> bool:
    """Return whether a hit's document has ``name`` for its title.

    A closing remark in brackets does not count, nor what follows a title of several words in the
    name: "Ana Roth for Northport Films" is about Ana Roth too.
    """
    title, wanted = title_words(hit), tuple(name_words(bare(name)))
    if len(title) > 1:
        return wanted[: len(title)] == title
    return bool(title) and title == wanted


def mentions(hit: Hit, name: str) -> bool:
    """Return whether a passage or its title has every word of ``name``."""
    wanted = name_words(name)
    words = _keys(f"{hit.document.metadata.title or ''}\n{hit.text}")
    return bool(wanted) and all(word in words for word in wanted)


@remembered
def _keys(text: str) -> frozenset[str]:
    return frozenset(key(token.text) for token in tokens(text))


def _anchors(about: str, hits: Sequence[Hit]) -> list[tuple[Hit, float]]:
    """Return the passages that are about what the question names, with how much they count."""
    words = {key(token.text) for token in tokens(about)}
    titled = [h for h in hits if title_words(h) and set(title_words(h)) <= words]
    if titled:
        # The title that says most of the question is the one that it means.
        longest = max(len(title_words(hit)) for hit in titled)
        chosen = [hit for hit in titled if len(title_words(hit)) == longest]
        return [(hit, 1.0 / (1 + rank)) for rank, hit in enumerate(chosen[:MOST_ANCHORS])]
    named = names(about)
    naming = (hit for hit in hits if any(mentions(hit, name) for name in named))
    return [(hit, 0.5 / (1 + rank)) for rank, hit in enumerate(islice(naming, MOST_ANCHORS))]


def _words(text: str, without: set[str]) -> list[str]:
    """Return the content words of a text, as written, apart from those of the titles."""
    found = (token.text for token in tokens(text))
    return [word for word in found if is_content(word) and key(word) not in without]


def _missing(asked: Sequence[str], anchors: Sequence[Hit]) -> list[str]:
    """Return the words of the question that no anchor has: what the second hop is to find."""
    there: set[str] = set()
    for hit in anchors:
        there |= set(content_stems(f"{hit.document.metadata.title or ''}\n{hit.text}"))
    return [
        word
        for word in asked
        if stem(word) not in there
        and not _family_in(stem(word), there)
        and stem(word) not in _light()
        and not word[0].isdigit()
    ]


@lru_cache(maxsize=1)
def _light() -> frozenset[str]:
    return frozenset(stem(word) for word in LIGHT_WORDS)


def _family_in(word: str, there: Iterable[str]) -> bool:
    return len(word) >= SHARED_START and any(akin(word, other) for other in there)


def akin(one: str, other: str) -> bool:
    """Return whether two stems are of one family: director, directed."""
    return len(other) >= SHARED_START and one[:SHARED_START] == other[:SHARED_START]


def _families(asked: Sequence[str], weights: Mapping[str, float]) -> dict[str, float]:
    """Return the stems that tell of the question's relations, with how telling each is."""
    found: dict[str, float] = {}
    for word in asked:
        own = stem(word)
        weight = weights.get(word, 1.0)
        for member in (own, *(m for group in kindred() if own in group for m in group)):
            found[member] = max(weight, found.get(member, 0.0))
    return found


@lru_cache(maxsize=1)
def kindred() -> tuple[frozenset[str], ...]:
    """Return the groups of stems that tell of one relation from either end."""
    return tuple(frozenset(stem(w) for w in line.split()) for line in KINDRED.strip().split("\n"))


def _names_near(
    hit: Hit, families: Mapping[str, float], known: set[str], *, dated: bool
) -> Iterator[tuple[str, float, Span]]:
    """Yield the names of a passage that the question lacks, with closeness and sentence."""
    for sentence in hit.passage.sentences:
        text = sentence.span.cut(hit.document.text)
        words = tokens(text)
        telling = [(i, _weight(stem(w.text), families)) for i, w in enumerate(words)]
        telling = [(i, weight) for i, weight in telling if weight]
        for name, start in _dates(text) if dated else _names(text):
            parts = name_words(name)
            if all(word in known for word in parts) or (len(parts) == 1 and parts[0] in DEMONYMS):
                continue
            first = next(i for i, w in enumerate(words) if w.end > start)
            last = first + len(tokens(name)) - 1
            outside = [(i, weight) for i, weight in telling if not first <= i <= last]
            nearness = max(
                (weight * (1 - _gap(i, first, last) / REACH) for i, weight in outside), default=0.0
            )
            if nearness > 0:
                yield name, nearness if len(parts) > 1 else SINGLE * nearness, sentence.span


def _names(text: str) -> Iterator[tuple[str, int]]:
    """Yield the names of a text with where they start."""
    position = 0
    for name in names(text):
        start = text.find(name, position)
        position = start + len(name)
        yield name, start


def _dates(text: str) -> Iterator[tuple[str, int]]:
    """Yield the dates and years of a text with where they start."""
    for moment in moments(text):
        if moment.kind != "time":
            yield text[moment.start : moment.end], moment.start


def _weight(word: str, families: Mapping[str, float]) -> float:
    if word in families:
        return families[word]
    if len(word) < SHARED_START:
        return 0.0
    return max((weight for other, weight in families.items() if akin(word, other)), default=0.0)


def _gap(word: int, first: int, last: int) -> int:
    """Return how far a word stands from a name; one behind it counts as one farther."""
    return first - word if word < first else word - last + 1


def title_words(hit: Hit) -> tuple[str, ...]:
    """Return the words of a document's title that identify it, as they are looked up."""
    return tuple(name_words(bare(hit.document.metadata.title or "")))


def bare(title: str) -> str:
    """Return a title without a closing remark in brackets, such as ``(1982 film)``."""
    return _BRACKETED.sub("", title)
