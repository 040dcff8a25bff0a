"""The report's worked campus: 1 GW in ERCOT, designed cheapest and soonest, each run under outages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gridroom.study.site_answer import SiteDesign, site_design
from gridroom.study.site_file import site_of

REGION = "ERCOT"
TARGET_PCT = 99.9
CAMPUS: dict[str, Any] = {
    "name": "1 GW campus", "load_mw": 1000, "weather_years": [2021], "samples": 60,
    "options": [
        {"name": "aeroderivative", "technology": "aeroderivative", "max_mw": 2000, "air_kind": "simple_cycle",
         "factors": {"nox": {"value": 2.5, "unit": "ppmvd15"}, "co": {"value": 2.5, "unit": "ppmvd15"}}},
        {"name": "gas_engine", "technology": "gas_engine", "max_mw": 1500, "air_kind": "engine",
         "factors": {"nox": {"value": 0.07, "unit": "g_per_bhp_h"}, "co": {"value": 0.15, "unit": "g_per_bhp_h"}}},
        {"name": "solar", "technology": "solar", "profile": f"{REGION} solar"},
        {"name": "battery", "technology": "battery"},
    ],
    "grid": {"limit_mw": 300, "price_usd_per_mwh": 45, "region": REGION, "carbon_free_share": 0.4,
             "lead_time_months": {"low": 24, "best": 36, "high": 60}},
    "limits": {"availability_pct": TARGET_PCT},
}  # fmt: skip
VARIANTS: dict[str, dict[str, Any]] = {
    "cheapest": {},
    "soonest": {"objective": "time_to_power"},
}


def _rows(variant: str, found: SiteDesign) -> list[dict[str, Any]]:
    answer = found.as_dict()
    rows: list[tuple[str, float | None, float | None]] = []
    for name, mw in answer["capacity_mw"].items():
        if mw > 0.5:
            rows.append((f"mw_{name}", mw, None))
    share, first = answer["availability_pct"], answer["verification"]["as_first_found"]["availability_pct"]
    other = answer["emissions"]["grid_alternative"]
    time = answer["time_to_power_months"]
    rows += [
        ("mwh_battery", answer["storage_mwh"]["battery"] or None, None), ("lcoe_usd_per_mwh", answer["lcoe_usd_per_mwh"], None),
        ("availability_first_pct", first["value"], first["stderr"]), ("availability_pct", share["value"], share["stderr"]),
        ("cfe_hourly_pct", answer["cfe_hourly_pct"], None), ("co2_t", answer["co2_t"], None),
        ("co2_grid_average_t", other["average_t_co2"], None), ("co2_grid_marginal_t", other["marginal_t_co2"], None),
        ("months", time["p50"] if time else None, None), ("months_p90", time["p90"] if time else None, None),
    ]  # fmt: skip
    pathway = answer["air"]["pathway"] if answer["air"] else ""
    same = {"variant": variant, "pathway": pathway}
    return [{**same, "figure": name, "value": value, "stderr": error} for name, value, error in rows]


def site_example(jobs: int = 0) -> Any:
    """Table of the designs: a row a figure."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for variant, change in VARIANTS.items():
        rows += _rows(variant, site_design(site_of(CAMPUS | change, Path()), jobs=jobs))
    return pd.DataFrame(rows)[["variant", "figure", "value", "stderr", "pathway"]]


__all__ = ["CAMPUS", "VARIANTS", "site_example"]
