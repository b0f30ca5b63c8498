from __future__ import annotations

import asyncio
import base64
import json
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from scripted_endpoint import Endpoint, scripted_endpoint
from scripted_replies import (
    content_filter,
    cut,
    drip,
    empty_choices,
    garbage,
    hang,
    html,
    length,
    no_finish,
    refusal,
    reset,
    status,
    stream_error,
    text,
)

from qa.chat.model import VENDOR_URL, ChatModel
from qa.errors import (
    ModelBusy,
    ModelError,
    ModelIncomplete,
    ModelRefused,
    ModelTimeout,
    ModelUnauthorized,
    ModelUnreachable,
)
from qa.models import Usage

ASKED = [{"role": "user", "content": "Why?"}]


def model(endpoint: Endpoint | str, **changes: object) -> ChatModel:
    url = endpoint if isinstance(endpoint, str) else endpoint.base_url
    settings = {"base_url": url, "api_key": "s3cret-key", "timeout": 20.0, "pause": 0.001}
    return ChatModel("scripted", **(settings | changes))  # type: ignore[arg-type]


def run(chat: ChatModel) -> tuple[str, Usage | None, ModelError | None]:
    """Return what came of a call: the text, the token counts and the error."""

    async def collect() -> tuple[str, Usage | None, ModelError | None]:
        words, usage = "", None
        try:
            async for piece in chat.stream(ASKED):
                if isinstance(piece, Usage):
                    usage = piece
                else:
                    words += piece
        except ModelError as error:
            return words, usage, error
        return words, usage, None

    return asyncio.run(collect())


@pytest.mark.parametrize("split", [None, 1, 3])
def test_a_whole_reply_comes_with_its_token_counts(split: int | None) -> None:
    with scripted_endpoint(text("Größe — 日本 🙂. [1]", split=split, usage=(21, 4))) as endpoint:
        words, usage, error = run(model(endpoint))
    assert error is None
    assert words == "Größe — 日本 🙂. [1]"
    assert usage == Usage(prompt_tokens=21, completion_tokens=4)


def test_a_call_is_repeatable_and_bounded() -> None:
    with scripted_endpoint(text("Yes.")) as endpoint:
        run(model(endpoint, max_tokens=77, seed=5))
    body = endpoint.chats[0].body
    assert body["temperature"] == 0
    assert body["seed"] == 5
    assert body["max_tokens"] == 77
    assert body["model"] == "scripted"
    assert body["messages"] == ASKED
    assert endpoint.chats[0].headers["authorization"] == "Bearer s3cret-key"


def test_the_environment_does_not_decide_where_a_call_goes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    monkeypatch.setenv("OPENAI_API_KEY", "other")
    monkeypatch.setenv("OPENAI_ORG_ID", "someone")
    with scripted_endpoint(text("Yes.")) as endpoint:
        words, _, _ = run(model(endpoint, api_key=""))
    assert words == "Yes."
    assert "other" not in endpoint.chats[0].headers["authorization"]
    assert "openai-organization" not in endpoint.chats[0].headers


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (cut("One. [1]\nTwo"), ModelIncomplete, "cut off"),
        (no_finish("One. [1]\nTwo"), ModelIncomplete, "cut off"),
        (reset("One. [1]\nTwo"), ModelIncomplete, "lost"),
        (length("One. [1]\nTwo"), ModelIncomplete, "800 tokens"),
        (content_filter("One. [1]\nTwo"), ModelRefused, "filter"),
        (stream_error("One. [1]\nTwo"), ModelIncomplete, "out of memory"),
        (text("One. [1]\nTwo", finish="tool_calls"), ModelIncomplete, "tool_calls"),
    ],
)
def test_a_reply_that_breaks_off_is_an_error_after_its_text(
    reply: object, kind: type[ModelError], words: str
) -> None:
    with scripted_endpoint(reply) as endpoint:  # type: ignore[arg-type]
        came, _, error = run(model(endpoint))
    assert came == "One. [1]\nTwo"
    assert type(error) is kind
    assert words in str(error)
    assert len(endpoint.chats) == 1  # nothing is asked twice once text has come


@pytest.mark.parametrize(
    ("reply", "kind", "words"),
    [
        (refusal("I will not say."), ModelRefused, "I will not say."),
        (empty_choices(), ModelIncomplete, "empty"),
        (text(""), ModelIncomplete, "empty"),
        (text(" \n "), ModelIncomplete, "empty"),
        (html(), ModelError, "text/html"),
        (garbage(b""), ModelIncomplete, "empty"),
        (garbage(b"data: {not json\n\n"), ModelError, "did not send a chat reply"),
        (garbage(b"data: \xff\xfe\n\n"), ModelError, "did not send a chat reply"),
        (garbage(b'data: {"hello": 1}\n\n'), ModelError, "did not send a chat reply"),
        (garbage(b"data: [1, 2]\n\n"), ModelError, "did not send a chat reply"),
        (garbage(b'data: "words"\n\n'), ModelError, "did not send a chat reply"),
        (garbage(b'data: {"choices": 7}\n\n'), ModelError, "did not send a chat reply"),
        (
            garbage(b'data: {"choices": [{"delta": {"content": [1]}}]}\n\n'),
            ModelError,
            "did not send a chat reply",
        ),
        (garbage(b"{}", "application/json"), ModelError, "application/json"),
        (stream_error(""), ModelError, "out of memory"),
        (status(400, "no such thing"), ModelError, "no such thing"),
        (status(401, "bad key s3cret-key"), ModelUnauthorized, "bad key ***"),
        (status(403, "not yours"), ModelUnauthorized, "not yours"),
        (status(404, "unknown model"), ModelError, "unknown model"),
        (html(404), ModelError, "nothing there"),
        (html(403), ModelUnauthorized, "status 403"),
        (status(429, "slow down"), ModelBusy, "slow down"),
        (status(500, "it broke"), ModelError, "it broke"),
        (status(400, "over", error_code="context_length_exceeded"), ModelError, "too long"),
        (status(400, "maximum context length is 8"), ModelError, "too long"),
    ],
)
def test_a_reply_without_text_is_an_error_that_says_why(
    reply: object, kind: type[ModelError], words: str
) -> None:
    with scripted_endpoint(reply) as endpoint:  # type: ignore[arg-type]
        came, _, error = run(model(endpoint))
    assert came.strip() == ""
    assert type(error) is kind
    assert words in str(error)
    assert error.hint
    assert "s3cret-key" not in str(error)


def test_counts_and_text_survive_trouble_behind_the_last_word() -> None:
    whole = (
        b'data: {"choices": [{"delta": {"content": "Yes."}, "finish_reason": "stop"}]}\n\n'
        b"data: {broken\n\n"
    )
    with scripted_endpoint(garbage(whole)) as endpoint:
        words, usage, error = run(model(endpoint))
    assert (words, usage, error) == ("Yes.", None, None)


def test_odd_token_counts_do_no_harm() -> None:
    odd = (
        b'data: {"choices": null, "usage": {"prompt_tokens": "many", "completion_tokens": -4}}\n\n'
        b'data: {"choices": [{"delta": {"content": "Yes."}, "finish_reason": "stop"}]}\n\n'
    )
    with scripted_endpoint(garbage(odd)) as endpoint:
        words, usage, error = run(model(endpoint))
    assert (words, usage, error) == ("Yes.", Usage(), None)


def deltas(*given: dict[str, object], finish: str = "stop") -> bytes:
    """A stream of these deltas, escaped to ASCII, as some servers send it."""
    events = [{"choices": [{"delta": delta, "finish_reason": None}]} for delta in given]
    events.append({"choices": [{"delta": {}, "finish_reason": finish}]})
    return b"".join(b"data: " + json.dumps(event).encode() + b"\n\n" for event in events)


CALL = {"tool_calls": [{"index": 0, "function": {"name": "search", "arguments": "{}"}}]}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (deltas(CALL), "called a tool"),
        (deltas(CALL, finish="tool_calls"), "called a tool"),
        (deltas({"content": "So: "}, CALL, finish="function_call"), "called a tool"),
        (deltas({"reasoning_content": "Let me see."}), "nothing but its reasoning"),
        (deltas({"reasoning": "Let me see."}), "nothing but its reasoning"),
        (deltas({"reasoning_content": "Hm."}, finish="length"), "all of them its reasoning"),
        (deltas({"content": "So"}, finish="model_length"), "cut at"),
    ],
)
def test_a_reply_that_is_something_else_than_an_answer_says_so(body: bytes, words: str) -> None:
    with scripted_endpoint(garbage(body)) as endpoint:
        _, _, error = run(model(endpoint))
    assert type(error) is ModelIncomplete
    assert words in str(error)


@pytest.mark.parametrize("finish", ["stop", "eos_token", "end_turn"])
def test_other_names_for_a_whole_reply_are_known(finish: str) -> None:
    with scripted_endpoint(garbage(deltas({"content": "Yes."}, finish=finish))) as endpoint:
        assert run(model(endpoint)) == ("Yes.", None, None)


def test_reasoning_in_its_own_field_is_no_part_of_the_text() -> None:
    body = deltas({"reasoning_content": "No. [1]"}, {"content": "Yes."})
    with scripted_endpoint(garbage(body)) as endpoint:
        assert run(model(endpoint)) == ("Yes.", None, None)


def test_a_character_torn_into_halves_is_put_together() -> None:
    body = deltas({"content": "A \ud83d"}, {"content": "\ude42 b"}, {"content": "\ud83d"})
    lone = deltas({"content": "a \ude42 b"})
    with scripted_endpoint(garbage(body), garbage(lone)) as endpoint:
        assert run(model(endpoint))[0] == "A 🙂 b"
        assert run(model(endpoint))[0] == "a \ufffd b"


def test_foreign_words_are_shown_on_one_line_and_not_endlessly() -> None:
    with scripted_endpoint(status(400, "first\nsecond\x1b[31m " + "x" * 5000)) as endpoint:
        _, _, error = run(model(endpoint))
    assert "\n" not in str(error)
    assert "\x1b" not in str(error)
    assert len(str(error)) < 500


@pytest.mark.parametrize("first", [status(500), status(503), status(429), status(408)])
def test_a_passing_failure_is_tried_again(first: object) -> None:
    with scripted_endpoint(first, first, text("Yes.")) as endpoint:  # type: ignore[arg-type]
        words, _, error = run(model(endpoint))
    assert (words, error) == ("Yes.", None)
    assert len(endpoint.chats) == 3


def test_trying_again_has_an_end() -> None:
    with scripted_endpoint(status(503, "still down")) as endpoint:
        _, _, error = run(model(endpoint))
    assert "still down" in str(error)
    assert len(endpoint.chats) == 3


@pytest.mark.parametrize("reply", [status(401), status(404), status(400)])
def test_a_lasting_failure_is_not_tried_again(reply: object) -> None:
    with scripted_endpoint(reply) as endpoint:  # type: ignore[arg-type]
        run(model(endpoint))
    assert len(endpoint.chats) == 1


def test_a_used_up_quota_is_not_tried_again() -> None:
    with scripted_endpoint(status(429, "no credit", error_code="insufficient_quota")) as endpoint:
        _, _, error = run(model(endpoint))
    assert type(error) is ModelBusy
    assert len(endpoint.chats) == 1


@pytest.mark.parametrize("wait", ["0", "0.01", "Wed, 21 Oct 2015 07:28:00 GMT", "soon", ""])
def test_retry_after_is_honoured_where_it_makes_sense(wait: str) -> None:
    busy = status(429, headers={"Retry-After": wait})
    with scripted_endpoint(busy, text("Yes.")) as endpoint:
        words, _, _ = run(model(endpoint))
    assert words == "Yes."


@pytest.mark.parametrize("wait", ["3600", "a date in two hours", "7200.5"])
def test_a_wait_beyond_the_deadline_ends_the_call_at_once(wait: str) -> None:
    if wait.startswith("a date"):  # made here: as a parameter it would name the test by the clock
        wait = format_datetime(datetime.now(UTC) + timedelta(hours=2))
    with scripted_endpoint(status(429, headers={"Retry-After": wait})) as endpoint:
        _, _, error = run(model(endpoint))
    assert type(error) is ModelBusy
    assert "wait" in str(error)
    assert len(endpoint.chats) == 1


def test_without_time_for_another_attempt_the_failure_itself_is_told() -> None:
    with scripted_endpoint(status(503, "down")) as endpoint:
        _, _, error = run(model(endpoint, timeout=5.0, pause=60.0))
    assert "down" in str(error)
    assert len(endpoint.chats) == 1


@pytest.mark.parametrize("reply", [hang(), drip("A statement without end. [1]\n" * 40, 0.05)])
def test_the_deadline_covers_the_whole_call(reply: object) -> None:
    # In the second case every single read is quick, so that no read timeout would ever end it.
    with scripted_endpoint(reply) as endpoint:  # type: ignore[arg-type]
        _, _, error = run(model(endpoint, timeout=0.4))
    assert type(error) is ModelTimeout
    assert "0.4 s" in str(error)


def test_an_endpoint_that_is_not_there_is_unreachable() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{free.getsockname()[1]}/v1"
    _, _, error = run(model(url))
    assert type(error) is ModelUnreachable
    assert url in str(error)


@pytest.mark.parametrize("url", ["no address", "http://[", "ftp://127.0.0.1/v1"])
def test_an_unusable_address_is_unreachable(url: str) -> None:
    _, _, error = run(model(url))
    assert type(error) is ModelUnreachable


def test_a_user_in_the_address_signs_in_with_the_password() -> None:
    with scripted_endpoint(text("Yes. [1]")) as endpoint:
        address = endpoint.base_url.replace("http://", "http://an%40alyst:pass%3Aword@")
        pieces, _, error = run(ChatModel("scripted", base_url=address, api_key="a-key"))
        sent = endpoint.requests[0].headers["authorization"]
    assert (pieces, error) == ("Yes. [1]", None)
    assert sent == "Basic " + base64.b64encode(b"an@alyst:pass:word").decode()


def test_a_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    with scripted_endpoint(text("Yes. [1]")) as proxy:
        monkeypatch.setenv("HTTP_PROXY", proxy.base_url.removesuffix("/v1"))
        pieces, _, error = run(model("http://model.example/v1"))
        asked = [request.path for request in proxy.requests]
    assert (pieces, error) == ("Yes. [1]", None)
    assert asked == ["http://model.example/v1/chat/completions"]


def test_the_vendor_is_not_called_without_a_key() -> None:
    _, _, error = run(ChatModel("some-model"))
    assert type(error) is ModelUnauthorized
    assert VENDOR_URL in str(error)


def test_parameters_that_the_endpoint_rejects_are_left_out() -> None:
    with scripted_endpoint(
        status(400, "Unrecognized request argument supplied: seed"),
        status(422, "extra fields not permitted", param="stream_options"),
        status(400, "Unsupported parameter: 'max_tokens' is not supported with this model."),
        status(400, "Unsupported value: 'temperature' does not support 0"),
        text("Yes."),
    ) as endpoint:
        words, usage, error = run(model(endpoint, max_tokens=33))
    assert (words, usage, error) == ("Yes.", None, None)
    last = endpoint.chats[-1].body
    assert not {"seed", "stream_options", "max_tokens", "temperature"} & last.keys()
    assert last["max_completion_tokens"] == 33


def test_a_parameter_is_left_out_once_and_not_for_ever() -> None:
    with scripted_endpoint(status(400, "seed is bad")) as endpoint:
        _, _, error = run(model(endpoint))
    assert "seed is bad" in str(error)
    assert len(endpoint.chats) == 2


def test_one_model_serves_calls_at_the_same_time() -> None:
    async def both(chat: ChatModel) -> list[str]:
        async def one() -> str:
            return "".join([p async for p in chat.stream(ASKED) if isinstance(p, str)])

        return await asyncio.gather(one(), one())

    with scripted_endpoint(text("Yes.")) as endpoint:
        assert asyncio.run(both(model(endpoint))) == ["Yes.", "Yes."]


def test_a_reader_may_leave_early() -> None:
    async def first(chat: ChatModel) -> object:
        stream = chat.stream(ASKED)
        piece = await anext(stream)
        await stream.aclose()
        return piece

    with scripted_endpoint(drip("A long answer.", 0.01)) as endpoint:
        assert asyncio.run(first(model(endpoint))) == "A"


def test_a_probe_names_the_model_that_is_served() -> None:
    with scripted_endpoint(models=("other", "scripted")) as endpoint:
        assert "serves scripted" in asyncio.run(model(endpoint).probe())
    assert endpoint.chats == []


def test_a_probe_finds_a_model_that_is_not_served() -> None:
    with (
        scripted_endpoint(models=("other", "third")) as endpoint,
        pytest.raises(ModelError, match="it lists other, third") as raised,
    ):
        asyncio.run(model(endpoint).probe())
    assert "DOSSIER_MODEL" in raised.value.hint


@pytest.mark.parametrize("reply", [text("yes"), length("yes")])
def test_a_probe_makes_a_tiny_call_where_there_is_no_list(reply: object) -> None:
    with scripted_endpoint(reply, models_reply=status(404)) as endpoint:  # type: ignore[arg-type]
        assert "answers as scripted" in asyncio.run(model(endpoint).probe())
    assert endpoint.chats[0].body["max_tokens"] == 1


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (status(401), ModelUnauthorized),
        (html(), ModelError),
        (status(500), ModelError),
        (hang(), ModelTimeout),
    ],
)
def test_a_probe_tells_what_is_wrong(reply: object, kind: type[ModelError]) -> None:
    with (
        scripted_endpoint(models_reply=reply) as endpoint,  # type: ignore[arg-type]
        pytest.raises(kind),
    ):
        asyncio.run(model(endpoint, timeout=0.5).probe())
