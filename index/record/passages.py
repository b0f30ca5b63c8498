"""The record's side of searching: passages by their keys, and what the indexes are fed with.

What every search asks goes to SQLite directly: see :func:`index.record.rows.ask`.
"""

from __future__ import annotations

import json
from collections import namedtuple
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

import numpy as np
from sqlalchemy import Engine, and_, func, select

from index.embed import Vectors
from index.models import METADATA_FIELDS, Document, Passage
from index.record import schema as t
from index.record.candidates import Candidate
from index.record.entries import Described
from index.record.rows import ask, document_of, passage_of

_OF_VERSION = (
    *("document_id", "version", "text", "media_type", *METADATA_FIELDS, "inferred", "sha256"),
    *("pages", "noise", "headings", "ingested_at"),
)
_JSON = ("inferred", "pages", "noise", "headings")
_Found = namedtuple("_Found", ("id", "source", *_OF_VERSION))  # type: ignore[misc]  # as the tables
_DOCUMENTS = f"""
    select d.id, d.source, {", ".join(f'v."{name}"' for name in _OF_VERSION)}
    from json_each(?) as wanted
    cross join passages as p on p.key = wanted.value
    join documents as d on d.id = p.document_id and d.version = p.version
    join versions as v on v.document_id = p.document_id and v.version = p.version
"""  # noqa: S608  # names of columns only

# SQLite counts characters from 1; substr cuts the words without loading whole texts.
_CANDIDATE = """
    p.key, p.document_id, p.version, p.number, p.start, p."end", p.sentences, p.context,
    v.published_at, substr(v.text, p.start + 1, p."end" - p.start)
"""
_CANDIDATES = f"""
    select {_CANDIDATE}
    from json_each(?) as wanted
    cross join passages as p on p.key = wanted.value
    join documents as d on d.id = p.document_id and d.version = p.version
    join versions as v on v.document_id = p.document_id and v.version = p.version
    order by wanted.key
"""  # noqa: S608  # names of columns only
_OF_DOCUMENT = f"""
    select {_CANDIDATE}
    from documents as d
    join passages as p on p.document_id = d.id and p.version = d.version
    join versions as v on v.document_id = p.document_id and v.version = p.version
    where d.id = ?
    order by p.number
"""  # noqa: S608  # names of columns only
_STATE = """
    select (select max(number) from changes), (select value from facts where name = 'embedder')
"""


class State(NamedTuple):
    """What has to be known about the record before a search."""

    last_change: int
    """Number of the newest change, 0 if there was none."""
    embedder: str | None
    """Identity of the embedder whose vectors the record holds, ``None`` while it has none."""


class PassageRows:
    """Passages, their vectors and their documents, as far as searching needs them."""

    def __init__(self, engine: Engine) -> None:
        """Read from the record behind ``engine``."""
        self._engine = engine

    def state(self) -> State:
        """Return what has to be known about the record before a search."""
        ((last_change, embedder),) = ask(self._engine, _STATE)
        return State(last_change or 0, embedder)

    def passages_of(self, document_id: str, version: int) -> list[Passage]:
        """Return the passages of a current version in order; older versions have none."""
        c = t.passages.c
        query = select(t.passages).where(c.document_id == document_id, c.version == version)
        with self._engine.connect() as connection:
            return [passage_of(row) for row in connection.execute(query.order_by(c.number))]

    def candidates(self, keys: Sequence[int]) -> list[Candidate]:
        """Return the passages with these keys that are there, in the order of ``keys``."""
        wanted = json.dumps([int(key) for key in keys])
        return [_candidate(row) for row in ask(self._engine, _CANDIDATES, wanted)]

    def candidates_of(self, document_id: str) -> list[Candidate]:
        """Return the passages of a document's current version in order."""
        return [_candidate(row) for row in ask(self._engine, _OF_DOCUMENT, document_id)]

    def documents_of(self, candidates: Iterable[Candidate]) -> dict[str, Document]:
        """Return the documents of passages, each as often as needed but read once.

        What was removed or replaced since the passages were read is left out.
        """
        # By a key of each: a document that was removed may come back as another text.
        keys = {found.document_id: found.key for found in candidates}
        documents = {}
        for values in ask(self._engine, _DOCUMENTS, json.dumps(list(keys.values()))):
            document = document_of(_read(_Found._make(values)))
            documents[document.id] = document
        return documents

    def passages(self, keys: Sequence[int]) -> list[tuple[Passage, Document]]:
        """Return the passages with these keys and their documents, in the order of ``keys``."""
        found = self.candidates(keys)
        documents = self.documents_of(found)
        return [
            (c.passage(), documents[c.document_id]) for c in found if c.document_id in documents
        ]

    def passage_count(self) -> int:
        """Return how many passages there are."""
        with self._engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(t.passages)) or 0

    def vector_count(self, embedder: str) -> int:
        """Return how many passages have a vector of this embedder."""
        p, v = t.passages.c, t.vectors.c
        join = t.passages.join(t.vectors, and_(v.content == p.content, v.embedder == embedder))
        with self._engine.connect() as connection:
            return connection.scalar(select(func.count()).select_from(join)) or 0

    def described(self, first: int, last: int) -> Iterator[Described]:
        """Yield what filters look at for each document with passages in ``first..last``."""
        p, v = t.passages.c, t.versions.c
        query = (
            select(p.document_id, func.min(p.key).label("first"), func.max(p.key).label("last"))
            .where(p.key.between(first, last))
            .group_by(p.document_id, p.version)
            .subquery()
        )
        fields = (v.outlet, v.collection, v.language, v.published_at)
        of_this = and_(v.document_id == query.c.document_id, v.version == t.documents.c.version)
        found = (
            select(query, *fields)
            .join(t.documents, t.documents.c.id == query.c.document_id)
            .join(t.versions, of_this)
            .order_by(query.c.first)
        )
        with self._engine.connect() as connection:
            for row in connection.execute(found):
                yield Described(*row)

    def passages_between(self, first: int, last: int) -> Iterator[tuple[Passage, str]]:
        """Yield the passages with keys in ``first..last``, each with its own words."""
        p, v = t.passages.c, t.versions.c
        # SQLite counts characters from 1; substr cuts the words without loading whole texts.
        words = func.substr(v.text, p.start + 1, p.end - p.start)
        query = (
            select(t.passages, words.label("words"))
            .join(t.versions, and_(v.document_id == p.document_id, v.version == p.version))
            .where(p.key.between(first, last))
            .order_by(p.key)
        )
        with self._engine.connect() as connection:
            for row in connection.execution_options(yield_per=1000).execute(query):
                yield passage_of(row), row.words

    def vectors_between(self, embedder: str, first: int, last: int) -> tuple[list[int], Vectors]:
        """Return the keys in ``first..last`` that have vectors of this embedder, and those."""
        p, v = t.passages.c, t.vectors.c
        query = (
            select(p.key, v.vector)
            .join(t.vectors, and_(v.content == p.content, v.embedder == embedder))
            .where(p.key.between(first, last))
            .order_by(p.key)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        if not rows:
            return [], np.empty((0, 0), np.float32)
        numbers = np.frombuffer(b"".join(row.vector for row in rows), "<f4")
        return [row.key for row in rows], numbers.reshape(len(rows), -1)


def _candidate(row: tuple[Any, ...]) -> Candidate:
    sentences, context, day, words = row[6:]
    published_at = date.fromisoformat(day) if day else None
    return Candidate._make((*row[:6], json.loads(sentences), context, published_at, words))


def _read(row: Any) -> Any:
    """Return a row as SQLAlchemy would, with its JSON and its days read."""
    # Most documents have no pages, noise or headings.
    packed = {name: getattr(row, name) for name in _JSON}
    values: dict[str, Any] = {
        name: [] if value == "[]" else json.loads(value) for name, value in packed.items()
    }
    if row.published_at is not None:
        values["published_at"] = date.fromisoformat(row.published_at)
    values["ingested_at"] = datetime.fromisoformat(row.ingested_at)
    return row._replace(**values)
