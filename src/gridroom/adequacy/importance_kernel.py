"""Kernel of importance sampling: days of a tilted process, each weighted by its likelihood ratio."""

from __future__ import annotations

import numpy as np
from numba import njit

from gridroom.adequacy.blocks import build_candidates, screen
from gridroom.adequacy.dispatch import share_generation
from gridroom.adequacy.flow import TOLERANCE_MW
from gridroom.adequacy.horizon import load_limits, lose_lines
from gridroom.adequacy.sampling import draw_outages


@njit(cache=True, nogil=True, error_model="numpy")
def day_weight(first, last, total, events, tilt):
    """Likelihood ratio of all assets' states over steps [first, last) under the true and the tilted process.

    The state at `first` has the ratio of the stationary probabilities; each later step that of its transition. `tilt` (A, 4)
    holds logarithms: start up, start down, stay up one step, fail.
    """
    starts, ends, assets = events
    log_weight, k = 0.0, 0
    for a in range(tilt.shape[0]):
        if tilt[a, 0] == 0.0 and tilt[a, 1] == 0.0:
            while k < total and assets[k] == a:
                k += 1
            continue
        up_steps, fails, down_at_first = last - 1 - first, 0, False
        while k < total and assets[k] == a:
            start, end = starts[k], ends[k]
            if start < last and end > first:
                if start <= first:
                    down_at_first = True
                else:
                    fails += 1
                # Transitions out of an up state happen at steps first + 1 .. last - 1, from the step before.
                up_steps -= max(min(end, last - 1) - max(start, first), 0)
            k += 1
        log_weight += (tilt[a, 1] if down_at_first else tilt[a, 0]) + (up_steps - fails) * tilt[a, 2] + fails * tilt[a, 3]
    return np.exp(log_weight)


@njit(cache=True, nogil=True, error_model="numpy")
def _out_now(t, weight, total, events, out):
    """Add a short step's weight to every asset that is out in it."""
    starts, ends, assets = events
    for k in range(total):
        if starts[k] <= t < ends[k]:
            out[assets[k]] += weight


@njit(cache=True, nogil=True, error_model="numpy")
def weighted_chunk(first, last, seed, grid, fleet, parts, rules, desk, day_first, tilt, added, per_sample, out, short_weight):
    """Samples [first, last) of the tilted process: weighted short steps, days, events, sum of shortfall by region.

    Parameters
    ----------
    day_first : int64 array (D + 1,)
        First step of each day.
    added : float64 array (R,)
        Load added in pilot runs [MW].
    per_sample : float64 array (n, R + 1, 4)
        Out.
    out, short_weight : float64 array (A,), (1,)
        Out: weighted short steps in which each asset was out, and in all.
    """
    work, network, margin = desk.work, desk.network, desk.margin
    usual = (network.forward_mw, network.backward_mw)
    regions, steps = grid.base.shape
    events = (desk.events.start, desk.events.end, desk.events.asset)
    counts = np.zeros((regions + 1, 4))
    before = np.zeros(regions + 1, np.bool_)
    for sample in range(first, last):
        total = draw_outages(fleet, parts.common, seed, sample, steps, desk.events)
        screen(grid.low, grid.shift, fleet.region, fleet.screen_mw, events, total, desk.touched, desk.candidate,
               desk.next_one, added, rules.every_step, False)
        build_candidates(grid, fleet, total, parts, rules, desk)
        row = per_sample[sample - first]
        row[:, :] = 0.0
        previous = -2
        before[:] = False
        for day in range(len(day_first) - 1):
            a, b = day_first[day], day_first[day + 1]
            if desk.next_one[a >> grid.shift] > (b - 1) >> grid.shift:
                continue
            counts[:, :] = 0.0
            weight = -1.0
            for t in range(a, b):
                if not desk.candidate[t >> grid.shift]:
                    continue
                short = False
                for r in range(regions):
                    m = margin[r, t] - added[r]
                    short = short or m < -TOLERANCE_MW
                    work.supply[r] = max(m, 0.0)
                    work.need[r] = -m if m < -TOLERANCE_MW else 0.0
                if not short:
                    continue
                if len(network.start) > 0:
                    load_limits(t, usual, work.forward, work.backward, work.flow)
                    if rules.lines_fail:
                        lose_lines(t, grid.has_lines, (desk.forward, desk.backward), (grid.limit_forward, grid.limit_backward),
                                   work.forward, work.backward)
                    share_generation(network, work)
                gap = 0.0
                for r in range(regions):
                    work.unserved[r] = work.need[r] if work.need[r] > TOLERANCE_MW else 0.0
                    gap += work.unserved[r]
                if gap <= TOLERANCE_MW:
                    continue
                if previous != t - 1:
                    before[:] = False
                previous = t
                for r in range(regions + 1):
                    mw = gap if r == regions else work.unserved[r]
                    if mw > TOLERANCE_MW:
                        counts[r, 0] += 1.0
                        counts[r, 1] = 1.0
                        counts[r, 2] += 0.0 if before[r] else 1.0
                        counts[r, 3] += mw
                    before[r] = mw > TOLERANCE_MW
                if weight < 0.0:  # the day with the step before it, on which the start of an event hangs
                    weight = day_weight(max(a - 1, 0), b, total, events, tilt)
                _out_now(t, weight, total, events, out)
                short_weight[0] += weight
            if weight > 0.0:
                for r in range(regions + 1):
                    for c in range(4):
                        row[r, c] += weight * counts[r, c]
