"""``dossier eval agreement``: how far the judge of a run says what people say."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from api.cli.output import write_json

if TYPE_CHECKING:
    from eval.judging.agreement import Agreement


@click.command()
@click.argument("run", type=click.Path(dir_okay=False, path_type=Path))
@click.argument("labels", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print it as JSON.")
def agreement(run: Path, labels: Path, *, as_json: bool) -> None:
    """Compare the judgements of the run file RUN with people's LABELS of the same answers.

    LABELS has one JSON object per line: case, aspect (faithful or complete), label from 0 to 1.
    """
    import json

    from eval.judging.agreement import compare_with_labels
    from eval.judging.labels import read_labels
    from eval.running.files import read

    found = compare_with_labels(read(run), read_labels(labels))
    if as_json:
        write_json(json.dumps([one.model_dump() for one in found], indent=2))
        return
    columns = ("n", 4), ("agree", 9), ("95 % interval", 18), ("kappa", 9), ("95 % interval", 18)
    click.echo(f"  {'aspect':<12}" + "".join(f"{name:>{width}}" for name, width in columns))
    for one in found:
        click.echo(_row(one))


def _row(one: Agreement) -> str:
    said = _value(one.agreement), _interval(one.low, one.high)
    beyond = _value(one.kappa), _interval(one.kappa_low, one.kappa_high)
    row = f"  {one.aspect:<12}{one.n:>4}{said[0]:>9}{said[1]:>18}{beyond[0]:>9}{beyond[1]:>18}"
    return row + (f"  ({one.left_out} left out)" if one.left_out else "")


def _value(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _interval(low: float | None, high: float | None) -> str:
    return "not measured" if low is None or high is None else f"{low:.3f}–{high:.3f}"
