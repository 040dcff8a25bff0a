"""What one model, one campus, one query means: a few answers of the compute and campus commands, as a table of the run."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from gridroom.loads.campus import campus_load
from gridroom.loads.curtailment import gaps_of, room_and_hours
from gridroom.loads.demand import authority_names, shipped
from gridroom.loads.households import household_kwh, households_of
from gridroom.loads.inference import inference
from gridroom.loads.ranges import Product, Range
from gridroom.loads.training import training
from gridroom.reference import catalog
from gridroom.study.campus_file import campus_of, named_campus

DAILY = 1e9
RATES = (0.25, 0.5, 1.0, 5.0)
Row = tuple[str, str, Range, str, str, str]


def _claim(parts: Any) -> str:
    """The weakest claim class of what a figure rests on."""
    order = ("measured", "published", "derived", "assumed")
    return max((a.claim for a in parts if a.claim in order), key=order.index, default="derived")


def _models() -> Iterator[Row]:
    named = training(model="Llama 3.1 405B")
    command = 'gridroom compute training --model "Llama 3.1 405B"'
    next_one = training(parameters=1e12, tokens_per_parameter=20, accelerator="GB200", count=100_000)
    asked = "gridroom compute training --parameters 1T --tokens-per-parameter 20 --accelerator GB200 --count 100000"
    for item, one, text in (("model_405b", named, command), ("model_1t", next_one, asked)):
        claim = _claim(one.assumptions)
        for figure in ("facility_power_mw", "duration_h", "facility_energy_mwh", "co2_t", "households_year_equivalent"):
            value: Product | None = getattr(one, figure)
            if value is not None:
                hours_alone = figure == "duration_h" and value.range.is_exact  # reported hours over a reported count
                yield item, figure, value.range, "published" if hours_alone else claim, text, one.basis


ONE_GIGAWATT = "gridroom campus --set name='\"1 GW\"' --set it_mw=1000 --set weather='\"ga_atlanta\"'"


def _campuses() -> Iterator[Row]:
    whole = campus_load(campus_of({"name": "1 GW of IT", "it_mw": 1000.0, "weather": "ga_atlanta"}, Path()))
    chosen, rows = named_campus("Colossus 1", 2026)
    colossus = campus_load(chosen)
    for item, load, text, source in (
        ("campus_1gw", whole, ONE_GIGAWATT, "assumed shape, published PUE"),
        ("campus_colossus", colossus, 'gridroom campus "Colossus 1" --year 2026', str(rows[0]["source"])),
    ):
        claim = _claim(load.assumptions)
        figures = load.summary()
        yield item, "peak_mw", Range.exact(load.peak_mw), claim, text, source
        yield item, "energy_mwh", Range.exact(load.energy_mwh), claim, text, source
        yield item, "pue_hottest_hour", Range.exact(figures["pue_hottest_hour"]), "assumed", text, source
        homes = load.households()
        if homes is not None:
            yield item, "households_year_equivalent", homes.range, claim, text, source
        yield item, "co2_t", load.campus.grid.range.times(1e-3 * load.energy_mwh), claim, text, source
        yield (
            item,
            "largest_loss_mw",
            load.electrical.simultaneous_loss_mw,
            "published",
            text,
            "share lost in 26 events, ERCOT 2023-2025",
        )


def _queries() -> Iterator[Row]:
    table = catalog.load("query_energy")
    home = household_kwh("US")
    for item, what in (
        ("query_median", "Gemini Apps, median text prompt"),
        ("query_long", "Over 200B on H100, 15 x longer output"),
    ):
        row = table[table["what"] == what].iloc[0]
        ends = Range(*(float(row[k]) if row[k] == row[k] else float(row["wh"]) for k in ("low_wh", "wh", "high_wh")))
        text = "gridroom data show query_energy"
        yield item, "wh_per_request", ends, str(row["claim"]), text, str(row["source"])
        yield item, "facility_power_mw", ends.times(DAILY / 24e6), "derived", text, "a billion a day"
        homes = households_of(ends.times(DAILY * 365e-6), home)
        yield item, "households_year_equivalent", homes.range, "derived", text, "a billion a day"
    served = inference(model="Llama 3.1 70B", requests_per_day=DAILY, output_tokens=500)
    text = 'gridroom compute inference --model "Llama 3.1 70B" --requests-per-day 1e9 --output-tokens 500'
    claim = _claim(served.assumptions)
    yield "query_70b", "wh_per_request", served.wh_per_request.range, claim, text, served.joule_per_output_token.source
    yield "query_70b", "facility_power_mw", served.facility_power_mw.range, claim, text, "a billion a day"


def _flexibility() -> Iterator[Row]:
    gaps = [gaps_of(shipped(name)) for name in authority_names()]
    for pct in RATES:
        found = [room_and_hours(one, pct) for one in gaps]
        text = f"gridroom flexibility --curtailment-pct {pct:g}"
        source = "method of NI R 25-01 on observed demand; no measure of risk"
        item = f"flexible_{pct:g}".replace(".", "_")
        yield item, "room_mw", Range.exact(sum(room for room, _ in found)), "derived", text, source
        yield item, "curtailed_hours", Range.exact(sum(hours for _, hours in found) / len(found)), "derived", text, source


def meaning() -> Any:
    """Table of the section: item, figure, low, best, high, claim, command, source."""
    import pandas as pd

    rows = [*_models(), *_campuses(), *_queries(), *_flexibility()]
    return pd.DataFrame(
        [
            {"item": item, "figure": figure, **value.as_dict(), "claim": claim, "command": text, "source": source}
            for item, figure, value, claim, text, source in rows
        ]
    )
