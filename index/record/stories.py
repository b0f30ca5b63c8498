"""The record's side of stories: signatures and names, changed in the transaction of a document."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Any

import numpy as np
from sqlalchemy import (
    Connection,
    Engine,
    Select,
    and_,
    delete,
    func,
    insert,
    or_,
    select,
    update,
)

from index.models import Filters, Span
from index.record import schema as t
from index.record.entries import Entry
from index.record.rows import ask, conditions, current_version, document_of, permits
from index.stories.bands import Bands
from index.stories.story import (
    NUMBERS,
    Place,
    Story,
    Telling,
    apart,
    is_candidate,
    is_copy,
    pack,
    seen,
    tell,
    unpack,
)
from index.stories.story import estimate as estimated
from index.stories.wording import Wording, wording

_PROPOSED = 64
"""Most documents whose signatures are compared with that of a new one."""
_COMPARED = 8
"""Most of them whose words are: of stories without number, the most alike are the ones."""
_KEPT = 100_000
"""Words of texts that are held ready; copies come together, and are found together."""
_CHUNK = 500
_COMPARED_ANEW = 50
"""Copies of a story that are compared anew for one search, beside those that it found."""

_SHARED = """
    select distinct one.story
    from json_each(?) as wanted
    join stories as one on one.document_id = wanted.value
    where exists (select 1 from stories as any where any.story = one.story limit 1 offset 1)
"""

Write = Callable[[], AbstractContextManager[Connection]]
Key = tuple[str, int, str]
"""Document, version, SHA-256 of its text: a name that was removed may come back as another text."""


class StoryRecord:
    """Which documents belong together. Safe to share by threads; the owner alone may write."""

    def __init__(self, engine: Engine, write: Write) -> None:
        self._engine = engine
        self._write = write
        self._bands: Bands | None = None
        self._ready: dict[Key, Wording] = {}
        self._words = 0
        self._lock = threading.Lock()

    # -- writing -----------------------------------------------------------------------------

    def join(self, connection: Connection, entries: Sequence[Entry]) -> None:
        """Give recorded versions their stories, each document that of its copies."""
        words_of: dict[str, Wording] = {}
        for entry in entries:
            if entry.version > 1:
                self.leave(connection, entry.document_id)
            spans = [s.span for p in entry.passages for s in p.sentences if s.evidence]
            words = wording(entry.draft.text, spans)
            sha256 = hashlib.sha256(entry.draft.text.encode()).hexdigest()
            self._keep((entry.document_id, entry.version, sha256), words)
            words_of[entry.document_id] = words
        self._enter(connection, words_of)

    def leave(self, connection: Connection, document_id: str) -> None:
        """Take a document out of its story; the others stay one, if need be under another name."""
        c = t.stories.c
        connection.execute(delete(t.stories).where(c.document_id == document_id))
        left = connection.scalars(select(c.document_id).where(c.story == document_id)).all()
        if left:
            self._rename(connection, [document_id], self._first_taken_in(connection, left))

    def fill(self) -> int:
        """Give a story to every document without one, and return how many those were.

        Such are documents recorded before there were stories, or with another sort of signature.
        """
        size = (NUMBERS + 1) * 4
        c = t.stories.c
        with self._write() as connection:
            connection.execute(delete(t.stories).where(func.length(c.signature) != size))
        missing = select(t.documents.c.id).outerjoin(t.stories).where(c.document_id.is_(None))
        with self._engine.connect() as connection:
            todo = list(connection.scalars(missing.order_by(t.documents.c.id)))
        for ids in _chunks(todo, 100):
            with self._write() as connection:
                self._enter(connection, self._wordings(connection, ids))
        return len(todo)

    def _enter(self, connection: Connection, words_of: Mapping[str, Wording]) -> None:
        bands = self._loaded(connection)
        packed = {document_id: pack(words) for document_id, words in words_of.items()}
        rows = [
            {"document_id": document_id, "story": document_id, "signature": signature}
            for document_id, signature in packed.items()
        ]
        if rows:
            connection.execute(insert(t.stories), rows)
        for document_id, words in words_of.items():
            signature = unpack(packed[document_id])
            if signature is None or not words.words:
                continue  # nothing to compare: all such texts would be copies of each other
            # What was added in a transaction that failed, or has gone since, is not found in the
            # record and so does no harm.
            proposed = bands.add(document_id, signature[0], _PROPOSED)
            others = [name for name in proposed if name != document_id]
            stories = self._copied(connection, others, signature, words)
            if stories:
                names = [document_id, *stories]
                self._rename(connection, names, self._first_taken_in(connection, names))

    def _copied(
        self, connection: Connection, proposed: Sequence[str], signature: Any, words: Wording
    ) -> list[str]:
        """Return the stories that have a copy of these words among the documents proposed."""
        if not proposed:
            return []
        rows = connection.execute(select(t.stories).where(t.stories.c.document_id.in_(proposed)))
        likely: list[tuple[float, str, str]] = []
        for row in rows:
            other = unpack(row.signature)
            if other is not None and is_candidate(signature, other):
                likely.append((-estimated(signature, other), row.document_id, row.story))
        # The most alike of each story speaks for it.
        closest = {story: name for _, name, story in sorted(likely, reverse=True)}
        names = [name for _, name, story in sorted(likely) if closest[story] == name][:_COMPARED]
        texts = self._wordings(connection, names)
        return [
            story
            for story, name in closest.items()
            if name in texts and is_copy(words, texts[name])
        ]

    def _loaded(self, connection: Connection) -> Bands:
        # It is not told of what leaves: made anew now and then, it does not grow with every change.
        if self._bands is None or self._bands.is_worn:
            c, names, data = t.stories.c, [], bytearray()
            query = select(c.document_id, c.signature).execution_options(yield_per=10_000)
            for name, packed in connection.execute(query):
                signature = unpack(packed)
                if signature and signature[1]:
                    names.append(name)
                    data += signature[0].tobytes()
            self._bands = Bands(names, np.frombuffer(data, np.uint32).reshape(-1, NUMBERS))
        return self._bands

    @staticmethod
    def _rename(connection: Connection, names: Sequence[str], name: str) -> None:
        c = t.stories.c
        connection.execute(update(t.stories).where(c.story.in_(names)).values(story=name))

    @staticmethod
    def _first_taken_in(connection: Connection, ids: Sequence[str]) -> str:
        v = t.versions.c
        query = select(v.document_id).where(v.version == 1, v.document_id.in_(ids))
        query = query.order_by(v.ingested_at, v.document_id).limit(1)
        return str(connection.scalars(query).one())

    # -- reading -----------------------------------------------------------------------------

    def stories(
        self, filters: Filters, limit: int | None = None, after: Place | None = None
    ) -> list[Story]:
        """Return the stories of two or more documents that the filters leave.

        Their documents come with their texts; no other text is read.

        Args:
            filters: which documents count.
            limit: how many to return at most, in order of place; without it all are returned, the
                largest first.
            after: only those behind this place.
        """
        c, number = t.stories.c, func.count()
        names = current_version().join(t.stories, c.document_id == t.documents.c.id)
        names = names.with_only_columns(c.story, number).where(*conditions(filters))
        names = names.group_by(c.story).having(number > 1).order_by(number.desc(), c.story)
        if after is not None:
            size, last, _ = after
            names = names.having(or_(number < size, and_(number == size, c.story >= last)))
        found: list[Story] = []
        with self._engine.connect() as connection:
            for name, together in connection.execute(names).all():
                if limit is not None and len(found) >= limit:
                    break
                for at, story in enumerate(tell(self._told(connection, name, filters))):
                    told = after is not None and (together, name) == after[:2] and at <= after[2]
                    if not told:
                        found.append(replace(story, place=(together, name, at)))
        if limit is None:
            found.sort(key=lambda story: -len(story.copies))
        return found[:limit]

    def members(
        self, document_ids: Sequence[str], permitted: frozenset[str] | None = None
    ) -> dict[str, tuple[str, ...]]:
        """Return for each of the documents that has copies all of its story, first seen first.

        Two texts may be of one story only because each is a copy of a third. Whoever may not see
        that one must not learn from the other two that it is there, so that with ``permitted``,
        which names the collections that may be read, what these hold is compared by itself.
        """
        # Most documents are no copies: those are told by this query, which reads no texts.
        stories = [name for (name,) in ask(self._engine, _SHARED, json.dumps(list(document_ids)))]
        found: dict[str, dict[str, tuple[object, ...]]] = defaultdict(dict)
        if stories:
            with self._engine.connect() as connection:
                query = _dated().where(t.stories.c.story.in_(stories))
                if permitted is not None:
                    query = query.where(permits(t.versions.c.collection, permitted))
                for row in connection.execute(query):
                    order = seen(row.published_at, row.taken_in, row.document_id)
                    found[row.story][row.document_id] = order
        told = [tuple(sorted(of, key=of.__getitem__)) for of in found.values()]
        if permitted is not None:
            told = [story for of in told for story in self._anew(of, frozenset(document_ids))]
        return {document_id: story for story in told for document_id in story}

    def _anew(self, ids: Sequence[str], wanted: frozenset[str]) -> Iterator[tuple[str, ...]]:
        """Yield the stories that some documents of one story make without the others."""
        some = [*ids[:_COMPARED_ANEW], *(name for name in ids[_COMPARED_ANEW:] if name in wanted)]
        words = self.wordings(some) if len(some) > 1 else {}
        yield from apart([name for name in some if name in words], words)

    def wordings(self, document_ids: Sequence[str]) -> dict[str, Wording]:
        """Return the words of the evidence sentences of current versions."""
        with self._engine.connect() as connection:
            return self._wordings(connection, document_ids)

    def _told(self, connection: Connection, name: str, filters: Filters) -> Iterator[Telling]:
        c = t.stories.c
        first: dict[str, datetime] = {
            row.document_id: row.taken_in
            for row in connection.execute(_dated().where(c.story == name))
        }
        query = current_version().join(t.stories, c.document_id == t.documents.c.id)
        rows = connection.execute(query.where(c.story == name, *conditions(filters))).all()
        words = self._wordings(connection, [row.id for row in rows])
        for row in rows:
            yield Telling(document_of(row), words[row.id], first[row.id])

    def _wordings(self, connection: Connection, ids: Sequence[str]) -> dict[str, Wording]:
        v, p = t.versions.c, t.passages.c
        found: dict[str, Wording] = {}
        todo: list[tuple[Key, str]] = []
        current = current_version().with_only_columns(v.document_id, v.version, v.sha256, v.text)
        for part in _chunks(ids):
            for row in connection.execute(current.where(v.document_id.in_(part))):
                key: Key = (row.document_id, row.version, row.sha256)
                known = self._ready.get(key)
                if known is None:
                    todo.append((key, row.text))
                else:
                    found[row.document_id] = known
        for key, text in todo:
            document_id, version, _ = key
            of_this = and_(p.document_id == document_id, p.version == version)
            passages = select(p.sentences).where(of_this).order_by(p.number)
            spans = [
                Span(start, end)
                for sentences in connection.scalars(passages)
                for start, end, evidence in sentences
                if evidence
            ]
            found[document_id] = wording(text, spans)
            self._keep(key, found[document_id])
        return found

    def _keep(self, key: Key, words: Wording) -> None:
        with self._lock:
            if key in self._ready:
                return
            self._ready[key] = words
            self._words += len(words.words)
            while self._words > _KEPT and len(self._ready) > 1:
                self._words -= len(self._ready.pop(next(iter(self._ready))).words)


def _dated() -> Select[Any]:
    """Select the documents of stories with what tells which of them was seen first."""
    c, d, v = t.stories.c, t.documents.c, t.versions.c
    first = t.versions.alias()
    return (
        select(c.document_id, c.story, v.published_at, first.c.ingested_at.label("taken_in"))
        .join(t.documents, d.id == c.document_id)
        .join(t.versions, and_(v.document_id == d.id, v.version == d.version))
        .join(first, and_(first.c.document_id == d.id, first.c.version == 1))
    )


def _chunks(items: Sequence[str], size: int = _CHUNK) -> Iterator[Sequence[str]]:
    for at in range(0, len(items), size):
        yield items[at : at + size]
