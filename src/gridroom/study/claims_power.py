"""Public claims on power: a campus, turbines, training, sun and wind, countries."""

from __future__ import annotations

from gridroom.loads.households import household_kwh
from gridroom.reference import catalog
from gridroom.results.folder import RunFolder
from gridroom.study.air_file import source_of
from gridroom.study.claim_figure import NOT, PARTLY, TRUE, UNKNOWN, Answer, Figure
from gridroom.study.round_the_clock import matched_alone
from gridroom.supply.air import pte

SEEN = "gridroom air pte examples/supply/memphis_seen.toml"
ALONE = "python -c \"import gridroom as gr; print(gr.matched_alone('ERCOT', 2021))\""
TURBINES_SEEN, TURBINES_MW = 35, 421.0  # seen at Memphis before the permit of 2025-07-02
TURBINES_SOURCE = "35 turbines, 421 MW, as counted by SELC in 2025 (press, secondary); heat rate of a Titan 130; 2, 15 and 25 ppm"


def gigawatt(folder: RunFolder, paths: int) -> Answer:
    """A 1 GW campus is a nuclear unit, and so many households."""
    fleet = catalog.load("fleet")
    nuclear = fleet[(fleet["technology"] == "nuclear") & (fleet["origin"] == "operating_end2024")]
    unit = float((nuclear["summer_mw"] / nuclear["units"]).mean())
    home = household_kwh("US")
    meaning = folder.table("meaning").set_index(["item", "figure"])
    energy = meaning.loc[("campus_1gw", "energy_mwh")]
    peak = float(meaning.loc[("campus_1gw", "peak_mw")]["best"])
    command, source = str(energy["command"]), f"EIA-860, mean of {len(nuclear)} US nuclear units, summer MW"
    homes = f"{home.source}"
    figures = [
        Figure(
            figure="campus_peak", value=peak, unit="MW", claim=str(energy["claim"]), command=command, source=str(energy["source"])
        ),
        Figure(
            figure="nuclear_unit",
            value=unit,
            low=float(nuclear["summer_mw"].min()),
            high=float(nuclear["summer_mw"].max()),
            unit="MW",
            claim="published",
            command="gridroom data show fleet",
            source=source,
        ),
        Figure(figure="campus_units", value=peak / unit, unit="x", command=command, source=source),
        Figure(
            figure="campus_energy",
            value=float(energy["best"]),
            low=float(energy["low"]),
            high=float(energy["high"]),
            unit="MWh",
            claim=str(energy["claim"]),
            command=command,
            source=str(energy["source"]),
        ),
        Figure(
            figure="campus_households",
            value=float(energy["best"]) * 1000 / home.range.best,
            low=float(energy["low"]) * 1000 / home.range.high,
            high=float(energy["high"]) * 1000 / home.range.low,
            unit="households",
            command=command,
            source=homes,
        ),
    ]
    return (TRUE if 0.5 <= peak / unit <= 2.0 else NOT), figures


def _tons(ppm: float) -> float:
    """Potential to emit NOx of the turbines seen, at all hours [short tons a year]."""
    unit = {
        "name": "seen",
        "kind": "simple_cycle",
        "count": TURBINES_SEEN,
        "capacity_mw": TURBINES_MW / TURBINES_SEEN,
        "heat_rate_btu_per_kwh": 9630,
        "factors": {"nox": {"value": ppm, "unit": "ppmvd15"}},
    }
    return pte(source_of({"name": "Memphis", "units": [unit]})).tons["nox"].pte_tpy


def turbines(folder: RunFolder, paths: int) -> Answer:
    """Turbines without permits: tons they could emit beside the threshold, and the permit that came later."""
    permit = folder.table("permit_example").set_index("pollutant")
    nox, major = permit.loc["nox"], float(permit.loc["nox", "major_tpy"])
    tons = [_tons(ppm) for ppm in (2.0, 15.0, 25.0)]
    command = "gridroom air pte examples/supply/memphis_turbines.toml"
    figures = [
        Figure(
            figure="seen_nox",
            value=tons[1],
            low=tons[0],
            high=tons[2],
            unit="short tons/year",
            claim="assumed",
            command=SEEN,
            source=TURBINES_SOURCE,
        ),
        Figure(
            figure="major_nox", value=major, unit="short tons/year", claim="published", command=command, source="40 CFR 52.21(b)(1)"
        ),
        Figure(
            figure="permit_nox", value=float(nox["pte_tpy"]), unit="short tons/year", command=command, source=str(nox["source"])
        ),
        Figure(
            figure="permit_limit_nox",
            value=float(nox["permit_tpy"]),
            unit="short tons/year",
            claim="published",
            command=command,
            source=str(nox["source"]),
        ),
    ]
    # whether a nonroad or temporary exemption held is a question of law that no tonnage answers
    return (PARTLY if tons[1] > major else NOT), figures


def training(folder: RunFolder, paths: int) -> Answer:
    """Training a large model takes what so many households use in a year."""
    rows = folder.table("meaning").set_index(["item", "figure"])
    figures = []
    for item in ("model_405b", "model_1t"):
        for figure, unit in (("facility_energy_mwh", "MWh"), ("households_year_equivalent", "households")):
            row = rows.loc[(item, figure)]
            figures.append(
                Figure(
                    figure=f"{item}_{figure}",
                    value=float(row["best"]),
                    low=float(row["low"]),
                    high=float(row["high"]),
                    unit=unit,
                    claim=str(row["claim"]),
                    command=str(row["command"]),
                    source=str(row["source"]),
                )
            )
    return (TRUE if figures[1].low >= 1000 else PARTLY if figures[1].high >= 1000 else NOT), figures


def around_the_clock(folder: RunFolder, paths: int) -> Answer:
    """Sun and wind alone carry no flat load: match by the hour, and the cost of closing it, with and without nuclear."""
    alone = matched_alone("ERCOT", 2021)
    table = catalog.load("round_the_clock")
    figures = [
        Figure(
            figure="matched_pct",
            value=100 * alone.score,
            unit="%",
            source="ERCOT's own fleet in 2021, sun and wind of as much energy as the load",
            command=ALONE,
        ),
        Figure(
            figure="solar_share_pct",
            value=100 * alone.solar_share,
            unit="%",
            source="the same",
            command=ALONE,
        ),
        Figure(
            figure="longest_lull_h",
            value=alone.longest_below_half_h,
            unit="h",
            source="the same",
            command=ALONE,
        ),
    ]
    for row in table.itertuples():
        if row.target_pct in (90, 100):
            figures.append(
                Figure(
                    figure=f"cost_{row.variant}_{row.target_pct:.0f}",
                    value=row.usd_per_mwh,
                    unit="USD/MWh",
                    claim="assumed",
                    command=row.command,
                    source="ATB 2024 and catalogue costs, 8 %, weather of 2021, no outages",
                    note=row.capacity,
                )
            )
    return (TRUE if alone.score < 0.9 else NOT), figures


def countries(folder: RunFolder, paths: int) -> Answer:
    """China expands while the US stands still."""
    rows = folder.table("countries").set_index("iso3")
    if not {"CHN", "USA"} <= set(rows.index):
        return UNKNOWN, []
    figures = []
    for column, unit in (("added_average_gw_per_year", "GW/year"), ("growth_pct_per_year", "%/year"), ("added_gw", "GW")):
        for country in ("CHN", "USA"):
            row = rows.loc[country]
            when = f"{row['added_year']:.0f}" if column == "added_gw" else f"{row['growth_from']:.0f}–{row['year']:.0f}"
            figures.append(
                Figure(
                    figure=f"{country.lower()}_{column}",
                    value=float(row[column]),
                    unit=unit,
                    claim="published" if column == "added_gw" else "derived",
                    command="gridroom outlook countries CHN USA",
                    source="OWID/Ember; national figures of additions, secondary",
                    note=when,
                )
            )
    china, us = (float(rows.loc[c, "added_average_gw_per_year"]) for c in ("CHN", "USA"))
    still = float(rows.loc["USA", "growth_pct_per_year"]) <= 0 and not float(rows.loc["USA", "added_gw"]) > 0
    return (NOT if china <= us else TRUE if still else PARTLY), figures


__all__ = ["around_the_clock", "countries", "gigawatt", "training", "turbines"]
