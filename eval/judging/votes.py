"""Votes: what a judge's reply says, and how far several replies agree."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import combinations

from pydantic import BaseModel, ConfigDict

_THOUGHT = re.compile(
    r"<\s*(think|thinking|thought|reasoning|analysis)\s*>.*?(?:<\s*/\s*\1\s*>|\Z)",
    re.IGNORECASE | re.DOTALL,
)
# As asked for, in bold, or as a member of a JSON object; "10", "1/10" and "0.5" are no votes.
_SCORE = re.compile(r"\bscore\W{0,4}[:=]\W{0,4}([01])(?:\.0+)?(?![\d/])(?!\.\d)", re.IGNORECASE)
_REASON = re.compile(r"\breason\W{0,4}[:=][\s\"'*]*([^\n]+)", re.IGNORECASE)
_EDGE = " \t\"'*,{}"
_LONGEST = 400


class Vote(BaseModel):
    """What one reply of a judge says."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: float | None
    """1 or 0; ``None`` if the reply cannot be read."""
    reason: str
    """The judge's words for it, cut to a readable length; the reply itself if it cannot be read."""


def read(reply: str) -> Vote:
    """Return the vote of a reply: the last score in it, as models correct themselves."""
    text = _THOUGHT.sub(" ", reply)
    scores = list(_SCORE.finditer(text))
    if not scores:
        return Vote(value=None, reason=f"unreadable: {' '.join(text.split())}"[:_LONGEST])
    given = _REASON.search(text)
    words = _SCORE.split(given[1])[0] if given else text[: scores[-1].start()]
    return Vote(value=float(scores[-1][1]), reason=" ".join(words.split()).strip(_EDGE)[:_LONGEST])


def agreement(values: Sequence[float | None]) -> float | None:
    """Return the share of pairs of votes that are equal; ``None`` with fewer than two votes."""
    pairs = list(combinations([value for value in values if value is not None], 2))
    return sum(one == other for one, other in pairs) / len(pairs) if pairs else None
