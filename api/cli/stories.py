"""``dossier sources --stories``: documents that are copies of one text, and what each adds."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from api.cli import render
from api.cli.output import write_json
from qa.visible import one_line

if TYPE_CHECKING:
    from api.cli.display import Display
    from index.models import Document
    from index.stories.story import Copy, Story

SENTENCES_SHOWN = 5
"""Most added sentences of a copy that a person is shown; ``--json`` has more."""


def print_json(stories: Sequence[Story]) -> None:
    """Write the stories as one array, each as HTTP shows it."""
    from api.stories import StoryReply

    click.echo("[", nl=False)
    for number, story in enumerate(stories):
        one = StoryReply.of(story).model_dump_json()
        write_json(f"{',' if number else ''}\n  {one}", nl=False)
    click.echo("\n]" if stories else "]")


def print_stories(stories: Sequence[Story]) -> None:
    """Write the stories for a person: the copy seen first, then the others with what they add."""
    from api.cli.display import Display

    display = Display(sys.stdout)
    for number, story in enumerate(stories):
        if number:
            display.line([])
        size = render.count(len(story.copies) + 1, "document")
        display.line([(render.document_name(story.canonical), "heading"), (f" ({size})", "dim")])
        display.line([("first  ", "dim"), (_place(story.canonical), "")])
        for copy in story.copies:
            _print_copy(display, copy)


def _print_copy(display: Display, copy: Copy) -> None:
    added = render.count(len(copy.adds), "sentence")
    told = f"{copy.share:.0%} of it in the first, adds {added if copy.adds else 'nothing'}"
    display.line([("copy   ", "dim"), (_place(copy.document), ""), (f" ({told})", "dim")])
    for span in copy.adds[:SENTENCES_SHOWN]:
        display.line([("     + ", "dim"), (one_line(span.cut(copy.document.text)), "quote")])
    more = len(copy.adds) - SENTENCES_SHOWN
    if more > 0:
        display.line([(f"     + {render.count(more, 'more sentence')}", "dim")])


def _place(document: Document) -> str:
    known = document.metadata
    name = render.document_name(document)
    return f"{document.id}  {render.place(known.outlet, known.published_at, name, None)}"
