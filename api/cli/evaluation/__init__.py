"""``dossier eval``: how good the answers are, and whether a change is better."""

from __future__ import annotations

import click

from api.cli import options
from api.cli.group import LazyGroup

COMMANDS = {
    "run": "api.cli.evaluation.run:run",
    "compare": "api.cli.evaluation.compare:compare",
    "report": "api.cli.evaluation.report:report",
    "history": "api.cli.evaluation.history:history",
    "agreement": "api.cli.evaluation.agreement:agreement",
    "cases": "api.cli.evaluation.cases:cases",
}
"""Where each command is defined."""


@click.group("eval", cls=LazyGroup, lazy=COMMANDS)
@options.data
def evaluation() -> None:
    """Measure how good answers are and whether a change is better."""
