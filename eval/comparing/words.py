"""Words for values: each unit in its own form."""

from __future__ import annotations

from eval.scorers.base import Unit


def amount(value: float, unit: Unit) -> str:
    """Return a value of a metric in words."""
    match unit:
        case "seconds":
            return f"{value:.2f} s"
        case "tokens":
            return f"{value:,.0f}"
        case "currency":
            return f"{value:.6f}"
        case "share" | "number":
            return f"{value:.3f}"


def cases(count: int) -> str:
    """Return a number of cases in words."""
    return f"{count} case{'' if count == 1 else 's'}"
