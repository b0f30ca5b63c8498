"""Questions of several parts: which they are, what tells them, and which stay unanswered."""

import asyncio

import pytest
from drafts import sentences

from qa.extract import Extractor
from qa.readable.facets import facets, missing


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("When was it signed and by whom?", ["When was it signed", "by whom"]),
        ("Who signed it, when and where?", ["Who signed it", "when", "where"]),
        ("How many people died, and where?", ["How many people died", "where"]),
        ("Who founded the mill and in what year?", ["Who founded the mill", "in what year"]),
        ("And when was it built and why? [the pier]", ["when was it built", "why"]),
        ("Who was mayor when the pier opened?", []),
        ("When was it opened?", []),
        ("Which is older, the pier or the mill?", []),
    ],
)
def test_the_parts_of_a_question(question: str, parts: list[str]) -> None:
    assert [facet.words for facet in facets(question)] == parts


@pytest.mark.parametrize(
    ("question", "texts", "unanswered"),
    [
        ("When was the pier opened and by whom?", ["It was opened on 3 May 2020."], ("by whom",)),
        (
            "When was the pier opened and by whom?",
            ["Ana Roth opened it."],
            ("When was the pier opened",),
        ),
        ("When was the pier opened and by whom?", ["Ana Roth opened it on Friday."], ()),
        ("When was the pier opened and by whom?", ["The mayor opened it in 2020."], ()),
        ("When was it opened, and where does it stand?", ["It was opened in 2020."], None),
        ("How many people died, and when?", ["It was on 3 May."], ("How many people died",)),
        ("How much did it cost and who paid?", ["It cost 3 million euros."], ("who paid",)),
        ("Who opened the pier in 2020, and when?", ["Ana Roth opened it in 2020."], ("when",)),
        ("When was it opened and why?", ["It was opened in 2020."], ()),
        ("When was the pier opened?", ["It is old."], ()),
    ],
)
def test_a_part_without_anything_of_its_sort_is_missing(
    question: str, texts: list[str], unanswered: tuple[str, ...] | None
) -> None:
    expected = ("where does it stand",) if unanswered is None else unanswered
    assert missing(question, texts) == expected


def test_a_part_that_is_not_told_gets_a_sentence_of_its_own() -> None:
    strong = sentences(
        "The pier was opened on 3 May 2020. The pier was opened in the rain of spring 2020.",
        relevance=0.9,
    )
    weak = sentences("The ribbon was cut by Ana Roth.", name="other.txt", relevance=0.2)

    async def collect(question: str) -> list[str]:
        return [s.text async for s in Extractor(2).compose(question, [*strong, *weak])]

    told = asyncio.run(collect("When was the pier opened and by whom?"))
    assert told == ["The pier was opened on 3 May 2020.", "The ribbon was cut by Ana Roth."]
    assert "The ribbon was cut by Ana Roth." not in asyncio.run(collect("When was it opened?"))
