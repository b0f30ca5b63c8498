"""The HTTP service as a process of its own."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from api.cli.serve import address_of

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


def test_it_serves_until_it_is_ended(dossier, own: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    replies: list[httpx.Response] = []

    def visit() -> None:
        try:
            for path in ("/livez", "/v1/documents"):
                for _ in range(200):
                    try:
                        replies.append(httpx.get(f"http://127.0.0.1:{port}{path}"))
                        break
                    except httpx.ConnectError:
                        time.sleep(0.05)
        finally:
            os.kill(os.getpid(), signal.SIGTERM)

    before = signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("not served"))
    visitor = threading.Thread(target=visit)
    visitor.start()
    try:
        result = dossier("serve", "--port", port, data=own)
    finally:
        visitor.join()
        signal.signal(signal.SIGTERM, before)
    assert result.exit_code == 0, result.output
    assert [reply.status_code for reply in replies] == [200, 200]
    assert len(replies[1].json()["documents"]) == 4
    # stdout holds the address alone; requests are logged to stderr.
    assert result.stdout == f"Dossier listens on http://127.0.0.1:{port} (Ctrl-C stops it)\n"
    assert "/livez" in result.stderr


def test_it_owns_its_directory_until_it_is_interrupted(dossier, own: Path, folder: Path) -> None:
    with served(own, "--log-level", "warning") as (process, _):
        taken = dossier("ingest", folder, data=own)
        assert taken.exit_code == 1
        assert str(own) in taken.stderr
        # Reading goes on beside it.
        assert dossier("ask", "What will the repairs of the bridge cost?", data=own).exit_code == 0
        assert dossier("doctor", data=own).exit_code == 0
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == "interrupted\n"
    assert dossier("ingest", folder, data=own).exit_code == 0


def test_the_address_is_one_that_can_be_opened() -> None:
    with socket.create_server(("0.0.0.0", 0)) as everywhere:
        port = everywhere.getsockname()[1]
        assert address_of(everywhere) == f"http://127.0.0.1:{port}"
    if socket.has_ipv6:
        with socket.create_server(("::1", 0), family=socket.AF_INET6) as six:
            assert address_of(six) == f"http://[::1]:{six.getsockname()[1]}"


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])
def test_other_machines_are_kept_out(dossier, own: Path, host: str) -> None:
    result = dossier("serve", "--host", host, data=own)
    assert result.exit_code == 2
    assert host in result.stderr
    assert "--allow-remote" in result.stderr


def test_a_taken_port_is_told(dossier, own: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = dossier("serve", "--port", port, data=own)
    assert result.exit_code == 1
    assert str(port) in result.stderr
    assert "--port" in result.stderr


def test_an_address_that_is_not_here_is_told_even_if_allowed(dossier, own: Path) -> None:
    result = dossier("serve", "--allow-remote", "--host", "192.0.2.1", data=own)
    assert result.exit_code == 1
    assert "warning: " in result.stderr
    assert "cannot listen on 192.0.2.1" in result.stderr


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none_is_code_2(dossier, port: str) -> None:
    assert dossier("serve", "--port", port).exit_code == 2
