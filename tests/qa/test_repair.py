from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qa.checking.repair import shorten
from qa.grounding import check
from qa.text.words import tokens


def words(text: str) -> list[str]:
    return [token.text.casefold() for token in tokens(text)]


def is_subsequence(part: list[str], whole: list[str]) -> bool:
    rest = iter(whole)
    return all(word in rest for word in part)


@pytest.mark.parametrize(
    ("statement", "quote", "cut"),
    [
        (
            "The bridge opened in May, adding that tolls would be doubled.",
            "The bridge opened in May.",
            "The bridge opened in May.",
        ),
        (
            "The bridge opened in May 1990 and was painted green by prisoners.",
            "The bridge opened in May 1990.",
            "The bridge opened in May 1990.",
        ),
        (
            "Olsen, a former wrestler from Bergen, opened the ferry line.",
            "Mayor Olsen opened the ferry line.",
            "Olsen opened the ferry line.",
        ),
        (
            "Olsen (a former wrestler) opened the ferry line.",
            "Mayor Olsen opened the ferry line.",
            "Olsen opened the ferry line.",
        ),
        (
            "In 2019, the museum reopened after a fire.",
            "The museum reopened after a fire that had closed it.",
            "The museum reopened after a fire.",
        ),
        (
            "The company hired 40 engineers in Oslo in 2020, which pleased the unions.",
            "The company hired 40 engineers in 2020.",
            "The company hired 40 engineers in 2020.",
        ),
        (
            "The tea is popular in Varn, Osle and Brekke.",
            "The tea is popular in Varn and Osle.",
            "The tea is popular in Varn.",
        ),
        (
            "Prices of bread rose by 4 percent, while 200 bakers struck.",
            "Prices of bread rose by 4 percent, while 300 bakers struck.",
            "Prices of bread rose by 4 percent.",
        ),
    ],
)
def test_what_is_not_borne_out_is_cut_off(statement: str, quote: str, cut: str) -> None:
    assert shorten(statement, [quote]) == cut


def test_a_supported_statement_stays_as_it_is() -> None:
    assert shorten("The bridge opened in May.", ["In May the bridge opened."]) == (
        "The bridge opened in May."
    )


@pytest.mark.parametrize(
    ("statement", "quote"),
    [
        ("Cats sleep all day.", "Dogs bark."),
        ("The bridge opened.", ""),
        # Cut shorter, these would say more than the statement did.
        ("Tariffs would not be lifted in June.", "Tariffs would not be lifted in July."),
        ("The lake is the largest in Europe.", "The lake is the largest in Asia."),
        # Who claims it is not to be lost on the way.
        ("The mine is flooded, and three miners died.", "The union claims the mine is flooded."),
        # No half of a sentence.
        ("After the ship sank, Olsen resigned.", "The ship sank in a storm."),
        ("Ilsa and Ottmar founded the school.", "Ilsa founded the hospital."),
    ],
)
def test_nothing_is_left_where_no_cut_is_borne_out(statement: str, quote: str) -> None:
    assert shorten(statement, [quote]) is None


CLAUSES = (
    "The bridge opened in May",
    "the ferry line was sold",
    "which pleased the unions",
    "after a fire in Oslo",
    "Olsen (a wrestler) left",
    "said “no tolls, ever”",
    "40 engineers were hired",
    "according to the council",
    "not in Bergen",
)
statements = st.lists(st.sampled_from(CLAUSES), min_size=1, max_size=4).flatmap(
    lambda parts: st.sampled_from([", ", " and ", " – ", "; "]).map(lambda s: s.join(parts) + ".")
)


@settings(deadline=None)
@given(statements, st.lists(st.sampled_from(CLAUSES), min_size=1, max_size=2))
def test_a_cut_has_only_words_of_the_statement_in_order_and_is_supported(
    statement: str, quotes: list[str]
) -> None:
    cut = shorten(statement, quotes)
    assert cut == shorten(statement, quotes)
    if cut is not None:
        assert is_subsequence(words(cut), words(statement))
        assert check(cut, quotes).support == "supported"


@settings(deadline=None)
@given(st.text(max_size=60), st.lists(st.text(max_size=60), max_size=2))
def test_any_text_can_be_shortened(statement: str, quotes: list[str]) -> None:
    cut = shorten(statement, quotes)
    assert cut is None or is_subsequence(words(cut), words(statement))
