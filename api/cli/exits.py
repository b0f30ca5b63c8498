"""Exit codes, and how an error is shown."""

from __future__ import annotations

import click

OK = 0
"""Done; for ``ask``: answered."""
FAILURE = 1
"""Failed, or done only in part."""
USAGE = 2
"""The command line, a setting, a question or a filter does not fit."""
NOT_IN_DOCUMENTS = 3
"""The documents do not say."""
INCONCLUSIVE = 3
"""Two runs do not tell whether one is worse."""
INTERRUPTED = 130
"""Stopped by Ctrl-C: 128 and the number of SIGINT, as shells have it."""


def code_of(error: Exception) -> int:
    """Return the exit code for an error: :data:`USAGE` where the caller's words are at fault."""
    from api.access.grants import InvalidGrant
    from eval.errors import InvalidCases, InvalidRun, InvalidThresholds
    from index.errors import InvalidFilter, InvalidMetadata
    from qa.errors import InvalidQuestion, InvalidSetting

    usage = (
        *(InvalidFilter, InvalidMetadata, InvalidQuestion, InvalidSetting),
        *(InvalidCases, InvalidRun, InvalidThresholds, InvalidGrant),
    )
    return USAGE if isinstance(error, usage) else FAILURE


def report(error: Exception) -> None:
    """Write an error and what to do about it to stderr."""
    from index.errors import DiskFull, DossierError
    from index.storage import is_no_room

    if isinstance(error, OSError) and is_no_room(error):
        where = f"{error.filename}: " if error.filename else ""
        error = DiskFull(f"{where}{error.strerror}")
    if isinstance(error, DossierError):
        message(str(error), error.hint)
    else:
        message(
            f"unexpected {type(error).__name__}: {error}",
            "This is a fault in Dossier; `dossier --debug …` shows where.",
        )


def message(text: str, hint: str | None) -> None:
    """Write ``error: …`` and ``hint: …`` to stderr; nothing in them can drive a terminal."""
    from qa.visible import visible

    click.echo(f"{click.style('error:', fg='red', bold=True)} {visible(text)}", err=True)
    if hint:
        click.echo(f"{click.style('hint:', bold=True)} {visible(hint)}", err=True)
