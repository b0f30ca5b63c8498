"""Which form a model's statements come in, and what happens where an endpoint has it otherwise."""

from __future__ import annotations

import asyncio
import json

import pytest
from made_evidence import FERRY, STRIKE, lines
from scripted_endpoint import Endpoint, scripted_endpoint
from scripted_replies import (
    Reply,
    Request,
    Script,
    cut,
    drip,
    empty_choices,
    length,
    number_of,
    refusal,
    status,
    text,
)

from qa.chat.dialect import Dialect
from qa.chat.model import ChatModel
from qa.compose import DraftStatement
from qa.errors import FormRefused, ModelBusy, ModelError, ModelIncomplete, ModelRefused
from qa.generate import Generator, Output

EVIDENCE = [*lines(FERRY), *lines(STRIKE)]
LINES = "The ferry sails nine times a day. [1]"


def structured(*items: tuple[str, list[int]]) -> str:
    return json.dumps({"statements": [{"text": t, "evidence": e} for t, e in items]})


JSON = structured(("The ferry sails nine times a day.", [1]))


def generator(
    endpoint: Endpoint, output: Output = "auto", dialect: Dialect | None = None
) -> Generator:
    chat = ChatModel(
        "scripted", base_url=endpoint.base_url, timeout=20.0, pause=0.001, dialect=dialect
    )
    return Generator(chat, context_tokens=2000, output=output)


def run(composer: Generator) -> tuple[list[DraftStatement], ModelError | None]:
    async def collect() -> tuple[list[DraftStatement], ModelError | None]:
        found = []
        try:
            async for draft in composer.compose("How often?", EVIDENCE):
                found.append(draft)  # noqa: PERF401 -- what came before an error counts
        except ModelError as error:
            return found, error
        return found, None

    return asyncio.run(collect())


def asked_for_form(request: Request) -> bool:
    return "response_format" in request.body


@pytest.mark.parametrize("split", [None, 5])
def test_a_schema_is_sent_and_the_json_is_read(split: int | None) -> None:
    def reply(request: Request) -> Reply:
        ferry, union = number_of("nine times", request), number_of("120 people", request)
        made = structured(("Nine times — täglich.", [ferry, 77]), ("120 took part.", [union]))
        return text(made, split=split, chunk=3 if split else 7)

    with scripted_endpoint(reply) as endpoint:
        composer = generator(endpoint)
        found, error = run(composer)
    assert error is None
    assert [(d.text, [e.quote for e in d.evidence]) for d in found] == [
        ("Nine times — täglich.", ["The ferry to Varn sails nine times a day."]),
        ("120 took part.", ["The union says 120 people took part."]),
    ]
    assert composer.form == "structured"
    sent = endpoint.chats[0].body["response_format"]
    assert sent["type"] == "json_schema"
    assert sent["json_schema"]["strict"] is True
    assert '"statements"' in endpoint.chats[0].prompt


def test_structured_statements_come_while_the_model_still_writes() -> None:
    async def first(composer: Generator) -> str:
        drafts = composer.compose("How often?", EVIDENCE)
        draft = await anext(drafts)
        await drafts.aclose()
        return draft.text

    # The rest would take minutes: the first statement can only come out of a stream.
    slow = drip(structured(("It sails daily.", [1]), *[("And so on.", [2])] * 300), 0.01)
    with scripted_endpoint(slow) as endpoint:
        assert asyncio.run(first(generator(endpoint))) == "It sails daily."


def test_the_plain_form_sends_no_schema() -> None:
    with scripted_endpoint(text(LINES)) as endpoint:
        composer = generator(endpoint, "plain")
        found, _ = run(composer)
    assert len(found) == 1
    assert composer.form == "plain"
    assert not any(map(asked_for_form, endpoint.chats))


REFUSED = [
    status(400, "Unsupported parameter: response_format"),
    status(422, "extra fields not permitted", param="response_format"),
    status(400, "bad request"),
    status(501, "json_schema is not implemented"),
    status(500, "failed to parse grammar"),
]


@pytest.mark.parametrize("refused", REFUSED)
def test_an_endpoint_that_refuses_the_schema_is_asked_for_lines_and_not_asked_again(
    refused: Reply,
) -> None:
    def reply(request: Request) -> Reply:
        return refused if asked_for_form(request) else text(LINES)

    dialect = Dialect()
    with scripted_endpoint(reply) as endpoint:
        first, second = generator(endpoint, dialect=dialect), generator(endpoint, dialect=dialect)
        assert run(first) == run(second)
        assert (first.form, second.form) == ("plain", "plain")
    assert [asked_for_form(request) for request in endpoint.chats] == [True, False, False]


def test_a_refusal_for_another_reason_teaches_nothing_of_the_form() -> None:
    dialect = Dialect()
    with scripted_endpoint(status(400, "no such thing")) as endpoint:
        found, error = run(generator(endpoint, dialect=dialect))
    assert found == []
    assert "no such thing" in str(error)
    assert dialect.takes_structure


IGNORED = [LINES, "I will say it so: " + LINES, '{"answer": "often"}', "```\n" + LINES, "{}", "x"]


@pytest.mark.parametrize("ignored", IGNORED)
def test_an_endpoint_that_ignores_the_schema_is_asked_for_lines_from_then_on(ignored: str) -> None:
    def reply(request: Request) -> Reply:
        return text(ignored if asked_for_form(request) else LINES)

    dialect = Dialect()
    with scripted_endpoint(reply) as endpoint:
        first, second = generator(endpoint, dialect=dialect), generator(endpoint, dialect=dialect)
        found, error = run(first)
        assert (found, error) == run(second)
    assert [draft.text for draft in found] == ["The ferry sails nine times a day."]
    assert (first.form, second.form) == ("plain", "plain")
    assert [asked_for_form(request) for request in endpoint.chats] == [True, False, False]


def test_a_repeated_line_of_the_prompt_is_asked_for_anew_and_says_nothing_of_the_endpoint() -> None:
    def repeat(request: Request) -> Reply:
        line = next(at for at in request.prompt.splitlines() if at.startswith("Document: "))
        return text(structured((line.removeprefix("Document: "), [1])))

    dialect = Dialect()
    with scripted_endpoint(repeat, text(LINES)) as endpoint:
        composer = generator(endpoint, dialect=dialect)
        found, error = run(composer)
    assert ([draft.text for draft in found], error) == (["The ferry sails nine times a day."], None)
    assert composer.form == "plain"
    assert dialect.takes_structure


def test_one_reply_without_structure_does_not_change_what_later_questions_get() -> None:
    replies = (text(JSON), text("Hm."), text(LINES), text(JSON))
    dialect = Dialect()
    with scripted_endpoint(*replies) as endpoint:
        forms = []
        for _ in range(3):
            composer = generator(endpoint, dialect=dialect)
            run(composer)
            forms.append(composer.form)
    assert forms == ["structured", "plain", "structured"]


def test_the_structured_form_alone_falls_back_on_nothing() -> None:
    with scripted_endpoint(text(LINES)) as endpoint:
        found, error = run(generator(endpoint, "structured"))
    assert found == []
    assert isinstance(error, ModelIncomplete)
    assert "DOSSIER_MODEL_OUTPUT" in error.hint
    assert len(endpoint.chats) == 1
    with scripted_endpoint(REFUSED[0]) as endpoint:
        _, error = run(generator(endpoint, "structured"))
    assert isinstance(error, FormRefused)
    assert "DOSSIER_MODEL_OUTPUT" in error.hint


@pytest.mark.parametrize("broken", [cut, length])
def test_json_that_breaks_off_gives_its_whole_statements_and_the_error(broken: Script) -> None:
    made = structured(("It sails daily.", [1]), ("It is old.", []), ("Its owner plans.", [2]))
    at = made.index("plans")
    with scripted_endpoint(broken(made[:at])) as endpoint:  # type: ignore[operator]
        found, error = run(generator(endpoint))
    assert [(d.text, len(d.evidence)) for d in found] == [("It sails daily.", 1), ("It is old.", 0)]
    assert type(error) is ModelIncomplete
    assert len(endpoint.chats) == 1  # a second form would tell the first statement twice


@pytest.mark.parametrize("broken", [cut, length])
@pytest.mark.parametrize(
    "whole", [JSON + "\n\n" + "x" * 50, f"{LINES}<|im_end|>\n<|im_start|>user\nAnd wh"]
)
def test_what_comes_behind_the_end_may_break_off(broken: Script, whole: str) -> None:
    output: Output = "auto" if whole.startswith("{") else "plain"
    with scripted_endpoint(broken(whole)) as endpoint:  # type: ignore[operator]
        found, error = run(generator(endpoint, output))
    assert [draft.text for draft in found] == ["The ferry sails nine times a day."]
    assert error is None


def test_json_that_says_it_is_whole_and_is_not_is_incomplete() -> None:
    made = structured(("It sails daily.", [1]), ("It is old.", [2]))
    with scripted_endpoint(text(made[: made.rindex("{")])) as endpoint:
        found, error = run(generator(endpoint))
    assert [d.text for d in found] == ["It sails daily."]
    assert type(error) is ModelIncomplete
    assert "not whole" in str(error)


@pytest.mark.parametrize("first", [empty_choices(), cut('{"sta'), length(" \n" * 40), text("")])
def test_a_structured_reply_without_a_statement_is_asked_for_in_lines(first: Reply) -> None:
    with scripted_endpoint(first, text(LINES)) as endpoint:
        composer = generator(endpoint)
        found, error = run(composer)
    assert (len(found), error, composer.form) == (1, None, "plain")


def test_an_empty_list_is_the_word_that_there_is_no_answer() -> None:
    with scripted_endpoint(text('{"statements": []}')) as endpoint:
        assert run(generator(endpoint)) == ([], None)
    assert len(endpoint.chats) == 1


@pytest.mark.parametrize("reply", [refusal("No."), text("I'm sorry, but I can't help with that.")])
@pytest.mark.parametrize("output", ["auto", "plain"])
def test_a_refusal_is_told_as_one(reply: Reply, output: Output) -> None:
    with scripted_endpoint(reply) as endpoint:
        found, error = run(generator(endpoint, output))
    assert found == []
    assert type(error) is ModelRefused


@pytest.mark.parametrize("words", ["<think>It is", f"{LINES}\n<think>And now"])
def test_a_reply_that_ends_inside_a_thought_is_incomplete(words: str) -> None:
    with scripted_endpoint(text(words)) as endpoint:
        _, error = run(generator(endpoint, "plain"))
    assert type(error) is ModelIncomplete
    assert "reasoning" in str(error)


def test_a_busy_endpoint_is_not_asked_in_another_form() -> None:
    with scripted_endpoint(status(429, "slow down")) as endpoint:
        _, error = run(generator(endpoint))
    assert type(error) is ModelBusy
    assert all(map(asked_for_form, endpoint.chats))


def test_what_an_endpoint_does_not_take_is_left_out_of_later_calls_and_told() -> None:
    dialect = Dialect()
    replies = (
        status(400, "Unrecognized request argument supplied: seed"),
        status(400, "Unsupported parameter: 'max_tokens' is not supported with this model."),
        text(LINES),
    )
    with scripted_endpoint(*replies) as endpoint:
        run(generator(endpoint, "plain", dialect))
        assert len(endpoint.chats) == 3
        run(generator(endpoint, "plain", dialect))
    assert len(endpoint.chats) == 4
    assert "seed" not in endpoint.chats[-1].body
    assert endpoint.chats[-1].body["max_completion_tokens"] == 800
    assert dialect.changes == ("max_tokens as max_completion_tokens", "without seed")
