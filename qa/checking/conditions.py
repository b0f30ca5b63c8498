"""Conditions that a statement leaves out: "will close" of "will close if prices rise"."""

from __future__ import annotations

import re

from qa.checking.findings import Finding
from qa.text.words import content_stems

_CONDITION = re.compile(
    r"(?<!as )(?<!even )(?<!know )(?<!see )(?<!asked )(?<!wonder )\b"
    r"(?:only if|if(?! (?:not|any|only|ever|anything|necessary|possible)\b)|unless|"
    r"provid(?:ed|ing)(?: that\b|(?= (?:the|he|she|they|it|we|you)\b))|as long as|"
    r"on condition that|on the condition that|assuming(?: that)?|in the event (?:of|that))\b"
    r"[^,;.!?\n]*",
    re.IGNORECASE,
)
_KEPT = re.compile(
    r"\b(?:if|unless|when|where|provided|providing|as long as|condition\w*|assuming|in the event|"
    r"should|depend\w*|without|could|would|might|may|once|except)\b",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?=\S)[^.!?\n]*)*")
_SHARED = 0.6
_HELD = 0.5
_SHOWN = 80


def dropped_condition(statement: str, source: str) -> list[Finding]:
    """Return a finding if the source says the statement only under a condition.

    Args:
        statement: The statement; a condition or a modal verb of its own is taken as kept.
        source: The cited words.
    """
    if _KEPT.search(statement):
        return []
    stated = set(content_stems(statement))
    if not stated:
        return []
    found: list[Finding] = []
    for sentence in _SENTENCE.findall(source):
        condition = _CONDITION.search(sentence)
        rest = sentence if not condition else sentence.replace(condition[0], " ")
        share = len(set(content_stems(rest)) & stated) / len(stated)
        if share < _SHARED:
            continue
        if not condition:
            return []  # said without a condition too
        own = set(content_stems(condition[0]))
        if own and len(own & stated) >= _HELD * len(own):
            continue
        words = " ".join(condition[0].split())
        shown = words if len(words) <= _SHOWN else words[: _SHOWN - 1].rstrip() + "…"
        found.append(
            Finding("partial", f"the source says it with the condition '{shown}'", "hedge")
        )
    return found[:1]
