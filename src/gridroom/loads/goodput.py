"""Failures and restarts: what share of the hours of a big run is useful.

A job on n accelerators is interrupted n times as often as one of them. Let d be the pause for a checkpoint, R a restart, and M the
mean time between interruptions of the job. The interval between checkpoints that loses least is `sqrt(2 d M)` (Young); what is lost
is `d / interval + (interval / 2 + R) / M` [1]_ [2]_.

References
----------
.. [1] Young 1974, *A first order approximation to the optimum checkpoint interval*, doi 10.1145/361147.361115.
.. [2] Daly 2006, *A higher order estimate of the optimum checkpoint interval*, doi 10.1016/j.future.2004.11.016.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from gridroom.core.errors import Problem, StudyError
from gridroom.loads.catalogue import default
from gridroom.loads.ranges import Range


@dataclass(frozen=True, slots=True, kw_only=True)
class Goodput:
    """Useful share of the hours, and how it comes about.

    Attributes
    ----------
    share : float
        Useful share [1].
    job_interruption_h : float
        Mean time between interruptions of the whole job [h].
    checkpoint_interval_h : float
        Interval that loses least [h].
    """

    share: float
    job_interruption_h: float
    checkpoint_interval_h: float


def goodput(count: float, interruptions_per_accelerator_hour: float, checkpoint_min: float, restart_min: float) -> Goodput:
    """Useful share of the hours of a synchronous job.

    Parameters
    ----------
    count : float
        Accelerators of the job.
    interruptions_per_accelerator_hour : float
        [1/h].
    checkpoint_min, restart_min : float
        Pause for a checkpoint; from a fault to the next useful step [min].

    Raises
    ------
    StudyError
        If the job is interrupted before it gets anywhere: the approximation ends, and so does the job.
    """
    between = 1.0 / (count * interruptions_per_accelerator_hour)
    pause, restart = checkpoint_min / 60.0, restart_min / 60.0
    interval = math.sqrt(2.0 * pause * between)
    lost = pause / interval + (0.5 * interval + restart) / between if interval > 0 else restart / between
    if lost >= 1.0:
        raise StudyError(
            Problem(
                "count",
                f"{count:,.0f} accelerators are interrupted every {60 * between:.1f} min; no useful time is left with a restart of "
                f"{restart_min:g} min",
                "faster restarts, or smaller jobs side by side",
            )
        )
    return Goodput(share=1.0 - lost, job_interruption_h=between, checkpoint_interval_h=interval)


def goodput_range(count: float) -> Range:
    """Useful share with the default rates; each end takes the worse or better end of all three (assumed)."""
    rate, pause, restart = (default(k).range for k in ("interruptions_per_accelerator_hour", "checkpoint_min", "restart_min"))
    best = goodput(count, rate.best, pause.best, restart.best).share
    high = goodput(count, rate.low, pause.low, restart.low).share
    try:
        low = goodput(count, rate.high, pause.high, restart.high).share
    except StudyError:
        low = 0.5 * best  # the worse end would not run at all; a job is then cut into smaller ones
    return Range(low, best, high)
