"""An index is opened and asked in a child process, since a damaged one may end whoever opens it.

Truncated files of Chroma have ended the process with a segmentation fault, or were read without a
word as vectors that nothing is near; see docs/decisions/021-faults.md.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
import time
from collections.abc import Callable
from importlib import import_module
from typing import Any

from index.derived.faults import in_words, is_fault
from index.derived.kept import Stop, Stopped

SECONDS = 60.0
"""After which an index that does not answer counts as damaged."""

_LOOK = 0.1
"""Seconds between looks at whether anybody still waits."""

# What the child runs: it takes over where modules are found, and leaves the caller's program alone.
_CHILD = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from index.derived.trying import main; main()"
)


def tried(
    attempt: Callable[..., str | None], *given: Any, stop: Stop, seconds: float = SECONDS
) -> str | None:
    """Run ``attempt`` in a process of its own and return what it found wrong.

    Args:
        attempt: a function of a module; returns what is wrong, ``None`` if nothing.
        given: its arguments, which are pickled.
        stop: tells whether nobody waits for it any more.
        seconds: how long it may take.

    Returns:
        What is wrong, also that the process died or took too long; ``None`` if nothing is.

    Raises:
        Stopped: if ``stop`` said so.
    """
    place = (attempt.__module__, attempt.__qualname__)
    sent = pickle.dumps(sys.path) + pickle.dumps((place, given))
    try:
        child = subprocess.Popen(  # noqa: S603  # this very interpreter
            [sys.executable, "-c", _CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        return f"no process could be started to try it: {error.strerror or error}"
    with child:
        try:
            said = _said(child, sent, time.monotonic() + seconds, stop)
        finally:
            child.kill()
    if said is None:
        return f"it did not answer within {seconds:g} s"
    if child.returncode:
        code = child.returncode
        how = f"signal {-code}" if code < 0 else f"status {code}"
        return f"the process that opened it ended with {how}"
    try:
        found: str | None = pickle.loads(said)  # noqa: S301  # from our own child
    except Exception:
        return "the process that opened it did not say what it found"
    return found


def _said(child: subprocess.Popen[bytes], sent: bytes, deadline: float, stop: Stop) -> bytes | None:
    """Return what the child wrote until it ended, ``None`` if it does not end in time."""
    left: bytes | None = sent
    while not stop():
        try:
            return child.communicate(left, timeout=_LOOK)[0]
        except subprocess.TimeoutExpired:
            left = None  # what is not sent yet is remembered
            if time.monotonic() > deadline:
                return None
    raise Stopped


def main() -> None:
    """Run what the process that started this one asks for, and tell it what is wrong."""
    (module, name), given = pickle.load(sys.stdin.buffer)  # noqa: S301
    try:
        found = getattr(import_module(module), name)(*given)
    except BaseException as error:
        if not is_fault(error):
            raise
        found = in_words(error)
    sys.stdout.buffer.write(pickle.dumps(found))
