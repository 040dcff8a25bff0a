"""What every back-test takes and is scored by."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class BacktestOptions:
    """What to test.

    Attributes
    ----------
    data : str
        `generation`, `caiso`, `georgia`, `filings`, or a file of such a kind.
    train_before : int or None
        Nothing dated in this year or later is known; the protocol's own origins when left out.
    horizon_years : int
    folder : Path or None
        Where the named files lie.
    draws, seed : int
    """

    data: str = "generation"
    train_before: int | None = None
    horizon_years: int = 5
    folder: Path | None = None
    draws: int = 1_000
    seed: int = 1


def crps(samples: Floats, observed: float) -> float:
    """Continuous ranked probability score of a sample [1]_, in the unit of the values.

    References
    ----------
    .. [1] Gneiting & Raftery 2007, *Strictly proper scoring rules*, JASA 102, 359, doi 10.1198/016214506000001437, eq. 21.
    """
    s = np.sort(np.asarray(samples, np.float64))
    n = len(s)
    return float(np.abs(s - observed).mean() - ((2 * np.arange(1, n + 1) - n - 1) * s).sum() / n**2)
