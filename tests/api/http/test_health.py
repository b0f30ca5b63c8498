"""The probes, over a real server."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from harbour import TEXTS, Serve

from index.derived.upkeep import Upkeep

CheckProblem = Callable[[httpx.Response, int, str], dict[str, Any]]


def test_a_server_that_can_answer_is_ready(client: httpx.Client) -> None:
    assert client.get("/livez").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}
    checks = client.get("/readyz?verbose").json()["checks"]
    assert {"record", "embedder"} <= {check["name"] for check in checks}
    assert all(check["ok"] for check in checks)


def test_a_server_in_the_middle_of_a_write_is_ready(
    serve: Serve, embeddings: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # The record has it and the indexes do not yet: that is how every write goes, and no trouble.
    client, _ = serve(**embeddings)
    told: list[dict[str, Any]] = []
    follow = Upkeep.follow

    def watched(self: Upkeep, **given: bool) -> None:
        told.append(client.get("/readyz").json())
        follow(self, **given)

    monkeypatch.setattr(Upkeep, "follow", watched)
    client.post("/v1/documents", json=TEXTS[0]).raise_for_status()
    assert told
    assert all(reply == {"status": "ready"} for reply in told), told


def test_a_server_with_a_broken_record_lives_but_is_not_ready(
    serve: Serve, embeddings: dict[str, Any], problem_of: CheckProblem
) -> None:
    client, service = serve(**embeddings)
    client.post("/v1/documents", json=TEXTS[0]).raise_for_status()
    record = service.settings.data / "record.sqlite"
    service.corpus.catalog.close()
    for part in service.settings.data.glob("record.sqlite-*"):
        part.unlink()
    record.write_bytes(b"\0" * 40_000)
    try:
        problem_of(client.get("/readyz"), 503, "not_ready")
        assert client.get("/livez").status_code == 200
    finally:
        shutil.rmtree(service.settings.data)


def test_a_server_with_another_embedder_tells_what_to_do(
    serve: Serve, embeddings: dict[str, Any], problem_of: CheckProblem
) -> None:
    client, service = serve(**embeddings)
    client.post("/v1/documents", json=TEXTS[0]).raise_for_status()
    service.corpus.catalog.use_embedder("another one")
    problem = problem_of(client.get("/readyz"), 503, "not_ready")
    assert [check["name"] for check in problem["checks"]] == ["embedder"]
    assert "another one" in problem["checks"][0]["detail"]
    assert "reindex" in problem["checks"][0]["hint"]
    verbose = problem_of(client.get("/readyz?verbose"), 503, "not_ready")
    assert len(verbose["checks"]) > 1
    asked = {"question": "How long is the bridge?"}
    problem_of(client.post("/v1/answers", json=asked), 503, "embedder_changed")
    problem_of(client.post("/v1/documents", json=TEXTS[1]), 503, "embedder_changed")
