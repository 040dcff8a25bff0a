"""Kernels of the outlook: one draw of outages serves every study year; one dispatch gives risk and room.

Outages are kept as integer hundredths of a MW, so that sums do not depend on order. Units in service in all years enter
once; units that come or go enter as differences from the year in which they do.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gridroom.adequacy.dispatch import set_limits, set_step, share_generation, solve_rest, still_short
from gridroom.adequacy.flow import TOLERANCE_MW
from gridroom.adequacy.outages import change_step, wait
from gridroom.adequacy.room_kernel import close_day, close_old, note_room
from gridroom.adequacy.storage import set_now
from gridroom.core.draws import STREAM_OUTAGE, key_of, uniform, unit_key

MW_UNIT = 0.01


class Fleet(NamedTuple):
    """Units that fail, by unit (U,): region, hazard row, MW by season (hundredths), study years and maintenance.

    `enter`, `leave` are indices of study years: in service for enter <= y < leave. `rest_from`, `rest_to` are the hours
    of planned outage, equal when there is none.
    """

    region: NDArray[np.int64]
    row: NDArray[np.int64]
    summer: NDArray[np.int32]
    winter: NDArray[np.int32]
    enter: NDArray[np.int64]
    leave: NDArray[np.int64]
    rest_from: NDArray[np.int64]
    rest_to: NDArray[np.int64]
    repair_inverse: NDArray[np.float64]


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def _add(row, a, b, summer, winter, spring, autumn):
    """Put an outage of [a, b) into a row of differences; capacity follows the season."""
    if b <= a:
        return
    row[a] += winter if (a < spring or a >= autumn) else summer
    if a < spring < b:
        row[spring] += summer - winter
    if a < autumn < b:
        row[autumn] += winter - summer
    row[b] -= winter if (b - 1 < spring or b - 1 >= autumn) else summer


@njit(cache=True, nogil=True, error_model="numpy")
def _add_unit(changes, fleet, u, a, b, seasons):
    """Put one outage, less its overlap with planned outage, into the years the unit serves."""
    spring, autumn = seasons
    r, rest_from, rest_to = fleet.region[u], fleet.rest_from[u], fleet.rest_to[u]
    years = changes.shape[0]
    for side in range(2):
        if rest_from == rest_to:
            if side == 1:
                break
            first, last = a, b
        elif side == 0:
            first, last = a, min(b, rest_from)
        else:
            first, last = max(a, rest_to), b
        _add(changes[fleet.enter[u], r], first, last, fleet.summer[u], fleet.winter[u], spring, autumn)
        if fleet.leave[u] < years:
            _add(changes[fleet.leave[u], r], first, last, -fleet.summer[u], -fleet.winter[u], spring, autumn)


@njit(cache=True, nogil=True, error_model="numpy")
def draw_outages(seed, sample, fleet, hazard, first_out, steps, seasons, changes):
    """Outages of one sample: `changes` (Y, R, T + 1) gets differences in time and from study year to study year.

    Parameters
    ----------
    seed, sample : int
        Address of the sample's draws.
    hazard : float64 array (rows, T + 1)
        Cumulated failure hazard of the sample's weather year.
    first_out : float64 array (rows,)
        Probability of being out in the first hour.
    seasons : tuple of int
        First summer hour, first winter hour of autumn.
    """
    changes[:, :, :] = 0
    key = key_of(seed, STREAM_OUTAGE, sample)
    for u in range(len(fleet.region)):
        own = unit_key(key, u)
        row = fleet.row[u]
        event, t, a = 0, 0, 0
        up = uniform(own, event) > first_out[row]
        while True:
            event += 1
            draw = uniform(own, event)
            if up:
                t = change_step(hazard, row, t, np.log(draw), steps)
                if t >= steps:
                    break
                a = t
            else:
                t = min(t + wait(draw, fleet.repair_inverse[u]), steps)
                _add_unit(changes, fleet, u, a, t, seasons)
                if t >= steps:
                    break
            up = not up


@njit(cache=True, nogil=True, error_model="numpy")
def next_year(changes, y, steps, out):
    """Turn differences of study year y into MW out and add them to the year before's, in place."""
    for r in range(out.shape[0]):
        row, change = out[r], changes[y, r]
        running = np.int32(0)
        for t in range(steps):
            running += change[t]
            row[t] += running


@njit(cache=True, nogil=True, error_model="numpy")
def available_mw(out, firm, wind_mw, solar_mw, wind, solar, hydro, rest, seasons, steps, available):
    """Capacity available in each region and hour before load, (R, T) [MW]; all terms float32."""
    spring, autumn = seasons
    scale = np.float32(MW_UNIT)
    for r in range(available.shape[0]):
        row, gone, w, s, h, p = available[r], out[r], wind[r], solar[r], hydro[r], rest[r]
        wmw, smw, summer, winter = wind_mw[r], solar_mw[r], firm[r, 0], firm[r, 1]
        for t in range(steps):
            row[t] = wmw * w[t] + smw * s[t] + h[t] - p[t] - scale * np.float32(gone[t]) + summer
        for t in range(spring):
            row[t] += winter - summer
        for t in range(autumn, steps):
            row[t] += winter - summer


@njit(cache=True, nogil=True, error_model="numpy")
def margins(available, load, demand, cap, network, steps, margin, tight):
    """Margin by region and hour, and what each hour needs.

    `demand` is the factor on load (R,), large load (R,) [MW] and its shape by hour (R, T).
    `tight` gets 1 where a region is short, and 2 where no region is short but some region's own margin and what its direct
    neighbours have to spare lie below its `cap`: elsewhere the room is above the cap without further search.
    """
    growth, flat, shape = demand
    regions = available.shape[0]
    zero = np.float32(0.0)
    for t in range(steps):
        tight[t] = 0
    for r in range(regions):
        row, have, want, g, d, form = margin[r], available[r], load[r], growth[r], flat[r], shape[r]
        for t in range(steps):
            m = have[t] - g * want[t] - d * form[t]
            row[t] = m
            tight[t] |= np.uint8(m < zero)
    reach = np.empty(steps, np.float32)
    for r in range(regions):
        if cap[r] == -np.inf:
            continue
        row, c = margin[r], cap[r]
        for t in range(steps):
            reach[t] = row[t]
        for i in range(len(network.start)):
            if network.start[i] == r:
                other, limit = margin[network.end[i]], np.float32(network.backward_mw[i, 0])
            elif network.end[i] == r:
                other, limit = margin[network.start[i]], np.float32(network.forward_mw[i, 0])
            else:
                continue
            for t in range(steps):
                reach[t] += min(max(other[t], zero), limit)
        for t in range(steps):
            tight[t] |= np.uint8(2) * np.uint8((reach[t] < c) & (row[t] < c))


@njit(cache=True, nogil=True, error_model="numpy")
def run_year(margin, tight, steps, stores, store_up, network, work, spare, cap, day_of, days, result, histogram, when):
    """Dispatch one weather year of one study year.

    Parameters
    ----------
    margin : float32 array (R, T)
    tight : uint8 array (T,)
        As `margins` leaves it; 0 needs nothing.
    cap : float32 array (R,)
        Room above which days are not recorded; minus infinity records none.
    result : float64 array (R + 1, 4)
        Out: hours, days, events, unserved MWh; last row the system.
    histogram : int32 array (R, BINS)
        Out: days by room.
    when : tuple
        Month and local hour tables (R + 1, T) and the accumulator of short hours (R + 1, 12, 24).
    """
    month, hour, calendar = when
    regions = margin.shape[0]
    result[:, :] = 0.0
    set_limits(network, 0, work)
    last_day = np.full(regions + 1, -1, np.int64)
    last_short = np.full(regions + 1, -2, np.int64)
    set_now(stores, store_up, 0, work.now)
    work.now.energy[:] = work.now.limit
    for r in range(regions):
        days.hours[r] = 0
    full, with_room = True, cap[0] > -np.inf
    for t in range(steps):
        if full and tight[t] == 0:
            continue
        if with_room:
            close_old(days, t, day_of, cap, network, work, spare, histogram)
        short = set_step(margin, network, t, work)
        if short:
            share_generation(network, work)
        if with_room:
            note_room(margin, t, cap, network, work, days, day_of)
        if full and not (short and still_short(work.need)):
            continue
        full = solve_rest(1.0, network, work, short, 1)
        if not short:
            continue
        total = 0.0
        for r in range(regions):
            total += work.unserved[r]
        if total <= TOLERANCE_MW:
            continue
        for r in range(regions + 1):
            gap = total if r == regions else work.unserved[r]
            if gap > TOLERANCE_MW:
                result[r, 0] += 1.0
                result[r, 3] += gap
                calendar[r, month[t], hour[r, t]] += 1.0
                if r < regions and days.hours[r] > 0:
                    days.short[r] = True
                if day_of[r, t] != last_day[r]:
                    result[r, 1] += 1.0
                    last_day[r] = day_of[r, t]
                if last_short[r] != t - 1:
                    result[r, 2] += 1.0
                last_short[r] = t
    for r in range(regions):
        if with_room:
            close_day(days, r, float(cap[r]), network, work, spare, histogram)

