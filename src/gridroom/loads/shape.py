"""Shape of IT load by the hour: training flat with gaps, inference with its users, a campus as a mix of both.

Every shape has the utilisation asked for as its exact mean, and 1 as its ceiling. What happens within a minute does not matter for
adequacy; `electrical` has it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
STREAM = 21


def training_shape(hours: int, utilisation: float, idle: float, job_days: float, jobs: int, seed: int) -> Floats:
    """Share of the design draw by hour: jobs that run, each with one gap a cycle at a drawn place.

    Parameters
    ----------
    hours : int
        Length [h].
    utilisation : float
        Mean to reproduce [1].
    idle : float
        Draw in a gap [1]; at most `utilisation`.
    job_days : float
        Cycle of a job and the gap after it [d].
    jobs : int
        Jobs of equal size side by side.
    seed : int
        Seed of the places of the gaps.

    Returns
    -------
    float array (hours,)
    """
    gap_share = 1.0 - (utilisation - idle) / (1.0 - idle) if idle < 1.0 else 0.0
    cycles = max(1, round(hours / (24.0 * job_days)))
    length = hours / cycles
    gap = gap_share * length
    generator = np.random.Generator(np.random.Philox(key=[seed, STREAM]))
    begin = np.arange(cycles) * length + generator.random((jobs, cycles)) * (length - gap)
    edges = np.arange(hours + 1, dtype=np.float64)
    waiting = np.zeros(hours)
    for job in range(jobs):
        knots = np.column_stack([begin[job], begin[job] + gap]).ravel()
        passed = np.column_stack([np.arange(cycles) * gap, np.arange(1, cycles + 1) * gap]).ravel()
        waiting += np.diff(np.interp(edges, knots, passed))
    return np.asarray(1.0 - (1.0 - idle) * waiting / jobs)


def inference_shape(hours: int, utilisation: float, swing: float, peak_hour: float) -> Floats:
    """Share of the design draw by hour: a daily wave around the mean.

    Parameters
    ----------
    hours : int
        Length from a local midnight on [h].
    utilisation : float
        Mean over whole days [1].
    swing : float
        Half of the daily swing over the mean [1].
    peak_hour : float
        Local hour of most requests [h].
    """
    hour = np.arange(hours) % 24 + 0.5
    return np.asarray(utilisation * (1.0 + swing * np.cos(2.0 * np.pi * (hour - peak_hour) / 24.0)))


def step_levels(days: NDArray[np.int64], levels_mw: Floats, first_day: int, hours: int) -> Floats:
    """IT MW in place by hour: the level of the last step on or before each day, 0 before the first.

    Parameters
    ----------
    days : int array (S,)
        Days since 1970 of the steps, rising.
    levels_mw : float array (S,)
        Level from that day on [MW].
    first_day : int
        Day of the first hour, since 1970.
    hours : int
        Length [h].
    """
    day = first_day + np.arange(hours) // 24
    at = np.searchsorted(days, day, side="right") - 1
    return np.where(at >= 0, levels_mw[np.maximum(at, 0)], 0.0)
