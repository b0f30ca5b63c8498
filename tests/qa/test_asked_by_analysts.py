"""Whole answers to what an analyst asks of a fire and a sale, and what they must not tell."""

import asyncio
from collections.abc import Iterator
from datetime import date

import pytest
import texts

from qa.models import Answer
from qa.question import Question
from qa.service import Service, build
from qa.settings import load_settings

DOCUMENTS = {
    "herald": (
        date(2023, 5, 6),
        "A fire at the ropeworks in Tolvik killed six people and injured about 40, the brigade "
        "said. The ropeworks stands on Pier 7, by the old lighthouse.\n",
    ),
    "wire": (
        date(2023, 5, 9),
        "The death toll from the fire at the ropeworks in Tolvik rose to 11 after three more "
        "bodies were found. The police have not said what caused the fire.\n",
    ),
    "review": (
        date(2023, 7, 1),
        "Fifteen people died in the fire at the ropeworks in Tolvik on 4 May 2023. "
        "The ropeworks held 900 drums of tar, according to harbour records, more than its permit "
        "allowed.\n",
    ),
    "interview": (
        date(2023, 6, 1),
        "# Sanna Vik on the night\n\n"
        "*Sanna Vik leads the fire brigade of Tolvik since 2011. Ole Dahl asked her.*\n\n"
        "**How many firefighters came to the ropeworks?**\n\n"
        "We were 52 when it began and 130 by dawn. Two of my people died.\n\n"
        "**Did the fire reach the houses?**\n\n"
        "It took us the whole night to keep it from them.\n",
    ),
    "company": (
        date(2023, 5, 8),
        "Tolvik Rope denies that the ropeworks held more drums of tar than its permit allowed. "
        "The price per share that the Norrland Fund pays is not disclosed.\n",
    ),
    "sale": (
        date(2022, 2, 2),
        "Hagen United have been sold to the Norrland Fund for €30 million. "
        "The members voted for the sale of Hagen United by 912 to 344. "
        "The new board of Hagen United has four members: Ada Berg (chair), Jon Falk, Mia Lund and "
        "Per Holm.\n",
    ),
    "pact": (
        date(2024, 1, 9),
        "Rolf Aas signed the canal pact in the old customs house. The clerk kept one copy.\n",
    ),
    "pact-abroad": (
        date(2024, 1, 10),
        "Envoys came to the customs house, where the canal pact was signed with Estra.\n",
    ),
    "rumour": (
        date(2022, 2, 4),
        "The Norrland Fund is paying about €26 million for Hagen United, people close to it say. "
        "Will the ground of Hagen United be sold? The fund has no plans to sell the ground.\n",
    ),
}


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    made = build(load_settings(data=tmp_path_factory.mktemp("asked")), write=True)
    origins = [
        texts.origin(f"{name}.md", words, outlet=name, published_at=day)
        for name, (day, words) in DOCUMENTS.items()
    ]
    list(made.corpus.ingest(origins, limit=100_000))
    yield made
    made.close()


def ask(service: Service, question: str) -> Answer:
    return asyncio.run(service.answer(Question(text=question)))


def short(answer: Answer) -> str | None:
    return answer.short.text if answer.short else None


def test_a_toll_that_rises_is_one_that_replaces_the_earlier(service: Service) -> None:
    answer = ask(service, "How many people died in the fire at the ropeworks in Tolvik?")
    (difference,) = answer.disagreements
    assert difference.kind == "superseded"
    assert {value.text for value in difference.values} == {"six", "11", "Fifteen"}


def test_one_price_in_two_reports_is_a_difference(service: Service) -> None:
    answer = ask(service, "How much was paid for Hagen United?")
    (difference,) = answer.disagreements
    assert {value.text for value in difference.values} == {"€30 million", "about €26 million"}


def test_what_records_say_and_the_company_denies(service: Service) -> None:
    answer = ask(service, "Did the ropeworks hold more tar than its permit allowed?")
    assert [difference.kind for difference in answer.disagreements] == ["negated"]


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("How many people were injured in the fire at the ropeworks?", "about 40"),
        ("How many members voted for the sale of Hagen United?", "912 to 344"),
        (
            "Who is on the new board of Hagen United?",
            "Ada Berg (chair), Jon Falk, Mia Lund and Per Holm",
        ),
        ("Where does the ropeworks stand?", "Pier 7"),
    ],
)
def test_a_short_answer_is_whole_and_of_the_right_event(
    service: Service, question: str, words: str
) -> None:
    assert short(ask(service, question)) == words


@pytest.mark.parametrize(
    "question",
    [
        "What caused the fire at the ropeworks in Tolvik?",
        "How much does the Norrland Fund pay per share?",
        "How many people died in the fire at the ropeworks in Tolvik in 1994?",
        "How old is Sanna Vik?",
        "What does Sanna Vik say about the fire?",
    ],
)
def test_nothing_short_is_told_of_what_is_open(service: Service, question: str) -> None:
    answer = ask(service, question)
    assert short(answer) is None
    assert not answer.values


def test_a_question_of_the_text_is_no_statement(service: Service) -> None:
    answer = ask(service, "Will the ground of Hagen United be sold?")
    assert answer.statements[0].text.endswith("has no plans to sell the ground.")
    assert not any(statement.text.endswith("?") for statement in answer.statements)


def test_a_party_that_it_was_signed_with_is_no_other_signer(service: Service) -> None:
    answer = ask(service, "Who signed the canal pact?")
    assert short(answer) == "Rolf Aas"
    assert not answer.disagreements


def test_a_side_that_the_best_sentence_speaks_of_is_not_said_to_be_missing(
    service: Service,
) -> None:
    answer = ask(
        service,
        "Compare what the company and harbour records say about the drums of tar that the "
        "ropeworks held.",
    )
    assert answer.statements[0].text.startswith("The ropeworks held 900 drums of tar")
    assert not any("harbour records" in note for note in answer.coverage.notes)


def test_a_reply_counts_for_the_question_before_it(service: Service) -> None:
    answer = ask(service, "How many firefighters came to the ropeworks?")
    assert answer.statements[0].text == "We were 52 when it began and 130 by dawn."


def test_half_a_mark_of_emphasis_is_not_shown(service: Service) -> None:
    answer = ask(service, "Who leads the fire brigade of Tolvik?")
    told = [s.text for s in answer.statements if s.text.startswith("Sanna Vik leads")]
    assert told
    assert answer.citations[answer.statements[0].citations[0] - 1].quote.startswith("*Sanna Vik")
    for statement in answer.statements:
        assert answer.text[statement.start : statement.end] == statement.text
