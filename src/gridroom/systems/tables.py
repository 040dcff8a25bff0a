"""A system as a folder of tables: `system.toml` and CSV or Parquet files, read and written without loss.

Files: `regions`, `load`, `units`, `unit_capacity`, `unit_failure`, `unit_repair` (wide, one column a unit, optional),
`storage`, `interfaces`, `lines`. Every fault is listed with its file, row and column.
"""

from __future__ import annotations

import tomllib
import warnings
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from gridroom.core.errors import Problem, StudyError, nearest, raise_all
from gridroom.core.timeaxis import TimeAxis
from gridroom.systems.system import SHOWN, Floats, Interfaces, Lines, Storage, System, Units, probabilities

FAILURE = ("failure_probability", "repair_probability")
STORAGE = ("charge_mw", "discharge_mw", "energy_mwh", "charge_efficiency", "discharge_efficiency",
           "carryover_efficiency", *FAILURE)
KNOWN = ("regions", "load", "units", "unit_capacity", "unit_failure", "unit_repair", "storage", "interfaces", "lines")
NOT_YET = ("hybrids", "demand_response", "large_loads")


class _Folder:
    """Tables of a folder, and what is wrong with them."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.problems: list[Problem] = []

    def find(self, name: str) -> Path | None:
        for ending in (".csv", ".parquet"):
            if (self.path / f"{name}{ending}").is_file():
                return self.path / f"{name}{ending}"
        return None

    def table(self, name: str, required: tuple[str, ...] = (), must: bool = False) -> Any:
        """DataFrame of a table, or None where it is absent or cannot be used."""
        import pandas as pd

        path = self.find(name)
        if path is None:
            if must:
                self.problems.append(Problem(f"{self.path}/{name}.csv", "is missing", "CSV or Parquet"))
            return None
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # rows longer than the header would shift in silence
                # Text first: names stay as written ("01", "NA"); numbers are made, and checked, by column.
                frame = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(
                    path, dtype=str, keep_default_na=False, index_col=False, encoding="utf-8-sig")
        except Exception as fault:  # whatever a broken file makes the reader raise
            self.problems.append(Problem(str(path), f"cannot be read: {str(fault).splitlines()[0]}"))
            return None
        missing = [c for c in required if c not in frame.columns]
        for column in missing:
            self.problems.append(Problem(f"{path}, column {column}", "is missing", nearest(column, map(str, frame))))
        return None if missing else frame

    def numbers(self, name: str, frame: Any, column: str) -> Floats:
        """Column as (n, 1) floats; what is not a number becomes NaN and is listed with its row."""
        import pandas as pd

        values = pd.to_numeric(frame[column], errors="coerce").to_numpy(np.float64)
        rows = np.flatnonzero(~np.isfinite(values))
        if len(rows) > SHOWN:
            self.problems.append(Problem(f"{self.path.name}/{name}, {column}",
                                         f"is at fault in {len(rows)} rows; the first {SHOWN} follow"))
        for row in rows[:SHOWN]:
            self.problems.append(Problem(f"{self.path.name}/{name} row {row + 2}, {column}",
                                         f"must be a number; got {str(frame[column].iloc[row])!r}"))
        return np.asarray(values).reshape(-1, 1)

    def texts(self, frame: Any, column: str) -> tuple[str, ...]:
        return tuple(str(v) for v in frame[column])

    def index(self, name: str, frame: Any, column: str, known: tuple[str, ...]) -> Any:
        """Index of names among the known ones; unknown names are listed with their row."""
        out = np.zeros(len(frame), np.int64)
        for row, value in enumerate(self.texts(frame, column)):
            if value in known:
                out[row] = known.index(value)
            else:
                self.problems.append(Problem(f"{self.path.name}/{name} row {row + 2}, {column}",
                                             f"is not known; got {value!r}", nearest(value, known)))
        return out

    def wide(self, name: str, columns: tuple[str, ...], steps: int) -> Floats | None:
        """Wide table (n, T): one column an entity, in the order of `columns`."""
        frame = self.table(name)
        if frame is None or not columns:
            return None
        for column in sorted(set(map(str, frame.columns)) - set(columns)):
            self.problems.append(Problem(f"{self.path.name}/{name}, column {column}", "is not known",
                                         nearest(column, columns)))
        lost = [c for c in columns if c not in map(str, frame.columns)]
        for column in lost[:20]:
            self.problems.append(Problem(f"{self.path.name}/{name}, column {column}", "is missing",
                                         nearest(column, map(str, frame.columns))))
        if len(frame) != steps:
            self.problems.append(Problem(f"{self.path.name}/{name}", f"must have {steps} rows, one a step; got "
                                         f"{len(frame)}", "steps is set in system.toml"))
        if lost or len(frame) != steps:
            return None
        frame.columns = frame.columns.map(str)
        return np.concatenate([self.numbers(name, frame, c) for c in columns], axis=1).T.copy()


def _step_problems(path: Path, data: dict[str, Any]) -> list[Problem]:
    """What is wrong with the number and length of steps."""
    problems = []
    for key, most in (("steps", 10_000_000), ("step_minutes", 1440)):
        value = data.get(key, 1)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= most:
            problems.append(Problem(f"{path}, {key}", f"must be a number greater than 0 and at most {most}; got {value!r}"))
    return problems


def _axis(folder: _Folder) -> tuple[str, TimeAxis]:
    path = folder.path / "system.toml"
    if not path.is_file():
        raise StudyError(Problem(str(path), "is missing", "a system folder holds system.toml and tables"))
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise StudyError(Problem(str(path), f"is not TOML: {fault}")) from None
    problems = [Problem(f"{path}, {key}", "is missing") for key in ("start", "step_minutes", "steps")
                if key not in data]
    unknown = sorted(set(data) - {"name", "start", "step_minutes", "steps", "zone"})
    problems += [Problem(f"{path}, {key}", "is not a known setting", nearest(key, (
        "name", "start", "step_minutes", "steps", "zone"))) for key in unknown]
    zone: Any = None
    try:
        zone = ZoneInfo(str(data.get("zone", "UTC")))
    except Exception:  # the library raises several kinds for bad names
        problems.append(Problem(f"{path}, zone", f"is not a time zone; got {data.get('zone')!r}",
                                "names as in the tz database, for example America/New_York"))
    problems += _step_problems(path, data)
    start = data.get("start")
    if "start" in data and not isinstance(start, datetime):
        try:
            start = datetime.fromisoformat(str(start))
        except ValueError:
            problems.append(Problem(f"{path}, start", f"must be a date and time; got {data['start']!r}",
                                    "for example 2030-01-01T00:00:00"))
    raise_all(problems)
    assert isinstance(start, datetime)
    if start.tzinfo is None:
        start = start.replace(tzinfo=zone)
    elif "zone" in data:
        start = start.astimezone(zone)  # days are those of the zone's clock
    return str(data.get("name", folder.path.name)), TimeAxis(start=start, step_h=float(data["step_minutes"]) / 60.0,
                                                             steps=int(data["steps"]))


def _rates(folder: _Folder, name: str, frame: Any, step_h: float) -> tuple[Floats, Floats]:
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


def _units(folder: _Folder, regions: tuple[str, ...], axis: TimeAxis) -> Units:
    frame = folder.table("units", ("name", "region", "capacity_mw"), must=True)
    if frame is None:
        return Units()
    names = folder.texts(frame, "name")
    failure, repair = _rates(folder, "units", frame, axis.step_h)
    capacity = folder.wide("unit_capacity", names, axis.steps)
    wide_failure, wide_repair = (folder.wide(t, names, axis.steps) for t in ("unit_failure", "unit_repair"))
    return Units(
        names=names, categories=folder.texts(frame, "category") if "category" in frame else ("",) * len(names),
        region=folder.index("units", frame, "region", regions),
        capacity_mw=folder.numbers("units", frame, "capacity_mw") if capacity is None else capacity,
        failure_probability=failure if wide_failure is None else wide_failure,
        repair_probability=repair if wide_repair is None else wide_repair)


def _storage(folder: _Folder, regions: tuple[str, ...]) -> Storage:
    frame = folder.table("storage", ("name", "region", "discharge_mw", "energy_mwh"))
    if frame is None:
        return Storage()
    default = {"charge_mw": frame["discharge_mw"], "charge_efficiency": 1.0, "discharge_efficiency": 1.0,
               "carryover_efficiency": 1.0, "failure_probability": 0.0, "repair_probability": 1.0,
               "initial_energy_mwh": 0.0}
    frame = frame.assign(**{k: v for k, v in default.items() if k not in frame})
    names = folder.texts(frame, "name")
    return Storage(
        names=names, categories=folder.texts(frame, "category") if "category" in frame else ("",) * len(names),
        region=folder.index("storage", frame, "region", regions),
        initial_mwh=folder.numbers("storage", frame, "initial_energy_mwh")[:, 0],
        **{column: folder.numbers("storage", frame, column) for column in STORAGE})


def _ties(folder: _Folder, regions: tuple[str, ...]) -> tuple[Interfaces, Lines]:
    columns = ("from", "to", "forward_mw", "backward_mw")
    frame = folder.table("interfaces", columns)
    if frame is None:
        if folder.find("interfaces") is None and folder.find("lines") is not None:
            folder.problems.append(Problem(f"{folder.path.name}/interfaces.csv", "is missing beside lines",
                                           "each line belongs to an interface: list the pairs of regions"))
        return Interfaces(), Lines()
    start = folder.index("interfaces", frame, "from", regions)
    end = folder.index("interfaces", frame, "to", regions)
    faces = Interfaces(start=start, end=end, forward_mw=folder.numbers("interfaces", frame, "forward_mw"),
                       backward_mw=folder.numbers("interfaces", frame, "backward_mw"))
    lines = folder.table("lines", ("name", *columns))
    if lines is None:
        return faces, Lines()
    pairs = tuple(f"{a} - {b}" for a, b in zip(frame["from"], frame["to"], strict=True))
    lines = lines.assign(pair=[f"{a} - {b}" for a, b in zip(lines["from"], lines["to"], strict=True)])
    default = {"failure_probability": 0.0, "repair_probability": 1.0}
    lines = lines.assign(**{k: v for k, v in default.items() if k not in lines})
    return faces, Lines(
        names=folder.texts(lines, "name"), interface=folder.index("lines", lines, "pair", pairs),
        **{c: folder.numbers("lines", lines, c) for c in ("forward_mw", "backward_mw", *FAILURE)})


def read_folder(path: str | Path) -> System:
    """Read a system folder.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    System

    Raises
    ------
    StudyError
        With every fault found, by file, row and column.
    """
    folder = _Folder(Path(path))
    if not folder.path.is_dir():
        raise StudyError(Problem(str(path), "is not a folder"))
    name, axis = _axis(folder)
    files = sorted(p for p in folder.path.iterdir() if p.suffix in (".csv", ".parquet"))
    for file in files:
        if file.stem not in (*KNOWN, *NOT_YET):
            folder.problems.append(Problem(str(file), "is not a table of a system", nearest(file.stem, KNOWN)))
        elif file.suffix == ".csv" and file.with_suffix(".parquet") in files:
            folder.problems.append(Problem(str(file), "stands beside a Parquet file of the same name", "keep one"))
    for table in NOT_YET:
        if folder.find(table) is not None:
            folder.problems.append(Problem(f"{folder.path.name}/{table}", "is not modelled in this version",
                                           "take the file out to run without it"))
    frame = folder.table("regions", ("name",), must=True)
    regions = folder.texts(frame, "name") if frame is not None else ()
    if frame is not None and not regions:
        folder.problems.append(Problem(f"{folder.path.name}/regions", "must list at least one region"))
    load = folder.wide("load", regions, axis.steps) if folder.find("load") else None
    if folder.find("load") is None:
        folder.problems.append(Problem(f"{path}/load.csv", "is missing", "one column a region, one row a step, MW"))
    units, storage = _units(folder, regions, axis), _storage(folder, regions)
    faces, lines = _ties(folder, regions)
    if load is not None and load.size and np.nanmin(load) < 0:
        region, step = np.argwhere(load < 0)[0]
        folder.problems.append(Problem(f"{folder.path.name}/load row {step + 2}, {regions[region]}",
                                       f"must be at least 0; got {load[region, step]:g}"))
    raise_all(folder.problems)
    assert load is not None
    return System(name=name, axis=axis, regions=regions, load_mw=load, day_shift_h=np.zeros(len(regions)), units=units,
                  storage=storage, interfaces=faces, lines=lines)


def write_folder(system: System, path: str | Path) -> None:
    """Write a system as a folder of Parquet tables; reading it back gives the same arrays.

    Raises
    ------
    StudyError
        If a store or tie varies in time: the tables have no place for that.
    """
    import pandas as pd

    parts = (("storage", system.storage, STORAGE), ("interfaces", system.interfaces, ("forward_mw", "backward_mw")),
             ("lines", system.lines, ("forward_mw", "backward_mw", *FAILURE)))
    raise_all([Problem(f"{name}.{column}", "varies in time, for which the tables have no place") for name, part, columns
               in parts for column in columns if getattr(part, column).shape[1] > 1])
    out = Path(path)
    out.mkdir(parents=True, exist_ok=True)
    axis = system.axis
    (out / "system.toml").write_text(
        f'name = "{system.name}"\nstart = {axis.start.isoformat()}\nstep_minutes = {axis.step_h * 60:g}\n'
        f"steps = {axis.steps}\n", encoding="utf-8")
    regions = np.array(system.regions, dtype=object)
    pd.DataFrame({"name": regions}).to_parquet(out / "regions.parquet", index=False)
    pd.DataFrame(system.load_mw.T, columns=list(system.regions)).to_parquet(out / "load.parquet", index=False)
    units = system.units
    pd.DataFrame({"name": units.names, "region": regions[units.region], "category": units.categories,
                  "capacity_mw": units.capacity_mw[:, 0], FAILURE[0]: units.failure_probability[:, 0],
                  FAILURE[1]: units.repair_probability[:, 0]}).to_parquet(out / "units.parquet", index=False)
    for name, table in (("unit_capacity", units.capacity_mw), ("unit_failure", units.failure_probability),
                        ("unit_repair", units.repair_probability)):
        if table.shape[1] > 1:
            pd.DataFrame(table.T, columns=list(units.names)).to_parquet(out / f"{name}.parquet", index=False)
    if len(system.storage.names):
        pd.DataFrame({"name": system.storage.names, "region": regions[system.storage.region],
                      "category": system.storage.categories, "initial_energy_mwh": system.storage.initial_mwh,
                      **{c: getattr(system.storage, c)[:, 0] for c in STORAGE}}).to_parquet(out / "storage.parquet",
                                                                                            index=False)
    faces, lines = system.interfaces, system.lines
    if len(faces.start):
        ends = {"from": regions[faces.start], "to": regions[faces.end]}
        pd.DataFrame({**ends, "forward_mw": faces.forward_mw[:, 0], "backward_mw": faces.backward_mw[:, 0]}).to_parquet(
            out / "interfaces.parquet", index=False)
        if len(lines.names):
            pd.DataFrame({"name": lines.names, **{k: v[lines.interface] for k, v in ends.items()},
                          **{c: getattr(lines, c)[:, 0] for c in ("forward_mw", "backward_mw", *FAILURE)}}).to_parquet(
                out / "lines.parquet", index=False)
