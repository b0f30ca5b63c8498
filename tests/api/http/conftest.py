"""A server over a small dossier of its own, shared by the tests that only read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from harbour import TEXTS, Serve, at_endpoint, serving
from scripted_endpoint import scripted_endpoint

from qa.service import Service


@pytest.fixture(scope="session")
def _dossier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[httpx.Client, Service]]:
    with serving(tmp_path_factory.mktemp("http") / "data") as (client, service):
        for sent in TEXTS:
            client.post("/v1/documents", json=sent).raise_for_status()
        yield client, service


@pytest.fixture(scope="session")
def client(_dossier: tuple[httpx.Client, Service]) -> httpx.Client:
    """A client of a server that holds TEXTS; tests must leave it as it is."""
    return _dossier[0]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Start servers over empty directories; settings may be given."""
    with ExitStack() as stack:

        def start(name: str = "data", **given: Any) -> tuple[httpx.Client, Service]:
            return stack.enter_context(serving(tmp_path / name, **given))

        yield start


@pytest.fixture(scope="session")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A client of a server whose documents tests may change, each under names of its own."""
    with serving(tmp_path_factory.mktemp("scratch"), max_document_bytes=200_000) as (client, _):
        for sent in TEXTS:
            client.post("/v1/documents", json=sent).raise_for_status()
        yield client


@pytest.fixture(scope="session")
def embeddings() -> Iterator[dict[str, Any]]:
    """Settings of an endpoint that embeds, for tests in which no question of meaning comes up."""
    with scripted_endpoint() as endpoint:
        yield at_endpoint(endpoint.base_url) | {"answerer": "embedded"}


@pytest.fixture
def problem_of() -> Callable[[httpx.Response, int, str], dict[str, Any]]:
    """Check that a response is a whole problem document, and return it."""

    def check(response: httpx.Response, status: int, code: str) -> dict[str, Any]:
        assert response.status_code == status, response.text
        assert response.headers["content-type"] == "application/problem+json"
        problem: dict[str, Any] = response.json()
        assert problem["status"] == status
        assert problem["code"] == code
        assert problem["type"] == f"urn:dossier:problem:{code}"
        assert problem["instance"] == response.request.url.raw_path.decode().partition("?")[0]
        assert problem["request_id"] == response.headers["x-request-id"]
        assert problem["title"]
        assert problem["detail"]
        assert problem["hint"]
        assert response.headers["x-content-type-options"] == "nosniff"
        return problem

    return check
