"""One sample over its horizon: outages, a screen by blocks of steps, dispatch of what is left, and the count.

A block (about a day) can only matter if some region could be short in it, a store is not full, or something is owed. The
first is one comparison: the least margin of the block with everything in service, less the outages that touch it. Hours are
built only for blocks that fail; within them only steps that are short, charge or pay back are solved. Nothing is
approximated: the naive twin in the tests, which solves every step, gives the same numbers.
"""

from __future__ import annotations

import numpy as np
from numba import njit

from gridroom.adequacy.blocks import build_block, build_candidates, screen
from gridroom.adequacy.dispatch import share_generation, still_short
from gridroom.adequacy.flexible import borrow, close_windows, give_way, grow, owes, pay_back, reset
from gridroom.adequacy.flow import TOLERANCE_MW
from gridroom.adequacy.recording import close_sample, count_step, note_events, note_flows, note_help, open_sample
from gridroom.adequacy.sampling import draw_outages
from gridroom.adequacy.stacking import LEVELLED, charge_stores, discharge_stores, limit_hybrids, start_hybrids
from gridroom.adequacy.storage import charge, decay, discharge, offer_mw, set_now, stores_full


@njit(cache=True, nogil=True, error_model="numpy")
def load_limits(t, usual, forward, backward, flow):
    """Limits of the ties in one step, all lines in service; `usual` are the two tables (I, T) or (I, 1)."""
    usual_forward, usual_backward = usual
    c = t if usual_forward.shape[1] > 1 else 0
    for i in range(len(flow)):
        flow[i] = 0.0
        forward[i] = usual_forward[i, c]
        backward[i] = usual_backward[i, c]


@njit(cache=True, nogil=True, error_model="numpy")
def lose_lines(t, has_lines, sums, limits, forward, backward):
    """Limits where lines fail: the lines in service, at most the interface's own limit."""
    sum_forward, sum_backward = sums
    limit_forward, limit_backward = limits
    c = t if limit_forward.shape[1] > 1 else 0
    for i in range(len(forward)):
        if has_lines[i]:
            forward[i] = min(max(sum_forward[i, t], 0.0), limit_forward[i, c])
            backward[i] = min(max(sum_backward[i, t], 0.0), limit_backward[i, c])


@njit(cache=True, nogil=True, error_model="numpy")
def _split_margin(margin, t, added, share, supply, need):
    """Supply and need of each region in one step; returns whether any is short."""
    short = False
    for r in range(len(supply)):
        m = margin[r, t] - added[r] * share
        if m < -TOLERANCE_MW:
            short = True
            need[r], supply[r] = -m, 0.0
        else:
            need[r], supply[r] = 0.0, max(m, 0.0)
    return short


@njit(cache=True, nogil=True, error_model="numpy")
def _ask(t, year, parts, rules, desk, ledger):
    """Demand response, shiftable loads, loads with own generation, interruptible ones, as far as something is short."""
    work = desk.work
    for stage in range(2):
        if still_short(work.need):
            borrow(parts.devices, desk.owed, desk.device_up, t, rules.step_h, stage, desk.network, work)
    for d in range(len(desk.owed.energy)):
        if parts.devices.load[d] >= 0:
            note_help(ledger, t, parts.devices.load[d], desk.owed.borrowed[d])
    if len(desk.budget.used) > 0 and still_short(work.need):
        give_way(parts.loads, desk.budget, t, year, rules.step_h, desk.backup_up, desk.network, work)
        for k in range(len(desk.budget.used)):
            note_help(ledger, t, parts.loads.load[k], desk.budget.taken[k])


@njit(cache=True, nogil=True, error_model="numpy")
def _charge_at_home(t, step_h, first, charge_mw, energy_mwh, efficiency, up, supply, energy):
    """Charge every store as much as it takes from its own region's surplus; returns 1 when all are full then, 0 when not.

    -1, and nothing is changed, when some region's surplus does not suffice: then others' surplus and order matter.
    """
    wide = t if charge_mw.shape[1] > 1 else 0
    wide_efficiency = t if efficiency.shape[1] > 1 else 0
    for r in range(len(supply)):
        room = 0.0
        for s in range(first[r], first[r + 1]):
            if up[s]:
                open_mwh = energy_mwh[s, 0] - energy[s]
                if open_mwh > 0.0:
                    room += min(charge_mw[s, wide], open_mwh / (max(efficiency[s, wide_efficiency], 1e-9) * step_h))
        if room > supply[r]:
            return -1
    full = 1
    for r in range(len(supply)):
        for s in range(first[r], first[r + 1]):
            limit = energy_mwh[s, 0]
            open_mwh = limit - energy[s]
            if up[s] and open_mwh > 0.0:
                rate = max(efficiency[s, wide_efficiency], 1e-9) * step_h
                take = min(charge_mw[s, wide], open_mwh / rate)
                energy[s] = min(energy[s] + take * rate, limit)
                supply[r] -= take
            if energy[s] < limit - TOLERANCE_MW:
                full = 0
    return full


@njit(cache=True, nogil=True, error_model="numpy")
def _pay(t, grid, parts, rules, desk):
    """Pay back what is owed, and count what its window or the horizon ends on."""
    if owes(desk.owed):
        pay_back(parts.devices, desk.owed, desk.device_up, t, rules.step_h, desk.network, desk.work)
    close_windows(parts.devices, desk.owed, t == grid.base.shape[1] - 1, rules.step_h, desk.work)


@njit(cache=True, nogil=True, error_model="numpy")
def _note_rest(t, surplus, lost, parts, desk, ledger, step_h):
    """What generation and stores could still have given, and what demand response left unserved."""
    work = desk.work
    for r in range(len(work.supply) if surplus else 0):
        ledger.surplus[r, t] += work.supply[r] + work.offer[r]
    for d in range(len(desk.owed.lost) if lost else 0):
        ledger.lost[parts.devices.region[d], t] += desk.owed.lost[d] / step_h


@njit(cache=True, nogil=True, error_model="numpy")
def _offers(step_h, desk):
    work = desk.work
    for r in range(len(work.need)):
        work.offer[r] = offer_mw(work.now, step_h, r, 0.0) if len(work.now.energy) > 0 else 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _note_state(first, last, desk, ledger):
    """Sums by step that somebody asked for: stored and owed energy."""
    for t in range(first, last):
        for s in range(ledger.energy.shape[0]):
            ledger.energy[s, t] += desk.work.now.energy[s]
        for d in range(ledger.owed.shape[0]):
            ledger.owed[d, t] += desk.owed.energy[d]


@njit(cache=True, nogil=True, error_model="numpy")
def _note_causes(first, last, total, events, out, short_step):
    """Which assets were out in the short steps of a block."""
    starts, ends, assets = events
    for k in range(total):
        for t in range(max(starts[k], first), min(ends[k], last)):
            if short_step[t - first]:
                out[assets[k]] += 1.0


@njit(cache=True, nogil=True, error_model="numpy")
def run_sample(sample, grid, fleet, total, parts, rules, desk, ledger, added, shape, first_level, short_step):
    """Walk one sample's blocks with `added` (R,) x `shape` (T,) MW on top of the loads."""
    work, now, network = desk.work, desk.work.now, desk.network
    supply, need, unserved, used = work.supply, work.need, work.unserved, work.used
    margin, next_one, built = desk.margin, desk.next_one, desk.built
    energy, owed, step_h = now.energy, desk.owed, rules.step_h
    (regions, steps), size, blocks = grid.base.shape, 1 << grid.shift, grid.low.shape[1]
    stores, devices, loads, ties = len(energy), len(owed.energy), len(desk.budget.used), len(network.start)
    every_step, constant, lines_fail, order = rules.every_step, rules.constant, rules.lines_fail, rules.order
    forward, backward, flow, usual = work.forward, work.backward, work.flow, (network.forward_mw, network.backward_mw)
    sums, limits = (desk.forward, desk.backward), (grid.limit_forward, grid.limit_backward)
    states = first_level and (ledger.energy.shape[0] > 0 or ledger.owed.shape[0] > 0)
    causes, flows = first_level and ledger.out.shape[0] > 0, first_level and ledger.flow.shape[0] > 0
    surplus, lost = first_level and ledger.surplus.shape[0] > 0, first_level and ledger.lost.shape[0] > 0
    counts, day_of, tables, store_up = ledger.counts, grid.day_of, parts.stores, desk.store_up
    short_steps, unserved_steps, last_day, last_short = ledger.short, ledger.unserved, ledger.last_day, ledger.last_short
    gap_steps, events = rules.gap_steps, first_level and (ledger.events.shape[0] > 0 or len(ledger.bound) > 0)
    first_store, charge_mw, energy_mwh, efficiency = tables.first, tables.charge_mw, tables.energy_mwh, tables.charge_efficiency
    # Two short cuts for common cases, with the same answers as the general way.
    no_hybrids = len(parts.hybrids.store) == 0
    at_home = stores > 0 and constant and devices == 0 and not every_step and no_hybrids
    alone = stores > 0 and ties == 0 and devices == 0 and order == LEVELLED
    open_sample(ledger)
    if devices + loads > 0:
        reset(desk.owed, desk.budget, parts.loads)
    b, debts = -1, False
    for s in range(stores):
        energy[s] = tables.initial_mwh[s]
        now.limit[s] = energy_mwh[s, 0]
    full = stores == 0 or (constant and stores_full(now))
    while True:
        b += 1
        if full and not debts:
            quiet = b
            b = next_one[b] if b < blocks else blocks
            if states and b > quiet:
                _note_state(quiet * size, min(b * size, steps), desk, ledger)
        if b >= blocks:
            break
        first, last = b * size, min((b + 1) * size, steps)
        if not built[b]:
            build_block(b, grid, fleet, total, parts, rules, desk)
        any_short = False
        for t in range(first, last):
            short = _split_margin(margin, t, added, shape[t], supply, need)
            if not short and at_home and not full:
                done = _charge_at_home(t, step_h, first_store, charge_mw, energy_mwh, efficiency, store_up[t], supply, energy)
                if done >= 0:
                    full = done == 1
                    if states:
                        _note_state(t, t + 1, desk, ledger)
                    continue
            if short or not full or debts or every_step:
                for r in range(regions):
                    used[r] = 0.0
                if ties > 0:
                    load_limits(t, usual, forward, backward, flow)
                    if lines_fail:
                        lose_lines(t, grid.has_lines, sums, limits, forward, backward)
                if stores > 0:
                    set_now(tables, store_up[t], t, now)
                    if not constant and t > 0:
                        decay(tables, t, now)
                    if not no_hybrids:
                        start_hybrids(parts.hybrids, store_up, t, step_h, now)
                if devices > 0:
                    grow(parts.devices, owed, t)
                if short:
                    if ties > 0:
                        share_generation(network, work)
                    if alone:
                        for r in range(regions):
                            if need[r] > TOLERANCE_MW:
                                used[r] = discharge(now, step_h, r, need[r])
                                need[r] -= used[r]
                    elif stores > 0 and still_short(need):
                        discharge_stores(step_h, network, work, order)
                    if devices + loads > 0 and still_short(need):
                        _ask(t, grid.year_of[t], parts, rules, desk, ledger)
                for r in range(regions):
                    unserved[r] = need[r] if need[r] > TOLERANCE_MW else 0.0
                if devices > 0:
                    _pay(t, grid, parts, rules, desk)
                if surplus:
                    _offers(step_h, desk)
                if alone and no_hybrids:
                    full = constant
                    for r in range(regions):
                        if used[r] <= TOLERANCE_MW and supply[r] > 0.0:
                            supply[r] -= charge(now, step_h, r, supply[r])
                    full = full and stores_full(now)
                elif stores > 0:
                    if not no_hybrids:
                        limit_hybrids(parts.hybrids, store_up, t, work)
                    full = charge_stores(step_h, network, work, order, short or devices > 0) and constant
                if devices > 0:
                    debts = owes(owed)
                gap = unserved.sum()
                if gap > TOLERANCE_MW:
                    any_short = True
                    short_step[t - first] = True
                    if events:
                        note_events(ledger, sample, t, gap_steps, work, gap)
                    count_step(t, gap, gap_steps, day_of, unserved, counts, short_steps, unserved_steps, last_day, last_short)
                if flows:
                    note_flows(ledger, work)
                if surplus or lost:
                    _note_rest(t, surplus, lost, parts, desk, ledger, step_h)
            if states:
                _note_state(t, t + 1, desk, ledger)
        if any_short:
            if causes:
                _note_causes(first, last, total, (desk.events.start, desk.events.end, desk.events.asset), ledger.out,
                             short_step)
            short_step[:] = False
    if first_level:
        close_sample(ledger, sample)
    return counts


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
    short_step = np.zeros(1 << grid.shift, np.bool_)
    outages = (desk.events.start, desk.events.end, desk.events.asset)
    row = 0
    for sample in range(first, last, stride):
        total = draw_outages(fleet, parts.common, seed, sample, steps, desk.events)
        screen(grid.low, grid.shift, fleet.region, fleet.screen_mw, outages, total, desk.touched, desk.candidate, desk.next_one,
               most, rules.every_step, has_stores)
        build_candidates(grid, fleet, total, parts, rules, desk)
        for k in range(levels.shape[0]):
            counts = run_sample(sample, grid, fleet, total, parts, rules, desk, ledger, levels[k], shape, k == 0, short_step)
            for r in range(regions + 1):
                for c in range(4):
                    per_sample[row, k, r, c] = counts[r, c]
            if k == 0:
                for i in range(ledger.helped.shape[0]):
                    for c in range(3):
                        per_load[row, i, c] = ledger.helped[i, c]
        row += 1
