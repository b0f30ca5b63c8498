"""Numbers in running text, in digits and in words, with exact places.

Digits may be grouped by commas or spaces; a point is a decimal point, as English has it. Words are
read up to the trillions ("two hundred and fifty thousand"). Parts of names (``Shahed-136``, ``G7``)
are no numbers, and neither is "one" where it stands for a thing ("one of them").
"""

# ruff: noqa: SIM905 -- lists of number words read better as text

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

_ONES = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * value
    for value, word in enumerate(
        "twenty thirty forty fifty sixty seventy eighty ninety".split(),
        2,
    )
}
_SCALES = {"thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
_LETTERS = {"k": 1e3, "K": 1e3, "M": 1e6, "mn": 1e6, "mln": 1e6, "bn": 1e9, "B": 1e9, "tn": 1e12}
_ATTACHED_MONEY = {"m": 1e6, "b": 1e9, "t": 1e12}
_SHARES = {"half": 50.0, "third": 100 / 3, "quarter": 25.0, "fifth": 20.0, "tenth": 10.0}
MEASURES = frozenset(
    "km kg m cm mm mph kmh kW MW GW ha ft lb lbs g t kB KB GB MB TB mi s h C F W V".split()
)
"""Units that are written right behind their number."""

_COUNTS = {"a": 1, "one": 1, "two": 2, "three": 3, "four": 4}

_SMALL = "|".join((*_ONES, *_TENS))
_WORDS = re.compile(
    rf"\b(?:(?:half\s+)?an?\s+(?=hundred|thousand|million|billion|trillion|dozen))?"
    rf"(?:{_SMALL}|hundred|{'|'.join(_SCALES)}|dozen)"
    rf"(?:\s+and\s+a\s+half\b|(?:[\s-]+|\s+and\s+)(?:{_SMALL}|hundred|{'|'.join(_SCALES)}|dozen))*"
    rf"\b(?!['’-]\w*s\b)",
    re.IGNORECASE,
)
_GROUPED = (
    r"\d{1,3}(?:,\d{2,3})*,\d{3}|\d{1,3}(?:[\u00a0\u2009\u202f ]\d{3})+|\d{1,3}(?:['’]\d{3})+"
)
_DIGITS = re.compile(
    rf"(?<![\w.,:/])(?P<sign>[-−])?(?P<digits>(?:{_GROUPED})(?![\d])(?:\.\d+)?|\d+(?:[.,]\d{{1,2}}(?![\d,]))"
    rf"|\d+(?:\.\d+)?)"
    rf"(?P<vulgar>[¼½¾⅓⅔])?"
    rf"(?:(?:\s|-)?(?P<scale>hundred|thousand|million|billion|trillion)s?\b|(?P<letters>k|K|M|mn|mln|m|bn|b|B|tn|t)\b)?"
    rf"(?!\d|[.:/]\d)",
)
_SHARE = re.compile(
    r"\b(?P<count>an?|one|two|three|four)?[\s-]?(?P<share>half|thirds?|quarters?|fifths?|tenths?)"
    r"(?=\s+(?:of|the|its|their|his|her|all)\b)",
    re.IGNORECASE,
)
_NO_NUMBER_BEFORE = re.compile(
    r"\b(?:no|any|every|each|this|that|the|another|which|some|other|last|next|day)[\s-]$",
    re.IGNORECASE,
)
_NO_NUMBER_AFTER = re.compile(
    r"(?:['’]s\b|\s+(?:of|another|day|who|that|which|is|was|has|had|would|could|should|can|must|may)\b)"
)


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number in a text."""

    start: int
    """First code point."""
    end: int
    """One past the last."""
    value: float
    """The number."""
    share: bool = False
    """Whether it is a fraction of a whole in words, given in percent: "half of" is 50."""


def numerals(text: str) -> list[Numeral]:
    """Return the numbers of a text in order, none overlapping."""
    found = [*_in_digits(text), *_shares(text)]
    taken = [(n.start, n.end) for n in found]
    found += [
        numeral
        for numeral in _in_words(text)
        if all(end <= numeral.start or numeral.end <= start for start, end in taken)
    ]
    return sorted(found, key=lambda n: n.start)


def _in_digits(text: str) -> list[Numeral]:
    found = []
    for match in _DIGITS.finditer(text):
        start, end = match.span()
        sign = match["sign"]
        before = text[max(0, start - 1) : start]
        if sign and not _is_sign(text, start):
            start += 1
            if text[max(0, start - 2) : start - 1].isalpha():  # Shahed-136
                continue
        elif before in ("-", "‑", "–") and text[max(0, start - 2) : start - 1].isalpha():
            continue
        # "15kg" is a number, "3rd" and "21st" are none.
        if re.match(r"[^\W\d_]|['’]\w", text[end : end + 2]) and not _is_unit(text, end):
            continue
        value = _value(match["digits"])
        if match["vulgar"]:
            value += unicodedata.numeric(match["vulgar"])
        scale = match["scale"]
        letters = match["letters"]
        if scale:
            value *= 100 if scale == "hundred" else _SCALES[scale]
        elif letters:
            money = bool(re.search(r"[$€£¥₽₴₹]\s?$", text[max(0, start - 2) : start]))
            if letters in _LETTERS:
                value *= _LETTERS[letters]
            elif money:
                value *= _ATTACHED_MONEY[letters]
            else:  # "5m" without a currency is five metres
                end = match.start("letters")
        negative = sign and start == match.start()
        found.append(Numeral(start, end, -value if negative else value))
    return found


def _value(digits: str) -> float:
    """Return the value of digits with separators; ``1,5`` is a decimal comma, ``1,500`` is not."""
    if re.fullmatch(r"\d+,\d{1,2}", digits):
        return float(digits.replace(",", "."))
    return float(re.sub(r"[^\d.]", "", digits))


def _is_sign(text: str, start: int) -> bool:
    """Return whether the dash at ``start`` is a minus sign: nothing but white space before it."""
    return start == 0 or text[start - 1] in " \t\n(\u00a0"


def _is_unit(text: str, start: int) -> bool:
    """Return whether the letters at ``start`` are a unit of measurement."""
    letters = re.match(r"[^\W\d_]+", text[start : start + 12])
    return letters is not None and letters[0] in MEASURES


def _shares(text: str) -> list[Numeral]:
    found = []
    for match in _SHARE.finditer(text):
        count = _COUNTS.get((match["count"] or "a").lower().removesuffix("n"), 1)
        share = _SHARES[match["share"].lower().removesuffix("s")]
        bare = match["count"] is None
        if bare and match["share"].lower() != "half":  # "third of" alone is a rank
            continue
        start = match.start() + len(match[0]) - len(match[0].lstrip(" -"))
        found.append(Numeral(start, match.end(), count * share, share=True))
    return found


def _in_words(text: str) -> list[Numeral]:
    found = []
    for match in _WORDS.finditer(text):
        if match[0].lower() == "one" and (
            _NO_NUMBER_BEFORE.search(text[: match.start()][-9:])
            or _NO_NUMBER_AFTER.match(text[match.end() :])
        ):
            continue
        found += [
            Numeral(match.start() + start, match.start() + end, value)
            for start, end, value in _read_words(match[0])
        ]
    return found


def _read_words(phrase: str) -> list[tuple[int, int, float]]:
    """Return the numbers in a run of number words, with their places in it.

    Mostly one; a run that breaks the rules of number words ("two five") gives several.
    """
    found: list[tuple[int, int, float]] = []
    total = group = 0.0
    start = end = -1
    size = 1e15  # value that the next word has to stay below within its group
    for match in re.finditer(r"[A-Za-z]+", phrase):
        word = match[0].lower()
        if word in ("half", "a", "an", "and"):
            if word == "half" and start >= 0:  # "three and a half million"
                group, size, end = group + 0.5, 0.0, match.end()
            elif start < 0 and word != "and":
                start, end = match.span()
                group, size = (0.5, 1.0) if word == "half" else (group or 1.0, 1.0)
            continue
        value = float(_ONES.get(word, _TENS.get(word, -1)))
        if value >= 0:
            fits = value < size and not (size < 100 and value == 0)
            if start >= 0 and not fits:
                found.append((start, end, total + group))
                total = group = 0.0
                start = -1
            if start < 0:
                start = match.start()
            group += value
            size = 10 if value >= 20 else 1
        else:
            factor = {"hundred": 100.0, "dozen": 12.0, **_SCALES}[word]
            if start < 0:
                start, group = match.start(), 1.0
            if factor < 1e3:
                group, size = (group or 1.0) * factor, factor
            else:
                total, group, size = total + (group or 1.0) * factor, 0.0, 1e15
        end = match.end()
    if start >= 0 and end > start:
        found.append((start, end, total + group))
    return found
