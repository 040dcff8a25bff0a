"""From a study and the reference tables to the arrays that the outlook's engine runs on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.adequacy.dispatch import Network
from gridroom.adequacy.years import Years
from gridroom.pipeline.national import Forecast, LoadPaths
from gridroom.reference import catalog
from gridroom.study import campus_shape, fleet, weather
from gridroom.study.large_load import LargeLoad, large_load
from gridroom.study.own_loads import own_loads
from gridroom.study.schema import Study

BASE_YEAR = 2024
AS_FILED_2030_MW = 90_000.0  # NERC 2025 LTRA: data centres by 2030 as filed by utilities (secondary report)
SHARE_SPREAD = 0.25  # assumed
GROWTH_SPREAD = 0.02  # 2 % after one year, with the square root of time; from scored forecasts, assumed
GROWTH_COMMON = 0.5  # assumed


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One assembled case: the engine's arrays, and what the answers need beside them.

    `own_mw`, `own_mwh` (Y, R) are peak and yearly energy of the study's own loads, which the engine has by the hour in `rest_mw`.
    """

    problem: Years
    forecast: Forecast
    paths: LoadPaths
    load: LargeLoad
    table: fleet.FleetTable
    peak_mw: NDArray[np.float64]
    energy_mwh: NDArray[np.float64]
    own_mw: NDArray[np.float64]
    own_mwh: NDArray[np.float64]
    study: Study


def study_years(study: Study) -> tuple[int, ...]:
    """Study years in order."""
    return tuple(range(study.run.first_year, study.run.last_year + 1))


def make_forecast(study: Study, peak_mw: NDArray[np.float64]) -> Forecast:
    """Forecast of the study's load case."""
    years = study_years(study)
    regions = list(catalog.load("regions")["region"])
    national = catalog.load("data_centre_national").set_index("year")
    key = catalog.load("data_centre_key").set_index("region").loc[regions]
    growth = catalog.load("load_growth_aeo2023")
    growth = growth[growth["aeo2023_case"] == study.load.growth].pivot_table(
        index="year", columns="region", values="multiplier", observed=True)
    if study.load.key == "peak":
        share = peak_mw / peak_mw.sum()
    elif study.load.key == "campuses":
        share = (key["known_campus_mw"] / key["known_campus_mw"].sum()).to_numpy()
    else:
        share = (key["share"] / key["share"].sum()).to_numpy()
    base = float(national.loc[BASE_YEAR, "p50_twh"])
    scale = study.load.data_centre_scale
    if study.load.case == "none":
        scale = 0.0
    elif study.load.case == "as_filed":
        scale *= AS_FILED_2030_MW / ((float(national.loc[2030, "p50_twh"]) - base) / 8.76 * 1000.0)
    rows = national.loc[list(years)]

    def scaled(column: str) -> NDArray[np.float64]:
        return np.asarray(base + scale * (rows[column].to_numpy(np.float64) - base))

    return Forecast(years=years, low_twh=scaled("p10_twh"), middle_twh=scaled("p50_twh"), high_twh=scaled("p90_twh"),
                    base_twh=base, share=np.asarray(share), share_spread=SHARE_SPREAD,
                    growth=growth.loc[list(years), regions].to_numpy(), growth_spread=GROWTH_SPREAD,
                    growth_common=GROWTH_COMMON, base_year=BASE_YEAR)


def make_network(share: float) -> Network:
    """Interfaces at the study's share of their start limits; operating limits and direct current are not scaled."""
    regions = list(catalog.load("regions")["region"])
    table = catalog.load("interfaces")
    factor = np.where(table["scaled"], share, 1.0)
    return Network(table["from_region"].map(regions.index).to_numpy(np.int64),
                   table["to_region"].map(regions.index).to_numpy(np.int64),
                   (table["forward_mw"].to_numpy(np.float64) * factor)[:, None],
                   (table["backward_mw"].to_numpy(np.float64) * factor)[:, None])


def _scaled_load(study: Study, hours: weather.Weather) -> NDArray[np.float32]:
    """Base-level load with the study's regional peaks."""
    load = hours.load_mw.copy()
    regions = list(catalog.load("regions")["region"])
    base = catalog.load("base_year_2024").set_index("region")
    for change in study.regions:
        if change.peak_mw is not None:
            peak = base.loc[change.id, ["peak_summer_mw", "peak_winter_mw"]].max()
            load[:, regions.index(change.id)] *= np.float32(change.peak_mw / peak)
    return load


def _hydro(study: Study, hours: weather.Weather, net: NDArray[np.float32], like: Case | None) -> NDArray[np.float32]:
    """Hydro output, taken from a like case where nothing that shapes it differs."""
    if like is not None:
        other = like.study
        if (other.supply.hydro_capability == study.supply.hydro_capability and other.regions == study.regions
                and other.supply.case == study.supply.case):
            return like.problem.hydro_mw
    return weather.hydro_mw(hours, net, study.supply.hydro_capability)


def _hazards(study: Study, hours: weather.Weather, like: Case | None
             ) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.int64]]:
    """Outage hazards, taken from a like case where the cold settings are the same."""
    cold = ("cold_common_cause", "storm_severity", "storms_always")
    if like is not None and all(getattr(like.study.supply, k) == getattr(study.supply, k) for k in cold):
        return like.problem.hazard, like.problem.first_out, like.problem.storm_row
    return fleet.hazards(hours, study.supply)


def assemble(study: Study, hours: weather.Weather | None = None, like: Case | None = None, added: Any = None) -> Case:
    """Arrays of a study.

    Parameters
    ----------
    study : Study
        Checked settings.
    hours : Weather, optional
        Weather arrays of the study's weather years, when they are at hand.
    like : Case, optional
        Case of a study with the same weather years: arrays that do not differ are shared.
    added : DataFrame, optional
        Rows of the fleet on top of the supply case's.
    """
    years, weather_years = study_years(study), tuple(study.run.weather_years)
    hours = hours or weather.build(weather_years)
    load = _scaled_load(study, hours)
    table = fleet.fleet_table(study, years, added)
    drawn = fleet.is_drawn(table.rows)
    wind = fleet.by_year(table, ("wind",), "summer_mw").astype(np.float32)
    solar = fleet.by_year(table, ("solar",), "summer_mw").astype(np.float32)
    net = load - wind[0][None, :, None] * hours.wind_pu - solar[0][None, :, None] * hours.solar_pu
    hydro = _hydro(study, hours, net, like)
    day_of, hour, month, seasons = weather.calendars(weather_years)
    regions = load.shape[1]
    begin, end = fleet.planned_outage(table, drawn, net - hydro)
    if study.supply.maintenance == "low_load":
        rest = fleet.rest_mw(table, begin, end, regions)
    else:
        begin, end = np.zeros_like(begin), np.zeros_like(end)
        rest = fleet.rest_northern_mw(table, drawn, month[0], regions)
    hazard, first_out, storm_row = _hazards(study, hours, like)
    steps = np.array([weather.hours_of(y) for y in weather_years], np.int64)
    peak = load.max(axis=2).mean(axis=0).astype(np.float64)
    forecast = make_forecast(study, peak)
    load_added = large_load(study, forecast)
    paths = load_added.paths
    own = own_loads(study, years)
    level = load_added.level_mw.astype(np.float32)
    shape = campus_shape.flat_shape(study.load, hours, load.shape, load_added.at_peak)
    problem = Years(
        study_years=years, weather_years=weather_years, steps=steps, load_mw=load, wind_pu=hours.wind_pu,
        solar_pu=hours.solar_pu, hydro_mw=hydro, wind_mw=wind, solar_mw=solar,
        firm_mw=fleet.firm_mw(table, drawn, study), rest_mw=rest + own, seasons=seasons,
        fleet=fleet.engine_fleet(table, drawn, begin, end), hazard=hazard, first_out=first_out,
        storm_row=storm_row, storm_chance=fleet.storm_chance(weather_years, study.supply),
        stores=fleet.stores_by_year(table, study.supply.storage_scale), network=make_network(study.transfer.share),
        day_of=day_of, hour=hour, month=month, flat_shape=shape, path_growth=paths.growth.astype(np.float32),
        path_flat_mw=paths.added_mw.astype(np.float32),
        level_growth=np.broadcast_to(forecast.growth, (len(level), *forecast.growth.shape)).astype(np.float32),
        level_flat_mw=level, cap_mw=np.broadcast_to(0.5 * peak, (len(years), regions)).astype(np.float32))
    energy = load.sum(axis=2).mean(axis=0).astype(np.float64)
    return Case(problem=problem, forecast=forecast, paths=paths, load=load_added, table=table, peak_mw=peak, energy_mwh=energy,
                own_mw=own.max(axis=2).astype(np.float64), own_mwh=own.sum(axis=2, dtype=np.float64), study=study)
