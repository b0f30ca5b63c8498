"""How much is taken on: answers at once, requests of one caller, slow senders and readers."""

from __future__ import annotations

import asyncio
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import StreamingResponse
from harbour import TEXTS, Serve, at_endpoint, send
from live_server import live_server
from scripted_endpoint import scripted_endpoint
from scripted_replies import hang

from api import problems
from api.guard import RequestIdentity
from api.limits import connections
from api.limits.answering import Turns
from api.limits.callers import CallerLimits
from api.limits.errors import Overloaded
from api.limits.pace import BodyPace

CheckProblem = Callable[[httpx.Response, int, str], dict[str, Any]]

ASKED = {"question": "How long is the harbour bridge?"}


@pytest.mark.parametrize(
    ("path", "streamed"), [("/v1/answers", True), ("/v1/chat/completions", False)]
)
def test_beyond_its_places_and_its_queue_a_server_turns_away(
    serve: Serve, path: str, streamed: bool
) -> None:
    with scripted_endpoint(hang(30)) as endpoint:
        client, _ = serve(
            **at_endpoint(endpoint.base_url), model_timeout=0.8, max_concurrent_answers=1
        )
        send(client, **TEXTS[0])
        body = {
            "/v1/answers": ASKED,
            "/v1/chat/completions": {
                "model": "dossier",
                "stream": streamed,
                "messages": [{"role": "user", "content": ASKED["question"]}],
            },
        }[path]
        headers = {"Accept": "text/event-stream" if streamed else "application/json"}

        def ask(_: int) -> httpx.Response:
            return client.post(path, json=body, headers=headers)

        with ThreadPoolExecutor(4) as pool:
            replies = list(pool.map(ask, range(4)))
        refused = [reply for reply in replies if reply.status_code == 503]
        assert len(refused) == 2, "one was answered, one waited for its turn"
        for reply in refused:
            assert '"overloaded"' in reply.text
            assert int(reply.headers["retry-after"]) >= 1
        # The places are free again, and nobody waits.
        numbers = client.get("/metrics").text
        assert "dossier_answers_under_way 0.0" in numbers
        assert "dossier_answers_waiting 0.0" in numbers
        assert 'dossier_refusals_total{reason="overloaded"} 2.0' in numbers
        assert client.get("/livez").status_code == 200


def test_turns_are_given_in_order_and_none_is_lost() -> None:
    async def scenario() -> None:
        turns, order = Turns(2, patience=5), []

        async def work(number: int) -> None:
            async with turns.one():
                order.append(number)
                assert turns.busy <= 2
                await asyncio.sleep(0)

        first = [asyncio.create_task(work(number)) for number in range(4)]
        await asyncio.gather(*first)
        assert order == [0, 1, 2, 3]
        async with turns.one(), turns.one():
            waiting = [asyncio.create_task(work(number)) for number in (5, 6)]
            await asyncio.sleep(0)
            assert turns.waiting == 2
            with pytest.raises(Overloaded):
                await turns.one().__aenter__()
            waiting[0].cancel()
            await asyncio.wait(waiting[:1])
            assert turns.waiting == 1
        await asyncio.wait(waiting)
        assert order[4:] == [6]
        assert (turns.busy, turns.waiting) == (0, 0)

    asyncio.run(scenario())


def test_a_turn_that_comes_as_its_question_is_given_up_is_passed_on() -> None:
    async def scenario() -> None:
        turns = Turns(1, patience=5)
        held = turns.one()
        await held.__aenter__()
        leaver = asyncio.create_task(turns.one().__aenter__())
        await asyncio.sleep(0)
        await held.__aexit__(None, None, None)  # the turn is the leaver's now
        leaver.cancel()
        await asyncio.wait([leaver])
        assert (turns.busy, turns.waiting) == (0, 0)

    asyncio.run(scenario())


def test_who_would_wait_too_long_is_told_at_once() -> None:
    async def scenario() -> None:
        turns = Turns(1, patience=0.05)
        async with turns.one():
            await asyncio.sleep(0.2)  # answers take that long here
        async with turns.one():
            loop = asyncio.get_running_loop()
            began = loop.time()
            with pytest.raises(Overloaded) as refused:
                await turns.one().__aenter__()
            assert loop.time() - began < 0.05, "it waited"
        assert refused.value.headers == {"Retry-After": "1"}
        patient = Turns(1, patience=0.05)
        async with patient.one():
            with pytest.raises(Overloaded):  # nothing was known, so it waited as long as allowed
                await patient.one().__aenter__()
        assert (patient.busy, patient.waiting) == (0, 0)

    asyncio.run(scenario())


def test_a_key_has_so_many_requests_a_minute(
    serve: Serve, embeddings: dict[str, Any], problem_of: CheckProblem
) -> None:
    client, _ = serve(**embeddings, key_requests_per_minute=3)
    replies = [client.get("/v1/documents") for _ in range(4)]
    assert [reply.status_code for reply in replies] == [200, 200, 200, 429]
    problem_of(replies[3], 429, "too_many_requests")
    assert 1 <= int(replies[3].headers["retry-after"]) <= 20
    assert [reply.headers["ratelimit-policy"] for reply in replies] == ['"minute";q=3;w=60'] * 4
    left = [re.fullmatch(r'"minute";r=(\d+);t=(\d+)', r.headers["ratelimit"]) for r in replies]
    assert [found and found[1] for found in left] == ["2", "1", "0", "0"]
    # What watches the server sees it all the same.
    for path in ("/livez", "/readyz", "/metrics"):
        assert client.get(path).status_code == 200
        assert "ratelimit" not in client.get(path).headers


def test_a_minute_fills_evenly_and_every_caller_has_one() -> None:
    now = 0.0
    seen: list[int] = []

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    limits = CallerLimits(app, per_minute=60, at_once=0, clock=lambda: now)

    class Key:
        def __init__(self, name: str) -> None:
            self.id = name

    def ask(key: str, times: int) -> int:
        async def one() -> int:
            found: list[int] = []

            async def sent(message: Any) -> None:
                found.extend([message["status"]] if "status" in message else [])

            state = {"principal": Key(key)}
            scope = {"type": "http", "method": "GET", "path": "/", "headers": [], "state": state}
            await limits(scope, None, sent)  # type: ignore[arg-type]
            return found[0]

        seen[:] = [asyncio.run(one()) for _ in range(times)]
        return seen.count(200)

    assert ask("k-1", 70) == 60
    assert ask("k-2", 5) == 5
    now = 0.5
    assert ask("k-1", 5) == 0
    now = 10.0
    assert ask("k-1", 20) == 10
    now = 1000.0
    assert ask("k-1", 70) == 60


def test_a_key_has_so_many_requests_at_once(serve: Serve, problem_of: CheckProblem) -> None:
    with scripted_endpoint(hang(30)) as endpoint:
        client, _ = serve(**at_endpoint(endpoint.base_url), model_timeout=0.8, key_concurrency=1)
        send(client, **TEXTS[0])
        asking = threading.Thread(target=lambda: client.post("/v1/answers", json=ASKED))
        asking.start()
        while not endpoint.chats:
            time.sleep(0.01)
        refused = client.get("/v1/documents")
        problem_of(refused, 429, "too_many_at_once")
        assert refused.headers["retry-after"] == "1"
        assert refused.headers["ratelimit"] == '"at-once";r=0'
        asking.join()
        assert client.get("/v1/documents").status_code == 200


def test_more_files_than_one_request_may_bring(
    scratch: httpx.Client, problem_of: CheckProblem
) -> None:
    files = [("file", (f"many-{n}.txt", b"words")) for n in range(101)]
    problem_of(scratch.post("/v1/documents", files=files), 413, "too_many_documents")


# -- slow clients ----------------------------------------------------------------------------


@contextmanager
def slow_server(app: Any, headers: float = 60, stalled: float = 60) -> Iterator[tuple[str, int]]:
    """Serve with a protocol of short patience."""
    with live_server(app, http=connections.protocol(headers, stalled)) as url:
        found = httpx.URL(url)
        assert found.port
        yield found.host, found.port


def reading(connection: socket.socket) -> bytes:
    """Everything until the other side closes."""
    connection.settimeout(20)
    parts = []
    try:
        while part := connection.recv(65_536):
            parts.append(part)
    except ConnectionResetError:
        pass
    return b"".join(parts)


def echo() -> FastAPI:
    app = FastAPI()
    problems.install(app)

    @app.post("/")
    async def _echo(request: Request) -> int:
        return len(await request.body())

    @app.get("/endless")
    async def _endless() -> StreamingResponse:
        async def parts() -> Any:
            try:
                while True:
                    yield b"x" * 100_000
                    await asyncio.sleep(0)
            finally:
                app.state.ended = True

        return StreamingResponse(parts())

    return app


@pytest.mark.parametrize("sent", [b"", b"GET / HTTP/1.1\r\nHost: a\r\nX-Slow: "])
def test_headers_that_do_not_come_are_not_waited_for(sent: bytes) -> None:
    with slow_server(echo(), headers=0.3) as address:
        with socket.create_connection(address) as connection:
            connection.sendall(sent)
            assert reading(connection) == b""
        # One that was served keeps its connection, and the next request has its own time.
        with httpx.Client(base_url="http://{}:{}".format(*address), trust_env=False) as client:
            assert [client.post("/", content=b"ab").json() for _ in range(3)] == [2, 2, 2]


def test_headers_that_drip_after_a_request_are_not_waited_for() -> None:
    with (
        slow_server(echo(), headers=0.4) as address,
        socket.create_connection(address) as connection,
    ):
        connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nab")
        stop = threading.Event()

        def drip() -> None:
            time.sleep(0.1)
            while not stop.wait(0.1):
                try:
                    connection.sendall(b"P")
                except OSError:
                    return

        dripping = threading.Thread(target=drip)
        dripping.start()
        assert reading(connection).startswith(b"HTTP/1.1 200")
        stop.set()
        dripping.join()


def test_who_does_not_read_is_not_waited_for() -> None:
    app = echo()
    with slow_server(app, stalled=0.3) as address, socket.create_connection(address) as connection:
        connection.sendall(b"GET /endless HTTP/1.1\r\nHost: a\r\n\r\n")
        until = time.monotonic() + 20
        while not hasattr(app.state, "ended"):
            assert time.monotonic() < until, "it waits for ever"
            time.sleep(0.02)


@pytest.mark.parametrize("pause", [0.05, 30])
def test_a_body_that_drips_is_given_up(pause: float) -> None:
    app = echo()
    app.add_middleware(BodyPace, grace=0.4, slowest=1_000_000)
    app.add_middleware(RequestIdentity)
    stop = threading.Event()

    def drops() -> Iterator[bytes]:
        while not stop.is_set():
            yield b"x"
            stop.wait(pause)

    with live_server(app) as url, httpx.Client(base_url=url, trust_env=False) as client:
        assert client.post("/", content=b"x" * 100_000).json() == 100_000
        host, port = client.base_url.host, client.base_url.port or 0
        with socket.create_connection((host, port)) as connection:
            connection.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\n")

            def drip() -> None:
                for drop in drops():
                    try:
                        connection.sendall(drop)
                    except OSError:
                        return

            dripping = threading.Thread(target=drip)
            dripping.start()
            told = reading(connection)
            stop.set()
            dripping.join()
        assert told.startswith(b"HTTP/1.1 408")
        assert b"connection: close" in told.lower()
        assert b"body_too_slow" in told
