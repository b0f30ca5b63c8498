from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.grounding import check
from qa.text.claims import is_negated
from qa.text.words import content_stems


def verdict(statement: str, *quotes: str) -> tuple[str, str]:
    found = check(statement, quotes)
    assert (found.support == "supported") == (found.reason is None)
    assert 0 <= found.score <= 1
    return found.support, found.reason or ""


@pytest.mark.parametrize("quotes", [(), ("",), (" \n",)])
def test_a_statement_without_citation_is_not_supported(quotes: tuple[str, ...]) -> None:
    assert verdict("The dam held.", *quotes) == ("unsupported", "no citation")


@given(st.text(min_size=1).filter(str.strip))
def test_what_is_quoted_whole_is_supported(words: str) -> None:
    assert check(words, [words]).support == "supported"


@settings(deadline=None)  # the first run reads the vocabulary
@given(st.text(max_size=80), st.lists(st.text(max_size=80), max_size=3))
def test_any_text_can_be_checked(statement: str, quotes: list[str]) -> None:
    first = check(statement, quotes)
    assert first == check(statement, quotes)
    assert 0 <= first.score <= 1


@pytest.mark.parametrize(
    ("statement", "quote"),
    [
        (
            "The ferry sails nine times a day.",
            "By day, the ferry now sails nine times.",
        ),
        ("Norwegian ships left Varn.", "Three ships of Norway left Varn at dawn."),
        ("The crew was sent home.", "The owner is sending the crew home."),
        ("The port handled 4,200 boxes.", "The port handled four thousand two hundred boxes."),
        ("At least 40 boats sank.", "In the storm 40 boats sank."),
        ("More than 40 boats sank.", "In the storm 52 boats sank."),
        ("About 40 boats sank.", "In the storm 41 boats sank."),
        ("Nearly 40 boats sank.", "In the storm 39 boats sank."),
        ("Fewer than 40 boats sank.", "In the storm 38 boats sank."),
        ("Up to 40 boats sank.", "In the storm 40 boats sank."),
        ("Between 10 and 12 boats sank.", "In the storm 10 to 12 boats sank."),
        ("A boat sank.", "One boat sank."),
        (
            "The strike ended on 12 April 2023.",
            "On April 12 the strike ended, as the note of 13 April 2023 shows.",
        ),
        ("The strike ended in April.", "The strike ended on 12 April."),
        ("The dam broke in the 1990s.", "The dam broke in 1994."),
        ("Olsen called it “fair to both”.", 'Olsen called it "fair  to both" sides.'),
        ("Olsen called it “fair … sides”.", 'Olsen called it "fair to both sides".'),
        ("Greta Olsen left.", "Mayor Olsen left."),
        ("South Korea sent two ships.", "Seoul sent two ships to the north."),
        ("The North Sea Commission left.", "The NSC left."),
        ("The NSC left.", "The North Sea Commission left."),
    ],
)
def test_supported(statement: str, quote: str) -> None:
    assert verdict(statement, quote) == ("supported", "")


def test_several_quotations_count_together() -> None:
    one, two = (
        "Mayor Olsen opened the ferry line.",
        "The ferry line carried 310,000 people in 2023.",
    )
    statement = "Mayor Olsen opened the ferry line that carried 310,000 people in 2023."
    assert verdict(statement, one, two)[0] == "supported"
    assert verdict(statement, one)[0] != "supported"


@pytest.mark.parametrize(
    ("statement", "quote", "support", "words"),
    [
        (
            "The port got 5,200 boxes.",
            "The port got 4,200 boxes.",
            "unsupported",
            "'4,200 boxes', not '5,200 boxes'",
        ),
        ("The port got 4,200 trucks.", "The port got 4,200 boxes.", "unsupported", "'4,200 boxes'"),
        (
            "The port got 4,200 boxes.",
            "The port got about 4,200 boxes.",
            "partial",
            "'about 4,200 boxes'",
        ),
        ("More than 40 boats sank.", "Nearly 40 boats sank.", "unsupported", "'Nearly 40 boats'"),
        ("More than 40 boats sank.", "Some 40 boats sank.", "partial", "'Some 40 boats'"),
        ("More than 40 boats sank.", "In the storm 40 boats sank.", "unsupported", "'40 boats'"),
        ("About 40 boats sank.", "In the storm 60 boats sank.", "unsupported", "'60 boats'"),
        ("12 boats sank.", "10 to 12 boats sank.", "partial", "'10 to 12 boats'"),
        ("11 boats sank.", "10 to 12 boats sank.", "unsupported", "'10 to 12 boats'"),
        ("10 to 14 boats sank.", "10 to 12 boats sank.", "unsupported", "'10 to 12 boats'"),
        ("40 percent sank.", "The boats sank, 40 of them.", "unsupported", "'40'"),
        (
            "The boats cost 5 million euros.",
            "The boats cost $5 million.",
            "unsupported",
            "'$5 million'",
        ),
        (
            "The boats cost 7 crowns.",
            "The boats cost little.",
            "unsupported",
            "does not give '7 crowns'",
        ),
        (
            "55 port teams came.",
            "55 clubs whose port teams are known came.",
            "partial",
            "'55 clubs'",
        ),
        (
            "It ended on 13 April.",
            "It ended on 12 April.",
            "unsupported",
            "'12 April', not '13 April'",
        ),
        ("It ended on 12 April 2023.", "It ended on 12 April.", "partial", "only '12 April'"),
        ("The boats left in 2023.", "The boats left.", "partial", "does not give '2023'"),
        ("The boats left in 2023.", "The boats left in 2022.", "unsupported", "'2022', not '2023'"),
        ("It broke in 1994.", "It broke in the 1990s.", "unsupported", "'1990s'"),
        ("Sweden left.", "Norway left.", "unsupported", "does not name Sweden"),
        ("South Varn left.", "North Varn left.", "unsupported", "does not name South Varn"),
        ("Olsen left the town.", "She left the town.", "partial", "does not name Olsen"),
        (
            "Olsen left the town.",
            "She left the town with Brandt.",
            "unsupported",
            "does not name Olsen",
        ),
        (
            "She called it “fair to all”.",
            'She called it "fair to both".',
            "unsupported",
            "'fair to all'",
        ),
        (
            "The boats were repaired by divers.",
            "The boats were repaired at sea by welders in white suits, and painted.",
            "supported",
            "",
        ),
        (
            "The cats slept on warm roofs.",
            "The boats slept in port.",
            "unsupported",
            "'cats', 'warm', 'roofs'",
        ),
        (
            "Cats slept on the boats.",
            "The boats lay in port on the dock and slept.",
            "supported",
            "",
        ),
        ("Seoul sent two ships.", "South Korea sent two ships.", "unsupported", "name Seoul"),
        ("Old cats slept.", "Dogs slept.", "unsupported", "'Old', 'cats'"),
        ("Old cats slept on boats.", "Dogs slept on boats.", "partial", "'Old', 'cats'"),
    ],
)
def test_differences_are_told_in_words(
    statement: str, quote: str, support: str, words: str
) -> None:
    found, reason = verdict(statement, quote)
    assert found == support, reason
    assert words in reason


@pytest.mark.parametrize(
    ("statement", "quote"),
    [
        ("Tariffs would be lifted.", "Tariffs would not be lifted."),
        ("Tariffs would be lifted.", "Tariffs wouldn’t be lifted."),
        ("Tariffs would be lifted.", "Tariffs would never be lifted, she said."),
        ("Tariffs would be lifted.", "Tariffs would not, she said, be lifted."),
        ("Tariffs would not be lifted.", "Tariffs would be lifted."),
        (
            "Tariffs on tea would be lifted.",
            "Tariffs on tea would not be lifted, while tariffs on salt would be lifted.",
        ),
        ("The line would be sold.", "Brandt denied that the line would be sold."),
        ("Pirates took the ship.", "There is no evidence that pirates took the ship."),
        ("The crew reached the port.", "The crew failed to reach the port."),
        ("The crew left with life jackets.", "The crew left without life jackets."),
        ("The talks were held.", "Neither side confirmed that talks were held."),
    ],
)
def test_what_the_source_denies_is_not_supported(statement: str, quote: str) -> None:
    found, reason = verdict(statement, quote)
    assert found == "unsupported"
    assert "den" in reason


@pytest.mark.parametrize(
    ("statement", "quote"),
    [
        ("No tariffs would be lifted.", "Tariffs would not be lifted."),
        (
            "Brandt denied that the line would be sold.",
            "Its director, Brandt, denied that the line would be sold.",
        ),
        (
            "Tariffs on salt would be lifted.",
            "Tariffs on tea would not be lifted, while tariffs on salt would be lifted.",
        ),
        ("Olsen signed the contract.", "Olsen, who did not attend the fair, signed the contract."),
        ("The port shipped tea.", "The port shipped not only tea but also salt."),
        ("The port shipped tea.", "The port shipped no less tea than before."),
        ("He did not deny selling the line.", "He did not deny that he was selling the line."),
        ("Pirates took the ship.", "There is no doubt that pirates took the ship."),
        (
            "Brandt sold the ferry line.",
            "Brandt sold the ferry line. He did not say whether others had sold theirs.",
        ),
    ],
)
def test_a_negation_elsewhere_does_no_harm(statement: str, quote: str) -> None:
    assert verdict(statement, quote) == ("supported", "")


@pytest.mark.parametrize(
    ("statement", "quote", "hedge"),
    [
        ("The line was sold.", "The line was reportedly sold.", "reportedly"),
        ("The line was sold.", "The line was sold, according to the union.", "according to"),
        ("The line was sold.", "The union claimed the line was sold.", "claimed"),
        ("The ships carry salt.", "The ships may carry salt.", "may"),
        ("The ships carry salt.", "The ships could carry salt.", "could"),
        ("The owner bought two ships.", "The owner plans to buy two ships.", "plans to"),
        ("The owner bought two ships.", "The owner is expected to buy two ships.", "expected to"),
    ],
)
def test_a_dropped_hedge_leaves_partial_support(statement: str, quote: str, hedge: str) -> None:
    found, reason = verdict(statement, quote)
    assert found == "partial"
    assert f"'{hedge}'" in reason


@pytest.mark.parametrize(
    ("statement", "quotes"),
    [
        ("The line was reportedly sold.", ["The line was allegedly sold."]),
        ("The union said the line was sold.", ["According to the union, the line was sold."]),
        ("The owner will buy two ships.", ["The owner plans to buy two ships."]),
        ("The ships might carry salt.", ["The ships may carry salt."]),
        ("The line was sold.", ["The line was reportedly sold.", "The line was sold in May."]),
        ("The ships carry salt.", ["The ships carry salt. Others may follow."]),
        ("The May Line was sold.", ["The May Line was sold."]),
        ("They claimed victory.", ["After the vote they claimed victory in the port."]),
    ],
)
def test_a_kept_hedge_or_a_plain_source_is_full_support(statement: str, quotes: list[str]) -> None:
    assert verdict(statement, *quotes) == ("supported", "")


def test_the_reason_shows_a_short_piece_of_the_source() -> None:
    long = "The tariffs would not be lifted " + "and so it went on and on " * 20
    _, reason = verdict("The tariffs would be lifted.", long)
    assert len(reason) < 140
    assert reason.endswith("…'")


@pytest.mark.parametrize(
    ("text", "about", "negated"),
    [
        ("The line would not be sold.", "sold", True),
        ("The line would be sold.", "sold", False),
        ("She did not deny that it was sold.", "sold", False),
        ("It was sold, not leased.", "sold", False),
        ("It was not sold but leased.", "leased", False),
        ("Nothing of the kind.", "sold", False),
    ],
)
def test_negation_of_a_word(text: str, about: str, negated: bool) -> None:
    assert is_negated(text, content_stems(about)) is negated
