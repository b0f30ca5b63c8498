from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text.figures import Figure, figures


def only(text: str) -> Figure:
    found = figures(text)
    assert len(found) == 1, found
    return found[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("4,200 boxes", 4200),
        ("4 200 boxes", 4200),
        ("4\u00a0200 boxes", 4200),
        ("1,00,000 boxes", 100_000),
        ("4200 boxes", 4200),
        ("2.5 million boxes", 2_500_000),
        ("2½ boxes", 2.5),
        ("12,5 boxes", 12.5),
        ("15k boxes", 15_000),
        ("3bn boxes", 3e9),
        ("six thousand boxes", 6000),
        ("twenty-five boxes", 25),
        ("two hundred and fifty thousand boxes", 250_000),
        ("one billion two hundred million boxes", 1.2e9),
        ("nineteen hundred boxes", 1900),
        ("a dozen boxes", 12),
        ("two dozen boxes", 24),
        ("half a million boxes", 500_000),
        ("a hundred boxes", 100),
        ("-5 boxes", -5),
        ("zero boxes", 0),
    ],
)
def test_numbers_have_the_value_however_written(text: str, value: float) -> None:
    figure = only(text)
    assert figure.value == pytest.approx(value)
    assert figure.kind == "number"
    assert figure.unit == "box"
    assert figure.text == text.removesuffix(" boxes")


@pytest.mark.parametrize(
    "text",
    [
        "the Falcon-20, a G7 and an F16",
        "the 21st of them came 3rd",
        "one of them, and no one else",
        "that one is the other one",
        "at http://x.example/2/3:4",
        "version 1.2.3",
        "hundreds of boxes",
        "third of all",
        "and so on",
    ],
)
def test_what_is_no_number_is_not_read_as_one(text: str) -> None:
    assert figures(text) == []


@pytest.mark.parametrize(
    ("text", "value", "kind", "unit"),
    [
        ("60 per cent of it", 60, "percent", "%"),
        ("12.5% of it", 12.5, "percent", "%"),
        ("1.5 percentage points", 1.5, "percent", "percentage point"),
        ("half of the boxes", 50, "percent", "%"),
        ("two-thirds of them, the boxes", 200 / 3, "percent", "%"),
        ("$2.5 million", 2.5e6, "money", "USD"),
        ("US$3bn", 3e9, "money", "USD"),
        ("£1.2m", 1.2e6, "money", "GBP"),
        ("EUR 40", 40, "money", "EUR"),
        ("5 million euros", 5e6, "money", "EUR"),
        ("70 Russian rubles", 70, "money", "RUB"),
        ("300 USD", 300, "money", "USD"),
        ("12 €", 12, "money", "EUR"),
        ("$2000 a day", 2000, "money", "USD"),
    ],
)
def test_shares_and_money(text: str, value: float, kind: str, unit: str) -> None:
    figure = only(text)
    assert (figure.kind, figure.unit) == (kind, unit)
    assert figure.value == pytest.approx(value)


@pytest.mark.parametrize(
    ("text", "qualifier", "stated"),
    [
        ("made nearly six thousand Varn boats", "nearly", "nearly six thousand Varn boats"),
        ("made about 40 boats", "about", "about 40 boats"),
        ("some 40 boats", "about", "some 40 boats"),
        ("more than 40 boats", "more than", "more than 40 boats"),
        ("at least 40 of its boats", "at least", "at least 40 of its boats"),
        ("no more than the 40 boats", "up to", "no more than the 40 boats"),
        ("as many as 40 boats", "up to", "as many as 40 boats"),
        ("fewer than 40 boats", "less than", "fewer than 40 boats"),
        ("just over 40 boats", "more than", "just over 40 boats"),
        ("40 or so", "about", "40 or so"),
        ("40+", "more than", "40+"),
        ("40 or more", "at least", "40 or more"),
        ("exactly 40 boats", None, "40 boats"),
        ("some of the 40 boats", None, "40 boats"),
    ],
)
def test_qualifiers_belong_to_the_figure(text: str, qualifier: str | None, stated: str) -> None:
    figure = only(text)
    assert figure.qualifier == qualifier
    assert figure.stated.cut(text) == stated


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("ten thousand North Korean troops fought", "troop"),
        ("a 20-year treaty", "year"),
        ("15kg of it", "kg"),
        ("6 km of it", "km"),
        ("one factory there", "factori"),
        ("40 people came", "person"),
        ("40, boats", None),
        ("40 in boats", None),
        ("40 fought well", None),
        ("40", None),
    ],
)
def test_the_unit_is_what_is_counted(text: str, unit: str | None) -> None:
    assert only(text).unit == unit


@pytest.mark.parametrize(
    ("text", "low", "high", "unit"),
    [
        ("10,000 to 12,000 men", 10_000, 12_000, "man"),
        ("between 10 and 12 men", 10, 12, "man"),
        ("5-6%", 5, 6, "%"),
        ("5 % to 6 %", 5, 6, "%"),
        ("$2-3 billion", 2e9, 3e9, "USD"),
        ("2 to 3 million people", 2e6, 3e6, "person"),
        ("two to three dozen", 2, 36, None),
    ],
)
def test_ranges(text: str, low: float, high: float, unit: str | None) -> None:
    figure = only(text)
    assert (figure.kind, figure.value, figure.upper, figure.unit) == ("range", low, high, unit)


@pytest.mark.parametrize(
    "text", ["10 and 12 men", "from 10 to 12 percent", "won 10-7", "10 to 5", "5 to 6% and 7"]
)
def test_two_numbers_are_not_always_a_range(text: str) -> None:
    assert len(figures(text)) == 2


def test_a_change_gives_both_values_the_unit() -> None:
    assert [(f.value, f.unit) for f in figures("rose from 10 to 12 percent")] == [
        (10, "%"),
        (12, "%"),
    ]


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("on 17 January 2025", (2025, 1, 17)),
        ("on January 17th, 2025", (2025, 1, 17)),
        ("on Jan. 17", (0, 1, 17)),
        ("on the 17th of January", (0, 1, 17)),
        ("on 2025-01-17", (2025, 1, 17)),
        ("in January 2025", (2025, 1, 0)),
        ("on 17/01/2025", (2025, 1, 17)),
        ("on 01/17/2025", (2025, 1, 17)),
        ("on 03/04/2025", (2025, 0, 0)),
        ("on 17.1.2025", (2025, 1, 17)),
        ("last May", (0, 5, 0)),
        ("In March it rained", (0, 3, 0)),
        ("October was wet", (0, 10, 0)),
        ("SEPTEMBER 3", (0, 9, 3)),
    ],
)
def test_dates_keep_what_is_stated(text: str, date: tuple[int, int, int]) -> None:
    figure = only(text)
    assert figure.kind == "date"
    assert (figure.year, figure.month, figure.day) == date


@pytest.mark.parametrize(
    "text", ["May I come?", "March on!", "April Smith left", "a march of August Weber"]
)
def test_words_that_only_look_like_months(text: str) -> None:
    assert [f for f in figures(text) if f.kind == "date"] == []


def test_pairs_of_days_and_years_are_two_figures() -> None:
    assert [f.day for f in figures("on 5-7 May 2024")] == [5, 7]
    assert [f.year for f in figures("in 2019-20")] == [2019, 2020]
    assert [f.year for f in figures("2019–2024")] == [2019, 2024]


@pytest.mark.parametrize("text", ["in 2024", "the 2024 elections", "mid-2024", "since 2024."])
def test_years(text: str) -> None:
    figure = only(text)
    assert (figure.kind, figure.year, figure.month) == ("year", 2024, 0)


def test_decades() -> None:
    figure = only("in the 1990s")
    assert (figure.kind, figure.year, figure.unit) == ("year", 1990, "decade")


@pytest.mark.parametrize("text", ["about 2000 men", "2000 troops", "Falcon-2000 flew 2000 km"])
def test_four_digits_are_no_year_where_they_count_or_name(text: str) -> None:
    assert [f.value for f in figures(text) if f.kind == "number"] == [2000]
    assert [f for f in figures(text) if f.kind == "year"] == []


@pytest.mark.parametrize(
    ("text", "minutes"), [("at 10:30", 630), ("at 5 p.m.", 1020), ("12.30 am", 30), ("9am", 540)]
)
def test_times_of_day(text: str, minutes: int) -> None:
    figure = only(text)
    assert (figure.kind, figure.value) == ("time", minutes)
    assert (figure.year, figure.month, figure.day) == (0, 0, 0)


def test_impossible_dates_and_times_are_none() -> None:
    assert all(f.kind != "date" for f in figures("2025-13-45"))
    assert all(f.kind != "time" for f in figures("14 pm"))


@given(st.text())
def test_any_text_is_read_and_places_are_exact(text: str) -> None:
    for figure in figures(text):
        assert text[figure.start : figure.end] == figure.text != ""
        assert figure.stated.start <= figure.start
        assert figure.end <= figure.stated.end <= len(text)


NUMBER_WORDS = (
    "about 1 2 12 000 1,000 2024 one two twenty hundred thousand million and to - – % $ m k per "
    "cent May 3 January in the of boats . , : half a from between st ½"
)


@given(st.lists(st.sampled_from([*NUMBER_WORDS.split(), " "]), max_size=14))
def test_any_mixture_of_number_words_is_read_with_exact_places(parts: list[str]) -> None:
    for text in ("".join(parts), " ".join(parts)):
        found = figures(text)
        assert all(text[f.start : f.end] == f.text != "" for f in found)
        assert all(
            one.end <= two.start or (one.start, one.end) == (two.start, two.end)
            for one, two in pairwise(found)
        )


@given(st.integers(0, 10**12))
def test_a_number_has_its_value_with_and_without_separators(number: int) -> None:
    assert only(f"{number:,} boxes").value == number
    if number > 2200:  # smaller ones may be years
        assert only(f"{number} boxes").value == number
