"""Lists in pages, over a real server: nothing is missed, nothing comes twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from harbour import TEXTS, Serve, send
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

CheckProblem = Callable[[httpx.Response, int, str], dict[str, Any]]

COPIED = "The toll will be {} crowns for a car from {} July, the council of the harbour said today."


@pytest.fixture(scope="module")
def full(tmp_path_factory: pytest.TempPathFactory, embeddings: dict[str, Any]) -> Iterator[Any]:
    """A server with lists of several entries each."""
    from harbour import serving

    with serving(tmp_path_factory.mktemp("pages"), **embeddings) as (client, _):
        for sent in TEXTS:
            send(client, **sent).raise_for_status()
        for story in range(5):
            for copy in range(2 + story % 2):
                words = COPIED.format(story * 7 + 10, story + 1)
                send(client, name=f"s{story}-{copy}", text=words).raise_for_status()
        for question in ("How long is the harbour bridge?", "How much did the bridge cost?"):
            for _ in range(2):
                client.post("/v1/answers", json={"question": question, "answerer": "embedded"})
        for sent in TEXTS[:2]:
            send(client, **{**sent, "text": f"It was all a mistake. {sent['title']}"})
        yield client


LISTS = {
    "/v1/documents": "documents",
    "/v1/answers": "answers",
    "/v1/answers/affected": "answers",
    "/v1/stories": "stories",
}


def pages(client: httpx.Client, path: str, **query: Any) -> Iterator[dict[str, Any]]:
    """Follow a list to its end by its cursors."""
    while True:
        reply = client.get(path, params=query)
        assert reply.status_code == 200, reply.text
        page = reply.json()
        yield page
        if page["next"] is None:
            assert "link" not in reply.headers
            return
        link = reply.links["next"]["url"]
        assert httpx.URL(link).params["after"] == page["next"]
        assert client.get(link).status_code == 200
        query["after"] = page["next"]


@pytest.mark.parametrize("path", LISTS)
def test_pages_put_together_are_the_list(full: httpx.Client, path: str) -> None:
    name = LISTS[path]
    whole = full.get(path, params={"limit": 100}).json()
    assert whole["next"] is None
    ids = [one["id"] for one in whole[name]]
    assert len(ids) >= 2
    for limit in (1, 2, 3):
        found = [[one["id"] for one in page[name]] for page in pages(full, path, limit=limit)]
        assert all(len(page) == limit for page in found[:-1])
        together = [one for page in found for one in page]
        assert sorted(together) == sorted(ids)
        assert path == "/v1/stories" or together == ids
    sizes = [one.get("documents", 0) for one in whole[name]]
    assert sizes == sorted(sizes, reverse=True)


def test_what_comes_in_between_moves_nothing(serve: Serve, embeddings: dict[str, Any]) -> None:
    client, _ = serve(**embeddings)
    for sent in TEXTS:
        send(client, **sent)
    asked = {"question": "How long is the harbour bridge?", "answerer": "embedded"}
    given = [client.post("/v1/answers", json=asked).json()["id"] for _ in range(3)]
    first = client.get("/v1/answers", params={"limit": 1}).json()
    client.post("/v1/answers", json=asked)
    rest = client.get("/v1/answers", params={"limit": 5, "after": first["next"]}).json()
    assert [one["id"] for one in (*first["answers"], *rest["answers"])] == given[::-1]


def test_a_cursor_is_of_its_list_and_its_filters(
    full: httpx.Client, problem_of: CheckProblem
) -> None:
    cursor = full.get("/v1/documents", params={"limit": 1}).json()["next"]
    assert full.get("/v1/documents", params={"limit": 9, "after": cursor}).status_code == 200
    for path, more in [
        ("/v1/answers", {}),
        ("/v1/stories", {}),
        ("/v1/documents", {"outlet": "Northern Post"}),
    ]:
        refused = full.get(path, params={**more, "limit": 1, "after": cursor})
        problem_of(refused, 422, "invalid_cursor")
    for place in range(len(cursor)):
        other = "A" if cursor[place] != "A" else "B"
        bent = cursor[:place] + other + cursor[place + 1 :]
        reply = full.get("/v1/documents", params={"limit": 1, "after": bent})
        assert reply.status_code == 422 or place == len(cursor) - 1  # bits that carry nothing


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(path=st.sampled_from(sorted(LISTS)), cursor=st.text(max_size=60))
def test_any_words_are_no_cursor(full: httpx.Client, path: str, cursor: str) -> None:
    reply = full.get(path, params={"after": cursor.encode("utf-8", "replace")})
    assert (reply.status_code, reply.json()["code"]) == (422, "invalid_cursor")
