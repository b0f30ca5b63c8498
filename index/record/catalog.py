"""The record: documents, passages, vectors and answers in SQLite, through SQLAlchemy.

What is committed here exists; the keyword and vector indexes only follow it and can be rebuilt from
it at any time. Every write is one transaction, flushed to disk before it is acknowledged
(``synchronous=FULL`` in WAL mode: https://www.sqlite.org/wal.html).
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, and_, bindparam, delete, exists, func, select, update
from sqlalchemy.exc import DatabaseError, OperationalError

from index.embed import Vectors
from index.errors import (
    DataDirectoryTooNew,
    DataDirectoryUnusable,
    EmbedderChanged,
    NotFound,
    StateError,
)
from index.models import Document, Filters
from index.record import schema as t
from index.record.answers import AnswerRecord
from index.record.belonging import Place, collections_of, words_at
from index.record.candidates import Candidate
from index.record.entries import Change, Entry, Extent, Known
from index.record.jobs import JobRecord
from index.record.keys import KeyRecord
from index.record.passages import PassageRows, State
from index.record.replies import ReplyRecord
from index.record.rows import (
    BUSY_SECONDS,
    any_version,
    conditions,
    current_version,
    document_of,
    make_engine,
    permits,
)
from index.record.sentences import (
    Cut,
    Near,
    drop_unused,
    known_cuts,
    read_sentences,
    save_sentences,
)
from index.record.stories import StoryRecord
from index.record.writing import (
    check_dimension,
    drop_passages,
    save_entries,
    save_vectors,
    set_aside,
    set_fact,
)

T = TypeVar("T")

CHUNK = 500
"""Identifiers per ``IN`` list; SQLite allows 32,766 parameters, short statements stay cached."""


class Catalog(PassageRows):
    """The record of one data directory. Safe to share by threads; processes share it by SQLite."""

    def __init__(self, path: Path) -> None:
        super().__init__(make_engine(path))
        self._path = path
        self._writing = threading.Lock()
        self.stories = StoryRecord(self._engine, self._write)
        """Which documents are copies of one text."""
        self.answers = AnswerRecord(self._engine, self._write)
        """What was answered, and from what."""
        self.keys = KeyRecord(self._engine, self._write)
        """Who may do what."""
        self.jobs = JobRecord(self._engine, self._write)
        """Uploads that wait to be taken in, and what became of them."""
        self.replies = ReplyRecord(self._engine, self._write)
        """What was answered to requests that may be sent again."""

    @property
    def is_current(self) -> bool:
        """Whether the tables are those of this version of Dossier.

        Raises:
            DataDirectoryTooNew: if a newer version of Dossier wrote the record.
            DataDirectoryUnusable: if the file is not a record or cannot be read.
        """
        try:
            with self._engine.connect() as connection:
                tables = connection.dialect.get_table_names(connection)
                if "alembic_version" not in tables:
                    if tables:
                        raise DataDirectoryUnusable(f"{self._path} is not a record of Dossier")
                    return False
                found = connection.exec_driver_sql("select version_num from alembic_version")
                revision = found.scalar()
        except DatabaseError as error:  # those of the file come as errors of ours already
            raise DataDirectoryUnusable(f"{self._path}: {error.orig}") from error
        if revision is not None and revision > t.REVISION:
            raise DataDirectoryTooNew(
                f"{self._path} was written by a newer version of Dossier "
                f"(schema {revision}, this one knows {t.REVISION})"
            )
        return bool(revision == t.REVISION)

    def migrate(self) -> None:
        """Bring the tables to this version; the caller must own the data directory."""
        from alembic import command
        from alembic.config import Config

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
        with self._write() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, "head")

    def integrity(self, *, whole: bool = True) -> str | None:
        """Return what SQLite's own check finds wrong with the file, ``None`` if nothing.

        Args:
            whole: read all of the file, which takes a second for 400 MB; otherwise only see
                whether it can be read at all.
        """
        look = "pragma integrity_check(1)" if whole else "select 'ok' from alembic_version"
        try:
            with self._engine.connect() as connection:
                found = str(connection.exec_driver_sql(look).scalar())
                if found == "ok" and whole:
                    broken = connection.exec_driver_sql("pragma foreign_key_check").first()
                    found = f"a row of {broken[0]} belongs to nothing" if broken else found
        except DatabaseError as error:
            return str(error.orig)
        except StateError as error:
            return str(error)
        return None if found == "ok" else found

    def close(self) -> None:
        """Release the file."""
        self.keys.close()
        self._engine.dispose()

    # -- documents ---------------------------------------------------------------------------

    def current(self, source: str) -> tuple[Document, str] | None:
        """Return the current version of a source and its fingerprint, or ``None``."""
        query = current_version().add_columns(t.documents.c.fingerprint)
        with self._engine.connect() as connection:
            row = connection.execute(query.where(t.documents.c.source == source)).first()
        return (document_of(row), row.fingerprint) if row else None

    def known(self, sources: Iterable[str]) -> dict[str, Known]:
        """Return what tells each of ``sources`` that is recorded from a changed one."""
        c = t.documents.c
        query = select(c.source, c.id, c.version, c.fingerprint, c.seen)
        found: dict[str, Known] = {}
        with self._engine.connect() as connection:
            for chunk in _chunks(list(sources)):
                for source, *row in connection.execute(query.where(c.source.in_(chunk))):
                    found[source] = Known(*row)
        return found

    def sources_under(self, prefix: str) -> list[str]:
        """Return the recorded sources that begin with ``prefix``, in their order."""
        c = t.documents.c.source
        query = select(c).where(c >= prefix, c < prefix + "\U0010ffff").order_by(c)
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    def touch(self, known: Sequence[Known]) -> None:
        """Note by what the current versions of documents are now recognised as unchanged."""
        c = t.documents.c
        here = update(t.documents).where(c.id == bindparam("here"))
        rows = [
            {"here": k.document_id, "fingerprint": k.fingerprint, "seen": k.seen} for k in known
        ]
        if rows:
            with self._write() as connection:
                connection.execute(here, rows)

    def document(self, document_id: str, version: int | None = None) -> Document:
        """Return a version of a document, the current one by default.

        Raises:
            NotFound: if there is no such document or version.
        """
        query = any_version().where(t.documents.c.id == document_id)
        query = query.where(
            t.versions.c.version == (t.documents.c.version if version is None else version)
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            raise no_document(document_id, version)
        return document_of(row)

    def collections_of(self, places: Iterable[Place]) -> dict[Place, str]:
        """Return what :func:`index.record.belonging.collections_of` does."""
        return collections_of(self._engine, places)

    def words_at(self, spans: Sequence[tuple[str, int, int, int]]) -> list[str | None]:
        """Return what :func:`index.record.belonging.words_at` does."""
        return words_at(self._engine, spans)

    def versions(self, document_id: str) -> list[int]:
        """Return the version numbers of a document, oldest first."""
        c = t.versions.c
        query = select(c.version).where(c.document_id == document_id).order_by(c.version)
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    def documents(
        self, filters: Filters, *, after: str | None = None, limit: int | None = None
    ) -> list[Document]:
        """Return current versions by identifier, those after ``after``, at most ``limit``."""
        query = current_version().where(*conditions(filters)).order_by(t.documents.c.id)
        if after is not None:
            query = query.where(t.documents.c.id > after)
        with self._engine.connect() as connection:
            return [document_of(row) for row in connection.execute(query.limit(limit))]

    def extent(self, filters: Filters) -> Extent:
        """Return how much the filters leave to search."""
        v, p = t.versions.c, t.passages.c
        where = conditions(filters)
        join = t.documents.join(
            t.versions, and_(v.document_id == t.documents.c.id, v.version == t.documents.c.version)
        )
        counts = select(
            func.count(), func.min(v.published_at), func.max(v.published_at)
        ).select_from(join)
        passages = select(func.count()).select_from(
            join.join(t.passages, and_(p.document_id == v.document_id, p.version == v.version))
        )
        outlets = select(v.outlet).select_from(join).where(v.outlet.is_not(None)).distinct()
        with self._engine.connect() as connection:
            documents, earliest, latest = connection.execute(counts.where(*where)).one()
            return Extent(
                documents,
                connection.scalar(passages.where(*where)) or 0,
                tuple(sorted(connection.scalars(outlets.where(*where)))),
                earliest,
                latest,
            )

    def save(
        self,
        entries: Sequence[Entry],
        embedder: str,
        vectors: Mapping[str, Vectors],
        sentences: Mapping[Cut, Vectors],
    ) -> None:
        """Record document versions with their passages and new vectors, all or nothing.

        Args:
            entries: the versions; a document recorded before gets them as its current version.
            embedder: identity of the vectors' space.
            vectors: new vectors by content hash; those already recorded need not be given.
            sentences: the same of their sentences, one row each.

        Raises:
            DimensionChanged: if vectors have another length than those that are recorded.
        """
        with self._write() as connection:
            save_vectors(connection, embedder, vectors)
            save_sentences(connection, embedder, sentences)
            set_fact(connection, "embedder", embedder)
            save_entries(connection, entries)
            self.stories.join(connection, entries)

    def remove(self, document_id: str) -> None:
        """Remove a document with all versions, passages and vectors used by no other.

        Raises:
            NotFound: if there is no such document.
        """
        with self._write() as connection:
            drop_passages(connection, document_id)
            self.stories.leave(connection, document_id)
            gone = connection.execute(delete(t.documents).where(t.documents.c.id == document_id))
            if not gone.rowcount:
                raise no_document(document_id)
            used = exists().where(t.passages.c.content == t.vectors.c.content)
            connection.execute(delete(t.vectors).where(~used))
            drop_unused(connection)

    # -- vectors ----------------------------------------------------------------------------

    def known_vectors(
        self, embedder: str, contents: Iterable[str], within: str | None = None
    ) -> set[str]:
        """Return those of the content hashes that have a vector of this embedder.

        Args:
            embedder: identity of the vectors' space.
            contents: what is looked for.
            within: a collection, to count only what a document in it has; ``None`` for all.
        """
        v, p, d = t.vectors.c, t.passages.c, t.versions.c
        query = select(v.content).where(v.embedder == embedder)
        if within is not None:
            own = select(p.content).join(
                t.versions, and_(d.document_id == p.document_id, d.version == p.version)
            )
            own = own.where(p.content == v.content, permits(d.collection, frozenset({within})))
            query = query.where(own.exists())
        known: set[str] = set()
        with self._engine.connect() as connection:
            for chunk in _chunks(list(contents)):
                known.update(connection.scalars(query.where(v.content.in_(chunk))))
        return known

    def known_cuts(self, embedder: str, contents: Sequence[str]) -> set[Cut]:
        """Return what :func:`index.record.sentences.known_cuts` does."""
        return known_cuts(self._engine, embedder, contents)

    def add_vectors(
        self, embedder: str, vectors: Mapping[str, Vectors], sentences: Mapping[Cut, Vectors]
    ) -> None:
        """Record vectors of known passages; see :func:`index.record.writing.save_vectors`."""
        with self._write() as connection:
            save_vectors(connection, embedder, vectors)
            save_sentences(connection, embedder, sentences)

    def sentence_vectors(self, embedder: str, passages: Sequence[Candidate]) -> Near:
        """Return what :func:`index.record.sentences.read_sentences` does."""
        return read_sentences(self._engine, embedder, passages)

    def require_dimension(self, embedder: str, length: int) -> None:
        """Refuse a vector's length; see :func:`index.record.writing.check_dimension`."""
        with self._engine.connect() as connection:
            check_dimension(connection, embedder, length)

    def set_aside(self, embedder: str) -> None:
        """Rename the vectors of ``embedder``; see :func:`index.record.writing.set_aside`."""
        with self._write() as connection:
            set_aside(connection, embedder)
            drop_unused(connection)

    def use_embedder(self, embedder: str) -> None:
        """Make ``embedder`` the one whose vectors count and forget the vectors of others."""
        with self._write() as connection:
            set_fact(connection, "embedder", embedder)
            connection.execute(delete(t.vectors).where(t.vectors.c.embedder != embedder))
            drop_unused(connection)

    def require_embedder(self, identity: str) -> State:
        """Refuse to go on with an embedder whose vectors are not those of the record.

        Returns what else was read with it.

        Raises:
            EmbedderChanged: if the record holds vectors of another embedder.
        """
        state = self.state()
        known = state.embedder
        if known is not None and known != identity:
            raise EmbedderChanged(
                f"the documents were embedded by {known}, the configured one is {identity}"
            )
        return state

    # -- changes -----------------------------------------------------------------------------

    @property
    def embedder(self) -> str | None:
        """Identity of the embedder whose vectors the record holds, ``None`` while it has none."""
        return self.state().embedder

    @property
    def last_change(self) -> int:
        """Number of the newest change, 0 if there was none."""
        return self.state().last_change

    def changes(self, after: int) -> list[Change]:
        """Return the changes after number ``after``, in order."""
        c = t.changes.c
        query = select(c.number, c.action, c.first_key, c.last_key).where(c.number > after)
        with self._engine.connect() as connection:
            return [Change(*row) for row in connection.execute(query.order_by(c.number))]

    @contextmanager
    def _write(self) -> Iterator[Connection]:
        # Threads of one process queue here. SQLite, where all but one have to wait for the file,
        # looks again and again with growing pauses, so that some would wait a second for nothing.
        in_turn = self._writing.acquire(timeout=BUSY_SECONDS)
        try:
            with self._engine.execution_options(write=True).begin() as connection:
                yield connection
        except OperationalError as error:
            raise DataDirectoryUnusable(f"{self._path}: {error.orig}") from error
        finally:
            if in_turn:
                self._writing.release()


def no_document(document_id: str, version: int | None = None) -> NotFound:
    """Return the error for a document that is not there, or that who asks may not read."""
    what = f"document {document_id}" + (f" version {version}" if version else "")
    return NotFound(f"there is no {what}")


def _chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    for at in range(0, len(items), CHUNK):
        yield items[at : at + CHUNK]
