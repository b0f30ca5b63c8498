"""Options that commands share, and how settings and the service come out of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from qa.service import Service
    from qa.settings import Settings

Function = TypeVar("Function", bound=Callable[..., Any])

_DATA = "dossier.data"
_DEBUG = "dossier.debug"


class Text(click.ParamType[str]):
    """Words that can be stored: an argument in another encoding cannot."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """Return the words as they are, or fail as a usage error."""
        text = str(value)
        try:
            text.encode()
        except UnicodeEncodeError:
            self.fail("holds bytes that are not text in the encoding of this system", param, ctx)
        return text


TEXT = Text()
"""The type of every argument and option that is words."""


def _remember(key: str) -> Callable[[click.Context, click.Parameter, Any], None]:
    def callback(ctx: click.Context, _parameter: click.Parameter, value: Any) -> None:
        if value:  # an inner default must not undo what was given further out
            ctx.meta[key] = value

    return callback


def data(function: Function) -> Function:
    """Add ``--data`` and ``--debug``; both count wherever on the command line they stand."""
    function = click.option(
        "--debug", is_flag=True, hidden=True, expose_value=False, callback=_remember(_DEBUG)
    )(function)
    return _data_option(function)


def root(function: Function) -> Function:
    """Add the options of the command line as a whole."""
    function = click.option(
        "--debug",
        is_flag=True,
        envvar="DOSSIER_DEBUG",
        expose_value=False,
        callback=_remember(_DEBUG),
        help="Show the traceback of an error (also: DOSSIER_DEBUG=1).",
    )(function)
    return _data_option(function)


def _data_option(function: Function) -> Function:
    return click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        metavar="DIR",
        expose_value=False,
        callback=_remember(_DATA),
        help="Directory of the record and its indexes (also: DOSSIER_DATA).",
    )(function)


def _day(_ctx: click.Context, _parameter: click.Parameter, value: datetime | None) -> date | None:
    return value.date() if value else None


def day(name: str, help_text: str) -> Callable[[Function], Function]:
    """Add an option that takes a day as YYYY-MM-DD and gives a ``date``."""
    return click.option(
        name,
        type=click.DateTime(["%Y-%m-%d"]),
        metavar="YYYY-MM-DD",
        callback=_day,
        help=help_text,
    )


def filters(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add ``--outlet --since --until --document``, handed over as one ``FilterSet`` ``filters``."""

    @wraps(function)
    def gathered(
        *,
        outlets: tuple[str, ...],
        documents: tuple[str, ...],
        since: date | None,
        until: date | None,
        **others: Any,
    ) -> Any:
        from qa.models import FilterSet

        chosen = FilterSet(outlets=outlets, documents=documents, since=since, until=until)
        return function(filters=chosen, **others)

    add_document = click.option(
        "--document",
        "documents",
        multiple=True,
        type=TEXT,
        metavar="ID",
        help="Only this document; may be repeated.",
    )
    add_outlet = click.option(
        "--outlet",
        "outlets",
        multiple=True,
        type=TEXT,
        metavar="NAME",
        help="Only documents of this outlet; may be repeated.",
    )
    add_until = day("--until", "Only documents published on this day or before.")
    add_since = day("--since", "Only documents published on this day or after.")
    return add_outlet(add_since(add_until(add_document(gathered))))


answerer = click.option(
    "--answerer",
    type=click.Choice(["embedded", "model"]),
    help="Who answers: the documents' own sentences, or the model at the endpoint.",
)
"""Adds ``--answerer``."""


def debugging(ctx: click.Context) -> bool:
    """Return whether tracebacks are wanted."""
    return bool(ctx.meta.get(_DEBUG))


def settings(**overrides: object) -> Settings:
    """Return the settings of this command: flags over environment over ``.env``.

    Raises:
        InvalidSetting: if one does not fit.
    """
    from qa.settings import load_settings

    return load_settings(data=click.get_current_context().meta.get(_DATA), **overrides)


@contextmanager
def service(settings: Settings, *, write: bool) -> Iterator[Service]:
    """Open the service over the data directory and close it again.

    Raises:
        StateError: if the data directory cannot be used.
    """
    from qa.service import build

    opened = build(settings, write=write)
    try:
        yield opened
    finally:
        opened.close()
