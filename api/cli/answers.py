"""An answer on its way to a person: sentences as they come, then what they rest on."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from api.cli import exits, render
from api.cli.display import Display
from qa.visible import visible

if TYPE_CHECKING:
    from rich.status import Status

    from qa.models import Answer, AnswerEvent, Citation
    from qa.question import Question
    from qa.service import Service


async def follow(
    service: Service, question: Question, each: Callable[[AnswerEvent], None]
) -> Answer:
    """Have a question answered.

    Args:
        service: Who answers.
        question: What is asked.
        each: Called with every event as it comes.

    Returns:
        The whole answer.

    Raises:
        AnswerFailed: if the stream ends with an error.
        InvalidQuestion: if the question does not fit.
        InvalidFilter: if the filters can match nothing.
    """
    from qa.models import Completed, Failed
    from qa.service import AnswerFailed

    answer: Answer | None = None
    async for event in service.stream(question):
        each(event)
        if isinstance(event, Failed):
            raise AnswerFailed(event)
        if isinstance(event, Completed):
            answer = event.answer
    assert answer is not None, "a stream ends with an answer or an error"
    return answer


def teller(service: Service, display: Display) -> Callable[[AnswerEvent], None]:
    """Return what shows a person each event as it comes, for :func:`follow`."""
    from qa.models import Completed, Retrieved, Started, StatementAdded

    def tell(event: AnswerEvent) -> None:
        if isinstance(event, Started) and event.standalone != event.question.strip():
            display.words(f"understood as: {visible(event.standalone)}", "dim")
        elif isinstance(event, Retrieved):
            display.lines(render.timing(event.coverage))
        elif isinstance(event, StatementAdded):
            if event.short:
                display.line(render.short(event.short))
            display.line(render.statement(event.statement, event.dated))
        elif isinstance(event, Completed):
            display.lines(render.after_statements(event.answer, lambda c: name_of(service, c)))

    return tell


def with_status(
    status: Status | None, each: Callable[[AnswerEvent], None]
) -> Callable[[AnswerEvent], None]:
    """Return ``each`` with a passing line that says what is going on until there are words."""
    if status is None:
        return each
    from qa.models import Retrieved, Started

    def update(event: AnswerEvent) -> None:
        if isinstance(event, Started):
            status.update("searching")
        elif isinstance(event, Retrieved):
            status.update(f"reading {event.passages} passages")
        else:
            status.stop()  # before words appear, or the two would mix on one terminal
        each(event)

    return update


def name_of(service: Service, citation: Citation) -> str:
    """Return what to call a cited document: its title, or else the name of its file."""
    if citation.title:
        return citation.title
    return service.corpus.document(citation.document_id, citation.version).name


def code_of(answer: Answer) -> int:
    """Return the exit code that tells what became of a question."""
    if answer.status == "not_in_documents":
        return exits.NOT_IN_DOCUMENTS
    return exits.OK if answer.status == "answered" else exits.FAILURE
