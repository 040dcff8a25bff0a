"""Technologies that a region may add: what the engine's fleet calls them, what they cost, when they can be there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from gridroom.reference import catalog
from gridroom.supply.finance import annuity

AVOIDED_HEAT_RATE = 7.5  # MMBtu/MWh of the gas plant that energy of sun, wind and nuclear displaces (assumed)
RATE = 0.08  # real discount rate (assumed)


@dataclass(frozen=True, slots=True)
class Kind:
    """A technology of the catalogue as the engine's fleet knows it."""

    name: str
    fleet: str
    cost: str
    lead: str
    unit_mw: float
    storage_h: float = 0.0
    output: float = 0.0


KINDS = (
    Kind("simple_cycle", "gas_ct", "simple_cycle", "simple_cycle", 200.0),
    Kind("aeroderivative", "gas_ct", "", "aeroderivative", 50.0),
    Kind("combined_cycle", "gas_cc", "", "combined_cycle", 400.0),
    Kind("battery_4h", "battery", "battery_4h", "battery", 0.0, storage_h=4.0),
    Kind("solar", "solar", "solar", "solar", 0.0, output=0.25),
    Kind("wind", "wind", "wind", "wind", 0.0, output=0.35),
    Kind("smr", "nuclear", "smr", "smr", 300.0, output=0.92),
)


def _figure(technology: str, key: str) -> float:
    table = catalog.load("supply_options")
    row = table[(table["technology"] == technology) & (table["key"] == key)]
    return float(row["best"].iloc[0]) if len(row) else 0.0


def yearly_cost(kind: Kind, year: int) -> tuple[float, float]:
    """Yearly cost of a MW built in a year, and the same less the fuel that its energy saves [USD/MW-year].

    Gas plants cost what was observed in 2025, the others what ATB says of the year. Plants that run anyway earn the fuel of the
    gas plant that they displace, less their own.
    """
    life = _figure(kind.lead, "life_years")
    if kind.cost:
        table = catalog.load("technology_costs")
        row = table[(table["technology"] == kind.cost) & (table["year"] == min(max(year, 2025), 2035))].iloc[0]
        capex, fixed = float(row["capex_usd_per_kw"]), float(row["fom_usd_per_kw_year"])
    else:
        capex, fixed = _figure(kind.lead, "capex_usd_per_kw"), _figure(kind.lead, "fom_usd_per_kw_year")
    gross = 1000.0 * annuity(capex, fixed, RATE, life)
    own = _figure(kind.lead, "heat_rate_mmbtu_per_mwh") * _figure(kind.lead, "fuel_usd_per_mmbtu") + _figure(
        kind.lead, "vom_usd_per_mwh"
    )
    avoided = AVOIDED_HEAT_RATE * _figure("simple_cycle", "fuel_usd_per_mmbtu")
    return gross, gross - 8760.0 * kind.output * max(avoided - own, 0.0)


def earliest_year(kind: Kind, ordered: float) -> int:
    """First year in whose summer a technology can be there, ordered at a time in years."""
    return int(np.ceil(ordered + _figure(kind.lead, "lead_time_months") / 12.0 - 0.5))


__all__ = ["KINDS", "RATE", "Kind", "earliest_year", "yearly_cost"]
