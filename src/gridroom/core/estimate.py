"""A simulated figure and its standard error, never one without the other."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

UNIT_BY_SUFFIX = (
    ("_mwh", "MWh"), ("_mw", "MW"), ("_ppm", "ppm"), ("_days", "days"), ("_h", "h"), ("_pct", "%"),
    ("_usd", "USD"), ("lolev", "events"),
)


def unit_of(name: str) -> str:
    """Unit that the suffix of a name stands for; empty where there is none."""
    return next((unit for suffix, unit in UNIT_BY_SUFFIX if name.endswith(suffix)), "")


@dataclass(frozen=True, slots=True)
class Estimate:
    """Mean of independent samples with the standard error of that mean.

    Attributes
    ----------
    value : float
        Mean.
    stderr : float
        Standard deviation over samples (n - 1) over sqrt(n); 0 for exact answers.
    n : int
        Samples; 0 for exact answers.
    """

    value: float
    stderr: float
    n: int = 0

    @classmethod
    def exact(cls, value: float) -> Estimate:
        """An answer without sampling error."""
        return cls(float(value), 0.0, 0)

    @classmethod
    def of(cls, samples: NDArray[np.float64]) -> Estimate:
        """Mean and standard error of independent samples, shape (n,)."""
        n = len(samples)
        spread = float(samples.std(ddof=1)) / math.sqrt(n) if n > 1 else math.nan
        return cls(float(samples.mean()), spread, n)

    def as_dict(self) -> dict[str, float | None]:
        """`{"value": x, "stderr": s}`; an unknown error is null, never 0."""
        return {"value": self.value, "stderr": self.stderr if math.isfinite(self.stderr) else None}

    def __str__(self) -> str:
        if self.stderr == 0:
            return f"{self.value:.6g}"
        if not math.isfinite(self.stderr):
            return f"{self.value:.4g} ± ?"
        digits = max(0, 1 - math.floor(math.log10(self.stderr)))
        return f"{self.value:.{digits}f} ± {self.stderr:.{digits}f}"
