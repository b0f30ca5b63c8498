"""Answers, documents and cases built by hand, for tests of scorers and reports."""

from __future__ import annotations

from datetime import UTC, datetime

from eval.cases import Case
from eval.scorers import Observation
from eval.scorers.base import RetrievedPassage
from index.models import Document, Metadata
from qa.models import Answer, Citation, Coverage, Statement

TEXTS = {
    "ferry.txt": "The ferry carries 1,200 people.\nIt sails at noon. Its captain is not named.",
    "canal.txt": "The canal is 40 kilometres long. It was dug by hand.",
}


def document(name: str, text: str | None = None) -> Document:
    """Return a document called ``name`` whose id is ``d-`` and the name without its ending."""
    body = TEXTS[name] if text is None else text
    return Document(
        id=f"d-{name.partition('.')[0]}",
        version=1,
        source=f"file:///somewhere/{name}",
        text=body,
        media_type="text/plain",
        metadata=Metadata(),
        sha256="0" * 64,
        ingested_at=datetime(2025, 1, 1, tzinfo=UTC),
    )


def case(**changes: object) -> Case:
    """Return a single-document case on ``ferry.txt`` with ``changes``."""
    fields: dict[str, object] = {
        "id": "ferry",
        "question": "How many people fit on the ferry?",
        "type": "single",
        "expected": [["1,200"]],
        "documents": {"all_of": ["ferry.txt"]},
    }
    return Case.model_validate(fields | changes)


def unanswerable(**changes: object) -> Case:
    """Return a case that the texts do not answer."""
    return case(**{"type": "unanswerable", "expected": [], "documents": {}} | changes)


def citation(name: str, quote: str, *, number: int = 1, shift: int = 0) -> Citation:
    """Return a citation of ``quote`` in a text of ``TEXTS``, moved by ``shift`` code points."""
    start = TEXTS[name].index(quote) + shift
    return Citation(
        number=number,
        document_id=document(name).id,
        version=1,
        quote=quote,
        start=start,
        end=start + len(quote),
    )


def answer(sentences: list[str], citations: list[Citation], **changes: object) -> Answer:
    """Return an answer of ``sentences``; without any it is a refusal."""
    statements, text = [], ""
    for sentence in sentences:
        start = len(text)
        statements.append(
            Statement(
                text=sentence,
                start=start,
                end=start + len(sentence),
                support="supported",
                citations=(citations[0].number,) if citations else (),
            )
        )
        text += f"{sentence} [1] "
    fields: dict[str, object] = {
        "id": "a-000000000000",
        "question": "?",
        "standalone": "?",
        "status": "answered" if sentences else "not_in_documents",
        "text": text or "The documents do not say; 1,200 passages were searched.",
        "statements": statements,
        "citations": citations,
        "coverage": Coverage(documents=2, passages=2),
        "answerer": "embedded",
        "created_at": datetime(2025, 1, 1, tzinfo=UTC),
    }
    return Answer.model_validate(fields | changes)


def observe(of: Case, given: Answer, *, retrieved: tuple[str, ...] = ()) -> Observation:
    """Return what a run would have seen, with both documents of ``TEXTS`` in the record."""
    documents = {name: document(name) for name in TEXTS}
    return Observation(
        case=of,
        answer=given,
        seconds=0.25,
        passages=tuple(
            RetrievedPassage(document_id=id_, version=1, start=0, end=10) for id_ in retrieved
        ),
        ids={name: frozenset({doc.id}) for name, doc in documents.items()},
        documents={(doc.id, 1): doc for doc in documents.values()},
    )
