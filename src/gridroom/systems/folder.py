"""One folder of tables being read: files, columns and numbers, and every fault with its file, row and column."""

from __future__ import annotations

import tomllib
import warnings
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from gridroom.core.errors import Problem, StudyError, nearest, raise_all
from gridroom.core.timeaxis import TimeAxis
from gridroom.systems.system import SHOWN, Floats

CampusMw = Callable[[Path, TimeAxis], Floats]
SETTINGS = ("name", "start", "step_minutes", "steps", "zone", "large_loads", "attributes")


class Folder:
    """Tables of a folder, and what is wrong with them."""

    def __init__(self, path: Path, campus_mw: CampusMw | None = None) -> None:
        self.path = path
        self.campus_mw = campus_mw  # MW by step of a campus file, for large loads that name one
        self.over: Path | None = None  # folder whose tables stand before those of `path`: one weather year
        self.problems: list[Problem] = []

    def find(self, name: str) -> Path | None:
        """File of a table, or None."""
        for place in (self.over, self.path):
            for ending in (".csv", ".parquet"):
                if place is not None and (place / f"{name}{ending}").is_file():
                    return place / f"{name}{ending}"
        return None

    def place(self, name: str) -> str:
        """Words for a table: its folder and name, with the weather year where it comes from one."""
        path = self.find(name)
        if self.over is not None and path is not None and path.parent == self.over:
            return f"{self.path.name}/weather/{self.over.name}/{name}"
        return f"{self.path.name}/{name}"

    def check_columns(self, name: str, frame: Any, known: set[str]) -> None:
        """List columns that mean nothing."""
        for column in sorted(set(map(str, frame.columns)) - known):
            self.problems.append(Problem(f"{self.place(name)}, column {column}", "is not known", nearest(column, known)))

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
            self.problems.append(Problem(f"{self.place(name)}, {column}",
                                         f"is at fault in {len(rows)} rows; the first {SHOWN} follow"))
        for row in rows[:SHOWN]:
            self.problems.append(Problem(f"{self.place(name)} row {row + 2}, {column}",
                                         f"must be a number; got {str(frame[column].iloc[row])!r}"))
        return np.asarray(values).reshape(-1, 1)

    def texts(self, frame: Any, column: str) -> tuple[str, ...]:
        """Column as words."""
        return tuple(str(v) for v in frame[column])

    def index(self, name: str, frame: Any, column: str, known: tuple[str, ...]) -> Any:
        """Index of names among the known ones; unknown names are listed with their row."""
        out = np.zeros(len(frame), np.int64)
        for row, value in enumerate(self.texts(frame, column)):
            if value in known:
                out[row] = known.index(value)
            else:
                self.problems.append(Problem(f"{self.place(name)} row {row + 2}, {column}",
                                             f"is not known; got {value!r}", nearest(value, known)))
        return out

    def wide(self, name: str, columns: tuple[str, ...], steps: int) -> Floats | None:
        """Wide table (n, T): one column an entity, in the order of `columns`."""
        frame = self.table(name)
        if frame is None or not columns:
            return None
        for column in sorted(set(map(str, frame.columns)) - set(columns)):
            self.problems.append(Problem(f"{self.place(name)}, column {column}", "is not known",
                                         nearest(column, columns)))
        lost = [c for c in columns if c not in map(str, frame.columns)]
        for column in lost[:20]:
            self.problems.append(Problem(f"{self.place(name)}, column {column}", "is missing",
                                         nearest(column, map(str, frame.columns))))
        if len(frame) != steps:
            self.problems.append(Problem(f"{self.place(name)}", f"must have {steps} rows, one a step; got "
                                         f"{len(frame)}", "steps is set in system.toml; is a row blank?"))
        if lost or len(frame) != steps:
            return None
        frame.columns = frame.columns.map(str)
        return np.concatenate([self.numbers(name, frame, c) for c in columns], axis=1).T.copy()


def list_problems(where: str, value: Any) -> list[Problem]:
    """What is wrong with the shape of `large_loads`."""
    if isinstance(value, list) and all(isinstance(row, dict) for row in value):
        return []
    return [Problem(f"{where}, large_loads", "must be a list of tables", "write [[large_loads]] above each")]


def _step_problems(path: Path, data: dict[str, Any]) -> list[Problem]:
    """What is wrong with the number and length of steps."""
    problems = []
    for key, most in (("steps", 10_000_000), ("step_minutes", 1440)):
        value = data.get(key, 1)
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= most:
            problems.append(Problem(f"{path}, {key}", f"must be a number greater than 0 and at most {most}; got {value!r}"))
        elif key == "steps" and value != int(value):
            problems.append(Problem(f"{path}, {key}", f"must be a whole number; got {value!r}"))
    if not isinstance(data.get("attributes", {}), dict):
        problems.append(Problem(f"{path}, attributes", f"must be a table of words; got {data['attributes']!r}", "[attributes]"))
    problems += list_problems(str(path), data.get("large_loads", []))
    return problems


def read_axis(folder: Folder) -> tuple[dict[str, Any], TimeAxis]:
    """Settings of `system.toml` and the steps they give."""
    path = folder.path / "system.toml"
    if not path.is_file():
        raise StudyError(Problem(str(path), "is missing", "a system folder holds system.toml and tables"))
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise StudyError(Problem(str(path), f"is not TOML: {fault}")) from None
    problems = [Problem(f"{path}, {key}", "is missing") for key in ("start", "step_minutes", "steps")
                if key not in data]
    unknown = sorted(set(data) - set(SETTINGS))
    problems += [Problem(f"{path}, {key}", "is not a known setting", nearest(key, SETTINGS)) for key in unknown]
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
    return data, TimeAxis(start=start, step_h=float(data["step_minutes"]) / 60.0,
                                                             steps=int(data["steps"]))
