"""Sections of the report on what makes room: what it takes, options, a worked permit, countries."""

from __future__ import annotations

import math
from typing import Any

from gridroom.reports.words import Words
from gridroom.results.folder import RunFolder

LEAST_MW = 50.0


def _there(folder: RunFolder, name: str) -> bool:
    return (folder.path / f"tables/{name}.parquet").is_file()


def _number(value: Any, digits: int = 0) -> str:
    """A figure, blank where it is not known."""
    number = float(value)
    return f"{number:,.{digits}f}".replace("-", "−") if math.isfinite(number) else ""


def _with_error(value: float, stderr: float) -> str:
    return f"{value:.2f} ± {stderr:.2f}" if math.isfinite(stderr) else f"{value:.2f} ± ?"


def _ends(low: float, best: float, high: float, digits: int = 0) -> str:
    text = _number(best, digits)
    return text if low == high else f"{text} ({_number(low, digits)}–{_number(high, digits)})"


def takes_rows(folder: RunFolder, words: Words) -> list[dict[str, Any]]:
    """Regions that miss the standard in some year: what each needs by then, cost, LOLE before and after."""
    if not _there(folder, "additions_years"):
        return []
    years, additions = folder.table("additions_years"), folder.table("additions")
    out = []
    for region, rows in years.groupby("region", sort=False):
        short = rows[rows["room_before_mw"] < 0]
        for row in short.itertuples():
            built = additions[
                (additions["region"] == region) & (additions["year"] == row.year) & (additions["added_mw"] >= LEAST_MW)
            ]
            parts = [
                words("takes_part", what=words(f"tech_{a.technology}"), mw=_number(a.added_mw / 1000, 1), year=a.earliest_year)
                for a in built.itertuples()
            ]
            late = words("takes_late", mw=_number(row.missing_mw / 1000, 1)) if row.missing_mw > 1 else ""
            out.append(
                {
                    "name": row.name,
                    "year": row.year,
                    "room": _number(row.room_before_mw / 1000, 1),
                    "before": _with_error(row.lole_before_days, row.lole_before_days_stderr),
                    "after": _with_error(row.lole_after_days, row.lole_after_days_stderr),
                    "what": "; ".join(parts) or words("takes_help"),
                    "late": late,
                    "cost": _number(row.usd_per_year / 1e6),
                }
            )
    return sorted(out, key=lambda r: (r["name"], r["year"]))


def option_rows(folder: RunFolder, words: Words) -> list[dict[str, Any]]:
    """What may be built, the soonest first."""
    if not _there(folder, "build_options"):
        return []
    return [
        {
            "name": words(f"tech_{r.technology}"),
            "capex": _ends(r.capex_low_usd_per_kw, r.capex_best_usd_per_kw, r.capex_high_usd_per_kw),
            "lead": _ends(r.lead_low_months, r.lead_best_months, r.lead_high_months),
            "claim": r.claim,
            "claim_words": words(f"claim_{r.claim}"),
            "source": r.source,
        }
        for r in folder.table("build_options").itertuples()
    ]


def permit_rows(folder: RunFolder, words: Words) -> tuple[str, list[dict[str, Any]]]:
    """The worked permit: pathway, and a row a pollutant."""
    if not _there(folder, "permit_example"):
        return "", []
    table = folder.table("permit_example")
    rows = [
        {
            "pollutant": r.pollutant,
            "pte": _number(r.pte_tpy, 1),
            "permit": _number(r.permit_tpy, 1),
            "major": _number(r.major_tpy),
            "claim": r.claim,
            "claim_words": words(f"claim_{r.claim}"),
        }
        for r in table.itertuples()
    ]
    return words(f"path_{table['pathway'].iloc[0]}"), rows


def site_rows(folder: RunFolder, words: Words) -> list[dict[str, Any]]:
    """The worked campus: a row a figure, a column a design."""
    if not _there(folder, "site_example"):
        return []
    table = folder.table("site_example")
    variants = list(dict.fromkeys(table["variant"]))
    cells = {(r.variant, r.figure): (r.value, r.stderr) for r in table.itertuples()}
    out = []
    for figure in dict.fromkeys(table["figure"]):
        texts = []
        for variant in variants:
            value, error = cells.get((variant, figure), (math.nan, math.nan))
            digits = 0 if abs(value) >= 1000 else 2
            text = _number(value, digits)
            texts.append(f"{text} ± {_number(error, 2)}" if math.isfinite(error) and text else text)
        name = words(f"tech_{figure[3:]}") + ", MW" if figure.startswith("mw_") else words(f"site_{figure}")
        if any(texts):
            out.append({"name": name, "cells": texts})
    paths = [table.loc[table["variant"] == v, "pathway"].iloc[0] for v in variants]
    out.append({"name": words("site_pathway"), "cells": [words(f"path_{p}") if p else "" for p in paths]})
    return out


def country_rows(folder: RunFolder) -> list[dict[str, Any]]:
    """Countries, the fastest first."""
    if not _there(folder, "countries"):
        return []
    table = folder.table("countries").sort_values("added_average_gw_per_year", ascending=False, kind="stable")
    return [
        {
            "name": r.country,
            "year": _number(r.year).replace(",", ""),
            "generation": _number(r.generation_twh),
            "growth": _number(r.growth_pct_per_year, 1),
            "average": _number(r.added_average_gw_per_year, 1),
            "clean": _number(r.added_clean_average_gw_per_year, 1),
            "added": _number(r.added_gw) + (f" ({int(r.added_year)})" if math.isfinite(float(r.added_year)) else ""),
        }
        for r in table.itertuples()
    ]


def context(folder: RunFolder, words: Words) -> dict[str, Any]:
    """All of it for the template."""
    pathway, permit = permit_rows(folder, words)
    return {
        "takes": takes_rows(folder, words),
        "build_options": option_rows(folder, words),
        "permit": permit,
        "permit_pathway": pathway,
        "countries": country_rows(folder),
        "site_rows": site_rows(folder, words),
        "has_takes": _there(folder, "additions_years"),
    }


__all__ = ["context"]
