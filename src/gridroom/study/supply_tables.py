"""Tables of the report on what makes room: options and when they come, a worked permit, countries."""

from __future__ import annotations

import datetime as dt
from typing import Any

from gridroom.reference import catalog
from gridroom.study.air_file import source_of
from gridroom.study.countries import countries
from gridroom.supply.air import pte

# Permit of 2025-07-02 for 15 turbines at a Memphis campus, tpy; the tons of other pollutants were not found.
MEMPHIS = {"nox": 87.0, "co": 94.0, "voc": 85.0, "pm": 73.0, "hcho": 9.8}
MEMPHIS_SOURCE = "Shelby County Health Department, 2025-07-02, as reported (secondary)"


def build_options() -> Any:
    """What may be built: cost, lead time, heat rate, with the weakest claim class of the two (one row a technology)."""
    import pandas as pd

    table = catalog.load("supply_options")
    rows = []
    for name, part in table[table["kind"] != "chain"].groupby("technology"):
        by = part.set_index("key")
        cost = "power_capex_usd_per_kw" if name == "battery" else "capex_usd_per_kw"
        lead = by.loc["lead_time_months"]
        price = by.loc[cost]
        claim = (
            "assumed"
            if "assumed" in (price["claim"], lead["claim"])
            else "derived"
            if "derived" in (price["claim"], lead["claim"])
            else "published"
        )
        rows.append(
            {
                "technology": name,
                "capex_low_usd_per_kw": price["low"],
                "capex_best_usd_per_kw": price["best"],
                "capex_high_usd_per_kw": price["high"],
                "lead_low_months": lead["low"],
                "lead_best_months": lead["best"],
                "lead_high_months": lead["high"],
                "claim": claim,
                "source": f"{price['source']}; {lead['source']}",
            }
        )
    return pd.DataFrame(rows).sort_values("lead_best_months", kind="stable", ignore_index=True)


def permit_example() -> Any:
    """The Memphis turbines: potential to emit by our screen beside the permit's limits [US short tons a year]."""
    import pandas as pd

    factors = {
        "nox": {"value": 2.0, "unit": "ppmvd15"},
        "co": {"value": 2.5, "unit": "ppmvd15"},
        "voc": {"value": 2.0, "unit": "ppmvd15", "as": "propane"},
    }
    found = pte(
        source_of(
            {
                "name": "Memphis, 15 Titan 130",
                "as_of": dt.date(2025, 7, 2),
                "units": [
                    {
                        "name": "Titan 130",
                        "kind": "simple_cycle",
                        "count": 15,
                        "capacity_mw": 16.5,
                        "heat_rate_btu_per_kwh": 9630,
                        "first_operation": dt.date(2025, 6, 1),
                        "factors": factors,
                    }
                ],
            }
        )
    )
    rows = [
        {
            "pollutant": n,
            "pte_tpy": found.tons[n].pte_tpy,
            "permit_tpy": tpy,
            "major_tpy": found.limits[n].value if n in found.limits else None,
            "pathway": found.pathway,
            "claim": "published" if found.tons[n].claim == "given" else found.tons[n].claim,
            "source": MEMPHIS_SOURCE,
        }
        for n, tpy in MEMPHIS.items()
    ]
    return pd.DataFrame(rows)


def country_rows() -> Any:
    """Countries: newest generation, what five years added on average, newest additions."""
    import pandas as pd

    rows = []
    for c in countries([]):
        known = [r for r in c["by_year"] if r["generation_twh"] is not None]
        added = [r for r in c["capacity"] if r["added_gw"] is not None]
        growth = c["growth"] or {}
        rows.append(
            {
                "iso3": c["iso3"],
                "country": c["country"],
                "year": known[-1]["year"] if known else None,
                "generation_twh": known[-1]["generation_twh"] if known else None,
                "growth_pct_per_year": growth.get("generation_growth_pct_per_year"),
                "added_average_gw_per_year": growth.get("added_average_gw_per_year"),
                "added_clean_average_gw_per_year": growth.get("added_clean_average_gw_per_year"),
                "growth_from": growth.get("from_year"),
                "added_gw": added[-1]["added_gw"] if added else None,
                "added_year": added[-1]["year"] if added else None,
                "note": growth.get("note", ""),
            }
        )
    return pd.DataFrame(rows)


__all__ = ["build_options", "country_rows", "permit_example"]
