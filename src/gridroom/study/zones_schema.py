"""The zones file of `gridroom expand`."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from gridroom.study.schema import Part
from gridroom.study.site_schema import Money, Share, Size


class ZoneEntry(Part):
    """A zone."""

    name: str = Field(min_length=1)
    load_mw: float | None = Field(None, ge=0, le=1e7)
    load: str | None = None
    """Series of MW, one row an hour."""
    co2_t_per_mwh: float | None = Field(None, ge=0, le=10)
    """Cap on CO2 over energy served and storage losses."""


class PlantEntry(Part):
    """A resource. Cost: `usd_per_mw_year`, or capex, fixed O&M and life."""

    name: str = Field(min_length=1)
    zone: str
    kind: Literal["thermal", "profile", "storage"]
    usd_per_mw_year: Money | None = None
    usd_per_mwh_year: Money = 0.0
    capex_usd_per_kw: Money | None = None
    fom_usd_per_kw_year: Money = 0.0
    life_years: float = Field(25.0, gt=0, le=200)
    existing_usd_per_mw_year: Money = 0.0
    vom_usd_per_mwh: Money = 0.0
    charge_usd_per_mwh: Money = 0.0
    heat_rate_mmbtu_per_mwh: float = Field(0.0, ge=0, le=100)
    fuel_usd_per_mmbtu: Money = 0.0
    fuel: str | None = None
    """Series of USD/MMBtu, in place of fuel_usd_per_mmbtu."""
    co2_t_per_mmbtu: float = Field(0.0, ge=0, le=1)
    profile: str | None = None
    existing_mw: Size = 0.0
    existing_mwh: Size = 0.0
    min_mw: Size = 0.0
    max_mw: Size | None = None
    unit_mw: float | None = Field(None, gt=0, le=1e5)
    """Linear commitment in units of this size."""
    min_power: Share = 0.0
    ramp_up: Share = 1.0
    ramp_down: Share = 1.0
    start_usd_per_mw: Money = 0.0
    start_mmbtu_per_mw: float = Field(0.0, ge=0, le=1e4)
    up_h: int = Field(0, ge=0, le=168)
    down_h: int = Field(0, ge=0, le=168)
    charge_efficiency: float = Field(1.0, gt=0, le=1)
    discharge_efficiency: float = Field(1.0, gt=0, le=1)
    min_hours: float = Field(0.0, ge=0, le=1e4)
    max_hours: float | None = Field(None, gt=0, le=1e5)
    credit: Share = 0.0


class LineEntry(Part):
    """A line between zones."""

    start: str
    end: str
    limit_mw: Size
    loss_pct: float = Field(0.0, ge=0, lt=100)
    reinforce_max_mw: Size = 0.0
    reinforce_usd_per_mw_year: Money = 0.0


class SegmentEntry(Part):
    """Unserved load at a price, up to a share."""

    usd_per_mwh: float = Field(gt=0, le=1e9)
    share: Share = 1.0


class MinimumEntry(Part):
    """Plants that together must reach a power."""

    plants: list[str] = Field(min_length=1)
    mw: Size


class ZonesFile(Part):
    """Zones that may expand."""

    name: str = Field("zones", min_length=1)
    hours: int = Field(8760, ge=1, le=100_000)
    period_hours: int | None = Field(None, ge=1)
    """Hours of a representative period, which wraps on itself; all of them when left out."""
    weights: str | None = None
    """Series: hours of the year that each hour stands for; 8,760 over hours when left out."""
    discount_rate_pct: float = Field(8.0, ge=0, le=100)
    reserve_mw: Size = 0.0
    zones: list[ZoneEntry] = Field(min_length=1)
    plants: list[PlantEntry] = Field(min_length=1)
    lines: list[LineEntry] = Field(default_factory=list)
    unserved: list[SegmentEntry] = Field(default_factory=list)
    minimum: list[MinimumEntry] = Field(default_factory=list)
