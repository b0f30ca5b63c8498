"""What holds for every route alike, and so stands in no route's own description."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from api.access.gate import OPEN
from api.idempotency.middleware import HEADER, changes

IDEMPOTENCY_KEY: dict[str, Any] = {
    "name": HEADER,
    "in": "header",
    "required": False,
    "description": "A string of your own for this request: sent again with it, the request is not "
    "carried out again and gets the response to the first, for 24 hours.",
    "schema": {"type": "string", "pattern": "^[!#-~]{1,255}$"},
}
"""The header that makes a request one that may be sent again."""

IF_NONE_MATCH: dict[str, Any] = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "The `ETag` of what you have: if it is that still, 304 is all that comes.",
    "schema": {"type": "string"},
}
"""The header that asks for what has changed only."""

_ETAG = {
    "description": "Changes with what is sent; for `If-None-Match`.",
    "schema": {"type": "string"},
}
_UNCHANGED = {"description": "It is what `If-None-Match` says.", "headers": {"ETag": _ETAG}}

Describe = Callable[..., dict[int | str, dict[str, Any]]]


def complete(found: dict[str, Any], describe: Callable[[str], Describe]) -> None:
    """Add to an OpenAPI document what holds for all routes of a kind.

    Args:
        found: the document.
        describe: returns for a path what describes its problems by their statuses.
    """
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            responses, own = operation["responses"], describe(path)
            if method == "get" and path.startswith("/v1"):
                _add_parameter(operation, IF_NONE_MATCH)
                responses["304"] = _UNCHANGED
                responses["200"].setdefault("headers", {})["ETag"] = _ETAG
            if "requestBody" in operation:
                _add(responses, own(408))
            if changes(method.upper(), path):
                _add_parameter(operation, IDEMPOTENCY_KEY)
                _add(responses, own(409, 422))
            if path in OPEN:
                operation["security"] = [{}, {"key": []}]
            for parameter in operation.get("parameters", ()):
                _without_null(parameter)


def _without_null(parameter: dict[str, Any]) -> None:
    """Take ``null`` out of what a parameter may be: in an address or a header there is none."""
    schema = parameter.get("schema", {})
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != {"type": "null"}]
    if len(kinds) == 1:
        del schema["anyOf"]
        schema |= kinds[0]


def _add_parameter(operation: dict[str, Any], parameter: dict[str, Any]) -> None:
    operation.setdefault("parameters", []).append(dict(parameter))


def _add(responses: dict[str, Any], more: dict[int | str, dict[str, Any]]) -> None:
    for status, response in more.items():
        responses.setdefault(str(status), response)
