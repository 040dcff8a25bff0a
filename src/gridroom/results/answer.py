"""The answer of a run as one JSON document, read from the run folder."""

from __future__ import annotations

import math
from typing import Any

from gridroom.results.folder import RunFolder

METRICS = ("lolh_h", "lole_days", "lolev", "eue_mwh", "neue_ppm")


def known(value: Any) -> float | None:
    """Number, or None where it is not known."""
    number = float(value)
    return number if math.isfinite(number) else None


def _year(value: Any) -> int | None:
    number = known(value)
    return None if number is None else int(number)


def _region(row: Any) -> dict[str, Any]:
    out: dict[str, Any] = {
        "id": row["region"], "name": row["name"], "year": int(row["year"]), "peak_mw": known(row["peak_mw"]),
        "large_load_mw": {q: known(row[f"large_load_{q}_mw"]) for q in ("p10", "p50", "p90")},
        "asked_mw": known(row["asked_mw"]), "installed_mw": known(row["installed_mw"])}
    for key in METRICS:
        out[key] = {"value": known(row[key]), "stderr": known(row[f"{key}_stderr"])}
    out |= {"probability_no_room": known(row["probability_no_room"]),
            "probability_no_room_by_standard": {"lole": known(row["probability_no_room"]),
                                                "nerc": known(row["probability_nerc"]),
                                                "margin": known(row["probability_margin"])},
            "room_mw": {q: known(row[f"room_{q}_mw"]) for q in ("p10", "p50", "p90")},
            "room_stderr_mw": known(row["room_stderr_mw"]), "room_is_lower_bound": bool(row["room_is_lower_bound"]),
            "margin_installed_pct": known(row["margin_installed_pct"]),
            "reference_margin_pct": known(row["reference_margin_pct"]), "risk_class": row["risk_class"]}
    return out


def _tipping(row: Any) -> dict[str, Any]:
    return {"id": row["region"], "name": row["name"],
            "first_year_no_room_more_likely_than_not": _year(row["first_year"]),
            "first_year_p10": _year(row["first_year_p10"]), "first_year_p90": _year(row["first_year_p90"])}


def _takes(folder: RunFolder) -> dict[str, Any]:
    """What it takes: additions, and each region and year before and after; empty where the run left it out."""
    if not (folder.path / "tables/additions_years.parquet").is_file():
        return {}

    def pair(row: Any, key: str) -> dict[str, float | None]:
        return {"value": known(row[key]), "stderr": known(row[f"{key}_stderr"])}

    additions = [{"region": row["region"], "year": int(row["year"]), "technology": row["technology"],
                  "earliest_year": int(row["earliest_year"]), **{k: known(row[k]) for k in ("added_mw", "usd_per_year", "credit")}}
                 for _, row in folder.table("additions").iterrows()]
    regions = [{"region": row["region"], "year": int(row["year"]), "missing_mw": known(row["missing_mw"]),
                "lole_days_before": pair(row, "lole_before_days"), "lole_days_after": pair(row, "lole_after_days")}
               for _, row in folder.table("additions_years").iterrows()]
    return {"additions": additions, "regions": regions}


def document(folder: RunFolder, command: str = "run") -> dict[str, Any]:
    """JSON document of a finished run, keys as the contract fixes them."""
    manifest = folder.manifest
    study = manifest["study"]
    table = folder.table("region_year")
    tipping = folder.table("tipping")
    counted: dict[str, Any] = {}
    if (folder.path / "tables/load_cases.parquet").is_file():
        for name, part in folder.table("load_cases").groupby("load_case", sort=False):
            counted[str(name)] = {"us_mean_mw": known(part["us_mean_mw"].iloc[0]), "year": int(part["us_mean_year"].iloc[0]),
                                  "tipping": [_tipping(row) for _, row in part.iterrows()]}
    by_standard = {name: [_tipping(row) for _, row in part.iterrows()]
                   for name, part in tipping.groupby("standard", sort=False)}
    return {"schema_version": "1", "command": command, "run_folder": str(folder.path), "headline": manifest["headline"],
            "years": sorted({int(y) for y in table["year"]}), "supply_case": study["supply"]["case"],
            "load_case": study["load"]["case"], "standard": study["standard"],
            "samples": study["run"]["samples"], "seed": study["run"]["seed"],
            "regions": [_region(row) for _, row in table.iterrows()],
            "tipping": by_standard["lole"], "tipping_by_standard": by_standard,
            "load_cases": counted, "what_it_takes": _takes(folder),
            "wall_s": manifest["wall_s"]}
