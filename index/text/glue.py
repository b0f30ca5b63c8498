"""Words that lost the space between them ("reportsaid"), taken apart for the keyword index.

Stored text is never repaired: offsets count in it. A search for one of the two words should find
the passage all the same, so the keyword index may add both parts as further terms.
"""

from __future__ import annotations

from collections.abc import Container

from index.text.tokens import rank

_LONGEST = 40
_SHORTEST_WORD = 4
FUNCTION_WORDS = frozenset(
    [
        *("in", "on", "of", "to", "at", "by", "as", "is", "it", "an", "or", "if"),
        *("the", "and", "for", "was", "has", "had", "are", "but", "its", "his", "her", "not"),
        *("that", "with", "from", "were", "have", "said", "will", "this", "they", "which"),
        *("after", "into", "over", "when", "while", "would", "their", "been", "than", "who"),
    ]
)
"""Short words that are frequent in any English text, and most often glued to their neighbours."""


class CommonWords:
    """The words that the tokenizer knows as one token, which are the frequent ones of English."""

    def __contains__(self, word: object) -> bool:
        return isinstance(word, str) and rank(word) is not None


def unglue(token: str, known: Container[str]) -> tuple[str, str] | None:
    """Return the two words that ``token`` is made of, ``None`` if it is one word or unclear.

    A token is taken apart only if it is not known itself, is all letters, and both parts are known
    words of at least two letters. One part must be a frequent function word and the other have at
    least four letters, or both must have at least four. Of several ways, the one at a change from
    lower to upper case is taken, then one with a function word behind, then one with a function
    word in front, then any; among equals the one with the longest first word.

    Args:
        token: A word of a text, in its own case.
        known: The vocabulary, in lower case: words that are frequent enough in the corpus to be
            trusted. A glued word that occurs once or twice must not be in it.

    Returns:
        Both parts in the token's own case.
    """
    folded = token.lower()
    if not 2 * 2 < len(token) <= _LONGEST or not token.isalpha() or len(folded) != len(token):
        return None
    if folded in known:
        return None
    options = [
        (form, place)
        for place in range(2, len(token) - 1)
        if (form := _form(token, folded[:place], folded[place:]))
        and folded[:place] in known
        and folded[place:] in known
    ]
    if not options:
        return None
    place = max(options)[1]
    return token[:place], token[place:]


def _form(token: str, first: str, second: str) -> int:
    """Return how plausible two parts are by their form: 0 not at all, 4 very."""
    place = len(first)
    if token[place - 1].islower() and token[place].isupper():
        return 4
    if len(first) >= _SHORTEST_WORD and second in FUNCTION_WORDS:
        return 3
    if len(second) >= _SHORTEST_WORD and first in FUNCTION_WORDS:
        return 2
    return int(min(len(first), len(second)) >= _SHORTEST_WORD)
