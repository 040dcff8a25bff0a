"""Which limits of a site collide: a smallest set that has no answer, and how far each would have to give way [1]_.

Limits are let go one by one; what can be let go without an answer appearing is not part of the quarrel.

References
----------
.. [1] Chinneck 2008, *Feasibility and infeasibility in optimization*, section 6.2 (deletion filter).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np

from gridroom.supply.linear import Program
from gridroom.supply.site_model import Part, SiteModel

TELL_S, SAY_S = 60.0, 15.0  # seconds for whether limits collide, and for how far one would have to give way


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """One limit of a colliding set.

    Attributes
    ----------
    limit : str
        As the site file writes it.
    value : float
        As it stands; NaN where it has no number.
    needed : float
        Where it would have to be, the others kept; NaN where that cannot be said.
    """

    limit: str
    value: float
    needed: float

    def __str__(self) -> str:
        text = self.limit if np.isnan(self.value) else f"{self.limit} = {self.value:,.6g}"
        return text if np.isnan(self.needed) else f"{text} (would have to be {self.needed:,.6g}, the others kept)"


@dataclass(frozen=True, slots=True)
class _Element:
    name: str
    value: float
    relax: Callable[[], None]
    restore: Callable[[], None]
    least: Callable[[], float] | None


def _capacity(model: SiteModel, part: Part, k: int, late: bool) -> list[_Element]:
    option, program = part.option, model.program
    out = []
    if np.isfinite(option.max_mw) and not late:
        out.append(
            _Element(
                f"options[{k}].max_mw of {option.name!r}",
                option.max_mw,
                lambda: model.bound_capacity(part, option.min_mw, np.inf),
                lambda: model.bound_capacity(part, option.min_mw, option.max_mw),
                lambda: _least(model, [(part.capacity[:1], 1.0)]),
            )
        )
    if len(part.energy) and np.isfinite(option.max_mwh) and not late:
        out.append(
            _Element(
                f"options[{k}].max_mwh of {option.name!r}",
                option.max_mwh,
                lambda: program.bound_columns(part.energy, option.min_mwh, np.inf),
                lambda: program.bound_columns(part.energy, option.min_mwh, option.max_mwh),
                lambda: _least(model, [(part.energy, 1.0)]),
            )
        )
    return out


def _grid(model: SiteModel) -> list[_Element]:
    grid, stage = model.site.grid, model.stages[-1]
    if grid is None or not len(stage.grid):
        return []
    state = {"limit": True, "availability": True}

    def apply(key: str, on: bool) -> None:
        state[key] = on
        upper = np.full(model.site.hours, grid.limit_mw if state["limit"] else np.inf)
        if state["availability"]:
            upper = np.where(grid.availability > 0, upper * np.maximum(grid.availability, 1e-12), 0.0)
        model.program.bound_columns(stage.grid, 0.0, upper)

    def least() -> float:
        answer = model.program.solve(SAY_S)
        return float(answer.values[stage.grid].max()) if answer.status == "optimal" else np.nan

    out = [
        _Element(
            "grid.limit_mw",
            grid.limit_mw,
            lambda: apply("limit", False),
            lambda: apply("limit", True),
            None if grid.limit_mw else least,
        )
    ]
    if (grid.availability < 1).any():
        hours = int((grid.availability < 1).sum())
        out.append(
            _Element(
                f"grid.availability ({hours:,} h without the whole limit)",
                np.nan,
                lambda: apply("availability", False),
                lambda: apply("availability", True),
                None,
            )
        )
    return out


def _least(model: SiteModel, terms: list[tuple[object, float]]) -> float:
    """Smallest value of a sum over columns with what limits are in force."""
    program = model.program
    everything = np.arange(program.column_count)
    program.price(everything, 0.0)
    for columns, value in terms:
        program.price(np.asarray(columns, np.int32), value)
    answer = program.solve(SAY_S)
    program.price(everything, 0.0)
    return answer.objective - program.offset if answer.status == "optimal" else np.nan


def _row_element(
    model: SiteModel, name: str, value: float, bounds: list[tuple[float, float]], least: Callable[[], float] | None
) -> _Element:
    """A limit that is a row in each phase."""
    rows = model.limit_rows[name]

    def relax() -> None:
        for row in rows:
            model.program.bound_row(row, -np.inf, np.inf)

    def restore() -> None:
        for row, (lower, upper) in zip(rows, bounds, strict=True):
            model.program.bound_row(row, lower, upper)

    return _Element(f"limits.{name}", value, relax, restore, least)


def _rows(model: SiteModel) -> list[_Element]:
    limits = model.site.limits
    values = {
        "co2_t_per_year": limits.co2_t_per_year,
        "fuel_mmbtu_per_year": limits.fuel_mmbtu_per_year,
        **{f"air_tpy.{n}": v for n, v in limits.air_tpy.items()},
    }
    out = [
        _row_element(model, name, value, [(-np.inf, value)] * len(model.stages), partial(_least_of, model, name))
        for name, value in values.items()
        if np.isfinite(value)
    ]
    target = limits.carbon_free_hourly_pct
    if np.isfinite(target):
        load = float(model.stages[-1].load_mw.sum()) * model.site.per_year
        name = "carbon_free_hourly_pct"
        bounds = [(-np.inf, model.dirty_limit(target, s)) for s in model.stages]
        out.append(_row_element(model, name, target, bounds, lambda: 100.0 * (1.0 - _least_of(model, name) / load)))
    if limits.spare_units:
        spare = [(need, np.inf) for need in model.spare_needs]
        out.append(_row_element(model, "spare_units", float(limits.spare_units), spare, None))
    return out


def _least_of(model: SiteModel, name: str) -> float:
    return _least(model, list(model.limit_terms[name]))


def _lead_times(model: SiteModel, month: float | None) -> list[_Element]:
    when = model.site.limits.month if month is None else month
    if not np.isfinite(when) and not model.site.ramp:
        return []
    text = f"lead times (what can be there by month {when:g})" if np.isfinite(when) else "lead times against the ramp"
    return [_Element(text, np.nan, lambda: model.close_late(np.inf), lambda: model.close_late(month), None)]


def conflicts(model: SiteModel, month: float | None = None) -> list[Conflict]:
    """Smallest set of limits that has no answer together.

    Parameters
    ----------
    model : SiteModel
        Found infeasible; its costs are lost.
    month : float, optional
        Month that the bounds were closed for.

    Returns
    -------
    list of Conflict
        Empty where letting go of all of them does not help: what is offered cannot serve the load at any size.
    """
    program = model.program
    program.price(np.arange(program.column_count), 0.0)
    elements = _lead_times(model, month)
    elements += _rows(model)
    stage = model.stages[-1]
    when = stage.month if month is None else month
    for k, part in enumerate(stage.parts):
        lead = part.option.lead_time_months
        elements += _capacity(model, part, k, lead is not None and bool(np.isfinite(when)) and lead.best > when)
    elements += _grid(model)
    return [_said(element) for element in _smallest(program, elements)]


def _smallest(program: Program, elements: list[_Element]) -> list[_Element]:
    """Elements of a smallest set; what the solver cannot tell in time stays in it. The others are let go."""
    kept = []
    for element in elements:
        element.relax()
        if program.solve(TELL_S).status != "infeasible":
            element.restore()
            kept.append(element)
    return kept


def _said(element: _Element) -> Conflict:
    needed = np.nan
    if element.least is not None:
        element.relax()
        needed = element.least()
        element.restore()
    return Conflict(limit=element.name, value=element.value, needed=needed)


__all__ = ["Conflict", "conflicts"]
