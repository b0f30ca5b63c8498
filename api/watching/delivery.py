"""From a watcher into the record: by itself, or through the server that owns the data directory.

What is handed to a server goes through the record, as a job: so it keeps the source that it is
known by, needs no key, and is not lost if either of the two is killed.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from api.errors import QueueFull
from api.jobs.runner import reason_of
from api.jobs.staging import Staging
from index.errors import DataDirectoryInUse, NotFound, StateError
from index.intake.ingest import Ingested, Rejected
from index.intake.reading import document_id
from index.models import DEFAULT_COLLECTION
from index.ownership import Ownership, is_served
from index.record.jobs import JobDocument, Reason

if TYPE_CHECKING:
    from index.load.origins import Origin
    from index.record.jobs import JobRecord
    from qa.service import Service
    from qa.settings import Settings

LOOK_SECONDS = 0.2
"""How often a job is looked at."""
_OWNER_SECONDS = 5.0
_MOST_TOGETHER = 100


@dataclass(frozen=True, slots=True)
class Delivered:
    """What became of something."""

    source: str
    """Where it came from."""
    outcome: str
    """One of the outcomes of a job's document."""
    passages: int | None = None
    """Number of its passages, where it was taken in."""
    problem: Reason | None = None
    """Why it was rejected."""


class Delivery:
    """Takes what a watcher found into the record.

    Args:
        settings: of the data directory.
        reader: the record, opened beside its owner.
        own: opens the service as the owner of the data directory.
    """

    def __init__(
        self,
        settings: Settings,
        reader: Service,
        own: Callable[[], AbstractContextManager[Service]],
    ) -> None:
        self._settings = settings
        self._catalog = reader.corpus.catalog
        self._own = own

    def deliver(self, origins: Sequence[Origin], removed: Sequence[str]) -> Iterator[Delivered]:
        """Yield what became of documents that are new or changed, and of those to be removed.

        Raises:
            DataDirectoryInUse: if a process that is no server owns the data directory.
            StateError: if the record cannot be written.
            QueueFull: if the server has as many jobs as it takes on.
        """
        if not origins and not removed:
            return
        try:
            opened = self._own()
            with opened as service:
                yield from self._take_in(service, origins, removed)
        except DataDirectoryInUse:
            if not is_served(self._settings.data):
                raise
            yield from self._hand_over(origins, removed)

    def _take_in(
        self, service: Service, origins: Sequence[Origin], removed: Sequence[str]
    ) -> Iterator[Delivered]:
        for event in service.corpus.ingest(origins, limit=self._settings.max_document_bytes):
            if isinstance(event, Ingested):
                yield Delivered(event.source, event.outcome, event.passages)
            elif isinstance(event, Rejected):
                yield Delivered(event.source, "rejected", problem=reason_of(event.error))
        for source in removed:
            try:
                service.corpus.remove(document_id(source))
            except NotFound:
                continue
            yield Delivered(source, "removed")

    def _hand_over(self, origins: Sequence[Origin], removed: Sequence[str]) -> Iterator[Delivered]:
        """Have the server do it, some at a time."""
        documents = [_document(origin) for origin in origins]
        documents += [JobDocument(source, source, action="remove") for source in removed]
        data = {origin.source: origin.data for origin in origins}
        for at in range(0, len(documents), _MOST_TOGETHER):
            some = documents[at : at + _MOST_TOGETHER]
            yield from self._job(some, [data.get(one.source) for one in some])

    def _job(
        self, documents: Sequence[JobDocument], data: Sequence[bytes | None]
    ) -> Iterator[Delivered]:
        jobs, staging = self._catalog.jobs, Staging(self._settings.data)
        job_id = jobs.new_id()
        staging.write(job_id, data)
        collection = documents[0].given.collection or DEFAULT_COLLECTION
        most = self._settings.max_jobs
        if not jobs.add(job_id, documents, caller="local", collection=collection, most=most):
            staging.drop(job_id)
            raise QueueFull(f"{most} uploads wait already")
        done: set[int] = set()
        looked = time.monotonic()
        try:
            while len(done) < len(documents):
                yield from _news(jobs, job_id, done)
                job = jobs.find(job_id)
                if job is None or not job.is_open:
                    yield from _news(jobs, job_id, done)
                    return
                if time.monotonic() - looked > _OWNER_SECONDS:
                    looked = time.monotonic()
                    self._require_owner()
                time.sleep(LOOK_SECONDS)
        finally:
            if len(done) < len(documents):
                jobs.cancel(job_id)  # what was not begun is found again by the watcher itself
                job = jobs.find(job_id)
                if job is None or not job.is_open:
                    staging.drop(job_id)

    def _require_owner(self) -> None:
        """Refuse to wait for a server that is gone.

        Raises:
            StateError: if nobody owns the data directory.
        """
        try:
            Ownership.take(self._settings.data).release()
        except DataDirectoryInUse:
            return
        raise StateError("the server is gone", hint="What it did not do is done next time.")


def _document(origin: Origin) -> JobDocument:
    return JobDocument(
        source=origin.source,
        name=origin.name,
        given=origin.given,
        media_type=origin.media_type,
        size=origin.size,
        place=str(origin.path) if origin.path is not None else None,
    )


def _news(jobs: JobRecord, job_id: str, done: set[int]) -> Iterator[Delivered]:
    """Yield the documents of a job that were settled since the last time."""
    for number, one in enumerate(jobs.documents(job_id)):
        if one.outcome is not None and number not in done:
            done.add(number)
            yield Delivered(one.source, one.outcome, one.passages, one.problem)
