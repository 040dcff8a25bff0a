"""All outages of one sample in one go: draws and logarithms for every asset in loops that the compiler vectorises.

Draw number `event` of an asset depends on (seed, sample, name of the asset, event) alone, so an asset keeps its outages
whatever else is added to the system or taken from it.
"""

from __future__ import annotations

import hashlib
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gridroom.adequacy.outages import Process, change_step, make_process
from gridroom.core.draws import GOLDEN, STREAM_COMMON, STREAM_OUTAGE, key_of, mix, uniform

_S11, _S52 = np.uint64(11), 52
_UNIT = 1.0 / 9007199254740992.0  # 2**-53
_LN2 = 0.6931471805599453
_EXPONENT, _MANTISSA, _ONE = 1023, 0x000FFFFFFFFFFFFF, 0x3FF0000000000000
NEVER = 1 << 40
EXTRA = 16


class Fleet(NamedTuple):
    """Processes of every asset that can fail (A of them).

    `slot[a]:slot[a + 1]` are the draws made at once for asset a; more are made when they do not suffice. `region` is -1 for
    assets whose outage takes no generation; `screen_mw` is the most that an outage takes from the region.
    """

    ids: NDArray[np.uint64]
    slot: NDArray[np.int64]
    process: Process
    region: NDArray[np.int64]
    screen_mw: NDArray[np.float64]


class Common(NamedTuple):
    """Events that strike many assets at once: chance, runs of steps, and which assets they may take with which chance.

    Event c has runs `run_first[c]:run_first[c + 1]`; `member[c, a]` is the chance that it takes asset a.
    """

    probability: NDArray[np.float64]
    run_first: NDArray[np.int64]
    run_start: NDArray[np.int64]
    run_end: NDArray[np.int64]
    member: NDArray[np.float64]


class Events(NamedTuple):
    """Outages of a sample as [start, end) of asset, in the order of the assets; and the draws behind them."""

    start: NDArray[np.int64]
    end: NDArray[np.int64]
    asset: NDArray[np.int64]
    state: NDArray[np.uint64]
    value: NDArray[np.float64]
    mantissa: NDArray[np.float64]
    logs: NDArray[np.float64]


def asset_id(kind: str, name: str) -> int:
    """Number of an asset, from its kind and name."""
    return int.from_bytes(hashlib.blake2b(f"{kind}:{name}".encode(), digest_size=8).digest(), "little")


def make_fleet(ids: list[int], failure: NDArray[np.float64], repair: NDArray[np.float64], region: NDArray[np.int64],
               screen_mw: NDArray[np.float64], steps: int) -> Fleet:
    """Processes and the number of draws that will nearly always do: the mean and three standard deviations."""
    if len(failure):
        fail, mend = failure.mean(axis=1), repair.mean(axis=1)
        total = fail + mend
        cycles = np.divide(fail * mend, total, out=np.zeros_like(total), where=total > 0) * steps
        count = np.ceil(2.0 * cycles + 4.0 * np.sqrt(2.0 * cycles) + 2.0).astype(np.int64)
    else:
        count = np.zeros(0, np.int64)
    slot = np.concatenate([[0], np.cumsum(np.minimum(count, 2 * steps + 2))]).astype(np.int64)
    return Fleet(np.array(ids, dtype=np.uint64), slot, make_process(failure, repair), region, screen_mw)


def make_events(fleet: Fleet, common: Common, steps: int) -> Events:
    """Buffers of one thread; `Events` never holds more than one outage every second step of every asset."""
    slots = int(fleet.slot[-1]) + EXTRA
    runs = len(common.run_start)
    failing = fleet.slot[1:] - fleet.slot[:-1]
    rows = int(np.minimum(2 * failing + 64, steps // 2 + 2).sum()) + (steps // 2 + 2) + runs + 64
    return Events(np.empty(rows, np.int64), np.empty(rows, np.int64), np.empty(rows, np.int64),
                  np.empty(slots, np.uint64), np.empty(slots), np.empty(slots), np.empty(slots))


@njit(cache=True, nogil=True, error_model="numpy")
def fill_logs(first, last, state, value, mantissa, logs):
    """Uniform draws on (0, 1] of prepared states, and their natural logarithms (error below 1e-15 of one)."""
    for k in range(first, last):
        value[k] = (np.float64(mix(state[k]) >> _S11) + 1.0) * _UNIT
    bits, scaled = value.view(np.int64), mantissa.view(np.int64)
    for k in range(first, last):
        scaled[k] = (bits[k] & _MANTISSA) | _ONE
    for k in range(first, last):
        e = np.float64((bits[k] >> _S52) - _EXPONENT)
        m = mantissa[k]
        large = m > 1.4142135623730951
        m = 0.5 * m if large else m
        e = e + 1.0 if large else e
        s = (m - 1.0) / (m + 1.0)
        q = s * s
        series = 1.0 / 19.0
        series = series * q + 1.0 / 17.0
        series = series * q + 1.0 / 15.0
        series = series * q + 1.0 / 13.0
        series = series * q + 1.0 / 11.0
        series = series * q + 1.0 / 9.0
        series = series * q + 1.0 / 7.0
        series = series * q + 1.0 / 5.0
        series = series * q + 1.0 / 3.0
        logs[k] = e * _LN2 + (2.0 * s + 2.0 * s * q * series)


@njit(cache=True, nogil=True, error_model="numpy")
def _more(own, event, base, events):
    """Draws event..event + EXTRA - 1 of one asset, into the last slots."""
    for k in range(EXTRA):
        events.state[base + k] = own + GOLDEN * np.uint64(event + k + 1)
    fill_logs(base, base + EXTRA, events.state, events.value, events.mantissa, events.logs)


@njit(cache=True, nogil=True, error_model="numpy")
def _merge(first, total, common, struck, chance_key, asset, events):
    """Join an asset's own outages with the runs of events that struck it; returns the new total."""
    start, end = events.start, events.end
    for c in range(len(common.probability)):
        if not struck[c] or common.member[c, asset] <= 0.0:
            continue
        if uniform(chance_key, c) > common.member[c, asset]:
            continue
        for run in range(common.run_first[c], common.run_first[c + 1]):
            a, b = common.run_start[run], common.run_end[run]
            kept = first
            for k in range(first, total):
                if end[k] < a or start[k] > b:
                    start[kept], end[kept] = start[k], end[k]
                    kept += 1
                else:
                    a, b = min(a, start[k]), max(b, end[k])
            start[kept], end[kept] = a, b
            total = kept + 1
    for k in range(first, total):
        events.asset[k] = asset
    return total


@njit(cache=True, nogil=True, error_model="numpy")
def draw_outages(fleet, common, seed, sample, steps, events):
    """Outages of every asset in one sample; returns how many."""
    ids, slot, process = fleet.ids, fleet.slot, fleet.process
    key = key_of(seed, STREAM_OUTAGE, sample)
    state, logs, value = events.state, events.logs, events.value
    assets = len(ids)
    for a in range(assets):
        own = mix(key + ids[a])
        for k in range(slot[a], slot[a + 1]):
            state[k] = own + GOLDEN * np.uint64(k - slot[a] + 1)
    fill_logs(0, slot[assets], state, value, events.mantissa, logs)
    hits = len(common.probability)
    struck = np.zeros(hits, np.bool_)
    common_key = key_of(seed, STREAM_COMMON, sample)
    any_struck = False
    for c in range(hits):
        struck[c] = uniform(common_key, c) <= common.probability[c]
        any_struck = any_struck or struck[c]
    total, extra = 0, slot[assets]
    start, end, asset = events.start, events.end, events.asset
    for a in range(assets):
        first = total
        k, stop, offset = slot[a], slot[a + 1], slot[a]
        up = value[k] <= process.availability[a]
        fail_inverse, repair_inverse = process.fail_inverse[a], process.repair_inverse[a]
        fail_row, repair_row = process.fail_row[a], process.repair_row[a]
        t = 0
        begin = 0
        while True:
            k += 1
            if k >= stop:
                event = k - offset
                _more(mix(key + ids[a]), event, extra, events)
                k, stop, offset = extra, extra + EXTRA, extra - event
            if up:
                if fail_row >= 0:
                    t = change_step(process.fail_hazard, fail_row, t, logs[k], steps)
                elif fail_inverse > 0.5:
                    break
                else:
                    t += np.int64(logs[k] * fail_inverse) + 1
                if t >= steps:
                    break
                begin = t
                up = False
            else:
                if repair_row >= 0:
                    t = change_step(process.repair_hazard, repair_row, t, logs[k], steps)
                elif repair_inverse > 0.5:
                    t = steps
                else:
                    t += np.int64(logs[k] * repair_inverse) + 1
                if total >= len(start):
                    raise MemoryError("more outages in one sample than the buffer holds")
                start[total], end[total], asset[total] = begin, min(t, steps), a
                total += 1
                if t >= steps:
                    break
                up = True
        if any_struck:
            total = _merge(first, total, common, struck, mix(common_key + ids[a]), a, events)
    return total
