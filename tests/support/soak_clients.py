"""Clients that do a bit of everything, check what comes back, and meet a fault now and then."""

from __future__ import annotations

import json
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from load_samples import docx, pdf
from promises import broken
from soak_endpoint import SOUND, TROUBLED, UNEMBEDDABLE, metres, report
from sse import read_events

FAULTS = 0.1
"""Share of operations that meet a fault."""
OWN = 8
"""Documents that each client has; it changes them, and takes one out for each that it adds."""
PATIENCE = 60.0
STREAM = {"Accept": "text/event-stream"}
JOB = {"Prefer": "respond-async"}
COME_BACK = {"overloaded", "queue_full", "idempotency_key_in_use", "shutting_down"}
"""Codes of refusals that have to say when to come back."""


@dataclass
class Ground:
    """What all clients of a server have in common."""

    url: str
    wrong: list[str] = field(default_factory=list)
    """What was not as it has to be."""
    done: Counter[str] = field(default_factory=Counter)
    """Operations by name."""
    statuses: Counter[int] = field(default_factory=Counter)
    """Responses by status."""
    troubled: int = 0
    """Operations that met a fault."""
    towns: dict[str, str] = field(default_factory=dict)
    """Identifiers of the documents that stay."""
    _texts: dict[tuple[str, int], str] = field(default_factory=dict)
    _known: threading.Condition = field(default_factory=threading.Condition)

    def note(self, document_id: str, version: int, text: str) -> None:
        """Note the text of a version, as it was sent."""
        with self._known:
            self._texts[document_id, version] = text
            self._known.notify_all()

    def text_of(self, document_id: str, version: int) -> str:
        """Return the text of a version, once whoever sent it knows that it was taken in."""
        with self._known:
            there = self._known.wait_for(
                lambda: (document_id, version) in self._texts, timeout=PATIENCE
            )
            assert there, f"{document_id} in version {version} was not sent by any client"
            return self._texts[document_id, version]

    def count(self, name: str, *, fault: bool) -> None:
        """Count an operation."""
        with self._known:
            self.done[name] += 1
            self.troubled += fault

    def fill(self) -> None:
        """Send the documents that stay."""
        with httpx.Client(base_url=self.url, timeout=PATIENCE, trust_env=False) as http:
            for town in (*SOUND, *TROUBLED):
                body = {"name": town, "text": report(town), "outlet": f"{town} Gazette"}
                (told,) = _sent(http, body).json()["documents"]
                self.towns[town] = told["id"]
                self.note(told["id"], told["version"], body["text"])


def _sent(http: httpx.Client, body: dict[str, str]) -> httpx.Response:
    """Send a text; what is loaded for the first one may take longer than its vectors may."""
    for _ in range(5):
        reply = http.post("/v1/documents", json=body)
        if reply.status_code != 502:
            break
    return reply.raise_for_status()


@dataclass
class Outcome:
    """What became of a question, whatever way it was asked."""

    status: int
    code: str = ""
    answer: dict[str, Any] = field(default_factory=dict)


@dataclass
class Own:
    """A document of a client."""

    name: str
    id: str
    version: int
    edition: int


class Client:
    """One client, which does one thing after the other.

    Args:
        number: which one it is.
        ground: what it has in common with the others.
        seed: decides what it does.
        pause: seconds between two operations, on average.
    """

    def __init__(self, number: int, ground: Ground, seed: int, pause: float) -> None:
        self.number = number
        self.ground = ground
        self.chance = random.Random(f"{seed} {number}")
        self.pause = pause
        self.http: httpx.Client
        self._own: list[Own] = []
        self._made = 0
        self._asked = ""
        self._sound: list[tuple[int, Callable[[], None]]] = [
            (5, self.asks),
            (5, self.asks_for_events),
            (5, self.asks_the_embedded_answerer),
            (3, self.asks_as_a_chat),
            (2, self.comes_back_to_a_stream),
            (8, self.searches),
            (4, self.sends_a_text),
            (4, self.changes_a_text),
            (2, self.uploads_files),
            (3, self.lists_documents),
            (1, self.lists_answers),
            (3, self.reads_a_text),
            (2, self.reads_an_answer),
            (2, self.watches),
        ]
        self._faults: list[tuple[int, Callable[[], None]]] = [
            (10, self.asks_a_model_that_fails),
            (3, self.leaves_a_stream),
            (2, self.leaves_without_the_answer),
            (2, self.leaves_in_the_middle_of_a_body),
            (1, self.sends_too_much),
            (1, self.sends_what_is_no_json),
            (3, self.asks_what_cannot_be_embedded),
            (2, self.sends_what_cannot_be_embedded),
            (1, self.uploads_what_is_embedded_later),
            (2, self.asks_for_what_is_not_there),
            (2, self.sends_what_cannot_be_read),
        ]

    @property
    def names(self) -> set[str]:
        """All that it does, by name."""
        return {action.__name__ for _, action in (*self._sound, *self._faults)}

    def work(self, stop: threading.Event) -> None:
        """Go on until told to stop."""
        with httpx.Client(base_url=self.ground.url, timeout=PATIENCE, trust_env=False) as self.http:
            self.http.event_hooks = {"response": [self._seen]}
            while not stop.is_set():
                self._step()
                stop.wait(self.chance.expovariate(1 / self.pause))

    def _step(self) -> None:
        fault = self.chance.random() < FAULTS
        choices = self._faults if fault else self._sound
        weights = [weight for weight, _ in choices]
        ((_, action),) = self.chance.choices(choices, weights)
        try:
            action()
        except Exception as error:  # told at the end, with all the others
            self.ground.wrong.append(f"{action.__name__}: {type(error).__name__}: {error}"[:2_000])
        self.ground.count(action.__name__, fault=fault)

    def _seen(self, response: httpx.Response) -> None:
        self.ground.statuses[response.status_code] += 1

    # -- what goes well --------------------------------------------------------------------------

    def asks(self) -> None:
        """Ask for a whole answer."""
        town = self._town()
        self._right(town, self._whole({"question": _length_of(town)}))

    def asks_for_events(self) -> None:
        """Ask for a stream."""
        town = self._town()
        self._right(town, self._events({"question": _length_of(town)}))

    def asks_the_embedded_answerer(self) -> None:
        """Ask for an answer without a model, of either kind."""
        town = self._town()
        ask = self.chance.choice([self._whole, self._events])
        self._right(town, ask({"question": _length_of(town), "answerer": "embedded"}))

    def asks_as_a_chat(self) -> None:
        """Ask as clients of the other interface do, of either kind."""
        town = self._town()
        ask = self.chance.choice([self._completion, self._chunks])
        self._right(town, ask({"question": _length_of(town)}))

    def comes_back_to_a_stream(self) -> None:
        """Leave a stream that can be taken up again, and take it up."""
        town = self._town()
        body = {"question": _length_of(town), "resumable": True}
        with self._stream(body) as (_, lines):
            (first,) = _next_events(lines, 1)
        headers = STREAM | {"Last-Event-ID": first.id}
        rest = self.http.get(f"/v1/answers/{first.data['id']}/events", headers=headers)
        events = read_events(rest.text.splitlines())
        assert [int(event.id) for event in events] == list(range(2, len(events) + 2)), rest.text
        self._right(town, _of_events(rest, [(e.name, e.data) for e in events]))

    def searches(self) -> None:
        """Search; the words found stand where it is told."""
        town = self._town()
        reply = self._ok(self.http.post("/v1/search", json={"query": f"{town} bridge repair"}))
        hits = reply.json()["hits"]
        assert self.ground.towns[town] in [hit["document_id"] for hit in hits], hits
        for hit in hits:
            text = self.ground.text_of(hit["document_id"], hit["version"])
            assert text[hit["start"] : hit["end"]] == hit["text"], hit

    def sends_a_text(self) -> None:
        """Add a text, and take out another once there are enough; now and then send it twice."""
        if len(self._own) >= OWN:
            self._removes(self._own.pop(self.chance.randrange(len(self._own))))
        name, edition = self._name(), self.chance.randrange(1_000, 9_000)
        body = {"name": name, "text": _note(name, edition)}
        twice = self.chance.random() < 0.3
        headers = {"Idempotency-Key": f'"{name}"'} if twice else {}
        first = self._ok(self.http.post("/v1/documents", json=body, headers=headers), 201)
        (told,) = first.json()["documents"]
        self.ground.note(told["id"], told["version"], body["text"])
        self._own.append(Own(name, told["id"], told["version"], edition))
        if twice:
            again = self._ok(self.http.post("/v1/documents", json=body, headers=headers), 201)
            assert again.json() == first.json()

    def changes_a_text(self) -> None:
        """Send another text under a name that is there."""
        if not self._own:
            return
        one = self.chance.choice(self._own)
        body = {"name": one.name, "text": _note(one.name, one.edition + 1)}
        (told,) = self._ok(self.http.post("/v1/documents", json=body)).json()["documents"]
        assert (told["outcome"], told["version"]) == ("changed", one.version + 1), told
        self.ground.note(told["id"], told["version"], body["text"])
        one.version, one.edition = told["version"], one.edition + 1

    def uploads_files(self) -> None:
        """Have files taken in as a job, and take them out again."""
        name, edition = self._name(), self.chance.randrange(1_000, 9_000)
        note = _note(name, edition)
        make = self.chance.choice([_as_text, _as_page, _as_pdf, _as_word])
        files = [make(name, note), (f"{name}b.md", f"# {name}\n\n{note}\n".encode())]
        self._take_out(self._uploaded(files))

    def lists_documents(self) -> None:
        """Read the list of documents to its end."""
        seen, after = set(), ""
        while True:
            query = {"limit": "25"} | ({"after": after} if after else {})
            page = self._ok(self.http.get("/v1/documents", params=query)).json()
            seen |= {one["id"] for one in page["documents"]}
            after = page["next"] or ""
            if not after:
                break
        missing = set(self.ground.towns.values()) | {one.id for one in self._own} - seen
        assert missing <= seen, f"not in the list: {missing - seen}"

    def lists_answers(self) -> None:
        """Read some pages of the answers."""
        after, names = "", []
        for _ in range(3):
            query = {"limit": "20"} | ({"after": after} if after else {})
            page = self._ok(self.http.get("/v1/answers", params=query)).json()
            names += [one["id"] for one in page["answers"]]
            after = page["next"] or ""
            if not after:
                break
        assert len(set(names)) == len(names), "an answer stands on two pages"

    def reads_a_text(self) -> None:
        """Read a document as it was sent."""
        one = self.chance.choice(self._own) if self._own else None
        town = self._town()
        if one is not None and self.chance.random() < 0.5:
            there, sent = one.id, _note(one.name, one.edition)
        else:
            there, sent = self.ground.towns[town], report(town)
        assert self._ok(self.http.get(f"/v1/documents/{there}/text")).text == sent

    def reads_an_answer(self) -> None:
        """Read the last answer again, and its events."""
        if not self._asked:
            return
        answer = self._ok(self.http.get(f"/v1/answers/{self._asked}")).json()
        assert answer["id"] == self._asked
        events = self._ok(self.http.get(f"/v1/answers/{self._asked}/events", headers=STREAM))
        last = read_events(events.text.splitlines())[-1]
        assert (last.name, last.data["answer"]["text"]) == ("answer", answer["text"])

    def watches(self) -> None:
        """Look at the server as what runs it does."""
        assert "dossier_" in self._ok(self.http.get("/metrics")).text
        ready = self._ok(self.http.get("/readyz")).json()
        assert ready == {"status": "ready"}, ready
        self._ok(self.http.get("/v1/jobs", params={"limit": "10"}))

    # -- faults ----------------------------------------------------------------------------------

    def asks_a_model_that_fails(self) -> None:
        """Ask about a town that the model cannot speak of, in any way."""
        town = self.chance.choice(list(TROUBLED))
        trouble = TROUBLED[town]
        ask = self.chance.choice([self._whole, self._events, self._completion, self._chunks])
        outcome = ask({"question": _length_of(town)})
        if trouble.code:
            expected = {(trouble.status, trouble.code), (200, trouble.code)}
            streams = ask in (self._events, self._chunks)
            assert (outcome.status, outcome.code) in expected, f"{town}: {outcome}"
            assert streams or outcome.status == trouble.status, f"{town}: {outcome}"
        else:
            self._right(town, outcome, status="incomplete")

    def leaves_a_stream(self) -> None:
        """Leave a stream after some of its events."""
        town = self.chance.choice(["Dripford", "Haltby", self._town()])
        body: dict[str, Any] = {"question": _length_of(town)}
        if self.chance.random() < 0.3:
            body["resumable"] = True
        with self._stream(body) as (_, lines):
            _next_events(lines, self.chance.choice([1, 2]))

    def leaves_without_the_answer(self) -> None:
        """Leave while the model is silent, before there is a response."""
        with suppress(httpx.ReadTimeout):
            body = {"question": _length_of("Haltby")}
            reply = self.http.post("/v1/answers", json=body, timeout=self.chance.uniform(0.1, 1))
            raise AssertionError(f"the model was silent, and there is an answer: {reply.text}")

    def leaves_in_the_middle_of_a_body(self) -> None:
        """Send half of a body."""
        path = self.chance.choice(["/v1/answers", "/v1/search", "/v1/documents"])
        self._raw(path, b'{"text": "The bridge', 500)

    def sends_too_much(self) -> None:
        """Send more than a question may have."""
        path = self.chance.choice(["/v1/answers", "/v1/search"])
        reply = self.http.post(path, json={"query": "x" * 1_100_000})
        self._problem(reply, 413, "body_too_large")

    def sends_what_is_no_json(self) -> None:
        """Send a body that is cut off, as a whole one."""
        path = self.chance.choice(["/v1/answers", "/v1/search", "/v1/documents"])
        headers = {"Content-Type": "application/json"}
        reply = self.http.post(path, content=b'{"text": "The bridge', headers=headers)
        self._problem(reply, 400, "malformed_body")

    def asks_what_cannot_be_embedded(self) -> None:
        """Search and ask where the embedder gives no good vectors."""
        town = self.chance.choice(list(UNEMBEDDABLE))
        if self.chance.random() < 0.5:
            reply = self.http.post("/v1/search", json={"query": f"{town} bridge"})
            self._problem(reply, 502, "embedding_endpoint_failed")
            return
        ask = self.chance.choice([self._whole, self._events])
        outcome = ask({"question": _length_of(town)})
        assert outcome.code == "embedding_endpoint_failed", outcome

    def sends_what_cannot_be_embedded(self) -> None:
        """Send a text for which there are no vectors; nothing of it is kept."""
        town, name = self.chance.choice(list(UNEMBEDDABLE)), self._name()
        body = {"name": name, "text": f"{_note(name, 1)} It was reported from {town}."}
        reply = self.http.post("/v1/documents", json=body)
        self._problem(reply, 502, "embedding_endpoint_failed")

    def uploads_what_is_embedded_later(self) -> None:
        """Upload what the embedder turns away at first: the job tries again."""
        name = self._name()
        note = f"{_note(name, 1)} It was reported by Stumble{name}."
        self._take_out(self._uploaded([(f"{name}.txt", note.encode())]))

    def asks_for_what_is_not_there(self) -> None:
        """Ask for what nobody has."""
        method, path = self.chance.choice(
            [
                ("GET", "/v1/documents/d-000000000000"),
                ("GET", "/v1/documents/d-000000000000/text"),
                ("DELETE", "/v1/documents/d-000000000000"),
                ("GET", "/v1/answers/a-000000000000"),
                ("GET", "/v1/answers/a-000000000000/events"),
                ("GET", "/v1/jobs/j-0000000000000000"),
            ]
        )
        headers = STREAM if path.endswith("/events") else {}
        self._problem(self.http.request(method, path, headers=headers), 404, "not_found")

    def sends_what_cannot_be_read(self) -> None:
        """Upload a file that is broken, empty or of no known kind, at once or as a job."""
        name = self._name()
        file, status, code = self.chance.choice(
            [
                ((f"{name}.pdf", b"%PDF-1.4 and nothing more"), 422, "broken_document"),
                ((f"{name}.docx", b"PK\x03\x04 and nothing more"), 422, "broken_document"),
                ((f"{name}.txt", b"   \n"), 422, "empty_document"),
                ((f"{name}.xyz", b"\x00\x01\x02"), 415, "unsupported_format"),
            ]
        )
        if self.chance.random() < 0.5:
            reply = self.http.post("/v1/documents", files=[("file", file)])
            self._problem(reply, status, code)
            return
        job = self._job([file])
        (told,) = job["documents"]
        assert (job["status"], told["problem"]["code"]) == ("failed", code), job

    # -- ways to ask -----------------------------------------------------------------------------

    def _whole(self, body: dict[str, Any]) -> Outcome:
        reply = self.http.post("/v1/answers", json=body)
        answer = reply.json() if reply.is_success else {}
        return Outcome(reply.status_code, self._code(reply), answer)

    def _events(self, body: dict[str, Any]) -> Outcome:
        reply = self.http.post("/v1/answers", json=body, headers=STREAM)
        events = read_events(reply.text.splitlines()) if reply.is_success else []
        if not reply.is_success:
            return Outcome(reply.status_code, self._code(reply))
        return _of_events(reply, [(event.name, event.data) for event in events])

    def _completion(self, body: dict[str, Any]) -> Outcome:
        reply = self.http.post("/v1/chat/completions", json=_as_chat(body, stream=False))
        if not reply.is_success:
            return Outcome(reply.status_code, self._code(reply))
        return Outcome(reply.status_code, "", reply.json()["dossier"])

    def _chunks(self, body: dict[str, Any]) -> Outcome:
        reply = self.http.post("/v1/chat/completions", json=_as_chat(body, stream=True))
        if not reply.is_success:
            return Outcome(reply.status_code, self._code(reply))
        data = [line[6:] for line in reply.text.splitlines() if line.startswith("data: ")]
        assert data.pop() == "[DONE]", "a stream without an end"
        last = json.loads(data[-1])
        if "error" in last:
            return Outcome(200, last["error"]["code"])
        assert last["choices"][0]["finish_reason"], last
        return Outcome(200, "", last["dossier"])

    @contextmanager
    def _stream(self, body: dict[str, Any]) -> Iterator[tuple[httpx.Response, Iterator[str]]]:
        """Begin to read a stream, and close the connection in any case."""
        with self.http.stream("POST", "/v1/answers", json=body, headers=STREAM) as reply:
            assert reply.status_code == 200, reply.status_code
            yield reply, reply.iter_lines()

    # -- helpers ---------------------------------------------------------------------------------

    def _town(self) -> str:
        return self.chance.choice(SOUND)

    def _name(self) -> str:
        self._made += 1
        return f"c{self.number}n{self._made}"

    def _right(self, town: str, outcome: Outcome, status: str = "answered") -> None:
        """Check an answer about a town: what it says, and everything that it promises."""
        answer = outcome.answer
        assert (outcome.status, outcome.code) == (200, ""), f"{town}: {outcome}"
        assert answer["status"] == status, f"{town}: {answer['status']}: {answer['text']}"
        assert f"{metres(town)} metres" in answer["text"], f"{town}: {answer['text']}"
        wrong = broken(answer, self.ground.text_of)
        assert not wrong, f"{town}: {wrong}"
        self._asked = answer["id"]

    def _ok(self, response: httpx.Response, status: int = 200) -> httpx.Response:
        assert response.status_code == status, f"{response.status_code}: {response.text[:500]}"
        return response

    def _problem(self, response: httpx.Response, status: int, code: str) -> None:
        assert (response.status_code, self._code(response)) == (status, code), response.text[:500]

    def _code(self, response: httpx.Response) -> str:
        """Return the code of a problem, whose form is checked; none for what is no problem."""
        if response.is_success:
            return ""
        body = response.json()
        if "error" in body:
            code = str(body["error"]["code"])
        else:
            assert response.headers["content-type"] == "application/problem+json"
            assert body["status"] == response.status_code
            assert body["detail"]
            assert body["hint"]
            code = str(body["code"])
        assert code not in COME_BACK or "retry-after" in response.headers, response.headers
        return code

    def _removes(self, one: Own) -> None:
        self._ok(self.http.delete(f"/v1/documents/{one.id}"), 204)
        self._problem(self.http.get(f"/v1/documents/{one.id}"), 404, "not_found")

    def _job(self, files: list[tuple[str, bytes]]) -> dict[str, Any]:
        """Upload files as a job and follow it to its end."""
        parts = [("file", file) for file in files]
        accepted = self._ok(self.http.post("/v1/documents", files=parts, headers=JOB), 202)
        until = time.monotonic() + 2 * PATIENCE
        while time.monotonic() < until:
            job: dict[str, Any] = self._ok(self.http.get(accepted.headers["location"])).json()
            if job["finished_at"]:
                return job
            time.sleep(0.2)
        raise AssertionError(f"a job without an end: {job}")

    def _uploaded(self, files: list[tuple[str, bytes]]) -> list[Own]:
        """Have files taken in as a job; return the documents, whose texts are noted."""
        job = self._job(files)
        outcomes = {(one["outcome"], one["version"]) for one in job["documents"]}
        assert (job["status"], outcomes) == ("done", {("added", 1)}), job
        made = [Own(one["name"], one["id"], 1, 0) for one in job["documents"]]
        for one in made:
            text = self._ok(self.http.get(f"/v1/documents/{one.id}/text")).text
            self.ground.note(one.id, one.version, text)
        return made

    def _take_out(self, made: list[Own]) -> None:
        for one in made:
            self._removes(one)

    def _raw(self, path: str, body: bytes, length: int) -> None:
        """Send the head of a request and some of its body, and be gone."""
        url = self.http.base_url
        head = (
            f"POST {path} HTTP/1.1\r\nHost: {url.host}:{url.port}\r\n"
            f"Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n"
        )
        with socket.create_connection((url.host, url.port or 80), timeout=PATIENCE) as connection:
            connection.sendall(head.encode() + body)
            time.sleep(0.05)


def _length_of(town: str) -> str:
    return f"How long is the {town} bridge?"


def _note(name: str, edition: int) -> str:
    return (
        f"Note {name} is about pier {name}, which was closed for {edition} days. "
        f"The harbour master said that ships of over {edition + 7} tons have to wait. "
        f"A new crane for pier {name} is to be put up by the end of the year."
    )


def _as_text(name: str, note: str) -> tuple[str, bytes]:
    return f"{name}.txt", note.encode()


def _as_page(name: str, note: str) -> tuple[str, bytes]:
    page = f"<html><head><title>{name}</title></head><body><p>{note}</p></body></html>"
    return f"{name}.html", page.encode()


def _as_pdf(name: str, note: str) -> tuple[str, bytes]:
    return f"{name}.pdf", pdf(note.replace(". ", ".\n"), title=name)


def _as_word(name: str, note: str) -> tuple[str, bytes]:
    return f"{name}.docx", docx(note, title=name)


def _as_chat(body: dict[str, Any], *, stream: bool) -> dict[str, Any]:
    message = {"role": "user", "content": body["question"]}
    return {"model": "dossier", "messages": [message], "stream": stream}


def _of_events(reply: httpx.Response, events: list[tuple[str, dict[str, Any]]]) -> Outcome:
    """Return how a stream ended."""
    assert events, f"a stream without events: {reply.text[:500]}"
    name, data = events[-1]
    assert name in ("answer", "error"), f"a stream that ends with {name}"
    if name == "error":
        assert data["hint"], data
        return Outcome(reply.status_code, data["code"])
    return Outcome(reply.status_code, "", data["answer"])


def _next_events(lines: Iterator[str], number: int) -> list[Any]:
    """Read so many events, and no further."""
    read, seen = [], 0
    for line in lines:
        read.append(line)
        seen += line.startswith("data:")
        if seen == number and not line:
            break
    return read_events(read)
