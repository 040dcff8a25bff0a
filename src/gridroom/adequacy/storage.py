"""Storage inside one region and one step: time-to-go levelled, no look-ahead.

Discharge takes from the stores with the longest time-to-go until all that take part are level; charge fills the shortest
first. For one area this leaves the least unserved energy that any policy without knowledge of the future can [1]_.

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

TOLERANCE_MW = 1e-6


class Stores(NamedTuple):
    """Stores as tables: two-dimensional ones are (S, T) or (S, 1) when constant.

    `first[r]:first[r + 1]` are the stores of region r; powers are at the grid side, energy is inside.
    """

    first: NDArray[np.int64]
    charge_mw: NDArray[np.float64]
    discharge_mw: NDArray[np.float64]
    energy_mwh: NDArray[np.float64]
    charge_efficiency: NDArray[np.float64]
    discharge_efficiency: NDArray[np.float64]
    carryover_efficiency: NDArray[np.float64]
    initial_mwh: NDArray[np.float64]


class Now(NamedTuple):
    """Limits of the present step by store (S,), and stored energy, which the functions below change in place.

    `power` and `charge` are what is open now, 0 for a store that is out; `rated` is the full discharge power, and
    `hours_per_mwh` turns energy inside into time-to-go at it.
    """

    first: NDArray[np.int64]
    charge: NDArray[np.float64]
    power: NDArray[np.float64]
    rated: NDArray[np.float64]
    limit: NDArray[np.float64]
    charge_efficiency: NDArray[np.float64]
    discharge_efficiency: NDArray[np.float64]
    hours_per_mwh: NDArray[np.float64]
    energy: NDArray[np.float64]


def make_now(regions: int, stores: int) -> Now:
    """Arrays of one thread."""
    return Now(np.zeros(regions + 1, np.int64), *[np.zeros(stores) for _ in range(8)])


@njit(cache=True, nogil=True, error_model="numpy")
def is_constant(stores):
    """Whether no limit varies in time and nothing is lost from step to step."""
    constant = (stores.charge_mw.shape[1] == 1 and stores.discharge_mw.shape[1] == 1
                and stores.energy_mwh.shape[1] == 1 and stores.charge_efficiency.shape[1] == 1
                and stores.discharge_efficiency.shape[1] == 1 and stores.carryover_efficiency.shape[1] == 1)
    if constant:
        for s in range(stores.carryover_efficiency.shape[0]):
            constant = constant and stores.carryover_efficiency[s, 0] >= 1.0
    return constant


@njit(cache=True, nogil=True, error_model="numpy", inline="always")
def at_step(table, row, t):
    """Value at step t of a table that may be constant over time."""
    return table[row, t if table.shape[1] > 1 else 0]


@njit(cache=True, nogil=True, error_model="numpy")
def set_now(stores, up, t, now):
    """Load the limits of step t; a store that is out neither charges nor discharges and keeps its energy."""
    now.first[:] = stores.first
    for s in range(len(now.energy)):
        now.charge[s] = at_step(stores.charge_mw, s, t) if up[s] else 0.0
        now.power[s] = at_step(stores.discharge_mw, s, t) if up[s] else 0.0
        now.limit[s] = at_step(stores.energy_mwh, s, t)
        now.charge_efficiency[s] = at_step(stores.charge_efficiency, s, t)
        now.discharge_efficiency[s] = at_step(stores.discharge_efficiency, s, t)
        power = max(at_step(stores.discharge_mw, s, t), 1e-9)
        now.rated[s] = power
        now.hours_per_mwh[s] = now.discharge_efficiency[s] / power


@njit(cache=True, nogil=True, error_model="numpy")
def offer_mw(now, step_h, region, level_h):
    """Power that a region's stores can give while none falls below a time-to-go of `level_h` [MW]."""
    total = 0.0
    for s in range(now.first[region], now.first[region + 1]):
        power = now.power[s]
        if power > 0.0:
            room = now.energy[s] * now.discharge_efficiency[s] - level_h * now.rated[s]
            if room > 0.0:
                total += min(power, room / step_h)
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def time_to_go_h(now, region):
    """Longest time-to-go among a region's stores [h]."""
    longest = 0.0
    for s in range(now.first[region], now.first[region + 1]):
        if now.power[s] > 0.0:
            longest = max(longest, now.energy[s] * now.hours_per_mwh[s])
    return longest


@njit(cache=True, nogil=True, error_model="numpy")
def _discharge_level(now, step_h, region, wanted_mw):
    """Highest time-to-go at which the region's stores still give `wanted_mw` [h].

    The offer is piecewise linear in the level with two corners a store, so it is bracketed by its corners and then solved
    on a straight line: exact.
    """
    low, high = 0.0, time_to_go_h(now, region)
    at_low, at_high = offer_mw(now, step_h, region, 0.0), 0.0
    if at_low <= wanted_mw:
        return 0.0
    for s in range(now.first[region], now.first[region + 1]):
        if now.power[s] <= 0.0:
            continue
        empty = now.energy[s] * now.hours_per_mwh[s]
        for corner in (empty, empty - step_h * now.power[s] / now.rated[s]):
            if low < corner < high:
                value = offer_mw(now, step_h, region, corner)
                if value >= wanted_mw:
                    low, at_low = corner, value
                else:
                    high, at_high = corner, value
    if at_low - at_high <= 0.0:
        return low
    return low + (at_low - wanted_mw) / (at_low - at_high) * (high - low)


@njit(cache=True, nogil=True, error_model="numpy")
def discharge(now, step_h, region, wanted_mw):
    """Take `wanted_mw` from a region's stores at one level of time-to-go; returns what they gave [MW]."""
    first, last = now.first[region], now.first[region + 1]
    level = _discharge_level(now, step_h, region, wanted_mw) if last - first > 1 else 0.0
    left = wanted_mw
    for s in range(first, last):
        if now.power[s] > 0.0 and left > 0.0:
            room = now.energy[s] * now.discharge_efficiency[s] - level * now.rated[s]
            give = min(left, min(now.power[s], max(room, 0.0) / step_h))
            now.energy[s] = max(now.energy[s] - give * step_h / now.discharge_efficiency[s], 0.0)
            left -= give
    return wanted_mw - left


@njit(cache=True, nogil=True, error_model="numpy")
def _intake(now, step_h, s, level_h):
    """Power that store s takes while its time-to-go stays below `level_h` (negative: no level) [MW]."""
    if now.charge[s] <= 0.0:
        return 0.0
    room = now.limit[s] - now.energy[s]
    if level_h >= 0.0:
        room = min(room, level_h / now.hours_per_mwh[s] - now.energy[s])
    if room <= 0.0:
        return 0.0
    return min(now.charge[s], room / (now.charge_efficiency[s] * step_h))


@njit(cache=True, nogil=True, error_model="numpy")
def room_mw(now, step_h, region, level_h):
    """Power that a region's stores can take in this step, up to a time-to-go (negative: no level) [MW]."""
    total = 0.0
    for s in range(now.first[region], now.first[region + 1]):
        total += _intake(now, step_h, s, level_h)
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def _charge_level(now, step_h, region, offered_mw, most_mw):
    """Time-to-go up to which the region's stores are filled by `offered_mw` [h]; exact, as for discharge."""
    low, high, at_low, at_high = 0.0, 0.0, 0.0, most_mw
    first, last = now.first[region], now.first[region + 1]
    for s in range(first, last):
        high = max(high, now.limit[s] * now.hours_per_mwh[s])
    for s in range(first, last):
        full_step = now.energy[s] + now.charge[s] * now.charge_efficiency[s] * step_h
        for inside in (now.energy[s], full_step, now.limit[s]):
            corner = inside * now.hours_per_mwh[s]
            if low < corner < high:
                value = room_mw(now, step_h, region, corner)
                if value <= offered_mw:
                    low, at_low = corner, value
                else:
                    high, at_high = corner, value
    if at_high - at_low <= 0.0:
        return high
    return low + (offered_mw - at_low) / (at_high - at_low) * (high - low)


@njit(cache=True, nogil=True, error_model="numpy")
def charge(now, step_h, region, offered_mw):
    """Put `offered_mw` into a region's stores, shortest time-to-go first; returns what was taken [MW]."""
    first, last = now.first[region], now.first[region + 1]
    level = -1.0
    if last - first > 1:
        most = room_mw(now, step_h, region, -1.0)
        if offered_mw < most - TOLERANCE_MW:
            level = _charge_level(now, step_h, region, offered_mw, most)
    left = offered_mw
    for s in range(first, last):
        take = min(left, _intake(now, step_h, s, level))
        if take > 0.0:
            now.energy[s] = min(now.energy[s] + take * step_h * now.charge_efficiency[s], now.limit[s])
            left -= take
    return offered_mw - left


@njit(cache=True, nogil=True, error_model="numpy")
def close_power(now, held, step_h):
    """Take what each store gave since it held `held` (S,) MWh from the power that is still open in this step."""
    for s in range(len(held)):
        given = (held[s] - now.energy[s]) * now.discharge_efficiency[s] / step_h
        now.power[s] = max(now.power[s] - given, 0.0)


@njit(cache=True, nogil=True, error_model="numpy")
def stores_full(now):
    """Whether every store holds its limit."""
    for s in range(len(now.energy)):
        if now.energy[s] < now.limit[s] - TOLERANCE_MW:
            return False
    return True


@njit(cache=True, nogil=True, error_model="numpy")
def decay(stores, t, now):
    """Energy carried from the step before: losses first, then this step's limit."""
    for s in range(len(now.energy)):
        now.energy[s] = min(now.energy[s] * at_step(stores.carryover_efficiency, s, t), now.limit[s])
