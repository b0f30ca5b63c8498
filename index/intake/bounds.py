"""What reading one document may take: memory and time, held by the operating system.

A few kilobytes can unpack, nest or draw themselves to what no machine has. The readers of formats
bound what they know of; this bounds the rest, from outside, so that nothing has to be known.
"""

from __future__ import annotations

import math
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

MEMORY = 1_000_000_000
"""Bytes that a document may take to be read, unless told otherwise."""
SECONDS = 180.0
"""Seconds of processor time that it may take."""

_PAGES = Path("/proc/self/statm")


@dataclass(frozen=True, slots=True)
class Bounds:
    """What reading one document may take."""

    memory: int = MEMORY
    """Bytes of address space beyond what the process had when it began; 0 for any amount."""
    seconds: float = SECONDS
    """Seconds of processor time."""

    @property
    def by_the_clock(self) -> float:
        """Seconds that it may take by the clock: other work on the machine slows it down."""
        return 2 * self.seconds + 5

    def hold_memory(self) -> None:
        """Let this process take no more memory than that from now on, where the system can."""
        try:
            import resource
        except ImportError:  # not on Windows
            return
        with suppress(OSError, ValueError):
            # What a document does to its reader is no reason to write the document to the disk.
            resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        there = _pages(0) * resource.getpagesize()
        if self.memory and there:
            with suppress(OSError, ValueError):
                resource.setrlimit(resource.RLIMIT_AS, (there + self.memory,) * 2)

    def hold_time(self) -> None:
        """Let this process be ended after so much more processor time; also if nobody waits."""
        try:
            import resource
        except ImportError:
            return
        until = math.ceil(time.process_time() + self.seconds)
        with suppress(OSError, ValueError):
            _, most = resource.getrlimit(resource.RLIMIT_CPU)
            resource.setrlimit(resource.RLIMIT_CPU, (until, most))


def resident() -> int:
    """Return how many pages of memory this process holds, 0 where the system does not tell."""
    return _pages(1)


def _pages(field: int) -> int:
    try:
        return int(_PAGES.read_text(encoding="ascii").split()[field])
    except (OSError, ValueError, IndexError):
        return 0
