"""Shipped tables: hashes, base-year figures, storms, matched days; raw data beside the checkout where it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gridroom.core.errors import StudyError
from gridroom.reference import catalog
from gridroom.study import weather

ROOT = Path(__file__).parents[1]
SHARED = Path(os.environ.get("GRIDROOM_SHARED", ROOT.parent / "shared")) / "data"
needs_shared = pytest.mark.skipif(not SHARED.is_dir(), reason="the shared raw data is not here")


def test_every_table_is_listed_with_its_hash():
    folder = ROOT / "src/gridroom/reference/data"
    listed = {t.file for t in catalog.tables().values()}
    assert listed == {p.name for p in folder.iterdir() if p.suffix in (".csv", ".parquet")}
    for table in catalog.tables().values():
        frame = catalog.load(table.name)
        assert len(frame) == table.rows
        assert catalog.content_sha256(frame) == table.sha256, table.name
        assert all((table.title, table.source, table.licence, table.derived))
        assert (ROOT / table.tool).is_file()


def test_unknown_table_names_the_nearest():
    with pytest.raises(StudyError, match="did you mean 'fleet'"):
        catalog.find("fleat")


@needs_shared
def test_tables_are_what_the_tools_derive(tmp_path):
    subprocess.run([sys.executable, str(ROOT / "tools/derive.py"), str(tmp_path)], check=True)
    for table in catalog.tables().values():
        path = tmp_path / table.file
        frame = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
        assert catalog.content_sha256(frame) == table.sha256, table.name


@needs_shared
def test_base_year_within_one_percent():
    mine = catalog.load("base_year_2024").set_index("region")
    check = pd.read_csv(SHARED / "regions/base_year_check_2024.csv").set_index("region")
    names = {"bio": "biomass_mw", "geo": "geothermal_mw", "psh": "pumped_storage_mw",
             **{c: f"{c}_mw" for c in ("battery", "coal", "gas_cc", "gas_ct", "gas_ic", "gas_st", "hydro", "nuclear", "oil",
                                       "solar", "wind")}}
    columns = [*check.columns[:3], *names, "cf_wind", "cf_solar", "firm_mw", "battery_mwh", "firm_over_peak"]
    for column in columns:
        got, want = mine[names.get(column, column)], check[column]
        slack = 0.006 if column.startswith("cf") else 0.55
        bad = (got - want).abs() > np.maximum(0.01 * want.abs(), slack if column not in ("firm_over_peak",) else 0.01)
        assert not bad.any(), (column, got[bad], want[bad])
    assert mine["twh_2024"].sum() == pytest.approx(4192.3, rel=0.001)
    assert mine["firm_mw"].sum() == pytest.approx(786_900, rel=0.002)


def test_yearly_peaks_are_smooth_after_the_repairs():
    demand = catalog.load("demand_hourly")
    local = (demand["utc_hour_beginning"] - pd.Timedelta(hours=6)).dt.year
    peak = demand.drop(columns="utc_hour_beginning").groupby(local).max()
    want = {"DOM": (20.3, 20.6, 22.5, 22.1, 23.4), "COWY": (12.5, 13.5, 13.2, 14.4, 15.1),
            "FL": (50.2, 50.1, 50.8, 53.6, 51.9), "SOU": (43.2, 43.8, 45.8, 45.6, 47.4),
            "NW": (26.6, 29.1, 31.2, 29.8, 31.7)}
    for region, values in want.items():
        assert peak.loc[2020:2024, region].to_numpy() / 1000 == pytest.approx(values, abs=0.06), region


def test_no_hour_of_demand_is_missing():
    demand = catalog.load("demand_hourly")
    assert len(demand) == sum(weather.hours_of(y) for y in range(2016, 2025))
    assert (demand.drop(columns="utc_hour_beginning") > 0).all().all()
    assert len(catalog.load("demand_repairs")) > 20


def test_storms_come_out_at_the_temperatures_of_their_days():
    check = catalog.load("cold_response_check")
    assert (check["model_mw"] - check["target_mw"]).abs().max() <= 1
    assert (check["model_without_mw"] < 0.5 * check["target_mw"]).all()


def test_weather_years_differ_by_weather_alone():
    hours = weather.build((2016, 2020, 2024))
    mean = [hours.load_mw[w, :, :weather.hours_of(y)].mean(axis=1) for w, y in enumerate(hours.years)]
    assert mean[0] / mean[2] == pytest.approx(np.ones(23), abs=0.08)
    assert mean[1] / mean[2] == pytest.approx(np.ones(23), abs=0.12), "2020: the pandemic is left in"
    assert hours.load_mw[0, :, 8783].min() > 0, "leap days are kept"


@needs_shared
def test_matched_wind_against_new_york_2016_2019():
    observed = pd.read_parquet(SHARED / "profiles/nyiso_fuel_mix_hourly_2016_2021.parquet")
    observed.index = pd.DatetimeIndex(observed["utc_hour_ending"]) - pd.Timedelta(hours=1)
    hours = weather.build((2016, 2017, 2018, 2019))
    regions = list(catalog.load("regions")["region"])
    ny = regions.index("NY")
    for w, year in enumerate(hours.years):
        mine = hours.wind_pu[w, ny, :weather.hours_of(year)]
        seen = observed.loc[observed.index.year == year, "wind_mw"]
        month = np.repeat(np.arange(12), np.diff([weather.month_start_hour(year, m) for m in range(1, 13)]
                                                 + [weather.hours_of(year)]))
        season = np.array([mine[month == m].mean() for m in range(12)])
        real = seen.groupby(seen.index.month).mean().reindex(range(1, 13)).to_numpy()
        # Days are not the real ones: the season and the spread are to agree, not the hours.
        assert np.corrcoef(season, real)[0, 1] > 0.6, year
        spread = np.quantile(mine, [0.1, 0.5, 0.9]) / mine.mean() - seen.quantile([0.1, 0.5, 0.9]).to_numpy() / seen.mean()
        assert np.abs(spread).max() < 0.25, year


@needs_shared
def test_matched_wind_against_ercot_2018():
    observed = pd.read_parquet(SHARED / "profiles/ercot_fuel_mix_load_price_hourly_2018_2024.parquet")
    stamp = pd.DatetimeIndex(observed["utc_hour_ending"]) - pd.Timedelta(hours=1)
    seen = pd.Series(observed["wind_mw"].to_numpy(), index=stamp)
    seen = seen[seen.index.year == 2018]
    hours = weather.build((2018,))
    mine = hours.wind_pu[0, list(catalog.load("regions")["region"]).index("ERCOT"), :8760]
    assert np.abs(np.quantile(mine, [0.1, 0.5, 0.9]) / mine.mean() - seen.quantile([0.1, 0.5, 0.9]) / seen.mean()
                  ).max() < 0.2
    of_day = [mine.reshape(365, 24).mean(axis=0), seen.groupby(seen.index.hour).mean().to_numpy()]
    assert np.corrcoef(*of_day)[0, 1] > 0.9


def test_claims_of_rows_are_known():
    for name in ("interfaces", "cold_days", "cold_response", "data_centre_key", "reserve_levels", "storms"):
        assert set(catalog.load(name)["claim"]) <= {"measured", "published", "derived", "assumed"}


def test_shares_of_the_key_sum_to_one():
    assert catalog.load("data_centre_key")["share"].sum() == pytest.approx(1.0, abs=0.002)
