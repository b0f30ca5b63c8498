"""Recorded answers over HTTP: listed, explained, replayed and held to their sources."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from earlier import TEXT, WITHIN, write_0002
from harbour import TEXTS, Serve

from qa.audit.manifest import Manifest

COST = "How much did the harbour bridge cost?"
CheckProblem = Callable[[httpx.Response, int, str], dict[str, Any]]


@pytest.fixture
def own(serve: Serve, embeddings: dict[str, Any]) -> httpx.Client:
    """A client of a server whose documents a test may change."""
    client, _ = serve(**embeddings)
    for sent in TEXTS:
        client.post("/v1/documents", json=sent).raise_for_status()
    return client


def ask(client: httpx.Client, question: str = COST, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client.post("/v1/answers", json={"question": question, **more}).json()
    assert answer["status"] == "answered", answer
    return answer


def replay(client: httpx.Client, name: str, **how: Any) -> dict[str, Any]:
    response = client.post(f"/v1/answers/{name}/replay", json=how)
    assert response.status_code == 200, response.text
    replayed: dict[str, Any] = response.json()
    return replayed


def test_answers_are_listed_newest_first(own: httpx.Client) -> None:
    assert own.get("/v1/answers").json() == {"answers": [], "more": False, "next": None}
    first, second = ask(own), ask(own)
    listed = own.get("/v1/answers", params={"limit": 1}).json()
    assert [one["id"] for one in listed["answers"]] == [second["id"]]
    assert listed["more"]
    assert listed["answers"][0]["question"] == COST
    both = own.get("/v1/answers").json()
    assert [one["id"] for one in both["answers"]] == [second["id"], first["id"]]
    assert not both["more"]


def test_a_manifest_is_whole_and_its_places_hold_the_words(own: httpx.Client) -> None:
    turn = {"question": "When was it opened?", "standalone": "When was it opened?", "answer": "a-1"}
    asked = {"filters": {"outlets": ["northern post"]}, "history": [turn]}
    answer = ask(own, **asked)
    manifest = Manifest.model_validate(own.get(f"/v1/answers/{answer['id']}/manifest").json())
    assert manifest.id == answer["id"]
    assert manifest.standalone == answer["standalone"]
    assert manifest.question.filters.outlets == ("northern post",)
    assert manifest.question.history[0].answer == "a-1"
    (document,) = manifest.documents
    texts = {(document.id, document.version): own.get(f"/v1/documents/{document.id}/text").text}
    quotes = [
        texts[one.document_id, one.version][one.start : one.end] for one in manifest.sentences
    ]
    assert {cited["quote"] for cited in answer["citations"]} <= set(quotes)
    assert manifest.settings_sha256 != ""
    assert "embedding_api_key" not in manifest.settings


def test_a_replay_is_identical_until_something_changes(own: httpx.Client) -> None:
    answer = ask(own)
    for recorded in (False, True):
        replayed = replay(own, answer["id"], recorded=recorded)
        assert replayed["identical"]
        assert replayed["differences"] == replayed["changes"] == []
        assert replayed["answer"]["text"] == answer["text"]
        assert own.get(f"/v1/answers/{replayed['answer']['id']}").status_code == 404
    cost = next(sent for sent in TEXTS if sent["name"] == "cost.txt")
    changed = cost["text"].replace("310 million", "320 million")
    own.post("/v1/documents", json={**cost, "text": changed}).raise_for_status()
    replayed = replay(own, answer["id"])
    assert not replayed["identical"]
    kinds = {one["kind"] for one in replayed["differences"]}
    assert "statement_changed" in kinds
    document = answer["citations"][0]["document_id"]
    assert {
        "kind": "document_changed",
        "name": document,
        "was": "version 1",
        "now": "version 2",
    } in replayed["changes"]
    assert replay(own, answer["id"], recorded=True)["identical"]


def test_new_documents_are_named_as_what_may_have_made_the_difference(own: httpx.Client) -> None:
    answer = ask(own)
    sent = {
        "name": "new",
        "text": "The harbour bridge cost 310 million crowns, says the mayor too.",
    }
    new = own.post("/v1/documents", json=sent).json()["documents"][0]["id"]
    changes = replay(own, answer["id"])["changes"]
    assert {"kind": "document_new", "name": new, "was": None, "now": None} in changes
    assert "record" in {change["kind"] for change in changes}


def test_affected_answers_are_told_with_what_stands_there_now(own: httpx.Client) -> None:
    answer = ask(own)
    assert own.get("/v1/answers/affected").json() == {"answers": [], "more": False, "next": None}
    document = answer["citations"][0]["document_id"]
    cost = next(sent for sent in TEXTS if sent["name"] == "cost.txt")
    changed = cost["text"].replace("310 million", "320 million")
    own.post("/v1/documents", json={**cost, "text": changed}).raise_for_status()
    (found,) = own.get("/v1/answers/affected", params={"document": document}).json()["answers"]
    assert found["id"] == answer["id"]
    assert found["affected"]
    cited = found["citations"][0]
    assert cited["state"] == "changed"
    assert "320 million" in cited["closest"]["quote"]
    others = own.get("/v1/answers/affected", params={"document": "d-other"}).json()
    assert others["answers"] == []
    later = own.get("/v1/answers/affected", params={"since": "2999-01-01"}).json()
    assert later["answers"] == []
    ask(own, "When was the harbour bridge opened?")
    for sent in TEXTS:
        own.post("/v1/documents", json={**sent, "text": "All of it was a mistake."})
    short = own.get("/v1/answers/affected", params={"limit": 1}).json()
    assert [one["id"] for one in short["answers"]] == [answer["id"]]
    assert short["more"]


def test_what_is_not_there_is_a_problem(own: httpx.Client, problem_of: CheckProblem) -> None:
    problem_of(own.get("/v1/answers/a-nothing/manifest"), 404, "not_found")
    problem_of(own.post("/v1/answers/a-nothing/replay", json={}), 404, "not_found")
    problem_of(own.post("/v1/answers/a-nothing/replay", json={"how": 1}), 422, "invalid_request")
    problem_of(own.get("/v1/answers/affected", params={"since": "May"}), 422, "invalid_request")


def test_an_answer_older_than_manifests_is_asked_anew_only(
    serve: Serve, embeddings: dict[str, Any], tmp_path: Path, problem_of: CheckProblem
) -> None:
    write_0002(tmp_path / "old")
    client, _ = serve("old", **embeddings)
    problem_of(client.get("/v1/answers/a-0/manifest"), 404, "not_found")
    response = client.post("/v1/answers/a-0/replay", json={"recorded": True})
    problem = problem_of(response, 422, "not_replayable")
    assert "a-0" in problem["detail"]
    assert "--" not in problem["hint"], "hints over HTTP do not speak of command line flags"
    replayed = replay(client, "a-0")
    assert replayed["differences"][0] == {
        "kind": "status",
        "name": None,
        "statement": None,
        "was": "answered",
        "now": "not_in_documents",
    }
    changed = TEXT.replace("214", "215")
    client.post("/v1/documents", json={"name": "osby", "text": changed}).raise_for_status()
    (found,) = client.get("/v1/answers/affected").json()["answers"]
    assert (found["id"], found["citations"][0]["state"]) == ("a-0", "changed")
    assert found["citations"][0]["quote"] == WITHIN
    assert json.loads(client.get("/v1/answers/a-0").text)["id"] == "a-0"
