"""POST /v1/answers and GET /v1/answers/{id}, over a real server."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from harbour import TEXTS, Serve, at_endpoint
from scripted_endpoint import scripted_endpoint
from scripted_replies import hang, status, text
from sse import Event, read_events

from qa.models import Answer

CheckProblem = Callable[[httpx.Response, int, str], dict[str, Any]]

LENGTH = {"question": "How long is the harbour bridge?"}
COST = {"question": "How much did the harbour bridge cost?"}
BACKWARDS = {"since": "2025-01-01", "until": "2024-01-01"}
SILENT = {"question": "Which penguin species breeds on Bouvet Island?"}


def stream(client: httpx.Client, asked: dict[str, Any], accept: str = "text/event-stream") -> Any:
    return client.stream("POST", "/v1/answers", json=asked, headers={"Accept": accept})


def events_of(client: httpx.Client, asked: dict[str, Any]) -> list[Event]:
    with stream(client, asked) as response:
        assert response.status_code == 200, response.read()
        return read_events(response.iter_lines())


def without_chance(answer: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in answer.items() if k not in {"id", "created_at", "timings"}}


def test_an_answer_cites_the_exact_words_of_the_right_document(client: httpx.Client) -> None:
    response = client.post("/v1/answers", json=LENGTH)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json"
    answer = Answer.model_validate(response.json())
    assert answer.status == "answered"
    assert "812 metres" in answer.text
    assert answer.citations
    for citation in answer.citations:
        words = client.get(
            f"/v1/documents/{citation.document_id}/text", params={"version": citation.version}
        ).text
        assert words[citation.start : citation.end] == citation.quote
    assert answer.citations[0].title == "Harbour bridge opens"
    assert answer.citations[0].outlet == "Harbour Gazette"


def test_where_the_documents_do_not_say_the_answer_says_so(client: httpx.Client) -> None:
    answer = client.post("/v1/answers", json=SILENT).json()
    assert answer["status"] == "not_in_documents"
    assert answer["citations"] == []
    assert answer["coverage"]["documents"] == len(TEXTS)


def test_filters_narrow_what_is_searched(client: httpx.Client) -> None:
    asked = {**COST, "filters": {"outlets": ["harbour gazette"], "since": "2024-01-01"}}
    coverage = client.post("/v1/answers", json=asked).json()["coverage"]
    assert coverage["documents"] == 1
    assert coverage["outlets"] == ["Harbour Gazette"]
    assert coverage["filters"]["since"] == "2024-01-01"


def test_a_follow_up_is_understood_from_the_history(client: httpx.Client) -> None:
    turn = {"question": COST["question"], "standalone": COST["question"]}
    asked = {"question": "And how long is it?", "history": [turn]}
    answer = client.post("/v1/answers", json=asked).json()
    assert answer["question"] == "And how long is it?"
    assert "bridge" in answer["standalone"]


def test_a_recorded_answer_can_be_read_again(
    client: httpx.Client, problem_of: CheckProblem
) -> None:
    answer = client.post("/v1/answers", json=COST).json()
    assert client.get(f"/v1/answers/{answer['id']}").json() == answer
    problem = problem_of(client.get("/v1/answers/a-000000000000"), 404, "not_found")
    assert "a-000000000000" in problem["detail"]


def test_the_same_question_gets_the_same_answer(client: httpx.Client) -> None:
    first, second = (client.post("/v1/answers", json=COST).json() for _ in range(2))
    assert without_chance(first) == without_chance(second)


def test_events_tell_the_answer_as_it_comes_about(client: httpx.Client) -> None:
    with stream(client, LENGTH) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        assert response.headers["cache-control"] == "no-cache"
        assert response.headers["x-accel-buffering"] == "no"
        assert response.headers["vary"] == "Accept"
        assert response.headers["x-request-id"]
        events = read_events(response.iter_lines())
    names = [event.name for event in events]
    assert names[:2] == ["started", "retrieved"]
    assert names[-1] == "answer"
    assert set(names[2:-1]) == {"statement"}
    assert [event.id for event in events] == [str(n) for n in range(1, len(events) + 1)]
    assert all(event.data["type"] == event.name for event in events)
    answer = events[-1].data["answer"]
    assert answer["id"] == events[0].data["id"]
    assert "".join(e.data["text"] for e in events if e.name == "statement") == answer["text"]
    assert client.get(f"/v1/answers/{answer['id']}").json() == answer
    whole = client.post("/v1/answers", json=LENGTH).json()
    assert without_chance(answer) == without_chance(whole)


@pytest.mark.parametrize(
    ("accept", "sent"),
    [
        ("*/*", "application/json"),
        ("application/json;q=0.4, text/event-stream;q=0.5", "text/event-stream"),
        ("application/json, text/event-stream;q=0.5", "application/json"),
        ("text/event-stream, */*;q=0.1", "text/event-stream"),
    ],
)
def test_the_accept_header_decides_the_form(client: httpx.Client, accept: str, sent: str) -> None:
    response = client.post("/v1/answers", json=SILENT, headers={"Accept": accept})
    assert response.headers["content-type"].startswith(sent)
    assert response.headers["vary"] == "Accept"


def test_what_cannot_be_sent_is_refused(client: httpx.Client, problem_of: CheckProblem) -> None:
    response = client.post("/v1/answers", json=COST, headers={"Accept": "text/html"})
    problem_of(response, 406, "not_acceptable")


@pytest.mark.parametrize("accept", ["application/json", "text/event-stream"])
@pytest.mark.parametrize(
    ("asked", "status_code", "code"),
    [
        ({"question": "  "}, 422, "invalid_question"),
        ({"question": "why " * 25_000}, 422, "invalid_question"),
        ({**COST, "filters": {"documents": ["d-nothing"]}}, 422, "invalid_filter"),
        ({**COST, "filters": BACKWARDS}, 422, "invalid_filter"),
        ({**COST, "answerer": "model"}, 503, "model_not_configured"),
    ],
)
def test_a_question_that_is_refused_gets_a_problem_in_either_form(
    client: httpx.Client,
    problem_of: CheckProblem,
    accept: str,
    asked: dict[str, Any],
    status_code: int,
    code: str,
) -> None:
    response = client.post("/v1/answers", json=asked, headers={"Accept": accept})
    problem = problem_of(response, status_code, code)
    assert len(response.content) < 2_000
    assert "--" not in problem["hint"], "hints over HTTP do not speak of command line flags"


def test_a_model_that_fails_is_told_in_either_form(serve: Serve, problem_of: CheckProblem) -> None:
    with scripted_endpoint(status(401)) as endpoint:
        client, _ = serve(**at_endpoint(endpoint.base_url), model_timeout=20)
        client.post("/v1/documents", json=TEXTS[0]).raise_for_status()
        problem_of(client.post("/v1/answers", json=LENGTH), 502, "model_unauthorized")
        events = events_of(client, LENGTH)
        assert [event.name for event in events] == ["started", "retrieved", "error"]
        assert events[-1].data["code"] == "model_unauthorized"
        assert events[-1].data["message"]
        assert events[-1].data["hint"]


def test_a_model_that_takes_too_long_is_a_gateway_timeout(
    serve: Serve, problem_of: CheckProblem
) -> None:
    with scripted_endpoint(hang(30)) as endpoint:
        client, _ = serve(**at_endpoint(endpoint.base_url), model_timeout=0.3)
        client.post("/v1/documents", json=TEXTS[0]).raise_for_status()
        problem_of(client.post("/v1/answers", json=LENGTH), 504, "model_timeout")
        asked = {**LENGTH, "answerer": "embedded"}
        assert client.post("/v1/answers", json=asked).json()["answerer"] == "embedded"


def test_a_models_sentences_come_as_events(serve: Serve) -> None:
    with scripted_endpoint(text("The bridge is 812 metres long. [1]")) as endpoint:
        client, _ = serve(**at_endpoint(endpoint.base_url))
        client.post("/v1/documents", json=TEXTS[0]).raise_for_status()
        answer = events_of(client, LENGTH)[-1].data["answer"]
        assert answer["answerer"] == "model"
        assert answer["model"] == "scripted"
        assert answer["usage"] == {"prompt_tokens": 11, "completion_tokens": 7}


@pytest.mark.parametrize(
    ("body", "status_code", "code", "pointer"),
    [
        ({}, 422, "invalid_request", "#/question"),
        ({"question": 7}, 422, "invalid_request", "#/question"),
        ({**COST, "filter": {}}, 422, "invalid_request", "#/filter"),
        ({**COST, "filters": {"since": "May"}}, 422, "invalid_request", "#/filters/since"),
        ({**COST, "history": [{}]}, 422, "invalid_request", "#/history/0/standalone"),
        ({**COST, "answerer": "oracle"}, 422, "invalid_request", "#/answerer"),
        ([1, 2], 422, "invalid_request", "#"),
    ],
)
def test_a_body_that_does_not_fit_is_told_where(
    client: httpx.Client,
    problem_of: CheckProblem,
    body: Any,
    status_code: int,
    code: str,
    pointer: str,
) -> None:
    problem = problem_of(client.post("/v1/answers", json=body), status_code, code)
    assert pointer in [error["pointer"] for error in problem["errors"]]
    assert "input" not in problem["errors"][0]


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"question": "\xff"}', b"[" * 50_000, b'{"question": ' + b"9" * 5_000 + b"}"],
)
def test_a_body_that_is_not_json_is_told_so(
    client: httpx.Client, problem_of: CheckProblem, body: bytes
) -> None:
    headers = {"Content-Type": "application/json"}
    response = client.post("/v1/answers", content=body, headers=headers)
    problem_of(response, response.status_code, response.json()["code"])
    assert response.status_code in {400, 422}
    assert len(response.content) < 2_000


def test_half_a_surrogate_pair_is_told_and_not_echoed(
    client: httpx.Client, problem_of: CheckProblem
) -> None:
    body = b'{"question": "what \\ud83d?"}'
    headers = {"Content-Type": "application/json"}
    response = client.post("/v1/answers", content=body, headers=headers)
    problem_of(response, 422, response.json()["code"])


def test_huge_field_names_are_not_echoed(client: httpx.Client, problem_of: CheckProblem) -> None:
    body = {f"{'x' * 1_000}{n}": 1 for n in range(300)}
    response = client.post("/v1/answers", json=body)
    problem_of(response, 422, "invalid_request")
    assert len(response.content) < 10_000


@pytest.mark.parametrize("content_type", [None, "text/plain", "multipart/form-data; boundary=x"])
def test_only_json_is_read(
    client: httpx.Client, problem_of: CheckProblem, content_type: str | None
) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    response = client.post("/v1/answers", content=json.dumps(COST).encode(), headers=headers)
    problem_of(response, 415, "unsupported_media_type")
