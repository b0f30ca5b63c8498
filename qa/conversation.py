"""Follow-up questions made standalone, without a model.

A follow-up borrows its subject from the question before. Where a pronoun can only stand for one
name of it, it is replaced by that name. Otherwise "and how many did the other paper count?" is
searched together with what was asked last: the borrowed words are put in brackets behind the
question, so that a reader sees what was understood.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from qa.readable.pronouns import resolved
from qa.text.words import content_stems, names, tokens

if TYPE_CHECKING:
    from qa.question import Question

_OPENING = re.compile(
    r"^\s*(and|but|so|then|also|or|what about|how about|what else|anything else|why not|"
    r"why\s*\?|when\s*\?|where\s*\?|who\s*\?|how\s*\?|really)\b",
    re.IGNORECASE,
)
_REFERENCE = frozenset(
    {"he", "she", "it", "they", "him", "her", "them", "his", "hers", "its", "their", "theirs"}
    | {"this", "that", "these", "those", "there", "then", "one", "ones", "same", "such"}
)
_OPENERS = frozenset(["and", "but", "so", "then", "also", "or", "what", "about", "how"])
SHORT = 3
"""A question of at most so many words hardly stands alone."""


def standalone(question: Question) -> str:
    """Return the question as it reads without the conversation.

    A question counts as a follow-up if it opens with a connective ("and", "what about"), refers to
    something by a pronoun without naming anything itself, or is very short. A
    question without history is returned unchanged.
    """
    text = question.text.strip()
    if not question.history or not _is_follow_up(text):
        return text
    earlier = question.history[-1].standalone
    if not names(text) and (named := resolved(text, earlier)) is not None:
        if not _REFERENCE & {token.text.casefold() for token in tokens(named)}:
            return named
        text = named
    borrowed = _borrowed(text, earlier)
    return f"{text} [{borrowed}]" if borrowed else text


def _is_follow_up(text: str) -> bool:
    if _OPENING.match(text):
        return True
    words = {token.text.casefold() for token in tokens(text)}
    if words & _REFERENCE and not names(text):
        return True
    return len(words) <= SHORT


def _borrowed(text: str, earlier: str) -> str:
    """Return the words of the earlier question that say what it was about."""
    own = set(content_stems(text))
    kept = []
    for token in tokens(earlier):
        stems = content_stems(token.text)
        if stems and not own & set(stems) and token.text.casefold() not in _OPENERS:
            kept.append(token.text)
            own |= set(stems)
    return " ".join(kept)
