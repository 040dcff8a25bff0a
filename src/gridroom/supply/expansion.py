"""Zones that may expand: plants, stores and lines at least cost, hour by hour over representative periods [1]_.

Weights say how many hours of the year an hour stands for; each period wraps on itself (commitment, ramps, stores). Plants with
`unit_mw` are committed linearly in units of that size. Unserved load has its price in segments.

References
----------
.. [1] Jenkins & Sepulveda 2017, *Enhanced decision support for a changing electricity landscape: the GenX configurable electricity
   resource capacity expansion model*, MIT Energy Initiative WP-2017-10 (form of the problem; written anew here).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gridroom.supply.linear import Answer, InfeasibleError, Ints, Program

Floats = NDArray[np.float64]
NO_LIMIT = np.inf


def _zeros() -> Floats:
    return np.zeros(1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Plant:
    """A resource of a zone.

    Attributes
    ----------
    name, zone, kind : str
        `thermal`, `profile` or `storage`.
    usd_per_mw_year, usd_per_mwh_year : float
        Yearly cost of new power and of new stored energy.
    existing_usd_per_mw_year : float
        Yearly cost of keeping existing power.
    vom_usd_per_mwh, charge_usd_per_mwh : float
    heat_rate_mmbtu_per_mwh, co2_t_per_mmbtu : float
    fuel_usd_per_mmbtu : float array (T,) or (1,)
    profile : float array (T,) or (1,)
        Output per unit of capacity.
    existing_mw, existing_mwh, min_mw, max_mw : float
        `min_mw` and `max_mw` bound new power.
    unit_mw, min_power, ramp_up, ramp_down, start_usd_per_mw, start_mmbtu_per_mw : float
        Linear commitment, shares of a unit; NaN unit: none.
    up_h, down_h : int
    charge_efficiency, discharge_efficiency, min_hours, max_hours : float
        Storage: energy between these hours of power.
    carbon_free : bool
    credit : float
        Capacity credit for the reserve [1].
    """

    name: str
    zone: str
    kind: str
    usd_per_mw_year: float = 0.0
    usd_per_mwh_year: float = 0.0
    existing_usd_per_mw_year: float = 0.0
    vom_usd_per_mwh: float = 0.0
    charge_usd_per_mwh: float = 0.0
    heat_rate_mmbtu_per_mwh: float = 0.0
    co2_t_per_mmbtu: float = 0.0
    fuel_usd_per_mmbtu: Floats = field(default_factory=_zeros)
    profile: Floats = field(default_factory=lambda: np.ones(1))
    existing_mw: float = 0.0
    existing_mwh: float = 0.0
    min_mw: float = 0.0
    max_mw: float = NO_LIMIT
    unit_mw: float = np.nan
    min_power: float = 0.0
    ramp_up: float = 1.0
    ramp_down: float = 1.0
    start_usd_per_mw: float = 0.0
    start_mmbtu_per_mw: float = 0.0
    up_h: int = 0
    down_h: int = 0
    charge_efficiency: float = 1.0
    discharge_efficiency: float = 1.0
    min_hours: float = 0.0
    max_hours: float = NO_LIMIT
    credit: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line between zones, with reinforcement; losses are taken half at each end."""

    start: str
    end: str
    limit_mw: float
    loss_share: float = 0.0
    reinforce_max_mw: float = 0.0
    reinforce_usd_per_mw_year: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Zones:
    """The whole problem.

    Attributes
    ----------
    name : str
    zones : tuple of str
    load_mw : float array (Z, T)
    weights_h : float array (T,)
        Hours of the year that an hour stands for.
    period_h : int
        Hours of a period, which wraps on itself.
    plants : tuple of Plant
    lines : tuple of Line
    unserved : tuple of (float, float)
        Segments: price [USD/MWh] and share of load that may go unserved at it.
    co2_t_per_mwh : float array (Z,)
        Cap by zone, over energy served and storage losses; NaN for none.
    minimum : tuple of (tuple of str, float)
        Plants that together must reach a power [MW].
    reserve_mw : float
        Sum of credit times power that must be there [MW]; 0 for none.
    """

    name: str
    zones: tuple[str, ...]
    load_mw: Floats
    weights_h: Floats
    period_h: int
    plants: tuple[Plant, ...]
    lines: tuple[Line, ...] = ()
    unserved: tuple[tuple[float, float], ...] = ()
    co2_t_per_mwh: Floats = field(default_factory=lambda: np.zeros(0))
    minimum: tuple[tuple[tuple[str, ...], float], ...] = ()
    reserve_mw: float = 0.0

    @property
    def hours(self) -> int:
        """Hours modelled."""
        return int(self.load_mw.shape[1])

    def before(self, k: int = 1) -> NDArray[np.int64]:
        """Index of the hour k earlier, each period wrapping on itself."""
        t = np.arange(self.hours)
        return t // self.period_h * self.period_h + (t % self.period_h - k) % self.period_h


@dataclass(slots=True)
class _Columns:
    power: Ints
    output: Ints
    energy: Ints
    charge: Ints
    content: Ints
    start: Ints


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """Least-cost expansion.

    Attributes
    ----------
    status : str
    objective_usd : float
        Of a year.
    new_mw, new_mwh, energy_mwh : dict of str to float
        By plant.
    lines : list of dict
        Reinforcement [MW] and yearly flow each way [MWh].
    unserved_mwh, price_usd_per_mwh : dict of str to float
        By zone: yearly energy, weighted mean price.
    co2_t : float
    capacity_price_usd_per_mw : float
        Dual of the reserve.
    seconds : float
    """

    status: str
    objective_usd: float
    new_mw: dict[str, float]
    new_mwh: dict[str, float]
    energy_mwh: dict[str, float]
    lines: list[dict[str, object]]
    unserved_mwh: dict[str, float]
    price_usd_per_mwh: dict[str, float]
    co2_t: float
    capacity_price_usd_per_mw: float
    seconds: float


class _Builder:
    """Writes the program."""

    def __init__(self, zones: Zones) -> None:
        self.z, self.p = zones, Program()
        self.none = np.zeros(0, np.int32)
        self.columns: dict[str, _Columns] = {}
        self.balance: dict[str, list[tuple[Ints, float]]] = {n: [] for n in zones.zones}
        self.co2: dict[str, list[tuple[Ints, Floats]]] = {n: [] for n in zones.zones}
        self.losses: dict[str, list[tuple[Ints, float]]] = {n: [] for n in zones.zones}

    def plant(self, plant: Plant) -> None:
        """Columns and rows of one resource."""
        p, z, w = self.p, self.z, self.z.weights_h
        p.offset += plant.existing_mw * plant.existing_usd_per_mw_year
        fuel = np.broadcast_to(plant.fuel_usd_per_mmbtu, (z.hours,))
        power = p.columns(1, plant.usd_per_mw_year, plant.min_mw, plant.max_mw)
        output = p.columns(z.hours, w * (plant.vom_usd_per_mwh + plant.heat_rate_mmbtu_per_mwh * fuel))
        made = _Columns(power, output, self.none, self.none, self.none, self.none)
        self.columns[plant.name] = made
        self.balance[plant.zone].append((output, 1.0))
        rate = plant.heat_rate_mmbtu_per_mwh * plant.co2_t_per_mmbtu
        if rate:
            self.co2[plant.zone].append((output, rate * w))
        if plant.kind == "storage":
            self._storage(plant, made)
        elif np.isfinite(plant.unit_mw):
            self._committed(plant, made, fuel)
        else:
            profile = np.broadcast_to(plant.profile, (z.hours,))
            p.rows(z.hours, -NO_LIMIT, plant.existing_mw * profile, (output, 1.0), (power, -profile))

    def _committed(self, plant: Plant, made: _Columns, fuel: Floats) -> None:
        p, z, size = self.p, self.z, plant.unit_mw
        w, hours, before = z.weights_h, z.hours, z.before()
        cost = w * size * (plant.start_usd_per_mw + plant.start_mmbtu_per_mw * fuel)
        commit, start, stop = p.columns(hours), p.columns(hours, cost), p.columns(hours)
        made.start = start
        have = plant.existing_mw / size
        for column in (commit, start, stop):
            p.rows(hours, -NO_LIMIT, have, (column, 1.0), (made.power, -1.0 / size))
        p.rows(hours, 0.0, 0.0, (commit, 1.0), (commit[before], -1.0), (start, -1.0), (stop, 1.0))
        least, most = plant.min_power * size, np.broadcast_to(plant.profile, (hours,)) * size
        p.rows(hours, 0.0, NO_LIMIT, (made.output, 1.0), (commit, -least))
        p.rows(hours, -NO_LIMIT, 0.0, (made.output, 1.0), (commit, -most))
        for ramp, first, second, sign in ((plant.ramp_up, start, stop, 1.0), (plant.ramp_down, stop, start, -1.0)):
            change = ((made.output, sign), (made.output[before], -sign))
            jump = max(plant.min_power, ramp) * size
            p.rows(hours, -NO_LIMIT, 0.0, *change, (commit, -ramp * size), (start, ramp * size), (first, -jump), (second, least))
        for length, column, sign in ((plant.up_h, start, 1.0), (plant.down_h, stop, -1.0)):
            if length > 0:
                recent = [(column[z.before(k)], 1.0) for k in range(length)]
                if sign > 0:
                    p.rows(hours, -NO_LIMIT, 0.0, *recent, (commit, -1.0))
                else:
                    p.rows(hours, -NO_LIMIT, have, *recent, (commit, 1.0), (made.power, -1.0 / size))
        rate = size * plant.start_mmbtu_per_mw * plant.co2_t_per_mmbtu
        if rate:
            self.co2[plant.zone].append((start, rate * w))

    def _storage(self, plant: Plant, made: _Columns) -> None:
        p, z = self.p, self.z
        w, hours, before = z.weights_h, z.hours, z.before()
        made.energy = p.columns(1, plant.usd_per_mwh_year)
        made.charge, made.content = p.columns(hours, w * plant.charge_usd_per_mwh), p.columns(hours)
        p.rows(hours, -NO_LIMIT, plant.existing_mw, (made.output, 1.0), (made.charge, 1.0), (made.power, -1.0))
        p.rows(hours, -NO_LIMIT, plant.existing_mwh, (made.content, 1.0), (made.energy, -1.0))
        p.rows(hours, 0.0, 0.0, (made.content, 1.0), (made.content[before], -1.0), (made.charge, -plant.charge_efficiency),
               (made.output, 1.0 / plant.discharge_efficiency))  # fmt: skip
        p.rows(hours, -NO_LIMIT, 0.0, (made.output, 1.0), (made.content[before], -plant.discharge_efficiency))
        p.rows(1, 0.0, NO_LIMIT, (made.energy, 1.0), (made.power, -plant.min_hours))
        if np.isfinite(plant.max_hours):
            p.rows(1, -NO_LIMIT, 0.0, (made.energy, 1.0), (made.power, -plant.max_hours))
        self.balance[plant.zone].append((made.charge, -1.0))
        self.losses[plant.zone] += [(made.charge, 1.0), (made.output, -1.0)]

    def line(self, line: Line) -> tuple[Ints, Ints, Ints]:
        """Flow each way, and reinforcement."""
        p, hours = self.p, self.z.hours
        more = p.columns(1, line.reinforce_usd_per_mw_year, 0.0, line.reinforce_max_mw)
        there, back = p.columns(hours), p.columns(hours)
        half = line.loss_share / 2.0
        for flow, start, end in ((there, line.start, line.end), (back, line.end, line.start)):
            p.rows(hours, -NO_LIMIT, line.limit_mw, (flow, 1.0), (more, -1.0))
            self.balance[start].append((flow, -1.0 - half))
            self.balance[end].append((flow, 1.0 - half))
        return there, back, more


def expand(zones: Zones) -> Expansion:
    """Least-cost expansion of zones.

    Raises
    ------
    InfeasibleError
        If load or limits cannot be met; names what is missing.
    """
    b = _Builder(zones)
    p, w = b.p, zones.weights_h
    for plant in zones.plants:
        b.plant(plant)
    lines = [b.line(line) for line in zones.lines]
    unserved: dict[str, list[Ints]] = {n: [] for n in zones.zones}
    balance_rows = {}
    for k, name in enumerate(zones.zones):
        load = zones.load_mw[k]
        unserved[name] = [p.columns(zones.hours, w * price, 0.0, share * load) for price, share in zones.unserved]
        terms = [*b.balance[name], *[(u, 1.0) for u in unserved[name]]]
        balance_rows[name] = p.rows(zones.hours, load, load, *terms)
        if len(zones.co2_t_per_mwh) and np.isfinite(zones.co2_t_per_mwh[k]):
            rate = float(zones.co2_t_per_mwh[k])
            more = [(c, -rate * sign * w) for c, sign in b.losses[name]] + [(u, rate * w) for u in unserved[name]]
            p.sums(-NO_LIMIT, rate * float((w * load).sum()), *b.co2[name], *more)
    for names, mw in zones.minimum:
        p.sums(mw, NO_LIMIT, *[(b.columns[n].power, 1.0) for n in names])
    reserve = -1
    if zones.reserve_mw > 0:
        have = sum(x.credit * x.existing_mw for x in zones.plants)
        terms = [(b.columns[x.name].power, x.credit) for x in zones.plants if x.credit]
        reserve = p.sums(zones.reserve_mw - have, NO_LIMIT, *terms)
    answer = p.solve()
    if answer.status != "optimal":
        hint = "" if zones.unserved else "; nothing may go unserved: give unserved segments to see where load is missing"
        raise InfeasibleError(f"{zones.name}: {answer.status}: load and limits cannot be met together{hint}")
    return _answer(zones, b, answer, (lines, unserved, balance_rows, reserve))


def _answer(
    zones: Zones,
    b: _Builder,
    answer: Answer,
    made: tuple[list[tuple[Ints, Ints, Ints]], dict[str, list[Ints]], dict[str, Ints], int],
) -> Expansion:
    lines, unserved, rows, reserve = made
    x, w = answer.values, zones.weights_h
    co2 = sum(float((x[c] * rate).sum()) for terms in b.co2.values() for c, rate in terms)
    prices = {}
    for k, name in enumerate(zones.zones):
        load = zones.load_mw[k]
        prices[name] = float((answer.duals[rows[name]] * load).sum() / max(float((w * load).sum()), 1e-9))
    shown: list[dict[str, object]] = [
        {"from": line.start, "to": line.end, "reinforced_mw": float(x[more[0]]), "forward_mwh": float((w * x[there]).sum()),
         "backward_mwh": float((w * x[back]).sum())}
        for line, (there, back, more) in zip(zones.lines, lines, strict=True)]  # fmt: skip
    return Expansion(
        status=answer.status, objective_usd=answer.objective,
        new_mw={n: float(x[c.power[0]]) for n, c in b.columns.items()},
        new_mwh={n: float(x[c.energy[0]]) for n, c in b.columns.items() if len(c.energy)},
        energy_mwh={n: float((w * x[c.output]).sum()) for n, c in b.columns.items()}, lines=shown,
        unserved_mwh={n: float(sum((w * x[u]).sum() for u in us)) for n, us in unserved.items()}, price_usd_per_mwh=prices,
        co2_t=co2,
        capacity_price_usd_per_mw=float(answer.duals[reserve]) if reserve >= 0 else float("nan"),
        seconds=answer.seconds)  # fmt: skip


__all__ = ["Expansion", "Line", "Plant", "Zones", "expand"]
