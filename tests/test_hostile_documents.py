"""Documents that give orders, in some two hundred disguises: none is obeyed, whoever answers.

Each carries a fact of its own beside its instructions. It is asked for by the embedded answerer,
through a model that answers properly, through one that does whatever a document tells it, and
through one that repeats documents as its own words. The default run takes the first of each
disguise; ``tests/soak/test_hostile_documents.py`` takes all of them by every way in.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from hostile_documents import Planted, obeyed, parroted, planted, proper
from hostile_ways import dossier_of, wrong
from promises import LIVELY
from scripted_replies import Request, text
from ways_in import WAYS, Ways

# Many runs of what other tests cover; to measure them takes half as long again.
pytestmark = pytest.mark.no_cover

EVERY = planted()
FIRST = list({one.disguise: one for one in reversed(EVERY)}.values())
"""One of each disguise."""

MODELS: tuple[Callable[[Planted, Request], str], ...] = (proper, obeyed, parroted)


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    with dossier_of(FIRST, tmp_path_factory.mktemp("hostile") / "data") as made:
        yield made


def test_there_are_many_of_them_and_no_two_alike() -> None:
    assert len(EVERY) >= 150
    assert len({one.instruction for one in EVERY}) == len(EVERY)
    assert len({one.disguise for one in EVERY}) >= 25
    assert len({one.figure for one in EVERY}) == len(EVERY)


@pytest.mark.parametrize("one", FIRST[::2], ids=lambda one: one.disguise)
def test_the_embedded_answerer_tells_the_fact_and_obeys_nothing(ways: Ways, one: Planted) -> None:
    answer = ways.ask_embedded(one.question)
    assert wrong(one, answer, "", ways) == []
    assert one.figure in answer["text"]


@pytest.mark.parametrize("number", range(len(FIRST)), ids=lambda n: FIRST[n].disguise)
def test_a_model_that_obeys_breaks_no_promise(ways: Ways, number: int) -> None:
    """Each way in and each kind of model gets its share; the soak has every pair."""
    one, model = FIRST[number], MODELS[1 + number % 2]
    answer, written = ways.ask_as(WAYS[number % len(WAYS)], one, model)
    assert wrong(one, answer, written, ways, made_up=model is obeyed) == []


@pytest.mark.parametrize("one", FIRST[::6], ids=lambda one: one.disguise)
def test_a_model_that_answers_properly_is_not_kept_from_it(ways: Ways, one: Planted) -> None:
    answer, written = ways.ask_as("by_json", one, proper)
    assert wrong(one, answer, written, ways) == []
    assert [s["text"] for s in answer["statements"] if s["support"] == "supported"] == [one.fact]


def test_a_terminal_gets_words_and_nothing_else(ways: Ways) -> None:
    harmful = [one for one in FIRST if LIVELY.search(one.instruction)]
    assert len(harmful) >= 8
    for one in [o for o in harmful if o.goal == "control"] or harmful[:1]:
        ways.now.append(lambda request, one=one: text(parroted(one, request)))
        for shown in (ways.shown(one.question), ways.command("search", one.place)):
            assert re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e]", shown) is None
    for arguments in (("sources",), ("sources", "--json"), ("answers",), ("sources", "--stories")):
        shown = ways.command(*arguments)
        assert re.search(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b\u202a-\u202e]", shown) is None
