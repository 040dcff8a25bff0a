"""A campus by the hour: cooling curves, calibration, shapes, ramp, losses, files, and the named ones."""

import dataclasses
import json
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridroom.core.errors import StudyError
from gridroom.loads.campus import campus_load
from gridroom.loads.cooling import design, design_names, hourly_pue, typical_year
from gridroom.loads.electrical import swing_of
from gridroom.loads.ranges import Range
from gridroom.loads.shape import inference_shape, training_shape
from gridroom.reference import catalog
from gridroom.study.campus_file import campus_names, campus_of, named_campus, read_campus
from tests.test_cli import ROOT
from tests.test_cli import gridroom as cli

SITES = ("il_chicago", "wa_seattle", "ga_atlanta", "az_tucson", "fl_tampa")
# Facts 3.2: chiller part q / COP on the typical years, mean and maximum.
CHILLER = {
    "airside + adiabatic": ((0.0145, 0.262), (0.0002, 0.071), (0.0337, 0.237), (0.0112, 0.199), (0.0917, 0.267)),
    "waterside + tower": ((0.0044, 0.157), (0.0000, 0.009), (0.0110, 0.116), (0.0021, 0.092), (0.0377, 0.178)),
    "liquid W32 + dry": ((0.0110, 0.250), (0.0016, 0.229), (0.0248, 0.259), (0.0670, 0.291), (0.0469, 0.257)),
    "liquid W40 + dry": ((0.0001, 0.094), (0, 0), (0.0008, 0.152), (0.0158, 0.291), (0.0012, 0.141)),
}


def campus(**changes):
    data = {"it_mw": 1000, "cooling": "airside", "weather": "il_chicago", **changes}
    return campus_of(data, ROOT / "examples")


@pytest.mark.parametrize(
    ("name", "site", "expected"), [(n, s, e) for n, row in CHILLER.items() for s, e in zip(SITES, row, strict=True)]
)
def test_chiller_part_of_the_typical_years(name, site, expected):
    year, chosen = typical_year(site), design(name)
    part = chosen.chiller_part(year.driver(chosen))
    assert part.mean() == pytest.approx(expected[0], abs=2e-4)
    assert part.max() == pytest.approx(expected[1], abs=2e-3)


FITS = [(name, site) for name in design_names() for site in ("wa_seattle", "il_chicago", "ga_atlanta", "ny_new_york")]


@pytest.mark.parametrize(("name", "site"), FITS)
def test_every_design_has_its_annual_pue(name, site):
    year = typical_year(site)
    chosen = design(name, year.climate_zone)
    pue = hourly_pue(chosen, year.driver(chosen), chosen.pue.range.best)
    assert pue.mean() == pytest.approx(chosen.pue.range.best, abs=1e-3)
    assert pue.min() >= 1
    order = np.argsort(year.driver(chosen), kind="stable")
    assert (np.diff(pue[order]) >= -1e-12).all(), "PUE never falls with temperature"


def test_published_medians_by_climate():
    table = catalog.load("cooling_climate").set_index(["design", "climate_zone"])["pue"]
    assert design("airside", "2A").pue.range.best == 1.28 == table["airside_air_chiller", "2A"]
    assert design("airside").pue.range == Range(1.092, 1.165, 1.297)
    assert design("airside wcc", "2A").wue.range.best == 1.46
    for name in ("liquid_w40_dry", "liquid_w32_dry", "air_dry"):
        assert design(name).wue.range == Range(0, 0, 0), "a dry design takes no water"


def test_sold_as_1_15_and_stands_at_1_4():
    load = campus_load(campus(pue_annual=1.15, workload="training", utilisation=1.0, design_fraction=1.0))
    s = load.summary()
    assert s["pue_mean"] == pytest.approx(1.15, abs=1e-3)
    assert s["pue_hottest_hour"] == pytest.approx(1.15 - 0.0145 + 0.262, abs=3e-3)
    assert s["peak_mw"] - s["mean_mw"] == pytest.approx(250, abs=5)
    assert s["mw_hottest_hundredth_of_hours"] > s["mean_mw"]


def test_energy_by_hand():
    s = campus_load(
        campus(pue_annual=1.2, design_fraction=0.7, utilisation=0.9, workload="inference", inference_swing=0.0)
    ).summary()
    assert s["energy_mwh"] == pytest.approx(1000 * 0.7 * 0.9 * 8760 * 1.2, rel=1e-9)
    assert s["it_energy_mwh"] == pytest.approx(1000 * 0.7 * 0.9 * 8760)
    assert s["water_m3"] == pytest.approx(0.02 * s["it_energy_mwh"])  # 1 L/kWh = 1 m3/MWh
    lost = 1 / (0.97 * 0.99) - 1
    assert s["ups_and_distribution_loss_mwh"] == pytest.approx(lost * s["it_energy_mwh"])
    assert s["cooling_and_other_mwh"] + s["ups_and_distribution_loss_mwh"] + s["it_energy_mwh"] == pytest.approx(s["energy_mwh"])


@settings(max_examples=40, deadline=None)
@given(st.integers(48, 9000), st.floats(0.2, 1.0), st.floats(0.0, 1.0), st.floats(1, 60), st.integers(1, 9), st.integers(0, 99))
def test_training_shape_keeps_its_mean(hours, utilisation, idle, days, jobs, seed):
    idle *= utilisation
    shape = training_shape(hours, utilisation, idle, days, jobs, seed)
    assert shape.shape == (hours,)
    assert shape.mean() == pytest.approx(utilisation, abs=1e-9)
    assert shape.min() >= idle - 1e-9
    assert shape.max() <= 1 + 1e-9


def naive_training(hours, utilisation, idle, days, jobs, seed):
    """Minute by minute: the slow twin."""
    from gridroom.loads.shape import STREAM

    cycles = max(1, round(hours / (24 * days)))
    length = hours / cycles
    gap = (1 - (utilisation - idle) / (1 - idle)) * length
    draws = np.random.Generator(np.random.Philox(key=[seed, STREAM])).random((jobs, cycles))
    out = np.zeros(hours)
    for h in range(hours):
        for minute in range(60):
            t = h + (minute + 0.5) / 60
            c = min(int(t / length), cycles - 1)
            for j in range(jobs):
                start = c * length + draws[j, c] * (length - gap)
                out[h] += (idle if start <= t < start + gap else 1.0) / jobs / 60
    return out


def test_training_shape_against_its_slow_twin():
    fast, slow = training_shape(400, 0.7, 0.15, 5, 3, 4), naive_training(400, 0.7, 0.15, 5, 3, 4)
    assert np.abs(fast - slow).max() < 0.02
    assert fast.mean() == pytest.approx(slow.mean(), abs=1e-3)


def test_inference_follows_its_users():
    shape = inference_shape(48, 0.8, 0.2, 15.0)
    assert shape.mean() == pytest.approx(0.8)
    assert np.argmax(shape[:24]) in (14, 15)
    assert shape.max() / shape.mean() == pytest.approx(1.2, abs=0.01)
    assert np.allclose(shape[:24], shape[24:])


def test_ramp_in_by_building_and_load_that_falls():
    steps = [{"date": date(2027, 3, 1), "mw": 100}, {"date": date(2027, 7, 1), "mw": 400}, {"date": date(2027, 10, 1), "mw": 300}]
    c = campus(ramp=steps, it_mw=400, year=2027, design_fraction=1.0, utilisation=1.0, workload="training", pue_annual=1.2)
    it = campus_load(c).it_mw
    assert it[: 59 * 24].max() == 0
    assert it[59 * 24] == pytest.approx(100)
    assert it[200 * 24] == pytest.approx(400)
    assert it[-1] == pytest.approx(300)
    assert len(campus_load(dataclasses.replace(c, year=2028)).mw) == 8784
    assert campus_load(dataclasses.replace(c, year=2026)).summary()["load_factor"] is None


@settings(max_examples=20, deadline=None)
@given(st.floats(1, 5000), st.floats(0.3, 1), st.floats(0.3, 0.8), st.sampled_from(["training", "inference", "mixed"]))
def test_a_campus_scales(mw, fraction, utilisation, workload):
    one = campus_load(campus(it_mw=mw, design_fraction=fraction, utilisation=utilisation, workload=workload))
    two = campus_load(campus(it_mw=2 * mw, design_fraction=fraction, utilisation=utilisation, workload=workload))
    assert two.energy_mwh == pytest.approx(2 * one.energy_mwh)
    assert one.mw.max() <= mw * fraction * one.pue.max() * (1 + 1e-9)
    assert one.it_mw.mean() == pytest.approx(mw * fraction * utilisation, rel=1e-6)
    assert (one.mw >= one.it_mw).all()


def test_swings_and_loss():
    swing = swing_of(1000, 4)
    assert (swing.low, swing.best, swing.high) == (pytest.approx(122.5), pytest.approx(175), pytest.approx(700))
    e = campus_load(campus(workload="training", design_fraction=1.0, utilisation=1.0)).electrical
    rules = {(r["who"], r["rule"]): r for r in e.rules}
    assert rules["ERCOT", "variation_mw_in_5s"]["met"] is False
    assert rules["ERCOT", "ride_through_threshold_mw"]["applies"] is True
    peak = e.simultaneous_loss_mw.high
    assert rules["CAISO", "ramp_mw_per_min"]["minutes_to_return"] == pytest.approx(peak / 20)
    assert e.simultaneous_loss_mw.low == pytest.approx(0.17 * peak)
    assert all(r["citation"] and r["status"] and r["valid_from"] for r in e.rules)


def test_named_campuses_stand_at_their_published_mw():
    for name in campus_names():
        chosen, rows = named_campus(name)
        load = campus_load(dataclasses.replace(chosen, utilisation=1.0, workload="training"))
        assert load.peak_mw == pytest.approx(rows[-1]["facility_mw"], rel=1e-6), name
        assert {row["claim"] for row in rows} <= {"derived", "assumed"}
        assert all(row["claim"] == "assumed" for row in rows if row["status"] == "planned")
    assert named_campus("colossus")[0].name.startswith("xAI Colossus 1")
    with pytest.raises(StudyError, match="Abilene"):
        named_campus("Abeline")


def test_command_writes_the_hours(tmp_path):
    import pandas as pd

    out = tmp_path / "campus.parquet"
    answer = json.loads(cli("campus", ROOT / "examples/loads/campus_1gw.toml", "--out", out, "--json").stdout)
    hourly = pd.read_parquet(out)
    assert hourly["value"].sum() == pytest.approx(answer["energy_mwh"])
    assert hourly["value"].max() == pytest.approx(answer["peak_mw"])
    assert (hourly["it_mw"] * hourly["pue"]).to_numpy() == pytest.approx(hourly["value"].to_numpy())
    for key in ("peak_mw", "energy_mwh", "load_factor", "pue_mean", "water_m3"):
        assert answer[key] is not None
    assert [row["year"] for row in answer["by_year"]] == [2027, 2028, 2029]
    assert json.loads(cli("campus", "--json").stdout)["named"]
    quick = json.loads(
        cli("campus", "--set", "it_mw=1000", "--set", "weather=ga_atlanta", "--set", "place=Memphis", "--json").stdout
    )
    assert quick["co2_t"]["best"] == pytest.approx(quick["energy_mwh"] * 0.4232, rel=1e-3)
    assert quick["households"]["best"] == pytest.approx(quick["energy_mwh"] * 1000 / 10_791)


@pytest.mark.parametrize("path", sorted((ROOT / "examples/loads").glob("*.toml")), ids=lambda p: p.stem)
def test_examples_run(path):
    load = campus_load(read_campus(path))
    assert load.peak_mw > 100
    assert 0.5 < load.load_factor < 1


def test_own_weather(tmp_path):
    rng = np.random.default_rng(1)
    dry = 15 + 10 * np.sin(np.arange(8760) / 8760 * 2 * np.pi) + rng.standard_normal(8760)
    lines = ["dry_bulb_c,wet_bulb_c", *(f"{d:.2f},{d - 4:.2f}" for d in dry)]
    (tmp_path / "w.csv").write_text("\n".join(lines))
    (tmp_path / "c.toml").write_text('it_mw = 10\ncooling = "waterside"\nweather = "w.csv"\npue_annual = 1.12\n')
    load = campus_load(read_campus(tmp_path / "c.toml"))
    assert load.pue.mean() == pytest.approx(1.12)
    assert load.temperature_c == pytest.approx(np.round(dry - 4, 2), abs=0.006)


BAD = [
    ("it_mw = -5", "it_mw must be greater than 0"),
    ("it_mw = 'big'", "it_mw must be a number"),
    ("", "it_mw is missing"),
    ("it_mw = 10\nutilisation = 80", "utilisation must be at most 1"),
    ("it_mw = 10\ndesign_fraction = 1.5", "design_fraction must be at most 1"),
    ("it_mw = 10\npue_annual = 0.9", "pue_annual must be at least 1"),
    ("it_mw = 10\npue_annual = 115", "pue_annual must be at most 4"),
    ("it_mw = 10\nworkload = 'mining'", "workload must be"),
    ("it_mw = 10\ncooling = 'airsid'", "did you mean 'airside_air_chiller'?"),
    ("it_mw = 10\ncooling = 'mid-size'", "fits several"),
    ("it_mw = 10\nweather = 'chicargo'", "did you mean 'il_chicago'?"),
    ("it_mw = 10\nweather = 'nowhere.csv'", "names no file"),
    ("it_mw = 10\nyear = 1492", "year must be at least 2000"),
    ("it_mw = 10\nutilization = 0.8", "did you mean 'utilisation'?"),
    ("it_mw = 10\nramp = [{ date = 2027-01-01, mw = 20 }]", "must be at most it_mw (10); got 20"),
    ("it_mw = 10\nramp = [{ date = 2028-01-01, mw = 5 }, { date = 2027-01-01, mw = 10 }]", "dates must rise"),
    ("it_mw = 10\nramp = [{ date = 'soon', mw = 5 }]", "ramp[0].date"),
    ("it_mw = 10\nramp = [{ date = 2027-01-01, mw = -5 }]", "ramp[0].mw must be at least 0"),
    ("it_mw = 10\nutilisation = 0.95\ninference_swing = 0.5", "at most 0.053"),
    ("it_mw = 10\nworkload = 'training'\nutilisation = 0.3\nidle_share = 0.5", "idle_share must be at most utilisation"),
    ("it_mw = 10\npue_annual = 1.01\ncooling = 'airside'\nweather = 'fl_tampa'", "chillers alone add 0.092"),
    ("it_mw = true", "it_mw must be a number"),
    ("it_mw = '100'", "it_mw must be a number"),
    ("it_mw = 10\nyear = '2029'", "year must be a whole number"),
    ("it_mw = 10\nramp = [{ date = 1704067200, mw = 5 }]", "must be a day as 2027-03-01"),
    ("it_mw = 10\nramp = [{ date = 2027-01-01T00:00:00-08:00, mw = 5 }]", "must be a day as 2027-03-01"),
    ("workload = 'x'\ncooling = 'zzz'\nweather = 'yyy'", "weather is not known"),
    ("it_mw = 10\nplace = 'Atlantis'", "place is not known"),
    ("it_mw = 10\ngrid_co2_kg_per_mwh = 0.4", "not t/MWh"),
    ("it_mw = 10\nwue_l_per_kwh = -1", "wue_l_per_kwh must be at least 0"),
    ("it_mw = [", "is not TOML"),
    ("it_mw = inf", "it_mw must be"),
]


@pytest.mark.parametrize(("text", "words"), BAD, ids=[b[1][:40] for b in BAD])
def test_bad_campus_is_told(text, words, tmp_path):
    (tmp_path / "c.toml").write_text(text)
    with pytest.raises(StudyError) as fault:
        campus_load(read_campus(tmp_path / "c.toml"))
    assert words in str(fault.value)


def test_bad_weather_names_the_row(tmp_path):
    rows = ["dry_bulb_c"] + ["20"] * 8760
    rows[100] = "warm"
    rows[200] = "95"
    (tmp_path / "w.csv").write_text("\n".join(rows))
    (tmp_path / "c.toml").write_text('it_mw = 10\nweather = "w.csv"\n')
    with pytest.raises(StudyError, match=r"(?s)row 101, dry_bulb_c must be a temperature.*row 201"):
        read_campus(tmp_path / "c.toml")
    (tmp_path / "w.csv").write_text("\n".join(rows[:50]))
    with pytest.raises(StudyError, match="a year, 8,760 or 8,784 rows; got 49"):
        read_campus(tmp_path / "c.toml")
    (tmp_path / "c.toml").write_text('it_mw = 10\nweather = "w.csv"\ncooling = "tower"\n')
    with pytest.raises(StudyError, match="lacks the column wet_bulb_c"):
        read_campus(tmp_path / "c.toml")


def test_all_campus_problems_at_once(tmp_path):
    (tmp_path / "c.toml").write_text('it_mw = 0\nutilisation = 2\ncolor = "red"\nworkload = "x"\n')
    done = cli("campus", tmp_path / "c.toml", code=3)
    assert "4 problems" in done.stderr
    (tmp_path / "w.csv").write_text("dry_bulb_c,wet_bulb_c\n" + "20,25\n" * 8760)
    (tmp_path / "c.toml").write_text('it_mw = 10\nweather = "w.csv"\ncooling = "tower"\n')
    assert "wet bulb lies above dry bulb in 8,760 rows" in cli("campus", tmp_path / "c.toml", code=3).stderr


def test_a_system_folder_takes_a_campus(tmp_path):
    import shutil

    from gridroom.study.campus_file import campus_mw
    from gridroom.systems import read_years

    shutil.copytree(ROOT / "examples/two_regions", tmp_path / "grid")
    system = read_years(tmp_path / "grid")[0][1]
    (tmp_path / "grid/campus.toml").write_text('it_mw = 20\nweather = "ga_atlanta"\n')
    rest = 'kind = "interruptible"\nmax_hours_per_year = 10\ncampus = "campus.toml"\n'
    loads = f'[[large_loads]]\nname = "c"\nregion = "{system.regions[0]}"\n{rest}'
    (tmp_path / "grid/large_loads.toml").write_text(loads)
    read = read_years(tmp_path / "grid", campus_mw=campus_mw)[0][1].large_loads[0]
    whole = campus_load(dataclasses.replace(read_campus(tmp_path / "grid/campus.toml"), year=system.axis.start.year))
    day = (system.axis.start.timetuple().tm_yday - 1) * 24 + system.axis.start.hour
    assert read.mw == pytest.approx(whole.mw[day : day + system.axis.steps])
    done = cli("adequacy", tmp_path / "grid", "--samples", "200", "--json", "--progress", "none")
    assert json.loads(done.stdout)["total"]["lolh_h"]["value"] >= 0
    (tmp_path / "grid/campus.toml").write_text("it_mw = 0\n")
    assert "campus: it_mw must be greater than 0" in cli("adequacy", tmp_path / "grid", code=3).stderr
