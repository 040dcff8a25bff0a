"""The screen: which blocks of steps can matter in a sample, and their margins and states with the outages applied."""

from __future__ import annotations

from numba import njit

from gridroom.adequacy.grid import BACKUP, DEVICE, HYBRID, LINE, STORE, UNIT


@njit(cache=True, nogil=True, error_model="numpy")
def screen(low, shift, region, screen_mw, events, total, touched, candidate, next_one, taken, every_step, has_stores):
    """Mark the blocks that may be short when `taken` (R,) MW are added to load; and the next, where stores recharge.

    `next_one[b]` becomes the first marked block from b on.
    """
    starts, ends, assets = events
    regions, blocks = low.shape
    touched[:, :] = 0.0
    for k in range(total):
        a = assets[k]
        r = region[a]
        if r >= 0:
            mw = screen_mw[a]
            touched[r, starts[k] >> shift] += mw
            touched[r, ((ends[k] - 1) >> shift) + 1] -= mw
    candidate[:] = every_step
    for r in range(regions):
        out = taken[r]
        for b in range(blocks):
            out += touched[r, b]
            if low[r, b] - out < 1e-6:
                candidate[b] = True
    if has_stores:
        for b in range(blocks - 1, 0, -1):
            candidate[b] = candidate[b] or candidate[b - 1]
    after = blocks
    next_one[blocks] = blocks
    for b in range(blocks - 1, -1, -1):
        after = b if candidate[b] else after
        next_one[b] = after


@njit(cache=True, nogil=True, error_model="numpy")
def _fill(grid, parts, rules, desk, first, last):
    """Steps before outages: everything in service."""
    margin, base = desk.margin, grid.base
    for r in range(base.shape[0]):
        for t in range(first, last):
            margin[r, t] = base[r, t]
    if rules.lines_fail:
        forward, backward, sum_forward, sum_backward = desk.forward, desk.backward, grid.sum_forward, grid.sum_backward
        wide = sum_forward.shape[1] > 1
        for i in range(forward.shape[0]):
            for t in range(first, last):
                forward[i, t] = sum_forward[i, t if wide else 0]
                backward[i, t] = sum_backward[i, t if wide else 0]
    store_up, device_up, backup_up, units = desk.store_up, desk.device_up, desk.backup_up, parts.loads.units
    if store_up.shape[1] > 0 or device_up.shape[1] > 0 or backup_up.shape[1] > 0:
        for t in range(first, last):
            for s in range(store_up.shape[1]):
                store_up[t, s] = True
            for d in range(device_up.shape[1]):
                device_up[t, d] = True
            for k in range(backup_up.shape[1]):
                backup_up[t, k] = units[k]


@njit(cache=True, nogil=True, error_model="numpy")
def _less(margin, region, capacity, row, mw, first, last):
    """Take an outage from its region's margin."""
    if row < 0:
        for t in range(first, last):
            margin[region, t] -= mw
    else:
        for t in range(first, last):
            margin[region, t] -= capacity[row, t]


@njit(cache=True, nogil=True, error_model="numpy")
def _switch_off(grid, desk, a, first, last):
    """Apply an outage of anything but a unit to steps [first, last): store, line, device, backup."""
    kind, place = grid.kind[a], grid.place[a]
    if kind == HYBRID or kind == STORE:
        for t in range(first, last):
            desk.store_up[t, place] = False
    elif kind == LINE:
        i = grid.line_interface[place]
        wide = grid.line_forward.shape[1] > 1
        for t in range(first, last):
            desk.forward[i, t] -= grid.line_forward[place, t if wide else 0]
            desk.backward[i, t] -= grid.line_backward[place, t if wide else 0]
    elif kind == DEVICE:
        for t in range(first, last):
            desk.device_up[t, place] = False
    elif kind == BACKUP:
        for t in range(first, last):
            desk.backup_up[t, place] -= 1.0


@njit(cache=True, nogil=True, error_model="numpy")
def build_candidates(grid, fleet, total, parts, rules, desk):
    """Build every block that the screen marked."""
    shift, blocks, steps = grid.shift, grid.low.shape[1], grid.base.shape[1]
    next_one, margin, varying = desk.next_one, desk.margin, grid.varying
    kind, row, mw, region = grid.kind, grid.row, grid.mw, fleet.region
    starts, ends, assets = desk.events.start, desk.events.end, desk.events.asset
    desk.built[:] = desk.candidate
    b = next_one[0]
    if b == blocks:
        return
    while b < blocks:
        _fill(grid, parts, rules, desk, b << shift, min((b + 1) << shift, steps))
        b = next_one[b + 1]
    for k in range(total):
        start, end = starts[k], ends[k]
        b, last = next_one[start >> shift], (end - 1) >> shift
        while b <= last:
            a = assets[k]
            from_step, to_step = max(start, b << shift), min(end, (b + 1) << shift)
            if kind[a] <= HYBRID:
                _less(margin, region[a], varying, row[a], mw[a], from_step, to_step)
            if kind[a] != UNIT:
                _switch_off(grid, desk, a, from_step, to_step)
            b = next_one[b + 1]


@njit(cache=True, nogil=True, error_model="numpy")
def build_block(b, grid, fleet, total, parts, rules, desk):
    """Build one more block, which a store that is not full or load that is owed asks for."""
    first, last = b << grid.shift, min((b + 1) << grid.shift, grid.base.shape[1])
    starts, ends, assets = desk.events.start, desk.events.end, desk.events.asset
    margin, varying = desk.margin, grid.varying
    kind, row, mw, region = grid.kind, grid.row, grid.mw, fleet.region
    _fill(grid, parts, rules, desk, first, last)
    for k in range(total):
        if starts[k] < last and ends[k] > first:
            a = assets[k]
            from_step, to_step = max(starts[k], first), min(ends[k], last)
            if kind[a] <= HYBRID:
                _less(margin, region[a], varying, row[a], mw[a], from_step, to_step)
            if kind[a] != UNIT:
                _switch_off(grid, desk, a, from_step, to_step)
    desk.built[b] = True
