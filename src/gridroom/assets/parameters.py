"""Parameters of the table `network_parameters`: low, best, high, with claim class and source."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from gridroom.reference import catalog


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameter:
    """One row."""

    low: float
    best: float
    high: float
    unit: str
    claim: str
    source: str


@cache
def parameter(key: str) -> Parameter:
    """Row of that key."""
    row = catalog.load("network_parameters").set_index("key").loc[key]
    return Parameter(
        low=float(row["low"]),
        best=float(row["best"]),
        high=float(row["high"]),
        unit=str(row["unit"]),
        claim=str(row["claim"]),
        source=str(row["source"]),
    )


__all__ = ["Parameter", "parameter"]
