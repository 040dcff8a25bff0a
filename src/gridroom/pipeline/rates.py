"""Rates of the pipeline, from the table that names each one's source and claim class."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from gridroom.reference import catalog


@cache
def _table() -> dict[str, tuple[float, ...]]:
    table = catalog.load("pipeline_rates")
    return {str(name): tuple(float(v) for v in part["value"]) for name, part in table.groupby("rate", sort=False)}


def value(name: str) -> float:
    """A single rate."""
    return _table()[name][0]


def series(name: str) -> NDArray[np.float64]:
    """A rate by stage or year."""
    return np.array(_table()[name])
