"""Writing PRAS system files, data version 0.8 [1]_. What the format has no place for is listed, never dropped.

References
----------
.. [1] NREL, *PRAS System Representation Model (SRM) file specification*, PRAS v0.8.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from gridroom.core.errors import Problem, StudyError, raise_all
from gridroom.systems.pras import DATASETS, NO_LIMIT, NUMBER, POWER, REQUIRED, STEPS
from gridroom.systems.system import Floats, Lines, System

VERSION = "v0.8.0"
LONGEST = 128  # bytes of a name, by the specification
UNLIMITED = 1e12
SCALES = ((1.0, "MW", "MWh"), (1e3, "kW", "kWh"))


def _whole(table: Floats, scale: float) -> bool:
    scaled = table[table < UNLIMITED] * scale
    return bool(np.all(np.abs(scaled - np.round(scaled)) < 1e-6))


def _powers(system: System) -> list[Floats]:
    found = [system.load_mw]
    for part, (_, columns) in DATASETS.items():
        found += [getattr(getattr(system, part), c) for c, (_, unit) in columns.items() if unit != NUMBER and unit != STEPS]
    return found


def losses(system: System) -> list[Problem]:
    """What a `.pras` file cannot keep of this system."""
    problems = []
    if system.large_loads:
        problems.append(Problem("large_loads", "have no place in a .pras file", "take them out or keep the folder"))
    if system.common_events:
        problems.append(Problem("common_events", "have no place in a .pras file", "take them out or keep the folder"))
    for part in ("storage", "hybrids"):
        held = getattr(system, part).initial_mwh
        for k in np.flatnonzero(held > 0):
            problems.append(Problem(f"{part}.initial_mwh of {getattr(system, part).names[k]!r}",
                                    f"has no place in a .pras file, where stores start empty; got {held[k]:g}"))
    if len(system.units.maintenance_weeks) and system.units.maintenance_weeks.any():
        problems.append(Problem("units.maintenance_weeks", "has no place in a .pras file"))
    zone = system.axis.start.tzinfo
    if isinstance(zone, ZoneInfo) and system.axis.clock_change_h().any():
        problems.append(Problem(f"zone {zone.key!r}", "changes its clock within the horizon; a .pras file keeps one offset"))
    for name in sorted(set(system.attributes) & {*REQUIRED}):
        problems.append(Problem(f"attributes, {name!r}", "is a name that the format keeps for itself"))
    if (system.day_shift_h != 0).any():
        problems.append(Problem("day_shift_h", "has no place in a .pras file, which has one clock"))
    if not all(_whole(table, SCALES[-1][0]) for table in _powers(system)):
        moved = float(np.abs(np.round(system.load_mw * 1e3) / 1e3 - system.load_mw).sum())
        problems.append(Problem("values", f"are not whole kW and kWh; rounding moves load by {moved:.3g} MW in all steps "
                                          "together"))
    return problems


def _impossible(system: System) -> list[Problem]:
    """What no `.pras` file may hold."""
    problems = []
    for part, names in [("regions", system.regions), *[(p, getattr(system, p).names) for p in DATASETS if p != "interfaces"]]:
        for name in names:
            if not name.isascii() or len(name) > LONGEST:
                problems.append(Problem(f"{part}, name {name!r}", f"must be ASCII of at most {LONGEST} characters"))
    if not len(system.units.names) and not len(system.hybrids.names):
        problems.append(Problem("units", "a .pras file needs at least one unit or hybrid"))
    return problems


def _step(step_h: float) -> tuple[int, str]:
    for unit, hours in (("h", 1.0), ("min", 1 / 60), ("sec", 1 / 3600)):
        count = step_h / hours
        if abs(count - round(count)) < 1e-6 and round(count) > 0:
            return round(count), unit
    raise StudyError(Problem("step", f"must be whole seconds; got {step_h:g} h"))


def _string(size: int, utf8: bool) -> Any:
    """Fixed-length, null-terminated string type, as PRAS writes it."""
    import h5py

    kind = h5py.h5t.C_S1.copy()
    kind.set_size(size)
    kind.set_strpad(h5py.h5t.STR_NULLTERM)
    kind.set_cset(h5py.h5t.CSET_UTF8 if utf8 else h5py.h5t.CSET_ASCII)
    return kind


def _core(group: Any, fields: dict[str, list[str]]) -> None:
    """Write the compound table `_core`: one row an entity, every field a fixed-length string."""
    import h5py

    width = max([64, *(len(v) for values in fields.values() for v in values)])
    rows = np.zeros(len(next(iter(fields.values()))), dtype=[(name, f"S{width}") for name in fields])
    kind = h5py.h5t.create(h5py.h5t.COMPOUND, rows.dtype.itemsize)
    for k, (name, values) in enumerate(fields.items()):
        rows[name] = values
        kind.insert(name.encode(), k * width, _string(width, False))
    space = h5py.h5s.create_simple((len(rows),))
    h5py.h5d.create(group.id, b"_core", kind, space).write(h5py.h5s.ALL, h5py.h5s.ALL, rows, kind)


def _text(file: Any, name: str, value: str) -> None:
    import h5py

    data = np.array(value.encode(), dtype=f"S{max(len(value.encode()), 1)}")
    space = h5py.h5s.create(h5py.h5s.SCALAR)
    kind = _string(data.dtype.itemsize, True)
    h5py.h5a.create(file.id, name.encode(), kind, space).write(data, kind)


class _Writer:
    def __init__(self, file: Any, system: System, scale: float) -> None:
        self.file, self.system, self.scale = file, system, scale

    def table(self, group: Any, name: str, values: Floats, unit: str) -> None:
        out = np.broadcast_to(values, (len(values), self.system.axis.steps)).T
        if unit != NUMBER:
            scaled = np.round(out * (1.0 if unit == STEPS else self.scale))
            out = np.where(out >= UNLIMITED, NO_LIMIT, scaled).astype(np.int64)
        group.create_dataset(name, data=np.ascontiguousarray(out), compression="gzip")

    def part(self, part: str, values: Any, fields: dict[str, list[str]]) -> None:
        group_name, columns = DATASETS[part]
        group = self.file.create_group(group_name)
        _core(group, fields)
        for ours, (theirs, unit) in columns.items():
            self.table(group, theirs, getattr(values, ours), unit)


def _all_lines(system: System) -> Lines:
    """Lines of every interface: where an interface has none, a line that never fails carries its limit."""
    faces, lines = system.interfaces, system.lines
    bare = np.setdiff1d(np.arange(len(faces.start)), lines.interface)
    if not len(bare):
        return lines
    steps = system.axis.steps
    names = tuple(f"{system.regions[faces.start[i]]} - {system.regions[faces.end[i]]}" for i in bare)

    def join(own: Floats, more: Floats) -> Floats:
        wide = [np.broadcast_to(t, (len(t), steps)) for t in (own, more)]
        return np.concatenate(wide)

    zero, one = np.zeros((len(bare), 1)), np.ones((len(bare), 1))
    return Lines(names=(*lines.names, *names), categories=(*(lines.categories or ("",) * len(lines.names)),
                                                           *("interface",) * len(bare)),
                 interface=np.concatenate([lines.interface, bare]), forward_mw=join(lines.forward_mw, faces.forward_mw[bare]),
                 backward_mw=join(lines.backward_mw, faces.backward_mw[bare]),
                 failure_probability=join(lines.failure_probability, zero),
                 repair_probability=join(lines.repair_probability, one))


def write_pras(system: System, path: str | Path, lossy: bool = False) -> list[Problem]:
    """Write a system as a `.pras` file of data version 0.8; reading it back gives the same arrays.

    Powers are whole MW, or whole kW where MW would lose something.

    Parameters
    ----------
    system : System
    path : str or Path
    lossy : bool
        Write what can be kept and leave out, or round to whole kW, the rest.

    Returns
    -------
    list of Problem
        What was not kept; empty unless `lossy`.

    Raises
    ------
    StudyError
        With everything that the format cannot keep.
    """
    import h5py

    lost = losses(system)
    raise_all(_impossible(system) + ([] if lossy else lost))
    scale, power, energy = next((s for s in SCALES if all(_whole(t, s[0]) for t in _powers(system))), SCALES[-1])
    length, unit = _step(system.axis.step_h)
    regions = list(system.regions)
    part_path = Path(f"{path}.part")
    with h5py.File(part_path, "w") as file:
        for name, value in (("pras_dataversion", VERSION), ("timestep_unit", unit), ("power_unit", power),
                            ("energy_unit", energy), ("start_timestamp", system.axis.start.isoformat(timespec="seconds")),
                            *((k, v) for k, v in system.attributes.items() if k not in REQUIRED)):
            _text(file, name, value)
        file.attrs["timestep_count"] = np.int64(system.axis.steps)
        file.attrs["timestep_length"] = np.int64(length)
        writer = _Writer(file, system, scale)
        group = file.create_group("regions")
        _core(group, {"name": regions})
        writer.table(group, "load", system.load_mw, POWER)
        for part in ("units", "storage", "hybrids", "demand_response"):
            values = getattr(system, part)
            if len(values.names):
                writer.part(part, values, {"name": list(values.names), "category": list(values.categories),
                                           "region": [regions[r] for r in values.region]})
        faces = system.interfaces
        if len(faces.start):
            ends = ([regions[r] for r in faces.start], [regions[r] for r in faces.end])
            writer.part("interfaces", faces, {"region_from": ends[0], "region_to": ends[1]})
            lines = _all_lines(system)
            writer.part("lines", lines, {
                "name": list(lines.names), "category": list(lines.categories or ("",) * len(lines.names)),
                "region_from": [ends[0][i] for i in lines.interface], "region_to": [ends[1][i] for i in lines.interface]})
    part_path.replace(path)
    return lost
