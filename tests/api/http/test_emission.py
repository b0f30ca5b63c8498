"""The second check: what was made without regard to who asks is held back as it goes out.

Here everything is made for whoever has the data directory and then let out to another, as if the
check before the search had been forgotten.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from harbour import send, serving

from api import problems
from api.access.emission import Emission, Shown
from api.errors import ForeignWords
from index.models import Filters
from qa.models import Answer, Completed, Retrieved, Started, StatementAdded
from qa.question import Question
from qa.service import Service

QUESTION = Question(text="How much did the harbour bridge cost?")
OURS, THEIRS = frozenset({"ours"}), frozenset({"theirs"})
TEXT = "The harbour bridge cost 310 million crowns, the audit office said."


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory, embeddings: dict[str, Any]
) -> Iterator[Service]:
    """A document of theirs, copied once by them, and one of ours; an answer from theirs."""
    with serving(tmp_path_factory.mktemp("emission") / "data", **embeddings) as (client, service):
        for name in ("one", "two"):
            put(client, name, TEXT, "theirs", outlet="Their Post")
        put(client, "other", "The ferry stopped in spring.", "ours", outlet="Our Post")
        yield service


def put(client: httpx.Client, name: str, text: str, collection: str, **given: str) -> None:
    send(client, name=name, text=text, collection=collection, **given).raise_for_status()


@pytest.fixture(scope="module")
def events(service: Service) -> list[Any]:
    async def all_of_them() -> list[Any]:
        return [event async for event in service.stream(QUESTION)]

    return asyncio.run(all_of_them())


@pytest.fixture(scope="module")
def answer(events: list[Any]) -> Answer:
    assert isinstance(events[-1], Completed)
    assert events[-1].answer.citations
    return events[-1].answer


def lets_out(service: Service, permitted: frozenset[str], shown: Shown) -> bool:
    try:
        Emission(service.corpus, permitted).require(shown)
    except ForeignWords:
        return False
    return True


def test_it_is_not_told_what_was_held_back(service: Service, answer: Answer) -> None:
    with pytest.raises(ForeignWords) as held_back:
        Emission(service.corpus, OURS).require(Shown().answer(answer))
    told = f"{held_back.value} {held_back.value.hint}"
    assert "Their" not in told
    assert "d-" not in told
    assert problems.status_of(held_back.value) == 500


def test_an_answer_is_for_those_whose_documents_it_shows(service: Service, answer: Answer) -> None:
    shown = Shown().answer(answer)
    assert not lets_out(service, OURS, shown)
    assert not lets_out(service, frozenset(), shown)
    assert not lets_out(service, THEIRS, shown)  # its coverage names our outlet
    assert lets_out(service, OURS | THEIRS, shown)


PARTS: dict[str, Callable[[Answer], dict[str, Any]]] = {
    "citations": lambda answer: {"citations": answer.citations},
    "copies": lambda answer: {
        "citations": (
            answer.citations[0].model_copy(update={"copies": (answer.citations[0].document_id,)}),
        )
    },
    "nearest": lambda answer: {"nearest": answer.citations[:1]},
    "trace": lambda answer: {"trace": answer.trace},
    "outlets": lambda answer: {"coverage": answer.coverage},
}


@pytest.mark.parametrize("part", PARTS)
def test_each_part_of_an_answer_is_looked_at(service: Service, answer: Answer, part: str) -> None:
    coverage = answer.coverage.model_copy(update={"outlets": ()})
    bare = answer.model_copy(
        update={"citations": (), "nearest": (), "trace": (), "coverage": coverage}
    )
    assert lets_out(service, OURS, Shown().answer(bare))
    with_part = bare.model_copy(update=PARTS[part](answer))
    assert not lets_out(service, OURS, Shown().answer(with_part))


def test_words_that_do_not_stand_there_are_held_back(service: Service, answer: Answer) -> None:
    """A quotation under the name of a document that may be read can still be of another one."""
    own = next(d for d in service.corpus.documents() if d.collection == "ours")
    first = answer.citations[0]
    place = {"document_id": own.id, "version": 1, "start": 0, "copies": ()}
    for quote, expected in ((first.quote, False), (own.text[:9], True)):
        moved = first.model_copy(update=place | {"quote": quote, "end": len(quote)})
        shown = Shown()
        shown.citations([moved])
        assert lets_out(service, OURS, shown) is expected


def test_each_event_of_a_stream_is_looked_at(service: Service, events: list[Any]) -> None:
    seen = set()
    for event in events:
        seen.add(type(event))
        assert lets_out(service, OURS, Shown().event(event)) is isinstance(event, Started)
    assert {Started, Retrieved, StatementAdded, Completed} <= seen


def test_a_search_is_looked_at(service: Service) -> None:
    found = service.search("harbour bridge cost", Filters(), limit=5)
    assert not lets_out(service, OURS, Shown().found(found))
    within = service.search("ferry", Filters(permitted=OURS), limit=5)
    assert within.hits
    assert lets_out(service, OURS, Shown().found(within))
    hit = dataclasses.replace(within.hits[0], copies=(found.hits[0].document.id,))
    named = dataclasses.replace(within.retrieval, hits=(hit,))
    assert not lets_out(service, OURS, Shown().found(dataclasses.replace(within, retrieval=named)))


def test_whole_documents_and_stories_are_looked_at(service: Service) -> None:
    ours = Emission(service.corpus, OURS)
    ours.whole(service.corpus.documents(Filters(permitted=OURS)))
    with pytest.raises(ForeignWords):
        ours.whole(service.corpus.documents())
    stories = service.corpus.stories()
    assert stories
    Emission(service.corpus, THEIRS).stories(stories)
    with pytest.raises(ForeignWords):
        ours.stories(stories)


def test_what_was_recorded_is_looked_at(service: Service, answer: Answer) -> None:
    manifest = service.manifest(answer.id)
    assert manifest
    made = asyncio.run(service.replay(answer.id, recorded=True))
    told = [Shown().answer(answer), Shown().manifest(manifest), Shown().replay(made)]
    assert Emission(service.corpus, OURS).readable(told) == [False] * 3
    untraced = Shown().answer(answer.model_copy(update={"trace": ()}))
    assert Emission(service.corpus, THEIRS).readable([untraced]) == [True]
    assert Emission(service.corpus, OURS | THEIRS).readable(told) == [True] * 3


def test_who_may_read_everything_is_not_slowed(service: Service, answer: Answer) -> None:
    everything = Emission(service.corpus, None)
    everything.require(Shown().answer(answer))
    assert everything.readable([Shown().answer(answer)]) == [True]
