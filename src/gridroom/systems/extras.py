"""What a system folder may hold beside the assets: large loads, temperature and outages by it, common events, maintenance."""

from __future__ import annotations

import dataclasses
import tomllib
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.core.errors import Problem, StudyError, nearest
from gridroom.core.timeaxis import TimeAxis
from gridroom.systems.assets import CommonEvent, Floats, LargeLoad, Units
from gridroom.systems.folder import Folder, list_problems
from gridroom.systems.system import check_large_load

TABLES = ("temperature", "outage_temperature", "common_events", "maintenance")
CLAIMS = ("measured", "published", "derived", "assumed")
LOAD_KEYS = tuple(f.name for f in dataclasses.fields(LargeLoad))


def _toml_loads(path: Path) -> list[dict[str, Any]]:
    """Large loads of `large_loads.toml`; empty where there is none."""
    if not path.is_file():
        return []
    data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    found = data.get("large_loads", [])
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def profile_files(path: Path) -> set[str]:
    """Names of the series that large loads refer to."""
    import pandas as pd

    names: set[str] = set()
    try:
        for file in ("system.toml", "large_loads.toml"):
            names |= {str(row.get("profile")) for row in _toml_loads(path / file)}
        if (path / "large_loads.csv").is_file():
            frame = pd.read_csv(path / "large_loads.csv", dtype=str)
            names |= set(frame["profile"].dropna()) if "profile" in frame else set()
    except (OSError, ValueError):  # a broken file is reported by whoever reads it
        pass
    return names


def _profile(folder: Folder, where: str, name: str, steps: int) -> Floats | None:
    """Series of one value a step, from a CSV with a column `value`."""
    import pandas as pd

    path = folder.path / name
    try:
        frame = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
        values = pd.to_numeric(frame["value"], errors="coerce").to_numpy(np.float64)
    except (OSError, ValueError, KeyError) as fault:
        folder.problems.append(Problem(f"{where}, profile", f"{name!r} cannot be read: {fault}",
                                       "a CSV with a column value, one row a step"))
        return None
    if len(values) != steps:
        folder.problems.append(Problem(f"{where}, profile", f"must have {steps} rows, one a step; got {len(values)}"))
        return None
    return values


def _campus(folder: Folder, where: str, name: str, axis: TimeAxis) -> Floats | None:
    """MW by step of a campus file."""
    if folder.campus_mw is None:
        folder.problems.append(Problem(f"{where}, campus", "needs a reader of campus files",
                                       "read_years(..., campus_mw=gridroom.study.campus_file.campus_mw)"))
        return None
    try:
        return folder.campus_mw(folder.path / name, axis)
    except StudyError as fault:
        folder.problems += [Problem(f"{where}, campus: {p.where}", p.what, p.hint) for p in fault.problems]
        return None


def read_large_loads(folder: Folder, settings: dict[str, Any], regions: tuple[str, ...], axis: TimeAxis,
                     ) -> tuple[LargeLoad, ...]:
    """Large loads of `system.toml`, `large_loads.toml` or the table `large_loads`."""
    rows: list[tuple[str, dict[str, Any]]] = []
    for file, found in (("system.toml", settings.get("large_loads", [])), ("large_loads.toml", None)):
        try:
            listed = _toml_loads(folder.path / file) if found is None else found
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
            folder.problems.append(Problem(f"{folder.path}/{file}", f"is not TOML: {fault}"))
            continue
        if found is None:
            folder.problems += _file_problems(folder.path / file)
        rows += [(f"{folder.path.name}/{file}, large_loads[{k}]", row) for k, row in enumerate(listed)]
    frame = folder.table("large_loads", ("name", "region"))
    if frame is not None:
        for k, row in enumerate(frame.to_dict("records")):
            given = {str(c): v for c, v in row.items() if v is not None and v == v and str(v) != ""}
            rows.append((f"{folder.path.name}/large_loads row {k + 2}", given))
    out = [_large_load(folder, where, row, regions, axis) for where, row in rows]
    return tuple(load for load in out if load is not None)


def _file_problems(path: Path) -> list[Problem]:
    """What is wrong with the shape of `large_loads.toml`."""
    if not path.is_file():
        return []
    data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    out = [Problem(f"{path}, {key}", "is not known", nearest(key, ("large_loads",))) for key in data if key != "large_loads"]
    return out + list_problems(str(path), data.get("large_loads", []))


def _number(folder: Folder, where: str, key: str, value: Any) -> float | None:
    """One figure of a large load; None, and a problem, where it is none."""
    try:
        number = float("nan") if isinstance(value, bool) else float(value)
    except (TypeError, ValueError):
        number = float("nan")
    whole = key != "backup_units" or (np.isfinite(number) and number == int(number))
    if np.isnan(number) or not whole:
        folder.problems.append(Problem(f"{where}, {key}", f"must be a {'number' if whole else 'whole number'}; got {value!r}"))
        return None
    return number


def _large_load(folder: Folder, where: str, row: dict[str, Any], regions: tuple[str, ...], axis: TimeAxis) -> LargeLoad | None:
    before = len(folder.problems)
    known = (*LOAD_KEYS, "profile", "campus")
    folder.problems += [Problem(f"{where}, {key}", "is not a known key", nearest(key, known))
                        for key in sorted(set(row) - set(known))]
    if sum(key in row for key in ("mw", "profile", "campus")) != 1:
        folder.problems.append(Problem(where, "must have one of mw, profile and campus"))
    values: dict[str, Any] = {}
    for key in LOAD_KEYS:
        if key not in row:
            if key in ("name", "region"):
                folder.problems.append(Problem(f"{where}, {key}", "is missing"))
        elif key in ("name", "region", "kind"):
            values[key] = str(row[key])
        else:
            values[key] = _number(folder, where, key, row[key])
    if "profile" in row:
        values["mw"] = _profile(folder, where, str(row["profile"]), axis.steps)
    if "campus" in row:
        values["mw"] = _campus(folder, where, str(row["campus"]), axis)
    if len(folder.problems) > before:
        return None
    values["mw"] = np.atleast_1d(np.asarray(values["mw"], dtype=np.float64))
    if "backup_units" in values:
        values["backup_units"] = int(values["backup_units"])
    load = LargeLoad(**values)
    faults = check_large_load(load, where, regions, axis.steps)
    folder.problems += faults
    return None if faults else load


def read_temperature(folder: Folder, regions: tuple[str, ...], steps: int) -> Floats | None:
    """Temperature by region and step (R, T) [°C], or None."""
    return folder.wide("temperature", regions, steps) if folder.find("temperature") else None


def rate_at(temperature_c: Floats, points_c: Floats, rates: Floats) -> Floats:
    """Forced outage rate at a temperature: straight between the points of a table, held beyond its ends [1]_.

    References
    ----------
    .. [1] Murphy, Sowell & Apt 2019, *A time-dependent model of generator failures and recoveries captures correlated events
       and quantifies temperature dependence*, Applied Energy 253, 113513.
    """
    return np.interp(temperature_c, points_c, rates)


def with_temperature(folder: Folder, units: Units, temperature: Floats | None, axis: TimeAxis) -> Units:
    """Units whose failure probability follows `outage_temperature`: the time to repair stays, the rate moves."""
    frame = folder.table("outage_temperature", ("category", "temperature_c", "forced_outage_rate"))
    if frame is None:
        return units
    if temperature is None:
        folder.problems.append(Problem(f"{folder.path.name}/outage_temperature", "needs the table temperature",
                                       "one column a region, one row a step, in degrees Celsius"))
        return units
    folder.check_columns("outage_temperature", frame, {"category", "temperature_c", "forced_outage_rate"})
    if not len(frame):
        folder.problems.append(Problem(f"{folder.place('outage_temperature')}", "is empty"))
    points = folder.numbers("outage_temperature", frame, "temperature_c")[:, 0]
    rates = folder.numbers("outage_temperature", frame, "forced_outage_rate")[:, 0]
    for row in np.flatnonzero(~((rates >= 0) & (rates < 1))):
        folder.problems.append(Problem(f"{folder.path.name}/outage_temperature row {row + 2}, forced_outage_rate",
                                       f"must lie in [0, 1); got {rates[row]:g}"))
    category = np.array(folder.texts(frame, "category"), dtype=object)
    failure = np.array(np.broadcast_to(units.failure_probability, (len(units.names), axis.steps)))
    for name in dict.fromkeys(category):
        mine = np.flatnonzero(np.array(units.categories, dtype=object) == name)
        if not len(mine):
            folder.problems.append(Problem(f"{folder.path.name}/outage_temperature, category", f"{name!r} is no unit's",
                                           nearest(name, set(units.categories))))
        order = np.flatnonzero(category == name)[np.argsort(points[category == name], kind="stable")]
        for u in mine:
            rate = rate_at(temperature[units.region[u]], points[order], np.clip(rates[order], 0.0, 0.999))
            failure[u] = units.repair_probability[u] * rate / (1.0 - rate)
            if failure[u].max() > 1.0:
                folder.problems.append(Problem(f"{folder.place('outage_temperature')}, category {name!r}",
                                               f"asks {units.names[u]!r} to fail more than once a step at a rate of {rate.max():g}",
                                               "a lower rate, or a longer time to repair"))
                failure[u] = np.minimum(failure[u], 1.0)
    return dataclasses.replace(units, failure_probability=failure)


def _moment(folder: Folder, where: str, text: str, axis: TimeAxis) -> int | None:
    """Step in which a time falls."""
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        folder.problems.append(Problem(where, f"must be a date and time; got {text!r}", "for example 2030-01-15T06:00:00"))
        return None
    when = when if when.tzinfo else when.replace(tzinfo=axis.start.tzinfo)
    step = int((when - axis.start).total_seconds() // (3600 * axis.step_h))
    if not 0 <= step < axis.steps:
        folder.problems.append(Problem(where, f"must lie within the horizon; got {text!r}"))
        return None
    return step


def read_common_events(folder: Folder, regions: tuple[str, ...], axis: TimeAxis, temperature: Floats | None,
                       categories: tuple[str, ...]) -> tuple[CommonEvent, ...]:
    """Events that strike many units at once, by time (`start`, `hours`) or by cold (`below_c`)."""
    frame = folder.table("common_events", ("name", "region", "categories", "probability", "share_out"))
    if frame is None:
        return ()
    folder.check_columns("common_events", frame, {"name", "region", "categories", "probability", "share_out", "start", "hours",
                                                  "below_c", "claim"})
    number = {c: folder.numbers("common_events", frame, c)[:, 0] for c in ("probability", "share_out")}
    out = []
    for k, row in enumerate(frame.to_dict("records")):
        where = f"{folder.path.name}/common_events row {k + 2}"
        region, claim = str(row["region"]), str(row.get("claim") or "assumed")
        if region not in regions:
            folder.problems.append(Problem(f"{where}, region", f"is not known; got {region!r}", nearest(region, regions)))
            continue
        if claim not in CLAIMS:
            folder.problems.append(Problem(f"{where}, claim", f"must be one of {', '.join(CLAIMS)}; got {claim!r}"))
        for key in ("probability", "share_out"):
            if np.isfinite(number[key][k]) and not 0 <= number[key][k] <= 1:
                folder.problems.append(Problem(f"{where}, {key}", f"must lie in [0, 1]; got {number[key][k]:g}"))
        steps = _event_steps(folder, where, row, axis, None if temperature is None else temperature[regions.index(region)])
        if steps is not None:
            names = tuple(c.strip() for c in str(row["categories"]).split("|"))
            for word in names:
                if word != "*" and not any(word.lower() in c.lower() for c in categories):
                    folder.problems.append(Problem(f"{where}, categories", f"{word!r} is in no unit's category",
                                                   nearest(word, set(categories))))
            out.append(CommonEvent(name=str(row["name"]), region=region, categories=names, steps=steps, claim=claim,
                                   probability=float(number["probability"][k]), share_out=float(number["share_out"][k])))
    return tuple(out)


def _event_steps(folder: Folder, where: str, row: dict[str, Any], axis: TimeAxis, temperature: Floats | None,
                 ) -> NDArray[np.bool_] | None:
    given = {c: str(row.get(c, "")) for c in ("start", "hours", "below_c") if str(row.get(c, "")) not in ("", "nan", "None")}
    if "below_c" in given and len(given) > 1:
        folder.problems.append(Problem(where, "gives below_c beside start or hours", "give a time or a temperature"))
        return None
    try:
        if "below_c" in given:
            if temperature is None:
                folder.problems.append(Problem(f"{where}, below_c", "needs the table temperature"))
                return None
            return np.asarray(temperature < float(given["below_c"]))
        if {"start", "hours"} <= given.keys():
            first = _moment(folder, f"{where}, start", given["start"], axis)
            steps = np.zeros(axis.steps, np.bool_)
            if not float(given["hours"]) > 0:
                folder.problems.append(Problem(f"{where}, hours", f"must be greater than 0; got {given['hours']}"))
                return None
            if first is not None:
                steps[first:first + max(round(float(given["hours"]) / axis.step_h), 1)] = True
            return steps
    except ValueError:
        folder.problems.append(Problem(where, f"hours and below_c must be numbers; got {given}"))
        return None
    folder.problems.append(Problem(where, "must have start and hours, or below_c"))
    return None


def read_maintenance(folder: Folder, units: Units, axis: TimeAxis) -> NDArray[np.bool_] | None:
    """Given planned outages as booleans (U, T), from the table `maintenance` (`unit`, `start`, `hours`); or None."""
    frame = folder.table("maintenance", ("unit", "start", "hours"))
    if frame is None:
        return None
    folder.check_columns("maintenance", frame, {"unit", "start", "hours"})
    hours = folder.numbers("maintenance", frame, "hours")[:, 0]
    for row in np.flatnonzero(~(hours > 0) & np.isfinite(hours)):
        folder.problems.append(Problem(f"{folder.path.name}/maintenance row {row + 2}, hours",
                                       f"must be greater than 0; got {hours[row]:g}"))
    unit = folder.index("maintenance", frame, "unit", units.names)
    out = np.zeros((len(units.names), axis.steps), np.bool_)
    for k, text in enumerate(folder.texts(frame, "start")):
        first = _moment(folder, f"{folder.path.name}/maintenance row {k + 2}, start", text, axis)
        if first is not None and hours[k] > 0:
            out[unit[k], first:first + round(hours[k] / axis.step_h)] = True
    return out
