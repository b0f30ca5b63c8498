"""Scale: from values to places in a drawing."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, log10


@dataclass(frozen=True, slots=True)
class Scale:
    """Values from ``low`` to ``high`` between the places ``start`` and ``end``."""

    low: float
    """The smallest value shown."""
    high: float
    """The largest."""
    start: float = 0.0
    """Where the smallest stands."""
    end: float = 100.0
    """Where the largest stands."""
    logarithmic: bool = False
    """Whether equal steps are equal factors."""

    def __call__(self, value: float) -> float:
        """Return the place of ``value``; of values outside the nearest end."""
        low, high, value = self.low, self.high, min(max(value, self.low), self.high)
        if self.logarithmic:
            low, high, value = log10(low), log10(high), log10(value)
        share = (value - low) / (high - low) if high > low else 0.5
        return self.start + share * (self.end - self.start)

    def ticks(self, about: int = 5) -> tuple[float, ...]:
        """Return round values along the scale: powers of ten, or steps of 1, 2 or 5."""
        if self.logarithmic:
            first, last = ceil(log10(self.low) - 1e-9), floor(log10(self.high) + 1e-9)
            return tuple(10.0**power for power in range(first, last + 1))
        step = _step((self.high - self.low) / max(1, about))
        first, last = ceil(self.low / step - 1e-9), floor(self.high / step + 1e-9)
        return tuple(round(number * step, 10) for number in range(first, last + 1))


SHARES = Scale(0.0, 1.0, start=3, end=97)
"""Shares from 0 to 1, with room for the points at both ends."""


def _step(least: float) -> float:
    if least <= 0:
        return 1.0
    power = 10.0 ** floor(log10(least))
    return next(power * by for by in (1, 2, 5, 10) if power * by >= least * (1 - 1e-9))
