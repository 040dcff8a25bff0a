"""One sample over its horizon: outages, a screen by blocks of steps, dispatch of what is left, and the count.

A block (about a day) can only matter if some region could be short in it, a store is not full, or something is owed. The
first is one comparison: the least margin of the block with everything in service, less the outages that touch it. Hours are
built only for blocks that fail; within them only steps that are short, charge or pay back are solved. Nothing is
approximated: the naive twin in the tests, which solves every step, gives the same numbers.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gridroom.adequacy.dispatch import Network, Work, share_generation, still_short
from gridroom.adequacy.flexible import (
    Budget,
    Devices,
    Interruptible,
    Owed,
    borrow,
    close_windows,
    give_way,
    grow,
    owes,
    pay_back,
    reset,
)
from gridroom.adequacy.flow import TOLERANCE_MW
from gridroom.adequacy.recording import close_sample, note_flows, note_help, note_step, open_sample
from gridroom.adequacy.sampling import Common, Events, draw_outages
from gridroom.adequacy.stacking import HybridTable, charge_stores, discharge_stores, limit_hybrids, start_hybrids
from gridroom.adequacy.storage import Stores, decay, offer_mw, set_now, stores_full

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

UNIT, HYBRID, LINE, STORE, DEVICE, BACKUP = range(6)  # kinds of assets that fail


class Grid(NamedTuple):
    """A system as the kernel reads it.

    `base` (R, T) is all generation in service less load, `low` (R, B) its least value in each block of `block_steps`. Assets
    that fail (A): `kind`, `place` (index within the kind), `mw` taken from the region's margin, or `row` of `varying` where
    that changes in time (else -1). Lines: interface and MW by direction; `sum_*` with all in service, `limit_*` of the
    interface; `has_lines` (I,).
    """

    base: Floats
    low: Floats
    block_steps: int
    kind: Ints
    place: Ints
    mw: Floats
    row: Ints
    varying: Floats
    line_interface: Ints
    line_forward: Floats
    line_backward: Floats
    sum_forward: Floats
    sum_backward: Floats
    limit_forward: Floats
    limit_backward: Floats
    has_lines: Flags
    year_of: Ints
    day_of: Ints


class Rules(NamedTuple):
    """Step [h], store limits constant, lines fail, order of stores, solve every step, steps that may part an event."""

    step_h: float
    constant: bool
    lines_fail: bool
    order: int
    every_step: bool
    gap_steps: int


class Parts(NamedTuple):
    """Everything that the system has beside generation and load."""

    stores: Stores
    hybrids: HybridTable
    devices: Devices
    loads: Interruptible
    common: Common


class Desk(NamedTuple):
    """Work arrays of one thread: margins, limits and states of built blocks, draws, flow, what is owed and used."""

    margin: Floats
    forward: Floats
    backward: Floats
    store_up: Flags
    device_up: Flags
    backup_up: Floats
    touched: Floats
    candidate: Flags
    built: Flags
    events: Events
    work: Work
    network: Network
    owed: Owed
    budget: Budget


@njit(cache=True, nogil=True, error_model="numpy")
def screen(grid, fleet, total, desk, taken, every_step, has_stores):
    """Mark the blocks that may be short when `taken` (R,) MW are added to load; and the next, where stores recharge."""
    regions, blocks = grid.low.shape
    size, events, touched, candidate = grid.block_steps, desk.events, desk.touched, desk.candidate
    touched[:, :] = 0.0
    for k in range(total):
        a = events.asset[k]
        r = fleet.region[a]
        if r >= 0:
            touched[r, events.start[k] // size] += fleet.screen_mw[a]
            touched[r, (events.end[k] - 1) // size + 1] -= fleet.screen_mw[a]
    for b in range(blocks):
        candidate[b] = every_step
        desk.built[b] = False
    for r in range(regions):
        out = taken[r]
        for b in range(blocks):
            out += touched[r, b]
            if grid.low[r, b] - out < 1e-6:
                candidate[b] = True
    if has_stores:
        for b in range(blocks - 1, 0, -1):
            candidate[b] = candidate[b] or candidate[b - 1]


@njit(cache=True, nogil=True, error_model="numpy")
def _fill(grid, parts, rules, desk, first, last):
    """Steps before outages: everything in service."""
    for r in range(grid.base.shape[0]):
        for t in range(first, last):
            desk.margin[r, t] = grid.base[r, t]
    if rules.lines_fail:
        wide = grid.sum_forward.shape[1] > 1
        for i in range(desk.forward.shape[0]):
            for t in range(first, last):
                desk.forward[i, t] = grid.sum_forward[i, t if wide else 0]
                desk.backward[i, t] = grid.sum_backward[i, t if wide else 0]
    for t in range(first, last):
        for s in range(desk.store_up.shape[1]):
            desk.store_up[t, s] = True
        for d in range(desk.device_up.shape[1]):
            desk.device_up[t, d] = True
        for k in range(desk.backup_up.shape[1]):
            desk.backup_up[t, k] = parts.loads.units[k]


@njit(cache=True, nogil=True, error_model="numpy")
def _take_out(grid, fleet, desk, k, first, last):
    """Apply outage k to steps [first, last)."""
    a = desk.events.asset[k]
    kind, place = grid.kind[a], grid.place[a]
    if kind <= HYBRID:
        r, row, mw = fleet.region[a], grid.row[a], grid.mw[a]
        if row < 0:
            for t in range(first, last):
                desk.margin[r, t] -= mw
        else:
            for t in range(first, last):
                desk.margin[r, t] -= grid.varying[row, t]
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
    size, blocks = grid.block_steps, grid.low.shape[1]
    steps = grid.base.shape[1]
    for b in range(blocks):
        if desk.candidate[b]:
            _fill(grid, parts, rules, desk, b * size, min((b + 1) * size, steps))
            desk.built[b] = True
    for k in range(total):
        start, end = desk.events.start[k], desk.events.end[k]
        for b in range(start // size, (end - 1) // size + 1):
            if desk.candidate[b]:
                _take_out(grid, fleet, desk, k, max(start, b * size), min(end, (b + 1) * size))


@njit(cache=True, nogil=True, error_model="numpy")
def _build_block(b, grid, fleet, total, parts, rules, desk):
    """Build one more block, which a store that is not full or load that is owed asks for."""
    first, last = b * grid.block_steps, min((b + 1) * grid.block_steps, grid.base.shape[1])
    _fill(grid, parts, rules, desk, first, last)
    for k in range(total):
        start, end = desk.events.start[k], desk.events.end[k]
        if start < last and end > first:
            _take_out(grid, fleet, desk, k, max(start, first), min(end, last))
    desk.built[b] = True


@njit(cache=True, nogil=True, error_model="numpy")
def _load_limits(grid, rules, desk, t):
    """Limits of the ties in one step: lines in service, at most the interface's own limit."""
    work, network = desk.work, desk.network
    for i in range(len(work.flow)):
        work.flow[i] = 0.0
        if rules.lines_fail and grid.has_lines[i]:
            wide = t if grid.limit_forward.shape[1] > 1 else 0
            work.forward[i] = min(max(desk.forward[i, t], 0.0), grid.limit_forward[i, wide])
            work.backward[i] = min(max(desk.backward[i, t], 0.0), grid.limit_backward[i, wide])
        else:
            wide = t if network.forward_mw.shape[1] > 1 else 0
            work.forward[i] = network.forward_mw[i, wide]
            work.backward[i] = network.backward_mw[i, wide]


@njit(cache=True, nogil=True, error_model="numpy")
def _serve_short(t, parts, rules, desk, year, ledger):
    """Serve the regions that are short, in the order of use; what is left is unserved."""
    work, network, step_h = desk.work, desk.network, rules.step_h
    share_generation(network, work)
    if len(work.now.energy) > 0 and still_short(work.need):
        discharge_stores(step_h, network, work, rules.order)
    if len(desk.owed.energy) > 0:
        for stage in range(2):
            if still_short(work.need):
                borrow(parts.devices, desk.owed, desk.device_up, t, step_h, stage, network, work)
        for d in range(len(desk.owed.energy)):
            if parts.devices.load[d] >= 0:
                note_help(ledger, t, parts.devices.load[d], desk.owed.borrowed[d])
    if len(desk.budget.used) > 0 and still_short(work.need):
        give_way(parts.loads, desk.budget, t, year, step_h, desk.backup_up, network, work)
        for k in range(len(desk.budget.used)):
            note_help(ledger, t, parts.loads.load[k], desk.budget.taken[k])
    for r in range(len(work.need)):
        work.unserved[r] = work.need[r] if work.need[r] > TOLERANCE_MW else 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _solve(t, short, grid, parts, rules, desk, ledger):
    """One step from margins to unserved load; `work.supply` and `work.need` are set. Returns whether all stores are full."""
    work, network, step_h = desk.work, desk.network, rules.step_h
    now, owed = work.now, desk.owed
    stores, devices = len(now.energy), len(owed.energy)
    _load_limits(grid, rules, desk, t)
    for r in range(len(work.need)):
        work.used[r] = 0.0
        work.unserved[r] = 0.0
    if stores > 0:
        set_now(parts.stores, desk.store_up[t], t, now)
        if not rules.constant and t > 0:
            decay(parts.stores, t, now)
        start_hybrids(parts.hybrids, desk.store_up, t, step_h, now)
    if devices > 0:
        grow(parts.devices, owed, t)
    if short:
        _serve_short(t, parts, rules, desk, grid.year_of[t], ledger)
    if devices > 0:
        if owes(owed):
            pay_back(parts.devices, owed, desk.device_up, t, step_h, network, work)
        close_windows(owed=owed, devices=parts.devices, last_step=t == grid.base.shape[1] - 1, step_h=step_h, work=work)
    if ledger.surplus.shape[0] > 0:
        for r in range(len(work.need)):
            work.offer[r] = offer_mw(now, step_h, r, 0.0) if stores > 0 else 0.0
    full = True
    if stores > 0:
        limit_hybrids(parts.hybrids, desk.store_up, t, work)
        full = charge_stores(step_h, network, work, rules.order, short or devices > 0)
    return full


@njit(cache=True, nogil=True, error_model="numpy")
def _note_state(t, desk, ledger):
    """Sums by step that somebody asked for: stored and owed energy."""
    for s in range(ledger.energy.shape[0]):
        ledger.energy[s, t] += desk.work.now.energy[s]
    for d in range(ledger.owed.shape[0]):
        ledger.owed[d, t] += desk.owed.energy[d]


@njit(cache=True, nogil=True, error_model="numpy")
def _note_causes(first, last, fleet, total, desk, ledger, short_step):
    """Which assets were out in the short steps of a block."""
    for k in range(total):
        start, end = max(desk.events.start[k], first), min(desk.events.end[k], last)
        for t in range(start, end):
            if short_step[t - first]:
                ledger.out[desk.events.asset[k]] += 1.0


@njit(cache=True, nogil=True, error_model="numpy")
def run_sample(sample, grid, fleet, total, parts, rules, desk, ledger, added, shape, first_level):
    """Walk one sample's blocks with `added` (R,) x `shape` (T,) MW on top of the loads."""
    work, now = desk.work, desk.work.now
    regions, steps = grid.base.shape
    size = grid.block_steps
    stores, devices = len(now.energy), len(desk.owed.energy)
    open_sample(ledger)
    reset(desk.owed, desk.budget, parts.loads)
    full, debts = True, False
    if stores > 0:
        for s in range(stores):
            now.energy[s] = parts.stores.initial_mwh[s]
            now.limit[s] = parts.stores.energy_mwh[s, 0]
        full = rules.constant and stores_full(now)
    causes = ledger.out.shape[0] > 0
    short_step = np.zeros(size, np.bool_)
    for b in range(grid.low.shape[1]):
        first, last = b * size, min((b + 1) * size, steps)
        if full and not debts and not desk.candidate[b]:
            if ledger.energy.shape[0] > 0 and first_level:
                for t in range(first, last):
                    _note_state(t, desk, ledger)
            continue
        if not desk.built[b]:
            _build_block(b, grid, fleet, total, parts, rules, desk)
        any_short = False
        for t in range(first, last):
            short = False
            for r in range(regions):
                m = desk.margin[r, t] - added[r] * shape[t]
                work.supply[r] = m if m > 0.0 else 0.0
                work.need[r] = -m if m < -TOLERANCE_MW else 0.0
                short = short or m < -TOLERANCE_MW
            if short or not full or debts or rules.every_step:
                full = _solve(t, short, grid, parts, rules, desk, ledger) and rules.constant
                if devices > 0:
                    debts = owes(desk.owed)
                if note_step(ledger, sample, t, grid.day_of, rules.gap_steps, work, first_level):
                    any_short = True
                    short_step[t - first] = True
                if first_level:
                    if ledger.flow.shape[0] > 0:
                        note_flows(ledger, work)
                    for r in range(ledger.surplus.shape[0]):
                        ledger.surplus[r, t] += work.supply[r] + work.offer[r]
                    for d in range(devices if ledger.lost.shape[0] > 0 else 0):
                        ledger.lost[parts.devices.region[d], t] += desk.owed.lost[d] / rules.step_h
            if first_level and (ledger.energy.shape[0] > 0 or ledger.owed.shape[0] > 0):
                _note_state(t, desk, ledger)
        if any_short and causes and first_level:
            _note_causes(first, last, fleet, total, desk, ledger, short_step)
        if any_short:
            short_step[:] = False
    if first_level:
        close_sample(ledger, sample)


@njit(cache=True, nogil=True, error_model="numpy")
def sample_chunk(first, last, stride, seed, grid, fleet, parts, rules, desk, ledger, levels, shape, per_sample, per_load):
    """Simulate samples first, first + stride, ... below last, each at every level of added load with the same draws.

    Parameters
    ----------
    levels : float64 array (K, R)
        Load added by level and region [MW], times `shape` (T,).
    per_sample : float64 array (n, K, R + 1, 4)
        Out: short steps, days, events, sum of shortfall [MW]; the last row is the system.
    per_load : float64 array (n, L, 3)
        Out, first level: steps in which a large load gave way, events, sum of power [MW].
    """
    steps, regions = grid.base.shape[1], grid.base.shape[0]
    most = np.zeros(regions)
    low_shape, high_shape = shape.min(), shape.max()
    for r in range(regions):
        top = levels[0, r]
        for k in range(levels.shape[0]):
            top = max(top, levels[k, r])
        most[r] = top * (high_shape if top > 0.0 else low_shape)
    has_stores = len(desk.work.now.energy) > 0
    row = 0
    for sample in range(first, last, stride):
        total = draw_outages(fleet, parts.common, seed, sample, steps, desk.events)
        screen(grid, fleet, total, desk, most, rules.every_step, has_stores)
        build_candidates(grid, fleet, total, parts, rules, desk)
        for k in range(levels.shape[0]):
            run_sample(sample, grid, fleet, total, parts, rules, desk, ledger, levels[k], shape, k == 0)
            for r in range(regions + 1):
                for c in range(4):
                    per_sample[row, k, r, c] = ledger.counts[r, c]
            if k == 0:
                for i in range(ledger.helped.shape[0]):
                    for c in range(3):
                        per_load[row, i, c] = ledger.helped[i, c]
        row += 1
