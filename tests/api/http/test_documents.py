"""Documents listed, described, read and removed, over a real server."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from harbour import TEXTS, send, serving, upload
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api.app import create_app
from qa.service import build

CheckProblem = Callable[[httpx.Response, int, str], dict[str, Any]]

TIDE = "The tide table of the harbour is printed every January. High water comes twice a day."


@pytest.mark.parametrize(
    "text",
    [
        "One line.\r\nAnother line.\r\n",
        "\ufeffA mark that belongs to the text stays. ",
        "Cafe\u0301 au lait; שלום עולם; \U0001f426\u200d\u2b1b flew. \u200b",
        "  Leading and trailing space stay.  \n\n",
        "<p>Not markup here, & not &amp; either.</p>",
        "---\ntitle: not front matter\n---\nThis is text.",
    ],
)
@pytest.mark.parametrize("name", [None, "odd.html", "odd.pdf"])
def test_a_text_is_stored_and_given_back_to_the_letter(
    scratch: httpx.Client, text: str, name: str | None
) -> None:
    response = send(scratch, text=text, **({"name": name} if name else {}))
    assert response.is_success, response.text
    path = f"/v1/documents/{response.json()['documents'][0]['id']}/text"
    found = scratch.get(path)
    assert found.content == text.encode()
    assert found.headers["content-type"] == "text/plain; charset=utf-8"
    assert found.headers["x-content-type-options"] == "nosniff"


def test_the_list_comes_in_pages(scratch: httpx.Client) -> None:
    for number in range(5):
        send(scratch, text=f"Page test {number}.", name=f"page-{number}", outlet="Pages")
    query: dict[str, Any] = {"outlet": "pages", "limit": 2}
    seen, sizes = [], []
    while True:
        page = scratch.get("/v1/documents", params=query).json()
        seen += [document["name"] for document in page["documents"]]
        sizes.append(len(page["documents"]))
        if page["next"] is None:
            break
        query["after"] = page["next"]
    assert sizes == [2, 2, 1]
    assert sorted(seen) == [f"page-{number}" for number in range(5)]
    whole = scratch.get("/v1/documents", params={"outlet": "pages", "limit": 5}).json()
    assert whole["next"] is None
    assert "text" not in whole["documents"][0]


def test_the_list_can_be_filtered(client: httpx.Client) -> None:
    def titles(**query: Any) -> set[str]:
        found = client.get("/v1/documents", params=query).json()["documents"]
        return {document["title"] for document in found}

    assert titles() == {text["title"] for text in TEXTS}
    assert titles(outlet="HARBOUR GAZETTE") == {"Harbour bridge opens", "Last ferry"}
    assert len(titles(outlet=["Harbour Gazette", "Northern Post"])) == 3
    assert titles(since="2024-05-05", until="2024-05-05") == {"Harbour bridge opens"}
    assert titles(outlet="Nobody") == set()


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("limit=0", "invalid_request"),
        ("limit=201", "invalid_request"),
        ("limit=x", "invalid_request"),
        ("since=yesterday", "invalid_request"),
        ("since=2025-01-01&until=2024-01-01", "invalid_filter"),
        ("after=" + "x" * 1_001, "invalid_request"),
        ("after=d-140f894974d3", "invalid_cursor"),
    ],
)
def test_a_list_that_cannot_be_made_is_told_why(
    client: httpx.Client, problem_of: CheckProblem, query: str, code: str
) -> None:
    problem = problem_of(client.get(f"/v1/documents?{query}"), 422, code)
    if code == "invalid_request":
        assert problem["errors"][0]["parameter"] == query.partition("=")[0]


def test_a_removed_document_is_gone(scratch: httpx.Client, problem_of: CheckProblem) -> None:
    entry = send(scratch, text="The zeppelin mast was taken down.").json()["documents"][0]
    path = f"/v1/documents/{entry['id']}"
    response = scratch.delete(path)
    assert response.status_code == 204
    assert response.content == b""
    problem_of(scratch.get(path), 404, "not_found")
    problem_of(scratch.delete(path), 404, "not_found")
    hits = scratch.post("/v1/search", json={"query": "zeppelin mast"}).json()["hits"]
    assert entry["id"] not in {hit["document_id"] for hit in hits}


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("d-nothing", 404, "not_found"),
        ("d-nothing/text", 404, "not_found"),
        ("%00", 404, "not_found"),
        ("%2e%2e%2fsecret", 404, "no_such_route"),
        ("x" * 300, 422, "invalid_request"),
        ("{id}?version=2", 404, "not_found"),
        ("{id}/text?version=2", 404, "not_found"),
        ("{id}?version=0", 422, "invalid_request"),
        ("{id}/text?version=99999999999999999999", 422, "invalid_request"),
        ("{id}?version=x", 422, "invalid_request"),
    ],
)
def test_what_is_not_there_is_told_so(
    client: httpx.Client, problem_of: CheckProblem, path: str, status: int, code: str
) -> None:
    first = client.get("/v1/documents").json()["documents"][0]["id"]
    response = client.get(f"/v1/documents/{path.replace('{id}', first)}")
    problem = problem_of(response, status, code)
    if code == "not_found":
        assert problem["hint"] == "GET /v1/documents lists the documents and their ids."


def test_what_was_read_out_of_the_text_is_marked(scratch: httpx.Client) -> None:
    page = (
        "<html><head><title>Dredger arrives</title></head><body><article><h1>Dredger arrives</h1>"
        + "<p>The dredger arrived on Monday and will stay for six weeks, the port said.</p>" * 5
        + "</article></body></html>"
    )
    given_ = upload(scratch, ("dredger.html", page.encode()), outlet="Port News")
    found = scratch.get(given_.headers["location"]).json()
    assert found["media_type"] == "text/html"
    assert "outlet" not in found["inferred"]
    assert set(found["inferred"]) <= {"title", "author", "published_at", "url", "language"}


def test_a_pdf_keeps_its_pages(scratch: httpx.Client) -> None:
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out)
    for line in ("The quay was built in 1902.", "It was paved again in 1977."):
        canvas.drawString(72, 700, line)
        canvas.showPage()
    canvas.save()
    location = upload(scratch, ("quay.pdf", out.getvalue())).headers["location"]
    assert scratch.get(location).json()["pages"] == 2
    asked = {"query": "paved quay", "filters": {"documents": [location.rpartition("/")[2]]}}
    hits = scratch.post("/v1/search", json=asked).json()["hits"]
    assert {hit["page"] for hit in hits} <= {1, 2}
    assert hits


def test_a_reader_beside_the_owner_refuses_to_write(
    tmp_path: Path, embeddings: dict[str, Any], problem_of: CheckProblem
) -> None:
    from live_server import live_server

    with serving(tmp_path / "data", **embeddings) as (owner, service):
        send(owner, **TEXTS[0])
        reader = build(service.settings, write=False)
        try:
            with live_server(create_app(reader, service.settings)) as url:
                client = httpx.Client(base_url=url, trust_env=False)
                found = client.get("/v1/documents").json()["documents"]
                assert len(found) == 1
                problem_of(send(client, text=TIDE), 409, "data_directory_in_use")
                gone = client.delete(f"/v1/documents/{found[0]['id']}")
                problem_of(gone, 409, "data_directory_in_use")
                assert owner.get("/v1/documents").json()["documents"] == found
                client.close()
        finally:
            reader.close()


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.text(min_size=1, max_size=80).filter(lambda t: t.strip() and "\x00" not in t))
def test_any_text_comes_back_to_the_letter(scratch: httpx.Client, text: str) -> None:
    response = send(scratch, text=text, name="any")
    if response.status_code == 422:  # nothing in it that could be said, such as format characters
        assert response.json()["code"] == "empty_document"
        return
    identifier = response.json()["documents"][0]["id"]
    assert scratch.get(f"/v1/documents/{identifier}/text").content == text.encode()
