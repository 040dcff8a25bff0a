"""The study file: what a user may set, with defaults, units and limits. pydantic is used here and nowhere else."""

from __future__ import annotations

import re
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from gridroom.core.errors import Problem

UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Part(BaseModel):
    """Base of all parts: unknown keys are faults, values do not change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, use_attribute_docstrings=True)

    @classmethod
    def cross_checks(cls, data: dict[str, Any]) -> list[Problem]:
        """What no single setting can tell: looks at plain data of a whole file, whatever else is wrong with it."""
        return []


def control_characters(data: Any, where: str = "") -> list[Problem]:
    """Texts with characters that no XML or HTML file may hold."""
    if isinstance(data, dict):
        return [p for k, v in data.items() for p in control_characters(v, f"{where}.{k}" if where else str(k))]
    if isinstance(data, list):
        return [p for k, v in enumerate(data) for p in control_characters(v, f"{where}[{k}]")]
    if isinstance(data, str) and UNWRITABLE.search(data):
        return [Problem(where, f"holds a control character; got {data[:40]!r}", "take it out")]
    return []


class Run(Part):
    """How much to simulate."""

    samples: int = Field(2000, ge=2, le=1_000_000)
    """Samples of weather, outages and load path; each serves every study year."""
    seed: int = Field(1, ge=0, le=2**62)
    """Seed of all draws; the same seed gives the same numbers."""
    first_year: int = Field(2026, ge=2025, le=2035)
    """First study year."""
    last_year: int = Field(2035, ge=2025, le=2035)
    """Last study year."""
    weather_years: list[int] = Field(default_factory=lambda: list(range(2016, 2025)), min_length=1)
    """Weather years, 2016 to 2024; each is used equally often."""
    level_every: int = Field(16, ge=1)
    """Room is read from one round of weather years in this many."""
    load_cases: bool = True
    """Also say when room ends with requests counted otherwise (every filing, every site, contracts, chips)."""
    sensitivity_samples: int = Field(27, ge=0)
    """Samples for each line of the sensitivity table; 0 leaves it out."""
    expansion_samples: int = Field(27, ge=0)
    """Samples of each simulation behind what it takes to make room; 0 leaves it out."""


class Standard(Part):
    """What "the room ends" means."""

    lole_days: float = Field(0.1, gt=0, le=10)
    """Loss-of-load expectation that ends the room [days a year]."""
    lolh_h: float = Field(2.4, gt=0)
    """NERC's high-risk line: hours a year."""
    neue_ppm: float = Field(20.0, gt=0)
    """NERC's high-risk line: unserved over asked-for energy [ppm]."""


class Supply(Part):
    """What serves the load."""

    case: Literal["trend", "committed"] = "trend"
    """`committed`: dated additions and exits only. `trend`: at least the yearly additions of 2022-2024."""
    exits: Literal["announced", "binding", "none"] = "announced"
    """Which exits are obeyed."""
    cold_common_cause: bool = True
    """Storms that take out many units at once, fitted to Elliott (PJM) and Uri (ERCOT); off: the published curve alone."""
    storm_severity: float = Field(0.5, ge=0, le=1)
    """Share of those storms' extra outages that a storm of today brings; 1: as they were (assumed: fixes since then)."""
    storms_always: bool = False
    """Every storm in every sample of its weather year, and every cold day like a storm; else by return period."""
    maintenance: Literal["low_load", "northern"] = "low_load"
    """Planned outage in each region's own low-load weeks, or by the northern calendar of the source."""
    hydro_capability: float = Field(0.25, ge=0, le=1)
    """Hydro's daily peak between observed use (0) and nameplate (1)."""
    storage_scale: float = Field(1.0, ge=0, le=10)
    """Factor on all storage."""
    demand_response_scale: float = Field(1.0, ge=0, le=10)
    """Factor on demand response (3.5 % of peak, assumed)."""
    canada_scale: float = Field(1.0, ge=0, le=10)
    """Factor on imports from Canada (4.0 GW, assumed)."""


class Transfer(Part):
    """Exchange between regions."""

    share: float = Field(0.5, ge=0, le=4)
    """Share of the start limits that holds in a tight hour; known operating limits are not scaled."""


class Load(Part):
    """What is asked of the grid."""

    case: Literal["pipeline", "national", "as_filed", "none"] = "pipeline"
    """Data-centre load: from single requests, from the published national range, as filed (90 GW by 2030), or none beyond 2024."""
    requests: str | None = None
    """Table of requests (CSV or Excel): takes the place of the built-in ones in the regions that it covers."""
    identity: Literal["matched", "declared", "separate"] = "declared"
    """Who is who among requests: relations declared, also what matching finds, or every filing by itself."""
    one_site_each: bool = True
    """Sites of one need exclude each other; off: every site is built."""
    scenario: Literal["reference", "contracts", "construction", "chip_capped"] = "reference"
    """Odds by stage, contracts alone, construction stage or later, or no more load than there are chips for."""
    key: Literal["blend", "campuses", "peak"] = "blend"
    """How load that comes from no request is shared to regions: published figures and campuses, campuses alone, or by peak."""
    growth: Literal["reference", "high", "low"] = "reference"
    """AEO 2023 case for load without data centres."""
    data_centre_scale: float = Field(1.0, ge=0, le=10)
    """Factor on added data-centre load."""
    shape: Literal["campus", "flat"] = "campus"
    """Large load by the hour: campuses in their weather and with their users, or flat."""
    cooling: str = "liquid_w40_dry"
    """Cooling of those campuses: a design that follows the dry bulb."""
    training_share: float = Field(0.4, ge=0, le=1)
    """Share of large load that trains; the rest follows its users through the day."""


class RampStep(Part):
    """Load from a year on."""

    year: int = Field(ge=2025, le=2035)
    """From this year on."""
    mw: float = Field(ge=0, le=50_000, allow_inf_nan=False)
    """Load [MW]."""


class LargeLoad(Part):
    """One more load: flat, by the hour from a profile, a campus, or a mine."""

    name: str = Field(min_length=1)
    """Name."""
    region: str
    """Region id."""
    mw: float | None = Field(None, ge=0, le=50_000, allow_inf_nan=False)
    """Flat load [MW]; or give `ramp`, `profile`, `campus` or `miner`."""
    ramp: list[RampStep] = Field(default_factory=list)
    """Flat load by year; years must rise."""
    profile: str | None = None
    """CSV or Parquet file with a column value, MW by hour of the local standard year."""
    campus: str | None = None
    """Campus file (TOML), as `gridroom campus` takes it; its ramp sets when it comes."""
    miner: str | None = None
    """Miner file (TOML), as `gridroom assets miner` takes it: draws what its prices and calls leave on."""
    kind: Literal["firm"] = "firm"
    """Firm: served like any other load."""


class RegionChange(Part):
    """Change of one region."""

    id: str
    """Region id."""
    peak_mw: float | None = Field(None, gt=0, le=500_000, allow_inf_nan=False)
    """Base-year peak: scales the region's hourly load [MW]."""
    added_firm_mw: float = Field(0.0, ge=0, le=100_000, allow_inf_nan=False)
    """Firm capacity added from the first study year [MW]."""


class Report(Part):
    """What is written."""

    language: Literal["en", "ja"] = "en"
    """Language of the report."""


class Study(Part):
    """A study of the US outlook: the built-in one with changes."""

    name: str = Field("US outlook", min_length=1)
    """Title of the study."""
    run: Run = Field(default_factory=lambda: Run.model_validate({}))
    standard: Standard = Field(default_factory=lambda: Standard.model_validate({}))
    supply: Supply = Field(default_factory=lambda: Supply.model_validate({}))
    transfer: Transfer = Field(default_factory=lambda: Transfer.model_validate({}))
    load: Load = Field(default_factory=lambda: Load.model_validate({}))
    report: Report = Field(default_factory=lambda: Report.model_validate({}))
    large_loads: list[LargeLoad] = Field(default_factory=list)
    regions: list[RegionChange] = Field(default_factory=list)
