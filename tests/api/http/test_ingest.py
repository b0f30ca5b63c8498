"""POST /v1/documents: texts and files into the record, over a real server."""

from __future__ import annotations

import hashlib
import io
import threading
import zipfile
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from harbour import TEXTS, Serve, send, serving, upload
from hypothesis import given
from hypothesis import strategies as st

from api.upload_names import safe_name

CheckProblem = Callable[[httpx.Response, int, str], dict[str, Any]]

TIDE = "The tide table of the harbour is printed every January. High water comes twice a day."


def test_a_text_becomes_a_document(scratch: httpx.Client) -> None:
    known = {
        "title": "Tides",
        "outlet": "Harbour Office",
        "author": "P. Lund",
        "published_at": "2025-01-02",
        "url": "https://harbour.example/tides",
        "language": "en",
    }
    response = send(scratch, text=TIDE, name="tides", **known)
    assert response.status_code == 201
    (entry,) = response.json()["documents"]
    assert entry["name"] == "tides"
    assert entry["outcome"] == "added"
    assert entry["version"] == 1
    assert entry["passages"] >= 1
    assert response.headers["location"] == f"/v1/documents/{entry['id']}"
    found = scratch.get(response.headers["location"]).json()
    assert {name: found[name] for name in known} == known
    assert found["inferred"] == []
    assert found["source"] == "upload:tides"
    assert found["media_type"] == "text/plain"
    assert found["sha256"] == hashlib.sha256(TIDE.encode()).hexdigest()
    assert found["characters"] == len(TIDE)
    assert found["pages"] is None
    assert (found["version"], found["latest"]) == (1, 1)


def test_what_was_acknowledged_is_found_at_once(scratch: httpx.Client) -> None:
    (entry,) = send(scratch, text="The lighthouse keeper owns a violet accordion.").json()[
        "documents"
    ]
    hit = scratch.post("/v1/search", json={"query": "violet accordion"}).json()["hits"][0]
    assert hit["document_id"] == entry["id"]


def test_the_same_again_is_unchanged_and_another_text_a_new_version(scratch: httpx.Client) -> None:
    first = send(scratch, text=TIDE, name="versions").json()["documents"][0]
    again = send(scratch, text=TIDE, name="versions")
    assert again.status_code == 200
    assert "location" not in again.headers
    assert again.json()["documents"][0] == {**first, "outcome": "unchanged"}
    changed = send(scratch, text=TIDE + " It is blue.", name="versions")
    assert changed.status_code == 200
    assert changed.json()["documents"][0]["outcome"] == "changed"
    path = f"/v1/documents/{first['id']}"
    newest = scratch.get(path).json()
    assert (newest["version"], newest["latest"]) == (2, 2)
    oldest = scratch.get(path, params={"version": 1}).json()
    assert (oldest["version"], oldest["latest"]) == (1, 2)
    assert scratch.get(f"{path}/text").text == TIDE + " It is blue."
    assert scratch.get(f"{path}/text", params={"version": 1}).text == TIDE


def test_a_text_without_a_name_is_known_by_its_content(scratch: httpx.Client) -> None:
    body = {"text": "A buoy was painted red."}
    first, second = send(scratch, **body), send(scratch, **body)
    assert (first.status_code, second.status_code) == (201, 200)
    digest = hashlib.sha256(body["text"].encode()).hexdigest()
    assert first.json()["documents"][0]["name"] == f"sha256-{digest[:16]}"
    other = send(scratch, text="A buoy was painted green.")
    assert other.json()["documents"][0]["id"] != first.json()["documents"][0]["id"]


def test_several_files_come_in_one_form(scratch: httpx.Client) -> None:
    files = ("crane.txt", b"The crane lifts forty tonnes."), ("pier.md", b"# Pier\n\nIt is wet.\n")
    response = upload(scratch, *files, outlet="Harbour Office", published_at="2025-02-03")
    assert response.status_code == 201
    assert "location" not in response.headers
    crane, pier = response.json()["documents"]
    assert (crane["name"], pier["name"]) == ("crane.txt", "pier.md")
    for entry in (crane, pier):
        found = scratch.get(f"/v1/documents/{entry['id']}").json()
        assert found["outlet"] == "Harbour Office"
        assert found["published_at"] == "2025-02-03"
        assert found["source"] == f"upload:{entry['name']}"


def test_one_bad_file_does_not_keep_the_others_out(scratch: httpx.Client) -> None:
    files = (
        ("good.txt", b"The good file is read."),
        ("bad.pdf", b"not a pdf at all"),
        ("odd.xyz", b"\x00\x01\x02"),
        ("empty.txt", b""),
    )
    response = upload(scratch, *files)
    assert response.status_code == 201
    good, bad, odd, empty = response.json()["documents"]
    assert good["outcome"] == "added"
    for entry, status, code in (
        (bad, 422, "broken_document"),
        (odd, 415, "unsupported_format"),
        (empty, 422, "empty_document"),
    ):
        assert entry["outcome"] == "rejected"
        assert "id" not in entry
        assert entry["problem"]["status"] == status
        assert entry["problem"]["code"] == code
        assert entry["name"] in entry["problem"]["detail"]
        assert entry["problem"]["hint"]


def encrypted_pdf() -> bytes:
    from pypdf import PdfWriter

    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(100, 100)
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(out)
    return out.getvalue()


def zip_bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"<w>" + b" " * 5_000_000)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "status", "code"),
    [
        ("empty.txt", b"", 422, "empty_document"),
        ("blank.txt", b" \n \n", 422, "empty_document"),
        ("broken.docx", b"PK\x03\x04 and then nothing", 422, "broken_document"),
        ("odd.xyz", b"\x00\x01\x02", 415, "unsupported_format"),
        ("locked.pdf", encrypted_pdf(), 422, "encrypted_document"),
        ("large.txt", b"Large. " * 40_000, 413, "document_too_large"),
        ("bomb.docx", zip_bomb(), 413, "document_too_large"),
    ],
)
def test_a_single_bad_file_is_a_problem(
    scratch: httpx.Client,
    problem_of: CheckProblem,
    name: str,
    data: bytes,
    status: int,
    code: str,
) -> None:
    problem = problem_of(upload(scratch, (name, data)), status, code)
    assert name in problem["detail"]


def test_if_all_files_are_bad_the_response_is_a_problem(
    scratch: httpx.Client, problem_of: CheckProblem
) -> None:
    before = scratch.get("/v1/documents").json()
    mixed = upload(scratch, ("a.txt", b""), ("b.xyz", b"\x00\x01"))
    problem = problem_of(mixed, 422, "documents_rejected")
    assert [entry["problem"]["status"] for entry in problem["documents"]] == [422, 415]
    alike = upload(scratch, ("a.xyz", b"\x00\x01"), ("b.xyz", b"\x00\x01"))
    problem_of(alike, 415, "documents_rejected")
    assert scratch.get("/v1/documents").json() == before


@pytest.mark.parametrize(
    ("body", "code", "named"),
    [
        ({}, "invalid_request", "text"),
        ({"text": "x", "titel": "y"}, "invalid_request", "titel"),
        ({"text": ["x"]}, "invalid_request", "text"),
        ({"text": "x", "title": "y" * 2_000}, "invalid_request", "title"),
        ({"text": "x", "published_at": "31.12.2024"}, "invalid_metadata", "published_at"),
        ({"text": "x", "published_at": "2024-02-30"}, "invalid_metadata", "published_at"),
        ({"text": "x", "url": "javascript:alert(1)"}, "invalid_metadata", "url"),
        ({"text": "x", "language": "englisch"}, "invalid_metadata", "language"),
        ({"text": ""}, "empty_document", ""),
        ({"text": "  \n"}, "empty_document", ""),
        ({"text": "a\x00b"}, "undecodable_text", "NUL"),
    ],
)
def test_a_text_that_does_not_fit_is_told_where(
    scratch: httpx.Client,
    problem_of: CheckProblem,
    body: dict[str, Any],
    code: str,
    named: str,
) -> None:
    problem = problem_of(scratch.post("/v1/documents", json=body), 422, code)
    assert named in problem["detail"]


def test_a_form_that_does_not_fit_is_told_where(
    scratch: httpx.Client, problem_of: CheckProblem
) -> None:
    good = ("form.txt", b"A form was filled in.")
    problem = problem_of(upload(scratch, good, titel="x"), 422, "invalid_request")
    assert problem["errors"][0]["pointer"] == "#/titel"
    problem_of(upload(scratch, good, published_at="soon"), 422, "invalid_metadata")
    problem_of(upload(scratch, good, good), 422, "invalid_input")
    nothing = scratch.post("/v1/documents", files={"title": (None, "x")})
    problem_of(nothing, 422, "empty_document")
    not_chosen = scratch.post("/v1/documents", files={"file": ("", b"")}, data={"title": "x"})
    assert not_chosen.status_code == 422
    blank = upload(scratch, good, title="", outlet=" ")
    assert blank.status_code == 201
    found = scratch.get(blank.headers["location"]).json()
    assert found["outlet"] is None


@pytest.mark.parametrize(
    ("content_type", "body", "status", "code"),
    [
        ("text/plain", b"A text.", 415, "unsupported_media_type"),
        ("", b"A text.", 415, "unsupported_media_type"),
        ("application/x-www-form-urlencoded", b"text=x", 415, "unsupported_media_type"),
        ("application/json", b"{", 400, "malformed_body"),
        ("application/json", b'{"text": "\xff"}', 400, "malformed_body"),
        ("application/json", b'{"text": "\\ud83d"}', 400, "malformed_body"),
        ("multipart/form-data", b"x", 400, "malformed_body"),
        ("multipart/form-data; boundary=b", b"--b\r\nnothing", 422, "empty_document"),
    ],
)
def test_a_body_that_cannot_be_read_is_told_so(
    scratch: httpx.Client,
    problem_of: CheckProblem,
    content_type: str,
    body: bytes,
    status: int,
    code: str,
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    problem_of(scratch.post("/v1/documents", content=body, headers=headers), status, code)


def test_a_body_over_the_limit_is_refused(scratch: httpx.Client, problem_of: CheckProblem) -> None:
    problem_of(send(scratch, text="x" * 1_300_000), 413, "body_too_large")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("/tmp/absolute.txt", "absolute.txt"),
        ("C:\\Users\\me\\note.txt", "note.txt"),
        ("a\nb.txt", "a b.txt"),
        ("Bru\u0308cke.txt", "Br\u00fccke.txt"),
    ],
)
def test_a_file_name_is_only_a_name(scratch: httpx.Client, sent: str, kept: str) -> None:
    response = send(scratch, text=f"Sent as {kept}.", name=sent)
    assert response.json()["documents"][0]["name"] == kept


@given(st.text(max_size=400))
def test_any_name_becomes_one_harmless_part(name: str) -> None:
    kept = safe_name(name)
    assert len(kept) <= 200
    assert "/" not in kept
    assert "\\" not in kept
    assert kept not in {".", ".."}
    assert kept == kept.strip()
    assert kept.isprintable()
    assert safe_name(kept) == kept


def test_long_names_stay_apart_and_keep_their_suffix() -> None:
    first, second = safe_name("x" * 300 + "1.pdf"), safe_name("x" * 300 + "2.pdf")
    assert first != second
    assert first.endswith(".pdf")


def test_nothing_is_written_outside_of_the_data_directory(
    serve: Serve, embeddings: dict[str, Any], tmp_path: Path
) -> None:
    client, service = serve(**embeddings)
    upload(client, ("../planted.txt", b"A planted file."), ("/planted.txt", b"Another one."))
    assert [path.name for path in tmp_path.iterdir()] == [service.settings.data.name]


def test_writes_from_many_clients_take_turns(scratch: httpx.Client) -> None:
    def add(number: int) -> int:
        with httpx.Client(base_url=scratch.base_url, timeout=60, trust_env=False) as client:
            return send(client, text=f"Tug number {number} sails.", name="tug").status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = list(pool.map(add, range(6)))
    assert sorted(statuses) == [200] * 5 + [201]
    found = scratch.get("/v1/documents", params={"limit": 200}).json()["documents"]
    assert [d["latest"] for d in found if d["name"] == "tug"] == [6]


def test_a_client_that_leaves_while_its_document_is_taken_in_harms_nothing(
    scratch: httpx.Client,
) -> None:
    text = " ".join(f"Container {n} was unloaded at berth {n % 7}." for n in range(300))
    with pytest.raises(httpx.ReadTimeout):
        scratch.post(
            "/v1/documents",
            json={"text": text, "name": "unloaded"},
            timeout=httpx.Timeout(30, read=0.05),
        )
    # This one has to wait for its turn, which comes only when the other is done.
    assert send(scratch, text="A gull watched.", name="gull").status_code == 201
    again = send(scratch, text=text, name="unloaded")
    assert again.status_code == 200
    assert again.json()["documents"][0]["outcome"] == "unchanged"
    assert again.json()["documents"][0]["passages"] > 10


def test_the_server_answers_while_it_takes_documents_in(scratch: httpx.Client) -> None:
    text = " ".join(f"Barge {n} carried gravel to lock {n % 9}." for n in range(300))
    done = threading.Event()

    def add() -> int:
        try:
            with httpx.Client(base_url=scratch.base_url, timeout=60, trust_env=False) as client:
                return send(client, text=text, name="barges").status_code
        finally:
            done.set()

    with ThreadPoolExecutor(1) as pool:
        adding = pool.submit(add)
        alive = 0
        while not done.wait(0.01):
            alive += scratch.get("/livez").status_code == 200
        assert adding.result() == 201
    assert alive >= 3


def test_what_was_acknowledged_is_there_after_a_restart(
    tmp_path: Path, embeddings: dict[str, Any]
) -> None:
    with serving(tmp_path / "data", **embeddings) as (client, _):
        (entry,) = send(client, **TEXTS[0]).json()["documents"]
        answer = client.post("/v1/answers", json={"question": "How long is the bridge?"}).json()
    with serving(tmp_path / "data", **embeddings) as (client, _):
        assert client.get(f"/v1/documents/{entry['id']}/text").text == TEXTS[0]["text"]
        assert client.get(f"/v1/answers/{answer['id']}").json() == answer
