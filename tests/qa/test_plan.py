"""Which searches a question needs, from its wording alone."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.search.plan import MOST_SIDES, plan, sides


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Who is older, Mara Lind or Tomas Reeve?", ("Mara Lind", "Tomas Reeve")),
        ("Was Mara Lind or Tomas Reeve elected first?", ("Mara Lind", "Tomas Reeve")),
        ("Is the Salt Bridge older than the Eastmere Bridge?", ("Salt Bridge", "Eastmere Bridge")),
        (
            "is the salt bridge longer than the north tunnel",
            ("the salt bridge", "the north tunnel"),
        ),
        ("is eastmere larger than torsnes", ("eastmere", "torsnes")),
        ("How do the Gazette and the Post differ on the toll?", ("Gazette", "Post")),
        ("how do the gazette and the post differ on the toll", ("the gazette", "the post")),
        ("Do Northport and Eastmere both have a cannery?", ("Northport", "Eastmere")),
        ("What do the Gazette and the Post say about rents?", ("Gazette", "Post")),
        ("Compare the budgets of Northport and Eastmere.", ("Northport", "Eastmere")),
        ("How do rents in Torsnes compare to Grenna?", ("Torsnes", "Grenna")),
        ("Northport versus Eastmere: whose harbour is deeper?", ("Northport", "Eastmere")),
        ("Did the Gazette report more deaths than the Post?", ("Gazette", "Post")),
        ("How did rents change between 2019 and 2021?", ("2019", "2021")),
        ("Was the toll higher in 2019 or in 2021?", ("2019", "2021")),
        (
            "Which film is longer, “Salt or Sand” or “Cold Harvest”?",
            ("Salt or Sand", "Cold Harvest"),
        ),
        (
            "Which film came first, The Long Pier or A Door in Varn?",
            ("The Long Pier", "A Door in Varn"),
        ),
        (
            "Which play is longer, Night on the Quay (1950) or Rust?",
            ("Night on the Quay (1950)", "Rust"),
        ),
        (
            "Who was born first, the director of Cold Harvest or the author of the Salt Poems?",
            ("the director of Cold Harvest", "the author of the Salt Poems"),
        ),
        (
            "Which is tallest, Mount Orr, Mount Vey or Mount Sill?",
            ("Mount Orr", "Mount Vey", "Mount Sill"),
        ),
        (
            "Are Northport, Eastmere and Torsnes in the same district?",
            ("Northport", "Eastmere", "Torsnes"),
        ),
        (
            "Who died later, Baron Ivo Falk, the Younger or Hedda Moe?",
            ("Baron Ivo Falk, the Younger", "Hedda Moe"),
        ),
    ],
)
def test_a_comparison_has_sides(question: str, expected: tuple[str, ...]) -> None:
    assert sides(question) == expected
    whole, *parts = plan(question)
    assert whole.text == question
    assert [part.side for part in parts] == list(expected)
    for part, other in zip(parts, reversed(expected), strict=True):
        assert part.text.startswith(str(part.side))
        assert other == part.side or other not in part.text


@pytest.mark.parametrize(
    "question",
    [
        "Who paid for the bridge?",
        "Where was the director of The Long Pier born?",
        "Who resigned or was dismissed after the flood?",
        "How many were killed and wounded?",
        "When did Northport and Eastmere sign the pact?",
        "Is it true that more than 50 people came?",
        "Did the repairs cost more than expected?",
        "is the tunnel longer than planned",
        "Rather than the mayor, who signed?",
        "What happened between the vote and the opening of the bridge?",
        "or",
        "and",
        "than",
        "? vs ?",
        "",
    ],
)
def test_any_other_question_is_one_search(question: str) -> None:
    assert [part.text for part in plan(question)] == [question]


def test_what_is_asked_goes_with_each_side() -> None:
    parts = plan("Which museum was founded first, the Tile Museum or the Boat Museum?")[1:]
    assert [part.text for part in parts] == [
        "Tile Museum museum founded",
        "Boat Museum museum founded",
    ]
    assert all(part.why == f"one side: {part.side}" for part in parts)


@given(
    st.lists(
        st.sampled_from(
            ["Which", "is", "older", ",", "Ada", "Long Pier", "the", "or", "and", "than", "both",
             "vs", "of", "“Rust”", "(1950)", "2019", "differ", "?", "compared", "to", "'s"]
        ),
        max_size=14,
    ).map(" ".join)
)  # fmt: skip
def test_sides_are_cut_from_the_question(question: str) -> None:
    found = sides(question)
    assert len(found) in {0, 2, 3}
    assert len(found) <= MOST_SIDES
    assert len(set(found)) == len(found)
    assert all(side.removesuffix(")") in question and side.strip() for side in found)
    assert plan(question)[0].text == question


@given(st.text(max_size=80))
def test_any_text_can_be_planned(text: str) -> None:
    assert plan(text)[0].text == text


@pytest.mark.parametrize(
    "question",
    [
        "Were 10,000 or 11,000 sandbags filled?",
        "Did the mayor order 300 pumps or 400?",
        "Was the lock opened in 1931 or 1934?",
    ],
)
def test_two_values_for_one_thing_are_not_two_things(question: str) -> None:
    assert sides(question) == ()
