"""The end of a server: what runs comes to its end, what comes is told, nothing is left behind."""

from __future__ import annotations

import json
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from harbour import TEXTS, at_endpoint
from scripted_endpoint import Endpoint, scripted_endpoint
from scripted_replies import Reply, Request, Vectors, drip, hang
from served import served
from sse import Event, read_events
from word_embedder import WordEmbedder

from index.corpus import Corpus

ASKED = {"question": "How long is the harbour bridge?"}
STREAM = {"Accept": "text/event-stream"}


class Asking(threading.Thread):
    """A client in a thread of its own, and what came of its request."""

    def __init__(self, url: str, question: str, *, stream: bool) -> None:
        super().__init__(daemon=True)
        self.url, self.question, self.stream = url, question, stream
        self.status = 0
        self.events: list[Event] = []
        self.body: dict[str, object] = {}
        self.start()

    def run(self) -> None:
        headers = STREAM if self.stream else {}
        with (
            httpx.Client(timeout=60, trust_env=False) as client,
            client.stream(
                "POST", f"{self.url}/v1/answers", json={"question": self.question}, headers=headers
            ) as response,
        ):
            self.status = response.status_code
            lines = list(response.iter_lines())
            if self.stream:
                self.events = read_events(lines)
            else:
                self.body = json.loads("\n".join(lines))


def by_question(request: Request) -> Reply:
    if "Forever" in request.prompt:
        return hang(60)
    return drip("The bridge is 812 metres long. [1]", 0.02)


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    with scripted_endpoint(by_question) as running:
        yield running


def test_sigterm_ends_streams_in_order_and_refuses_what_is_new(
    tmp_path: Path, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = at_endpoint(endpoint.base_url) | {"model_output": "plain", "shutdown_seconds": 2}
    for name, value in settings.items():
        monkeypatch.setenv(f"DOSSIER_{name.upper()}", str(value))
    with served(tmp_path / "data", "--log-level", "warning") as (process, url):
        with httpx.Client(base_url=url, timeout=30, trust_env=False) as client:
            for sent in TEXTS:
                client.post("/v1/documents", json=sent).raise_for_status()
        quick = Asking(url, "How long is the harbour bridge?", stream=True)
        endless = Asking(url, "Forever: how long is the harbour bridge?", stream=True)
        whole = Asking(url, "Forever, and whole: how long is the harbour bridge?", stream=False)
        until = time.monotonic() + 20
        while len(endpoint.chats) < 3 and time.monotonic() < until:
            time.sleep(0.01)
        process.send_signal(signal.SIGTERM)
        refused = new_request(url)
        for asking in (quick, endless, whole):
            asking.join(20)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 0, err
    assert "Traceback" not in err
    assert [event.name for event in quick.events][-1] == "answer"
    assert endless.events[-1].name == "error"
    assert endless.events[-1].data["code"] == "shutting_down"
    assert endless.events[-1].data["hint"]
    assert whole.status == 503
    assert whole.body["code"] == "shutting_down"
    assert refused.status_code == 503
    assert refused.json()["code"] == "shutting_down"
    assert refused.headers["connection"] == "close"
    assert int(refused.headers["retry-after"]) >= 1
    wait_for(lambda: len(endpoint.left) == 2)  # the calls of the model that had no end


@pytest.mark.soak
def test_sigterm_while_documents_are_taken_in_rolls_back_what_has_no_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def embedding(request: Request) -> Reply:
        forever = any("forever" in str(words) for words in request.body["input"])
        return hang(60) if forever else Reply(vectors=Vectors())

    with scripted_endpoint(embeddings=(embedding,)) as endpoint:
        settings = at_endpoint(endpoint.base_url) | {"answerer": "embedded", "shutdown_seconds": 0}
        for name, value in settings.items():
            monkeypatch.setenv(f"DOSSIER_{name.upper()}", str(value))
        data = tmp_path / "data"
        with served(data, "--log-level", "warning") as (process, url):
            httpx.post(f"{url}/v1/documents", json=TEXTS[0], trust_env=False).raise_for_status()
            sending = Sending(url, {"name": "b.txt", "text": "This is embedded forever. " * 9})
            wait_for(lambda: len(endpoint.embedded) == 2)
            process.send_signal(signal.SIGTERM)
            sending.join(20)
            _, err = process.communicate(timeout=30)
        assert process.returncode == 0, err
        assert sending.status == 503
        corpus = Corpus.open(data, WordEmbedder(), write=True)
        assert [document.name for document in corpus.documents()] == ["opening.txt"]
        corpus.close()


class Sending(threading.Thread):
    """A client that sends a document in a thread of its own."""

    def __init__(self, url: str, document: dict[str, str]) -> None:
        super().__init__(daemon=True)
        self.url, self.document, self.status = url, document, 0
        self.start()

    def run(self) -> None:
        with suppress(httpx.HTTPError):
            sent = httpx.post(
                f"{self.url}/v1/documents", json=self.document, timeout=60, trust_env=False
            )
            self.status = sent.status_code


def new_request(url: str) -> httpx.Response:
    """Ask until the answer is a refusal: the signal takes a moment to arrive."""
    until = time.monotonic() + 10
    while time.monotonic() < until:
        response = httpx.get(f"{url}/v1/documents", trust_env=False)
        if response.status_code != 200:
            return response
        time.sleep(0.005)
    raise AssertionError("the server goes on as if it had not been told to stop")


def wait_for(is_so: Callable[[], bool]) -> None:
    until = time.monotonic() + 20
    while not is_so() and time.monotonic() < until:
        time.sleep(0.01)
    assert is_so()
