"""From answers to the tables of the run folder."""

from __future__ import annotations

from typing import Any

import numpy as np

from gridroom.adequacy.metrics import Risk
from gridroom.reference import catalog
from gridroom.study import fleet
from gridroom.study.assemble import Case
from gridroom.study.outcome import Outcome
from gridroom.study.sensitivity import Line

METRICS = ("lolh_h", "lole_days", "lolev", "eue_mwh", "neue_ppm")
ORIGIN = {"operating_end2024": "in service at end-2024", "planned": "dated plan", "proposed": "proposed storage",
          "trend": "pace of 2022-2024"}


def risk_class(lolh_h: float, neue_ppm: float) -> str:
    """NERC's classes of the 2025 LTRA: high above 2.4 h or 20 ppm, elevated above 0.1 h or 2 ppm, else normal."""
    if lolh_h > 2.4 or neue_ppm > 20.0:
        return "high"
    return "elevated" if lolh_h > 0.1 or neue_ppm > 2.0 else "normal"


def _metrics(risk: Risk) -> dict[str, float]:
    out = {}
    for key in METRICS:
        estimate = getattr(risk, key)
        out[key], out[f"{key}_stderr"] = estimate.value, estimate.stderr
    return out


def region_year(case: Case, outcome: Outcome) -> Any:
    """One row a region and study year."""
    import pandas as pd

    regions = catalog.load("regions")
    asked = catalog.load("data_centre_key").set_index("region")["asked_mw"]
    installed = fleet.by_year(case.table, tuple(case.table.rows["technology"].unique()), "summer_mw")
    own = np.quantile(outcome.own_mw, [0.1, 0.5, 0.9], axis=0)
    room = np.quantile(outcome.room_mw, [0.1, 0.5, 0.9], axis=0)
    middle = len(outcome.level_room_mw) // 2
    rows = []
    for r, region in enumerate(regions.itertuples()):
        for y, year in enumerate(case.problem.study_years):
            risk = outcome.risk[y][r]
            rows.append({
                "region": region.region, "name": region.name, "year": year,
                "peak_mw": case.peak_mw[r] * case.forecast.growth[y, r] + own[1, y, r],
                "large_load_p10_mw": own[0, y, r], "large_load_p50_mw": own[1, y, r], "large_load_p90_mw": own[2, y, r],
                "asked_mw": float(asked[region.region]), "installed_mw": installed[y, r],
                "capacity_on_peak_mw": outcome.on_peak_mw[y, r], **_metrics(risk),
                "probability_no_room": outcome.no_room["lole"][y, r],
                "probability_nerc": outcome.no_room["nerc"][y, r],
                "probability_margin": outcome.no_room["margin"][y, r],
                "room_p10_mw": room[0, y, r], "room_p50_mw": room[1, y, r], "room_p90_mw": room[2, y, r],
                "room_stderr_mw": outcome.level_room_stderr_mw[middle, y, r],
                "room_is_lower_bound": bool(outcome.censored[y, r]),
                "margin_installed_pct": outcome.margin_pct[y, r], "reference_margin_pct": outcome.reference_pct[y, r],
                "risk_class": risk_class(risk.lolh_h.value, risk.neue_ppm.value)})
    return pd.DataFrame(rows)


def _year(value: float) -> float:
    return float(value) if np.isfinite(value) else float("nan")


def tipping(case: Case, outcome: Outcome) -> Any:
    """When the room ends, by region and standard."""
    import pandas as pd

    years = np.array(case.problem.study_years)
    rows = []
    for standard, none in outcome.no_room.items():
        for r, region in enumerate(catalog.load("regions").itertuples()):
            likely = none[:, r] > 0.5
            first = outcome.first_year[standard][:, r]
            low, high = np.quantile(first, [0.1, 0.9], method="inverted_cdf")
            rows.append({"region": region.region, "name": region.name, "standard": standard,
                         "first_year": float(years[likely.argmax()]) if likely.any() else float("nan"),
                         "first_year_p10": _year(low), "first_year_p90": _year(high)})
    return pd.DataFrame(rows)


def load_cases(case: Case, outcome: Outcome) -> Any:
    """When room ends with the requests counted otherwise, one row a case and region."""
    import pandas as pd

    years = np.array(case.problem.study_years)
    rows = []
    for name, (none, first) in outcome.load_cases.items():
        total = case.load.other_cases_mw[name].sum(axis=2).mean(axis=0)
        at = int(np.abs(years - 2030).argmin())
        for r, region in enumerate(catalog.load("regions").itertuples()):
            likely = none[:, r] > 0.5
            low, high = np.quantile(first[:, r], [0.1, 0.9], method="inverted_cdf")
            rows.append({"load_case": name, "region": region.region, "name": region.name,
                         "first_year": float(years[likely.argmax()]) if likely.any() else float("nan"),
                         "first_year_p10": _year(low), "first_year_p90": _year(high), "us_mean_mw": float(total[at]),
                         "us_mean_year": int(years[at])})
    return pd.DataFrame(rows)


def calendar(case: Case, outcome: Outcome) -> Any:
    """Short hours by region, year, month and local hour; only where there are any."""
    import pandas as pd

    names = [*catalog.load("regions")["region"], "US"]
    y, r, month, hour = np.nonzero(outcome.calendar)
    return pd.DataFrame({"region": [names[k] for k in r], "year": [case.problem.study_years[k] for k in y],
                         "month": month + 1, "hour": hour, "short_h": outcome.calendar[y, r, month, hour]})


def national(case: Case, outcome: Outcome) -> Any:
    """The country by year."""
    import pandas as pd

    total = np.quantile(outcome.own_mw.sum(axis=2), [0.1, 0.5, 0.9], axis=0)
    rows = []
    for y, year in enumerate(case.problem.study_years):
        risk = outcome.risk[y][-1]
        rows.append({"year": year, "lolh_any_region_h": risk.lolh_h.value, "lolh_any_region_h_stderr": risk.lolh_h.stderr,
                     "large_load_p10_mw": total[0, y], "large_load_p50_mw": total[1, y],
                     "large_load_p90_mw": total[2, y],
                     "load_peak_mw": float((case.peak_mw * case.forecast.growth[y]).sum() + total[1, y]),
                     "regions_without": int((outcome.no_room["lole"][y] > 0.5).sum())})
    return pd.DataFrame(rows)


def capacity(case: Case) -> Any:
    """Installed summer capacity by region, year, technology and origin."""
    import pandas as pd

    regions = list(catalog.load("regions")["region"])
    rows = []
    for (technology, origin), part in case.table.rows.groupby(["technology", "origin"], sort=True):
        mw = fleet.by_year(fleet.FleetTable(rows=part, years=case.table.years), (technology,), "summer_mw")
        rows += [{"region": regions[r], "year": year, "technology": technology, "origin": ORIGIN[origin],
                  "summer_mw": mw[y, r]} for y, year in enumerate(case.table.years) for r in range(len(regions))
                 if mw[y, r] > 0]
    return pd.DataFrame(rows)


def sensitivity(lines: list[Line]) -> Any:
    """What the answer hangs on, one row a line and year shown."""
    import pandas as pd

    rows = []
    for line in lines:
        ended = sorted((year, region) for region, year in line.first_year.items() if year is not None)
        first_year, first_region = ended[0] if ended else (float("nan"), "")
        rows += [{"line": line.key, "year": year, "lolh_any_region_h": line.lolh_h[k],
                  "lolh_any_region_h_stderr": line.lolh_stderr_h[k], "regions_without": int(line.regions_without[k]),
                  "first_region": first_region, "first_region_year": float(first_year)}
                 for k, year in enumerate(line.years)]
    return pd.DataFrame(rows)


def headline_parts(tipping_table: Any, region_table: Any) -> dict[str, Any]:
    """What the headline says, as data: where room ends first, when, and how many regions have none at first."""
    rows = tipping_table[tipping_table["standard"] == "lole"]
    first, last = int(region_table["year"].min()), int(region_table["year"].max())
    now = region_table[region_table["year"] == first]
    parts: dict[str, Any] = {"first_study_year": first, "last_study_year": last, "regions": len(rows),
                             "none_now": int((now["probability_no_room"] > 0.5).sum()), "name": None, "year": None,
                             "early": None, "late": None}
    ended = rows.dropna(subset=["first_year"])
    if ended.empty:
        return parts
    year = ended["first_year"].min()
    tied = ended[ended["first_year"] == year]
    chance = region_table[region_table["year"] == year].set_index("region")["probability_no_room"]
    best = tied.loc[tied["region"].map(chance).idxmax()]
    early, late = (None if value != value else int(value) for value in (best["first_year_p10"], best["first_year_p90"]))
    return {**parts, "name": str(best["name"]), "year": int(year), "early": early, "late": late}


def headline(parts: dict[str, Any]) -> str:
    """The answer in one sentence."""
    second = (f"By the end of {parts['first_study_year']}, {parts['none_now']} of {parts['regions']} regions more likely "
              "than not have none.")
    if parts["year"] is None:
        return f"No region's room is more likely than not to end by {parts['last_study_year']}. {second}"
    late = parts["late"] or f"after {parts['last_study_year']}"
    return f"Room ends first in {parts['name']}: {parts['year']} (80 %: {parts['early']}–{late}). {second}"
