"""The campus file: what a user may set, with defaults, units and limits."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, Strict

from gridroom.study.schema import Part

FIRST, LAST = 2000, 2060
# Not text, not true or false: a TOML number.
Real = Annotated[float, Strict()]
Whole = Annotated[int, Strict()]


def _day(value: Any) -> Any:
    """A day, as TOML or as text; numbers and moments are not days."""
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date | str):
        raise ValueError("must be a day as 2027-03-01")
    return value


class CampusStep(Part):
    """IT in place from a day on."""

    date: Annotated[dt.date, BeforeValidator(_day)]
    """From this day on."""
    mw: Real = Field(ge=0, le=100_000, allow_inf_nan=False)
    """IT MW in place: the level, not the step."""


def _small(value: Any) -> Any:
    return value.lower() if isinstance(value, str) else value


class CampusFile(Part):
    """A campus."""

    name: str = Field("campus", min_length=1)
    """Name."""
    it_mw: Real | None = Field(None, gt=0, le=100_000, allow_inf_nan=False)
    """IT rating when all is built [MW]; the last step of `ramp` without it."""
    design_fraction: Real | None = Field(None, gt=0, le=1, allow_inf_nan=False)
    """IT draw over IT rating (0.76 measured on H100 nodes)."""
    utilisation: Real | None = Field(None, gt=0, le=1, allow_inf_nan=False)
    """Mean over peak IT draw (0.80 assumed)."""
    workload: Annotated[Literal["training", "inference", "mixed"], BeforeValidator(_small)] = "mixed"
    """What runs."""
    training_share: Real | None = Field(None, ge=0, le=1, allow_inf_nan=False)
    """Mixed: share that trains."""
    idle_share: Real | None = Field(None, ge=0, lt=1, allow_inf_nan=False)
    """Training: draw in a gap over design draw."""
    job_days: Real | None = Field(None, gt=0, le=365, allow_inf_nan=False)
    """Training: cycle of a job and its gap [d]."""
    jobs: Whole = Field(4, ge=1, le=1000)
    """Training: synchronous jobs side by side."""
    inference_swing: Real | None = Field(None, ge=0, le=1, allow_inf_nan=False)
    """Inference: half of the daily swing over the mean."""
    inference_peak_hour: Real | None = Field(None, ge=0, lt=24, allow_inf_nan=False)
    """Inference: local hour of most requests."""
    cooling: str = "liquid_w40_dry"
    """Cooling design."""
    weather: str = "il_chicago"
    """Site of the reference data, or a CSV or Parquet file with dry_bulb_c and wet_bulb_c, one row an hour of a year."""
    pue_annual: Real | None = Field(None, ge=1, le=4, allow_inf_nan=False)
    """Annual PUE; the design's own in this climate without it."""
    wue_l_per_kwh: Real | None = Field(None, ge=0, le=50, allow_inf_nan=False)
    """Water on site [L/kWh IT]; the design's own without it."""
    ups_efficiency: Real | None = Field(None, gt=0.5, le=1, allow_inf_nan=False)
    """Efficiency of the UPS, within the PUE."""
    distribution_loss: Real | None = Field(None, ge=0, lt=0.5, allow_inf_nan=False)
    """Lost in the campus's own network, within the PUE."""
    ramp: list[CampusStep] = Field(default_factory=list)
    """IT in place by date."""
    place: str = "US"
    """Country or eGRID subregion: carbon intensity and households."""
    grid_co2_kg_per_mwh: Real | None = Field(None, ge=0, le=2000, allow_inf_nan=False)
    """Carbon intensity; the place's without it [kg/MWh]."""
    year: Whole | None = Field(None, ge=FIRST, le=LAST)
    """Calendar year; all in place over 8,760 h without it."""
    seed: Whole = Field(1, ge=0, le=2**62)
    """Seed of the gaps between jobs."""
