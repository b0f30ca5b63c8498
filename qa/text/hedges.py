"""The words by which something is hedged: "reportedly", "according to the ministry", "no evidence".

A report that somebody said something is no hedge here: nearly every sentence of news has one.
"""

from __future__ import annotations

import re

_ACCORDING = r"\baccording to\b(?:\s+(?!but\b|which\b|who\b)[^\s,.;:()–—]+){1,8}"
_REPORTED = (
    r"\b(?:reportedly|allegedly|purportedly|supposedly|apparently|presumably|"
    r"alleg(?:e|es|ed|ing)|"
    r"claim(?:s|ed|ing)(?!\s+(?:responsibility|lives|the lives|victory))|unconfirmed|"
    r"rumou?rs?|rumou?red|(?:is|are|was|were) (?:believed|thought|said|understood|feared) to|"
    r"(?:is|are|was|were) suspected of)\b"
)
_CHANCE = r"\b(?:may|might|could) have\b|\b(?:possibly|probably|perhaps)\b|(?<!more )\blikely\b"
_UNPROVEN = (
    r"\b(?:no (?:public |hard |clear |independent |credible )?(?:evidence|proof|confirmation)|"
    r"without (?:giving |providing |offering )?(?:any )?(?:evidence|proof)|"
    r"(?:could|can|has|have|had) ?not be(?:en)? (?:independently )?"
    r"(?:verified|confirmed|documented)|"
    r"not (?:been )?(?:independently )?(?:verified|confirmed)|"
    r"(?:could|did|does) not (?:document|confirm|verify)|unverified|unproven)\b"
)
_NEAR = re.compile("|".join([_ACCORDING, _REPORTED, _CHANCE, _UNPROVEN]), re.IGNORECASE)
_WHOLE = re.compile("|".join([_ACCORDING, _REPORTED, _UNPROVEN]), re.IGNORECASE)
_BREAK = re.compile(
    r"[.;:!?…\n—]|\s[-–]\s|,\s+(?:and|but|while|although|whereas)\b|\b(?:but|although|while|whereas)\b",
    re.IGNORECASE,
)


def hedge_in(text: str, start: int, end: int) -> str | None:
    """Return the words that hedge what stands at a place of a text; ``None`` if it is plain.

    They stand in the same clause.

    Args:
        text: the text.
        start: first code point of the place in the text.
        end: one past its last.
    """
    first = max((m.end() for m in _BREAK.finditer(text, 0, start)), default=0)
    behind = _BREAK.search(text, end)
    match = _NEAR.search(text, first, behind.start() if behind else len(text))
    return match[0] if match else None


def hedge_of(text: str) -> str | None:
    """Return the words that hedge a sentence, as told by somebody or as unproven."""
    match = _WHOLE.search(text)
    return match[0] if match else None
