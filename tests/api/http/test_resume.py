"""Streams that are taken up again after the connection was lost; served by a real server."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Iterator
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from harbour import TEXTS, Serve, at_endpoint
from live_server import live_server
from scripted_endpoint import scripted_endpoint
from scripted_replies import drip, hang, no_finish, number_of
from sse import Event, read_events
from tenants import tenants

from api import problems
from api.guard import RequestIdentity
from api.resuming import MOST_LEFT, Resumable
from api.stream import AnswerStream
from qa.models import AnswerEvent, Started

ASKED = {"question": "How much did the harbour bridge cost?", "resumable": True}
STREAM = {"Accept": "text/event-stream"}


def begin(client: httpx.Client, events: int, **asked: Any) -> list[Event]:
    """Ask, read so many events and go away."""
    got: list[Event] = []
    with client.stream("POST", "/v1/answers", json=ASKED | asked, headers=STREAM) as response:
        response.raise_for_status()
        lines: list[str] = []
        for line in response.iter_lines():
            lines.append(line)
            got = read_events(lines)
            if len(got) == events:
                break
    return got


def resume(client: httpx.Client, answer: str, after: int | None = None) -> list[Event]:
    headers = STREAM | ({} if after is None else {"Last-Event-ID": str(after)})
    response = client.get(f"/v1/answers/{answer}/events", headers=headers)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"].startswith("text/event-stream")
    return read_events(response.text.splitlines())


def two_statements(request: Any) -> Any:
    cost, steel = number_of("310 million", request), number_of("price of steel", request)
    said = f"The bridge cost 310 million crowns. [{cost}]\nThe office blamed steel. [{steel}]\n"
    return drip(said, 0.02, chunk=4)


def filled(serve: Serve, **given: Any) -> httpx.Client:
    client, _ = serve(**given)
    for sent in TEXTS:
        client.post("/v1/documents", json=sent).raise_for_status()
    return client


def test_what_was_missed_follows_and_then_what_is_yet_to_come(serve: Serve) -> None:
    with scripted_endpoint(two_statements) as endpoint:
        client = filled(serve, **at_endpoint(endpoint.base_url), model_output="plain")
        had = begin(client, 3)
        answer = had[0].data["id"]
        rest = resume(client, answer, 2)
        assert [event.id for event in rest] == ["3", "4", "5"]
        assert rest[0] == had[2]
        assert [event.name for event in rest] == ["statement", "statement", "answer"]
        texts = [event.data["text"] for event in rest if event.name == "statement"]
        assert rest[-1].data["answer"]["text"] == "".join(texts)
        assert rest[-1].data["answer"]["id"] == answer
        assert len(endpoint.chats) == 1, "the model was asked again"


def test_several_may_read_along(serve: Serve) -> None:
    with scripted_endpoint(two_statements) as endpoint:
        client = filled(serve, **at_endpoint(endpoint.base_url), model_output="plain")
        answer = begin(client, 1)[0].data["id"]
        found: list[list[Event]] = []
        readers = [
            threading.Thread(target=lambda: found.append(resume(client, answer))) for _ in range(3)
        ]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join(30)
    assert len(found) == 3
    assert found[0] == found[1] == found[2]
    assert [event.id for event in found[0]] == ["1", "2", "3", "4", "5"]


def test_an_answer_that_was_not_to_be_resumed_ends_with_its_client(serve: Serve) -> None:
    with scripted_endpoint(hang(60)) as endpoint:
        client = filled(serve, **at_endpoint(endpoint.base_url))
        had = begin(client, 2, resumable=False)
        response = client.get(f"/v1/answers/{had[0].data['id']}/events", headers=STREAM)
        assert response.status_code == 404


def test_a_failure_is_told_to_who_comes_back(serve: Serve) -> None:
    with scripted_endpoint(no_finish("")) as endpoint:
        client = filled(serve, **at_endpoint(endpoint.base_url), model_output="plain")
        had = begin(client, 3)
        assert [event.name for event in had] == ["started", "retrieved", "error"]
        again = resume(client, had[0].data["id"], 1)
        assert again == had[1:]
        path = f"/v1/answers/{had[0].data['id']}/events"
        assert client.get(path, headers=STREAM | {"Last-Event-ID": "3"}).status_code == 204


def test_the_events_of_an_answer_are_told_again_from_the_record(serve: Serve) -> None:
    client = filled(serve, resume_seconds=0)
    asked = "When was the harbour bridge opened, and how long is it?"
    sent = begin(client, 99, question=asked)
    assert len([event for event in sent if event.name == "statement"]) > 1
    answer = sent[0].data["id"]
    assert resume(client, answer) == sent
    assert resume(client, answer, 3) == sent[3:]
    headers = STREAM | {"Last-Event-ID": str(len(sent))}
    over = client.get(f"/v1/answers/{answer}/events", headers=headers)
    assert (over.status_code, over.content) == (204, b"")


@pytest.mark.parametrize(
    "asked",
    [
        "When was the harbour bridge opened?",
        "Who painted the ceiling of the observatory?",
        "How did the bridge develop?",
    ],
)
def test_every_kind_of_answer_is_told_again_as_it_was(client: httpx.Client, asked: str) -> None:
    whole = client.post("/v1/answers", json={"question": asked}, headers=STREAM)
    sent = read_events(whole.text.splitlines())
    assert resume(client, sent[0].data["id"]) == sent


def test_what_cannot_be_read_is_a_problem(client: httpx.Client, problem_of: Any) -> None:
    problem_of(client.get("/v1/answers/a-nothing/events"), 404, "not_found")
    answer = client.post("/v1/answers", json={"question": ASKED["question"]}).json()["id"]
    path = f"/v1/answers/{answer}/events"
    problem_of(client.get(path, headers={"Accept": "application/json"}), 406, "not_acceptable")
    for wrong in ("one", "-1", "9" * 30):
        problem_of(client.get(path, headers={"Last-Event-ID": wrong}), 422, "invalid_request")


def test_only_who_asked_may_come_back(serve: Serve) -> None:
    slow = drip("The harbour bridge cost 311 million crowns. [1]\n", 0.02, chunk=2)
    with scripted_endpoint(slow) as endpoint:
        given = at_endpoint(endpoint.base_url) | {"answerer": "embedded"}
        client, service = serve(**given, model_output="plain")
        with tenants(client, service) as (one, other, _):
            had = begin(one.client, 1, answerer="model")
            path = f"/v1/answers/{had[0].data['id']}/events"
            assert other.client.get(path, headers=STREAM).status_code == 404
            assert one.client.get(path, headers=STREAM).status_code == 200
            assert other.client.get(path, headers=STREAM).status_code == 404


class Work:
    """Work without an end, and how much of it is under way."""

    def __init__(self) -> None:
        self.begun = 0
        self.ended = threading.Semaphore(0)

    async def events(self) -> AsyncGenerator[AnswerEvent, None]:
        self.begun += 1
        try:
            yield Started(id=f"a-{self.begun}", question="why?", standalone="why?")
            await asyncio.sleep(60)
        finally:
            self.ended.release()


@pytest.fixture
def work() -> Work:
    return Work()


def serving(work: Work, grace: float, most: int = 100) -> FastAPI:
    app = FastAPI()
    app.add_middleware(RequestIdentity)
    problems.install(app)
    hub: list[Resumable] = []

    @app.get("/ask")
    async def _ask(request: Request) -> AnswerStream:
        await request.body()
        hub[:] = hub or [Resumable(grace, most)]
        return await AnswerStream.begin(request, hub[0].begin("me", work.events(), "r").follow())

    @app.get("/resume/{name}")
    async def _resume(request: Request, name: str) -> AnswerStream:
        kept = hub[0].find(name, "me")
        assert kept
        return AnswerStream.going_on(request, kept.follow(), 0)

    return app


def first_line(url: str) -> Iterator[None]:
    with httpx.stream("GET", url, trust_env=False) as response:
        lines = response.iter_lines()
        assert next(lines) == "event: started"
        yield


def test_work_that_nobody_comes_back_for_ends_after_the_grace(work: Work) -> None:
    with live_server(serving(work, grace=0.3)) as url:
        for _ in first_line(f"{url}/ask"):
            assert not work.ended.acquire(timeout=0.6), "it ended although somebody reads"
        assert not work.ended.acquire(timeout=0.05), "it ended at once"
        assert work.ended.acquire(timeout=10)


def test_work_that_is_taken_up_in_time_goes_on(work: Work) -> None:
    with live_server(serving(work, grace=0.5)) as url:
        for _ in first_line(f"{url}/ask"):
            pass
        for _ in first_line(f"{url}/resume/a-1"):
            assert not work.ended.acquire(timeout=1)
        assert work.ended.acquire(timeout=10)
    assert work.begun == 1


def test_one_caller_leaves_few_behind(work: Work) -> None:
    with live_server(serving(work, grace=60)) as url:
        for _ in range(MOST_LEFT + 2):
            for _ in first_line(f"{url}/ask"):
                pass
        for _ in range(2):
            assert work.ended.acquire(timeout=10)
        assert not work.ended.acquire(timeout=0.2), "more ended than had to"


def test_no_more_is_kept_than_there_is_room_for(work: Work) -> None:
    with live_server(serving(work, grace=60, most=1)) as url:
        for _ in first_line(f"{url}/ask"):
            refused = httpx.get(f"{url}/ask", trust_env=False)
            assert refused.status_code == 503
            assert refused.json()["code"] == "overloaded"
            assert refused.headers["retry-after"]
