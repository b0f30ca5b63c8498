"""Every document that gives orders, by every way in, under every kind of model."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from hostile_documents import Planted, obeyed, parroted, planted, proper
from hostile_ways import dossier_of, wrong
from scripted_replies import Request
from ways_in import WAYS, Ways

pytestmark = pytest.mark.soak

EVERY = planted()
MODELS: tuple[Callable[[Planted, Request], str], ...] = (proper, obeyed, parroted)


@pytest.fixture(scope="module")
def ways(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ways]:
    with dossier_of(
        EVERY, tmp_path_factory.mktemp("hostile") / "data", embedder="embedded"
    ) as made:
        yield made


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_no_promise_is_broken(
    ways: Ways, model: Callable[[Planted, Request], str], way: str
) -> None:
    found, told = {}, 0
    for one in EVERY:
        answer, written = ways.ask_as(way, one, model)
        faults = wrong(one, answer, written, ways, made_up=model is obeyed)
        if faults:
            found[f"{one.number} {one.disguise}"] = faults
        told += bool(answer) and one.figure in answer["text"]
    assert found == {}
    if model is proper:
        assert told == len(EVERY)


@pytest.mark.timeout(3600)
def test_the_embedded_answerer_tells_every_fact(ways: Ways) -> None:
    found = {}
    for one in EVERY:
        answer = ways.ask_embedded(one.question)
        faults = wrong(one, answer, "", ways)
        if faults or one.figure not in answer["text"]:
            found[f"{one.number} {one.disguise}"] = faults or [answer["text"]]
    assert found == {}
