"""The short answer of a whole answer: verbatim, cited, first, and only where it is sure."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import texts
from click.testing import CliRunner
from made_evidence import document, sentence
from promises import broken
from scripted_endpoint import scripted_endpoint
from scripted_replies import number_of, text

from api.cli import cli
from api.cli.transcript import markdown
from index.embed.embedded import EmbeddedModel
from qa import service as composition
from qa.models import Answer, AnswerEvent, StatementAdded
from qa.question import Question
from qa.service import Service, build
from qa.settings import load_settings
from qa.short.short_answer import SURE, likeliest, short_answer

MILL = (
    "The mill at Osby stood empty for nine years before the town bought it. "
    "The mill at Osby was founded by Ana Roth, a former clerk, in 1872. "
    "The mill at Osby employed about 600 workers at its best. "
    "Guides lead visitors through the mill at Osby on Sundays.\n"
)
BRIDGE = "The Norra bridge was opened on 4 June 1931 and is 212 metres long.\n"
ONE = "The harbour office says that the storm sank 14 boats at Varn.\n"
OTHER = "According to the coast guard the storm sank 19 boats at Varn.\n"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    made = build(load_settings(data=tmp_path_factory.mktemp("short")), write=True)
    news = {"mill": MILL, "bridge": BRIDGE, "one": ONE, "other": OTHER}
    origins = [texts.origin(f"{name}.txt", words, outlet=name) for name, words in news.items()]
    list(made.corpus.ingest(origins, limit=100_000))
    yield made
    made.close()


def ask(service: Service, question: str) -> Answer:
    return asyncio.run(service.answer(Question(text=question)))


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("Who founded the mill at Osby?", "Ana Roth"),
        ("When was the mill at Osby founded?", "1872"),
        ("How many workers did the mill at Osby employ?", "about 600"),
        ("When was the Norra bridge opened?", "4 June 1931"),
    ],
)
def test_the_short_answer_is_cut_from_the_first_statement(
    service: Service, question: str, words: str
) -> None:
    answer = ask(service, question)
    short = answer.short
    assert short is not None
    assert words in short.text
    assert len(short.text) < len(words) + 12
    cited = answer.citations[short.citation - 1]
    assert cited.start <= short.start < short.end <= cited.end
    assert cited.quote[short.start - cited.start : short.end - cited.start] == short.text
    assert short.citation in answer.statements[0].citations
    assert answer.text.startswith(answer.statements[0].text)
    read = service.corpus.document
    assert broken(answer.model_dump(mode="json"), lambda i, v: read(i, v).text) == []


@pytest.mark.parametrize(
    "question",
    [
        "Is the mill at Osby open to visitors?",
        "Which is longer, the Norra bridge or the mill at Osby?",
        "Who founded the mill at Osby, and when was the Norra bridge opened?",
        "How did the mill at Osby develop?",
    ],
)
def test_questions_that_take_more_than_a_few_words_have_none(
    service: Service, question: str
) -> None:
    assert ask(service, question).short is None


def test_where_sources_differ_no_single_value_stands_for_the_answer(service: Service) -> None:
    answer = ask(service, "How many boats did the storm sink at Varn?")
    assert answer.disagreements
    assert answer.short is None


def test_the_stream_gives_it_with_the_statement_that_it_is_cut_from(service: Service) -> None:
    async def events() -> list[AnswerEvent]:
        question = Question(text="Who founded the mill at Osby?")
        return [event async for event in service.stream(question)]

    told = [event for event in asyncio.run(events()) if isinstance(event, StatementAdded)]
    assert told[0].short is not None
    assert told[0].short.text == "Ana Roth"
    assert all(event.short is None for event in told[1:])


def test_the_command_line_and_the_transcript_show_it_on_a_line_before_the_sentences(
    service: Service,
) -> None:
    answer = ask(service, "Who founded the mill at Osby?")
    assert "**Ana Roth** [1]\n" in markdown([answer], lambda c: "mill.txt")
    data = str(service.settings.data)
    done = CliRunner().invoke(cli, ["ask", "--data", data, "Who founded the mill at Osby?"])
    assert done.output.splitlines()[0].strip() == "Ana Roth [1]"
    assert "was founded by Ana Roth" in done.output.splitlines()[1]


def test_what_is_not_sure_is_not_given() -> None:
    made = document("Some of them thought that it might be so, and others not.", name="vague")
    vague = [sentence(made, made.text, relevance=0.3)]
    guess = likeliest("What is the reason for the delay of the ferry?", vague)
    assert guess is not None
    assert guess.sure < SURE
    assert short_answer("What is the reason for the delay of the ferry?", vague) is None
    assert likeliest("What is it?", []) is None


@pytest.mark.parametrize(
    ("said", "short"),
    [
        ("The mill at Osby was founded by Ana Roth in 1872. [{n}]", "Ana Roth"),
        ("A former clerk founded the mill at Osby. [{n}]", None),
        ("The mill at Osby was founded by Jon Holm. [{n}]", None),
    ],
)
def test_a_model_must_have_written_it_too_and_rightly(
    tmp_path: Path,
    embedder: EmbeddedModel,
    monkeypatch: pytest.MonkeyPatch,
    said: str,
    short: str | None,
) -> None:
    monkeypatch.setattr(composition, "EmbeddedModel", lambda threads: embedder)
    reply = lambda request: text(said.format(n=number_of("former clerk", request)))  # noqa: E731
    with scripted_endpoint(reply, reply) as endpoint:
        settings = load_settings(
            data=tmp_path / "data", model="scripted", model_base_url=endpoint.base_url
        )
        made = build(settings, write=True)
        list(made.corpus.ingest([texts.origin("mill.txt", MILL)], limit=100_000))
        answer = ask(made, "Who founded the mill at Osby?")
        made.close()
    assert (answer.short.text if answer.short else None) == short


@pytest.mark.parametrize(
    ("question", "told", "words"),
    [
        (
            "Who reported that the pumps had arrived at the dam?",
            "Last week several Dutch engineers reported that the pumps had arrived at the dam in "
            "the north of Belgium.",
            "engineers",
        ),
        (
            "Who said that the dam does not leak?",
            '"The dam holds water and fish. The dam does not leak," said Ana Roth of the board.',
            "Ana Roth",
        ),
        (
            "Who claimed that the dam had 20 cracks?",
            "A Belgian official claimed that the dam had 20 cracks.",
            "Belgian official",
        ),
        (
            "How many megawatts does the reactor have?",
            "Karim Holm reminded the room that the only working reactor, Osby 1, was built by "
            "Norway, has a capacity of 1,000 megawatts and joined the grid in 2011.",
            "1,000",
        ),
    ],
)
def test_the_short_answer_is_of_the_sort_that_is_asked_for(
    question: str, told: str, words: str
) -> None:
    made = document(told, name="sort")
    found = likeliest(question, [sentence(made, told, relevance=0.9)])
    assert found is not None
    assert words in found.span.cut(told)
