"""Write docs/validity.md: our answers beside what others published and what happened. `make docs`.

Runs three studies (ours, close to DOE's assumptions, load as filed) with a moderate number of samples, and writes what came
out, whatever it is. Published figures carry their source; what the project only remembers is not quoted.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from gridroom.reference import catalog
from gridroom.results.folder import RunFolder
from gridroom.study.loader import check_study
from gridroom.study.run import RunOptions, run_study

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = 360
LTRA = "NERC 2025 LTRA, as transcribed in public files"
NERC_MARGIN_2026 = {  # anticipated %, reference %, NERC's class for 2026
    "PJM": (29.7, 18.6, "Elevated"), "MISO": (11.0, 8.1, "Normal"), "ERCOT": (28.2, 13.75, "Elevated"),
    "SPP": (32.4, 19.0, "Elevated"), "New England": (18.3, 13.4, "Normal"), "New York": (22.3, 15.0, "Elevated"),
    "SERC Central": (19.1, 15.0, "Normal"), "SERC East": (30.6, 15.0, "Normal"),
    "SERC Florida": (27.4, 15.0, "Normal"), "SERC Southeast": (40.1, 15.0, "Normal"),
    "WECC Basin": (36.3, 13.5, "Elevated"), "WECC California": (53.2, 20.3, "Normal"),
    "WECC Rocky Mountain": (51.3, 17.8, "Normal"), "WECC Southwest": (41.1, 13.3, "Normal"),
    "WECC Northwest": (30.2, 17.8, "Normal")}
NERC_2029 = {"PJM": (9.97, 18.9, 23.9), "MISO": (6.61, 8.6, 8.5), "ERCOT": (3.64, 30.8, 13.75)}
METERED = {"PJM": (("COMED", "PJMW", "DOM", "MAAC"), (145428, 149590, 148528, 147605, 153121)),
           "MISO": (("MISON", "MISOC", "MISOS"), (112940, 114226, 116392, 120781, 121560)),
           "ERCOT": (("ERCOT",), (74166, 73476, 79830, 85432, 85544)), "NYISO": (("NY",), (30660, 30919, 30505, 30206, 28990)),
           "ISO-NE": (("NE",), (24697, 25101, 24233, 23475, 24255)), "TVA": (("TVA",), (28926, 30340, 33225, 31846, 34376))}
FORECASTS = (("PJM January 2014, summer 2024", 173_852, 153_121), ("PJM January 2014, winter 2023/24", 144_496, 133_949),
             ("PJM mid-2017, 2020/21", 152_727, 145_428), ("PJM January 2025, summer 2025", 154_144, 161_450),
             ("ERCOT April 2026 with large loads, 2026", 98_087, 91_089), ("ERCOT April 2026 base, 2026", 90_500, 91_089))
DATES = (("PJM (NERC area)", "PJM", "below its own standard from June 2027", "PJM, on the auction of December 2025"),
         ("MISO", "MISO", "shortfall of 7 GW in 2028", "NERC 2025 LTRA"),
         ("ERCOT", "ERCOT", "margin below zero in 2028", "ERCOT CDR of May 2025"))


def run(name: str, settings: dict[str, dict[str, object]]) -> RunFolder:
    study = check_study({"name": name, "run": {"samples": SAMPLES, "level_every": 2, "sensitivity_samples": 0, "expansion_samples": 0}, **settings})
    return run_study(study, RunOptions(out=ROOT / "runs" / f"validity-{name}"))


def table(head: list[str], rows: list[list[str]]) -> str:
    return "\n".join(["| " + " | ".join(head) + " |", "|" + " --- |" * len(head), *("| " + " | ".join(r) + " |" for r in rows)])


def area_rows(folder: RunFolder, year: int) -> pd.DataFrame:
    regions = catalog.load("regions").set_index("region")["assessment_area"]
    rows = folder.table("region_year")
    return rows[rows["year"] == year].assign(area=rows["region"].map(regions))


def worst(rows: pd.DataFrame, area: str) -> pd.Series:
    inside = rows[rows["area"] == area]
    return inside.loc[inside["lolh_h"].idxmax()]


def margins(ours: RunFolder) -> str:
    rows = area_rows(ours, 2026)
    out = []
    for area, (anticipated, reference, class_) in NERC_MARGIN_2026.items():
        row = worst(rows, area)
        out.append([area, f"{row['margin_installed_pct']:.1f}", f"{anticipated:.1f}", f"{reference:.1f}",
                    f"{row['lolh_h']:.2f} ± {row['lolh_h_stderr']:.2f} ({row['region']})", f"{row['neue_ppm']:.2f}",
                    str(row["risk_class"]), class_])
    return table(["area", "our margin 2026, % (ICAP on peak)", "NERC anticipated, %", "level, %", "our LOLH, h (worst region)",
                  "our NEUE, ppm", "our class", "NERC's class"], out)


def year_2029(folders: dict[str, RunFolder]) -> str:
    out = []
    for area, (lolh, anticipated, reference) in NERC_2029.items():
        cells = []
        for folder in folders.values():
            row = worst(area_rows(folder, 2029), area)
            cells.append(f"{row['lolh_h']:.2f} ± {row['lolh_h_stderr']:.2f} ({row['region']})")
        margin = worst(area_rows(folders["ours"], 2029), area)["margin_installed_pct"]
        out.append([area, *cells, f"{lolh}", f"{margin:.1f}", f"{anticipated} / {reference}"])
    return table(["area", *[f"LOLH 2029, h: {k}" for k in folders], "NERC", "our margin, %", "NERC margin / level, %"], out)


def doe(folders: dict[str, RunFolder]) -> str:
    out = []
    for name, folder in folders.items():
        rows = folder.table("national").set_index("year")
        out.append([name, *[f"{rows.loc[y, 'lolh_any_region_h']:.1f} ± {rows.loc[y, 'lolh_any_region_h_stderr']:.1f}"
                            for y in (2026, 2030, 2035)], f"{rows.loc[2030, 'large_load_p50_mw'] / 1000:.0f}"])
    return table(["run", "2026", "2030", "2035", "large load 2030, GW"], out)


def tipping(ours: RunFolder) -> str:
    rows = ours.table("tipping")
    area = catalog.load("regions").set_index("region")["assessment_area"]
    out = []
    for label, name, said, source in DATES:
        inside = rows[rows["region"].map(area) == name]
        cells = []
        for standard in ("margin", "nerc", "lole"):
            part = inside[inside["standard"] == standard].dropna(subset=["first_year"])
            first = part.loc[part["first_year"].idxmin()] if len(part) else None
            cells.append(f"{int(first['first_year'])} ({first['region']})" if first is not None else "after 2035")
        out.append([label, *cells, said, source])
    return table(["area", "ours: margin", "ours: NERC line", "ours: LOLE", "published", "by"], out)


def peaks() -> str:
    demand = catalog.load("demand_hourly")
    local = (demand["utc_hour_beginning"] - pd.Timedelta(hours=6)).dt.year
    out = []
    for area, (members, metered) in METERED.items():
        mine = demand[list(members)].sum(axis=1).groupby(local).max().loc[2020:2024].to_numpy()
        worst_pct = float(np.abs(mine / np.array(metered) - 1).max() * 100)
        out.append([area, " ".join(f"{v:,.0f}" for v in mine), " ".join(f"{v:,}" for v in metered), f"{worst_pct:.1f}"])
    return table(["area", "ours 2020–2024, MW", "EIA-930 2020–2024, MW", "largest difference, %"], out)


def main() -> None:
    folders = {"ours": run("ours", {}),
               "close to DOE": run("doe", {"supply": {"case": "committed", "storm_severity": 1.0,
                                                      "demand_response_scale": 0.0}}),
               "as filed": run("as-filed", {"load": {"case": "as_filed"}})}
    ours = folders["ours"]
    errors = [f / o - 1 for _, f, o in FORECASTS]
    cold = catalog.load("cold_response_check")
    text = (ROOT / "tools/validity.md.in").read_text(encoding="utf-8").format(
        samples=SAMPLES, headline=ours.manifest["headline"], margins=margins(ours), year_2029=year_2029(folders),
        doe=doe(folders), tipping=tipping(ours), peaks=peaks(), ltra=LTRA,
        forecasts=table(["forecast", "said, MW", "came, MW", "error, %"],
                        [[n, f"{f:,}", f"{o:,}", f"{100 * (f / o - 1):+.1f}"] for n, f, o in FORECASTS]),
        forecast_spread=f"{100 * np.std(errors, ddof=1):.1f}",
        storms=table(["storm", "fuel", "target, MW", "model, MW", "published curve alone, MW", "measure"],
                     [[r.storm, r.fuel, f"{r.target_mw:,}", f"{r.model_mw:,}", f"{r.model_without_mw:,}", r.measure]
                      for r in cold.itertuples()]))
    (ROOT / "docs/validity.md").write_text(text, encoding="utf-8")
    print(f"wrote docs/validity.md: {ours.manifest['headline']}")


if __name__ == "__main__":
    main()
