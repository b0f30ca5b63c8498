"""Retrieval: did the search find all that the answer has to rest on?"""

from __future__ import annotations

from eval.cases import Quote
from eval.scorers.base import Observation, Scorer
from eval.scorers.places import covered, places
from index.models import Span


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    case = observation.case
    if not case.answerable:
        return None, "no document is required"
    _, missing = observation.share_met(set(observation.retrieved))
    if missing:
        return 0.0, f"not found: {', '.join(missing)}"
    unread = {(p.document_id, p.version) for p in observation.passages} - {*observation.documents}
    for quote in case.quotes:
        if _is_found(observation, quote):
            continue
        if unread:
            return None, "a document that was found is not in the record"
        return 0.0, f"not found: “{quote.text[:60]}…”"
    return 1.0, None


def _is_found(observation: Observation, quote: Quote) -> bool:
    """Return whether the passages of one document version hold the quote.

    Several count together, as splitting may part a quote of two sentences.
    """
    ids = frozenset().union(*(observation.ids.get(name, ()) for name in quote.documents))
    found: dict[tuple[str, int], list[Span]] = {}
    for passage in observation.passages:
        if passage.document_id in ids:
            key = (passage.document_id, passage.version)
            found.setdefault(key, []).append(Span(passage.start, passage.end))
    return any(
        covered(document.text, place, spans)
        for key, spans in found.items()
        if (document := observation.documents.get(key)) is not None
        for place in places(document.text, quote.text)
    )


ALL_EVIDENCE = Scorer("all_evidence", "retrieval", "share", _measure)
"""1 if the passages found hold every required document and every quote of the case, otherwise 0.

Of a group of copies one is enough. A quote is looked up in the text of its document, white space
aside, and has to lie in the spans of that document's passages.
"""
