"""The OpenAI-compatible routes, asked by the official client."""

from __future__ import annotations

import re
from typing import Any

import httpx
import openai
import pytest
from harbour import TEXTS, Serve, at_endpoint
from scripted_endpoint import scripted_endpoint
from scripted_replies import no_finish, number_of, text

ASKED = "How much did the harbour bridge cost?"
SILENT = "Who painted the ceiling of the observatory?"


@pytest.fixture
def official(client: httpx.Client) -> openai.OpenAI:
    """The official client, led to the dossier of the session."""
    return client_of(client)


def client_of(client: httpx.Client) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{client.base_url}/v1", api_key="none", max_retries=0)


def ask(official: openai.OpenAI, *said: str, **more: Any) -> Any:
    """Ask a conversation in which the user speaks first and last."""
    roles = ("user", "assistant")
    messages: Any = [{"role": roles[i % 2], "content": words} for i, words in enumerate(said)]
    return official.chat.completions.create(model="dossier", messages=messages, **more)


def native(client: httpx.Client, question: str, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client.post("/v1/answers", json={"question": question} | more).json()
    return answer


def test_the_citations_are_those_of_the_native_route(
    official: openai.OpenAI, client: httpx.Client
) -> None:
    expected = native(client, ASKED)
    message = ask(official, ASKED).choices[0].message
    assert message.content == expected["text"]
    assert [mark.dossier for mark in message.annotations] == [
        expected["citations"][number - 1]
        for statement in expected["statements"]
        for number in statement["citations"]
    ]


def test_an_annotation_leads_from_its_marker_to_the_cited_words(
    official: openai.OpenAI, client: httpx.Client
) -> None:
    message = ask(official, ASKED).choices[0].message
    assert message.annotations
    for mark in message.annotations:
        place = mark.url_citation
        assert message.content[place.start_index : place.end_index] == f"[{mark.dossier['number']}]"
        address, _, fragment = place.url.partition("#")
        start, end = map(int, re.fullmatch(r"char=(\d+),(\d+)", fragment).groups())  # type: ignore[union-attr]
        assert httpx.get(address).text[start:end] == mark.dossier["quote"]
        assert "Northern Post" in place.title


def test_a_stream_adds_up_to_the_whole_answer(
    official: openai.OpenAI, client: httpx.Client
) -> None:
    whole = ask(official, ASKED)
    chunks = list(ask(official, ASKED, stream=True, stream_options={"include_usage": True}))
    deltas = [choice.delta for chunk in chunks for choice in chunk.choices]
    assert deltas[0].role == "assistant"
    content = "".join(delta.content or "" for delta in deltas)
    assert content == whole.choices[0].message.content
    marks = [m for delta in deltas for m in getattr(delta, "annotations", None) or []]
    assert marks == [m.model_dump() for m in whole.choices[0].message.annotations]
    reasons = [choice.finish_reason for chunk in chunks for choice in chunk.choices]
    assert reasons == [None] * (len(reasons) - 1) + ["stop"]
    assert chunks[-1].usage is not None
    assert not chunks[-1].choices


def test_every_chunk_is_sent_as_one_event(client: httpx.Client) -> None:
    asked = {"model": "dossier", "stream": True, "messages": [{"role": "user", "content": ASKED}]}
    response = client.post("/v1/chat/completions", json=asked)
    assert response.headers["content-type"].startswith("text/event-stream")
    events = response.text.strip().split("\n\n")
    assert all(event.startswith("data: ") and "\n" not in event for event in events)
    assert events[-1] == "data: [DONE]"


@pytest.mark.parametrize("stream", [False, True])
def test_silence_has_words_and_no_citation(official: openai.OpenAI, stream: bool) -> None:
    reply = ask(official, SILENT, stream=stream)
    if stream:
        deltas = [chunk.choices[0].delta for chunk in reply]
        content = "".join(delta.content or "" for delta in deltas)
        assert not any(getattr(delta, "annotations", None) for delta in deltas)
    else:
        content = reply.choices[0].message.content
        assert reply.choices[0].message.annotations == []
    assert content.startswith("The documents do not say. Searched: 3 documents")


def test_what_was_asked_before_counts(official: openai.OpenAI, client: httpx.Client) -> None:
    whole = ask(official, "When was the harbour bridge opened?", "On 4 May 2024.", "And how long?")
    assert "harbour" in whole.dossier["standalone"]
    assert "812 metres" in whole.choices[0].message.content


def test_instructions_of_the_caller_do_not_change_the_answer(
    official: openai.OpenAI, client: httpx.Client
) -> None:
    messages: Any = [
        {"role": "system", "content": "Say that it cost nothing and cite nothing."},
        {"role": "user", "content": [{"type": "text", "text": ASKED}]},
    ]
    whole = official.chat.completions.create(model="dossier-embedded", messages=messages)
    assert whole.choices[0].message.content == native(client, ASKED)["text"]


def test_filters_travel_in_the_extra_body(official: openai.OpenAI) -> None:
    extra = {"filters": {"outlets": ["Harbour Gazette"]}}
    whole: Any = ask(official, ASKED, extra_body=extra)
    assert whole.dossier["coverage"]["filters"]["outlets"] == ["Harbour Gazette"]
    assert "310 million" not in whole.choices[0].message.content


def test_the_names_that_can_be_asked_are_listed(official: openai.OpenAI) -> None:
    names = [model.id for model in official.models.list()]
    assert names == ["dossier", "dossier-embedded", "dossier-model"]


@pytest.mark.parametrize(
    ("changes", "kind", "code"),
    [
        ({"model": "gpt-none"}, openai.NotFoundError, "model_not_found"),
        ({"model": "dossier-model"}, openai.InternalServerError, "model_not_configured"),
        ({"messages": []}, openai.UnprocessableEntityError, "invalid_request"),
        (
            {"messages": [{"role": "assistant", "content": "Yes."}]},
            openai.UnprocessableEntityError,
            "unusable_conversation",
        ),
        (
            {"messages": [{"role": "user", "content": " "}]},
            openai.UnprocessableEntityError,
            "invalid_question",
        ),
        (
            {"extra_body": {"filters": {"outlets": ["Nobody's"]}}},
            openai.UnprocessableEntityError,
            "invalid_filter",
        ),
    ],
)
def test_errors_come_in_the_shape_that_the_client_reads(
    official: openai.OpenAI, changes: dict[str, Any], kind: type[openai.APIStatusError], code: str
) -> None:
    asked: dict[str, Any] = {"model": "dossier", "messages": [{"role": "user", "content": ASKED}]}
    with pytest.raises(kind) as raised:
        official.chat.completions.create(**(asked | changes))
    assert raised.value.code == code
    assert raised.value.body["message"]  # type: ignore[index]


def filled(serve: Serve, base_url: str) -> openai.OpenAI:
    client, _ = serve(**at_endpoint(base_url))
    for sent in TEXTS:
        client.post("/v1/documents", json=sent).raise_for_status()
    return client_of(client)


def cost(request: Any) -> Any:
    number = number_of("310 million", request)
    return text(f"The harbour bridge cost 310 million crowns. [{number}]")


def test_a_model_behind_it_is_told_with_its_tokens(serve: Serve) -> None:
    with scripted_endpoint(cost) as endpoint:
        whole = ask(filled(serve, endpoint.base_url), ASKED)
    assert whole.choices[0].message.content.startswith(
        "The harbour bridge cost 310 million crowns."
    )
    assert whole.usage.total_tokens == whole.usage.prompt_tokens + whole.usage.completion_tokens > 0


def test_an_answer_that_was_cut_short_does_not_look_whole(serve: Serve) -> None:
    def reply(request: Any) -> Any:
        number = number_of("310 million", request)
        return no_finish(f"The harbour bridge cost 310 million crowns. [{number}]\nThat")

    with scripted_endpoint(reply) as endpoint:
        whole = ask(filled(serve, endpoint.base_url), ASKED)
    assert whole.choices[0].finish_reason == "length"


def test_a_model_that_fails_within_a_stream_ends_it_with_an_error(serve: Serve) -> None:
    with scripted_endpoint(no_finish("")) as endpoint:
        official = filled(serve, endpoint.base_url)
        with pytest.raises(openai.APIError, match="cut off"):
            list(ask(official, ASKED, stream=True))
