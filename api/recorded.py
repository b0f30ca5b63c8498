"""Recorded answers as HTTP and ``--json`` show them."""

from __future__ import annotations

from datetime import datetime

from pydantic import StrictBool

from api.schemas import Body, Reply
from qa.audit.affected import AffectedAnswer
from qa.models import Answer, Status
from qa.question import AnswererName


class AnswerSummary(Reply):
    """A recorded answer in a list."""

    id: str
    """Its identifier."""
    question: str
    """What was asked."""
    status: Status
    """What became of the question."""
    answerer: AnswererName
    """Which answerer made it."""
    citations: int
    """How many places it cites."""
    created_at: datetime
    """When it was given, in UTC."""

    @classmethod
    def of(cls, answer: Answer) -> AnswerSummary:
        """Return ``answer`` as it is listed."""
        return cls(
            id=answer.id,
            question=answer.question,
            status=answer.status,
            answerer=answer.answerer,
            citations=len(answer.citations),
            created_at=answer.created_at,
        )


class AnswersReply(Reply):
    """The latest recorded answers."""

    answers: list[AnswerSummary]
    """The answers, newest first."""
    more: bool
    """Whether there are older ones."""
    next: str | None = None
    """What to send as ``after`` for the next page; ``null`` on the last."""


class AffectedReply(Reply):
    """The recorded answers that cite versions of documents that are not the current ones."""

    answers: list[AffectedAnswer]
    """The answers, oldest first; ``affected`` tells those whose words changed or are gone."""
    more: bool
    """Whether there are later ones."""
    next: str | None = None
    """What to send as ``after`` for the next page; ``null`` on the last."""


class ReplayRequest(Body):
    """How a recorded question is to be answered again."""

    recorded: StrictBool = False
    """Put the answer together from what was recorded with it, calling no model; otherwise the
    question is asked anew."""
