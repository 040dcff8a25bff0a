"""One horizon of one sample: screen, flow, storage, unserved load.

Order of use: own generation, other regions' generation, storage, unserved. Steps in which no region is short and every
store is full are decided by one comparison; the flow runs only in the others, so nothing is approximated.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from gridroom.adequacy.flow import TOLERANCE_MW, Scratch, neighbours_first, serve
from gridroom.adequacy.storage import (
    Stores,
    charge,
    discharge,
    offer_mw,
    room_mw,
    time_to_go_h,
)
from numba import njit
from numpy.typing import NDArray

LEVELS = 16  # slices of time-to-go when stores of several regions share a shortage


class Network(NamedTuple):
    """Interfaces as plain arrays; limits are (I, T) or (I, 1) when constant [MW]."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    forward_mw: NDArray[np.float64]
    backward_mw: NDArray[np.float64]


class Work(NamedTuple):
    """Work arrays of one thread: by region, by interface, by store."""

    supply: NDArray[np.float64]
    need: NDArray[np.float64]
    used: NDArray[np.float64]
    take: NDArray[np.float64]
    unserved: NDArray[np.float64]
    flow: NDArray[np.float64]
    forward: NDArray[np.float64]
    backward: NDArray[np.float64]
    energy: NDArray[np.float64]
    scratch: Scratch


def make_work(regions: int, interfaces: int, stores: int) -> Work:
    """Work arrays for one thread."""
    by_region = [np.zeros(regions) for _ in range(5)]
    by_interface = [np.zeros(interfaces) for _ in range(3)]
    scratch = Scratch(np.zeros(regions, np.int64), np.zeros(regions, np.int64))
    return Work(*by_region, *by_interface, np.zeros(stores), scratch)


@njit(cache=True, nogil=True)
def set_step(margin, network, t, work):
    """Load one step into the work arrays; returns whether any region is short."""
    short = False
    for r in range(len(margin)):
        m = margin[r, t]
        work.supply[r] = m if m > 0.0 else 0.0
        work.need[r] = -m if m < -TOLERANCE_MW else 0.0
        work.unserved[r] = 0.0
        short = short or m < -TOLERANCE_MW
    column = t if network.forward_mw.shape[1] > 1 else 0
    for i in range(len(network.start)):
        work.flow[i] = 0.0
        work.forward[i] = network.forward_mw[i, column]
        work.backward[i] = network.backward_mw[i, column]
    return short


@njit(cache=True, nogil=True)
def share_generation(network, work):
    """Serve short regions from other regions' unused generation; what is left stays in `work.need`."""
    if len(network.start) == 0:
        return
    neighbours_first(work.supply, work.need, work.flow, work.forward, work.backward, network.start, network.end)
    serve(work.supply, work.need, work.flow, work.forward, work.backward, network.start, network.end, work.scratch)


@njit(cache=True, nogil=True)
def _still_short(need):
    for r in range(len(need)):
        if need[r] > TOLERANCE_MW:
            return True
    return False


@njit(cache=True, nogil=True)
def use_storage(stores, up, t, step_h, network, work):
    """Serve what is still short from storage, from the longest time-to-go down, over the same network."""
    regions = len(work.need)
    longest, holders = 0.0, 0
    for r in range(regions):
        work.used[r] = 0.0
        here = time_to_go_h(stores, work.energy, up, t, r)
        holders += here > 0.0
        longest = max(longest, here)
    if holders == 0:
        return
    slices = LEVELS if holders > 1 else 1
    for k in range(slices):
        if not _still_short(work.need):
            break
        level = longest * (1.0 - (k + 1) / slices)
        for r in range(regions):
            offer = offer_mw(stores, work.energy, up, t, step_h, r, level) - work.used[r]
            work.take[r] = offer if offer > 0.0 else 0.0
            work.used[r] += work.take[r]
        serve(work.take, work.need, work.flow, work.forward, work.backward, network.start, network.end, work.scratch)
        for r in range(regions):
            work.used[r] -= work.take[r]
    for r in range(regions):
        if work.used[r] > 0.0:
            discharge(stores, work.energy, up, t, step_h, r, work.used[r])


@njit(cache=True, nogil=True)
def fill_storage(stores, up, t, step_h, network, work):
    """Charge stores from unused generation, at home first, then over the network; returns whether all are full.

    On return `work.used` holds what each region's stores took [MW].
    """
    regions = len(work.supply)
    wanted = False
    for r in range(regions):
        work.take[r] = 0.0
        if stores.first[r] == stores.first[r + 1] or work.used[r] > TOLERANCE_MW:
            work.used[r] = 0.0  # a region whose stores gave power in this step takes none in it
            continue
        room = room_mw(stores, work.energy, up, t, step_h, r)
        work.used[r] = room
        own = min(room, work.supply[r])
        work.supply[r] -= own
        work.take[r] = room - own
        wanted = wanted or work.take[r] > TOLERANCE_MW
    if wanted and len(network.start) > 0:
        serve(work.supply, work.take, work.flow, work.forward, work.backward, network.start, network.end, work.scratch)
    for r in range(regions):
        got = work.used[r] - work.take[r]
        if got > 0.0:
            charge(stores, work.energy, up, t, step_h, r, got)
        work.used[r] = got
    return stores_full(stores, t, work.energy)


@njit(cache=True, nogil=True)
def stores_full(stores, t, energy):
    """Whether every store holds its limit."""
    column = t if stores.energy_mwh.shape[1] > 1 else 0
    for s in range(len(energy)):
        if energy[s] < stores.energy_mwh[s, column] - TOLERANCE_MW:
            return False
    return True


@njit(cache=True, nogil=True)
def solve_step(margin, stores, up, t, step_h, network, work):
    """Solve one step; `work.unserved` holds each region's unserved load [MW]. Returns whether all stores are full."""
    short = set_step(margin, network, t, work)
    for r in range(len(work.used)):
        work.used[r] = 0.0
    if short:
        share_generation(network, work)
        if len(work.energy) > 0 and _still_short(work.need):
            use_storage(stores, up, t, step_h, network, work)
        for r in range(len(work.need)):
            work.unserved[r] = work.need[r] if work.need[r] > TOLERANCE_MW else 0.0
    if len(work.energy) == 0:
        return True
    return fill_storage(stores, up, t, step_h, network, work)


@njit(cache=True, nogil=True)
def decay(stores, t, energy):
    """Energy carried from the step before: losses first, then this step's limit."""
    for s in range(len(energy)):
        keep = stores.carryover_efficiency[s, t if stores.carryover_efficiency.shape[1] > 1 else 0]
        limit = stores.energy_mwh[s, t if stores.energy_mwh.shape[1] > 1 else 0]
        energy[s] = min(energy[s] * keep, limit)


__all__ = ["LEVELS", "Network", "Stores", "Work", "decay", "make_work", "set_step", "share_generation", "solve_step",
           "stores_full"]
