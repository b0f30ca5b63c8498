"""A corpus: one data directory with its record, its indexes and its embedder, opened together."""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from index.checks import Check, check_corpus
from index.derived.exact import ExactIndex
from index.derived.kept import ASIDE
from index.derived.keywords import KeywordIndex
from index.derived.scope import Documents
from index.derived.upkeep import Upkeep
from index.derived.vectors import VectorIndex
from index.errors import (
    DataDirectoryInUse,
    DataDirectoryUnusable,
    DimensionChanged,
    DiskFull,
    StateError,
)
from index.intake.bounds import Bounds
from index.intake.embedding import Missing
from index.intake.ingest import Embedded, IngestEvent, Ingestor, Planned
from index.models import Document, Filters, Passage
from index.ownership import Ownership
from index.record.catalog import Catalog
from index.search.filtering import require_possible
from index.search.retriever import Retrieval, Retriever, Sides
from index.storage import is_full, is_no_room
from index.stories.story import Place, Story

if TYPE_CHECKING:
    from index.embed import Embedder
    from index.load.origins import Origin
    from index.rerank import Reranker

NO_FILTERS = Filters()
APPROXIMATE_FROM = 300_000
"""Passages from which Chroma serves searches without filters; docs/decisions/008-scale.md."""
FOLLOW_SECONDS = 2.0
"""How far the indexes may lag behind the record while an ingest runs."""
SET_UP_SECONDS = 20.0
"""How long a reader waits for the owner to finish setting up or migrating the record."""


class Corpus:
    """The documents of one data directory. Safe to share by threads."""

    def __init__(
        self,
        directory: Path,
        catalog: Catalog,
        embedder: Embedder,
        ownership: Ownership | None,
        *,
        passage_tokens: int,
        reranker: Reranker | None,
        reranker_candidates: int,
        sides: Sides,
        approximate_from: int,
        in_background: bool,
    ) -> None:
        """Use :meth:`open`."""
        self.directory = directory
        self.catalog = catalog
        self.embedder = embedder
        self.passage_tokens = passage_tokens
        self.reranker = reranker
        self.reranker_candidates = reranker_candidates
        self.sides = sides
        self._approximate_from = approximate_from
        self._in_background = in_background
        self.bounds = Bounds()
        """What reading one document may take."""
        self._ownership = ownership
        self._write_lock = threading.RLock()
        self._followed = 0.0
        self._start_indexes()

    @classmethod
    def open(
        cls,
        directory: Path,
        embedder: Embedder,
        *,
        passage_tokens: int = 200,
        reranker: Reranker | None = None,
        reranker_candidates: int = 30,
        sides: Sides = "both",
        approximate_from: int = APPROXIMATE_FROM,
        in_background: bool = False,
        write: bool,
    ) -> Corpus:
        """Open the corpus in ``directory``, which is made if it is not there.

        Args:
            directory: the data directory.
            embedder: turns passages and questions into vectors; loaded at first use.
            passage_tokens: length of passages ingested from now on.
            reranker: orders the best of what a search found anew; loaded at first use.
            reranker_candidates: how many passages it sees.
            sides: what finds passages.
            approximate_from: from so many passages on, Chroma finds the nearest of all of them.
            in_background: build a damaged index anew in a thread, as a server wants; searches do
                without it until then. Otherwise that is done before this returns.
            write: become the directory's owner, as ingesting and removing require. A reader
                works beside an owner and sees what that has committed.

        Raises:
            DataDirectoryInUse: if ``write`` and another process owns it.
            DataDirectoryTooNew: if a newer version of Dossier wrote it.
            DataDirectoryUnusable: if it cannot be made, read or written.
            RecordDamaged: if the record is no longer what was written.
            DiskFull: if there is no room for what SQLite needs beside the record.
        """
        try:
            directory.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            kind = DiskFull if is_no_room(error) else DataDirectoryUnusable
            raise kind(f"{directory}: {error.strerror}") from error
        ownership = Ownership.take(directory) if write else None
        catalog = Catalog(directory / "record.sqlite")
        try:
            if not catalog.is_current:
                setting_up = ownership or Ownership.take(directory, wait=SET_UP_SECONDS)
                try:
                    if not catalog.is_current:
                        catalog.migrate()
                finally:
                    if setting_up is not ownership:
                        setting_up.release()
            corpus = cls(
                directory,
                catalog,
                embedder,
                ownership,
                passage_tokens=passage_tokens,
                reranker=reranker,
                reranker_candidates=reranker_candidates,
                sides=sides,
                approximate_from=approximate_from,
                in_background=in_background,
            )
            corpus._catch_up()
        except BaseException:
            catalog.close()
            if ownership:
                ownership.release()
            raise
        return corpus

    @property
    def writable(self) -> bool:
        """Whether this process owns the directory."""
        return self._ownership is not None

    def tell_of_jobs(self) -> None:
        """Tell other processes that the jobs of the record are worked off in this one."""
        if self._ownership:
            self._ownership.tell(jobs=True)

    def ingest(
        self,
        origins: Sequence[Origin],
        *,
        limit: int,
        reread: bool = False,
        workers: int | None = None,
        within: str | None = None,
    ) -> Iterator[IngestEvent]:
        """Take documents into the record and yield what happens to each.

        A file whose size, times and given metadata are those of when it was read is not read
        again. Documents are read in child processes, within the :attr:`bounds` of memory and time,
        while others are recorded.

        Args:
            origins: what to read; see :func:`index.load.origins.find`.
            limit: largest document, in bytes.
            reread: read every file.
            workers: how many child processes of its own; by default those that all of this
                process share, 0 to read in this one, without bounds.
            within: a collection whose documents are taken in as if there were no others; see
                :attr:`index.intake.ingest.Ingestor.within`.

        Raises:
            DataDirectoryInUse: if this process does not own the directory.
            EmbedderChanged: if the record holds vectors of another embedder.
        """
        self._require_ownership()
        with self._write_lock:
            ingestor = Ingestor(
                self.catalog,
                self.embedder,
                self.passage_tokens,
                limit,
                self._follow_at_times,
                reread,
                workers,
                within,
                self.bounds,
            )
            try:
                yield from ingestor.run(origins)
            finally:
                self._follow()

    def search(self, query: str, filters: Filters = NO_FILTERS, *, limit: int = 8) -> Retrieval:
        """Return the best passages; see :meth:`index.search.retriever.Retriever.search`."""
        return self.retriever.search(query, filters, limit=limit)

    def validate(self, filters: Filters) -> int:
        """Refuse what can match nothing; see :meth:`index.search.retriever.Retriever.validate`."""
        return self.retriever.validate(filters)

    def weights(self, words: Sequence[str]) -> dict[str, float]:
        """Return how telling each word is in this corpus; see :meth:`KeywordIndex.rarity`."""
        return self.keywords.rarity(words)

    def documents(
        self,
        filters: Filters = NO_FILTERS,
        *,
        after: str | None = None,
        limit: int | None = None,
    ) -> list[Document]:
        """Return current versions in order of identifier, those after ``after``.

        Raises:
            InvalidFilter: if the days of the filters leave no day, or a language is no code.
        """
        require_possible(filters)
        return self.catalog.documents(filters, after=after, limit=limit)

    def document(self, document_id: str, version: int | None = None) -> Document:
        """Return a version of a document, the current one by default.

        Raises:
            NotFound: if there is no such document or version.
        """
        return self.catalog.document(document_id, version)

    def passages(self, document_id: str, version: int | None = None) -> list[Passage]:
        """Return the passages of a document; versions other than the current one have none.

        Raises:
            NotFound: if there is no such document or version.
        """
        document = self.catalog.document(document_id, version)
        return self.catalog.passages_of(document.id, document.version)

    def remove(self, document_id: str) -> None:
        """Remove a document with all its versions.

        Answers recorded earlier keep their quotations.

        Raises:
            NotFound: if there is no such document.
            DataDirectoryInUse: if this process does not own the directory.
        """
        self._require_ownership()
        with self._write_lock:
            self.catalog.remove(document_id)
            self._follow()

    def reindex(self, *, embed: bool = False) -> Iterator[Planned | Embedded]:
        """Build the indexes anew from the record, without embedding unless ``embed``.

        With ``embed``, passages without a vector of the configured embedder get one first, and
        vectors of other embedders are forgotten; also those of the same one where its vectors have
        another length now. What is embedded is kept at once: a run that ends early can be taken up
        again, and until one is complete the corpus stays with the embedder that it had.

        Documents that were recorded before there were stories get theirs.

        Raises:
            DataDirectoryInUse: if this process does not own the directory.
            EmbeddingFailed: if ``embed`` and the embedder fails; what was embedded is kept.
        """
        self._require_ownership()
        with self._write_lock:
            if embed:
                yield from self._embed_all()
            self._close_indexes()
            for folder in ("keywords", "vectors"):
                for name in (folder, folder + ASIDE):
                    shutil.rmtree(self.directory / name, ignore_errors=True)
            if embed:  # only now: an index of vectors that are gone must not outlive a kill
                self.catalog.use_embedder(self.embedder.identity)
            self.catalog.stories.fill()
            self._start_indexes()
            self._follow(wait=True)
            self._raise_trouble()

    def stories(
        self,
        filters: Filters = NO_FILTERS,
        *,
        limit: int | None = None,
        after: Place | None = None,
    ) -> list[Story]:
        """Return stories; see :meth:`index.record.stories.StoryRecord.stories`.

        Raises:
            InvalidFilter: if the days of the filters leave no day, or a language is no code.
        """
        require_possible(filters)
        return self.catalog.stories.stories(filters, limit, after)

    def check(self, *, whole: bool = True) -> list[Check]:
        """Return the state of the record, the embedder and the indexes.

        Args:
            whole: read all of the record; otherwise only see whether it can be read.
        """
        indexes = {"keyword index": self.keywords, "vector index": self.approximate}
        needed = self.approximate is not None and self.approximate.needed(self.catalog)
        return check_corpus(
            self.directory,
            self.catalog,
            self.embedder,
            indexes,
            idle=() if needed else ("vector index",),
            reranker=self.reranker,
            mended=self._upkeep.mended if self._upkeep else {},
            owned=self._upkeep is not None,
            whole=whole,
        )

    def close(self) -> None:
        """Release files and ownership; the corpus cannot be used afterwards."""
        self._close_indexes()
        self.catalog.close()
        if self._ownership:
            self._ownership.release()

    def _close_indexes(self) -> None:
        if self._upkeep:
            self._upkeep.close()
        self.keywords.close()
        if self.approximate:
            self.approximate.close()

    def _start_indexes(self) -> None:
        identity = self.embedder.identity
        self.keywords = KeywordIndex(self.directory / "keywords")
        self.exact = ExactIndex(identity)
        owned = self._ownership is not None
        vectors, at_least = self.directory / "vectors", self._approximate_from
        self.approximate = VectorIndex(vectors, identity, at_least=at_least) if owned else None
        self._upkeep = self._new_upkeep(in_background=self._in_background) if owned else None
        self.retriever = Retriever(
            self.catalog,
            self.embedder,
            self.keywords,
            self.exact,
            Documents(),
            self.approximate,
            self.reranker,
            self.reranker_candidates,
            self.sides,
        )

    def _new_upkeep(self, *, in_background: bool) -> Upkeep:
        indexes = [self.keywords, *([self.approximate] if self.approximate else [])]
        return Upkeep(self.catalog, indexes, in_background=in_background)

    def _catch_up(self) -> None:
        """Look at the indexes, and apply what a killed process committed but did not index."""
        last = self.catalog.last_change
        if self._upkeep:
            self._upkeep.start()
        elif last and (self.keywords.state()[0] != "whole" or self.keywords.number < last):
            # A reader repairs only what no owner is about to.
            with suppress(DataDirectoryInUse):
                ownership = Ownership.take(self.directory)
                try:
                    self._new_upkeep(in_background=False).start()
                finally:
                    ownership.release()

    def _follow_at_times(self) -> None:
        """Bring the indexes up to the record unless that was done just now: it costs a flush."""
        if time.monotonic() - self._followed >= FOLLOW_SECONDS:
            self._follow()

    def _follow(self, *, wait: bool = False) -> None:
        """Bring the indexes up to the record; what is recorded is safe even if that fails."""
        assert self._upkeep
        self._upkeep.follow(wait=wait)
        self._followed = time.monotonic()

    def _raise_trouble(self) -> None:
        """Raise what keeps an index from being built, where somebody asked for nothing else.

        Raises:
            DiskFull: if there is no room.
            StateError: if it is something else.
        """
        for index in (self.keywords, self.approximate):
            if index and index.trouble:
                kind = DiskFull if is_full(self.directory) else StateError
                raise kind(f"the {index.name} could not be built: {index.trouble.why}")

    def _embed_all(self) -> Iterator[Planned | Embedded]:
        identity = self.embedder.identity
        try:
            self.catalog.require_dimension(identity, len(self.embedder.embed_query("length")))
        except DimensionChanged:
            self.catalog.set_aside(identity)
        missing = Missing(self.catalog, self.embedder, self.catalog.passages_between(0, 2**62))
        yield Planned(len(missing), 0)
        for part in missing.embed():
            self.catalog.add_vectors(identity, part.passages, part.sentences)
            yield Embedded(len(part.passages))

    def _require_ownership(self) -> None:
        if not self._ownership:
            raise DataDirectoryInUse(f"{self.directory} was opened for reading only")
