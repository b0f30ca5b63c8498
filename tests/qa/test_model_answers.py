"""Whole answers through a model: what it says is checked like everything else."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import texts
from scripted_endpoint import scripted_endpoint
from scripted_replies import Script, cut, number_of, status, text

from index.embed.embedded import EmbeddedModel
from qa import service as composition
from qa.models import Answer, Failed, StatementAdded
from qa.question import Question
from qa.service import AnswerFailed, Service, build
from qa.settings import load_settings

QUESTION = "What will the repairs of the Varn bridge cost, and when did the strike end?"
Serve = Callable[..., Service]


@pytest.fixture
def serve(
    tmp_path: Path, embedder: EmbeddedModel, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Serve]:
    """Builds a service over three documents whose model gives these replies."""
    monkeypatch.setattr(composition, "EmbeddedModel", lambda threads: embedder)
    with ExitStack() as stack:

        def start(*replies: Script) -> Service:
            endpoint = stack.enter_context(scripted_endpoint(*replies))
            settings = load_settings(
                data=tmp_path / "data", model="scripted", model_base_url=endpoint.base_url
            )
            made = build(settings, write=True)
            stack.callback(made.close)
            list(made.corpus.ingest(texts.three(), limit=100_000))
            return made

        yield start


def ask(service: Service) -> Answer:
    return asyncio.run(service.answer(Question(text=QUESTION)))


def test_statements_cite_by_number_and_quotations_are_cut_from_the_record(serve: Serve) -> None:
    service = serve(
        lambda request: text(
            f"The repairs will cost 18 million crowns. [{number_of('18 million', request)}]\n"
            f"The strike ended on 12 April. [{number_of('12 April', request)}]"
        )
    )
    answer = ask(service)
    assert (answer.status, answer.answerer, answer.model) == ("answered", "model", "scripted")
    assert [s.support for s in answer.statements] == ["supported", "supported"]
    assert answer.text == (
        "The repairs will cost 18 million crowns. [1] The strike ended on 12 April. [2]"
    )
    for citation in answer.citations:
        stored = service.corpus.document(citation.document_id, citation.version).text
        assert stored[citation.start : citation.end] == citation.quote
    assert answer.usage is not None
    assert service.recorded(answer.id) == answer


def test_what_is_uncited_or_not_borne_out_is_marked(serve: Serve) -> None:
    service = serve(
        lambda request: text(
            f"The repairs will cost 81 million crowns. [{number_of('18 million', request)}]\n"
            "The mayor is worried.\n"
            "The ferry was sold. [997]"
        )
    )
    answer = ask(service)
    assert [s.support for s in answer.statements] == ["unsupported"] * 3
    assert [len(s.citations) for s in answer.statements] == [1, 0, 0]
    assert all(s.reason for s in answer.statements)
    assert "18 million" in str(answer.statements[0].reason)


def test_a_model_that_finds_no_answer_is_believed(serve: Serve) -> None:
    answer = ask(serve(text("NOT_IN_EVIDENCE")))
    assert answer.status == "not_in_documents"
    assert (answer.statements, answer.citations) == ((), ())
    assert "3 documents" in answer.text


def test_a_stream_that_breaks_off_gives_an_incomplete_answer_with_the_reason(
    serve: Serve,
) -> None:
    answer = ask(serve(cut("The strike ended on 12 April. [1]\nThe repairs will")))
    assert answer.status == "incomplete"
    assert answer.reason
    assert [s.text for s in answer.statements] == ["The strike ended on 12 April."]


def test_a_failure_before_any_statement_is_told_as_an_error(serve: Serve) -> None:
    service = serve(status(401))

    async def collect() -> list[object]:
        return [event async for event in service.stream(Question(text=QUESTION))]

    told = asyncio.run(collect())
    assert isinstance(told[-1], Failed)
    assert told[-1].code == "model_unauthorized"
    assert "DOSSIER_MODEL_API_KEY" in told[-1].hint
    assert not any(isinstance(event, StatementAdded) for event in told)
    with pytest.raises(AnswerFailed) as caught:
        ask(service)
    assert caught.value.code == "model_unauthorized"


def test_the_embedded_answerer_stays_at_hand(serve: Serve) -> None:
    service = serve(status(500))
    question = Question(text="When did the strike end?", answerer="embedded")
    answer = asyncio.run(service.answer(question))
    assert (answer.status, answer.answerer, answer.model) == ("answered", "embedded", None)


def test_doctor_asks_the_endpoint(serve: Serve) -> None:
    service = serve(text("ok"))
    checks = asyncio.run(service.checks(probe_model=True))
    assert [check.name for check in checks][-1] == "model"
    assert all(check.ok for check in checks)
