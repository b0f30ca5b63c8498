"""What the server says and keeps when a disk, an index, an endpoint or a client fails."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from damage import deleted, upkeep_held_back
from harbour import TEXTS, Serve, at_endpoint, serving
from scripted_endpoint import scripted_endpoint
from scripted_replies import (
    Reply,
    Request,
    cut,
    drip,
    garbage,
    hang,
    no_finish,
    reset,
    status,
    stream_error,
    text,
    vectors,
)
from small_disk import SmallDisk, small_disk
from sse import read_events

CheckProblem = Callable[[httpx.Response, int, str], dict[str, Any]]
LENGTH = {"question": "How long is the harbour bridge?"}
STREAM = {"Accept": "text/event-stream"}
SAID = "The harbour bridge is 812 metres long. [1]"


def fill(client: httpx.Client) -> None:
    for sent in TEXTS:
        client.post("/v1/documents", json=sent).raise_for_status()


def streamed(client: httpx.Client) -> list[tuple[str, dict[str, Any]]]:
    response = client.post("/v1/answers", json=LENGTH, headers=STREAM)
    return [(event.name, event.data) for event in read_events(response.text.splitlines())]


def eventually(is_so: Callable[[], bool]) -> bool:
    until = time.monotonic() + 30
    while not is_so() and time.monotonic() < until:
        time.sleep(0.01)
    return is_so()


# -- indexes -----------------------------------------------------------------------------------


def test_a_server_without_its_keyword_index_answers_says_so_and_mends_it(
    tmp_path: Path, embeddings: dict[str, Any]
) -> None:
    with serving(tmp_path / "data", **embeddings) as (client, _):
        fill(client)
        before = client.post("/v1/answers", json=LENGTH).json()
    for file in (tmp_path / "data" / "keywords").glob("*.term"):
        deleted(file)
    with (
        upkeep_held_back() as go_on,
        serving(tmp_path / "data", in_background=True, **embeddings) as (client, service),
    ):
        ready = client.get("/readyz")
        assert (ready.status_code, ready.json()["status"]) == (200, "degraded")
        (told,) = ready.json()["checks"]
        assert told["name"] == "keyword index"
        assert ".term" in told["detail"]
        assert told["hint"]
        found = client.post("/v1/search", json={"query": "who said what the bridge cost"}).json()
        assert "keyword index" in found["coverage"]["notes"][0]
        assert client.post("/v1/answers", json=LENGTH).json()["coverage"]["notes"]
        named = {hit["document_id"] for hit in found["hits"]}
        assert named == {document.id for document in service.corpus.documents()}
        go_on()
        assert eventually(lambda: client.get("/readyz").json() == {"status": "ready"})
        after = client.post("/v1/answers", json=LENGTH).json()
        assert after["coverage"]["notes"] == []
        assert after["text"] == before["text"]
        verbose = client.get("/readyz?verbose").json()["checks"]
        assert any("built anew" in check["detail"] for check in verbose)


# -- a full disk -------------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with small_disk(tmp_path / "small", megabytes=4) as mounted:
        yield mounted


def test_a_full_disk_is_told_and_costs_nothing_that_was_acknowledged(
    disk: SmallDisk, embeddings: dict[str, Any], problem_of: CheckProblem
) -> None:
    with serving(disk.at / "data", in_background=True, **embeddings) as (client, service):
        fill(client)
        asked = client.post("/v1/answers", json=LENGTH).json()
        disk.fill()
        full = problem_of(
            client.post("/v1/documents", json={"text": "A new report. " * 200}), 507, "disk_full"
        )
        assert "room" in full["hint"]
        problem_of(client.post("/v1/answers", json=LENGTH), 507, "disk_full")
        events = streamed(client)
        assert [name for name, _ in events][-1] == "error"
        assert events[-1][1]["code"] == "disk_full"
        gone = client.delete(f"/v1/documents/{service.corpus.documents()[0].id}")
        problem_of(gone, 507, "disk_full")
        problem = problem_of(client.get("/readyz"), 503, "not_ready")
        assert [check["name"] for check in problem["checks"]] == ["disk"]
        # What needs no room goes on.
        assert client.get("/livez").status_code == 200
        assert client.post("/v1/search", json={"query": "bridge"}).json()["hits"]
        assert client.get(f"/v1/answers/{asked['id']}").json()["text"] == asked["text"]
        disk.empty()
        added = client.post("/v1/documents", json={"text": "A new report. " * 200})
        assert added.status_code == 201
        assert client.post("/v1/answers", json=LENGTH).status_code == 200
        assert eventually(lambda: client.get("/readyz").json() == {"status": "ready"})
        listed = client.get("/v1/documents").json()["documents"]
        assert len(listed) == len(TEXTS) + 1
        passages, keywords = service.corpus.catalog.passage_count(), service.corpus.keywords.count()
        assert passages == keywords


# -- many at once ------------------------------------------------------------------------------


def test_32_clients_with_the_same_document_make_one_version(
    serve: Serve, embeddings: dict[str, Any]
) -> None:
    client, service = serve(**embeddings)
    ready = threading.Barrier(32)

    def send(_: int) -> tuple[int, str, int]:
        ready.wait(20)
        sent = client.post("/v1/documents", json=TEXTS[0])
        (document,) = sent.json()["documents"]
        return sent.status_code, document["outcome"], document["version"]

    with ThreadPoolExecutor(32) as pool:
        replies = Counter(pool.map(send, range(32)))
    assert replies == {(201, "added", 1): 1, (200, "unchanged", 1): 31}
    (document,) = service.corpus.documents()
    assert service.corpus.catalog.versions(document.id) == [1]
    assert service.corpus.catalog.passage_count() == service.corpus.keywords.count() == 1


# -- endpoints ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reply", "expected", "code"),
    [
        (status(429, "slow down", headers={"Retry-After": "60"}), 503, "model_busy"),
        (status(500, "it broke"), 502, "model_error"),
        (status(401, "bad key"), 502, "model_unauthorized"),
        (hang(60), 504, "model_timeout"),
        (garbage(b"data: {not json\n\n"), 502, "model_error"),
        (cut(""), 502, "model_incomplete"),
        (stream_error(""), 502, "model_error"),
    ],
    ids=["429", "500", "401", "silence", "garbage", "empty", "error"],
)
def test_an_endpoint_that_fails_is_told_by_status_or_as_the_last_event(
    shared_model: tuple[httpx.Client, list[Reply]],
    problem_of: CheckProblem,
    reply: Reply,
    expected: int,
    code: str,
) -> None:
    client, script = shared_model
    script[:] = [reply]
    with ThreadPoolExecutor(1) as beside:
        stream = beside.submit(streamed, client)
        problem_of(client.post("/v1/answers", json=LENGTH), expected, code)
        name, last = stream.result()[-1]
    assert name == "error"
    assert last["code"] == code
    assert last["hint"]
    script[:] = [text(SAID)]
    assert client.post("/v1/answers", json=LENGTH).json()["status"] == "answered"


@pytest.mark.parametrize(
    "reply",
    [
        cut(SAID + "\nIt was"),
        no_finish(SAID + "\nIt was"),
        reset(SAID + "\nIt was"),
        drip(SAID + "\n" + "It was opened. [1]\n" * 50, 0.01),
    ],
    ids=["cut", "no finish", "reset", "slow drip"],
)
def test_what_came_before_an_endpoint_failed_is_an_incomplete_answer(
    shared_model: tuple[httpx.Client, list[Reply]], reply: Reply
) -> None:
    client, script = shared_model
    script[:] = [reply]
    with ThreadPoolExecutor(1) as beside:
        stream = beside.submit(streamed, client)
        answer = client.post("/v1/answers", json=LENGTH).json()
        name, last = stream.result()[-1]
    assert answer["status"] == "incomplete"
    assert answer["reason"]
    assert "812 metres" in answer["statements"][0]["text"]
    assert (name, last["answer"]["status"]) == ("answer", "incomplete")


@pytest.fixture(scope="module")
def shared_model(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[httpx.Client, list[Reply]]]:
    """A server whose model gives what the list says, and is waited for 0.9 seconds."""
    script: list[Reply] = []
    with scripted_endpoint(lambda _request: script[0]) as endpoint:
        given = at_endpoint(endpoint.base_url) | {"model_output": "plain", "model_timeout": 0.9}
        with serving(tmp_path_factory.mktemp("model") / "data", **given) as (client, _):
            fill(client)
            yield client, script


@pytest.mark.parametrize("reply", [hang(60), drip("No end. " * 500, 0.02)], ids=["silent", "drip"])
@pytest.mark.parametrize("asked", ["answers", "chat/completions"])
def test_the_model_is_let_go_within_a_second_of_its_client(
    serve: Serve, reply: Reply, asked: str
) -> None:
    with scripted_endpoint(reply) as endpoint:
        client, _ = serve(**at_endpoint(endpoint.base_url), model_output="plain")
        client.post("/v1/documents", json=TEXTS[0]).raise_for_status()
        body: dict[str, Any] = LENGTH
        if asked != "answers":
            message = {"role": "user", "content": LENGTH["question"]}
            body = {"model": "dossier", "messages": [message], "stream": True}
        with client.stream("POST", f"/v1/{asked}", json=body, headers=STREAM) as response:
            lines = response.iter_lines()
            assert next(lines)
            assert eventually(lambda: len(endpoint.chats) == 1)
            assert endpoint.left == []
            gone = time.monotonic()
        assert eventually(lambda: len(endpoint.left) == 1)
        assert endpoint.left[0] - gone < 1.0


def test_an_embedder_that_changes_its_length_within_a_batch_leaves_nothing_half_done(
    serve: Serve, problem_of: CheckProblem
) -> None:
    asked = 0

    def changing(request: Request) -> Reply:
        nonlocal asked
        asked += len(request.body["input"])
        return vectors(dimensions=32 if asked <= 64 else 16)

    long = "\n\n".join(
        f"Pier {n} was closed for {n} days, the harbour said. " * 9 for n in range(90)
    )
    with scripted_endpoint(embeddings=(changing,)) as endpoint:
        client, service = serve(**at_endpoint(endpoint.base_url), answerer="embedded")
        sent = client.post("/v1/documents", json={"name": "long", "text": long})
        problem = problem_of(sent, 502, "embedding_endpoint_failed")
        assert "16 dimensions after 32" in problem["detail"]
        assert client.get("/v1/documents").json()["documents"] == []
        record = sqlite3.connect(service.settings.data / "record.sqlite")
        for table in ("documents", "versions", "passages", "vectors", "sentences", "changes"):
            assert record.execute(f"select count(*) from {table}").fetchone() == (0,), table
        record.close()
