"""What a question of quantity demands of a figure beyond its kind: a rate, an age, a length.

"How much is paid per share?" is not answered by a price, and "how old is she?" not by any number
beside her name. What is demanded is read from closed lists; a question without such words demands
nothing.
"""

# ruff: noqa: SIM905 -- short lists of words read better as text

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from index.models import Span
from qa.text.figures import Figure
from qa.text.words import stem

RATE = re.compile(
    r"\b(?:(?:a|an|per|each|every)\s+(?:second|minute|hour|day|night|week|month|quarter|year|person|"
    r"head|capita|household|square|litre|liter|kilo|tonne|ton|barrel|share|soldier|worker)|"
    r"(?:hour|dai|week|month|quarter|annual|year)ly|on average|average)\b",
    re.IGNORECASE,
)
"""Words by which a figure is so much in each of something."""

_EACH = re.compile(r"\bper\s+\w|\b(?:a|each|every)\s+(?:share|head|person)\b", re.IGNORECASE)
_OLD = re.compile(
    r"\bhow\s+old\b|\bwhat\s+age\b|\bwhat\s+(?:is|was)\b.{1,40}\bage\b", re.IGNORECASE
)
_LONG = re.compile(r"\bhow\s+(?:long|far(?!\s+(?:along|advanced)))\b", re.IGNORECASE)
_AGED = re.compile(r"\b(?:aged?|age of|turned|is|was)\s+(?:about\s+|only\s+)?$", re.IGNORECASE)
_ASIDE = re.compile(r"\s*(?:,|\)|$)")
_SCORE = re.compile(r"(?<![\w.,])(\d[\d,]*)\s?(?:to|[-–]|against)\s?(\d[\d,]*)(?![\w%]|[.,]\d)")
_FROM = re.compile(r"\b(?:from|between)\s+$", re.IGNORECASE)
_OLDEST = 150


@dataclass(frozen=True, slots=True)
class Demands:
    """What a question demands of a figure."""

    each: bool
    """Whether it asks for so much in each of something."""
    age: bool
    """Whether it asks how old somebody or something is."""
    extent: bool
    """Whether it asks how long or how far."""


def read_demands(question: str) -> Demands:
    """Return what a question demands of the figure that answers it."""
    return Demands(
        each=bool(_EACH.search(question)),
        age=bool(_OLD.search(question)),
        extent=bool(_LONG.search(question)),
    )


def meets(demands: Demands, text: str, figure: Figure) -> bool:
    """Return whether a figure of a text may be what is demanded.

    Args:
        demands: what the question demands.
        text: the sentence.
        figure: one of its figures.
    """
    if demands.each and not RATE.search(text, figure.end, figure.end + 40):
        return False
    if demands.age:
        return figure.kind in ("date", "year") or _is_age(text, figure)
    if demands.extent and figure.kind in ("number", "range"):
        return figure.unit is None or figure.unit in _extents()
    return True


def scores(text: str) -> list[Span]:
    """Return where a text gives the two sides of a vote or match: "by 1,912 to 744".

    Neither number is the whole of it. A pair that rises is a range, and one behind "from" a change.
    """
    found = []
    for match in _SCORE.finditer(text):
        first, second = (int(number.replace(",", "") or 0) for number in match.groups())
        if first > second and not _FROM.search(text[: match.start()]):
            found.append(Span(*match.span()))
    return found


def _is_age(text: str, figure: Figure) -> bool:
    if figure.kind not in ("number", "range"):
        return False
    if figure.unit is not None:
        return figure.unit in _times()
    if figure.value > _OLDEST or not float(figure.value).is_integer():
        return False
    before = text[: figure.start]
    aside = before.rstrip().endswith((",", "(")) and _ASIDE.match(text, figure.end)
    return bool(aside or _AGED.search(before))


@lru_cache(maxsize=1)
def _times() -> frozenset[str]:
    return frozenset(map(stem, "day week month year decade century centuries".split()))


@lru_cache(maxsize=1)
def _extents() -> frozenset[str]:
    words = (
        "second minute hour night quarter season page word km cm m mm ft mi kilometre kilometer "
        "metre meter mile foot feet inch yard block light-year step stop generation term session"
    )
    return _times() | frozenset(map(stem, words.split()))
