"""Charts of a calculator's answer, from its JSON and the hours that it wrote."""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from gridroom.reports import more_charts
from gridroom.reports.words import Words

HOURS = "hours.csv"
Charts = dict[str, dict[str, Any]]


def _hours(path: Path, wanted: tuple[str, ...], ending: str = "") -> dict[str, list[float]]:
    """Columns of an hourly file by name, or all with an ending."""
    if not path.is_file():
        return {}
    with path.open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        names = next(rows, [])
        at = [k for k, n in enumerate(names) if n in wanted or (ending and n.endswith(ending) and n != "load_mw")]
        columns: dict[str, list[float]] = {names[k]: [] for k in at}
        for row in rows:
            for k in at:
                columns[names[k]].append(float(row[k]))
    return columns


def _campus(answer: dict[str, Any], hours: Path, words: Words) -> Charts:
    columns = _hours(hours, ("value", "it_mw"))
    return (
        {"campus_hours": more_charts.series_chart({words(f"series_{k}"): v for k, v in columns.items()}, "MW", words)}
        if columns
        else {}
    )


def _site(answer: dict[str, Any], hours: Path, words: Words) -> Charts:
    columns = _hours(hours, (), "_mw")
    out: Charts = {
        "site_capacity": more_charts.bars_chart(list(answer["capacity_mw"]), {"MW": list(answer["capacity_mw"].values())}, "MW")
    }
    if columns:
        out["site_hours"] = more_charts.series_chart(
            {k.removesuffix("_mw"): v for k, v in columns.items()}, "MW", words, stacked=True
        )
    return out


def _countries(answer: dict[str, Any], hours: Path, words: Words) -> Charts:
    known_years = [r["year"] for c in answer["countries"] for r in c["by_year"]]
    years = list(range(min(known_years), max(known_years) + 1))  # a year without figures is a gap, not left out
    lines = {}
    for country in answer["countries"]:
        known = {r["year"]: r["generation_twh"] for r in country["by_year"]}
        lines[country["country"]] = [known.get(y) for y in years]
    return {"countries": more_charts.lines_chart([str(y) for y in years], lines, "TWh", words)}


def _flexibility(answer: dict[str, Any], hours: Path, words: Words) -> Charts:
    names = list(dict.fromkeys(r["authority"] for r in answer["rows"]))
    bars = {
        f"{pct:g} %": [
            next((round(r["room_mw"]) for r in answer["rows"] if r["authority"] == n and r["curtailment_pct"] == pct), None)
            for n in names
        ]
        for pct in sorted({r["curtailment_pct"] for r in answer["rows"]})
    }
    return {"flexibility": more_charts.bars_chart(names, bars, "MW")}


def _energy(answer: dict[str, Any], hours: Path, words: Words) -> Charts:
    ends = ("lower", "best", "upper")
    return {
        "energy": more_charts.bars_chart([words(f"end_{e}") for e in ends], {"MW": [answer.get(f"{e}_mw") for e in ends]}, "MW")
    }


def _air(answer: dict[str, Any], hours: Path, words: Words) -> Charts:
    rows = [r for r in answer["pollutants"] if r["name"] != "co2e"]
    bars = {words("air_pte"): [r["pte_tpy"] for r in rows], words("air_limit"): [r["limit_tpy"] for r in rows]}
    return {"air": more_charts.bars_chart([r["name"].upper() for r in rows], bars, words("unit_short tons/year"))}


def _miner(answer: dict[str, Any], hours: Path, words: Words) -> Charts:
    parts = {k: v for k, v in answer["revenue_usd"].items() if v}
    return {
        "miner": more_charts.bars_chart(
            [words(f"money_{k}") if f"money_{k}" in words.table else k.replace("_", " ") for k in parts],
            {"USD": [round(v) for v in parts.values()]},
            "USD",
        )
    }


def _forecast(answer: dict[str, Any], hours: Path, words: Words) -> Charts:
    total = sorted(answer["total"], key=lambda r: r["year"])
    steps = min(answer["waterfall"], key=lambda r: abs(r["year"] - 2030))
    return {"band": more_charts.forecast_chart(total, words), "waterfall": more_charts.waterfall_chart(steps, words)}


MADE = {
    "campus": _campus,
    "site": _site,
    "countries": _countries,
    "flexibility": _flexibility,
    "energy": _energy,
    "air": _air,
    "miner": _miner,
    "forecast": _forecast,
}


def drawn(tool: str, answer: dict[str, Any], folder: Path, words: Words) -> dict[str, str]:
    """Chart options of an answer as JSON by name; none where there is nothing to draw."""
    make = MADE.get(tool)
    if make is None or not answer:
        return {}
    try:
        made = make(answer, folder / "out" / HOURS, words)
    except (KeyError, TypeError, ValueError):
        return {}  # the figures are shown beside: an answer without these keys has nothing to draw
    return {name: json.dumps(option, ensure_ascii=False) for name, option in made.items()}


__all__ = ["HOURS", "drawn"]
