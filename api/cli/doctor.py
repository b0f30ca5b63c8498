"""``dossier doctor``: is everything in order, and if not, what to do."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from api.cli import exits, options
from api.cli.output import write_json

if TYPE_CHECKING:
    from index.checks import Check
    from qa.settings import Settings


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON array.")
@options.data
def doctor(as_json: bool) -> None:
    """Check the set-up and say what to do.

    Record, embedder, indexes and model endpoint are checked. Exits 0 if all is well, otherwise 1.
    """
    from api.cli.display import Display
    from qa.visible import visible

    settings = options.settings()
    with Display(sys.stderr).status("checking"):
        checks = _checks(settings)
    if as_json:
        import json
        from dataclasses import asdict

        write_json(json.dumps([asdict(check) for check in checks], indent=2))
    else:
        display = Display(sys.stdout)
        for check in checks:
            mark, style = ("ok    ", "good") if check.ok else ("FAILED", "error")
            if check.degraded:
                mark, style = "worse ", "warning"
            display.line([(mark, style), (f"  {check.name}: {visible(check.detail)}", "")])
            if check.hint:
                display.words(f"        {visible(check.hint)}", "dim" if check.ok else "warning")
    failed = not all(check.ok for check in checks)
    click.get_current_context().exit(exits.FAILURE if failed else exits.OK)


def _checks(settings: Settings) -> list[Check]:
    """Run every check; a data directory that does not open is itself a finding."""
    import asyncio

    from index.checks import Check
    from index.errors import DataDirectoryInUse, DossierError
    from qa.service import build

    checks = [Check("settings", ok=True, detail=f"data directory {settings.data}")]
    try:
        try:  # only the owner can look into every index
            opened = build(settings, write=True)
        except DataDirectoryInUse:
            opened = build(settings, write=False)
        try:
            return checks + asyncio.run(opened.checks(probe_model=True))
        finally:
            opened.close()
    except DossierError as error:
        return [*checks, Check("data directory", ok=False, detail=str(error), hint=error.hint)]
