"""Hourly matching of carbon-free energy [1]_, and what a static count of spare units says.

References
----------
.. [1] Google 2021, *24/7 Carbon-Free Energy: Methodologies and Metrics* (formula from memory of that paper: class assumed).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from gridroom.supply.site import Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Hourly score and annual match, shares of 1; the annual match may exceed 1."""

    score: float
    annual_match: float


def hourly_match(load_mw: ArrayLike, contracted_mw: ArrayLike, grid_carbon_free_share: ArrayLike = 0.0) -> Match:
    """Score: (sum of min(load, contracted) + the grid's carbon-free share of the rest) over load.

    Surplus of an hour does not carry over. With storage, energy counts in the hour of discharge, net of losses.

    Parameters
    ----------
    load_mw, contracted_mw : array (T,)
    grid_carbon_free_share : array (T,) or float
        Share of the grid's energy that is carbon-free [1].
    """
    load, contracted = np.asarray(load_mw, np.float64), np.asarray(contracted_mw, np.float64)
    same_hour = np.minimum(load, contracted)
    total = float(load.sum())
    score = float((same_hour + (load - same_hour) * np.asarray(grid_carbon_free_share, np.float64)).sum()) / total
    return Match(score=score, annual_match=float(contracted.sum()) / total)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticCount:
    """Units needed, spare units, chance that enough are up [1], and what goes unserved of a flat load in a year [MWh]."""

    needed: int
    spare: int
    probability: float
    eue_mwh_per_year: float


def static_count(load_mw: float, unit_mw: float, forced_outage_rate: float, units: int) -> StaticCount:
    """Binomial chance that a number of equal, independent units carries a flat load.

    P = sum over j <= k of C(n, j) q^j (1 - q)^(n - j), k = n - ceil(load / unit).
    """
    needed = math.ceil(load_mw / unit_mw - 1e-9)
    q = forced_outage_rate
    chance: Floats = np.array([math.comb(units, j) * q**j * (1.0 - q) ** (units - j) for j in range(units + 1)])
    missing = np.maximum(load_mw - (units - np.arange(units + 1)) * unit_mw, 0.0)
    spare = units - needed
    return StaticCount(
        needed=needed,
        spare=spare,
        probability=float(chance[: max(spare + 1, 0)].sum()),
        eue_mwh_per_year=float((chance * missing).sum() * 8760.0),
    )


def spare_for(load_mw: float, unit_mw: float, forced_outage_rate: float, target: float) -> int:
    """Fewest spare units for which the binomial chance reaches a target [1]."""
    needed = math.ceil(load_mw / unit_mw - 1e-9)
    for spare in range(10 * needed + 50):
        if static_count(load_mw, unit_mw, forced_outage_rate, needed + spare).probability >= target:
            return spare
    raise ValueError(f"no number of spare units reaches {target:g}")


__all__ = ["Match", "StaticCount", "hourly_match", "spare_for", "static_count"]
