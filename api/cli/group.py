"""A click group that loads its commands when they are called, and ends every error in order."""

from __future__ import annotations

import errno
import importlib
import io
import os
import sys
from collections.abc import Mapping
from typing import Any

import click

from api.cli import exits, options


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called.

    Args:
        lazy: ``module:attribute`` of each command by its name, in the order of the help page.
    """

    def __init__(self, *args: Any, lazy: Mapping[str, str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.lazy = dict(lazy or {})

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands in the order they were given."""
        return list(self.lazy)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Load a command by its name; ``None`` where there is none."""
        place = self.lazy.get(cmd_name)
        if place is None:
            return None
        module, _, attribute = place.partition(":")
        command: click.Command = getattr(importlib.import_module(module), attribute)
        return command


class CommandGroup(LazyGroup):
    """The root of the command line."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; every failure becomes a message and an exit code, no traceback."""
        _degrade_streams()
        if os.environ.get("NO_COLOR"):  # no-color.org; None leaves it to whether it is a terminal
            ctx.color = False
        try:
            return super().invoke(ctx)
        except (click.exceptions.Exit, click.ClickException):
            raise
        except (KeyboardInterrupt, click.Abort):
            click.echo("interrupted", err=True)
            ctx.exit(exits.INTERRUPTED)
        except Exception as error:
            # A closed pipe (`dossier sources | head`) is for click: it exits 1 without a word.
            closed_pipe = isinstance(error, OSError) and error.errno == errno.EPIPE
            if closed_pipe or options.debugging(ctx):
                raise
            exits.report(error)
            ctx.exit(exits.code_of(error))


def _degrade_streams() -> None:
    """Let an output that cannot encode a character show its escape instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
