"""A site that must be served: its load, what may be built, the grid, the limits, and what a design answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gridroom.supply.finance import annuity

Floats = NDArray[np.float64]
YEAR_H = 8760.0
SHORT_TON_T = 0.90718474
LB_PER_SHORT_TON = 2000.0
BLOCK_MW = 50.0  # size of one machine where nothing says it (assumed)
KINDS = ("dispatchable", "profile", "storage", "curtailment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Range3:
    """Low, best, high of a lead time [months]."""

    low: float
    best: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Option:
    """One thing that may be built, or load that may give way.

    Attributes
    ----------
    name, kind : str
        `dispatchable`, `profile`, `storage` or `curtailment`.
    capex_usd_per_kw, fom_usd_per_kw_year, vom_usd_per_mwh : float
        Of power; for storage of its power.
    energy_capex_usd_per_kwh, energy_fom_usd_per_kwh_year : float
        Of stored energy.
    life_years : float
    heat_rate_mmbtu_per_mwh, fuel_usd_per_mmbtu, co2_t_per_mmbtu : float
    lb_per_mmbtu : mapping of str to float
        Air pollutants.
    min_mw, max_mw : float
    min_mwh, max_mwh : float
        Storage: bounds of energy.
    unit_mw : float
        Size of whole units [MW]; NaN where capacity is continuous.
    forced_outage_rate, mttr_h : float
        For the simulation.
    lead_time_months : Range3
    carbon_free : bool
    profile : float array (T,)
        Output per unit of capacity.
    round_trip_efficiency : float
    max_hours_per_year : float
        Curtailment: energy budget over power [h].
    usd_per_mwh : float
        Curtailment: price of energy not drawn.
    technology : str
        Catalogue technology, where one was named.
    machine_mw : float
        Usual size of one machine, for spares and outages [MW]; NaN where nothing says it.
    """

    name: str
    kind: str
    capex_usd_per_kw: float = 0.0
    fom_usd_per_kw_year: float = 0.0
    vom_usd_per_mwh: float = 0.0
    energy_capex_usd_per_kwh: float = 0.0
    energy_fom_usd_per_kwh_year: float = 0.0
    life_years: float = 20.0
    heat_rate_mmbtu_per_mwh: float = 0.0
    fuel_usd_per_mmbtu: float = 0.0
    co2_t_per_mmbtu: float = 0.0
    lb_per_mmbtu: Mapping[str, float] = field(default_factory=dict)
    min_mw: float = 0.0
    max_mw: float = np.inf
    min_mwh: float = 0.0
    max_mwh: float = np.inf
    unit_mw: float = np.nan
    forced_outage_rate: float = 0.0
    mttr_h: float = 24.0
    lead_time_months: Range3 | None = None
    carbon_free: bool = False
    profile: Floats = field(default_factory=lambda: np.zeros(0))
    round_trip_efficiency: float = 1.0
    max_hours_per_year: float = np.inf
    usd_per_mwh: float = 0.0
    technology: str = ""
    machine_mw: float = np.nan

    @property
    def whole(self) -> bool:
        """Whether it comes in whole units."""
        return bool(np.isfinite(self.unit_mw))

    @property
    def machine(self) -> float:
        """Size of one machine [MW]: the whole unit, the usual size, or a block of 50 MW."""
        if self.whole:
            return self.unit_mw
        return self.machine_mw if np.isfinite(self.machine_mw) else BLOCK_MW

    @property
    def marginal_usd_per_mwh(self) -> float:
        """Fuel and variable O&M of a MWh."""
        return self.heat_rate_mmbtu_per_mwh * self.fuel_usd_per_mmbtu + self.vom_usd_per_mwh

    @property
    def co2_t_per_mwh(self) -> float:
        """Tonnes of CO2 of a MWh."""
        return self.heat_rate_mmbtu_per_mwh * self.co2_t_per_mmbtu

    def power_annuity(self, rate: float) -> float:
        """Yearly cost of a MW [USD/MW-year]."""
        return 1000.0 * annuity(self.capex_usd_per_kw, self.fom_usd_per_kw_year, rate, self.life_years)

    def energy_annuity(self, rate: float) -> float:
        """Yearly cost of a MWh of storage [USD/MWh-year]."""
        return 1000.0 * annuity(self.energy_capex_usd_per_kwh, self.energy_fom_usd_per_kwh_year, rate, self.life_years)


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """The connection: limit [MW] by hour (T,), price [USD/MWh] (T,), what its energy holds, when it comes."""

    limit_mw: float
    availability: Floats
    price_usd_per_mwh: Floats
    carbon_free_share: float = 0.0
    co2_t_per_mwh: float = 0.0
    lead_time_months: Range3 | None = None
    forced_outage_rate: float = 0.0
    mttr_h: float = 4.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of a year; NaN where there is none.

    Attributes
    ----------
    co2_t_per_year, fuel_mmbtu_per_year, carbon_free_hourly_pct, availability_pct, unserved_usd_per_mwh : float
    air_tpy : mapping of str to float
        Operating caps by pollutant [US short tons a year].
    spare_units : int
        N + k: capacity that must be left for the peak with that many of the largest units of each option out.
    month : float
        Everything built must be there by then [months].
    """

    co2_t_per_year: float = np.nan
    fuel_mmbtu_per_year: float = np.nan
    carbon_free_hourly_pct: float = np.nan
    availability_pct: float = np.nan
    unserved_usd_per_mwh: float = np.nan
    air_tpy: Mapping[str, float] = field(default_factory=dict)
    spare_units: int = 0
    month: float = np.nan


@dataclass(frozen=True, slots=True, kw_only=True)
class Phase:
    """A step of the ramp: load over the site's, from a month on."""

    month: float
    mw: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A site. `load_mw` (T,) by hour; a horizon of several weather years is answered as a mean year."""

    name: str
    load_mw: Floats
    discount_rate: float
    options: tuple[Option, ...]
    grid: Grid | None = None
    limits: Limits = field(default_factory=Limits)
    objective: str = "cost"
    co2_usd_per_t: float = 0.0
    ramp: tuple[Phase, ...] = ()
    horizon_years: float = 10.0
    chains: Mapping[str, Range3] = field(default_factory=dict)

    @property
    def hours(self) -> int:
        """Hours of the horizon."""
        return len(self.load_mw)

    @property
    def per_year(self) -> float:
        """Factor from a sum over the horizon to a year."""
        return YEAR_H / self.hours


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """What to build and how it runs.

    Attributes
    ----------
    status : str
    objective_usd_per_year : float
    capacity_mw, storage_mwh, units : dict
        By option.
    dispatch_mw : dict of float arrays (T,)
        By option (discharge less charge for storage), `grid`, `unserved`.
    content_mwh : dict of float arrays (T,)
    charge_mw : dict of float arrays (T,)
    shadow : dict of str to float
        Change of yearly cost per unit of each limit that binds.
    gap, seconds : float
    iterations : int
    values : float array
        All columns of the program.
    """

    status: str
    objective_usd_per_year: float
    capacity_mw: dict[str, float]
    storage_mwh: dict[str, float]
    units: dict[str, int]
    dispatch_mw: dict[str, Floats]
    content_mwh: dict[str, Floats]
    charge_mw: dict[str, Floats]
    shadow: dict[str, float]
    gap: float
    seconds: float
    iterations: int
    values: Floats


__all__ = [
    "BLOCK_MW", "KINDS", "LB_PER_SHORT_TON", "SHORT_TON_T", "YEAR_H", "Design", "Floats", "Grid", "Limits", "Option", "Phase",
    "Range3", "Site",
]  # fmt: skip
