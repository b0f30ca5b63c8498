"""``dossier chat``: a conversation on the terminal, or from a script line by line."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from api.cli import exits, options

if TYPE_CHECKING:
    from pathlib import Path

    from api.cli.conversation import Conversation
    from qa.question import FilterSet


@click.command()
@options.filters
@options.dates
@options.answerer
@options.data
def chat(
    *,
    filters: FilterSet,
    answerer: str | None,
) -> None:
    """Ask questions that build on each other.

    Commands begin with a slash: /sources, /open N, /save FILE, /filters, /help, /quit. Ctrl-C
    stops the current answer; twice, or Ctrl-D, leaves. Without a terminal on stdin each line is
    a question or a command, and the end of the input ends the conversation.
    """
    from api.cli.conversation import Conversation
    from api.cli.display import Display
    from api.cli.render import NO_DOCUMENTS

    settings = options.settings()
    display = Display(sys.stdout)
    with options.service(settings, write=False) as service:
        conversation = Conversation(
            service,
            display,
            filters,
            answerer,  # type: ignore[arg-type]  # click has checked it
        )
        if not service.corpus.documents(limit=1):
            click.echo(NO_DOCUMENTS, err=True)
        interactive = sys.stdin.isatty() and sys.stdout.isatty()
        if interactive:
            display.words("Ask about your documents. /help lists commands, Ctrl-D leaves.", "dim")
        read = prompt(settings.data / "chat-history") if interactive else _next_line
        code = converse(conversation, read, patient=interactive)
    click.get_current_context().exit(code)


def converse(conversation: Conversation, read: Callable[[], str], *, patient: bool) -> int:
    """Take lines until the conversation ends; an error ends one answer and not the conversation.

    Args:
        conversation: What the lines are for.
        read: Gives the next line; raises ``EOFError`` at the end and ``KeyboardInterrupt`` when
            interrupted.
        patient: Whether the first Ctrl-C only stops what is going on.

    Returns:
        The exit code.
    """
    import asyncio

    from index.errors import DossierError

    interrupts = 0
    with asyncio.Runner() as runner:
        while True:
            try:
                line = read()
                interrupts = 0
                if not runner.run(conversation.take(line)):
                    return exits.OK
            except EOFError:
                return exits.OK
            except KeyboardInterrupt:
                interrupts += 1
                if not patient or interrupts > 1:
                    return exits.INTERRUPTED
                click.echo("stopped; Ctrl-C again or Ctrl-D leaves", err=True)
            except DossierError as error:
                exits.report(error)


def _next_line() -> str:
    line = sys.stdin.readline()
    if not line:
        raise EOFError
    return line


def prompt(history: Path) -> Callable[[], str]:
    """Return a prompt with history and completion of commands."""
    from prompt_toolkit import PromptSession
    from prompt_toolkit.completion import WordCompleter
    from prompt_toolkit.history import FileHistory, History, InMemoryHistory

    from api.cli.conversation import COMMANDS

    past: History = FileHistory(str(history))
    try:
        history.touch(mode=0o600)  # questions can tell as much as documents
    except OSError:
        past = InMemoryHistory()
    names = [command.partition(" ")[0] for command in COMMANDS]
    session: PromptSession[str] = PromptSession(
        history=past,
        completer=WordCompleter(names, sentence=True),
        complete_while_typing=False,
    )
    return lambda: session.prompt("> ")
