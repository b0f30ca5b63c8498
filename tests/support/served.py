"""``dossier serve`` as a process of its own."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = [sys.executable, "-c", "from api.cli import main; main()", "serve"]


@contextmanager
def served(data: Path, *arguments: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """Start the service, wait for its address and end it in any case."""
    process = subprocess.Popen(
        [*PROGRAM, "--port", "0", "--data", str(data), *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=dict(os.environ),
    )
    try:
        assert process.stdout
        line = process.stdout.readline()
        found = re.search(r"http://\S+", line)
        assert found, line + process.communicate(timeout=20)[1]
        yield process, found[0]
    finally:
        process.kill()
        process.communicate(timeout=20)
