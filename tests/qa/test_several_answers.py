"""One question, several documents: what the embedded answerer tells, and what it refuses."""

import asyncio
from collections.abc import Iterator

import pytest
import several

from qa.models import Answer
from qa.question import FilterSet, Question
from qa.service import Service, build
from qa.settings import load_settings


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The small world of :mod:`several`; tests leave it as it is."""
    made = build(load_settings(data=tmp_path_factory.mktemp("several")), write=True)
    list(made.corpus.ingest(several.world(), limit=100_000))
    yield made
    made.close()


def ask(service: Service, text: str, filters: FilterSet | None = None) -> Answer:
    return asyncio.run(service.answer(Question(text=text, filters=filters or FilterSet())))


def cited(answer: Answer) -> list[str | None]:
    return [citation.title for citation in answer.citations]


ANSWERED = [question for question in several.QUESTIONS if "clowns" not in question[0]]
"""Of Ruth Askari nobody says whether she was trained as a clown."""


@pytest.mark.parametrize(("question", "needed"), ANSWERED)
def test_an_answer_cites_every_document_that_it_rests_on(
    service: Service, question: str, needed: list[str]
) -> None:
    answer = ask(service, question)
    assert answer.status == "answered"
    assert set(needed) <= set(cited(answer))
    for citation in answer.citations:
        text = service.corpus.document(citation.document_id, citation.version).text
        assert text[citation.start : citation.end] == citation.quote
    assert all(s.citations and s.support == "supported" for s in answer.statements)
    assert not answer.coverage.notes


@pytest.mark.parametrize(
    ("question", "told"),
    [
        (
            "Where was the director of The Long Pier born?",
            [("The Long Pier", "directed by Ana Roth"), ("Ana Roth", "in Vellby")],
        ),
        (
            "Where did the director of Two Lanterns die?",
            [
                ("Two Lanterns", "directed by Bo Lindqvist"),
                ("Bo Lindqvist", "Bo Lindqvist"),
                ("Bo Lindqvist", "He died in Osk"),
            ],
        ),
        (
            "Where are the headquarters of the owner of the Aurelia?",
            [
                ("Aurelia", "The Aurelia is a ferry"),
                ("Aurelia", "owned by Tellus Shipping"),
                ("Tellus Shipping", "Tellus Shipping was founded"),
                ("Tellus Shipping", "stand in Torsnes"),
            ],
        ),
        (
            "What did Mara Lind's husband study?",
            [
                ("Mara Lind", "Mara Lind has been mayor"),
                ("Mara Lind", "married to Tomas Reeve"),
                ("Tomas Reeve", "studied law"),
            ],
        ),
        (
            "What is the place of birth of the director of The Long Pier?",
            [("The Long Pier", "directed by Ana Roth"), ("Ana Roth", "in Vellby")],
        ),
    ],
)
def test_the_way_to_the_answer_is_told_first(
    service: Service, question: str, told: list[tuple[str, str]]
) -> None:
    answer = ask(service, question)
    assert len(answer.statements) == len(told)
    for statement, (title, words) in zip(answer.statements, told, strict=True):
        (number,) = statement.citations
        assert answer.citations[number - 1].title == title
        assert words in statement.text


def test_each_side_behind_a_name_is_told_with_that_name(service: Service) -> None:
    answer = ask(service, "Which film has the older director, The Long Pier or Two Lanterns?")
    assert cited(answer) == ["The Long Pier", "Ana Roth", "Two Lanterns", "Bo Lindqvist"]


@pytest.mark.parametrize(
    ("question", "looked_up"),
    [
        ("Where did the director of The Long Pier die?", "Ana Roth"),
        ("Where was the producer of The Long Pier born?", "Salt Pictures"),
        ("Where did the composer of Salt Roads die?", "Ines Corda"),
        ("Whom did the director of Two Lanterns marry?", "Bo Lindqvist"),
        ("What did the engineer of the Eastmere Bridge study?", "Karl Voss"),
        ("When was the founder of Tellus Shipping born?", "Jon Tarn"),
        ("What prize did the director of The Quiet Turbine win?", "Otto Weil"),
        ("Where did the director of A Door in Varn die?", "Silje Mork"),
        ("Who is the wife of the director of Northern Tram?", "Ruth Askari"),
        ("Of what was the owner of the Aurelia convicted?", "Tellus Shipping"),
        ("When was the husband of Mara Lind born?", "Tomas Reeve"),
    ],
)
def test_the_way_alone_is_no_answer(service: Service, question: str, looked_up: str) -> None:
    answer = ask(service, question)
    assert answer.status == "not_in_documents"
    assert not answer.citations
    assert f"Nothing was found that answers this for {looked_up}." in answer.text


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Which is higher, Mount Orr or Mount Kall?", ["Mount Kall"]),
        ("Who is older, Silje Mork or Karl Voss?", ["Karl Voss"]),
        ("Who is older, Mara Lind or Otto Weil?", ["Mara Lind"]),
        ("Who is older, Silje Mork or Berta Weil?", ["Berta Weil"]),
        ("How do rents in Torsnes compare to Varn?", ["Varn"]),
        (
            "Who was born first, the director of The Glass Orchard or the director of Blue Ice?",
            ["the director of Blue Ice"],
        ),
        ("Were Ana Roth and Ruth Askari both trained as clowns?", ["Ana Roth", "Ruth Askari"]),
    ],
)
def test_a_comparison_without_a_side_names_it(
    service: Service, question: str, missing: list[str]
) -> None:
    answer = ask(service, question)
    assert answer.status == "not_in_documents"
    assert not answer.citations
    told = tuple(f"Nothing was found that answers this for {side}" for side in missing)
    assert answer.coverage.notes == told
    assert all(f"{sentence}." in answer.text for sentence in told)


def test_half_a_comparison_is_told_with_the_side_that_is_missing(service: Service) -> None:
    answer = ask(service, "Were Bo Lindqvist and Ruth Askari both trained as clowns?")
    assert answer.status == "answered"
    assert cited(answer) == ["Bo Lindqvist"]
    assert answer.coverage.notes == ("Nothing was found that answers this for Ruth Askari",)


def test_what_filters_leave_out_is_not_told(service: Service) -> None:
    question = "Where was the director of The Long Pier born?"
    answer = ask(service, question, FilterSet(outlets=("Film Notes",)))
    assert answer.status == "not_in_documents"


@pytest.mark.parametrize("question", several.PLAIN)
def test_a_plain_question_is_answered_from_one_document(service: Service, question: str) -> None:
    answer = ask(service, question)
    assert len(set(cited(answer))) == 1
    assert not answer.coverage.notes
