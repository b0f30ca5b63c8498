"""One spelling for texts that mean the same, so that facts can be compared without a model.

``normalise("about Ten thousand – 10 per cent")`` is ``"about 10000 - 10%"``. The result is meant
for comparison only; it is never shown and never counted in.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

_ONES = (
    *("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"),
    *("ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen"),
    *("eighteen", "nineteen"),
)
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_SMALL = {
    **{word: value for value, word in enumerate(_ONES)},
    **{word: 10 * value for value, word in enumerate(_TENS, start=2)},
}
_SCALES = {
    "hundred": 100,
    "thousand": 1_000,
    "million": 1_000_000,
    "mn": 1_000_000,
    "billion": 1_000_000_000,
    "bn": 1_000_000_000,
    "trillion": 1_000_000_000_000,
}
_MONTHS = (
    *("january", "february", "march", "april", "may", "june"),
    *("july", "august", "september", "october", "november", "december"),
)
_MARKS = str.maketrans(
    dict.fromkeys("“”„‟«»", '"') | dict.fromkeys("‘’‚‛`´", "'") | dict.fromkeys("‐‑‒–—―−", "-")
)
_SMALL_WORD = "|".join(_SMALL)
_SCALE_WORD = "hundred|thousand|million|billion|trillion"
_WORDS = re.compile(
    rf"\b(?:{_SMALL_WORD})(?:(?:[\s-]+|(?<=hundred) and |(?<=thousand) and )"
    rf"(?:{_SMALL_WORD}|{_SCALE_WORD}))*\b"
)
_GROUPED = re.compile(r"(?<![\d.,])\d{1,3}(?:[,'\u00a0\u2009\u202f]\d{3})+(?!\d)")
_SCALED = re.compile(rf"(?<![\d,])(\d+(?:\.\d+)?)[\s-]*({'|'.join(_SCALES)})\b")
_PERCENT = re.compile(r"(?<=\d)\s*(?:%|per\s?cent\b|pct\b)")
_ORDINAL = re.compile(r"(?<=\d)(?:st|nd|rd|th)\b")
_MONTH = "|".join(rf"{name[:3]}(?:{name[3:]}|t)?" if name[3:] else name for name in _MONTHS)
_MONTH_DAY = re.compile(rf"\b({_MONTH})\b\.? (\d{{1,2}})(?![\d.])")
_DAY_MONTH = re.compile(rf"\b(\d{{1,2}})(?: of)? ({_MONTH})\b\.?")


def normalise(text: str) -> str:
    """Return ``text`` in the one spelling used for comparison.

    Case, compatibility forms (Unicode NFKC), quotation marks, dashes and runs of white space are
    unified; numbers in words become digits, thousands separators go, ``4.8 billion`` is written
    out, ``per cent`` becomes ``%``, ordinals lose their ending and ``January 17`` turns around.
    """
    text = text.translate(_MARKS).casefold()
    text = _GROUPED.sub(lambda match: re.sub(r"\D", "", match[0]), text)
    text = unicodedata.normalize("NFKC", text).translate(_MARKS)
    text = " ".join(text.split())
    text = _WORDS.sub(lambda match: str(_value(match[0])), text)
    text = _SCALED.sub(_written_out, text)
    text = _PERCENT.sub("%", text)
    text = _ORDINAL.sub("", text).replace("us$", "$")
    text = _MONTH_DAY.sub(lambda match: f"{match[2]} {_month(match[1])}", text)
    return _DAY_MONTH.sub(lambda match: f"{match[1]} {_month(match[2])}", text)


def contains(text: str, wording: str) -> bool:
    """Return whether ``wording`` stands in ``text`` as whole words; both are normalised already.

    ``"11000"`` is in ``"about 11000 men"`` and is not in ``"111000"`` or ``"11000.5"``.
    """
    pattern = rf"(?<!\w)(?<!\d[.,]){re.escape(wording)}(?!\w)(?![.,]\d)"
    return re.search(pattern, text) is not None


def _value(words: str) -> int:
    """Return the number that English number words mean."""
    total = current = 0
    for word in re.findall(r"[a-z]+", words):
        if word in _SMALL:
            current += _SMALL[word]
        elif word == "hundred":
            current = max(current, 1) * 100
        elif word != "and":
            total += max(current, 1) * _SCALES[word]
            current = 0
    return total + current


def _written_out(match: re.Match[str]) -> str:
    value = Decimal(match[1]) * _SCALES[match[2]]
    return f"{value.normalize():f}"


def _month(name: str) -> str:
    return next(month for month in _MONTHS if month.startswith(name[:3]))
