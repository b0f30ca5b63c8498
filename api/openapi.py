"""The OpenAPI document: what FastAPI derives, and what it cannot know."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from api import openapi_common
from api.openai_models import OpenAIError
from api.problems import MEDIA_TYPE, OPENAI_PATHS, Problem
from api.schemas import Described, TextRequest, UrlRequest
from qa.models import Completed, Failed, Retrieved, Started, StatementAdded

_REF = "#/components/schemas/"
_EXTRA: tuple[type[BaseModel], ...] = (
    Problem,
    OpenAIError,
    TextRequest,
    UrlRequest,
    Started,
    Retrieved,
    StatementAdded,
    Completed,
    Failed,
)
"""Models that no route names as its type: they travel in problems, forms and streams."""


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of problems; any route may give 400, 401, 429, 500 and 503 too."""
    content = {MEDIA_TYPE: {"schema": {"$ref": f"{_REF}Problem"}}}
    return {
        int(status): {"description": HTTPStatus(status).phrase, "content": content}
        for status in sorted({*statuses, 400, 401, 429, 500, 503})
    }


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of errors on the OpenAI-compatible routes."""
    content = {"application/json": {"schema": {"$ref": f"{_REF}OpenAIError"}}}
    return {
        int(status): {"description": HTTPStatus(status).phrase, "content": content}
        for status in sorted({*statuses, 400, 401, 429, 500, 503})
    }


def event_stream() -> dict[str, Any]:
    """Return the documentation of the stream of answer events (OpenAPI 3.2, section 4.14.4)."""
    names = [cls.__name__ for cls in (Started, Retrieved, StatementAdded, Completed, Failed)]
    return {
        "itemSchema": {
            "type": "object",
            "required": ["data", "event", "id"],
            "properties": {
                "event": {"enum": ["started", "retrieved", "statement", "answer", "error"]},
                "id": {"type": "string"},
                "data": {
                    "type": "string",
                    "contentMediaType": "application/json",
                    "contentSchema": {"oneOf": [{"$ref": _REF + name} for name in names]},
                },
            },
        }
    }


def document_body(example: dict[str, Any]) -> dict[str, Any]:
    """Return the documentation of a body that is either JSON with a text or a form with files."""
    described = Described.model_json_schema(ref_template=_REF + "{model}")
    files = {
        "type": "array",
        "items": {"type": "string", "contentMediaType": "application/octet-stream"},
        "description": "One or several files; the metadata is that of each.",
    }
    form = {
        "type": "object",
        "required": ["file"],
        "additionalProperties": False,
        "properties": {**described["properties"], "file": files},
    }
    return {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "anyOf": [{"$ref": f"{_REF}TextRequest"}, {"$ref": f"{_REF}UrlRequest"}]
                },
                "examples": {"text": {"summary": "A short text", "value": example}},
            },
            "multipart/form-data": {"schema": form},
        },
    }


def install(app: FastAPI) -> None:
    """Make ``app`` describe itself with the models that only this module knows of."""

    def describe() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _describe(app)
        return app.openapi_schema

    app.openapi = describe  # type: ignore[method-assign]


def _describe(app: FastAPI) -> dict[str, Any]:
    found = get_openapi(
        title=app.title,
        version=app.version,
        summary=app.summary,
        description=app.description,
        routes=app.routes,
        tags=app.openapi_tags,
    )
    _, extra = models_json_schema(
        [(model, "validation") for model in _EXTRA], ref_template=_REF + "{model}"
    )
    components = found.setdefault("components", {})
    components["securitySchemes"] = {
        "key": {
            "type": "http",
            "scheme": "bearer",
            "description": "A key that `dossier keys create` made. While there is none, whoever "
            "is on the server's own machine needs none.",
        }
    }
    found["security"] = [{"key": []}]
    schemas = components.setdefault("schemas", {})
    for name, schema in extra["$defs"].items():
        schemas.setdefault(name, schema)
    openapi_common.complete(found, lambda p: errors if p.startswith(OPENAI_PATHS) else problems)
    return found
