"""Findings: what is wrong with a suite, or worth knowing of it."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict

Severity = Literal["error", "warning", "note"]
"""An error makes results wrong or a run impossible, a warning may, a note does not."""

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
"""All of them, the worst first."""

Kind = (
    Literal["line", "row", "document", "quote", "absent", "filters", "fact", "answered"]
    | Literal["duplicate", "contradiction", "leak", "draft", "scoring", "few", "unchecked"]
)
"""What a finding is about."""


class Finding(BaseModel):
    """One thing that was found."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    """What it is about."""
    severity: Severity
    """How bad it is."""
    message: str
    """What was found."""
    hint: str | None = None
    """What to do about it."""
    case: str | None = None
    """Identifier of the case; ``None`` if it is about the suite."""
    place: str | None = None
    """Where that stands, as ``file:line``, where it is known."""
