"""Rows of the record to and from the words of the corpus side."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    ExceptionContext,
    Row,
    Select,
    and_,
    create_engine,
    event,
    func,
    or_,
    select,
)

from index.embed import Vectors
from index.models import (
    DEFAULT_COLLECTION,
    METADATA_FIELDS,
    Document,
    Draft,
    Filters,
    Metadata,
    Passage,
    Sentence,
    Span,
)
from index.record import schema as t
from index.storage import record_error
from index.text.languages import language_of

BUSY_SECONDS = 30
"""How long a write waits for another process to finish its own."""


def make_engine(path: Path) -> Engine:
    """Return an engine for the SQLite file at ``path``; nothing is opened yet."""
    engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": BUSY_SECONDS})

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _record: object) -> None:
        # The driver's own transaction handling begins too late; SQLAlchemy's "begin" event does.
        connection.isolation_level = None
        # SQLite's own lower() knows ASCII only.
        connection.create_function("fold", 1, _fold, deterministic=True)
        for pragma in ("journal_mode=wal", "synchronous=full", "foreign_keys=on"):
            connection.execute(f"pragma {pragma}")

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        # A transaction that starts as a reader and then writes fails instead of waiting when
        # another process wrote in between, so writers take the lock at once.
        write = connection.get_execution_options().get("write", False)
        connection.exec_driver_sql("begin immediate" if write else "begin")

    @event.listens_for(engine, "handle_error")
    def _tell(context: ExceptionContext) -> BaseException | None:
        # A full disk or a damaged file can show at any statement.
        return record_error(path, context.original_exception)

    return engine


def ask(engine: Engine, statement: str, *values: str) -> list[tuple[Any, ...]]:
    """Return the rows of a statement of SQLite's own, for what every search asks.

    To put a statement together takes SQLAlchemy longer than SQLite needs to answer it.

    Raises:
        RecordDamaged: if the file holds what SQLite never wrote.
        DataDirectoryUnusable: if it cannot be read.
    """
    try:
        connection = engine.raw_connection()
        try:
            return list(connection.cursor().execute(statement, values))
        finally:
            connection.close()  # gives it back
    except sqlite3.Error as error:
        told = record_error(Path(engine.url.database or ""), error)
        if told is None:
            raise
        raise told from error


def embedding_text(passage: Passage, words: str) -> str:
    """Return what is embedded for a passage: its context, then its own words."""
    return f"{passage.context}\n{words}" if passage.context else words


def content_hash(passage: Passage, words: str) -> str:
    """Return the hash that a passage's vector is recorded under."""
    data = embedding_text(passage, words).encode("utf-8", "surrogatepass")
    return hashlib.sha256(data).hexdigest()


def pack(vector: Vectors) -> bytes:
    """Return a vector as little-endian float32 bytes."""
    return vector.astype("<f4").tobytes()


def any_version() -> Select[Any]:
    """Select all versions, joined to their documents."""
    return select(t.documents.c.id, t.documents.c.source, t.versions).join(
        t.versions, t.versions.c.document_id == t.documents.c.id
    )


def current_version() -> Select[Any]:
    """Select the current version of each document."""
    return any_version().where(t.versions.c.version == t.documents.c.version)


def conditions(filters: Filters) -> list[ColumnElement[bool]]:
    """Return the filters as conditions; what a document does not state fails the filter on it."""
    v = t.versions.c
    found: list[ColumnElement[bool]] = []
    if filters.outlets:
        found.append(_named(v.outlet, filters.outlets))
    if filters.collections:
        in_one = _named(v.collection, filters.collections)
        unnamed = DEFAULT_COLLECTION in {name.lower() for name in filters.collections}
        found.append(or_(in_one, v.collection.is_(None)) if unnamed else in_one)
    if filters.languages:
        found.append(_of_languages(func.lower(v.language), filters.languages))
    if filters.documents:
        found.append(v.document_id.in_(filters.documents))
    if filters.since:
        found.append(v.published_at >= filters.since)
    if filters.until:
        found.append(v.published_at <= filters.until)
    if filters.as_of:
        found.append(v.published_at <= filters.as_of)
    if filters.permitted is not None:
        found.append(permits(v.collection, filters.permitted))
    return [and_(*found)] if found else []


def permits(column: ColumnElement[Any], names: frozenset[str]) -> ColumnElement[bool]:
    """Return the condition that a collection is one of ``names``, which is never unknown."""
    return func.coalesce(column, DEFAULT_COLLECTION).in_(sorted(names))


def _named(column: ColumnElement[Any], names: Sequence[str]) -> ColumnElement[bool]:
    """Return the condition that a name is one of ``names``, without regard to case."""
    # Python is called for each row only where a name needs it.
    fold = func.lower if all(name.isascii() for name in names) else func.fold
    return fold(column).in_([name.lower() for name in names])


def _of_languages(column: ColumnElement[Any], codes: Sequence[str]) -> ColumnElement[bool]:
    wanted = sorted({language for code in codes if (language := language_of(code))})
    return or_(column.in_(wanted), *(column.like(f"{language}-%") for language in wanted))


def _fold(name: str | None) -> str | None:
    return name if name is None else name.lower()


def document_of(row: Row[Any]) -> Document:
    """Return the document version of a row."""
    return Document(
        id=row.id,
        version=row.version,
        source=row.source,
        text=row.text,
        media_type=row.media_type,
        metadata=Metadata(
            **{name: getattr(row, name) for name in METADATA_FIELDS},
            inferred=frozenset(row.inferred),
        ),
        sha256=row.sha256,
        ingested_at=row.ingested_at.replace(tzinfo=UTC),
        pages=_spans(row.pages),
        noise=_spans(row.noise),
        headings=_spans(row.headings),
    )


def version_row(document_id: str, version: int, draft: Draft) -> dict[str, Any]:
    """Return the row of a new document version."""
    return {
        "document_id": document_id,
        "version": version,
        "text": draft.text,
        "media_type": draft.media_type,
        **{name: getattr(draft.metadata, name) for name in METADATA_FIELDS},
        "inferred": sorted(draft.metadata.inferred),
        "sha256": hashlib.sha256(draft.text.encode("utf-8", "surrogatepass")).hexdigest(),
        "pages": _pairs(draft.pages),
        "noise": _pairs(draft.noise),
        "headings": _pairs(draft.headings),
        "ingested_at": datetime.now(UTC).replace(tzinfo=None),
    }


def passage_of(row: Row[Any]) -> Passage:
    """Return the passage of a row."""
    return Passage(
        document_id=row.document_id,
        version=row.version,
        number=row.number,
        span=Span(row.start, row.end),
        sentences=tuple(Sentence(Span(s, e), bool(ev)) for s, e, ev in row.sentences),
        context=row.context,
        key=row.key,
    )


def passage_row(passage: Passage, text: str) -> dict[str, Any]:
    """Return the row of a new passage of a document with this text."""
    return {
        "document_id": passage.document_id,
        "version": passage.version,
        "number": passage.number,
        "start": passage.span.start,
        "end": passage.span.end,
        "sentences": [[s.span.start, s.span.end, int(s.evidence)] for s in passage.sentences],
        "context": passage.context,
        "content": content_hash(passage, passage.span.cut(text)),
    }


def _spans(pairs: list[list[int]]) -> tuple[Span, ...]:
    return tuple(Span(start, end) for start, end in pairs)


def _pairs(spans: tuple[Span, ...]) -> list[list[int]]:
    return [[span.start, span.end] for span in spans]
