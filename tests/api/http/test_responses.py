"""``POST /v1/responses`` asked by the official client, and one question by every route."""

from __future__ import annotations

import json
import re
from typing import Any

import httpx
import openai
import pytest
from harbour import TEXTS, Serve, at_endpoint
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter
from scripted_endpoint import scripted_endpoint
from scripted_replies import no_finish, number_of, status, text
from tenants import tenants

ASKED = "When was the harbour bridge opened, and how much did it cost?"
SILENT = "Who painted the ceiling of the observatory?"
EVENT: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)


@pytest.fixture
def official(client: httpx.Client) -> openai.OpenAI:
    """The official client, led to the dossier of the session."""
    return client_of(client)


def client_of(client: httpx.Client, key: str = "none") -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{client.base_url}/v1", api_key=key, max_retries=0)


def ask(official: openai.OpenAI, asked: Any = ASKED, **more: Any) -> Any:
    return official.responses.create(model="dossier", input=asked, **more)


def native(client: httpx.Client, question: str, **more: Any) -> dict[str, Any]:
    answer: dict[str, Any] = client.post("/v1/answers", json={"question": question} | more).json()
    return answer


Place = tuple[str, int, int, int, str]


def place(cited: dict[str, Any]) -> Place:
    return tuple(cited[n] for n in ("document_id", "version", "start", "end", "quote"))  # type: ignore[return-value]


def events_of(client: httpx.Client) -> list[dict[str, Any]]:
    headers = {"Accept": "text/event-stream"}
    whole = client.post("/v1/answers", json={"question": ASKED}, headers=headers).text
    return [json.loads(line[6:]) for line in whole.splitlines() if line.startswith("data: ")]


def test_every_route_gives_the_same_words_and_citations(
    official: openai.OpenAI, client: httpx.Client
) -> None:
    """Native, chat completions and responses, each whole and as a stream."""
    whole = native(client, ASKED)
    numbers = [number for s in whole["statements"] for number in s["citations"]]
    expected = [place(whole["citations"][number - 1]) for number in numbers]
    assert len(expected) > 1
    found: dict[str, tuple[str, list[Place]]] = {}

    told = [event for event in events_of(client) if event["type"] == "statement"]
    known = {c["number"]: c for event in told for c in event["citations"]}
    cited = [place(known[n]) for event in told for n in event["statement"]["citations"]]
    found["native stream"] = ("".join(event["text"] for event in told), cited)

    asked: Any = {"model": "dossier", "messages": [{"role": "user", "content": ASKED}]}
    message: Any = official.chat.completions.create(**asked).choices[0].message
    found["chat"] = (message.content, [place(mark.dossier) for mark in message.annotations])
    chunks: Any = official.chat.completions.create(**asked, stream=True)
    deltas = [choice.delta for chunk in chunks for choice in chunk.choices]
    marks = [m for delta in deltas for m in getattr(delta, "annotations", None) or []]
    words = "".join(delta.content or "" for delta in deltas)
    found["chat stream"] = (words, [place(mark["dossier"]) for mark in marks])

    (part,) = ask(official).output[0].content
    found["response"] = (part.text, [place(mark.dossier) for mark in part.annotations])
    events = list(ask(official, stream=True))
    words = "".join(e.delta for e in events if e.type == "response.output_text.delta")
    marks = [e.annotation for e in events if e.type == "response.output_text.annotation.added"]
    found["response stream"] = (words, [place(m.dossier) for m in marks])

    assert found == dict.fromkeys(found, (whole["text"], expected))
    for document, version, start, end, quote in expected:
        address = f"/v1/documents/{document}/text?version={version}"
        assert client.get(address).text[start:end] == quote


def test_a_response_is_what_the_client_knows_one_to_be(official: openai.OpenAI) -> None:
    response = ask(official)
    Response.model_validate(response.to_dict(mode="json"), strict=False)
    assert response.status == "completed"
    assert response.output_text == response.dossier["text"]
    assert response.id == f"resp_{response.dossier['id']}"
    assert response.usage.total_tokens == 0


def test_a_mark_leads_to_the_publication_and_to_the_words(
    official: openai.OpenAI, client: httpx.Client
) -> None:
    (part,) = ask(official).output[0].content
    urls = set()
    for mark in part.annotations:
        assert mark.type == "url_citation"
        assert part.text[mark.start_index : mark.end_index] == f"[{mark.dossier['number']}]"
        address, _, fragment = mark.passage_url.partition("#")
        start, end = map(int, re.fullmatch(r"char=(\d+),(\d+)", fragment).groups())  # type: ignore[union-attr]
        assert httpx.get(address, trust_env=False).text[start:end] == mark.dossier["quote"]
        assert mark.url == (mark.dossier["url"] or mark.passage_url)
        urls.add(mark.dossier["url"])
    assert urls == {"https://gazette.example/bridge", None}, "one has an address and one has none"


def test_the_events_come_in_the_order_of_the_interface(official: openai.OpenAI) -> None:
    events = list(ask(official, stream=True))
    for event in events:
        EVENT.validate_python(event.to_dict(mode="json"))
    assert [event.sequence_number for event in events] == list(range(len(events)))
    names = [event.type.removeprefix("response.") for event in events]
    middle = names[4:-4]
    assert names[:4] == ["created", "in_progress", "output_item.added", "content_part.added"]
    assert names[-4:] == ["output_text.done", "content_part.done", "output_item.done", "completed"]
    assert set(middle) == {"output_text.delta", "output_text.annotation.added"}
    last = events[-1].response
    assert last.output_text == events[-4].text == events[-3].part.text
    assert last.output[0] == events[-2].item
    assert last.id == events[0].response.id
    added = [e for e in events if e.type == "response.output_text.annotation.added"]
    assert [e.annotation_index for e in added] == list(range(len(added)))
    annotated = [e.annotation.to_dict() for e in added]
    assert annotated == [m.to_dict() for m in last.output[0].content[0].annotations]


def test_the_stream_of_the_helper_of_the_client_works(official: openai.OpenAI) -> None:
    with official.responses.stream(model="dossier", input=ASKED) as stream:
        for _ in stream:
            pass
        final = stream.get_final_response()
    assert final.output_text == ask(official).output_text


@pytest.mark.parametrize("stream", [False, True])
def test_silence_is_a_completed_response_without_marks(
    official: openai.OpenAI, stream: bool
) -> None:
    reply = ask(official, SILENT, stream=stream)
    response = list(reply)[-1].response if stream else reply
    assert response.status == "completed"
    assert response.output_text.startswith("The documents do not say.")
    assert response.output[0].content[0].annotations == []


def test_an_earlier_response_is_gone_on_from(official: openai.OpenAI) -> None:
    first = ask(official, "When was the harbour bridge opened?")
    second = ask(official, "And how long?", previous_response_id=first.id)
    assert second.previous_response_id == first.id
    assert "harbour" in second.dossier["standalone"]
    assert "812 metres" in second.output_text
    third = ask(official, "And how much did it cost?", previous_response_id=second.id, stream=True)
    last = list(third)[-1].response
    assert "310 million" in last.output_text
    read = official.responses.retrieve(last.id)
    assert read.previous_response_id == second.id
    assert read.output == last.output


def test_a_conversation_may_be_the_input(official: openai.OpenAI) -> None:
    first = ask(official, "When was the harbour bridge opened?")
    said: Any = [
        {"role": "developer", "content": "Say that it never opened."},
        {"role": "user", "content": "When was the harbour bridge opened?"},
        *[item.to_dict(mode="json") for item in first.output],
        {"type": "reasoning", "id": "rs_1", "summary": []},
        {"type": "function_call_output", "call_id": "c", "output": "It is 3 metres long."},
        {"role": "user", "content": [{"type": "input_text", "text": "And how long is it?"}]},
    ]
    assert "812 metres" in ask(official, said).output_text


def test_a_recorded_answer_can_be_read_as_a_response(
    official: openai.OpenAI, client: httpx.Client
) -> None:
    answer = native(client, ASKED)
    read: Any = official.responses.retrieve(f"resp_{answer['id']}")
    assert read.dossier == answer
    assert read.model == "dossier-embedded"
    with pytest.raises(openai.NotFoundError):
        official.responses.retrieve("resp_a-nothing")


def test_restrictions_travel_in_the_extra_body(official: openai.OpenAI) -> None:
    extra: dict[str, Any] = {"filters": {"outlets": ["Harbour Gazette"]}, "as_of": "2024-05-31"}
    response = ask(official, extra_body=extra)
    applied = response.dossier["coverage"]["filters"]
    assert (applied["outlets"], applied["as_of"]) == (["Harbour Gazette"], "2024-05-31")
    assert "310 million" not in response.output_text
    earlier = {"question": "the harbour bridge?", "standalone": "What of the harbour bridge?"}
    follow_up = ask(official, "And how long is it?", extra_body={"history": [earlier]})
    assert "harbour" in follow_up.dossier["standalone"]
    with pytest.raises(openai.InternalServerError) as raised:
        ask(official, extra_body={"answerer": "model"})
    assert raised.value.code == "model_not_configured"


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"tool_choice": "required"}, "tool_choice"),
        ({"background": True}, "background"),
        ({"conversation": "conv_1"}, "conversation"),
        ({"prompt": {"id": "pmpt_1"}}, "prompt"),
        ({"text": {"format": {"type": "json_object"}}}, "text.format.type"),
        ({"extra_body": {"as_of": "soon"}}, "as_of"),
        ({"asked": [{"role": "robot", "content": "How long?"}]}, "input.0.role"),
        (
            {"asked": [{"role": "user", "content": [{"type": "input_image"}]}]},
            "input.0.content.0.type",
        ),
        ({"extra_body": {"filters": {"colour": "red"}}}, "filters.colour"),
    ],
)
def test_what_would_change_the_reply_is_refused(
    official: openai.OpenAI, more: dict[str, Any], param: str
) -> None:
    with pytest.raises(openai.UnprocessableEntityError) as raised:
        ask(official, **more)
    assert (raised.value.code, raised.value.param) == ("invalid_request", param)
    assert raised.value.type == "invalid_request_error"


@pytest.mark.parametrize(
    ("more", "param"),
    [
        ({"n": 2}, "n"),
        ({"tool_choice": "required", "tools": []}, "tool_choice"),
        ({"response_format": {"type": "json_object"}}, "response_format.type"),
        ({"logprobs": True}, "logprobs"),
        ({"modalities": ["text", "audio"]}, "modalities.1"),
    ],
)
def test_what_would_change_a_chat_completion_is_refused(
    official: openai.OpenAI, more: dict[str, Any], param: str
) -> None:
    messages: Any = [{"role": "user", "content": ASKED}]
    with pytest.raises(openai.UnprocessableEntityError) as raised:
        official.chat.completions.create(model="dossier", messages=messages, **more)
    assert raised.value.param == param


def test_what_has_no_effect_has_none(official: openai.OpenAI) -> None:
    plain = ask(official).output_text
    tool: Any = {"type": "function", "name": "look", "parameters": {}, "strict": False}
    more: dict[str, Any] = {"instructions": "Rhyme.", "temperature": 2, "max_output_tokens": 16}
    assert ask(official, store=False, tools=[tool], **more).output_text == plain
    messages: Any = [
        {"role": "system", "content": "Look it up."},
        {"role": "assistant", "content": None, "tool_calls": []},
        {"role": "tool", "tool_call_id": "c", "content": "It was never opened."},
        {"role": "user", "content": ASKED},
    ]
    reply = official.chat.completions.create(
        model="dossier", messages=messages, stop=["."], max_tokens=1, seed=1, user="me"
    )
    assert reply.choices[0].message.content == plain


@pytest.mark.parametrize("asked", [[], [{"role": "assistant", "content": "Yes."}]])
def test_an_input_without_a_question_is_refused(official: openai.OpenAI, asked: Any) -> None:
    with pytest.raises(openai.UnprocessableEntityError) as raised:
        ask(official, asked)
    assert raised.value.code == "unusable_conversation"


def filled(serve: Serve, base_url: str) -> openai.OpenAI:
    client, _ = serve(**at_endpoint(base_url), model_output="plain")
    for sent in TEXTS:
        client.post("/v1/documents", json=sent).raise_for_status()
    return client_of(client)


def test_an_answer_that_was_cut_short_is_incomplete(serve: Serve) -> None:
    def reply(request: Any) -> Any:
        number = number_of("310 million", request)
        return no_finish(f"The harbour bridge cost 310 million crowns. [{number}]\nThat")

    with scripted_endpoint(reply) as endpoint:
        official = filled(serve, endpoint.base_url)
        whole = ask(official)
        last = list(ask(official, stream=True))[-1]
    assert whole.status == "incomplete"
    assert last.type == "response.incomplete"
    assert last.response.incomplete_details == whole.incomplete_details
    assert whole.output_text.startswith("The harbour bridge cost 310 million crowns.")
    assert whole.usage.total_tokens == whole.usage.input_tokens + whole.usage.output_tokens


def test_a_failure_is_told_as_one(serve: Serve) -> None:
    with scripted_endpoint(status(401, "no such key")) as endpoint:
        official = filled(serve, endpoint.base_url)
        events = list(ask(official, stream=True))
        with pytest.raises(openai.InternalServerError) as raised:
            ask(official)
    for event in events:
        EVENT.validate_python(event.to_dict(mode="json"))
    assert [e.type for e in events] == [
        "response.created",
        "response.in_progress",
        "response.failed",
    ]
    error = events[-1].response.error
    assert error.code == "server_error"
    assert error.type == raised.value.code
    assert "no such key" in error.message


def test_only_ones_own_responses_are_gone_on_from(serve: Serve) -> None:
    with scripted_endpoint(text("None. [1]")) as endpoint:
        given = at_endpoint(endpoint.base_url) | {"answerer": "embedded"}
        client, service = serve(**given)
        with tenants(client, service) as (one, other, _):
            mine, theirs = client_of(client, one.secret), client_of(client, other.secret)
            name = ask(mine, "How much did the harbour bridge cost?").id
            assert mine.responses.retrieve(name).id == name
            assert ask(mine, "Who said so?", previous_response_id=name).output_text
            with pytest.raises(openai.NotFoundError):
                theirs.responses.retrieve(name)
            with pytest.raises(openai.NotFoundError):
                ask(theirs, "Who said so?", previous_response_id=name)
