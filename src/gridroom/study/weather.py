"""Hourly arrays by weather year: load at the 2024 level, wind, solar, temperature, hydro, calendars."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from gridroom.reference import catalog

Singles = NDArray[np.float32]
HOURS = 8784
OBSERVED_FROM = 2020
DAY = np.timedelta64(1, "D")


def hours_of(year: int) -> int:
    """Hours of a calendar year."""
    return (date(year + 1, 1, 1) - date(year, 1, 1)).days * 24


def month_start_hour(year: int, month: int) -> int:
    """Hour of the UTC year at which a month begins."""
    return (date(year, month, 1) - date(year, 1, 1)).days * 24


@dataclass(frozen=True, slots=True, kw_only=True)
class Weather:
    """Weather years as arrays (W, R, T); hours past a year's end are 0.

    Attributes
    ----------
    years : tuple of int
    load_mw : float32 array
        Load at the 2024 level [MW].
    wind_pu, solar_pu : float32 array
        Output per unit of capacity [1].
    temperature_c : float32 array
        Dry-bulb temperature [degC].
    """

    years: tuple[int, ...]
    load_mw: Singles
    wind_pu: Singles
    solar_pu: Singles
    temperature_c: Singles


def _by_day(values: NDArray[np.float32], first: str) -> tuple[NDArray[np.float32], np.datetime64]:
    """(hours, columns) to (days, 24, columns), with the first day."""
    return values.reshape(-1, 24, values.shape[1]), np.datetime64(first, "D")


def _pick(days: NDArray[np.float32], first: np.datetime64, wanted: NDArray[np.datetime64], column: int
          ) -> NDArray[np.float32]:
    """Hours of the wanted days for one column, flat."""
    index = ((wanted - first) / DAY).astype(int)
    return np.asarray(days[index, :, column].reshape(-1))


def build(years: tuple[int, ...]) -> Weather:
    """Weather arrays for the given years (2016-2024), regions in the order of the reference table.

    Wind and solar are observed from 2020 on and matched days before; temperature is observed to 2019 and matched days
    (with the cold of Uri and Elliott added) after. One matched day serves a whole interconnection.
    """
    regions = catalog.load("regions")
    demand = catalog.load("demand_hourly")
    level = catalog.load("demand_level").set_index(["region", "weather_year"])
    profile, mapping = catalog.load("wind_solar_area"), catalog.load("wind_solar_region").set_index("region")
    temperature = catalog.load("temperature_hourly")
    matched = {name: group.set_index("date")["matched_date"] for name, group in
               catalog.load("matched_days").groupby("interconnect")}
    cold = catalog.load("cold_days").set_index(["region", "date"])["add_c"].to_dict()
    areas = list(profile.columns[1:])
    cf, cf_first = _by_day(profile[areas].to_numpy(np.float32) / np.float32(10_000), f"{OBSERVED_FROM}-01-01")
    temp, temp_first = _by_day(temperature[list(regions["region"])].to_numpy(np.float32) / np.float32(10), "2016-01-01")
    load, load_first = _by_day(demand[list(regions["region"])].to_numpy(np.float32), "2016-01-01")
    shape = (len(years), len(regions), HOURS)
    out = [np.zeros(shape, np.float32) for _ in range(4)]
    for w, year in enumerate(years):
        days = np.arange(np.datetime64(f"{year}-01-01"), np.datetime64(f"{year + 1}-01-01"))
        n = len(days) * 24
        names = [str(d) for d in days]
        for r, row in enumerate(regions.itertuples()):
            other = matched[row.interconnect].reindex(names).to_numpy().astype("datetime64[D]")
            factor, add = level.loc[(row.region, year), ["factor", "add_mw"]]
            out[0][w, r, :n] = _pick(load, load_first, days, r) * np.float32(factor) + np.float32(add)
            weather_days = days if year >= OBSERVED_FROM else other
            area = mapping.loc[row.region]
            for k, kind in enumerate(("wind", "solar"), start=1):
                column = areas.index(f"{area['area']}_{kind}")
                series = _pick(cf, cf_first, weather_days, column) * np.float32(area[f"{kind}_factor"])
                out[k][w, r, :n] = np.minimum(series, 1.0)
            degrees = _pick(temp, temp_first, other if year >= OBSERVED_FROM else days, r)
            if year >= OBSERVED_FROM:
                extra = np.array([cold.get((row.region, name), 0.0) for name in names], np.float32)
                degrees = degrees + np.repeat(extra, 24)
            out[3][w, r, :n] = degrees
    return Weather(years=years, load_mw=out[0], wind_pu=out[1], solar_pu=out[2], temperature_c=out[3])


def hydro_mw(weather: Weather, net_load_mw: Singles, capability: float) -> Singles:
    """Hydro output (W, R, T): each month's energy, moved to its tight days and shaped within each day.

    A day takes 80 to 125 % of the month's mean (assumed), more where net load is high; within the day output follows net
    load between the bounds of observed use, of which `capability` moves the upper one towards nameplate. Years before
    2020 take the mean month of 2020-2024.
    """
    regions = list(catalog.load("regions")["region"])
    nameplate = catalog.load("base_year_2024").set_index("region")["hydro_mw"]
    bounds = catalog.load("hydro_bounds").set_index(["region", "season"])
    monthly = catalog.load("hydro_monthly")
    by_year = monthly.set_index(["region", "year", "month"])["mean_mw"].to_dict()
    usual = monthly.groupby(["region", "month"])["mean_mw"].mean().to_dict()
    seasons = ["summer" if 4 <= m <= 10 else "winter" for m in range(1, 13)]
    out = np.zeros_like(net_load_mw)
    for w, year in enumerate(weather.years):
        days = hours_of(year) // 24
        months = np.repeat(np.arange(12), np.diff([month_start_hour(year, m) // 24 for m in range(1, 13)] + [days]))
        for r, region in enumerate(regions):
            mean = np.array([by_year.get((region, year, m), usual[(region, m)]) for m in range(1, 13)])[months]
            use = np.array([bounds.loc[(region, season), "use_pu"] for season in seasons])[months]
            top = np.maximum((use + capability * (1.0 - use)) * nameplate[region], mean)
            low = np.minimum(bounds.loc[(region, "summer"), "minimum_pu"] * nameplate[region], 0.5 * mean)
            net = net_load_mw[w, r, :days * 24].reshape(days, 24)
            daily = _share_month(net.mean(axis=1), mean, months)
            out[w, r, :days * 24] = fill_days(net, daily, low, np.maximum(top, daily)).reshape(-1)
    return out


def _share_month(net: NDArray[np.float32], mean: NDArray[np.float64], months: NDArray[np.int64]
                 ) -> NDArray[np.float64]:
    """Daily means (D,) [MW]: 80 to 125 % of the month's mean in the order of net load, the month's energy kept."""
    out = mean.copy()
    for month in range(12):
        days = np.flatnonzero(months == month)
        rank = np.empty(len(days))
        rank[np.argsort(net[days], kind="stable")] = np.arange(len(days)) / max(len(days) - 1, 1)
        share = 0.8 + 0.45 * rank**1.25  # averages 1 over a month of evenly ranked days
        out[days] = mean[days] * share / share.mean()
    return out


def fill_days(net: Singles, mean: NDArray[np.float64], low: NDArray[np.float64], high: NDArray[np.float64]
              ) -> NDArray[np.float64]:
    """Output (D, 24) that cuts each day's peaks: clip(net - level, low, high) with the given daily mean [MW]."""
    bottom = net.min(axis=1) - high
    top = net.max(axis=1) - low
    for _ in range(30):
        level = 0.5 * (bottom + top)
        output = np.clip(net - level[:, None], low[:, None], high[:, None])
        over = output.mean(axis=1) > mean
        bottom, top = np.where(over, level, bottom), np.where(over, top, level)
    return np.asarray(output)


def calendars(years: tuple[int, ...]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64],
                                               NDArray[np.int64]]:
    """Local day (R + 1, T), local hour (R + 1, T), month (W, T), season bounds (W, 2); the system's clock is UTC-6."""
    offsets = [*catalog.load("regions")["utc_offset_h"], -6]
    local = np.arange(HOURS)[None, :] + np.array(offsets)[:, None]
    month = np.zeros((len(years), HOURS), np.int64)
    seasons = np.zeros((len(years), 2), np.int64)
    for w, year in enumerate(years):
        starts = np.array([month_start_hour(year, m) for m in range(1, 13)])
        month[w] = np.searchsorted(starts, np.arange(HOURS), side="right") - 1
        seasons[w] = starts[3], starts[10]  # summer rating April to October, winter rating November to March
    return np.floor_divide(local, 24), np.mod(local, 24), month, seasons
