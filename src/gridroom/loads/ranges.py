"""Ranges (low, best, high) and how they run through products.

The formulas of this room are products. A range is read as the 10th, a best and the 90th percentile of a split lognormal; the
logarithms of independent factors add in squares, each side by itself, so that many small doubts do not pile up to extremes.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass


def digits(value: float, count: int) -> str:
    """Number to so many digits, with commas up to a billion."""
    if 1000 <= abs(value) < 1e9:
        return f"{float(f'{value:.{count}g}'):,.0f}"
    return f"{value:.{count}g}"


@dataclass(frozen=True, slots=True)
class Range:
    """A figure with its doubt.

    Attributes
    ----------
    low, best, high : float
        About 10 %, best, about 90 %.
    """

    low: float
    best: float
    high: float

    @classmethod
    def exact(cls, value: float) -> Range:
        """A figure without doubt."""
        return cls(value, value, value)

    @property
    def is_exact(self) -> bool:
        """Whether there is no doubt."""
        return self.low == self.best == self.high

    def times(self, factor: float) -> Range:
        """The range times a number of at least 0."""
        return Range(self.low * factor, self.best * factor, self.high * factor)

    def plus(self, term: float) -> Range:
        """The range plus a number."""
        return Range(self.low + term, self.best + term, self.high + term)

    def as_dict(self) -> dict[str, float]:
        """Low, best, high by name."""
        return {"low": self.low, "best": self.best, "high": self.high}

    def __str__(self) -> str:
        if self.is_exact:
            return digits(self.best, 4)
        return f"{digits(self.best, 4)} ({digits(self.low, 4)} to {digits(self.high, 4)})"


Number = float | tuple[float, float, float] | Range


def as_range(value: Number) -> Range:
    """Range of a number, of (low, best, high), or of a range."""
    if isinstance(value, Range):
        return value
    if isinstance(value, tuple | list):
        return Range(*(float(v) for v in value))
    return Range.exact(float(value))


@dataclass(frozen=True, slots=True)
class Product:
    """Range of a product, and which factor its doubt comes from.

    Attributes
    ----------
    range : Range
    drivers : dict of str to float
        Share of the squared logarithmic doubt by factor [1]; only factors with doubt, largest first.
    """

    range: Range
    drivers: dict[str, float]


def _widths(factor: Range, power: float) -> tuple[float, float]:
    """How far down and up the logarithm of factor ** power reaches; down is infinite where the factor can be 0."""
    down = math.log(factor.best / factor.low) if factor.low > 0 else math.inf
    up = math.log(factor.high / factor.best)
    return (abs(power) * down, abs(power) * up) if power > 0 else (abs(power) * up, abs(power) * down)


def product(factors: Mapping[str, tuple[Range, float]]) -> Product:
    """Product of factors, each to its power, with its range and the drivers of the range.

    Parameters
    ----------
    factors : mapping of str to (Range, float)
        Factor and power by name.

    Returns
    -------
    Product
    """
    if any(factor.best == 0 for factor, _ in factors.values()):
        return Product(Range(0.0, 0.0, math.prod(f.high**p for f, p in factors.values() if p > 0)), {})
    best = math.prod(factor.best**power for factor, power in factors.values())
    widths = {name: _widths(factor, power) for name, (factor, power) in factors.items()}
    down = math.sqrt(sum(d**2 for d, _ in widths.values()))
    up = math.sqrt(sum(u**2 for _, u in widths.values()))
    share = {name: (min(d, 3.0) ** 2 + min(u, 3.0) ** 2) for name, (d, u) in widths.items() if d > 0 or u > 0}
    total = sum(share.values())
    drivers = {name: round(s / total, 4) for name, s in sorted(share.items(), key=lambda item: -item[1])}
    return Product(Range(best * math.exp(-down), best, best * math.exp(up) if up < 700 else math.inf), drivers)
