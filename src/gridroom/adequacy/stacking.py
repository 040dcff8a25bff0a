"""Which store serves a shortage and which is filled, over several regions; and hybrids, whose inflow may do either.

Two orders. `LEVELLED`: real time-to-go, levelled inside the step, exactly within a region [1]_; between regions in slices, the
last one bisected. `FIXED`: time-to-go rounded to whole hours, longest first, one after the other, as PRAS orders its stores;
offered for comparison.

References
----------
.. [1] Evans, Tindemans & Angeli 2019, *Minimising unserved energy using heterogeneous storage units*, IEEE TPWRS 34(5),
   3647-3656, arXiv 1807.09044.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gridroom.adequacy.dispatch import still_short
from gridroom.adequacy.flow import TOLERANCE_MW, neighbours_first, reaches, serve
from gridroom.adequacy.storage import at_step, charge, close_power, discharge, offer_mw, room_mw, stores_full, time_to_go_h

LEVELLED, FIXED = 0, 1
SLICES = 16
HALVINGS = 20


class HybridTable(NamedTuple):
    """Hybrids (H): index of their store, and tables (H, T) or (H, 1) [MW]; `deliver` is min(inflow, injection)."""

    store: NDArray[np.int64]
    region: NDArray[np.int64]
    inflow_mw: NDArray[np.float64]
    deliver_mw: NDArray[np.float64]
    withdrawal_mw: NDArray[np.float64]
    injection_mw: NDArray[np.float64]


@njit(cache=True, nogil=True, error_model="numpy")
def start_hybrids(hybrids, up, t, step_h, now):
    """What inflow leaves of the injection limit is open to discharge; inflow beyond that limit goes into the store."""
    for h in range(len(hybrids.store)):
        s = hybrids.store[h]
        if not up[t, s]:
            continue
        deliver = at_step(hybrids.deliver_mw, h, t)
        now.power[s] = min(now.power[s], max(at_step(hybrids.injection_mw, h, t) - deliver, 0.0))
        free = min(at_step(hybrids.inflow_mw, h, t) - deliver, now.charge[s])
        if free > 0.0:
            room = max(now.limit[s] - now.energy[s], 0.0) / (max(now.charge_efficiency[s], 1e-9) * step_h)
            free = min(free, room)
            now.energy[s] = min(now.energy[s] + free * now.charge_efficiency[s] * step_h, now.limit[s])
            now.charge[s] -= free


@njit(cache=True, nogil=True, error_model="numpy")
def limit_hybrids(hybrids, up, t, work):
    """What hybrids may still charge: their own inflow that is left over, and what they may draw from the grid."""
    now = work.now
    for r in range(len(work.supply)):
        work.spare[r] = work.supply[r]
    for h in range(len(hybrids.store)):
        s, r = hybrids.store[h], hybrids.region[h]
        if up[t, s]:
            own = min(at_step(hybrids.deliver_mw, h, t), min(work.spare[r], now.charge[s]))
            work.spare[r] -= own
            now.charge[s] = min(now.charge[s], own + at_step(hybrids.withdrawal_mw, h, t))


@njit(cache=True, nogil=True, error_model="numpy")
def _serve(work, network, supply, need):
    serve(supply, need, work.flow, work.forward, work.backward, network.start, network.end, work.scratch)


@njit(cache=True, nogil=True, error_model="numpy")
def _try_level(level, step_h, network, work, need, flow, used):
    """From the saved state, serve down to a time-to-go of `level`; returns whether anything is still short."""
    for r in range(len(work.need)):
        work.need[r], work.used[r] = need[r], used[r]
        work.take[r] = max(offer_mw(work.now, step_h, r, level) - work.used[r], 0.0)
        work.used[r] += work.take[r]
    for i in range(len(flow)):
        work.flow[i] = flow[i]
    _serve(work, network, work.take, work.need)
    for r in range(len(work.need)):
        work.used[r] -= work.take[r]
    return still_short(work.need)


@njit(cache=True, nogil=True, error_model="numpy")
def _discharge_levelled(step_h, network, work):
    regions, now = len(work.need), work.now
    longest, holders = 0.0, 0
    for r in range(regions):
        work.take[r] = 0.0
        here = time_to_go_h(now, r) if now.first[r] < now.first[r + 1] else 0.0
        if here > 0.0:
            holders += 1
            longest = max(longest, here)
            work.take[r] = offer_mw(now, step_h, r, 0.0)
    if holders == 0 or not reaches(work.take, work.need, work.flow, work.forward, work.backward, network.start,
                                   network.end, work.scratch):
        return
    need, flow, used = work.need.copy(), work.flow.copy(), work.used.copy()
    exhausted = _try_level(0.0, step_h, network, work, need, flow, used)
    if holders > 1 and not exhausted:
        above = longest
        for k in range(SLICES):
            level = longest * (1.0 - (k + 1) / SLICES)
            if _try_level(level, step_h, network, work, need, flow, used):
                need[:], flow[:], used[:] = work.need, work.flow, work.used
                above = level
                continue
            low = level
            for _ in range(HALVINGS):
                middle = 0.5 * (low + above)
                if _try_level(middle, step_h, network, work, need, flow, used):
                    above = middle
                else:
                    low = middle
            _try_level(low, step_h, network, work, need, flow, used)
            break
    for r in range(regions):
        if work.used[r] > 0.0:
            discharge(now, step_h, r, work.used[r])


@njit(cache=True, nogil=True, error_model="numpy")
def _whole_hours(now, s):
    return np.floor(now.energy[s] * now.hours_per_mwh[s] + 0.5)


@njit(cache=True, nogil=True, error_model="numpy")
def _next_hours(hours, after, longest_first):
    """Next value in order after the one just done (-1: none yet); -1 when there is none."""
    best = -1.0
    for s in range(len(hours)):
        if longest_first:
            if (after < 0.0 or hours[s] < after) and hours[s] > best:
                best = hours[s]
        elif hours[s] > after and (best < 0.0 or hours[s] < best):
            best = hours[s]
    return best


@njit(cache=True, nogil=True, error_model="numpy")
def _discharge_fixed(step_h, network, work):
    regions, now = len(work.need), work.now
    hours = np.empty(len(now.energy))
    for s in range(len(hours)):
        hours[s] = _whole_hours(now, s)
    group = _next_hours(hours, -1.0, True)
    while group >= 0.0 and still_short(work.need):
        for r in range(regions):
            work.take[r] = 0.0
            for s in range(now.first[r], now.first[r + 1]):
                if hours[s] == group:
                    work.take[r] += min(now.power[s], now.energy[s] * now.discharge_efficiency[s] / step_h)
            work.given[r] = work.take[r]
        _serve(work, network, work.take, work.need)
        for r in range(regions):
            gave = work.given[r] - work.take[r]
            work.used[r] += gave
            for s in range(now.first[r], now.first[r + 1]):
                if hours[s] == group and gave > 0.0:
                    part = min(gave, min(now.power[s], now.energy[s] * now.discharge_efficiency[s] / step_h))
                    now.energy[s] = max(now.energy[s] - part * step_h / max(now.discharge_efficiency[s], 1e-9), 0.0)
                    gave -= part
        group = _next_hours(hours, group, True)


@njit(cache=True, nogil=True, error_model="numpy")
def discharge_stores(step_h, network, work, order):
    """Serve what is still short from storage; `work.used` holds what each region's stores gave."""
    now = work.now
    for s in range(len(now.energy)):
        work.held[s] = now.energy[s]
    if order == FIXED:
        _discharge_fixed(step_h, network, work)
    else:
        _discharge_levelled(step_h, network, work)
    close_power(now, work.held, step_h)  # what was given is no longer open to pay back demand response


@njit(cache=True, nogil=True, error_model="numpy")
def _charge_fixed(now, step_h, region, offered_mw):
    """Fill a region's stores in the rounded order, shortest first."""
    first, last = now.first[region], now.first[region + 1]
    hours = np.full(len(now.energy), -1.0)
    for s in range(first, last):
        hours[s] = _whole_hours(now, s)
    left = offered_mw
    group = _next_hours(hours, -1.0, False)
    while group >= 0.0 and left > 0.0:
        for s in range(first, last):
            if hours[s] == group:
                room = max(now.limit[s] - now.energy[s], 0.0) / (max(now.charge_efficiency[s], 1e-9) * step_h)
                take = min(left, min(now.charge[s], room))
                now.energy[s] = min(now.energy[s] + take * step_h * now.charge_efficiency[s], now.limit[s])
                left -= take
        group = _next_hours(hours, group, False)


@njit(cache=True, nogil=True, error_model="numpy")
def charge_stores(step_h, network, work, order, flowing):
    """Charge stores from unused generation, at home first, then over the network; returns whether all are full.

    A region whose stores gave power in this step takes none in it: storage never charges from storage.
    """
    regions, now = len(work.supply), work.now
    wanted = False
    for r in range(regions):
        work.take[r] = 0.0
        work.given[r] = 0.0
        if now.first[r] == now.first[r + 1] or work.used[r] > TOLERANCE_MW:
            continue
        room = room_mw(now, step_h, r, -1.0)
        own = min(room, work.supply[r])
        work.given[r] = room
        work.supply[r] -= own
        work.take[r] = room - own
        wanted = wanted or work.take[r] > TOLERANCE_MW
    if wanted and len(network.start) > 0:
        if not flowing:
            neighbours_first(work.supply, work.take, work.flow, work.forward, work.backward, network.start, network.end)
        _serve(work, network, work.supply, work.take)
    for r in range(regions):
        got = work.given[r] - work.take[r]
        if got > 0.0:
            if order == FIXED:
                _charge_fixed(now, step_h, r, got)
            else:
                charge(now, step_h, r, got)
    return stores_full(now)
