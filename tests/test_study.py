"""Study files: every problem at once, with place, rule and hint; assembling; forecast."""

from __future__ import annotations

import tomllib

import numpy as np
import pytest

from gridroom.core.errors import StudyError
from gridroom.pipeline.national import Forecast, at_score, national_added_mw, sample_paths
from gridroom.reference import catalog
from gridroom.study import assemble, fleet, weather
from gridroom.study.loader import apply_overrides, check_study, load_study, lock_text
from gridroom.study.own_loads import own_loads


def problems(data):
    with pytest.raises(StudyError) as caught:
        check_study(data)
    return {p.where: str(p) for p in caught.value.problems}


def test_all_problems_at_once():
    found = problems({"run": {"samples": -1, "sample": 3, "seed": 1.5}, "supply": {"case": "trendy"},
                      "standard": {"lole_days": float("nan")}, "regions": [{"id": "DOM"}, {"id": "VA", "peak_mw": -5}],
                      "large_loads": [{"name": "x", "region": "TVA", "mw": float("inf")}]})
    assert found["run.samples"] == "run.samples must be at least 2; got -1"
    assert "is not a known setting (did you mean 'samples'?)" in found["run.sample"]
    assert "must be a whole number; got 1.5" in found["run.seed"]
    assert "must be 'trend' or 'committed'; got 'trendy'" in found["supply.case"]
    assert found["regions[1].peak_mw"] == "regions[1].peak_mw must be greater than 0; got -5"
    assert "large_loads[0].mw" in found
    assert "standard.lole_days" in found


def test_cross_checks():
    ramp = [{"year": 2028, "mw": 100}, {"year": 2027, "mw": 200}]
    found = problems({"run": {"first_year": 2030, "last_year": 2028, "weather_years": [2015, 2016, 2016]},
                      "large_loads": [{"name": "a", "region": "DOMM", "mw": 5},
                                      {"name": "a", "region": "TVA", "ramp": ramp},
                                      {"name": "b", "region": "TVA"}]})
    assert "must not lie before" in found["run.last_year"]
    assert "must lie in 2016 to 2024; got 2015" in found["run.weather_years[0]"]
    assert "did you mean 'DOM'?" in found["large_loads[0].region"]
    assert "overlap or go back" in found["large_loads[1].ramp"]
    assert "one of mw, ramp, profile, campus and miner" in found["large_loads[2]"]
    assert "names must differ" in found["large_loads"]


@pytest.mark.parametrize(("content", "word"), [("[run\n", "is not TOML"), (b"\xff\xfe", "UTF-8")])
def test_broken_files(tmp_path, content, word):
    path = tmp_path / "s.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(StudyError, match=word):
        load_study(path, [])
    with pytest.raises(StudyError, match="does not exist"):
        load_study(tmp_path / "none.toml", [])


def test_overrides():
    data = apply_overrides({}, ["run.samples=5", "supply.case=committed", "large_loads=[{name='x'}]"])
    assert data == {"run": {"samples": 5}, "supply": {"case": "committed"}, "large_loads": [{"name": "x"}]}
    with pytest.raises(StudyError) as caught:
        apply_overrides({"name": "x"}, ["run", "name.x=1"])
    assert len(caught.value.problems) == 2


def test_lock_file_repeats_the_study():
    study = check_study({"name": 'a "b"', "large_loads": [{"name": "c", "region": "TVA",
                                                             "ramp": [{"year": 2027, "mw": 3.5}]}],
                         "regions": [{"id": "FL", "peak_mw": 60000.0}]})
    assert check_study(tomllib.loads(lock_text(study, "x"))) == study


def forecast(**changes):
    data = {"years": (2026, 2030), "low_twh": np.array([250.0, 430.0]), "middle_twh": np.array([280.0, 600.0]),
            "high_twh": np.array([315.0, 850.0]), "base_twh": 192.0, "share": np.array([0.5, 0.3, 0.2]),
            "share_spread": 0.25, "growth": np.ones((2, 3)), "growth_spread": 0.02, "growth_common": 0.5,
            "base_year": 2024}
    return Forecast(**{**data, **changes})


def test_paths_keep_the_quantiles_of_the_national_range():
    paths = sample_paths(forecast(), 4000, 1)
    total = paths.added_mw.sum(axis=2)
    want = (np.array([430, 600, 850]) - 192) / 8.76 * 1000
    assert np.quantile(total[:, 1], [0.1, 0.5, 0.9]) == pytest.approx(want, rel=0.005)
    assert paths.added_mw.mean(axis=0)[1] / total[:, 1].mean() == pytest.approx([0.5, 0.3, 0.2], abs=0.01)
    assert (np.diff(total, axis=1) > 0).all(), "a high path stays high"
    assert paths.growth.std(axis=0)[1] == pytest.approx(0.02 * np.sqrt(6), rel=0.1)
    again = sample_paths(forecast(), 4000, 1)
    assert (again.added_mw == paths.added_mw).all()
    assert not (sample_paths(forecast(), 4000, 2).added_mw == paths.added_mw).all()


def test_a_shrinking_sector_adds_nothing():
    flat = forecast(low_twh=np.full(2, 100.0), middle_twh=np.full(2, 150.0), high_twh=np.full(2, 192.0))
    assert (national_added_mw(flat, np.array([-2.0, 0.0, 1.0])) == 0).all()
    assert at_score(forecast(), 0.0).sum(axis=1) == pytest.approx((np.array([280, 600]) - 192) / 8.76 * 1000)


@pytest.fixture(scope="module")
def small():
    study = check_study({"run": {"samples": 4, "weather_years": [2021, 2022]},
                         "large_loads": [{"name": "x", "region": "TVA", "ramp": [{"year": 2027, "mw": 300},
                                                                                 {"year": 2029, "mw": 900}]}]})
    hours = weather.build((2021, 2022))
    return study, hours, assemble.assemble(study, hours)


def test_own_loads_ramp(small):
    study = small[0]
    tva = list(catalog.load("regions")["region"]).index("TVA")
    assert small[2].own_mw[:5, tva].tolist() == [0, 300, 300, 900, 900]
    assert own_loads(study, (2029,))[0, tva, 5000] == 900


def test_assembled_fleet(small):
    _, _, case = small
    rows = case.table.rows
    drawn = fleet.is_drawn(rows)
    assert 4_300 < drawn.sum() < 4_900
    assert rows.loc[drawn, "summer_mw"].max() < 1500, "owner shares are added up, plants not"
    grand_gulf = rows[(rows["plant_id"] == 6072) & (rows["technology"] == "nuclear")]
    assert len(grand_gulf) == 1
    assert grand_gulf["summer_mw"].iloc[0] > 1300
    campbell = rows[(rows["plant_id"] == 1710) & (rows["technology"] == "coal")]
    assert (campbell["leave"] == 10).all(), "kept by federal order"
    braunig = rows[(rows["plant_id"] == 3612)]
    assert (braunig.loc[braunig["name"].str.endswith(" 3"), "leave"] == 1).all(), "out from 2027"


def test_committed_has_little_after_2027_and_trend_more():
    hours = weather.build((2021,))
    mw = {}
    for kind in ("committed", "trend"):
        study = check_study({"run": {"samples": 2, "weather_years": [2021]}, "supply": {"case": kind}})
        table = assemble.assemble(study, hours).table
        mw[kind] = fleet.by_year(table, tuple(table.rows["technology"].unique()), "summer_mw").sum(axis=1)
    assert mw["committed"][9] < mw["committed"][3] + 20_000
    assert mw["trend"][9] > mw["committed"][9] + 200_000
    assert mw["trend"][0] >= mw["committed"][0]


def test_hydro_keeps_its_energy_and_bounds(small):
    _, hours, case = small
    hydro = case.problem.hydro_mw
    monthly = catalog.load("hydro_monthly").set_index(["region", "year", "month"])["mean_mw"]
    regions = list(catalog.load("regions")["region"])
    for region in ("NW", "NY", "TVA"):
        for w, year in enumerate(hours.years):
            first, last = weather.month_start_hour(year, 7), weather.month_start_hour(year, 8)
            got = hydro[w, regions.index(region), first:last].mean()
            assert got == pytest.approx(monthly[(region, year, 7)], rel=0.01)
    name = catalog.load("base_year_2024").set_index("region")["hydro_mw"]
    assert (hydro.max(axis=(0, 2)) <= name[regions].to_numpy() * 1.05).all()


def test_planned_outage_keeps_each_types_total_and_avoids_peaks(small):
    _, _, case = small
    rest = case.problem.rest_mw[0]
    rows = case.table.rows[(case.table.rows["enter"] == 0) & fleet.is_drawn(case.table.rows)]
    share = catalog.load("outage_maintenance").set_index("technology")["planned_outage_share"]
    want = (rows["summer_mw"] * rows["technology"].map(share)).sum()
    assert rest[:, :8736].sum(axis=0).mean() == pytest.approx(want, rel=0.03)
    florida = list(catalog.load("regions")["region"]).index("FL")
    july, spring = rest[florida, 4700:5400].mean(), rest[florida, 1500:2500].mean()
    assert july < 0.35 * spring, "Florida's plants rest outside its own summer"


def test_temperature_rates():
    response = catalog.load("cold_response").set_index("region")
    t = np.array([-15.0, -5.0, 15.0, 30.0, 40.0], np.float32)
    texas = fleet.forced_rate("gas_cc", t, response.loc["ERCOT"])
    assert texas[4] == texas[3] == pytest.approx(0.041)
    ohio = fleet.forced_rate("gas_cc", t, response.loc["PJMW"])
    assert ohio == pytest.approx([0.149, 0.048, 0.028, 0.041, 0.072])
    assert (fleet.storm_rate("nuclear", t, response.loc["ERCOT"]) == 0).all()
    assert (np.diff(fleet.storm_rate("gas_ct", t, response.loc["ERCOT"])) <= 0).all()
    assert (fleet.storm_rate("coal", t, response.loc["FL"]) == 0).all()


def test_transfer_setting_scales_what_it_says():
    table = catalog.load("interfaces")
    half, full = assemble.make_network(0.5), assemble.make_network(1.0)
    scaled = table["scaled"].to_numpy()
    assert half.forward_mw[scaled] == pytest.approx(0.5 * full.forward_mw[scaled])
    assert half.forward_mw[~scaled] == pytest.approx(full.forward_mw[~scaled])


def own_study(*loads):
    return "".join(f'[[large_loads]]\nname = "{k}"\nregion = "{region}"\n{what}\n' for k, (region, what) in enumerate(loads))


def test_own_loads_by_the_hour(tmp_path):
    """A flat profile is a flat load; a campus is its own hourly load, at the region's local time."""
    from gridroom.loads.campus import campus_load
    from gridroom.study.campus_file import read_campus

    (tmp_path / "flat.csv").write_text("value\n" + "250\n" * 8760)
    wave = [100 + h for h in range(24)] * 365
    (tmp_path / "wave.csv").write_text("value\n" + "\n".join(map(str, wave)))
    text = 'it_mw = 100\nyear = 2027\nramp = [{ date = 2028-01-01, mw = 100 }]\nweather = "ga_atlanta"\n'
    (tmp_path / "c.toml").write_text(text)
    (tmp_path / "study.toml").write_text(
        own_study(("TVA", 'profile = "flat.csv"'), ("DOM", 'profile = "wave.csv"'), ("SOU", 'campus = "c.toml"')))
    study = load_study(tmp_path / "study.toml", [])
    own = own_loads(study, (2027, 2028))
    place = {name: k for k, name in enumerate(catalog.load("regions")["region"])}
    assert (own[:, place["TVA"]] == 250).all()
    assert own[0, place["DOM"], 5] == 100, "local midnight in Virginia is 5 h UTC"
    assert (own[0, place["SOU"]] == 0).all()
    alone = campus_load(read_campus(tmp_path / "c.toml"))
    assert alone.energy_mwh == 0
    assert own[1, place["SOU"]].max() == pytest.approx(100 * 0.76 * alone.pue.max(), rel=0.2)


def test_bad_own_loads_are_told(tmp_path):
    (tmp_path / "bad.csv").write_text("value\n5\n-3\nx\n")
    (tmp_path / "c.toml").write_text("it_mw = -1\n")
    (tmp_path / "study.toml").write_text(
        own_study(("TVA", 'profile = "bad.csv"'), ("DOM", 'campus = "c.toml"'), ("SOU", 'profile = "none.csv"\nmw = 3')))
    with pytest.raises(StudyError) as fault:
        load_study(tmp_path / "study.toml", [])
    said = str(fault.value)
    for words in ("row 3, value", "row 4, value", "8,760 or 8,784 rows; got 3", "[1].campus: it_mw must be greater than 0",
                  "large_loads[2] must have one of mw, ramp, profile, campus and miner; got mw and profile", "names no file"):
        assert words in said, said


def test_flat_shape_is_flat_and_campus_shape_keeps_its_meaning():
    from gridroom.study.campus_shape import flat_shape

    hours = weather.build((2021, 2022))
    like = hours.load_mw.shape
    flat = check_study({"load": {"shape": "flat"}}).load
    assert (flat_shape(flat, hours, like, np.zeros(23, bool)) == 1).all()
    campus = check_study({}).load
    mean = flat_shape(campus, hours, like, np.zeros(23, bool))
    peak = flat_shape(campus, hours, like, np.ones(23, bool))
    n = 8760
    assert mean[:, :, :n].mean(axis=(0, 2)) == pytest.approx(np.ones(23), abs=1e-3)
    for r in (0, 6, 14):
        demand = np.concatenate([hours.load_mw[w, r, :n] for w in range(2)])
        form = np.concatenate([peak[w, r, :n] for w in range(2)])
        assert form[np.argsort(demand)[-2 * n // 100:]].mean() == pytest.approx(1, abs=2e-3)
        assert np.ptp(form) > 0.15
    hot = check_study({"load": {"cooling": "liquid_w32_dry"}}).load
    assert np.ptp(flat_shape(hot, hours, like, np.zeros(23, bool))[:, 14]) > np.ptp(mean[:, 14])
    with pytest.raises(StudyError, match="follows the wet bulb"):
        check_study({"load": {"cooling": "tower"}})
