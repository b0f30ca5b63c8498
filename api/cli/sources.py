"""``dossier sources``: what is in the record, and out of it again."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from api.cli import exits, options
from api.cli.output import write, write_json

if TYPE_CHECKING:
    from api.cli.display import Display
    from index.corpus import Corpus
    from index.models import Document, Filters
    from qa.question import FilterSet

_PAGE = 200
"""Documents fetched at a time, so that a large record does not have to fit into memory."""


@click.group(invoke_without_command=True)
@options.filters
@click.option(
    "--stories",
    "as_stories",
    is_flag=True,
    help="List documents that are copies of one text instead, the largest stories first.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@options.data
@click.pass_context
def sources(
    ctx: click.Context,
    *,
    as_stories: bool,
    as_json: bool,
    filters: FilterSet,
) -> None:
    """List, show or remove documents.

    Without a command the documents are listed: id, version, day of publication, outlet, title and
    collection, as a table on a terminal and separated by tabs elsewhere.

    With --stories, documents that repeat one text, whole, cut or with additions, stand together:
    first the copy seen first, then the others, each with how much of it the first one has and the
    sentences that no copy before it has.
    """
    if ctx.invoked_subcommand is not None:
        return
    from api.cli.display import Display
    from api.cli.render import NO_DOCUMENTS

    wanted = filters.to_filters()
    if as_stories:
        _list_stories(wanted, as_json=as_json)
        return
    with options.service(options.settings(), write=False) as service:
        found = pages(service.corpus, wanted)
        if as_json:
            _list_json(found)
            return
        rows = [[*row(document), document.metadata.collection or ""] for document in found]
    display = Display(sys.stdout)
    if rows:
        display.rows(["id", "version", "published", "outlet", "title", "collection"], rows)
    elif wanted:
        click.echo("No document passes the filters.", err=True)
    else:
        click.echo(NO_DOCUMENTS, err=True)


@sources.command()
@click.argument("document_id", metavar="ID", type=options.TEXT)
@click.option("--version", type=click.IntRange(min=1), help="This version instead of the latest.")
@click.option("--text", "as_text", is_flag=True, help="Print the stored text, exactly.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@options.data
def show(document_id: str, version: int | None, as_text: bool, as_json: bool) -> None:
    """Show the document ID: its metadata, versions and passages, or its text.

    Metadata that was read out of the text and not stated by anyone is marked "(inferred)".
    """
    if as_text and as_json:
        raise click.UsageError("--text and --json exclude each other.")
    from api.cli.display import Display

    with options.service(options.settings(), write=False) as service:
        corpus = service.corpus
        document = corpus.document(document_id, version)
        if as_text:
            _write_text(document)
            return
        passages = len(corpus.passages(document.id, document.version))
        latest = corpus.document(document_id)
        versions = [corpus.document(document_id, n) for n in range(1, latest.version + 1)]
    if as_json:
        _show_json(document, passages, versions)
    else:
        _show_details(Display(sys.stdout), document, passages, versions)


@sources.command()
@click.argument("document_ids", metavar="ID...", nargs=-1, required=True, type=options.TEXT)
@click.option("--yes", is_flag=True, help="Do not ask.")
@options.data
def remove(document_ids: tuple[str, ...], yes: bool) -> None:
    """Remove the documents ID... with all their versions.

    On a terminal it asks first; elsewhere it needs --yes. An unknown id is reported and does not
    keep the others.
    """
    from api.cli.render import document_name
    from index.errors import NotFound

    if not yes and not on_terminal():
        raise click.UsageError("There is no terminal to ask on; confirm with --yes.")
    unknown = 0
    with options.service(options.settings(), write=True) as service:
        known: dict[str, str] = {}
        for document_id in document_ids:
            try:
                known[document_id] = document_name(service.corpus.document(document_id))
            except NotFound as error:
                unknown += 1
                exits.report(error)
        if known and not yes:
            for document_id, name in known.items():
                write(f"{document_id}  {name}", err=True)
            click.confirm(f"Remove {len(known)}?", abort=True, err=True)
        for document_id, name in known.items():
            service.corpus.remove(document_id)
            write(f"removed {document_id}  {name}")
    click.get_current_context().exit(exits.FAILURE if unknown else exits.OK)


def on_terminal() -> bool:
    """Return whether there is someone to ask."""
    return sys.stdin.isatty()


def pages(corpus: Corpus, filters: Filters) -> Iterator[Document]:
    """Yield the latest version of every document that passes the filters, page by page."""
    after: str | None = None
    while True:
        page = corpus.documents(filters, after=after, limit=_PAGE)
        yield from page
        if len(page) < _PAGE:
            return
        after = page[-1].id


def row(document: Document) -> list[str]:
    """Return a document as a row of the list."""
    from api.cli.render import document_name

    known = document.metadata
    published = known.published_at.isoformat() if known.published_at else ""
    return [
        document.id,
        str(document.version),
        published,
        known.outlet or "",
        document_name(document),
    ]


def _list_stories(wanted: Filters, *, as_json: bool) -> None:
    from api.cli.stories import print_json, print_stories

    with options.service(options.settings(), write=False) as service:
        stories = service.corpus.stories(wanted)
    if as_json:
        print_json(stories)
    elif stories:
        print_stories(stories)
    else:
        click.echo("No document here is a copy of another.", err=True)


def _list_json(found: Iterator[Document]) -> None:
    """Write the array one document at a time, in the shape that HTTP has too."""
    from api.schemas import DocumentReply

    click.echo("[", nl=False)
    separator = ""
    for document in found:
        one = DocumentReply.of(document, document.version).model_dump_json()
        write_json(f"{separator}\n  {one}", nl=False)
        separator = ","
    click.echo("\n]" if separator else "]")


def _show_json(document: Document, passages: int, versions: list[Document]) -> None:
    """Write a document as HTTP shows it, with its number of passages and its versions."""
    from api.schemas import DocumentReply

    content = DocumentReply.of(document, len(versions)).model_dump(mode="json")
    content["passages"] = passages
    content["versions"] = [
        {"version": one.version, "ingested_at": one.ingested_at.isoformat(), "sha256": one.sha256}
        for one in versions
    ]
    write_json(json.dumps(content, indent=2, ensure_ascii=False))


def _write_text(document: Document) -> None:
    """Write the stored text: exactly, or made harmless where a terminal would act on it."""
    if sys.stdout.isatty():
        write(document.text)
    else:
        click.echo(document.text.encode(), nl=False)


def _show_details(
    display: Display, document: Document, passages: int, versions: list[Document]
) -> None:
    """Write a document's metadata, versions and size for a person."""
    from api.cli.render import document_name
    from index.models import METADATA_FIELDS
    from qa.visible import one_line

    details = [("id", document.id), ("version", f"{document.version} of {len(versions)}")]
    for name in METADATA_FIELDS:
        value = getattr(document.metadata, name)
        if value is not None:
            mark = " (inferred)" if name in document.metadata.inferred else ""
            details.append((name.replace("_", " "), f"{one_line(str(value))}{mark}"))
    details += [
        ("source", one_line(document.source)),
        ("media type", one_line(document.media_type)),
        ("characters", f"{len(document.text):,}"),
        *([("pages", str(len(document.pages)))] if document.pages else []),
        ("passages", str(passages)),
        ("sha256", document.sha256),
    ]
    display.line([(document_name(document), "heading")])
    for label, value in details:
        display.line([(f"{label + ':':<14}", "dim"), (value, "")])
    for one in versions:
        when = one.ingested_at.isoformat(sep=" ", timespec="seconds")
        display.line(
            [
                ("version ", "dim"),
                (f"{one.version}: recorded {when}, {len(one.text):,} characters", ""),
            ]
        )
