"""Validators, conditional requests and HEAD, over a real server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from harbour import TEXTS, Serve, send

from api.caching import matches

CheckProblem = Callable[[httpx.Response, int, str], dict[str, Any]]

COST = {"question": "How much did the harbour bridge cost?"}


@pytest.fixture(scope="module")
def readable(client: httpx.Client) -> list[str]:
    document = client.get("/v1/documents").json()["documents"][0]["id"]
    answer = client.post("/v1/answers", json=COST).json()["id"]
    return [
        f"/v1/documents/{document}",
        f"/v1/documents/{document}?version=1",
        f"/v1/documents/{document}/text",
        "/v1/documents?limit=2",
        f"/v1/answers/{answer}",
        f"/v1/answers/{answer}/manifest",
        "/v1/answers?limit=1",
        "/v1/answers/affected",
        "/v1/stories",
        "/v1/models",
    ]


def test_what_has_not_changed_is_not_sent_again(client: httpx.Client, readable: list[str]) -> None:
    for path in readable:
        first = client.get(path)
        etag = first.headers["etag"]
        assert etag.startswith('"'), path
        assert first.headers["cache-control"] == "no-store"
        for known in (etag, f"W/{etag}", f'"other" , {etag}', "*"):
            again = client.get(path, headers={"If-None-Match": known})
            assert (again.status_code, again.content) == (304, b""), (path, known)
            assert again.headers["etag"] == etag
            assert "content-type" not in again.headers
        for unknown in ('"other"', etag.strip('"'), ""):
            again = client.get(path, headers={"If-None-Match": unknown})
            assert (again.status_code, again.content) == (200, first.content), (path, unknown)


def test_heads_are_those_of_the_whole(client: httpx.Client, readable: list[str]) -> None:
    for path in (*readable, "/livez", "/openapi.json", "/v1/documents/d-nothing", "/nowhere"):
        whole, head = client.get(path), client.head(path)
        assert (head.status_code, head.content) == (whole.status_code, b""), path
        for name in ("content-type", "etag", "cache-control", "content-length"):
            if name != "content-length" or whole.is_success:  # a problem has an id of its own
                assert head.headers.get(name) == whole.headers.get(name), (path, name)
    etag = client.get(readable[0]).headers["etag"]
    assert client.head(readable[0], headers={"If-None-Match": etag}).status_code == 304
    assert client.head("/v1/search").status_code == 405


def test_a_tag_changes_with_what_it_is_for(serve: Serve, embeddings: dict[str, Any]) -> None:
    client, _ = serve(**embeddings)
    document = send(client, **TEXTS[0]).json()["documents"][0]["id"]
    paths = [f"/v1/documents/{document}", f"/v1/documents/{document}/text", "/v1/documents"]
    before = [client.get(path).headers["etag"] for path in paths]
    send(client, **{**TEXTS[0], "text": "It is 813 metres long."})
    after = [client.get(path).headers["etag"] for path in paths]
    assert not set(before) & set(after)
    first = client.get(f"{paths[0]}?version=1")
    assert first.json()["latest"] == 2
    assert first.headers["etag"] not in before, "the newest version is another"


def test_only_what_is_as_it_was_is_removed(
    serve: Serve, embeddings: dict[str, Any], problem_of: CheckProblem
) -> None:
    client, _ = serve(**embeddings)
    path = "/v1/documents/" + send(client, **TEXTS[0]).json()["documents"][0]["id"]
    known = client.get(path).headers["etag"]
    send(client, **{**TEXTS[0], "text": "It is 813 metres long."})
    for stale in (known, '"other"', f"W/{client.get(path).headers['etag']}", ""):
        refused = client.delete(path, headers={"If-Match": stale})
        problem_of(refused, 412, "precondition_failed")
    missing = client.delete("/v1/documents/d-nothing", headers={"If-Match": "*"})
    problem_of(missing, 404, "not_found")
    now = client.get(path).headers["etag"]
    assert client.delete(path, headers={"If-Match": f'"other", {now}'}).status_code == 204
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    ("header", "strong", "weak"),
    [
        ('"a"', True, True),
        ('W/"a"', False, True),
        ('"b","a"', True, True),
        ('"b", W/"a"', False, True),
        ("*", True, True),
        ('"A"', False, False),
        ("a", False, False),
        ('"b" "a"', False, False),
        ('"a', False, False),
        ("", False, False),
    ],
)
def test_lists_of_tags_are_read_as_they_are_written(header: str, strong: bool, weak: bool) -> None:
    assert matches(header, '"a"') is strong
    assert matches(header, '"a"', weak=True) is weak
