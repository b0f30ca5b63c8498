"""Thousands of bad requests: each refused as it should be, nothing thrown, nothing left behind."""

from __future__ import annotations

import contextlib
import logging
import random
import socket
import tempfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import psutil
import pytest
from bad_requests import bad_request
from generated_requests import wrong
from harbour import TEXTS, at_endpoint, send, serving
from scripted_endpoint import scripted_endpoint
from scripted_replies import text
from tenants import make_key, with_key

from qa.service import Service

pytestmark = [pytest.mark.soak, pytest.mark.timeout(1800)]

REQUESTS = 10_000


@pytest.fixture
def dossier() -> Iterator[tuple[httpx.Client, Service]]:
    reply = text("The bridge is open. [1]")
    with scripted_endpoint(reply) as endpoint, tempfile.TemporaryDirectory() as folder:
        given: dict[str, Any] = at_endpoint(endpoint.base_url) | {"answerer": "embedded"}
        with serving(Path(folder) / "data", **given) as (client, service):
            for sent in TEXTS:
                send(client, **sent).raise_for_status()
            yield client, service


def test_many_generated_requests_get_what_is_documented(
    dossier: tuple[httpx.Client, Service], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    client, service = dossier
    secret = make_key(service, "tester", {"*": "admin"})
    url = str(client.base_url).rstrip("/")
    everything = ("examples", "coverage", "fuzzing", "stateful")
    number, found = wrong(
        url, secret, examples=100, phases=everything, seed=random.randrange(10**6)
    )
    assert not found, "\n\n".join(found)
    assert number > 3_000
    assert "Traceback" not in caplog.text
    with with_key(client, secret) as keyed:
        assert keyed.get("/readyz").status_code == 200


def test_bad_requests_are_refused_and_leave_nothing_behind(
    dossier: tuple[httpx.Client, Service], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    client, _ = dossier
    port = client.base_url.port or 0
    process, chance = psutil.Process(), random.Random(6)
    statuses: Counter[int] = Counter()
    sizes: list[int] = []
    for number in range(REQUESTS):
        request = bad_request(chance, port)
        reply = exchange(port, request)
        status = int(reply[9:12]) if reply.startswith(b"HTTP/1.1 ") else 0
        statuses[status] += 1
        assert status < 500, (request[:2_000], reply[:2_000])
        if number % (REQUESTS // 10) == REQUESTS // 10 - 1:
            sizes.append(process.memory_info().rss)
    print(dict(statuses), [size // 1_000_000 for size in sizes])
    assert not [record for record in caplog.records if record.exc_info], caplog.text[-4_000:]
    assert statuses[0] < REQUESTS / 20, "too many were not answered at all"
    assert {400, 404, 405, 413, 415, 422} <= set(statuses)
    # What is loaded on first use is there after the first tenths; from then on it stays level.
    assert max(sizes[5:]) < 1.05 * sizes[4], sizes
    assert process.num_threads() < 100
    assert client.get("/readyz").status_code == 200
    assert client.post("/v1/answers", json={"question": "How long is the bridge?"}).is_success


def exchange(port: int, request: bytes) -> bytes:
    """Send bytes as they are; return what comes back until the server closes or is silent."""
    parts = []
    with socket.create_connection(("127.0.0.1", port), timeout=0.5) as connection:
        with contextlib.suppress(OSError):  # refused and closed before all of it was sent
            connection.sendall(request)
        with contextlib.suppress(OSError):
            while part := connection.recv(65_536):
                parts.append(part)
    return b"".join(parts)
