"""One case asked: from the question to an observation that can be scored."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from time import perf_counter
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from eval.scorers.base import RetrievedPassage
from index.errors import NotFound
from qa.models import Answer
from qa.question import Question

if TYPE_CHECKING:
    from index.corpus import Corpus
    from index.models import Document
    from qa.question import FilterSet
    from qa.service import Service

_NO_DAY = datetime(1970, 1, 1, tzinfo=UTC)


class Asked(BaseModel):
    """An answer with what was seen while it was made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    answer: Answer
    """The answer."""
    passages: tuple[RetrievedPassage, ...]
    """Passages that the search found, best first."""
    seconds: float
    """Wall-clock time from question to whole answer."""


async def ask(service: Service, question: str, filters: FilterSet) -> Asked:
    """Ask a question; the answer is not recorded.

    Raises:
        DossierError: if there is no answer.
    """
    begun = perf_counter()
    answer, manifest = await service.tried(Question(text=question, filters=filters))
    seconds = perf_counter() - begun
    found = tuple(
        RetrievedPassage(
            document_id=passage.document_id,
            version=passage.version,
            start=passage.start,
            end=passage.end,
            score=passage.score,
        )
        for passage in manifest.passages
        if passage.score is not None  # the others came in beside those that the search kept
    )
    return Asked(answer=answer, passages=found, seconds=seconds)


def neutral(answer: Answer, key: str) -> Answer:
    """Return ``answer`` without what differs each time it is given: its name and its times."""
    return answer.model_copy(update={"id": key, "timings": {}, "created_at": _NO_DAY})


class Documents:
    """Document versions out of the record; those read lately are at hand, since none changes."""

    def __init__(self, corpus: Corpus) -> None:
        self._read = lru_cache(maxsize=512)(corpus.document)

    async def of(self, asked: Asked) -> dict[tuple[str, int], Document]:
        """Return the versions cited or found; what is not in the record is left out."""
        cited = ((one.document_id, one.version) for one in asked.answer.citations)
        found = ((one.document_id, one.version) for one in asked.passages)
        return await asyncio.to_thread(self._all, dict.fromkeys((*cited, *found)))

    def _all(self, keys: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Document]:
        documents: dict[tuple[str, int], Document] = {}
        for key in keys:
            with suppress(NotFound):
                documents[key] = self._read(*key)
        return documents
