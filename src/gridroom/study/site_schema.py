"""The site file: what may be built on a campus, the grid, the limits."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from gridroom.study.schema import Part

Money = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]
Size = Annotated[float, Field(ge=0, le=1e7, allow_inf_nan=False)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Tons = Annotated[float, Field(ge=0, le=1e12, allow_inf_nan=False)]


class LeadTime(Part):
    """Months from order to power."""

    low: float = Field(ge=0, le=600)
    best: float = Field(ge=0, le=600)
    high: float = Field(ge=0, le=600)


class FactorEntry(Part):
    """An emission factor with its unit."""

    value: float = Field(ge=0, le=1e6, allow_inf_nan=False)
    unit: Literal["ppmvd15", "lb_per_mmbtu", "g_per_bhp_h", "g_per_kwh"] = "lb_per_mmbtu"
    as_: Literal["methane", "propane"] | None = Field(None, alias="as")
    """Volatile compounds in ppm: counted as methane or as propane."""


class AreaEntry(Part):
    """Designation of the area by pollutant."""

    ozone: Literal["attainment", "marginal", "moderate", "serious", "severe", "extreme", "otr"] = "attainment"
    transport_region: Literal["no", "yes"] = "no"
    """Inside the Ozone Transport Region, whatever the ozone class."""
    co: Literal["attainment", "moderate", "serious"] = "attainment"
    pm10: Literal["attainment", "moderate", "serious"] = "attainment"
    pm25: Literal["attainment", "moderate", "serious"] = "attainment"
    so2: Literal["attainment", "nonattainment"] = "attainment"
    no2: Literal["attainment", "nonattainment"] = "attainment"


class OptionEntry(Part):
    """One option: given in full, or a technology of `gridroom data show supply_options` with what differs."""

    name: str = Field(min_length=1)
    kind: Literal["dispatchable", "profile", "storage", "curtailment"] | None = None
    technology: str | None = None
    """Technology of the catalogue: fills what is not given, each with its source."""
    capex_usd_per_kw: Money | None = None
    fom_usd_per_kw_year: Money | None = None
    vom_usd_per_mwh: Money | None = None
    life_years: float | None = Field(None, gt=0, le=200)
    heat_rate_mmbtu_per_mwh: float | None = Field(None, ge=0, le=100)
    fuel_usd_per_mmbtu: Money | None = None
    co2_t_per_mmbtu: float | None = Field(None, ge=0, le=1)
    carbon_free: bool | None = None
    min_mw: Size = 0.0
    max_mw: Size | None = None
    unit_mw: float | None = Field(None, gt=0, le=1e5)
    """Whole units of this size."""
    forced_outage_rate: float | None = Field(None, ge=0, lt=1)
    mttr_h: float | None = Field(None, gt=0, le=1e5)
    lead_time_months: LeadTime | float | None = None
    profile: str | None = None
    """CSV or Parquet per unit of capacity; or `ERCOT solar`, `MISON wind`: a region's own fleet in the site's weather years."""
    power_capex_usd_per_kw: Money | None = None
    power_fom_usd_per_kw_year: Money | None = None
    energy_capex_usd_per_kwh: Money | None = None
    energy_fom_usd_per_kwh_year: Money | None = None
    round_trip_efficiency: float | None = Field(None, gt=0, le=1)
    min_mwh: Size = 0.0
    max_mwh: Size | None = None
    usd_per_mwh: Money | None = None
    """Curtailment: what a MWh not drawn costs."""
    max_hours_per_year: float | None = Field(None, ge=0, le=8784)
    """Curtailment: energy budget over power."""
    factors: dict[str, FactorEntry] = Field(default_factory=dict)
    """Air pollutants as in a units file; counted for limits.air_tpy and the permit screen."""
    air_kind: Literal["simple_cycle", "combined_cycle", "engine"] | None = None
    """For the permit screen; without it the option is not screened."""


class GridEntry(Part):
    """The connection."""

    limit_mw: Size
    availability: str | None = None
    """Series of 0 and 1 (or a share), one a step; without it always there."""
    price: str | None = None
    price_usd_per_mwh: float | None = Field(None, ge=-1e5, le=1e5, allow_inf_nan=False)
    carbon_free_share: Share = 0.0
    co2_t_per_mwh: float | None = Field(None, ge=0, le=5)
    region: str | None = None
    """Region of the outlook: average and marginal emissions come from its eGRID and AVERT regions."""
    lead_time_months: LeadTime | float | None = None
    forced_outage_rate: float = Field(0.0, ge=0, lt=1)
    mttr_h: float = Field(4.0, gt=0, le=1e5)


class LimitEntry(Part):
    """Limits of a year."""

    co2_t_per_year: Tons | None = None
    fuel_mmbtu_per_year: Tons | None = None
    carbon_free_hourly_pct: float | None = Field(None, ge=0, le=100)
    availability_pct: float | None = Field(None, gt=0, lt=100)
    unserved_usd_per_mwh: float | None = Field(None, gt=0, le=1e9)
    spare_units: int = Field(0, ge=0, le=100)
    """N + k: with k of the largest units out, what can be called on carries the peak."""
    air_tpy: dict[str, float] = Field(default_factory=dict)
    """Operating caps by pollutant, US short tons a year."""
    month: float | None = Field(None, ge=0, le=600)
    """Everything must be there by this month."""


class FinanceEntry(Part):
    """Cost of capital, in place of discount_rate_pct: real rate of the weighted cost after tax."""

    debt_share_pct: float = Field(ge=0, le=100)
    debt_rate_pct: float = Field(ge=0, le=100)
    equity_rate_pct: float = Field(ge=0, le=100)
    tax_rate_pct: float = Field(0.0, ge=0, lt=100)
    inflation_pct: float = Field(0.0, ge=0, le=100)
    """Costs in the file are real: inflation is taken out of the rate."""


class RampEntry(Part):
    """Load from a month on."""

    month: float = Field(ge=0, le=600)
    mw: float = Field(gt=0, le=1e5)


class SiteFile(Part):
    """A site."""

    name: str = Field("site", min_length=1)
    load_mw: float | None = Field(None, gt=0, le=1e5, allow_inf_nan=False)
    load: str | None = None
    """Series of MW, one row an hour."""
    campus: str | None = None
    """Campus file: its hourly load."""
    hours: int = Field(8760, ge=24, le=262_800)
    weather_years: list[int] = Field(default_factory=list)
    """Weather years of region profiles; hours is then 8,760 times as many."""
    discount_rate_pct: float = Field(8.0, ge=0, le=100)
    finance: FinanceEntry | None = None
    objective: Literal["cost", "time_to_power", "emissions"] = "cost"
    co2_usd_per_t: Money = 0.0
    horizon_years: float = Field(10.0, gt=0, le=60)
    """With a ramp: years over which cost is counted."""
    options: list[OptionEntry] = Field(min_length=1)
    grid: GridEntry | None = None
    limits: LimitEntry = Field(default_factory=lambda: LimitEntry.model_validate({}))
    ramp: list[RampEntry] = Field(default_factory=list)
    chains: dict[str, LeadTime | float | Literal["catalogue"]] = Field(default_factory=dict)
    """Other chains to power: permit, transformer, breaker, gas_pipeline, …; `"catalogue"` takes the shipped one."""
    area: AreaEntry = Field(default_factory=lambda: AreaEntry.model_validate({}))
    """Designation of the area, for the permit screen."""
    mip_gap: float = Field(1e-4, ge=0, le=0.2)
    """Relative gap at which whole units are good enough."""
    time_limit_s: float | None = Field(None, gt=0)
    """Seconds for the solver."""
    samples: int = Field(300, ge=2, le=1_000_000)
    """Simulated horizons of the verification."""
    seed: int = Field(1, ge=0, le=2**62)
