"""Miners: break-even, hours against a slow twin, money by who pays, hosting, and a mine in the adequacy engine."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gridroom as gr
from gridroom.assets import mining
from gridroom.assets.miner import run_miner
from gridroom.reference import catalog
from gridroom.study.miner_file import miner_of, read_miner

ROOT = Path(__file__).resolve().parents[1]
PLAIN = {"mw": 10, "efficiency_j_per_th": 20, "hashprice_usd_per_ph_day": 43.2, "price_usd_per_mwh": 50}


def mine(tmp_path=None, price=None, calls=None, wanted=None, load=None, **more):
    data = {**PLAIN, **more}
    folder = tmp_path or Path()
    for key, values in (("price", price), ("grid_calls", calls)):
        if values is not None:
            (folder / f"{key}.csv").write_text("value\n" + "\n".join(f"{v:g}" for v in values) + "\n")
            data[key] = f"{key}.csv"
    if price is not None:
        data.pop("price_usd_per_mwh", None)
    if wanted is not None:
        (folder / "heat.csv").write_text("value\n" + "\n".join(f"{v:g}" for v in wanted) + "\n")
        data["heat"] = {**data["heat"], "demand": "heat.csv"}
    if load is not None:
        (folder / "load.csv").write_text("value\n" + "\n".join(f"{v:g}" for v in load) + "\n")
        data["four_cp"] = {**data["four_cp"], "load": "load.csv"}
    return run_miner(miner_of(data, folder))


# Cases C1 to C5 of the facts.
def test_break_even_and_revenue():
    assert mining.revenue_usd_per_mw_year(43.34, 20) == pytest.approx(790_955, rel=1e-4)
    assert mining.break_even_usd_per_mwh(43.34, 20) == pytest.approx(90.29, rel=1e-4)
    assert mining.break_even_usd_per_mwh(71.01, 30, 1.1) == pytest.approx(89.66, rel=1e-4)


def test_fixed_block_is_sold_back():
    hour = mining.hour(300.0, 90.0, fixed=40.0)
    assert (hour.action, hour.gain_usd, hour.cash_usd) == ("sell_back", 210.0, 260.0)
    assert mining.hour(60.0, 90.0, fixed=40.0).action == "mine"
    assert mining.hour(60.0, 90.0, fixed=200.0).action == "mine"  # what was paid is sunk
    assert mining.hour(90.0, 90.0).action == "off"
    assert mining.hour(95.0, 90.0, extra_usd=10.0).action == "mine"
    assert mining.hour(-20.0, 90.0).cash_usd == 110.0


def test_hosting_deals_per_megawatt():
    deals = catalog.load("hosting_deals").set_index("deal")["usd_per_mw_year"]
    assert deals["terawulf_fluidstack"] == pytest.approx(1.85e6)
    assert deals["iren_microsoft"] == pytest.approx(9.7e6)
    assert deals["cipher_aws"] == pytest.approx(1.22e6, rel=5e-3)


def test_riot_has_two_ledgers():
    cases = catalog.load("mining_cases").set_index(["case", "figure"])["value"]
    supplier, grid = cases[("riot_2023_08", "supplier_credit")], cases[("riot_2023_08", "grid_programme")]
    assert (supplier, grid) == (24.2, 7.4)
    assert supplier + grid == pytest.approx(31.6, abs=0.1)


def test_coin_price_that_pays_the_power():
    # at that coin price the hashprice breaks even at the price of power
    coin = mining.break_even_coin_usd(0.05, 20.0, 1.1, 600.0, 450.0)
    assert mining.break_even_usd_per_mwh(mining.hashprice_usd_per_ph_day(coin, 600.0, 3.125), 20.0, 1.1) == pytest.approx(50.0)
    assert mining.power_cost_per_coin_usd(100.0, 40.0, 2.0) == 48_000


def test_spot_by_hand(tmp_path):
    found = mine(tmp_path, price=[50, 89.9, 90, 200, -10])
    assert found.break_even_usd_per_mwh == pytest.approx(90.0)
    assert list(found.mw_by_hour) == [10, 10, 0, 0, 10]
    assert found.curtail_hours["price"] == 2
    assert found.revenue_usd["power_cost"] == pytest.approx(-10 * (50 + 89.9 - 10))
    assert found.revenue_usd["total"] == pytest.approx(10 * (40 + 0.1 + 100))
    assert found.ledgers_usd["supplier"] == found.revenue_usd["power_cost"]


def test_fixed_by_hand(tmp_path):
    found = mine(tmp_path, price=[50, 300], contract={"kind": "fixed", "usd_per_mwh": 40})
    assert found.revenue_usd["power_cost"] == -800
    assert found.revenue_usd["sell_back"] == 3000
    assert found.revenue_usd["total"] == pytest.approx(10 * (50 + 260))
    kept = mine(tmp_path, price=[50, 300], contract={"kind": "fixed", "usd_per_mwh": 40, "sell_back": False})
    assert kept.hours_off == 0


def test_awards_calls_and_programme(tmp_path):
    found = mine(tmp_path, price=[50, 95, 50], calls=[0, 0, 1], ancillary_usd_per_mwh=10, programme_usd_per_mw_year=8760)
    assert list(found.mw_by_hour) == [10, 10, 0]
    assert found.curtail_hours == {"grid_call": 1, "four_cp": 0, "no_surplus": 0, "price": 0}
    assert found.ledgers_usd["grid_operator"] == pytest.approx(10 * 2 * 10 + 10 * 3)


def test_heat_makes_dear_hours_pay(tmp_path):
    found = mine(tmp_path, price=[95, 95, 95], wanted=[7, 3.5, 0], heat={"usd_per_mwh": 10, "recoverable_share": 0.7})
    assert list(found.mw_by_hour) == [10, 0, 0]  # 90 + 7 beats 95, 90 + 3.5 does not
    assert found.heat_mwh == pytest.approx(7)


def test_peaks_from_the_systems_load(tmp_path):
    load = np.full(8760, 100.0)
    tops = [24 * 160 + 17, 24 * 190 + 17, 24 * 220 + 17, 24 * 250 + 17]
    load[tops] = 200.0
    plan = {"usd_per_kw_year": 60, "hours_off": 1}
    found = mine(tmp_path, price=np.full(8760, 50.0), load=load, four_cp=plan)
    assert found.curtail_hours["four_cp"] == 4
    assert (found.mw_by_hour[tops] == 0).all()
    assert found.revenue_usd["four_cp"] == pytest.approx(10 * 60_000)
    assert "Project 58484" in found.four_cp_rule
    two = mine(tmp_path, price=np.full(8760, 50.0), load=load, four_cp={**plan, "months": [6, 7]})
    assert two.curtail_hours["four_cp"] == 2
    none = mine(tmp_path, price=np.full(8760, 50.0), load=load, four_cp={**plan, "hours_off": 0})
    assert none.revenue_usd["four_cp"] == 0


def test_peak_missed_because_power_was_dear_counts_too(tmp_path):
    load, price = np.full(8760, 100.0), np.full(8760, 50.0)
    top = 24 * 200 + 17  # July
    load[top], price[top] = 300.0, 500.0
    found = mine(tmp_path, price=price, load=load, four_cp={"usd_per_kw_year": 60, "hours_off": 0, "months": [7]})
    assert found.revenue_usd["four_cp"] == pytest.approx(10 * 60_000)


def test_peaks_with_a_given_hit_rate():
    found = mine(four_cp={"usd_per_kw_year": 60, "hit_rate": 0.75, "hours_off": 20})
    assert found.revenue_usd["four_cp"] == pytest.approx(10 * 60_000 * 0.75)
    assert found.curtail_hours["four_cp"] == 20


def test_surplus_hours_alone(tmp_path):
    found = mine(tmp_path, price=[-5, 5, 20], run_only_below_usd_per_mwh=10)
    assert list(found.mw_by_hour) == [10, 10, 0]
    assert found.curtail_hours["no_surplus"] == 1


def test_hosting_by_hand():
    host = {"usd_per_mw_year": 2e6, "capex_usd_per_mw": 8e6, "months": 12, "pue": 1.25, "discount_rate_pct": 0, "years": 10}
    found = mine(hosting=host)
    pivot, margin = found.pivot, 10 * 40 * 8760
    assert pivot.mining_usd_per_year == pytest.approx(margin)
    assert pivot.it_mw == 8
    assert pivot.hosting_usd_per_year == pytest.approx(16e6)
    assert pivot.payback_years == pytest.approx((64e6 + margin) / (16e6 - margin))
    assert pivot.npv_usd == pytest.approx(10 * (16e6 - margin) - 64e6 - margin)
    assert (pivot.interruptible_mw, pivot.firm_mw) == (-10, 10)
    worse = mine(hosting={**host, "usd_per_mw_year": 1e5})
    assert worse.pivot.payback_years is None
    even = mine(hosting={**host, "usd_per_mw_year": pivot.same_as_mining_usd_per_mw_year})
    assert even.pivot.gain_usd_per_year == pytest.approx(0, abs=1)


def slow_total(price, fixed, award, worth):
    """Money an hour at a time: the better of running and not."""
    out, runs = 0.0, []
    for p in price:
        on = worth + award - (p if fixed is None else fixed)
        off = 0.0 if fixed is None else p - fixed
        runs.append(on > off)
        out += max(on, off)
    return out, runs


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.floats(-100, 400).map(lambda v: round(v, 2)), min_size=1, max_size=30),
    st.one_of(st.none(), st.floats(10, 150).map(lambda v: round(v, 1))),
    st.floats(0, 30).map(lambda v: round(v, 1)),
)
def test_hours_equal_the_slow_twin(tmp_path_factory, price, fixed, award):
    more = {} if fixed is None else {"contract": {"kind": "fixed", "usd_per_mwh": fixed}}
    found = mine(tmp_path_factory.mktemp("m"), price=price, ancillary_usd_per_mwh=award, **more)
    total, runs = slow_total(price, fixed, award, found.break_even_usd_per_mwh)
    assert found.revenue_usd["total"] == pytest.approx(10 * total, abs=1e-6)
    assert list(found.mw_by_hour > 0) == runs
    assert found.revenue_usd["total"] >= found.always_on_usd - 1e-6  # choosing never costs
    assert sum(found.ledgers_usd.values()) == pytest.approx(found.revenue_usd["total"], abs=1e-6)


def test_france_needs_more_than_surplus_hours():
    surplus = run_miner(read_miner(ROOT / "examples/assets/france_surplus.toml"))
    often = run_miner(read_miner(ROOT / "examples/assets/france_surplus.toml", ["run_only_below_usd_per_mwh=10000"]))
    before_machines = surplus.revenue_usd["total"] - surplus.revenue_usd["capital"]
    assert before_machines < 100e6  # the press figure for 1 GW begins there
    assert often.revenue_usd["total"] - often.revenue_usd["capital"] > 150e6


def test_examples_run():
    for path in sorted((ROOT / "examples/assets").glob("*.toml")):
        if "large_loads" not in path.read_text():
            assert gr.miner(path).hours >= 8760, path


def test_mine_that_gives_way_takes_no_room():
    load = gr.miner_as_large_load(ROOT / "examples/assets/texas_mine.toml", "1")
    assert (load.kind, load.max_hours_per_year) == ("interruptible", 400)
    from dataclasses import replace

    from gridroom.systems.edit import with_large_load

    method = gr.MonteCarlo(samples=400, seed=3)
    system = gr.systems.rts79()
    bare = gr.assess(system, method).total.eue_mwh.value
    given_way = gr.assess(with_large_load(system, load), method).total.eue_mwh.value
    firm = gr.assess(with_large_load(system, replace(load, kind="firm")), method).total.eue_mwh.value
    assert bare <= given_way < firm


def test_study_takes_a_mine(tmp_path):
    from gridroom.study.loader import load_study
    from gridroom.study.own_loads import own_loads
    from gridroom.study.weather import HOURS

    study = load_study(ROOT / "examples/assets/mine_in_ercot.toml", [])
    mw = own_loads(study, (2030,))
    wanted = gr.miner(ROOT / "examples/assets/texas_mine.toml").mw_by_hour
    assert mw.shape[2] == HOURS
    assert mw.max() == pytest.approx(100)
    assert mw[0].sum(axis=1).max() == pytest.approx(wanted.sum() + wanted[-24:].sum(), rel=1e-5)
    (tmp_path / "p.csv").write_text("value\n50\n60\n")
    (tmp_path / "m.toml").write_text('mw = 1\nefficiency_j_per_th = 20\nhashprice_usd_per_ph_day = 40\nprice = "p.csv"\n')
    (tmp_path / "s.toml").write_text('[[large_loads]]\nname = "m"\nregion = "ERCOT"\nminer = "m.toml"\n')
    with pytest.raises(gr.StudyError, match="must have prices of a year"):
        load_study(tmp_path / "s.toml", [])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"mw": 0}, "mw must be greater than 0; got 0"),
        ({"mw": "ten"}, "must be a number"),
        ({"efficiency_j_per_th": -1}, "efficiency_j_per_th must be greater than 0"),
        ({"pue": 0.9}, "pue must be at least 1"),
        ({"hashprice_usd_per_ph_day": None}, "hashprice_usd_per_ph_day is missing, and so is price_usd"),
        ({"hashprice_usd_per_ph_day": None, "price_usd": 60000}, "so is network_eh, subsidy_btc"),
        ({"price_usd": 60000}, "say the same twice"),
        ({"price": "p.csv"}, "price and price_usd_per_mwh say the same twice"),
        ({"fees_btc": 5}, "and fees_btc say the same twice"),
        ({"price_usd_per_mwh": None}, "price is missing"),
        ({"price_usd_per_mwh": None, "price": "nowhere.csv"}, "names no file"),
        ({"effciency": 3}, "is not a known setting"),
        ({"contract": {"kind": "fixed"}}, "contract.usd_per_mwh is missing"),
        ({"contract": {"kind": "free"}}, "must be 'fixed' or 'spot'"),
        ({"four_cp": {"usd_per_kw_year": 60, "hours_off": 3}}, "load and hit_rate are both missing"),
        ({"four_cp": {"usd_per_kw_year": 60, "hours_off": 3, "hit_rate": 2}}, "at most 1"),
        ({"four_cp": {"usd_per_kw_year": 60, "hours_off": 3, "hit_rate": 1, "months": [12]}}, "months must lie between 6 and 9"),
        ({"heat": {"usd_per_mwh": 10, "recoverable_share": 0}}, "recoverable_share must be greater than 0"),
        ({"hosting": {"usd_per_mw_year": 1}}, "hosting.capex_usd_per_mw is missing"),
        ({"programme_usd_per_mw_year": 5}, "grid_calls"),
        ({"pool_fee_pct": 100}, "pool_fee_pct must be less than 100"),
        ({"mw": float("nan")}, "mw must be"),
    ],
)
def test_bad_mines(change, words):
    data = {k: v for k, v in {**PLAIN, **change}.items() if v is not None}
    with pytest.raises(gr.StudyError, match=words):
        miner_of(data, Path())


def test_all_faults_of_a_mine_at_once():
    with pytest.raises(gr.StudyError) as fault:
        miner_of({"mw": -1, "pue": 0.5, "contract": {"kind": "fixed"}, "four_cp": {"usd_per_kw_year": 1, "hours_off": 1}}, Path())
    assert {p.where for p in fault.value.problems} == {
        "mw", "pue", "efficiency_j_per_th", "hashprice_usd_per_ph_day", "price", "contract.usd_per_mwh",
        "four_cp.load"}  # fmt: skip


def test_short_series_are_not_a_year(tmp_path):
    plan = {"usd_per_kw_year": 70, "hit_rate": 0.5, "hours_off": 0}
    assert mine(tmp_path, price=[50] * 24, four_cp=plan).revenue_usd["four_cp"] == pytest.approx(10 * 70_000 * 0.5 * 24 / 8760)
    (tmp_path / "empty.csv").write_text("value\n")
    with pytest.raises(gr.StudyError, match="price"):
        miner_of({**{k: v for k, v in PLAIN.items() if k != "price_usd_per_mwh"}, "price": "empty.csv"}, tmp_path)


def test_hosting_pays_the_block_that_the_mine_pays():
    host = {"usd_per_mw_year": 1e6, "capex_usd_per_mw": 1, "months": 1, "tenant_pays_power": False}
    found = mine(contract={"kind": "fixed", "usd_per_mwh": 90}, hosting=host)
    assert found.pivot.hosting_usd_per_year == pytest.approx(10 * (1e6 - 90 * 8760))


def test_pool_fee_raises_the_coin_price_that_pays():
    parts = {"hashprice_usd_per_ph_day": None, "price_usd": 90_000, "network_eh": 950, "subsidy_btc": 3.125, "fees_btc": 9}
    data = {k: v for k, v in {**PLAIN, **parts, "efficiency_j_per_th": 17, "pool_fee_pct": 2}.items() if v is not None}
    found = run_miner(miner_of(data, Path()))
    assert found.break_even_coin_usd == pytest.approx(43_084, rel=1e-3)
    assert found.break_even_usd_per_mwh * found.break_even_coin_usd / 90_000 == pytest.approx(50)


def test_series_faults_come_together(tmp_path):
    (tmp_path / "p.csv").write_text("value\n1\nx\n3\n")
    (tmp_path / "c.csv").write_text("value\n0\n2\n")
    with pytest.raises(gr.StudyError) as fault:
        miner_of(
            {"mw": 1, "efficiency_j_per_th": 20, "hashprice_usd_per_ph_day": 40, "price": "p.csv", "grid_calls": "c.csv"}, tmp_path
        )
    assert len(fault.value.problems) >= 2
