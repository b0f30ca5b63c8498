from __future__ import annotations

import asyncio

import pytest
from made_evidence import FERRY, STRIKE, lines
from scripted_endpoint import Endpoint, scripted_endpoint
from scripted_replies import (
    Reply,
    Request,
    cut,
    drip,
    hang,
    length,
    number_of,
    refusal,
    reset,
    status,
    text,
)

from qa.chat.model import ChatModel
from qa.compose import Composer, DraftStatement
from qa.errors import ModelError, ModelIncomplete, ModelRefused, ModelTimeout, ModelUnauthorized
from qa.generate import Generator
from qa.models import Usage

EVIDENCE = [*lines(FERRY), *lines(STRIKE)]


def generator(endpoint: Endpoint, *, timeout: float = 20.0) -> Generator:
    chat = ChatModel("scripted", base_url=endpoint.base_url, timeout=timeout, pause=0.001)
    return Generator(chat, context_tokens=2000)


def run(
    composer: Composer, question: str = "How often?"
) -> tuple[list[DraftStatement], ModelError | None]:
    async def collect() -> tuple[list[DraftStatement], ModelError | None]:
        found = []
        try:
            async for draft in composer.compose(question, EVIDENCE):
                found.append(draft)  # noqa: PERF401 -- what came before an error counts
        except ModelError as error:
            return found, error
        return found, None

    return asyncio.run(collect())


def test_statements_cite_the_sentences_that_the_model_names() -> None:
    def reply(request: Request) -> Reply:
        ferry, union = number_of("nine times", request), number_of("120 people", request)
        return text(f"The ferry sails nine times a day. [{ferry}]\nThe union counts 120. [{union}]")

    with scripted_endpoint(reply) as endpoint:
        composer = generator(endpoint)
        found, error = run(composer)
    assert error is None
    assert [draft.text for draft in found] == [
        "The ferry sails nine times a day.",
        "The union counts 120.",
    ]
    assert [[e.quote for e in draft.evidence] for draft in found] == [
        ["The ferry to Varn sails nine times a day."],
        ["The union says 120 people took part."],
    ]
    assert composer.usage == Usage(prompt_tokens=11, completion_tokens=7)
    assert (composer.name, composer.model) == ("model", "scripted")


def test_a_forged_quotation_stays_a_statement_and_numbers_out_of_range_cite_nothing() -> None:
    with scripted_endpoint(text('"It sails 90 times" [1]\nIt sank. [77][0]')) as endpoint:
        found, _ = run(generator(endpoint))
    assert [e.quote for e in found[0].evidence] == ["The ferry to Varn sails nine times a day."]
    assert found[1].evidence == ()


def test_no_evidence_asks_no_model() -> None:
    async def ask(composer: Generator) -> list[DraftStatement]:
        return [draft async for draft in composer.compose("How often?", [])]

    with scripted_endpoint(text("Often. [1]")) as endpoint:
        assert asyncio.run(ask(generator(endpoint))) == []
    assert endpoint.chats == []


def test_where_the_evidence_does_not_answer_there_is_no_statement() -> None:
    with scripted_endpoint(text("NOT_IN_EVIDENCE")) as endpoint:
        assert run(generator(endpoint)) == ([], None)


def test_a_whole_reply_without_any_statement_is_no_silent_no() -> None:
    with scripted_endpoint(text("Sure, here is the answer:")) as endpoint:
        found, error = run(generator(endpoint))
    assert found == []
    assert isinstance(error, ModelIncomplete)


@pytest.mark.parametrize(
    ("broken", "kind"),
    [(cut, ModelIncomplete), (reset, ModelIncomplete), (length, ModelIncomplete)],
)
def test_a_reply_that_breaks_off_gives_its_complete_statements_and_the_error(
    broken: object, kind: type[ModelError]
) -> None:
    reply = broken("It sails daily. [1]\nIt is old.\nIts owner pla")  # type: ignore[operator]
    with scripted_endpoint(reply) as endpoint:
        found, error = run(generator(endpoint))
    assert [(d.text, len(d.evidence)) for d in found] == [("It sails daily.", 1), ("It is old.", 0)]
    assert type(error) is kind


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (refusal("No."), ModelRefused),
        (status(401), ModelUnauthorized),
        (hang(), ModelTimeout),
    ],
)
def test_a_call_that_fails_gives_the_error(reply: Reply, kind: type[ModelError]) -> None:
    with scripted_endpoint(reply) as endpoint:
        found, error = run(generator(endpoint, timeout=0.5))
    assert found == []
    assert type(error) is kind


def test_statements_come_while_the_model_still_writes() -> None:
    async def first(composer: Generator) -> str:
        drafts = composer.compose("How often?", EVIDENCE)
        draft = await anext(drafts)
        await drafts.aclose()
        return draft.text

    # The rest would take minutes: the first statement can only come out of a stream.
    slow = drip("It sails daily. [1]\n" + "And so on. [2]\n" * 200, 0.02)
    with scripted_endpoint(slow) as endpoint:
        assert asyncio.run(first(generator(endpoint))) == "It sails daily."


def test_the_line_above_the_evidence_is_no_statement() -> None:
    echo = "Lindholm Courier | 2024-03-09 | More sailings to Varn"
    with scripted_endpoint(text(f"Document: {echo} [1]\n{echo}\nNine times. [1]")) as endpoint:
        found, _ = run(generator(endpoint))
    assert [draft.text for draft in found] == ["Nine times."]


@pytest.mark.parametrize("split", [1, 2, 5])
def test_a_torn_stream_makes_the_same_statements(split: int) -> None:
    reply = "Größe — nine times. [1]\n日本へ。[2][3]\n<think>No. [4]</think>Two ships [2]."
    with scripted_endpoint(text(reply), text(reply, split=split, chunk=1)) as endpoint:
        assert run(generator(endpoint)) == run(generator(endpoint))
        assert len(endpoint.chats) == 2
