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
    additions = [a for a in folder.rows("additions") if a.added_mw >= LEAST_MW]
    out = []
    for row in folder.rows("additions_years"):
        if not row.room_before_mw < 0:
            continue
        parts = [
            words("takes_part", what=words.named("tech", a.technology), mw=_number(a.added_mw / 1000, 1), year=a.earliest_year)
            for a in additions
            if (a.region, a.year) == (row.region, row.year)
        ]
        out.append(
            {
                "name": words.text("place", row.name),
                "year": row.year,
                "room": _number(row.room_before_mw / 1000, 1),
                "before": _with_error(row.lole_before_days, row.lole_before_days_stderr),
                "after": _with_error(row.lole_after_days, row.lole_after_days_stderr),
                "what": "; ".join(parts) or words("takes_help"),
                "late": words("takes_late", mw=_number(row.missing_mw / 1000, 1)) if row.missing_mw > 1 else "",
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
            "name": words.named("tech", r.technology),
            "capex": _ends(r.capex_low_usd_per_kw, r.capex_best_usd_per_kw, r.capex_high_usd_per_kw),
            "lead": _ends(r.lead_low_months, r.lead_best_months, r.lead_high_months),
            "claim": r.claim,
            "claim_words": words.named("claim", r.claim),
            "source": r.source,
        }
        for r in folder.rows("build_options")
    ]


def permit_rows(folder: RunFolder, words: Words) -> tuple[str, list[dict[str, Any]]]:
    """The worked permit: pathway, and a row a pollutant."""
    if not _there(folder, "permit_example"):
        return "", []
    table = folder.rows("permit_example")
    rows = [
        {
            "pollutant": r.pollutant,
            "pte": _number(r.pte_tpy, 1),
            "permit": _number(r.permit_tpy, 1),
            "major": _number(r.major_tpy),
            "claim": r.claim,
            "claim_words": words.named("claim", r.claim),
        }
        for r in table
    ]
    return words.named("path", table[0].pathway) if table else "", rows


def site_rows(folder: RunFolder, words: Words) -> list[dict[str, Any]]:
    """The worked campus: a row a figure, a column a design."""
    if not _there(folder, "site_example"):
        return []
    table = folder.rows("site_example")
    paths = {r.variant: r.pathway for r in reversed(table)}
    variants = list(dict.fromkeys(r.variant for r in table))
    cells = {(r.variant, r.figure): (r.value, r.stderr) for r in table}
    out = []
    for figure in dict.fromkeys(r.figure for r in table):
        texts = []
        for variant in variants:
            value, error = cells.get((variant, figure), (math.nan, math.nan))
            digits = 0 if abs(value) >= 1000 else 2
            text = _number(value, digits)
            texts.append(f"{text} ± {_number(error, 2)}" if math.isfinite(error) and text else text)
        name = words.named("tech", figure[3:]) + ", MW" if figure.startswith("mw_") else words.named("site", figure)
        if any(texts):
            out.append({"name": name, "cells": texts})
    out.append({"name": words("site_pathway"), "cells": [words.named("path", paths[v]) if paths[v] else "" for v in variants]})
    return out


def country_rows(folder: RunFolder) -> list[dict[str, Any]]:
    """Countries, the fastest first."""
    if not _there(folder, "countries"):
        return []
    known = math.isfinite
    table = folder.rows("countries")
    fastest = sorted(table, key=lambda r: -r.added_average_gw_per_year if known(r.added_average_gw_per_year) else math.inf)
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
        for r in fastest
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
