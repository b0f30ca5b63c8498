"""``dossier ask``: one question, one answer."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli import exits, options
from api.cli.output import write_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.status import Status

    from qa.models import Answer, AnswerEvent
    from qa.question import FilterSet, Question
    from qa.service import Service
    from qa.settings import Settings


@click.command(epilog="The exit codes are listed by `dossier --help`.")
@click.argument("question", nargs=-1, type=options.TEXT)
@click.option(
    "--context",
    metavar="FILE|-",
    help="Answer from this alone: a file, a folder, a web page, or with - the text on stdin. "
    "Nothing of it is kept.",
)
@options.filters
@options.dates
@options.answerer
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON object.")
@click.option("--jsonl", is_flag=True, help="Print the events as they come, one JSON a line.")
@options.data
def ask(
    *,
    question: tuple[str, ...],
    context: str | None,
    as_json: bool,
    jsonl: bool,
    filters: FilterSet,
    answerer: str | None,
) -> None:
    """Answer a question from the documents.

    Without QUESTION, or with -, the question is read from stdin. The answer goes to stdout,
    everything else to stderr. A sentence that its citations do not fully bear out is marked.
    """
    if as_json and jsonl:
        raise click.UsageError("--json and --jsonl exclude each other.")
    if context == "-" and question in ((), ("-",)):
        raise click.UsageError("stdin holds the context; give the question as an argument.")
    from api.cli.answers import code_of
    from api.cli.display import Display
    from qa.question import Question

    asked = Question(
        text=_text(question),
        filters=filters,
        answerer=answerer,  # type: ignore[arg-type]  # click has checked it
    )
    show = _show_json if as_json else _show_events if jsonl else None
    with Display(sys.stderr).status("opening the documents") as status:
        answer = _answer(asked, options.settings(), context, show, status)
    if answer.status == "incomplete":
        exits.message(f"the answer is incomplete: {answer.reason}", None)
    if context is None and question not in ((), ("-",)):
        _mention_unread_stdin()
    click.get_current_context().exit(code_of(answer))


def _text(words: tuple[str, ...]) -> str:
    """Return the question, from the arguments or from stdin."""
    if words not in ((), ("-",)):
        if "-" in words:
            raise click.UsageError("- alone stands for stdin; for a text there use --context -.")
        return " ".join(words)
    if sys.stdin.isatty() and not words:
        raise click.UsageError("Give a question, or pipe one in.")
    from qa.errors import InvalidQuestion

    try:
        return sys.stdin.buffer.read().decode("utf-8-sig").strip()
    except UnicodeDecodeError as error:
        raise InvalidQuestion("the question on stdin is not UTF-8") from error


def _answer(
    question: Question,
    settings: Settings,
    context: str | None,
    show: Callable[[AnswerEvent], None] | None,
    status: Status | None,
) -> Answer:
    """Answer the question; ``show`` writes its events, by default for a person to read."""
    import asyncio

    from api.cli.answers import follow, teller, with_status
    from api.cli.display import Display

    with _corpus(settings, context) as service:
        each = show or teller(service, Display(sys.stdout))
        return asyncio.run(follow(service, question, with_status(status, each)))


@contextmanager
def _corpus(settings: Settings, context: str | None) -> Iterator[Service]:
    """Open the data directory, or a passing one that holds the context alone."""
    if context is None:
        with options.service(settings, write=False) as service:
            yield service
        return
    from tempfile import TemporaryDirectory

    from api.cli.material import collect
    from index.errors import EmptyDocument
    from index.intake.ingest import Rejected
    from index.models import Metadata

    limit = settings.max_document_bytes
    given = Metadata(title="stdin") if context == "-" else Metadata()
    origins = collect([context], given, limit=limit, stdin_name="stdin").origins
    if not origins:
        raise EmptyDocument(f"there is no document in {context}")
    with TemporaryDirectory(prefix="dossier-") as directory:
        alone = settings.model_copy(update={"data": Path(directory)})
        with options.service(alone, write=True) as service:
            for event in service.corpus.ingest(origins, limit=limit):
                if isinstance(event, Rejected):
                    raise event.error
            yield service


def _show_events(event: AnswerEvent) -> None:
    write_json(event.model_dump_json())


def _show_json(event: AnswerEvent) -> None:
    from qa.models import Completed

    if isinstance(event, Completed):
        write_json(event.answer.model_dump_json(indent=2))


def _mention_unread_stdin() -> None:
    """Say so if text waits on stdin that someone may have meant as context.

    It is never read unasked: in a script stdin may be a pipe that no one closes, or the list that
    a loop reads from.
    """
    import io
    import os
    import stat

    try:
        descriptor = sys.stdin.fileno()
        if not stat.S_ISFIFO(os.fstat(descriptor).st_mode):
            return
        import fcntl
        import termios

        waiting = bytearray(4)
        fcntl.ioctl(descriptor, termios.FIONREAD, waiting)
    except (ImportError, OSError, ValueError, io.UnsupportedOperation):
        return
    if any(waiting):
        click.echo("note: stdin was not read; --context - answers from the text there", err=True)
