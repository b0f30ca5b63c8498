"""Days of publication: forms with one meaning are read, all others are left unread."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from load_samples import PATIENT

from index.load.dates import parse_date

DAY = date(2025, 1, 17)


@pytest.mark.parametrize(
    "text",
    [
        "2025-01-17",
        " 2025-01-17 ",
        "20250117",
        "2025/01/17",
        "2025-01-17T23:30:00-05:00",
        "2025-01-17T00:10:00Z",
        "2025-01-17 10:32",
        "2025-01-17 10:00:00 +0100",
        "17 January 2025",
        "17th January, 2025",
        "January 17, 2025",
        "Jan. 17th 2025",
        "Friday, January 17, 2025",
        "Fri, 17 Jan 2025 10:00:00 GMT",
        "Fri. 17 jan 2025",
        "JANUARY  17,\n2025 at 10:32 AM EST",
        "January 17, 2025, 10.32 pm",
    ],
)
def test_forms_with_one_meaning(text: str) -> None:
    assert parse_date(text) == DAY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "03/04/2025",
        "17.01.2025",
        "January 2025",
        "2025",
        "2025-01",
        "2025-02-30",
        "2025-13-01",
        "31 February 2025",
        "17 Janu 2025",
        "17 Januar 2025",
        "17 January 25",
        "the 17 January 2025 issue",
        "2025-01/17",
        "2025-1-17",
        "202501171",
        "1737100000",
        "soon",
    ],
)
def test_other_forms_are_left_unread(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("name", "month"), [("Sept", 9), ("sep.", 9), ("September", 9), ("may", 5), ("Dec", 12)]
)
def test_months_in_full_and_abbreviated(name: str, month: int) -> None:
    assert parse_date(f"5 {name} 2024") == date(2024, month, 5)


@PATIENT
@given(st.datetimes(min_value=datetime(1000, 1, 1)))
def test_every_iso_date_is_read(moment: datetime) -> None:
    assert parse_date(moment.isoformat()) == moment.date()
    assert parse_date(moment.date().isoformat()) == moment.date()


@PATIENT
@given(st.text(max_size=60))
def test_no_text_is_too_odd(text: str) -> None:
    assert parse_date(text) is None or isinstance(parse_date(text), date)
