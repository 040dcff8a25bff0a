"""The engine against enumeration, linear programs and convolution; weather, maintenance, results beyond the means."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from gridroom.adequacy.engine import assess
from gridroom.adequacy.specs import Causes, Convolution, DemandResponseEnergy, Events, MonteCarlo, ShortfallSamples
from gridroom.core.errors import StudyError
from gridroom.systems import levelised_plan, read_years, rts79
from tests import builders, twin
from tests.test_known_answers import near
from tests.test_systems import folder


def test_system_4_demand_response():
    answer = assess(builders.system_4(), MonteCarlo(samples=400_000, seed=1), DemandResponseEnergy())
    # Exact by full enumeration; PRAS states 2.118 and 42.14 from simulation.
    assert near(answer.total.lolh_h, 2.117065)
    assert near(answer.total.eue_mwh, 42.081619)
    assert answer.lolp[-1] == pytest.approx([0.1, 0.2629, 0.329239, 0.860024, 0.263563, 0.301338], abs=0.004)
    assert answer.unserved_mw[-1] == pytest.approx([4.7, 5.1439, 6.908766, 12.948772, 6.026049, 6.354131], abs=0.12)
    assert answer.owed_mwh[0] == pytest.approx([0.9, 2.4561, 4.247334, 0.998562, 2.672513, 0], abs=0.03)
    assert answer.lost_mw[0] == pytest.approx([0, 0, 0.9, 6.499682, 0.717715, 1.713605], abs=0.03)


def test_system_6_three_regions_with_demand_response():
    answer = assess(builders.system_6(), MonteCarlo(samples=200_000, seed=1), DemandResponseEnergy())
    # PRAS, simulated; which region goes short is a matter of ties, so the system is compared, at 1 %.
    assert answer.total.lolh_h.value == pytest.approx(3.2047, rel=0.01)
    assert answer.total.eue_mwh.value == pytest.approx(53.045, rel=0.01)
    assert answer.lolp[-1, -1] == 1.0
    assert answer.lost_mw.sum() == pytest.approx(23.525, rel=0.01)


@pytest.mark.parametrize("seed", range(4))
def test_two_regions_by_enumeration(seed):
    rng = np.random.default_rng(seed)
    load, mw = rng.integers(10, 40, 2).astype(float), rng.integers(5, 30, 5).astype(float)
    out, tie, tie_out = rng.uniform(0.05, 0.4, 5), float(rng.integers(2, 15)), 0.2
    region = [0, 0, 0, 1, 1]
    system = builders.system(load[:, None], units=builders.units(region, mw[:, None], out[:, None], 1 - out[:, None]),
                             interfaces=builders.ties([(0, 1)], tie), lines=builders.lines([0], tie, tie_out, 1 - tie_out))
    lolh, eue, by_region = 0.0, 0.0, np.zeros(2)
    for up in itertools.product((0, 1), repeat=6):
        chance = float(np.prod([1 - q if u else q for u, q in zip(up, [*out, tie_out], strict=True)]))
        margin = np.array([sum(m for m, u, r in zip(mw, up, region, strict=False) if u and r == k) - load[k] for k in (0, 1)])
        sent = max(min(-margin.min(), margin.max(), tie * up[5]), 0.0)
        gaps = np.maximum(-margin - sent * (margin < 0), 0.0)
        lolh, eue, by_region = lolh + chance * (gaps.sum() > 0), eue + chance * gaps.sum(), by_region + chance * gaps
    answer = assess(system, MonteCarlo(samples=60_000, seed=seed))
    assert near(answer.total.lolh_h, lolh)
    assert near(answer.total.eue_mwh, eue)
    for k in (0, 1):
        assert near(answer.regions[k].eue_mwh, by_region[k])


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 10_000))
def test_convolution_agrees_with_simulation(seed):
    rng = np.random.default_rng(seed)
    count = int(rng.integers(3, 9))
    mw = rng.integers(5, 60, count).astype(float)
    units = builders.units([0] * count, mw[:, None], rng.uniform(0.01, 0.2, (count, 1)), rng.uniform(0.1, 0.9, (count, 1)))
    system = builders.system(mw.sum() * rng.uniform(0.4, 0.95, 36), units=units)
    exact, found = assess(system, Convolution()).total, assess(system, MonteCarlo(samples=20_000, seed=seed)).total
    for key in ("lolh_h", "eue_mwh", "lolev"):
        assert near(getattr(found, key), getattr(exact, key).value, 5.0), key


def least_unserved(system, up) -> float:
    """Least unserved energy that any policy with full knowledge of the future can reach: a linear program (HiGHS)."""
    steps, h, s = system.axis.steps, system.axis.step_h, system.storage
    stores = len(s.names)
    need = system.load_mw[0] - np.array([sum(
        float(system.units.capacity_mw[u, 0]) for u, name in enumerate(system.units.names)
        if up.get(("unit", name), np.ones(steps, bool))[t]) for t in range(steps)])
    # Variables: unserved (T), discharge (S, T), charge (S, T).
    n = steps * (1 + 2 * stores)
    cost = np.concatenate([np.ones(steps), np.zeros(n - steps)])
    rows, limits = [], []
    for t in range(steps):
        row = np.zeros(n)
        row[t] = -1
        for k in range(stores):
            row[steps * (1 + k) + t] = -1
            row[steps * (1 + stores + k) + t] = 1
        rows.append(row)
        limits.append(-need[t])
    for k in range(stores):
        for t in range(steps):
            row = np.zeros(n)
            for before in range(t + 1):
                row[steps * (1 + k) + before] = h / s.discharge_efficiency[k, 0]
                row[steps * (1 + stores + k) + before] = -h * s.charge_efficiency[k, 0]
            rows += [row, -row]
            limits += [s.initial_mwh[k], s.energy_mwh[k, 0] - s.initial_mwh[k]]
    bounds = [(0, None)] * steps + [(0, float(s.discharge_mw[k, 0])) for k in range(stores) for _ in range(steps)]
    bounds += [(0, float(s.charge_mw[k, 0]) if need[t] < 0 else 0.0) for k in range(stores) for t in range(steps)]
    found = linprog(cost, A_ub=np.array(rows), b_ub=np.array(limits), bounds=bounds, method="highs")
    assert found.status == 0
    return float(found.fun) * h


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_storage_leaves_as_little_unserved_as_perfect_foresight(seed, same_efficiency):
    # Within one surplus-to-surplus stretch levelling by time-to-go is optimal (Evans et al. 2019); with several stores of
    # different charge limits the order of charging may cost a little: never less than the program, rarely more.
    rng = np.random.default_rng(seed)
    stores = int(rng.integers(1, 4))
    efficiency = (0.9, 0.95) if same_efficiency else (1.0, 1.0)
    storage = builders.stores([0] * stores, rng.uniform(4, 20, (stores, 1)), rng.uniform(5, 60, (stores, 1)), efficiency)
    full = dataclasses.replace(storage, initial_mwh=storage.energy_mwh[:, 0])
    system = builders.system(80 + 30 * rng.random(14), units=builders.units([0] * 4, 25, 0.1, 0.3), storage=full)
    answer = assess(system, MonteCarlo(samples=4, seed=seed, jobs=1), ShortfallSamples())
    for sample, up in enumerate(twin.states(system, 4, seed)):
        least = least_unserved(system, up)
        assert answer.samples[sample, -1, 3] >= least - 1e-5
        need = system.load_mw[0] - sum(25 * up[("unit", f"u{k}")] for k in range(4))
        if (np.diff((need > 0).astype(int)) == 1).sum() + (need[0] > 0) <= 1:  # one run of shortage: theory says equal
            assert answer.samples[sample, -1, 3] == pytest.approx(least, abs=1e-4)


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_levelled_order_is_never_worse_than_the_fixed_one_in_a_run_of_shortage(seed):
    rng = np.random.default_rng(seed)
    storage = builders.stores([0] * 3, rng.uniform(4, 20, (3, 1)), rng.uniform(5, 60, (3, 1)))
    full = dataclasses.replace(storage, initial_mwh=storage.energy_mwh[:, 0])
    system = builders.system(40 + 30 * rng.random(10), units=builders.units([0], 30, 0.0, 1.0), storage=full)
    levelled = assess(system, MonteCarlo(samples=2, jobs=1)).total.eue_mwh.value
    fixed = assess(system, MonteCarlo(samples=2, jobs=1, storage_order="pras")).total.eue_mwh.value
    assert levelled <= fixed + 1e-6


def test_unknown_storage_order():
    with pytest.raises(StudyError, match="did you mean 'levelled'"):
        assess(builders.system_2(), MonteCarlo(samples=2, storage_order="level"))


def test_weather_years_take_turns_and_average(tmp_path):
    path = folder(tmp_path / "s")
    for year, load in (("2019", "50,60\n55,65\n52,61\n"), ("2021", "90,90\n90,95\n90,91\n")):
        (path / "weather" / year).mkdir(parents=True)
        (path / "weather" / year / "load.csv").write_text("A,B\n" + load)
    years = dict(read_years(path))
    both = assess(years, MonteCarlo(samples=4000, seed=1, jobs=2))
    alone = [assess(system, MonteCarlo(samples=4000, seed=2)).total.eue_mwh for system in years.values()]
    assert abs(both.total.eue_mwh.value - np.mean([a.value for a in alone])) < 4 * both.total.eue_mwh.stderr
    assert list(both.weather) == ["2019", "2021"]
    assert both.weather["2021"].eue_mwh.value > both.weather["2019"].eue_mwh.value


def test_outage_rate_follows_temperature(tmp_path):
    path = folder(tmp_path / "s")
    (path / "temperature.csv").write_text("A,B\n-20,10\n-20,10\n-20,10\n")
    (path / "outage_temperature.csv").write_text("category,temperature_c,forced_outage_rate\ngas,-20,0.3\ngas,10,0.05\n")
    (_, system), = read_years(path)
    fail, mend = system.units.failure_probability[:, 0], system.units.repair_probability[:, 0]
    assert fail / (fail + mend) == pytest.approx([0.3, 0.05])
    (path / "common_events.csv").write_text(
        "name,region,categories,probability,share_out,below_c,claim\ncold,A,gas,1,1,-10,assumed\n")
    (_, struck), = read_years(path)
    answer = assess(struck, MonteCarlo(samples=50))
    assert answer.regions[0].lolh_h.value == 3.0  # the only unit of region A is out in every hour


EVENT = "name,region,categories,probability,share_out,"


@pytest.mark.parametrize(("file", "text", "word"), [
    ("common_events.csv", EVENT + "below_c\nx,A,gas,1,1,-10\n", "needs the table temperature"),
    ("common_events.csv", EVENT + "start,hours\nx,A,gas,2,1,2030-01-01,5\n", r"must lie in \[0, 1\]"),
    ("common_events.csv", EVENT + "start,hours\nx,A,gas,1,1,2031-01-01,5\n", "within the horizon"),
    ("maintenance.csv", "unit,start,hours\nu9,2030-01-01,5\n", "is not known; got 'u9'"),
    ("maintenance.csv", "unit,start,hours\nu1,someday,5\n", "must be a date and time"),
    ("outage_temperature.csv", "category,temperature_c,forced_outage_rate\ngas,0,0.1\n", "needs the table temperature")])
def test_bad_extras(tmp_path, file, text, word):
    path = folder(tmp_path / "s")
    (path / file).write_text(text)
    with pytest.raises(StudyError, match=word):
        read_years(path)


def test_given_maintenance(tmp_path):
    path = folder(tmp_path / "s")
    (path / "maintenance.csv").write_text("unit,start,hours\nu1,2030-01-01T01:00:00,1\n")
    (_, system), = read_years(path)
    assert system.units.capacity_mw[0].tolist() == [80, 0, 80]
    (_, without), = read_years(path, "none")
    assert without.units.capacity_mw[0].tolist() == [80]


def test_levelised_maintenance_lies_where_load_is_low():
    system = rts79()
    plan = levelised_plan(system)
    assert plan.sum(axis=1).tolist() == (system.units.maintenance_weeks * 168).tolist()
    peak_week = int(system.load_mw[0].argmax() // 168)
    assert not plan[:, peak_week * 168:(peak_week + 1) * 168].any()
    # Twin: least weekly reserve with this plan is above that of any plan that shifts all windows alike.
    out = (plan * system.units.capacity_mw).sum(axis=0)
    reserve = (3405 - out - system.load_mw[0]).reshape(52, 168).min(axis=1).min()
    assert reserve >= 3405 - 2850 - 1e-9


def test_results_beyond_the_means():
    system = rts79()
    answer = assess(system, MonteCarlo(samples=3000, seed=2), ShortfallSamples(), Events(100_000), Causes())
    step = answer.samples[:, -1]
    spread = answer.distribution().set_index("name").loc["total"]
    assert spread["worst_mwh"] == step[:, 3].max()
    assert spread["worst_sample"] == step[:, 3].argmax()
    assert spread["p95_mwh"] == pytest.approx(np.quantile(step[:, 3], 0.95, method="inverted_cdf"), rel=0.012)
    assert spread["share_of_samples_short"] == pytest.approx((step[:, 0] > 0).mean())
    events = answer.events()
    whole = events[events["region"] == "total"]
    assert len(whole) == pytest.approx(answer.total.lolev.value * 3000)
    assert whole["energy_mwh"].sum() == pytest.approx(answer.total.eue_mwh.value * 3000)
    assert whole["duration_h"].sum() == pytest.approx(answer.total.lolh_h.value * 3000)
    assert (whole["depth_mw"] <= whole["energy_mwh"] + 1e-9).all()
    table = answer.month_hour()
    table = table[table["name"] == "total"]
    assert table["lolh_h"].sum() == pytest.approx(answer.total.lolh_h.value)
    assert table["eue_mwh"].sum() == pytest.approx(answer.total.eue_mwh.value)
    assert table.loc[table["eue_mwh"].idxmax(), "month"] in (6, 11, 12)
    units, _ = answer.causes()
    assert units["name"].iloc[0] in ("U400-1", "U400-2", "U350-1")
    assert (units["out_when_short"] >= 0).all()
    assert (units["out_when_short"] <= 1).all()


def test_events_that_lie_close_may_be_one():
    load = [90, 110, 90, 110, 90, 90, 110.0]
    system = builders.system(load, units=builders.units([0], 100, 0.0, 1.0))
    for gap, count in ((0.0, 3), (1.0, 2), (2.0, 1)):
        answer = assess(system, MonteCarlo(samples=2, jobs=1, event_gap_h=gap), Events())
        assert answer.total.lolev.value == count
        assert answer.total.lolh_h.value == 3


def test_which_interface_was_at_its_limit():
    system = builders.system([[100], [10]], units=builders.units([0, 1], [[60], [100]], 0.0, 1.0),
                             interfaces=builders.ties([(0, 1)], 20))
    _, ties = assess(system, MonteCarlo(samples=3), Causes()).causes()
    assert ties.to_dict("records") == [{"interface": "R1 - R2", "at_limit_when_short": 1.0}]


def test_draws_belong_to_names():
    base = builders.system([100] * 48, units=builders.units([0] * 4, 25, 0.1, 0.3))
    turned = dataclasses.replace(base, units=dataclasses.replace(base.units, names=tuple(reversed(base.units.names))))
    one, two = (twin.states(s, 5, 3) for s in (base, turned))
    for a, b in zip(one, two, strict=True):
        assert all((a[key] == b[key]).all() for key in a)


def test_tables_of_a_run_folder(tmp_path):
    import json

    import pandas as pd

    from tests.test_cli import ROOT, gridroom

    keep = [word for name in ("flows", "storage", "samples", "surplus", "demand_response") for word in ("--keep", name)]
    done = gridroom("adequacy", ROOT / "examples" / "campus", "--samples", "300", "--out", tmp_path / "o", *keep, "--json")
    document = json.loads(done.stdout)
    tables = {path.stem: pd.read_parquet(path) for path in (tmp_path / "o" / "tables").glob("*.parquet")}
    samples = tables["samples"]
    assert samples[samples["name"] == "total"]["eue_mwh"].mean() == pytest.approx(document["total"]["eue_mwh"]["value"])
    assert set(tables["storage"]["name"]) == {"battery"}
    assert tables["flows"]["utilisation"].between(0, 1).all()
    assert (tables["surplus"]["surplus_mw"] >= 0).all()
    assert json.loads((tmp_path / "o" / "adequacy.json").read_text()) == document
    assert "must be one of flows" in gridroom("adequacy", "rts79", "--keep", "flow", "--out", tmp_path / "p", code=2).stderr


def test_a_load_that_can_never_be_served_is_told(tmp_path):
    from tests.test_cli import gridroom

    path = folder(tmp_path / "s")
    (path / "load.csv").write_text("A,B\n50000,60\n55000,65\n52000,61\n")
    done = gridroom("adequacy", path, code=3)
    assert "load of region 'A' can never be served" in done.stderr


def test_weather_years_in_headroom_and_credit(tmp_path):
    from gridroom.adequacy.accreditation import accredit
    from gridroom.adequacy.headroom import Lolh, headroom

    path = folder(tmp_path / "s")
    for year, load in (("2019", "50,60\n55,65\n52,61\n"), ("2021", "70,80\n70,85\n70,81\n")):
        (path / "weather" / year).mkdir(parents=True)
        (path / "weather" / year / "load.csv").write_text("A,B\n" + load)
    years = dict(read_years(path))
    room = headroom(years, "A", Lolh(0.5), MonteCarlo(samples=2000))
    alone = headroom(years["2019"], "A", Lolh(0.5), MonteCarlo(samples=2000))
    assert room.room_mw.value < alone.room_mw.value
    assert accredit(years, "u1", method=MonteCarlo(samples=2000)).credit_mw.value > 0
    with pytest.raises(StudyError, match="convolution takes one"):
        assess(years, Convolution())
