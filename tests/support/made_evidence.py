"""Evidence sentences as retrieval would hand them to a composer, without a corpus behind them."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime

from index.models import Document, Metadata, Passage, Sentence, Span
from qa.compose import EvidenceSentence


def document(text: str, *, name: str = "note", version: int = 1, **metadata: object) -> Document:
    """A document with this text, known by its name."""
    return Document(
        id=f"d-{name}",
        version=version,
        source=f"upload:{name}.txt",
        text=text,
        media_type="text/plain",
        metadata=Metadata(**metadata),  # type: ignore[arg-type]
        sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        ingested_at=datetime(2025, 1, 2, tzinfo=UTC),
    )


def sentence(made: Document, words: str, relevance: float = 1.0) -> EvidenceSentence:
    """The sentence of a document that reads ``words``."""
    start = made.text.index(words)
    span = Span(start, start + len(words))
    passage = Passage(
        document_id=made.id,
        version=made.version,
        number=0,
        span=Span(0, len(made.text)),
        sentences=(Sentence(span),),
    )
    return EvidenceSentence(made, span, passage, relevance)


def lines(made: Document) -> list[EvidenceSentence]:
    """The non-empty lines of a document as sentences, in reading order."""
    return [sentence(made, line) for line in made.text.splitlines() if line.strip()]


FERRY = document(
    "The ferry to Varn sails nine times a day.\n"
    "Its owner plans to buy two electric ships.\n"
    "Passengers paid about 4 million crowns in 2023.",
    name="ferry",
    outlet="Lindholm Courier",
    title="More sailings to Varn",
    published_at=date(2024, 3, 9),
)
STRIKE = document(
    "Crane drivers stopped work on 3 April.\nThe union says 120 people took part.",
    name="strike",
    outlet="Harbour Radio",
)
"""Two documents with outlets, one with a date and a title."""
