"""Terms out of memory are those of the index, whatever was read before and beside them."""

from __future__ import annotations

import threading

from hypothesis import given
from hypothesis import strategies as st

from index.derived.keywords import analyzer
from index.search import terms
from index.search.terms import Terms

any_text = st.text(st.characters(codec="utf-8", exclude_characters="\0"))
words = st.text(alphabet="aBéß9 .,'’-\n漢\u0301\u00ad", max_size=90)


@given(st.lists(st.one_of(words, any_text), max_size=6))
def test_texts_read_together_have_the_terms_of_each(texts: list[str]) -> None:
    analyze = analyzer().analyze
    known = Terms(analyzer().analyze)
    expected = [analyze(text) for text in texts]
    assert known.of(texts) == expected
    assert known.of(texts[::-1]) == expected[::-1]


def test_a_word_is_analysed_once() -> None:
    asked: list[str] = []

    def analyze(text: str) -> list[str]:
        asked.extend(text.split())
        return analyzer().analyze(text)

    known = Terms(analyze)
    first = known.of(["The pilots waited.", "Pilots wait"])
    assert known.of(["The pilots waited.", "Pilots wait"]) == first
    assert sorted(asked) == ["pilots", "the", "wait", "waited"]


def test_a_word_too_long_for_the_index_has_no_term() -> None:
    known = Terms(analyzer().analyze)
    assert known.of(["a " + "x" * 80, "b " + "y" * 40]) == [["a"], ["b", "y" * 39 + "i"]]


def test_what_is_remembered_is_bounded() -> None:
    known = Terms(analyzer().analyze)
    for start in range(0, 2 * terms.KEPT, 9_000):
        text = " ".join(f"w{number}" for number in range(start, start + 9_000))
        assert len(known.of([text])[0]) == 9_000
        assert len(known) <= terms.KEPT


def test_threads_may_share_it() -> None:
    known, found = Terms(analyzer().analyze), []
    texts = [f"Running {number} harbours" for number in range(300)]

    def read() -> None:
        found.append([known.of([text]) for text in texts])

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [[[["run", str(number), "harbour"]] for number in range(300)]] * 4
