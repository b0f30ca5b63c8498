"""The HTTP application over an opened service."""

from __future__ import annotations

from importlib.metadata import version

from fastapi import FastAPI
from starlette.middleware import Middleware

from api import openapi, problems
from api.context import Context
from api.guard import BodyLimit, OriginGuard, RequestIdentity
from api.routes import answers, chat, documents, health, recorded, search, stories
from qa.service import Service
from qa.settings import Settings

SMALL_BODY = 1_000_000
"""Bytes that a request may have, unless it brings documents."""

FORM_OVERHEAD = 1_000_000
"""Bytes around the documents themselves: the other fields, boundaries, escapes."""

_TAGS = [
    {"name": "answers", "description": "Questions answered from the documents, with citations."},
    {"name": "chat", "description": "The same for clients of OpenAI's chat completions."},
    {"name": "search", "description": "Passages of the documents, without an answer."},
    {"name": "documents", "description": "What answers are made from."},
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
    """
    app = FastAPI(
        title="Dossier",
        version=version("dossier-qa"),
        summary="Questions answered from your documents, each sentence with the words it rests on.",
        openapi_tags=_TAGS,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        # Questions and validation errors are nobody else's business.
        telemetry={"tracing": False, "metrics": False, "logs": False},
        middleware=[
            Middleware(RequestIdentity),
            Middleware(OriginGuard, host=settings.host),
            Middleware(
                BodyLimit,
                limit=SMALL_BODY,
                routes={("POST", "/v1/documents"): settings.max_document_bytes + FORM_OVERHEAD},
            ),
        ],
    )
    app.state.context = Context(service, settings)
    problems.install(app)
    openapi.install(app)
    for part in (recorded, answers, chat, search, documents, stories, health):
        app.include_router(part.router)
    return app
