"""Jobs: uploads that were accepted and are taken in one after the other."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from api import openapi
from api.access.library import Permitted
from api.cursors import After, Cursors
from api.jobs import telling
from api.schemas import JobPage, JobReply

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])

JobId = Annotated[
    str, Path(max_length=200, description="The job's `id`.", examples=["j-0123456789abcdef"])
]


@router.get(
    "",
    operation_id="listJobs",
    summary="List the jobs",
    response_description="One page of the list, newest first.",
    responses=openapi.problems(422),
)
def list_jobs(
    request: Request,
    response: Response,
    *,
    library: Permitted,
    limit: Annotated[int, Query(ge=1, le=200, description="Most jobs on the page.")] = 50,
    after: After = None,
) -> JobPage:
    """Return the jobs that you made, and those to collections that you may write to.

    Jobs that have ended are listed for a week.
    """
    cursors = Cursors(request)
    place = cursors.read(after, int)
    before = min(int(place[0]), 2**62) if place else None  # SQLite counts no further
    found = telling.visible_jobs(library, before=before, limit=limit + 1)
    page = found[:limit]
    following = cursors.write([page[-1].number]) if len(found) > limit else None
    cursors.link(response, following)
    return JobPage(jobs=[telling.summary(request.scope, job) for job in page], next=following)


@router.get(
    "/{job_id}",
    operation_id="getJob",
    summary="Follow a job",
    response_description="How far it is, with each of its documents.",
    responses=openapi.problems(404, 422),
)
def get_job(request: Request, library: Permitted, job_id: JobId) -> JobReply:
    """Return how far a job is and what became of each of its documents."""
    job = telling.visible(library, job_id)
    return telling.whole(request.scope, job, telling.documents_of(library, job))


@router.delete(
    "/{job_id}",
    operation_id="cancelJob",
    summary="Cancel a job",
    response_description="The job as it is now.",
    responses=openapi.problems(404, 422, 503),
)
def cancel_job(request: Request, library: Permitted, job_id: JobId) -> JobReply:
    """Cancel what is not begun; what was taken in stays, and a job that has ended is as it was."""
    library.context.jobs.cancel(telling.visible(library, job_id).id)
    job = telling.visible(library, job_id)
    return telling.whole(request.scope, job, telling.documents_of(library, job))
