"""Small tables: regions, transfer limits, data-centre forecast and its key, reserve levels, published comparisons.

Figures typed here are read from the facts on the outlook and on the US system; each row names its source and claim
class. What those mark as remembered is `assumed` here.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from common import SHARED, regions, write

TILES = {"NW": (0, 0), "RNW": (0, 1), "SPPN": (0, 3), "MISON": (0, 4), "MISOC": (0, 5), "NY": (0, 8), "NE": (0, 9),
         "CA": (1, 0), "GB": (1, 1), "COWY": (1, 2), "SPPS": (1, 3), "COMED": (1, 5), "PJMW": (1, 6), "MAAC": (1, 8),
         "SW": (2, 1), "ERCOT": (2, 3), "MISOS": (2, 4), "TVA": (2, 5), "KY": (2, 6), "DOM": (2, 7),
         "SOU": (3, 5), "CAR": (3, 6), "FL": (4, 6)}
AREA = {"CA": "WECC California", "NW": "WECC Northwest", "RNW": "WECC Northwest", "GB": "WECC Basin",
        "COWY": "WECC Rocky Mountain", "SW": "WECC Southwest", "ERCOT": "ERCOT", "SPPN": "SPP", "SPPS": "SPP",
        "MISON": "MISO", "MISOC": "MISO", "MISOS": "MISO", "COMED": "PJM", "PJMW": "PJM", "DOM": "PJM", "MAAC": "PJM",
        "NY": "New York", "NE": "New England", "TVA": "SERC Central", "SOU": "SERC Southeast", "CAR": "SERC East",
        "KY": "SERC Central", "FL": "SERC Florida"}
CANADA_MW = {"NE": 1200, "NY": 1000, "MISON": 1300, "NW": 500}
# Miners' reduction in winter storm Fern, January 2026 (ERCOT System Operations Update 2026-02-04): comes on top.
FLEXIBLE_MINING_MW = {"ERCOT": 4100}
DEMAND_RESPONSE_SHARE = 0.035  # of the 2024 peak; 30-35 GW nationally is remembered, not read
# Remembered operating limits; taken as they are, not scaled by the transfer setting.
OPERATING = {("FL", "SOU"): (3600, 3600), ("MISON", "MISOS"): (3000, 2500), ("NE", "NY"): (1400, 1400),
             ("COMED", "MISOC"): (3000, 3000), ("COMED", "PJMW"): (4000, 4000)}
LTRA = "NERC 2025 LTRA via PowerGenome-data nerc_reserve_margins.csv @17add63"
LEVELS = {"PJM": (18.6, 21.9, 26.3, 30.8, 35.1), "MISO": (8.1, 8.5, 8.5, 8.7, 8.9), "SPP": (19.0,) * 5,
          "ERCOT": (13.8,) * 5, "New England": (13.4, 13, 13, 13, 13), "New York": (15,) * 5,
          "WECC California": (20.3, 19.3, 19.3, 18.9, 18.0), "WECC Northwest": (17.8, 16.1, 15.5, 15.9, 14.8),
          "WECC Basin": (13.5, 13.6, 12.3, 12.1, 11.8), "WECC Southwest": (13.3, 13.6, 12.2, 11.7, 11.1),
          "WECC Rocky Mountain": (17.8, 16.2, 15.7, 13.5, 13.9), "SERC Central": (15,) * 5,
          "SERC East": (15,) * 5, "SERC Southeast": (15,) * 5, "SERC Florida": (15,) * 5}
# Data-centre MW added by 2030 as filed or forecast for the region, and how it was read.
KEY = {
    "DOM": (11000, "assumed", "part of PJM's 32 GW by 2030 (PJM load forecast January 2025)"),
    "PJMW": (11500, "assumed", "part of PJM's 32 GW; AEP Ohio signed 5.6 GW"),
    "MAAC": (6500, "assumed", "part of PJM's 32 GW"), "COMED": (3000, "assumed", "part of PJM's 32 GW"),
    "ERCOT": (11450, "derived", "23 GW data centres by 2030 (NERC 2025 LTRA) x 49.8 % seen of requested (ERCOT 2025)"),
    "MISOC": (5000, "assumed", "part of MISO's 18 GW by 2035 (NERC 2025 LTRA), 11 GW of it by 2030"),
    "MISON": (2500, "assumed", "part of MISO's 18 GW by 2035"),
    "MISOS": (3500, "assumed", "part of MISO's 18 GW by 2035"),
    "SOU": (4500, "assumed", "Southeast most likely growth 3.5 to 5.5 GW (London Economics 2025)"),
    "CAR": (3000, "assumed", "no published regional figure read"),
    "TVA": (2500, "assumed", "no published regional figure read"),
    "KY": (1000, "assumed", "no published regional figure read"),
    "FL": (800, "assumed", "no published regional figure read"),
    "CA": (1800, "published", "CAISO data-centre load by 2030, dashboard (secondary)"),
    "SW": (4000, "assumed", "no published regional figure read"),
    "GB": (2500, "assumed", "no published regional figure read"),
    "NW": (3000, "assumed", "no published regional figure read"),
    "RNW": (500, "assumed", "no published regional figure read"),
    "COWY": (1000, "assumed", "no published regional figure read"),
    "SPPS": (3000, "assumed", "no published regional figure read"),
    "SPPN": (1000, "assumed", "no published regional figure read"),
    "NY": (1500, "assumed", "no published regional figure read"),
    "NE": (500, "assumed", "no published regional figure read")}
CAMPUS_REGION = {
    "Amazon Canton Mississippi": "MISOS", "Amazon Ridgeland Mississippi": "MISOS",
    "Anthropic-Amazon Project Rainier New Carlisle Indiana": "PJMW", "Coreweave Helios Afton Texas": "ERCOT",
    "Crusoe Goodnight Texas": "ERCOT", "Google New Albany Ohio": "PJMW", "Google Omaha Nebraska": "SPPN",
    "Meta Hyperion Holly Ridge Louisiana": "MISOS", "Meta Prometheus New Albany Ohio": "PJMW",
    "Microsoft Fairwater Fayetteville Georgia": "SOU", "Microsoft Fairwater Mount Pleasant Wisconsin": "MISOC",
    "OpenAI-Oracle Stargate Abilene Texas": "ERCOT", "xAI Colossus 1 Memphis Tennessee": "TVA",
    "xAI Colossus 2 Memphis Tennessee": "TVA"}
NATIONAL_TWH = {2024: (192, 192, 192), 2030: (430, 600, 850), 2035: (550, 850, 1350)}
STORMS = (
    ("Uri", 2021, "2021-02-13", "2021-02-19", 30, "of this severity in Texas before it: 1989 (remembered)"),
    ("Elliott", 2022, "2022-12-23", "2022-12-26", 10, "one in the weather years at hand, with Gerri 2024 far milder"))
ASKED = (
    ("ERCOT", 389_820, "2026-06-18", "438,000 MW in the queue, 89 % data centres (ERCOT release of 2026-06-18)"),
    ("DOM", 40_200, "2024-12", "Dominion data-centre contracts at three stages (datacenterdynamics.com, rtowww.com)"),
    ("SOU", 50_900, "2025-Q3", "Georgia Power large-load pipeline (utilitydive.com 806300)"),
    ("MAAC", 54_000, "2025", "PPL requests alone, 7.7 times its own peak (rtowww.com 103016)"))


def region_table(base: pd.DataFrame) -> pd.DataFrame:
    table = regions()
    peak = base.set_index("region")[["peak_summer_mw", "peak_winter_mw"]].max(axis=1)
    return pd.DataFrame({
        "region": table["region"], "name": table["name"], "interconnect": table["interconnect"],
        "assessment_area": table["region"].map(AREA), "utc_offset_h": table["utc_offset_standard"].astype(int),
        "tile_row": [TILES[r][0] for r in table["region"]], "tile_column": [TILES[r][1] for r in table["region"]],
        "canada_import_mw": [CANADA_MW.get(r, 0) for r in table["region"]],
        "demand_response_mw": [round(DEMAND_RESPONSE_SHARE * peak[r] + FLEXIBLE_MINING_MW.get(r, 0), -1)
                               for r in table["region"]]})


def interfaces() -> pd.DataFrame:
    """Start limits of the shared table; remembered operating limits instead where there are some (26-28)."""
    raw = pd.read_csv(SHARED / "regions/interfaces.csv")
    order = {r: i for i, r in enumerate(regions()["region"])}
    rows = []
    seen = set()
    for row in raw.itertuples():
        key = (row.a, row.b)
        seen.add(key)
        forward, backward, basis, scaled, claim = row.start_ab_mw, row.start_ba_mw, row.basis, True, "derived"
        if key in OPERATING:
            forward, backward = OPERATING[key]
            basis, scaled, claim = "operating limit (remembered, or split of a parallel border)", False, "assumed"
        elif row.ac_sum_ab_mw == 0 and row.ac_sum_ba_mw == 0:
            scaled = False  # direct-current links are what they are
        rows.append((row.a, row.b, forward, backward, scaled, basis, claim))
    for key, (forward, backward) in OPERATING.items():
        if key not in seen:
            rows.append((*key, forward, backward, False, "split of the parallel ComEd border (assumed)", "assumed"))
    table = pd.DataFrame(rows, columns=["from_region", "to_region", "forward_mw", "backward_mw", "scaled", "basis",
                                        "claim"])
    flip = table["from_region"].map(order) > table["to_region"].map(order)
    table.loc[flip, ["from_region", "to_region", "forward_mw", "backward_mw"]] = table.loc[
        flip, ["to_region", "from_region", "backward_mw", "forward_mw"]].to_numpy()
    return table.sort_values(["from_region", "to_region"]).reset_index(drop=True)


def national() -> pd.DataFrame:
    """Electricity of US data centres by year: constant growth between the anchor years (TWh)."""
    anchors = sorted(NATIONAL_TWH)
    rows = []
    for year in range(2024, 2036):
        values = [float(np.exp(np.interp(year, anchors, np.log([NATIONAL_TWH[a][k] for a in anchors]))))
                  for k in range(3)]
        rows.append((year, *(round(v, 1) for v in values)))
    return pd.DataFrame(rows, columns=["year", "p10_twh", "p50_twh", "p90_twh"])


def key_table() -> pd.DataFrame:
    """Share of the national addition by region: three parts regional figures, one part known campuses (Epoch)."""
    times = pd.read_csv(SHARED / "queues/epoch_data_center_timelines_2025-12.csv")
    last = times.groupby("Data center")["Power (MW)"].max()
    campus = {}
    for name, region in CAMPUS_REGION.items():
        campus[region] = campus.get(region, 0.0) + float(last[name])
    filed = pd.Series({r: v[0] for r, v in KEY.items()}, dtype=float)
    known = pd.Series(campus).reindex(filed.index).fillna(0.0)
    share = 0.75 * filed / filed.sum() + 0.25 * known / known.sum()
    asked = {row[0]: row for row in ASKED}
    order = list(regions()["region"])
    return pd.DataFrame({
        "region": order, "share": [round(float(share[r]), 4) for r in order],
        "published_or_assumed_mw_2030": [KEY[r][0] for r in order],
        "known_campus_mw": [round(float(known[r])) for r in order],
        "claim": [KEY[r][1] for r in order], "basis": [KEY[r][2] for r in order],
        "asked_mw": [asked[r][1] if r in asked else np.nan for r in order],
        "asked_as_of": [asked[r][2] if r in asked else "" for r in order],
        "asked_source": [asked[r][3] if r in asked else "" for r in order]})


def reserve_levels() -> pd.DataFrame:
    rows = []
    for area, values in LEVELS.items():
        for year in range(2026, 2036):
            default = area.startswith("SERC")
            rows.append((area, year, round(float(np.interp(year, (2026, 2028, 2030, 2032, 2035), values)), 2),
                         "published" if year in (2026, 2028, 2030, 2032, 2035) and not default else "derived",
                         "NERC 2025 LTRA Table 2 (default level)" if default else LTRA))
    return pd.DataFrame(rows, columns=["assessment_area", "year", "reference_margin_pct", "claim", "source"])


def storms() -> pd.DataFrame:
    rows = [(*row[:5], "assumed", row[5]) for row in STORMS]
    return pd.DataFrame(rows, columns=["storm", "weather_year", "first_day", "last_day", "return_period_years", "claim",
                                       "basis"])


def run(out: Path, base: pd.DataFrame) -> None:
    write(region_table(base), out, "regions.csv")
    write(interfaces(), out, "interfaces.csv")
    write(national(), out, "data_centre_national.csv")
    write(key_table(), out, "data_centre_key.csv")
    write(reserve_levels(), out, "reserve_levels.csv")
    write(storms(), out, "storms.csv")
