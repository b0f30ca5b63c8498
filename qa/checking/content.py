"""Content: which of a statement's words its cited quotations have, and where.

A word counts as found if its stem stands there, if it is a name that is written otherwise there, or
stands for its initials; a word of like meaning or of the same beginning counts in part. How telling
a word is comes from its rarity.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from index.text import tokens as vocabulary
from qa.text.figures import Figure
from qa.text.lexicon import CAPITALS
from qa.text.spellings import same_spelling
from qa.text.synonyms import concept
from qa.text.words import content_stems, is_content, key, name_words, names, same_name, stem, tokens

LIKE_MEANING = 0.8
"""What a word of like meaning counts."""

LIKE_FORM = 0.6
"""What a word counts that begins alike: "publisher" and "publication"."""

_BEGINNING = 5
_COMMONEST, _RAREST = 300, 100_000
_LEAST = 0.1
_NUMBER = 0.8
_SAYING = frozenset(
    map(
        stem,
        "reportedly allegedly purportedly supposedly according said say exactly nobody nothing "  # noqa: SIM905
        "somebody someone something anybody anyone anything everybody everyone".split(),
    )
)
"""Words of saying, which are compared as hedges, and words that stand for nobody in particular."""


@lru_cache(maxsize=65_536)
def rarity(word: str) -> float:
    """Return how telling a word is, 0.1 to 1, by its rank in the tokenizer's vocabulary.

    Logarithmic between the 300th merge and the last; a word that takes several tokens is rare. This
    stands in for the inverse document frequency, which a few quotations cannot give.
    """
    looked_up = key(word)
    if looked_up[:1].isdigit():
        return _NUMBER
    ranks = [vocabulary.rank(form) for form in (looked_up, looked_up.capitalize())]
    rank = min((r for r in ranks if r is not None), default=_RAREST)
    share = math.log(max(rank, _COMMONEST) / _COMMONEST) / math.log(_RAREST / _COMMONEST)
    return min(1.0, max(_LEAST, share))


@dataclass(frozen=True, slots=True)
class Word:
    """A content word of a statement."""

    text: str
    """The word as written."""
    start: int
    """Where it stands first in the statement."""
    weight: float
    """Its rarity."""
    quotes: frozenset[int]
    """Numbers of the quotations that have its stem."""
    found: float
    """How far the quotations together have it, 0 to 1."""
    in_figure: bool
    """Whether it belongs to a figure, which is compared as such."""

    @property
    def named(self) -> bool:
        """Whether it is written as a name."""
        return not self.text[0].islower() and not self.in_figure


class Source:
    """Cited quotations, ready to look words up."""

    def __init__(self, quotes: Sequence[str]) -> None:
        """Read the quotations."""
        self.text = "\n".join(quotes)
        self.stems = [frozenset(content_stems(quote)) for quote in quotes]
        self.names = names(self.text)
        self.keys = _keys(self.text)
        self._all = frozenset[str]().union(*self.stems)
        self._concepts = {concept(s) for s in self._all}
        self._beginnings = {s[:_BEGINNING] for s in self._all if len(s) >= _BEGINNING}

    def has_name(self, word: str) -> bool:
        """Return whether a word of a name stands there in one of its forms or spellings."""
        return is_among(word, self.keys)

    def find(self, word_stem: str, text: str, abbreviated: Collection[str]) -> float:
        """Return how far a word is there, 0 to 1."""
        if word_stem in self._all or key(text) in abbreviated:
            return 1.0
        if text[0].isupper() and self.has_name(key(text)):
            return 1.0
        if concept(word_stem) in self._concepts:
            return LIKE_MEANING
        return LIKE_FORM if word_stem[:_BEGINNING] in self._beginnings else 0.0


def compare_content(
    statement: str, stated: Sequence[Figure], source: Source, said: Collection[str] = ()
) -> list[Word]:
    """Return the content words of a statement, each once, with how far the source has them.

    Args:
        statement: The statement.
        stated: Its figures.
        source: The quotations.
        said: Stems that the source says in other words, such as the denied opposite.
    """
    abbreviated = _abbreviated(statement, source)
    found: dict[str, Word] = {}
    for token in tokens(statement):
        word_stem = stem(token.text)
        if not is_content(token.text) or word_stem in found or word_stem in _SAYING:
            continue
        inside = any(
            f.start <= token.start < f.end
            or f.stated.start <= token.start < f.start
            or (f.stated.start < token.start and token.end == f.stated.end)
            for f in stated
        )
        found[word_stem] = Word(
            text=token.text,
            start=token.start,
            weight=rarity(token.text),
            quotes=frozenset(i for i, stems in enumerate(source.stems) if word_stem in stems),
            found=1.0 if word_stem in said else source.find(word_stem, token.text, abbreviated),
            in_figure=inside,
        )
    return list(found.values())


def is_among(word: str, others: Collection[str]) -> bool:
    """Return whether a word of a name, as looked up, is one of the others in some form."""
    return word in others or any(_same(word, other) for other in others)


@lru_cache(maxsize=65_536)
def _same(one: str, other: str) -> bool:
    return same_name(one, other) or same_spelling(one, other)


def initials(words: Sequence[str]) -> str:
    """Return the initials of a name of several words, as its abbreviation is looked up."""
    return "".join(word[0] for word in words) if len(words) > 1 else ""


def _keys(source: str) -> set[str]:
    """Return the words of the source, with the countries that its capitals stand for."""
    keys = {key(token.text) for token in tokens(source)}
    return keys | {word for name in keys & CAPITALS.keys() for word in CAPITALS[name].split()}


def _abbreviated(statement: str, source: Source) -> set[str]:
    """Return the words of the statement that the source has as initials, or the reverse."""
    full = [name_words(name) for name in names(statement)]
    found = {word for words in full if initials(words) in source.keys for word in words}
    return found | {initials(name_words(name)) for name in source.names}
