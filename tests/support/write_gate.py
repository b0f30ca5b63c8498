"""Something that keeps the turn to write until it is told to let go."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from index.corpus import Corpus
from index.load.origins import Origin


@dataclass(frozen=True)
class Gated(Origin):
    """Is not read before a file is there."""

    gate: Path = Path()

    def read_with_state(self, limit: int) -> tuple[bytes, str | None]:
        while not self.gate.exists():
            time.sleep(0.01)
        return b"It was held up.", None


class Gate:
    """Keeps the turn to write of a corpus until it is opened."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open(self) -> None:
        self.path.touch()

    @contextmanager
    def held(self, corpus: Corpus) -> Iterator[None]:
        """Hold it for the length of a block, or until it is opened."""
        origin = Gated(source="upload:gated.txt", name="gated.txt", gate=self.path)
        began = threading.Event()

        def ingest() -> None:
            for _ in corpus.ingest([origin], limit=1_000, workers=0):
                began.set()

        thread = threading.Thread(target=ingest)
        thread.start()
        began.wait()
        try:
            yield
        finally:
            self.open()
            thread.join()
