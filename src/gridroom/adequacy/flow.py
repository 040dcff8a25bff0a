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
    """Work arrays of the flow search: distance and arc of arrival by region."""

    distance: NDArray[np.int64]
    via: NDArray[np.int64]


@njit(cache=True, nogil=True)
def _search(supply, flow, forward, backward, start, end, scratch):
    """Distances from every region with supply over residual capacity (label correcting)."""
    distance, via = scratch.distance, scratch.via
    regions, interfaces = len(supply), len(start)
    for r in range(regions):
        distance[r] = 0 if supply[r] > TOLERANCE_MW else FAR
        via[r] = -1
    for _ in range(regions + 1):
        changed = False
        for i in range(interfaces):
            a, b, f = start[i], end[i], flow[i]
            if distance[a] < FAR and f < forward[i] - TOLERANCE_MW:
                step = distance[a] + (1 if f > -TOLERANCE_MW else -1)
                if step < distance[b]:
                    distance[b], via[b], changed = step, i, True
            if distance[b] < FAR and f > TOLERANCE_MW - backward[i]:
                step = distance[b] + (1 if f < TOLERANCE_MW else -1)
                if step < distance[a]:
                    distance[a], via[a], changed = step, i + interfaces, True
        if not changed:
            break


@njit(cache=True, nogil=True)
def _push(target, supply, need, flow, forward, backward, start, end, scratch):
    """Move as much as one path allows from its source to `target`; returns the amount [MW]."""
    via = scratch.via
    interfaces = len(start)
    amount = need[target]
    node = target
    while via[node] >= 0:
        arc = via[node]
        if arc < interfaces:
            f = flow[arc]
            amount = min(amount, forward[arc] - f if f > -TOLERANCE_MW else -f)
            node = start[arc]
        else:
            f = flow[arc - interfaces]
            amount = min(amount, backward[arc - interfaces] + f if f < TOLERANCE_MW else f)
            node = end[arc - interfaces]
    amount = min(amount, supply[node])
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


@njit(cache=True, nogil=True)
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


@njit(cache=True, nogil=True)
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
    for r in range(regions):  # own supply serves own need without crossing anything
        if need[r] > TOLERANCE_MW and supply[r] > 0.0:
            amount = min(need[r], supply[r])
            need[r] -= amount
            supply[r] -= amount
    if len(start) == 0:
        return
    for _ in range(4 * regions * regions + 16):
        _search(supply, flow, forward, backward, start, end, scratch)
        target, best = -1, FAR
        for r in range(regions):
            if need[r] > TOLERANCE_MW and scratch.distance[r] < best:
                target, best = r, scratch.distance[r]
        if target < 0:
            return
        if _push(target, supply, need, flow, forward, backward, start, end, scratch) <= TOLERANCE_MW * 1e-3:
            return
