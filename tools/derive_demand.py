"""Hourly demand of the 23 regions 2016-2024 in UTC, its repairs, its level by year, and the base-year figures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from common import SHARED, region_ids, regions, write

# Where growth of the last years was data centres (or a change of metering), the level moves by flat MW.
FLAT_GROWTH = ("DOM", "ERCOT", "COWY")
POOLS = {"PJM": "PJM", "MISO": "MISO", "SWPP": "SWPP"}


class Repairs:
    """Collects one line for each repair, so that nothing is changed unseen."""

    def __init__(self) -> None:
        self.rows: list[dict[str, object]] = []

    def add(self, series: str, hours: np.ndarray | pd.Series, what: str, item: str) -> None:
        where = np.asarray(hours, dtype=bool)
        if where.any():
            stamp = INDEX[where]
            self.rows.append({"series": series, "first_utc_hour": str(stamp[0]), "last_utc_hour": str(stamp[-1]),
                              "hours": int(where.sum()), "repair": what, "pitfall": item})


INDEX = pd.date_range("2016-01-01 00:00", "2024-12-31 23:00", freq="h")  # hour beginning, UTC


def _read(name: str) -> pd.DataFrame:
    frame = pd.read_parquet(SHARED / "demand" / name)
    stamp = frame.pop("utc_hour_ending").astype("datetime64[ns]") - pd.Timedelta(hours=1)
    frame.index = pd.DatetimeIndex(stamp)
    frame = frame.astype("float64").reindex(INDEX)
    frame.iloc[-1] = frame.iloc[-25]  # the file ends one hour early (16)
    return frame


def _fill(series: pd.Series, bad: np.ndarray) -> pd.Series:
    """Replace bad hours by the mean of the same hour one week before and after (or the nearest good day)."""
    clean = series.mask(bad)
    out = clean.copy()
    for days in (7, 1, 14, 2, 21, 3):
        both = pd.concat([clean.shift(24 * days), clean.shift(-24 * days)], axis=1).mean(axis=1)
        out = out.fillna(both)
    return out


def _between(first: str, last: str) -> np.ndarray:
    return np.asarray((pd.Timestamp(first) <= INDEX) & (pd.Timestamp(last) >= INDEX))


def repair_authorities(ba: pd.DataFrame, log: Repairs) -> pd.DataFrame:
    """The breaks of pitfalls 17 and 18, then every hour that is missing, zero or far below its neighbours."""
    anchor = ba["SCL"] + ba["TPWR"]
    zero = _between("2019-12-31 23:00", "2020-02-12 08:00") & (ba["PSEI"].fillna(0) < 500).to_numpy()
    low = _between("2021-08-04", "2021-08-15 23:00")
    early = np.asarray(INDEX < "2020-01-01")
    ba.loc[early, "PSEI"] *= 0.83
    log.add("PSEI", early, "times 0.83: level before 2020 to the level after it", "17")
    ba["PSEI"] = ba["PSEI"].mask(zero | low, 1.70 * anchor)
    log.add("PSEI", zero | low, "1.70 x (SCL + TPWR)", "17")
    raised = _between("2020-01-01", "2020-08-31 23:00")
    ba.loc[raised, "SC"] /= 0.86
    log.add("SC", raised, "divided by 0.86", "17")
    for first, last, factor in (("2019-02-01", "2019-03-31 23:00", 1.2), ("2019-11-01", "2019-12-31 23:00", 1.1)):
        part = _between(first, last)
        ba.loc[part, "IPCO"] /= factor
        log.add("IPCO", part, f"divided by {factor}", "17")
    neighbours = ba["SRP"] + ba["AZPS"]
    ratio = (ba["TEPC"] / neighbours).groupby([INDEX.year, INDEX.month]).mean()
    usual = ratio.groupby(level=1).median()
    months = [(y, m) for y, m in ratio.index if (2018, 10) <= (y, m) <= (2019, 5)
              or (2020, 6) <= (y, m) <= (2020, 8) or (2020, 11) <= (y, m) <= (2021, 3)
              or (2021, 11) <= (y, m) <= (2022, 3)]
    touched = np.zeros(len(INDEX), dtype=bool)
    for y, m in months:
        part = np.asarray((INDEX.year == y) & (INDEX.month == m))
        ba.loc[part, "TEPC"] *= usual[m] / ratio[(y, m)]
        touched |= part
    log.add("TEPC", touched, "scaled to the usual monthly ratio to SRP + AZPS", "18")
    ldwp = np.asarray((INDEX.year == 2024) & (ba["LDWP"] < 1000))
    ba["LDWP"] = _fill(ba["LDWP"], ldwp)
    log.add("LDWP", ldwp, "same hour a week before and after", "18")
    ends = {"AEC": "2021-08-31 23:00", "NSB": "2020-01-07 23:00"}
    for name in ba.columns:
        usual_mw = ba[name].rolling(24 * 15, center=True, min_periods=24).median()
        bad = (ba[name].isna() | (ba[name] <= 0) | (ba[name] < 0.35 * usual_mw) | (ba[name] > 3 * usual_mw)).to_numpy()
        if name in ends:
            over = np.asarray(pd.Timestamp(ends[name]) < INDEX)
            ba.loc[over, name] = 0.0
            bad = bad & ~over
        if bad.any():
            ba[name] = _fill(ba[name], bad)
            log.add(name, bad, "missing, zero or out of line: same hour of nearby days", "17")
    return ba


def _pool_shares(ba: pd.DataFrame, sub: pd.DataFrame, pool: str) -> pd.DataFrame:
    """Split a pool's own series by its sub-regions' shares; before 2020 by month-and-hour shares of 2020-21 (19)."""
    parts = sub[[c for c in sub.columns if c.startswith(f"{pool}-")]]
    parts = parts.mask(parts <= 0)
    good = parts.notna().all(axis=1)
    share = parts.div(parts.sum(axis=1), axis=0).where(good)
    usual = share[(share.index.year <= 2021)].groupby([share[share.index.year <= 2021].index.month,
                                                       share[share.index.year <= 2021].index.hour]).mean()
    key = pd.MultiIndex.from_arrays([INDEX.month, INDEX.hour])
    default = usual.reindex(key)
    default.index = INDEX
    share = share.fillna(default)
    return share.div(share.sum(axis=1), axis=0).mul(ba[pool], axis=0)


def by_region(log: Repairs) -> pd.DataFrame:
    """Demand by region, hour beginning UTC, MW."""
    ba = repair_authorities(_read("eia930_hourly_demand_ba_2015_2024.parquet"), log)
    sub = _read("eia930_hourly_demand_subregion_2020_2024.parquet")
    series = {name: ba[name] for name in ba.columns}
    for pool in POOLS:
        shared = _pool_shares(ba, sub, pool)
        series.update({name: shared[name] for name in shared.columns})
        log.add(pool, INDEX.year < 2020, "split by month-and-hour shares of 2020-21", "19")
    mapping = pd.read_csv(SHARED / "regions/demand_map.csv")
    mapping = mapping[mapping["has_demand"].astype(str) == "True"]
    out = pd.DataFrame(0.0, index=INDEX, columns=region_ids())
    for name, region in zip(mapping["series"], mapping["region"], strict=True):
        if name in series:
            out[region] += series[name].fillna(0.0)
    # Uri: metered load is what was left after shedding. About 1,000 GWh in 70 h is remembered, not read: assumed.
    shed = _between("2021-02-15 07:00", "2021-02-18 05:00")
    out.loc[shed, "ERCOT"] += 14_000.0
    log.add("ERCOT", shed, "14,000 MW added back for load shed in storm Uri (assumed)", "20")
    gulf = np.asarray(INDEX < "2022-07-13 05:00")
    moved = 0.048 * out.loc[gulf, "SOU"]
    out.loc[gulf, "SOU"] -= moved
    out.loc[gulf, "FL"] += moved
    log.add("SOU -> FL", gulf, "4.8 % of SOCO + AEC moved to FPL (Gulf Power)", "18")
    return out


def _straight(years: np.ndarray, value: np.ndarray) -> np.ndarray:
    slope, start = np.polyfit(years, value, 1)
    return np.asarray(start + slope * years)


def level(demand: pd.DataFrame) -> pd.DataFrame:
    """What brings each year to the 2024 level: a factor, or flat MW where growth was data centres.

    Both are read from nights of mild months, which neither weather nor rooftop solar moves much. Scaled regions: ratio
    of a straight line through the yearly means. Flat regions: smoothed change of the means in MW.
    """
    rows = []
    years = np.arange(2016, 2025)
    offset = regions().set_index("region")["utc_offset_standard"]
    for region in demand.columns:
        hour = (INDEX.hour + offset[region]) % 24
        calm = demand[region][INDEX.month.isin([3, 4, 5, 10, 11]) & (hour <= 4)]
        mean = np.array([calm[calm.index.year == y].mean() for y in years])
        line = _straight(years, mean)
        factor, add = line[-1] / line, np.zeros(len(years))
        if region in FLAT_GROWTH:
            factor = np.ones(len(years))
            if region == "ERCOT":
                curve = np.polyval(np.polyfit(years, mean, 2), years)
                add = curve[-1] - curve
            elif region == "DOM":  # before 2020 the shares are those of 2020-21, and so is the level
                recent = _straight(years[4:], mean[4:])
                add[4:] = recent[-1] - recent
                add[:4] = add[4:6].mean()
            else:  # COWY: metering changed in August 2022; level of 2023-24
                after = mean[-2:].mean()
                add[:6] = after - mean[:6].mean()
                add[6] = after - mean[6]
        rows += [{"region": region, "weather_year": int(y), "factor": round(float(f), 4), "add_mw": round(float(m))}
                 for y, f, m in zip(years, factor, add, strict=True)]
    return pd.DataFrame(rows)


def base_figures(demand: pd.DataFrame) -> pd.DataFrame:
    """Energy and peaks of 2024, calendar year by UTC-6, as the facts define them."""
    local = demand.copy()
    local.index = INDEX - pd.Timedelta(hours=6)
    year = local[(local.index.year == 2024) & (demand.index < "2024-12-31 23:00")]
    summer = year[year.index.month.isin([6, 7, 8, 9])]
    winter = year[year.index.month.isin([1, 2, 12])]
    return pd.DataFrame({"region": demand.columns, "twh_2024": year.sum().to_numpy() / 1e6,
                         "peak_summer_mw": summer.max().to_numpy(), "peak_winter_mw": winter.max().to_numpy()})


def growth() -> pd.DataFrame:
    """Load growth without data centres: AEO 2023 multiplier to 2024, by region (states weighted by their units' MW)."""
    aeo = pd.read_csv(SHARED / "demand/demand_growth_multiplier_aeo2023_by_state.csv")
    rules = pd.read_csv(SHARED / "regions/unit_region_rules.csv")
    weight = rules.groupby(["region", "state"])["mw"].sum().reset_index()
    base = aeo[aeo["year"] == 2024].set_index(["state", "aeo2023_case"])["demand_multiplier_vs_2010"]
    aeo = aeo[aeo["year"].between(2024, 2035)].copy()
    keys = pd.MultiIndex.from_frame(aeo[["state", "aeo2023_case"]])
    aeo["ratio"] = aeo["demand_multiplier_vs_2010"].to_numpy() / base.reindex(keys).to_numpy()
    both = weight.merge(aeo, on="state")
    both["part"] = both["mw"] * both["ratio"]
    total = both.groupby(["region", "aeo2023_case", "year"])[["part", "mw"]].sum()
    out = (total["part"] / total["mw"]).rename("multiplier").round(5).reset_index()
    out["region"] = pd.Categorical(out["region"], categories=list(regions()["region"]), ordered=True)
    return out.sort_values(["region", "aeo2023_case", "year"]).astype({"region": str}).reset_index(drop=True)


def run(out: Path) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    log = Repairs()
    demand = by_region(log)
    log.add("all", np.asarray(INDEX[-1] == INDEX), "the file ends one hour early: same hour of the day before", "16")
    demand = demand.round(0)
    levels = level(demand)
    table = demand.astype("int32").reset_index(drop=True)
    table.insert(0, "utc_hour_beginning", INDEX.astype("datetime64[ms]"))
    write(table, out, "demand_hourly.parquet")
    write(levels, out, "demand_level.csv")
    write(pd.DataFrame(log.rows), out, "demand_repairs.csv")
    write(growth(), out, "load_growth_aeo2023.csv")
    return demand, levels, base_figures(demand)
