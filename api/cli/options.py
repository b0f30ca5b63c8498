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


def several(name: str, to: str, metavar: str, help_text: str) -> Callable[[Function], Function]:
    """Add an option that takes words and may be repeated, handed over as ``to``."""
    return click.option(
        name, to, multiple=True, type=TEXT, metavar=metavar, help=f"{help_text}; may be repeated."
    )


_FILTERS = (
    several("--outlet", "outlets", "NAME", "Only documents of this outlet"),
    several("--collection", "collections", "NAME", "Only documents of this collection"),
    several("--language", "languages", "CODE", "Only documents in this language, such as en"),
    day("--since", "Only documents published on this day or after."),
    day("--until", "Only documents published on this day or before."),
    day(
        "--as-of",
        "Look from this day: what was published later, or nobody knows when, does not count. "
        '"Last week" in a question is counted back from it.',
    ),
    several("--document", "documents", "ID", "Only this document"),
)
_FIELDS = ("outlets", "collections", "languages", "since", "until", "as_of", "documents")


def filters(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that restrict documents, handed over as one ``FilterSet`` ``filters``."""

    @wraps(function)
    def gathered(**given: Any) -> Any:
        from qa.question import FilterSet

        chosen = {name: given.pop(name) for name in _FIELDS}
        return function(filters=FilterSet(**chosen, dates=dict(given.pop("dates", ()))), **given)

    add_all: Callable[..., Any] = gathered
    for add in reversed(_FILTERS):
        add_all = add(add_all)
    return add_all


def _event(
    _ctx: click.Context, _parameter: click.Parameter, values: tuple[str, ...]
) -> list[tuple[str, date]]:
    from index.errors import InvalidFilter
    from qa.when.timing import event

    try:
        return [event(value) for value in values]
    except InvalidFilter as error:
        raise click.BadParameter(f"{error} {error.hint}") from error


dates = click.option(
    "--date",
    "dates",
    multiple=True,
    type=TEXT,
    callback=_event,
    metavar="EVENT=YYYY-MM-DD",
    help='Tell the day of an event, so that "before EVENT" in a question is understood; may be '
    "repeated.",
)
"""Adds ``--date``; stands below :func:`filters`, which takes its value."""


allow_private = click.option(
    "--allow-private",
    is_flag=True,
    help="Fetch from addresses that are not public too, such as a server on this machine.",
)
"""Adds ``--allow-private``."""


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
def service(settings: Settings, *, write: bool, in_background: bool = False) -> Iterator[Service]:
    """Open the service over the data directory and close it again.

    Raises:
        StateError: if the data directory cannot be used.
    """
    from qa.service import build

    opened = build(settings, write=write, in_background=in_background)
    try:
        yield opened
    finally:
        opened.close()
