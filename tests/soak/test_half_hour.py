"""Half an hour of mixed traffic, a tenth of it with faults: everything is back where it began.

``SOAK_MINUTES`` sets another length.
"""

from __future__ import annotations

import os
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import httpx
import pytest
from harbour import at_endpoint
from served import PROGRAM
from soak_clients import STREAM, Client, Ground
from soak_endpoint import SOUND, Scripted, soak_endpoint
from soak_measures import MEGABYTE, Sample, busy, differences, held_by, slope, stored, table

MINUTES = float(os.environ.get("SOAK_MINUTES", "30"))
CLIENTS = 6
PAUSE = 0.35
"""Seconds between two operations of a client, on average: other programs want to run too."""
EVERY = 30.0
"""Seconds between two samples."""
QUIET = 15.0
"""Seconds of silence after which what is only kept for a while is gone: connections (5 s), threads
for requests (10 s), streams that may be resumed (as set below)."""
MORE_AT_REST, MORE_IN_THE_END = 50 * MEGABYTE, 20 * MEGABYTE
"""By how much memory may grow after the first sixth, and in the last two thirds. What is remembered
of documents fills up with some two thousand new ones: words of stories (25 MB), names by bands (4),
what was read out of sentences (15)."""
POOLED, CONNECTIONS = ("record.sqlite", "record.sqlite-wal"), 16
"""The record, and how often it may be open: the pool has up to 15 connections, the keys one more.
SQLite keeps the descriptor of a connection that was closed for the next one, since closing it would
drop the locks of the others; so there are as many as were ever wanted at once."""
SETTINGS = {
    "model_output": "plain",
    "model_timeout": "4",
    "embedding_timeout": "2",
    "resume_seconds": "5",
}

pytestmark = [pytest.mark.soak, pytest.mark.timeout(MINUTES * 60 + 600)]


@contextmanager
def running(data: Path, log: Path) -> Iterator[tuple[int, str]]:
    """Start the service; yield its process and its address."""
    with log.open("w") as errors:
        process = subprocess.Popen(
            [*PROGRAM, "--port", "0", "--data", str(data)],
            stdout=subprocess.PIPE,
            stderr=errors,  # a pipe that nobody reads would fill up, and hold the server
            text=True,
        )
    try:
        assert process.stdout
        found = re.search(r"http://\S+", process.stdout.readline())
        assert found, log.read_text()
        yield process.pid, found[0]
        process.terminate()
        assert process.wait(60) == 0
    finally:
        process.kill()
        process.communicate(timeout=20)


class Soak:
    """A run: its clients, and what was measured."""

    def __init__(self, pid: int, ground: Ground, endpoint: Scripted, data: Path) -> None:
        self.pid = pid
        self.ground = ground
        self.endpoint = endpoint
        self.data = data
        self.samples: list[Sample] = []
        self.clients = [Client(number, ground, seed=6, pause=PAUSE) for number in range(CLIENTS)]
        self._began = time.monotonic()

    def traffic(self, seconds: float) -> None:
        """Have the clients work for so long, and take samples."""
        stop = threading.Event()
        until = time.monotonic() + seconds
        with ThreadPoolExecutor(CLIENTS) as pool:
            working = [pool.submit(client.work, stop) for client in self.clients]
            while (left := until - time.monotonic()) > 0:
                time.sleep(min(EVERY, left))
                self.sample()
            stop.set()
            for one in working:
                one.result()

    def sample(self, note: str = "") -> Sample:
        """Measure."""
        self.endpoint.forget()
        one = Sample(
            seconds=time.monotonic() - self._began,
            held=held_by(self.pid),
            upstream=self.endpoint.connections(),
            busy=busy(self.pid),
            done=self.ground.done.total(),
            troubled=self.ground.troubled,
            stored=stored(self.data),
            note=note,
        )
        self.samples.append(one)
        return one

    def quiet(self, note: str) -> Sample:
        """Measure at rest, always in the same state.

        What is kept in pools is as much as was ever wanted at once, so a burst fills them first.
        What is kept for a while only is let go at the next use: hence the touches at the end.
        """
        with ThreadPoolExecutor(24) as pool:
            list(pool.map(self._touch, range(48)))
            list(pool.map(self._look_up, range(48)))
        time.sleep(QUIET)
        for number in range(3):
            self._touch(number)
        time.sleep(1)
        return self.sample(note)

    def _touch(self, number: int) -> None:
        """Search, in a thread for requests."""
        query = {"query": f"{SOUND[number % len(SOUND)]} bridge"}
        url = f"{self.ground.url}/v1/search"
        httpx.post(url, json=query, timeout=60, trust_env=False).raise_for_status()

    def _look_up(self, number: int) -> None:
        """Look something up in the record, in a thread of the event loop."""
        url = f"{self.ground.url}/v1/answers/a-{number:012}/events"
        reply = httpx.get(url, headers=STREAM, timeout=60, trust_env=False)
        assert reply.status_code == 404


def test_everything_is_back_where_it_began(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data, log = tmp_path / "data", tmp_path / "log"
    with soak_endpoint() as endpoint:
        for name, value in (at_endpoint(endpoint.base_url) | SETTINGS).items():
            monkeypatch.setenv(f"DOSSIER_{name.upper()}", value)
        with running(data, log) as (pid, url):
            ground = Ground(url)
            ground.fill()
            soak = Soak(pid, ground, endpoint, data)
            soak.traffic(MINUTES * 10)
            before = soak.quiet("quiet")
            soak.traffic(MINUTES * 50)
            after = soak.quiet("quiet")
    tell(soak, before, after)
    assert ground.wrong == []
    assert "Traceback" not in log.read_text()
    assert 0.05 < ground.troubled / ground.done.total() < 0.15
    require_all_back(before, after)
    if MINUTES >= 10:
        assert set(ground.done) == soak.clients[0].names
        require_level_memory(soak, before, after)


def require_all_back(before: Sample, after: Sample) -> None:
    """Nothing that was opened is left open."""
    told = differences(before.held, after.held)
    assert _unpooled(after) <= _unpooled(before), told
    assert max(after.held.kinds[name] for name in POOLED) <= CONNECTIONS, told
    assert after.held.threads <= before.held.threads, told
    assert after.held.children == before.held.children == 1, told
    # The keyword index is a few segments of six files each, more or fewer as they are merged.
    assert after.held.mappings <= before.held.mappings + 60, told
    # The embedder keeps the connection of the last touch. The model's are closed with each call.
    assert max(before.upstream, after.upstream) <= 1


def _unpooled(sample: Sample) -> int:
    return sample.held.files - sum(sample.held.kinds[name] for name in POOLED)


def require_level_memory(soak: Soak, before: Sample, after: Sample) -> None:
    """Memory does not grow with what was done."""
    assert after.held.anonymous < before.held.anonymous + MORE_AT_REST
    third, half, end = (MINUTES * 60 * part for part in (1 / 3, 1 / 2, 5 / 6))
    middle = [one.held.anonymous for one in soak.samples if third < one.seconds < half]
    last = [one.held.anonymous for one in soak.samples if end < one.seconds]
    assert median(last) < median(middle) + MORE_IN_THE_END


def tell(soak: Soak, before: Sample, after: Sample) -> None:
    ground, endpoint = soak.ground, soak.endpoint
    print(f"\n{table(soak.samples)}")
    print(differences(before.held, after.held))
    third = MINUTES * 20
    late = [one for one in soak.samples if not one.note and one.seconds > third]
    print(f"slope in the last two thirds: {slope(late) / 1e6:.3f} MB a minute")
    print(f"operations: {dict(ground.done.most_common())}")
    print(f"statuses: {dict(sorted(ground.statuses.items()))}")
    print(f"upstream: {endpoint.asked} requests, {endpoint.left} given up by the server")
    for one in ground.wrong[:20]:
        print("wrong:", one)
