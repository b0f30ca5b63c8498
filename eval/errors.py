"""The errors of evaluation; they hang in the tree of ``index.errors``."""

from __future__ import annotations

from index.errors import DossierError, InputError


class InvalidCases(InputError):
    """A file of cases that cannot be used: unreadable, malformed, or not fitting the corpus."""

    code = "invalid_cases"
    hint = "One JSON object per line; eval/case.schema.json describes the fields."


class UnwritableCases(DossierError):
    """A file of cases that could not be written."""

    code = "unwritable_cases"
    hint = "Check the path, its permissions and the free space."


class UnwritableRun(DossierError):
    """A run file that could not be written."""

    code = "unwritable_run"
    hint = "Check the path, its permissions and the free space."


class InvalidRun(InputError):
    """A run file that cannot be read."""

    code = "invalid_run"
    hint = "Give a file that `dossier eval run` of this version wrote."


class InvalidThresholds(InputError):
    """A file of thresholds that cannot be used."""

    code = "invalid_thresholds"
    hint = "Write TOML with a table [minimum] and a share from 0 to 1 for each metric."


class InvalidPolicy(InputError):
    """A policy file that cannot be used: unreadable, malformed, or of metrics that no run has."""

    code = "invalid_policy"
    hint = "docs/evaluation.md describes the policy file."


class Incomparable(InputError):
    """Two runs that have no case in common."""

    code = "incomparable"
    hint = "Compare runs of one suite; cases are paired by their ids."


class InvalidScorer(DossierError):
    """A scorer of an installed package that cannot be used."""

    code = "invalid_scorer"
    hint = (
        "An entry point of the group dossier.scorers has to name an eval.scorers.Scorer; correct "
        "or uninstall the package."
    )


class InvalidLabels(InputError):
    """A file of people's labels that cannot be used."""

    code = "invalid_labels"
    hint = 'One JSON object per line: {"case": ID, "aspect": NAME, "label": 0 to 1}.'
