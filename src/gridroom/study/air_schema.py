"""The units file of the air screen."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field

from gridroom.study.schema import Part
from gridroom.study.site_schema import AreaEntry, FactorEntry

Pounds = Annotated[float, Field(ge=0, le=1e9, allow_inf_nan=False)]


class ControlEntry(Part):
    """Add-on control; counts in the potential only when enforceable."""

    value: float = Field(ge=0, le=100)
    enforceable: bool = False


class StartupEntry(Part):
    """Starts and stops of one unit."""

    events_per_year: float = Field(ge=0, le=1e5)
    lb_per_event: dict[str, Pounds] = Field(default_factory=dict)


class UnitEntry(Part):
    """Equal units."""

    name: str = Field(min_length=1)
    kind: Literal["simple_cycle", "combined_cycle", "engine", "emergency_engine"]
    count: int = Field(1, ge=1, le=100_000)
    capacity_mw: float = Field(gt=0, le=5000)
    heat_rate_btu_per_kwh: float = Field(gt=3412, le=100_000)
    heat_rate_basis: Literal["LHV", "HHV"] = "LHV"
    """Makers quote LHV; 1.11 turns it into HHV for natural gas."""
    fuel: Literal["natural_gas", "diesel"] = "natural_gas"
    hours_per_year: float | None = Field(None, ge=0, le=8784)
    hours_enforceable: bool = False
    combustion: Literal["uncontrolled", "lean_premix", "water_injection", "lean_burn", "rich_burn"] | None = None
    """Which AP-42 row fills what is not given."""
    generator_efficiency: float = Field(1.0, gt=0.5, le=1)
    first_operation: dt.date | None = None
    commenced: dt.date | None = None
    """Commencement of construction; takes the place of first_operation for the class of new units."""
    temporary: bool = False
    months_on_site: float | None = Field(None, ge=0, le=1200)
    nonroad: bool = False
    sells_to_grid: bool = False
    site: str = ""
    factors: dict[str, FactorEntry] = Field(default_factory=dict)
    control_pct: dict[str, ControlEntry] = Field(default_factory=dict)
    startup: StartupEntry | None = None


class NearbyEntry(Part):
    """Another source close by."""

    name: str = Field(min_length=1)
    tpy: dict[str, Pounds] = Field(default_factory=dict)
    same_owner: bool | None = None
    adjacent: bool | None = None
    same_industry: bool | None = None


class UnitsFile(Part):
    """A source and its units."""

    name: str = Field("source", min_length=1)
    area: AreaEntry = Field(default_factory=lambda: AreaEntry.model_validate({}))
    units: list[UnitEntry] = Field(min_length=1)
    nearby: list[NearbyEntry] = Field(default_factory=list)
    caps_tpy: dict[str, Pounds] = Field(default_factory=dict)
    """Enforceable caps of the whole source, US short tons a year."""
    as_of: dt.date | None = None
    """Date of the rules; today when left out."""
    ghg_bact: bool = True
    """Review of greenhouse gases at sources that are major anyway."""
