"""Load that gives way: demand response and shiftable loads (put off, made good), backed and interruptible large loads.

Order of use after generation, transport and storage: demand response, shiftable loads, own generation of backed loads,
interruptions; then firm load is unserved. Surplus pays back first what was put off, then charges storage; storage
discharges to pay back what generation cannot.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gridroom.adequacy.flow import TOLERANCE_MW, reaches, serve
from gridroom.adequacy.storage import at_step, close_power, discharge, offer_mw, time_to_go_h

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Devices(NamedTuple):
    """Demand response and shiftable loads (D): tables (D, T) or (D, 1); `stage` 0 or 1; `load` is the large load or -1."""

    region: Ints
    stage: Ints
    load: Ints
    borrow_mw: Floats
    payback_mw: Floats
    energy_mwh: Floats
    growth: Floats
    borrow_efficiency: Floats
    payback_efficiency: Floats
    window: Floats


class Owed(NamedTuple):
    """What devices owe [MWh], steps left to pay back (-1: nothing owed), power put off and paid back now [MW]."""

    energy: Floats
    counter: Ints
    borrowed: Floats
    paid: Floats
    lost: Floats


class Interruptible(NamedTuple):
    """Interruptible (`backed` false) and backed loads (L): `mw` (L, T) or (L, 1); budgets in steps; `load` is its index."""

    region: Ints
    load: Ints
    backed: NDArray[np.bool_]
    mw: Floats
    year_steps: Floats
    event_steps: Ints
    rest_steps: Ints
    notice_steps: Ints
    units: Floats
    unit_mw: Floats
    fuel_mwh: Floats
    refuel_steps: Ints


class Budget(NamedTuple):
    """What interruptible loads have used: steps this year, steps of the running event, last step, fuel [MWh].

    `alert` counts the steps for which a shortage had lasted before the present one, `alert_step` is the last of them.
    """

    used: Floats
    running: Ints
    last: Ints
    alert: Ints
    alert_step: Ints
    fuel: Floats
    year: Ints
    taken: Floats


def make_owed(devices: int) -> Owed:
    """State of one thread."""
    return Owed(np.zeros(devices), np.zeros(devices, np.int64), np.zeros(devices), np.zeros(devices), np.zeros(devices))


def make_budget(loads: int) -> Budget:
    """State of one thread."""
    return Budget(np.zeros(loads), np.zeros(loads, np.int64), np.zeros(loads, np.int64), np.zeros(loads, np.int64),
                  np.zeros(loads, np.int64), np.zeros(loads), np.zeros(loads, np.int64), np.zeros(loads))


@njit(cache=True, nogil=True, error_model="numpy")
def reset(owed, budget, interruptible):
    """Start of a sample."""
    owed.energy[:] = 0.0
    owed.counter[:] = -1
    budget.used[:] = 0.0
    budget.running[:] = 0
    budget.last[:] = -1_000_000_000
    budget.alert[:] = 0
    budget.alert_step[:] = -2
    budget.year[:] = 0
    for k in range(len(budget.fuel)):
        budget.fuel[k] = interruptible.fuel_mwh[k]


@njit(cache=True, nogil=True, error_model="numpy")
def owes(owed):
    """Whether any device owes energy."""
    for d in range(len(owed.energy)):
        if owed.energy[d] > 0.0:
            return True
    return False


@njit(cache=True, nogil=True, error_model="numpy")
def grow(devices, owed, t):
    """Start of a step: what is owed grows by its interest, what exceeds the limit is lost, the window runs on."""
    for d in range(len(owed.energy)):
        owed.borrowed[d] = 0.0
        owed.paid[d] = 0.0
        owed.lost[d] = 0.0
        energy = owed.energy[d] * at_step(devices.growth, d, t)
        limit = at_step(devices.energy_mwh, d, t)
        if energy > limit:
            owed.lost[d] = energy - limit
            energy = limit
        owed.energy[d] = energy
        if energy <= 0.0:
            owed.counter[d] = -1
        elif owed.counter[d] == -1:
            owed.counter[d] = np.int64(at_step(devices.window, d, t)) - 1
        else:
            owed.counter[d] -= 1


@njit(cache=True, nogil=True, error_model="numpy")
def _borrow_mw(devices, owed, d, t, step_h):
    """Power that a device can put off in this step [MW]."""
    room = (at_step(devices.energy_mwh, d, t) - owed.energy[d]) * at_step(devices.borrow_efficiency, d, t) / step_h
    return max(min(at_step(devices.borrow_mw, d, t), room), 0.0)


@njit(cache=True, nogil=True, error_model="numpy")
def _payback_mw(devices, owed, d, t, step_h):
    """Power that a device would pay back in this step [MW]."""
    owing = owed.energy[d] * at_step(devices.payback_efficiency, d, t) / step_h
    return max(min(at_step(devices.payback_mw, d, t), owing), 0.0)


@njit(cache=True, nogil=True, error_model="numpy")
def _next_window(devices, t, stage, after, longest_first):
    """Next window in order among the devices of a stage, or -1; `after` is the one just done (-1: none yet)."""
    best = -1.0
    for d in range(len(devices.region)):
        if stage >= 0 and devices.stage[d] != stage:
            continue
        window = at_step(devices.window, d, t)
        if longest_first:
            if (after < 0.0 or window < after) and window > best:
                best = window
        elif window > after and (best < 0.0 or window < best):
            best = window
    return best


@njit(cache=True, nogil=True, error_model="numpy")
def _split(devices, owed, up, t, step_h, window, stage, amount, paying):
    """Share what each region's devices of one window gave or got, in proportion to what they could; `amount` by region."""
    for r in range(len(amount)):
        if amount[r] <= 0.0:
            continue
        able = 0.0
        for d in range(len(devices.region)):
            if devices.region[d] == r and up[t, d] and at_step(devices.window, d, t) == window and (
                    stage < 0 or devices.stage[d] == stage):
                able += (_payback_mw(devices, owed, d, t, step_h) if paying else _borrow_mw(devices, owed, d, t, step_h))
        if able <= 0.0:
            continue
        share = min(amount[r] / able, 1.0)
        for d in range(len(devices.region)):
            if devices.region[d] == r and up[t, d] and at_step(devices.window, d, t) == window and (
                    stage < 0 or devices.stage[d] == stage):
                if paying:
                    power = share * _payback_mw(devices, owed, d, t, step_h)
                    owed.paid[d] += power
                    owed.energy[d] = max(owed.energy[d] - power * step_h / max(
                        at_step(devices.payback_efficiency, d, t), 1e-9), 0.0)
                    if owed.energy[d] < 1e-9:
                        owed.energy[d] = 0.0
                else:
                    power = share * _borrow_mw(devices, owed, d, t, step_h)
                    owed.borrowed[d] += power
                    owed.energy[d] += power * step_h / max(at_step(devices.borrow_efficiency, d, t), 1e-9)


@njit(cache=True, nogil=True, error_model="numpy")
def borrow(devices, owed, up, t, step_h, stage, network, work):
    """Serve what is still short by putting load off, the longest window first."""
    window = _next_window(devices, t, stage, -1.0, True)
    regions = len(work.need)
    while window >= 0.0:
        offered = 0.0
        for r in range(regions):
            work.take[r] = 0.0
        for d in range(len(devices.region)):
            if devices.stage[d] == stage and up[t, d] and at_step(devices.window, d, t) == window:
                power = _borrow_mw(devices, owed, d, t, step_h)
                work.take[devices.region[d]] += power
                offered += power
        if offered > TOLERANCE_MW:
            for r in range(regions):
                work.spare[r] = work.take[r]
            serve(work.take, work.need, work.flow, work.forward, work.backward, network.start, network.end, work.scratch)
            for r in range(regions):
                work.spare[r] -= work.take[r]
            _split(devices, owed, up, t, step_h, window, stage, work.spare, False)
        window = _next_window(devices, t, stage, window, True)


@njit(cache=True, nogil=True, error_model="numpy")
def pay_back(devices, owed, up, t, step_h, network, work):
    """Pay back what was put off, the shortest window first: from unused generation, then from storage."""
    window = _next_window(devices, t, -1, -1.0, False)
    regions, now = len(work.need), work.now
    while window >= 0.0:
        wanted = 0.0
        for r in range(regions):
            work.take[r] = 0.0
        for d in range(len(devices.region)):
            if up[t, d] and owed.energy[d] > 0.0 and at_step(devices.window, d, t) == window and owed.borrowed[d] <= 0.0:
                power = _payback_mw(devices, owed, d, t, step_h)
                work.take[devices.region[d]] += power
                wanted += power
        if wanted > TOLERANCE_MW:
            for r in range(regions):
                work.spare[r] = work.take[r]
            serve(work.supply, work.take, work.flow, work.forward, work.backward, network.start, network.end, work.scratch)
            left = 0.0
            for r in range(regions):
                left += work.take[r]
            if left > TOLERANCE_MW and len(now.energy) > 0:
                for r in range(regions):
                    work.offer[r] = offer_mw(now, step_h, r, 0.0) if time_to_go_h(now, r) > 0.0 else 0.0
                    work.given[r] = work.offer[r]
                serve(work.offer, work.take, work.flow, work.forward, work.backward, network.start, network.end,
                      work.scratch)
                for s in range(len(now.energy)):
                    work.held[s] = now.energy[s]
                for r in range(regions):
                    gave = work.given[r] - work.offer[r]
                    if gave > TOLERANCE_MW:
                        work.used[r] += discharge(now, step_h, r, gave)
                close_power(now, work.held, step_h)
            for r in range(regions):
                work.spare[r] -= work.take[r]
            _split(devices, owed, up, t, step_h, window, -1, work.spare, True)
        window = _next_window(devices, t, -1, window, False)


@njit(cache=True, nogil=True, error_model="numpy")
def close_windows(devices, owed, last_step, step_h, work):
    """End of a step: what is owed past its window becomes unserved load of its region."""
    for d in range(len(owed.energy)):
        if owed.energy[d] > 0.0 and (owed.counter[d] == 0 or last_step):
            owed.lost[d] += owed.energy[d]
            owed.energy[d] = 0.0
        if owed.lost[d] > 0.0:
            work.unserved[devices.region[d]] += owed.lost[d] / step_h


@njit(cache=True, nogil=True, error_model="numpy")
def _able_mw(loads, budget, k, t, year, step_h, backup_up):
    """Power by which a load can leave the grid in this step [MW]."""
    mw = at_step(loads.mw, k, t)
    if loads.backed[k]:
        if budget.fuel[k] < loads.fuel_mwh[k] and t - budget.last[k] > loads.refuel_steps[k]:
            budget.fuel[k] = loads.fuel_mwh[k]
        return min(mw, min(backup_up[t, k] * loads.unit_mw[k], budget.fuel[k] / step_h))
    if budget.year[k] != year:
        budget.year[k] = year
        budget.used[k] = 0.0
    if budget.used[k] + 1.0 > loads.year_steps[k] + 1e-9 or budget.alert[k] < loads.notice_steps[k]:
        return 0.0
    if budget.last[k] == t - 1:
        return mw if budget.running[k] < loads.event_steps[k] else 0.0
    return mw if t - budget.last[k] > loads.rest_steps[k] and loads.event_steps[k] > 0 else 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _next_load(loads, budget, backed, done):
    """The load next in turn: most fuel or budget left first; -1 when all are done."""
    best, most = -1, -1.0
    for k in range(len(loads.region)):
        if loads.backed[k] == backed and not done[k]:
            left = budget.fuel[k] if backed else loads.year_steps[k] - budget.used[k]
            if best < 0 or left > most:
                best, most = k, left
    return best


@njit(cache=True, nogil=True, error_model="numpy")
def give_way(loads, budget, t, year, step_h, backup_up, network, work):
    """Serve what is still short by loads that leave the grid: those with own generation, then interruptible ones.

    A load that needs notice gives way once a shortage that it could have helped has lasted that long.
    """
    regions, count = len(work.need), len(loads.region)
    done = np.zeros(count, np.bool_)
    for k in range(count):
        budget.taken[k] = 0.0
    for k in range(count):
        called = True
        if loads.notice_steps[k] > 0:
            for r in range(regions):
                work.take[r] = 1.0 if r == loads.region[k] else 0.0
            called = reaches(work.take, work.need, work.flow, work.forward, work.backward, network.start, network.end,
                             work.scratch)
        if called:
            budget.alert[k] = budget.alert[k] + 1 if budget.alert_step[k] == t - 1 else 0
            budget.alert_step[k] = t
        else:
            budget.alert[k] = -1
    for turn in range(2):
        while True:
            k = _next_load(loads, budget, turn == 0, done)
            if k < 0:
                break
            done[k] = True
            able = _able_mw(loads, budget, k, t, year, step_h, backup_up)
            if able <= TOLERANCE_MW:
                continue
            for r in range(regions):
                work.take[r] = able if r == loads.region[k] else 0.0
            serve(work.take, work.need, work.flow, work.forward, work.backward, network.start, network.end, work.scratch)
            power = able - work.take[loads.region[k]]
            if power > TOLERANCE_MW:
                budget.taken[k] = power
                budget.running[k] = budget.running[k] + 1 if budget.last[k] == t - 1 else 1
                budget.last[k] = t
                budget.used[k] += 1.0
                budget.fuel[k] -= power * step_h if loads.backed[k] else 0.0
