"""Follow-up questions, made standalone without a model."""

import pytest

from qa.conversation import standalone
from qa.question import Question, Turn

EARLIER = Turn(
    question="How many containers did the harbour of Lindholm handle in March?",
    standalone="How many containers did the harbour of Lindholm handle in March?",
)


@pytest.mark.parametrize(
    "follow_up",
    [
        "And how many did the Varn Herald count?",
        "What about April?",
        "Who runs it?",
        "How many?",
        "Did they strike?",
    ],
)
def test_a_follow_up_borrows_its_subject(follow_up: str) -> None:
    understood = standalone(Question(text=follow_up, history=(EARLIER,)))
    assert understood.startswith(follow_up)
    assert "harbour" in understood
    assert "Lindholm" in understood


@pytest.mark.parametrize(
    "question",
    [
        "What will the repairs of the Varn bridge cost?",
        "Who is the mayor of Lindholm?",
        "What is in the wage agreement of the crane drivers?",
        "When does Greta Olsen say that she will step down?",
    ],
)
def test_a_question_that_stands_alone_is_left_alone(question: str) -> None:
    assert standalone(Question(text=question, history=(EARLIER,))) == question


def test_without_history_nothing_is_borrowed() -> None:
    assert standalone(Question(text="And how many?")) == "And how many?"


def test_words_that_the_follow_up_has_itself_are_not_repeated() -> None:
    understood = standalone(Question(text="And how many containers in April?", history=(EARLIER,)))
    assert understood.count("containers") == 1


def understood(follow_up: str, earlier: str) -> str:
    turn = Turn(question=earlier, standalone=earlier)
    return standalone(Question(text=follow_up, history=(turn,)))


@pytest.mark.parametrize(
    ("earlier", "follow_up", "meant"),
    [
        (
            "Who is Greta Olsen?",
            "And when does she step down?",
            "And when does Greta Olsen step down?",
        ),
        (
            "What did Tomas Brandt deny?",
            "Did his deputy agree with him?",
            "Did Tomas Brandt's deputy agree with Tomas Brandt?",
        ),
        ("What did Norway sell in 2024?", "What did it buy?", "What did Norway buy?"),
        (
            "When was Meridian Bank founded?",
            "Who owns it, and what is its capital?",
            "Who owns Meridian Bank, and what is Meridian Bank's capital?",
        ),
        ("What did Mayor Greta Olsen say?", "Who advised her?", "Who advised Greta Olsen?"),
    ],
)
def test_a_pronoun_becomes_the_one_name_that_it_can_stand_for(
    earlier: str, follow_up: str, meant: str
) -> None:
    assert understood(follow_up, earlier) == meant


@pytest.mark.parametrize(
    ("earlier", "follow_up"),
    [
        ("What did Olaf Berg say to Tomas Brandt?", "When did he leave?"),
        ("How many containers did the harbour of Lindholm handle?", "Who runs it?"),
        ("What did Norway sell to Sweden in 2024?", "Who bought them?"),
        ("What did Norway sell in 2024?", "Is it true that prices rose?"),
        ("What did Greta Olsen say?", "What does he want?"),
        ("How long is the treaty to last?", "Who signed it?"),
    ],
)
def test_a_pronoun_that_is_not_clear_stays_and_the_words_are_added(
    earlier: str, follow_up: str
) -> None:
    assert understood(follow_up, earlier).startswith(f"{follow_up} [")


def test_what_else_is_borrowed_follows_the_name() -> None:
    meant = understood("Why did she say that?", "What did Greta Olsen say about the wages?")
    assert meant.startswith("Why did Greta Olsen say that? [")
    assert "wages" in meant
