"""Answers given lately, for those who ask the same while the documents are as they were.

The same question over the same documents with the same settings has the same answer, so making it
again only takes time. Each time it is an answer of its own all the same: with its identifier, its
moment, its place in the record and the checks of whoever sends it out. Only answers made without a
model are kept, since a model may say it otherwise the next time.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from index.record.asker import Asker
    from qa.audit.manifest import Manifest
    from qa.models import Answer, AnswerEvent
    from qa.question import Question

Key = tuple[str, frozenset[str] | None, int]
"""What an answer depends on within one process: the question with all that belongs to it, the
collections that may be read, and how many changes the record has seen."""


def key_of(question: Question, asker: Asker, last_change: int) -> Key:
    """Return the key of an answer."""
    return question.model_dump_json(), asker.permitted, last_change


@dataclass(frozen=True, slots=True)
class Told:
    """An answer as it was told."""

    events: tuple[AnswerEvent, ...]
    """What came between the first event and the last."""
    answer: Answer
    """The answer."""
    manifest: Manifest
    """What it was made from."""

    def again(self, name: str, seconds: float) -> tuple[Answer, Manifest]:
        """Return the answer and its manifest as others, made now.

        Args:
            name: the identifier of the new answer.
            seconds: how long it took.
        """
        timings = {"retrieve": 0.0, "compose": 0.0, "total": round(seconds, 6)}
        update = {"id": name, "created_at": datetime.now(UTC), "timings": timings}
        return self.answer.model_copy(update=update), self.manifest.model_copy(update={"id": name})


class Repeated:
    """The answers given lately. Safe to share by threads.

    Args:
        most: how many are kept; 0 keeps none.
    """

    def __init__(self, most: int = 0) -> None:
        self.most = most
        self._kept: OrderedDict[Key, Told] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: Key) -> Told | None:
        """Return an answer, which counts as used now."""
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
            return self._kept.get(key)

    def keep(self, key: Key, told: Told) -> None:
        """Keep an answer; those of other states of the documents go, and the longest unused."""
        with self._lock:
            for old in [one for one in self._kept if one[2] != key[2]]:
                del self._kept[old]
            self._kept[key] = told
            while len(self._kept) > self.most:
                self._kept.popitem(last=False)
