"""Taking glued words apart."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.glue import FUNCTION_WORDS, CommonWords, unglue

KNOWN = FUNCTION_WORDS | {
    *("harbour", "report", "storm", "quay", "closed", "port", "museum", "membership"),
    *("net", "work", "sea", "ports", "aid", "season", "rep", "said", "or"),
}


@pytest.mark.parametrize(
    ("token", "parts"),
    [
        ("harbourin", ("harbour", "in")),
        ("Harbourin", ("Harbour", "in")),
        ("theharbour", ("the", "harbour")),
        ("reportsaid", ("report", "said")),
        ("stormclosed", ("storm", "closed")),
        ("MuseumMembership", ("Museum", "Membership")),
        ("portIs", ("port", "Is")),
    ],
)
def test_glued_words_come_apart(token: str, parts: tuple[str, str]):
    assert unglue(token, KNOWN) == parts


@pytest.mark.parametrize(
    "token",
    [
        "season",  # known itself
        "network",  # both parts known, one of them short and no function word
        "seaport",
        "portx",
        "inof",  # neither part long enough
        "harbour2in",
        "in",
        "",
        "harbour's",
        "harbourquayzz",
        "harbour" * 9,
        "İharbourin",  # lower case would be longer than the token
    ],
)
def test_doubtful_words_stay_whole(token: str):
    assert unglue(token, KNOWN) is None


def test_the_most_plausible_of_several_ways_is_taken():
    assert unglue("portsofair", {"ports", "port", "of", "so", "fair"}) is None
    assert unglue("harbourthat", {"harbour", "that", "harb", "ourthat"}) == ("harbour", "that")
    assert unglue("portaat", {"port", "porta", "at", "aat"}) == ("porta", "at")


@given(
    st.text(alphabet=string.ascii_letters, min_size=1, max_size=20),
    st.sets(st.text(alphabet=string.ascii_lowercase, min_size=1, max_size=6), max_size=30),
)
def test_parts_make_up_the_token_and_are_known(token: str, known: set[str]):
    parts = unglue(token, known)
    if parts is not None:
        assert "".join(parts) == token
        assert all(part.lower() in known and len(part) >= 2 for part in parts)


def test_common_words_are_those_of_the_tokenizer():
    known = CommonWords()
    assert "harbour" in known
    assert "harbourthe" not in known
    assert 7 not in known
    assert unglue("harbourthe", known) == ("harbour", "the")
    assert unglue("harbour", known) is None
