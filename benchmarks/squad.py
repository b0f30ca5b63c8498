"""Answers compared as SQuAD does: without case, punctuation and articles (arXiv:1606.05250)."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Iterable

_PUNCTUATION = str.maketrans("", "", string.punctuation)


def normalised(text: str) -> str:
    """Return a text as it is compared."""
    bare = text.lower().translate(_PUNCTUATION)
    return " ".join(re.sub(r"\b(?:a|an|the)\b", " ", bare).split())


def f1(one: str, other: str) -> float:
    """Return the F1 of the words of two normalised texts."""
    words, others = one.split(), other.split()
    shared = sum((Counter(words) & Counter(others)).values())
    return 2 * shared / (len(words) + len(others)) if shared else 0.0


def contains(text: str, golds: Iterable[str]) -> bool:
    """Return whether a text has a gold answer as a run of whole words, both normalised."""
    words = f" {normalised(text)} "
    found = (normalised(gold) for gold in golds)
    return any(gold and f" {gold} " in words for gold in found)
