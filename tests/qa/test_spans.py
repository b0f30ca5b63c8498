"""Candidates for a short answer: which phrases of a sentence, and which of them first."""

from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_evidence import document, lines, sentence

from qa.features import Kind
from qa.short.spans import Candidate, candidates

MILL = document(
    "The mill at Osby was founded by Ana Roth, a former clerk, in 1872.\n"
    "By 1890 it ran forty looms and employed about 600 workers.\n"
    "The mill produced sailcloth for the navy.\n"
    "Its owner sold the mill to Lindholm Textiles for 2.4 million crowns on 3 May 1921.\n"
    "The archive of the mill is kept in Northport.\n"
    "The mill closed because cheap cotton came from overseas.",
    name="mill",
    title="The Osby mill",
)


def first(question: str, line: int) -> tuple[str, Candidate]:
    best = candidates(question, lines(MILL)[line])[0]
    return best.span.cut(MILL.text), best


@pytest.mark.parametrize(
    ("question", "line", "words", "kind"),
    [
        ("Who founded the mill at Osby?", 0, "Ana Roth", "person"),
        ("When was the mill founded?", 0, "1872", "date"),
        ("What year was the mill founded?", 0, "1872", "date"),
        ("How many looms did it run?", 1, "forty", "count"),
        ("What did the mill produce?", 2, "sailcloth for the navy", "other"),
        ("Where is the archive of the mill kept?", 4, "Northport", "place"),
        ("When was the mill sold?", 3, "3 May 1921", "date"),
    ],
)
def test_the_phrase_asked_for_comes_first(question: str, line: int, words: str, kind: str) -> None:
    told, best = first(question, line)
    assert words in told
    assert len(told) <= len(words) + 12
    assert best.kind == kind


def test_a_figure_keeps_the_word_that_hedges_it() -> None:
    told = [
        c.span.cut(MILL.text) for c in candidates("How many workers were there?", lines(MILL)[1])
    ]
    assert told[0].startswith("about 600")
    assert "600" not in told
    assert "600 workers" not in told


def test_a_sum_is_asked_for_in_money() -> None:
    told, best = first("How much was paid for the mill?", 3)
    assert told.startswith("2.4 million")
    assert best.kind == "money"


def test_the_noun_asked_for_and_the_voice_of_the_verb_count() -> None:
    made = document("Ana Roth, a former clerk, defeated Jon Lind in the vote.", name="vote")
    winner = candidates("Who defeated Jon Lind?", lines(made)[0])[0]
    loser = candidates("Who did Ana Roth defeat?", lines(made)[0])[0]
    assert winner.span.cut(made.text) == "Ana Roth"
    assert loser.span.cut(made.text) == "Jon Lind"


def test_what_the_question_says_itself_is_no_candidate() -> None:
    told = [c.span.cut(MILL.text) for c in candidates("Who is Ana Roth?", lines(MILL)[0])]
    assert "Ana Roth" not in told
    assert told


def test_a_question_of_a_figure_finds_none_where_there_is_none() -> None:
    assert candidates("How many ships did the navy have?", lines(MILL)[2]) == []


@pytest.mark.parametrize("text", ["The guild's", "'s", '"', "(", "a", "of the", "1872", "$5's"])
def test_odd_sentences_do_no_harm(text: str) -> None:
    made = document(text, name="odd")
    for one in candidates("What is the guild?", sentence(made, text)):
        assert one.span.end <= len(text)


PIECES = st.sampled_from(
    [
        "Ana Roth", "the old mill", "founded", "by", "in 1872", "about 600 workers", "$2.4 million",
        "“a quiet place”", "(the Lind)", ", a clerk,", "Norra's", "because", "25%", "— and", "’s",
        "who", "İzmir", "漢字", "U.S.", "5-7 May 1990", "\n", "; ", "is", "very slowly", '"', "x́",
    ]
)  # fmt: skip
QUESTIONS = st.sampled_from(
    [
        "Who founded the old mill?", "When was it founded?", "How many workers were there?",
        "How much was it worth?", "Which town is it in?", "What is Norra?", "Why?", "how", "",
        "Where did Ana Roth go?", "What share of workers left?", "The mill was founded by whom?",
        "What did she do?", "Is it old?", "What's the name of the place?", "漢字",
    ]
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(QUESTIONS, st.lists(PIECES, min_size=1, max_size=12))
def test_candidates_lie_inside_their_sentence_best_first(question: str, pieces: list[str]) -> None:
    words = " ".join(pieces)
    made = document(f"Before it. {words} After it.", name="any", title="The old mill")
    given_sentence = sentence(made, words)
    found = candidates(question, given_sentence)
    for one in found:
        assert given_sentence.span.contains(one.span)
        assert len(one.span) > 0
        assert 0 <= one.score <= 1
        assert one.kind in get_args(Kind)
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)
    assert len({one.span for one in found}) == len(found)
    assert candidates(question, given_sentence) == found
