"""Cooling: annual PUE and water by design, and an hourly curve calibrated to the annual figure.

`PUE(t) = base + q(T) / COP(T)`, with the chiller's share of heat `q = clip((T - T_fc) / 8 K, 0, 1)` and
`COP = clip(COP_ref (1 - 0.02 (T - T_ref)), 2, 8)`. Annual figures are derived (simulated, published); the hourly curve is assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.core.errors import Problem, StudyError
from gridroom.loads.catalogue import Assumption, found
from gridroom.loads.ranges import Range
from gridroom.reference import catalog

Floats = NDArray[np.float64]
BAND_K = 8.0
COP_SLOPE = 0.02
COP_BOUNDS = (2.0, 8.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Design:
    """A cooling design.

    Attributes
    ----------
    name, title : str
    driver : str
        dry_bulb or wet_bulb.
    free_cooling_c : float
        Temperature up to which no chiller runs [degC].
    cop, cop_at_c : float
        Coefficient of performance and where it holds [1, degC].
    pue, wue : Assumption
        Annual, P5, P50, P95 over US climates [1, L/kWh IT].
    """

    name: str
    title: str
    driver: str
    free_cooling_c: float
    cop: float
    cop_at_c: float
    pue: Assumption
    wue: Assumption

    def chiller_part(self, temperature_c: Floats) -> Floats:
        """Chiller energy over IT energy by hour, q / COP; rises with temperature."""
        share = np.clip((temperature_c - self.free_cooling_c) / BAND_K, 0.0, 1.0)
        cop = np.clip(self.cop * (1.0 - COP_SLOPE * (temperature_c - self.cop_at_c)), *COP_BOUNDS)
        return np.asarray(share / cop)


def design_names() -> dict[str, list[str]]:
    """Designs with other spellings."""
    return {row.design: [s.strip() for s in row.spellings.split(";")] for row in catalog.load("cooling_designs").itertuples()}


def _ends(row: Any, name: str) -> Range:
    """P5, P50, P95; a missing end is the middle, so that no doubt is invented."""
    best = float(row[f"{name}_p50"])
    low, high = float(row[f"{name}_p5"]), float(row[f"{name}_p95"])
    return Range(best if low != low else low, best, best if high != high else high)


@cache
def design(name: str, climate_zone: str = "", where: str = "cooling") -> Design:
    """Design of that name; where the climate zone has its own medians, these are the best figures.

    Raises
    ------
    StudyError
        If there is none; names the nearest.
    """
    full = found(where, name, design_names())
    row = catalog.load("cooling_designs").set_index("design").loc[full]
    pue, wue = _ends(row, "pue"), _ends(row, "wue")
    here, source = "US climates", row["source"]
    zones = catalog.load("cooling_climate").set_index(["design", "climate_zone"])
    if climate_zone and (full, climate_zone) in zones.index:
        own = zones.loc[(full, climate_zone)]
        pue = Range(min(pue.low, own["pue"]), float(own["pue"]), max(pue.high, own["pue"]))
        if own["wue_l_per_kwh"] == own["wue_l_per_kwh"]:
            wue = Range(min(wue.low, own["wue_l_per_kwh"]), float(own["wue_l_per_kwh"]), max(wue.high, own["wue_l_per_kwh"]))
        here = f"climate zone {climate_zone}"
    return Design(
        name=full,
        title=row["title"],
        driver=row["driver"],
        free_cooling_c=float(row["free_cooling_c"]),
        cop=float(row["cop"]),
        cop_at_c=float(row["cop_at_c"]),
        pue=Assumption(name="pue", range=pue, unit="1", claim=row["claim"], source=f"{full}, {here}: {source}"),
        wue=Assumption(name="wue_l_per_kwh", range=wue, unit="L/kWh", claim=row["claim"], source=f"{full}, {here}: {source}"),
    )


def hourly_pue(chosen: Design, temperature_c: Floats, pue_annual: float) -> Floats:
    """PUE by hour whose mean over the hours given is the annual figure.

    Parameters
    ----------
    chosen : Design
    temperature_c : float array (T,)
        The design's driver over a whole year [degC].
    pue_annual : float
        Mean to reproduce [1].

    Raises
    ------
    StudyError
        If the climate does not fit the design: without chiller less than 1 would be left.
    """
    part = chosen.chiller_part(temperature_c)
    base = pue_annual - float(part.mean())
    if base < 1.0:
        raise StudyError(
            Problem(
                "pue_annual",
                f"{pue_annual:g} is less than {chosen.name} needs in this weather: chillers alone add {part.mean():.3f}",
                f"at least {1.0 + float(part.mean()):.3f}, or another cooling design",
            )
        )
    return np.asarray(base + part)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypicalYear:
    """Weather of one site over 8,760 h of local standard time.

    Attributes
    ----------
    site : str
    climate_zone : str
        Empty where no medians are published for it.
    dry_bulb_c, wet_bulb_c : float array (T,)
    claim, source : str
    """

    site: str
    climate_zone: str
    dry_bulb_c: Floats
    wet_bulb_c: Floats
    claim: str
    source: str

    def driver(self, chosen: Design) -> Floats:
        """Temperature that drives a design."""
        return self.dry_bulb_c if chosen.driver == "dry_bulb" else self.wet_bulb_c


def site_names() -> dict[str, list[str]]:
    """Weather sites with the station's name."""
    return {row.site: [row.station, row.site.partition("_")[2]] for row in catalog.load("weather_sites").itertuples()}


def typical_year(site: str, where: str = "weather") -> TypicalYear:
    """Typical weather of a site of the reference data.

    Raises
    ------
    StudyError
        If there is none; names the nearest.
    """
    full = found(where, site, site_names())
    row = catalog.load("weather_sites").set_index("site").loc[full]
    table, about = catalog.load("weather_typical"), catalog.find("weather_typical")
    return TypicalYear(
        site=full,
        climate_zone=row["climate_zone"] if isinstance(row["climate_zone"], str) else "",
        dry_bulb_c=table[f"{full}_dry"].to_numpy(np.float64) / 100.0,
        wet_bulb_c=table[f"{full}_wet"].to_numpy(np.float64) / 100.0,
        claim=about.claim.value,
        source=f"typical year at {row['station']}; no extremes; {about.source}",
    )
