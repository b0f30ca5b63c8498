"""Documents that were sent into the record, and what became of them as a response."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from fastapi.responses import JSONResponse
from starlette.requests import Request

from api import problems
from api.context import Context
from api.errors import RejectedDocuments
from api.schemas import IngestedDocument, IngestReply
from index.ingest import Ingested, Rejected

if TYPE_CHECKING:
    from index.load.origins import Origin

Settled = Ingested | Rejected


async def ingest(request: Request, context: Context, origins: Sequence[Origin]) -> JSONResponse:
    """Ingest ``origins`` and return the response: 201 if any is new, 200 if none is.

    Raises:
        DossierError: if nothing could be ingested: the one reason there was, or
            :class:`~api.errors.RejectedDocuments` for several.
    """
    settled = await context.write(lambda: _run(context, origins))
    outcomes = [_outcome(request, context, origin, settled[origin.source]) for origin in origins]
    reply = IngestReply(documents=outcomes)
    rejected = [event.error for event in settled.values() if isinstance(event, Rejected)]
    if len(rejected) == len(origins):
        if len(origins) == 1:
            raise rejected[0]
        statuses = {problems.status_of(error) for error in rejected}
        summary = RejectedDocuments(f"none of the {len(origins)} documents could be ingested")
        status = statuses.pop() if len(statuses) == 1 else problems.status_of(summary)
        problem = problems.of_error(request.scope, summary, documents=outcomes)
        return problems.respond(problem.model_copy(update={"status": int(status)}))
    new = [o for o in outcomes if o.outcome == "added"]
    headers = {"Location": f"/v1/documents/{new[0].id}"} if len(origins) == len(new) == 1 else {}
    content = reply.model_dump(mode="json", exclude_none=True)
    return JSONResponse(content, 201 if new else 200, headers=headers)


def _run(context: Context, origins: Sequence[Origin]) -> Mapping[str, Settled]:
    """Ingest in this thread; return what became of each source, in no order."""
    corpus = context.service.corpus
    settled: dict[str, Settled] = {}
    for event in corpus.ingest(origins, limit=context.settings.max_document_bytes):
        if isinstance(event, Ingested) and event.outcome == "unchanged":
            # The event counts what was recorded just now; told is how many passages there are.
            there = len(corpus.passages(event.document_id, event.version))
            settled[event.source] = dataclasses.replace(event, passages=there)
        elif isinstance(event, Ingested | Rejected):
            settled[event.source] = event
    return settled


def _outcome(
    request: Request, context: Context, origin: Origin, event: Settled
) -> IngestedDocument:
    name = origin.source.removeprefix("upload:")
    if isinstance(event, Rejected):
        problem = problems.of_error(request.scope, event.error)
        return IngestedDocument(name=name, outcome="rejected", problem=problem)
    return IngestedDocument(
        name=name,
        outcome=event.outcome,
        id=event.document_id,
        version=event.version,
        passages=event.passages,
    )
