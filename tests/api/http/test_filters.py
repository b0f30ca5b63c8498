"""Collections, languages and the day to look from, over a real server."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from harbour import TEXTS, send, serving, upload

CheckProblem = Callable[[httpx.Response, int, str], dict[str, Any]]
BRIDGE = "How much did the harbour bridge cost"


@pytest.fixture(scope="module")
def shelves(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """A server with two texts in a collection, and a file of another language in another."""
    with serving(tmp_path_factory.mktemp("shelves") / "data") as (client, _):
        for text in TEXTS[:2]:
            send(client, **text, collection="Crossings", language="en-GB").raise_for_status()
        file = ("ferry.txt", TEXTS[2]["text"].encode())
        upload(client, file, collection="Boats", language="nl").raise_for_status()
        yield client


def titles(client: httpx.Client, **query: Any) -> list[str]:
    found = client.get("/v1/documents", params=query).json()["documents"]
    return sorted(document["title"] or document["name"] for document in found)


def test_the_list_takes_every_filter(shelves: httpx.Client) -> None:
    both = ["Harbour bridge opens", "What the bridge cost"]
    documents = shelves.get("/v1/documents").json()["documents"]
    assert {one["name"]: (one["collection"], one["language"]) for one in documents} == {
        "opening.txt": ("Crossings", "en"),
        "cost.txt": ("Crossings", "en"),
        "ferry.txt": ("Boats", "nl"),
    }
    assert titles(shelves, collection="CROSSINGS") == both
    assert titles(shelves, collection=["crossings", "boats"]) == sorted([*both, "ferry.txt"])
    assert titles(shelves, language="en-US") == both
    assert titles(shelves, as_of="2024-06-10") == ["Harbour bridge opens"]
    assert titles(shelves, document=documents[0]["id"], limit=5) == titles(shelves, limit=1)
    assert titles(shelves, collection="boats", language="en") == []
    assert titles(shelves, collection="Nowhere") == []


@pytest.mark.parametrize(
    "query", ["language=english", "since=2025-01-02&as_of=2025-01-01", "language="]
)
def test_what_no_document_can_pass_is_refused(
    shelves: httpx.Client, problem_of: CheckProblem, query: str
) -> None:
    problem_of(shelves.get(f"/v1/documents?{query}"), 422, "invalid_filter")


def ask(client: httpx.Client, question: str, **filters: Any) -> Any:
    asked = {"question": question, "filters": filters}
    return client.post("/v1/answers", json=asked).raise_for_status().json()


def test_an_answer_rests_on_what_was_published_by_then(shelves: httpx.Client) -> None:
    later = ask(shelves, f"{BRIDGE}?", as_of="2024-06-11", collections=["crossings"])
    assert "310 million" in later["text"]
    assert later["coverage"]["documents"] == 2
    earlier = ask(shelves, f"{BRIDGE}?", as_of="2024-06-10")
    assert earlier["coverage"]["documents"] == 1
    assert "310 million" not in earlier["text"]
    assert earlier["coverage"]["filters"]["as_of"] == "2024-06-10"


def test_expressions_of_time_are_told_as_they_were_read(shelves: httpx.Client) -> None:
    answer = ask(shelves, f"{BRIDGE} last month?", as_of="2024-07-01")
    assert "310 million" in answer["text"]
    assert answer["coverage"]["documents"] == 1
    assert answer["coverage"]["dates"] == [
        {
            "text": "last month",
            "first": "2024-06-01",
            "last": "2024-06-30",
            "since": "2024-06-01",
            "until": None,
            "told": "as_of 2024-07-01",
        }
    ]
    assert shelves.get(f"/v1/answers/{answer['id']}").json() == answer
    event = ask(shelves, f"{BRIDGE} after the opening?", dates={"The opening": "2024-06-01"})
    assert event["coverage"]["filters"]["since"] == "2024-06-01"
    untold = ask(shelves, f"{BRIDGE} after the opening?")
    assert untold["coverage"]["dates"] == []
    assert "after the opening" in untold["coverage"]["notes"][0]
    assert untold["coverage"]["documents"] == 3


def test_a_search_reads_them_alike(shelves: httpx.Client) -> None:
    asked = {"query": "bridge since last week", "filters": {"as_of": "2024-06-12"}}
    reply = shelves.post("/v1/search", json=asked).json()
    assert [hit["title"] for hit in reply["hits"]] == ["What the bridge cost"]
    assert reply["coverage"]["dates"][0]["text"] == "since last week"
    assert reply["coverage"]["filters"]["since"] == "2024-06-03"


@pytest.mark.parametrize(
    ("filters", "code"),
    [
        ({"collections": ["Nowhere"]}, "invalid_filter"),
        ({"languages": ["english"]}, "invalid_filter"),
        ({"since": "2024-07-02", "as_of": "2024-07-01"}, "invalid_filter"),
        ({"until": "2024-01-01", "as_of": "2024-07-01"}, "invalid_filter"),  # with "last month"
        ({"dates": {" ": "2024-07-01"}}, "invalid_request"),
        ({"dates": {"pact": "soon"}}, "invalid_request"),
        ({"dates": {f"pact {n}": "2024-07-01" for n in range(1001)}}, "invalid_request"),
        ({"collections": ["x"] * 1001}, "invalid_request"),
    ],
)
@pytest.mark.parametrize(("path", "field"), [("answers", "question"), ("search", "query")])
def test_filters_that_cannot_hold_are_refused(
    shelves: httpx.Client, problem_of: CheckProblem, path: str, field: str, filters: Any, code: str
) -> None:
    asked = {field: f"{BRIDGE} last month?", "filters": filters}
    problem_of(shelves.post(f"/v1/{path}", json=asked), 422, code)
