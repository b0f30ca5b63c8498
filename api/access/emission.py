"""The second check: what is about to go out is looked up in the record once more.

Searching is held to what the caller may read before it begins. Should that ever be forgotten
somewhere, this stands between the mistake and the caller: it is told by the answer itself, not by
the way it was made, which documents, words and outlets are in it.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from api.errors import ForeignWords
from index.record.belonging import Place
from qa.models import Completed, Retrieved, StatementAdded

if TYPE_CHECKING:
    from index.corpus import Corpus
    from index.models import Document
    from index.stories.story import Story
    from qa.audit.affected import AffectedAnswer
    from qa.audit.manifest import Manifest
    from qa.audit.replay import Replay
    from qa.models import Answer, AnswerEvent, Citation, Coverage, Excerpt, SearchStep
    from qa.search.searching import Found

logger = logging.getLogger("dossier.http")


@dataclass
class Shown:
    """What something that goes out shows of documents."""

    places: set[Place] = field(default_factory=set)
    """Documents, and the versions of them that are shown."""
    words: dict[tuple[str, int, int, int], str] = field(default_factory=dict)
    """Words said to stand at a place of a document version: document, version, start, end."""
    outlets: set[str] = field(default_factory=set)
    """Outlets said to be among what was searched."""

    def documents(self, ids: Iterable[str], version: int | None = None) -> None:
        """Take in documents by their identifiers."""
        self.places |= {(name, version) for name in ids}

    def excerpts(self, excerpts: Iterable[Excerpt]) -> None:
        """Take in quotations."""
        for one in excerpts:
            self.documents([one.document_id])
            self.documents([one.document_id], one.version)
            self.words[one.document_id, one.version, one.start, one.end] = one.quote

    def citations(self, citations: Iterable[Citation]) -> None:
        """Take in citations, and the documents that print the same."""
        for one in citations:
            self.excerpts([one])
            self.documents(one.copies)

    def searched(self, coverage: Coverage | None, trace: Iterable[SearchStep]) -> None:
        """Take in what was searched and what that brought."""
        self.outlets |= set(coverage.outlets) if coverage else set()
        for step in trace:
            self.documents(step.documents)

    def answer(self, answer: Answer) -> Shown:
        """Take in an answer."""
        self.citations(answer.citations)
        self.excerpts(answer.nearest)
        self.searched(answer.coverage, answer.trace)
        return self

    def event(self, event: AnswerEvent) -> Shown:
        """Take in an event of an answer."""
        if isinstance(event, Completed):
            self.answer(event.answer)
        elif isinstance(event, StatementAdded):
            self.citations(event.citations)
        elif isinstance(event, Retrieved):
            self.searched(event.coverage, event.trace)
        return self

    def found(self, found: Found) -> Shown:
        """Take in what a search found."""
        for hit in found.hits:
            document, span = hit.document, hit.passage.span
            self.documents([document.id, *hit.copies])
            self.documents([document.id], document.version)
            self.words[document.id, document.version, span.start, span.end] = hit.text
        self.outlets |= set(found.retrieval.outlets)
        self.searched(None, found.steps)
        return self

    def manifest(self, manifest: Manifest) -> Shown:
        """Take in what an answer was made from."""
        for one in (*manifest.documents,):
            self.documents([one.id])
            self.documents([one.id], one.version)
        for passage in manifest.passages:
            self.documents([passage.document_id, *passage.copies])
        self.documents(sentence.document_id for sentence in manifest.sentences)
        return self

    def replay(self, replay: Replay) -> Shown:
        """Take in an answer that was given again."""
        changed = (one.name for one in replay.changes if one.kind.startswith("document_"))
        self.documents(changed)
        return self.answer(replay.answer)

    def affected(self, answer: AffectedAnswer) -> Shown:
        """Take in what became of an answer's citations."""
        for one in answer.citations:
            self.documents([one.document_id])
            self.documents([one.document_id], one.version)
            self.excerpts([one.closest] if one.closest else [])
        return self


@dataclass(frozen=True)
class Emission:
    """Lets out what is of the permitted collections alone."""

    corpus: Corpus
    """Whose record is asked."""
    permitted: frozenset[str] | None
    """Names of the collections that may be read; ``None`` for all."""

    def require(self, shown: Shown) -> None:
        """Refuse to let out what is not the caller's. Blocks.

        Raises:
            ForeignWords: if a document is of another collection, words do not stand where they are
                said to, or an outlet is one of other collections only.
        """
        if self.permitted is None:
            return
        foreign = sorted(map(str, self._foreign(shown.places)))
        there = self.corpus.catalog.words_at(list(shown.words))
        foreign += [
            str(place)
            for (place, words), stand in zip(shown.words.items(), there, strict=True)
            if stand is not None and stand != words
        ]
        if shown.outlets:
            documents = self.corpus.retriever.documents
            own = set(documents.names("outlet", self.permitted))
            foreign += sorted((shown.outlets - own) & set(documents.names("outlet")))
        if foreign:
            logger.error("held back what may not be read: %s", "; ".join(foreign))
            raise ForeignWords("the response held something that this key may not read")

    def readable(self, shown: Iterable[Shown]) -> list[bool]:
        """Return which of several things name documents of the permitted collections only. Blocks.

        It is for what was recorded: words may have changed since, and documents may have moved or
        gone; what is gone counts as it did then.
        """
        several = list(shown)
        if self.permitted is None:
            return [True] * len(several)
        foreign = self._foreign({place for one in several for place in one.places})
        return [not (one.places & foreign) for one in several]

    def whole(self, documents: Iterable[Document]) -> None:
        """Refuse to let out whole documents that are not the caller's.

        Raises:
            ForeignWords: if one is of another collection.
        """
        if self.permitted is None:
            return
        for document in documents:
            if document.collection not in self.permitted:
                logger.error("held back what may not be read: %s", document.id)
                raise ForeignWords("the response held something that this key may not read")

    def stories(self, stories: Iterable[Story]) -> None:
        """Refuse to let out stories with documents that are not the caller's.

        Raises:
            ForeignWords: if one is of another collection.
        """
        for story in stories:
            self.whole([story.canonical, *(copy.document for copy in story.copies)])

    def _foreign(self, places: set[Place]) -> set[Place]:
        permitted = self.permitted or frozenset()
        found = self.corpus.catalog.collections_of(places)
        return {place for place, collection in found.items() if collection not in permitted}
