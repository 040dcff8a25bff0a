"""One area without storage: the day screen.

A day can only have a shortage if the largest outage that touches it exceeds the reserve over its peak. That test costs
a few operations per outage; the hours are built up only for the days that fail it. No exactness is lost.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from gridroom.adequacy.outages import draw_unit
from gridroom.core.draws import STREAM_OUTAGE, key_of

METRICS = 4  # lolh steps, days, events, unserved


@njit(cache=True, nogil=True)
def _build_hours(total, starts, ends, mw, day_of, day_first, candidate, out):
    """Outage in each step of the candidate days, from the events that touch them [MW]."""
    for k in range(total):
        a, b = starts[k], ends[k]
        for day in range(day_of[a], day_of[b - 1] + 1):
            if candidate[day]:
                for t in range(max(a, day_first[day]), min(b, day_first[day + 1])):
                    out[t] += mw[k]


@njit(cache=True, nogil=True, error_model="numpy")
def sample_chunk(first, last, seed, process, capacity, load, installed, days, per_sample, short_steps, unserved_steps):
    """Simulate samples [first, last) of one area.

    Parameters
    ----------
    process : Process
        Units that can fail; `capacity` (U,) are their MW, `installed` the sum.
    load : float64 array (T,)
        Load less all capacity that never fails [MW].
    days : tuple of arrays
        Day of each step (T,), first step of each day (D + 1,), peak of `load` in each day (D,).
    per_sample : float64 array (n, 4)
        Out: steps short, days short, events, sum of shortfall over steps [MW].
    short_steps, unserved_steps : float64 array (T,)
        Out: counts and sums by step.
    """
    day_of, day_first, day_peak = days
    steps = len(load)
    units = len(capacity)
    starts = np.empty(steps // 2 + 2, np.int64)
    ends = np.empty(steps // 2 + 2, np.int64)
    size = 4096
    event_start = np.empty(size, np.int64)
    event_end = np.empty(size, np.int64)
    event_mw = np.empty(size, np.float64)
    touched = np.zeros(len(day_peak) + 1)
    candidate = np.zeros(len(day_peak), np.bool_)
    out = np.empty(steps)
    for sample in range(first, last):
        key = key_of(seed, STREAM_OUTAGE, sample)
        total = 0
        touched[:] = 0.0
        for unit in range(units):
            count = draw_unit(process, unit, key, steps, starts, ends)
            if total + count > size:
                size = 2 * (total + count)
                event_start = np.concatenate((event_start[:total], np.empty(size - total, np.int64)))
                event_end = np.concatenate((event_end[:total], np.empty(size - total, np.int64)))
                event_mw = np.concatenate((event_mw[:total], np.empty(size - total, np.float64)))
            for k in range(count):
                event_start[total], event_end[total], event_mw[total] = starts[k], ends[k], capacity[unit]
                touched[day_of[starts[k]]] += capacity[unit]
                touched[day_of[ends[k] - 1] + 1] -= capacity[unit]
                total += 1
        worst, any_candidate = 0.0, False
        for day in range(len(day_peak)):
            worst += touched[day]
            candidate[day] = installed - worst < day_peak[day] + 1e-6
            if candidate[day]:
                any_candidate = True
                out[day_first[day]:day_first[day + 1]] = 0.0
        row = sample - first
        per_sample[row, :] = 0.0
        if not any_candidate:
            continue
        _build_hours(total, event_start, event_end, event_mw, day_of, day_first, candidate, out)
        hours, short_days, events, unserved, before = 0.0, 0.0, 0.0, 0.0, -2
        for day in range(len(day_peak)):
            if not candidate[day]:
                continue
            any_short = False
            for t in range(day_first[day], day_first[day + 1]):
                gap = load[t] - (installed - out[t])
                if gap > 1e-9:
                    hours += 1.0
                    unserved += gap
                    short_steps[t] += 1.0
                    unserved_steps[t] += gap
                    any_short = True
                    if before != t - 1:
                        events += 1.0
                    before = t
            if any_short:
                short_days += 1.0
        per_sample[row, 0], per_sample[row, 1] = hours, short_days
        per_sample[row, 2], per_sample[row, 3] = events, unserved
