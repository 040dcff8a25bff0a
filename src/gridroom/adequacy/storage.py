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
BISECTIONS = 60


class Stores(NamedTuple):
    """Stores as plain arrays; two-dimensional ones are (S, T) or (S, 1) when constant.

    `first[r]:first[r + 1]` are the stores of region r; all limits are at the grid side of the store.
    """

    first: NDArray[np.int64]
    charge_mw: NDArray[np.float64]
    discharge_mw: NDArray[np.float64]
    energy_mwh: NDArray[np.float64]
    charge_efficiency: NDArray[np.float64]
    discharge_efficiency: NDArray[np.float64]
    carryover_efficiency: NDArray[np.float64]
    initial_mwh: NDArray[np.float64]


@njit(cache=True, nogil=True, inline="always")
def _at(table, row, t):
    """Value at step t of a table that may be constant over time."""
    return table[row, t if table.shape[1] > 1 else 0]


@njit(cache=True, nogil=True)
def offer_mw(stores, energy, up, t, step_h, region, level_h):
    """Power that a region's stores can give while none falls below a time-to-go of `level_h` [MW]."""
    total = 0.0
    for s in range(stores.first[region], stores.first[region + 1]):
        power = _at(stores.discharge_mw, s, t)
        if power <= 0.0 or not up[s]:
            continue
        room = energy[s] * _at(stores.discharge_efficiency, s, t) - level_h * power
        if room > 0.0:
            total += min(power, room / step_h)
    return total


@njit(cache=True, nogil=True)
def time_to_go_h(stores, energy, up, t, region):
    """Longest time-to-go among a region's stores [h]."""
    longest = 0.0
    for s in range(stores.first[region], stores.first[region + 1]):
        power = _at(stores.discharge_mw, s, t)
        if power > 0.0 and up[s]:
            longest = max(longest, energy[s] * _at(stores.discharge_efficiency, s, t) / power)
    return longest


@njit(cache=True, nogil=True)
def discharge(stores, energy, up, t, step_h, region, wanted_mw):
    """Take `wanted_mw` from a region's stores at one level of time-to-go; energy is changed in place."""
    first, last = stores.first[region], stores.first[region + 1]
    low, high = 0.0, time_to_go_h(stores, energy, up, t, region)
    if last - first > 1:
        for _ in range(BISECTIONS):
            middle = 0.5 * (low + high)
            if offer_mw(stores, energy, up, t, step_h, region, middle) >= wanted_mw:
                low = middle
            else:
                high = middle
    left = wanted_mw
    for s in range(first, last):
        power = _at(stores.discharge_mw, s, t)
        if power <= 0.0 or not up[s] or left <= 0.0:
            continue
        efficiency = _at(stores.discharge_efficiency, s, t)
        room = energy[s] * efficiency - low * power
        give = min(left, min(power, max(room, 0.0) / step_h))
        energy[s] = max(energy[s] - give * step_h / efficiency, 0.0)
        left -= give
    return wanted_mw - left


@njit(cache=True, nogil=True)
def _intake(stores, energy, up, t, step_h, s, level_h):
    """Power that store s takes while its time-to-go stays below `level_h` [MW]."""
    charge = _at(stores.charge_mw, s, t)
    if charge <= 0.0 or not up[s]:
        return 0.0
    efficiency = _at(stores.charge_efficiency, s, t)
    room = (_at(stores.energy_mwh, s, t) - energy[s]) / (efficiency * step_h)
    if level_h >= 0.0:
        power = max(_at(stores.discharge_mw, s, t), 1e-9)
        out = _at(stores.discharge_efficiency, s, t)
        room = min(room, (level_h * power / out - energy[s]) / (efficiency * step_h))
    return min(charge, max(room, 0.0))


@njit(cache=True, nogil=True)
def room_mw(stores, energy, up, t, step_h, region):
    """Power that a region's stores can take in this step [MW]."""
    total = 0.0
    for s in range(stores.first[region], stores.first[region + 1]):
        total += _intake(stores, energy, up, t, step_h, s, -1.0)
    return total


@njit(cache=True, nogil=True)
def charge(stores, energy, up, t, step_h, region, offered_mw):
    """Put `offered_mw` into a region's stores, shortest time-to-go first; returns what was taken [MW]."""
    first, last = stores.first[region], stores.first[region + 1]
    most = room_mw(stores, energy, up, t, step_h, region)
    level = -1.0
    if offered_mw < most - TOLERANCE_MW and last - first > 1:
        low, high = 0.0, 0.0
        for s in range(first, last):
            power = max(_at(stores.discharge_mw, s, t), 1e-9)
            high = max(high, _at(stores.energy_mwh, s, t) * _at(stores.discharge_efficiency, s, t) / power)
        for _ in range(BISECTIONS):
            middle = 0.5 * (low + high)
            total = 0.0
            for s in range(first, last):
                total += _intake(stores, energy, up, t, step_h, s, middle)
            if total > offered_mw:
                high = middle
            else:
                low = middle
        level = high
    left = offered_mw
    for s in range(first, last):
        take = min(left, _intake(stores, energy, up, t, step_h, s, level))
        if take > 0.0:
            limit = _at(stores.energy_mwh, s, t)
            energy[s] = min(energy[s] + take * step_h * _at(stores.charge_efficiency, s, t), limit)
            left -= take
    return offered_mw - left
