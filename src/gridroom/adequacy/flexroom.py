"""Room for loads that give way, at equal LOLE: one recording of a region's tight hours answers for every kind of load.

Loads give way after stores, in the order of the days, without foresight; worst hours of a day first. A day is lost when the load is
served short; LOLE is the mean over samples.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridroom.adequacy import hours_kernel
from gridroom.adequacy import years_kernel as kernel
from gridroom.adequacy.years import Thread, Years, make_thread
from gridroom.core.draws import storm_draw
from gridroom.core.estimate import Estimate
from gridroom.runners.local import run_in_order

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ROUNDS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class TightHours:
    """Tight hours of one region over all samples; D days, H hours.

    Attributes
    ----------
    samples : int
    cap_mw : float
        Margin above which hours are not in it [MW].
    first : int array (D + 1,)
        First hour of each day.
    sample, weather_year : int array (D,)
    energy_mwh, power_mw : float array (D,)
        Of the region's stores as the day's tight hours begin.
    value_mw : float array (H,)
        Deliverable margin, rising within a day [MW].
    hour : int array (H,)
        Hour of the weather year.
    """

    samples: int
    cap_mw: float
    first: Ints
    sample: Ints
    weather_year: Ints
    energy_mwh: Floats
    power_mw: Floats
    value_mw: Floats
    hour: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Gives:
    """How a load gives way.

    Attributes
    ----------
    share : float
        Share of the load that gives way [1]; 0 is a firm load.
    hours_per_day, hours_per_year : float
        Longest in a day, most in a year [h].
    caught_up : bool
        What is cut is made up in the same day.
    store_share, store_h : float
        Own store: power over load [1], hours at full power [h].
    """

    share: float = 0.0
    hours_per_day: float = 24.0
    hours_per_year: float = np.inf
    caught_up: bool = False
    store_share: float = 0.0
    store_h: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FlexibleRoom:
    """Room for a load that gives way.

    Attributes
    ----------
    room_mw : Estimate
        Largest load at the standard [MW].
    at_least : bool
        The room is larger than what was recorded.
    called_hours : Estimate
        Hours a year in which it gives way at that load.
    lole_days : Estimate
        With that load.
    called : float array (H,)
        1 where it gives way, by hour of `TightHours`.
    """

    room_mw: Estimate
    at_least: bool
    called_hours: Estimate
    lole_days: Estimate
    called: Floats


def _days(part: tuple[Ints, Floats, Floats], day_of: Ints) -> tuple[list[int], list[float], list[float], Floats, Ints]:
    """Hours of one sample by day: starts, energy, power, sorted margins, hours."""
    hour, value, kept = part
    day = day_of[hour]
    edges = np.flatnonzero(np.concatenate([[True], day[1:] != day[:-1]])) if len(day) else np.zeros(0, np.int64)
    starts, energy, power = [int(e) for e in edges], [], []
    values, hours = value.copy(), hour.copy()
    for a, b in zip(starts, [*starts[1:], len(day)][: len(starts)], strict=True):
        order = np.argsort(value[a:b], kind="stable")
        values[a:b], hours[a:b] = value[a:b][order], hour[a:b][order]
        below = values[a:b].clip(max=0.0)
        stored, strength = float(kept[a, 0]), float(kept[a, 1])
        if kept[a:b, 2].max() > 0:  # the dispatch lost this day: stores were empty or too weak
            stored, strength = 0.0, 0.0
            values[a] = min(values[a], -1e-3)
        else:  # it did not: other regions' stores may have helped
            stored, strength = max(stored, float(-below.sum())), max(strength, float(-below.min()))
        energy.append(stored)
        power.append(strength)
    return starts, energy, power, values, hours


def record(problem: Years, region: int, samples: int, seed: int, cap_mw: float, *, level: int, jobs: int = 0) -> TightHours:
    """Simulate the first study year at one load level and keep a region's tight hours.

    Parameters
    ----------
    problem : Years
    region : int
    samples : int
    seed : int
        The same draws as the outlook's.
    cap_mw : float
        Margin above which hours are not kept [MW].
    level : int
        Load level.
    jobs : int
        Threads; 0 takes all cores.
    """
    cap = np.full(problem.regions, -np.inf, np.float32)
    cap[region] = cap_mw

    def task(chunk: tuple[int, int]) -> list[tuple[Ints, Floats, Floats]]:
        thread = make_thread(problem)
        hours = problem.load_mw.shape[2]
        notes = (np.zeros(hours, np.int32), np.zeros(hours, np.float32), np.zeros((hours, 3), np.float32))
        out = []
        for sample in range(*chunk):
            w = _margins(problem, thread, seed, sample, level, cap)
            steps, up = int(problem.steps[w]), np.ones(len(problem.stores[0].charge_mw), np.bool_)
            count = hours_kernel.record_hours(
                thread.margin,
                thread.tight,
                steps,
                problem.stores[0],
                up,
                problem.network,
                thread.work,
                thread.spare,
                region,
                cap_mw,
                *notes,
            )
            hour, value, kept = (note[:count] for note in notes)
            out.append((hour.astype(np.int64), value.astype(np.float64), kept.astype(np.float64)))
        return out

    chunks = [(first, min(first + problem.chunk, samples)) for first in range(0, samples, problem.chunk)]
    parts = [part for chunk in run_in_order(task, chunks, jobs) for part in chunk]
    return _gather(parts, problem, region, cap_mw)


def _margins(problem: Years, thread: Thread, seed: int, sample: int, level: int, cap: NDArray[np.float32]) -> int:
    """Draw one sample of the first study year into the thread's margins; returns its weather year's place."""
    w = sample % len(problem.weather_years)
    steps, seasons = int(problem.steps[w]), (int(problem.seasons[w, 0]), int(problem.seasons[w, 1]))
    v = int(problem.storm_row[w]) if storm_draw(seed, sample) <= problem.storm_chance[w] else w
    kernel.draw_outages(seed, sample, problem.fleet, problem.hazard[v], problem.first_out[v], steps, seasons, thread.changes)
    thread.out[:] = 0
    kernel.next_year(thread.changes, 0, steps, thread.out)
    profiles = (problem.wind_pu[w], problem.solar_pu[w], problem.hydro_mw[w], problem.rest_mw[0])
    kernel.available_mw(
        thread.out, problem.firm_mw[0], problem.wind_mw[0], problem.solar_mw[0], *profiles, seasons, steps, thread.available
    )
    demand = (problem.level_growth[level, 0], problem.level_flat_mw[level, 0], problem.flat_shape[w])
    kernel.margins(thread.available, problem.load_mw[w], demand, cap, problem.network, steps, thread.margin, thread.tight)
    return w


def _gather(parts: list[tuple[Ints, Floats, Floats]], problem: Years, region: int, cap_mw: float) -> TightHours:
    """Days of all samples one after the other."""
    first, sample, energy, power, values, hours, total = [0], [], [], [], [], [], 0
    for n, part in enumerate(parts):
        starts, stored, strength, value, hour = _days(part, problem.day_of[region])
        ends = [*starts[1:], len(value)] if starts else []
        first += [total + e for e in ends]
        sample += [n] * len(starts)
        energy += stored
        power += strength
        values.append(value)
        hours.append(hour)
        total += len(value)
    drawn = np.array(sample, np.int64)
    years = np.array(problem.weather_years, np.int64)
    return TightHours(
        samples=len(parts),
        cap_mw=cap_mw,
        first=np.array(first, np.int64),
        sample=drawn,
        weather_year=years[drawn % len(years)],
        energy_mwh=np.array(energy),
        power_mw=np.array(power),
        value_mw=np.concatenate(values) if values else np.zeros(0),
        hour=np.concatenate(hours) if hours else np.zeros(0, np.int64),
    )


def losses(tight: TightHours, load_mw: float, gives: Gives) -> tuple[Floats, Floats, Floats]:
    """Days lost and hours called by sample (N,), and where the load gives way (H,), at a load [MW]."""
    lost, called, moved = np.zeros(tight.samples), np.zeros(tight.samples), np.zeros(len(tight.value_mw))
    give = (float(gives.share), float(gives.hours_per_day), float(gives.hours_per_year), 1.0 if gives.caught_up else 0.0)
    hours_kernel.days_lost(
        tight.first,
        tight.value_mw,
        tight.energy_mwh,
        tight.power_mw,
        tight.sample,
        float(load_mw),
        give,
        (float(gives.store_share), float(gives.store_h)),
        lost,
        called,
        moved,
    )
    return lost, called, moved


def _crossing(lole: Callable[[float], float], goal: float, top: float) -> float:
    """Largest load up to `top` whose LOLE is at most the goal, by halving [MW]."""
    low, high = 0.0, top
    for _ in range(ROUNDS):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if lole(middle) <= goal else (low, middle)
        if high - low < 0.01:
            break
    return low


def flexible_room(tight: TightHours, gives: Gives, lole_days: float) -> FlexibleRoom:
    """Largest load of a kind at a standard.

    Where the region misses the standard without the load, the standard is what it has: room at equal LOLE.

    Parameters
    ----------
    tight : TightHours
    gives : Gives
    lole_days : float
        Standard [days a year].
    """
    base = losses(tight, 0.0, Gives())[0]
    goal = max(lole_days, float(base.mean()))
    room = _crossing(lambda load: float(losses(tight, load, gives)[0].mean()), goal, tight.cap_mw)
    lost, called, moved = losses(tight, room, gives)
    n = tight.samples
    error = float(np.std(lost, ddof=1)) / np.sqrt(n) if n > 1 else float("nan")
    step = max(0.05 * tight.cap_mw, 1.0)
    low, high = max(room - step, 0.0), min(room + step, tight.cap_mw)
    slope = (float(losses(tight, high, gives)[0].mean()) - float(losses(tight, low, gives)[0].mean())) / max(high - low, 1e-9)
    error = error if error > 0 else float("nan")  # no sample differs: the error is not known, not 0
    spread = error / slope if slope > 0 else float("nan")
    return FlexibleRoom(
        room_mw=Estimate(room, spread, n),
        at_least=room >= tight.cap_mw - 0.02,
        called_hours=Estimate.of(called),
        lole_days=Estimate(float(lost.mean()), error, n),
        called=moved,
    )
