"""Another embedder: what is refused before, kept of an end in between, and there after."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from scripted_endpoint import Endpoint, scripted_endpoint
from scripted_replies import Reply, Request, hang, status, vectors

STEP = 64
QUERY = "which pier was closed"


@pytest.fixture
def piers(tmp_path: Path) -> Path:
    """Documents of so many passages that embedding them takes several requests."""
    place = tmp_path / "piers"
    place.mkdir()
    for letter in "abc":
        lines = [
            f"Pier {letter}{number} was closed to ships of over {number} tons, the harbour master "
            f"said, because {number} of its planks were no longer safe to walk on.\n\n"
            for number in range(60)
        ]
        (place / f"{letter}.txt").write_text("".join(lines))
    return place


class Model:
    """An embedding model that may come to a halt."""

    def __init__(self) -> None:
        self.passages: list[str] = []
        self.left: int | None = None
        self.then = status(500, "out of memory")

    def __call__(self, request: Request) -> Reply:
        given = request.body["input"]
        if self.left is not None and len(given) > 1:
            if self.left == 0:
                return self.then
            self.left -= 1
        self.passages += given if len(given) > 1 else []
        return vectors()


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def endpoint(model: Model, monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    with scripted_endpoint(embeddings=[model]) as endpoint:
        monkeypatch.setenv("DOSSIER_EMBEDDER", "endpoint")
        monkeypatch.setenv("DOSSIER_EMBEDDING_MODEL", "scripted")
        monkeypatch.setenv("DOSSIER_EMBEDDING_BASE_URL", endpoint.base_url)
        monkeypatch.setenv("DOSSIER_EMBEDDING_TIMEOUT", "2")
        monkeypatch.setenv("DOSSIER_PASSAGE_TOKENS", "40")
        yield endpoint


@pytest.fixture
def data(dossier, piers: Path, endpoint: Endpoint, tmp_path: Path) -> Path:
    """The documents, embedded without prefixes."""
    place = tmp_path / "data"
    result = dossier("ingest", piers, data=place)
    assert result.exit_code == 0, result.output
    return place


def test_nothing_is_searched_or_added_in_another_space(
    dossier, data: Path, piers: Path, monkeypatch
) -> None:
    (piers / "new.txt").write_text("A lighthouse was opened on the cape.\n")
    for name, value in (
        ("DOSSIER_EMBEDDING_MODEL", "another"),
        ("DOSSIER_EMBEDDING_QUERY_PREFIX", "query: "),
        ("DOSSIER_EMBEDDING_PASSAGE_PREFIX", "passage: "),
        ("DOSSIER_EMBEDDING_DIMENSIONS", "32"),
    ):
        with monkeypatch.context() as changed:
            changed.setenv(name, value)
            for command in (("search", QUERY), ("ask", QUERY), ("ingest", piers)):
                refused = dossier(*command, data=data)
                assert refused.exit_code == 1, (name, command)
                assert "dossier reindex --embed" in refused.stderr, (name, command)
            assert "dossier reindex --embed" in dossier("doctor", data=data).stdout, name
    assert dossier("search", QUERY, data=data).exit_code == 0


def test_an_interrupted_run_is_taken_up_where_it_ended(
    dossier, data: Path, model: Model, monkeypatch
) -> None:
    before, total = dossier("search", QUERY, data=data).stdout, len(model.passages)
    monkeypatch.setenv("DOSSIER_EMBEDDING_PASSAGE_PREFIX", "passage: ")
    model.passages, model.left = [], 2
    failed = dossier("reindex", "--embed", data=data)
    assert failed.exit_code == 1
    assert "out of memory" in failed.stderr
    assert len(model.passages) == 2 * STEP < total
    # In between, each setting finds its own space or nothing at all.
    refused = dossier("search", QUERY, data=data)
    assert "dossier reindex --embed" in refused.stderr
    monkeypatch.delenv("DOSSIER_EMBEDDING_PASSAGE_PREFIX")
    assert dossier("search", QUERY, data=data).stdout == before
    monkeypatch.setenv("DOSSIER_EMBEDDING_PASSAGE_PREFIX", "passage: ")
    model.left = None
    done = dossier("reindex", "--embed", data=data)
    assert done.stdout.startswith(f"{total - 2 * STEP} passages embedded, ")
    assert len(model.passages) == len(set(model.passages)) == total
    assert all(text.startswith("passage: ") for text in model.passages)
    assert dossier("search", QUERY, data=data).exit_code == 0
    assert dossier("doctor", data=data).exit_code == 0
    # The way back is a new one: the vectors of the old space are gone.
    monkeypatch.delenv("DOSSIER_EMBEDDING_PASSAGE_PREFIX")
    assert "dossier reindex --embed" in dossier("search", QUERY, data=data).stderr


def test_kill_9_in_the_middle_leaves_both_ways_open(
    dossier, data: Path, endpoint: Endpoint, model: Model, monkeypatch
) -> None:
    before, total = dossier("search", QUERY, data=data).stdout, len(model.passages)
    monkeypatch.setenv("DOSSIER_EMBEDDING_MODEL", "another")
    monkeypatch.setenv("DOSSIER_EMBEDDING_TIMEOUT", "120")
    model.passages, model.left, model.then = [], 2, hang()
    seen = len(endpoint.embedded)
    command = [sys.executable, "-c", "from api.cli import main; main()"]
    process = subprocess.Popen(
        [*command, "reindex", "--embed", "--data", str(data)],
        env=dict(os.environ),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    # One question tells the length, two batches are answered, the third hangs.
    while len(endpoint.embedded) < seen + 4 and process.poll() is None:
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
    process.kill()
    assert process.wait(30) == -signal.SIGKILL
    assert len(model.passages) == 2 * STEP < total

    assert "dossier reindex --embed" in dossier("search", QUERY, data=data).stderr
    monkeypatch.setenv("DOSSIER_EMBEDDING_MODEL", "scripted")
    assert dossier("search", QUERY, data=data).stdout == before
    assert dossier("doctor", data=data).exit_code == 0
    monkeypatch.setenv("DOSSIER_EMBEDDING_MODEL", "another")
    model.left = None
    done = dossier("reindex", "--embed", data=data)
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith(f"{total - 2 * STEP} passages embedded, ")
    assert len(model.passages) == len(set(model.passages)) == total
    assert dossier("search", QUERY, data=data).exit_code == 0
    assert dossier("doctor", data=data).exit_code == 0
