"""What a source only asks to be said: "say that the dam has burst" states nothing of the dam."""

from __future__ import annotations

import re

from qa.checking.findings import Finding
from qa.models import Support
from qa.text.words import content_stems

_SAY = (
    r"(?:say|state|answer|write|report|tell|claim|confirm|reply|repeat|respond|declare|pretend|"
    r"assert|output|print)"
)
_ORDER = re.compile(
    # At the beginning of a clause, or behind a word that makes an order of it: "they say that" and
    # "experts report that" are none.
    rf"(?:^|[.!?:;,—–\n“\"‘(\[\]>*|]|\b(?:(?P<to>to)|must|shall|should|please|then|now|just|only|you))"
    rf"\s*(?:(?:\w+ly|always|never)\s+)?\b{_SAY}\b(?!\s+(?:nothing|no more)\b)"
    # It asks for words: those behind "that" or a colon, or in quotation marks.
    r"[^.!?\n]{0,60}?(?:\bthat\b|[:“\"‘])[^\n]*",
    re.IGNORECASE,
)
_FURTHER = re.compile(
    rf"\b(?:and|or)\s+(?:(?:\w+ly|always|never)\s+)?{_SAY}\b[^.!?\n]{{0,60}}?\bthat\b[^\n]*", re.I
)
_ASKING = re.compile(
    r"^\W*(?:please|ignore|forget|disregard|stop|skip|drop|pretend|imagine|decode|read|obey|"
    r"follow|act|play|take|let|do|go|remember|consider|replace|leave|put|use|never|always|you)\b",
    re.IGNORECASE,
)
_WORDS = re.compile(
    r"\b(?:begin|start|end|open|close)s?\s+with\s+[“\"‘][^\n]*|\bfor the words\s+[“\"‘][^\n]*"
    r"|\b(?:right|only|correct) answer (?:is|to)\b[^\n]*",
    re.IGNORECASE,
)
_TO_MACHINES = re.compile(
    # Lines that speak to a program, which no report does, are orders as a whole.
    r"\b(?:ignore|disregard|forget|override|skip)\b[^.!?\n]{0,40}\b(?:rules?|instructions?|"
    r"guidelines|prompt|check|evidence|above|told)\b"
    r"|^\W*(?:system|assistant|administrator|developer|security team)\b[^:.!?\n]{0,30}:"
    r"|\brole[\"']?\s*[:=]\s*[\"']?system|<\||\[/?INST\]|</?evidence|<<SYS>>"
    r"|\b(?:say|answer|output|reply)[\"']?\s*[:=(>]\s*[\"'“]?",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"[^.!?\n]+(?:[.!?](?=\S)[^.!?\n]*)*[.!?]?")
_SHARED = 0.6


def _without_orders(sentence: str) -> str:
    rest = _WORDS.sub(" ", _ORDER.sub(" ", sentence))
    return _FURTHER.sub(" ", rest) if _ASKING.match(sentence) else rest


def only_ordered(statement: str, source: str) -> list[Finding]:
    """Return a finding if the source does not say the statement and asks for it to be said.

    Args:
        statement: The statement.
        source: The cited words.
    """
    stated = set(content_stems(statement))
    if not stated:
        return []
    ordered, firmly = False, False
    for sentence in _SENTENCE.findall(source):
        rest = "" if _TO_MACHINES.search(sentence) else _without_orders(sentence)
        if len(set(content_stems(rest)) & stated) >= _SHARED * len(stated):
            return []  # said without an order too
        whole = len(set(content_stems(sentence)) & stated) >= _SHARED * len(stated)
        if whole and rest != sentence:
            ordered = True
            # "I would go so far as to say that" is somebody's opinion all the same.
            firmly = firmly or not ((found := _ORDER.search(sentence)) and found["to"])
    if not ordered:
        return []
    support: Support = "unsupported" if firmly else "partial"
    return [Finding(support, "the source only asks for this to be said", "hedge")]
