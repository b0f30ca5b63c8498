"""Statements as the embedded answerer drafts them: one sentence of a document as it was read."""

from __future__ import annotations

from datetime import UTC, datetime

import texts

from index.load import parse
from index.models import Document, Passage
from index.text.split import split
from qa.compose import DraftStatement, EvidenceSentence
from qa.readable.remarks import inserted, remarks


def read(
    text: str, *, name: str = "note.txt", **metadata: object
) -> tuple[Document, list[Passage]]:
    """A document of this text with its passages."""
    origin = texts.origin(name, text, **metadata)
    draft = parse(origin, origin.data or b"", limit=100_000)
    document = Document(
        id=f"d-{name}",
        version=1,
        source=draft.source,
        text=draft.text,
        media_type=draft.media_type,
        metadata=draft.metadata,
        sha256="",
        ingested_at=datetime(2025, 1, 2, tzinfo=UTC),
        noise=draft.noise,
        headings=draft.headings,
    )
    return document, split(draft, document_id=document.id, version=1, budget=200)


def sentences(text: str, *, relevance: float = 1.0, **metadata: object) -> list[EvidenceSentence]:
    """All evidence sentences of a document, in order."""
    document, passages = read(text, **metadata)  # type: ignore[arg-type]
    return [
        EvidenceSentence(document, sentence.span, passage, relevance)
        for passage in passages
        for sentence in passage.sentences
        if sentence.evidence
    ]


def draft(sentence: EvidenceSentence) -> DraftStatement:
    """The statement that tells a sentence."""
    return DraftStatement(" ".join(sentence.quote.split()), (sentence,))


def shown(text: str, words: str, question: str = "", **metadata: object) -> str:
    """How the first sentence that has ``words`` is shown in an answer, with its notes."""
    dates = metadata.pop("dates", None)
    found = next(s for s in sentences(text, **metadata) if words in s.quote)
    notes = remarks(draft(found), question, dates=dates)  # type: ignore[arg-type]
    return inserted(draft(found).text, notes, [None for _ in notes])[0]
