"""Whole answers that can be read alone: notes with their citations, timelines, missing parts."""

import asyncio
from collections.abc import Iterator
from datetime import date

import pytest
import texts
from click.testing import CliRunner
from scraped import PAGES

from api.cli import cli
from api.cli.render import day
from api.cli.transcript import markdown
from qa.models import Answer, Completed, StatementAdded
from qa.question import FilterSet, Question
from qa.readable.remarks import without_notes
from qa.service import Service, build
from qa.settings import load_settings

FERRY = (
    "Ana Roth runs the ferry line between Osby and Varn. "
    "She bought two electric ships from a yard in Norra on Friday.\n"
)
MINE = (
    "The copper mine at Hillside was opened on 4 March 2019.\n\n"
    "The copper mine at Hillside was flooded on 9 June 2021.\n\n"
    "Pumping at the copper mine at Hillside ended in May 2022.\n"
)
LATER = "The copper mine at Hillside was reopened on Monday.\n"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    made = build(load_settings(data=tmp_path_factory.mktemp("readable")), write=True)
    pages = [texts.origin(f"{name}.txt", text) for name, text in PAGES.items()]
    news = [
        texts.origin("ferry.txt", FERRY, published_at=date(2025, 1, 18)),
        texts.origin("mine.txt", MINE, published_at=date(2022, 6, 1)),
        texts.origin("later.txt", LATER, published_at=date(2023, 2, 8)),
    ]
    list(made.corpus.ingest([*pages, *news], limit=100_000))
    yield made
    made.close()


def ask(service: Service, text: str, **filters: object) -> Answer:
    question = Question(text=text, filters=FilterSet(**filters))  # type: ignore[arg-type]
    return asyncio.run(service.answer(question))


def test_notes_are_in_the_text_and_cite_what_they_say(service: Service) -> None:
    answer = ask(service, "Who bought two electric ships?")
    told = answer.statements[0]
    assert told.text == (
        "She [Ana Roth] bought two electric ships from a yard in Norra on Friday "
        "[17 January 2025, computed]."
    )
    assert told.support == "supported"
    assert answer.text.startswith(told.text + " [1][2]")
    who, when = told.notes
    assert (told.text[who.start : who.end], who.kind, who.citation) == (
        "[Ana Roth]",
        "antecedent",
        2,
    )
    assert (when.kind, when.citation) == ("computed", None)
    assert when.told == "Friday on or before 18 January 2025 (published)"
    own, named = answer.citations[:2]
    assert own.quote == without_notes(told.text, told.notes)
    assert named.quote == "Ana Roth runs the ferry line between Osby and Varn."
    assert told.citations == (1, 2)


def test_what_the_question_names_has_no_note(service: Service) -> None:
    answer = ask(service, "How many electric ships did Ana Roth buy?")
    told = next(s for s in answer.statements if "electric ships" in s.text)
    assert [note.kind for note in told.notes] == ["computed"]


HOW = "How did the copper mine at Hillside develop?"


def test_a_development_is_told_by_day(service: Service) -> None:
    answer = ask(service, HOW)
    mine = [entry for entry in answer.timeline if "mine" in answer.statements[entry.statement].text]
    assert [entry.first.isoformat() for entry in mine] == [
        "2019-03-04",
        "2021-06-09",
        "2022-05-01",
        "2023-02-06",
    ]
    assert [day(entry) for entry in mine] == ["2019-03-04", "2021-06-09", "2022-05", "2023-02-06"]
    assert [entry.computed for entry in mine] == [False, False, False, True]
    assert [e.statement for e in answer.timeline] == sorted(e.statement for e in answer.timeline)
    assert ask(service, "When was the copper mine at Hillside flooded?").timeline == ()


def test_a_timeline_keeps_to_the_filters(service: Service) -> None:
    answer = ask(service, HOW, as_of=date(2022, 12, 31))
    assert answer.timeline
    assert all("reopened" not in statement.text for statement in answer.statements)


def test_each_statement_of_a_stream_has_its_day(service: Service) -> None:
    async def collect() -> list[object]:
        return [event async for event in service.stream(Question(text=HOW))]

    events = asyncio.run(collect())
    dated = tuple(e.dated for e in events if isinstance(e, StatementAdded) and e.dated)
    (done,) = (e for e in events if isinstance(e, Completed))
    assert dated == done.answer.timeline


def test_the_part_that_is_not_answered_is_told(service: Service) -> None:
    answer = ask(service, "When was the copper mine at Hillside opened and by whom?")
    assert "4 March 2019" in answer.statements[0].text
    whole = ask(service, "Who bought two electric ships, and when?")
    assert whole.missing == ()
    partly = ask(
        service,
        "When was the copper mine at Hillside flooded and how many people died?",
        documents=tuple(d.id for d in service.corpus.documents() if d.name == "mine.txt"),
    )
    assert partly.status == "answered"
    assert partly.missing == ("how many people died",)
    assert "how many people died" not in partly.text
    assert "Not answered: how many people died" in markdown([partly], lambda _: "a document")


@pytest.mark.parametrize(
    "question",
    [
        *("Which pier reopens?", "What about the pier at Osby?", "Who walks along the new planks?"),
        *("What did Lindholm decide?", "Who is Anna Berg?", "What happens to the mill at Varn?"),
        *("Who is Eva Lind?", "What are readers asked?", "What is for subscribers only?"),
        *("When was the story published?", "Who leaves the mill?", "What is related?"),
    ],
)
def test_no_furniture_is_ever_told(service: Service, question: str) -> None:
    furniture = (
        *(
            "Share on",
            "Photo",
            "By Karin",
            "subscri",
            "Subscri",
            "RELATED",
            "Also read",
            "BREAKING",
        ),
        *(
            "Anna Berg and Tom",
            "Eva Lind",
            "to build a second bridge\n",
            "REUTERS",
            "[Ida",
            "reopens",
        ),
        *("A worker leaves", "Visitors walk", "Workers at the mill", "originally published"),
        *(
            "Home >",
            "World |",
            "Mill at Varn to close",
            "Loading",
            "consider",
            "Dockworkers during",
        ),
    )
    for statement in ask(service, question).statements:
        assert not any(piece in statement.text for piece in furniture), statement.text


def test_the_command_line_shows_days_and_what_is_missing(
    service: Service, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("cli")
    (folder / "mine.txt").write_text(MINE, encoding="utf-8")
    shown = CliRunner().invoke(cli, ["ask", "--context", str(folder), HOW])
    assert shown.exit_code == 0, shown.output
    assert "2021-06-09  The copper mine at Hillside was flooded on 9 June 2021." in shown.output
    question = "When was the copper mine at Hillside flooded and how many people died?"
    shown = CliRunner().invoke(cli, ["ask", "--context", str(folder), question])
    assert "Not answered: how many people died" in shown.output
