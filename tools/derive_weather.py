"""Wind and solar per unit, temperature, matched days, cold days and hydro by region."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from common import SHARED, region_ids, regions, write

INDEX = pd.date_range("2016-01-01 00:00", "2024-12-31 23:00", freq="h")

# EIA-930 fuel area that stands for each region's wind, solar and hydro (pitfall 23).
AREA = {"CA": "CAL", "NW": "NW", "RNW": "NW", "GB": "NW", "COWY": "NW", "SW": "SW", "ERCOT": "TEX", "SPPN": "CENT",
        "SPPS": "CENT", "MISON": "MIDW", "MISOC": "MIDW", "MISOS": "MIDW", "COMED": "MIDA", "PJMW": "MIDA",
        "DOM": "MIDA", "MAAC": "MIDA", "NY": "NY", "NE": "NE", "TVA": "TEN", "SOU": "SE", "CAR": "CAR", "KY": "MIDW",
        "FL": "FLA"}
# No wind column for the Southeast (0.2 GW in all) and no solar column for New York: neighbours stand in.
WIND_INSTEAD = {"CAR": "MIDA", "TEN": "MIDW", "SE": "MIDW", "FLA": "MIDW"}
SOLAR_INSTEAD = {"NY": "NE"}
SHAPE_PEAK_PU = 0.80  # assumed output per nameplate MW at the 99.9th percentile where only the shape is reported

# Temperature: authority shares of each region; blends are the facts' (pitfall 20) or, marked so, assumed.
BLEND = {"CA": {"CISO": 0.87, "LDWP": 0.13}, "NW": {"BPAT": 0.35, "PSEI": 0.25, "PGE": 0.2, "PACW": 0.2},
         "RNW": {"IPCO": 0.6, "NWMT": 0.4}, "GB": {"PACE": 0.55, "NEVP": 0.45}, "COWY": {"PSCO": 0.7, "WACM": 0.3},
         "SW": {"AZPS": 0.35, "SRP": 0.35, "PNM": 0.15, "TEPC": 0.15}, "ERCOT": {"ERCO": 1.0},
         "SPPN": {"SWPP": 0.5, "WAUW": 0.5}, "SPPS": {"SWPP": 0.8, "AECI": 0.2}, "MISON": {"MISO": 1.0},
         "MISOC": {"MISO": 1.0}, "MISOS": {"ERCO": 0.5, "SOCO": 0.5}, "COMED": {"PJM": 0.5, "MISO": 0.5},
         "PJMW": {"PJM": 1.0}, "DOM": {"PJM": 0.5, "CPLE": 0.5}, "MAAC": {"PJM": 0.5, "NYIS": 0.5},
         "NY": {"NYIS": 1.0}, "NE": {"ISNE": 1.0}, "TVA": {"TVA": 1.0}, "SOU": {"SOCO": 1.0},
         "CAR": {"DUK": 0.55, "CPLE": 0.3, "SCEG": 0.15}, "KY": {"LGEE": 1.0}, "FL": {"FPL": 0.6, "FPC": 0.4}}
# Days that no day of 2016-2019 can stand for, the city observed, and the regions that take its excess cold.
COLD_DAYS = (
    ("Uri", "2021-02-13", "2021-02-19", "ERCO", {"ERCOT": 1.0, "SPPS": 1.0, "MISOS": 0.9, "SPPN": 0.9}),
    ("Elliott", "2022-12-23", "2022-12-26", "PJM", {"PJMW": 1.0, "DOM": 1.0, "MAAC": 1.0, "COMED": 1.0, "MISOC": 0.8,
                                                     "KY": 1.0, "TVA": 1.0, "CAR": 1.0, "SOU": 0.8, "NY": 0.6}),
)


def wind_solar() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Per-unit output by EIA area, 2020-2024, and the factor from area to region."""
    raw = pd.read_parquet(SHARED / "profiles/wind_solar_13_regions_2020_2025.parquet")
    raw.index = pd.DatetimeIndex(raw.pop("utc_hour_ending").astype("datetime64[ns]")) - pd.Timedelta(hours=1)
    hours = INDEX[INDEX >= "2020-01-01"]
    raw = raw.reindex(hours)
    out = pd.DataFrame(index=hours)
    for area in sorted(set(AREA.values())):
        for kind, instead in (("wind", WIND_INSTEAD), ("solar", SOLAR_INSTEAD)):
            source = instead.get(area, area)
            share = f"{source}_{kind}_cf"
            series = raw[share] if share in raw else raw[f"{source}_{kind}_shape"] * SHAPE_PEAK_PU
            if area == "CAL":
                series = series.fillna(raw[f"CISO_{kind}_cf"])
            for days in (1, 2, 3, 7):
                series = series.fillna(series.shift(24 * days)).fillna(series.shift(-24 * days))
            out[f"{area}_{kind}"] = series.clip(0.0, 1.0)
    return out.round(4), raw


def area_factor(base: pd.DataFrame) -> pd.DataFrame:
    """Region's fleet capacity factor over its area's, for wind; solar takes the area's series as it is."""
    base = base.set_index("region")
    rows = []
    for region, area in AREA.items():
        inside = [r for r, a in AREA.items() if a == area]
        mw, cf = base.loc[inside, "wind_mw"], base.loc[inside, "cf_wind"]
        mean = float((mw * cf).sum() / mw.sum()) if mw.sum() > 0 else 0.0
        own = float(base.loc[region, "cf_wind"])
        factor = own / mean if mean > 0 and own > 0.15 and base.loc[region, "wind_mw"] > 100 else 1.0
        rows.append({"region": region, "area": area, "wind_factor": round(min(max(factor, 0.7), 1.3), 3),
                     "solar_factor": 1.0})
    return pd.DataFrame(rows)


def temperature() -> pd.DataFrame:
    """Observed temperature by region 2016-2019; 29 February 2016, absent, is the mean of the days around it."""
    raw = pd.read_parquet(SHARED / "weather/ba_temperature_c_2016_2019.parquet")
    raw.index = pd.DatetimeIndex(raw.pop("utc_hour_beginning").astype("datetime64[ns]"))
    hours = INDEX[INDEX < "2020-01-01"]
    raw = raw.astype("float64").reindex(hours)
    out = pd.DataFrame(index=hours)
    for region, shares in BLEND.items():
        out[region] = sum(raw[name] * share for name, share in shares.items())
    out = out[region_ids()]
    return out.fillna((out.shift(24) + out.shift(-24)) / 2).round(1)


def _features(demand: pd.DataFrame, members: list[str]) -> pd.DataFrame:
    """Daily mean and daily maximum of each region, as departures from the month, in standard deviations."""
    daily = demand[members].groupby(demand.index.normalize())
    both = pd.concat([daily.mean().add_suffix("_mean"), daily.max().add_suffix("_max")], axis=1)
    weekend = both.index.dayofweek >= 5
    keys = [both.index.month, weekend]
    return (both - both.groupby(keys).transform("mean")) / both.groupby(keys).transform("std")


def match_days(demand: pd.DataFrame) -> pd.DataFrame:
    """For each day the three closest days of the other period: same season (21 days), week part, demand.

    One match serves a whole interconnection, so that neighbours keep their common weather. Of the three the first that
    is drawn with weights 1/distance, by a fixed seed, is kept.
    """
    draw = np.random.default_rng(930)
    rows = []
    table = regions()
    for name in ("eastern", "western", "texas"):
        members = list(table.loc[table["interconnect"] == name, "region"])
        feature = _features(demand, members)
        days = feature.index
        value = feature.to_numpy()
        doy = days.dayofyear.to_numpy()
        weekend = (days.dayofweek >= 5).to_numpy() if hasattr(days.dayofweek >= 5, "to_numpy") else days.dayofweek >= 5
        early = days.year.to_numpy() < 2020
        for i in range(len(days)):
            gap = np.abs(doy - doy[i])
            gap = np.minimum(gap, 365 - gap)
            pool = np.flatnonzero((early != early[i]) & (gap <= 21) & (weekend == weekend[i]))
            distance = np.sqrt(((value[pool] - value[i]) ** 2).mean(axis=1)) + 1e-6
            best = np.argsort(distance, kind="stable")[:3]
            weight = 1 / distance[best]
            pick = pool[best[draw.choice(len(best), p=weight / weight.sum())]]
            rows.append((name, days[i].date().isoformat(), days[pick].date().isoformat()))
    return pd.DataFrame(rows, columns=["interconnect", "date", "matched_date"])


def cities() -> pd.DataFrame:
    raw = pd.read_parquet(SHARED / "weather/four_city_weather_hourly_2020_2024.parquet")
    table = raw.pivot_table(index="utc_hour", columns="ba", values="temperature_c")
    table.index = pd.DatetimeIndex(table.index.astype("datetime64[ns]"))
    return table.reindex(INDEX[INDEX >= "2020-01-01"]).interpolate(limit=12).bfill().ffill()


def cold_days(temp: pd.DataFrame, matches: pd.DataFrame, city: pd.DataFrame) -> pd.DataFrame:
    """Degrees to add on the days of Uri and Elliott, so that the regions are as cold as the observed city says.

    The city's departure from its winters' median, in robust standard deviations (interquartile range / 1.349), is taken
    as the region's own, times the share.
    """
    authority = {"ERCO": "ERCOT", "PJM": "PJMW"}
    interconnect = regions().set_index("region")["interconnect"]
    lookup = matches.set_index(["interconnect", "date"])["matched_date"]
    daily = temp.groupby(temp.index.normalize()).mean()
    city_daily = city.groupby(city.index.normalize()).mean()
    mine, theirs = daily[daily.index.month.isin([12, 1, 2])], city_daily[city_daily.index.month.isin([12, 1, 2])]

    def robust(series: pd.Series) -> tuple[float, float]:
        return float(series.median()), float(series.quantile(0.75) - series.quantile(0.25)) / 1.349

    rows = []
    for storm, first, last, ba, takers in COLD_DAYS:
        middle, spread = robust(theirs[ba])
        for day in pd.date_range(first, last):
            score = (city_daily.loc[day, ba] - middle) / spread
            for region, share in takers.items():
                own_middle, own_spread = robust(mine[region])
                matched = pd.Timestamp(lookup[(interconnect[region], day.date().isoformat())])
                excess = own_middle + share * score * own_spread - daily.loc[matched, region]
                rows.append({"storm": storm, "region": region, "date": day.date().isoformat(),
                             "add_c": round(min(float(excess), 0.0), 1), "share_of_departure": share,
                             "claim": "derived" if region == authority[ba] else "assumed"})
    return pd.DataFrame(rows)


def hydro(base: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Monthly mean output of hydro by region (area's output by nameplate share) and bounds of use (pitfall 24)."""
    old = pd.read_parquet(SHARED / "profiles/eia930_generation_by_fuel_13_regions_2020_2023.parquet")
    new = pd.read_parquet(SHARED / "profiles/eia930_generation_by_fuel_2024_2025.parquet")
    alias = {"CISO": "CAL", "ERCO": "TEX", "ISNE": "NE", "NYIS": "NY", "PJM": "MIDA"}
    frames = []
    for raw in (old, new):
        raw = raw.copy()
        raw.index = pd.DatetimeIndex(raw.pop("utc_hour_ending").astype("datetime64[ns]")) - pd.Timedelta(hours=1)
        part = raw[[c for c in raw if c.endswith("_hydro")]].astype("float64")
        part.columns = [alias.get(c.removesuffix("_hydro"), c.removesuffix("_hydro")) for c in part.columns]
        frames.append(part)
    both = pd.concat([frames[0], frames[1][frames[1].index > frames[0].index[-1]]])
    both = both[(both.index >= "2020-01-01") & (both.index < "2025-01-01")].clip(lower=0)
    monthly = both.groupby([both.index.year, both.index.month]).mean()
    top = both.resample("D").max()
    base = base.set_index("region")
    rows, bounds = [], []
    for region, area in AREA.items():
        inside = [r for r, a in AREA.items() if a == area]
        nameplate = base.loc[inside, "hydro_mw"] + base.loc[inside, "pumped_storage_mw"]
        share = base.loc[region, "hydro_mw"] / nameplate.sum()
        means = monthly[area] if area in monthly else pd.Series(dtype=float)
        for (year, month), value in means.items():
            rows.append({"region": region, "year": int(year), "month": int(month),
                         "mean_mw": round(float(value) * share, 1) if np.isfinite(value) else np.nan})
        for season, months in (("summer", (6, 7, 8, 9)), ("winter", (12, 1, 2))):
            use = top[area][top.index.month.isin(months)] if area in top else pd.Series(dtype=float)
            peak = use.quantile(0.90) / nameplate.sum() if len(use) else 0.0
            bounds.append({"region": region, "season": season, "use_pu": round(float(min(peak, 1.0)), 3),
                           "minimum_pu": round(float(both[area].quantile(0.05) / nameplate.sum()), 3)
                           if area in both else 0.0})
    return pd.DataFrame(rows), pd.DataFrame(bounds)


def run(out: Path, demand: pd.DataFrame, levels: pd.DataFrame, base: pd.DataFrame) -> dict[str, pd.DataFrame]:
    keyed = levels.set_index(["region", "weather_year"])
    level = demand.copy()
    for region in level:
        years = level.index.year
        level[region] = (level[region] * keyed["factor"][region].reindex(years).to_numpy()
                         + keyed["add_mw"][region].reindex(years).to_numpy())
    cf, _ = wind_solar()
    temp = temperature()
    matches = match_days(level)
    cold = cold_days(temp, matches, cities())
    monthly, bounds = hydro(base)
    stamped = (cf * 10000).round().astype("int16").reset_index(drop=True)
    stamped.insert(0, "utc_hour_beginning", cf.index.astype("datetime64[ms]"))
    write(stamped, out, "wind_solar_area.parquet")
    write(area_factor(base), out, "wind_solar_region.csv")
    tenths = (temp * 10).round().astype("int16").reset_index(drop=True)
    tenths.insert(0, "utc_hour_beginning", temp.index.astype("datetime64[ms]"))
    write(tenths, out, "temperature_hourly.parquet")
    write(matches, out, "matched_days.csv")
    write(cold, out, "cold_days.csv")
    write(monthly, out, "hydro_monthly.csv")
    write(bounds, out, "hydro_bounds.csv")
    return {"temperature": temp, "matches": matches, "cold": cold}
