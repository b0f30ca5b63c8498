"""Reading documents in child processes, while this one records those that were read before.

A worker is a Python process of its own that is talked to by pipes: it shares no memory, threads or
locks with this process and does not run the caller's main module again, so it can be started from
any program and thread. It ends with its pipe, however this process ends. One that dies over a
document costs that document at most.
"""

from __future__ import annotations

import os
import pickle
import queue
import struct
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import IO

from index.errors import ReaderDied
from index.reading import Reading, Task, read

Result = Reading | Exception
"""What became of a document: it was read, or why it could not be."""

WORTHWHILE = 1_000_000
"""Bytes from which on reading repays the half second that starting a worker takes."""
MOST = 4
"""Most workers; more than these would only wait for the one process that records."""
_BATCH_DOCUMENTS, _BATCH_BYTES = 32, 200_000
_ATTEMPTS = 2
_LENGTH = struct.Struct(">Q")
# What the child runs: it takes over where modules are found, and leaves the caller's program alone.
_CHILD = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from index.workers import main; main()"
)


def worthwhile(tasks: Sequence[Task]) -> int:
    """Return how many workers repay their start for these documents; 0 is to read them here."""
    if len(tasks) < 2 or sum(task.origin.size for task in tasks) < WORTHWHILE:
        return 0
    return min(MOST, _cores() - 1)


class Workers:
    """Child processes that read documents. To be closed; used by one thread."""

    def __init__(self, count: int, *, limit: int, budget: int) -> None:
        """Prepare ``count`` workers; each is started when there is something for it to do.

        Args:
            count: how many.
            limit: largest document, in bytes.
            budget: length of a passage in tokens.
        """
        self._count = count
        self._limit, self._budget = limit, budget
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="reader")
        self._idle: queue.SimpleQueue[_Worker | None] = queue.SimpleQueue()
        for _ in range(count):
            self._idle.put(None)
        self._lock = threading.Lock()
        self._alive: set[_Worker] = set()
        self._closed = self._unavailable = False

    @property
    def pids(self) -> list[int]:
        """Process identifiers of the workers that run."""
        with self._lock:
            return [worker.pid for worker in self._alive]

    def read(self, tasks: Sequence[Task]) -> Iterator[Result]:
        """Yield what became of each document, in their order.

        No more than a few batches are under way at any time. Where no worker can be started the
        documents are read in this process.
        """
        under_way: deque[tuple[Sequence[Task], Future[list[bytes] | None]]] = deque()
        batches = _batches(tasks)
        while True:
            while len(under_way) < 2 * self._count and (batch := next(batches, None)):
                under_way.append((batch, self._threads.submit(self._ask, batch)))
            if not under_way:
                return
            batch, future = under_way.popleft()
            replies = future.result()
            if replies is None:
                for task in batch:
                    yield attempt(task, limit=self._limit, budget=self._budget)
            else:
                for reply in replies:
                    yield pickle.loads(reply)  # noqa: S301  # from our own child

    def close(self) -> None:
        """End the workers, whatever they are doing."""
        with self._lock:
            self._closed = True
            alive = list(self._alive)
        for worker in alive:
            worker.end()
        self._threads.shutdown(cancel_futures=True)

    def _ask(self, batch: Sequence[Task]) -> list[bytes] | None:
        """Have a worker read a batch; ``None`` if there is none. Runs in a thread of its own."""
        worker = self._idle.get()
        replies: list[bytes] = []
        failed = 0
        try:
            while len(replies) < len(batch):
                worker = worker or self._start()
                if worker is None:
                    return None
                for reply in worker.ask(batch[len(replies) :]):
                    replies.append(reply)
                    failed = 0
                if len(replies) < len(batch):  # it died over the one that is missing
                    status = self._bury(worker)
                    worker = None
                    failed += 1
                    if failed == _ATTEMPTS:
                        replies.append(_died(batch[len(replies)], status))
                        failed = 0
            return replies
        finally:
            self._idle.put(worker)

    def _start(self) -> _Worker | None:
        with self._lock:
            if self._closed or self._unavailable:
                return None
            try:
                worker = _Worker(self._limit, self._budget)
            except OSError:
                self._unavailable = True
                return None
            self._alive.add(worker)
        if not worker.is_ready():
            self._bury(worker)
            self._unavailable = True
            return None
        return worker

    def _bury(self, worker: _Worker) -> int:
        status = worker.end()
        with self._lock:
            self._alive.discard(worker)
        return status


class _Worker:
    """A child process and the pipes to it."""

    def __init__(self, limit: int, budget: int) -> None:
        # In a session of its own, so that Ctrl-C reaches the one process that knows what to do.
        self._process = subprocess.Popen(  # noqa: S603  # this very interpreter
            [sys.executable, "-c", _CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self.pid = self._process.pid
        self._settings = (sys.path, (limit, budget))

    def is_ready(self) -> bool:
        """Wait until it has started, and return whether it has."""
        try:
            for setting in self._settings:
                self._send(setting)
            return self._receive() is not None
        except OSError:
            return False

    def ask(self, tasks: Sequence[Task]) -> Iterator[bytes]:
        """Yield one reply for each task, fewer if it dies."""
        with suppress(OSError, ValueError):  # the latter from pipes that were closed
            self._send(tasks)
            for _ in tasks:
                reply = self._receive()
                if reply is None:
                    return
                yield reply

    def end(self) -> int:
        """Kill it if it still runs, and return its exit status."""
        self._process.kill()
        status = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()
        return status

    def _send(self, what: object) -> None:
        assert self._process.stdin
        pickle.dump(what, self._process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
        self._process.stdin.flush()

    def _receive(self) -> bytes | None:
        assert self._process.stdout
        head = self._process.stdout.read(_LENGTH.size)
        if len(head) < _LENGTH.size:
            return None
        (length,) = _LENGTH.unpack(head)
        reply = self._process.stdout.read(length)
        return reply if len(reply) == length else None


def attempt(task: Task, *, limit: int, budget: int) -> Result:
    """Read a document and return what came of it, errors too."""
    try:
        return read(task, limit=limit, budget=budget)
    except Exception as error:  # whoever asked raises it
        return error


def serve(requests: IO[bytes], replies: IO[bytes]) -> None:
    """Answer batches of tasks, document by document, until there are no more.

    Args:
        requests: pickles: ``(limit, budget)``, then lists of tasks.
        replies: an empty reply when ready, then one for each task: its length in eight bytes,
            then the pickled outcome.
    """
    limit, budget = pickle.load(requests)  # noqa: S301  # from the process that started this one
    _reply(replies, b"")
    with suppress(EOFError, BrokenPipeError):
        while True:
            for task in pickle.load(requests):  # noqa: S301
                outcome = attempt(task, limit=limit, budget=budget)
                _reply(replies, _packed(outcome))


def main() -> None:
    """Serve the process that started this one; what is printed here goes nowhere."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, replies)


def _reply(replies: IO[bytes], data: bytes) -> None:
    replies.write(_LENGTH.pack(len(data)) + data)
    replies.flush()


def _packed(outcome: Result) -> bytes:
    """Return an outcome as bytes; an error that cannot be sent becomes one that tells of it."""
    try:
        data = pickle.dumps(outcome, pickle.HIGHEST_PROTOCOL)
        if isinstance(outcome, Exception):
            pickle.loads(data)  # noqa: S301
    except Exception:  # a library's error may do anything here
        return pickle.dumps(RuntimeError(f"{type(outcome).__name__}: {outcome}"))
    return data


def _died(task: Task, status: int) -> bytes:
    how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
    return pickle.dumps(
        ReaderDied(f"{task.origin.name} could not be read: the process that read it {how}")
    )


def _batches(tasks: Sequence[Task]) -> Iterator[Sequence[Task]]:
    """Cut tasks into batches that are small enough to be waited for."""
    batch: list[Task] = []
    size = 0
    for task in tasks:
        batch.append(task)
        size += task.origin.size
        if len(batch) >= _BATCH_DOCUMENTS or size >= _BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def _cores() -> int:
    """Return how many processors this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # systems that do not tell
        return os.cpu_count() or 1
