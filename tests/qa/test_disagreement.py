"""Where reports differ, both sides are shown and labelled; where they do not, nothing is."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from differing import reports
from scripted_endpoint import scripted_endpoint
from scripted_replies import Reply, number_of
from scripted_replies import text as written

from qa.models import Answer, Disagreement, StatementAdded
from qa.question import FilterSet, Question
from qa.service import Service, build
from qa.settings import load_settings


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    settings = load_settings(data=tmp_path_factory.mktemp("differing"), answerer="embedded")
    made = build(settings, write=True)
    list(made.corpus.ingest(reports(), limit=1_000_000))
    yield made
    made.close()


def ask(service: Service, text: str, **filters: object) -> Answer:
    question = Question(text=text, filters=FilterSet(**filters))  # type: ignore[arg-type]
    answer = asyncio.run(service.answer(question))
    numbers = {citation.number for citation in answer.citations}
    for difference in answer.disagreements:
        for value in difference.values:
            assert set(value.citations) <= numbers
            first = answer.citations[value.citations[0] - 1]
            assert value.text in first.quote
    return answer


def told(answer: Answer, difference: Disagreement) -> dict[str, list[str | None]]:
    outlets = {citation.number: citation.outlet for citation in answer.citations}
    return {value.text: [outlets[n] for n in value.citations] for value in difference.values}


DIFFERING = [
    (
        "How many workers joined the march through Ostby?",
        "figures",
        {"About 1,100": ["Ostby Courier"], "Some 700": ["Coast Radio"]},
    ),
    (
        "When was the Kelm lighthouse built?",
        "dates",
        {"1874": ["Harbour Guide"], "1912": ["Island Atlas"]},
    ),
    (
        "How many skiers died in the avalanche at Tarn?",
        "superseded",
        {"Nine": ["Mountain Wire"], "14": ["Peak Tribune"]},
    ),
    (
        "How many people does the brewery in Olm employ?",
        "figures",
        {"45": ["Malt Weekly"], "54": ["Hop Gazette"]},
    ),
    (
        "What did Solveig Aas say about the ferry?",
        "wording",
        {
            "The ferry is a bridge that happens to float": ["Ostby Courier"],
            "The ferry is a bridge which just happens to swim": ["Island Atlas"],
        },
    ),
]


@pytest.mark.parametrize(("question", "kind", "values"), DIFFERING)
def test_both_sides_are_shown_with_who_says_so(
    service: Service, question: str, kind: str, values: dict[str, list[str]]
) -> None:
    answer = ask(service, question)
    assert [difference.kind for difference in answer.disagreements] == [kind]
    difference = answer.disagreements[0]
    assert told(answer, difference) == values
    stated = " ".join(statement.text for statement in answer.statements)
    assert all(value in stated for value in values)


def test_what_one_states_another_hedges(service: Service) -> None:
    answer = ask(service, "Has Norvia delivered patrol boats to Estra?")
    (difference,) = answer.disagreements
    plain, hedged = difference.values
    assert difference.kind == "hedged"
    assert plain.hedge is None
    assert plain.text == "Norvia has delivered patrol boats to Estra"
    assert hedged.hedge is not None
    assert answer.confidence is not None
    assert "another hedges it" in answer.confidence.because


def test_what_one_states_another_denies(service: Service) -> None:
    answer = ask(service, "Was the dam at Hallin inspected before the flood?")
    (difference,) = answer.disagreements
    assert difference.kind == "negated"
    assert {who for outlets in told(answer, difference).values() for who in outlets} == {
        "Valley News",
        "Upland Post",
    }


SEEMING = [
    ("How many troops did Norvia send to the Vassa valley?", "4,000", "260"),
    ("How many tonnes of cod did the boats of Sund land in 2023?", "990", "820"),
    ("How many tonnes of salt did Estra export last year?", "50,000", "12,000"),
    ("How many books does the library in Ostby lend a month?", "3,000", "900"),
    ("How many people does the sawmill in Dalen employ?", "80", "35"),
]


@pytest.mark.parametrize(("question", "right", "other"), SEEMING)
def test_figures_of_other_things_are_no_disagreement(
    service: Service, question: str, right: str, other: str
) -> None:
    answer = ask(service, question)
    assert any(right in statement.text for statement in answer.statements)
    assert answer.disagreements == ()
    assert all(other not in value.text for value in answer.values)


def test_copies_count_once_and_a_rounded_figure_agrees(service: Service) -> None:
    answer = ask(service, "How many houses in Brekke lost their roofs in the storm?")
    (value,) = answer.values
    assert answer.disagreements == ()
    assert value.origins == 2
    outlets = {answer.citations[n - 1].outlet for n in value.citations}
    assert "Fjord Herald" in outlets
    assert outlets & {"Continental Desk", "Brekke Times"}
    assert answer.confidence is not None
    assert answer.confidence.level == "high"
    assert answer.confidence.because == "2 independent sources agree"


def test_a_citation_names_the_documents_that_print_the_same_words(service: Service) -> None:
    answer = ask(service, "How many houses in Brekke lost their roofs in the storm?")
    ids = {document.source: document.id for document in service.corpus.documents()}
    copied = {citation.document_id: citation.copies for citation in answer.citations}
    assert copied[ids["upload:storm-wire"]] == (ids["upload:storm-copy"],)
    assert copied[ids["upload:storm-own"]] == ()


def test_filters_leave_one_side(service: Service) -> None:
    answer = ask(service, "When was the Kelm lighthouse built?", outlets=("Harbour Guide",))
    assert answer.disagreements == ()
    assert [value.text for value in answer.values] == ["1874"]
    assert answer.confidence is not None
    assert answer.confidence.level == "moderate"


def test_without_an_answer_nothing_is_weighed(service: Service) -> None:
    answer = ask(service, "Who composed the anthem of Estra?")
    if answer.status == "not_in_documents":
        assert (answer.values, answer.disagreements, answer.confidence) == ((), (), None)
    answer = ask(service, "What is the boiling point of mercury?")
    assert answer.status == "not_in_documents"
    assert (answer.values, answer.disagreements, answer.confidence) == ((), (), None)


def test_the_side_that_a_model_leaves_out_is_added(service: Service) -> None:
    def reply(request: dict[str, Any]) -> Reply:
        number = number_of("1,100", request)
        return written(f"About 1,100 workers joined the march through Ostby. [{number}]")

    with scripted_endpoint(reply) as endpoint:
        settings = load_settings(
            data=service.settings.data,
            answerer="model",
            model="m",
            model_base_url=endpoint.base_url,
            model_api_key="k",
        )
        modelled = build(settings, write=False)
        text = "How many workers joined the march through Ostby?"

        async def follow() -> list[object]:
            return [event async for event in modelled.stream(Question(text=text))]

        events = asyncio.run(follow())
        modelled.close()
    added = [e.statement for e in events if isinstance(e, StatementAdded)]
    answer = events[-1].answer  # type: ignore[attr-defined]
    assert tuple(added) == answer.statements
    assert [d.kind for d in answer.disagreements] == ["figures"]
    stated = " ".join(statement.text for statement in answer.statements)
    assert "1,100" in stated
    assert "700" in stated
