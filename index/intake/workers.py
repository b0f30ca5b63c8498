"""Reading documents in child processes, while this one records those that were read before.

A worker is a Python process of its own that is talked to by pipes: it shares no memory, threads or
locks with this process and does not run the caller's main module again, so it can be started from
any program and thread. It ends with its pipe, however this process ends, and has a bound on the
memory and time that one document may take (:mod:`index.intake.bounds`). One that dies over a
document costs that document at most.

One worker is kept waiting for the next documents, so that a small upload costs a few milliseconds
and not the start of a process.
"""

from __future__ import annotations

import atexit
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import IO

from index.errors import NoReader, ReaderDied, ReaderGaveUp
from index.intake.bounds import Bounds, resident
from index.intake.reading import Reading, Task, read
from index.load.origins import Origin

Result = Reading | Exception
"""What became of a document: it was read, or why it could not be."""

WORTHWHILE = 1_000_000
"""Bytes from which on reading repays the half second that starting more workers takes."""
MOST = 4
"""Most workers; more than these would only wait for the one process that records."""
_BATCH_DOCUMENTS, _BATCH_BYTES = 32, 200_000
_ATTEMPTS = 2
_START_SECONDS = 60.0
_LOOK_UP = 0.5
"""Seconds after which a caller that waits looks whether it was interrupted."""
_GROWN = 60_000
"""Pages (240 MB) by which a worker may have grown before another takes its place."""
_HEAD = struct.Struct(">QB")  # length of a reply, and whether its worker leaves after it
# What the child runs: it takes over where modules are found, and leaves the caller's program alone.
_CHILD = (
    "import pickle, sys; sys.path[:] = pickle.load(sys.stdin.buffer); "
    "from index.intake.workers import main; main()"
)
_GAVE_UP = -getattr(signal, "SIGXCPU", 0)


@dataclass
class _Run:
    """One caller's documents on their way."""

    limit: int
    budget: int
    stopped: bool = False
    workers: set[_Worker] = field(default_factory=set)


class Workers:
    """Child processes that read documents. Safe to share by threads; to be closed."""

    def __init__(self, count: int, bounds: Bounds | None = None) -> None:
        """Prepare ``count`` workers; each is started when there is something for it to do.

        Args:
            count: how many.
            bounds: what one document may take.
        """
        self._count = count
        self._bounds = bounds or Bounds()
        self._threads = ThreadPoolExecutor(count, thread_name_prefix="reader")
        # Last in, first out: the worker that is running and warm comes before one to be started.
        self._idle: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(count):
            self._idle.put(None)
        self._lock = threading.Lock()
        self._alive: set[_Worker] = set()
        self._runs = 0
        self._closed = False

    @property
    def pids(self) -> list[int]:
        """Process identifiers of the workers that run."""
        with self._lock:
            return [worker.pid for worker in self._alive]

    def read(self, tasks: Sequence[Task], *, limit: int, budget: int) -> Generator[Result]:
        """Yield what became of each document, in their order.

        No more than a few batches are under way at any time. If the caller gives up, what is under
        way is ended.

        Args:
            tasks: the documents.
            limit: largest document, in bytes.
            budget: length of a passage in tokens.
        """
        run = _Run(limit, budget)
        ahead = 2 * self._count if worthwhile(tasks) else 1
        under_way: deque[Future[list[bytes]]] = deque()
        batches = _batches(tasks)
        with self._lock:
            self._runs += 1
        try:
            while True:
                while len(under_way) < ahead and (batch := next(batches, None)):
                    under_way.append(self._threads.submit(self._ask, run, batch))
                if not under_way:
                    return
                replies = _awaited(under_way[0])
                under_way.popleft()
                for reply in replies:
                    yield pickle.loads(reply)  # noqa: S301  # from our own child
        finally:
            self._stop(run, under_way)
            self._trim()

    def warm(self) -> None:
        """Start a worker in the background and have it load what most documents need."""
        ready = [
            Task(Origin(source="upload:warm.txt", name="warm.txt", data=b"It is warm.")),
            Task(Origin(source="upload:warm.html", name="warm.html", data=b"<html><p>It is.</p>")),
        ]

        def start() -> None:
            with suppress(RuntimeError):  # closed already
                list(self.read(ready, limit=1_000, budget=100))

        threading.Thread(target=start, name="warm reader", daemon=True).start()

    def interrupt(self) -> None:
        """End the workers that run now, whatever they are doing; others may take their places."""
        with self._lock:
            alive = list(self._alive)
        for worker in alive:
            worker.end()

    def close(self) -> None:
        """End the workers for good, whatever they are doing."""
        with self._lock:
            self._closed = True
            alive = list(self._alive)
        for worker in alive:
            worker.end()
        self._threads.shutdown(cancel_futures=True)

    def _ask(self, run: _Run, batch: Sequence[Task]) -> list[bytes]:
        """Have a worker read a batch. Runs in a thread of its own."""
        worker = self._idle.get()
        replies: list[bytes] = []
        failed = 0
        try:
            while len(replies) < len(batch) and not run.stopped:
                worker = worker or self._start()
                if worker is None:
                    return replies + [_unread(task) for task in batch[len(replies) :]]
                if not self._take(run, worker):
                    break
                leaves = False
                for reply, last in worker.ask(batch[len(replies) :], run.limit, run.budget):
                    replies.append(reply)
                    failed, leaves = 0, last
                run.workers.discard(worker)
                if len(replies) < len(batch) or leaves:
                    status = self._bury(worker)
                    late, worker = worker.late, None
                    if leaves:
                        continue
                    # It died over the one that is missing.
                    failed += 1
                    gave_up = late or status == _GAVE_UP
                    if gave_up or failed == _ATTEMPTS:
                        task = batch[len(replies)]
                        replies.append(self._gave_up(task) if gave_up else _died(task, status))
                        failed = 0
            return replies
        finally:
            self._idle.put(worker)

    def _take(self, run: _Run, worker: _Worker) -> bool:
        """Note for whom a worker works; return whether that one still waits for it."""
        with self._lock:
            if not run.stopped:
                run.workers.add(worker)
            return not run.stopped

    def _stop(self, run: _Run, under_way: Sequence[Future[list[bytes]]]) -> None:
        """End what is under way for a caller who no longer waits."""
        with self._lock:
            run.stopped = True
            busy = list(run.workers) if under_way else []
            self._runs -= 1
        for future in under_way:
            future.cancel()
        for worker in busy:
            worker.end()

    def _trim(self) -> None:
        """Keep one worker waiting, and end those that only many documents need."""
        with self._lock:
            if self._runs or self._closed:
                return
            idle = []
            with suppress(queue.Empty):
                while True:
                    idle.append(self._idle.get_nowait())
            kept = next((worker for worker in idle if worker is not None), None)
            for worker in idle:
                if worker is not None and worker is not kept:
                    worker.end()
                    self._alive.discard(worker)
            for _ in idle[1:]:
                self._idle.put(None)
            if idle:
                self._idle.put(kept)

    def _start(self) -> _Worker | None:
        with self._lock:
            if self._closed:
                return None
            try:
                worker = _Worker(self._bounds)
            except OSError:
                return None
            self._alive.add(worker)
        if not worker.is_ready():
            self._bury(worker)
            return None
        return worker

    def _bury(self, worker: _Worker) -> int:
        status = worker.end()
        with self._lock:
            self._alive.discard(worker)
        return status

    def _gave_up(self, task: Task) -> bytes:
        took = f"it takes more than {self._bounds.seconds:g} seconds"
        return pickle.dumps(ReaderGaveUp(f"{task.origin.name} could not be read: {took}"))


_shared: dict[Bounds, Workers] = {}
_sharing = threading.Lock()


def shared(bounds: Bounds) -> Workers:
    """Return the workers that all of this process share; they are closed when it ends."""
    with _sharing:
        if bounds not in _shared:
            _shared[bounds] = Workers(min(MOST, max(1, _cores() - 1)), bounds)
            atexit.register(_shared[bounds].close)
        return _shared[bounds]


def worthwhile(tasks: Sequence[Task]) -> bool:
    """Return whether these documents repay the start of more than one worker."""
    return len(tasks) > 1 and sum(task.origin.size for task in tasks) >= WORTHWHILE


class _Worker:
    """A child process and the pipes to it."""

    def __init__(self, bounds: Bounds) -> None:
        # In a session of its own, so that Ctrl-C reaches the one process that knows what to do; and
        # without our settings, among which are keys that no document is to come near.
        inherited = {n: v for n, v in os.environ.items() if not n.upper().startswith("DOSSIER_")}
        self._process = subprocess.Popen(  # noqa: S603  # this very interpreter
            [sys.executable, "-c", _CHILD],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            env=inherited,
        )
        self.pid = self._process.pid
        self.late = False
        """Whether it was ended because a document took too long."""
        self._bounds = bounds
        self._settings = (sys.path, bounds)

    def is_ready(self) -> bool:
        """Wait until it has started, and return whether it has."""
        try:
            with self._within(_START_SECONDS):
                for setting in self._settings:
                    self._send(setting)
                return self._receive() is not None
        except OSError:
            return False

    def ask(self, tasks: Sequence[Task], limit: int, budget: int) -> Iterator[tuple[bytes, bool]]:
        """Yield one reply for each task and whether it is the worker's last, fewer if it dies."""
        with suppress(OSError, ValueError):  # the latter from pipes that were closed
            with self._within(self._bounds.by_the_clock):
                self._send((tasks, limit, budget))
            for _ in tasks:
                with self._within(self._bounds.by_the_clock):
                    reply = self._receive()
                if reply is None:
                    return
                yield reply
                if reply[1]:
                    return

    def end(self) -> int:
        """Kill it if it still runs, and return its exit status."""
        self._process.kill()
        status = self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):
                    pipe.close()
        return status

    @contextmanager
    def _within(self, seconds: float) -> Iterator[None]:
        """Kill it if the block takes longer by the clock: it may hang without computing."""
        timer = threading.Timer(seconds, self._give_up)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _give_up(self) -> None:
        self.late = True
        self._process.kill()

    def _send(self, what: object) -> None:
        assert self._process.stdin
        pickle.dump(what, self._process.stdin, protocol=pickle.HIGHEST_PROTOCOL)
        self._process.stdin.flush()

    def _receive(self) -> tuple[bytes, bool] | None:
        assert self._process.stdout
        head = self._process.stdout.read(_HEAD.size)
        if len(head) < _HEAD.size:
            return None
        length, leaves = _HEAD.unpack(head)
        reply = self._process.stdout.read(length)
        return (reply, bool(leaves)) if len(reply) == length else None


def _awaited(future: Future[list[bytes]]) -> list[bytes]:
    """Return what a future gives.

    An interrupt that comes just before a wait without an end does not end it: the interpreter sees
    to signals between two steps of the main thread, of which there are none then.
    """
    while not wait([future], _LOOK_UP).done:
        pass
    return future.result()


def attempt(task: Task, *, limit: int, budget: int) -> Result:
    """Read a document and return what came of it, errors too."""
    try:
        return read(task, limit=limit, budget=budget)
    except Exception as error:  # whoever asked raises it
        return error


def serve(requests: IO[bytes], replies: IO[bytes]) -> None:
    """Answer batches of tasks, document by document, until there are no more.

    Args:
        requests: pickles: the bounds, then batches ``(tasks, limit, budget)``.
        replies: an empty reply when ready, then one for each task: its length in eight bytes, one
            that tells whether it is the last, then the pickled outcome.
    """
    bounds: Bounds = pickle.load(requests)  # noqa: S301  # from the process that started this one
    bounds.hold_memory()
    small = resident()
    _reply(replies, b"", leaves=False)
    with suppress(EOFError, BrokenPipeError):
        while True:
            tasks, limit, budget = pickle.load(requests)  # noqa: S301
            for task in tasks:
                bounds.hold_time()
                packed, leaves = _attempted(task, limit, budget, bounds)
                leaves = leaves or resident() > small + _GROWN
                _reply(replies, packed, leaves=leaves)
                if leaves:
                    return


def _attempted(task: Task, limit: int, budget: int, bounds: Bounds) -> tuple[bytes, bool]:
    """Return what came of a document as bytes, and whether memory ran out over it."""
    told = f"{task.origin.name} could not be read: it takes more than {bounds.memory:,} bytes"
    gave_up = pickle.dumps(ReaderGaveUp(f"{told} of memory"))  # now, while there is room for it
    try:
        outcome = attempt(task, limit=limit, budget=budget)
        if not isinstance(outcome, MemoryError):
            return _packed(outcome), False
    except MemoryError:
        pass
    return gave_up, True


def main() -> None:
    """Serve the process that started this one; what is printed here goes nowhere."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    serve(sys.stdin.buffer, replies)


def _reply(replies: IO[bytes], data: bytes, *, leaves: bool) -> None:
    replies.write(_HEAD.pack(len(data), leaves) + data)
    replies.flush()


def _packed(outcome: Result) -> bytes:
    """Return an outcome as bytes; an error that cannot be sent becomes one that tells of it."""
    try:
        data = pickle.dumps(outcome, pickle.HIGHEST_PROTOCOL)
        if isinstance(outcome, Exception):
            pickle.loads(data)  # noqa: S301
    except MemoryError:
        raise
    except Exception:  # a library's error may do anything here
        return pickle.dumps(RuntimeError(f"{type(outcome).__name__}: {outcome}"))
    return data


def _died(task: Task, status: int) -> bytes:
    how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
    return pickle.dumps(
        ReaderDied(f"{task.origin.name} could not be read: the process that read it {how}")
    )


def _unread(task: Task) -> bytes:
    why = "no process could be started to read it"
    return pickle.dumps(NoReader(f"{task.origin.name} could not be read: {why}"))


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
