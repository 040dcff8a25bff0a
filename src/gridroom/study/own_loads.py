"""The study's own large loads by the hour: flat, from a profile, a campus, or a mine that answers prices."""

from __future__ import annotations

import dataclasses
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gridroom.assets.miner import run_miner
from gridroom.core.errors import Problem, StudyError
from gridroom.loads.campus import campus_load
from gridroom.reference import catalog
from gridroom.sources.series import read_series
from gridroom.study.campus_file import read_campus
from gridroom.study.miner_file import read_miner
from gridroom.study.schema import LargeLoad, Study
from gridroom.study.weather import HOURS

Singles = NDArray[np.float32]
Floats = NDArray[np.float64]


def _whole_year(values: Floats) -> Floats:
    """8,784 hours: a year of 8,760 repeats its last day."""
    return values[:HOURS] if len(values) >= HOURS else np.concatenate([values, values[len(values) - 24 :]])


@cache
def read_profile(path: str) -> Floats:
    """MW by hour of the region's local standard year.

    Raises
    ------
    StudyError
        If the file cannot be read, or does not hold a year of numbers.
    """
    return _whole_year(read_series(Path(path), "profile", "MW of at least 0", high=1e6, rows=(HOURS - 24, HOURS)))


@cache
def _campus(path: str, year: int) -> Floats:
    return _whole_year(campus_load(dataclasses.replace(read_campus(Path(path)), year=year)).mw)


@cache
def _mine(path: str) -> Floats:
    """MW that a mine draws by hour of the local standard year, after its own choices."""
    mw = run_miner(read_miner(path)).mw_by_hour
    if len(mw) not in (HOURS - 24, HOURS):
        raise StudyError(Problem(path, f"must have prices of a year, {HOURS - 24:,} or {HOURS:,} hours; got {len(mw):,}"))
    return _whole_year(mw)


def hourly_mw(load: LargeLoad, year: int) -> Floats:
    """MW by hour of the local standard year, (8784,)."""
    if load.profile is not None:
        return read_profile(load.profile)
    if load.campus is not None:
        return _campus(load.campus, year)
    if load.miner is not None:
        return _mine(load.miner)
    if load.ramp:
        reached = [step.mw for step in load.ramp if step.year <= year]
        return np.full(HOURS, reached[-1] if reached else 0.0)
    return np.full(HOURS, load.mw or 0.0)


def file_problems(load: LargeLoad, where: str) -> list[Problem]:
    """What is wrong with the file that a load names."""
    try:
        if load.profile is not None:
            read_profile(load.profile)
        if load.campus is not None:
            _campus(load.campus, 2030)
        if load.miner is not None:
            _mine(load.miner)
    except StudyError as fault:
        kind = "profile" if load.profile is not None else "campus" if load.campus is not None else "miner"
        return [Problem(f"{where}.{kind}: {p.where}", p.what, p.hint) for p in fault.problems]
    return []


def own_loads(study: Study, years: tuple[int, ...]) -> Singles:
    """Own loads by study year, region and hour of the UTC year, (Y, R, T) [MW]."""
    regions = catalog.load("regions")
    ids, offset = list(regions["region"]), regions["utc_offset_h"].to_numpy(np.int64)
    out = np.zeros((len(years), len(ids), HOURS), np.float32)
    for load in study.large_loads:
        r = ids.index(load.region)
        for y, year in enumerate(years):
            # Local hour t + offset of the year is UTC hour t.
            out[y, r] += np.roll(hourly_mw(load, year), -int(offset[r])).astype(np.float32)
    return out
