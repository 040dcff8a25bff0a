"""Kernels of the outlook: one draw of outages serves every study year; one dispatch gives risk and room.

Outages are kept as integer hundredths of a MW, so that sums do not depend on order. Units in service in all years enter
once; units that come or go enter as differences from the year in which they do.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from gridroom.adequacy.dispatch import set_limits, set_step, share_generation, solve_rest, still_short
from gridroom.adequacy.flow import TOLERANCE_MW, serve
from gridroom.adequacy.outages import change_step, wait
from gridroom.adequacy.storage import set_now
from gridroom.core.draws import STREAM_OUTAGE, key_of, uniform, unit_key
from numba import njit
from numpy.typing import NDArray

MW_UNIT = 0.01
BIN_MW = 50.0
BINS = 2400  # -60 to +60 GW
DAY_HOURS = 24
RING = 64  # hours of dispatch kept for days not yet over


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


@njit(cache=True, nogil=True, inline="always")
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


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
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
                t = change_step(hazard, row, t, draw, steps)
                if t >= steps:
                    break
                a = t
            else:
                t = min(t + wait(draw, fleet.repair_inverse[u]), steps)
                _add_unit(changes, fleet, u, a, t, seasons)
                if t >= steps:
                    break
            up = not up


@njit(cache=True, nogil=True)
def next_year(changes, y, steps, out):
    """Turn differences of study year y into MW out and add them to the year before's, in place."""
    for r in range(out.shape[0]):
        row, change = out[r], changes[y, r]
        running = np.int32(0)
        for t in range(steps):
            running += change[t]
            row[t] += running


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
def margins(available, load, growth, flat, cap, network, steps, margin, tight):
    """Margin by region and hour, and what each hour needs.

    `tight` gets 1 where a region is short, and 2 where no region is short but some region's own margin and what its direct
    neighbours have to spare lie below its `cap`: elsewhere the room is above the cap without further search.
    """
    regions = available.shape[0]
    zero = np.float32(0.0)
    for t in range(steps):
        tight[t] = 0
    for r in range(regions):
        row, have, want, g, d = margin[r], available[r], load[r], growth[r], flat[r]
        for t in range(steps):
            m = have[t] - g * want[t] - d
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


class Days(NamedTuple):
    """Room of the current local day by region, and what is needed to work it out once the day is over.

    `value` (R, H) are deliverable margins of the day's tight hours [MW], lower bounds where `exact` is False; `own` the
    region's own margin, `slot` where the hour's dispatch is kept in `supply` (RING, R) and `flow` (RING, I). `count`,
    `day`, `energy`, `power`, `short` are by region.
    """

    value: NDArray[np.float64]
    own: NDArray[np.float64]
    slot: NDArray[np.int64]
    exact: NDArray[np.bool_]
    count: NDArray[np.int64]
    day: NDArray[np.int64]
    energy: NDArray[np.float64]
    power: NDArray[np.float64]
    short: NDArray[np.bool_]
    supply: NDArray[np.float64]
    flow: NDArray[np.float64]


def make_days(regions: int, interfaces: int) -> Days:
    """Arrays of one thread."""
    table = (regions, DAY_HOURS)
    return Days(np.zeros(table), np.zeros(table), np.zeros(table, np.int64), np.zeros(table, np.bool_),
                np.zeros(regions, np.int64), np.zeros(regions, np.int64), np.zeros(regions), np.zeros(regions),
                np.zeros(regions, np.bool_), np.zeros((RING, regions)), np.zeros((RING, interfaces)))


@njit(cache=True, nogil=True)
def nearby(m, region, network, work):
    """Lower bound of the deliverable margin from direct neighbours alone, and whether it is exact (ties full) [MW]."""
    first, arcs, interfaces = work.scratch.first, work.scratch.arcs, len(network.start)
    inflow, near, most = 0.0, 0.0, 0.0
    for k in range(first[region], first[region + 1]):
        arc = arcs[k]
        if arc < interfaces:
            inflow -= work.flow[arc]
            room, have = work.backward[arc] + work.flow[arc], work.supply[network.end[arc]]
        else:
            arc -= interfaces
            inflow += work.flow[arc]
            room, have = work.forward[arc] - work.flow[arc], work.supply[network.start[arc]]
        near += min(have, room)
        most += room
    return m + max(inflow + near, 0.0), near >= most - TOLERANCE_MW


@njit(cache=True, nogil=True)
def deliverable(m, region, cap, supply_then, flow_then, network, work, spare):
    """Most flat load that region can still serve in an hour from generation, own and others' [MW].

    Others' own loads are served first from what they have; the region's own generation is its own first. Values above
    `cap` are cut there. `supply_then`, `flow_then` are unused generation and flow after the hour's dispatch.
    """
    supply, need, flow = spare.supply, spare.need, spare.flow
    inflow = 0.0
    for i in range(len(flow)):
        flow[i] = flow_then[i]
        if network.start[i] == region:
            inflow -= flow[i]
        elif network.end[i] == region:
            inflow += flow[i]
    for r in range(len(supply)):
        supply[r] = supply_then[r]
        need[r] = 0.0
    wanted = cap - m - inflow
    if wanted <= 0.0:
        return cap
    supply[region] = 0.0
    need[region] = wanted
    serve(supply, need, flow, work.forward, work.backward, network.start, network.end, spare.scratch)
    return min(cap, m + max(inflow + wanted - need[region], 0.0))


@njit(cache=True, nogil=True)
def day_room(values, energy, power, cap):
    """Flat load that a region's stores carry through a day's tight hours: the level they can fill to [MW]."""
    order = np.sort(values)
    count = len(order)
    level, filled = cap, 0.0
    for k in range(count):
        # Raise the k + 1 lowest hours together up to the next one, as far as the energy goes.
        top = order[k + 1] if k + 1 < count else cap
        step = (top - order[k]) * (k + 1)
        if filled + step >= energy:
            level = order[k] + (energy - filled) / (k + 1)
            break
        filled += step
    return min(level, min(order[0] + power, cap))


@njit(cache=True, nogil=True)
def close_day(days, r, cap, network, work, spare, histogram):
    """Put the finished day of region r into the histogram of daily room, if it is below the cap.

    Lower bounds are made exact, lowest first, only as long as they bind: usually few are.
    """
    count = days.count[r]
    if count == 0:
        return
    values = days.value[r, :count]
    while True:
        room = day_room(values, days.energy[r], days.power[r], cap)
        if room >= cap:
            break
        worst = -1
        for k in range(count):
            if not days.exact[r, k] and values[k] < room + TOLERANCE_MW and (worst < 0 or values[k] < values[worst]):
                worst = k
        if worst < 0:
            break
        slot = days.slot[r, worst]
        values[worst] = deliverable(days.own[r, worst], r, cap, days.supply[slot], days.flow[slot], network, work, spare)
        days.exact[r, worst] = True
    # The sign agrees with the dispatch: other regions' stores may have helped, or the own ones been empty.
    room = min(room, -1e-3) if days.short[r] else max(room, 0.0)
    if room < cap:
        k = int(np.floor(room / BIN_MW)) + BINS // 2
        histogram[r, min(max(k, 0), BINS - 1)] += 1
    days.count[r] = 0


@njit(cache=True, nogil=True)
def _note_room(margin, t, cap, network, work, days, day_of):
    """Note the hour for the regions whose room may lie below their cap, before storage is used."""
    kept = False
    slot = t % RING
    for r in range(margin.shape[0]):
        limit = float(cap[r])
        m = float(margin[r, t])
        if m >= limit:
            continue
        if work.need[r] > TOLERANCE_MW:
            value, exact = -work.need[r], True
        else:
            value, exact = nearby(m, r, network, work)
        if value >= limit:
            continue
        count = days.count[r]
        if count == 0:
            energy, power, now = 0.0, 0.0, work.now
            for s in range(now.first[r], now.first[r + 1]):
                energy += now.energy[s] * now.discharge_efficiency[s]
                power += now.power[s]
            days.energy[r], days.power[r] = energy, power
            days.day[r], days.short[r] = day_of[r, t], False
        days.value[r, count], days.own[r, count] = value, m
        days.slot[r, count], days.exact[r, count] = slot, exact
        days.count[r] = count + 1
        kept = True
    if kept:
        days.supply[slot] = work.supply
        days.flow[slot] = work.flow


@njit(cache=True, nogil=True)
def _close_old(days, t, day_of, cap, network, work, spare, histogram):
    """Close the days that are over in their region's local time."""
    for r in range(len(days.count)):
        if days.count[r] > 0 and day_of[r, t] != days.day[r]:
            close_day(days, r, float(cap[r]), network, work, spare, histogram)


@njit(cache=True, nogil=True)
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
        days.count[r] = 0
    full, with_room = True, cap[0] > -np.inf
    for t in range(steps):
        if full and tight[t] == 0:
            continue
        if with_room:
            _close_old(days, t, day_of, cap, network, work, spare, histogram)
        short = set_step(margin, network, t, work)
        if short:
            share_generation(network, work)
        if with_room:
            _note_room(margin, t, cap, network, work, days, day_of)
        if full and not (short and still_short(work.need)):
            continue
        full = solve_rest(1.0, network, work, short)
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
                if r < regions and days.count[r] > 0:
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


__all__ = ["BINS", "BIN_MW", "Days", "Fleet", "available_mw", "draw_outages", "margins", "next_year", "make_days", "run_year"]
