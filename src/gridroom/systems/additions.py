"""Resources to be added to a system, from a file: CSV or Parquet table, TOML, or a folder of tables."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import numpy as np

from gridroom.core.errors import Problem, StudyError, raise_all
from gridroom.systems.assets import DemandResponse, Floats, Hybrids, Storage, Units
from gridroom.systems.folder import Folder
from gridroom.systems.system import System
from gridroom.systems.tables import read_asset

PARTS: dict[str, type[Any]] = {"units": Units, "storage": Storage, "hybrids": Hybrids, "demand_response": DemandResponse}


def kind_of(columns: set[str]) -> str:
    """Which asset table has these columns."""
    if "borrow_mw" in columns:
        return "demand_response"
    if "discharge_mw" in columns or "energy_mwh" in columns:
        return "hybrids" if columns & {"inflow_mw", "grid_injection_mw"} else "storage"
    return "units"


class _Given(Folder):
    """Tables that are already in hand."""

    def __init__(self, path: Path, frames: dict[str, Any], profiles: Floats | None) -> None:
        super().__init__(path)
        self.frames, self.profiles = frames, profiles

    def find(self, name: str) -> Path | None:
        """Where a table came from."""
        return self.path if name in self.frames or (name == "unit_capacity" and self.profiles is not None) else None

    def table(self, name: str, required: tuple[str, ...] = (), must: bool = False) -> Any:
        """The table, checked for its columns."""
        frame = self.frames.get(name)
        if frame is None:
            return None
        missing = [c for c in required if c not in frame.columns]
        for column in missing:
            self.problems.append(Problem(f"{self.path}, {name}, column {column}", "is missing"))
        return None if missing else frame

    def wide(self, name: str, columns: tuple[str, ...], steps: int) -> Floats | None:
        """Capacity by step of units with a profile."""
        return self.profiles if name == "unit_capacity" else None


def _frames(path: Path) -> dict[str, Any]:
    import pandas as pd

    if path.suffix == ".toml":
        try:
            data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
            raise StudyError(Problem(str(path), f"is not TOML: {fault}")) from None
        raise_all([Problem(f"{path}, {key}", f"must be one of {', '.join(PARTS)}") for key in data if key not in PARTS])
        return {part: pd.DataFrame(rows) for part, rows in data.items()}
    try:
        frame = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path, dtype=str, keep_default_na=False)
    except Exception as fault:  # whatever a broken file makes the reader raise
        raise StudyError(Problem(str(path), f"cannot be read: {str(fault).splitlines()[0]}")) from None
    if not len(frame):
        raise StudyError(Problem(str(path), "holds no row"))
    return {kind_of(set(frame.columns)): frame}


def _profiles(path: Path, frame: Any, steps: int) -> Floats | None:
    """Capacity of units by step where a column `profile` names a series of shares."""
    import pandas as pd

    if "profile" not in frame:
        return None
    capacity = pd.to_numeric(frame["capacity_mw"], errors="coerce").to_numpy(np.float64)
    out = np.repeat(capacity[:, None], steps, axis=1)
    for k, name in enumerate(frame["profile"]):
        if not str(name) or str(name) == "nan":
            continue
        try:
            values = pd.read_csv(path.parent / str(name))["value"].to_numpy(np.float64)
        except (OSError, ValueError, KeyError) as fault:
            raise StudyError(Problem(f"{path}, profile {name!r}", f"cannot be read: {fault}",
                                     "a CSV with a column value, one row a step")) from None
        if len(values) != steps:
            raise StudyError(Problem(f"{path}, profile {name!r}", f"must have {steps} rows; got {len(values)}"))
        out[k] *= values
    return out


def read_additions(path: str | Path, system: System) -> dict[str, Any]:
    """Assets by part, as `edit.with_assets` takes them.

    Parameters
    ----------
    path : str or Path
        A table of one kind (the columns tell which), a TOML file with `[[units]]`, `[[storage]]`, `[[hybrids]]` or
        `[[demand_response]]`, or a folder of such tables. Columns as in a system folder; units may have `profile`, a CSV of
        shares by step. Where the system has one region, `region` may be left out.
    system : System

    Raises
    ------
    StudyError
        With every fault found.
    """
    source = Path(path)
    if not source.exists():
        raise StudyError(Problem(str(source), "does not exist"))
    if source.is_dir():
        folder: Folder = Folder(source)
        parts = [part for part in PARTS if folder.find(part) is not None]
    else:
        frames = _frames(source)
        if len(system.regions) == 1:
            frames = {part: f if "region" in f else f.assign(region=system.regions[0]) for part, f in frames.items()}
        profiles = _profiles(source, frames["units"], system.axis.steps) if "units" in frames else None
        frames = {part: f.drop(columns="profile") if "profile" in f else f for part, f in frames.items()}
        folder, parts = _Given(source, frames, profiles), list(frames)
    found = {part: read_asset(folder, part, system.regions, system.axis) for part in parts}
    raise_all(folder.problems)
    if not found:
        raise StudyError(Problem(str(source), f"holds no table of {', '.join(PARTS)}"))
    return {part: PARTS[part](**columns) for part, columns in found.items()}
