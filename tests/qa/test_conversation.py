"""Follow-up questions, made standalone without a model."""

import pytest

from qa.conversation import standalone
from qa.models import Question, Turn

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
