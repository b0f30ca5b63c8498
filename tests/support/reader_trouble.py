"""Documents that are trouble for the process that reads them. Sent to it, so not in a test file."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from index.intake.bounds import Bounds
from index.load.origins import Origin


class Hasty(Bounds):
    """Bounds that end by the clock after a moment."""

    by_the_clock = 3.0


@dataclass(frozen=True)
class Lethal(Origin):
    """Kills whoever reads it: the first ``times`` of them."""

    notes: Path = Path()
    """A folder, which gets a file for every process that was killed."""
    times: int = 0
    spared: int = 0
    """The process that runs the test."""

    def read_with_state(self, limit: int) -> tuple[bytes, str | None]:
        assert os.getpid() != self.spared, "read in the process that was to be kept safe"
        if len(list(self.notes.iterdir())) < self.times:
            (self.notes / str(os.getpid())).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return Origin.read_with_state(self, limit)


@dataclass(frozen=True)
class Endless(Origin):
    """Is never done being read."""

    notes: Path = Path()
    """Gets the number of the process that reads it."""

    def read_with_state(self, limit: int) -> tuple[bytes, str | None]:
        self.notes.write_text(str(os.getpid()))
        time.sleep(600)
        raise AssertionError("waited for")


@dataclass(frozen=True)
class Mistaken(Origin):
    """Runs into a mistake in the program, with an error that cannot be sent between processes."""

    def read_with_state(self, limit: int) -> tuple[bytes, str | None]:
        class HereOnly(Exception):
            pass

        raise HereOnly("a mistake")


@dataclass(frozen=True)
class Greedy(Origin):
    """Takes as much memory as there is."""

    def read_with_state(self, limit: int) -> tuple[bytes, str | None]:
        held = [bytearray(10_000_000) for _ in range(10_000)]
        raise AssertionError(f"{len(held)} pieces were to be had")


@dataclass(frozen=True)
class Tireless(Origin):
    """Computes for ever."""

    def read_with_state(self, limit: int) -> tuple[bytes, str | None]:
        while True:
            pass


@dataclass(frozen=True)
class Telling(Origin):
    """Holds what the environment of its reader has for a name, or the number of its process."""

    wanted: str = ""

    def read_with_state(self, limit: int) -> tuple[bytes, str | None]:
        found = os.environ.get(self.wanted, "nothing") if self.wanted else str(os.getpid())
        return f"There is {found} here.".encode(), None
