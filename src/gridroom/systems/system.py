"""A power system as frozen structs of arrays, checked when it is made."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gridroom.core.errors import Problem, raise_all
from gridroom.core.timeaxis import TimeAxis

SHOWN = 20  # faults of one column listed one by one; the rest is counted
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def _table(rows: int) -> Floats:
    return np.zeros((rows, 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Units:
    """Generating units; tables are (U, T), or (U, 1) when constant.

    Attributes
    ----------
    names, categories : tuple of str
    region : int array (U,)
        Index of the unit's region.
    capacity_mw : float array (U, T) or (U, 1)
        Capacity when up [MW].
    failure_probability, repair_probability : float array (U, T) or (U, 1)
        Probability of the change into a step [1 per step].
    """

    names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    region: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    capacity_mw: Floats = field(default_factory=lambda: _table(0))
    failure_probability: Floats = field(default_factory=lambda: _table(0))
    repair_probability: Floats = field(default_factory=lambda: _table(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Storage:
    """Stores; tables are (S, T) or (S, 1). Powers are at the grid side [MW], energy is inside [MWh]."""

    names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    region: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    charge_mw: Floats = field(default_factory=lambda: _table(0))
    discharge_mw: Floats = field(default_factory=lambda: _table(0))
    energy_mwh: Floats = field(default_factory=lambda: _table(0))
    charge_efficiency: Floats = field(default_factory=lambda: _table(0))
    discharge_efficiency: Floats = field(default_factory=lambda: _table(0))
    carryover_efficiency: Floats = field(default_factory=lambda: _table(0))
    failure_probability: Floats = field(default_factory=lambda: _table(0))
    repair_probability: Floats = field(default_factory=lambda: _table(0))
    initial_mwh: Floats = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Interfaces:
    """Pairs of regions that exchange power; limits (I, T) or (I, 1) in the two directions [MW]."""

    start: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    end: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    forward_mw: Floats = field(default_factory=lambda: _table(0))
    backward_mw: Floats = field(default_factory=lambda: _table(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """Lines that make up interfaces; an interface without lines keeps its own limit."""

    names: tuple[str, ...] = ()
    interface: Ints = field(default_factory=lambda: np.zeros(0, np.int64))
    forward_mw: Floats = field(default_factory=lambda: _table(0))
    backward_mw: Floats = field(default_factory=lambda: _table(0))
    failure_probability: Floats = field(default_factory=lambda: _table(0))
    repair_probability: Floats = field(default_factory=lambda: _table(0))


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
        Load [MW].
    day_shift_h : float array (R,)
        Hours from the axis' own clock to the region's local clock, for calendar days [h].
    units, storage, interfaces, lines
        Assets.

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
    interfaces: Interfaces = field(default_factory=Interfaces)
    lines: Lines = field(default_factory=Lines)

    def __post_init__(self) -> None:
        raise_all(check(self))


def _check_table(problems: list[Problem], where: str, names: tuple[str, ...], table: Floats, steps: int,
                 limit: tuple[float, float]) -> None:
    """One table: shape (n, steps) or (n, 1), no NaN, within `limit`; one problem for each row at fault."""
    if table.ndim != 2 or len(table) != len(names) or table.shape[1] not in (1, steps):
        problems.append(Problem(where, f"must have shape ({len(names)}, {steps}) or ({len(names)}, 1); "
                                       f"got {table.shape}", "give one value a step or one for all steps"))
        return
    low, high = limit
    bad = ~((table >= low) & (table <= high))
    rows = np.flatnonzero(bad.any(axis=1))
    if len(rows) > SHOWN:
        problems.append(Problem(where, f"is at fault for {len(rows)} entries; the first {SHOWN} follow"))
    for row in rows[:SHOWN]:
        value = table[row][bad[row]][0]
        rule = f"must be at least {low:g}" if np.isinf(high) else f"must lie in [{low:g}, {high:g}]"
        problems.append(Problem(f"{where} of {names[row]!r}", f"{rule}; got {value:g}",
                                "a value is missing" if np.isnan(value) else ""))


def _check_names(problems: list[Problem], where: str, names: tuple[str, ...]) -> None:
    for name in sorted({n for n in names if names.count(n) > 1} if len(names) != len(set(names)) else set()):
        problems.append(Problem(where, f"names must differ; {name!r} stands {names.count(name)} times"))


def _check_index(problems: list[Problem], where: str, index: Ints, count: int) -> None:
    if len(index) and (index.min() < 0 or index.max() >= count):
        problems.append(Problem(where, f"must point to one of {count}; got {index.min()} to {index.max()}"))


def check(system: System) -> list[Problem]:
    """Every fault of a system, with its place."""
    problems: list[Problem] = []
    steps, count = system.axis.steps, len(system.regions)
    if count == 0:
        problems.append(Problem("regions", "must hold at least one region; got none"))
    _check_names(problems, "regions", system.regions)
    if system.load_mw.shape != (count, steps):
        problems.append(Problem("load", f"must have shape ({count}, {steps}), one row a region and one value a step; "
                                        f"got {system.load_mw.shape}", "check the horizon"))
    else:
        _check_table(problems, "load_mw", system.regions, system.load_mw, steps, (0.0, np.inf))
    big, one = (0.0, np.inf), (0.0, 1.0)
    units, storage, faces, lines = system.units, system.storage, system.interfaces, system.lines
    _check_names(problems, "units", units.names)
    _check_names(problems, "storage", storage.names)
    _check_index(problems, "units.region", units.region, count)
    _check_index(problems, "storage.region", storage.region, count)
    _check_index(problems, "lines.interface", lines.interface, len(faces.start))
    for where, names, table, limit in (
        ("units.capacity_mw", units.names, units.capacity_mw, big),
        ("units.failure_probability", units.names, units.failure_probability, one),
        ("units.repair_probability", units.names, units.repair_probability, one),
        ("storage.charge_mw", storage.names, storage.charge_mw, big),
        ("storage.discharge_mw", storage.names, storage.discharge_mw, big),
        ("storage.energy_mwh", storage.names, storage.energy_mwh, big),
        ("storage.charge_efficiency", storage.names, storage.charge_efficiency, (1e-6, 1.0)),
        ("storage.discharge_efficiency", storage.names, storage.discharge_efficiency, (1e-6, 1.0)),
        ("storage.carryover_efficiency", storage.names, storage.carryover_efficiency, one),
        ("storage.failure_probability", storage.names, storage.failure_probability, one),
        ("storage.repair_probability", storage.names, storage.repair_probability, one),
        ("lines.forward_mw", lines.names, lines.forward_mw, big),
        ("lines.backward_mw", lines.names, lines.backward_mw, big),
        ("lines.failure_probability", lines.names, lines.failure_probability, one),
        ("lines.repair_probability", lines.names, lines.repair_probability, one),
    ):
        _check_table(problems, where, names, table, steps, limit)
    full = storage.energy_mwh[:, 0] if storage.energy_mwh.ndim == 2 else storage.initial_mwh
    if len(full) == len(storage.initial_mwh):
        for k in np.flatnonzero(~((storage.initial_mwh >= 0) & (storage.initial_mwh <= full))):
            problems.append(Problem(f"storage.initial_mwh of {storage.names[k]!r}",
                                    f"must lie in [0, {full[k]:g}], the energy it holds; got {storage.initial_mwh[k]:g}"))
    by_index = dict(enumerate(system.regions))
    ends = [(by_index.get(int(a), str(a)), by_index.get(int(b), str(b)))
            for a, b in zip(faces.start, faces.end, strict=True)]
    pairs = tuple(f"{a} - {b}" for a, b in ends)
    _check_table(problems, "interfaces.forward_mw", pairs, faces.forward_mw, steps, big)
    _check_table(problems, "interfaces.backward_mw", pairs, faces.backward_mw, steps, big)
    if len(faces.start):
        _check_index(problems, "interfaces", np.concatenate([faces.start, faces.end]), count)
        for a, b in ends:
            if a == b:
                problems.append(Problem("interfaces", f"must join two regions; got {a} and {b}"))
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
