"""Many study years from one set of draws: risk along load paths, and room at a few national load levels.

Every sample draws a weather year, the outages of all units and a load path, and uses them in every study year. At a few
fixed load levels the same draws also give the daily room of each region, from which LOLE as a function of added flat
load is read in one pass.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridroom.adequacy import room_kernel
from gridroom.adequacy import years_kernel as kernel
from gridroom.adequacy.dispatch import Network, make_work
from gridroom.adequacy.storage import Stores
from gridroom.core.draws import storm_draw
from gridroom.core.progress import Listener, Progress, silent
from gridroom.runners.local import run_in_order

Singles = NDArray[np.float32]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
CHUNK_ROUNDS = 2  # samples a chunk = weather years x this


@dataclass(frozen=True, slots=True, kw_only=True)
class Years:
    """Everything that the outlook's engine needs, as arrays.

    W weather years, Y study years, R regions, T hours of the longest weather year, L load levels, N load paths.

    Attributes
    ----------
    study_years, weather_years : tuple of int
    steps : int array (W,)
        Hours of each weather year.
    load_mw, wind_pu, solar_pu, hydro_mw : float32 array (W, R, T)
        Base-level load [MW], output per unit of capacity, hydro output [MW].
    wind_mw, solar_mw : float32 array (Y, R)
        Capacity [MW].
    firm_mw : float32 array (Y, R, 2)
        All other capacity when nothing is out, summer and winter [MW].
    rest_mw : float32 array (Y, R, T)
        Capacity on planned outage, and loads that follow an hourly table [MW].
    seasons : int array (W, 2)
        First hour of the summer rating and of the winter rating in autumn.
    fleet : Fleet
    hazard : float64 array (V, rows, T + 1)
        Cumulated failure hazard: the weather years, then their variants with a storm.
    first_out : float64 array (V, rows)
    storm_row : int array (W,)
        Row of `hazard` when the weather year's storm strikes.
    storm_chance : float array (W,)
        Chance that it does.
    stores : tuple of Stores, one a study year
    network : Network
    day_of, hour : int array (R + 1, T)
        Local calendar day and hour; last row for the system.
    month : int array (W, T)
    flat_shape : float32 array (W, R, T)
        Large load by hour over its MW [1]; all 1 when it is flat.
    path_growth, path_flat_mw : float32 array (N, Y, R)
        Factor on base load, large load added [MW], by load path.
    level_growth, level_flat_mw : float32 array (L, Y, R)
        The same at the fixed levels.
    cap_mw : float32 array (Y, R)
        Largest room worth knowing [MW].
    """

    study_years: tuple[int, ...]
    weather_years: tuple[int, ...]
    steps: Ints
    load_mw: Singles
    wind_pu: Singles
    solar_pu: Singles
    hydro_mw: Singles
    wind_mw: Singles
    solar_mw: Singles
    firm_mw: Singles
    rest_mw: Singles
    seasons: Ints
    fleet: kernel.Fleet
    hazard: Floats
    first_out: Floats
    storm_row: Ints
    storm_chance: Floats
    stores: tuple[Stores, ...]
    network: Network
    day_of: Ints
    hour: Ints
    month: Ints
    flat_shape: Singles
    path_growth: Singles
    path_flat_mw: Singles
    level_growth: Singles
    level_flat_mw: Singles
    cap_mw: Singles

    @property
    def regions(self) -> int:
        """Number of regions."""
        return int(self.load_mw.shape[1])

    @property
    def chunk(self) -> int:
        """Samples a chunk: every weather year equally often."""
        return CHUNK_ROUNDS * len(self.weather_years)


@dataclass(slots=True)
class YearsChunk:
    """What a chunk of samples adds.

    `path` (n, Y, R + 1, 4) by sample; `level_sum` (L, Y, R + 1, 4), `level_square` the same; `histogram`
    (L, Y, R, BINS) days by room; `calendar` (Y, R + 1, 12, 24) short hours by local month and hour.
    """

    samples: int
    level_samples: int
    path: Floats
    level_sum: Floats
    level_square: Floats
    histogram: NDArray[np.int32]
    calendar: Floats


@dataclass(slots=True)
class Thread:
    """Work arrays of one task."""

    changes: NDArray[np.int32]
    out: NDArray[np.int32]
    available: Singles
    margin: Singles
    tight: NDArray[np.uint8]
    work: object
    spare: object
    days: room_kernel.Days
    result: Floats
    none: Singles
    bin: NDArray[np.int32]


def make_thread(problem: Years) -> Thread:
    """Work arrays for one task of that problem."""
    years, regions, hours = len(problem.study_years), problem.regions, problem.load_mw.shape[2]
    stores = len(problem.stores[0].charge_mw)
    days = room_kernel.make_days(regions, len(problem.network.start))
    return Thread(
        np.zeros((years, regions, hours + 1), np.int32), np.zeros((regions, hours), np.int32),
        np.zeros((regions, hours), np.float32), np.zeros((regions, hours), np.float32), np.zeros(hours, np.uint8),
        make_work(regions, problem.network.start, problem.network.end, stores),
        make_work(regions, problem.network.start, problem.network.end, stores),
        days, np.zeros((regions + 1, 4)), np.full(regions, -np.inf, np.float32),
        np.zeros((regions, room_kernel.BINS), np.int32))


def _case(problem: Years, thread: Thread, w: int, y: int, load: tuple[Singles, Singles], cap: Singles,
          histogram: NDArray[np.int32], calendar: Floats) -> None:
    """One study year of one sample at one load; the answer is in `thread.result`."""
    steps = int(problem.steps[w])
    demand = (load[0], load[1], problem.flat_shape[w])
    kernel.margins(thread.available, problem.load_mw[w], demand, cap, problem.network, steps, thread.margin, thread.tight)
    up = np.ones(len(problem.stores[y].charge_mw), np.bool_)
    kernel.run_year(thread.margin, thread.tight, steps, problem.stores[y], up, problem.network, thread.work,
                    thread.spare, cap, problem.day_of, thread.days, thread.result, histogram,
                    (problem.month[w], problem.hour, calendar))


def chunk_task(problem: Years, seed: int, level_every: int, caps: Singles,
               pilot: tuple[tuple[int, ...], tuple[int, ...]] | None = None) -> Callable[[tuple[int, int]], YearsChunk]:
    """Task that simulates samples [first, last).

    Parameters
    ----------
    level_every : int
        The load levels are simulated for one round of weather years in this many; 0 for none.
    caps : float32 array (L, Y, R)
        Room above which days are not recorded [MW].
    pilot : tuple, optional
        Only these levels and study years, and no load path.
    """
    years, regions, levels = len(problem.study_years), problem.regions, len(problem.level_flat_mw)
    weather = len(problem.weather_years)

    def task(chunk: tuple[int, int]) -> YearsChunk:
        first, last = chunk
        thread = make_thread(problem)
        out = YearsChunk(last - first, 0, np.zeros((last - first, years, regions + 1, 4)),
                         np.zeros((levels, years, regions + 1, 4)), np.zeros((levels, years, regions + 1, 4)),
                         np.zeros((levels, years, regions, room_kernel.BINS), np.int32),
                         np.zeros((years, regions + 1, 12, 24)))
        unused = np.zeros((regions + 1, 12, 24))
        for sample in range(first, last):
            w, turn = sample % weather, sample // weather
            steps, seasons = int(problem.steps[w]), (int(problem.seasons[w, 0]), int(problem.seasons[w, 1]))
            struck = storm_draw(seed, sample) <= problem.storm_chance[w]
            v = int(problem.storm_row[w]) if struck else w
            kernel.draw_outages(seed, sample, problem.fleet, problem.hazard[v], problem.first_out[v], steps, seasons,
                                thread.changes)
            thread.out[:] = 0
            with_levels = level_every > 0 and turn % level_every == 0
            out.level_samples += with_levels
            path = sample % len(problem.path_flat_mw)
            for y in range(years):
                kernel.next_year(thread.changes, y, steps, thread.out)
                kernel.available_mw(thread.out, problem.firm_mw[y], problem.wind_mw[y], problem.solar_mw[y],
                                    problem.wind_pu[w], problem.solar_pu[w], problem.hydro_mw[w], problem.rest_mw[y],
                                    seasons, steps, thread.available)
                if pilot is not None and y not in pilot[1]:
                    continue
                if pilot is None:
                    load = (problem.path_growth[path, y], problem.path_flat_mw[path, y])
                    _case(problem, thread, w, y, load, thread.none, thread.bin, out.calendar[y])
                    out.path[sample - first, y] = thread.result
                for level in (range(levels) if pilot is None else pilot[0]) if with_levels else ():
                    load = (problem.level_growth[level, y], problem.level_flat_mw[level, y])
                    _case(problem, thread, w, y, load, caps[level, y], out.histogram[level, y], unused)
                    out.level_sum[level, y] += thread.result
                    out.level_square[level, y] += thread.result**2
        return out

    return task


def pilot_caps(problem: Years, seed: int, jobs: int, days: float = 0.5) -> Singles:
    """Room above which days need not be recorded, from a few first samples; the smaller, the less there is to search.

    A pilot of one sample a weather year, in a few study years at the outer load levels, raises the cap until it has
    `days` short days a year below it or reaches the largest room worth knowing; the standard (0.1 days a year) then lies
    well below. The pilot depends on the seed alone, so that answers do not depend on jobs or on resuming.
    """
    levels, weather, years = len(problem.level_flat_mw), len(problem.weather_years), len(problem.study_years)
    peak = problem.load_mw.max(axis=(0, 2))
    pick_years = sorted({0, years // 3, (2 * years) // 3, years - 1})
    pick = ((0, levels - 1) if levels > 1 else (0,), tuple(pick_years))
    largest = np.broadcast_to(problem.cap_mw, (levels, *problem.cap_mw.shape))
    caps = np.minimum(np.broadcast_to(0.03 * peak, largest.shape), largest).astype(np.float32)
    halves = [(0, (weather + 1) // 2), ((weather + 1) // 2, weather)]
    chosen = np.ix_(*pick)
    while True:
        parts = list(run_in_order(chunk_task(problem, seed, 1, caps, pilot=pick), halves, jobs))
        count = np.cumsum(sum((p.histogram for p in parts), np.zeros((), np.int32)), axis=-1)[chosen]
        enough = count >= days * weather
        open_ended = ~enough.any(axis=-1) & (caps[chosen] < largest[chosen])
        if not open_ended.any():
            break
        caps[chosen] = np.where(open_ended, np.minimum(caps[chosen] + 0.1 * peak, largest[chosen]), caps[chosen])
    index = np.where(enough.any(axis=-1), enough.argmax(axis=-1), room_kernel.BINS)
    edge = np.minimum((index + 1 - room_kernel.BINS // 2) * room_kernel.BIN_MW, caps[chosen])
    out = np.empty(largest.shape, np.float32)
    for r in range(problem.regions):
        for level in range(levels):
            share = level / (levels - 1) if levels > 1 else 0.0
            ends = (1.0 - share) * edge[0, :, r] + share * edge[-1, :, r]
            out[level, :, r] = np.interp(np.arange(years), pick_years, ends)
    # Never below a small positive room, so that the sign of the room is always known.
    return np.asarray(np.clip(out + 0.03 * peak, 0.02 * peak, largest), dtype=np.float32)


def run_years(problem: Years, samples: int, seed: int, *, jobs: int = 0, level_every: int = 1,
              caps: Singles | None = None, skip: int = 0, listener: Listener = silent,
              note: Callable[[list[YearsChunk]], str] | None = None) -> Iterator[YearsChunk]:
    """Simulate, chunk by chunk in order; a caller that stops early keeps what it has.

    Parameters
    ----------
    samples : int
        Samples of the whole run.
    skip : int
        Chunks already done by an earlier run with the same problem and seed.
    note : callable
        Makes the words of the present estimate from the chunks so far.
    """
    limits = pilot_caps(problem, seed, jobs) if caps is None else caps
    chunks = [(first, min(first + problem.chunk, samples)) for first in range(0, samples, problem.chunk)]
    started, seen = time.perf_counter(), []
    for result in run_in_order(chunk_task(problem, seed, level_every, limits), chunks[skip:], jobs):
        seen.append(result)
        done = sum(c.samples for c in seen)
        words = note(seen) if note else ""
        listener(Progress("sampling", done, samples - sum(b - a for a, b in chunks[:skip]),
                          time.perf_counter() - started, words))
        yield result
