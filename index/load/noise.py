"""Scraped residue, headings and inferred metadata, told by the shape and place of lines.

Articles saved from the web carry bylines, labels, link lists, credits and notices. They are stored
like all other text, but may not support an answer. The rules look at features that publishers
share: a line's length, its end, its neighbours, its place, and short lists of labels
(:mod:`index.load.labels`). They are made to miss noise rather than to lose a sentence: whatever
ends like a sentence is noise only if its first words are those of a notice or an invitation.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from index.load import labels
from index.load.byline import announces_date, infer, is_date_line, outlet_row, read_byline
from index.load.rows import Row, rows
from index.models import Metadata, Span
from index.text.split import sentences

_TOP = 15
"""Lines from the start of the text in which bylines and dates are looked for."""
_HANGING = 12
"""Longest list of links that may hang on a label with prose after it."""
_MENU = 6
"""Fewest lines above the first paragraph that are taken for a menu."""

_PLACE = r"[^\W\d_a-zß-öø-ÿ][\w.'’-]*(?: [^\W\d_a-zß-öø-ÿ][\w.'’-]*){0,3}"
_CITY = r"[A-Z][A-Z.'’-]*[A-Z](?:[ /][A-Z][A-Z.'’-]*[A-Z]){0,3}"
_DAY = r"(?:,? (?:[A-Z][a-z]{2,8}\.? \d{1,2}|\d{1,2} [A-Z][a-z]{2,8}\.?)(?:,? \d{4})?)"
_AGENCY = r"\((?:[A-Z][\w.&/’' -]{1,40})\)"
_DASH = r"\s*(?:—|–|--|-|:)\s+"
_DATELINE = re.compile(
    rf"(?:(?:{_CITY}|{_PLACE})(?:, {_PLACE}){{0,2}}{_DAY}? {_AGENCY}{_DASH}"
    rf"|{_AGENCY}\s*(?:—|–|--|-)\s+"
    rf"|{_CITY}(?:, {_PLACE}){{0,2}}{_DAY}\s*(?:—|–|--|-)\s+"
    rf"|{_CITY}, {_PLACE}\s*(?:—|–|--)\s+"
    r"|(?:[A-Z][A-Z.'’]+ ){0,2}[A-Z][A-Z.'’]{2,}\s*(?:—|–|--)\s+"
    r"(?=(?:The|A|An|In|On|At|When|After|As|Two|Three|Four|Five|More|Hundreds|Thousands) ))"
)
_UNFINISHED = re.compile(
    r"(?: (?:the|an?|of|and|or|in|on|at|to|for|with|by|from|that|which|who|as|is|was|are|were|has|"
    r"have|had|he|she|his|her|its|their)|[.!?][A-Z][a-z]*)$"
)
_SENTENCE_NOISE = re.compile(rf"{labels.INVITATION.pattern}|{labels.LEGAL.pattern}")
_SUSPECT = (
    *("follow", "like", "find", "join", "connect", "reach", "get ", "register", "subscri"),
    *("sign up", "sign in", "signed up", "signed in", "log in", "newsletter", "email", "e-mail"),
    *("cookie", "click", "download", "enable", "browser", "you agree"),
    *("rights reserved", "©", "copyright", "read more", "read the", "read full"),
)

_COMMENTS = re.compile(
    r"[#*\s]*(?:\d+\s+)?(?:readers?'?s?'?\s+)?comments?\s*(?:\(\d+\)|\d+)?\s*:?[*\s]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Marks:
    """What was told from a text's lines."""

    noise: tuple[Span, ...]
    """Residue, sorted, not overlapping; never evidence."""
    headings: tuple[Span, ...]
    """Headings, sorted, disjoint from the noise."""
    metadata: Metadata
    """Title, outlet, author and day of publication where the text tells them, marked inferred."""


def mark(text: str) -> Marks:
    """Return the noise, headings and metadata that the lines of ``text`` show.

    Noise are: bylines; lines of dates and times near the top or announced as publication; labels
    such as "Advertisement"; labels such as "Read also" with the lines hanging on them, up to the
    next sentence; what readers wrote below a "Comments" at the end; picture credits; copyright
    notices; invitations to follow or subscribe; menus above the first paragraph; lines without a
    letter; and the dateline in front of a first sentence ("OSLO, May 3 (Reuters) –"), which is cut
    off.

    Headings are lines with the number signs of Markdown, section numbers, or short lines without a
    full stop that stand directly above a paragraph.
    """
    lines = rows(text)
    noisy: list[bool] = [_is_noise(line) for line in lines]
    top = _top(lines)
    title = _title(lines, top)
    _mark_top(lines, noisy, top, title)
    _mark_hanging(lines, noisy)
    _mark_comments(lines, noisy)
    _mark_menu(lines, noisy, title)
    headings = _headings(lines, noisy, title)
    body = [
        line
        for line, is_noise in zip(lines, noisy, strict=True)
        if not is_noise and line.span not in headings
    ]
    dateline = _dateline(body)
    spans = [line.span for line, is_noise in zip(lines, noisy, strict=True) if is_noise]
    if dateline:
        spans.append(dateline)
    for line in body:
        spans += _inner_noise(line)
    return Marks(
        noise=_merged(text, spans),
        headings=tuple(sorted(headings)),
        metadata=infer(lines[:top], dateline.cut(text) if dateline else None, title),
    )


def _is_noise(line: Row) -> bool:
    """Return whether a line is noise by its own words, wherever it stands."""
    if line.kind in ("label", "leading", "credit", "legal", "invitation", "stray"):
        return True
    if line.ended or len(line.text) > 160:
        return False
    return is_date_line(line.text, bare=False)


def _top(lines: Sequence[Row]) -> int:
    """Return how many lines belong to the top: up to the first paragraph, within limits."""
    for number, line in enumerate(lines[:_TOP]):
        if line.prose and line.kind is None and not (number == 0 and _asks(lines)):
            return number + 1
    return min(_TOP, len(lines))


def _title(lines: Sequence[Row], top: int) -> Row | None:
    """Return the line that is the title, ``None`` where more than one or none could be."""
    head = lines[:top]
    if _asks(lines):
        return lines[0]
    marked = [line for line in head if line.text.startswith("# ") and line.kind is None]
    if marked:  # two different ones may be the site's and the article's
        return marked[0] if len({line.bare for line in marked}) == 1 else None
    return _plain_title(head) if any(line.prose for line in head) else None


def _plain_title(head: Sequence[Row]) -> Row | None:
    """Return the title among the lines above the first paragraph, where nothing marks it."""
    outlet = outlet_row(head)
    options = [
        (number, line)
        for number, line in enumerate(head)
        if number != outlet and _could_be_title(line)
    ]
    if len(options) > 3:  # a menu stands above; of its lines only the title is a long one
        options = [(number, line) for number, line in options if line.words >= 4]
        return options[0][1] if len(options) == 1 else None
    if not options:
        return None
    number, first = options[0]
    above = [line for line in head[:number] if line.kind is None]
    if len(above) > 2 or first.words < 3:
        return None
    return first


def _could_be_title(line: Row) -> bool:
    return (
        line.title_like
        and not line.prose
        and line.kind is None
        and read_byline(line.bare) is None
        and not _is_dated(line)
    )


def _is_dated(line: Row) -> bool:
    """Return whether a line near the top says when the text was published."""
    if line.markdown_heading or line.ended:
        return False
    return is_date_line(line.text, bare=True) or announces_date(line.text)


def _asks(lines: Sequence[Row]) -> bool:
    """Return whether the text begins with a title that asks or exclaims: who and when follow."""
    if len(lines) < 2 or not lines[0].title_like or not lines[0].ended:
        return False
    return read_byline(lines[1].bare) is not None or _is_dated(lines[1])


def _mark_top(lines: Sequence[Row], noisy: list[bool], top: int, title: Row | None) -> None:
    """Mark bylines, bare dates, roles and the outlet's name around the start."""
    outlet = outlet_row(lines[:top])
    for number, line in enumerate(lines):
        if line is title or line.prose:
            continue
        if number < top:
            after_byline = number > 0 and read_byline(lines[number - 1].bare) is not None
            role = after_byline and line.words <= 8 and labels.ROLE.search(line.text) is not None
            noisy[number] |= number == outlet or role or _is_dated(line)
        if not line.ended and line.words <= 16 and read_byline(line.bare) is not None:
            noisy[number] = True


def _mark_hanging(lines: Sequence[Row], noisy: list[bool]) -> None:
    """Mark what hangs on labels: lines that are no sentences, up to the next one that is."""
    number = 0
    while number < len(lines):
        if lines[number].kind != "leading":
            number += 1
            continue
        end = number + 1
        while end < len(lines) and _hangs(lines[end]):
            end += 1
        first = number
        if end < len(lines):
            # A longer list with prose below is more likely the text's own.
            near = range(max(number, end - 1 - _HANGING), end)
            first = next((place for place in near if lines[place].kind == "leading"), end)
            head = lines[end - 1]
            if end - first > 2 and head.title_like and head.after_blank:
                end -= 1  # the heading of the paragraph that follows
        for hanging in range(first + 1, end):
            noisy[hanging] = True
        number = max(end, number + 1)


def _mark_comments(lines: Sequence[Row], noisy: list[bool]) -> None:
    """Mark what readers wrote: all that follows a "Comments" behind most of the text.

    A section of that name nearer the start, or followed by a heading, is the text's own.
    """
    if not lines:
        return
    middle = (lines[0].span.start + lines[-1].span.end) / 2
    for number, line in enumerate(lines):
        if line.span.start < middle or not _COMMENTS.fullmatch(line.text):
            continue
        if not any(below.markdown_heading for below in lines[number + 1 :]):
            noisy[number:] = [True] * (len(lines) - number)
            return


def _hangs(line: Row) -> bool:
    """Return whether a line can be part of a list of links."""
    if line.markdown_heading and line.kind is None:
        return False
    continued = line.text[0].islower() and line.words >= 8
    return not line.prose and not line.table_row and not continued and len(line.text) <= 200


def _mark_menu(lines: Sequence[Row], noisy: list[bool], title: Row | None) -> None:
    """Mark a menu: many lines of few words above the first paragraph."""
    first = next((number for number, line in enumerate(lines) if line.prose), 0)
    if title in lines[:first]:
        first = lines.index(title)
    menu = [
        number
        for number, line in enumerate(lines[:first])
        if line.words <= 4
        and not line.ended
        and not line.table_row
        and not line.markdown_heading
        and not any(map(str.isdigit, line.text))
    ]
    known = sum(noisy[number] for number in menu)
    if len(menu) >= _MENU and known >= 2 and 4 * len(menu) >= 3 * first:
        for number in menu:
            noisy[number] = True


def _dateline(body: Sequence[Row]) -> Span | None:
    """Return the span of the dateline in front of the first paragraph, if it has one."""
    first = next((line for line in body[:_TOP] if line.prose), None)
    match = _DATELINE.match(first.text[:200]) if first else None
    if first is None or match is None or match.end() > 90:
        return None
    return Span(first.span.start, first.span.start + len(match[0].rstrip()))


def _inner_noise(line: Row) -> list[Span]:
    """Return the noise within a line that is not noise itself: credits, invitations, notices."""
    found: list[Span] = []
    if len(line.text) > 20_000:
        return found
    start = line.span.start
    if "(" in line.text or "[" in line.text:
        found += [
            Span(start + match.start(), start + match.end())
            for match in labels.CREDIT_ASIDE.finditer(line.text)
        ]
    if line.prose and _is_suspect(line.text):
        for span in sentences(line.text):
            sentence = span.cut(line.text)
            if len(sentence) <= 300 and _SENTENCE_NOISE.match(sentence):
                found.append(Span(start + span.start, start + span.end))
    return found


def _is_suspect(text: str) -> bool:
    """Return whether a paragraph has a word without which no sentence of it can be noise.

    To look for one word after the other is twenty times as fast as one expression of them all.
    """
    if not text.isascii():  # letters that count as i and s where case is ignored
        text = text.replace("İ", "i").replace("ı", "i").replace("ſ", "s")
    lower = text.lower()
    return any(word in lower for word in _SUSPECT)


def _headings(lines: Sequence[Row], noisy: Sequence[bool], title: Row | None) -> set[Span]:
    """Return the headings: marked as such, or short lines above a paragraph."""
    return {
        line.span
        for number, line in enumerate(lines)
        if not noisy[number]
        and (line is title or line.markdown_heading or _stands_above_prose(lines, noisy, number))
    }


def _stands_above_prose(lines: Sequence[Row], noisy: Sequence[bool], number: int) -> bool:
    """Return whether a short line is followed by a paragraph and is not the end of a list."""
    line = lines[number]
    if line.prose or not line.title_like or line.ended or number + 1 >= len(lines):
        return False
    below = lines[number + 1]
    if not below.prose or noisy[number + 1] or below.listed or below.text[0].islower():
        return False
    if _UNFINISHED.search(line.text):
        return False  # a sentence broken by the markup it was scraped from
    if number == 0 or line.after_blank or line.numbered:
        return True
    above = lines[number - 1]
    return (above.prose and above.ended) or noisy[number - 1] or above.markdown_heading


def _merged(text: str, spans: list[Span]) -> tuple[Span, ...]:
    """Return spans sorted and disjoint, those with only white space between them as one."""
    merged: list[Span] = []
    for span in sorted(spans):
        if merged and not text[merged[-1].end : span.start].strip():
            merged[-1] = Span(merged[-1].start, max(merged[-1].end, span.end))
        else:
            merged.append(span)
    return tuple(merged)
