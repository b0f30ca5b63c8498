"""Names of uploads: whatever they are, they are only words; nothing is opened or made by them."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from harbour import followed, serving

from qa.service import Service

NAMES = [
    "../../../../etc/passwd",
    "..\\..\\windows\\system32\\config\\sam",
    "/etc/shadow",
    "//server/share/planted.txt",
    "C:\\planted.txt",
    "file:///etc/passwd",
    "%2e%2e%2f%2e%2e%2fplanted.txt",
    "..%c0%af..%c0%afplanted.txt",
    "....//....//planted.txt",
    "planted.txt\x00.pdf",
    "\x00",
    ".",
    "..",
    "...",
    "~",
    "~root/planted.txt",
    "-rf",
    "--help",
    "$(touch planted).txt",
    "`touch planted`.txt",
    "a; touch planted.txt",
    "| touch planted",
    "CON",
    "nul.txt",
    "COM1.txt",
    "LPT1",
    "aux.md",
    "planted.txt:stream",
    "planted.txt.",
    "planted.txt ",
    "\u202etxt.exe",
    "a\u2066b\u2069.txt",
    "a\u200bb\ufeff.txt",
    "a\r\nX-Planted: yes.txt",
    "a\x1b[31m.txt",
    "a\x7f\x9b.txt",
    '"quoted".txt',
    "<script>alert(1)</script>.txt",
    "x" * 5_000 + ".txt",
    "ё" * 300 + ".txt",
    "e\u0301" * 300 + ".txt",
    "\U0001f4a9.txt",
    "owner.lock",
    "record.sqlite",
    "jobs/0",
    "*?[a-z].txt",
    "d-0123456789ab",
    "upload:other.txt",
]


@pytest.fixture(scope="module")
def house(
    tmp_path_factory: pytest.TempPathFactory, embeddings: dict[str, Any]
) -> Iterator[tuple[httpx.Client, Service]]:
    place = tmp_path_factory.mktemp("names")
    before = Path.cwd()
    os.chdir(place)
    try:
        with serving(place / "data", **embeddings, max_jobs=1_000) as (client, service):
            yield client, service
    finally:
        os.chdir(before)


def harmless(name: str) -> None:
    assert "/" not in name
    assert "\\" not in name
    assert name.isprintable()
    assert len(name) <= 200
    assert name not in {".", ".."}


def as_text(client: httpx.Client, names: list[str]) -> None:
    """Send each name with a text; what is sent is taken in, whatever its name says of formats."""
    for name in names:
        text = f"The text of number {names.index(name)}."
        response = client.post("/v1/documents", json={"name": name[:1000], "text": text})
        (entry,) = response.raise_for_status().json()["documents"]
        harmless(entry["name"])
        found = client.get(f"/v1/documents/{entry['id']}")
        assert found.json()["source"] == f"upload:{entry['name']}"
        assert "x-planted" not in found.headers
        assert client.get(f"/v1/documents/{entry['id']}/text").text == text


def as_files(client: httpx.Client, names: list[str], **headers: str) -> list[dict[str, Any]]:
    """Send files of these names in one form, put together by hand: clients quote some of it."""
    form = ""
    for number, name in enumerate(names):
        shown = "".join(c if c >= " " and c != "\x7f" else " " for c in name[:1000]).replace(
            '"', "%22"
        )
        head = f'Content-Disposition: form-data; name="file"; filename="{number} {shown}"\r\n'
        form += f"--b\r\n{head}Content-Type: text/plain\r\n\r\nFile {number}.\r\n"
    headers["Content-Type"] = "multipart/form-data; boundary=b"
    response = client.post("/v1/documents", headers=headers, content=f"{form}--b--\r\n".encode())
    if response.status_code == 202:
        found: list[dict[str, Any]] = followed(client, response.headers["location"])["documents"]
        return found
    assert response.status_code < 300, response.text
    documents: list[dict[str, Any]] = response.json()["documents"]
    return documents


@pytest.mark.parametrize("how", ["texts", "files", "files as a job"])
def test_a_name_is_kept_harmless_and_makes_no_file(
    house: tuple[httpx.Client, Service], how: str
) -> None:
    client, service = house
    if how == "texts":
        as_text(client, NAMES[::2])
    else:
        headers = {"Prefer": "respond-async"} if how.endswith("job") else {}
        # Slashes would leave the same last part of several names.
        apart = list({name.replace("\\", "/").rpartition("/")[2]: name for name in NAMES}.values())
        told = as_files(client, apart, **headers)
        assert len(told) == len(apart)
        for entry in told:
            harmless(entry["name"])
            by_its_name = {"broken_document", "unsupported_format", "empty_document"}
            assert entry["outcome"] in {"added", "changed", "unchanged"} or (
                entry["problem"]["code"] in by_its_name
            )
    data = service.settings.data
    assert {path.name for path in data.parent.iterdir()} == {"data"}
    ours = {"record.sqlite", "record.sqlite-wal", "record.sqlite-shm", "keywords", "vectors"}
    ours |= {"owner.lock", "owner.json", "jobs"}
    assert {path.name for path in data.iterdir()} <= ours
    jobs = data / "jobs"
    assert not jobs.exists() or list(jobs.iterdir()) == []
