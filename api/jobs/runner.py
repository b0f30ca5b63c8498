"""The one who works off jobs: in the order in which they came, a few documents at a time.

Between two handfuls everybody else who writes gets a turn, and a job can be cancelled. What became
of a document is recorded at once, so that after a kill the next server goes on where this one was;
a document that was recorded just before the kill is found ``unchanged`` then.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from api import problems, upload_names
from api.fetching import is_link
from api.jobs.staging import Staging
from index.errors import DossierError, EmbedderChanged, EmbeddingFailed, NotFound, StateError
from index.intake.ingest import Ingested, Planned, Rejected
from index.intake.reading import document_id
from index.intake.workers import shared
from index.load.origins import Origin
from index.record.jobs import JobDocument, Reason

if TYPE_CHECKING:
    from api.fetching import Fetcher
    from api.telemetry.metrics import Metrics
    from index.corpus import Corpus
    from index.record.jobs import Job
    from qa.settings import Settings

Numbered = tuple[int, JobDocument]
Ready = tuple[Numbered, Origin | None]
"""A document and where it is to be read from; nowhere if it is to be removed."""

LOOK_SECONDS = 1.0
"""How often the record is asked for jobs that other processes put there."""
_HANDFUL, _HANDFUL_BYTES = 16, 2_000_000
_ATTEMPTS = 6
_LONGEST_PAUSE = 60.0
_END_SECONDS = 8.0

logger = logging.getLogger("dossier.jobs")


class _Passing(Exception):
    """What keeps documents out may pass: they are tried again."""


class JobRunner:
    """Works off the jobs of a data directory that this process owns.

    Args:
        corpus: where the documents go.
        settings: the largest document.
        metrics: counts what became of documents.
        fetcher: fetches addresses.
        write: takes a turn to write.
    """

    def __init__(
        self,
        corpus: Corpus,
        settings: Settings,
        metrics: Metrics,
        fetcher: Fetcher,
        write: Callable[[Callable[[], bool]], Awaitable[bool]],
    ) -> None:
        self.staging = Staging(corpus.directory)
        self._corpus = corpus
        self._jobs = corpus.catalog.jobs
        self._limit = settings.max_document_bytes
        self._metrics = metrics
        self._fetcher = fetcher
        self._write = write
        self._woken = asyncio.Event()
        self._stopping = False
        self._task: asyncio.Task[None] | None = None
        self._tried: tuple[str, int] = ("", 0)

    def start(self) -> None:
        """Begin to work, in the running event loop."""
        if self._corpus.writable:
            self._corpus.tell_of_jobs()
            shared(self._corpus.bounds).warm()
            self._task = asyncio.create_task(self._run())

    def wake(self) -> None:
        """Tell that there is a new job."""
        self._woken.set()

    def cancel(self, job_id: str) -> None:
        """Cancel what is not begun of a job. Blocks."""
        self._jobs.cancel(job_id)
        job = self._jobs.find(job_id)
        if job is not None and not job.is_open:  # otherwise it is for who works on it
            self.staging.drop(job_id)

    async def stop(self) -> None:
        """Leave off; what is under way is taken up again by the next server."""
        self._stopping = True
        self._woken.set()
        if self._task is None:
            return
        for _ in range(int(_END_SECONDS)):
            done, _ = await asyncio.wait([self._task], timeout=1.0)
            if done:
                return
            shared(self._corpus.bounds).interrupt()  # a document may take minutes to read
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task

    async def _run(self) -> None:
        pause = 0.0
        with suppress(DossierError, OSError):
            open_jobs = await asyncio.to_thread(self._jobs.ids)
            await asyncio.to_thread(self.staging.keep_only, open_jobs)
        while not self._stopping:
            try:
                busy = await self._step()
                pause = 0.0
            except Exception as error:
                busy, pause = False, min(max(1.0, 2 * pause), _LONGEST_PAUSE)
                if isinstance(error, _Passing | DossierError):
                    logger.warning("jobs wait %.0f s: %s", pause, error)
                else:
                    logger.exception("jobs wait %.0f s", pause)
            if not busy:
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._woken.wait(), pause or LOOK_SECONDS)
                self._woken.clear()

    async def _step(self) -> bool:
        """Take in a handful of documents; return whether there was any job."""
        job = await asyncio.to_thread(self._jobs.following)
        if job is None:
            return False
        documents = await asyncio.to_thread(self._jobs.documents, job.id)
        waiting = [(n, one) for n, one in enumerate(documents) if one.outcome is None]
        if not waiting:
            await asyncio.to_thread(self._finish, job, None)
            return True
        await asyncio.to_thread(self._jobs.begin, job.id)
        handful = _handful(waiting)
        try:
            origins = [await self._origin(job, number, one) for number, one in handful]
            both = list(zip(handful, origins, strict=True))
            await self._write(lambda: self._take_in(job, both))
        except EmbedderChanged as error:
            await asyncio.to_thread(self._finish, job, reason_of(error))
        return True

    async def _origin(self, job: Job, number: int, one: JobDocument) -> Origin | None:
        """Return where a document is to be read from; ``None`` for one that is to be removed."""
        if one.action == "remove":
            return None
        origin = Origin(
            source=one.source,
            name=one.name,
            given=one.given,
            size=one.size,
            media_type=one.media_type,
        )
        if one.place is None:
            try:
                data = await asyncio.to_thread(self.staging.read, job.id, number, self._limit)
            except DossierError as error:
                return replace(origin, problem=error)
            return replace(origin, data=data)
        if upload_names.is_upload(one.source):
            return await self._fetcher.fetch(origin) if is_link(origin) else origin
        return replace(origin, path=Path(one.place))

    def _take_in(self, job: Job, handful: Sequence[Ready]) -> bool:
        """Take in documents and record what became of each. In a thread, in the turn to write.

        A mistake in the program over one of several documents is found by taking them one by one.

        Raises:
            StateError: if the record cannot take them now.
            _Passing: if some of them should be tried again later.
        """
        left = self._left(job, handful)
        try:
            self._ingest(job, left)
        except DossierError:
            raise
        except Exception as error:
            if isinstance(error, _Passing) or self._stopping:
                raise
            if len(left) > 1:
                for alone in left:
                    self._take_in(job, [alone])
            else:
                logger.exception("a document of job %s cannot be taken in", job.id)
                ((number, one), _) = left[0]
                self._settle(job, number, replace(one, outcome="rejected", problem=_FAULT))
        return True

    def _ingest(self, job: Job, handful: Sequence[Ready]) -> None:
        for (number, one), origin in handful:
            if origin is None:
                with suppress(NotFound):
                    self._corpus.remove(document_id(one.source))
                self._settle(job, number, replace(one, outcome="removed"))
        here = [(at, origin) for at, origin in handful if origin is not None]
        by_source = {
            known.source: at for known, (at, _) in zip(self._known(here), here, strict=True)
        }
        events = self._corpus.ingest(
            self._known(here),
            limit=self._limit,
            within=job.collection if job.alone else None,
        )
        passing: DossierError | None = None
        with closing(events) as told:  # type: ignore[type-var]
            for event in told:
                if self._stopping:
                    return
                if isinstance(event, Planned) and len(self._left(job, handful)) < len(here):
                    return  # some were cancelled while this waited for its turn
                if not isinstance(event, Ingested | Rejected):
                    continue
                number, one = by_source[event.source]
                if isinstance(event, Rejected) and self._again(job, event.error):
                    passing = event.error
                else:
                    self._settle(job, number, self._settled(one, event))
        if passing is not None:
            self._tried = (job.id, self._tried[1] + 1 if self._tried[0] == job.id else 1)
            raise _Passing(str(passing)) from passing

    def _left(self, job: Job, handful: Sequence[Ready]) -> list[Ready]:
        """Return what still waits: some may have been cancelled meanwhile."""
        documents = self._jobs.documents(job.id)
        return [(at, origin) for at, origin in handful if documents[at[0]].outcome is None]

    def _known(self, here: Sequence[tuple[Numbered, Origin]]) -> list[Origin]:
        """Return documents with the sources that they are known by."""
        uploads = [origin for _, origin in here if upload_names.is_upload(origin.source)]
        named: Iterator[Origin] = iter(upload_names.settled(uploads, self._corpus.catalog))
        return [next(named) if upload_names.is_upload(o.source) else o for _, o in here]

    def _again(self, job: Job, error: DossierError) -> bool:
        """Return whether a document is to be tried again that was kept out by ``error``."""
        passing = isinstance(error, StateError | EmbeddingFailed)
        return passing and self._tried != (job.id, _ATTEMPTS)

    def _settled(self, one: JobDocument, event: Ingested | Rejected) -> JobDocument:
        if isinstance(event, Rejected):
            return replace(one, outcome="rejected", problem=reason_of(event.error))
        passages = event.passages
        if event.outcome == "unchanged":  # the event counts what was recorded just now
            passages = len(self._corpus.passages(event.document_id, event.version))
        return replace(
            one,
            outcome=event.outcome,
            document_id=event.document_id,
            version=event.version,
            passages=passages,
        )

    def _settle(self, job: Job, number: int, settled: JobDocument) -> None:
        self._jobs.settle(job.id, number, settled)
        self._metrics.documents([str(settled.outcome)])

    def _finish(self, job: Job, problem: Reason | None) -> None:
        if problem is None:  # each of its documents is settled
            self.staging.drop(job.id)
        self._jobs.finish(job.id, problem)
        self.staging.drop(job.id)


_FAULT: Reason = {
    "code": "internal_error",
    "message": "the server failed over it in a way that it did not foresee",
    "hint": "The server's log has the rest under the identifier of the job.",
}


def reason_of(error: DossierError) -> Reason:
    """Return an error as it is recorded."""
    told = problems.clip(str(error))
    return {"code": error.code, "message": told, "hint": problems.over_http(error.hint)}


def _handful(waiting: Sequence[Numbered]) -> list[Numbered]:
    """Return the first documents, as many as do not keep others from writing for long."""
    taken: list[Numbered] = []
    size = 0
    for number, one in waiting[:_HANDFUL]:
        if taken and size + one.size > _HANDFUL_BYTES:
            break
        taken.append((number, one))
        size += one.size
    return taken
