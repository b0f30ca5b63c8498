"""Errors as problem documents (RFC 9457), one shape for everything that goes wrong over HTTP.

``type`` is ``urn:dossier:problem:CODE``; programs may equally switch on the shorter ``code``.
"""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from api import errors as http_errors
from api.limits import errors as limit_errors
from index import errors
from index.storage import is_no_room
from qa import errors as qa_errors

MEDIA_TYPE = "application/problem+json"

STATUS: dict[type[errors.DossierError], HTTPStatus] = {
    errors.DossierError: HTTPStatus.INTERNAL_SERVER_ERROR,
    errors.InputError: HTTPStatus.UNPROCESSABLE_ENTITY,
    errors.DocumentTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    errors.UnsupportedFormat: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    errors.FetchFailed: HTTPStatus.BAD_GATEWAY,
    errors.AddressRefused: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.StateError: HTTPStatus.SERVICE_UNAVAILABLE,
    errors.DataDirectoryInUse: HTTPStatus.CONFLICT,
    errors.DiskFull: HTTPStatus.INSUFFICIENT_STORAGE,
    errors.EmbeddingEndpointFailed: HTTPStatus.BAD_GATEWAY,
    errors.PairModelUnusable: HTTPStatus.SERVICE_UNAVAILABLE,
    qa_errors.InvalidSetting: HTTPStatus.INTERNAL_SERVER_ERROR,
    qa_errors.ModelError: HTTPStatus.BAD_GATEWAY,
    qa_errors.ModelNotConfigured: HTTPStatus.SERVICE_UNAVAILABLE,
    qa_errors.ModelUnreachable: HTTPStatus.SERVICE_UNAVAILABLE,
    qa_errors.ModelBusy: HTTPStatus.SERVICE_UNAVAILABLE,
    qa_errors.ModelTimeout: HTTPStatus.GATEWAY_TIMEOUT,
    http_errors.MalformedBody: HTTPStatus.BAD_REQUEST,
    http_errors.BodyTooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    http_errors.TooManyDocuments: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    http_errors.UnsupportedMediaType: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    http_errors.NotAcceptable: HTTPStatus.NOT_ACCEPTABLE,
    http_errors.KeyRequired: HTTPStatus.UNAUTHORIZED,
    http_errors.InvalidKey: HTTPStatus.UNAUTHORIZED,
    http_errors.NotPermitted: HTTPStatus.FORBIDDEN,
    http_errors.UrlIngestOff: HTTPStatus.FORBIDDEN,
    http_errors.UntrustedHost: HTTPStatus.BAD_REQUEST,
    http_errors.CrossSiteRequest: HTTPStatus.FORBIDDEN,
    http_errors.NotReady: HTTPStatus.SERVICE_UNAVAILABLE,
    http_errors.InvalidIdempotencyKey: HTTPStatus.BAD_REQUEST,
    http_errors.IdempotencyKeyInUse: HTTPStatus.CONFLICT,
    http_errors.PreconditionFailed: HTTPStatus.PRECONDITION_FAILED,
    limit_errors.TryLater: HTTPStatus.SERVICE_UNAVAILABLE,
    limit_errors.TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    limit_errors.TooManyAtOnce: HTTPStatus.TOO_MANY_REQUESTS,
    limit_errors.BodyTooSlow: HTTPStatus.REQUEST_TIMEOUT,
}
"""Which status an error gets: that of the nearest class in its method resolution order."""

_OVER_HTTP = {
    "use --answerer embedded": 'ask with "answerer": "embedded"',
    "`dossier sources`": "GET /v1/documents",
    "without --recorded": 'without "recorded"',
}
"""Phrases of hints that speak of the command line, and what they are over HTTP."""

OPENAI_PATHS = ("/v1/chat/", "/v1/models", "/v1/responses")
"""Where errors take the shape that clients of OpenAI's interface read."""

_LONGEST_TEXT = 500
_MOST_ERRORS = 20
_METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")

logger = logging.getLogger("dossier.http")


class FieldError(BaseModel):
    """One thing that is wrong with a request."""

    model_config = ConfigDict(use_attribute_docstrings=True)

    detail: str = Field(examples=["Field required"])
    """What is wrong; never repeats what was sent."""
    pointer: str | None = Field(default=None, examples=["#/question"])
    """Where in the body, as a JSON pointer (RFC 6901) in a fragment."""
    parameter: str | None = Field(default=None, examples=["limit"])
    """Name of the query, path or header parameter, where it is one of those."""


class Problem(BaseModel):
    """What went wrong and what to do about it (RFC 9457)."""

    model_config = ConfigDict(extra="allow", use_attribute_docstrings=True)

    type: str = Field(examples=["urn:dossier:problem:invalid_question"])
    """Name of the kind of problem, as a URI."""
    title: str = Field(examples=["Invalid question"])
    """The kind of problem in words; the same for all problems of the type."""
    status: int = Field(examples=[422])
    """The response's status code."""
    detail: str = Field(examples=["the question is empty"])
    """What went wrong this time."""
    instance: str = Field(examples=["/v1/answers"])
    """Path of the request."""
    code: str = Field(examples=["invalid_question"])
    """Stable name of the kind of problem, for programs."""
    hint: str = Field(examples=["Ask one question of at most 4000 characters."])
    """What to do about it."""
    request_id: str | None = Field(default=None, examples=["5f1c9a0b7d3e4c62"])
    """Identifier of the request, to find it in the server's log."""
    errors: list[FieldError] | None = None
    """Everything that is wrong with the request, where it did not fit the schema."""


def kind_of(code: str) -> type[errors.DossierError]:
    """Return the class of errors with ``code``.

    An error may travel as an event, by its code alone, before it gets here; so the code decides
    and not the class of whatever carries it.
    """
    waiting = [errors.DossierError]
    while waiting:
        kind = waiting.pop()
        if kind.__dict__.get("code") == code:
            return kind
        waiting += kind.__subclasses__()
    return errors.DossierError


def status_of(error: errors.DossierError) -> HTTPStatus:
    """Return the status for ``error`` by the nearest of its classes in :data:`STATUS`."""
    return status_of_code(error.code)


def status_of_code(code: str) -> HTTPStatus:
    """Return the status for errors with ``code``, also for one that was recorded."""
    return next(STATUS[cls] for cls in kind_of(code).__mro__ if cls in STATUS)


def over_http(hint: str) -> str:
    """Return ``hint`` in words that fit a caller over HTTP."""
    for phrase, other in _OVER_HTTP.items():
        hint = hint.replace(phrase, other)
    return hint


def make(scope: Scope, status: int, code: str, detail: str, hint: str, **more: Any) -> Problem:
    """Return a problem for the request of ``scope``; ``more`` become extension members."""
    scope.setdefault("state", {})["problem"] = code  # for what is told of the request afterwards
    return Problem(
        type=f"urn:dossier:problem:{code}",
        title=code.replace("_", " ").capitalize(),
        status=int(status),
        detail=clip(detail),
        instance=path_of(scope),
        code=code,
        hint=hint,
        request_id=scope.get("state", {}).get("request_id"),
        **more,
    )


def path_of(scope: Scope) -> str:
    """Return the path of a request as it was sent, percent-encoded, so that it fits one line."""
    raw: bytes | None = scope.get("raw_path")
    return clip(raw.decode("ascii", "replace") if raw else quote(scope["path"]))


def of_error(scope: Scope, error: errors.DossierError, **more: Any) -> Problem:
    """Return the problem that ``error`` is for the request of ``scope``."""
    hint = over_http(error.hint)
    return make(scope, status_of(error), error.code, str(error), hint, **more)


def headers_of(error: errors.DossierError) -> dict[str, str]:
    """Return the headers that go with ``error``, such as the challenge of a 401 (RFC 6750)."""
    return dict(getattr(error, "headers", {}))


def unexpected(scope: Scope) -> Problem:
    """Return the problem for a fault that was not foreseen; it shows nothing of the inside."""
    return make(
        scope,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal_error",
        "the server failed in a way that it did not foresee",
        "Try again; if it stays, report the request id together with the server's log.",
    )


def respond(problem: Problem, headers: dict[str, str] | None = None) -> JSONResponse:
    """Return ``problem`` as a response; on the OpenAI-compatible routes in their shape."""
    if problem.instance.startswith(OPENAI_PATHS):
        message = f"{problem.detail}. {problem.hint}"
        first = problem.errors[0] if problem.errors else FieldError(detail="")
        param = (first.pointer or "").removeprefix("#/").replace("/", ".") or first.parameter
        error = openai_error(problem.code, message, problem.status, param)
        return JSONResponse(error, problem.status, headers=headers)
    content = problem.model_dump(mode="json", exclude_none=True)
    return JSONResponse(content, problem.status, headers=headers, media_type=MEDIA_TYPE)


def refusal(scope: Scope, error: errors.DossierError) -> JSONResponse:
    """Return the response to the request of ``scope`` that ``error`` is, with its headers."""
    return respond(of_error(scope, error), headers_of(error))


def openai_error(
    code: str, message: str, status: int = 500, param: str | None = None
) -> dict[str, Any]:
    """Return an error as clients of OpenAI's interface read it."""
    kind = "invalid_request_error" if status < HTTPStatus.INTERNAL_SERVER_ERROR else "server_error"
    return {"error": {"message": message, "type": kind, "param": param, "code": code}}


def clip(text: str) -> str:
    """Return ``text`` cut to a length that is fit to be shown."""
    text = text.encode("utf-8", "replace").decode()
    return text if len(text) <= _LONGEST_TEXT else text[: _LONGEST_TEXT - 1] + "…"


def install(app: FastAPI) -> None:
    """Make every error that a route of ``app`` raises a problem document."""
    app.add_exception_handler(errors.DossierError, _on_dossier_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_exception)
    app.add_exception_handler(ClientDisconnect, _on_client_gone)
    app.add_exception_handler(OSError, _on_os_error)


def _on_dossier_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, errors.DossierError)
    problem = of_error(request.scope, error)
    if problem.status >= 500 and not isinstance(error, limit_errors.TryLater):
        logger.warning("request %s: %s: %s", problem.request_id, error.code, error)
    return respond(problem, headers_of(error))


def _on_invalid_request(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    found = error.errors()
    if found and found[0]["type"] == "json_invalid":
        reason = found[0].get("ctx", {}).get("error", "")
        broken = http_errors.MalformedBody(f"the body is not JSON: {reason}".rstrip(": "))
        return respond(of_error(request.scope, broken))
    shown = [field_error(item) for item in found[:_MOST_ERRORS]]
    first = shown[0]
    where = first.parameter or (first.pointer or "").removeprefix("#/") or "body"
    problem = make(
        request.scope,
        HTTPStatus.UNPROCESSABLE_ENTITY,
        "invalid_request",
        f"{where}: {first.detail}",
        "Correct what `errors` lists; /openapi.json describes what the route takes.",
        errors=shown,
    )
    return respond(problem)


def field_error(item: dict[str, Any]) -> FieldError:
    """Return one of pydantic's errors without the input that it carries."""
    place, *path = (str(part)[:80] for part in item["loc"])
    detail = clip(str(item["msg"]).removeprefix("Value error, "))
    if place != "body":
        return FieldError(detail=detail, parameter=path[0] if path else place)
    # In brackets stands which of several forms a value was taken for, which is no step in the body.
    path = [step for step in path if not (step.startswith("(") and step.endswith(")"))]
    steps = (step.replace("~", "~0").replace("/", "~1") for step in path)
    return FieldError(detail=detail, pointer="#" + "".join(f"/{step}" for step in steps))


def _on_http_exception(request: Request, error: Exception) -> JSONResponse:
    """Turn what the framework raises into a problem: no route, wrong method, unreadable body."""
    assert isinstance(error, HTTPException)
    if isinstance(error.__cause__, errors.DossierError):  # raised while the body was read
        return _on_dossier_error(request, error.__cause__)
    status = HTTPStatus(error.status_code)
    path = request.scope["path"]
    if status == HTTPStatus.NOT_FOUND:
        hint = "/openapi.json lists what there is."
        detail, code = f"there is no route {path}", "no_such_route"
    elif status == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = ", ".join(_allowed(request))
        hint = f"Use one of: {allowed}."
        detail, code = f"{request.method} does not apply to {path}", "method_not_allowed"
        problem = make(request.scope, status, code, detail, hint)
        return respond(problem, {"Allow": allowed})
    elif status == HTTPStatus.BAD_REQUEST:
        return respond(of_error(request.scope, http_errors.MalformedBody(str(error.detail))))
    else:
        hint = "/openapi.json describes what the route takes."
        detail, code = str(error.detail), status.name.lower()
    return respond(make(request.scope, status, code, detail, hint), dict(error.headers or {}))


def _on_client_gone(_request: Request, _error: Exception) -> Response:
    """Nobody is there to be told anything; the status is the one that proxies log for this."""
    return Response(status_code=499)


def _on_os_error(request: Request, error: Exception) -> JSONResponse:
    """Tell of a disk that is full, such as the one that a large body is put on while it arrives."""
    if not is_no_room(error):
        raise error
    reason = getattr(error, "strerror", None) or "no room left"
    return _on_dossier_error(request, errors.DiskFull(f"the request could not be stored: {reason}"))


def _allowed(request: Request) -> list[str]:
    """Return the methods that the path of ``request`` answers to, over all its routes."""
    return [
        method
        for method in _METHODS
        if any(
            # What can be read can be asked for its headers; see api.caching.
            route.matches({**request.scope, "method": method.replace("HEAD", "GET")})[0]
            == Match.FULL
            for route in request.app.routes
        )
    ]
