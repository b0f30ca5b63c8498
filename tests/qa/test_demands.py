"""What a question of quantity demands of a figure, and sentences that tell that nothing is told."""

import pytest

from qa.text.demands import meets, read_demands, scores
from qa.text.figures import figures
from qa.text.untold import is_untold


@pytest.mark.parametrize(
    ("question", "text", "met"),
    [
        ("How much is paid per share?", "The mill was sold for 40 crowns.", [False]),
        ("How much is paid per share?", "Each gets 40 crowns per share.", [True]),
        ("How old is Ada Roth?", "Ada Roth, 54, has 30 looms.", [True, False]),
        ("How old is Ada Roth?", "Ada Roth is aged 54.", [True]),
        ("How old is the loom?", "The loom is 80 years old and weighs 900 kilos.", [True, False]),
        ("How long is the pier?", "The pier is 212 metres long and cost 60 jobs.", [True, False]),
        (
            "How far along is the pier?",
            "The pier is 17 per cent complete after 9 visits.",
            [True] * 2,
        ),
        ("How much was paid?", "The mill was sold for 40 crowns.", [True]),
    ],
)
def test_a_figure_meets_what_is_demanded(question: str, text: str, met: list[bool]) -> None:
    demands = read_demands(question)
    assert [meets(demands, text, figure) for figure in figures(text)] == met


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("The guild voted for it by 412 to 98.", ["412 to 98"]),
        ("They won 31-12 at home.", ["31-12"]),
        ("Between 12 and 31, or 12 to 31, came.", []),
        ("The price fell from 40 to 30.", []),
    ],
)
def test_both_sides_of_a_vote_are_found(text: str, found: list[str]) -> None:
    assert [span.cut(text) for span in scores(text)] == found


@pytest.mark.parametrize(
    ("text", "untold"),
    [
        ("The price was not disclosed.", True),
        ("The guild has not yet been named.", True),
        ("Neither side has said what it costs.", True),
        ("The owner declined to name the buyer.", True),
        ("She is not known for her patience.", False),
        ("The buyer is Ada Roth.", False),
    ],
)
def test_a_sentence_that_leaves_it_open(text: str, untold: bool) -> None:
    assert is_untold(text) is untold
