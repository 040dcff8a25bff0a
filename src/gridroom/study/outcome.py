"""From the engine's chunks to answers: risk, room by load path, probability of none, and when it ends."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridroom.adequacy.metrics import Risk, risk_of
from gridroom.adequacy.room_kernel import BIN_MW, BINS
from gridroom.adequacy.years import YearsChunk
from gridroom.reference import catalog
from gridroom.study import fleet
from gridroom.study.assemble import Case
from gridroom.study.schema import Study

Floats = NDArray[np.float64]
GROUPS = 8  # groups of chunks for the standard error of room
SUPPLY_SPREAD = 0.25  # standard deviation of realised over assumed additions (assumed)
STREAM_SUPPLY = 21


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Answers of a run as arrays; Y study years, R regions, N paths.

    Attributes
    ----------
    risk : tuple of tuple of Risk
        By year, then region, the last one the system.
    calendar : float array (Y, R + 1, 12, 24)
        Expected short hours by local month and hour.
    level_room_mw, level_room_stderr_mw : float array (L, Y, R)
        Room at the fixed load levels [MW]; NaN standard error where there are too few samples.
    room_mw : float array (N, Y, R)
        Room by load path [MW].
    censored : bool array (Y, R)
        Room at the middle level is larger than was recorded: a lower bound.
    own_mw : float array (N, Y, R)
        Large load by path [MW].
    no_room : dict of float arrays (Y, R)
        Probability of no room by standard: `lole`, `nerc`, `margin`.
    first_year : dict of float arrays (N, R)
        First year without room by standard, infinite where none.
    margin_pct, reference_pct : float array (Y, R)
        Planning margin at the middle path, and the area's level [%].
    on_peak_mw : float array (Y, R)
        Installed capacity counted on peak [MW].
    load_cases : dict of pairs of float arrays (Y, R) and (N, R)
        With requests counted otherwise: probability of no room, and first year without, LOLE.
    """

    risk: tuple[tuple[Risk, ...], ...]
    calendar: Floats
    level_room_mw: Floats
    level_room_stderr_mw: Floats
    room_mw: Floats
    censored: NDArray[np.bool_]
    own_mw: Floats
    no_room: dict[str, Floats]
    first_year: dict[str, Floats]
    margin_pct: Floats
    reference_pct: Floats
    on_peak_mw: Floats
    load_cases: dict[str, tuple[Floats, Floats]]


def room_at(histogram: NDArray[np.int64], samples: float, days: float, cap: Floats) -> tuple[Floats, NDArray[np.bool_]]:
    """Room where the expected number of days with less room reaches `days`, and whether it lies beyond the cap.

    Parameters
    ----------
    histogram : int array (..., BINS)
        Days by room.
    samples : float
        Sample years behind it.
    days : float
        Standard [days a year].
    cap : float array (...)
        Room up to which days were recorded [MW].
    """
    count = np.cumsum(histogram, axis=-1, dtype=np.float64)
    goal = days * samples
    reached = count >= goal
    found = reached.any(axis=-1)
    k = np.where(found, reached.argmax(axis=-1), 0)
    above = np.take_along_axis(count, k[..., None], -1)[..., 0]
    below = np.where(k > 0, np.take_along_axis(count, np.maximum(k - 1, 0)[..., None], -1)[..., 0], 0.0)
    share = np.divide(goal - below, above - below, out=np.zeros_like(above), where=above > below)
    room = (k - BINS // 2 + share) * BIN_MW
    return np.asarray(np.where(found, np.minimum(room, cap), cap)), np.asarray(~found)


def level_rooms(chunks: list[YearsChunk], days: float, cap: Floats) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Room at the load levels (L, Y, R), its standard error by jackknife over groups of chunks, and what is censored."""
    groups: list[tuple[float, NDArray[np.int64]]] = []
    used = [c for c in chunks if c.level_samples]
    for g in range(min(GROUPS, len(used))):
        part = used[g::GROUPS]
        groups.append((float(sum(c.level_samples for c in part)),
                       sum((c.histogram.astype(np.int64) for c in part), np.zeros((), np.int64))))
    total = sum(g[0] for g in groups)
    histogram = sum((g[1] for g in groups), np.zeros((), np.int64))
    room, censored = room_at(histogram, total, days, cap)
    if len(groups) < 3:
        return room, np.full(room.shape, np.nan), censored
    leave_out = np.stack([room_at(histogram - h, total - n, days, cap)[0] for n, h in groups])
    spread = np.sqrt((len(groups) - 1) / len(groups) * ((leave_out - leave_out.mean(axis=0)) ** 2).sum(axis=0))
    return room, np.where(censored, np.nan, spread), censored


def _groups() -> NDArray[np.int64]:
    """Interconnection of each region as a number (R,)."""
    names = list(catalog.load("regions")["interconnect"])
    return np.array([sorted(set(names)).index(n) for n in names])


def path_equivalent_mw(case: Case) -> tuple[Floats, Floats]:
    """Flat load of each path (N, Y, R) and level (L, Y, R), with base-load departures counted at the peak [MW]."""
    problem = case.problem
    departure = (case.paths.growth - case.forecast.growth[None]) * case.peak_mw
    return problem.path_flat_mw + case.own_mw + departure, problem.level_flat_mw + case.own_mw


def along_paths(values: Floats, level_mw: Floats, path_mw: Floats, with_own: bool) -> Floats:
    """Carry a figure from the load levels (L, Y, R) to the paths (N, Y, R).

    Linear in the flat load of the region's interconnection (straight on beyond the outer levels). With `with_own` the
    figure is room: the region's own load then enters one for one and only the others' load through the levels.
    """
    group = _groups()
    same = (group[:, None] == group[None, :]).astype(np.float64)
    if with_own:
        same -= np.eye(len(group))
    x_level, x_path = level_mw @ same, path_mw @ same
    y_level = values + (level_mw if with_own else 0.0)
    out = np.empty(path_mw.shape)
    _, years, regions = path_mw.shape
    for y in range(years):
        for r in range(regions):
            out[:, y, r] = _line(x_path[:, y, r], x_level[:, y, r], y_level[:, y, r])
    return out - (path_mw if with_own else 0.0)


def _line(x: Floats, knots: Floats, values: Floats) -> Floats:
    """Piecewise linear, straight on beyond the ends; constant where the knots coincide."""
    if len(knots) < 2 or knots[-1] - knots[0] < 1e-6:
        return np.full(x.shape, values[len(values) // 2])
    k = np.clip(np.searchsorted(knots, x) - 1, 0, len(knots) - 2)
    width = np.maximum(knots[k + 1] - knots[k], 1e-9)
    return np.asarray(values[k] + (values[k + 1] - values[k]) * (x - knots[k]) / width)


def planning_margin(case: Case, study: Study, path_mw: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Planning margin by path (N, Y, R), at the middle path, the area's reference level [%], and capacity on peak [MW].

    Installed MW on peak over the area's mean coincident peak: thermal, demand response and Canada in full, storage
    at its power, wind and solar at their mean output in the twenty highest-load hours of each weather year, hydro at what
    it reaches in the best 2 % of hours.
    """
    problem = case.problem
    areas = list(catalog.load("regions")["assessment_area"])
    levels = catalog.load("reserve_levels").set_index(["assessment_area", "year"])["reference_margin_pct"]
    n, years, regions = path_mw.shape
    margin, middle, reference = np.zeros((n, years, regions)), np.zeros((years, regions)), np.zeros((years, regions))
    on_peak = np.zeros((years, regions))
    storage = fleet.by_year(case.table, ("battery", "pumped_storage"), "summer_mw") * study.supply.storage_scale
    for area in sorted(set(areas)):
        inside = np.flatnonzero(np.array(areas) == area)
        load = problem.load_mw[:, inside].sum(axis=1)
        top = np.argsort(-load, axis=1)[:, :20]
        peak = load.max(axis=1).mean()
        w = np.arange(len(top))[:, None]
        for r in inside:
            hydro = np.quantile(problem.hydro_mw[:, r], 0.98)
            wind, solar = problem.wind_pu[w, r, top].mean(), problem.solar_pu[w, r, top].mean()
            on_peak[:, r] = (problem.firm_mw[:, r, 0] + storage[:, r] + hydro + wind * problem.wind_mw[:, r]
                             + solar * problem.solar_mw[:, r])
        growth = case.forecast.growth[:, inside].mean(axis=1)
        asked = peak * growth[None, :] + path_mw[:, :, inside].sum(axis=2)
        value = 100.0 * (on_peak[:, inside].sum(axis=1)[None, :] / asked - 1.0)
        margin[:, :, inside] = value[:, :, None]
        middle[:, inside] = np.median(value, axis=0)[:, None]
        for y, year in enumerate(problem.study_years):
            reference[y, inside] = levels[(area, min(max(year, 2026), 2035))]
    return margin, middle, reference, on_peak


def _added_mwh(case: Case, added_mw: Floats) -> Floats:
    """Yearly energy of large load of that MW, in its shape [MWh]."""
    problem = case.problem
    mean = np.mean([problem.flat_shape[w, :, :n].mean(axis=1) for w, n in enumerate(problem.steps)], axis=0)
    return np.asarray(added_mw * mean * 8766.0)


def risks(case: Case, chunks: list[YearsChunk]) -> tuple[tuple[Risk, ...], ...]:
    """Risk by study year and region, the system last, over weather, outages and load paths."""
    names = [*catalog.load("regions")["name"], "United States (any region short)"]
    samples = np.concatenate([c.path for c in chunks])
    energy = case.energy_mwh[None] * case.forecast.growth + case.own_mwh + _added_mwh(case, case.problem.path_flat_mw.mean(axis=0))
    out = []
    for y in range(samples.shape[1]):
        asked = [*energy[y], energy[y].sum()]
        out.append(tuple(risk_of(name, samples[:, y, r], 1.0, float(asked[r])) for r, name in enumerate(names)))
    return tuple(out)


def first_years(none: NDArray[np.bool_], years: tuple[int, ...]) -> Floats:
    """First year without room by path and region (N, R); infinite where there is room throughout."""
    any_year = none.any(axis=1)
    return np.asarray(np.where(any_year, np.array(years)[none.argmax(axis=1)], np.inf))


def _load_cases(case: Case, room_level: Floats, level_mw: Floats, shift_mw: Floats) -> dict[str, tuple[Floats, Floats]]:
    """When room ends with the same requests counted otherwise: room is carried along other paths, nothing is simulated again."""
    departure = (case.paths.growth - case.forecast.growth[None]) * case.peak_mw
    out = {}
    for name, added in case.load.other_cases_mw.items():
        room = along_paths(room_level, level_mw, added + case.own_mw + departure, with_own=True) + shift_mw
        out[name] = ((room < 0.0).mean(axis=0), first_years(room < 0.0, case.problem.study_years))
    return out


def evaluate(case: Case, study: Study, chunks: list[YearsChunk], caps: Floats, supply_effect_mw: Floats) -> Outcome:
    """Answers from the chunks of a run.

    Parameters
    ----------
    caps : float array (L, Y, R)
        Room up to which days were recorded [MW].
    supply_effect_mw : float array (Y, R)
        Room that the supply case's additions beyond dated ones bring [MW]; scaled by path for what is realised.
    """
    years = case.problem.study_years
    samples = sum(c.samples for c in chunks)
    room_level, room_error, censored = level_rooms(chunks, study.standard.lole_days, np.asarray(caps, np.float64))
    path_mw, level_mw = path_equivalent_mw(case)
    room = along_paths(room_level, level_mw, path_mw, with_own=True)
    generator = np.random.Generator(np.random.Philox(key=[study.run.seed, STREAM_SUPPLY]))
    realised = SUPPLY_SPREAD * generator.standard_normal(len(room))
    shift = realised[:, None, None] * supply_effect_mw[None]
    room += shift
    level_samples = max(sum(c.level_samples for c in chunks), 1)
    level_mean = sum((c.level_sum for c in chunks), np.zeros(())) / level_samples
    energy = case.energy_mwh[None] * case.forecast.growth + case.own_mwh
    hours = along_paths(level_mean[:, :, :-1, 0], level_mw, path_mw, with_own=False)
    asked = energy[None] + _added_mwh(case, case.problem.level_flat_mw.astype(np.float64))
    share = along_paths(level_mean[:, :, :-1, 3] * 1e6 / asked, level_mw, path_mw, with_own=False)
    margin, middle, reference, on_peak = planning_margin(case, study, path_mw)
    none = {"lole": room < 0.0, "nerc": (hours > study.standard.lolh_h) | (share > study.standard.neue_ppm),
            "margin": margin < reference[None]}
    calendar = sum((c.calendar for c in chunks), np.zeros(())) / samples
    return Outcome(
        risk=risks(case, chunks), calendar=calendar, level_room_mw=room_level, level_room_stderr_mw=room_error,
        room_mw=room, censored=censored[len(censored) // 2], own_mw=case.problem.path_flat_mw + case.own_mw,
        no_room={k: v.mean(axis=0) for k, v in none.items()},
        first_year={k: first_years(v, years) for k, v in none.items()}, margin_pct=middle, reference_pct=reference,
        on_peak_mw=on_peak, load_cases=_load_cases(case, room_level, level_mw, shift))
