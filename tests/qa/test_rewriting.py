"""Follow-ups made readable alone by a model: what of its wording counts, and what happens else."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import texts
from scripted_endpoint import Endpoint, scripted_endpoint
from scripted_replies import Reply, Script, cut, hang, number_of, refusal, status, text

from index.embed.embedded import EmbeddedModel
from qa import service as composition
from qa.chat.model import ChatModel
from qa.chat.rewriting import Rewriter, Rewritten
from qa.conversation import standalone
from qa.errors import InvalidSetting
from qa.models import Usage
from qa.question import Question, Turn
from qa.service import Service, build
from qa.settings import load_settings

EARLIER = "What did the harbour of Lindholm earn with 4,200 containers in March?"
HISTORY = (Turn(question=EARLIER, standalone=EARLIER),)
ASKED = Question(text="And how much was it in April?", history=HISTORY)
GOOD = "And how much did the harbour of Lindholm earn in April?"


def rewrite(
    reply: Script, question: Question = ASKED, *, timeout: float = 20.0
) -> tuple[Rewritten, Endpoint]:
    with scripted_endpoint(reply) as endpoint:
        chat = ChatModel("scripted", base_url=endpoint.base_url, timeout=timeout, pause=0.001)
        return asyncio.run(Rewriter(chat).rewrite(question)), endpoint


@pytest.mark.parametrize("reply", [GOOD, f'Question: "{GOOD}"', f"\n{GOOD}\n"])
def test_the_wording_of_the_model_counts(reply: str) -> None:
    made, endpoint = rewrite(text(reply))
    assert made == Rewritten(GOOD, Usage(prompt_tokens=11, completion_tokens=7))
    assert EARLIER in endpoint.chats[0].prompt
    assert ASKED.text in endpoint.chats[0].prompt


@pytest.mark.parametrize(
    "reply",
    [
        "And how much did the harbour of Oslo earn in April?",
        "And how much did the harbour of Lindholm earn with 9,000 containers in April?",
        "And how much did the harbour of Lindholm earn in April 2024?",
        "And how much did the bankrupt harbour of Lindholm earn in April?",
        "How much did the harbour of Lindholm earn?",
        "And how much did the harbour of Lindholm not earn in April?",
        "The harbour earned much in April.\nAnd how much was it in April?",
        "And how much in April? " * 40,
        "",
        "...",
    ],
)
def test_what_adds_or_loses_something_is_left_to_the_rules(reply: str) -> None:
    made, _ = rewrite(text(reply))
    assert made.text == standalone(ASKED)


@pytest.mark.parametrize("reply", [status(500), status(401), cut(GOOD), refusal("No.")])
def test_a_call_that_fails_is_left_to_the_rules(reply: Reply) -> None:
    assert rewrite(reply)[0].text == standalone(ASKED)


def test_no_answer_in_time_is_left_to_the_rules() -> None:
    assert rewrite(hang(), timeout=0.3)[0].text == standalone(ASKED)


def test_a_negation_of_the_question_is_kept() -> None:
    asked = Question(text="Why didn't it earn more?", history=HISTORY)
    assert rewrite(text("Why didn't the harbour of Lindholm earn more?"), asked)[0].text == (
        "Why didn't the harbour of Lindholm earn more?"
    )
    assert rewrite(text("Why did the harbour of Lindholm earn more?"), asked)[0].text == (
        standalone(asked)
    )


def test_a_question_without_history_asks_no_model() -> None:
    made, endpoint = rewrite(text(GOOD), Question(text="How much?"))
    assert made == Rewritten("How much?")
    assert endpoint.chats == []


Serve = Callable[..., tuple[Service, Endpoint]]


@pytest.fixture
def serve(
    tmp_path: Path, embedder: EmbeddedModel, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Serve]:
    """Builds a service over three documents that rewrites with a model of these replies."""
    monkeypatch.setattr(composition, "EmbeddedModel", lambda threads: embedder)
    with ExitStack() as stack:

        def start(*replies: Script) -> tuple[Service, Endpoint]:
            endpoint = stack.enter_context(scripted_endpoint(*replies))
            settings = load_settings(
                data=tmp_path / "data",
                model="scripted",
                model_base_url=endpoint.base_url,
                model_output="plain",
                rewrite_with_model=True,
            )
            made = build(settings, write=True)
            stack.callback(made.close)
            list(made.corpus.ingest(texts.three(), limit=100_000))
            return made, endpoint

        yield start


def test_a_conversation_is_searched_and_recorded_in_the_model_s_wording(serve: Serve) -> None:
    service, endpoint = serve(
        lambda request: text(f"It ended on 12 April. [{number_of('12 April', request)}]"),
        text("And how long did the strike by crane drivers take?"),
        lambda request: text(f"It took nine days. [{number_of('nine days', request)}]"),
    )
    first = asyncio.run(service.answer(Question(text="When did the strike by crane drivers end?")))
    turn = Turn(question=first.question, standalone=first.standalone)
    follow_up = Question(text="And how long did it take?", history=(turn,))
    second = asyncio.run(service.answer(follow_up))
    assert second.standalone == "And how long did the strike by crane drivers take?"
    assert second.standalone in endpoint.chats[2].prompt
    assert second.usage == Usage(prompt_tokens=22, completion_tokens=14)
    assert service.recorded(second.id) == second


def test_what_an_earlier_turn_cited_stays_valid_when_its_document_changes(serve: Serve) -> None:
    service, _ = serve(
        lambda request: text(f"It ended on 12 April. [{number_of('12 April', request)}]"),
        text("NOT_IN_EVIDENCE"),
    )
    first = asyncio.run(service.answer(Question(text="When did the strike by crane drivers end?")))
    changed = texts.origin("harbour.txt", "The harbour of Lindholm is closed.\n")
    list(service.corpus.ingest([changed], limit=100_000))
    turn = Turn(question=first.question, standalone=first.standalone)
    asyncio.run(service.answer(Question(text="Is it closed now?", history=(turn,))))
    assert first.citations
    for citation in service.recorded(first.id).citations:
        stored = service.corpus.document(citation.document_id, citation.version).text
        assert stored[citation.start : citation.end] == citation.quote


def test_rewriting_needs_a_model(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="DOSSIER_MODEL"):
        build(load_settings(data=tmp_path, rewrite_with_model=True), write=True)
