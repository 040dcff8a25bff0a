"""The fleet of a study: which unit serves which year, planned outage, outage hazards, stores."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.adequacy.outages import inverse_log
from gridroom.adequacy.storage import Stores
from gridroom.adequacy.years_kernel import MW_UNIT, Fleet
from gridroom.reference import catalog
from gridroom.study.schema import Study, Supply
from gridroom.study.weather import HOURS, Weather

Singles = NDArray[np.float32]
DRAWN = ("nuclear", "coal", "gas_cc", "gas_ct", "gas_st", "gas_ic", "oil")
SMALL_MW = 20.0
TREND_UNIT_MW = 200.0
CEILING = 0.85
BATTERY_EFFICIENCY, PUMPED_EFFICIENCY = 0.85, 0.80  # round trip, assumed
PUMPED_HOURS = 15.5  # assumed at every plant in the source
SHORT_BATTERY_H = 2.5
WEEK_H = 168


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetTable:
    """Rows of the fleet with the study years they serve: enter <= y < leave.

    `rows` is a DataFrame with region (index), technology, summer_mw, winter_mw, storage_mwh, enter, leave, origin.
    """

    rows: Any
    years: tuple[int, ...]


def _exit_year(rows: Any, supply: Supply) -> NDArray[np.int64]:
    """Year from which a row no longer counts; assumed lives are never obeyed."""
    if supply.exits == "none":
        return np.full(len(rows), 9999)
    obeyed = ["binding"] if supply.exits == "binding" else ["binding", "announced"]
    return np.where(rows["exit_basis"].isin(obeyed), rows["exit_year"], 9999)


def fleet_table(study: Study, years: tuple[int, ...], added: Any = None) -> FleetTable:
    """Rows in service in any study year, additions of the supply case included, and rows `added` on top."""
    import pandas as pd

    regions = list(catalog.load("regions")["region"])
    rows = catalog.load("fleet").copy()
    rows = rows[~((rows["origin"] == "proposed") & (rows["certainty"] == "planned"))]
    rows["leave_year"] = _exit_year(rows, study.supply)
    if study.supply.case == "trend":
        rows = pd.concat([rows, trend_rows(rows, years)], ignore_index=True)
    if added is not None and len(added):
        rows = pd.concat([rows, added], ignore_index=True)
    rows["enter"] = np.searchsorted(years, rows["first_year"])
    rows["leave"] = np.searchsorted(years, rows["leave_year"])
    rows = rows[(rows["enter"] < len(years)) & (rows["leave"] > rows["enter"])].copy()
    rows["region_index"] = rows["region"].map({r: i for i, r in enumerate(regions)}).astype(int)
    return FleetTable(rows=rows.reset_index(drop=True), years=years)


def trend_rows(rows: Any, years: tuple[int, ...]) -> Any:
    """Additions that bring each year from 2026 to the pace of 2022-2024 by region and technology."""
    import pandas as pd

    dated = rows[rows["origin"] != "operating_end2024"]
    listed = dated.groupby(["region", "technology", "first_year"])["summer_mw"].sum()
    out = []
    for line in catalog.load("additions_pace_2022_2024").itertuples():
        for year in range(2026, years[-1] + 1):
            missing = line.summer_mw_per_year - listed.get((line.region, line.technology, year), 0.0)
            if missing < 1.0:
                continue
            count = max(int(np.ceil(missing / TREND_UNIT_MW)), 1) if line.technology in DRAWN else 1
            hours = line.storage_mwh_per_year / line.summer_mw_per_year
            out += [{"name": f"trend {line.region} {line.technology} {year}-{k + 1}", "plant_id": 0,
                     "region": line.region, "technology": line.technology, "origin": "trend", "certainty": "trend",
                     "units": 1, "summer_mw": missing / count, "winter_mw": missing / count,
                     "storage_mwh": hours * missing / count, "first_year": year, "leave_year": 9999}
                    for k in range(count)]
    return pd.DataFrame(out)


def by_year(table: FleetTable, technologies: tuple[str, ...], column: str) -> NDArray[np.float64]:
    """Sum of a column by study year and region (Y, R)."""
    regions = len(catalog.load("regions"))
    out = np.zeros((len(table.years), regions))
    rows = table.rows[table.rows["technology"].isin(technologies)]
    for region, enter, leave, value in zip(rows["region_index"], rows["enter"], rows["leave"], rows[column],
                                           strict=True):
        out[enter:leave, region] += value
    return out


def is_drawn(rows: Any) -> NDArray[np.bool_]:
    """Units whose outages are drawn one by one: thermal, 20 MW and more; the rest has constant availability."""
    size = rows["summer_mw"] / rows["units"].clip(lower=1)
    return np.asarray(rows["technology"].isin(DRAWN) & (size >= SMALL_MW))


def forced_rate(technology: str, temperature_c: NDArray[np.float32], response: Any) -> NDArray[np.float64]:
    """Forced outage rate at a temperature: published curve, hot end held at 30 degC where such heat is ordinary."""
    curve = catalog.load("outage_by_temperature")
    curve = curve[curve["technology"] == technology]
    degrees = np.minimum(temperature_c, 30.0) if response["hold_above_30_c"] else temperature_c
    return np.asarray(np.interp(degrees, curve["temperature_c"], curve["forced_outage_rate"]))


def storm_rate(technology: str, temperature_c: NDArray[np.float32], response: Any) -> NDArray[np.float64]:
    """What a storm adds to the forced outage rate: slope x ((threshold - T) / 10)^2, no further than the storm's depth."""
    if technology in ("nuclear", "oil"):
        return np.zeros(temperature_c.shape)
    slope = response["coal_slope"] if technology == "coal" else response["gas_slope"]
    below = np.clip(response["threshold_c"] - temperature_c, 0.0, response["depth_c"])
    return np.asarray(slope * (below / 10.0) ** 2)


def storm_hours(year: int, region: str) -> NDArray[np.bool_]:
    """Hours of a weather year in which a storm of record hit the region (T,)."""
    out = np.zeros(HOURS, bool)
    days = catalog.load("cold_days")
    start = np.datetime64(f"{year}-01-01")
    for date in days.loc[(days["region"] == region) & days["date"].str.startswith(str(year)), "date"]:
        hour = int((np.datetime64(date) - start) / np.timedelta64(1, "h"))
        out[hour:hour + 24] = True
    return out


def storm_chance(weather_years: tuple[int, ...], supply: Supply) -> NDArray[np.float64]:
    """Chance that a sample of each weather year has its storm (W,): weather years over the return period, at most 1."""
    chance = np.zeros(len(weather_years))
    if not supply.cold_common_cause or supply.storm_severity == 0:
        return chance
    if supply.storms_always:
        return np.ones(len(weather_years))
    for row in catalog.load("storms").itertuples():
        if row.weather_year in weather_years:
            w = weather_years.index(row.weather_year)
            chance[w] = min(len(weather_years) / row.return_period_years, 1.0)
    return chance


def hazards(weather: Weather, supply: Supply) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Cumulated failure hazard (V, R x K, T + 1), outage probability in the first hour (V, R x K), storm row (W,).

    Rows 0 to W - 1 are the weather years by the published curve; the storm row of a weather year is the variant in which
    its storm strikes, or the same row where there is none.
    """
    regions = list(catalog.load("regions")["region"])
    response = catalog.load("cold_response").set_index("region")
    mttr = catalog.load("outage_maintenance").set_index("technology")["mttr_h"]
    count = len(weather.years)
    stormy = np.flatnonzero(storm_chance(weather.years, supply) > 0)
    storm_row = np.arange(count)
    storm_row[stormy] = count + np.arange(len(stormy))
    source = [*range(count), *stormy]
    rows = len(regions) * len(DRAWN)
    table = np.zeros((len(source), rows, HOURS + 1))
    first = np.zeros((len(source), rows))
    for r, region in enumerate(regions):
        struck = np.stack([np.ones(HOURS, bool) if supply.storms_always else storm_hours(weather.years[w], region)
                           for w in stormy]) if len(stormy) else np.zeros((0, HOURS), bool)
        for k, technology in enumerate(DRAWN):
            degrees = weather.temperature_c[source, r, :]
            rate = forced_rate(technology, degrees, response.loc[region])
            extra = storm_rate(technology, degrees[count:], response.loc[region])
            rate[count:] += supply.storm_severity * np.where(struck, extra, 0.0)
            rate = np.minimum(rate, CEILING)
            repair = 1.0 / mttr[technology]
            step = -np.log1p(-np.minimum(repair * rate / (1.0 - rate), 0.999))
            first[:, r * len(DRAWN) + k] = rate[:, 0]
            step[:, 0] = 0.0
            row = table[:, r * len(DRAWN) + k]
            np.cumsum(step, axis=1, out=row[:, :HOURS])
            row[:, HOURS] = row[:, HOURS - 1]
    return table, first, storm_row


def planned_outage(table: FleetTable, drawn: NDArray[np.bool_], net_load: Singles) -> tuple[NDArray[np.int64],
                                                                                             NDArray[np.int64]]:
    """Hours of planned outage by unit: weeks placed by levelised reserve over each region's own year [1]_.

    Units in order of MW-weeks; each takes the weeks in which the least weekly reserve left is greatest.

    Parameters
    ----------
    net_load : float32 array (W, R, T)
        Load less wind and solar [MW]; the mean over weather years of weekly peaks counts.

    References
    ----------
    .. [1] Billinton & Allan 1996, *Reliability Evaluation of Power Systems*, section 2.4 (levelised reserve method).
    """
    share = catalog.load("outage_maintenance").set_index("technology")["planned_outage_share"]
    weeks = 52
    peak = net_load[:, :, :weeks * WEEK_H].reshape(*net_load.shape[:2], weeks, WEEK_H).max(axis=3).mean(axis=0)
    rows = table.rows
    hours = np.round(rows["technology"].map(share).fillna(0.0).to_numpy() * weeks * WEEK_H).astype(int)
    duration = -(-hours // WEEK_H)  # weeks touched
    winter = np.array([w < 13 or w >= 43 for w in range(weeks)])
    capacity = np.where(winter[None, :], rows["winter_mw"].to_numpy()[:, None], rows["summer_mw"].to_numpy()[:, None])
    begin, end = np.zeros(len(rows), np.int64), np.zeros(len(rows), np.int64)
    order = np.argsort(-(rows["summer_mw"].to_numpy() * duration), kind="stable")
    region = rows["region_index"].to_numpy()
    taken = peak.astype(np.float64).copy()
    base = rows["enter"].to_numpy() == 0
    for u in order:
        weeks_out = duration[u]
        if not drawn[u] or weeks_out == 0:
            continue
        load = taken[region[u]]
        windows = np.lib.stride_tricks.sliding_window_view(load, weeks_out).max(axis=1)
        start = int(windows.argmin())
        begin[u], end[u] = start * WEEK_H, start * WEEK_H + hours[u]
        if base[u]:
            load[start:start + weeks_out] += capacity[u, start:start + weeks_out]
    return begin, end


def rest_mw(table: FleetTable, begin: NDArray[np.int64], end: NDArray[np.int64], regions: int) -> Singles:
    """Capacity on planned outage (Y, R, T) [MW], from the units' windows."""
    change = np.zeros((len(table.years) + 1, regions, HOURS + 1))
    region, enters, leaves, summers, winters = (
        table.rows[c].to_numpy() for c in ("region_index", "enter", "leave", "summer_mw", "winter_mw"))
    spring, autumn = 13 * WEEK_H, 43 * WEEK_H
    for u in np.flatnonzero(end > begin):
        r, enter, leave, summer, winter = region[u], enters[u], leaves[u], summers[u], winters[u]
        edges = [begin[u], *(h for h in (spring, autumn) if begin[u] < h < end[u]), end[u]]
        for a, b in itertools.pairwise(edges):
            mw = summer if spring <= a < autumn else winter
            for year, sign in ((enter, 1.0), (leave, -1.0)):
                change[year, r, a] += sign * mw
                change[year, r, b] -= sign * mw
    return np.cumsum(np.cumsum(change[:-1, :, :-1], axis=0), axis=2).astype(np.float32)


def rest_northern_mw(table: FleetTable, drawn: NDArray[np.bool_], month: NDArray[np.int64], regions: int) -> Singles:
    """Planned outage (Y, R, T) by the monthly table of the source, the same months everywhere [MW]."""
    shares = catalog.load("outage_maintenance").set_index("technology")
    out = np.zeros((len(table.years), regions, HOURS), np.float32)
    for technology in DRAWN:
        monthly = shares.loc[technology, [f"month_{m}" for m in range(1, 13)]].to_numpy(np.float64)
        part = FleetTable(rows=table.rows[drawn & (table.rows["technology"] == technology)], years=table.years)
        mw = by_year(part, (technology,), "summer_mw")
        out += (mw[:, :, None] * monthly[month][None, None, :]).astype(np.float32)
    return out


def engine_fleet(table: FleetTable, drawn: NDArray[np.bool_], begin: NDArray[np.int64], end: NDArray[np.int64]
                 ) -> Fleet:
    """Drawn units as the engine's arrays."""
    rows = table.rows[drawn]
    mttr = catalog.load("outage_maintenance").set_index("technology")["mttr_h"]
    technology = rows["technology"].map({t: k for k, t in enumerate(DRAWN)}).to_numpy(np.int64)
    region = rows["region_index"].to_numpy(np.int64)
    return Fleet(
        region, region * len(DRAWN) + technology,
        np.round(rows["summer_mw"].to_numpy() / MW_UNIT).astype(np.int32),
        np.round(rows["winter_mw"].to_numpy() / MW_UNIT).astype(np.int32),
        rows["enter"].to_numpy(np.int64), rows["leave"].to_numpy(np.int64), begin[drawn], end[drawn],
        inverse_log(1.0 / rows["technology"].map(mttr).to_numpy(np.float64)))


def firm_mw(table: FleetTable, drawn: NDArray[np.bool_], study: Study) -> Singles:
    """Capacity when nothing is out (Y, R, 2): drawn units in full, small ones and steady ones at their availability,
    demand response and Canadian imports at their settings [MW].
    """
    regions = catalog.load("regions")
    rates = catalog.load("outage_maintenance").set_index("technology")["static_forced_outage_rate"]
    curve = catalog.load("outage_by_temperature")
    mild = curve[curve["temperature_c"] == 15].set_index("technology")["forced_outage_rate"]
    planned = catalog.load("outage_maintenance").set_index("technology")["planned_outage_share"].fillna(0.0)
    rows = table.rows
    steady = rows["technology"].map(rates).fillna(rows["technology"].map(mild)).fillna(0.0)
    share = np.where(drawn, 1.0, (1.0 - steady) * (1.0 - rows["technology"].map(planned).fillna(0.0)))
    counted = ~rows["technology"].isin(["wind", "solar", "battery", "pumped_storage", "hydro"])
    out = np.zeros((len(table.years), len(regions), 2))
    for season, column in enumerate(("summer_mw", "winter_mw")):
        part = table.rows.assign(value=np.where(counted, rows[column] * share, 0.0))
        out[:, :, season] = by_year(FleetTable(rows=part, years=table.years), tuple(rows["technology"].unique()),
                                    "value")
    extra = (study.supply.demand_response_scale * regions["demand_response_mw"]
             + study.supply.canada_scale * regions["canada_import_mw"]).to_numpy(np.float64)
    for change in study.regions:
        extra[list(regions["region"]).index(change.id)] += change.added_firm_mw
    return np.asarray(out + extra[None, :, None], dtype=np.float32)


def stores_by_year(table: FleetTable, scale: float) -> tuple[Stores, ...]:
    """Three stores a region in each year: batteries up to 2.5 h, longer ones, pumped storage."""
    rates = catalog.load("outage_maintenance").set_index("technology")["static_forced_outage_rate"]
    rows = table.rows
    duration = np.where(rows["technology"] == "pumped_storage", PUMPED_HOURS,
                        rows["storage_mwh"] / rows["summer_mw"].clip(lower=1e-9))
    kind = np.select([rows["technology"] == "pumped_storage",
                      (rows["technology"] == "battery") & (duration <= SHORT_BATTERY_H), rows["technology"] == "battery"],
                     [2, 0, 1], default=-1)
    energy = np.where(kind == 2, rows["summer_mw"] * PUMPED_HOURS, rows["storage_mwh"])
    sums = []
    for k in range(3):
        part = table.rows.assign(energy=energy)[kind == k]
        chosen = FleetTable(rows=part, years=table.years)
        technologies = ("pumped_storage",) if k == 2 else ("battery",)
        available = 1.0 - rates[technologies[0]]
        sums.append((by_year(chosen, technologies, "summer_mw") * available * scale,
                     by_year(chosen, technologies, "energy") * available * scale))
    regions = sums[0][0].shape[1]
    first = np.arange(regions + 1, dtype=np.int64) * 3
    efficiency = np.tile(np.sqrt([BATTERY_EFFICIENCY, BATTERY_EFFICIENCY, PUMPED_EFFICIENCY]), regions)[:, None]
    out = []
    for y in range(len(table.years)):
        power = np.stack([s[0][y] for s in sums], axis=1).reshape(-1, 1)
        inside = np.stack([s[1][y] for s in sums], axis=1).reshape(-1, 1)
        out.append(Stores(first, power, power, inside, efficiency, efficiency, np.ones_like(power), inside[:, 0].copy()))
    return tuple(out)
