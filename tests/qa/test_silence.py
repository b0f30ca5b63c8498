"""What is said where the documents do not answer."""

from __future__ import annotations

import asyncio
from datetime import date

import pytest
import texts

from index.embed.embedded import EmbeddedModel
from qa import service as composition
from qa.models import Answer
from qa.question import Question
from qa.service import build
from qa.settings import load_settings


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory):
    """Ask the three documents, without a model."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(composition, "EmbeddedModel", lambda threads: EmbeddedModel(threads=1))
        service = build(load_settings(data=tmp_path_factory.mktemp("silence")), write=True)
        list(service.corpus.ingest(texts.three(), limit=100_000))
        yield lambda text: (asyncio.run(service.answer(Question(text=text))), service)
        service.close()


def test_a_near_miss_is_refused_with_what_comes_nearest(ask) -> None:
    answer, service = ask("How many containers did the harbour of Lindholm handle in July 1998?")
    assert answer.status == "not_in_documents"
    assert (answer.statements, answer.citations) == ((), ())
    (near,) = answer.nearest
    assert "4,200 containers in March" in near.quote
    stored = service.corpus.document(near.document_id, near.version).text
    assert stored[near.start : near.end] == near.quote
    assert (near.outlet, near.published_at) == ("Lindholm Post", date(2024, 4, 14))
    assert f"What comes nearest is no answer: “{near.quote}” (Lindholm Post, 2024-04-14)." in (
        answer.text
    )
    assert "[1]" not in answer.text


def test_another_topic_has_nothing_near(ask) -> None:
    answer, _ = ask("Who won the women's chess championship of Bolivia?")
    assert answer.status == "not_in_documents"
    assert answer.nearest == ()
    assert "nearest" not in answer.text
    assert answer.text.startswith("The documents do not say. Searched: 3 documents")


def test_an_answer_has_nothing_near(ask) -> None:
    answer, _ = ask("How many containers did the harbour handle in March?")
    assert answer.statements
    assert answer.nearest == ()


def test_an_answer_of_before_there_was_such_a_field_is_read(ask) -> None:
    answer, _ = ask("Who is the director of the ferry line?")
    body = answer.model_dump(mode="json")
    for name in ("nearest", "short", "values", "confidence", "timeline", "missing"):
        del body[name]
    assert Answer.model_validate(body).nearest == ()
