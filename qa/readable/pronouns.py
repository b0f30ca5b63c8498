"""Pronouns of a follow-up question replaced by the name they stand for, where that is clear.

Clear means that the question before names exactly one thing that the pronoun can stand for. Where
it names none or several, the pronoun stays, and the words of the question before are added in
brackets; see :mod:`qa.conversation`.
"""

from __future__ import annotations

import re

from qa.text.mentions import Mention, mentions
from qa.text.words import is_content, name_words, tokens

_PRONOUN = re.compile(r"\b(?:he|him|his|she|her|it|its)\b", re.IGNORECASE)
_EXPLETIVE = re.compile(
    r"\b(?:is|was|has) it (?:been )?(?:true|possible|likely|clear|known|certain|the case|right)\b"
    r"|\bit (?:is|was|seems|has been) (?:true|possible|likely|clear|known|certain|that)\b"
    r"|\bit (?:takes?|took|rain(?:s|ed)?)\b|\b(?:does|did|will|would) it (?:take|rain)\b"
    r"|\b(?:is|was) it (?:who|that)\b",
    re.IGNORECASE,
)
_PLACED = re.compile(
    r"\b(?:of|in|at|near|to|from|with|by|for|into|across|around|on|off|outside|between|and|the)\s+$",
    re.IGNORECASE,
)
_OWNED = re.compile(r"\s+(?=\w)")
_MEN, _WOMEN, _THINGS = frozenset({"he", "him", "his"}), frozenset({"she", "her"}), {"it", "its"}


def resolved(question: str, earlier: str) -> str | None:
    """Return a question with its pronouns replaced by names of an earlier one.

    Args:
        question: A question that names nothing itself.
        earlier: The question before it, readable alone.

    Returns:
        The question with every ``he``, ``she`` and ``it`` replaced; ``None`` where one of them is
        not clear, or there is none.
    """
    found = list(_PRONOUN.finditer(question))
    if not found or _EXPLETIVE.search(question):
        return None
    pieces, end = [], 0
    for pronoun in found:
        name = _antecedent(pronoun[0].casefold(), earlier)
        if name is None:
            return None
        owned = _owns(question, pronoun)
        pieces += [question[end : pronoun.start()], name + ("'s" if owned else "")]
        end = pronoun.end()
    return "".join([*pieces, question[end:]])


def _antecedent(pronoun: str, earlier: str) -> str | None:
    """Return the one name that a pronoun can stand for; ``None`` if there are none or several."""
    able = [one for one in mentions(earlier) if _can_be(pronoun, one, earlier)]
    # "Greta Olsen" and "Olsen" are one: the fuller name is taken.
    able.sort(key=lambda one: -len(one.text))
    different: list[Mention] = []
    for one in able:
        words = set(name_words(one.text))
        if not any(words <= set(name_words(other.text)) for other in different):
            different.append(one)
    return different[0].text if len(different) == 1 else None


def _can_be(pronoun: str, one: Mention, earlier: str) -> bool:
    if pronoun in _THINGS:
        # A place at which something stands is mostly not what is spoken of, and words in brackets
        # were borrowed without their sentence.
        if one.sort == "person" or "[" in earlier:
            return False
        return not _PLACED.search(earlier[: one.start])
    if one.sort in ("country", "thing"):
        return False
    return one.gender != ("f" if pronoun in _MEN else "m")


def _owns(question: str, pronoun: re.Match[str]) -> bool:
    """Return whether a pronoun says whose something is: "his minister", "her minister"."""
    word = pronoun[0].casefold()
    if word in ("his", "its"):
        return True
    if word != "her" or not _OWNED.match(question, pronoun.end()):
        return False
    following = tokens(question[pronoun.end() :])
    return bool(following) and is_content(following[0].text)
