"""Planned outages: given as a table of what is out when, or placed by levelised reserve over the year."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from gridroom.core.errors import Problem, StudyError
from gridroom.systems.system import System, total_load_mw

PLANS = ("given", "levelised", "none")
WEEK_H = 168.0


def without(system: System, out: NDArray[np.bool_]) -> System:
    """The system with units taken out of service in the steps where `out` (U, T) is true."""
    capacity = np.where(out, 0.0, np.broadcast_to(system.units.capacity_mw, out.shape))
    return dataclasses.replace(system, units=dataclasses.replace(system.units, capacity_mw=capacity))


def levelised_plan(system: System) -> NDArray[np.bool_]:
    """Which unit is out on maintenance in which step, boolean (U, T), placed by levelised reserve [1]_.

    Units in order of MW-weeks, the largest first; each takes the run of weeks of its region in which the highest weekly
    peak of load plus capacity already out is lowest.

    Parameters
    ----------
    system : System
        Its `units.maintenance_weeks` say how long each unit is out.

    Raises
    ------
    StudyError
        If no weeks are given, or a unit needs more weeks than the horizon has.

    References
    ----------
    .. [1] Billinton & Allan 1996, *Reliability Evaluation of Power Systems*, section 2.4 (levelised reserve method).
    """
    units, steps = system.units, system.axis.steps
    needed = np.ceil(units.maintenance_weeks).astype(np.int64)
    if not len(needed):
        raise StudyError(Problem("maintenance levelised", "needs weeks of maintenance by unit",
                                 "a column maintenance_weeks in units"))
    week = (np.arange(steps) * system.axis.step_h // WEEK_H).astype(np.int64)
    weeks = int(np.floor(steps * system.axis.step_h / WEEK_H))
    if weeks < needed.max(initial=0):
        raise StudyError(Problem("maintenance levelised", f"a unit needs {needed.max()} weeks; the horizon has {weeks}"))
    load = total_load_mw(system)
    taken = np.stack([load[:, week == w].max(axis=1) for w in range(weeks)], axis=1)
    capacity = units.capacity_mw.max(axis=1)
    out = np.zeros((len(units.names), steps), np.bool_)
    for u in np.argsort(-capacity * needed, kind="stable"):
        if needed[u] == 0:
            continue
        row = taken[units.region[u]]
        start = int(np.lib.stride_tricks.sliding_window_view(row, needed[u]).max(axis=1).argmin())
        row[start:start + needed[u]] += capacity[u]
        begin = round(start * WEEK_H / system.axis.step_h)
        out[u, begin:begin + round(units.maintenance_weeks[u] * WEEK_H / system.axis.step_h)] = True
    return out


def levelised(system: System) -> System:
    """The system with maintenance placed by levelised reserve; see `levelised_plan`."""
    return without(system, levelised_plan(system))
