"""Timelines: which questions ask for one, which day a sentence has, what is told in which order."""

import asyncio
from datetime import date

import pytest
from drafts import draft, sentences

from qa.compose import EvidenceSentence
from qa.extract import Extractor
from qa.relevance import THRESHOLD
from qa.when.timeline import asks, entry, in_order, in_order_of_time, stamp, subject

HOW = "How did the repair of the pier develop?"
NEWS = date(2024, 5, 10)


@pytest.mark.parametrize(
    ("question", "about"),
    [
        (HOW, "the repair of the pier"),
        (
            "How has the plan for the bridge evolved since 2020?",
            "the plan for the bridge since 2020",
        ),
        ("What happened since the treaty was signed?", "since the treaty was signed"),
        ("What has happened in Osby since May 2024?", "Osby since May 2024"),
        ("Give me a timeline of the strike.", "the strike"),
        ("chronology of events in Osby", "Osby"),
        ("What was the sequence of events that led to the fire?", "the fire"),
        ("How did relations between Norway and Sweden change?", "Norway and Sweden"),
    ],
)
def test_such_questions_are_searched_for_by_what_they_are_about(question: str, about: str) -> None:
    assert asks(question)
    assert subject(question) == about


@pytest.mark.parametrize(
    "question",
    [
        "How did the war change Europe?",
        "How did he go to Rome?",
        "What happened in Osby?",
        "How do ferries go?",
        "When did the pier burn down?",
        "Who wrote the timeline?",
    ],
)
def test_other_questions_are_searched_for_as_they_are(question: str) -> None:
    assert not asks(question)
    assert subject(question) == question


@pytest.mark.parametrize(
    ("text", "first", "last", "words", "worked_out"),
    [
        ("Work began on 3 May 2023.", "2023-05-03", "2023-05-03", "3 May 2023", False),
        ("Work began on 3 May.", "2024-05-03", "2024-05-03", "3 May", True),
        ("Work began on 30 December.", "2023-12-30", "2023-12-30", "30 December", True),
        ("Work began in March 2022.", "2022-03-01", "2022-03-31", "March 2022", False),
        ("The pier burned down in 1998.", "1998-01-01", "1998-12-31", "1998", False),
        ("Work began on Monday.", "2024-05-06", "2024-05-06", "Monday", True),
        ("Work goes on, as it did in 1998.", "2024-05-10", "2024-05-10", "published", False),
        ("Nobody has worked there since 2019.", "2024-05-10", "2024-05-10", "published", False),
        ("In 2020 the plan of 4 June 2019 was dropped.", "2020-01-01", "2020-12-31", "2020", False),
    ],
)
def test_the_day_of_a_sentence(
    text: str, first: str, last: str, words: str, worked_out: bool
) -> None:
    found = stamp(sentences(text, published_at=NEWS)[0])
    assert found is not None
    assert (found.first.isoformat(), found.last.isoformat()) == (first, last)
    assert (found.text, found.computed) == (words, worked_out)


def test_without_a_day_of_publication_only_the_words_date_a_sentence() -> None:
    assert stamp(sentences("The pier burned down in May.")[0]) is None
    assert stamp(sentences("The pier burned down yesterday.")[0]) is None
    found = stamp(sentences("The pier burned down on 3 May 1998.")[0])
    assert found is not None
    assert found.first == date(1998, 5, 3)


def evidence() -> list[EvidenceSentence]:
    late = sentences(
        "The pier was opened on Saturday. Work on the pier had begun on 4 March 2023.",
        name="late.txt",
        published_at=date(2024, 5, 6),
        relevance=0.6,
    )
    early = sentences(
        "A fire destroyed the pier on 2 August 2021. The town voted for a new pier in May 2022. "
        "The pier at Osby burned on 2 August 2021 for an hour. Swimmers like the pier.",
        name="early.txt",
        relevance=0.9,
    )
    return [*late, *early]


def test_sentences_are_told_in_order_of_time_and_those_without_a_day_are_not() -> None:
    told = in_order_of_time(HOW, evidence(), 10, THRESHOLD)
    assert [s.quote for s in told] == [
        "A fire destroyed the pier on 2 August 2021.",
        "The pier at Osby burned on 2 August 2021 for an hour.",
        "The town voted for a new pier in May 2022.",
        "Work on the pier had begun on 4 March 2023.",
        "The pier was opened on Saturday.",
    ]


def test_another_day_comes_before_more_of_the_same() -> None:
    told = in_order_of_time(HOW, evidence(), 4, THRESHOLD)
    assert len({stamp(s) for s in told}) == 4


def test_what_lies_before_the_day_asked_from_is_left_out() -> None:
    told = in_order_of_time("What happened since 1 January 2023?", evidence(), 10, THRESHOLD)
    assert [s.quote[:4] for s in told] == ["Work", "The "]
    told = in_order_of_time("What happened between 2021 and 2022?", evidence(), 10, THRESHOLD)
    assert {s.document.id for s in told} == {"d-early.txt"}


def test_nothing_is_told_where_nothing_answers() -> None:
    weak = sentences("A fire destroyed the pier on 2 August 2021.", relevance=THRESHOLD - 0.01)
    assert in_order_of_time(HOW, weak, 10, THRESHOLD) == []
    assert in_order_of_time(HOW, [], 10, THRESHOLD) == []


def test_the_embedded_answerer_tells_a_development_in_order() -> None:
    async def collect(question: str) -> list[str]:
        return [s.text async for s in Extractor(2).compose(question, evidence())]

    told = asyncio.run(collect(HOW))
    assert told[0] == "A fire destroyed the pier on 2 August 2021."
    assert told[-1] == "The pier was opened on Saturday."
    assert len(told) == 4
    assert len(asyncio.run(collect("Was there a fire on the pier?"))) == 2


def test_entries_stand_by_day_and_only_where_a_timeline_is_asked_for() -> None:
    drafted = [draft(sentence) for sentence in evidence()]
    found = [entry(HOW, one, number, {}) for number, one in enumerate(drafted)]
    listed = in_order([one for one in found if one])
    assert [one.statement for one in listed] == [2, 4, 3, 1, 0]
    assert listed[-1].text == "Saturday"
    assert listed[-1].computed
    assert entry("Was there a fire?", drafted[0], 0, {}) is None
    assert entry(HOW, draft(sentences("Swimmers like it.")[0]), 0, {}) is None
