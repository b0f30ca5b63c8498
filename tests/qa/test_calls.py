"""The calls of a model, kept and played again."""

from __future__ import annotations

import asyncio
from contextlib import aclosing

import pytest
from scripted_endpoint import scripted_endpoint
from scripted_replies import status, text

from qa.chat.calls import LONGEST_REPLY, MOST_CALLS, RecordedCall, RecordedModel, RecordingModel
from qa.chat.model import ChatModel
from qa.errors import FormRefused, ModelBusy, ModelError, ModelIncomplete
from qa.models import Usage

ASKED = ({"role": "user", "content": "What is the height of the dam?"},)


def heard(model: ChatModel, **given: object) -> list[str | Usage]:
    async def listen() -> list[str | Usage]:
        async with aclosing(model.stream(ASKED, **given)) as pieces:  # type: ignore[arg-type]
            return [piece async for piece in pieces]

    return asyncio.run(listen())


def recording(base_url: str) -> RecordingModel:
    return RecordingModel("scripted", base_url=base_url, timeout=20, pause=0.01)


def test_a_call_is_played_again_as_it_came() -> None:
    with scripted_endpoint(text("It is 80 metres high. [1]")) as endpoint:
        model = recording(endpoint.base_url)
        came = heard(model)
    (call,) = model.calls
    assert call.reply == "It is 80 metres high. [1]"
    assert call.served == "scripted"
    played = RecordedModel("scripted", model.calls)
    assert heard(played) == [call.reply, came[-1]]
    assert isinstance(came[-1], Usage)
    assert [one.prompt_sha256 for one in played.calls] == [call.prompt_sha256]
    with pytest.raises(ModelIncomplete, match="no further reply"):
        heard(played)


def test_an_error_is_played_again_as_what_it_was() -> None:
    with scripted_endpoint(status(429)) as endpoint:
        model = recording(endpoint.base_url)
        with pytest.raises(ModelBusy) as first:
            heard(model)
    with pytest.raises(ModelBusy) as second:
        heard(RecordedModel("scripted", model.calls))
    assert str(first.value) == str(second.value)
    unknown = RecordedCall(prompt_sha256="0" * 64, error="model_of_tomorrow", message="odd")
    with pytest.raises(ModelError, match="odd"):
        heard(RecordedModel("scripted", [unknown]))


def test_a_reply_that_was_not_asked_for_in_a_form_is_not_given_as_one() -> None:
    plain = RecordedCall(prompt_sha256="0" * 64, reply="Yes. [1]")
    played = RecordedModel("scripted", [plain])
    with pytest.raises(FormRefused):
        heard(played, schema={"name": "statements"})
    assert heard(played) == ["Yes. [1]"]


def test_what_is_kept_has_an_end() -> None:
    long = "word " * (LONGEST_REPLY // 5 + 1)
    with scripted_endpoint(text(long, chunk=20_000)) as endpoint:
        model = recording(endpoint.base_url)
        came = heard(model)
        assert "".join(piece for piece in came if isinstance(piece, str)) == long
    (call,) = model.calls
    assert call.cut
    assert call.reply == long[:LONGEST_REPLY]
    with pytest.raises(ModelIncomplete, match="first"):
        heard(RecordedModel("scripted", model.calls))
    with scripted_endpoint(text("Yes. [1]")) as endpoint:
        fuller = recording(endpoint.base_url)
        fuller.calls = [call] * MOST_CALLS
        heard(fuller)
    assert len(fuller.calls) == MOST_CALLS
