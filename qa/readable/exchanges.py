"""Questions that a text asks and answers, as interviews and lists of questions do.

"We had no plan of the building" has none of the words of "Did you know what was stored there?". A
question on a line of its own is answered by the sentence behind it, so that sentence is as likely
an answer as the question is like the one asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from qa.features import read_question

if TYPE_CHECKING:
    from qa.compose import EvidenceSentence

_ASKS = re.compile(r"[?？؟][*_\s]*$")
_WORD = re.compile(r"\b(?:who|whom|whose|what|which|when|where|why|how)\b", re.IGNORECASE)
_LEANS = re.compile(r"[\s*_“\"]*(?:yes|no|it|they|he|she|that|this|these|those)\b", re.IGNORECASE)


def with_replies(question: str, evidence: Sequence[EvidenceSentence]) -> list[EvidenceSentence]:
    """Return the evidence in which a reply counts for as much as the question before it.

    That question must ask for the same sort of thing. A reply that does not stand by itself
    ("No, …", "It …") is to be told behind its question.

    Args:
        question: what is asked.
        evidence: the sentences that may answer it.
    """
    sort = _sort(question)
    found = list(evidence)
    places = {(s.document.id, s.document.version, s.span): i for i, s in enumerate(found)}
    for asking in evidence:
        reply = _reply(asking)
        if reply is None or _sort(asking.quote) != sort:
            continue
        at = places.get((reply.document.id, reply.document.version, reply.span))
        if at is None:
            found.append(reply)
        elif found[at].relevance < reply.relevance:
            found[at] = replace(found[at], relevance=reply.relevance, after=reply.after)
    return found


def _sort(question: str) -> tuple[str, str]:
    asked = _WORD.search(question)
    return read_question(question, {}).kind, asked[0].lower() if asked else ""


def _reply(asking: EvidenceSentence) -> EvidenceSentence | None:
    """Return the sentence behind a question that has a line to itself, in its passage."""
    text, span = asking.document.text, asking.span
    if not _ASKS.search(asking.quote):
        return None
    line = text[text.rfind("\n", 0, span.start) + 1 :].partition("\n")[0]
    spans = [s.span for s in asking.passage.sentences if s.evidence]
    if line.strip() != asking.quote.strip() or span not in spans[:-1]:
        return None
    reply = replace(asking, span=spans[spans.index(span) + 1])
    if _ASKS.search(reply.quote):
        return None
    return replace(reply, after=(asking,)) if _LEANS.match(reply.quote) else reply
