"""What a chunk of samples leaves behind: counts by sample, by step, by tie, by store, and the events themselves."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from gridroom.adequacy.flow import TOLERANCE_MW

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
EVENT_COLUMNS = ("sample", "region", "start", "steps", "depth_mw", "energy_mw_steps")


class Ledger(NamedTuple):
    """Accumulators of one chunk; those that nobody asked for have no rows.

    `counts` (R + 1, 4) and `helped` (L, 3) belong to the present sample: short steps, days, events, sum of shortfall [MW];
    steps, events, sum of power [MW] by large load. The others are sums over samples: `short`, `unserved` (R + 1, T), `flow`,
    `use`, `bound` (I,), `energy` (S, T), `owed` (D, T), `lost`, `surplus` (R, T), `out` (A,) steps out while the system
    is short. `events` (n, 6) holds whole events, the first `event_count` rows.
    """

    counts: Floats
    helped: Floats
    last_day: Ints
    last_short: Ints
    last_help: Ints
    running: Floats
    short: Floats
    unserved: Floats
    flow: Floats
    use: Floats
    bound: Floats
    energy: Floats
    owed: Floats
    lost: Floats
    surplus: Floats
    out: Floats
    events: Floats
    event_count: Ints


@njit(cache=True, nogil=True, error_model="numpy")
def open_sample(ledger):
    """Nothing has happened yet."""
    ledger.counts[:, :] = 0.0
    ledger.helped[:, :] = 0.0
    ledger.last_day[:] = -1
    ledger.last_short[:] = -1_000_000_000
    ledger.last_help[:] = -1_000_000_000
    ledger.running[:, :] = 0.0


@njit(cache=True, nogil=True, error_model="numpy")
def _write_event(ledger, sample, r):
    """Move the running event of row r to the list; a full list drops nothing: the count goes on and tells."""
    n = ledger.event_count[0]
    if n < ledger.events.shape[0]:
        row = ledger.events[n]
        row[0], row[1] = sample, r
        row[2], row[3], row[4], row[5] = (ledger.running[r, 0], ledger.running[r, 1], ledger.running[r, 2],
                                          ledger.running[r, 3])
    ledger.event_count[0] = n + 1


@njit(cache=True, nogil=True, error_model="numpy")
def note_events(ledger, sample, t, gap_steps, work, total):
    """Extend or begin the event of every short region, and count interfaces at their limit; goes before `count_step`."""
    unserved, last_short, running = work.unserved, ledger.last_short, ledger.running
    regions = len(unserved)
    for r in range(regions + 1 if ledger.events.shape[0] > 0 else 0):
        gap = total if r == regions else unserved[r]
        if gap <= TOLERANCE_MW:
            continue
        if t - last_short[r] > 1 + gap_steps:
            if running[r, 1] > 0.0:
                _write_event(ledger, sample, r)
            running[r, 0] = t
            running[r, 1], running[r, 2], running[r, 3] = 0.0, 0.0, 0.0
        running[r, 1] = t + 1 - running[r, 0]
        running[r, 2] = max(running[r, 2], gap)
        running[r, 3] += gap
    flow, forward, backward, bound = work.flow, work.forward, work.backward, ledger.bound
    for i in range(len(bound)):
        if abs(flow[i]) > (forward[i] if flow[i] > 0.0 else backward[i]) - TOLERANCE_MW:
            bound[i] += 1.0


@njit(cache=True, nogil=True, error_model="numpy")
def count_step(t, total, gap_steps, day_of, unserved, counts, short, unserved_steps, last_day, last_short):
    """Count a step in which `total` MW are unserved; `short`, `unserved_steps` have no rows where nobody wants them."""
    regions = len(unserved)
    by_step = short.shape[0] > 0
    for r in range(regions + 1):
        gap = total if r == regions else unserved[r]
        if gap <= TOLERANCE_MW:
            continue
        counts[r, 0] += 1.0
        counts[r, 3] += gap
        if by_step:
            short[r, t] += 1.0
            unserved_steps[r, t] += gap
        if day_of[r, t] != last_day[r]:
            counts[r, 1] += 1.0
            last_day[r] = day_of[r, t]
        if t - last_short[r] > 1 + gap_steps:
            counts[r, 2] += 1.0
        last_short[r] = t


@njit(cache=True, nogil=True, error_model="numpy")
def note_help(ledger, t, load, power):
    """Count a large load that gave way."""
    if power > TOLERANCE_MW:
        ledger.helped[load, 0] += 1.0
        ledger.helped[load, 2] += power
        if ledger.last_help[load] != t - 1:
            ledger.helped[load, 1] += 1.0
        ledger.last_help[load] = t


@njit(cache=True, nogil=True, error_model="numpy")
def note_flows(ledger, work):
    """Flow and utilisation of every interface in a solved step."""
    for i in range(len(ledger.flow)):
        flow = work.flow[i]
        ledger.flow[i] += flow
        if flow > 0.0:
            ledger.use[i] += flow / max(work.forward[i], 1e-12)
        elif flow < 0.0:
            ledger.use[i] -= flow / max(work.backward[i], 1e-12)
        elif work.forward[i] <= 0.0 and work.backward[i] <= 0.0:
            ledger.use[i] += 1.0


@njit(cache=True, nogil=True, error_model="numpy")
def close_sample(ledger, sample):
    """Write the events that the end of the horizon cuts."""
    if ledger.events.shape[0] > 0:
        for r in range(len(ledger.running)):
            if ledger.running[r, 1] > 0.0:
                _write_event(ledger, sample, r)
