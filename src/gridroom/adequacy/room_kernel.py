"""Daily room of each region: how much flat load could still be served, from one dispatch.

In a tight hour the deliverable margin is what a region could still take from its own and others' unused generation over
the ties that are left. Stores carry a flat load through a day's tight hours as far as their energy and power go. Days are
counted by their room, so that LOLE as a function of added load is the cumulated count.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gridroom.adequacy.flow import TOLERANCE_MW, serve

BIN_MW = 50.0
BINS = 2400  # -60 to +60 GW
DAY_HOURS = 24
RING = 64  # hours of dispatch kept for days not yet over


class Days(NamedTuple):
    """Room of the current local day by region, and what is needed to work it out once the day is over.

    `value` (R, H) are deliverable margins of the day's tight hours [MW], lower bounds where `exact` is False; `own` the
    region's own margin, `slot` where the hour's dispatch is kept in `supply` (RING, R) and `flow` (RING, I). `hours`,
    `day`, `energy`, `power`, `short` are by region.
    """

    value: NDArray[np.float64]
    own: NDArray[np.float64]
    slot: NDArray[np.int64]
    exact: NDArray[np.bool_]
    hours: NDArray[np.int64]
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


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy")
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


@njit(cache=True, nogil=True, error_model="numpy")
def close_day(days, r, cap, network, work, spare, histogram):
    """Put the finished day of region r into the histogram of daily room, if it is below the cap.

    Lower bounds are made exact, lowest first, only as long as they bind: usually few are.
    """
    count = days.hours[r]
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
    days.hours[r] = 0


@njit(cache=True, nogil=True, error_model="numpy")
def note_room(margin, t, cap, network, work, days, day_of):
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
        count = days.hours[r]
        if count == 0:
            energy, power, now = 0.0, 0.0, work.now
            for s in range(now.first[r], now.first[r + 1]):
                energy += now.energy[s] * now.discharge_efficiency[s]
                power += now.power[s]
            days.energy[r], days.power[r] = energy, power
            days.day[r], days.short[r] = day_of[r, t], False
        days.value[r, count], days.own[r, count] = value, m
        days.slot[r, count], days.exact[r, count] = slot, exact
        days.hours[r] = count + 1
        kept = True
    if kept:
        days.supply[slot] = work.supply
        days.flow[slot] = work.flow


@njit(cache=True, nogil=True, error_model="numpy")
def close_old(days, t, day_of, cap, network, work, spare, histogram):
    """Close the days that are over in their region's local time."""
    for r in range(len(days.hours)):
        if days.hours[r] > 0 and day_of[r, t] != days.day[r]:
            close_day(days, r, float(cap[r]), network, work, spare, histogram)
