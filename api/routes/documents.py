"""The documents: sent, listed, described, read and removed."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import JSONResponse, PlainTextResponse

from api import ingestion, openapi, uploads
from api.context import Shared
from api.query_filters import QueryFilters
from api.schemas import DocumentPage, DocumentReply, IngestReply

router = APIRouter(prefix="/v1/documents", tags=["documents"])

EXAMPLE = {
    "text": "The harbour bridge was opened on 4 May 2024. It is 812 metres long.",
    "title": "Bridge opened",
    "outlet": "Harbour Gazette",
    "published_at": "2024-05-05",
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
        **openapi.problems(403, 409, 413, 415, 422, 502, 503),
    },
    openapi_extra={"requestBody": openapi.document_body(EXAMPLE)},
)
async def add_documents(request: Request, context: Shared) -> JSONResponse:
    """Take in a text sent as JSON, or one or several files sent as a form.

    The name of a document tells it from others: sent again with another content it becomes a new
    version, sent again unchanged it costs nothing. When the response arrives, the documents are
    in the record and survive a crash. A file that cannot be read is `rejected` with the problem
    it has and does not keep the others out; if all are, the whole response is a problem.
    """
    origins = await uploads.read(request)
    return await ingestion.ingest(request, context, origins)


@router.get(
    "",
    operation_id="listDocuments",
    summary="List the documents",
    response_description="One page of the list, in order of identifier.",
    responses=openapi.problems(422),
)
def list_documents(
    *,
    context: Shared,
    filters: QueryFilters,
    limit: Annotated[int, Query(ge=1, le=200, description="Most documents on the page.")] = 50,
    after: Annotated[
        str | None, Query(max_length=200, description="The `next` of the page before.")
    ] = None,
) -> DocumentPage:
    """Return documents in their latest versions, without their texts."""
    found = context.service.corpus.documents(filters, after=after, limit=limit + 1)
    page = found[:limit]
    return DocumentPage(
        documents=[DocumentReply.of(document, document.version) for document in page],
        next=page[-1].id if len(found) > limit else None,
    )


@router.get(
    "/{document_id}",
    operation_id="getDocument",
    summary="Describe a document",
    response_description="What is known about the document.",
    responses=openapi.problems(404, 422),
)
def get_document(
    context: Shared, document_id: DocumentId, version: Version = None
) -> DocumentReply:
    """Return what is known about a version of a document, and what of that was inferred."""
    corpus = context.service.corpus
    latest = corpus.document(document_id)
    wanted = latest if version is None else corpus.document(document_id, version)
    return DocumentReply.of(wanted, latest.version)


@router.get(
    "/{document_id}/text",
    operation_id="getDocumentText",
    summary="Read a document",
    response_class=PlainTextResponse,
    response_description="The text, exactly as stored.",
    responses=openapi.problems(404, 422),
)
def get_document_text(
    context: Shared, document_id: DocumentId, version: Version = None
) -> Response:
    """Return the text that every offset counts in: code points of this text, decoded as UTF-8."""
    return PlainTextResponse(context.service.corpus.document(document_id, version).text)


@router.delete(
    "/{document_id}",
    operation_id="removeDocument",
    summary="Remove a document",
    status_code=204,
    response_description="The document is gone, with all its versions.",
    responses=openapi.problems(403, 404, 409, 422),
)
async def remove_document(context: Shared, document_id: DocumentId) -> None:
    """Remove a document with all its versions; answers given before keep their quotations."""
    await context.write(lambda: context.service.corpus.remove(document_id))
