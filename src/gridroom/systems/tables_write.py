"""Writing a system as a folder of tables; reading it back gives the same arrays."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from gridroom.core.errors import Problem, raise_all
from gridroom.systems.assets import COLUMNS, LargeLoad
from gridroom.systems.system import Floats, System, pair_names
from gridroom.systems.tables import wide_name


def _text(value: str) -> str:
    """A TOML basic string."""
    escaped = value.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(c if c >= " " else f"\\u{ord(c):04x}" for c in escaped) + '"'


def _settings(system: System) -> str:
    axis = system.axis
    lines = [f"name = {_text(system.name)}", f"start = {axis.start.isoformat()}", f"step_minutes = {axis.step_h * 60!r}",
             f"steps = {axis.steps}"]
    if isinstance(axis.start.tzinfo, ZoneInfo):
        lines.append(f"zone = {_text(axis.start.tzinfo.key)}")
    if system.attributes:
        lines += ["", "[attributes]", *(f"{_text(k)} = {_text(v)}" for k, v in system.attributes.items())]
    return "\n".join(lines) + "\n"


def _large_loads(system: System, out: Path) -> str:
    import pandas as pd

    text = []
    for k, load in enumerate(system.large_loads):
        text.append("[[large_loads]]")
        for field in dataclasses.fields(LargeLoad):
            value: Any = getattr(load, field.name)
            if field.name == "mw":
                if value.size == 1:
                    text.append(f"mw = {float(value[0])!r}")
                else:
                    pd.DataFrame({"value": value}).to_parquet(out / f"large_load_{k}.parquet", index=False)
                    text.append(f'profile = "large_load_{k}.parquet"')
            elif isinstance(value, str):
                text.append(f"{field.name} = {_text(value)}")
            elif not np.isnan(value) and value != field.default:
                text.append(f"{field.name} = {value!r}")
        text.append("")
    return "\n".join(text)


def _columns(out: Path, system: System, part: str, names: tuple[str, ...]) -> dict[str, Floats]:
    """Constant columns of one asset; those that vary in time go to wide tables."""
    import pandas as pd

    columns = {}
    for column in COLUMNS[part]:
        table: Floats = getattr(getattr(system, part), column)
        if table.shape[1] > 1:
            pd.DataFrame(table.T, columns=list(names)).to_parquet(out / f"{wide_name(part, column)}.parquet", index=False)
        else:
            columns[column] = table[:, 0]
    return columns


def write_folder(system: System, path: str | Path) -> None:
    """Write a system as a folder of Parquet tables; reading it back gives the same arrays.

    Parameters
    ----------
    system : System
    path : str or Path
        Folder; made where it is missing.

    Raises
    ------
    StudyError
        If the system holds what the tables have no place for.
    """
    import pandas as pd

    problems = []
    if system.common_events:
        problems.append(Problem("common_events", "are written by hand, as the table common_events"))
    if (system.day_shift_h != 0).any():
        problems.append(Problem("day_shift_h", "has no place in a folder, which has one clock"))
    raise_all(problems)
    out = Path(path)
    out.mkdir(parents=True, exist_ok=True)
    (out / "system.toml").write_text(_settings(system), encoding="utf-8")
    regions = np.array(system.regions, dtype=object)
    pd.DataFrame({"name": regions}).to_parquet(out / "regions.parquet", index=False)
    pd.DataFrame(system.load_mw.T, columns=list(system.regions)).to_parquet(out / "load.parquet", index=False)
    for part in ("units", "storage", "hybrids", "demand_response"):
        asset = getattr(system, part)
        if not len(asset.names):
            continue
        more: dict[str, Any] = {}
        if part in ("storage", "hybrids"):
            more["initial_energy_mwh"] = asset.initial_mwh
        if part == "units" and len(asset.maintenance_weeks):
            more["maintenance_weeks"] = asset.maintenance_weeks
        pd.DataFrame({"name": asset.names, "region": regions[asset.region], "category": asset.categories, **more,
                      **_columns(out, system, part, asset.names)}).to_parquet(out / f"{part}.parquet", index=False)
    _write_ties(system, out, regions)
    if system.large_loads:
        (out / "large_loads.toml").write_text(_large_loads(system, out), encoding="utf-8")


def _write_ties(system: System, out: Path, regions: Any) -> None:
    import pandas as pd

    faces, lines = system.interfaces, system.lines
    if not len(faces.start):
        return
    ends = {"from": regions[faces.start], "to": regions[faces.end]}
    pd.DataFrame({**ends, **_columns(out, system, "interfaces", pair_names(system))}).to_parquet(
        out / "interfaces.parquet", index=False)
    if len(lines.names):
        pd.DataFrame({"name": lines.names, "category": lines.categories or ("",) * len(lines.names),
                      **{k: v[lines.interface] for k, v in ends.items()},
                      **_columns(out, system, "lines", lines.names)}).to_parquet(out / "lines.parquet", index=False)
