"""Physical lines into logical ones: which line ends mean something and which are only wrapping.

Scraped text has one paragraph to a line, PDF and mail text break lines at a width. The same
newline ends a paragraph in the first and is a space in the second, so the document's own line
lengths decide (:func:`wrap_width`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

_MARKER = re.compile(r"(?:[-*+•‣◦▪■●○·]|\(?\d{1,3}[.)]|\(?[a-zA-Z]\)|\(?[ivxIVX]{2,5}[.)])\s")
_CELLS = re.compile(r"\t|\S {3,}\S| \| |^\||\|$")
_ENDED = re.compile(r"[.!?…。！？।؟۔:;]['\"’”»›)\]]*$")
_LEAD = re.compile(r"[\s>|'\"“‘«‹(\[„]*")
_NARROWEST, _WIDEST = 32, 120
"""No one wraps prose narrower or wider than this many code points."""


class Line(NamedTuple):
    """A logical line: a paragraph, heading, list item or table row, without outer white space."""

    start: int
    """First code point."""
    end: int
    """One past the last code point."""
    after_blank: bool
    """Whether a blank line, or nothing, stands before it."""


def logical_lines(text: str) -> list[Line]:
    """Return the logical lines of ``text``, sorted; they hold all its non-white-space characters.

    A physical line is joined to the one before it only where that one looks wrapped:

    - In a wrapped document (see :func:`wrap_width`), if the line before is so full that the next
      word would not have fitted (it reaches three quarters of the width), or if it stops in the
      middle of a sentence and this line goes on in lower case.
    - In any other document, only if the line before is long or ends in a comma, does not end a
      sentence, and this line goes on in lower case.

    Blank lines, list markers and table rows always begin a new logical line.
    """
    physical = _physical_lines(text)
    width = wrap_width(text, physical)
    lines: list[Line] = []
    for index, line in enumerate(physical):
        before = physical[index - 1]
        if lines and not line.after_blank and _continues(text, before, line, width):
            lines[-1] = Line(lines[-1].start, line.end, lines[-1].after_blank)
        else:
            lines.append(line)
    return lines


def wrap_width(text: str, physical: Sequence[Line]) -> int | None:
    """Return the width at which ``text`` is hard-wrapped, or ``None`` if it is not.

    Looked at are the lines that have a line directly below. The text counts as wrapped if most of
    them are no longer than 120 code points, the 90th percentile of those (the width) is at least
    32, half of them reach 70 % of it, and three in ten stop in the middle of a sentence that the
    line below takes up in lower case (or in a script that has no case).
    """
    pairs = [(line, below) for line, below in pairwise(physical) if not below.after_blank]
    lengths = sorted(line.end - line.start for line, _ in pairs)
    short = [length for length in lengths if length <= _WIDEST]
    if len(pairs) < 2 or 2 * len(short) < len(pairs):
        return None
    width = short[(len(short) - 1) * 9 // 10]
    full = sum(length >= 0.7 * width for length in short)
    if width < _NARROWEST or 2 * full < len(short):
        return None
    running = sum(
        line.end - line.start <= _WIDEST
        and not _ends_sentence(text, line)
        and not _first_letter(text, below).isupper()
        and _first_letter(text, below).isalpha()
        for line, below in pairs
    )
    return width if running >= 0.3 * len(short) else None


def is_table_row(text: str) -> bool:
    """Return whether a line is set in columns: tabs, bars or wide gaps between its words."""
    return ("|" in text or "\t" in text or "   " in text) and _CELLS.search(text) is not None


def has_marker(text: str) -> bool:
    """Return whether a line begins like a list item: a bullet, ``3.``, ``(b)``, ``iv.``."""
    return _MARKER.match(text) is not None


def _physical_lines(text: str) -> list[Line]:
    """Return the lines that hold more than white space."""
    lines: list[Line] = []
    start, after_blank = 0, True
    for raw in text.splitlines(keepends=True):
        bare = raw.strip()
        if bare:
            first = start + len(raw) - len(raw.lstrip())
            lines.append(Line(first, first + len(bare), after_blank))
        after_blank = not bare
        start += len(raw)
    return lines


def _continues(text: str, before: Line, line: Line, width: int | None) -> bool:
    """Return whether ``line`` goes on with the sentence or paragraph of ``before``."""
    length = before.end - before.start
    lower = _first_letter(text, line).islower()
    unwrapped = width is None or length > 1.15 * width
    if unwrapped and not (lower and (length >= 60 or text[before.end - 1] == ",")):
        return False
    head = text[line.start : min(line.end, line.start + 200)]
    tail = text[max(before.start, before.end - 200) : before.end]
    if _MARKER.match(head) or is_table_row(head) or is_table_row(tail):
        return False
    if lower and not _ends_sentence(text, before):
        return True
    if width is None or unwrapped:
        return False
    word = len(head.split(maxsplit=1)[0])
    return length >= 0.75 * width and length + 1 + word > 0.9 * width


def _ends_sentence(text: str, line: Line) -> bool:
    return _ENDED.search(text[max(line.start, line.end - 8) : line.end]) is not None


def _first_letter(text: str, line: Line) -> str:
    """Return the first character of a line behind quotation marks and the like."""
    head = text[line.start : min(line.end, line.start + 16)]
    match = _LEAD.match(head)
    return head[match.end() :][:1] if match else head[:1]
