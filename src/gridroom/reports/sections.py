"""Sections of the report: what each shows, as plain data for the template."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

from gridroom.reports import charts
from gridroom.reports.words import Words
from gridroom.results.folder import RunFolder

COLOURS = ("#7f0000", "#b30000", "#d7301f", "#ef6548", "#fc8d59", "#fdbb84", "#fdd49e", "#fee8c8", "#fff3e0", "#fff7ec")
LATER = "#dbe9f6"


def _known(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def year_text(value: Any, words: Words, last: int) -> str:
    """Year, or words for a year beyond the horizon."""
    return str(int(value)) if _known(value) else words("never", last=last)


def gw(value: float, digits: int = 1) -> str:
    """MW as GW with sign and a true minus; blank where not known."""
    return f"{value / 1000:+.{digits}f}".replace("-", "−") if _known(value) else ""


def percent(share: float) -> str:
    """A share as a percentage; blank where not known."""
    return f"{share:.0%}" if _known(share) else ""


def plus_minus(value: float, stderr: float) -> str:
    """Estimate with its error to the digits that the error allows; what was never seen in the samples has an error unknown."""
    if not _known(value):
        return ""
    if not _known(stderr):
        return f"{value:.3g}"
    if stderr <= 0:
        return f"{value:.3g} ± 0" if value else "0 ± ?"
    digits = min(max(0, 1 - math.floor(math.log10(stderr))), 4)
    return f"{value:,.{digits}f} ± {stderr:,.{digits}f}"


def _range(row: Any, words: Words, last: int) -> str:
    """Years in which room ends on the earliest and the latest tenth of paths."""
    return f"{year_text(row.first_year_p10, words, last)} – {year_text(row.first_year_p90, words, last)}"


def _by(rows: list[SimpleNamespace], field: str) -> dict[Any, list[SimpleNamespace]]:
    """Rows in groups by one field, in the order in which each group comes first."""
    out: dict[Any, list[SimpleNamespace]] = {}
    for row in rows:
        out.setdefault(getattr(row, field), []).append(row)
    return out


def tiles(folder: RunFolder, places: Any, words: Words) -> list[dict[str, Any]]:
    """Tile grid of the country: place, colour by the year room ends, words for readers without colour."""
    tipping = {row.region: row for row in folder.rows("tipping") if row.standard == "lole"}
    table = folder.rows("region_year")
    first, last = min(row.year for row in table), max(row.year for row in table)
    shown = 2030 if first <= 2030 <= last else last
    rooms = {row.region: row for row in table if row.year == shown}
    out = []
    for place in places:
        region = place["region"]
        if region not in tipping:
            continue  # a run of fewer regions
        row, room = tipping[region], rooms[region]
        ends = row.first_year
        step = 0 if not _known(ends) else min(int((ends - first) * len(COLOURS) / max(last - first + 1, 1)), 9)
        colour = COLOURS[step] if _known(ends) else LATER
        bound = "≥ " if room.room_is_lower_bound else ""
        out.append({"id": region, "name": words.text("place", row.name),
                    "row": int(place["tile_row"]) + 1, "column": int(place["tile_column"]) + 1,
                    "ends": year_text(ends, words, last) if _known(ends) else f"> {last}", "colour": colour,
                    "dark": _known(ends) and step <= 3, "room": bound + gw(room.room_p50_mw),
                    "range": _range(row, words, last)})
    return out


def region_rows(folder: RunFolder, words: Words, years: list[int]) -> list[dict[str, Any]]:
    """Table of regions for a few years, the region whose room ends first on top."""
    table, tipping = folder.columns("region_year"), folder.columns("tipping")
    rows = zip(tipping["region"], tipping["standard"], tipping["first_year"], strict=True)
    ends = {region: year for region, standard, year in rows if standard == "lole"}
    at = {(region, int(year)): k for k, (region, year) in enumerate(zip(table["region"], table["year"], strict=True))}
    last = int(max(table["year"]))
    out = []
    for region in sorted(ends, key=lambda r: ends[r] if _known(ends[r]) else 9999.0):
        cells = []
        for year in years:
            row = {name: values[at[region, year]] for name, values in table.items()}
            cells.append({
                "year": year, "load": gw(row["large_load_p50_mw"]).removeprefix("+"),
                "room": ("≥ " if row["room_is_lower_bound"] else "") + gw(row["room_p50_mw"]),
                "chance": percent(row["probability_no_room"]), "lolh": plus_minus(row["lolh_h"], row["lolh_h_stderr"]),
                "lole": plus_minus(row["lole_days"], row["lole_days_stderr"]),
                "neue": plus_minus(row["neue_ppm"], row["neue_ppm_stderr"]),
                "margin": " / ".join(f"{v:.0f}" if _known(v) else "?" for v in
                                     (row["margin_installed_pct"], row["reference_margin_pct"])),
                "class": words.named("class", row['risk_class']), "class_key": row["risk_class"]})
        first = at[region, years[0]]
        asked = table["asked_mw"][first]
        out.append({"id": region, "name": words.text("place", table["name"][first]), "ends": year_text(ends[region], words, last),
                    "asked": f"{asked / 1000:.0f}" if _known(asked) else "", "cells": cells})
    return out


def standard_rows(folder: RunFolder, words: Words) -> list[dict[str, Any]]:
    """The three standards side by side."""
    last = max(row.year for row in folder.rows("region_year"))
    out = []
    for region, part in _by(folder.rows("tipping"), "region").items():
        by = {row.standard: row for row in part}
        cells = [{"ends": year_text(by[standard].first_year, words, last), "range": _range(by[standard], words, last)}
                 for standard in ("lole", "nerc", "margin")]
        out.append({"id": region, "name": words.text("place", part[0].name), "cells": cells})
    return out


def sensitivity_rows(folder: RunFolder, words: Words) -> tuple[int, list[dict[str, Any]]]:
    """What the answer hangs on, for one year; empty when the run left it out."""
    if not (folder.path / "tables/sensitivity.parquet").is_file():
        return 0, []
    table = folder.rows("sensitivity")
    if not table:
        return 0, []
    years = sorted({row.year for row in table})
    year = 2030 if 2030 in years else years[-1]
    rows = [row for row in table if row.year == year]
    top = max(*(row.lolh_any_region_h for row in rows), 1e-9)
    out = []
    for row in rows:
        first = f"{row.first_region} {int(row.first_region_year)}" if _known(row.first_region_year) else ""
        out.append({"line": words.named("line", row.line), "lolh": plus_minus(row.lolh_any_region_h,
                                                                           row.lolh_any_region_h_stderr),
                    "bar": round(100 * row.lolh_any_region_h / top, 1), "without": row.regions_without, "first": first})
    return year, out


def load_case_rows(folder: RunFolder, words: Words) -> tuple[int, list[dict[str, Any]]]:
    """When room ends with requests counted otherwise; empty when the load comes from no requests."""
    if not (folder.path / "tables/load_cases.parquet").is_file():
        return 0, []
    table = folder.rows("load_cases")
    if not table:
        return 0, []
    last = max(row.year for row in folder.rows("region_year"))
    out = []
    for name, part in _by(table, "load_case").items():
        ended = sorted((r for r in part if _known(r.first_year)), key=lambda r: (r.first_year, r.region))
        first = f"{words.text('place', ended[0].name)} {int(ended[0].first_year)}" if ended else words("never", last=last)
        out.append({"case": words.named("count", name), "load": f"{part[0].us_mean_mw / 1000:.0f}", "ended": len(ended),
                    "first": first, "which": ", ".join(f"{r.region} {int(r.first_year)}" for r in ended)})
    return int(table[0].us_mean_year), out


FIGURE_UNITS = (("_mwh", "MWh"), ("_mw", "MW"), ("_h", "h"), ("_t", "t"), ("wh_per_request", "Wh"), ("hours", "h"))


def _span(row: Any) -> str:
    """Figure with its range, to three digits; blank where not known."""
    if not _known(row.best):
        return ""

    def digits(value: float) -> str:
        return f"{float(f'{value:.3g}'):,.0f}" if abs(value) >= 1000 else f"{value:.3g}"

    return digits(row.best) if row.low == row.high else f"{digits(row.best)} ({digits(row.low)}–{digits(row.high)})"


def meaning_rows(folder: RunFolder, words: Words) -> list[dict[str, Any]]:
    """What one model, one campus, one query means: a row an item with its figures; empty for older runs."""
    if not (folder.path / "tables/meaning.parquet").is_file():
        return []
    out = []
    for item, rows in _by(folder.rows("meaning"), "item").items():
        figures = []
        for row in rows:
            unit = next((u for end, u in FIGURE_UNITS if row.figure.endswith(end)), "")
            figures.append({"name": words.named("fig", row.figure), "value": f"{_span(row)} {unit}".strip(), "claim": row.claim,
                            "claim_words": words.named("claim", row.claim)})
        out.append({"item": words.named("item", item), "figures": figures, "command": rows[0].command,
                    "sources": "; ".join(dict.fromkeys(row.source for row in rows))})
    return out


def national_columns(folder: RunFolder) -> dict[str, Any]:
    """Regions summed by year, for the country's load chart."""
    import numpy as np

    table, national = folder.columns("region_year"), folder.columns("national")
    years = np.unique(table["year"])
    total: dict[str, Any] = {name: np.array([table[name][table["year"] == year].sum() for year in years])
                             for name in ("peak_mw", "installed_mw", "capacity_on_peak_mw")}
    return {"year": years, **total, **{f"large_load_{q}_mw": national[f"large_load_{q}_mw"] for q in ("p10", "p50", "p90")}}


def chart_options(folder: RunFolder, words: Words) -> dict[str, dict[str, Any]]:
    """All chart options by name: load and room by region, calendar by region and year."""
    table, calendar = folder.columns("region_year"), folder.columns("calendar")
    regions, years = list(dict.fromkeys(table["region"])), sorted({int(y) for y in table["year"]})
    out: dict[str, dict[str, Any]] = {"load": {"US": charts.load_chart(national_columns(folder), words)},
                                      "room": {}, "calendar": {}}
    for region in regions:
        rows = {name: values[table["region"] == region] for name, values in table.items()}
        out["load"][region] = charts.load_chart(rows, words)
        out["room"][region] = charts.room_chart(rows, words)
    for region in ["US", *regions]:
        mine = {name: values[calendar["region"] == region] for name, values in calendar.items()}
        for year in years:
            part = {name: values[mine["year"] == year] for name, values in mine.items()}
            out["calendar"][f"{region} {year}"] = charts.calendar_chart(part, words)
    return out
