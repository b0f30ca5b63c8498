"""How the process of a server is set up for many threads that each do little at a time."""

from __future__ import annotations

import ctypes
import gc
import sys

SWITCH_SECONDS = 0.0005
"""How long a thread keeps the interpreter while others wait for it. With Python's 5 ms a request
that is answered in 2 ms, in steps on several threads, waits for longer than it works; measured with
`python -m benchmarks.service`, one client got a third more answers."""

_ARENA_MAX = -8  # M_ARENA_MAX of glibc's malloc.h
ARENAS = 2
"""Heaps that all threads share. By default glibc gives threads up to eight per core, of which each
keeps what was freed in it: after 3,000 writes 288 MB were held of which 155 were in use."""

COLLECTED = (50_000, 10, 10)
"""New objects after which the collector of cycles looks at them, and how often it looks at older
ones. At Python's 700 it looked through all that a service holds every few answers, for up to 200 ms
in which nobody else was served."""


def set_up() -> None:
    """Set this process up; where the C library is not glibc its heaps are left alone."""
    sys.setswitchinterval(SWITCH_SECONDS)
    gc.set_threshold(*COLLECTED)
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None) if sys.platform == "linux" else None
    if mallopt is not None:
        mallopt(_ARENA_MAX, ARENAS)


def loaded() -> None:
    """Take what was loaded so far for good: the collector of cycles need not look at it again."""
    gc.collect()
    gc.freeze()
