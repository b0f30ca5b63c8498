"""What becomes of statements that their citations do not bear out, through whole answers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
import texts
from made_evidence import document, lines
from scripted_endpoint import Endpoint, scripted_endpoint
from scripted_replies import Reply, Request, Script, cut, number_of, status, text

from index.embed.embedded import EmbeddedModel
from qa import service as composition
from qa.chat.policy import settle
from qa.compose import DraftStatement
from qa.models import Answer, AnswerEvent, StatementAdded
from qa.question import Question
from qa.service import Service, build
from qa.settings import load_settings

QUESTION = "What will the repairs of the Varn bridge cost, and when did the strike end?"
RIGHT = "Repairs will cost 18 million crowns."
WRONG = "Repairs will cost 81 million crowns."
Serve = Callable[..., tuple[Service, Endpoint]]


@pytest.fixture
def serve(
    tmp_path: Path, embedder: EmbeddedModel, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Serve]:
    """Builds a service over three documents with these settings whose model gives these replies."""
    monkeypatch.setattr(composition, "EmbeddedModel", lambda threads: embedder)
    with ExitStack() as stack:

        def start(
            *replies: Script, data_name: str = "data", **given: object
        ) -> tuple[Service, Endpoint]:
            endpoint = stack.enter_context(scripted_endpoint(*replies))
            settings = load_settings(
                data=tmp_path / data_name,
                model="scripted",
                model_base_url=endpoint.base_url,
                **{"model_output": "plain"} | given,
            )
            made = build(settings, write=True)
            stack.callback(made.close)
            list(made.corpus.ingest(texts.three(), limit=100_000))
            return made, endpoint

        yield start


def saying(*statements: tuple[str, str]) -> Callable[[Request], Reply]:
    """A reply of statements, each with words of the sentence that it cites; empty cites none."""

    def reply(request: Request) -> Reply:
        said = []
        for words, cited in statements:
            marker = f" [{number_of(cited, request)}]" if cited else ""
            said.append(words + marker)
        return text("\n".join(said))

    return reply


def ask(service: Service) -> Answer:
    return asyncio.run(service.answer(Question(text=QUESTION)))


def events(service: Service) -> list[AnswerEvent]:
    async def collect() -> list[AnswerEvent]:
        return [event async for event in service.stream(Question(text=QUESTION))]

    return asyncio.run(collect())


TWO = saying((RIGHT, "18 million"), (WRONG, "18 million"))
NONE = saying((WRONG, "18 million"), ("The mayor is a thief.", ""))


def test_marked_statements_are_shown_with_their_reason(serve: Serve) -> None:
    answer = ask(serve(TWO)[0])
    assert answer.status == "answered"
    assert [s.support for s in answer.statements] == ["supported", "unsupported"]
    assert "18 million" in str(answer.statements[1].reason)
    assert (answer.reason, answer.form) == (None, "plain")


def test_an_answer_without_any_supported_statement_does_not_look_answered(serve: Serve) -> None:
    answer = ask(serve(NONE)[0])
    assert answer.status == "incomplete"
    assert "borne out" in str(answer.reason)
    assert len(answer.statements) == 2


def test_dropped_statements_are_counted(serve: Serve) -> None:
    service, _ = serve(TWO, unsupported="drop")
    answer = ask(service)
    assert answer.status == "answered"
    assert [s.text for s in answer.statements] == [RIGHT]
    assert "81" not in answer.text
    assert any("1 statement of the model is left out" in note for note in answer.coverage.notes)
    assert service.recorded(answer.id) == answer


def test_where_all_are_dropped_nothing_is_answered_and_it_is_said_why(serve: Serve) -> None:
    answer = ask(serve(NONE, unsupported="drop")[0])
    assert answer.status == "not_in_documents"
    assert (answer.statements, answer.citations) == ((), ())
    assert "2 statements of the model are left out" in str(answer.reason)
    assert str(answer.reason) in answer.text
    assert "do not say" not in answer.text
    assert "3 documents" in answer.text


def test_one_unsupported_statement_takes_the_answer_with_it_where_that_is_the_policy(
    serve: Serve,
) -> None:
    service, _ = serve(TWO, unsupported="refuse")
    told = events(service)
    assert not any(isinstance(event, StatementAdded) for event in told)
    answer = ask(service)
    assert answer.status == "not_in_documents"
    assert answer.statements == ()
    assert "1 of 2 statements of the model is not borne out" in str(answer.reason)


@pytest.mark.parametrize("policy", ["mark", "drop", "refuse"])
def test_a_sound_answer_is_the_same_under_every_policy(serve: Serve, policy: str) -> None:
    sound = saying((RIGHT, "18 million"), ("The strike ended on 12 April.", "12 April"))
    answer = ask(serve(sound, unsupported=policy)[0])
    assert answer.status == "answered"
    assert answer.text == f"{RIGHT} [1] The strike ended on 12 April. [2]"
    assert answer.coverage.notes == ()


@pytest.mark.parametrize("policy", ["drop", "refuse"])
def test_a_cut_reply_stays_incomplete_under_every_policy(serve: Serve, policy: str) -> None:
    def reply(request: Request) -> Reply:
        return cut(f"{RIGHT} [{number_of('18 million', request)}]\nThe strike")

    answer = ask(serve(reply, unsupported=policy)[0])
    assert answer.status == "incomplete"
    assert [s.text for s in answer.statements] == [RIGHT]


def test_a_statement_that_cites_the_wrong_sentence_is_given_the_right_one(serve: Serve) -> None:
    answer = ask(serve(saying((RIGHT, "12 April"), ("The strike ended on 12 April.", "")))[0])
    assert [s.support for s in answer.statements] == ["supported", "supported"]
    quotes = [citation.quote for citation in answer.citations]
    assert "18 million" in quotes[0]
    assert "12 April" in quotes[1]
    assert len(quotes) == 2


def test_citations_that_contribute_nothing_are_left_out(serve: Serve) -> None:
    def reply(request: Request) -> Reply:
        strike, cost = number_of("12 April", request), number_of("18 million", request)
        return text(f"{RIGHT} [{strike}][{cost}][{strike}]")

    answer = ask(serve(reply)[0])
    assert [c.quote for c in answer.citations] == [
        "Repairs will cost 18 million crowns and should be finished by October."
    ]


def test_a_statement_is_told_once(serve: Serve) -> None:
    def reply(request: Request) -> Reply:
        strike, cost = number_of("12 April", request), number_of("18 million", request)
        return text(f"{RIGHT} [{strike}][{cost}]\n{RIGHT} [{cost}][{strike}]\n{RIGHT}")

    assert ask(serve(reply)[0]).text == f"{RIGHT} [1]"


def test_the_model_writes_anew_what_is_not_borne_out_in_one_call(serve: Serve) -> None:
    service, endpoint = serve(TWO, saying((RIGHT[:-1] + " in all.", "18 million")), repair="ask")
    told = events(service)
    answer = ask_recorded(told)
    assert len(endpoint.chats) == 2
    assert WRONG in endpoint.chats[1].prompt
    assert RIGHT not in endpoint.chats[1].prompt.replace(WRONG, "")
    assert endpoint.chats[1].body["max_tokens"] < 800
    assert [s.support for s in answer.statements] == ["supported", "supported"]
    assert answer.statements[1].drafted == WRONG
    assert answer.usage is not None
    assert answer.usage.prompt_tokens == 22  # of both calls
    sent = [event.statement.text for event in told if isinstance(event, StatementAdded)]
    assert WRONG not in sent


def ask_recorded(told: list[AnswerEvent]) -> Answer:
    answer = told[-1]
    assert answer.type == "answer"
    return answer.answer


@pytest.mark.parametrize(
    "second", [status(500, "down"), text("No idea."), saying((WRONG, "18 million")), text("")]
)
def test_a_repair_that_fails_leaves_the_statement_to_the_policy(
    serve: Serve, second: Script
) -> None:
    only_wrong = saying((RIGHT, "18 million"), ("The ferry was sold to Oslo for 81 crowns.", "12"))
    service, endpoint = serve(only_wrong, second, repair="ask", unsupported="drop")
    answer = ask(service)
    assert [s.text for s in answer.statements] == [RIGHT]
    assert any("1 statement" in note for note in answer.coverage.notes)
    assert len(endpoint.chats) >= 2


def test_what_is_cut_tells_what_the_model_had_written(serve: Serve) -> None:
    words = "Repairs will cost 18 million crowns, and the mayor has fled to Oslo."
    answer = ask(serve(saying((words, "18 million")))[0])
    assert answer.statements[0].text == RIGHT
    assert (answer.statements[0].support, answer.statements[0].drafted) == ("supported", words)
    off = ask(serve(saying((words, "18 million")), data_name="off", repair="off")[0])
    assert off.statements[0].text == words
    assert off.statements[0].support != "supported"


NEWS = document(
    "The dam holds 11,000 megalitres of water.\n"
    "The minister reportedly visited the dam on Monday.\n"
    "The old bridge was painted green.\n"
    "Engineers say that the dam holds about 11,000 megalitres.\n"
    "Its spillway was opened in May and the road below it was closed.",
    name="news",
)
WATER, VISIT, BRIDGE, AGAIN, SPILLWAY = lines(NEWS)


def settled(words: str, *cited: object, keep: bool = True) -> DraftStatement:
    draft = DraftStatement(words, tuple(cited))  # type: ignore[arg-type]
    return settle(draft, lines(NEWS), cut=not keep)


def test_corroborating_citations_stay() -> None:
    made = settled("The dam holds about 11,000 megalitres of water.", WATER, BRIDGE, AGAIN)
    assert made.evidence == (WATER, AGAIN)


def test_citations_that_only_together_bear_a_statement_out_stay() -> None:
    words = "The dam holds 11,000 megalitres of water and the old bridge was painted green."
    assert settled(words, BRIDGE, VISIT, WATER).evidence == (BRIDGE, WATER)


def test_what_nothing_bears_out_keeps_what_it_cites() -> None:
    words = "The dam burst and forty houses were lost."
    assert settled(words, BRIDGE, VISIT).evidence == (BRIDGE, VISIT)
    assert settled(words).evidence == ()


def test_a_sentence_is_not_put_together_from_different_documents() -> None:
    other = document("The minister opened the tunnel.", name="other")
    words = "The minister opened the tunnel on Monday."
    made = settle(
        DraftStatement(words, tuple(lines(other))), [*lines(other), *lines(NEWS)], cut=False
    )
    assert [e.document.id for e in made.evidence] == ["d-other"]


def test_settling_changes_no_words_unless_it_may_cut() -> None:
    words = "The dam holds 12,000 megalitres of water."
    made = settled(words, WATER)
    assert (made.text, made.drafted) == (words, None)
