"""Values of metrics in words, by what they are."""

from __future__ import annotations

from eval.scorers.base import Unit

NOTHING = "–"
"""What stands for a value that could not be measured."""


def amount(value: float | None, unit: Unit) -> str:
    """Return a value as reports write it, such as ``0.787`` or ``0.26 s``."""
    if value is None:
        return NOTHING
    return _number(value, unit) + (" s" if unit == "seconds" else "")


def interval(low: float | None, high: float | None, unit: Unit) -> str:
    """Return a 95 % interval, such as ``0.669–0.871``."""
    if low is None or high is None:
        return "not measured"
    between = "–" if min(low, high) >= 0 else " to "
    return f"{_number(low, unit)}{between}{amount(high, unit)}"


def change(value: float | None, unit: Unit) -> str:
    """Return a difference with its sign, such as ``+0.031``."""
    if value is None:
        return NOTHING
    text = amount(abs(value), unit)
    if not any(digit in text for digit in "123456789"):
        return text
    return f"{'+' if value > 0 else '−'}{text}"


def changes(low: float | None, high: float | None, unit: Unit) -> str:
    """Return the interval of a difference, such as ``−0.020 to +0.081``."""
    if low is None or high is None:
        return "not measured"
    return f"{change(low, unit)} to {change(high, unit)}"


def probability(p: float) -> str:
    """Return a probability as reports write it; never 0, which a test cannot show."""
    return "below 0.001" if p < 0.001 else f"{p:.3f}"


def _number(value: float, unit: Unit) -> str:
    if unit == "tokens":
        return f"{value:,.0f}"
    if unit == "seconds":
        return f"{value:.2f}"
    if unit == "currency":
        return f"{value:.6f}"
    return f"{value:.3f}"
