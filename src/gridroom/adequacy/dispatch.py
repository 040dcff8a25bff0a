"""One horizon of one sample: screen, flow, storage, unserved load.

Order of use: own generation, other regions' generation, storage, unserved. Steps in which no region is short and every
store is full are decided by one comparison; the flow runs only in the others, so nothing is approximated.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gridroom.adequacy.flow import TOLERANCE_MW, Scratch, make_scratch, neighbours_first, reaches, serve
from gridroom.adequacy.storage import Now, charge, discharge, make_now, offer_mw, room_mw, stores_full, time_to_go_h

LEVELS = 4  # slices of time-to-go when stores of several regions share a shortage


class Network(NamedTuple):
    """Interfaces as plain arrays; limits are (I, T) or (I, 1) when constant [MW]."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    forward_mw: NDArray[np.float64]
    backward_mw: NDArray[np.float64]


class Work(NamedTuple):
    """Work arrays of one thread: by region, by interface, the stores, the flow search."""

    supply: NDArray[np.float64]
    need: NDArray[np.float64]
    used: NDArray[np.float64]
    take: NDArray[np.float64]
    unserved: NDArray[np.float64]
    spare: NDArray[np.float64]
    offer: NDArray[np.float64]
    given: NDArray[np.float64]
    flow: NDArray[np.float64]
    forward: NDArray[np.float64]
    backward: NDArray[np.float64]
    held: NDArray[np.float64]
    now: Now
    scratch: Scratch


def make_work(regions: int, start: NDArray[np.int64], end: NDArray[np.int64], stores: int) -> Work:
    """Work arrays for one thread."""
    r, t = regions, len(start)
    return Work(np.zeros(r), np.zeros(r), np.zeros(r), np.zeros(r), np.zeros(r), np.zeros(r), np.zeros(r), np.zeros(r),
                np.zeros(t), np.zeros(t), np.zeros(t), np.zeros(stores), make_now(regions, stores),
                make_scratch(regions, start, end))


@njit(cache=True, nogil=True, error_model="numpy")
def set_step(margin, network, t, work):
    """Load one step into the work arrays; returns whether any region is short."""
    short = False
    for r in range(len(margin)):
        m = margin[r, t]
        work.supply[r] = m if m > 0.0 else 0.0
        work.need[r] = -m if m < -TOLERANCE_MW else 0.0
        work.unserved[r] = 0.0
        short = short or m < -TOLERANCE_MW
    for i in range(len(network.start)):
        work.flow[i] = 0.0
    if network.forward_mw.shape[1] > 1:
        set_limits(network, t, work)
    return short


@njit(cache=True, nogil=True, error_model="numpy")
def set_limits(network, t, work):
    """Load the interface limits of one column; constant ones are loaded once before the first step."""
    for i in range(len(network.start)):
        work.forward[i] = network.forward_mw[i, t]
        work.backward[i] = network.backward_mw[i, t]


@njit(cache=True, nogil=True, error_model="numpy")
def share_generation(network, work):
    """Serve short regions from other regions' unused generation; what is left stays in `work.need`."""
    if len(network.start) == 0:
        return
    neighbours_first(work.supply, work.need, work.flow, work.forward, work.backward, network.start, network.end)
    serve(work.supply, work.need, work.flow, work.forward, work.backward, network.start, network.end, work.scratch)


@njit(cache=True, nogil=True, error_model="numpy")
def still_short(need):
    """Whether any region's load is still unserved."""
    for r in range(len(need)):
        if need[r] > TOLERANCE_MW:
            return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def use_storage(step_h, network, work, levels):
    """Serve what is still short from storage, from the longest time-to-go down, over the same network.

    Between regions time-to-go is levelled in `levels` slices; with one, the nearest region's stores come first.
    """
    regions, now = len(work.need), work.now
    longest, holders, wanted, most = 0.0, 0, 0.0, 0.0
    for r in range(regions):
        wanted += work.need[r]
        work.take[r] = 0.0
        if now.first[r] == now.first[r + 1]:
            continue
        here = time_to_go_h(now, r)
        if here > 0.0:
            holders += 1
            longest = max(longest, here)
            work.take[r] = offer_mw(now, step_h, r, 0.0)
            most += work.take[r]
    if holders == 0 or not reaches(work.take, work.need, work.flow, work.forward, work.backward, network.start,
                                   network.end, work.scratch):
        return
    slices = levels if holders > 1 and wanted < most else 1
    for k in range(slices):
        if not still_short(work.need):
            break
        level = longest * (1.0 - (k + 1) / slices)
        for r in range(regions):
            work.take[r] = max(offer_mw(now, step_h, r, level) - work.used[r], 0.0)
            work.used[r] += work.take[r]
        serve(work.take, work.need, work.flow, work.forward, work.backward, network.start, network.end, work.scratch)
        for r in range(regions):
            work.used[r] -= work.take[r]
    for r in range(regions):
        if work.used[r] > 0.0:
            discharge(now, step_h, r, work.used[r])


@njit(cache=True, nogil=True, error_model="numpy")
def fill_storage(step_h, network, work, short):
    """Charge stores from unused generation, at home first, then over the network; returns whether all are full.

    On return `work.used` holds what each region's stores took [MW].
    """
    regions, now = len(work.supply), work.now
    wanted = False
    for r in range(regions):
        work.take[r] = 0.0
        if now.first[r] == now.first[r + 1] or work.used[r] > TOLERANCE_MW:
            work.used[r] = 0.0  # a region whose stores gave power in this step takes none in it
            continue
        room = room_mw(now, step_h, r, -1.0)
        work.used[r] = room
        own = min(room, work.supply[r])
        work.supply[r] -= own
        work.take[r] = room - own
        wanted = wanted or work.take[r] > TOLERANCE_MW
    if wanted and len(network.start) > 0:
        if not short:
            neighbours_first(work.supply, work.take, work.flow, work.forward, work.backward, network.start, network.end)
        serve(work.supply, work.take, work.flow, work.forward, work.backward, network.start, network.end, work.scratch)
    for r in range(regions):
        got = work.used[r] - work.take[r]
        if got > 0.0:
            charge(now, step_h, r, got)
        work.used[r] = got
    return stores_full(now)


@njit(cache=True, nogil=True, error_model="numpy")
def solve_rest(step_h, network, work, short, levels):
    """After generation is shared: storage, unserved load, charging. Returns whether all stores are full."""
    for r in range(len(work.used)):
        work.used[r] = 0.0
    stores = len(work.now.energy)
    if short:
        if stores > 0 and still_short(work.need):
            use_storage(step_h, network, work, levels)
        for r in range(len(work.need)):
            work.unserved[r] = work.need[r] if work.need[r] > TOLERANCE_MW else 0.0
    return fill_storage(step_h, network, work, short) if stores > 0 else True


@njit(cache=True, nogil=True, error_model="numpy")
def solve_step(margin, t, step_h, network, work):
    """Solve one step; `work.unserved` holds each region's unserved load [MW]. Returns whether all stores are full."""
    short = set_step(margin, network, t, work)
    if short:
        share_generation(network, work)
    return solve_rest(step_h, network, work, short, LEVELS)


__all__ = ["LEVELS", "Network", "Work", "make_work", "set_limits", "set_step", "share_generation", "solve_rest",
           "solve_step", "still_short"]
