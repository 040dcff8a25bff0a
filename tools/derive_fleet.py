"""Generating fleet by unit, base-year check table, additions at the recent pace: from the shared fleet tables.

The repairs follow the numbered pitfalls of the facts on the US system (1 shares, 2 whole plants twice, 3 relisted coal,
4 assumed lives, 5 exits put off, 6 plans against outcomes, 7 closed and missing units, 12 winter rating).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from common import FIRM, SHARED, TECHNOLOGY, region_ids, write

LIFE_YEARS = {"gas_cc": (55,), "gas_ct": (55,), "gas_ic": (55,), "gas_st": (75,), "coal": (75,), "nuclear": (80,),
              "oil": tuple(range(50, 63))}
NEVER_ANNOUNCED = ("hydro", "pumped_storage", "wind", "solar", "battery", "geothermal", "biomass", "other")
SMALL_UNIT_MW = 20.0


def load_units() -> pd.DataFrame:
    """Unit table with region and class; shares of one generator added up (1), whole-plant repeats dropped (2)."""
    units = pd.read_parquet(SHARED / "fleet/us_generators_units.parquet")
    rules = pd.read_csv(SHARED / "regions/unit_region_rules.csv")
    exceptions = pd.read_csv(SHARED / "regions/plant_exceptions.csv")
    # Two keys stand twice because single plants were moved: the larger row is the rule, the plants follow below.
    rules = rules.sort_values("mw").groupby(["ba_est", "reeds_ba", "state"]).last().reset_index()
    units = units.merge(rules[["ba_est", "reeds_ba", "state", "region"]], on=["ba_est", "reeds_ba", "state"],
                        how="left", validate="many_to_one")
    if units["region"].isna().any():
        raise SystemExit("a unit has no region: unit_region_rules.csv no longer covers the unit table")
    moved = exceptions[exceptions["action"].isin(region_ids())].set_index("plant_id")["action"]
    units["region"] = units["plant_id"].map(moved).fillna(units["region"])
    offshore = (units["technology"] == "Offshore Wind Turbine") & (units["reeds_ba"] == "p124")
    units.loc[offshore, "region"] = "DOM"
    units["class"] = units["technology"].map(TECHNOLOGY)
    # The longest technology name is cut in some editions of the table.
    units.loc[units["technology"].str.startswith("Coal Integrated"), "class"] = "coal"
    key = ["plant_id", "generator_id", "technology", "summer_capacity_mw", "operating_year"]
    order = units.groupby(key).cumcount()
    keep_one = exceptions.loc[exceptions["action"] == "keep one of equal rows", "plant_id"]
    keep_two = exceptions.loc[exceptions["action"] == "keep two of four equal rows", "plant_id"]
    drop = (units["plant_id"].isin(keep_one) & (order >= 1)) | (units["plant_id"].isin(keep_two) & (order >= 2))
    return units[~drop].copy()


def merged_units(units: pd.DataFrame) -> pd.DataFrame:
    """One row a generator: ownership shares of equal plant, generator and technology added up."""
    share = ["summer_capacity_mw", "winter_capacity_mw", "nameplate_capacity_mw", "storage_mwh"]
    grouped = units.groupby(["plant_id", "generator_id", "technology", "region"], sort=True)
    out = grouped.agg({**dict.fromkeys(share, "sum"), "plant_name": "first", "class": "first", "state": "first",
                       "operating_year": "min", "retirement_year": "max", "heat_rate_mmbtu_mwh": "mean",
                       "sector_2019": "first"}).reset_index()
    return out


def base_year(units: pd.DataFrame, demand: pd.DataFrame) -> pd.DataFrame:
    """Installed summer MW by region and class at the end of 2024, before the EIA-860 correction (6)."""
    service = units[(units["operating_year"] <= 2024) & (units["retirement_year"] > 2024)]
    table = service.pivot_table(index="region", columns="class", values="summer_capacity_mw", aggfunc="sum",
                                fill_value=0.0).reindex(region_ids())
    table = table.drop(columns=["other"], errors="ignore")
    table["firm_mw"] = table[[c for c in FIRM if c in table]].sum(axis=1)
    table["battery_mwh"] = service[service["class"] == "battery"].groupby("region")["storage_mwh"].sum()
    for kind in ("wind", "solar"):
        rows = service[service["class"] == kind].dropna(subset=["historical_capacity_factor"])
        product = (rows["summer_capacity_mw"] * rows["historical_capacity_factor"]).groupby(rows["region"]).sum()
        table[f"cf_{kind}"] = product / rows.groupby("region")["summer_capacity_mw"].sum()
    table = table.fillna({"battery_mwh": 0.0}).rename(columns={c: f"{c}_mw" for c in set(TECHNOLOGY.values())})
    out = demand.merge(table.reset_index(), on="region")
    out["firm_over_peak"] = out["firm_mw"] / out[["peak_summer_mw", "peak_winter_mw"]].max(axis=1)
    return out.round(4)


def exits(units: pd.DataFrame) -> pd.DataFrame:
    """Last year convention: a unit counts in study years before `exit_year`; basis says why it leaves."""
    confirmed = pd.read_csv(SHARED / "fleet/confirmed_retirements_2026-08.csv", dtype={"generator_id": str})
    units = units.copy()
    life = units["retirement_year"] - units["operating_year"]
    is_life = [y in LIFE_YEARS.get(c, ()) for y, c in zip(life, units["class"], strict=True)]
    assumed = np.array(is_life) | units["class"].isin(NEVER_ANNOUNCED).to_numpy()
    # OVEC's 2030 is 1955 + 75: a life, though nothing says so in the row (4). Coal's first year is a retrofit year (3).
    units["exit_basis"] = np.where(assumed, "assumed_life", "announced")
    units["exit_year"] = units["retirement_year"]
    units["exit_binding_year"] = np.nan
    keyed = confirmed.set_index(["plant_id", "generator_id"])
    for i, row in units.iterrows():
        key = (row["plant_id"], str(row["generator_id"]))
        if key not in keyed.index:
            continue
        found = keyed.loc[key]
        found = found.iloc[0] if isinstance(found, pd.DataFrame) else found
        if found["state"] == "active":
            # Exits late in a year still serve that summer and most of the winter before it.
            last = int(found["exit_year"]) + (1 if int(found["exit_month"]) >= 9 else 0)
            units.loc[i, ["exit_year", "exit_basis", "exit_binding_year"]] = [last, "binding", last]
        else:
            units.loc[i, ["exit_year", "exit_basis"]] = [2100, "superseded"]
    return units


def variable_units(units: pd.DataFrame) -> pd.DataFrame:
    """Wind, solar and storage in service or proposed, from the final EIA-860 for 2024 (6)."""
    eia = pd.read_parquet(SHARED / "fleet/eia860_2024_wind_solar_storage_units.parquet")
    eia = eia[~eia["state"].isin(["AK", "HI", "PR"])].copy()
    rules = pd.read_csv(SHARED / "regions/unit_region_rules.csv")
    by_plant = units.drop_duplicates("plant_id").set_index("plant_id")["region"]
    best = rules.sort_values("mw").groupby(["ba_est", "state"]).last()["region"]
    only_ba = rules.sort_values("mw").groupby("ba_est").last()["region"]
    only_state = rules.sort_values("mw").groupby("state").last()["region"]
    region = eia["plant_id"].map(by_plant)
    pairs = pd.Series([best.get((b, s)) for b, s in zip(eia["ba_est"], eia["state"], strict=True)], index=eia.index)
    region = region.fillna(pairs).fillna(eia["ba_est"].map(only_ba)).fillna(eia["state"].map(only_state))
    eia["region"] = region
    eia["class"] = eia["technology"].map(TECHNOLOGY).astype(str)
    eia = eia[eia["class"].isin(["wind", "solar", "battery"]) & eia["region"].notna()]
    status = eia["status"].fillna("")
    running = (eia["sheet"] == "operable") & status.isin(["OP", "SB"])
    under_way = (eia["sheet"] == "proposed") & status.isin(["TS", "V", "U", "T", "P", "L"])
    eia["origin"] = np.where(running, "operating_end2024", np.where(under_way, "proposed", "none"))
    eia = eia[eia["origin"] != "none"].copy()
    first = np.where(eia["origin"] == "proposed", eia["planned_year"], eia["operating_year"])
    eia["first_year"] = pd.Series(first, index=eia.index).astype(float)
    for column in ("summer_capacity_mw", "winter_capacity_mw"):
        eia[column] = eia[column].fillna(eia["nameplate_capacity_mw"])
    eia["certainty"] = np.where(status.reindex(eia.index).isin(["P", "L"]), "planned", "under_construction")
    eia.loc[eia["origin"] != "proposed", "certainty"] = "operating"
    return eia


def thermal_rows(units: pd.DataFrame) -> pd.DataFrame:
    """Thermal, hydro and pumped storage: unit table, with the known wrong and missing rows mended (3, 7)."""
    rows = units[~units["class"].isin(["wind", "solar", "battery", "other"])].copy()
    rows = rows[~((rows["plant_id"] == 6004) & (rows["class"] == "coal"))]  # Pleasants, closed 2023 (7)
    relisted = (rows["class"] == "coal") & (rows["operating_year"] > 2025)
    rows.loc[relisted, "class"] = "gas_st"  # converted units listed as new coal (3)
    rows = exits(rows)
    rows["origin"] = np.where(rows["operating_year"] <= 2024, "operating_end2024", "planned")
    return rows


def planned_variable(units: pd.DataFrame, have: pd.DataFrame) -> pd.DataFrame:
    """Planned wind and solar, and what counted as 2024 but was not operable then (moved to 2025, item 6)."""
    rows = units[units["class"].isin(["wind", "solar", "battery"])].copy()
    operating = set(have.loc[have["origin"] == "operating_end2024", "plant_id"])
    proposed = set(have.loc[have["origin"] == "proposed", "plant_id"])
    late = (rows["operating_year"] == 2024) & ~rows["plant_id"].isin(operating)
    rows.loc[late, "operating_year"] = 2025
    rows = rows[(rows["operating_year"] > 2024) & ~rows["plant_id"].isin(proposed)]
    rows["origin"] = "planned"
    return rows


def fleet(units: pd.DataFrame) -> pd.DataFrame:
    """The shipped fleet: units of 20 MW and more one by one, smaller ones summed by region, class and years."""
    single = merged_units(units)
    eia = variable_units(units)
    thermal = thermal_rows(single)
    plans = planned_variable(single, eia)
    for rows in (eia, plans):
        rows["exit_year"] = 2100
        rows["exit_basis"] = "none"
        rows["exit_binding_year"] = np.nan
    thermal["first_year"] = np.where(thermal["operating_year"] <= 2024, 2024, thermal["operating_year"])
    plans["first_year"] = plans["operating_year"]
    eia["first_year"] = eia["first_year"].where(eia["origin"] == "proposed", 2024)
    both = pd.concat([thermal, eia, plans], ignore_index=True)
    both["certainty"] = both["certainty"].fillna(
        both["origin"].map({"operating_end2024": "operating", "planned": "planned"}))
    both = both[(both["exit_year"] > 2025) & (both["summer_capacity_mw"] > 0)]
    both["storage_mwh"] = both["storage_mwh"].fillna(0.0)
    # One block a class and year where no outage is drawn; units of 20 MW and more keep their name.
    outage_classes = [c for c in FIRM if c not in ("biomass", "geothermal")]
    alone = both["class"].isin(outage_classes) & (both["summer_capacity_mw"] >= SMALL_UNIT_MW)
    columns = ["region", "class", "origin", "certainty", "first_year", "exit_year", "exit_basis", "exit_binding_year"]
    large = both[alone].copy()
    large["name"] = (large["plant_name"].fillna("unnamed").str.slice(0, 40) + " " + large["generator_id"].astype(str))
    large["units"] = 1
    blocks = both[~alone].groupby(columns, dropna=False, sort=True).agg(
        summer_capacity_mw=("summer_capacity_mw", "sum"), winter_capacity_mw=("winter_capacity_mw", "sum"),
        storage_mwh=("storage_mwh", "sum"), heat_rate_mmbtu_mwh=("heat_rate_mmbtu_mwh", "mean"),
        units=("plant_id", "size")).reset_index()
    blocks["name"] = "block " + blocks["region"] + " " + blocks["class"] + " " + blocks["first_year"].astype(str)
    out = pd.concat([large, blocks], ignore_index=True).drop(columns="technology")
    out = out.rename(columns={"summer_capacity_mw": "summer_mw", "winter_capacity_mw": "winter_mw",
                              "class": "technology", "heat_rate_mmbtu_mwh": "heat_rate_mmbtu_per_mwh"})
    out["plant_id"] = out["plant_id"].fillna(0).astype(int)
    out["first_year"] = out["first_year"].astype(int)
    out["exit_year"] = out["exit_year"].astype(int)
    keep = ["name", "plant_id", "region", "technology", "origin", "certainty", "units", "summer_mw", "winter_mw",
            "storage_mwh", "first_year", "exit_year", "exit_basis", "exit_binding_year", "heat_rate_mmbtu_per_mwh"]
    out = out[keep].sort_values(["region", "technology", "plant_id", "name", "first_year", "exit_year"])
    return out.round(3).reset_index(drop=True)


def pace(units: pd.DataFrame) -> pd.DataFrame:
    """Mean additions a year in 2022-2024 by region and technology, MW and MWh: the `trend` supply case."""
    eia = variable_units(units)
    eia = eia[(eia["origin"] == "operating_end2024") & eia["operating_year"].between(2022, 2024)]
    single = merged_units(units)
    gas = single[single["class"].isin(["gas_cc", "gas_ct", "gas_ic"]) & single["operating_year"].between(2022, 2024)]
    both = pd.concat([eia, gas], ignore_index=True)
    out = both.groupby(["region", "class"]).agg(summer_mw=("summer_capacity_mw", "sum"),
                                                storage_mwh=("storage_mwh", "sum")).reset_index()
    out["summer_mw_per_year"] = (out.pop("summer_mw") / 3).round(1)
    out["storage_mwh_per_year"] = (out.pop("storage_mwh") / 3).round(1)
    return out.rename(columns={"class": "technology"})


def run(out: Path, demand_base: pd.DataFrame) -> None:
    units = load_units()
    write(base_year(units, demand_base), out, "base_year_2024.csv")
    write(fleet(units), out, "fleet.parquet")
    write(pace(units), out, "additions_pace_2022_2024.csv")
