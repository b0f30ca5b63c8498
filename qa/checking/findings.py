"""What a check found against a statement: one finding for each thing that is different."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from qa.models import Support

FindingKind = Literal[
    "figure", "date", "name", "quotation", "denial", "hedge", "reversal", "content", "entailment"
]
"""What a finding is about; ``date`` also where only part of a date is given."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that speaks against a statement."""

    support: Support
    """The best support that it leaves."""
    reason: str
    """What it is, in words."""
    kind: FindingKind
    """What it is about."""
