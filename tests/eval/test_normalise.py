from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.normalise import contains, normalise


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ten thousand", "10,000"),
        ("Eleven Thousand", "11 000".replace(" ", "\u202f")),
        ("one hundred and five", "105"),
        ("twenty-five", "25"),
        ("two hundred thousand", "200,000"),
        ("4.8 billion", "4,800,000,000"),
        ("$4.8bn", "US$4.8 billion"),
        ("10 per cent", "10%"),
        ("ten percent", "10 %"),
        ("January 17th", "17 January"),
        ("Sept. 3", "3 September"),
        ("17 Jan", "January 17"),
        ("Rasht–Astara", "rasht-astara"),
        ("“quoted”", '"Quoted"'),
        ("Iran’s", "iran's"),
        ("two\n  lines", "two lines"),
        ("ＦＵＬＬ width", "full width"),
    ],
)
def test_what_means_the_same_is_spelled_the_same(one: str, other: str) -> None:
    assert normalise(one) == normalise(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ten thousand", "10,001"),
        ("4.8 billion", "4.8 million"),
        ("two and three", "five"),
        ("17 January", "17 June"),
        ("10 per cent", "10"),
        ("1.2", "1,2"),
    ],
)
def test_what_differs_stays_different(one: str, other: str) -> None:
    assert normalise(one) != normalise(other)


@pytest.mark.parametrize(
    ("text", "wording", "found"),
    [
        ("about 11,000 men", "11,000", True),
        ("about eleven thousand men.", "11,000", True),
        ("it was 11,000.", "11,000", True),
        ("about 111,000 men", "11,000", False),
        ("about 11,000.5 men", "11,000", False),
        ("about 5.47 of them", "47", False),
        ("worth $4 billion", "4 billion", True),
        ("worth $4.8 billion", "8 billion", False),
        ("the Iranians", "Iran", False),
        ("in Iran", "Iran", True),
        ("a c++ compiler", "c++", True),
    ],
)
def test_a_wording_is_found_as_whole_words(text: str, wording: str, found: bool) -> None:
    assert contains(normalise(text), normalise(wording)) is found


@given(st.text(max_size=80))
def test_a_text_contains_itself(text: str) -> None:
    plain = normalise(text)
    assert contains(plain, plain)


@given(st.integers(min_value=0, max_value=999_999_999))
def test_grouping_of_digits_does_not_matter(number: int) -> None:
    assert normalise(f"{number:,}") == normalise(str(number))
