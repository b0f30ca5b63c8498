"""Questions put to the shipped embedded answerer, and what it found; nothing is kept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from qa.answerer import Answerer, Rerun
from qa.audit.manifest import Manifest, Recorder
from qa.extract import Extractor
from qa.models import Answer
from qa.question import Question
from qa.search.searching import Searcher
from qa.settings import load_settings

if TYPE_CHECKING:
    from index.corpus import Corpus
    from qa.assembly import Assembly
    from qa.compose import EvidenceSentence
    from qa.search.searching import Found


@dataclass(frozen=True)
class Answered:
    """A question's answer and what it was made from."""

    answer: Answer
    """The answer."""
    found: Found
    """The passages."""
    evidence: Sequence[EvidenceSentence]
    """The sentences offered."""


def answerer_of(corpus: Corpus) -> Answerer:
    """Return the answerer that is shipped, without a model, over a corpus."""
    settings = load_settings(data=corpus.directory)
    return Answerer(
        corpus,
        Searcher(corpus),
        lambda name, model=None, entailment=None: Extractor(settings.max_statements),
        top_passages=settings.top_passages,
        max_question_chars=settings.max_question_chars,
        recorder=Recorder(corpus, {}),
    )


async def answered(answerer: Answerer, text: str) -> Answered:
    """Return the answer to a question, which is not recorded."""
    kept: list[Answer] = []
    seen: list[tuple[Found, Sequence[EvidenceSentence]]] = []

    def find(making: Assembly) -> tuple[Found, Sequence[EvidenceSentence]]:
        seen.append(answerer._find(making))
        return seen[-1]

    def keep(answer: Answer, manifest: Manifest) -> None:
        kept.append(answer)

    async for _ in answerer.stream(Question(text=text), Rerun(text, keep, find=find)):
        pass
    found, evidence = seen[0]
    return Answered(kept[0], found, evidence)
