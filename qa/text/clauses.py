"""Clauses and phrases of a sentence, at its commas, dashes, brackets and joining words.

Without a parser, so what is found are places where a sentence may be cut, not its syntax. Names and
quotations are never cut.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from qa.text.words import names

PartKind = Literal["plain", "joined", "clause", "phrase"]
"""How a part begins: with nothing special, "and", a word like "which", or a preposition."""

_CLAUSES = (
    "although|though|whereas|while|because|since|after|before|until|when|where|which|who|whose|"
    "adding|saying|noting|making|including|despite|following|due to|thanks to|in order to|so that"
)
_PHRASES = "with|by|in|on|at|for|from|during"
_JOINED = "and|but|or"
_BOUNDARY = re.compile(
    r"(?P<mark>,(?!\d)\s*|[;:]\s+|\s[-–—]\s|—|\s?\(|\)\s?)"
    rf"|\s(?=(?:{_JOINED}|{_CLAUSES}|{_PHRASES})\s)",
    re.IGNORECASE,
)
_STARTS: tuple[tuple[PartKind, re.Pattern[str]], ...] = (
    ("joined", re.compile(rf"(?:{_JOINED})\s", re.IGNORECASE)),
    ("clause", re.compile(rf"(?:{_CLAUSES}|as|that|whom|if|unless|to)\s", re.IGNORECASE)),
    ("phrase", re.compile(rf"(?:{_PHRASES}|according to)\s", re.IGNORECASE)),
)
_QUOTED = re.compile(r"“[^”]*+”|\"[^\"]*+\"|«[^»]*+»")
_MOST = 9


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence between two places where it may be cut."""

    text: str
    """Its words, without white space around."""
    start: int
    """Where they begin in the sentence."""
    mark: str
    """The punctuation and white space before it."""
    kind: PartKind
    """How it begins."""

    @property
    def is_marked(self) -> bool:
        """Whether punctuation stands before it."""
        return bool(self.mark.strip())

    @property
    def end(self) -> int:
        """One past its last code point in the sentence."""
        return self.start + len(self.text)


def kind_of(text: str) -> PartKind:
    """Return how a piece of text begins."""
    return next((kind for kind, start in _STARTS if start.match(text)), "plain")


def parts(text: str) -> list[Part]:
    """Return the parts of a sentence in order; beyond the ninth they stay together."""
    closed = _closed(text)
    found: list[Part] = []
    start, mark = 0, ""
    for match in _BOUNDARY.finditer(text):
        if any(low < match.end() and match.start() < high for low, high in closed):
            continue
        if len(found) == _MOST - 1:
            break
        if text[start : match.start()].strip():
            found.append(_part(text, start, match.start(), mark))
            mark = ""
        start = match.end()
        mark = mark.rstrip() + (match["mark"] or " ") if mark.strip() else match["mark"] or " "
    if text[start:].strip():
        found.append(_part(text, start, len(text), mark))
    return found


def clauses(text: str) -> list[tuple[int, int]]:
    """Return where the clauses of a sentence begin and end: parts with the phrases behind them."""
    found: list[tuple[int, int]] = []
    for part in parts(text):
        if found and part.kind == "phrase" and not part.is_marked:
            found[-1] = (found[-1][0], part.end)
        else:
            found.append((part.start, part.end))
    return found


def _closed(text: str) -> Sequence[tuple[int, int]]:
    """Return the places of the quotations and names of a text."""
    closed = [(m.start(), m.end()) for m in _QUOTED.finditer(text)]
    for name in dict.fromkeys(names(text)):
        at = text.find(name)
        while at >= 0:
            closed.append((at, at + len(name)))
            at = text.find(name, at + len(name))
    return closed


def _part(text: str, start: int, end: int, mark: str) -> Part:
    piece = text[start:end]
    start += len(piece) - len(piece.lstrip())
    return Part(piece.strip(), start, mark, kind_of(piece.strip()))
