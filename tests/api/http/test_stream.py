"""Streams that are silent, fail late, or whose client goes away; served by a real server."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncIterator

import anyio
import httpx
import pytest
from fastapi import FastAPI, Request
from harbour import TEXTS, Serve, at_endpoint
from live_server import live_server
from scripted_endpoint import scripted_endpoint
from scripted_replies import hang
from sse import read_events

from api import problems
from api.guard import RequestIdentity
from api.stream import AnswerStream, until_disconnect
from index.errors import DocumentTooLarge, NotFound
from qa.models import AnswerEvent, Started

BEGUN = Started(id="a-1", question="why?", standalone="why?")


class Work:
    """Events that wait, and what became of the work behind them."""

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.ended = threading.Event()

    async def forever(self) -> AsyncIterator[AnswerEvent]:
        try:
            with anyio.fail_after(60):  # a scope around a yield breaks if another task resumes it
                yield BEGUN
                self.begun.set()
                await anyio.sleep(60)
                yield BEGUN
        finally:
            self.ended.set()

    async def never(self) -> AsyncIterator[AnswerEvent]:
        try:
            self.begun.set()
            await anyio.sleep(60)
            yield BEGUN
        finally:
            self.ended.set()


def app_for(events: AsyncIterator[AnswerEvent], heartbeat: float = 15.0) -> FastAPI:
    app = FastAPI()
    app.add_middleware(RequestIdentity)
    problems.install(app)

    @app.get("/")
    async def _answer(request: Request) -> AnswerStream:
        await request.body()
        return await AnswerStream.begin(request, events, heartbeat)

    return app


def test_silence_is_filled_with_comments() -> None:
    async def slow() -> AsyncIterator[AnswerEvent]:
        yield BEGUN
        await anyio.sleep(0.3)
        yield BEGUN

    with live_server(app_for(slow(), heartbeat=0.05)) as url:
        lines = httpx.get(url, trust_env=False).text.splitlines()
    comments = [at for at, line in enumerate(lines) if line.startswith(":")]
    events = [at for at, line in enumerate(lines) if line.startswith("event:")]
    assert comments
    assert events[0] < comments[0] < comments[-1] < events[1]
    assert len(read_events(lines)) == 2


def test_a_typed_error_after_the_first_event_becomes_the_last_event() -> None:
    async def failing() -> AsyncIterator[AnswerEvent]:
        yield BEGUN
        raise NotFound("there is no document d-1")

    with live_server(app_for(failing())) as url:
        events = read_events(httpx.get(url, trust_env=False).text.splitlines())
    assert [event.name for event in events] == ["started", "error"]
    assert events[-1].id == "2"
    assert events[-1].data["code"] == "not_found"
    assert events[-1].data["hint"] == "GET /v1/documents lists the documents and their ids."


def test_an_unforeseen_error_after_the_first_event_is_logged_and_hidden(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def failing() -> AsyncIterator[AnswerEvent]:
        yield BEGUN
        raise ZeroDivisionError("secret")

    caplog.set_level(logging.ERROR, "dossier.http")
    with live_server(app_for(failing())) as url:
        response = httpx.get(url, trust_env=False, headers={"X-Request-ID": "r-1"})
    events = read_events(response.text.splitlines())
    assert [event.name for event in events] == ["started", "error"]
    assert events[-1].data["code"] == "internal_error"
    assert "r-1" in events[-1].data["message"]
    assert "secret" not in response.text
    assert "secret" in caplog.text
    assert "r-1" in caplog.text


def test_an_error_before_the_first_event_is_a_problem() -> None:
    async def refused() -> AsyncIterator[AnswerEvent]:
        raise DocumentTooLarge("too much")
        yield BEGUN

    async def empty() -> AsyncIterator[AnswerEvent]:
        for event in ():
            yield event

    with live_server(app_for(refused())) as url:
        assert httpx.get(url, trust_env=False).json()["code"] == "document_too_large"
    with live_server(app_for(empty())) as url:
        response = httpx.get(url, trust_env=False)
        assert response.status_code == 500
        assert response.json()["code"] == "internal_error"


def test_a_client_that_leaves_a_stream_ends_the_work() -> None:
    work = Work()
    with live_server(app_for(work.forever())) as url:
        with httpx.stream("GET", url, trust_env=False) as response:
            lines = response.iter_lines()  # dropping this would close the response already
            assert next(lines) == "event: started"
            assert work.begun.wait(10)
            assert not work.ended.is_set()
        assert work.ended.wait(10)


def test_a_client_that_leaves_before_the_first_event_ends_the_work() -> None:
    work = Work()
    with live_server(app_for(work.never())) as url:
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(url, trust_env=False, timeout=httpx.Timeout(10, read=0.3))
        assert work.ended.wait(10)


def test_a_client_that_leaves_ends_work_that_is_answered_whole() -> None:
    begun, ended = threading.Event(), threading.Event()
    app = FastAPI()
    problems.install(app)

    async def work() -> str:
        try:
            begun.set()
            await anyio.sleep(60)
            return "done"
        finally:
            ended.set()

    @app.post("/")
    async def _slow(request: Request) -> str:
        await request.body()
        return await until_disconnect(request, work())

    with live_server(app) as url:
        with pytest.raises(httpx.ReadTimeout):
            httpx.post(url, trust_env=False, timeout=httpx.Timeout(10, read=0.3))
        assert begun.is_set()
        assert ended.wait(10)


def test_the_server_goes_on_after_clients_have_left(
    serve: Serve, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "dossier.http")
    with scripted_endpoint(hang(60)) as endpoint:
        client, _ = serve(**at_endpoint(endpoint.base_url))
        client.post("/v1/documents", json=TEXTS[0]).raise_for_status()
        asked = {"question": "How long is the harbour bridge?"}
        headers = {"Accept": "text/event-stream"}
        with client.stream("POST", "/v1/answers", json=asked, headers=headers) as response:
            lines = response.iter_lines()
            assert next(lines) == "event: started"
        with pytest.raises(httpx.ReadTimeout):
            client.post("/v1/answers", json=asked, timeout=httpx.Timeout(10, read=0.3))
        asked["answerer"] = "embedded"
        assert client.post("/v1/answers", json=asked).json()["answerer"] == "embedded"
    assert not caplog.records, "that a client leaves is no fault"
