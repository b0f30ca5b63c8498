from __future__ import annotations

import threading
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qa.text.words import (
    content_stems,
    fold,
    is_common,
    key,
    name_words,
    names,
    same_name,
    stem,
    tokens,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Don't stop at 4,200 or 2.5 km.", ["Don't", "stop", "at", "4,200", "or", "2.5", "km"]),
        ("The U.S. and Varn-based crews", ["The", "U.S.", "and", "Varn", "based", "crews"]),
        ("cafe\u0301 naïve", ["cafe\u0301", "naïve"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("堤坝 A4", ["堤", "坝", "A4"]),
        ("a_b 15kg", ["a", "b", "15kg"]),
        ("the mayor’s office", ["the", "mayor’s", "office"]),
        ("… — !", []),
    ],
)
def test_tokens(text: str, words: list[str]) -> None:
    assert [token.text for token in tokens(text)] == words


@given(st.text())
def test_tokens_have_exact_places_in_order(text: str) -> None:
    found = tokens(text)
    assert all(text[t.start : t.end] == t.text for t in found)
    assert all(one.end <= other.start for one, other in pairwise(found))


@given(st.text())
def test_readers_of_words_take_any_text(text: str) -> None:
    assert fold(fold(text)) == fold(text)
    assert all(content_stems(text)) or not content_stems(text)
    for name in names(text):
        assert name in text
        assert name.strip() == name


def test_folding_forgets_case_quotes_dashes_and_space_only() -> None:
    assert fold("“A  Néw\n‘day’ – now”\u200b") == fold("\"a Néw 'DAY' - now\"")
    assert fold("new") != fold("néw")
    assert fold("a, b") != fold("a b")


def test_content_words_meet_in_their_stems() -> None:
    assert content_stems("They sent the ships") == content_stems("sending a ship")
    assert content_stems("Women chose it.") == content_stems("a woman choosing")
    assert content_stems("They did not have it") == []


def test_numbers_meet_whatever_their_separators() -> None:
    assert content_stems("4,200 tons") == content_stems("4200 tons")


def test_initials_are_content_but_the_words_they_spell_are_not() -> None:
    assert content_stems("WHO told us?") == ["who", "tell"]
    assert content_stems("THE SHIP OF US ALL") == ["ship"]
    assert content_stems("in May") == ["may"]


def test_stemming_is_the_same_in_every_thread() -> None:
    words = [f"nationalisation{n}s" for n in range(300)]
    results: list[list[str]] = []
    work = [threading.Thread(target=lambda: results.append([stem(w) for w in words])) for _ in "ab"]
    for thread in work:
        thread.start()
    for thread in work:
        thread.join()
    assert results[0] == results[1] == [stem(w) for w in words]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Mayor Greta Olsen met Tomas Brandt.", ["Mayor Greta Olsen", "Tomas Brandt"]),
        ("Ships left. Norway waited.", ["Norway"]),
        ("Yesterday Olsen left for the Bank of the North.", ["Olsen", "Bank of the North"]),
        ("Belgium’s port and Norway's fleet", ["Belgium", "Norway"]),
        ("They flew a Falcon-20 to Saint-Malo.", ["Falcon-20", "Saint-Malo"]),
        ("He met Mr. Smith and J. K. Rowling.", ["Mr. Smith", "J. K. Rowling"]),
        ("On Monday in June, the NATO fleet sailed.", ["NATO"]),
        ("We met Theresa May in May.", ["Theresa May"]),
        ("He said: “We shall see.”", []),
        ("PRICES RISE IN NORWAY", ["NORWAY"]),
        ("Which Norwegian port is it?", ["Norwegian"]),
        ("The iPhone of Ludwig van Beethoven", ["iPhone of Ludwig van Beethoven"]),
        ("nothing here", []),
        ("", []),
    ],
)
def test_names(text: str, found: list[str]) -> None:
    assert names(text) == found


@pytest.mark.parametrize("word", ["troops", "officials", "president", "the", "surveys", "tables"])
def test_ordinary_words_are_common(word: str) -> None:
    assert is_common(word)


@pytest.mark.parametrize("word", ["Moscow", "Berlin", "Turkey", "Pezeshkian", "Zoran"])
def test_names_are_not_common(word: str) -> None:
    assert not is_common(word)


def test_the_words_of_a_name_leave_out_the_small_ones() -> None:
    assert name_words("Bank of the North") == ["bank", "north"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Norway", "Norwegian"),
        ("Belgium", "Belgian"),
        ("Italy", "Italians"),
        ("Israel", "Israelis"),
        ("China", "Chinese"),
        ("Kenya", "Kenyan"),
        ("Oman", "Omani"),
        ("US", "American"),
        ("U.K.", "British"),
        ("Vikings", "Viking"),
    ],
)
def test_a_country_and_its_people_are_alike(one: str, other: str) -> None:
    assert same_name(key(one), key(other))
    assert same_name(key(other), key(one))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Iran", "Iraq"),
        ("Austria", "Australia"),
        ("Mali", "Malaysia"),
        ("Niger", "Nigerian"),
        ("India", "Indiana"),
        ("Ken", "Kenyan"),
        ("Norway", "Sweden"),
    ],
)
def test_other_names_are_not_alike(one: str, other: str) -> None:
    assert not same_name(key(one), key(other))
