"""Figures: every number, share, sum of money, range, date and year in a text, ready to compare.

A figure has a value that does not depend on how it is written ("six thousand" and "6,000"), the
unit that it counts ("troops") and the word that qualifies it ("nearly"), because two texts agree on
a figure only if they agree on all three.
"""

# ruff: noqa: SIM905 -- short lists of words read better as text

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from index.models import Span
from qa.text.dates import Moment, moments
from qa.text.numerals import MEASURES, Numeral, numerals
from qa.text.remembered import remembered_list
from qa.text.words import Token, is_content, stem, tokens

Kind = Literal["number", "percent", "money", "range", "year", "date", "time"]
"""What a figure is; a range may be one of numbers, shares or money."""

Qualifier = Literal["about", "nearly", "more than", "at least", "less than", "up to"]
"""How a text hedges a figure, in one word for each family of words."""

_QUALIFIERS: dict[Qualifier, str] = {
    "at least": r"at least|no fewer than|no less than|not less than|a minimum of",
    "up to": r"up to|as many as|as much as|at most|no more than|not more than|a maximum of",
    "more than": r"(?:well |just |slightly )?(?:more than|over|above)|upwards of|in excess of|"
    r"exceed(?:s|ed|ing)?|greater than|higher than",
    "less than": r"(?:well |just |slightly )?(?:less than|fewer than|under|below)|lower than",
    "nearly": r"nearly|almost|close to|just short of|approaching",
    "about": r"about|around|approximately|approx\.?|roughly|some|circa|ca\.|an estimated|estimated|"
    r"in the region of|on the order of|somewhere near|[~≈]",
}
_QUALIFIED = re.compile(
    "|".join(
        rf"(?P<{name.replace(' ', '_')}>(?<!\w)(?:{words}))" for name, words in _QUALIFIERS.items()
    ),
    re.IGNORECASE,
)
_BEFORE_NUMBER = re.compile(r"\s*(?:(?:the|a|an|another)\s+)?$", re.IGNORECASE)
_QUALIFIED_AFTER = re.compile(r"\s*(?:or so\b|\+|or more\b|or fewer\b|or less\b|at most\b)", re.I)
_AFTER: dict[str, Qualifier] = {
    "or so": "about",
    "+": "more than",
    "or more": "at least",
    "or fewer": "up to",
    "or less": "up to",
    "at most": "up to",
}
_PERCENT = re.compile(r"[\s-]?(?:%|per\s?cent(?:age)?\b|pct\b)(?P<points>[\s-]points?\b)?", re.I)
_SIGNS = {
    "$": "USD",
    "€": "EUR",
    "£": "GBP",
    "¥": "JPY",
    "₽": "RUB",
    "₴": "UAH",
    "₹": "INR",
    "₺": "TRY",
}
_CODES = "USD|EUR|GBP|JPY|CNY|RUB|UAH|INR|CHF|CAD|AUD|SEK|NOK|PLN|TRY|KRW|ILS|SAR|AED|IRR|BRL"
_MONEY_BEFORE = re.compile(
    rf"(?:(?<!\w)(?:US|A|C|AU|CA|NZ|HK)?(?P<sign>[$€£¥₽₴₹₺])|\b(?P<code>{_CODES}))\s?$"
)
_CURRENCIES = {
    "dollar": "USD",
    "euro": "EUR",
    "ruble": "RUB",
    "rouble": "RUB",
    "yuan": "CNY",
    "renminbi": "CNY",
    "yen": "JPY",
    "rupee": "INR",
    "hryvnia": "UAH",
    "franc": "CHF",
    "lira": "TRY",
    "rial": "IRR",
    "riyal": "SAR",
    "shekel": "ILS",
    "zloty": "PLN",
    "sterling": "GBP",
    "crown": "crown",
    "krona": "crown",
    "kronor": "crown",
    "krone": "crown",
    "kroner": "crown",
    "dinar": "dinar",
    "dirham": "dirham",
    "peso": "peso",
    "baht": "THB",
    "forint": "HUF",
    "naira": "NGN",
    "tenge": "KZT",
}
_MONEY_AFTER = re.compile(
    rf"[\s-]?(?:(?:US|American|Russian|Canadian|Australian)\s)?"
    rf"(?:(?P<word>{'|'.join(_CURRENCIES)})s?\b|(?P<code>{_CODES})\b|(?P<sign>[€₽₴₹₺]))",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\s?[-–—]\s?|\s+(?:to|and)\s+(?:as (?:many|much) as\s+)?", re.IGNORECASE)
_PEOPLE = frozenset(
    "people men women children police personnel aircraft troops staff cattle feet teeth mice geese "
    "sheep fish deer species series hertz".split()
)
_NOT_PLURAL = frozenset(
    "was has does says this its his hers theirs as us thus less perhaps always".split()
)
_UNIT_WORDS = 5


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure of a text."""

    text: str
    """The figure as written, with its sign, scale, percent or currency: ``$2.5 million``."""
    start: int
    """First code point of it in the text."""
    end: int
    """One past the last."""
    value: float
    """The number; the lower end of a range; a date as YYYYMMDD with zeros for what is not stated;
    a time as minutes since midnight; a fraction in words in percent."""
    kind: Kind
    """What it is."""
    stated: Span
    """The figure together with its qualifier and unit: ``nearly six thousand Shahed drones``."""
    unit: str | None = None
    """Stem of what is counted, ``%``, ``percentage point``, ISO 4217 code (or the currency's name
    where several countries share it), or ``decade``."""
    qualifier: Qualifier | None = None
    """How it is hedged."""
    upper: float | None = None
    """Upper end of a range."""

    @property
    def year(self) -> int:
        """The year of a date or year; 0 if not stated or something else."""
        if self.kind == "year":
            return int(self.value)
        return int(self.value) // 10_000 if self.kind == "date" else 0

    @property
    def month(self) -> int:
        """The month of a date; 0 if not stated or something else."""
        return int(self.value) // 100 % 100 if self.kind == "date" else 0

    @property
    def day(self) -> int:
        """The day of the month of a date; 0 if not stated or something else."""
        return int(self.value) % 100 if self.kind == "date" else 0


@remembered_list
def figures(text: str) -> list[Figure]:
    """Return the figures of a text in order.

    They do not overlap, except that both ends of a pair of days or years ("5-7 May", "2019-20")
    have the place of the pair.
    """
    words = tokens(text)
    dated = moments(text)
    counted = [
        moment
        for moment in dated
        if moment.kind == "year" and not moment.decade and _counts(text, words, moment)
    ]
    found = [_from_moment(text, moment) for moment in dated if moment not in counted]
    taken = [(figure.start, figure.end) for figure in found]
    numbers = [
        _from_numeral(text, words, numeral)
        for numeral in numerals(text)
        if all(end <= numeral.start or numeral.end <= start for start, end in taken)
    ]
    return sorted([*found, *_ranges(text, numbers)], key=lambda f: (f.start, f.end, f.value))


def _from_moment(text: str, moment: Moment) -> Figure:
    kind: Kind
    if moment.kind == "time":
        kind, value = "time", moment.minutes
    elif moment.kind == "year":
        kind, value = "year", moment.year
    else:
        kind, value = "date", moment.year * 10_000 + moment.month * 100 + moment.day
    return Figure(
        text=text[moment.start : moment.end],
        start=moment.start,
        end=moment.end,
        value=float(value),
        kind=kind,
        stated=Span(moment.start, moment.end),
        unit="decade" if moment.decade else None,
    )


def _counts(text: str, words: list[Token], moment: Moment) -> bool:
    """Return whether what looks like a year counts things, as in "about 2000 troops"."""
    before = text[max(0, moment.start - 16) : moment.start]
    if re.search(r"[$€£¥₽₴₹₺]\s?$", before):
        return True
    if re.search(
        r"\b(?:in|of|the|since|by|until|before|after|during|from|to|and|early|late|mid|for)[\s-]+$",
        before,
        re.IGNORECASE,
    ):
        return False
    after = next(_behind(words, moment.end), None)
    if after is None or text[moment.end : after.start] != " ":
        return False
    return _is_plural(after) or after.text in MEASURES


def _from_numeral(text: str, words: list[Token], numeral: Numeral) -> Figure:
    start, end = numeral.start, numeral.end
    kind: Kind = "number"
    unit: str | None = None
    unit_end = end
    money_before = _MONEY_BEFORE.search(text[max(0, start - 8) : start])
    if numeral.share:
        kind, unit = "percent", "%"
    elif percent := _PERCENT.match(text, end):
        kind, end = "percent", percent.end()
        unit = "percentage point" if percent["points"] else "%"
    elif money_before:
        kind = "money"
        unit = money_before["code"] or _SIGNS[money_before["sign"]]
        start -= len(money_before[0])
    elif money := _MONEY_AFTER.match(text, end):
        kind, end = "money", money.end()
        unit = _currency(money)
    else:
        unit, unit_end = _unit(text, words, numeral)
    qualifier, first, last = _qualifier(text, start, end)
    return Figure(
        text=text[start:end],
        start=start,
        end=end,
        value=numeral.value,
        kind=kind,
        stated=Span(first, max(last, unit_end)),
        unit=unit,
        qualifier=qualifier,
    )


def _currency(match: re.Match[str]) -> str:
    if match["word"]:
        return _CURRENCIES[match["word"].lower()]
    return match["code"].upper() if match["code"] else _SIGNS[match["sign"]]


def _qualifier(text: str, start: int, end: int) -> tuple[Qualifier | None, int, int]:
    """Return the family of the word that hedges a figure, and the place of both together."""
    window = max(0, start - 40)
    before = text[window:start]
    last: re.Match[str] | None = None
    for match in _QUALIFIED.finditer(before):
        if _BEFORE_NUMBER.fullmatch(before, match.end()):
            last = match
            break
    if last is not None and last.lastgroup:
        name: Qualifier = last.lastgroup.replace("_", " ")  # type: ignore[assignment]
        return name, window + last.start(), end
    after = _QUALIFIED_AFTER.match(text, end)
    if after:
        return _AFTER[after[0].strip().lower()], start, after.end()
    return None, start, end


def _behind(words: list[Token], place: int) -> Iterator[Token]:
    """Yield the words that begin at a place or behind it."""
    first = bisect_left(words, place, key=lambda word: word.start)
    return (words[at] for at in range(first, len(words)))


def _unit(text: str, words: list[Token], numeral: Numeral) -> tuple[str | None, int]:
    """Return the stem of what a number counts and where its word ends.

    It is the first plural within the next words, passing adjectives and names but no punctuation,
    number or function word; for a hyphen ("20-year") and for one thing, the next word.
    """
    attached = re.match(r"[^\W\d_]+", text[numeral.end : numeral.end + 8])
    if attached:  # "15kg"
        return stem(attached[0]), numeral.end + attached.end()
    position = numeral.end
    for step, word in enumerate(_behind(words, numeral.end)):
        gap = text[position : word.start]
        if step == 0 and gap in ("", "-", "‑") and word.text[0].isalpha():
            return stem(word.text), word.end
        if step == 0 and word.text in MEASURES:
            return stem(word.text), word.end
        if step == _UNIT_WORDS or gap not in (" ", "-", "\u00a0") or word.text[0].isdigit():
            break
        if word.text.lower() in ("of", "the", "its", "their", "his", "her", "these", "those"):
            if step > 2:
                break
        elif not is_content(word.text):
            break
        elif _is_plural(word) or (numeral.value == 1 and word.text.islower()):
            return stem(word.text), word.end
        position = word.end
    return None, numeral.end


def _is_plural(word: Token) -> bool:
    lower = word.text
    if not lower.islower() or lower in _NOT_PLURAL:
        return False
    return lower in _PEOPLE or (len(lower) > 3 and lower[-1] == "s" and lower[-2] not in "sui'’")


def _ranges(text: str, numbers: list[Figure]) -> list[Figure]:
    """Return the numbers with neighbours such as "10,000 to 12,000 troops" joined to ranges."""
    found: list[Figure] = []
    for figure in numbers:
        lower = found[-1] if found else None
        if lower is None or not _is_range(text, lower, figure):
            found.append(figure)
            continue
        joint = text[lower.end : figure.start].strip().lower()
        low = _scaled(text, lower, figure)
        before = text[max(0, lower.stated.start - 9) : lower.stated.start].lower()
        if joint not in ("-", "–", "—") and re.search(r"\bfrom\s+$", before):
            # "from 10 to 12 percent" is a change: two figures of the same unit.
            found[-1] = replace(lower, value=low, unit=figure.unit, kind=figure.kind)
            found.append(figure)
            continue
        found[-1] = Figure(
            text=text[lower.start : figure.end],
            start=lower.start,
            end=figure.end,
            value=low,
            kind="range",
            stated=Span(lower.stated.start, figure.stated.end),
            unit=lower.unit if lower.kind == "money" else figure.unit,
            qualifier=lower.qualifier,
            upper=figure.value,
        )
    return found


def _is_range(text: str, lower: Figure, upper: Figure) -> bool:
    joint = text[lower.end : upper.start]
    if lower.kind == "range" or not _BETWEEN.fullmatch(joint):
        return False
    priced = lower.kind == "money" and upper.kind == "number"  # "$2-3 billion"
    if lower.unit not in (None, upper.unit) and not priced:
        return False
    if "and" in joint.lower():
        before = text[max(0, lower.stated.start - 9) : lower.stated.start]
        if not re.search(r"\bbetween\s+$", before, re.IGNORECASE):
            return False
    return _scaled(text, lower, upper) < upper.value


def _scaled(text: str, lower: Figure, upper: Figure) -> float:
    """Return the lower value with the scale that only the upper one states: "2 to 3 million"."""
    scale = re.search(
        r"(hundred|thousand|million|billion|trillion)s?$", text[upper.start : upper.end]
    )
    words = re.search(r"[a-z]", text[lower.start : lower.end])
    if scale and not words and lower.value < 1000:
        factors = {
            "hundred": 1e2,
            "thousand": 1e3,
            "million": 1e6,
            "billion": 1e9,
            "trillion": 1e12,
        }
        return lower.value * factors[scale[1]]
    return lower.value
