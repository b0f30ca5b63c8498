"""POST /v1/search, over a real server."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from harbour import TEXTS

CheckProblem = Callable[[httpx.Response, int, str], dict[str, Any]]


def test_hits_are_the_exact_words_at_their_place(client: httpx.Client) -> None:
    reply = client.post("/v1/search", json={"query": "ferry captain gulls"}).json()
    best = reply["hits"][0]
    assert best["title"] == "Last ferry"
    assert best["outlet"] == "Harbour Gazette"
    assert best["published_at"] == "2023-11-30"
    assert best["passage_id"].startswith(f"{best['document_id']}.{best['version']}.")
    assert best["page"] is None
    assert best["scores"]
    scores = [hit["score"] for hit in reply["hits"]]
    assert scores[0] == max(scores)  # behind it, other outlets come before near-equals
    for hit in reply["hits"]:
        text = client.get(f"/v1/documents/{hit['document_id']}/text").text
        assert text[hit["start"] : hit["end"]] == hit["text"] != ""
    assert reply["coverage"]["documents"] == len(TEXTS)
    assert reply["coverage"]["passages"] >= len(TEXTS)
    assert reply["coverage"]["earliest"] == "2023-11-30"
    assert reply["coverage"]["latest"] == "2024-06-11"


def test_the_steps_tell_the_searches_that_were_made(client: httpx.Client) -> None:
    plain = client.post("/v1/search", json={"query": "ferry captain gulls"}).json()
    assert [(step["query"], step["why"]) for step in plain["steps"]] == [
        ("ferry captain gulls", "the question")
    ]
    assert set(plain["steps"][0]["documents"]) == {hit["document_id"] for hit in plain["hits"]}
    query = "Do the Harbour Gazette and the Northern Post differ on the bridge?"
    steps = client.post("/v1/search", json={"query": query}).json()["steps"]
    assert [step["why"] for step in steps[:3]] == [
        "the question",
        "one side: Harbour Gazette",
        "one side: Northern Post",
    ]
    answer = client.post("/v1/answers", json={"question": query}).json()
    assert answer["trace"] == steps


def test_filters_and_limit_hold(client: httpx.Client) -> None:
    asked = {"query": "bridge", "filters": {"since": "2024-01-01"}, "limit": 1}
    reply = client.post("/v1/search", json=asked).json()
    assert len(reply["hits"]) == 1
    assert reply["coverage"]["documents"] == 2
    assert reply["coverage"]["filters"]["since"] == "2024-01-01"
    assert reply["hits"][0]["published_at"] >= "2024-01-01"


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"query": ""}, "invalid_question"),
        ({"query": " \n"}, "invalid_question"),
        ({"query": "x" * 5_000}, "invalid_question"),
        ({"query": "bridge", "limit": 0}, "invalid_request"),
        ({"query": "bridge", "limit": 51}, "invalid_request"),
        ({"query": "bridge", "sort": "date"}, "invalid_request"),
        ({}, "invalid_request"),
        ({"query": "bridge", "filters": {"outlets": ["x"] * 1_001}}, "invalid_request"),
        ({"query": "bridge", "filters": {"documents": ["x"] * 40_000}}, "invalid_request"),
        ({"query": "bridge", "filters": {"documents": ["d-nothing"]}}, "invalid_filter"),
        (
            {"query": "bridge", "filters": {"since": "2025-01-01", "until": "2024-01-01"}},
            "invalid_filter",
        ),
    ],
)
def test_a_search_that_cannot_be_made_is_told_why(
    client: httpx.Client, problem_of: CheckProblem, asked: dict[str, Any], code: str
) -> None:
    problem_of(client.post("/v1/search", json=asked), 422, code)
