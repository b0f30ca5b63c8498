"""The ``dossier`` command.

Starting it imports click and nothing else that weighs: every command lives in its own module,
loaded when it is called, and imports what it needs when it runs.
"""

from __future__ import annotations

import os
import sys

import click

from api.cli import exits, options
from api.cli.group import CommandGroup

COMMANDS = {
    "ingest": "api.cli.ingest:ingest",
    "watch": "api.cli.watch:watch",
    "ask": "api.cli.ask:ask",
    "chat": "api.cli.chat:chat",
    "search": "api.cli.search:search",
    "sources": "api.cli.sources:sources",
    "answers": "api.cli.recorded:answers",
    "replay": "api.cli.replay:replay",
    "affected": "api.cli.affected:affected",
    "reindex": "api.cli.reindex:reindex",
    "backup": "api.cli.backup:backup",
    "serve": "api.cli.serve:serve",
    "mcp": "api.cli.mcp:mcp",
    "keys": "api.cli.keys:keys",
    "eval": "api.cli.evaluation:evaluation",
    "doctor": "api.cli.doctor:doctor",
}
"""Where each command is defined, in the order of a newcomer's path."""

EPILOG = """\b
Exit codes:
  0    done; for `ask`: answered
  1    failed, or done only in part; `replay`: different; `affected`: answers are affected;
       `eval`: a threshold is missed, or the candidate is worse
  2    the command line, a setting, a question or a filter does not fit
  3    `ask`: the documents do not say; `eval compare`: the runs do not tell
  130  interrupted
"""


@click.group(
    cls=CommandGroup,
    lazy=COMMANDS,
    epilog=EPILOG,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)
@click.version_option(
    package_name="dossier-qa", prog_name="dossier", message="%(prog)s %(version)s"
)
@options.root
def cli() -> None:
    """Questions answered from your documents, each sentence with the exact words it rests on.

    Start with `dossier ingest FOLDER`, then `dossier ask "…?"`.
    """


def main() -> None:
    """Run the command line of this process; the console script."""
    try:
        cli(prog_name="dossier")
    except KeyboardInterrupt:  # before or after the command itself ran
        sys.exit(exits.INTERRUPTED)
    finally:
        _let_go_of_closed_pipes()


def _let_go_of_closed_pipes() -> None:
    """Drop what nobody reads any more, which Python would complain about when it ends, and fail.

    As in the Python documentation of ``signal``, "Note on SIGPIPE".
    """
    for stream in filter(None, (sys.__stdout__, sys.__stderr__)):
        try:
            stream.flush()
        except BrokenPipeError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            sys.exit(exits.FAILURE)
