"""Citation: are the quotations the documents' own words, at the place that is given?"""

from __future__ import annotations

from eval.scorers.base import Observation, Scorer


def _measure(observation: Observation) -> tuple[float | None, str | None]:
    citations = observation.answer.citations
    if not citations:
        return None, "nothing is cited"
    for citation in citations:
        document = observation.documents.get((citation.document_id, citation.version))
        if document is None:
            return 0.0, f"[{citation.number}] cites a document that is not in the record"
        if not citation.quote or document.text[citation.start : citation.end] != citation.quote:
            return 0.0, f"[{citation.number}] is not what {document.name} says there"
    return 1.0, None


CITATION_VALIDITY = Scorer("citation_validity", "citation", "share", _measure)
"""1 if for every citation ``document.text[start:end] == quote`` in the record, otherwise 0."""
