"""Campus files: TOML to a campus, every problem at once; and the named campuses of the reference data."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.core.errors import Problem, StudyError, raise_all
from gridroom.core.names import find_name
from gridroom.core.timeaxis import TimeAxis
from gridroom.loads.campus import HOURS, Campus, campus_load
from gridroom.loads.catalogue import Assumption, carbon, default, given
from gridroom.loads.checks import check
from gridroom.loads.cooling import Design, TypicalYear, design, hourly_pue, typical_year
from gridroom.loads.ranges import Range
from gridroom.loads.site import homes_of
from gridroom.reference import catalog
from gridroom.sources.frames import read_frame
from gridroom.study.campus_schema import CampusFile
from gridroom.study.files import apply_overrides, check_file, read_toml


def read_weather(path: Path, driver: str) -> TypicalYear:
    """Weather of the user's own file.

    Raises
    ------
    StudyError
        If it cannot be read, lacks the column the cooling needs, or holds no whole year of numbers.
    """
    import pandas as pd

    hint = "a path from the campus file on, or a site of `gridroom data show weather_sites`"
    frame = read_frame(path, "weather", hint)
    column = f"{driver}_c"
    if column not in frame:
        raise StudyError(
            Problem(
                "weather",
                f"{path.name} lacks the column {column}, which this cooling follows",
                "columns: " + ", ".join(map(str, frame.columns[:8])),
            )
        )
    values = {}
    for name in ("dry_bulb_c", "wet_bulb_c"):
        there = frame[name] if name in frame else pd.Series(np.nan, index=frame.index)
        values[name] = pd.to_numeric(there, errors="coerce").to_numpy(np.float64)
    problems = []
    if len(frame) not in (HOURS, HOURS + 24):
        problems.append(Problem("weather", f"{path.name} must hold a year, 8,760 or 8,784 rows; got {len(frame):,}"))
    top = 65 if column == "dry_bulb_c" else 38  # no wet bulb was ever seen above
    bad = np.flatnonzero(~((values[column] > -90) & (values[column] < top)))
    problems += [
        Problem(
            f"{path.name} row {row + 2}, {column}", f"must be a temperature in degrees C below {top}; got {frame[column].iloc[row]}"
        )
        for row in bad[:10]
    ]
    if len(bad) > 10:
        problems.append(Problem(f"{path.name}, {column}", f"has {len(bad):,} such rows in all", "is it in Fahrenheit?"))
    above = np.flatnonzero(values["wet_bulb_c"] > values["dry_bulb_c"] + 0.5)
    if len(above):
        problems.append(
            Problem(
                f"{path.name} row {above[0] + 2}",
                f"wet bulb lies above dry bulb in {len(above):,} rows",
                "are the columns swapped?",
            )
        )
    raise_all(problems)
    return TypicalYear(
        site=path.name,
        climate_zone="",
        dry_bulb_c=values["dry_bulb_c"],
        wet_bulb_c=values["wet_bulb_c"],
        claim="given",
        source=f"the user's file {path.name}",
    )


def _place(asked: CampusFile, base: Path, problems: list[Problem]) -> tuple[Design | None, TypicalYear | None]:
    """Cooling design and weather; what is wrong is added to `problems`."""
    own = Path(asked.weather).suffix.lower() in (".csv", ".parquet")
    try:
        chosen = design(asked.cooling)
    except StudyError as fault:
        problems += fault.problems
        chosen = None
    try:
        if own:
            year = read_weather(base / asked.weather, chosen.driver if chosen else "dry_bulb")
        else:
            year = typical_year(asked.weather)
            chosen = design(chosen.name, year.climate_zone) if chosen else None
    except StudyError as fault:
        problems += fault.problems
        return chosen, None
    return chosen, year


def _grid(asked: CampusFile, problems: list[Problem]) -> tuple[Assumption, str]:
    """Carbon intensity, and the place of the household figures."""
    grid, homes = carbon("US"), "US"
    try:
        grid, homes = carbon(asked.place), homes_of(asked.place)
    except StudyError as fault:
        problems += fault.problems
    if asked.grid_co2_kg_per_mwh is not None:
        value = check("grid_co2_kg_per_mwh", asked.grid_co2_kg_per_mwh, problems)
        grid = grid if value is None else given("grid_co2_kg_per_mwh", value, "kg/MWh")
    return grid, homes


def _checked(data: dict[str, Any], base: Path) -> CampusFile:
    """Settings; where they have problems, names that are not known are told in the same go."""
    try:
        return check_file(CampusFile, data)
    except StudyError as fault:
        problems = list(fault.problems)
        names = {key: data[key] for key in ("cooling", "weather", "place") if isinstance(data.get(key), str)}
        asked = CampusFile.model_validate({**names, "it_mw": 1.0})
        _place(asked, base, problems)
        _grid(asked, problems)
        raise StudyError(problems) from None


def campus_of(data: dict[str, Any], base: Path) -> Campus:
    """Campus from plain data; files are named relative to `base`.

    Raises
    ------
    StudyError
        With every problem found.
    """
    problems: list[Problem] = []
    asked = _checked(data, base)
    chosen, year = _place(asked, base, problems)
    grid, homes = _grid(asked, problems)
    it_mw = asked.it_mw
    if it_mw is None:
        if not asked.ramp:
            problems.append(Problem("it_mw", "is missing", "the IT rating in MW; or ramp = [{ date = 2027-01-01, mw = 100 }, ...]"))
        it_mw = max((step.mw for step in asked.ramp), default=1.0)
    if problems or chosen is None or year is None:
        raise StudyError(problems)

    def or_default(value: float | None, name: str) -> float:
        return default(name).range.best if value is None else value

    utilisation = or_default(asked.utilisation, "campus_utilisation")
    swing, idle = asked.inference_swing, asked.idle_share
    if swing is None:  # the default swing never passes the design draw
        swing = min(default("inference_swing").range.best, 1.0 / utilisation - 1.0)
    if idle is None:
        idle = min(default("training_idle").range.best, utilisation)
    return Campus(
        name=asked.name,
        it_mw=it_mw,
        cooling=chosen,
        weather=year,
        workload=asked.workload,
        design_fraction=or_default(asked.design_fraction, "design_fraction"),
        utilisation=utilisation,
        training_share=or_default(asked.training_share, "training_share"),
        idle=idle,
        job_days=or_default(asked.job_days, "job_days"),
        jobs=asked.jobs,
        swing=swing,
        peak_hour=or_default(asked.inference_peak_hour, "inference_peak_hour"),
        pue_annual=asked.pue_annual,
        wue=None if asked.wue_l_per_kwh is None else Range.exact(asked.wue_l_per_kwh),
        ups_efficiency=or_default(asked.ups_efficiency, "ups_efficiency"),
        distribution_loss=or_default(asked.distribution_loss, "distribution_loss"),
        grid=grid,
        homes=homes,
        ramp=tuple((step.date, step.mw) for step in asked.ramp),
        year=asked.year,
        seed=asked.seed,
    )


def campus_names() -> dict[str, list[str]]:
    """Named campuses of the reference data."""
    names = {str(name): [str(name)] for name in catalog.load("campuses")["campus"].unique()}
    short = {
        "xAI Colossus 1 Memphis Tennessee": ["Colossus", "Colossus 1"],
        "xAI Colossus 2 Memphis Tennessee": ["Colossus 2"],
        "OpenAI-Oracle Stargate Abilene Texas": ["Abilene", "Stargate", "Stargate Abilene"],
        "Meta Hyperion Holly Ridge Louisiana": ["Hyperion"],
        "Anthropic-Amazon Project Rainier New Carlisle Indiana": ["New Carlisle", "Rainier"],
        "Meta Prometheus New Albany Ohio": ["Prometheus"],
        "Microsoft Fairwater Mount Pleasant Wisconsin": ["Fairwater Wisconsin"],
        "Microsoft Fairwater Fayetteville Georgia": ["Fairwater Atlanta"],
    }
    return {name: [*spellings, *short.get(name, [])] for name, spellings in names.items()}


def named_campus(name: str, year: int | None = None) -> tuple[Campus, list[dict[str, Any]]]:
    """Campus of the reference data, and its rows: MW at the meter by date, seen or planned.

    The published MW is taken as the facility's load in its hottest hour with all IT drawing its design power.

    Raises
    ------
    StudyError
        If there is none; names the nearest.
    """
    full = find_name("campus", name, campus_names())
    if isinstance(full, Problem):
        raise StudyError(full)
    table = catalog.load("campuses")
    rows = table[table["campus"] == full]
    first = rows.iloc[0]
    weather = typical_year(first["weather_site"])
    chosen = design(first["cooling"], weather.climate_zone)
    at_peak = float(hourly_pue(chosen, weather.driver(chosen), chosen.pue.range.best).max())
    ramp = [{"date": dt.date.fromisoformat(row.date), "mw": row.facility_mw / at_peak} for row in rows.itertuples()]
    campus = campus_of(
        {"name": full, "design_fraction": 1.0, "cooling": chosen.name, "weather": weather.site, "ramp": ramp, "year": year}, Path()
    )
    return campus, rows[["date", "facility_mw", "status", "edition", "claim", "source"]].to_dict("records")


def read_campus(path: str | Path | None, overrides: list[str] | None = None) -> Campus:
    """Campus of a TOML file, with `key=value` settings over it; without a file, of the settings alone.

    Raises
    ------
    StudyError
        With every problem found.
    """
    path = None if path is None else Path(path)
    data = apply_overrides(read_toml(path) if path is not None else {}, overrides or [])
    return campus_of(data, path.parent if path is not None else Path())


def campus_mw(path: Path, axis: TimeAxis) -> NDArray[np.float64]:
    """MW of a campus by step of a system's time axis, in the local standard time of its clock at the start; shape (steps,).

    Raises
    ------
    StudyError
        With every problem of the file.
    """
    campus = read_campus(path)
    start = axis.start.replace(tzinfo=None)
    hours = np.floor(axis.step_h * np.arange(axis.steps) + 1e-9).astype(np.int64)
    when = np.datetime64(start, "h") + hours
    years = when.astype("datetime64[Y]")
    of_year = (when - years.astype("datetime64[h]")).astype(np.int64)
    out = np.zeros(axis.steps)
    for year in np.unique(years):
        number = int(year.astype(np.int64)) + 1970
        load = campus_load(dataclasses.replace(campus, year=number))
        inside = years == year
        out[inside] = load.mw[of_year[inside]]
    return out
