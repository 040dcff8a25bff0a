"""Design a site: least cost, soonest, or least emissions; sweeps and trade-off curves on the kept program."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from gridroom.core.errors import Problem, StudyError, nearest
from gridroom.supply.branching import solve_whole
from gridroom.supply.linear import Answer, InfeasibleError
from gridroom.supply.site import Design, Limits, Option, Site
from gridroom.supply.site_conflicts import Conflict, conflicts
from gridroom.supply.site_model import SiteModel

Listen = Callable[[float, float, int], None]
CO2_SLACK = 1e-6  # share above the least CO2 within which the cheapest design is chosen


class NoDesignError(InfeasibleError):
    """No design meets all limits; `found` names a smallest set that collides."""

    def __init__(self, site: Site, found: list[Conflict], hours: int) -> None:
        self.found = found
        if found:
            lines = "\n".join(f"  - {c}" for c in found)
            text = f"{site.name}: infeasible. These limits collide; let one of them go (others may stand behind):\n{lines}"
            if not np.isfinite(site.limits.unserved_usd_per_mwh):
                text += "\n  or let load go unserved at a price: limits.unserved_usd_per_mwh"
        else:
            text = (
                f"{site.name}: infeasible. What is offered cannot serve the load in {hours:,} of {site.hours:,} hours at any size: "
                "nothing runs then, and nothing stores; add an option of kind dispatchable or storage, or a grid"
            )
        super().__init__(text)


@dataclass(slots=True)
class Solver:
    """How hard to look: gap of whole numbers, seconds, who listens."""

    gap: float = 1e-4
    time_limit_s: float = np.inf
    listen: Listen | None = None

    def run(self, model: SiteModel) -> Answer:
        """Solve a model."""
        return solve_whole(model.program, self.gap, self.time_limit_s, self.listen)


def _dark_hours(site: Site) -> int:
    """Hours in which nothing that is offered can run."""
    can = np.zeros(site.hours, bool)
    for option in site.options:
        can |= option.profile > 0 if option.kind == "profile" else np.ones(site.hours, bool)
    if site.grid is not None:
        can |= site.grid.availability * site.grid.limit_mw > 0
    return int((~can & (site.load_mw > 0)).sum())


def _fail(model: SiteModel, answer: Answer, month: float | None = None) -> None:
    """Raise what a solution that is none means."""
    if answer.status == "infeasible":
        found = conflicts(model, month)
        raise NoDesignError(model.site, found, _dark_hours(model.site))
    if not len(answer.values):
        raise InfeasibleError(f"{model.site.name}: the solver stopped ({answer.status}) with no design; give it more time")


def months_offered(site: Site) -> list[float]:
    """Months at which something becomes available, in order; 0 where something has no lead time."""
    leads = [o.lead_time_months for o in site.options] + ([site.grid.lead_time_months] if site.grid is not None else [])
    return sorted({0.0 if lead is None else lead.best for lead in leads})


def design(site: Site, solver: Solver | None = None, model: SiteModel | None = None) -> tuple[Design, SiteModel]:
    """Best design by the site's objective.

    Parameters
    ----------
    site : Site
    solver : Solver, optional
    model : SiteModel, optional
        Kept program of the same site.

    Returns
    -------
    Design
    SiteModel
        Kept for what is asked next.

    Raises
    ------
    NoDesignError
        If limits collide; names which.
    """
    solver = solver or Solver()
    model = model or SiteModel(site)
    if site.objective == "time_to_power":
        return _soonest(model, solver), model
    model.close_late()
    if site.objective == "emissions":
        return cleanest(model, solver), model
    answer = solver.run(model)
    _fail(model, answer)
    return model.design(answer), model


def _soonest(model: SiteModel, solver: Solver) -> Design:
    """Cheapest of the designs that are complete first: the earliest month is found by bisection."""
    months = months_offered(model.site)
    low, high = 0, len(months) - 1
    model.close_late(months[high])
    answer = solver.run(model)
    _fail(model, answer, months[high])
    while low < high:
        middle = (low + high) // 2
        model.close_late(months[middle])
        found = solver.run(model)
        if found.status == "optimal":
            high, answer = middle, found
        else:
            low = middle + 1
    model.close_late(months[high])
    answer = solver.run(model)
    return model.design(answer)


def cleanest(model: SiteModel, solver: Solver) -> Design:
    """Cheapest of the designs with least CO2."""
    program, everything = model.program, np.arange(model.program.column_count)
    costs = program.costs()
    program.price(everything, 0.0)
    for columns, value in model.limit_terms["co2_t_per_year"]:
        program.price(columns, value)
    answer = solver.run(model)
    program.price(everything, costs)
    _fail(model, answer)
    rows = model.limit_rows["co2_t_per_year"]
    least = max(answer.objective, 0.0)
    most = least * (1.0 + CO2_SLACK) + 1e-3
    given = model.site.limits.co2_t_per_year
    program.bound_row(rows[-1], -np.inf, most if np.isnan(given) else max(min(most, given), least))
    answer = solver.run(model)
    program.bound_row(rows[-1], -np.inf, np.inf if np.isnan(given) else given)
    _fail(model, answer)
    return model.design(answer)


# -- sweeps


SWEPT_LIMITS = ("co2_t_per_year", "fuel_mmbtu_per_year", "carbon_free_hourly_pct")


def sweep_names(model: SiteModel) -> list[str]:
    """What can be swept on the kept program."""
    site = model.site
    names = [f"limits.{n}" for n in SWEPT_LIMITS] + [f"limits.{n}" for n in model.limit_rows if n.startswith("air_tpy.")]
    names += ["grid.limit_mw", "grid.price_usd_per_mwh"] if site.grid is not None else []
    for option in site.options:
        keys = ["max_mw", "min_mw", "capex_usd_per_kw"]
        keys += ["fuel_usd_per_mmbtu"] if option.heat_rate_mmbtu_per_mwh else []
        names += [f"options.{option.name}.{key}" for key in keys]
    return [*names, "fuel_usd_per_mmbtu", "limits.unserved_usd_per_mwh"]


def _changed(option: Option, key: str, value: float) -> Option:
    return dataclasses.replace(option, **{key: value})  # type: ignore[arg-type]


def apply(model: SiteModel, name: str, value: float) -> None:
    """Put one number into the kept program; a limit may be infinite, which lets it go.

    Raises
    ------
    StudyError
        If the name is not one that can be swept.
    """
    site, program = model.site, model.program
    scale = site.per_year
    part_name, _, key = name.partition(".")
    if part_name == "limits" and key in model.limit_rows:
        for row, stage in zip(model.limit_rows[key], model.stages, strict=True):
            program.bound_row(row, -np.inf, model.dirty_limit(value, stage) if key == "carbon_free_hourly_pct" else value)
        model.site = dataclasses.replace(site, limits=_with_limit(site.limits, key, value))
    elif name == "limits.unserved_usd_per_mwh" and np.isfinite(site.limits.unserved_usd_per_mwh):
        for stage in model.stages:
            program.price(stage.unserved, stage.weight * scale * value)
    elif site.grid is not None and name == "grid.limit_mw":
        model.site = dataclasses.replace(site, grid=dataclasses.replace(site.grid, limit_mw=value))
        model.close_late()
    elif site.grid is not None and name == "grid.price_usd_per_mwh":
        for stage in model.stages:
            program.price(stage.grid, stage.weight * scale * (value + site.co2_usd_per_t * site.grid.co2_t_per_mwh))
        model.site = dataclasses.replace(
            site, grid=dataclasses.replace(site.grid, price_usd_per_mwh=np.full(site.hours, float(value)))
        )
    elif name == "fuel_usd_per_mmbtu":
        for option in site.options:
            if option.heat_rate_mmbtu_per_mwh:
                apply(model, f"options.{option.name}.fuel_usd_per_mmbtu", value)
    else:
        _apply_option(model, name, value)


def _with_limit(limits: Limits, key: str, value: float) -> Limits:
    if key.startswith("air_tpy."):
        return dataclasses.replace(limits, air_tpy={**limits.air_tpy, key.removeprefix("air_tpy."): value})
    return dataclasses.replace(limits, **{key: value})  # type: ignore[arg-type]


def _apply_option(model: SiteModel, name: str, value: float) -> None:
    site, program = model.site, model.program
    words, _, key = name.rpartition(".")
    wanted = words.removeprefix("options.")
    index = next((k for k, o in enumerate(site.options) if o.name == wanted), None)
    if index is None or name not in sweep_names(model):
        raise StudyError(Problem(f"--sweep {name}", "cannot be swept", nearest(name, sweep_names(model))))
    option = _changed(site.options[index], key, value)
    model.site = dataclasses.replace(site, options=(*site.options[:index], option, *site.options[index + 1 :]))
    for stage in model.stages:
        stage.parts[index].option = option
        part = stage.parts[index]
        if key in ("max_mw", "min_mw"):
            continue
        program.price(part.capacity[:1], stage.weight * option.power_annuity(site.discount_rate))
        cost = option.marginal_usd_per_mwh + site.co2_usd_per_t * option.co2_t_per_mwh
        program.price(part.output, stage.weight * site.per_year * cost)
    if key in ("max_mw", "min_mw"):
        model.close_late()


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One point of a sweep: the value, its design, or what collides."""

    value: float
    design: Design | None
    conflict: str = ""
    seconds: float = 0.0


def sweep(site: Site, name: str, values: list[float], solver: Solver | None = None) -> Iterator[Point]:
    """Designs for several values of one number, on one program.

    An infeasible point says so and the sweep goes on.
    """
    solver = solver or Solver()
    model = SiteModel(site)
    model.close_late()
    for value in values:
        apply(model, name, value)
        answer = solver.run(model)
        if len(answer.values):
            yield Point(value=value, design=model.design(answer), seconds=answer.seconds)
        else:
            yield Point(value=value, design=None, conflict=answer.status, seconds=answer.seconds)


def trade_off(site: Site, against: str, points: int, solver: Solver | None = None) -> Iterator[Point]:
    """Cost against emissions, against hourly carbon-free share, or against the month of power.

    Emissions run from those of the cheapest design to the least that can be; the month over all at which something new arrives.

    Parameters
    ----------
    against : str
        `emissions`, `carbon_free` or `time_to_power`.
    points : int
        Points of the curve; months are as many as there are.
    """
    solver = solver or Solver()
    free = dataclasses.replace(site, objective="cost")
    model = SiteModel(free)
    if against == "time_to_power":
        for month in months_offered(free):
            model.close_late(month)
            answer = solver.run(model)
            yield Point(
                value=month,
                design=model.design(answer) if len(answer.values) else None,
                conflict="" if len(answer.values) else answer.status,
                seconds=answer.seconds,
            )
        return
    cheapest, model = design(free, solver, model)
    name = "co2_t_per_year" if against == "emissions" else "carbon_free_hourly_pct"
    start = used(model, cheapest, name)
    yield Point(value=start, design=cheapest, seconds=cheapest.seconds)
    end = used(model, cleanest(model, solver), name) if against == "emissions" else 100.0
    for value in np.linspace(start, end, points)[1:]:
        apply(model, f"limits.{name}", float(value) + (1e-6 * abs(end) + 1e-3 if against == "emissions" else 0.0))
        answer = solver.run(model)
        yield Point(
            value=float(value),
            design=model.design(answer) if len(answer.values) else None,
            conflict="" if len(answer.values) else answer.status,
            seconds=answer.seconds,
        )


def used(model: SiteModel, found: Design, name: str) -> float:
    """What a design uses of a yearly limit, in the limit's own unit."""
    site, year = model.site, model.site.per_year
    if name == "co2_t_per_year":
        total = sum(o.co2_t_per_mwh * float(found.dispatch_mw[o.name].sum()) for o in site.options if o.co2_t_per_mwh)
        if site.grid is not None and "grid" in found.dispatch_mw:
            total += site.grid.co2_t_per_mwh * float(found.dispatch_mw["grid"].sum())
        return total * year
    dirty = sum(
        float(found.dispatch_mw[o.name].sum()) for o in site.options if not o.carbon_free and o.kind in ("dispatchable", "profile")
    )
    if site.grid is not None and "grid" in found.dispatch_mw:
        dirty += (1.0 - site.grid.carbon_free_share) * float(found.dispatch_mw["grid"].sum())
    return 100.0 * (1.0 - dirty * year / (float(model.stages[-1].load_mw.sum()) * year))


__all__ = [
    "NoDesignError",
    "Point",
    "Solver",
    "apply",
    "cleanest",
    "design",
    "months_offered",
    "sweep",
    "sweep_names",
    "trade_off",
    "used",
]
