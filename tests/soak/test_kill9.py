"""A server that is killed at any moment: nothing acknowledged is lost, nothing is half there."""

from __future__ import annotations

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import killed_server
import pytest
from harbour import at_endpoint
from scripted_endpoint import scripted_endpoint

MOST = 15
"""Documents of one client; then it changes and removes those that it has."""
READY_SECONDS = 10.0
"""How soon a server that was killed has to be ready again."""


@dataclass
class Known:
    """What a client knows of a document."""

    name: str
    edition: int | None = None
    """The edition that was acknowledged last; ``None`` if it is not there."""
    trying: int | None = None
    """The edition that was being sent, or 0 for a removal, when the server was killed."""
    id: str | None = None
    waits: bool = False
    """Whether it was accepted as a job, whose end was not seen."""

    def word(self, edition: int) -> str:
        """A word that only this edition of this document has."""
        return f"zq{self.name}e{edition}x"

    def text(self, edition: int) -> str:
        word = self.word(edition)
        return (
            f"Report {self.name} in edition {edition} is about {word}. "
            f"The harbour master of {word} said that pier {self.name} was closed for repairs. "
            f"Ships of over {edition} tons have to wait until {word} is open again."
        )


@dataclass
class Client:
    """Sends documents, changes and removes them, one after the other, and notes the answers."""

    number: int
    random: random.Random
    documents: list[Known] = field(default_factory=list)
    acknowledged: int = 0

    def work(self, url: str, stop: threading.Event, removals: bool) -> None:
        """Go on until the server is gone."""
        with suppress(httpx.TransportError), httpx.Client(base_url=url, timeout=30) as client:
            while not stop.is_set():
                self._step(client, removals)

    def _step(self, client: httpx.Client, removals: bool) -> None:
        settled = [one for one in self.documents if one.trying is None and not one.waits]
        there = [one for one in settled if one.edition is not None]
        dice = self.random.random()
        if there and removals and dice < 0.25:
            one = self.random.choice(there)
            one.trying = 0
            reply = client.delete(f"/v1/documents/{one.id}")
            assert reply.status_code == 204, reply.text
            one.edition = one.trying = None
        else:
            fresh = not settled or (dice > 0.65 and len(self.documents) < MOST)
            one = self._new() if fresh else self.random.choice(settled)
            edition = (one.edition or self.random.randrange(1, 100_000)) + 1
            one.trying = edition
            headers = {"Prefer": "respond-async"} if fresh and dice > 0.9 else {}
            body = {"name": one.name, "text": one.text(edition)}
            reply = client.post("/v1/documents", json=body, headers=headers)
            assert reply.status_code in (200, 201, 202), reply.text
            one.edition, one.trying = edition, None
            if reply.status_code == 202:
                one.waits = True
            else:
                one.id = reply.json()["documents"][0]["id"]
        self.acknowledged += 1

    def _new(self) -> Known:
        one = Known(f"c{self.number}n{len(self.documents)}")
        self.documents.append(one)
        return one


@contextmanager
def running(data: Path, step: str = "none", when: str = "before", nth: int = 1) -> Iterator[tuple]:
    """Start a server that may kill itself, and yield the process and its address."""
    program = [sys.executable, killed_server.__file__, step, when, str(nth), str(data)]
    log = data.with_name("log")
    with log.open("a") as errors:
        process = subprocess.Popen(
            program, stdout=subprocess.PIPE, stderr=errors, text=True, env=dict(os.environ)
        )
    try:
        assert process.stdout
        line = process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found or process.wait(30) == -signal.SIGKILL, log.read_text()
        yield process, found[0] if found else None
    finally:
        process.kill()
        process.communicate(timeout=20)
        assert "Traceback" not in log.read_text(), log.read_text()


class Cycles:
    """Servers over one directory that are killed one after the other."""

    def __init__(self, data: Path, seed: int, clients: int = 3) -> None:
        self.data = data
        self.random = random.Random(seed)
        self.clients = [Client(n, random.Random(f"{seed} {n}")) for n in range(clients)]
        self.ready: list[float] = []
        self.whole: list[float] = []
        self.kills = 0
        self.in_doubt = 0
        self.carried_out = 0

    def cycle(self, step: str = "none", when: str = "before", nth: int = 1) -> None:
        """Start a server, check what the one before left, work, and have it killed.

        Where it is killed while it starts or is looked at, the next one is looked at.
        """
        with self._started(step, when, nth) as (process, url):
            if url is not None:
                self._run(process, url, at_random=step == "none")
            assert process.wait(60) == -signal.SIGKILL
        self.kills += 1

    def check(self) -> None:
        """Start a server over what the last one left, and look at that."""
        with self._started("none", "before", 1) as (_, url):
            assert url is not None

    @contextmanager
    def _started(self, step: str, when: str, nth: int) -> Iterator[tuple]:
        if (self.data / "record.sqlite").exists():
            self._check_rows()
        began = time.monotonic()
        with running(self.data, step, when, nth) as (process, url):
            alive = url
            try:
                if url is not None:
                    self._check(url, began)
            except httpx.TransportError:
                assert process.wait(60) == -signal.SIGKILL
                alive = None
            yield process, alive

    def _check(self, url: str, began: float) -> None:
        """Compare what there is with what was acknowledged."""
        with httpx.Client(base_url=url, timeout=60) as client:
            self._await_ready(client, began)
            self.whole.append(time.monotonic() - began)
            self._await_jobs(client)
            self._check_documents(client)

    def _run(self, process: subprocess.Popen[str], url: str, *, at_random: bool) -> None:
        stop = threading.Event()
        threads = [
            threading.Thread(target=client.work, args=(url, stop, True), daemon=True)
            for client in self.clients
        ]
        for thread in threads:
            thread.start()
        if at_random:
            time.sleep(self.random.uniform(0.02, 1.2))
            process.kill()
        else:
            with suppress(subprocess.TimeoutExpired):
                process.wait(40)
        process.kill()
        stop.set()
        for thread in threads:
            thread.join(40)
            assert not thread.is_alive()

    def _await_ready(self, client: httpx.Client, began: float) -> None:
        """Wait until questions are answered, and then until every index is whole again."""
        until = time.monotonic() + 60
        answering = False
        while time.monotonic() < until:
            reply = client.get("/readyz")
            if reply.status_code == 200 and not answering:
                answering = True
                self.ready.append(time.monotonic() - began)
            if reply.json().get("status") == "ready":
                return
            time.sleep(0.02)
        raise AssertionError(client.get("/readyz?verbose").text)

    def _await_jobs(self, client: httpx.Client) -> None:
        waiting = [one for c in self.clients for one in c.documents if one.waits]
        until = time.monotonic() + 60
        while waiting and time.monotonic() < until:
            names = {document["name"] for document in _listed(client)}
            for one in waiting:
                one.waits = one.name not in {name.removesuffix(".txt") for name in names}
            waiting = [one for one in waiting if one.waits]
            time.sleep(0.02)
        log = self.data.with_name("log").read_text()
        assert not waiting, f"accepted and never taken in: {waiting}\n{log}"

    def _check_documents(self, client: httpx.Client) -> None:
        listed = {d["name"].removesuffix(".txt"): d["id"] for d in _listed(client)}
        known = {one.name: one for c in self.clients for one in c.documents}
        assert set(listed) <= set(known)
        for one in known.values():
            there = self._edition(client, one, listed.get(one.name))
            if one.trying is not None:
                self.in_doubt += 1
                tried = one.trying or None
                assert there in (one.edition, tried), f"{one}: {there}"
                self.carried_out += there == tried
            else:
                assert there == one.edition, f"{one}: {there}"
            if there is None and one.edition is not None:
                _require_gone(client, one, one.edition)
            one.edition, one.trying, one.id = there, None, listed.get(one.name)

    def _edition(self, client: httpx.Client, one: Known, document_id: str | None) -> int | None:
        """Return which edition is there, after checking that it is there in every way."""
        if document_id is None:
            return None
        text = client.get(f"/v1/documents/{document_id}/text").text
        found = re.search(r"in edition (\d+)", text)
        assert found, text
        edition = int(found[1])
        assert text == one.text(edition)
        for query in (one.word(edition), text.partition(". ")[0]):
            reply = client.post("/v1/search", json={"query": query}).json()
            assert reply["coverage"]["notes"] == []
            hit = reply["hits"][0]
            assert hit["document_id"] == document_id, f"{query}: {hit}"
            assert one.word(edition) in hit["text"]
            if query == one.word(edition):  # a sentence may also be searched for by its parts
                assert {"keyword", "dense"} <= hit["scores"].keys(), hit
        return edition

    def _check_rows(self) -> None:
        """Look for halves in the record itself, as SQLite recovers it."""
        record = sqlite3.connect(self.data / "record.sqlite")
        try:
            assert record.execute("pragma integrity_check").fetchall() == [("ok",)]
            for wrong, query in _HALVES.items():
                assert record.execute(query).fetchall() == [], wrong
        finally:
            record.close()


_HALVES = {
    "documents without passages": """
        select id from documents d where not exists
            (select 1 from passages p where p.document_id = d.id and p.version = d.version)""",
    "documents without a version": """
        select id from documents d where not exists
            (select 1 from versions v where v.document_id = d.id and v.version = d.version)""",
    "passages of old versions or of nothing": """
        select key from passages p where not exists
            (select 1 from documents d where d.id = p.document_id and d.version = p.version)""",
    "passages without vectors": """
        select key from passages p where not exists
            (select 1 from vectors v where v.content = p.content)""",
    "passages that no index would learn of": """
        select key from passages p where not exists
            (select 1 from changes c
             where c.action = 'add' and p.key between c.first_key and c.last_key)""",
    "documents of no story": """
        select id from documents d where not exists
            (select 1 from stories s where s.document_id = d.id)""",
}


def _listed(client: httpx.Client) -> list[dict[str, str]]:
    documents: list[dict[str, str]] = []
    after: dict[str, str] = {}
    while True:
        page = client.get("/v1/documents", params={"limit": "200", **after}).json()
        documents += page["documents"]
        if not page["next"]:
            return documents
        after = {"after": page["next"]}


def _require_gone(client: httpx.Client, one: Known, edition: int) -> None:
    hits = client.post("/v1/search", json={"query": one.word(edition)}).json()["hits"]
    assert not any(one.word(edition) in hit["text"] for hit in hits)


@pytest.fixture
def cycles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cycles]:
    with scripted_endpoint() as endpoint:
        settings = at_endpoint(endpoint.base_url) | {"answerer": "embedded"}
        for name, value in settings.items():
            monkeypatch.setenv(f"DOSSIER_{name.upper()}", str(value))
        yield Cycles(tmp_path / "data", seed=6)


def points(times: Sequence[int]) -> Iterator[tuple[str, str, int]]:
    for nth in times:
        for step in killed_server.STEPS:
            for when in ("before", "after"):
                yield step, when, nth


@pytest.mark.soak
def test_two_kills_lose_nothing(cycles: Cycles) -> None:
    cycles.cycle("keywords written", "after", nth=3)
    cycles.cycle()
    cycles.check()


@pytest.mark.soak
@pytest.mark.timeout(3_600)
def test_a_hundred_kills_lose_nothing(cycles: Cycles) -> None:
    for step, when, nth in points((2, 7)):
        cycles.cycle(step, when, nth)
    while cycles.kills < 100:
        cycles.cycle()
    cycles.check()
    ready, whole = sorted(cycles.ready), sorted(cycles.whole)
    acknowledged = sum(client.acknowledged for client in cycles.clients)
    print(
        f"\n{cycles.kills} kills, {acknowledged} acknowledged, {cycles.in_doubt} under way at a "
        f"kill of which {cycles.carried_out} were carried out; ready again after "
        f"{ready[len(ready) // 2]:.1f} s (median), {ready[-1]:.1f} s (longest), all indexes whole "
        f"after {whole[len(whole) // 2]:.1f} s and {whole[-1]:.1f} s"
    )
    assert ready[-1] < READY_SECONDS
