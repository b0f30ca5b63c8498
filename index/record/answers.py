"""The record's side of answers: what was said, what it was made from, and what it cites."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

from sqlalchemy import ColumnElement, Connection, Engine, and_, insert, or_, select

from index.errors import NotFound
from index.models import Span
from index.record import schema as t
from index.record.asker import LOCAL, Asker
from index.record.rows import permits
from index.record.together import Together

Write = Callable[[], AbstractContextManager[Connection]]

Moment = tuple[datetime, str]
"""Place of an answer in time: when it was made, and its identifier."""

AT_A_TIME = 500
"""Answers read at once, each with its text."""


@dataclass(frozen=True, slots=True)
class Cited:
    """A place that an answer cites, and the version of the document that counts now."""

    number: int
    """The citation's number in its answer."""
    document_id: str
    """The cited document."""
    version: int
    """The cited version."""
    span: Span
    """The cited words in that version's text."""
    current: int | None
    """The document's version now; ``None`` if the document was removed."""


@dataclass(frozen=True, slots=True)
class Outdated:
    """An answer that cites documents whose current text is not the cited one."""

    answer_id: str
    """The answer."""
    body: str
    """The answer as JSON."""
    cited: tuple[Cited, ...]
    """Those of its citations, in order of number."""


class AnswerRecord:
    """The recorded answers. Safe to share by threads and processes."""

    def __init__(self, engine: Engine, write: Write) -> None:
        self._engine = engine
        self._together = Together(write)

    def save(
        self,
        answer_id: str,
        body: str,
        created_at: datetime,
        *,
        manifest: str | None = None,
        citations: Sequence[Mapping[str, object]] = (),
        key: str | None = None,
    ) -> None:
        """Record an answer with its manifest and what it cites, all or nothing.

        Args:
            answer_id: its identifier.
            body: the answer as JSON.
            created_at: when it was made.
            manifest: what it was made from, as JSON.
            citations: ``number``, ``document_id``, ``version``, ``start`` and ``end`` of each
                citation.
            key: identifier of the key that asked; ``None`` for whoever has the data directory.
        """
        row = {"id": answer_id, "created_at": _stamp(created_at), "body": body, "key": key}

        def change(connection: Connection) -> None:
            connection.execute(insert(t.answers), {**row, "manifest": manifest})
            hashes = {place: _hash(connection, *place) for place in set(map(_place, citations))}
            rows = [
                {"answer_id": answer_id, "sha256": hashes[_place(cited)], **cited}
                for cited in citations
            ]
            if rows:
                connection.execute(insert(t.citations), rows)

        self._together.carry_out(change)

    def body(self, answer_id: str, asker: Asker = LOCAL) -> str:
        """Return the JSON of a recorded answer.

        Raises:
            NotFound: if there is no such answer that ``asker`` may read.
        """
        return self._read(answer_id, asker)[0]

    def manifest(self, answer_id: str, asker: Asker = LOCAL) -> str | None:
        """Return the JSON of an answer's manifest; ``None`` if it was recorded without one.

        Raises:
            NotFound: if there is no such answer that ``asker`` may read.
        """
        return self._read(answer_id, asker)[1]

    def newest(
        self, limit: int, asker: Asker = LOCAL, *, before: Moment | None = None
    ) -> list[str]:
        """Return the JSON of the latest answers that ``asker`` may read, newest first.

        Args:
            limit: how many at most.
            asker: who may read them.
            before: only those older than this one.
        """
        c = t.answers.c
        query = select(c.body).where(*_readable(asker))
        if before is not None:
            when, name = _stamp(before[0]), before[1]
            query = query.where(or_(c.created_at < when, and_(c.created_at == when, c.id < name)))
        query = query.order_by(c.created_at.desc(), c.id.desc()).limit(limit)
        with self._engine.connect() as connection:
            return list(connection.scalars(query))

    def outdated(
        self,
        *,
        documents: Sequence[str] = (),
        since: date | None = None,
        asker: Asker = LOCAL,
        behind: Moment | None = None,
    ) -> Iterator[Outdated]:
        """Yield the answers that cite a document whose text is another now, oldest first.

        Args:
            documents: citations of these documents only; all if empty.
            since: answers recorded on this day (UTC) or later only.
            asker: answers that may be read by them only.
            behind: only those later than this one.
        """
        after = (_stamp(behind[0]), behind[1]) if behind else None
        while True:
            page = self._outdated(documents, since, after, asker)
            for found, _ in page:
                yield found
            if len(page) < AT_A_TIME:
                return
            after = (page[-1][1], page[-1][0].answer_id)

    def _outdated(
        self,
        documents: Sequence[str],
        since: date | None,
        after: tuple[datetime, str] | None,
        asker: Asker,
    ) -> list[tuple[Outdated, datetime]]:
        a, c, d, v = t.answers.c, t.citations.c, t.documents.c, t.versions.c
        to_document = t.citations.outerjoin(t.documents, d.id == c.document_id).outerjoin(
            t.versions, and_(v.document_id == d.id, v.version == d.version)
        )
        unknown = or_(v.sha256.is_(None), c.sha256.is_(None))
        stale: list[ColumnElement[bool]] = [or_(unknown, v.sha256 != c.sha256)]
        if documents:
            stale.append(c.document_id.in_(documents))
        concerned = select(c.answer_id).select_from(to_document).where(*stale)
        answers = select(a.id, a.body, a.created_at).where(a.id.in_(concerned), *_readable(asker))
        if since:
            answers = answers.where(a.created_at >= datetime.combine(since, time()))
        if after:
            when, name = after
            later = and_(a.created_at == when, a.id > name)
            answers = answers.where(or_(a.created_at > when, later))
        answers = answers.order_by(a.created_at, a.id).limit(AT_A_TIME)
        columns = (c.answer_id, c.number, c.document_id, c.version, c.start, c.end)
        places = select(*columns, d.version.label("current")).select_from(to_document)
        with self._engine.connect() as connection:  # one transaction: both see the same record
            rows = connection.execute(answers).all()
            wanted = places.where(c.answer_id.in_([row.id for row in rows]), *stale)
            cited: dict[str, list[Cited]] = {}
            for number in connection.execute(wanted.order_by(c.number)):
                place = Span(number.start, number.end)
                cited.setdefault(number.answer_id, []).append(
                    Cited(number.number, number.document_id, number.version, place, number.current)
                )
        return [(Outdated(row.id, row.body, tuple(cited[row.id])), row.created_at) for row in rows]

    def _read(self, answer_id: str, asker: Asker) -> tuple[str, str | None]:
        c = t.answers.c
        with self._engine.connect() as connection:
            query = select(c.body, c.manifest).where(c.id == answer_id, *_readable(asker))
            row = connection.execute(query).first()
        if row is None:
            raise no_answer(answer_id)
        return row.body, row.manifest


def no_answer(answer_id: str) -> NotFound:
    """Return the error for an answer that is not there, or that who asks may not read."""
    return NotFound(f"there is no answer {answer_id}", hint="Check the answer's id.")


def _readable(asker: Asker) -> list[ColumnElement[bool]]:
    """Return the conditions that an answer is ``asker``'s, who may still read all that it cites.

    What was cited of a document counts, and what the document is now: it may have been moved.
    """
    if asker.everyones:
        return []
    a, c, d, v = t.answers.c, t.citations.c, t.documents.c, t.versions.c
    own = a.key == asker.key
    if asker.permitted is None:
        return [own]
    there = t.citations.join(t.documents, d.id == c.document_id).join(
        t.versions, and_(v.document_id == d.id, or_(v.version == d.version, v.version == c.version))
    )
    cited = select(c.number).select_from(there).where(c.answer_id == a.id)
    return [own, ~cited.where(~permits(v.collection, asker.permitted)).exists()]


def _place(cited: Mapping[str, object]) -> tuple[object, object]:
    return cited["document_id"], cited["version"]


def _hash(connection: Connection, document_id: object, version: object) -> str | None:
    """Return the SHA-256 of a cited version's text.

    The statement is written out: every answer asks this for each document that it cites, and to
    put it together would take longer than to answer it.
    """
    statement = "select sha256 from versions where document_id = ? and version = ?"
    row = connection.exec_driver_sql(statement, (document_id, version)).one_or_none()
    return None if row is None else row[0]


def _stamp(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(tzinfo=None)
