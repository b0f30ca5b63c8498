"""Problem documents: every error there is, and what the framework raises by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, HTTPException
from live_server import live_server

from api import problems
from index.errors import DossierError, NotFound
from qa import errors as qa_errors

CheckProblem = Callable[[httpx.Response, int, str], dict[str, Any]]


def kinds(kind: type[DossierError] = DossierError) -> Iterator[type[DossierError]]:
    if kind.__module__.partition(".")[0] in {"index", "qa", "api"}:
        yield kind
    for below in kind.__subclasses__():
        yield from kinds(below)


def test_every_error_has_a_status_and_a_code_of_its_own() -> None:
    found: dict[str, type[DossierError]] = {}
    for kind in kinds():
        if "code" not in kind.__dict__:  # carries the code of another
            continue
        assert found.setdefault(kind.code, kind) is kind
        error = kind("something went wrong")
        assert 400 <= problems.status_of(error) <= 507
        assert "--answerer" not in problems.over_http(error.hint), kind
    assert len(found) > 25


def test_an_error_that_only_carries_a_code_gets_the_status_of_that_code() -> None:
    class Carried(DossierError):
        def __init__(self, code: str) -> None:
            super().__init__("carried")
            self.code = code  # type: ignore[misc]

    assert problems.status_of(Carried("model_timeout")) == 504
    assert problems.status_of(Carried("not_found")) == 404
    assert problems.status_of(Carried("what is this")) == 500


def test_an_error_below_a_listed_one_gets_its_status() -> None:
    class Slow(qa_errors.ModelTimeout):
        code = "test_slow_model"

    assert problems.status_of(Slow("")) == 504


def test_hints_speak_of_http_and_not_of_the_command_line() -> None:
    assert problems.over_http(NotFound.hint).startswith("GET /v1/documents lists")
    hint = problems.over_http(qa_errors.ModelNotConfigured.hint)
    assert hint.endswith('or ask with "answerer": "embedded".')
    assert problems.over_http("Look elsewhere.") == "Look elsewhere."


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/", 404, "no_such_route"),
        ("GET", "/v1/documents/", 404, "no_such_route"),
        ("GET", "/v1/nowhere%20%C3%A9", 404, "no_such_route"),
        ("POST", "/livez", 405, "method_not_allowed"),
        ("DELETE", "/v1/documents", 405, "method_not_allowed"),
        ("OPTIONS", "/v1/answers", 405, "method_not_allowed"),
    ],
)
def test_what_is_not_there_is_a_problem_too(
    client: httpx.Client, problem_of: CheckProblem, method: str, path: str, status: int, code: str
) -> None:
    problem_of(client.request(method, path), status, code)


def test_all_methods_of_a_path_are_allowed(client: httpx.Client) -> None:
    assert client.put("/v1/documents").headers["allow"] == "GET, HEAD, POST"
    assert client.put("/v1/documents/d-1").headers["allow"] == "GET, HEAD, DELETE"


def test_long_paths_are_not_echoed(client: httpx.Client) -> None:
    response = client.get("/" + "x" * 20_000)
    assert response.status_code == 404
    assert len(response.content) < 2_000


def test_what_the_framework_raises_is_a_problem_with_its_headers() -> None:
    app = FastAPI()
    problems.install(app)

    @app.get("/")
    def _busy() -> None:
        raise HTTPException(429, "later", {"Retry-After": "3"})

    with live_server(app) as url:
        response = httpx.get(url, trust_env=False)
    assert response.status_code == 429
    assert response.headers["retry-after"] == "3"
    assert response.json()["code"] == "too_many_requests"
    assert response.json()["detail"] == "later"


def test_what_is_shown_is_short_and_can_be_sent() -> None:
    assert problems.clip("x" * 500) == "x" * 500
    assert len(problems.clip("x" * 501)) == 500
    assert problems.clip("half \ud83d").isascii()
