"""Reading PRAS system files (HDF5, data versions 0.5 to 0.8) [1]_.

Hybrids whose store cannot charge are read as units of min(inflow, injection limit); demand response and hybrids that
store are refused with a word, since this version does not model them.

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
from gridroom.systems.system import Floats, Interfaces, Lines, Storage, System, Units

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
            if not version.startswith(("v0.5", "v0.6", "v0.7", "v0.8")):
                problems.append(Problem(f"{self.where}, pras_dataversion", f"must be v0.5 to v0.8; got {version}"))
            for name, known in (("timestep_unit", STEP_H), ("power_unit", POWER_MW), ("energy_unit", ENERGY_MWH)):
                value = _attribute(attributes, name)
                if value not in known:
                    problems.append(Problem(f"{self.where}, {name}", f"must be one of {', '.join(known)}; got {value!r}"))
            try:
                datetime.fromisoformat(_attribute(attributes, "start_timestamp"))
            except ValueError:
                problems.append(Problem(f"{self.where}, start_timestamp", "must be ISO 8601 with offset; got "
                                        f"{_attribute(attributes, 'start_timestamp')!r}"))
        if "regions" not in self.file:
            problems.append(Problem(f"{self.where}, group regions", "is missing"))
        raise_all(problems)

    def core(self, group: str, field: str) -> list[str]:
        """One text field of a group's `_core` table; empty where the group is absent."""
        if group not in self.file:
            return []
        return [_text(v) for v in self.file[group]["_core"][field]]

    def table(self, group: str, name: str, unit: float = 1.0) -> Floats:
        """Dataset (N, n) turned to (n, N) floats; (n, 1) where nothing varies."""
        if group not in self.file:
            return np.zeros((0, 1))
        if name not in self.file[group]:
            self.problems.append(Problem(f"{self.where}, {group}/{name}", "is missing"))
            return np.zeros((len(self.file[group]["_core"]), 1))
        raw = self.file[group][name][()]
        count = len(self.file[group]["_core"])
        if raw.shape != (self.steps, count):
            self.problems.append(Problem(f"{self.where}, {group}/{name}", f"must have shape ({self.steps}, {count}): "
                                         f"steps by entities; got {raw.shape}", "check timestep_count"))
            return np.zeros((count, 1))
        out = np.ascontiguousarray(raw.T, dtype=np.float64)
        if raw.dtype.kind in "iu":
            out[out >= NO_LIMIT] = 1e12 / unit
        out *= unit
        return out[:, :1].copy() if (out == out[:, :1]).all() else out

    def index(self, group: str, field: str, names: list[str]) -> Any:
        """Region index of each entity; unknown regions are problems."""
        place = {name: k for k, name in enumerate(names)}
        out = np.zeros(len(self.core(group, field)), np.int64)
        for k, name in enumerate(self.core(group, field)):
            if name not in place:
                self.problems.append(Problem(f"{self.where}, {group}[{k}].{field}", f"names no region; got {name!r}"))
            out[k] = place.get(name, 0)
        return out


def _units(reader: _Reader, names: list[str]) -> Units:
    group = "generators"
    unit = Units(
        names=tuple(reader.core(group, "name")), categories=tuple(reader.core(group, "category")),
        region=reader.index(group, "region", names), capacity_mw=reader.table(group, "capacity", reader.power),
        failure_probability=reader.table(group, "failureprobability"),
        repair_probability=reader.table(group, "repairprobability"))
    hybrids = "generatorstorages"
    if hybrids not in reader.file:
        return unit
    charge = reader.table(hybrids, "chargecapacity")
    for k in np.flatnonzero(charge.max(axis=1) > 0):
        reader.problems.append(Problem(f"{reader.where}, generatorstorages[{k}]",
                                       f"{reader.core(hybrids, 'name')[k]!r} can charge its store",
                                       "hybrids with a store that charges are not modelled in this version"))
    inflow = reader.table(hybrids, "inflow", reader.power)
    limit = np.minimum(inflow, reader.table(hybrids, "gridinjectioncapacity", reader.power))
    parts = [np.broadcast_to(t, (len(t), reader.steps)) for t in (unit.capacity_mw, limit)]
    return Units(
        names=(*unit.names, *reader.core(hybrids, "name")),
        categories=(*unit.categories, *reader.core(hybrids, "category")),
        region=np.concatenate([unit.region, reader.index(hybrids, "region", names)]),
        capacity_mw=np.concatenate(parts),
        failure_probability=_stack(unit.failure_probability, reader.table(hybrids, "failureprobability"), reader.steps),
        repair_probability=_stack(unit.repair_probability, reader.table(hybrids, "repairprobability"), reader.steps))


def _stack(a: Floats, b: Floats, steps: int) -> Floats:
    if a.shape[1] != b.shape[1]:
        a, b = (np.broadcast_to(t, (len(t), steps)) for t in (a, b))
    return np.concatenate([a, b])


def _storage(reader: _Reader, names: list[str]) -> Storage:
    group = "storages"
    return Storage(
        names=tuple(reader.core(group, "name")), categories=tuple(reader.core(group, "category")),
        region=reader.index(group, "region", names), charge_mw=reader.table(group, "chargecapacity", reader.power),
        discharge_mw=reader.table(group, "dischargecapacity", reader.power),
        energy_mwh=reader.table(group, "energycapacity", reader.energy),
        charge_efficiency=reader.table(group, "chargeefficiency"),
        discharge_efficiency=reader.table(group, "dischargeefficiency"),
        carryover_efficiency=reader.table(group, "carryoverefficiency"),
        failure_probability=reader.table(group, "failureprobability"),
        repair_probability=reader.table(group, "repairprobability"),
        initial_mwh=np.zeros(len(reader.core(group, "name"))))


def _ties(reader: _Reader, names: list[str]) -> tuple[Interfaces, Lines]:
    group = "interfaces"
    start, end = reader.index(group, "region_from", names), reader.index(group, "region_to", names)
    faces = Interfaces(start=start, end=end, forward_mw=reader.table(group, "forwardcapacity", reader.power),
                       backward_mw=reader.table(group, "backwardcapacity", reader.power))
    a, b = reader.index("lines", "region_from", names), reader.index("lines", "region_to", names)
    forward = reader.table("lines", "forwardcapacity", reader.power)
    backward = reader.table("lines", "backwardcapacity", reader.power)
    pairs = {(int(x), int(y)): k for k, (x, y) in enumerate(zip(start, end, strict=True))}
    interface = np.zeros(len(a), np.int64)
    if forward.shape != backward.shape:
        forward, backward = (np.broadcast_to(t, (len(t), reader.steps)).copy() for t in (forward, backward))
    for k, (x, y) in enumerate(zip(a, b, strict=True)):
        if (int(x), int(y)) in pairs:
            interface[k] = pairs[(int(x), int(y))]
        elif (int(y), int(x)) in pairs:
            interface[k] = pairs[(int(y), int(x))]
            forward[k], backward[k] = backward[k].copy(), forward[k].copy()
        else:
            reader.problems.append(Problem(f"{reader.where}, lines[{k}]", "joins two regions that no interface joins"))
    return faces, Lines(names=tuple(reader.core("lines", "name")), interface=interface, forward_mw=forward,
                        backward_mw=backward, failure_probability=reader.table("lines", "failureprobability"),
                        repair_probability=reader.table("lines", "repairprobability"))


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
            if "demandresponses" in file and len(file["demandresponses"]["_core"]):
                reader.problems.append(Problem(f"{where}, demandresponses", "are not modelled in this version"))
            names = reader.core("regions", "name")
            load = reader.table("regions", "load", reader.power)
            units, storage = _units(reader, names), _storage(reader, names)
            faces, lines = _ties(reader, names)
            raise_all(reader.problems)
            axis = TimeAxis(start=reader.start, step_h=reader.step_h, steps=reader.steps)
    except (OSError, RuntimeError) as fault:
        raise StudyError(Problem(where, f"cannot be read as HDF5: {fault}", "is the file whole?")) from None
    except (KeyError, ValueError) as fault:
        raise StudyError(Problem(where, f"is not as the PRAS format says: {fault}")) from None
    return System(name=Path(path).stem, axis=axis, regions=tuple(names),
                  load_mw=np.ascontiguousarray(np.broadcast_to(load, (len(names), axis.steps))),
                  day_shift_h=np.zeros(len(names)), units=units, storage=storage, interfaces=faces, lines=lines)
