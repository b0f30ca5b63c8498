"""Pieces of a stretch of text that is too long to be one sentence: tables, lists, no full stops."""

from __future__ import annotations

import math
import re
from bisect import bisect_left, bisect_right
from itertools import accumulate, pairwise
from unicodedata import category

from index.text import tokens

_MARKS = ",;:|，、；：。！？"
_ATOM = re.compile(rf"[^\s{_MARKS}]{{1,40}}[{_MARKS}]{{0,4}}\s*|[{_MARKS}]{{1,40}}\s*|\s+")
_SENTENCE_END = re.compile(r"[.!?…。！？।؟][\"'”’»)\]]*$")
_LONGEST_CLUSTER = 32
"""Combining characters that belong together at most, after the Stream-Safe Text Format (UAX #15).

What is longer is not text of any language and may be cut.
"""


def cut_long(text: str, start: int, end: int, limit: int) -> list[tuple[int, int]]:
    """Cut ``text[start:end]`` into pieces of about equal length, none much over ``limit`` tokens.

    Cuts are made, in this order of preference, at a line end, a sentence end, a semicolon or colon,
    a comma or bar, a space, and only in a word longer than 40 characters inside a word; then never
    between a character and the marks that combine with it.

    Returns:
        ``(start, end)`` of each piece, outer white space included. One piece if it is not too long.
    """
    part = text[start:end]
    # A token holds at least one byte.
    if len(part) <= limit and (
        len(part) * 4 <= limit
        or part.isascii()
        or len(part.encode("utf-8", "surrogatepass")) <= limit
    ):
        return [(start, end)]
    if tokens.count(part) <= limit:
        return [(start, end)]
    stops = _atoms(part)
    costs = [tokens.count(part[before:stop].strip()) for before, stop in pairwise([0, *stops])]
    chosen = _choose(part, stops, list(accumulate(costs)), limit)
    edges = [0, *chosen, len(part)]
    return [(start + before, start + after) for before, after in pairwise(edges)]


def _choose(part: str, stops: list[int], sums: list[int], limit: int) -> list[int]:
    """Return the stops to cut at; ``sums[i]`` is the length in tokens up to ``stops[i]``."""
    chosen: list[int] = []
    done, first = 0, 0
    while sums[-1] - done > limit:
        rest = sums[-1] - done
        target = rest / math.ceil(rest / limit)
        low = max(first, bisect_left(sums, done + 0.6 * target))
        high = bisect_right(sums, done + limit)
        options = range(low, high) or range(first, first + 1)
        best = max(
            options, key=lambda i: (_rank(part, stops[i]), -abs(sums[i] - done - target), -i)
        )
        if best == len(stops) - 1:
            break
        chosen.append(stops[best])
        done, first = sums[best], best + 1
    return chosen


def _rank(part: str, stop: int) -> int:
    """Return how good a place to cut ``stop`` is, 0 (inside a word) to 5 (a line end)."""
    window = part[max(0, stop - 48) : stop]
    bare = window.rstrip()
    if "\n" in window[len(bare) :]:
        return 5
    if _SENTENCE_END.search(bare):
        return 4
    if bare.endswith((";", ":", "；", "：")):
        return 3
    if bare.endswith((",", "|", "，", "、")):
        return 2
    return int(len(bare) < len(window))


def _atoms(part: str) -> list[int]:
    """Return the places at which ``part`` may be cut at all, the end included."""
    stops: list[int] = []
    place = 0
    while place < len(part):
        match = _ATOM.match(part, place)
        stop = match.end() if match else place + 1
        last = min(len(part), stop + _LONGEST_CLUSTER)
        while stop < last and _joined(part, stop):
            stop += 1
        stops.append(stop)
        place = stop
    return stops


def _joined(part: str, place: int) -> bool:
    """Return whether the characters on both sides of ``place`` make one visible character.

    The part of grapheme cluster segmentation (UAX #29) that matters here: combining marks, joiners,
    emoji modifiers, pairs of regional indicators, and conjoining Hangul.
    """
    before, after = part[place - 1], part[place]
    if before.isascii() and after.isascii():
        return before == "\r" and after == "\n"
    if category(after)[0] == "M" or after in "\u200c\u200d" or before == "\u200d":
        return True
    if "\U0001f3fb" <= after <= "\U0001f3ff" or "\u1160" <= after <= "\u11ff":
        return True
    flag = "\U0001f1e6" <= before <= "\U0001f1ff" and "\U0001f1e6" <= after <= "\U0001f1ff"
    return flag and _flags_before(part, place) % 2 == 1


def _flags_before(part: str, place: int) -> int:
    """Return how many regional indicators stand directly before ``place``, up to 64."""
    first = place
    while first > max(0, place - 64) and "\U0001f1e6" <= part[first - 1] <= "\U0001f1ff":
        first -= 1
    return place - first
