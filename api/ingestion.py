"""Documents that were sent into the record, and what became of them as a response."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fastapi.responses import JSONResponse
from starlette.requests import Request

from api import draining, problems, upload_names
from api.access.library import Library
from api.errors import RejectedDocuments
from api.fetching import is_link
from api.schemas import IngestedDocument, IngestReply
from index.intake.ingest import Ingested, Rejected

if TYPE_CHECKING:
    from index.load.origins import Origin

Settled = Ingested | Rejected


async def ingest(request: Request, library: Library, origins: Sequence[Origin]) -> JSONResponse:
    """Ingest ``origins`` and return the response: 201 if any is new, 200 if none is.

    Raises:
        NotPermitted: if the caller may not write to the collection of one.
        DossierError: if nothing could be ingested: the one reason there was, or
            :class:`~api.errors.RejectedDocuments` for several.
    """
    for origin in origins:
        library.require_write(upload_names.collection_of(origin))
    fetcher = library.context.fetcher
    origins = [await fetcher.fetch(o) if is_link(o) else o for o in origins]
    settled = await library.context.write(lambda: _run(library, origins))
    outcomes = [
        _outcome(request, origin, event) for origin, event in zip(origins, settled, strict=True)
    ]
    library.context.metrics.documents(outcome.outcome for outcome in outcomes)
    reply = IngestReply(documents=outcomes)
    rejected = [event.error for event in settled if isinstance(event, Rejected)]
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


def _run(library: Library, origins: Sequence[Origin]) -> list[Settled]:
    """Ingest in this thread; return what became of each. All go to the same collection."""
    corpus, limit = library.context.service.corpus, library.context.settings.max_document_bytes
    settled: dict[str, Settled] = {}
    named = upload_names.settled(origins, corpus.catalog)
    alone = library.principal.permitted("read") is not None
    within = upload_names.collection_of(origins[0]) if alone else None
    for event in corpus.ingest(named, limit=limit, within=within):
        if library.context.draining.over:  # what is not recorded by now was never begun
            raise draining.failure()
        if isinstance(event, Ingested) and event.outcome == "unchanged":
            # The event counts what was recorded just now; told is how many passages there are.
            there = len(corpus.passages(event.document_id, event.version))
            settled[event.source] = dataclasses.replace(event, passages=there)
        elif isinstance(event, Ingested | Rejected):
            settled[event.source] = event
    return [settled[origin.source] for origin in named]


def _outcome(request: Request, origin: Origin, event: Settled) -> IngestedDocument:
    name = upload_names.shown(origin)
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
