"""A real, weak model over the sample dossier: whatever it writes, no promise is broken.

Run by `make test-model`, and by nothing else: it fetches weights and takes minutes. What it prints
is a measurement and no test: how often statements of such a model have to be marked.
"""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import local_model
import pytest
from promises import broken

from eval.cases import load
from eval.sample import cases_path, ingest_sample
from qa.models import Answer, Completed, Failed, StatementAdded
from qa.question import Question
from qa.service import Service, build
from qa.settings import load_settings

pytestmark = [pytest.mark.real_model, pytest.mark.timeout(7200)]

NAME = os.environ.get("REAL_MODEL", "smollm2-135m")
QUESTIONS = int(os.environ.get("REAL_MODEL_QUESTIONS", "20"))
FORM = os.environ.get("REAL_MODEL_OUTPUT", "auto")


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """The model, served on loopback."""
    with local_model.serving(local_model.weights(NAME)) as url:
        yield url


@pytest.fixture
def service(endpoint: str, tmp_path: Path) -> Iterator[Service]:
    """A service over the sample dossier that asks the model."""
    settings = load_settings(
        data=tmp_path / "data",
        model=NAME,
        model_base_url=endpoint,
        model_timeout=600,
        model_max_tokens=160,
        model_context_tokens=600,
        model_output=FORM,
    )
    made = build(settings, write=True)
    ingest_sample(made.corpus)
    yield made
    made.close()


async def ask(service: Service, words: str) -> tuple[Answer | Failed, list[StatementAdded]]:
    """Return how a question ended, and the statements that were sent on the way."""
    sent = []
    async for event in service.stream(Question(text=words)):
        if isinstance(event, StatementAdded):
            sent.append(event)
        elif isinstance(event, Completed):
            return event.answer, sent
        elif isinstance(event, Failed):
            return event, sent
    raise AssertionError("a stream ends with an answer or an error")


def test_no_promise_is_broken_by_a_weak_model(
    service: Service, capsys: pytest.CaptureFixture[str]
) -> None:
    ends: Counter[str] = Counter()
    support: Counter[str] = Counter()
    forms: Counter[str] = Counter()
    repaired = 0
    for case in load(cases_path()).first(QUESTIONS).cases:
        end, sent = asyncio.run(ask(service, case.question))
        if isinstance(end, Failed):
            assert end.code.startswith("model_"), end
            ends[end.code] += 1
            assert not sent
            continue
        kept = end.model_dump(mode="json")
        assert broken(kept, lambda name, version: service.corpus.document(name, version).text) == []
        assert [event.statement for event in sent] == list(end.statements)
        assert "".join(event.text for event in sent) == end.text or not sent
        ends[end.status] += 1
        forms[str(end.form)] += 1
        support.update(statement.support for statement in end.statements)
        repaired += sum(statement.drafted is not None for statement in end.statements)
        with capsys.disabled():
            told = [f"{s.support}: {s.text}" for s in end.statements]
            print(f"\n{case.question}\n  {end.status}, {end.form}", *told, sep="\n  ")
    with capsys.disabled():
        print(f"\n{NAME}: answers {dict(ends)}, forms {dict(forms)}")
        print(f"statements {dict(support)}, of them cut or written anew {repaired}")
    assert ends
