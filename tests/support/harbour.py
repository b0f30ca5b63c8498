"""A small dossier of its own, and servers that hold it; see :mod:`live_server`."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest
from live_server import live_server

from api.app import create_app
from qa.service import Service, build
from qa.settings import Settings

TEXTS: list[dict[str, str]] = [
    {
        "name": "opening.txt",
        "title": "Harbour bridge opens",
        "outlet": "Harbour Gazette",
        "published_at": "2024-05-05",
        "url": "https://gazette.example/bridge",
        "text": (
            "The harbour bridge was opened on 4 May 2024 by the mayor, Ida Sommer. "
            "It is 812 metres long and carries four lanes of traffic. "
            "About 20,000 people came to the ceremony."
        ),
    },
    {
        "name": "cost.txt",
        "title": "What the bridge cost",
        "outlet": "Northern Post",
        "published_at": "2024-06-11",
        "text": (
            "The harbour bridge cost 310 million crowns, the audit office said on Tuesday. "
            "That is 45 million crowns more than was planned. "
            "The office blamed the price of steel."
        ),
    },
    {
        "name": "ferry.txt",
        "title": "Last ferry",
        "outlet": "Harbour Gazette",
        "published_at": "2023-11-30",
        "text": (
            "The ferry across the harbour will stop when the bridge opens. "
            "Its captain, Jonas Lind, has crossed the water for thirty-one years. "
            "He said that he would miss the gulls. 🐦 Señor Åström agreed."
        ),
    },
]

Serve = Callable[..., tuple[httpx.Client, Service]]
"""Starts a server; keyword arguments are settings."""


def at_endpoint(base_url: str) -> dict[str, Any]:
    """Return settings that send both chat and embeddings to an endpoint.

    A server with a scripted one starts much faster than one that loads the built-in embedder.
    """
    return {
        "model": "scripted",
        "model_base_url": base_url,
        "embedder": "endpoint",
        "embedding_model": "scripted",
        "embedding_base_url": base_url,
    }


@contextlib.contextmanager
def serving(
    data: Path, *, in_background: bool = False, **given: Any
) -> Iterator[tuple[httpx.Client, Service]]:
    """Serve the directory ``data`` and yield a client with the service behind the server."""
    with ExitStack() as stack:
        environment = stack.enter_context(pytest.MonkeyPatch.context())
        for name in [name for name in os.environ if name.startswith("DOSSIER_")]:
            environment.delenv(name)
        settings = Settings(_env_file=None, data=data, **{"embedding_threads": 1} | given)  # type: ignore[call-arg]
        service = build(settings, write=True, in_background=in_background)
        stack.callback(service.close)
        url = stack.enter_context(live_server(create_app(service, settings)))
        client = stack.enter_context(httpx.Client(base_url=url, timeout=60, trust_env=False))
        yield client, service


def send(client: httpx.Client, **body: Any) -> httpx.Response:
    """Send a text as JSON."""
    return client.post("/v1/documents", json=body)


def upload(client: httpx.Client, *files: tuple[str, bytes], **fields: str) -> httpx.Response:
    """Send files as a form."""
    parts = [("file", (name, data)) for name, data in files]
    return client.post("/v1/documents", files=parts, data=fields)


def followed(client: httpx.Client, path: str, *, until: str = "") -> dict[str, Any]:
    """Follow a job until it has ended, or has another status."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        job: dict[str, Any] = client.get(path).raise_for_status().json()
        if job["status"] == until or (not until and job["status"] not in {"queued", "running"}):
            return job
        time.sleep(0.02)
    raise AssertionError(job)
