"""Recall: what an answer was made from, put together again from its manifest and the record.

Old versions of documents stay in the record, so their sentences can be cut from them again although
no search finds them any more. Nothing is searched, embedded or sent anywhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from index.errors import NotFound
from index.models import Hit, Passage, Sentence, Span
from index.search.retriever import DEGRADED, Retrieval
from qa.compose import EvidenceSentence
from qa.errors import NotReplayable
from qa.search.searching import Found

if TYPE_CHECKING:
    from index.corpus import Corpus
    from index.models import Document
    from qa.assembly import Assembly
    from qa.audit.manifest import Manifest, SeenPassage, SeenSentence
    from qa.models import Answer


@dataclass(frozen=True)
class Recall:
    """Gives what the search for an answer found then."""

    corpus: Corpus
    """Where the documents are."""
    answer: Answer
    """The answer as it was recorded."""
    manifest: Manifest
    """Its manifest."""
    _documents: dict[tuple[str, int], Document] = field(default_factory=dict)

    def find(self, making: Assembly) -> tuple[Found, list[EvidenceSentence]]:
        """Return what was found then, and the sentences that were offered. Blocks.

        Sentences of documents that were removed since are left out.

        Raises:
            NotReplayable: if some were, and a model's reply cites sentences by their numbers.
        """
        self._read()
        passages = [_passage(seen) for seen in self.manifest.passages]
        hits = tuple(
            self._hit(seen, passage)
            for seen, passage in zip(self.manifest.passages, passages, strict=True)
            if seen.score is not None and self._has(seen)
        )
        making.without = self.manifest.without
        making.last_change = self.manifest.last_change or 0
        searched = self.answer.coverage
        retrieval = Retrieval(
            hits,
            searched.documents,
            searched.passages,
            searched.outlets,
            searched.earliest,
            searched.latest,
            tuple(note for note in searched.notes if note in DEGRADED),
        )
        evidence = self._sentences(self.manifest.sentences, passages)
        return Found(retrieval, self.answer.trace), evidence

    def _read(self) -> None:
        """Read the documents."""
        missing = []
        for seen in self.manifest.documents:
            try:
                document = self.corpus.document(seen.id, seen.version)
            except NotFound:
                missing.append(f"{seen.id} version {seen.version}")
                continue
            if document.sha256 == seen.sha256:
                self._documents[seen.id, seen.version] = document
            else:  # removed, and another text came under its name
                missing.append(f"{seen.id} version {seen.version}")
        if missing and self.manifest.calls:
            raise NotReplayable(
                f"the model's replies to {self.manifest.id} cite by number what the record no "
                "longer has: " + ", ".join(missing)
            )

    def _has(self, seen: SeenPassage | SeenSentence) -> bool:
        return (seen.document_id, seen.version) in self._documents

    def _hit(self, seen: SeenPassage, passage: Passage) -> Hit:
        document = self._documents[seen.document_id, seen.version]
        assert seen.score is not None
        return Hit(passage, document, seen.score, dict(seen.scores), seen.copies)

    def _sentences(
        self, seen: Sequence[SeenSentence], passages: list[Passage]
    ) -> list[EvidenceSentence]:
        return [
            EvidenceSentence(
                self._documents[one.document_id, one.version],
                Span(one.start, one.end),
                passages[one.passage],
                one.relevance,
                one.likeness,
                tuple(self._sentences(one.after, passages)),
            )
            for one in seen
            if self._has(one)
        ]


def _passage(seen: SeenPassage) -> Passage:
    return Passage(
        seen.document_id,
        seen.version,
        seen.number,
        Span(seen.start, seen.end),
        tuple(Sentence(Span(start, end), evidence) for start, end, evidence in seen.sentences),
        seen.context,
    )
