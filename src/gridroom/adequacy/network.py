"""Several regions, lines and stores: outages, then one horizon of dispatch, for a chunk of samples."""

from __future__ import annotations

import numpy as np
from numba import njit

from gridroom.adequacy.dispatch import set_limits, solve_step
from gridroom.adequacy.flow import TOLERANCE_MW
from gridroom.adequacy.outages import draw_all
from gridroom.adequacy.storage import decay, is_constant, set_now, stores_full
from gridroom.core.draws import STREAM_LINE, STREAM_OUTAGE, STREAM_STORE, key_of


@njit(cache=True, nogil=True)
def subtract_outages(margin, total, events, region, capacity):
    """Take the capacity of units that are out from their region's margin."""
    starts, ends, units = events
    constant = capacity.shape[1] == 1
    for k in range(total):
        unit = units[k]
        r = region[unit]
        if constant:
            for t in range(starts[k], ends[k]):
                margin[r, t] -= capacity[unit, 0]
        else:
            for t in range(starts[k], ends[k]):
                margin[r, t] -= capacity[unit, t]


@njit(cache=True, nogil=True)
def lose_lines(limits, total, events, lines):
    """Interface limits of a sample: sum of the lines that are up, at most the interface's own limit."""
    forward, backward = limits
    interface, line_forward, line_backward, limit_forward, limit_backward = lines
    starts, ends, units = events
    interfaces, steps = forward.shape
    forward[:, :] = 0.0
    backward[:, :] = 0.0
    for line in range(len(interface)):
        for t in range(steps):
            column = t if line_forward.shape[1] > 1 else 0
            forward[interface[line], t] += line_forward[line, column]
            backward[interface[line], t] += line_backward[line, column]
    for k in range(total):
        line = units[k]
        for t in range(starts[k], ends[k]):
            column = t if line_forward.shape[1] > 1 else 0
            forward[interface[line], t] -= line_forward[line, column]
            backward[interface[line], t] -= line_backward[line, column]
    for i in range(interfaces):
        for t in range(steps):
            column = t if limit_forward.shape[1] > 1 else 0
            forward[i, t] = max(min(forward[i, t], limit_forward[i, column]), 0.0)
            backward[i, t] = max(min(backward[i, t], limit_backward[i, column]), 0.0)


@njit(cache=True, nogil=True)
def run_horizon(margin, stores, store_up, stores_vary, step_h, network, work, day_of, result, hourly):
    """Dispatch one sample over the horizon and count shortages.

    `day_of` is (R + 1, T), the last row for the system; `result` (R + 1, 4) gets steps, days, events and sum of
    shortfall; `hourly` is a tuple of accumulators: short and unserved (R + 1, T), flow (I,) mean of signed flow summed
    over steps, energy (S, T).
    """
    short_steps, unserved_steps, flow_sum, energy_sum = hourly
    regions, steps = margin.shape
    result[:, :] = 0.0
    set_limits(network, 0, work)
    last_day = np.full(regions + 1, -1, np.int64)
    last_short = np.full(regions + 1, -2, np.int64)
    now = work.now
    set_now(stores, store_up[0], 0, now)
    for s in range(len(now.energy)):
        now.energy[s] = stores.initial_mwh[s]
    constant = is_constant(stores) and not stores_vary
    full = stores_full(now)
    for t in range(steps):
        if not constant:
            set_now(stores, store_up[t], t, now)
            if t > 0:
                decay(stores, t, now)
            full = stores_full(now)
        tight = not full
        for r in range(regions):
            if margin[r, t] < -TOLERANCE_MW:
                tight = True
                break
        if tight:
            full = solve_step(margin, t, step_h, network, work)
            total = 0.0
            for r in range(regions):
                total += work.unserved[r]
            for r in range(regions + 1):
                gap = total if r == regions else work.unserved[r]
                if gap > TOLERANCE_MW:
                    result[r, 0] += 1.0
                    result[r, 3] += gap
                    short_steps[r, t] += 1.0
                    unserved_steps[r, t] += gap
                    if day_of[r, t] != last_day[r]:
                        result[r, 1] += 1.0
                        last_day[r] = day_of[r, t]
                    if last_short[r] != t - 1:
                        result[r, 2] += 1.0
                    last_short[r] = t
            for i in range(len(flow_sum)):
                flow_sum[i] += work.flow[i]
        for s in range(energy_sum.shape[0]):
            energy_sum[s, t] += now.energy[s]


@njit(cache=True, nogil=True)
def store_states(store_up, total, events):
    """Which store is up in which step."""
    starts, ends, units = events
    store_up[:, :] = True
    for k in range(total):
        for t in range(starts[k], ends[k]):
            store_up[t, units[k]] = False


@njit(cache=True, nogil=True)
def sample_chunk(first, last, seed, base, units, lines, stores, network, step_h, day_of, work, rows, per_sample, hourly):
    """Simulate samples [first, last) of a system with regions, lines and stores.

    Parameters
    ----------
    base : float64 array (R, T)
        Capacity of all units less load [MW].
    units, lines, stores : tuples
        (process, region, capacity), (process, line arrays), (Stores, process).
    rows : int
        Rows that hold the outages of one sample.
    per_sample : float64 array (n, R + 1, 4)
        Out: steps short, days, events, sum of shortfall [MW], the last row for the system.
    """
    unit_process, region, capacity = units
    line_process, line_arrays = lines
    store_arrays, store_process = stores
    _regions, steps = base.shape
    events = (np.empty(rows, np.int32), np.empty(rows, np.int32), np.empty(rows, np.int32))
    margin = np.empty_like(base)
    store_up = np.ones((steps, len(store_process.availability)), np.bool_)
    fallible_lines = len(line_process.availability) > 0
    fallible_stores = len(store_process.availability) > 0
    for sample in range(first, last):
        margin[:, :] = base
        total = draw_all(unit_process, key_of(seed, STREAM_OUTAGE, sample), steps, events[0], events[1], events[2])
        subtract_outages(margin, total, events, region, capacity)
        if fallible_lines:
            total = draw_all(line_process, key_of(seed, STREAM_LINE, sample), steps, events[0], events[1], events[2])
            lose_lines((network.forward_mw, network.backward_mw), total, events, line_arrays)
        if fallible_stores:
            total = draw_all(store_process, key_of(seed, STREAM_STORE, sample), steps, events[0], events[1], events[2])
            store_states(store_up, total, events)
        run_horizon(margin, store_arrays, store_up, fallible_stores, step_h, network, work, day_of,
                    per_sample[sample - first], hourly)
