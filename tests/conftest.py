"""Fixtures that every part of the tests may use."""

import gc
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from index.corpus import Corpus
from index.embed import Embedder, Vectors, embedded
from index.embed.embedded import EmbeddedModel

LIMIT = 10_000_000

# All that is imported stays; to look through it again and again takes a tenth of the time.
gc.set_threshold(100_000, 50, 100)

# A property is tried on so many examples each time, and on more by `make soak`.
settings.register_profile("brief", max_examples=40)
settings.register_profile("thorough", max_examples=1_000, deadline=None)
settings.load_profile("brief")


@pytest.fixture(autouse=True, scope="session")
def _signals_as_in_a_terminal() -> None:
    """Undo what a shell that runs the tests in the background has set for them and their children.

    Such a shell has interrupts ignored, and many tests are about them.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(autouse=True, scope="session")
def _texts_are_embedded_once() -> Iterator[None]:
    """Keep what the built-in model gave for a batch, since many tests take in the same texts."""
    run = EmbeddedModel._run
    kept: dict[tuple[str, ...], tuple[Vectors, Any]] = {}

    def remembered(self: EmbeddedModel, texts: list[str]) -> tuple[Vectors, Any]:
        self._loaded = self._loaded or embedded._load(embedded._folder(), self.threads)
        batch = tuple(texts)
        if batch not in kept:
            states, encoded = run(self, texts)
            states.flags.writeable = False
            if sum(map(len, batch)) > 4_000:
                return states, encoded
            kept[batch] = states, encoded
        return kept[batch]

    EmbeddedModel._run = remembered  # type: ignore[method-assign]
    yield
    EmbeddedModel._run = run  # type: ignore[method-assign]


@pytest.fixture(scope="session")
def embedder() -> EmbeddedModel:
    """The built-in embedder, loaded once."""
    return EmbeddedModel(threads=1)


@pytest.fixture
def open_corpus(tmp_path: Path, embedder: EmbeddedModel) -> Iterator[Callable[..., Corpus]]:
    """Opens the corpus of this test's data directory; closes what is left open."""
    opened: list[Corpus] = []

    def open_one(
        name: str = "data", *, write: bool = True, using: Embedder = embedder, **options: Any
    ) -> Corpus:
        corpus = Corpus.open(tmp_path / name, using, write=write, **options)
        opened.append(corpus)
        return corpus

    yield open_one
    for corpus in opened:
        corpus.close()


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refuse every connection that would leave this machine."""
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: object) -> None:
        host = address[0] if isinstance(address, tuple) else None
        if host is not None and host not in {"127.0.0.1", "::1", "localhost"}:
            raise AssertionError(f"a test tried to reach {host}")
        connect(self, address)  # type: ignore[arg-type]

    monkeypatch.setattr(socket.socket, "connect", guarded)


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Keep the environment and any .env file of the developer out of the tests."""
    import os

    for name in list(os.environ):
        if name.startswith("DOSSIER_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
