"""Public claims on the grid and its load: supply, plans, forecasts, one utility's growth."""

from __future__ import annotations

import math

import numpy as np

from gridroom.results.folder import RunFolder
from gridroom.study.claim_figure import NAN, NOT, PARTLY, RUN, TRUE, UNKNOWN, Answer, Figure


def _majority(part: int, whole: int) -> str:
    return NOT if part == 0 else TRUE if 2 * part > whole else PARTLY


def passes_in_2026(folder: RunFolder, paths: int) -> Answer:
    """AI demand passes supply by the end of 2026: how many regions, how likely, hours short."""
    table = folder.table("region_year")
    now = table[table["year"] == 2026]
    if now.empty:
        return UNKNOWN, []
    country = folder.table("national").set_index("year").loc[2026]
    none = now[now["probability_no_room"] > 0.5]
    worst = now.loc[now["probability_no_room"].idxmax()]
    tipping = (
        folder.table("tipping").query("standard == 'lole'").dropna(subset=["first_year"]).sort_values("first_year", kind="stable")
    )
    figures = [
        Figure(figure="regions_without_2026", value=len(none), unit=f"/ {len(now)}", note=", ".join(none["region"])),
        Figure(
            figure="highest_chance_2026",
            value=100 * float(worst["probability_no_room"]),
            unit="%",
            note=str(worst["region"]),
            stderr=100 * float(np.sqrt(worst["probability_no_room"] * (1 - worst["probability_no_room"]) / paths)),
        ),
        Figure(
            figure="margin_short_2026",
            value=int((now["probability_margin"] > 0.5).sum()),
            unit=f"/ {len(now)}",
            note=", ".join(now[now["probability_margin"] > 0.5]["region"]),
        ),
        Figure(
            figure="hours_short_2026",
            value=float(country["lolh_any_region_h"]),
            stderr=float(country["lolh_any_region_h_stderr"]),
            unit="h",
        ),
        Figure(
            figure="load_2026",
            value=float(country["large_load_p50_mw"]),
            low=float(country["large_load_p10_mw"]),
            high=float(country["large_load_p90_mw"]),
            unit="MW",
            claim="assumed",
        ),
        Figure(
            figure="first_region_year",
            value=float(tipping["first_year"].iloc[0]) if len(tipping) else NAN,
            low=float(tipping["first_year_p10"].iloc[0]) if len(tipping) else NAN,
            high=float(tipping["first_year_p90"].iloc[0]) if len(tipping) else NAN,
            note=str(tipping["region"].iloc[0]) if len(tipping) else "",
        ),
    ]
    return _majority(len(none), len(now)), figures


def planned(folder: RunFolder, paths: int) -> Answer:
    """The grid cannot power what is planned: asked for against room, region by region."""
    table = folder.table("region_year")
    last = int(table["year"].max())
    year = 2030 if 2030 in set(table["year"]) else last
    rows = table[table["year"] == year].set_index("region")
    known = rows[rows["asked_mw"] > 0]
    # room is what fits beyond the expected load: what was asked must fit in both together
    fits = known["large_load_p50_mw"] + known["room_p50_mw"]
    short = known[known["asked_mw"] > fits]
    ended = folder.table("tipping").query("standard == 'lole'").dropna(subset=["first_year"])
    named = ", ".join(
        f"{r} {a / 1000:.0f} > {max(f, 0.0) / 1000:.0f} GW"
        for r, a, f in zip(short.index, short["asked_mw"], fits[short.index], strict=True)
    )
    ends = ", ".join(f"{r.region} {int(r.first_year)}" for r in ended.itertuples())
    figures = [
        Figure(figure="asked", value=float(known["asked_mw"].sum()), unit="MW", claim="published", note=", ".join(known.index)),
        Figure(figure="expected_there", value=float(known["large_load_p50_mw"].sum()), unit="MW", claim="assumed", note=str(year)),
        Figure(figure="regions_asked_too_much", value=len(short), unit=f"/ {len(known)}", note=named),
        Figure(figure="regions_ended", value=len(ended), unit=f"/ {len(rows)}", note=ends),
    ]
    if known.empty:
        return UNKNOWN, figures
    return (NOT if short.empty else TRUE if len(short) == len(known) and len(ended) == len(rows) else PARTLY), figures


def inflated(folder: RunFolder, paths: int) -> Answer:
    """Forecasts are inflated by the same project filed in several states: the waterfall."""
    if not (folder.path / "tables/load_cases.parquet").is_file():
        return UNKNOWN, []
    table = folder.table("load_cases").drop_duplicates("load_case").set_index("load_case")
    year = int(table["us_mean_year"].iloc[0])
    order = [c for c in ("every_site", "every_filing", "reference", "construction", "contracts", "chip_capped") if c in table.index]
    figures = [
        Figure(
            figure=f"counted_{c}",
            value=float(table.loc[c, "us_mean_mw"]),
            unit="MW",
            claim="assumed",
            note=str(year),
            source="published stages and odds; docs/pipeline.md",
            command=RUN,
        )
        for c in order
    ]
    if not {"every_filing", "reference"} <= set(order):
        return UNKNOWN, figures
    ratio = float(table.loc["every_filing", "us_mean_mw"]) / float(table.loc["reference", "us_mean_mw"])
    regions = folder.table("region_year").drop_duplicates("region")
    filed = regions[regions["asked_mw"] > 0]
    country = folder.table("national").set_index("year").loc[year]
    figures = [
        Figure(figure="filed", value=float(filed["asked_mw"].sum()), unit="MW", claim="published", note=", ".join(filed["region"])),
        Figure(
            figure="expected",
            value=float(country["large_load_p50_mw"]),
            low=float(country["large_load_p10_mw"]),
            high=float(country["large_load_p90_mw"]),
            unit="MW",
            claim="assumed",
            note=str(year),
        ),
        *figures,
        Figure(figure="inflation", value=ratio, unit="x", claim="assumed", source="the rows above", note=str(year)),
    ]
    # sums of filings are far too high: how much of that is one need filed twice is the ratio, the rest is odds, size and delay
    return (TRUE if ratio > 1.1 else PARTLY if figures[0].value > 2 * figures[1].high else NOT), figures


def dominion(folder: RunFolder, paths: int) -> Answer:
    """A utility sees steady growth: Dominion."""
    table = folder.table("region_year")
    rows = table[table["region"] == "DOM"].sort_values("year")
    if len(rows) < 2:
        return UNKNOWN, []
    ends = folder.table("tipping").query("standard == 'lole' and region == 'DOM'").iloc[0]
    steps = rows["large_load_p50_mw"].diff().dropna()
    first, last = rows.iloc[0], rows.iloc[-1]
    span = f"{int(first['year'])}–{int(last['year'])}"
    figures = [
        Figure(
            figure="dominion_step",
            value=float(steps.mean()),
            low=float(steps.min()),
            high=float(steps.max()),
            unit="MW/year",
            claim="assumed",
            note=span,
        ),
        Figure(
            figure="dominion_seen",
            value=1000.0,
            unit="MW/year",
            claim="published",
            command="gridroom data show us_requests",
            source="Dominion, connected in a year, as reported (datacenterdynamics.com)",
        ),
        Figure(
            figure="dominion_asked",
            value=float(first["asked_mw"]),
            unit="MW",
            claim="published",
            command="gridroom data show us_requests",
            source="Dominion, contracts of all stages",
        ),
        Figure(
            figure="dominion_load",
            value=float(last["large_load_p50_mw"]),
            low=float(last["large_load_p10_mw"]),
            high=float(last["large_load_p90_mw"]),
            unit="MW",
            claim="assumed",
            note=str(int(last["year"])),
        ),
        Figure(
            figure="dominion_ends",
            value=float(ends["first_year"]),
            low=float(ends["first_year_p10"]),
            high=float(ends["first_year_p90"]),
        ),
    ]
    return (
        TRUE if (steps > 0).all() and not math.isfinite(float(ends["first_year"])) else PARTLY if (steps > 0).all() else NOT
    ), figures


__all__ = ["dominion", "inflated", "passes_in_2026", "planned"]
