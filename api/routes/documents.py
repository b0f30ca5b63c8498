"""The documents: sent, listed, described, read and removed."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Header, Path, Query, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from api import ingestion, openapi, uploads
from api.access.library import Library, Permitted
from api.caching import etag_of, quoted, require_match
from api.cursors import After, Cursors
from api.fetching import is_link
from api.jobs import accepting, telling
from api.query_filters import QueryFilters
from api.schemas import DocumentPage, DocumentReply, IngestReply, JobReply
from index.models import Document
from index.record.jobs import Job

router = APIRouter(prefix="/v1/documents", tags=["documents"])

EXAMPLE = {
    "text": "The harbour bridge was opened on 4 May 2024. It is 812 metres long.",
    "title": "Bridge opened",
    "outlet": "Harbour Gazette",
    "published_at": "2024-05-05",
}

PREFER = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "schema": {"type": "string"},
    "description": "`respond-async` to have the documents accepted as a job (RFC 7240).",
}

DocumentId = Annotated[
    str, Path(max_length=200, description="The document's `id`.", examples=["d-0123456789ab"])
]
Version = Annotated[
    int | None,
    Query(ge=1, lt=2**31, description="Which version; without it the latest.", examples=[1]),
]


@router.post(
    "",
    operation_id="addDocuments",
    summary="Add documents",
    status_code=201,
    response_model=IngestReply,
    response_description="At least one of the documents is new.",
    responses={
        200: {"model": IngestReply, "description": "Nothing new: changed or known documents only."},
        202: {
            "model": JobReply,
            "description": "Accepted as a job; `Location` is where it can be followed.",
        },
        **openapi.problems(403, 409, 413, 415, 422, 502, 507),
    },
    openapi_extra={"requestBody": openapi.document_body(EXAMPLE), "parameters": [PREFER]},
)
async def add_documents(request: Request, library: Permitted) -> JSONResponse:
    """Take in a text sent as JSON, or one or several files sent as a form.

    The name of a document tells it from others: sent again with another content it becomes a new
    version, sent again unchanged it costs nothing. When the response arrives, the documents are
    in the record and survive a crash. A file that cannot be read is `rejected` with the problem
    it has and does not keep the others out; if all are, the whole response is a problem.

    With `Prefer: respond-async` the documents are only accepted, as a job that survives a crash
    and is worked off after those before it.
    """
    library.require_write()
    origins = await uploads.read(request)
    context = library.context
    if any(is_link(origin) for origin in origins):
        context.fetcher.require_allowed()
    preferred = accepting.prefers_job(request)
    if preferred or accepting.is_large(origins, context.settings.jobs_from_bytes):
        job = await accepting.accept(request, library, origins)
        reply = await asyncio.to_thread(_told, request, library, job)
        applied = {"Preference-Applied": accepting.PREFERENCE} if preferred else {}
        headers = {"Location": f"/v1/jobs/{job.id}", "Retry-After": "1", **applied}
        return JSONResponse(reply.model_dump(mode="json"), 202, headers=headers)
    return await ingestion.ingest(request, library, origins)


def _told(request: Request, library: Library, job: Job) -> JobReply:
    return telling.whole(request.scope, job, telling.documents_of(library, job))


@router.get(
    "",
    operation_id="listDocuments",
    summary="List the documents",
    response_description="One page of the list, in order of identifier.",
    responses=openapi.problems(422),
)
def list_documents(
    *,
    request: Request,
    response: Response,
    library: Permitted,
    filters: QueryFilters,
    limit: Annotated[int, Query(ge=1, le=200, description="Most documents on the page.")] = 50,
    after: After = None,
) -> DocumentPage:
    """Return documents in their latest versions, without their texts."""
    cursors = Cursors(request)
    position = cursors.read(after, str)
    found = library.documents(
        filters, after=str(position[0]) if position else None, limit=limit + 1
    )
    page = found[:limit]
    following = cursors.write([page[-1].id]) if len(found) > limit else None
    cursors.link(response, following)
    return DocumentPage(
        documents=[DocumentReply.of(document, document.version) for document in page],
        next=following,
    )


@router.get(
    "/{document_id}",
    operation_id="getDocument",
    summary="Describe a document",
    response_description="What is known about the document.",
    responses=openapi.problems(404, 422),
)
def get_document(
    response: Response, library: Permitted, document_id: DocumentId, version: Version = None
) -> DocumentReply:
    """Return what is known about a version of a document, and what of that was inferred.

    The `ETag` is what `DELETE` takes as `If-Match`.
    """
    latest = library.document(document_id)
    wanted = latest if version is None else library.document(document_id, version)
    reply = DocumentReply.of(wanted, latest.version)
    response.headers["ETag"] = etag_of(reply)
    return reply


@router.get(
    "/{document_id}/text",
    operation_id="getDocumentText",
    summary="Read a document",
    response_class=PlainTextResponse,
    response_description="The text, exactly as stored.",
    responses=openapi.problems(404, 422),
)
def get_document_text(
    library: Permitted, document_id: DocumentId, version: Version = None
) -> Response:
    """Return the text that every offset counts in: code points of this text, decoded as UTF-8."""
    document = library.document(document_id, version)
    return PlainTextResponse(document.text, headers={"ETag": quoted(document.sha256)})


@router.delete(
    "/{document_id}",
    operation_id="removeDocument",
    summary="Remove a document",
    status_code=204,
    response_description="The document is gone, with all its versions.",
    responses=openapi.problems(403, 404, 409, 412, 422, 507),
)
async def remove_document(
    library: Permitted,
    document_id: DocumentId,
    if_match: Annotated[
        str | None,
        Header(description="Remove it only if this is its `ETag`: it is as it was when read."),
    ] = None,
) -> None:
    """Remove a document with all its versions; answers given before keep their quotations."""

    def require(document: Document) -> None:
        require_match(if_match, etag_of(DocumentReply.of(document, document.version)))

    await library.remove(document_id, require)
