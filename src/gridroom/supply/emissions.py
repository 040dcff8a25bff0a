"""What a design emits, and what the same load would emit from the grid: average and marginal, never in one total.

Average (attributional) rates are eGRID2022's, by subregion; marginal rates (consequence of a change in load) are EPA AVERT's
of 2023, by month and hour of the day.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gridroom.reference import catalog
from gridroom.supply.site import LB_PER_SHORT_TON, SHORT_TON_T, Design, Floats, Site

MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


@dataclass(frozen=True, slots=True, kw_only=True)
class GridAlternative:
    """The site's load served by the grid: tonnes of CO2 a year by two accounts, kg of NOx and SO2 at the margin."""

    region: str
    average_t_co2: float
    marginal_t_co2: float
    marginal_kg_nox: float
    marginal_kg_so2: float


def stack_tons(site: Site, design: Design) -> dict[str, float]:
    """Air pollutants of the dispatch, US short tons a year."""
    out: dict[str, float] = {}
    for option in site.options:
        burnt = option.heat_rate_mmbtu_per_mwh * float(design.dispatch_mw[option.name].sum()) * site.per_year
        for name, factor in option.lb_per_mmbtu.items():
            out[name] = out.get(name, 0.0) + burnt * factor / LB_PER_SHORT_TON
    return out


def annual_co2_t(site: Site, design: Design) -> dict[str, float]:
    """Tonnes of CO2 a year by option and grid."""
    out = {
        o.name: o.co2_t_per_mwh * float(design.dispatch_mw[o.name].sum()) * site.per_year for o in site.options if o.co2_t_per_mwh
    }
    if site.grid is not None and "grid" in design.dispatch_mw:
        out["grid"] = site.grid.co2_t_per_mwh * float(design.dispatch_mw["grid"].sum()) * site.per_year
    return out


def marginal_rates(avert_region: str, hours: int) -> dict[str, Floats]:
    """Marginal kg/MWh of CO2, NOx and SO2 by hour of a year of 8,760 h, repeated over the horizon."""
    table = catalog.load("marginal_emissions")
    rows = table[table["avert_region"] == avert_region].sort_values(["month", "hour"])
    month = np.repeat(np.arange(12), np.array(MONTH_DAYS) * 24)
    index = month * 24 + np.arange(8760) % 24
    return {n: np.resize(rows[f"{n}_kg_per_mwh"].to_numpy(np.float64)[index], hours) for n in ("co2", "nox", "so2")}


def grid_alternative(site: Site, region: str) -> GridAlternative:
    """Emissions of a year if the grid of a region of the outlook served the whole load."""
    grids = catalog.load("region_grids").set_index("region").loc[region]
    average = catalog.load("carbon_intensity").set_index("place")["best_kg_per_mwh"][grids["egrid_subregion"]]
    rates = marginal_rates(str(grids["avert_region"]), site.hours)
    sums = {n: float((rate * site.load_mw).sum()) * site.per_year for n, rate in rates.items()}
    return GridAlternative(
        region=region,
        average_t_co2=float(average) * float(site.load_mw.sum()) * site.per_year / 1000.0,
        marginal_t_co2=sums["co2"] / 1000.0,
        marginal_kg_nox=sums["nox"],
        marginal_kg_so2=sums["so2"],
    )


def as_dict(site: Site, design: Design, region: str) -> dict[str, Any]:
    """All of it for JSON."""
    by_option = annual_co2_t(site, design)
    out: dict[str, Any] = {
        "co2_t_by_option": by_option,
        "stack_short_tons": stack_tons(site, design),
        "stack_t": {n: v * SHORT_TON_T for n, v in stack_tons(site, design).items()},
    }
    if region:
        other = grid_alternative(site, region)
        total = sum(by_option.values())
        out["grid_alternative"] = {
            "region": region,
            "average_t_co2": other.average_t_co2,
            "marginal_t_co2": other.marginal_t_co2,
            "marginal_kg_nox": other.marginal_kg_nox,
            "marginal_kg_so2": other.marginal_kg_so2,
            "design_less_average_t_co2": total - other.average_t_co2,
            "design_less_marginal_t_co2": total - other.marginal_t_co2,
            "note": "average is attributional (eGRID2022), marginal the consequence of a change (AVERT 2023): never add them",
        }
    return out


__all__ = ["GridAlternative", "annual_co2_t", "as_dict", "grid_alternative", "marginal_rates", "stack_tons"]
