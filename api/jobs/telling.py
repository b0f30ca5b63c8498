"""Jobs as they are told to who may know of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from api import problems, upload_names
from api.schemas import JobCounts, JobDocumentReply, JobReply, JobSummary
from index.errors import NotFound
from index.load.origins import Origin

if TYPE_CHECKING:
    from starlette.types import Scope

    from api.access.library import Library
    from index.record.jobs import Job, JobDocument, JobRecord, Reason


def visible(library: Library, job_id: str) -> Job:
    """Return a job that the caller made, or that goes to a collection that he may write to. Blocks.

    Raises:
        NotFound: if there is none; there is no telling whether somebody else has it.
    """
    job = _record(library).find(job_id)
    principal = library.principal
    if job and (job.caller == principal.id or principal.may("write", job.collection)):
        return job
    raise NotFound(f"there is no job {job_id}", hint="GET /v1/jobs lists the jobs.")


def visible_jobs(library: Library, *, before: int | None, limit: int) -> list[Job]:
    """Return the jobs that the caller may know of, newest first. Blocks."""
    principal = library.principal
    return _record(library).newest(
        caller=principal.id,
        collections=principal.permitted("write"),
        before=before,
        limit=limit,
    )


def documents_of(library: Library, job: Job) -> list[JobDocument]:
    """Return the documents of a job. Blocks."""
    return _record(library).documents(job.id)


def summary(scope: Scope, job: Job) -> JobSummary:
    """Return a job without its documents."""
    return JobSummary(
        id=job.id,
        status=job.status,
        collection=job.collection,
        created_at=job.created_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
        counts=JobCounts(total=sum(job.counts.values()), **job.counts),
        problem=_problem(scope, job.problem),
    )


def whole(scope: Scope, job: Job, documents: Sequence[JobDocument]) -> JobReply:
    """Return a job with its documents."""
    told = [
        JobDocumentReply(
            name=upload_names.shown(Origin(source=one.source, name=one.name)),
            outcome=one.outcome or "waiting",
            id=one.document_id,
            version=one.version,
            passages=one.passages,
            problem=_problem(scope, one.problem),
        )
        for one in documents
    ]
    return JobReply(**summary(scope, job).model_dump(), documents=told)


def _problem(scope: Scope, reason: Reason | None) -> problems.Problem | None:
    if reason is None:
        return None
    status = problems.status_of_code(reason["code"])
    return problems.make(scope, status, reason["code"], reason["message"], reason["hint"])


def _record(library: Library) -> JobRecord:
    return library.context.service.corpus.catalog.jobs
