"""Exact convolution: capacity outage table of independent units, and from it LOLH, LOLEv and EUE of one area.

The independent check of the simulation: no draws, no error.

References
----------
.. [1] Billinton & Allan 1996, *Reliability Evaluation of Power Systems*, sections 2.2 and 2.4.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gridroom.adequacy.metrics import Risk
from gridroom.core.errors import Problem, StudyError
from gridroom.core.estimate import Estimate
from gridroom.systems.system import System, total_load_mw

Floats = NDArray[np.float64]


@njit(cache=True, nogil=True)
def outage_table(capacity, rate, size):
    """Probability of each whole MW of available capacity, 0..size."""
    p = np.zeros(size + 1)
    p[0] = 1.0
    top = 0
    for u in range(len(capacity)):
        c, q = capacity[u], rate[u]
        top += c
        for k in range(top, -1, -1):
            p[k] = q * p[k] + ((1.0 - q) * p[k - c] if k >= c else 0.0)
    return p


@njit(cache=True, nogil=True)
def joint_table(capacity, availability, fail, repair, size):
    """Probability of available capacity at two consecutive steps, (size + 1, size + 1)."""
    joint = np.zeros((size + 1, size + 1))
    joint[0, 0] = 1.0
    top = 0
    for u in range(len(capacity)):
        c, a = capacity[u], availability[u]
        stay, fall = a * (1.0 - fail[u]), a * fail[u]
        rise, low = (1.0 - a) * repair[u], (1.0 - a) * (1.0 - repair[u])
        top += c
        for i in range(top, -1, -1):
            for j in range(top, -1, -1):
                value = low * joint[i, j]
                if i >= c and j >= c:
                    value += stay * joint[i - c, j - c]
                if i >= c:
                    value += fall * joint[i - c, j]
                if j >= c:
                    value += rise * joint[i, j - c]
                joint[i, j] = value
    return joint


@njit(cache=True, nogil=True)
def _cumulate(joint):
    """Turn a joint pmf into its distribution function, in place."""
    n = joint.shape[0]
    for i in range(n):
        for j in range(1, n):
            joint[i, j] += joint[i, j - 1]
    for i in range(1, n):
        for j in range(n):
            joint[i, j] += joint[i - 1, j]


def _below(load: Floats) -> NDArray[np.int64]:
    """Largest whole capacity that is below each load, -1 where there is none."""
    return np.asarray(np.ceil(load).astype(np.int64) - 1)


class Area:
    """One area's units and load for convolution: whole-MW capacities, constant probabilities, load less firm MW."""

    def __init__(self, system: System, region: int) -> None:
        units = system.units
        mine = units.region == region
        fallible = mine & (units.failure_probability.max(axis=1, initial=0.0) > 0)
        firm = units.capacity_mw[mine & ~fallible].sum(axis=0)
        self.load = np.asarray(total_load_mw(system)[region] - firm)
        capacity = units.capacity_mw[fallible]
        self.fail, self.repair = units.failure_probability[fallible], units.repair_probability[fallible]
        problems = []
        for name, table in (("capacity_mw", capacity), ("failure_probability", self.fail),
                            ("repair_probability", self.repair)):
            if table.shape[1] > 1 and (table != table[:, :1]).any():
                problems.append(Problem(f"units.{name}", "varies in time for units that can fail",
                                        "convolution takes constant units: use --method montecarlo"))
        if not problems and (capacity[:, 0] != np.round(capacity[:, 0])).any():
            problems.append(Problem("units.capacity_mw", "is not whole MW", "use --method montecarlo"))
        if problems:
            raise StudyError(problems)
        self.capacity = np.asarray(capacity[:, 0].astype(np.int64))
        self.fail, self.repair = self.fail[:, 0], self.repair[:, 0]
        self.availability = self.repair / (self.fail + self.repair)


def area_risk(name: str, area: Area, step_h: float, energy_mwh: float) -> Risk:
    """Exact LOLH, LOLEv, EUE of one area; days are not known from two-step tables and stay unknown."""
    size = int(area.capacity.sum())
    p = outage_table(area.capacity, 1.0 - area.availability, size)
    at_most = np.concatenate([[0.0], np.cumsum(p)])
    moment = np.concatenate([[0.0], np.cumsum(p * np.arange(size + 1))])
    k = np.clip(_below(area.load), -1, size)
    lolp = at_most[k + 1]
    shortfall = area.load * lolp - moment[k + 1]
    joint = joint_table(area.capacity, area.availability, area.fail, area.repair, size)
    _cumulate(joint)
    before, now = k[:-1], k[1:]
    both = np.where((before >= 0) & (now >= 0), joint[np.maximum(before, 0), np.maximum(now, 0)], 0.0)
    events = lolp[0] + float((lolp[1:] - both).sum())
    eue = float(np.maximum(shortfall, 0.0).sum()) * step_h
    return Risk(name=name, lolh_h=Estimate.exact(float(lolp.sum()) * step_h), lole_days=None,
                lolev=Estimate.exact(events), eue_mwh=Estimate.exact(eue),
                neue_ppm=Estimate.exact(1e6 * eue / energy_mwh if energy_mwh > 0 else 0.0))


def convolve(system: System) -> tuple[Risk, list[Risk]]:
    """Exact risk of a single-area system.

    Returns
    -------
    total : Risk
    regions : list of Risk

    Raises
    ------
    StudyError
        If the system has storage, several regions, or units that vary in time.
    """
    problems = []
    if len(system.regions) > 1:
        problems.append(Problem("regions", f"convolution takes one region; got {len(system.regions)}",
                                "use --method montecarlo"))
    for part in ("storage", "hybrids", "demand_response"):
        if len(getattr(system, part).names):
            problems.append(Problem(part, "convolution cannot couple hours", "use --method montecarlo"))
    if any(load.kind != "firm" for load in system.large_loads):
        problems.append(Problem("large_loads", "that give way couple hours, which convolution cannot", "use --method montecarlo"))
    if system.common_events:
        problems.append(Problem("common_events", "make units depend on each other, which convolution cannot",
                                "use --method montecarlo"))
    if problems:
        raise StudyError(problems)
    energy = float(total_load_mw(system).sum()) * system.axis.step_h
    region = area_risk(system.regions[0], Area(system, 0), system.axis.step_h, energy)
    total = Risk(name="total", lolh_h=region.lolh_h, lole_days=None, lolev=region.lolev, eue_mwh=region.eue_mwh,
                 neue_ppm=region.neue_ppm)
    return total, [region]
