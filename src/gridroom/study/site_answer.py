"""`site_design`: from a site file to a design that held under outages, with cost, emissions, permit, time to power."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gridroom.core.progress import Listener, silent
from gridroom.study.site_file import SiteStudy, as_study
from gridroom.study.site_system import machine_mw
from gridroom.study.site_verify import Step, Verified, describe, present, repair, rerun, verify
from gridroom.supply import emissions
from gridroom.supply.air import Screen
from gridroom.supply.air import pte as screen
from gridroom.supply.air_pte import Source, UnitGroup
from gridroom.supply.lead_times import TimeToPower, time_to_power
from gridroom.supply.matching import hourly_match
from gridroom.supply.site import Design, Range3
from gridroom.supply.site_design import Solver, design, used
from gridroom.supply.site_model import SiteModel

BUILT_MW = 1e-3
BOTH_MW = 1e-3  # charge and discharge in one hour count as simultaneous above this


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteDesign:
    """Answer of `site_design`.

    Attributes
    ----------
    study : SiteStudy
    plan : Design
        As built: repaired where a target of availability asked for it.
    first : Design
        As the program first found it.
    phases : list of dict
        With a ramp: what is built by each phase.
    verified, first_verified : Verified
        Under outages: as built, and as first found.
    repair : tuple of Step
    time : TimeToPower or None
    air : Screen or None
    notes : tuple of str
    """

    study: SiteStudy
    plan: Design
    first: Design
    phases: tuple[dict[str, Any], ...]
    verified: Verified
    first_verified: Verified
    repair: tuple[Step, ...]
    time: TimeToPower | None
    air: Screen | None
    notes: tuple[str, ...]
    model: SiteModel

    def summary(self) -> dict[str, Any]:
        """Keys of the contract."""
        site, plan, year = self.study.site, self.plan, self.study.site.per_year
        charged = {n: float(v.sum()) * year for n, v in plan.charge_mw.items()}
        energy = {n: float(v.sum()) * year + charged.get(n, 0.0) + 0.0 for n, v in plan.dispatch_mw.items() if n != "unserved"}
        unserved = float(plan.dispatch_mw["unserved"].sum()) * year if "unserved" in plan.dispatch_mw else 0.0
        served = float(site.load_mw.sum()) * year - unserved - sum(energy[o.name] for o in site.options if o.kind == "curtailment")
        clean = np.zeros(site.hours)
        for option in site.options:
            if option.carbon_free:
                clean = clean + np.maximum(plan.dispatch_mw[option.name], 0.0)
        share = site.grid.carbon_free_share if site.grid is not None else 0.0
        cost = self.yearly_cost()
        return {
            "status": plan.status,
            "objective_usd_per_year": plan.objective_usd_per_year,
            "cost_usd_per_year": cost,
            "lcoe_usd_per_mwh": cost / served if served > 0 else None,
            "capacity_mw": plan.capacity_mw,
            "storage_mwh": plan.storage_mwh,
            "units": plan.units,
            "energy_mwh": energy,
            "charged_mwh": charged,
            "served_mwh": served,
            "unserved_mwh": unserved,
            "co2_t": used(self.model, plan, "co2_t_per_year"),
            "cfe_hourly_pct": min(max(used(self.model, plan, "carbon_free_hourly_pct"), 0.0), 100.0),
            "cfe_score_contracted_pct": 100.0 * hourly_match(site.load_mw, clean, share).score,
            "curtailed_pct": self.curtailed(),
            "availability_pct": self.verified.availability_pct.as_dict(),
            "time_to_power_months": None if self.time is None else self.time.as_dict(),
        }

    def yearly_cost(self) -> float:
        """Cost of the last phase's year [USD]: the objective, but for a ramp's earlier phases."""
        site, plan, year = self.study.site, self.plan, self.study.site.per_year
        total = 0.0
        for option in site.options:
            rate = site.discount_rate
            total += plan.capacity_mw[option.name] * option.power_annuity(rate)
            total += plan.storage_mwh.get(option.name, 0.0) * option.energy_annuity(rate)
            price = (
                option.usd_per_mwh
                if option.kind == "curtailment"
                else option.marginal_usd_per_mwh + site.co2_usd_per_t * option.co2_t_per_mwh
            )
            flow = plan.dispatch_mw[option.name] + plan.charge_mw.get(option.name, 0.0)
            total += price * float(flow.sum()) * year
        if site.grid is not None and "grid" in plan.dispatch_mw:
            price_h = site.grid.price_usd_per_mwh + site.co2_usd_per_t * site.grid.co2_t_per_mwh
            total += float((price_h * plan.dispatch_mw["grid"]).sum()) * year
        if "unserved" in plan.dispatch_mw:
            total += site.limits.unserved_usd_per_mwh * float(plan.dispatch_mw["unserved"].sum()) * year
        return total

    def curtailed(self) -> dict[str, float]:
        """Share of what profiles could give that is not used [%]."""
        out = {}
        for option in self.study.site.options:
            could = self.plan.capacity_mw[option.name] * float(option.profile.sum()) if option.kind == "profile" else 0.0
            if could > 0:
                out[option.name] = 100.0 * (1.0 - float(self.plan.dispatch_mw[option.name].sum()) / could)
        return out

    def as_dict(self) -> dict[str, Any]:
        """The whole answer for JSON."""
        study, plan = self.study, self.plan
        return {
            "name": study.site.name,
            **self.summary(),
            "objective": study.site.objective,
            "verification": {
                **describe(self.verified),
                "target_pct": _known(study.site.limits.availability_pct),
                "samples": study.samples,
                "as_first_found": {
                    "objective_usd_per_year": self.first.objective_usd_per_year,
                    "capacity_mw": self.first.capacity_mw,
                    **describe(self.first_verified),
                },
                "repair": [
                    {"option": s.option, "added_mw": s.added_mw, "availability_pct": s.availability_pct.as_dict()}
                    for s in self.repair
                ],
            },
            "emissions": emissions.as_dict(study.site, plan, study.region),
            "phases": list(self.phases),
            "shadow_usd_per_unit": plan.shadow,
            "air": None if self.air is None else self.air.as_dict(),
            "solver": {
                "seconds": self.first.seconds,
                "iterations": self.first.iterations,
                "gap": plan.gap,
                "columns": self.model.program.column_count,
                "rows": self.model.program.row_count,
            },
            "assumptions": [
                {"where": a.where, "value": a.value, "unit": a.unit, "claim": a.claim, "source": a.source} for a in study.assumed
            ],
            "notes": list(self.notes),
        }

    def hourly(self) -> Any:
        """Dispatch by hour as a table [MW, MWh]."""
        import pandas as pd

        table = {
            "load_mw": self.study.site.load_mw,
            **{f"{n}_mw": v for n, v in self.plan.dispatch_mw.items()},
            **{f"{n}_content_mwh": v for n, v in self.plan.content_mwh.items()},
        }
        return pd.DataFrame(table)

    def to_pandas(self) -> Any:
        """One row an option: capacity, energy, units."""
        import pandas as pd

        s = self.summary()
        return pd.DataFrame(
            [
                {
                    "option": n,
                    "capacity_mw": mw,
                    "storage_mwh": s["storage_mwh"].get(n),
                    "units": s["units"].get(n),
                    "energy_mwh": s["energy_mwh"][n],
                }
                for n, mw in s["capacity_mw"].items()
            ]
        )

    def __str__(self) -> str:
        from gridroom.study.site_words import readable

        return readable(self.as_dict())


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def _air(study: SiteStudy, plan: Design) -> Screen | None:
    """Permit screen of what burns fuel on the site; potential to emit at all hours."""
    import datetime as dt

    groups = []
    for option in study.site.options:
        mw = plan.capacity_mw[option.name]
        if option.name not in study.air_kind or mw < BUILT_MW:
            continue
        size = machine_mw(option, mw)
        count = max(math.ceil(mw / size - 1e-9), 1)
        groups.append(
            UnitGroup(
                name=option.name,
                kind=study.air_kind[option.name],
                fuel="natural_gas",
                count=count,
                capacity_mw=mw / count,
                heat_rate_mmbtu_per_mwh=option.heat_rate_mmbtu_per_mwh,
                factors=study.factors[option.name],
            )
        )
    if not groups:
        return None
    caps = {n: v for n, v in study.site.limits.air_tpy.items()}
    return screen(Source(name=study.site.name, groups=tuple(groups), area=study.area, date=dt.date.today(), caps_tpy=caps))


def _chains(study: SiteStudy, plan: Design) -> dict[str, Range3 | tuple[Range3, ...]]:
    site = study.site
    out: dict[str, Range3 | tuple[Range3, ...]] = {
        o.name: o.lead_time_months for o in site.options if o.lead_time_months is not None and plan.capacity_mw[o.name] > BUILT_MW
    }
    if (
        site.grid is not None
        and site.grid.lead_time_months is not None
        and "grid" in plan.dispatch_mw
        and plan.dispatch_mw["grid"].any()
    ):
        out["grid"] = site.grid.lead_time_months
    return out | dict(site.chains)


def _notes(study: SiteStudy, plan: Design, verified: Verified, first: Verified, steps: list[Step]) -> list[str]:
    site, notes = study.site, []
    target = site.limits.availability_pct
    if first.availability_pct.value < 99.9999:
        notes.append(
            f"the program serves every hour; under outages the whole load is served in {first.availability_pct} % of hours "
            f"({first.lolh_h} short hours a year)"
            + ("" if math.isfinite(target) else ": set limits.availability_pct to have it repaired")
        )
    if verified.lolh_h.value == 0:
        hours = study.samples * site.hours
        notes.append(
            f"no short hour in {hours:,} drawn: availability is above {100 * (1 - 3 / hours):.4f} % (95 % sure), not 100 %"
        )
    if steps:
        notes.append(f"repaired: capacity was added until {target:g} % held; now {verified.availability_pct} %")
    for name, charge in plan.charge_mw.items():
        both = int(((charge > BOTH_MW) & (plan.dispatch_mw[name] + charge > BOTH_MW)).sum())
        if both:
            notes.append(f"{name} charges and discharges in {both:,} hours at once (negative prices): read its cost with care")
    limited = [n for n in plan.shadow if n.startswith(("co2", "fuel", "air"))]
    if limited and steps:
        notes.append(
            f"the simulation of outages does not hold yearly caps ({', '.join(limited)}): spare machines run more when others fail"
        )
    years = site.hours / 8760.0
    if years <= 1.01 and any(o.kind == "profile" for o in site.options):
        notes.append("one weather year misses the worst week: give weather_years or longer series before sizing for reliability")
    notes.append("perfect foresight within the horizon; hourly: load swings of seconds are outside")
    return notes


def _phases(model: SiteModel, answer_values: Any) -> list[dict[str, Any]]:
    out = []
    for stage in model.stages:
        out.append(
            {
                "month": stage.month,
                "load_mw": float(stage.load_mw.max()),
                "share_of_time": stage.weight,
                "capacity_mw": {p.option.name: float(answer_values[p.capacity[0]]) for p in stage.parts},
                "storage_mwh": {p.option.name: float(answer_values[p.energy[0]]) for p in stage.parts if len(p.energy)},
            }
        )
    return out


def site_design(
    source: str | Path | Mapping[str, Any] | SiteStudy, *, jobs: int = 0, listener: Listener = silent, solver: Solver | None = None
) -> SiteDesign:
    """Design a site, run it under outages, and repair it where its target of availability does not hold.

    Parameters
    ----------
    source : path, mapping or SiteStudy
        As `gridroom site design` takes it.
    jobs : int
        Threads of the simulation; 0 takes all cores.

    Returns
    -------
    SiteDesign

    Raises
    ------
    StudyError
        With every problem of the file.
    InfeasibleError
        If limits collide; names which.
    """
    study = source if isinstance(source, SiteStudy) else as_study(source)
    solver = solver or Solver(gap=study.gap, time_limit_s=study.time_limit_s)
    first, model = design(study.site, solver)
    phases = _phases(model, first.values) if study.site.ramp else []
    capacity, energy = first.capacity_mw, first.storage_mwh
    there = present(study, model)
    before = verify(there, capacity, energy, jobs, listener)
    plan, after = first, before
    steps: list[Step] = []
    target = study.site.limits.availability_pct
    if math.isfinite(target) and before.availability_pct.value < target:
        capacity, energy, steps = repair(
            there, capacity, energy, target, lambda c, e: verify(there, c, e, jobs).availability_pct, before.availability_pct
        )
        plan = rerun(study, model, capacity, energy, solver)
        after = verify(there, plan.capacity_mw, plan.storage_mwh, jobs, listener)
    return SiteDesign(
        study=study,
        plan=plan,
        first=first,
        phases=tuple(phases),
        verified=after,
        first_verified=before,
        repair=tuple(steps),
        time=time_to_power(_chains(study, plan), study.seed),
        air=_air(study, plan),
        notes=tuple(_notes(study, plan, after, before, steps)),
        model=model,
    )


__all__ = ["SiteDesign", "site_design"]
