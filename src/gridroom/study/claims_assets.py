"""Public claims on digital assets: surplus power and heat, consensus, duties."""

from __future__ import annotations

from pathlib import Path

from gridroom.assets.miner import run_miner
from gridroom.reference import catalog
from gridroom.results.folder import RunFolder
from gridroom.study.claim_figure import PARTLY, TRUE, UNKNOWN, Answer, Figure
from gridroom.study.miner_file import miner_of


def surplus(folder: RunFolder, paths: int) -> Answer:
    """Mining lives on surplus nuclear power (France) and heats homes (Finland)."""
    mine = run_miner(
        miner_of(
            {
                "name": "1 MW",
                "mw": 1,
                "efficiency_j_per_th": 17.5,
                "pue": 1.05,
                "hashprice_usd_per_ph_day": 40,
                "price_usd_per_mwh": 0,
            },
            Path(),
        )
    )
    capital, years = 850_000.0, 4
    hours = 8760.0 * capital / years / mine.revenue_usd_per_mw_year
    seen = catalog.load("mining_cases").set_index(["case", "figure"])
    cases = catalog.load("heat_cases").set_index(["case", "figure"])
    heat = folder.table("asset_worked").set_index(["case", "figure"])
    command = "gridroom assets miner examples/assets/france_surplus.toml"
    finland, mara = cases.loc[("finland_mining", "people")], cases.loc[("mara_finland", "people")]
    figures = [
        Figure(
            figure="hours_needed",
            value=hours,
            unit="h/year",
            claim="assumed",
            command=command,
            source="850,000 USD/MW of machines over 4 years (assumed), 17.5 J/TH, 40 USD/PH/day, power free of charge",
        ),
        Figure(
            figure="hours_negative",
            value=float(seen.loc[("france_2025_h1", "negative_hours"), "value"]),
            unit="h",
            claim="published",
            note="2025-01–2025-06",
            command=command,
            source=str(seen.loc[("france_2025_h1", "negative_hours"), "source"]),
        ),
        Figure(
            figure="finland_people",
            value=float(finland["value"]),
            low=float(mara["value"]),
            unit="people",
            claim="published",
            command="gridroom heat reuse examples/heat/finland_mine.toml",
            source=f"{finland['source']}; {mara['source']}",
        ),
        Figure(
            figure="espoo_share",
            value=float(heat.loc[("heat", "demand_share_pct"), "value"]),
            unit="%",
            command="gridroom heat reuse examples/heat/espoo.toml",
            source="demand shape of flats in a cold climate (assumed); published: 40 %",
        ),
    ]
    return (PARTLY if hours > 2 * figures[1].value else TRUE), figures


def stake(folder: RunFolder, paths: int) -> Answer:
    """Proof of stake and of authority need far less."""
    table = folder.table("asset_switches")
    figures = []
    for row in table.itertuples():
        command = f"gridroom assets switch {row.network}" + ("" if row.to == "stake" else f" --to {row.to}")
        figures.append(
            Figure(
                figure=f"switch_{row.network}_{row.to}",
                value=row.reduction_pct,
                unit="%",
                claim=row.claim,
                command=command,
                source="docs/assets.md",
                note=f"{row.before_mw:,.0f} MW → {row.after_mw:,.2f} MW",
            )
        )
    return (TRUE if len(table) and float(table["reduction_pct"].min()) > 99 else PARTLY), figures


def duties(folder: RunFolder, paths: int) -> Answer:
    """CLARITY and MiCA set duties on energy: what they really ask."""
    table = folder.table("disclosure_status").set_index("rule")
    threshold = table.loc["mica_supplementary"]
    clarity = table.loc["clarity"]
    figures = [
        Figure(
            figure="mica_threshold",
            value=float(threshold["threshold"]),
            unit="kWh/year",
            claim="published",
            command="gridroom disclose mica examples/disclosure/mica_bitcoin.toml --out mica",
            source=str(threshold["citation"]),
            note=str(threshold["status"]),
        ),
        Figure(
            figure="clarity_duties",
            value=0.0,
            unit="",
            claim="published",
            command="gridroom disclose us --mw 100",
            source=str(clarity["citation"]),
            note=str(clarity["status"]),
        ),
    ]
    return (PARTLY if clarity["applies"] == "no" and threshold["status"] == "in force" else UNKNOWN), figures


__all__ = ["duties", "stake", "surplus"]
