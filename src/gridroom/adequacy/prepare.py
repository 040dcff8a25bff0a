"""From a system to the arrays that the kernel reads."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.adequacy.dispatch import Network, make_work
from gridroom.adequacy.flexible import Devices, Interruptible, make_budget, make_owed
from gridroom.adequacy.grid import BACKUP, DEVICE, HYBRID, LINE, STORE, UNIT, Desk, Grid, Parts, Rules
from gridroom.adequacy.sampling import Common, Fleet, asset_id, make_events, make_fleet
from gridroom.adequacy.stacking import FIXED, LEVELLED, HybridTable
from gridroom.adequacy.storage import Stores
from gridroom.systems.assets import STORE as STORE_COLUMNS
from gridroom.systems.assets import Hybrids, LargeLoad
from gridroom.systems.system import System, probabilities, total_load_mw

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ORDERS = {"levelled": LEVELLED, "pras": FIXED}


@dataclass(frozen=True, slots=True)
class Options:
    """How a system is read: order of stores, whether large loads help, common events strike, every step is solved."""

    storage_order: str = "levelled"
    flexible: bool = True
    common_events: bool = True
    every_step: bool = False
    event_gap_h: float = 0.0


@dataclass(frozen=True, slots=True)
class Model:
    """What the kernel needs of one system; `store_names` and `assets` name rows, `store_row` orders stores as given."""

    grid: Grid
    fleet: Fleet
    parts: Parts
    rules: Rules
    network: Network
    assets: tuple[tuple[str, str], ...]
    store_names: tuple[str, ...]
    store_row: Ints
    device_names: tuple[str, ...]
    load_names: tuple[str, ...]

    def _network(self) -> Network:
        start, end, forward, backward = self.network
        return Network(start.copy(), end.copy(), forward.copy(), backward.copy())

    def desk(self) -> Desk:
        """Work arrays of one thread."""
        regions, steps = self.grid.base.shape
        blocks, ties = self.grid.low.shape[1], len(self.network.start)
        stores, devices, loads = len(self.store_names), len(self.parts.devices.region), len(self.parts.loads.region)
        lines = steps if self.rules.lines_fail else 1
        return Desk(np.empty((regions, steps)), np.zeros((ties, lines)), np.zeros((ties, lines)),
                    np.ones((steps, stores), np.bool_), np.ones((steps, devices), np.bool_), np.zeros((steps, loads)),
                    np.zeros((regions, blocks + 1)), np.zeros(blocks, np.bool_), np.zeros(blocks, np.bool_),
                    np.zeros(blocks + 1, np.int64),
                    make_events(self.fleet, self.parts.common, steps),
                    make_work(regions, self.network.start, self.network.end, stores),
                    self._network(), make_owed(devices), make_budget(loads))


class _Assets:
    """Assets that can fail, gathered kind by kind."""

    def __init__(self, steps: int) -> None:
        self.steps = steps
        self.names: list[tuple[str, str]] = []
        self.rows: list[tuple[int, int, int, float, float]] = []  # kind, place, region, mw, most mw
        self.failure: list[Floats] = []
        self.repair: list[Floats] = []
        self.varying: list[Floats] = []
        self.row: list[int] = []

    def add(self, kind: int, name: tuple[str, str], place: int, region: int, capacity: Floats, chance: tuple[Floats, Floats],
            ) -> None:
        """One asset; `capacity` (1,) or (T,) is what its outage takes from the region's margin [MW]."""
        constant = bool((capacity == capacity[0]).all())
        self.row.append(-1 if constant else len(self.varying))
        if not constant:
            self.varying.append(capacity)
        self.names.append(name)
        self.rows.append((kind, place, region, float(capacity[0]), float(capacity.max())))
        self.failure.append(chance[0])
        self.repair.append(chance[1])

    def table(self, parts: list[Floats]) -> Floats:
        """Probabilities (A, T), or (A, 1) when no asset's vary."""
        if not parts:
            return np.zeros((0, 1))
        width = max(len(p) for p in parts)
        return np.stack([np.broadcast_to(p, (width,)) for p in parts])


def _bare(hybrids: Hybrids) -> NDArray[np.bool_]:
    """Hybrids whose store can never give anything: they are units of min(inflow, injection)."""
    def none(table: Floats) -> NDArray[np.bool_]:
        return np.asarray(table.max(axis=1, initial=0.0) <= 0.0)

    return none(hybrids.discharge_mw) | none(hybrids.energy_mwh) | (none(hybrids.charge_mw) & (hybrids.initial_mwh <= 0.0))


def _wide(tables: list[Floats], steps: int) -> Floats:
    """Tables of several kinds of assets below each other, constant if all are."""
    width = 1 if all(t.shape[1] == 1 for t in tables) else steps
    return np.concatenate([np.broadcast_to(t, (len(t), width)) for t in tables])


def _stores(system: System, charging: Ints) -> tuple[Stores, Ints]:
    """Stores, then hybrids that store, sorted by region; and the row of each in that order."""
    storage, hybrids, steps = system.storage, system.hybrids, system.axis.steps
    region = np.concatenate([storage.region, hybrids.region[charging]])
    order = np.argsort(region, kind="stable")
    first = np.searchsorted(region[order], np.arange(len(system.regions) + 1)).astype(np.int64)
    tables = {c: np.ascontiguousarray(_wide([getattr(storage, c), getattr(hybrids, c)[charging]], steps)[order])
              for c in STORE_COLUMNS}
    initial = np.concatenate([storage.initial_mwh, hybrids.initial_mwh[charging]])[order]
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    return Stores(first=first, initial_mwh=np.ascontiguousarray(initial, dtype=np.float64), **tables), place


def _backup(load: LargeLoad, step_h: float) -> tuple[float, float]:
    rate, mttr = np.array([[load.backup_forced_outage_rate]]), np.array([[load.backup_mttr_h]])
    failure, repair = probabilities(rate, mttr, step_h)
    return float(failure[0, 0]), float(repair[0, 0])


def _devices(system: System, shiftable: list[tuple[int, LargeLoad]]) -> Devices:
    """Demand response, then shiftable loads."""
    given, steps, step_h = system.demand_response, system.axis.steps, system.axis.step_h

    def join(table: Floats, more: list[float]) -> Floats:
        return np.ascontiguousarray(_wide([table, np.array(more, dtype=np.float64).reshape(-1, 1)], steps))

    most = [np.minimum(load.max_shift_mw, load.mw) for _, load in shiftable]
    window = [max(round(load.window_h / step_h), 1) for _, load in shiftable]
    back = [load.max_shift_mw if np.isnan(load.payback_mw) else load.payback_mw for _, load in shiftable]
    shift = np.stack([np.broadcast_to(m, (steps,)) for m in most]) if most else np.zeros((0, 1))
    one = [1.0] * len(shiftable)
    count = len(given.names)
    return Devices(
        np.concatenate([given.region, [system.regions.index(load.region) for _, load in shiftable]]).astype(np.int64),
        np.array([0] * count + [1] * len(shiftable), np.int64),
        np.array([-1] * count + [k for k, _ in shiftable], np.int64),
        np.ascontiguousarray(_wide([given.borrow_mw, shift], steps)), join(given.payback_mw, back),
        join(given.energy_mwh, [load.max_shift_mw * w * step_h for (_, load), w in zip(shiftable, window, strict=True)]),
        join(1.0 + given.interest, one), join(given.borrow_efficiency, one), join(given.payback_efficiency, one),
        join(given.window_steps, [float(w) for w in window]))


def _interruptible(system: System, loads: list[tuple[int, LargeLoad]]) -> Interruptible:
    step_h, steps = system.axis.step_h, system.axis.steps
    most = np.iinfo(np.int64).max // 4

    def count(hours: float) -> int:
        return most if np.isinf(hours) else int(np.floor(hours / step_h + 1e-9))

    mw = [load.mw if load.kind == "backed" else load.mw * load.curtailable_pct / 100.0 for _, load in loads]
    width = steps if any(m.size > 1 for m in mw) else 1
    backup = [0.0 if np.isnan(load.backup_mw) else load.backup_mw for _, load in loads]
    return Interruptible(
        region=np.array([system.regions.index(load.region) for _, load in loads], np.int64),
        load=np.array([k for k, _ in loads], np.int64),
        backed=np.array([load.kind == "backed" for _, load in loads], np.bool_),
        mw=np.stack([np.broadcast_to(m, (width,)) for m in mw]).astype(np.float64) if mw else np.zeros((0, 1)),
        year_steps=np.array([load.max_hours_per_year / step_h for _, load in loads]),
        event_steps=np.array([count(load.max_hours_per_event) for _, load in loads], np.int64),
        rest_steps=np.array([int(np.ceil(load.min_hours_between_events / step_h - 1e-9)) for _, load in loads], np.int64),
        notice_steps=np.array([int(np.ceil(load.notice_h / step_h - 1e-9)) if load.kind == "interruptible" else 0
                               for _, load in loads], np.int64),
        units=np.array([float(load.backup_units) for _, load in loads]),
        unit_mw=np.array([b / load.backup_units for b, (_, load) in zip(backup, loads, strict=True)]),
        fuel_mwh=np.array([b * load.backup_fuel_h if b > 0 else 0.0 for b, (_, load) in zip(backup, loads, strict=True)]),
        refuel_steps=np.array([count(load.backup_refuel_h) for _, load in loads], np.int64))


def _gather(system: System, charging: Ints, place: Ints, loads: list[tuple[int, LargeLoad]], struck: NDArray[np.bool_],
            ) -> _Assets:
    """Every asset that can fail."""
    assets = _Assets(system.axis.steps)
    units, storage, hybrids = system.units, system.storage, system.hybrids
    zero = np.zeros(1)
    parts: tuple[tuple[int, str, Any, Ints | None], ...] = (
        (LINE, "line", system.lines, None), (STORE, "store", storage, place),
        (DEVICE, "demand response", system.demand_response, None))

    def may(part: Any, k: int) -> bool:
        return bool(part.failure_probability[k].max() > 0.0)

    def chance(part: Any, k: int) -> tuple[Floats, Floats]:
        return part.failure_probability[k], part.repair_probability[k]

    for u, name in enumerate(units.names):
        if may(units, u) or struck[u]:
            assets.add(UNIT, ("unit", name), u, int(units.region[u]), units.capacity_mw[u], chance(units, u))
    where = dict(zip(charging.tolist(), place[len(storage.names):].tolist(), strict=True))
    for h, name in enumerate(hybrids.names):
        deliver = np.minimum(hybrids.inflow_mw[h], hybrids.grid_injection_mw[h])
        if may(hybrids, h):
            kind = HYBRID if h in where else UNIT
            assets.add(kind, ("hybrid", name), where.get(h, h), int(hybrids.region[h]), deliver, chance(hybrids, h))
    for kind, word, part, index in parts:
        for k, name in enumerate(part.names):
            if may(part, k):
                assets.add(kind, (word, name), k if index is None else int(index[k]), -1, zero, chance(part, k))
    _gather_backups(assets, loads, system.axis.step_h)
    return assets


def _gather_backups(assets: _Assets, loads: list[tuple[int, LargeLoad]], step_h: float) -> None:
    """Units of backed loads' own generation."""
    for k, (_, load) in enumerate(loads):
        if load.kind == "backed" and load.backup_forced_outage_rate > 0:
            failure, repair = _backup(load, step_h)
            for n in range(load.backup_units):
                assets.add(BACKUP, ("backup", f"{load.name}/{n}"), k, -1, np.zeros(1), (np.array([failure]), np.array([repair])))


def _members(system: System) -> NDArray[np.float64]:
    """Chance by which each event takes each unit, (C, U)."""
    out = np.zeros((len(system.common_events), len(system.units.names)))
    for c, event in enumerate(system.common_events):
        for u, category in enumerate(system.units.categories):
            if system.regions[system.units.region[u]] == event.region and any(
                    word == "*" or word.lower() in category.lower() for word in event.categories):
                out[c, u] = event.share_out
    return out


def _common(system: System, assets: _Assets, member: NDArray[np.float64]) -> Common:
    """Common events over the assets that can fail."""
    first, starts, ends = [0], [], []
    for event in system.common_events[:len(member)]:
        edge = np.diff(np.concatenate([[0], event.steps.astype(np.int8), [0]]))
        starts += np.flatnonzero(edge == 1).tolist()
        ends += np.flatnonzero(edge == -1).tolist()
        first.append(len(starts))
    table = np.zeros((len(member), len(assets.names)))
    for a, (kind, place, *_) in enumerate(assets.rows):
        if kind == UNIT and assets.names[a][0] == "unit":
            table[:, a] = member[:, place]
    return Common(np.array([e.probability for e in system.common_events[:len(member)]]), np.array(first, np.int64),
                  np.array(starts, np.int64), np.array(ends, np.int64), table)


def _base(system: System) -> Floats:
    """All generation in service less load (R, T) [MW]."""
    base = -total_load_mw(system)
    for part, capacity in ((system.units, system.units.capacity_mw),
                           (system.hybrids, np.minimum(*np.broadcast_arrays(system.hybrids.inflow_mw,
                                                                            system.hybrids.grid_injection_mw)))):
        for k, region in enumerate(part.region):
            base[region] += capacity[k] if capacity.shape[1] > 1 else capacity[k, 0]
    return np.ascontiguousarray(base)


def _tie_tables(system: System, fail: bool) -> tuple[Network, dict[str, Any]]:
    """Limits of the ties, with all lines in service where lines never fail; and what the kernel needs of the lines."""
    faces, lines, steps = system.interfaces, system.lines, system.axis.steps
    count = len(faces.start)
    has = np.zeros(count, np.bool_)
    has[lines.interface] = True
    line = [np.ascontiguousarray(_wide([t], steps)) for t in np.broadcast_arrays(lines.forward_mw, lines.backward_mw)]
    width = line[0].shape[1]
    sums = [np.zeros((count, width)) for _ in range(2)]
    for total, table in zip(sums, line, strict=True):
        np.add.at(total, lines.interface, table)
    limit = [np.ascontiguousarray(t) for t in np.broadcast_arrays(faces.forward_mw, faces.backward_mw)]
    now = [np.where(has[:, None], np.minimum(s, lim), lim) for s, lim in zip(sums, limit, strict=True)]
    network = Network(faces.start, faces.end, *[np.ascontiguousarray(t) for t in now])
    empty = np.zeros((0, 1))
    return network, {
        "line_interface": lines.interface.astype(np.int64), "line_forward": line[0] if fail else empty,
        "line_backward": line[1] if fail else empty, "sum_forward": sums[0], "sum_backward": sums[1],
        "limit_forward": limit[0], "limit_backward": limit[1], "has_lines": has}


def _years(system: System) -> Ints:
    """Year of the horizon of each step, for yearly budgets."""
    if system.axis.hours <= 8784.0:
        return np.zeros(system.axis.steps, np.int64)
    return np.asarray(np.arange(system.axis.steps) * system.axis.step_h // 8760.0, dtype=np.int64)


def make_model(system: System, options: Options) -> Model:
    """Arrays of a system; see `Options` for what may be switched."""
    axis = system.axis
    member = _members(system) if options.common_events else np.zeros((0, len(system.units.names)))
    bare = _bare(system.hybrids)
    charging = np.flatnonzero(~bare)
    stores, place = _stores(system, charging)
    flexible = list(enumerate(system.large_loads)) if options.flexible else []
    shiftable = [(k, load) for k, load in flexible if load.kind == "shiftable"]
    giving = [(k, load) for k, load in flexible if load.kind in ("interruptible", "backed")]
    assets = _gather(system, charging, place, giving, np.asarray((member > 0).any(axis=0)))
    lines_fail = any(kind == LINE for kind, *_ in assets.rows)
    network, line_tables = _tie_tables(system, lines_fail)
    shift = max(0, round(np.log2(24.0 / axis.step_h) - 0.5))
    size = 1 << shift
    base = _base(system)
    low = np.minimum.reduceat(base, np.arange(0, axis.steps, size), axis=1)
    rows = np.array(assets.rows, dtype=np.float64).reshape(-1, 5)
    fleet = make_fleet([asset_id(*name) for name in assets.names], assets.table(assets.failure),
                       assets.table(assets.repair), rows[:, 2].astype(np.int64), rows[:, 4].copy(), axis.steps)
    grid = Grid(
        base=base, low=np.ascontiguousarray(low), shift=shift, kind=rows[:, 0].astype(np.int64),
        place=rows[:, 1].astype(np.int64), mw=rows[:, 3].copy(), row=np.array(assets.row, np.int64),
        varying=np.stack(assets.varying) if assets.varying else np.zeros((0, axis.steps)), **line_tables,
        year_of=_years(system), day_of=np.stack([axis.day_index(float(s)) for s in [*system.day_shift_h, 0.0]]).astype(np.int64))
    hybrids = system.hybrids
    tables = [np.ascontiguousarray(t[charging]) for t in (
        hybrids.inflow_mw, np.minimum(*np.broadcast_arrays(hybrids.inflow_mw, hybrids.grid_injection_mw)),
        hybrids.grid_withdrawal_mw, hybrids.grid_injection_mw)]
    parts = Parts(stores, HybridTable(place[len(system.storage.names):], hybrids.region[charging], *tables),
                  _devices(system, shiftable), _interruptible(system, giving), _common(system, assets, member))
    constant = not len(place) or bool(stores.energy_mwh.shape[1] == 1 and (stores.carryover_efficiency >= 1.0).all())
    rules = Rules(axis.step_h, constant, lines_fail, ORDERS[options.storage_order], options.every_step,
                  round(options.event_gap_h / axis.step_h))
    names = (*system.storage.names, *(hybrids.names[h] for h in charging))
    return Model(grid, fleet, parts, rules, network, tuple(assets.names), names, place,
                 (*system.demand_response.names, *(load.name for _, load in shiftable)),
                 tuple(load.name for load in system.large_loads))
