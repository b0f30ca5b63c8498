"""A model that plans the searches: what it is shown, what is searched for, and when it fails."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import texts
from scripted_endpoint import Endpoint, scripted_endpoint
from scripted_replies import Script, hang, number_of, status, text

from index.embed.embedded import EmbeddedModel
from index.models import Filters
from qa import service as composition
from qa.errors import InvalidSetting
from qa.models import Answer
from qa.question import Question
from qa.service import Service, build
from qa.settings import load_settings

QUESTION = "What will the repairs of the Varn bridge cost, and when did the strike end?"
PLAN = "What will the repairs of the Varn bridge cost?\nWhen did the strike end?"
Serve = Callable[..., tuple[Service, Endpoint]]


@pytest.fixture
def serve(
    tmp_path: Path, embedder: EmbeddedModel, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Serve]:
    """Builds a service over three documents whose model gives these replies."""
    monkeypatch.setattr(composition, "EmbeddedModel", lambda threads: embedder)
    with ExitStack() as stack:

        def start(*replies: Script, **given: object) -> tuple[Service, Endpoint]:
            endpoint = stack.enter_context(scripted_endpoint(*replies))
            settings = load_settings(
                **{
                    "data": tmp_path / "data",
                    "model": "scripted",
                    "model_base_url": endpoint.base_url,
                    "plan_with_model": True,
                    "model_output": "plain",  # the plan comes first, and then one call
                }
                | given
            )
            made = build(settings, write=True)
            stack.callback(made.close)
            list(made.corpus.ingest(texts.three(), limit=100_000))
            return made, endpoint

        yield start


def ask(service: Service, **given: object) -> Answer:
    return asyncio.run(service.answer(Question(text=QUESTION, **given)))  # type: ignore[arg-type]


def test_the_sub_questions_are_searched_for_and_told(serve: Serve) -> None:
    service, endpoint = serve(
        text(f"1. {PLAN}\n- {PLAN.splitlines()[1]}\n\n{QUESTION}"),
        lambda request: text(f"The strike ended on 12 April. [{number_of('12 April', request)}]"),
    )
    answer = ask(service)
    assert [step.query for step in answer.trace[:3]] == [QUESTION, *PLAN.splitlines()]
    assert answer.trace[1].why == "a sub-question by scripted"
    assert answer.status == "answered"
    assert answer.usage is not None
    assert len(endpoint.chats) == 2
    assert service.recorded(answer.id) == answer


def test_the_model_sees_the_question_and_no_document(serve: Serve) -> None:
    service, endpoint = serve(text(PLAN))
    service.search(QUESTION, Filters(), limit=4)
    prompt = endpoint.chats[0].prompt
    assert QUESTION in prompt
    assert "18 million" not in prompt
    assert "Varn Herald" not in prompt
    assert endpoint.chats[0].body["temperature"] == 0
    assert endpoint.chats[0].body["seed"] == service.settings.model_seed


def test_what_the_model_writes_cannot_leave_the_filters(serve: Serve) -> None:
    service, _ = serve(text("When did the strike end?\nWhat did the Lindholm Post say of wages?"))
    found = service.search(QUESTION, Filters(outlets=("Varn Herald",)), limit=4)
    assert len(found.steps) >= 3
    assert {hit.document.metadata.outlet for hit in found.hits} == {"Varn Herald"}


def test_one_look_up_can_be_enough(serve: Serve) -> None:
    service, _ = serve(text("NONE."))
    assert [step.why for step in service.search(QUESTION, Filters(), limit=4).steps][:1] == [
        "the question"
    ]


@pytest.mark.parametrize(
    "reply", [status(500), text("\n---\n"), text("Here is the plan:"), status(401), hang()]
)
def test_without_a_plan_the_rules_do_it_and_the_trace_says_so(serve: Serve, reply: Script) -> None:
    service, _ = serve(reply, model_timeout=1.5)
    found = service.search("Who is older, Greta Olsen or Tomas Brandt?", Filters(), limit=4)
    assert found.steps[0].why.startswith("the question; the model made no plan: ")
    assert [step.why for step in found.steps[1:3]] == [
        "one side: Greta Olsen",
        "one side: Tomas Brandt",
    ]
    assert found.hits


def test_no_model_is_asked_unless_it_is_wanted(serve: Serve) -> None:
    service, endpoint = serve(text(PLAN))
    assert ask(service, answerer="embedded").trace[0].query == QUESTION
    assert endpoint.chats == []


def test_it_is_off_by_default(serve: Serve) -> None:
    service, endpoint = serve(text(PLAN), plan_with_model=False)
    service.search(QUESTION, Filters(), limit=4)
    assert endpoint.chats == []


def test_it_needs_a_model(tmp_path: Path) -> None:
    with pytest.raises(InvalidSetting, match="DOSSIER_MODEL"):
        build(load_settings(data=tmp_path / "data", plan_with_model=True), write=True)
