"""The record's side of jobs: uploads that wait to be taken in, and what became of each document.

Jobs are in the record as documents are: what was accepted here is done, also by another process
after this one was killed. They are worked off in the order in which they came. What is known of a
job that has ended is kept for :data:`KEPT`.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal, cast

from sqlalchemy import Connection, Engine, Row, delete, func, insert, or_, select, update

from index.models import METADATA_FIELDS, Metadata
from index.record import schema as t

Write = Callable[[], AbstractContextManager[Connection]]

Status = Literal["queued", "running", "done", "failed", "cancelled"]
Action = Literal["add", "remove"]
Outcome = Literal["added", "changed", "unchanged", "removed", "rejected", "cancelled"]
Reason = Mapping[str, str]
"""Why something failed: ``code``, ``message`` and ``hint``."""

KEPT = timedelta(days=7)
"""How long a job that has ended is remembered."""

_OPEN = ("queued", "running")


@dataclass(frozen=True, slots=True)
class JobDocument:
    """One document of a job."""

    source: str
    """Where it came from, by which it is recognised."""
    name: str
    """Its file name."""
    action: Action = "add"
    """What is to be done with it."""
    given: Metadata = field(default_factory=Metadata)
    """What was stated about it."""
    media_type: str | None = None
    """As stated by its sender."""
    size: int = 0
    """Its bytes, as far as known."""
    place: str | None = None
    """The path or address to read it from; without one its bytes are staged with the job."""
    outcome: Outcome | None = None
    """What became of it; ``None`` while it waits."""
    document_id: str | None = None
    """Its identifier, once it is in the record."""
    version: int | None = None
    """Its version then."""
    passages: int | None = None
    """Number of its passages."""
    problem: Reason | None = None
    """Why it was rejected."""


@dataclass(frozen=True, slots=True)
class Job:
    """Documents that were sent together, and how far they are."""

    id: str
    """Identifier, such as ``j-0123456789abcdef``."""
    number: int
    """Its place in the order in which jobs came."""
    caller: str
    """Who sent them: the identifier of a key, or ``local``."""
    collection: str
    """Where they go."""
    alone: bool
    """Whether they are taken in as if there were no other collection; see
    :attr:`index.intake.ingest.Ingestor.within`."""
    request: str | None
    """Identifier of the request that made it."""
    status: Status
    """How far it is."""
    created_at: datetime
    """When it was accepted, in UTC."""
    started_at: datetime | None
    """When its first document was begun."""
    finished_at: datetime | None
    """When it ended."""
    problem: Reason | None
    """Why it failed as a whole."""
    counts: Mapping[str, int]
    """Number of its documents by outcome; those that wait under ``waiting``."""

    @property
    def is_open(self) -> bool:
        """Whether it has not ended."""
        return self.status in _OPEN


class JobRecord:
    """The jobs of a record. Safe to share by threads; any process may write."""

    def __init__(self, engine: Engine, write: Write) -> None:
        self._engine = engine
        self._write = write

    @staticmethod
    def new_id() -> str:
        """Return an identifier for a job that is yet to be recorded."""
        return f"j-{uuid.uuid4().hex[:16]}"

    def add(
        self,
        job_id: str,
        documents: Sequence[JobDocument],
        *,
        caller: str,
        collection: str,
        most: int,
        alone: bool = False,
        request: str | None = None,
    ) -> bool:
        """Record a job; return whether there was room for it.

        Args:
            job_id: from :meth:`new_id`.
            documents: what it is made of.
            caller: who sends it.
            collection: where its documents go.
            most: jobs that may wait or run at the same time, this one included.
            alone: whether they are taken in as if there were no other collection.
            request: identifier of the request that makes it.
        """
        c = t.jobs.c
        with self._write() as connection:
            waiting = select(func.count()).select_from(t.jobs).where(c.status.in_(_OPEN))
            if (connection.scalar(waiting) or 0) >= most:
                return False
            row = {
                "id": job_id,
                "number": (connection.scalar(select(func.max(c.number))) or 0) + 1,
                "caller": caller,
                "collection": collection,
                "alone": alone,
                "request": request,
                "status": "queued",
                "created_at": _now(),
            }
            connection.execute(insert(t.jobs), row)
            rows = [_row(job_id, number, one) for number, one in enumerate(documents)]
            connection.execute(insert(t.job_documents), rows)
        return True

    def find(self, job_id: str) -> Job | None:
        """Return a job, ``None`` if there is none of that identifier."""
        found = self._jobs(t.jobs.c.id == job_id, limit=1)
        return found[0] if found else None

    def documents(self, job_id: str) -> list[JobDocument]:
        """Return the documents of a job, in the order in which they were sent."""
        c = t.job_documents.c
        query = select(t.job_documents).where(c.job == job_id).order_by(c.number)
        with self._engine.connect() as connection:
            return [_document(row) for row in connection.execute(query)]

    def newest(
        self,
        *,
        caller: str | None,
        collections: Iterable[str] | None,
        before: int | None = None,
        limit: int,
    ) -> list[Job]:
        """Return jobs, newest first.

        Args:
            caller: who asks; his own jobs count. ``None`` for nobody's.
            collections: jobs to these count as well; ``None`` for all jobs.
            before: only jobs that came before the one of this number.
            limit: most of them.
        """
        c = t.jobs.c
        where = [c.number < before] if before is not None else []
        if collections is not None:
            where.append(or_(c.caller == caller, c.collection.in_(list(collections))))
        return self._jobs(*where, limit=limit)

    def following(self) -> Job | None:
        """Return the job that is to be worked on: the first that has not ended."""
        found = self._jobs(t.jobs.c.status.in_(_OPEN), limit=1, oldest=True)
        return found[0] if found else None

    def ids(self) -> set[str]:
        """Return the identifiers of the jobs that have not ended."""
        with self._engine.connect() as connection:
            return set(connection.scalars(select(t.jobs.c.id).where(t.jobs.c.status.in_(_OPEN))))

    def begin(self, job_id: str) -> None:
        """Note that work on a job has begun."""
        c = t.jobs.c
        here = update(t.jobs).where(c.id == job_id, c.status == "queued")
        with self._write() as connection:
            connection.execute(here.values(status="running", started_at=_now()))

    def settle(self, job_id: str, number: int, settled: JobDocument) -> None:
        """Note what became of a document; also if it was to be cancelled and was begun before."""
        c = t.job_documents.c
        values = {
            "outcome": settled.outcome,
            "document_id": settled.document_id,
            "version": settled.version,
            "passages": settled.passages,
            "problem": dict(settled.problem) if settled.problem else None,
        }
        here = update(t.job_documents).where(c.job == job_id, c.number == number)
        with self._write() as connection:
            connection.execute(here.values(**values))

    def cancel(self, job_id: str) -> None:
        """Cancel the documents of a job that are not begun; one that has ended stays as it is."""
        c, d = t.jobs.c, t.job_documents.c
        with self._write() as connection:
            status = connection.scalar(select(c.status).where(c.id == job_id))
            if status not in _OPEN:
                return
            waiting = update(t.job_documents).where(d.job == job_id, d.outcome.is_(None))
            connection.execute(waiting.values(outcome="cancelled"))
            if status == "queued":
                here = update(t.jobs).where(c.id == job_id)
                connection.execute(here.values(status="cancelled", finished_at=_now()))

    def finish(self, job_id: str, problem: Reason | None = None) -> None:
        """Note that a job has ended, and forget those that ended long ago.

        Without a ``problem`` it is ``failed`` if each of its documents was rejected, ``cancelled``
        if one was, and ``done`` otherwise.
        """
        c, d = t.jobs.c, t.job_documents.c
        with self._write() as connection:
            outcomes = set(connection.scalars(select(d.outcome).where(d.job == job_id)))
            status: Status = "done"
            if problem is not None or outcomes == {"rejected"}:
                status = "failed"
            elif "cancelled" in outcomes:
                status = "cancelled"
            here = update(t.jobs).where(c.id == job_id)
            ended = {"status": status, "finished_at": _now()}
            connection.execute(here.values(**ended, problem=dict(problem) if problem else None))
            connection.execute(delete(t.jobs).where(c.finished_at < _now() - KEPT))

    def _jobs(self, *where: Any, limit: int, oldest: bool = False) -> list[Job]:
        c, d = t.jobs.c, t.job_documents.c
        order = c.number if oldest else c.number.desc()
        query = select(t.jobs).where(*where).order_by(order).limit(limit)
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
            named = [row.id for row in rows]
            counting = select(d.job, d.outcome, func.count()).where(d.job.in_(named))
            counts: dict[str, dict[str, int]] = {name: {} for name in named}
            for job, outcome, count in connection.execute(counting.group_by(d.job, d.outcome)):
                counts[job][outcome or "waiting"] = count
        return [_job(row, counts[row.id]) for row in rows]


def _job(row: Row[Any], counts: Mapping[str, int]) -> Job:
    return Job(
        row.id,
        row.number,
        row.caller,
        row.collection,
        row.alone,
        row.request,
        cast("Status", row.status),
        row.created_at.replace(tzinfo=UTC),
        _moment(row.started_at),
        _moment(row.finished_at),
        row.problem,
        counts,
    )


def _row(job_id: str, number: int, one: JobDocument) -> dict[str, object]:
    return {
        "job": job_id,
        "number": number,
        "action": one.action,
        "source": one.source,
        "name": one.name,
        "given": _packed(one.given),
        "media_type": one.media_type,
        "size": one.size,
        "place": one.place,
    }


def _document(row: Row[Any]) -> JobDocument:
    return JobDocument(
        source=row.source,
        name=row.name,
        action=row.action,
        given=_unpacked(row.given),
        media_type=row.media_type,
        size=row.size,
        place=row.place,
        outcome=row.outcome,
        document_id=row.document_id,
        version=row.version,
        passages=row.passages,
        problem=row.problem,
    )


def _packed(given: Metadata) -> dict[str, object]:
    known = {name: getattr(given, name) for name in METADATA_FIELDS}
    fields = {n: v.isoformat() if isinstance(v, date) else v for n, v in known.items() if v}
    return fields | {"inferred": sorted(given.inferred)}


def _unpacked(held: Mapping[str, Any]) -> Metadata:
    fields = {name: held[name] for name in METADATA_FIELDS if name in held}
    given = Metadata(**fields, inferred=frozenset(held.get("inferred", ())))
    if given.published_at is None:
        return given
    return replace(given, published_at=date.fromisoformat(fields["published_at"]))


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _moment(stored: datetime | None) -> datetime | None:
    return stored.replace(tzinfo=UTC) if stored else None
