"""Words around a value that keep it from being one, or make it one: parts, prices, other years."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

from qa.compose import EvidenceSentence
from qa.features import Asked
from qa.text.synonyms import concept
from qa.text.words import stem

_PART = re.compile(
    r"\b(?:(?:among (?:them|these|whom)|of (?:them|whom|which|these|those)|including|include[sd]?)"
    r"\s*(?:\w+\s){0,2}|(?:another|a further|an additional|additional)\s+)$",
    re.IGNORECASE,
)
# "Two of my people died", "two more bodies": others are counted elsewhere.
_PART_BEHIND = re.compile(
    r"\s+(?:of\s+(?:my|our|his|her|its|their|them|these|those)\b|more\b(?!\s+than\b))",
    re.IGNORECASE,
)
_BESIDE = re.compile(r"\b(?:with|in|at|from|for|on|near|against|inside)\s+(?:the\s+)?$", re.I)
_YEAR = re.compile(r"(?:1[5-9]|20)\d\d(?:\.0+)?")
_FOR = re.compile(
    r"\bfor\s+(?:(?:about|around|some|nearly|almost|over|more than|up to|just)\s+)*$", re.IGNORECASE
)


def is_part(quote: str, start: int, end: int) -> bool:
    """Return whether a figure of a sentence is told as part of, or on top of, another."""
    before = quote[max(0, start - 40) : start]
    return bool(_PART.search(before) or _PART_BEHIND.match(quote, end))


def is_behind_for(quote: str, start: int) -> bool:
    """Return whether a sum stands behind "for", as in "sold … for £5 million"."""
    return _FOR.search(quote[:start]) is not None


def is_beside_doer(quote: str, start: int) -> bool:
    """Return whether a name stands behind a small word that makes it no doer: "with Varn"."""
    return _BESIDE.search(quote[:start]) is not None


def is_of_year(sentence: EvidenceSentence, years: Collection[int], asked: Asked) -> bool:
    """Return whether a sentence may tell of the year that is asked for.

    The news of another year may only if its passage names the year.

    Args:
        sentence: the sentence.
        years: the years that it states itself.
        asked: the question.
    """
    wanted = [str(int(float(figure))) for figure in asked.figures if _YEAR.fullmatch(figure)]
    published = sentence.document.metadata.published_at
    if not wanted or years or published is None:
        return True
    text = sentence.passage.span.cut(sentence.document.text)
    return any(year == str(published.year) or year in text for year in wanted)


@lru_cache(maxsize=1)
def price_words() -> frozenset[str]:
    """Return the stems of words that speak of one price: who sells for it and who pays it."""
    words = ("pay", "paid", "buy", "bought", "sell", "sold", "cost", "price", "worth", "purchase")
    return frozenset(concept(stem(word)) for word in (*words, "acquire", "fetched"))
