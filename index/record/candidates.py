"""What a search holds of each passage that it looks at closely: its words, and not its document.

Of forty passages a caller gets eight. Documents with their whole texts are read for those only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from index.models import Passage, Sentence, Span


class Candidate(NamedTuple):
    """A passage as it is in the record, with its words."""

    key: int
    """See :attr:`index.models.Passage.key`."""
    document_id: str
    """The document it belongs to."""
    version: int
    """The document's version."""
    number: int
    """Position in the document, from 0."""
    start: int
    """First code point of the passage in the document's text."""
    end: int
    """One past the last."""
    sentences: Sequence[tuple[int, int, int]]
    """Start, end and whether it may support an answer (1 or 0), for each sentence."""
    context: str
    """The title and the heading above."""
    published_at: date | None
    """The document's day of publication."""
    words: str
    """What stands from ``start`` to ``end``."""

    def evidence(self) -> list[Span]:
        """Return where in :attr:`words` the sentences stand that may support an answer."""
        at = self.start
        return [Span(start - at, end - at) for start, end, usable in self.sentences if usable]

    def passage(self) -> Passage:
        """Return the passage."""
        return Passage(
            document_id=self.document_id,
            version=self.version,
            number=self.number,
            span=Span(self.start, self.end),
            sentences=tuple(Sentence(Span(s, e), bool(usable)) for s, e, usable in self.sentences),
            context=self.context,
            key=self.key,
        )


@dataclass(frozen=True, slots=True)
class Scored:
    """A candidate with what was found out about it; see :class:`index.models.Hit`."""

    candidate: Candidate
    """What was found."""
    score: float
    """Score of the last stage."""
    scores: dict[str, float] = field(default_factory=dict)
    """Score of each stage by its name."""
    nearness: tuple[float, ...] = ()
    """Cosine of each sentence with the question."""
    copies: tuple[str, ...] = ()
    """Identifiers of other documents that have the same words as copies of one story."""
