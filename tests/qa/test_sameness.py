"""When two ways of writing a value are one value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.differing.ledger import same_value

SAME = [
    ("about 11,000", "11,000"),
    ("eleven thousand", "11,000"),
    ("about 11,000", "11,240"),
    ("11,000", "11,240"),
    ("nearly 6,000", "5,900"),
    ("more than 300", "310"),
    ("10,000 to 12,000", "11,000"),
    ("10,000", "10,000 to 12,000"),
    ("$4 billion", "4 billion dollars"),
    ("17 January", "17 January 2025"),
    ("January 2022", "2022"),
    ("Greta Olsen", "Olsen"),
    ("G. Olsen", "Greta Olsen"),
    ("European Court of Justice", "ECJ"),
    ("Varn, Osk County", "Varn"),
    ("THE LANTERN", "the Lantern"),
]
DIFFERENT = [
    ("10,000", "11,000"),
    ("about 10,000", "11,000"),
    ("nearly 6,000", "6,200"),
    ("more than 300", "290"),
    ("5,200 to 5,500", "6,000"),
    ("9,523", "9,600"),
    ("14", "19"),
    ("1902", "1885"),
    ("17 January 2025", "18 January 2025"),
    ("2024", "11,000"),
    ("Greta Olsen", "Karl Olsen"),
    ("Greta Olsen", "Greta Brandt"),
    ("Varn", "12"),
    ("the", "of"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_one_value_in_two_forms(one: str, other: str) -> None:
    assert same_value(one, other)
    assert same_value(other, one)


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_two_values(one: str, other: str) -> None:
    assert not same_value(one, other)
    assert not same_value(other, one)


@given(st.text(max_size=40), st.text(max_size=40))
def test_any_texts_can_be_compared_either_way(one: str, other: str) -> None:
    assert same_value(one, one)
    assert same_value(one, other) == same_value(other, one)
