"""The HTTP application over an opened service."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from importlib.metadata import version

from fastapi import FastAPI
from starlette.middleware import Middleware

from api import openapi, problems
from api.access.gate import Gate
from api.caching import Conditional
from api.context import Context
from api.draining import Drain, Draining
from api.guard import BodyLimit, OriginGuard, RequestIdentity
from api.idempotency.middleware import Idempotency
from api.idempotency.showing import StillReadable
from api.jobs.runner import JobRunner
from api.limits.answering import Shedding, Turns
from api.limits.callers import CallerLimits
from api.limits.pace import BodyPace
from api.routes import answers, chat, documents, health, jobs, metrics, recorded, search, stories
from api.telemetry.exchange import Exchanges, Listener
from api.telemetry.logs import RequestLog
from api.telemetry.metrics import Metrics
from api.telemetry.service import OfferedService
from api.telemetry.tracing import Tracing
from qa.service import Service
from qa.settings import Settings

SMALL_BODY = 1_000_000
"""Bytes that a request may have, unless it brings documents."""

FORM_OVERHEAD = 1_000_000
"""Bytes around the documents themselves: the other fields, boundaries, escapes."""

_ASKING = re.compile(r"/v1/(?:answers(?:/[^/]+/replay)?|chat/completions|responses)")

_TAGS = [
    {"name": "answers", "description": "Questions answered from the documents, with citations."},
    {"name": "chat", "description": "The same for clients of OpenAI's chat completions."},
    {"name": "search", "description": "Passages of the documents, without an answer."},
    {"name": "documents", "description": "What answers are made from."},
    {"name": "jobs", "description": "Uploads that are taken in after they were accepted."},
    {"name": "health", "description": "Probes for whatever runs the server."},
]


def create_app(service: Service, settings: Settings) -> FastAPI:
    """Return the application that serves ``service``.

    The service belongs to the caller, who closes it once the server has stopped. There are no
    pages that show the OpenAPI document, since those of FastAPI load scripts from elsewhere.

    Args:
        service: answers the questions; opened for writing if documents are to be added.
        settings: the limits, and the host that is listened on, which decides which names the
            server answers to.

    Raises:
        TracingUnavailable: if traces are asked for and what makes them is not installed.
    """
    release = version("dossier-qa")
    turns = Turns(settings.max_concurrent_answers)
    draining = Draining()
    numbers = Metrics(turns)
    tracing = (
        Tracing(settings.otel_endpoint, release, words=settings.otel_words)
        if settings.otel_endpoint
        else None
    )
    listeners: list[Listener] = [RequestLog(), numbers, *([tracing] if tracing else [])]
    app = FastAPI(
        title="Dossier",
        version=release,
        lifespan=_closing(tracing),
        summary="Questions answered from your documents, each sentence with the words it rests on.",
        openapi_tags=_TAGS,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # Questions and validation errors are nobody else's business.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        middleware=[
            Middleware(Exchanges, listeners=listeners),
            Middleware(RequestIdentity),
            Middleware(Drain, draining=draining),
            Middleware(OriginGuard, host=settings.host),
            Middleware(Gate, keys=service.corpus.catalog.keys, host=settings.host),
            Middleware(
                CallerLimits,
                per_minute=settings.key_requests_per_minute,
                at_once=settings.key_concurrency,
            ),
            Middleware(Shedding, turns=turns, asking=_asks),
            Middleware(Conditional),
            Middleware(
                BodyLimit,
                limit=SMALL_BODY,
                routes={("POST", "/v1/documents"): settings.max_document_bytes + FORM_OVERHEAD},
            ),
            Middleware(BodyPace),
            Middleware(
                Idempotency,
                replies=service.corpus.catalog.replies,
                may_show=StillReadable(service.corpus),
            ),
        ],
    )
    offered = OfferedService.over(service, turns, numbers, tracing)
    app.state.context = Context(offered, settings, numbers, draining)
    problems.install(app)
    openapi.install(app)
    for part in (recorded, answers, chat, search, documents, jobs, stories, health, metrics):
        app.include_router(part.router)
    return app


def _asks(method: str, path: str) -> bool:
    """Return whether a request asks a question."""
    return method == "POST" and _ASKING.fullmatch(path) is not None


def _closing(
    tracing: Tracing | None,
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    """Return what surrounds the life of the server: at its end the last traces are sent."""

    @asynccontextmanager
    async def life(app: FastAPI) -> AsyncIterator[None]:
        runner: JobRunner = app.state.context.jobs
        runner.start()
        try:
            yield
        finally:
            await runner.stop()
            if tracing is not None:
                await asyncio.to_thread(tracing.close)

    return life
