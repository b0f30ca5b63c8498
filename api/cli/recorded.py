"""``dossier answers``: what was answered before, and what it was made from."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

import click

from api.cli import options
from api.cli.output import write_json
from qa.visible import one_line, visible

if TYPE_CHECKING:
    from api.cli.display import Display
    from qa.audit.manifest import Manifest
    from qa.models import Answer, Citation
    from qa.service import Service


@click.group(invoke_without_command=True)
@click.option(
    "--limit",
    type=click.IntRange(1, 1000),
    default=20,
    show_default=True,
    help="Most answers to list.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@options.data
@click.pass_context
def answers(ctx: click.Context, *, limit: int, as_json: bool) -> None:
    """List or show recorded answers.

    Without a command the latest answers are listed, newest first: id, time (UTC), status, answerer
    and question, as a table on a terminal and separated by tabs elsewhere.
    """
    if ctx.invoked_subcommand is not None:
        return
    from api.cli.display import Display

    with options.service(options.settings(), write=False) as service:
        found = service.answers(limit=limit)
    if as_json:
        from api.recorded import AnswerSummary

        shown = [AnswerSummary.of(answer).model_dump(mode="json") for answer in found]
        write_json(json.dumps(shown, indent=2, ensure_ascii=False))
        return
    rows = [
        [answer.id, _when(answer), answer.status, answer.answerer, answer.question]
        for answer in found
    ]
    if rows:
        Display(sys.stdout).rows(["id", "time", "status", "answerer", "question"], rows)
    else:
        click.echo("No question has been answered yet; `dossier ask` does.", err=True)


@answers.command()
@click.argument("answer_id", metavar="ID", type=options.TEXT)
@click.option("--manifest", "as_manifest", is_flag=True, help="Show what it was made from instead.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@options.data
def show(answer_id: str, as_manifest: bool, as_json: bool) -> None:
    """Show the recorded answer ID, with the quotations that it had then.

    The questions before it in its conversation are told first. With --manifest it is told what it
    was made from: document versions, passages, sentences, settings and the model's calls.
    """
    from api.cli.display import Display
    from index.errors import NotFound

    display = Display(sys.stdout)
    with options.service(options.settings(), write=False) as service:
        answer = service.recorded(answer_id)
        manifest = service.manifest(answer_id)
        if as_manifest and manifest is None:
            raise NotFound(
                f"answer {answer_id} was recorded without a manifest",
                hint="It is older than manifests; `dossier replay` asks the question again.",
            )
        if as_json:
            shown = manifest if as_manifest and manifest else answer
            write_json(shown.model_dump_json(indent=2))
        elif as_manifest and manifest:
            _show_manifest(display, manifest)
        else:
            _show_answer(display, service, answer, manifest)


def _when(answer: Answer) -> str:
    return answer.created_at.strftime("%Y-%m-%d %H:%M:%S")


def _show_answer(
    display: Display, service: Service, answer: Answer, manifest: Manifest | None
) -> None:
    """Write an answer for a person: its thread, its sentences, and what they rest on."""
    from api.cli import render

    display.line([(visible(answer.question), "heading")])
    for turn in manifest.question.history if manifest else ():
        of = f"  {one_line(turn.answer)}" if turn.answer else ""
        display.line([("after: ", "dim"), (one_line(turn.question), ""), (of, "dim")])
    if answer.standalone != answer.question.strip():
        display.words(f"understood as: {visible(answer.standalone)}", "dim")
    display.words(f"{answer.id}, {_when(answer)} UTC, {answer.status}, {answer.answerer}", "dim")
    display.line([])
    display.lines(render.timing(answer.coverage))
    dated = {entry.statement: entry for entry in answer.timeline}
    display.lines(render.statement(s, dated.get(n)) for n, s in enumerate(answer.statements))
    display.lines(render.after_statements(answer, lambda cited: name_of(service, cited)))


def name_of(service: Service, cited: Citation) -> str:
    """Return what to call a cited document, also where it was removed since."""
    from api.cli.answers import name_of as name_now
    from index.errors import NotFound

    try:
        return name_now(service, cited)
    except NotFound:
        return f"{cited.document_id} (removed)"


def _show_manifest(display: Display, manifest: Manifest) -> None:
    """Write a manifest for a person."""
    display.line([(one_line(manifest.question.text), "heading")])
    told = [
        ("answer", manifest.id),
        ("answerer", manifest.answerer),
        ("model", manifest.model),
        ("embedder", manifest.embedder),
        ("reranker", manifest.reranker),
        ("entailment", manifest.entailment),
        ("software", f"Dossier {manifest.software}"),
        ("record", f"after change {manifest.last_change}"),
        ("settings", f"SHA-256 {manifest.settings_sha256}"),
    ]
    for label, value in told:
        if value:
            display.line([(f"{label + ':':<14}", "dim"), (one_line(value), "")])
    for name, setting in manifest.settings.items():
        display.line([("  ", ""), (f"{name} ", "dim"), (one_line(str(setting)), "")])
    for call in manifest.calls:
        ended = f", ended with {call.error}" if call.error else ""
        words = f"prompt SHA-256 {call.prompt_sha256}, {len(call.reply):,} characters{ended}"
        display.line([("call:         ", "dim"), (words, "")])
    for document in manifest.documents:
        words = f"{document.id} version {document.version}, SHA-256 {document.sha256}"
        display.line([("document:     ", "dim"), (words, "")])
    for at, passage in enumerate(manifest.passages):
        score = "" if passage.score is None else f", score {passage.score:.3f}"
        place = f"{passage.document_id}.{passage.version}.{passage.number}"
        words = f"{place}, {passage.start}–{passage.end}{score}"
        display.line([(f"passage {at + 1}:".ljust(14), "dim"), (words, "")])
    for sentence in manifest.sentences:
        place = f"{sentence.document_id} version {sentence.version}"
        words = f"{place}, {sentence.start}–{sentence.end}, relevance {sentence.relevance:.3f}"
        display.line([("sentence:     ", "dim"), (words, "")])
