"""What a process holds, counted from outside, and how that went on over time."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, fields
from pathlib import Path

import psutil

MEGABYTE = 1_000_000


@dataclass(frozen=True)
class Held:
    """What a process holds at one moment."""

    rss: int
    """Bytes of memory in use, files that are mapped included."""
    anonymous: int
    """The bytes of those that belong to no file."""
    readers: int
    """Bytes that only its child processes use (their unique set size)."""
    files: int
    """Open file descriptors."""
    threads: int
    """Threads."""
    children: int
    """Child processes."""
    mappings: int
    """Parts of files that are mapped into memory."""
    kinds: Counter[str] = field(default_factory=Counter, compare=False)
    """How many file descriptors are of which kind."""


def held_by(pid: int) -> Held:
    """Return what a process holds now."""
    proc = Path("/proc") / str(pid)
    status = dict(re.findall(r"^(\w+):\s+(\d+)", (proc / "status").read_text(), re.MULTILINE))
    children = psutil.Process(pid).children(recursive=True)
    kinds = _kinds(proc / "fd")
    return Held(
        rss=int(status["VmRSS"]) * 1024,
        anonymous=int(status["RssAnon"]) * 1024,
        readers=sum(_unique(child) for child in children),
        files=kinds.total(),
        threads=int(status["Threads"]),
        children=len(children),
        mappings=sum("/" in line for line in (proc / "maps").read_text().splitlines()),
        kinds=kinds,
    )


def _unique(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().uss)
    except psutil.NoSuchProcess:  # it ended just now
        return 0


def _kinds(descriptors: Path) -> Counter[str]:
    """Return what the descriptors lead to: files by name, all others by what they are."""
    found: Counter[str] = Counter()
    for one in descriptors.iterdir():
        try:
            target = str(one.readlink())
        except FileNotFoundError:  # closed just now
            continue
        found[Path(target).name if target.startswith("/") else target.partition(":")[0]] += 1
    return found


@dataclass(frozen=True)
class Sample:
    """A line of the table."""

    seconds: float
    """Since the beginning."""
    held: Held
    upstream: int
    """Connections open at the endpoint."""
    busy: float
    """Seconds of processor time used so far, by children too."""
    done: int
    """Operations so far."""
    troubled: int
    """Those of them that met a fault."""
    stored: int
    """Bytes in the data directory."""
    note: str = ""

    def line(self, before: Sample | None) -> str:
        """Return it as a line; ``before`` is what its load is counted from."""
        past = self.seconds - (before.seconds if before else 0.0)
        load = (self.busy - (before.busy if before else 0.0)) / past if past else 0.0
        held = self.held
        return (
            f"{self.seconds:6.0f} {held.rss / MEGABYTE:7.1f} {held.anonymous / MEGABYTE:7.1f} "
            f"{held.readers / MEGABYTE:7.1f} {held.files:5} {held.threads:7} {held.children:8} "
            f"{held.mappings:5} {self.upstream:8} {load:5.0%} {self.done:6} {self.troubled:6} "
            f"{self.stored / MEGABYTE:7.1f}  {self.note}"
        )


HEAD = (
    "     s  rss MB anon MB readers files threads children  maps upstream  load   done faults "
    "disk MB"
)


def table(samples: list[Sample]) -> str:
    """Return samples as lines with a head."""
    befores = [None, *samples]
    lines = [one.line(before) for one, before in zip(samples, befores, strict=False)]
    return "\n".join([HEAD, *lines])


def busy(pid: int) -> float:
    """Return the seconds of processor time that a process and its children have used so far."""
    process = psutil.Process(pid)
    own = process.cpu_times()
    total = own.user + own.system + own.children_user + own.children_system
    for child in process.children(recursive=True):
        try:
            spent = child.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += spent.user + spent.system
    return float(total)


def stored(folder: Path) -> int:
    """Return the bytes of the files below a folder."""
    total = 0
    for file in folder.rglob("*"):
        try:
            total += file.stat().st_size if file.is_file() else 0
        except FileNotFoundError:
            continue
    return total


def slope(samples: list[Sample]) -> float:
    """Return by how many bytes a minute the memory grew, by least squares."""
    times = [one.seconds / 60 for one in samples]
    sizes = [one.held.anonymous for one in samples]
    middle, mean = sum(times) / len(times), sum(sizes) / len(sizes)
    spread = sum((time - middle) ** 2 for time in times)
    both = zip(times, sizes, strict=True)
    return sum((time - middle) * (size - mean) for time, size in both) / spread


def differences(before: Held, after: Held) -> str:
    """Return in words what is not as it was."""
    told = [
        f"{one.name} {getattr(before, one.name)} -> {getattr(after, one.name)}"
        for one in fields(Held)
        if one.compare and getattr(before, one.name) != getattr(after, one.name)
    ]
    more, fewer = after.kinds - before.kinds, before.kinds - after.kinds
    return f"{'; '.join(told)}; more: {dict(more)}; fewer: {dict(fewer)}"
