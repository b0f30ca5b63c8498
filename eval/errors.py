"""The errors of evaluation; they hang in the tree of ``index.errors``."""

from __future__ import annotations

from index.errors import DossierError, InputError


class InvalidCases(InputError):
    """A file of cases that cannot be used: unreadable, malformed, or not fitting the corpus."""

    code = "invalid_cases"
    hint = "One JSON object per line; eval/case.schema.json describes the fields."


class UnwritableRun(DossierError):
    """A run file that could not be written."""

    code = "unwritable_run"
    hint = "Check the path, its permissions and the free space."
