"""The program of a site: hourly balance, capacities, storage, grid, limits [1]_.

Money is counted a year; energy of a horizon of T hours is scaled by 8,760 / T. Storage is cyclic over the horizon, its round-trip
loss split evenly. The carbon-free target counts power that is not carbon-free against the load, so that storage losses are met by
either and the score stays conservative.

References
----------
.. [1] Stadler et al. 2014, *Value streams in microgrids*, Applied Energy 163 (form of the problem); the annuity form of costs is
   Short et al. 1995, NREL/TP-462-5173.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gridroom.supply.linear import Answer, Ints, Program
from gridroom.supply.site import LB_PER_SHORT_TON, Design, Floats, Option, Range3, Site

NO_LIMIT = np.inf


@dataclass(slots=True)
class Part:
    """Columns of one option in one phase."""

    option: Option
    capacity: Ints
    energy: Ints
    output: Ints
    charge: Ints
    content: Ints


@dataclass(slots=True)
class Stage:
    """Columns and rows of one phase."""

    parts: list[Part]
    grid: Ints
    unserved: Ints
    load_mw: Floats
    weight: float
    month: float


class SiteModel:
    """A site's program, kept for sweeps."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.program = Program()
        self.limit_rows: dict[str, list[int]] = {}
        self.limit_terms: dict[str, list[tuple[Ints, float]]] = {}
        self.spare_needs: list[float] = []
        self.month: float | None = None
        self.stages: list[Stage] = []
        for load, weight, month in self._phases():
            self._add_stage(load, weight, month)
        self._peak_rows()
        self._limit_rows()

    # -- columns and rows

    def _phases(self) -> list[tuple[Floats, float, float]]:
        """Load, weight and month of each phase; weights are discounted time over the horizon, and add up to 1."""
        site = self.site
        if not site.ramp:
            return [(site.load_mw, 1.0, site.limits.month)]
        months = [p.month for p in site.ramp]
        ends = [*months[1:], max(months[-1] + 12.0, months[0] + 12.0 * site.horizon_years)]
        growth = np.log1p(site.discount_rate) / 12.0
        spans = []
        for a, b in zip(months, ends, strict=True):
            spans.append((b - a) if growth < 1e-12 else float(np.exp(-growth * a) - np.exp(-growth * b)) / growth)
        peak = float(site.load_mw.max())
        return [
            (site.load_mw * (phase.mw / peak), span / sum(spans), phase.month) for phase, span in zip(site.ramp, spans, strict=True)
        ]

    def _capacity(self, option: Option, weight: float) -> tuple[Ints, Ints, Ints]:
        """Columns of power [MW], of whole units and of stored energy [MWh]."""
        program, rate = self.program, self.site.discount_rate
        none = np.zeros(0, np.int32)
        cost = weight * option.power_annuity(rate)
        if option.whole:
            units = program.columns(
                1, 0.0, np.ceil(option.min_mw / option.unit_mw - 1e-9), np.floor(option.max_mw / option.unit_mw + 1e-9), whole=True
            )
            power = program.columns(1, cost, 0.0, NO_LIMIT)
            program.rows(1, 0.0, 0.0, (power, 1.0), (units, -option.unit_mw))
        else:
            units = none
            power = program.columns(1, cost, option.min_mw, option.max_mw)
        energy = none
        if option.kind == "storage":
            energy = program.columns(1, weight * option.energy_annuity(rate), option.min_mwh, option.max_mwh)
        return power, units, energy

    def _add_part(self, option: Option, weight: float) -> Part:
        program, hours = self.program, self.site.hours
        scale = weight * self.site.per_year
        power, units, energy = self._capacity(option, weight)
        none = np.zeros(0, np.int32)
        charge = content = none
        cost = option.marginal_usd_per_mwh + self.site.co2_usd_per_t * option.co2_t_per_mwh
        if option.kind == "curtailment":
            cost = option.usd_per_mwh
        output = program.columns(hours, scale * cost)
        if option.kind == "profile":
            program.rows(hours, -NO_LIMIT, 0.0, (output, 1.0), (power, -option.profile))
        else:
            program.rows(hours, -NO_LIMIT, 0.0, (output, 1.0), (power, -1.0))
        if option.kind == "curtailment" and np.isfinite(option.max_hours_per_year):
            program.sums(-NO_LIMIT, 0.0, (output, self.site.per_year), (power, -option.max_hours_per_year))
        if option.kind == "storage":
            charge, content = program.columns(hours), program.columns(hours)
            program.rows(hours, -NO_LIMIT, 0.0, (charge, 1.0), (power, -1.0))
            program.rows(hours, -NO_LIMIT, 0.0, (content, 1.0), (energy, -1.0))
            eta = float(np.sqrt(option.round_trip_efficiency))
            program.rows(hours, 0.0, 0.0, (content, 1.0), (np.roll(content, 1), -1.0), (charge, -eta), (output, 1.0 / eta))
        return Part(option, np.concatenate([power, units]), energy, output, charge, content)

    def _add_stage(self, load: Floats, weight: float, month: float) -> None:
        site, program = self.site, self.program
        scale = weight * site.per_year
        parts = [self._add_part(option, weight) for option in site.options]
        none = np.zeros(0, np.int32)
        grid = unserved = none
        if site.grid is not None:
            price = scale * (site.grid.price_usd_per_mwh + site.co2_usd_per_t * site.grid.co2_t_per_mwh)
            late = _late(site.grid.lead_time_months, month)
            grid = program.columns(site.hours, price, 0.0, 0.0 if late else site.grid.limit_mw * site.grid.availability)
        if np.isfinite(site.limits.unserved_usd_per_mwh):
            unserved = program.columns(site.hours, scale * site.limits.unserved_usd_per_mwh, 0.0, load)
        terms: list[tuple[Ints, float]] = [(p.output, 1.0) for p in parts]
        terms += [(p.charge, -1.0) for p in parts if len(p.charge)]
        terms += [(c, 1.0) for c in (grid, unserved) if len(c)]
        program.rows(site.hours, load, load, *terms)
        stage = Stage(parts, grid, unserved, load, weight, month)
        if self.stages:  # what is built stays
            for before, now in zip(self.stages[-1].parts, parts, strict=True):
                for old, new in ((before.capacity[:1], now.capacity[:1]), (before.energy, now.energy)):
                    if len(old):
                        program.rows(1, 0.0, NO_LIMIT, (new, 1.0), (old, -1.0))
        self.stages.append(stage)

    def _peak_rows(self) -> None:
        """N + k: with k of the largest units out, what can be called on still carries the peak; storage does not count."""
        site = self.site
        k = site.limits.spare_units
        if k == 0:
            return
        for stage in self.stages:
            terms: list[tuple[Ints, float]] = []
            spare = 0.0
            for part in stage.parts:
                if part.option.kind in ("dispatchable", "curtailment"):
                    terms.append((part.capacity[:1], 1.0))
                    spare = max(spare, part.option.machine) if part.option.kind == "dispatchable" else spare
            grid = (
                0.0
                if site.grid is None or _late(site.grid.lead_time_months, stage.month)
                else (site.grid.limit_mw * float(site.grid.availability.min()))
            )
            need = float(stage.load_mw.max()) + k * spare - grid
            self.spare_needs.append(need)
            self.limit_rows.setdefault("spare_units", []).append(self.program.sums(need, NO_LIMIT, *terms))

    def _limit_rows(self) -> None:
        for stage in self.stages:
            site, year = self.site, self.site.per_year
            co2 = [(p.output, p.option.co2_t_per_mwh * year) for p in stage.parts if p.option.co2_t_per_mwh]
            if len(stage.grid) and site.grid is not None and site.grid.co2_t_per_mwh:
                co2.append((stage.grid, site.grid.co2_t_per_mwh * year))
            burnt = [p for p in stage.parts if p.option.heat_rate_mmbtu_per_mwh]
            fuel = [(p.output, p.option.heat_rate_mmbtu_per_mwh * year) for p in burnt]
            dirty = [
                (p.output, year) for p in stage.parts if not p.option.carbon_free and p.option.kind in ("dispatchable", "profile")
            ]
            if len(stage.grid) and site.grid is not None:
                dirty.append((stage.grid, (1.0 - site.grid.carbon_free_share) * year))
            self._limit("co2_t_per_year", site.limits.co2_t_per_year, co2)
            self._limit("fuel_mmbtu_per_year", site.limits.fuel_mmbtu_per_year, fuel)
            self._limit("carbon_free_hourly_pct", self.dirty_limit(site.limits.carbon_free_hourly_pct, stage), dirty)
            names = sorted({n for p in burnt for n in p.option.lb_per_mmbtu} | set(site.limits.air_tpy))
            for name in names:
                tons = [
                    (p.output, p.option.heat_rate_mmbtu_per_mwh * p.option.lb_per_mmbtu.get(name, 0.0) / LB_PER_SHORT_TON * year)
                    for p in burnt
                ]
                self._limit(f"air_tpy.{name}", site.limits.air_tpy.get(name, np.nan), tons)

    def dirty_limit(self, target_pct: float, stage: Stage) -> float:
        """Energy a year that need not be carbon-free [MWh]."""
        return (1.0 - target_pct / 100.0) * float(stage.load_mw.sum()) * self.site.per_year

    def _limit(self, name: str, value: float, terms: list[tuple[Ints, float]]) -> None:
        """A yearly limit; the row is there even where no limit is set, so that a sweep can set one."""
        row = self.program.sums(-NO_LIMIT, NO_LIMIT if np.isnan(value) else value, *terms)
        self.limit_rows.setdefault(name, []).append(row)
        self.limit_terms[name] = terms  # of the last phase

    # -- solving

    def close_late(self, month: float | None = None) -> None:
        """Bounds of capacity by lead time: what cannot be there by a phase's month is not built in it."""
        self.month = month
        for stage in self.stages:
            when = stage.month if month is None else month
            for part in stage.parts:
                late = _late(part.option.lead_time_months, when)
                self.bound_capacity(part, 0.0 if late else part.option.min_mw, 0.0 if late else part.option.max_mw)
                if len(part.energy):
                    self.program.bound_columns(
                        part.energy, 0.0 if late else part.option.min_mwh, 0.0 if late else part.option.max_mwh
                    )
            if len(stage.grid) and self.site.grid is not None:
                late = _late(self.site.grid.lead_time_months, when)
                upper = 0.0 if late else self.site.grid.limit_mw * self.site.grid.availability
                self.program.bound_columns(stage.grid, 0.0, upper)

    def is_late(self, lead: Range3 | None) -> bool:
        """Whether something cannot be there by the last phase, as the bounds stand."""
        return _late(lead, self.stages[-1].month if self.month is None else self.month)

    def bound_capacity(self, part: Part, lower: float, upper: float) -> None:
        """Bounds of an option's power [MW]."""
        size = part.option.unit_mw
        if part.option.whole:
            self.program.bound_columns(part.capacity[1:], np.ceil(lower / size - 1e-9), np.floor(upper / size + 1e-9))
        else:
            self.program.bound_columns(part.capacity[:1], lower, upper)

    def design(self, answer: Answer) -> Design:
        """The last phase's design from the solver's answer."""
        x, stage = answer.values, self.stages[-1]
        capacity, energy, units, dispatch, content, charge = {}, {}, {}, {}, {}, {}
        for part in stage.parts:
            name = part.option.name
            capacity[name] = _size(x[part.capacity[0]])
            if part.option.whole:
                units[name] = round(float(x[part.capacity[1]]))
                capacity[name] = units[name] * part.option.unit_mw
            dispatch[name] = _clean(x[part.output])
            if len(part.energy):
                energy[name] = _size(x[part.energy[0]])
                charge[name], content[name] = _clean(x[part.charge]), _clean(x[part.content])
                dispatch[name] = _clean(x[part.output]) - _clean(x[part.charge])
        if len(stage.grid):
            dispatch["grid"] = _clean(x[stage.grid])
        if len(stage.unserved):
            dispatch["unserved"] = _clean(x[stage.unserved])
        shadow = {}
        if len(answer.duals):
            shadow = {name: float(sum(answer.duals[r] for r in rows)) for name, rows in self.limit_rows.items()}
            shadow = {name: value for name, value in shadow.items() if abs(value) > 1e-9}
        return Design(
            status=answer.status,
            objective_usd_per_year=answer.objective,
            capacity_mw=capacity,
            storage_mwh=energy,
            units=units,
            dispatch_mw=dispatch,
            content_mwh=content,
            charge_mw=charge,
            shadow=shadow,
            gap=answer.gap,
            seconds=answer.seconds,
            iterations=answer.iterations,
            values=x,
        )


DUST = 1e-6  # MW and MWh that are the solver's tolerance


def _clean(values: Floats) -> Floats:
    return np.where(np.abs(values) < DUST, 0.0, values)


def _size(value: float) -> float:
    return float(value) if value > DUST else 0.0


def _late(lead: object, month: float) -> bool:
    """Whether something with that lead time is not there by a month."""
    best = getattr(lead, "best", None)
    return best is not None and bool(np.isfinite(month)) and best > month


__all__ = ["Part", "SiteModel", "Stage"]
