"""Reading PRAS system files (HDF5, data versions 0.5 to 0.8) [1]_; `pras_write` writes them.

References
----------
.. [1] NREL, *PRAS System Representation Model (SRM) file specification*, PRAS v0.8.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np

from gridroom.core.errors import Problem, StudyError, raise_all
from gridroom.core.timeaxis import TimeAxis
from gridroom.systems.system import DemandResponse, Floats, Hybrids, Interfaces, Lines, Storage, System, Units

STEP_H = {"sec": 1 / 3600, "min": 1 / 60, "h": 1.0, "d": 24.0}
POWER_MW = {"kW": 1e-3, "MW": 1.0, "GW": 1e3, "TW": 1e6}
ENERGY_MWH = {"kWh": 1e-3, "MWh": 1.0, "GWh": 1e3, "TWh": 1e6}
NO_LIMIT = 4294967295  # the format's mark for "no limit"
REQUIRED = ("pras_dataversion", "start_timestamp", "timestep_count", "timestep_length", "timestep_unit", "power_unit",
            "energy_unit")


def _text(value: Any) -> str:
    return value.decode("ascii", "replace").rstrip("\x00") if isinstance(value, bytes) else str(value)


def _attribute(attributes: Any, name: str) -> Any:
    value = attributes[name]
    if isinstance(value, np.ndarray):
        value = value.reshape(-1)[0]
    return _text(value) if isinstance(value, bytes | str | np.bytes_) else value


class _Reader:
    """One open file: groups as tables of (entities, steps), problems collected."""

    def __init__(self, file: Any, where: str) -> None:
        self.file, self.where = file, where
        self.problems: list[Problem] = []
        self._check_root()
        attributes = file.attrs
        self.steps = int(_attribute(attributes, "timestep_count"))
        self.step_h = float(_attribute(attributes, "timestep_length")) * STEP_H[_attribute(attributes, "timestep_unit")]
        self.power = POWER_MW[_attribute(attributes, "power_unit")]
        self.energy = ENERGY_MWH[_attribute(attributes, "energy_unit")]
        self.start = datetime.fromisoformat(_attribute(attributes, "start_timestamp"))

    def _check_root(self) -> None:
        attributes = self.file.attrs
        missing = [name for name in REQUIRED if name not in attributes]
        problems = [Problem(f"{self.where}, attribute {name}", "is missing", "is this a PRAS system file?")
                    for name in missing]
        if not missing:
            version = _attribute(attributes, "pras_dataversion")
            if not str(version).startswith(("v0.5.", "v0.6.", "v0.7.", "v0.8.")):
                problems.append(Problem(f"{self.where}, pras_dataversion", f"must be v0.5 to v0.8; got {version}"))
            for name, known in (("timestep_unit", STEP_H), ("power_unit", POWER_MW), ("energy_unit", ENERGY_MWH)):
                value = _attribute(attributes, name)
                if value not in known:
                    problems.append(Problem(f"{self.where}, {name}", f"must be one of {', '.join(known)}; got {value!r}"))
            try:
                datetime.fromisoformat(str(_attribute(attributes, "start_timestamp")))
            except ValueError:
                problems.append(Problem(f"{self.where}, start_timestamp", "must be ISO 8601 with offset; got "
                                        f"{_attribute(attributes, 'start_timestamp')!r}"))
            for name in ("timestep_count", "timestep_length"):
                number = _attribute(attributes, name)
                if not isinstance(number, int | np.integer) or number < 1:
                    problems.append(Problem(f"{self.where}, {name}", f"must be a whole number of at least 1; got {number!r}"))
        if "regions" not in self.file:
            problems.append(Problem(f"{self.where}, group regions", "is missing"))
        raise_all(problems)

    def core(self, group: str, field: str) -> list[str]:
        """One text field of a group's `_core` table; empty where the group is absent."""
        if group not in self.file:
            return []
        if "_core" not in self.file[group]:
            self.problems.append(Problem(f"{self.where}, {group}/_core", "is missing"))
            raise_all(self.problems)
        core = self.file[group]["_core"]
        if core.dtype.names is None or field not in core.dtype.names:
            self.problems.append(Problem(f"{self.where}, {group}/_core", f"has no field {field}"))
            return [""] * len(core)
        return [_text(v) for v in core[field]]

    def table(self, group: str, name: str, unit: float = 1.0) -> Floats:
        """Dataset (N, n) turned to (n, N) floats; (n, 1) where nothing varies."""
        if group not in self.file:
            return np.zeros((0, 1))
        if name not in self.file[group]:
            self.problems.append(Problem(f"{self.where}, {group}/{name}", "is missing"))
            return np.zeros((len(self.file[group]["_core"]), 1))
        try:
            raw = self.file[group][name][()]
        except OSError as fault:
            self.problems.append(Problem(f"{self.where}, {group}/{name}", f"cannot be read: {fault}", "is the file whole?"))
            return np.zeros((len(self.file[group]["_core"]), 1))
        count = len(self.file[group]["_core"])
        if raw.dtype.kind not in "iuf":
            self.problems.append(Problem(f"{self.where}, {group}/{name}", f"must hold numbers; got {raw.dtype}"))
            return np.zeros((count, 1))
        if raw.shape != (self.steps, count):
            self.problems.append(Problem(f"{self.where}, {group}/{name}", f"must have shape ({self.steps}, {count}): "
                                         f"steps by entities; got {raw.shape}", "check timestep_count"))
            return np.zeros((count, 1))
        out = np.ascontiguousarray(raw.T, dtype=np.float64)
        if raw.dtype.kind in "iu":
            out[out >= NO_LIMIT] = 1e12 / unit
        out *= unit
        return out[:, :1].copy() if out.shape[1] == 0 or (out == out[:, :1]).all() else out

    def index(self, group: str, field: str, names: list[str]) -> Any:
        """Region index of each entity; unknown regions are problems."""
        place = {name: k for k, name in enumerate(names)}
        out = np.zeros(len(self.core(group, field)), np.int64)
        for k, name in enumerate(self.core(group, field)):
            if name not in place:
                self.problems.append(Problem(f"{self.where}, {group}[{k}].{field}", f"names no region; got {name!r}"))
            out[k] = place.get(name, 0)
        return out


# Our column -> dataset of the file and its unit; the groups are those of the specification.
POWER, ENERGY, NUMBER, STEPS = "power", "energy", "number", "steps"
DATASETS: dict[str, tuple[str, dict[str, tuple[str, str]]]] = {
    "units": ("generators", {"capacity_mw": ("capacity", POWER)}),
    "storage": ("storages", {}),
    "hybrids": ("generatorstorages", {
        "inflow_mw": ("inflow", POWER), "grid_withdrawal_mw": ("gridwithdrawalcapacity", POWER),
        "grid_injection_mw": ("gridinjectioncapacity", POWER)}),
    "demand_response": ("demandresponses", {
        "borrow_mw": ("borrowcapacity", POWER), "payback_mw": ("paybackcapacity", POWER),
        "energy_mwh": ("energycapacity", ENERGY), "interest": ("borrowedenergyinterest", NUMBER),
        "borrow_efficiency": ("borrowefficiency", NUMBER), "payback_efficiency": ("paybackefficiency", NUMBER),
        "window_steps": ("allowablepaybackperiod", STEPS)}),
    "interfaces": ("interfaces", {}),
    "lines": ("lines", {}),
}
_STORE = {"charge_mw": ("chargecapacity", POWER), "discharge_mw": ("dischargecapacity", POWER),
          "energy_mwh": ("energycapacity", ENERGY), "charge_efficiency": ("chargeefficiency", NUMBER),
          "discharge_efficiency": ("dischargeefficiency", NUMBER),
          "carryover_efficiency": ("carryoverefficiency", NUMBER)}
_TIE = {"forward_mw": ("forwardcapacity", POWER), "backward_mw": ("backwardcapacity", POWER)}
_FAILURE = {"failure_probability": ("failureprobability", NUMBER), "repair_probability": ("repairprobability", NUMBER)}
for _key, _more in (("storage", _STORE), ("hybrids", _STORE), ("interfaces", _TIE), ("lines", _TIE)):
    DATASETS[_key][1].update(_more)
for _key in ("units", "storage", "hybrids", "demand_response", "lines"):
    DATASETS[_key][1].update(_FAILURE)


def _columns(reader: _Reader, part: str) -> dict[str, Floats]:
    """Every table of one group, by our names."""
    group, columns = DATASETS[part]
    factor = {POWER: reader.power, ENERGY: reader.energy, NUMBER: 1.0, STEPS: 1.0}
    return {ours: reader.table(group, theirs, factor[unit]) for ours, (theirs, unit) in columns.items()}


def _asset(reader: _Reader, part: str, names: list[str]) -> dict[str, Any]:
    group = DATASETS[part][0]
    found: dict[str, Any] = {
        "names": tuple(reader.core(group, "name")), "categories": tuple(reader.core(group, "category")),
        "region": reader.index(group, "region", names), **_columns(reader, part)}
    if part in ("storage", "hybrids"):
        found["initial_mwh"] = np.zeros(len(found["names"]))
    return found


def _ties(reader: _Reader, names: list[str]) -> tuple[Interfaces, Lines]:
    start, end = (reader.index("interfaces", f, names) for f in ("region_from", "region_to"))
    limits = _columns(reader, "interfaces")
    a, b = (reader.index("lines", f, names) for f in ("region_from", "region_to"))
    columns = _columns(reader, "lines")
    pairs = {(int(x), int(y)): k for k, (x, y) in enumerate(zip(start, end, strict=True))}
    interface = np.zeros(len(a), np.int64)
    turned = []
    for k, (x, y) in enumerate(zip(a, b, strict=True)):
        straight, back = pairs.get((int(x), int(y))), pairs.get((int(y), int(x)))
        if straight is None and back is None:
            reader.problems.append(Problem(f"{reader.where}, lines[{k}]", "joins two regions that no interface joins"))
        interface[k] = straight if straight is not None else back if back is not None else 0
        if straight is None and back is not None:
            turned.append(k)
    if turned:
        forward, backward = (np.broadcast_to(columns[c], (len(a), reader.steps)).copy() for c in ("forward_mw", "backward_mw"))
        forward[turned], backward[turned] = backward[turned].copy(), forward[turned].copy()
        columns |= {"forward_mw": forward, "backward_mw": backward}
    bare = np.setdiff1d(np.arange(len(start)), interface)
    if len(a) and len(bare):  # in this format an interface is the sum of its lines, so one without any carries nothing
        for column in ("forward_mw", "backward_mw"):
            limits[column] = limits[column].copy()
            limits[column][bare] = 0.0
    return (Interfaces(start=start, end=end, **limits),
            Lines(names=tuple(reader.core("lines", "name")), categories=tuple(reader.core("lines", "category")),
                  interface=interface, **columns))


def read_pras(path: str | Path) -> System:
    """Read a `.pras` file.

    Parameters
    ----------
    path : str or Path

    Returns
    -------
    System
        Stores start empty, as in PRAS; days follow the file's own clock.

    Raises
    ------
    StudyError
        If the file is missing, truncated, not PRAS, or holds what this version does not model.
    """
    import h5py

    where = str(path)
    if not Path(path).is_file():
        raise StudyError(Problem(where, "does not exist"))
    try:
        with h5py.File(path, "r") as file:
            reader = _Reader(file, where)
            names = reader.core("regions", "name")
            load = reader.table("regions", "load", reader.power)
            assets = {part: _asset(reader, part, names) for part in ("units", "storage", "hybrids", "demand_response")}
            faces, lines = _ties(reader, names)
            if len(faces.start) and not len(lines.names):
                reader.problems.append(Problem(where, "has interfaces but no lines", "the format wants both or neither"))
            if reader.start.tzinfo is None:
                reader.problems.append(Problem(f"{where}, start_timestamp", "must have an offset from UTC, as +00:00"))
            if load.size and load.max() >= 1e12 / reader.power:
                reader.problems.append(Problem(f"{where}, regions/load", "holds the mark for no limit, which no load can be"))
            if not any(len(assets[p]["names"]) for p in ("units", "hybrids")):
                reader.problems.append(Problem(where, "holds neither generators nor generatorstorages"))
            words = {k: str(_attribute(file.attrs, k)) for k in file.attrs if k not in REQUIRED}
            raise_all(reader.problems)
            axis = TimeAxis(start=reader.start, step_h=reader.step_h, steps=reader.steps)
    except (OSError, RuntimeError) as fault:
        raise StudyError(Problem(where, f"cannot be read as HDF5: {fault}", "is the file whole?")) from None
    except (KeyError, ValueError, TypeError, AttributeError, IndexError) as fault:
        raise StudyError(Problem(where, f"is not as the PRAS format says: {fault}")) from None
    return System(name=Path(path).stem, axis=axis, regions=tuple(names),
                  load_mw=np.ascontiguousarray(np.broadcast_to(load, (len(names), axis.steps))),
                  day_shift_h=np.zeros(len(names)), units=Units(**assets["units"]), storage=Storage(**assets["storage"]),
                  hybrids=Hybrids(**assets["hybrids"]), demand_response=DemandResponse(**assets["demand_response"]),
                  interfaces=faces, lines=lines, attributes=words)
