"""Accept headers, read."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.errors import NotAcceptable
from api.negotiation import choose

OFFERED = ("application/json", "text/event-stream")


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, 0),
        ("", 0),
        ("*/*", 0),
        ("application/*", 0),
        ("text/*", 1),
        ("text/event-stream", 1),
        ("TEXT/Event-Stream", 1),
        ("text/event-stream, application/json", 1),
        ("application/json, text/event-stream", 0),
        ("text/event-stream;q=0.2, application/json;q=0.1", 1),
        ("text/event-stream ; q=0.1 , application/json ; q=0.2", 0),
        ("text/html, */*;q=0.1", 0),
        ("*/*, application/json;q=0", 1),
        ("*/*;q=0.9, text/event-stream;q=0.1", 0),
        ("text/event-stream;q=nonsense", 1),
        ("text/event-stream;q=7, application/json;q=1", 1),
        ("text/event-stream;charset=utf-8", 1),
    ],
)
def test_what_suits_best_is_chosen(accept: str | None, chosen: int) -> None:
    assert choose(accept, OFFERED) == OFFERED[chosen]


@pytest.mark.parametrize(
    "accept", ["text/html", "application/json;q=0", "*/*;q=0", "application/xml, image/*", "json"]
)
def test_what_excludes_everything_is_refused(accept: str) -> None:
    with pytest.raises(NotAcceptable):
        choose(accept, OFFERED)


@given(st.text(st.characters(codec="latin-1"), max_size=60))
def test_any_header_gets_an_offer_or_a_refusal(accept: str) -> None:
    try:
        assert choose(accept, OFFERED) in OFFERED
    except NotAcceptable:
        assert accept.strip()


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["application/json", "text/event-stream", "*/*", "text/*"]),
            st.integers(0, 10),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_nothing_with_quality_zero_is_ever_chosen(members: list[tuple[str, int]]) -> None:
    accept = ", ".join(f"{name};q={quality / 10}" for name, quality in members)
    exact = dict(reversed(members))
    try:
        chosen = choose(accept, OFFERED)
    except NotAcceptable:
        return
    assert exact.get(chosen) != 0
