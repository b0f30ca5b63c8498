"""The HTTP service as a process of its own."""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
import time
from pathlib import Path

import httpx
import pytest
from served import served

from api.cli.serve import address_of


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
        second = dossier("serve", "--port", 0, data=own)
        assert second.exit_code == 1
        assert f"in use by process {process.pid}" in second.stderr
        # Reading goes on beside it.
        assert dossier("ask", "What will the repairs of the bridge cost?", data=own).exit_code == 0
        assert dossier("doctor", data=own).exit_code == 0
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=30)
    assert process.returncode == 130
    assert err == "interrupted\n"
    assert dossier("ingest", folder, data=own).exit_code == 0


def test_the_log_may_be_one_object_a_line(own: Path) -> None:
    with served(own, "--log-format", "json") as (process, url):
        httpx.get(f"{url}/v1/documents", headers={"X-Request-ID": "r-1"}, trust_env=False)
        process.send_signal(signal.SIGTERM)
        _, err = process.communicate(timeout=30)
    lines = [json.loads(line) for line in err.splitlines()]
    (told,) = [line for line in lines if line["logger"] == "dossier.requests"]
    assert (told["request_id"], told["key"], told["status"]) == ("r-1", "local", 200)
    assert told["route"] == "/v1/documents"


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
    assert "dossier keys create" in result.stderr


def test_a_taken_port_is_told(dossier, own: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        result = dossier("serve", "--port", port, data=own)
    assert result.exit_code == 1
    assert str(port) in result.stderr
    assert "--port" in result.stderr


def test_with_keys_any_address_will_do(dossier, own: Path) -> None:
    dossier("keys", "create", "desk", "--grant", "default:read", data=own)
    result = dossier("serve", "--host", "192.0.2.1", data=own)
    assert result.exit_code == 1  # there is no such address here
    assert "warning: " in result.stderr
    assert "cannot listen on 192.0.2.1" in result.stderr


@pytest.mark.parametrize("port", ["-1", "65536", "http"])
def test_a_port_that_is_none_is_code_2(dossier, port: str) -> None:
    assert dossier("serve", "--port", port).exit_code == 2
