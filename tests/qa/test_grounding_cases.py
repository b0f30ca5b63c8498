"""A table of statements and quotations over many fields, each with what the check has to find."""

from __future__ import annotations

from pathlib import Path

import pytest

from qa.grounding import check

TABLE = Path(__file__).with_name("grounding_cases.txt")
CASES = [
    tuple(line.split("|"))
    for line in TABLE.read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
]


def test_the_table_is_whole() -> None:
    assert len(CASES) >= 150
    assert all(len(case) == 4 for case in CASES)
    assert len({case[:2] for case in CASES}) == len(CASES)
    assert {support for _, _, support, _ in CASES} == {"supported", "partial", "unsupported"}
    assert all(bool(words) == (support != "supported") for _, _, support, words in CASES)


@pytest.mark.parametrize(("statement", "quote", "support", "words"), CASES)
def test_what_is_found(statement: str, quote: str, support: str, words: str) -> None:
    found = check(statement, [quote])
    assert found.support == support, found.reason
    assert words in (found.reason or "")


@pytest.mark.parametrize(
    ("statement", "quote"), [case[:2] for case in CASES if case[2] == "unsupported"]
)
def test_a_quotation_of_something_else_beside_it_bears_nothing_out(
    statement: str, quote: str
) -> None:
    assert check(statement, [quote, "Rain is due by noon."]).support == "unsupported"


def test_the_score_of_what_is_supported_is_higher_on_the_whole() -> None:
    good = [check(s, [q]).score for s, q, support, _ in CASES if support == "supported"]
    bad = [check(s, [q]).score for s, q, support, _ in CASES if support == "unsupported"]
    wins = sum(one > other for one in good for other in bad)
    assert wins >= 0.9 * len(good) * len(bad)
