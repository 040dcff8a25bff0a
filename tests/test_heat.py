"""Heat: the pump's table, direct feed, hours against a linear program, ERF inside and outside, the Finnish cases."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

import gridroom as gr
from gridroom.heat.pump import lift, log_mean_k
from gridroom.heat.reuse import match
from gridroom.reference import catalog
from gridroom.study.heat_file import heat_site_of

ROOT = Path(__file__).resolve().parents[1]
PLAIN = {"it_mw": 10, "cooling": "liquid", "recoverable_share": 0.8, "source_temperature_c": 30, "source_return_c": 20,
         "return_temperature_c": 50, "supply_temperature_c": 80, "pue": 1.25}  # fmt: skip


def heat(tmp_path, demand, it_load=None, **more):
    (tmp_path / "d.csv").write_text("value\n" + "\n".join(f"{v:g}" for v in demand) + "\n")
    data = {**PLAIN, "network_demand": str(tmp_path / "d.csv"), **more}
    if it_load is not None:
        (tmp_path / "l.csv").write_text("value\n" + "\n".join(f"{v:g}" for v in it_load) + "\n")
        data["it_load"] = str(tmp_path / "l.csv")
    return gr.heat_reuse(data)


# Case D1 of the facts: the printed table, 0.1 %.
@pytest.mark.parametrize(
    ("source", "back", "supply", "ret", "lorenz", "cop", "given_heat", "power"),
    [
        (30, 20, 80, 50, 8.489, 4.245, 1.308, 0.308),
        (40, 30, 75, 45, 13.423, 6.712, 1.175, 0.175),
        (55, 45, 90, 55, 15.535, 7.768, 1.148, 0.148),
    ],
)
def test_pump_table(source, back, supply, ret, lorenz, cop, given_heat, power):
    found = lift(source, back, supply, ret)
    assert found.cop_lorenz == pytest.approx(lorenz, rel=1e-3)
    assert found.cop == pytest.approx(cop, rel=1e-3)
    assert found.heat_per_source == pytest.approx(given_heat, rel=1e-3)
    assert found.heat_per_source * found.electricity_per_heat == pytest.approx(power, rel=3e-3)


def test_share_of_lorenz():
    assert lift(30, 20, 80, 50, carnot_fraction=0.4).cop == pytest.approx(3.396, rel=1e-3)
    assert lift(55, 45, 90, 55, cop_cap=7.0).cop == 7.0


def test_direct_feed_needs_no_pump():
    found = lift(65, 55, 60, 40, pinch_k=4)
    assert (found.mode, found.cop, found.electricity_per_heat, found.heat_per_source) == ("direct", None, 0.0, 1.0)
    assert lift(63.9, 40, 60, 50, pinch_k=4).mode == "pump"


def test_no_lift_is_refused_never_a_negative_cop():
    with pytest.raises(gr.StudyError, match="leave no lift"):
        lift(46, 45.9, 47, 42.5, pinch_k=4)
    with pytest.raises(gr.StudyError, match="no better than direct electric heating"):
        lift(0, -10, 120, 90, carnot_fraction=0.2)
    warmed = lift(65, 60, 64, 40, pinch_k=4)  # the source is warmer on the mean: exchanger first
    assert warmed.mode == "preheat_and_pump"
    assert warmed.direct_share == pytest.approx(21 / 24)
    assert 1 < warmed.cop <= 15
    assert lift(52.5, 42.5, 60, 35).mode == "preheat_and_pump"
    assert lift(55, 45, 90, 55, preheat=True).mode == "pump"  # nothing to warm: 51 is below the return


@settings(max_examples=80, deadline=None)
@given(st.floats(5, 90), st.floats(0.1, 30), st.floats(10, 110), st.floats(0.5, 60), st.booleans())
def test_cop_is_never_negative_nor_infinite(source, drop, supply, spread, preheat):
    try:
        found = lift(source, source - drop, supply, supply - spread, preheat=preheat)
    except gr.StudyError:
        return
    assert found.cop is None or 1 < found.cop <= 15
    assert found.heat_per_source >= 1 - 1e-12
    assert 0 <= found.direct_share <= 1


@settings(max_examples=80, deadline=None)
@given(st.floats(5, 60), st.floats(3, 25), st.floats(5, 60), st.floats(5, 40), st.floats(0.3, 0.7))
def test_energy_balances_and_smaller_lifts_cost_less(source, drop, above, spread, share):
    found = lift(source, source - drop, source + above, source + above - min(spread, above), carnot_fraction=share)
    assert found.cop > 0
    assert found.heat_per_source == pytest.approx(1 + found.heat_per_source * found.electricity_per_heat)
    higher = lift(source, source - drop, source + above + 10, source + above - min(spread, above), carnot_fraction=share)
    assert higher.cop <= found.cop


def test_log_mean_of_equal_temperatures():
    assert log_mean_k(20.0, 20.0) == pytest.approx(293.15)


def test_hours_by_hand(tmp_path):
    found = heat(tmp_path, [5.0, 20.0, 0.0])
    possible = 10 * 0.8 * found.cop / (found.cop - 1)
    assert found.delivered_mwh == pytest.approx(5 + possible)
    assert found.heat_pump_mwh == pytest.approx((5 + possible) / found.cop)
    assert found.source_heat_mwh + found.heat_pump_mwh == pytest.approx(found.delivered_mwh)
    assert found.use_share == pytest.approx((5 + possible) / (3 * possible))


def test_reuse_factor_inside_and_outside(tmp_path):
    outside, inside = heat(tmp_path, [5.0, 5.0]), heat(tmp_path, [5.0, 5.0], pump_inside=True)
    e_it = 20.0
    assert outside.erf == pytest.approx(outside.source_heat_mwh / (e_it * 1.25))
    assert outside.pue == pytest.approx(1.25)
    assert inside.erf == pytest.approx(10 / (e_it * 1.25 + inside.heat_pump_mwh))
    assert inside.pue == pytest.approx(1.25 + inside.heat_pump_mwh / e_it)
    assert inside.ere == pytest.approx((1 - inside.erf) * inside.pue)


def test_money_and_carbon(tmp_path):
    more = {
        "heat_usd_per_mwh": 40,
        "electricity_usd_per_mwh": 60,
        "displaced_co2_kg_per_mwh": 200,
        "capex_usd": 1000.0,
        "years": 10,
        "discount_rate_pct": 0,
    }
    gross = heat(tmp_path, [5.0], **more)
    net = heat(tmp_path, [5.0], electricity_co2_kg_per_mwh=100, **more)
    assert gross.co2_avoided_t == pytest.approx(1.0)
    assert any("displaced heat alone" in n for n in gross.notes)
    assert net.co2_avoided_t == pytest.approx(1.0 - net.heat_pump_mwh * 0.1)
    assert net.value_usd == pytest.approx(200 - 60 * net.heat_pump_mwh - 1000 / 10 / 8760)
    assert heat(tmp_path, [5.0]).co2_avoided_t is None


def test_source_by_hour_and_caps(tmp_path):
    found = heat(tmp_path, [50.0, 50.0], it_load=[10.0, 0.0])
    assert found.delivered_mw[1] == 0
    capped = heat(tmp_path, [50.0, 50.0], pump_mw=3, pipe_mw=2)
    assert list(capped.delivered_mw) == [2, 2]


def greatest(possible, demand, pipe, size, rate):
    """Most heat that any plan delivers: a linear program with foresight (made, out of and into the tank, content)."""
    n = len(demand)
    # columns: direct d, out o, into i, content s
    cost = np.concatenate([-np.ones(n), -np.ones(n), np.zeros(2 * n)])
    upper = np.zeros((3 * n, 4 * n))
    limit = np.zeros(3 * n)
    equal, right = np.zeros((n, 4 * n)), np.zeros(n)
    for t in range(n):
        upper[t, t] = upper[t, 2 * n + t] = 1
        limit[t] = possible[t]
        upper[n + t, t] = upper[n + t, n + t] = 1
        limit[n + t] = min(demand[t], pipe)
        upper[2 * n + t, n + t] = 1
        limit[2 * n + t] = rate
        equal[t, 3 * n + t], equal[t, n + t], equal[t, 2 * n + t] = 1, 1, -1
        if t:
            equal[t, 3 * n + t - 1] = -1
    bounds = [(0, None)] * (2 * n) + [(0, rate)] * n + [(0, size)] * n
    return -linprog(cost, A_ub=upper, b_ub=limit, A_eq=equal, b_eq=right, bounds=bounds).fun


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(0, 30), st.floats(0.5, 10))
def test_first_come_first_served_is_the_best_plan(seed, size, rate):
    rng = np.random.default_rng(seed)
    possible, demand = rng.uniform(0, 10, 24), rng.uniform(0, 12, 24)
    flows = match(possible, demand, 11.0, size, rate, 0.0)
    assert flows.delivered.sum() == pytest.approx(greatest(possible, demand, 11.0, size, rate), abs=1e-6)
    assert flows.made.sum() == pytest.approx(flows.delivered.sum() + flows.stored[-1], abs=1e-9)
    assert (flows.made <= possible + 1e-9).all()
    bigger = match(possible, demand, 11.0, size + 5, rate, 0.0)
    assert bigger.delivered.sum() >= flows.delivered.sum() - 1e-9


def test_heat_of_a_mine_and_of_a_campus(tmp_path):
    assets = ROOT / "examples/assets/texas_mine.toml"
    mine, power = gr.miner(assets), {k: v for k, v in PLAIN.items() if k not in ("it_mw", "network_demand")}
    found = gr.heat_reuse({**power, "miner": str(assets), "demand_mwh_per_year": 1e6, "climate": "chicago"})
    assert found.recoverable_mw == pytest.approx(mine.mw_by_hour.mean() / 1.05 * 0.8)
    assert (found.made_mw[mine.mw_by_hour == 0] == 0).all()
    campus = gr.heat_reuse({**power, "campus": str(ROOT / "examples/loads/campus_1gw.toml"), "demand_mwh_per_year": 1e6})
    assert campus.recoverable_mw > 100
    with pytest.raises(gr.StudyError, match="it_mw is missing"):
        gr.heat_reuse({**power, "demand_mwh_per_year": 1e6})
    with pytest.raises(gr.StudyError, match="campus and miner say the same twice"):
        gr.heat_reuse({**power, "campus": "a", "miner": "b", "demand_mwh_per_year": 1e6})


def test_tank_loses_heat():
    flows = match(np.array([5.0, 0.0]), np.array([0.0, 5.0]), 10.0, 10.0, 10.0, 0.1)
    assert flows.delivered[1] == pytest.approx(4.5)


# The Finnish cases: shares by the hour, from the shape of demand alone.
def test_espoo():
    cases = catalog.load("heat_cases").set_index(["case", "figure"])["value"]
    found = gr.heat_reuse(ROOT / "examples/heat/espoo.toml")
    assert found.demand_share == pytest.approx(cases[("espoo", "share_of_heat_demand")], abs=0.02)
    assert found.use_share == pytest.approx(cases[("espoo", "share_of_source_heat_used")], abs=0.05)


def test_odense():
    cases = catalog.load("heat_cases").set_index(["case", "figure"])["value"]
    found = gr.heat_reuse(ROOT / "examples/heat/odense.toml")
    assert found.made_mw.max() <= 45
    assert found.delivered_mwh == pytest.approx(cases[("odense", "heat_mwh_per_year")], rel=0.1)
    assert cases[("odense", "heat_mwh_per_year")] / 45 == pytest.approx(4778, rel=1e-3)  # full-load hours


def test_mine_feeds_directly():
    found = gr.heat_reuse(ROOT / "examples/heat/finland_mine.toml")
    assert (found.mode, found.heat_pump_mwh) == ("direct", 0.0)
    assert found.co2_avoided_t == pytest.approx(found.delivered_mwh * 0.2)


def test_shapes_are_years():
    shape = catalog.load("heat_demand_shape")
    assert len(shape) == 8760
    assert (shape.sum() > 9.99e6).all()
    assert shape["duluth"].iloc[:744].sum() > 3 * shape["duluth"].iloc[4344:5088].sum()  # January against July


def test_answers_print_and_turn_into_tables(tmp_path):
    found = heat(tmp_path, [5.0, 6.0])
    assert "ERF" in str(found)
    assert len(found.to_pandas()) == 2
    assert float(found.to_xarray()["delivered_mw"].sum()) == pytest.approx(found.delivered_mwh)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"it_mw": -1}, "it_mw must be greater than 0"),
        ({"load_factor": 1.5}, "load_factor must be at most 1"),
        ({"cooling": "magic"}, "cooling must be"),
        ({"supply_temperature_c": 40}, "must lie above return_temperature_c"),
        ({"source_return_c": 35}, "source_temperature_c must lie above source_return_c"),
        ({"network_demand": None, "demand_mwh_per_year": None}, "network_demand is missing"),
        ({"demand_mwh_per_year": 5, "network_demand": "d.csv"}, "say the same twice"),
        ({"network_demand": "no.csv", "demand_mwh_per_year": None}, "names no file"),
        ({"carnot_fraction": 0}, "carnot_fraction must be greater than 0"),
        ({"storage_mw": 5}, "storage_mwh is missing"),
        ({"pue": 0.8}, "pue must be at least 1"),
        ({"climate": "paris"}, "climate must be"),
        ({"return_temperature": 3}, "is not a known setting"),
        ({"carnot_fraction": 0.05}, "no better than direct"),
        ({"it_load": "no.csv"}, "it_load"),
        ({"displaced_co2_kg_per_mwh": float("inf")}, "displaced_co2_kg_per_mwh"),
    ],
)
def test_bad_sites(change, words):
    data = {k: v for k, v in {**PLAIN, "demand_mwh_per_year": 1000, **change}.items() if v is not None}
    with pytest.raises(gr.StudyError, match=words):
        heat_site_of(data, Path("/nowhere"))
