"""Time to power: the longest of parallel chains, each a triangular distribution, sampled together.

t = max over (permit then build), (equipment then installation), (gas supply), (transformer then energising), never their
sum; the chain that binds is told beside the time.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from gridroom.supply.site import Floats, Range3

SAMPLES = 20_000
STREAM = 31


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeToPower:
    """When everything is there.

    Attributes
    ----------
    p10, p50, p90, mean, stderr : float
        Months over the sampled chains.
    low, best, high : float
        Longest of the low, likely and high values [months].
    binding : dict of str to float
        Share of samples in which each chain is the last.
    by_chain : dict of str to dict
        P10, P50, P90 of each chain [months].
    """

    p10: float
    p50: float
    p90: float
    mean: float
    stderr: float
    low: float
    best: float
    high: float
    binding: dict[str, float]
    by_chain: dict[str, dict[str, float]]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {
            "p10": self.p10,
            "p50": self.p50,
            "p90": self.p90,
            "low": self.low,
            "best": self.best,
            "high": self.high,
            "mean": {"value": self.mean, "stderr": self.stderr},
            "binding": self.binding,
            "by_chain": self.by_chain,
        }


def triangular(lead: Range3, draws: Floats) -> Floats:
    """Quantiles of a triangular distribution with those ends and mode."""
    low, mode, high = lead.low, lead.best, lead.high
    if high - low < 1e-12:
        return np.full(draws.shape, mode)
    share = (mode - low) / (high - low)
    left = low + np.sqrt(draws * (high - low) * (mode - low))
    right = high - np.sqrt((1.0 - draws) * (high - low) * (high - mode))
    return np.where(draws < share, left, right)


def time_to_power(chains: Mapping[str, Range3 | tuple[Range3, ...]], seed: int = 1) -> TimeToPower | None:
    """Sample the longest of parallel chains.

    Parameters
    ----------
    chains : mapping
        Lead time of each chain; a tuple is gone through one after the other.
    seed : int

    Returns
    -------
    TimeToPower or None
        None where no chain is given: unknown, not zero.
    """
    if not chains:
        return None
    generator = np.random.Generator(np.random.Philox(key=[seed, STREAM]))
    names, times, ends = list(chains), [], []
    for name in names:
        parts = chains[name]
        parts = parts if isinstance(parts, tuple) else (parts,)
        times.append(sum((triangular(p, generator.random(SAMPLES)) for p in parts), np.zeros(SAMPLES)))
        ends.append([sum(p.low for p in parts), sum(p.best for p in parts), sum(p.high for p in parts)])
    table = np.stack(times)
    low, best, high = (float(v) for v in np.max(ends, axis=0))
    longest, last = table.max(axis=0), table.argmax(axis=0)
    p10, p50, p90 = np.quantile(longest, (0.1, 0.5, 0.9))
    shares = np.bincount(last, minlength=len(names)) / SAMPLES
    return TimeToPower(
        p10=float(p10),
        p50=float(p50),
        p90=float(p90),
        mean=float(longest.mean()),
        stderr=float(longest.std(ddof=1) / np.sqrt(SAMPLES)),
        low=low,
        best=best,
        high=high,
        binding={n: float(s) for n, s in zip(names, shares, strict=True) if s > 0},
        by_chain={
            n: {k: float(v) for k, v in zip(("p10", "p50", "p90"), np.quantile(t, (0.1, 0.5, 0.9)), strict=True)}
            for n, t in zip(names, table, strict=True)
        },
    )


__all__ = ["TimeToPower", "time_to_power", "triangular"]
