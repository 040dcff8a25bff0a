"""A system as a folder of tables: `system.toml` and CSV or Parquet files; `tables_write` writes them.

Files: `regions`, `load`, `units`, `storage`, `hybrids`, `demand_response`, `interfaces`, `lines`, `large_loads`, and what
`extras` reads. What varies in time stands in a wide table of its own, named after table and column
(`storage_charge_mw`, `lines_forward_mw`; for units `unit_capacity`, `unit_failure`, `unit_repair`): one column an entity, one
row a step. Every fault is listed with its file, row and column.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gridroom.core.errors import Problem, StudyError, nearest, raise_all
from gridroom.core.timeaxis import TimeAxis
from gridroom.systems import extras
from gridroom.systems.assets import COLUMNS, FAILURE
from gridroom.systems.folder import CampusMw, Folder, read_axis
from gridroom.systems.maintenance import PLANS, levelised, without
from gridroom.systems.system import (
    SHOWN,
    DemandResponse,
    Floats,
    Hybrids,
    Interfaces,
    Lines,
    Storage,
    System,
    Units,
    probabilities,
)

WIDE = {("units", "capacity_mw"): "unit_capacity", ("units", FAILURE[0]): "unit_failure", ("units", FAILURE[1]): "unit_repair"}
TABLES = ("regions", "load", *COLUMNS, "large_loads")
# What a column is when its table leaves it out; None: it must be there.
DEFAULTS: dict[str, dict[str, Any]] = {
    "units": {"capacity_mw": None},
    "storage": {"charge_mw": "discharge_mw", "discharge_mw": None, "energy_mwh": None},
    "hybrids": {"inflow_mw": 0.0, "grid_withdrawal_mw": 0.0, "grid_injection_mw": None, "charge_mw": "discharge_mw",
                "discharge_mw": None, "energy_mwh": None},
    "demand_response": {"borrow_mw": None, "payback_mw": "borrow_mw", "energy_mwh": None, "interest": 0.0,
                        "borrow_efficiency": 1.0, "payback_efficiency": 1.0, "window_steps": None},
    "lines": {"forward_mw": None, "backward_mw": "forward_mw"},
    "interfaces": {"forward_mw": None, "backward_mw": "forward_mw"}}
COMMON = {"charge_efficiency": 1.0, "discharge_efficiency": 1.0, "carryover_efficiency": 1.0, FAILURE[0]: 0.0,
          FAILURE[1]: 1.0}


def wide_name(part: str, column: str) -> str:
    """Name of the wide table of one column."""
    return WIDE.get((part, column), f"{part}_{column}")


WIDE_NAMES = {wide_name(part, column): (part, column) for part, columns in COLUMNS.items() for column in columns}


def _rates(folder: Folder, name: str, frame: Any, step_h: float) -> tuple[Floats, Floats]:
    """Failure and repair probability a step, from probabilities or from forced outage rate and mean time to repair."""
    given = [c for c in (*FAILURE, "forced_outage_rate", "mttr_h") if c in frame]
    if len(given) > 2:
        folder.problems.append(Problem(f"{folder.path.name}/{name}", f"gives outages twice: {', '.join(given)}",
                                       "give two probabilities, or forced_outage_rate and mttr_h"))
    if all(c in frame for c in FAILURE):
        return folder.numbers(name, frame, FAILURE[0]), folder.numbers(name, frame, FAILURE[1])
    if "forced_outage_rate" in frame and "mttr_h" in frame:
        rate, mttr = folder.numbers(name, frame, "forced_outage_rate"), folder.numbers(name, frame, "mttr_h")
        for row in np.flatnonzero(~((rate >= 0) & (rate < 1)) & np.isfinite(rate))[:20]:
            unit = "; is it in percent?" if rate[row, 0] >= 1 else ""
            folder.problems.append(Problem(f"{folder.path.name}/{name} row {row + 2}, forced_outage_rate",
                                           f"must lie in [0, 1){unit}; got {rate[row, 0]:g}"))
        for row in np.flatnonzero((mttr <= 0) & np.isfinite(mttr))[:20]:
            folder.problems.append(Problem(f"{folder.path.name}/{name} row {row + 2}, mttr_h",
                                           f"must be greater than 0; got {mttr[row, 0]:g}"))
        swift = (rate > 0) & (rate < 1) & (mttr > 0) & (mttr * (1 - rate) < rate * step_h)
        for row in np.flatnonzero(swift)[:SHOWN]:
            folder.problems.append(Problem(
                f"{folder.path.name}/{name} row {row + 2}, mttr_h",
                f"is too short for a rate of {rate[row, 0]:g}: the unit would fail more than once a step; got "
                f"{mttr[row, 0]:g}", f"at least {rate[row, 0] * step_h / (1 - rate[row, 0]):.3g} h"))
        return probabilities(np.clip(np.nan_to_num(rate), 0.0, 1.0), np.nan_to_num(mttr, nan=1.0), step_h)
    folder.problems.append(Problem(f"{folder.path.name}/{name}", "must have failure_probability and repair_probability, "
                                   "or forced_outage_rate and mttr_h", nearest("mttr_h", map(str, frame))))
    return np.zeros((len(frame), 1)), np.ones((len(frame), 1))


def _columns(folder: Folder, part: str, frame: Any, names: tuple[str, ...], axis: TimeAxis) -> dict[str, Floats]:
    """Every column of an asset table: wide table, own column, or default."""
    out: dict[str, Floats] = {}
    rates: tuple[Floats, Floats] | None = None
    if any(c in frame for c in ("forced_outage_rate", "mttr_h")) or (part == "units" and not all(
            folder.find(wide_name(part, c)) for c in FAILURE)):
        rates = _rates(folder, part, frame, axis.step_h)
    for column in COLUMNS[part]:
        wide = folder.wide(wide_name(part, column), names, axis.steps)
        default = DEFAULTS[part].get(column, COMMON.get(column))
        if wide is not None:
            out[column] = wide
        elif column in FAILURE and rates is None and column not in frame and FAILURE[1 - FAILURE.index(column)] in frame:
            folder.problems.append(Problem(f"{folder.place(part)}, column {column}", "is missing beside the other probability"))
            out[column] = np.zeros((len(names), 1))
        elif column in FAILURE and rates is not None:
            out[column] = rates[FAILURE.index(column)]
        elif column in frame:
            out[column] = folder.numbers(part, frame, column)
        elif isinstance(default, str):
            out[column] = out[default] if default in out else folder.numbers(part, frame, default)
        elif default is None:
            folder.problems.append(Problem(f"{folder.path.name}/{part}, column {column}", "is missing",
                                           nearest(column, map(str, frame))))
            out[column] = np.zeros((len(names), 1))
        else:
            out[column] = np.full((len(names), 1), float(default))
    return out


def read_asset(folder: Folder, part: str, regions: tuple[str, ...], axis: TimeAxis) -> dict[str, Any]:
    """One asset table as arrays; nothing where the table is absent."""
    must = [c for c, default in DEFAULTS[part].items() if default is None and folder.find(wide_name(part, c)) is None]
    if part == "demand_response" and folder.find(part) is not None:
        must = [c for c in must if c != "window_steps"]
    frame = folder.table(part, ("name", "region", *must))
    if frame is None:
        return {}
    known = {"name", "region", "category", *COLUMNS[part], "forced_outage_rate", "mttr_h"}
    known |= {"initial_energy_mwh"} if part in ("storage", "hybrids") else set()
    known |= {"window_h"} if part == "demand_response" else set()
    known |= {"maintenance_weeks"} if part == "units" else set()
    folder.check_columns(part, frame, known)
    names = folder.texts(frame, "name")
    for row in [k for k, name in enumerate(names) if not name.strip()][:SHOWN]:
        folder.problems.append(Problem(f"{folder.place(part)} row {row + 2}, name", "is empty"))
    if "window_h" in frame:
        frame = _window(folder, part, frame, axis)
    out: dict[str, Any] = {
        "names": names, "categories": folder.texts(frame, "category") if "category" in frame else ("",) * len(names),
        "region": folder.index(part, frame, "region", regions), **_columns(folder, part, frame, names, axis)}
    if part in ("storage", "hybrids"):
        out["initial_mwh"] = (folder.numbers(part, frame, "initial_energy_mwh")[:, 0] if "initial_energy_mwh" in frame
                              else np.zeros(len(names)))
    if "maintenance_weeks" in frame:
        out["maintenance_weeks"] = folder.numbers(part, frame, "maintenance_weeks")[:, 0]
    return out


def _window(folder: Folder, part: str, frame: Any, axis: TimeAxis) -> Any:
    """`window_h` as whole steps."""
    if "window_steps" in frame:
        folder.problems.append(Problem(f"{folder.place(part)}", "gives window_h and window_steps", "give one of them"))
    steps = folder.numbers(part, frame, "window_h")[:, 0] / axis.step_h
    for row in np.flatnonzero(np.isfinite(steps) & ((steps < 1) | (np.abs(steps - np.round(steps)) > 1e-6)))[:SHOWN]:
        folder.problems.append(Problem(f"{folder.place(part)} row {row + 2}, window_h",
                                       f"must be a whole number of steps of {axis.step_h:g} h; got {frame['window_h'].iloc[row]}"))
    return frame.assign(window_steps=np.maximum(np.round(np.nan_to_num(steps, nan=1.0)), 1.0))


def _ties(folder: Folder, regions: tuple[str, ...], axis: TimeAxis) -> tuple[Interfaces, Lines]:
    must = [c for c in ("forward_mw",) if folder.find(wide_name("interfaces", c)) is None]
    frame = folder.table("interfaces", ("from", "to", *must))
    if frame is not None:
        folder.check_columns("interfaces", frame, {"from", "to", *COLUMNS["interfaces"]})
    if frame is None:
        if folder.find("interfaces") is None and folder.find("lines") is not None:
            folder.problems.append(Problem(f"{folder.path.name}/interfaces.csv", "is missing beside lines",
                                           "each line belongs to an interface: list the pairs of regions"))
        return Interfaces(), Lines()
    start = folder.index("interfaces", frame, "from", regions)
    end = folder.index("interfaces", frame, "to", regions)
    pairs = tuple(f"{a} - {b}" for a, b in zip(frame["from"], frame["to"], strict=True))
    faces = Interfaces(start=start, end=end, **_columns(folder, "interfaces", frame, pairs, axis))
    must = [c for c in ("forward_mw",) if folder.find(wide_name("lines", c)) is None]
    lines = folder.table("lines", ("name", "from", "to", *must))
    if lines is None:
        return faces, Lines()
    folder.check_columns("lines", lines, {"name", "category", "from", "to", *COLUMNS["lines"], "forced_outage_rate", "mttr_h"})
    ends = list(zip(folder.texts(lines, "from"), folder.texts(lines, "to"), strict=True))
    turned = [f"{a} - {b}" not in pairs and f"{b} - {a}" in pairs for a, b in ends]
    lines = lines.assign(pair=[f"{b} - {a}" if back else f"{a} - {b}" for (a, b), back in zip(ends, turned, strict=True)])
    names = folder.texts(lines, "name")
    columns = _columns(folder, "lines", lines, names, axis)
    if any(turned):
        wide = [np.broadcast_to(columns[c], (len(names), axis.steps)) for c in ("forward_mw", "backward_mw")]
        back = np.array(turned)[:, None]
        columns |= {"forward_mw": np.where(back, wide[1], wide[0]), "backward_mw": np.where(back, wide[0], wide[1])}
    return faces, Lines(
        names=names, categories=folder.texts(lines, "category") if "category" in lines else ("",) * len(names),
        interface=folder.index("lines", lines, "pair", pairs), **columns)


def _check_files(folder: Folder) -> None:
    known = (*TABLES, *WIDE_NAMES, *extras.TABLES)
    files = sorted(p for p in folder.path.iterdir() if p.suffix in (".csv", ".parquet"))
    for name, (part, _) in WIDE_NAMES.items():
        if folder.find(name) is not None and folder.find(part) is None:
            folder.problems.append(Problem(f"{folder.place(name)}", f"stands without its table {part}"))
    profiles = extras.profile_files(folder.path)
    for file in files:
        if file.stem not in known and file.name not in profiles:
            folder.problems.append(Problem(str(file), "is not a table of a system", nearest(file.stem, known)))
        elif file.suffix == ".csv" and file.with_suffix(".parquet") in files:
            folder.problems.append(Problem(str(file), "stands beside a Parquet file of the same name", "keep one"))


def _load(folder: Folder, regions: tuple[str, ...], axis: TimeAxis) -> Floats | None:
    if folder.find("load") is None:
        folder.problems.append(Problem(f"{folder.path}/load.csv", "is missing", "one column a region, one row a step, MW"))
        return None
    load = folder.wide("load", regions, axis.steps)
    if load is not None and load.size and np.nanmin(load) < 0:
        region, step = np.argwhere(load < 0)[0]
        folder.problems.append(Problem(f"{folder.path.name}/load row {step + 2}, {regions[region]}",
                                       f"must be at least 0; got {load[region, step]:g}"))
    return load


def read_years(path: str | Path, maintenance: str = "given", campus_mw: CampusMw | None = None) -> tuple[tuple[str, System], ...]:
    """Read a system folder with all its weather years.

    A subfolder of `weather/` holds the tables that differ in that year: `load`, wide tables, `temperature`. Without such
    subfolders there is one year without a name.

    Parameters
    ----------
    path : str or Path
    maintenance : str
        `given`: the table `maintenance` if there is one; `levelised`: `maintenance_weeks` of the units placed by levelised
        reserve; `none`.
    campus_mw : callable, optional
        MW by step of a campus file on a time axis, for large loads that name one: `gridroom.study.campus_file.campus_mw`.

    Returns
    -------
    tuple of (str, System)

    Raises
    ------
    StudyError
        With every fault found, by file, row and column.
    """
    folder = Folder(Path(path), campus_mw)
    if not folder.path.is_dir():
        raise StudyError(Problem(str(path), "is not a folder"))
    if maintenance not in PLANS:
        raise StudyError(Problem("maintenance", f"must be one of {', '.join(PLANS)}; got {maintenance!r}"))
    settings, axis = read_axis(folder)
    years = _years(folder)
    out = []
    for year in years or [""]:
        folder.over = folder.path / "weather" / year if year else None
        out.append((year, _read_one(folder, settings, axis, maintenance)))
    raise_all(folder.problems)
    return tuple((year, system) for year, system in out if system is not None)


def _years(folder: Folder) -> list[str]:
    """Names of the weather years, their files checked."""
    place = folder.path / "weather"
    if not place.is_dir():
        return []
    known = ("load", "temperature", *WIDE_NAMES)
    for path in sorted(place.iterdir()):
        if not path.is_dir():
            folder.problems.append(Problem(str(path), "is not a weather year", "weather/ holds one folder a year"))
            continue
        for file in sorted(path.iterdir()):
            if file.stem not in known or file.suffix not in (".csv", ".parquet"):
                folder.problems.append(Problem(str(file), "is not a table that may differ by weather year",
                                               nearest(file.stem, known)))
    return sorted(p.name for p in place.iterdir() if p.is_dir())


def _read_one(folder: Folder, settings: dict[str, Any], axis: TimeAxis, maintenance: str) -> System | None:
    before = len(folder.problems)
    _check_files(folder)
    frame = folder.table("regions", ("name",), must=True)
    if frame is not None:
        folder.check_columns("regions", frame, {"name"})
    regions = folder.texts(frame, "name") if frame is not None else ()
    if frame is not None and not regions:
        folder.problems.append(Problem(f"{folder.path.name}/regions", "must list at least one region"))
    load = _load(folder, regions, axis)
    assets = {part: read_asset(folder, part, regions, axis) for part in ("units", "storage", "hybrids", "demand_response")}
    if not any(len(assets[part].get("names", ())) for part in ("units", "hybrids")) and len(folder.problems) == before:
        folder.problems.append(Problem(f"{folder.path}/units.csv", "is missing or empty: there is no unit and no hybrid",
                                       "CSV or Parquet"))
    faces, lines = _ties(folder, regions, axis)
    large = extras.read_large_loads(folder, settings, regions, axis)
    weather = extras.read_temperature(folder, regions, axis.steps)
    if len(folder.problems) > before or load is None:
        return None
    units = Units(**assets["units"])
    units = extras.with_temperature(folder, units, weather, axis)
    events = extras.read_common_events(folder, regions, axis, weather, units.categories)
    plan = extras.read_maintenance(folder, units, axis)
    if len(folder.problems) > before:
        return None
    system = System(
        name=str(settings.get("name", folder.path.name)), axis=axis, regions=regions, load_mw=load,
        day_shift_h=np.zeros(len(regions)), units=units, storage=Storage(**assets["storage"]),
        hybrids=Hybrids(**assets["hybrids"]), demand_response=DemandResponse(**assets["demand_response"]),
        interfaces=faces, lines=lines, large_loads=large, common_events=events,
        attributes={str(k): str(v) for k, v in settings.get("attributes", {}).items()})
    if maintenance == "levelised":
        return levelised(system)
    return without(system, plan) if maintenance == "given" and plan is not None else system


def read_folder(path: str | Path, maintenance: str = "given") -> System:
    """Read a system folder of one weather year.

    Parameters
    ----------
    path : str or Path
    maintenance : str
        As in `read_years`.

    Returns
    -------
    System

    Raises
    ------
    StudyError
        With every fault found, by file, row and column; or if the folder holds several weather years.
    """
    years = read_years(path, maintenance)
    if len(years) > 1:
        raise StudyError(Problem(str(path), f"holds {len(years)} weather years", "read_years reads them all"))
    return years[0][1]


__all__ = ["TABLES", "WIDE_NAMES", "read_asset", "read_folder", "read_years", "wide_name"]
