"""Uploads into the queue: what the client asks for, and the jobs that come of it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import TYPE_CHECKING

from starlette.requests import Request

from api import upload_names
from api.errors import QueueFull
from api.fetching import is_link
from index.record.jobs import JobDocument

if TYPE_CHECKING:
    from api.access.library import Library
    from index.load.origins import Origin
    from index.record.jobs import Job

PREFERENCE = "respond-async"
"""What a client sends in ``Prefer`` that wants no more than to have its upload accepted
(RFC 7240, section 4.1)."""

_WAIT_SECONDS = 5.0


def prefers_job(request: Request) -> bool:
    """Return whether a request says that it need not be worked off before it is answered."""
    given = ",".join(request.headers.getlist("prefer"))
    names = (one.partition(";")[0].partition("=")[0].strip().lower() for one in given.split(","))
    return PREFERENCE in names


def is_large(origins: Sequence[Origin], least: int) -> bool:
    """Return whether an upload has so many bytes that it becomes a job; 0 for none at all."""
    return bool(least) and sum(origin.size for origin in origins) >= least


async def accept(request: Request, library: Library, origins: Sequence[Origin]) -> Job:
    """Record an upload as a job; when this returns, it and its bytes survive a crash.

    Raises:
        NotPermitted: if the caller may not write to the collection of one.
        QueueFull: if too many jobs wait.
        DiskFull: if there is no room for the bytes.
    """
    for origin in origins:
        library.require_write(upload_names.collection_of(origin))
    context = library.context
    jobs, staging = context.service.corpus.catalog.jobs, context.jobs.staging
    job_id, most = jobs.new_id(), context.settings.max_jobs
    documents = [
        JobDocument(
            source=origin.source,
            name=origin.name,
            given=origin.given,
            media_type=origin.media_type,
            size=origin.size,
            place=origin.given.url if is_link(origin) else None,
        )
        for origin in origins
    ]

    def record() -> Job | None:
        staging.write(job_id, [origin.data for origin in origins])
        try:
            room = jobs.add(
                job_id,
                documents,
                caller=library.principal.id,
                collection=upload_names.collection_of(origins[0]),
                alone=library.principal.permitted("read") is not None,
                most=most,
                request=request.scope["state"]["request_id"],
            )
        except BaseException:
            staging.drop(job_id)
            raise
        if not room:
            staging.drop(job_id)
        return jobs.find(job_id) if room else None

    # To its end, even if the caller goes away: bytes without a job would lie there for ever.
    job = await asyncio.shield(asyncio.ensure_future(asyncio.to_thread(record)))
    if job is None:
        raise QueueFull(f"{most} uploads wait already", after=_WAIT_SECONDS)
    context.jobs.wake()
    return job
