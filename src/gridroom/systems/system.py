"""A power system as frozen structs of arrays, checked when it is made."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from gridroom.core.errors import Problem, nearest, raise_all
from gridroom.core.timeaxis import TimeAxis
from gridroom.systems.assets import (
    BIG,
    COLUMNS,
    KINDS,
    LIMITS,
    CommonEvent,
    DemandResponse,
    Floats,
    Hybrids,
    Interfaces,
    Ints,
    LargeLoad,
    Lines,
    Storage,
    Units,
)

SHOWN = 20  # faults of one column listed one by one; the rest is counted


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """The whole grid of one horizon.

    Attributes
    ----------
    name : str
    axis : TimeAxis
        Steps of the horizon.
    regions : tuple of str
        Names.
    load_mw : float array (R, T)
        Load without the large loads listed beside [MW].
    day_shift_h : float array (R,)
        Hours from the axis' own clock to the region's local clock, for calendar days [h].
    units, storage, hybrids, demand_response, interfaces, lines
        Assets.
    large_loads : tuple of LargeLoad
        On top of `load_mw`.
    common_events : tuple of CommonEvent
        Drawn once a sample; switched off with `MonteCarlo(common_events=False)`.
    attributes : dict
        Words that travel with the system (user metadata of `.pras` files).

    Raises
    ------
    StudyError
        With every fault found: shapes, ranges, unknown regions, NaN.
    """

    name: str
    axis: TimeAxis
    regions: tuple[str, ...]
    load_mw: Floats
    day_shift_h: Floats
    units: Units = field(default_factory=Units)
    storage: Storage = field(default_factory=Storage)
    hybrids: Hybrids = field(default_factory=Hybrids)
    demand_response: DemandResponse = field(default_factory=DemandResponse)
    interfaces: Interfaces = field(default_factory=Interfaces)
    lines: Lines = field(default_factory=Lines)
    large_loads: tuple[LargeLoad, ...] = ()
    common_events: tuple[CommonEvent, ...] = ()
    attributes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        raise_all(check(self))


def pair_names(system: System) -> tuple[str, ...]:
    """Names of the interfaces, `A - B`."""
    known = dict(enumerate(system.regions))
    return tuple(f"{known.get(int(a), a)} - {known.get(int(b), b)}" for a, b in
                 zip(system.interfaces.start, system.interfaces.end, strict=True))


def _check_table(problems: list[Problem], where: str, names: tuple[str, ...], table: Floats, steps: int,
                 limit: tuple[float, float]) -> None:
    """One table: shape (n, steps) or (n, 1), no NaN, within `limit`; one problem for each row at fault."""
    if table.ndim != 2 or len(table) != len(names) or table.shape[1] not in (1, steps):
        problems.append(Problem(where, f"must have shape ({len(names)}, {steps}) or ({len(names)}, 1); "
                                       f"got {table.shape}", "give one value a step or one for all steps"))
        return
    low, high = limit
    bad = ~((table >= low) & (table <= high) & np.isfinite(table))
    rows = np.flatnonzero(bad.any(axis=1))
    if len(rows) > SHOWN:
        problems.append(Problem(where, f"is at fault for {len(rows)} entries; the first {SHOWN} follow"))
    for row in rows[:SHOWN]:
        value = table[row][bad[row]][0]
        rule = f"must be at least {low:g}" if np.isinf(high) else f"must lie in [{low:g}, {high:g}]"
        step = f", step {int(np.flatnonzero(bad[row])[0])}" if table.shape[1] > 1 else ""
        problems.append(Problem(f"{where} of {names[row]!r}{step}", f"{rule}; got {value:g}",
                                "a value is missing" if np.isnan(value) else ""))


def _check_names(problems: list[Problem], where: str, names: tuple[str, ...]) -> None:
    for name in sorted({n for n in names if names.count(n) > 1} if len(names) != len(set(names)) else set()):
        problems.append(Problem(where, f"names must differ; {name!r} stands {names.count(name)} times"))


def _check_index(problems: list[Problem], where: str, index: Ints, count: int) -> None:
    if len(index) and (index.min() < 0 or index.max() >= count):
        problems.append(Problem(where, f"must point to one of {count}; got {index.min()} to {index.max()}"))


def _check_initial(problems: list[Problem], where: str, part: Storage | Hybrids) -> None:
    if part.energy_mwh.ndim != 2 or len(part.energy_mwh) != len(part.initial_mwh):
        if len(part.initial_mwh) != len(part.names):
            problems.append(Problem(f"{where}.initial_mwh", f"must hold {len(part.names)} values; got "
                                                            f"{len(part.initial_mwh)}"))
        return
    full = part.energy_mwh[:, 0]
    for k in np.flatnonzero(~((part.initial_mwh >= 0) & (part.initial_mwh <= full))):
        problems.append(Problem(f"{where}.initial_mwh of {part.names[k]!r}",
                                f"must lie in [0, {full[k]:g}], the energy it holds; got {part.initial_mwh[k]:g}"))


def _check_assets(problems: list[Problem], system: System) -> None:
    steps, count = system.axis.steps, len(system.regions)
    for where, columns in COLUMNS.items():
        part: Any = getattr(system, where)
        names = pair_names(system) if where == "interfaces" else part.names
        if where not in ("interfaces", "lines"):
            _check_index(problems, f"{where}.region", part.region, count)
        if where != "interfaces":
            _check_names(problems, where, names)
        for column in columns:
            _check_table(problems, f"{where}.{column}", names, getattr(part, column), steps, LIMITS.get(column, BIG))
    _check_initial(problems, "storage", system.storage)
    _check_initial(problems, "hybrids", system.hybrids)
    faces = system.interfaces
    _check_index(problems, "lines.interface", system.lines.interface, len(faces.start))
    if len(faces.start):
        _check_index(problems, "interfaces", np.concatenate([faces.start, faces.end]), count)
        for name, a, b in zip(pair_names(system), faces.start, faces.end, strict=True):
            if a == b:
                problems.append(Problem(f"interfaces, {name}", "must join two regions"))
        seen = [frozenset((int(a), int(b))) for a, b in zip(faces.start, faces.end, strict=True)]
        for k, pair in enumerate(seen):
            if pair in seen[:k]:
                problems.append(Problem(f"interfaces, {pair_names(system)[k]}", "stands twice", "give one row a pair"))


def check_large_load(load: LargeLoad, where: str, regions: tuple[str, ...], steps: int) -> list[Problem]:
    """Every fault of one large load."""
    problems: list[Problem] = []
    if load.region not in regions:
        problems.append(Problem(f"{where}, region", f"is not known; got {load.region!r}", nearest(load.region, regions)))
    if load.kind not in KINDS:
        problems.append(Problem(f"{where}, kind", f"must be one of {', '.join(KINDS)}; got {load.kind!r}",
                                nearest(load.kind, KINDS)))
    if load.mw.shape not in ((1,), (steps,)):
        problems.append(Problem(f"{where}, mw", f"must hold 1 or {steps} values; got {load.mw.size}"))
    elif not (np.isfinite(load.mw) & (load.mw >= 0)).all():
        problems.append(Problem(f"{where}, mw", "must be numbers of at least 0"))
    numbers = {f.name: float(getattr(load, f.name)) for f in fields(load) if f.name not in ("name", "region", "mw", "kind")}
    for key, value in numbers.items():
        high = {"curtailable_pct": 100.0, "backup_forced_outage_rate": 0.999}.get(key, np.inf)
        needed = (key == "max_shift_mw" and load.kind == "shiftable") or (key == "backup_mw" and load.kind == "backed")
        low = {"backup_units": 1.0, "window_h": 1e-9, "backup_mttr_h": 1e-9}.get(key, 0.0)
        if np.isnan(value) and needed:
            problems.append(Problem(f"{where}, {key}", f"is missing; a {load.kind} load needs it"))
        elif not np.isnan(value) and not low <= value <= high:
            problems.append(Problem(f"{where}, {key}", f"must lie in [{low:g}, {high:g}]; got {value:g}"))
    return problems


def _check_events(problems: list[Problem], system: System) -> None:
    for event in system.common_events:
        where = f"common_events, {event.name!r}"
        if event.region not in system.regions:
            problems.append(Problem(f"{where}, region", f"is not known; got {event.region!r}",
                                    nearest(event.region, system.regions)))
        if event.steps.shape != (system.axis.steps,):
            problems.append(Problem(f"{where}, steps", f"must have {system.axis.steps} entries; got {event.steps.size}"))
        for key in ("probability", "share_out"):
            if not 0 <= getattr(event, key) <= 1:
                problems.append(Problem(f"{where}, {key}", f"must lie in [0, 1]; got {getattr(event, key):g}"))


def check(system: System) -> list[Problem]:
    """Every fault of a system, with its place."""
    problems: list[Problem] = []
    steps, count = system.axis.steps, len(system.regions)
    if steps < 1 or not system.axis.step_h > 0:
        problems.append(Problem("axis", f"must hold at least one step of positive length; got {steps} steps of "
                                        f"{system.axis.step_h:g} h"))
    if count == 0:
        problems.append(Problem("regions", "must hold at least one region; got none"))
    _check_names(problems, "regions", system.regions)
    if system.load_mw.shape != (count, steps):
        problems.append(Problem("load", f"must have shape ({count}, {steps}), one row a region and one value a step; "
                                        f"got {system.load_mw.shape}", "check the horizon"))
    else:
        _check_table(problems, "load_mw", system.regions, system.load_mw, steps, BIG)
    _check_assets(problems, system)
    _check_names(problems, "large_loads", tuple(load.name for load in system.large_loads))
    for load in system.large_loads:
        problems += check_large_load(load, f"large load {load.name!r}", system.regions, steps)
    _check_events(problems, system)
    return problems


def total_load_mw(system: System) -> Floats:
    """Load by region and step with the large loads (R, T) [MW]."""
    load = system.load_mw.astype(np.float64)
    for large in system.large_loads:
        load[system.regions.index(large.region)] += large.mw
    return load


def never_served(system: System) -> list[Problem]:
    """Regions whose load cannot be served in any step, with everything in service: most likely a wrong unit or table.

    Counted are the region's own generation, its stores' and hybrids' power, demand response, loads that give way, and all that its
    interfaces let in.
    """
    steps, problems = system.axis.steps, []
    load = total_load_mw(system)
    for r, name in enumerate(system.regions):
        most = np.zeros(steps)
        for part, column in (("units", "capacity_mw"), ("storage", "discharge_mw"), ("hybrids", "grid_injection_mw"),
                             ("demand_response", "borrow_mw")):
            asset = getattr(system, part)
            for k in np.flatnonzero(asset.region == r):
                most = most + getattr(asset, column)[k]
        for large in system.large_loads:
            if large.region == name and large.kind != "firm":
                most = most + large.mw
        for i in range(len(system.interfaces.start)):
            if system.interfaces.end[i] == r:
                most = most + system.interfaces.forward_mw[i]
            if system.interfaces.start[i] == r:
                most = most + system.interfaces.backward_mw[i]
        gap = load[r] - most
        if (gap > 0).all():
            problems.append(Problem(
                f"load of region {name!r}", f"can never be served: in the best step {gap.min():,.6g} of "
                f"{load[r][gap.argmin()]:,.6g} MW are missing with everything in service", "is it in MW, and are all units there?"))
    return problems


def probabilities(forced_outage_rate: Floats, mttr_h: Floats, step_h: float) -> tuple[Floats, Floats]:
    """Failure and repair probability a step from forced outage rate and mean time to repair.

    mu = step / MTTR and lambda = mu q / (1 - q): geometric durations that keep the rate q exactly [1]_.

    Parameters
    ----------
    forced_outage_rate : float array
        Share of time out of service [1].
    mttr_h : float array
        Mean time to repair [h].
    step_h : float
        Length of a step [h].

    References
    ----------
    .. [1] Billinton & Allan 1996, *Reliability Evaluation of Power Systems*, section 2.2.
    """
    repair = np.minimum(step_h / np.maximum(mttr_h, step_h), 1.0)
    rate = np.minimum(forced_outage_rate, 1.0 - 1e-12)
    failure = repair * rate / (1.0 - rate)
    # A unit that would have to fail more than once a step keeps its rate and is repaired more slowly.
    repair = np.where(failure > 1.0, (1.0 - rate) / np.maximum(rate, 1e-12), repair)
    return np.asarray(np.minimum(failure, 1.0)), np.asarray(repair)


__all__ = ["SHOWN", "CommonEvent", "DemandResponse", "Floats", "Hybrids", "Interfaces", "Ints", "LargeLoad", "Lines",
           "Storage", "System", "Units", "check", "check_large_load", "never_served", "pair_names", "probabilities",
           "total_load_mw"]
