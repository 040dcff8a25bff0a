"""Transport flow between regions: successive shortest paths, one unit of cost per interface crossed.

Pipes and bubbles, no impedance. Serving along shortest paths gives, at each amount served, the least number of
crossings; the amount served in the end is the maximum that the limits allow [1]_.

References
----------
.. [1] Ahuja, Magnanti & Orlin 1993, *Network Flows*, section 9.7 (successive shortest path algorithm).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

TOLERANCE_MW = 1e-6
FAR = 1_000_000


class Scratch(NamedTuple):
    """Work arrays of the flow search, and the arcs that leave each region.

    `arcs[first[r]:first[r + 1]]` are the arcs out of region r: i for interface i forwards, I + i for backwards.
    """

    distance: NDArray[np.int64]
    via: NDArray[np.int64]
    queue: NDArray[np.int64]
    waiting: NDArray[np.bool_]
    first: NDArray[np.int64]
    arcs: NDArray[np.int64]


def make_scratch(regions: int, start: NDArray[np.int64], end: NDArray[np.int64]) -> Scratch:
    """Work arrays for a network of I interfaces from `start` to `end`."""
    origin = np.concatenate([start, end]).astype(np.int64)
    arcs = np.argsort(origin, kind="stable")
    first = np.searchsorted(origin[arcs], np.arange(regions + 1)).astype(np.int64)
    return Scratch(np.zeros(regions, np.int64), np.zeros(regions, np.int64), np.zeros(regions + 1, np.int64),
                   np.zeros(regions, np.bool_), first, arcs.astype(np.int64))


@njit(cache=True, nogil=True, error_model="numpy")
def _search(supply, flow, forward, backward, start, end, scratch):
    """Distances from every region with supply over residual capacity (label correcting with a queue)."""
    distance, via, queue, waiting, first, arcs = scratch
    regions, interfaces = len(supply), len(start)
    head, tail, size = 0, 0, regions + 1
    for r in range(regions):
        via[r] = -1
        waiting[r] = supply[r] > TOLERANCE_MW
        distance[r] = 0 if waiting[r] else FAR
        if waiting[r]:
            queue[tail] = r
            tail += 1
    for _ in range(regions * (regions + 2)):
        if head == tail:
            break
        node = queue[head]
        head = head + 1 if head + 1 < size else 0
        waiting[node] = False
        here = distance[node]
        for k in range(first[node], first[node + 1]):
            arc = arcs[k]
            if arc < interfaces:
                f, other = flow[arc], end[arc]
                if f >= forward[arc] - TOLERANCE_MW:
                    continue
                step = here + (1 if f > -TOLERANCE_MW else -1)
            else:
                f, other = flow[arc - interfaces], start[arc - interfaces]
                if f <= TOLERANCE_MW - backward[arc - interfaces]:
                    continue
                step = here + (1 if f < TOLERANCE_MW else -1)
            if step < distance[other]:
                distance[other], via[other] = step, arc
                if not waiting[other]:
                    waiting[other] = True
                    queue[tail] = other
                    tail = tail + 1 if tail + 1 < size else 0


@njit(cache=True, nogil=True, error_model="numpy")
def _push(target, supply, need, flow, forward, backward, start, end, scratch):
    """Move as much as the path found allows from its source to `target`; returns the amount [MW].

    Earlier pushes of the same search may have filled or lengthened the path: then nothing is moved.
    """
    via, interfaces = scratch.via, len(start)
    amount, cost = need[target], 0
    node = target
    while via[node] >= 0:
        arc = via[node]
        if arc < interfaces:
            f = flow[arc]
            onward = f > -TOLERANCE_MW
            amount = min(amount, forward[arc] - f if onward else -f)
            node = start[arc]
        else:
            f = flow[arc - interfaces]
            onward = f < TOLERANCE_MW
            amount = min(amount, backward[arc - interfaces] + f if onward else f)
            node = end[arc - interfaces]
        cost += 1 if onward else -1
        if cost > 2 * len(via):
            return 0.0
    amount = min(amount, supply[node])
    if amount <= TOLERANCE_MW or cost != scratch.distance[target]:
        return 0.0
    supply[node] -= amount
    need[target] -= amount
    node = target
    while via[node] >= 0:
        arc = via[node]
        if arc < interfaces:
            flow[arc] += amount
            node = start[arc]
        else:
            flow[arc - interfaces] -= amount
            node = end[arc - interfaces]
    return amount


@njit(cache=True, nogil=True, error_model="numpy")
def _push_all(supply, need, flow, forward, backward, start, end, scratch):
    """Serve every region in need along the paths of one search, nearest first; returns the amount [MW]."""
    tried = scratch.waiting
    tried[:] = False
    total = 0.0
    for _ in range(len(need)):
        target, best = -1, FAR
        for r in range(len(need)):
            if need[r] > TOLERANCE_MW and not tried[r] and scratch.distance[r] < best:
                target, best = r, scratch.distance[r]
        if target < 0:
            break
        tried[target] = True
        total += _push(target, supply, need, flow, forward, backward, start, end, scratch)
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def neighbours_first(supply, need, flow, forward, backward, start, end):
    """Serve what direct neighbours can: every path of one crossing, before any longer one. Needs zero flow."""
    for i in range(len(start)):
        a, b = start[i], end[i]
        if need[b] > TOLERANCE_MW and supply[a] > TOLERANCE_MW:
            amount = min(need[b], min(supply[a], forward[i] - flow[i]))
            if amount > 0.0:
                flow[i] += amount
                supply[a] -= amount
                need[b] -= amount
        elif need[a] > TOLERANCE_MW and supply[b] > TOLERANCE_MW:
            amount = min(need[a], min(supply[b], backward[i] + flow[i]))
            if amount > 0.0:
                flow[i] -= amount
                supply[b] -= amount
                need[a] -= amount


@njit(cache=True, nogil=True, error_model="numpy")
def can_enter(need, flow, forward, backward, start, end):
    """Whether any interface into a region in need has capacity left; spares the search when all are full."""
    for i in range(len(start)):
        if need[end[i]] > TOLERANCE_MW and flow[i] < forward[i] - TOLERANCE_MW:
            return True
        if need[start[i]] > TOLERANCE_MW and flow[i] > TOLERANCE_MW - backward[i]:
            return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def reaches(supply, need, flow, forward, backward, start, end, scratch):
    """Whether any supply can reach any need, at home or over what is left of the network."""
    for r in range(len(need)):
        if need[r] > TOLERANCE_MW and supply[r] > TOLERANCE_MW:
            return True
    if not can_enter(need, flow, forward, backward, start, end):
        return False
    _search(supply, flow, forward, backward, start, end, scratch)
    for r in range(len(need)):
        if need[r] > TOLERANCE_MW and scratch.distance[r] < FAR:
            return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def serve(supply, need, flow, forward, backward, start, end, scratch):
    """Serve `need` from `supply` over the interfaces, as much as can be, with the fewest crossings.

    Parameters
    ----------
    supply, need : float64 array (R,)
        What each region can give and still wants [MW]; both are reduced in place.
    flow : float64 array (I,)
        Flow from `start` to `end` [MW], changed in place.
    forward, backward : float64 array (I,)
        Limits in the two directions [MW].
    start, end : int64 array (I,)
        Regions joined.
    scratch : Scratch
        Work arrays.
    """
    regions = len(supply)
    open_need = False
    for r in range(regions):  # own supply serves own need without crossing anything
        if need[r] > TOLERANCE_MW:
            if supply[r] > 0.0:
                amount = min(need[r], supply[r])
                need[r] -= amount
                supply[r] -= amount
            open_need = open_need or need[r] > TOLERANCE_MW
    if len(start) == 0 or not open_need:
        return
    for _ in range(4 * regions * regions + 16):
        if not can_enter(need, flow, forward, backward, start, end):
            return
        _search(supply, flow, forward, backward, start, end, scratch)
        if _push_all(supply, need, flow, forward, backward, start, end, scratch) <= TOLERANCE_MW:
            return
