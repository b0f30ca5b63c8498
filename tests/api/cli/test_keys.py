"""``dossier keys``: made, listed and revoked, also beside a running server."""

from __future__ import annotations

import json
import re
import signal
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from served import served

SECRET = re.compile(r"dsk_[A-Za-z0-9_-]{43}\n")


def test_a_key_is_shown_once_and_alone_on_stdout(dossier, own: Path) -> None:
    made = dossier("keys", "create", "the desk", "--grant", "default:read", data=own)
    assert made.exit_code == 0
    assert SECRET.fullmatch(made.stdout)
    assert made.stdout.strip() not in made.stderr
    assert "read default" in made.stderr
    assert "nobody without a key" in made.stderr
    listed = dossier("keys", "list", data=own)
    (row,) = (line.split("\t") for line in listed.stdout.splitlines())
    assert row[1:3] == ["the desk", "read default"]
    assert row[4] == "active"
    assert made.stdout.strip() not in listed.stdout
    assert row[0] in made.stderr


def test_several_grants_and_a_last_day(dossier, own: Path) -> None:
    today = datetime.now(UTC).date()
    tomorrow = (today + timedelta(days=1)).isoformat()
    grants = ["--grant", "Ports: north:write", "--grant", "*:read"]
    made = dossier("keys", "create", "two", *grants, "--expires", tomorrow, data=own)
    assert made.exit_code == 0, made.stderr
    assert "no document is in the collection 'Ports: north' yet" in made.stderr
    (key,) = json.loads(dossier("keys", "list", "--json", data=own).stdout)
    assert key["grants"] == {"*": "read", "Ports: north": "write"}
    assert key["expires_at"] == f"{today + timedelta(days=2)}T00:00:00+00:00"
    assert key["active"] is True
    assert f"active until {tomorrow}" in dossier("keys", "list", data=own).stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["desk"],
        ["desk", "--grant", "ports"],
        ["desk", "--grant", "ports:owner"],
        ["desk", "--grant", ":read"],
        ["desk", "--grant", "ports:READ"],
        ["desk", "--grant", "ports:read", "--grant", "ports:write"],
        ["desk", "--grant", "ports:read", "--expires", "2020-01-01"],
        ["desk", "--grant", "ports:read", "--expires", "soon"],
        [" ", "--grant", "ports:read"],
        [],
    ],
)
def test_what_does_not_fit_is_code_2_and_makes_no_key(
    dossier, own: Path, arguments: list[str]
) -> None:
    made = dossier("keys", "create", *arguments, data=own)
    assert made.exit_code == 2, made.output
    assert made.stdout == ""
    listed = dossier("keys", "list", data=own)
    assert listed.stdout == ""
    assert "no keys yet" in listed.stderr


def test_revoking_is_for_good(dossier, own: Path) -> None:
    dossier("keys", "create", "old", "--grant", "*:read", data=own)
    (key,) = json.loads(dossier("keys", "list", "--json", data=own).stdout)
    assert dossier("keys", "revoke", key["id"], data=own).exit_code == 0
    assert dossier("keys", "revoke", key["id"], data=own).exit_code == 0
    (after,) = json.loads(dossier("keys", "list", "--json", data=own).stdout)
    assert after["active"] is False
    assert "revoked " in dossier("keys", "list", data=own).stdout
    unknown = dossier("keys", "revoke", "k-nothing", data=own)
    assert unknown.exit_code == 1
    assert "k-nothing" in unknown.stderr
    assert "dossier keys list" in unknown.stderr


def test_keys_work_beside_a_running_server_and_are_never_logged(dossier, own: Path) -> None:
    with served(own) as (process, url):
        with httpx.Client(base_url=url, trust_env=False) as client:
            assert client.get("/v1/documents").status_code == 200
            made = dossier("keys", "create", "desk", "--grant", "default:read", data=own)
            secret = made.stdout.strip()
            assert client.get("/v1/documents").status_code == 401
            client.headers["Authorization"] = f"Bearer {secret}"
            assert len(client.get("/v1/documents").json()["documents"]) == 4
            # Where it does not belong, and in what fails.
            assert client.get("/v1/documents", params={"outlet": secret}).status_code == 200
            assert client.get(f"/{secret}").status_code == 404
            (key,) = json.loads(dossier("keys", "list", "--json", data=own).stdout)
            assert dossier("keys", "revoke", key["id"], data=own).exit_code == 0
            assert client.get("/v1/documents").status_code == 401
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=30)
    assert "401 Unauthorized" in err
    assert secret not in out + err
    assert "dsk_…" in err
