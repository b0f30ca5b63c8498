"""The events of an answer put together again from what was recorded of it.

They are those that were sent, in the same order and with the same numbers. What was not yet known
when they were sent is in them all the same: the coverage, for one, is that of the whole answer.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Sequence

from qa.audit.manifest import Manifest
from qa.models import (
    Answer,
    AnswerEvent,
    Completed,
    Retrieved,
    Started,
    Statement,
    StatementAdded,
)


def events_of(answer: Answer, manifest: Manifest | None) -> list[AnswerEvent]:
    """Return the events of a recorded answer.

    Args:
        answer: the answer.
        manifest: what it was made from, as far as that was recorded.
    """
    kept = [p for p in manifest.passages if p.score is not None] if manifest else []
    retrieved = Retrieved(coverage=answer.coverage, passages=len(kept), trace=answer.trace)
    return [
        Started(id=answer.id, question=answer.question, standalone=answer.standalone),
        retrieved,
        *_statements(answer),
        Completed(answer=answer),
    ]


async def told_again(events: Sequence[AnswerEvent]) -> AsyncIterator[AnswerEvent]:
    """Yield events that are all there as a stream has them."""
    for event in events:
        yield event


def _statements(answer: Answer) -> Iterator[StatementAdded]:
    """Yield each statement with the citations, the few words and the day that came with it."""
    dated = {entry.statement: entry for entry in answer.timeline}
    cited: set[int] = set()
    short = answer.short
    end = 0
    for place, statement in enumerate(answer.statements):
        numbers = set(statement.citations)
        with_short = short if short is not None and short.citation in numbers else None
        short = None if with_short else short
        begin, end = end, _end(statement)
        yield StatementAdded(
            statement=statement,
            citations=tuple(c for c in answer.citations if c.number in numbers - cited),
            text=answer.text[begin:end],
            dated=dated.get(place),
            short=with_short,
        )
        cited |= numbers


def _end(statement: Statement) -> int:
    """Return where the markers of a statement end in the answer's text."""
    markers = "".join(f"[{number}]" for number in statement.citations)
    return statement.end + (len(markers) + 1 if markers else 0)
