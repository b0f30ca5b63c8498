"""A real, weak model over the sample dossier: whatever it writes, no promise is broken.

Run by `make test-model`, and by nothing else: it fetches weights and takes minutes. It fails where
a promise is broken, or where the model could not be asked at all; never because a model is weak.
What it prints is a measurement and no test: how often statements of such a model have to be marked.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import local_model
import pytest
from promises import broken

from eval.cases import load
from eval.sample import cases_path, ingest_sample
from qa.chat import policy
from qa.compose import DraftStatement, EvidenceSentence
from qa.models import Answer, Completed, Failed, StatementAdded
from qa.question import Question
from qa.service import Service, build
from qa.settings import load_settings

pytestmark = [pytest.mark.real_model, pytest.mark.timeout(7200)]

NAME = os.environ.get("REAL_MODEL", "smollm2-135m")
QUESTIONS = int(os.environ.get("REAL_MODEL_QUESTIONS", "20"))
FORM = os.environ.get("REAL_MODEL_OUTPUT", "auto")
WEAK = {"model_incomplete", "model_refused", "model_timeout"}
"""How a question may end with a weak or slow model; any other error means it was not asked."""


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


@dataclass
class Tally:
    """What a run gave, for the eye."""

    ends: Counter[str] = field(default_factory=Counter)
    forms: Counter[str] = field(default_factory=Counter)
    support: Counter[str] = field(default_factory=Counter)
    changed: Counter[str] = field(default_factory=Counter)
    broken: list[str] = field(default_factory=list)
    settled: list[str] = field(default_factory=list)
    """Statements of the answer that is being made, as the policy left them."""

    def watch(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Count what the policy does to statements; it does it all the same."""
        settle = policy.settle

        def watched(
            draft: DraftStatement, offered: Sequence[EvidenceSentence], *, cut: bool
        ) -> DraftStatement:
            made = settle(draft, offered, cut=cut)
            had, has = ({(e.document.id, e.span) for e in d.evidence} for d in (draft, made))
            self.changed["cited nothing"] += not had
            self.changed["re-pointed"] += bool(has - had)
            self.changed["idle citations left out"] += bool(had - has)
            self.changed["cut"] += made.drafted is not None
            self.settled.append(made.text)
            return made

        monkeypatch.setattr(policy, "settle", watched)

    def count(self, answer: Answer) -> None:
        """Take in an answer."""
        self.ends[answer.status] += 1
        self.forms[str(answer.form)] += 1
        own = [one for one in answer.statements if one.text in self.settled]
        self.support.update(one.support for one in own)
        self.changed["not shown"] += len(self.settled) - len(own)
        self.changed["added from the documents"] += len(answer.statements) - len(own)

    def told(self) -> str:
        """Return all of it in words."""
        parts = {"ends": self.ends, "forms": self.forms, "statements": self.support}
        parts["policy"] = +self.changed
        lines = [f"{name}: {dict(counts)}" for name, counts in parts.items()]
        return "\n".join([f"\n{NAME}", *lines, f"promises broken: {len(self.broken)}"])


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


def against(service: Service, end: Answer | Failed, sent: Sequence[StatementAdded]) -> list[str]:
    """Return the promises that were broken on one question, in words."""
    if isinstance(end, Failed):
        return ["it failed after statements had been sent"] if sent else []
    kept = end.model_dump(mode="json")
    found = broken(kept, lambda name, version: service.corpus.document(name, version).text)
    if [event.statement for event in sent] != list(end.statements):
        found.append("the statements that were sent are not those of the answer")
    if sent and "".join(event.text for event in sent) != end.text:
        found.append("the text that was sent is not that of the answer")
    if service.recorded(end.id) != end:
        found.append("the record holds another answer")
    return found


def shown(end: Answer | Failed) -> list[str]:
    """Return how a question ended, in lines."""
    if isinstance(end, Failed):
        return [f"{end.code}: {end.message}"]
    ended = f"{end.status}, {end.form}" + (f": {end.reason}" if end.reason else "")
    said = [
        f"{one.support} {list(one.citations)}: {one.text}"
        + (f" ({one.reason})" if one.reason else "")
        for one in end.statements
    ]
    return [ended, *said]


def test_no_promise_is_broken_by_a_weak_model(
    service: Service, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    tally = Tally()
    tally.watch(monkeypatch)
    for case in load(cases_path()).first(QUESTIONS).cases:
        tally.settled.clear()
        began = time.perf_counter()
        end, sent = asyncio.run(ask(service, case.question))
        faults = [f"{case.id}: {fault}" for fault in against(service, end, sent)]
        tally.broken += faults
        if isinstance(end, Answer):
            tally.count(end)
        else:
            tally.ends[end.code] += 1
        with capsys.disabled():
            told = [*shown(end), *(f"BROKEN {fault}" for fault in faults)]
            print(f"\n{case.question} ({time.perf_counter() - began:.0f} s)", *told, sep="\n  ")
        assert isinstance(end, Answer) or end.code in WEAK, end
    with capsys.disabled():
        print(tally.told())
    assert tally.broken == []
    assert tally.ends
