"""Who wrote it, for whom and when, read out of the lines around the start of a text.

All of this is inference and is marked as such. A wrong author or date is worse than none: what has
a second reading is left out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from index.load import labels
from index.load.dates import parse_date
from index.load.rows import Row
from index.models import Metadata

_BY = re.compile(
    r"(?i:(?:(?:written|reported|reporting|story|words|posted|article|report|analysis|opinion|"
    r"commentary|review)\s+by|by|authors?:|par)):?\s+(?=\S)"
)
_NAME = (
    r"(?:[^\W\d_a-zß-öø-ÿ][\w.'’-]*|de|du|da|dos|del|della|van|von|der|den|bin|ibn|al|el|la|le|ben)"
)
_PERSON = re.compile(rf"{_NAME}(?: {_NAME}){{1,4}}")
_ONE_NAME = re.compile(r"[^\W\d_a-zß-öø-ÿ][\w'’-]+")
_SEPARATOR = re.compile(r"\s*[|•·∙●]\s*|\s+[-–—/]\s+|\s{2,}|\t")
_DATED = re.compile(
    r",?\s+(?:on\s+)?(?=(?i:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\.?,?\s)?"
    r"(?:(?i:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?\s\d|\d{1,2}\s[A-Za-z]{3,9}"
    r"\.?,?\s\d{4}|\d{4}-\d\d))|\s+for\s+(?=[A-Z])"
)
_POSTED_BY = re.compile(r"(?i:(?:posted|published|updated)\b(?P<day>.{3,50}?)\sby\s+)(?=\S)")
_AND = re.compile(r",?\s+(?i:and|&|et|und|y)\s+|,\s*")
_DATE = re.compile(
    r"(?i:\d{4}-\d{2}-\d{2}|(?<!\d)\d{1,2}(?:st|nd|rd|th)? [a-z]{3,9}\.?,? \d{4}"
    r"|\b[a-z]{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{4})(?!\d)"
)
_TOKEN = re.compile(r"[^\W\d_]+|\d+")
_CHANGED = re.compile(r"(?i:(?:last )?(?:updated|modified|revised|edited)\b)")
_AGENCY = re.compile(r"\((Reuters|AP|AFP|dpa|TASS|UPI|CNN|Xinhua|ANI|Bloomberg|IANS|PTI)\)")
_NO_OUTLET_START = re.compile(
    r"(?:A|An|How|Why|What|When|Who|Where|Is|Are|Can|Will|In|On|For|From|To|With|After|By|Inside)\b"
)


@dataclass(frozen=True, slots=True)
class Byline:
    """What a byline says."""

    author: str | None = None
    """The names, as given."""
    outlet: str | None = None
    """The outlet that stands behind them."""
    published_at: date | None = None
    """The day that stands behind them."""


def read_byline(text: str) -> Byline | None:
    """Return what a line such as ``By Ana Ruiz | The Courier | 3 May 2024`` says.

    Returns:
        ``None`` if the line is no byline; a :class:`Byline` without author if it is one whose name
        could also be something else.
    """
    if len(text) > 160:
        return None
    posted = _POSTED_BY.match(text)
    if posted and _DATE.search(posted["day"]):
        text = f"By {text[posted.end() :]} | {posted['day']}"
    start = _BY.match(text)
    rest = text[start.end() if start else 0 :].strip()
    parts = [
        piece
        for part in _SEPARATOR.split(rest)
        for piece in (_DATED.split(part, maxsplit=1) if start else [part])
        if piece
    ]
    if not parts:
        return None
    names, outlet = _names(parts[0])
    if start is None:
        dated = len(parts) > 1 and any(is_date_line(part, bare=True) for part in parts[1:])
        if not dated or names is None or not _PERSON.fullmatch(parts[0]):
            return None
    if names is None and not (start and _only_names(parts[0])):
        return None
    day: date | None = None
    for part in parts[1:]:
        if is_date_line(part, bare=True) or _DATE.search(part):
            day = day or stated_day(part)
        elif outlet is None and not labels.ROLE.search(part) and is_outlet(part, sure=False):
            outlet = part
    return Byline(names, outlet, day)


def is_date_line(text: str, *, bare: bool) -> bool:
    """Return whether a line holds nothing but dates, times and words that announce them.

    Args:
        text: The line.
        bare: Whether a date without a word such as "Published" counts too. In the body of a
            chronicle a bare date is a heading.
    """
    if len(text) > 120:
        return False
    tokens = [token.casefold() for token in _TOKEN.findall(text)]
    words = {token for token in tokens if not token.isdigit()}
    if len(words) == len(tokens) or len(tokens) > 18:
        return False
    if not words <= _DATE_WORDS:
        return False
    if words & labels.DATE_LABELS or ("ago" in words) or {"min", "read"} <= words:
        return True
    if {"minute", "read"} <= words or {"reading", "time"} <= words:
        return True
    iso = re.fullmatch(r"\d{4}-\d{2}-\d{2}\b.*|\d{1,2}[./]\d{1,2}[./]\d{4}\b.*", text)
    return bare and bool(iso or words & (labels.MONTHS | labels.WEEKDAYS))


_DATE_WORDS = labels.MONTHS | labels.WEEKDAYS | labels.DATE_LABELS | labels.DATE_FILL


def stated_day(text: str) -> date | None:
    """Return the one full date of a line, dates of a change left out; ``None`` if it has two."""
    days = set()
    for match in _DATE.finditer(text):
        labelled = re.split(r"(?i)\b(?=published|posted|created)", text[: match.start()])[-1]
        day = parse_date(match[0])
        if day is not None and day.year >= 1800 and not _CHANGED.search(labelled):
            days.add(day)
    return days.pop() if len(days) == 1 else None


def is_outlet(text: str, *, sure: bool) -> bool:
    """Return whether a short line can name an outlet; ``sure`` asks for a word that says so."""
    words = text.split()
    if not 1 <= len(words) <= 5 or len(text) > 50 or any(map(str.isdigit, text)):
        return False
    if re.search(r"[\"“”?!:;,@]", text) or text.endswith("."):
        return False
    if labels.OUTLET.search(text):
        return True
    if sure or _NO_OUTLET_START.match(text):
        return False
    return all(
        word[0].isupper() or word in ("of", "the", "for", "and", "&", "on") for word in words
    )


def agency_of(dateline: str) -> str | None:
    """Return the agency that a dateline names in parentheses."""
    match = _AGENCY.search(dateline)
    return match[1] if match else None


def infer(top: Sequence[Row], dateline: str | None, title: Row | None) -> Metadata:
    """Return what the lines around the start of a text tell, all of it marked as inferred.

    Args:
        top: The lines up to a little below the first paragraph.
        dateline: The dateline of the first paragraph, where it has one.
        title: The line that looks like the title.
    """
    author: str | None = None
    outlet = agency_of(dateline) if dateline else None
    day: date | None = None
    for number, row in enumerate(top):
        if row is title:
            continue
        byline = read_byline(row.bare)
        if byline is not None:
            author = author or byline.author
            outlet = outlet or byline.outlet or _outlet_below(top, number)
            day = day or byline.published_at
        elif day is None and (is_date_line(row.text, bare=True) or announces_date(row.text)):
            day = stated_day(row.text)
    outlet = outlet or _outlet_above_dash(top)
    name = title.bare if title is not None else None
    return Metadata(title=name, outlet=outlet, author=author, published_at=day).as_inferred()


def outlet_row(top: Sequence[Row]) -> int | None:
    """Return which of the first lines names the outlet on its own, ``None`` if none does."""
    for number, row in enumerate(top[:-1]):
        below = top[number + 1]
        if below.kind == "stray" and "—" in below.text and number == 0 and _plain_outlet(row):
            return number
        if read_byline(row.bare) is not None and _plain_outlet(below):
            following = top[number + 2] if number + 2 < len(top) else None
            if following is not None and (
                following.prose or is_date_line(following.text, bare=True)
            ):
                return number + 1
    return None


def _plain_outlet(row: Row) -> bool:
    return row.kind is None and not row.markdown_heading and is_outlet(row.text, sure=False)


def _outlet_below(top: Sequence[Row], number: int) -> str | None:
    found = outlet_row(top[number:])
    return top[number + found].text if found == 1 else None


def _outlet_above_dash(top: Sequence[Row]) -> str | None:
    found = outlet_row(top[:2])
    return top[found].text if found == 0 else None


def announces_date(text: str) -> bool:
    """Return whether a short line announces a date among other things, such as a place."""
    announced = re.match(r"(?i:published|posted|dated?)\b", text)
    return len(text) <= 80 and announced is not None and _DATE.search(text) is not None


def _names(text: str) -> tuple[str | None, str | None]:
    """Return ``(author, outlet)`` out of the first part of a byline."""
    parts = [part for part in _AND.split(text) if part]
    people: list[str] = []
    outlet: str | None = None
    for number, part in enumerate(parts):
        named = labels.OUTLET.search(part) and not text.isupper()  # BY ANN LEE, JO ROE
        if number and (named or labels.ROLE.search(part)):
            outlet = part if is_outlet(part, sure=True) and not labels.ROLE.search(part) else None
            if number < len(parts) - 1 and outlet is None:
                continue
            break
        if labels.ROLE.search(part) or not _PERSON.fullmatch(part):
            return None, None
        people.append(part)
    if not people:
        return None, None
    shown = text[: text.rindex(people[-1]) + len(people[-1])]
    return shown, outlet


def _only_names(text: str) -> bool:
    """Return whether the words behind "By" are names: of one word, an agency, a desk."""
    words = text.split()
    if len(words) > 10 or any(map(str.isdigit, text)) or text.endswith((".", ":", "?")):
        return False
    return all(
        _ONE_NAME.fullmatch(word.strip(",.")) or word in ("and", "&", "of", "the", "for", "in")
        for word in words
    )
