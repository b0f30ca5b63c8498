"""What was read out of a text lately, kept because its readers ask for it one after the other.

An answer looks for the figures of one sentence in ten places, and the next question finds many of
the same passages. Only functions of a text alone may be remembered.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import TypeVar

KEPT = 4096
"""Texts kept for each function, the latest used."""

LONGEST = 4000
"""Characters of the longest text that is kept, so that what is kept stays small."""

Result = TypeVar("Result")


def remembered(function: Callable[[str], Result]) -> Callable[[str], Result]:
    """Return a function that remembers its results, which must not be changed by who gets them."""
    kept = lru_cache(maxsize=KEPT)(function)

    @wraps(function)
    def read(text: str) -> Result:
        return kept(text) if len(text) <= LONGEST else function(text)

    return read


def remembered_list(function: Callable[[str], list[Result]]) -> Callable[[str], list[Result]]:
    """Return a function that remembers its results and gives everyone a list of their own."""

    @remembered
    def kept(text: str) -> tuple[Result, ...]:
        return tuple(function(text))

    @wraps(function)
    def read(text: str) -> list[Result]:
        return list(kept(text))

    return read
