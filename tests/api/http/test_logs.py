"""Log lines: one for each request, without secrets, words or orders to a terminal."""

from __future__ import annotations

import io
import json
import logging
import logging.config
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import pytest
from harbour import TEXTS, Serve, send
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tenants import make_key, with_key

from api.access.keys import new_secret
from api.telemetry.log_config import LogFormat, log_config
from api.telemetry.logs import visible

SECRET = "Which of the ferry's captains misses the gulls?"


@contextmanager
def logged(form: LogFormat) -> Iterator[io.StringIO]:
    """Log as the server does, but into memory."""
    config = log_config("info", form)
    written = io.StringIO()
    for handler in config["handlers"].values():
        handler["stream"] = written
    names = ("uvicorn", "uvicorn.error", "uvicorn.access", "dossier", "dossier.requests")
    loggers = [logging.getLogger(name) for name in names]
    before = [(one.handlers, one.level, one.propagate) for one in loggers]
    logging.config.dictConfig(config)
    try:
        yield written
    finally:
        for one, (handlers, level, propagate) in zip(loggers, before, strict=True):
            one.handlers, one.propagate = handlers, propagate
            one.setLevel(level)


def lines(written: io.StringIO, requests: int = 0) -> list[dict[str, Any]]:
    """The lines, each of which must be one object in printable ASCII.

    A request is logged once its response was sent, so that so many of them are waited for.
    """
    until = time.monotonic() + 20
    while written.getvalue().count('"request_id"') < requests and time.monotonic() < until:
        time.sleep(0.01)
    text = written.getvalue()
    assert text.isascii()
    assert all(line.isprintable() for line in text.splitlines())
    return [json.loads(line) for line in text.splitlines()]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory, embeddings: dict[str, Any]) -> Iterator[Any]:
    from harbour import serving

    with serving(tmp_path_factory.mktemp("logs"), **embeddings) as (client, service):
        secret = make_key(service, "tester", {"*": "admin"})
        with with_key(client, secret) as keyed:
            for sent in TEXTS:
                send(keyed, **sent).raise_for_status()
            yield client, keyed, service, secret


def test_every_request_is_one_object(guarded: Any) -> None:
    client, keyed, service, _ = guarded
    key = service.corpus.catalog.keys.all()[0].id
    document = keyed.get("/v1/documents").json()["documents"][0]["id"]
    with logged("json") as written:
        read = keyed.get(f"/v1/documents/{document}/text", headers={"X-Request-ID": "r-1"})
        client.get("/v1/documents?outlet=Harbour")
        keyed.get("/nowhere")
        found = lines(written, 3)
    assert {"time", "ms", "level", "logger", "message"} <= set(found[0])
    shown = ("request_id", "key", "method", "route", "status", "code", "bytes", "whole")
    path, size = "/v1/documents/{document_id}/text", len(read.content)
    _, second, third = found
    told = [[line[name] for name in shown] for line in (second, third)]
    assert [found[0][name] for name in shown] == ["r-1", key, "GET", path, 200, None, size, True]
    assert [one[1:6] for one in told] == [
        [None, "GET", "other", 401, "key_required"],
        [key, "GET", "other", 404, "no_such_route"],
    ]


@pytest.mark.parametrize("form", ["plain", "json"])
def test_no_secret_and_no_question_is_logged(guarded: Any, form: LogFormat) -> None:
    _, keyed, _, secret = guarded
    with logged(form) as written:
        keyed.post("/v1/answers", json={"question": SECRET, "answerer": "embedded"})
        keyed.post("/v1/search", json={"query": SECRET})
        keyed.get("/v1/documents", params={"outlet": secret})
        keyed.get(f"/v1/documents/{secret}")
        keyed.get("/v1/documents", headers={"X-Request-ID": secret, "Authorization": secret})
        logging.getLogger("dossier.http").warning(
            "it failed: %s", ValueError(f"at {secret}\x1b[2J")
        )
        logging.getLogger("uvicorn.error").warning("Bearer " + secret)
    text = written.getvalue()
    assert "it failed" in text
    assert secret not in text
    assert "gulls" not in text
    assert "\x1b" not in text


def test_a_fault_is_logged_whole_and_on_lines_of_its_own() -> None:
    error = ValueError("first\x07line\nsecond\x9b2Jline")
    said = ("request %s failed: %s", "r-1\r\nforged line", "/a\x00b")
    with logged("json") as written:
        logging.getLogger("dossier.http").error(*said, exc_info=error)
    (line,) = lines(written)
    assert line["message"] == "request r-1\\r\\nforged line failed: /a\\x00b"
    assert line["exception"] == "ValueError: first\\x07line\nsecond\\x9b2Jline"
    with logged("plain") as written:
        logging.getLogger("dossier.http").error(*said, exc_info=error)
    assert written.getvalue().splitlines()[1:] == line["exception"].split("\n")
    assert "\x00" not in written.getvalue()


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)


@settings(deadline=None)
@given(parts=st.lists(st.one_of(WORDS, st.just(new_secret())), max_size=4))
def test_whatever_is_logged_is_one_line(parts: list[str]) -> None:
    for form in ("plain", "json"):
        with logged(form) as written:
            logging.getLogger("dossier.http").warning(
                "%s|" * len(parts) + "".join(parts).replace("%", "%%"), *parts
            )
        text = written.getvalue()
        assert text.count("\n") == 1, repr(text)
        assert text[:-1].isprintable() or form == "plain"
        assert not any(ord(c) < 0x20 or 0x7F <= ord(c) < 0xA0 for c in text[:-1])
        assert not any(part.startswith("dsk_") and part in text for part in parts)


HEADERS = st.binary(max_size=40).map(lambda b: b.replace(b"\r", b"").replace(b"\n", b""))


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(path=st.binary(max_size=60), name=HEADERS, value=HEADERS, upload=WORDS)
def test_whatever_is_sent_is_logged_as_one_line(
    scratch: httpx.Client, path: bytes, name: bytes, value: bytes, upload: str
) -> None:
    """Bytes off the wire: addresses, headers and names of files that no client would send."""
    port = scratch.base_url.port or 0
    with logged("json") as written:
        with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
            request = b"GET /" + path.replace(b"\n", b"").replace(b" ", b"%20") + b" HTTP/1.1\r\n"
            request += b"Host: localhost\r\nConnection: close\r\n" + name + b": " + value
            connection.sendall(request + b"\r\n\r\n")
            answered = b""
            while part := connection.recv(65_536):
                answered += part
        assert answered[:10] in {b"HTTP/1.1 2", b"HTTP/1.1 4"}, answered[:200]
        scratch.post("/v1/documents", files={"file": (upload or "a", b"not a pdf", "x/y")})
        found = lines(written, 1)
    assert [line["status"] for line in found if line["message"] == "request"]
    assert all(line.get("status", 0) < 500 for line in found)


def test_what_is_plain_stays_as_it_is() -> None:
    assert visible("Señor Åström, 東京 🐦") == "Señor Åström, 東京 🐦"
    assert visible("a\tb\u2028c\u202ed") == "a\\tb\\u2028c\\u202ed"


def test_for_people_there_is_one_line_as_well(serve: Serve, embeddings: dict[str, Any]) -> None:
    client, _ = serve(**embeddings)
    with logged("plain") as written:
        client.get("/livez")
    assert "dossier.requests" not in written.getvalue()
    assert written.getvalue().count("\n") <= 1
