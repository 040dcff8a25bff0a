"""Countries side by side: electricity by year, capacity and additions, and how fast each makes room."""

from __future__ import annotations

import math
from typing import Any

from gridroom.core.errors import Problem, raise_all
from gridroom.core.names import find_name
from gridroom.reference import catalog

DEFAULT = ("CHN", "USA", "EU27", "JPN", "IND")
SHORT = {
    "USA": ["US", "United States of America"],
    "CHN": ["PRC"],
    "EU27": ["EU", "European Union"],
    "GBR": ["UK", "Great Britain"],
    "WLD": ["World"],
    "KOR": ["Korea"],
}
SOURCES = ("coal_twh", "gas_twh", "oil_twh", "nuclear_twh", "hydro_twh", "wind_twh", "solar_twh")
FOSSIL = ("coal_twh", "gas_twh", "oil_twh")
SPAN = 5
HOURS = 8.76  # thousand hours a year: TWh over this is GW on average


def _known(value: Any) -> float | None:
    number = float(value)
    return number if math.isfinite(number) else None


def country_names() -> dict[str, list[str]]:
    """Codes with the names they also go by."""
    table = catalog.load("country_electricity")
    first = table.groupby("iso3")["country"].first()
    return {str(code): [str(name), *SHORT.get(str(code), [])] for code, name in first.items()}


def _growth(rows: Any) -> dict[str, Any] | None:
    """Energy added a year over the last years for which both ends are known, as average power."""
    known = rows.dropna(subset=["generation_twh"]).set_index("year")
    if len(known) < 2:
        return None
    last = int(known.index.max())
    earlier = [y for y in known.index if y <= last - SPAN]
    if not earlier:
        return None
    first = int(max(earlier))
    a, b, years = known.loc[first], known.loc[last], last - first
    added = (b["generation_twh"] - a["generation_twh"]) / years
    fossil = sum(b[s] - a[s] for s in FOSSIL) / years
    fossil_known = math.isfinite(fossil)
    return {
        "from_year": first,
        "to_year": last,
        "generation_growth_pct_per_year": 100.0 * ((b["generation_twh"] / a["generation_twh"]) ** (1 / years) - 1),
        "added_twh_per_year": added,
        "added_average_gw_per_year": added / HOURS,
        "added_clean_average_gw_per_year": (added - fossil) / HOURS if fossil_known else None,
        "editions": sorted({str(a["edition"]), str(b["edition"])}),
        "note": "" if a["edition"] == b["edition"] else "the two ends come from editions that differ in scope",
    }


def countries(names: list[str], first_year: int = 2015) -> list[dict[str, Any]]:
    """Electricity, capacity and additions of countries.

    Parameters
    ----------
    names : list of str
        ISO codes or names; the usual five when empty.
    first_year : int
        First year shown.

    Returns
    -------
    list of dict
        One a country; what is not known is None.

    Raises
    ------
    StudyError
        If a country is not known; names the nearest.
    """
    known = country_names()
    found = [find_name("country", name, known) for name in (names or DEFAULT)]
    raise_all([f for f in found if isinstance(f, Problem)])
    table, capacity = catalog.load("country_electricity"), catalog.load("country_capacity")
    out = []
    for code in dict.fromkeys(str(f) for f in found):
        rows = table[table["iso3"] == code]
        shown = rows[rows["year"] >= first_year]
        owned = capacity[capacity["iso3"] == code]
        out.append(
            {
                "iso3": code,
                "country": known[code][0],
                "by_year": [
                    {
                        "year": int(r["year"]),
                        **{k: _known(r[k]) for k in ("generation_twh", "demand_twh", *SOURCES, "carbon_intensity_g_per_kwh")},
                        "edition": str(r["edition"]),
                    }
                    for r in shown.to_dict("records")
                ],
                "capacity": [
                    {
                        "year": int(r["year"]),
                        **{
                            k: _known(r[k])
                            for k in ("capacity_gw", "added_gw", "added_solar_gw", "added_wind_gw", "added_thermal_gw")
                        },
                        "claim": str(r["claim"]),
                        "source": str(r["source"]),
                        "note": str(r["note"]),
                    }
                    for r in owned.to_dict("records")
                ],
                "growth": _growth(rows),
            }
        )
    return out


__all__ = ["DEFAULT", "countries", "country_names"]
