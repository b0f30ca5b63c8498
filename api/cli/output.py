"""What commands write beside :mod:`api.cli.display`: nothing in it can drive a terminal."""

from __future__ import annotations

import click

from qa.visible import in_json, visible


def write(text: str, *, err: bool = False) -> None:
    """Write lines of which some words may come from elsewhere."""
    click.echo(visible(text), err=err)


def write_json(text: str, *, nl: bool = True) -> None:
    """Write JSON in UTF-8, whatever the terminal can show, with harmful characters escaped.

    Args:
        text: JSON, or a part of it.
        nl: whether a line feed follows.
    """
    click.echo(in_json(text).encode(), nl=nl)
