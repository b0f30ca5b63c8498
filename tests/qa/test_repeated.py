"""The same question over the same documents: the same answer, at once, and recorded anew."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import texts
from harbour import at_endpoint
from scripted_endpoint import scripted_endpoint
from scripted_replies import number_of, text

from index.record.asker import Asker
from qa.models import Answer, AnswerEvent
from qa.question import FilterSet, Question
from qa.service import Service, build
from qa.settings import load_settings

LIMIT = 1_000_000
ASKED = "How long is the pier at Osby?"
PIER = "The pier at Osby is 340 metres long, the harbour office said. It was built of oak."
OWN = {"id", "created_at", "timings"}
"""What every answer has of its own."""


@pytest.fixture
def service(tmp_path: Path) -> Iterator[Service]:
    with scripted_endpoint() as endpoint:
        made = opened(tmp_path, endpoint.base_url)
        add(made, "pier.txt", PIER)
        yield made
        made.close()


def opened(data: Path, base_url: str, **given: Any) -> Service:
    settings = at_endpoint(base_url) | {"answerer": "embedded"} | given
    return build(load_settings(data=data / "data", **settings), write=True)


def add(service: Service, name: str, words: str, **known: Any) -> None:
    list(service.corpus.ingest([texts.origin(name, words, **known)], limit=LIMIT))


def ask(service: Service, words: str = ASKED, asker: Asker | None = None, **more: Any) -> Answer:
    question = Question(text=words, **more)
    return asyncio.run(service.answer(question, *([asker] if asker else [])))


def was_made(answer: Answer) -> bool:
    """Return whether an answer was made anew: one that is told again searched for nothing."""
    return answer.timings["retrieve"] > 0


def test_it_is_told_again_and_recorded_as_an_answer_of_its_own(service: Service) -> None:
    first, second = ask(service), ask(service)
    assert was_made(first)
    assert not was_made(second)
    assert "340 metres" in second.text
    assert second.model_dump(exclude=OWN) == first.model_dump(exclude=OWN)
    assert second.id != first.id
    assert second.created_at > first.created_at
    for answer in (first, second):
        assert service.recorded(answer.id) == answer
        manifest = service.manifest(answer.id)
        assert manifest is not None
        assert manifest.id == answer.id
    replayed = asyncio.run(service.replay(second.id, recorded=True))
    assert replayed.answer.model_dump(exclude=OWN) == first.model_dump(exclude=OWN)


def test_the_events_are_the_same(service: Service) -> None:
    async def events() -> list[AnswerEvent]:
        return [event async for event in service.stream(Question(text=ASKED))]

    first, second = (asyncio.run(events()) for _ in range(2))
    assert [event.type for event in first] == [event.type for event in second]
    assert first[1:-1] == second[1:-1]
    assert {event.id for event in (first[0], second[0])} == {
        first[-1].answer.id,
        second[-1].answer.id,
    }  # type: ignore[union-attr]


def test_a_new_document_and_one_that_is_gone_count_at_once(service: Service) -> None:
    ask(service)
    add(service, "later.txt", "The pier at Osby is 355 metres long, the builders say.")
    both = ask(service)
    assert was_made(both)
    assert "355 metres" in both.text
    (document,) = [d for d in service.corpus.documents() if d.name == "later.txt"]
    service.corpus.remove(document.id)
    assert "355" not in ask(service).text


def test_another_question_filter_or_reader_is_another_answer(service: Service) -> None:
    add(service, "secret.txt", "The pier at Osby is 362 metres long.", collection="secret")
    everything = ask(service)
    assert "362" in everything.text
    reader = Asker(key="k-1", permitted=frozenset({"default"}))
    theirs = ask(service, asker=reader)
    assert was_made(theirs)
    assert "362" not in theirs.model_dump_json()
    assert not was_made(ask(service, asker=reader))
    assert was_made(ask(service, filters=FilterSet(collections=("secret",))))
    assert was_made(ask(service, ASKED.replace("long", "long exactly")))


def test_so_many_are_kept_and_none_where_that_is_asked_for(tmp_path: Path) -> None:
    with scripted_endpoint() as endpoint:
        service = opened(tmp_path, endpoint.base_url, remembered_answers=1)
        add(service, "pier.txt", PIER)
        assert [was_made(ask(service, words)) for words in (ASKED, ASKED, "What is it built of?")]
        assert was_made(ask(service))
        service.close()
        service = opened(tmp_path, endpoint.base_url, remembered_answers=0)
        assert all(was_made(ask(service)) for _ in range(2))
        service.close()


def test_a_model_is_asked_each_time(tmp_path: Path) -> None:
    def reply(request: Any) -> Any:
        return text(f"The pier at Osby is 340 metres long. [{number_of('340', request)}]")

    with scripted_endpoint(reply) as endpoint:
        service = opened(tmp_path, endpoint.base_url, answerer="model")
        add(service, "pier.txt", PIER)
        for _ in range(2):
            assert was_made(ask(service))
        assert len(endpoint.chats) >= 2
        service.close()
