"""Tables of the report on digital assets, heat and disclosure."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import numpy as np

from gridroom.assets.energy import NetworkEnergy
from gridroom.assets.large_load_rules import Load, status
from gridroom.assets.miner import run_miner
from gridroom.assets.networks import network_energy
from gridroom.assets.transition import RegionalMining, mining_by_region, switch
from gridroom.reference import catalog
from gridroom.reference.rules import all_rules
from gridroom.study.assemble import Case
from gridroom.study.heat_file import heat_reuse
from gridroom.study.miner_file import miner_of
from gridroom.study.outcome import Outcome

SHOWN = (
    ("bitcoin", None),
    ("bitcoin", "2021"),
    ("ethereum", "2022-09-14"),
    ("ethereum", None),
    ("solana", None),
    ("cardano", None),
    ("algorand", None),
    ("avalanche", None),
    ("tezos", None),
    ("polkadot", None),
    ("proof-of-authority", None),
)
# The worked mine: 20 J/TH, the hashprice of a published report, flat power; hosting as TeraWulf's contract of August 2025.
MINE = {
    "name": "100 MW mine",
    "mw": 100,
    "efficiency_j_per_th": 20,
    "hashprice_usd_per_ph_day": 43.34,
    "price_usd_per_mwh": 45,
    "hosting": {
        "usd_per_mw_year": 1_850_000,
        "capex_usd_per_mw": 9_000_000,
        "months": 18,
        "pue": 1.25,
        "operating_usd_per_mw_year": 277_500,
        "years": 10,
    },
}
# The heat case: shares of Espoo's published project; they do not hang on the size.
HEAT = {
    "name": "Espoo",
    "it_mw": 160,
    "load_factor": 0.9,
    "cooling": "rear_door",
    "source_temperature_c": 32,
    "source_return_c": 22,
    "recoverable_share": 0.7,
    "return_temperature_c": 45,
    "supply_temperature_c": 85,
    "demand_mwh_per_year": 2_200_000,
}


def _row(found: NetworkEnergy) -> dict[str, Any]:
    nan = float("nan")
    twh = {end: nan if v is None else v for end, v in found.twh_per_year.items()}
    published = found.published[0] if found.published else None
    dated = found.consensus == "proof_of_work"  # figures by nodes are those of their source's year, whatever the day
    as_of = str(catalog.load("networks").set_index("network")["as_of"].fillna("")[found.network])
    return {
        "network": found.network,
        "consensus": found.consensus,
        "first": found.first.isoformat() if dated else as_of,
        "last": found.last.isoformat() if dated else as_of,
        **{f"{end}_mw": nan if v is None else v for end, v in found.mw.items()},
        "twh_per_year": twh["best"],
        "published_twh": nan if published is None else published.best,
        "claim": found.claim,
        "method": found.method,
        "source": "; ".join(found.sources),
    }


def networks() -> Any:
    """One row a network and date."""
    import pandas as pd

    return pd.DataFrame([_row(network_energy(name, date)) for name, date in SHOWN])


def switches() -> Any:
    """What leaving proof of work frees: Ethereum's Merge as it was, Bitcoin if it did."""
    import pandas as pd

    rows = []
    for name in ("ethereum", "bitcoin"):
        for to in ("stake", "authority"):
            if name == "ethereum" and to == "authority":
                continue
            found = switch(name, to)
            rows.append(
                {
                    "network": name,
                    "to": to,
                    "before_mw": found.before.best_mw,
                    "before_low_mw": found.before.mw["lower"],
                    "before_high_mw": found.before.mw["upper"],
                    "after_mw": found.after.best_mw,
                    "freed_mw": found.freed_mw["best"],
                    "reduction_pct": found.reduction_pct,
                    "happened": found.happened,
                    "claim": found.after.claim,
                }
            )
    return pd.DataFrame(rows)


def _first(none: np.ndarray[Any, Any], years: np.ndarray[Any, Any]) -> float:
    likely = none > 0.5
    return float(years[likely.argmax()]) if likely.any() else float("nan")


def _freed(case: Case, outcome: Outcome, mining: RegionalMining, r: int) -> list[dict[str, Any]]:
    """Room of one region with its mining gone: what mining gives way already in a shortage frees nothing more then."""
    mw = mining.best_mw or 0.0
    least = max(mw - mining.gives_way_mw, 0.0) if mining.gives_way_mw is not None else float("nan")
    years = np.array(case.problem.study_years)
    room = outcome.room_mw[:, :, r]
    with_it, without = (room < 0).mean(axis=0), (room + mw < 0).mean(axis=0)
    names = catalog.load("regions").set_index("region")["name"]
    return [
        {
            "region": mining.region,
            "name": str(names[mining.region]),
            "year": int(year),
            "mining_mw": mw,
            "mining_low_mw": float("nan") if mining.low_mw is None else mining.low_mw,
            "mining_high_mw": float("nan") if mining.high_mw is None else mining.high_mw,
            "room_p50_mw": float(np.median(room[:, y])),
            "freed_least_mw": least,
            "freed_most_mw": mw,
            "probability_no_room": float(with_it[y]),
            "probability_no_room_without": float(without[y]),
            "first_year": _first(with_it, years),
            "first_year_without": _first(without, years),
            "claim": mining.claim,
            "source": mining.source,
        }
        for y, year in enumerate(years)
    ]


def regions(case: Case, outcome: Outcome) -> Any:
    """Room that mining holds by region and year: only regions of which something is known."""
    import pandas as pd

    ids = list(catalog.load("regions")["region"])
    rows = []
    for mining in mining_by_region():
        if mining.region in ids and mining.best_mw is not None:
            rows += _freed(case, outcome, mining, ids.index(mining.region))
    return pd.DataFrame(rows)


def worked() -> Any:
    """The worked mine and the heat case: a row a figure."""
    import pandas as pd

    mine = run_miner(miner_of(dict(MINE), Path()))
    heat = heat_reuse(HEAT)
    cases = catalog.load("heat_cases").set_index(["case", "figure"])["value"]
    pivot = mine.pivot
    assert pivot is not None  # hosting is part of the case
    figures = [
        ("mine", "break_even_usd_per_mwh", mine.break_even_usd_per_mwh, float("nan")),
        ("mine", "revenue_usd_per_mw_year", mine.revenue_usd_per_mw_year, 790_000.0),
        ("mine", "mining_margin_usd_per_year", pivot.mining_usd_per_year, float("nan")),
        ("mine", "hosting_margin_usd_per_year", pivot.hosting_usd_per_year, float("nan")),
        ("mine", "hosting_capex_usd", pivot.capex_usd, float("nan")),
        ("mine", "payback_years", float("nan") if pivot.payback_years is None else pivot.payback_years, float("nan")),
        ("heat", "demand_share_pct", 100.0 * heat.demand_share, 100.0 * float(cases[("espoo", "share_of_heat_demand")])),
        ("heat", "use_share_pct", 100.0 * heat.use_share, 100.0 * float(cases[("espoo", "share_of_source_heat_used")])),
        ("heat", "cop", heat.cop, float("nan")),
        ("heat", "delivered_gwh", heat.delivered_mwh / 1000.0, float("nan")),
        ("heat", "households", heat.households, float("nan")),
    ]
    return pd.DataFrame([{"case": c, "figure": f, "value": v, "published": p} for c, f, v, p in figures])


def rules() -> Any:
    """What rules ask, and do not ask, of a 1 GW load: US rules with dates, MiCA and the EU data-centre act."""
    import pandas as pd

    rows = [
        {
            "rule": d.rule,
            "applies": {True: "yes", False: "no", None: "open"}[d.applies],
            "threshold": float("nan") if d.threshold is None else d.threshold,
            "unit": d.unit,
            "status": "not yet" if d.status.startswith("not yet") else d.status,
            "valid_from": d.valid_from,
            "citation": d.citation,
            "note": d.note,
        }
        for d in status(Load(mw=1000.0, load_factor=0.8, mining=True, interruptible=True), dt.date.today())
    ]
    eu = {
        "mica_supplementary",
        "mica_update",
        "mica_ixbrl",
        "eed_scope",
        "eed_deadline",
        "eed_label",
        "eed_waste_heat",
        "mining_law",
    }
    today = dt.date.today().isoformat()
    rows += [
        {
            "rule": f"{r.rule}_{r.key}" if r.rule in ("mica_update", "mining_law") else r.rule,
            "applies": "open",
            "threshold": r.value,
            "unit": r.unit,
            "status": r.status,
            "valid_from": r.valid_from,
            "citation": r.citation,
            "note": r.note,
        }
        for r in all_rules("disclosure_rules")
        if r.rule in eu and (not r.valid_to or r.valid_to > today)
    ]
    return pd.DataFrame([{**row, "as_of": today} for row in rows])


__all__ = ["networks", "regions", "rules", "switches", "worked"]
