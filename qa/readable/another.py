"""Another one of what a question calls "the treaty".

A question that says "the treaty", and no more of it, means the one that the documents are about.
Who writes "a treaty with Belarus" behind "the deal" or "this treaty" introduces a further one: an
indefinite phrase stands for something new (the novelty condition of Heim 1982, "The Semantics of
Definite and Indefinite Noun Phrases"). Such a sentence does not answer what is asked of the first.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from index.text.split import sentences
from qa.relevance import THRESHOLD
from qa.text.synonyms import concept
from qa.text.words import name_words, names, stem, tokens

if TYPE_CHECKING:
    from qa.compose import EvidenceSentence

COUNTS = 0.3
"""What of the threshold of an answer a sentence about another one reaches at most; it stays
evidence, behind what answers."""

_FAR = 20_000
"""Characters before a sentence that are looked through."""

_BARE = re.compile(
    r"\b(?<!all )the\s+(?P<noun>[a-z]{4,})\b(?!-)"
    r"(?!\s+(?:of|with|between|on|for|in|at|by|from|to|that|which|who|whose|about|against|over|"
    r"called|named|known)\b)"
)
_NEW = frozenset({"a", "an", "another"})
_KNOWN = frozenset({"the", "this", "that", "its", "their", "his", "her"})
_LONGEST = 5
_WITH = re.compile(
    r"[”\"’']?\s+(?:with|between|among)\s+(?P<whom>[^,.;:]{1,60}?)"
    r"(?=[,.;:]|$|\s+(?:that|which|who|whose|where|when|to|for|in|on|at|by|under|after|before)\b)"
)
_BREAK = re.compile(r"[,.;:()]")


def without_others(question: str, evidence: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """Return the evidence in which sentences about another one of the thing asked about count less.

    Only where the question names nothing and says nothing else of the thing, where the sentence
    names with whom the other one is, where its document speaks of one before and not together with
    those, and where other evidence is left.

    Args:
        question: what is asked, readable alone.
        evidence: the sentences that may answer it.
    """
    asked = {_concept(match["noun"]) for match in _BARE.finditer(question)}
    if len(asked) != 1 or names(question):
        return list(evidence)
    (thing,) = asked
    found = [
        replace(one, relevance=min(one.relevance, THRESHOLD) * COUNTS)
        if _is_another(one, thing)
        else one
        for one in evidence
    ]
    if max((one.relevance for one in found), default=0.0) < THRESHOLD:
        return list(evidence)
    return found


def _is_another(sentence: EvidenceSentence, thing: str) -> bool:
    """Return whether a sentence introduces another one than its document spoke of before."""
    parties = set[str]()
    for is_new, whom in _spoken_of(sentence.quote, thing):
        if not is_new:
            return False
        parties |= _named(whom)
    if not parties:
        return False
    start = sentence.span.start
    before = sentence.document.text[max(0, start - _FAR) : start]
    known = [
        text
        for text in (span.cut(before) for span in sentences(before))
        if any(not is_new for is_new, _ in _spoken_of(text, thing))
    ]
    return bool(known) and not any(parties & _named(text) for text in known)


def _spoken_of(text: str, thing: str) -> Iterator[tuple[bool, str]]:
    """Yield for each phrase of a thing whether it is indefinite, and with whom the thing is."""
    found = tokens(text)
    for at, article in enumerate(found):
        if article.text.lower() not in _NEW | _KNOWN:
            continue
        for word in found[at + 1 : at + 1 + _LONGEST]:
            lower = word.text.lower()
            if lower in _NEW | _KNOWN or _BREAK.search(text, article.end, word.start):
                break
            if _concept(lower) == thing:
                whom = _WITH.match(text, word.end)
                yield article.text.lower() in _NEW, whom["whom"] if whom else ""
                break


def _concept(word: str) -> str:
    return concept(stem(word))


def _named(text: str) -> set[str]:
    """Return the words of the names in a text, as they are looked up."""
    return {word for name in names(text) for word in name_words(name)}
