"""Site design: known objectives, a slow twin, sweeps on the kept program, colliding limits, whole units, finance, time to power."""

import dataclasses
import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, sparse

from gridroom.supply.branching import solve_whole
from gridroom.supply.finance import (
    capital_recovery_factor,
    flat_price_usd_per_mwh,
    levelised_cost_usd_per_mwh,
    real_rate,
    weighted_cost_of_capital,
)
from gridroom.supply.lead_times import time_to_power, triangular
from gridroom.supply.linear import InfeasibleError, Program
from gridroom.supply.matching import hourly_match, spare_for, static_count
from gridroom.supply.site import Limits, Phase, Range3
from gridroom.supply.site_design import NoDesignError, apply, design, sweep, trade_off, used
from gridroom.supply.site_model import SiteModel
from tests import supply_cases as c


def test_profiles_are_those_of_the_known_answers():
    assert c.PV.sum() == pytest.approx(1249.132723, abs=1e-6)
    assert c.WIND.sum() == pytest.approx(3516.926705, abs=1e-6)
    assert (c.PRICE.sum(), c.AVAILABLE.sum()) == (pytest.approx(394200), 8660)


def test_annuities_of_the_known_answers():
    assert c.GAS.power_annuity(0.08) == pytest.approx(193_621.802, abs=1e-3)
    assert c.SOLAR.power_annuity(0.08) == pytest.approx(115_710.177, abs=1e-3)
    assert c.WINDS.power_annuity(0.08) == pytest.approx(163_241.150, abs=1e-3)
    assert c.BATTERY.power_annuity(0.08) == pytest.approx(31_463.052, abs=1e-3)
    assert c.BATTERY.energy_annuity(0.08) == pytest.approx(27_407.486, abs=1e-3)


# Objectives computed three times over with independent builds; relative tolerance 1e-6 (facts on supply, 6.2).
def test_s1_grid_with_curtailable_hours_and_its_sweep():
    points = list(sweep(c.site(grid_mw=300.0), "grid.limit_mw", [300.0, 310.0, 400.0]))
    first = points[0].design
    assert first.objective_usd_per_year == pytest.approx(544_535_779.62, rel=1e-8)
    assert first.capacity_mw["gas"] == pytest.approx(778.730, rel=1e-3)
    assert first.capacity_mw["wind"] == pytest.approx(217.281, rel=1e-3)
    assert first.capacity_mw["battery"] == pytest.approx(220.615, rel=1e-3)
    assert first.storage_mwh["battery"] == pytest.approx(948.599, rel=1e-3)
    assert first.dispatch_mw["gas"].sum() == pytest.approx(6_625_185.6, rel=1e-4)
    costs = [p.design.objective_usd_per_year for p in points]
    assert costs == sorted(costs, reverse=True)  # more grid never costs more
    assert points[1].seconds < points[0].seconds / 10
    balance = sum(first.dispatch_mw.values())
    assert np.allclose(balance, 1000.0, atol=1e-6)


def test_off_grid_cases_on_one_kept_program():
    model = SiteModel(c.site())
    found, _ = design(model.site, model=model)
    assert found.objective_usd_per_year == pytest.approx(552_781_802.29, rel=1e-8)  # S2, closed form 1000 a + 8.76e6 x 41
    apply(model, "limits.air_tpy.nox", 249.0)
    assert model.program.solve().objective == pytest.approx(559_551_604.00, rel=1e-7)  # S5
    apply(model, "limits.air_tpy.nox", np.inf)
    apply(model, "limits.co2_t_per_year", 2_093_202.0)
    assert model.program.solve().objective == pytest.approx(576_962_029.80, rel=1e-8)  # S3
    apply(model, "limits.co2_t_per_year", np.inf)
    apply(model, "limits.carbon_free_hourly_pct", 90.0)
    answer = model.program.solve()
    assert answer.objective == pytest.approx(959_812_688.78, rel=1e-8)  # S4
    clean = model.design(answer)
    battery = clean.dispatch_mw["battery"] + clean.charge_mw["battery"]
    assert not ((battery > 1e-6) & (clean.charge_mw["battery"] > 1e-6)).any()
    assert used(model, clean, "carbon_free_hourly_pct") == pytest.approx(90.0, abs=1e-6)
    assert clean.dispatch_mw["gas"].sum() == pytest.approx(876_000, rel=1e-6)


def test_s6_whole_units_with_two_spare():
    whole = dataclasses.replace(c.GAS, unit_mw=38.0)
    found, _ = design(c.site(Limits(spare_units=2), options=(whole, c.SOLAR, c.WINDS, c.BATTERY)))
    assert found.objective_usd_per_year == pytest.approx(572_531_226.13, rel=1e-8)
    assert (found.units["gas"], found.capacity_mw["gas"]) == (29, 1102.0)


def test_ercot_profiles():
    pd = pytest.importorskip("pandas")
    base = Path(os.environ.get("GRIDROOM_SHARED", Path(__file__).parents[2] / "shared"))
    shared = base / "data/profiles/iso_wind_solar_cf_2018_merra2.parquet"
    if not shared.is_file():
        pytest.skip("shared data is not here")
    table = pd.read_parquet(shared)
    names = [n for n in table.columns if "ERCO" in n]
    solar, wind = (table[next(n for n in names if w in n)].to_numpy(float).clip(0, 1)[:8760] for w in ("solar", "wind"))
    options = (c.GAS, dataclasses.replace(c.SOLAR, profile=solar), dataclasses.replace(c.WINDS, profile=wind), c.BATTERY)
    points = list(sweep(c.site(grid_mw=300.0, options=options), "grid.limit_mw", [300.0, 350.0]))
    assert points[0].design.objective_usd_per_year == pytest.approx(502_339_349.37, rel=1e-7)
    assert points[1].design.objective_usd_per_year == pytest.approx(493_932_331.62, rel=1e-7)


def twin(site):
    """The same site, written row by row for another solver, slow and obvious."""
    hours, rate = site.hours, site.discount_rate
    columns, rows, rhs, equal, equal_rhs, cost = [], [], [], [], [], []

    def column(price, upper=None):
        columns.append((0, upper))
        cost.append(price)
        return len(columns) - 1

    balance = [{} for _ in range(hours)]
    for o in site.options:
        mw = column(o.power_annuity(rate), None if np.isinf(o.max_mw) else o.max_mw)
        mwh = column(o.energy_annuity(rate)) if o.kind == "storage" else None
        out = [column(site.per_year * o.marginal_usd_per_mwh) for _ in range(hours)]
        for k in range(hours):
            balance[k][out[k]] = 1.0
            rows.append({out[k]: 1.0, mw: -(o.profile[k] if o.kind == "profile" else 1.0)})
            rhs.append(0.0)
        if mwh is not None:
            charge, content = [column(0.0) for _ in range(hours)], [column(0.0) for _ in range(hours)]
            eta = np.sqrt(o.round_trip_efficiency)
            for k in range(hours):
                balance[k][charge[k]] = -1.0
                rows += [{charge[k]: 1.0, mw: -1.0}, {content[k]: 1.0, mwh: -1.0}]
                rhs += [0.0, 0.0]
                equal.append({content[k]: 1.0, content[k - 1]: -1.0, charge[k]: -eta, out[k]: 1.0 / eta})
                equal_rhs.append(0.0)
    if site.grid is not None:
        for k in range(hours):
            g = column(site.per_year * site.grid.price_usd_per_mwh[k], site.grid.limit_mw * site.grid.availability[k])
            balance[k][g] = 1.0

    def matrix(lines):
        r, cc, v = zip(*[(i, j, x) for i, line in enumerate(lines) for j, x in line.items()], strict=True)
        return sparse.csr_matrix((v, (r, cc)), shape=(len(lines), len(columns)))

    done = optimize.linprog(
        cost, A_ub=matrix(rows), b_ub=rhs, A_eq=matrix(balance + equal), b_eq=[*site.load_mw, *equal_rhs], bounds=columns
    )
    assert done.status == 0
    return done.fun


@settings(max_examples=8, deadline=None)
@given(st.integers(24, 72), st.floats(0, 900), st.floats(1, 12), st.integers(0, 10_000))
def test_a_slow_twin_finds_the_same_cost(hours, grid_mw, fuel, seed):
    generator = np.random.default_rng(seed)
    base = c.site(grid_mw=grid_mw, hours=hours)
    options = tuple(dataclasses.replace(o, fuel_usd_per_mmbtu=fuel) if o.name == "gas" else o for o in base.options)
    site = dataclasses.replace(base, options=options, load_mw=generator.uniform(400, 1100, hours))
    found, _ = design(site)
    assert found.objective_usd_per_year == pytest.approx(twin(site), rel=1e-7)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.floats(0, 95), min_size=2, max_size=4))
def test_sweeps_give_what_cold_starts_give(targets):
    site = c.site(hours=240)
    for point in sweep(site, "limits.carbon_free_hourly_pct", targets):
        cold, _ = design(dataclasses.replace(site, limits=Limits(carbon_free_hourly_pct=point.value)))
        assert point.design.objective_usd_per_year == pytest.approx(cold.objective_usd_per_year, rel=1e-7)


def test_fuel_price_and_capital_sweeps_equal_cold_starts():
    site = c.site(grid_mw=300.0, hours=480)
    for name, value, change in (
        ("options.gas.fuel_usd_per_mmbtu", 9.0, {"fuel_usd_per_mmbtu": 9.0}),
        ("options.gas.max_mw", 500.0, {"max_mw": 500.0}),
        ("options.gas.capex_usd_per_kw", 900.0, {"capex_usd_per_kw": 900.0}),
    ):
        (point,) = sweep(site, name, [value])
        options = tuple(dataclasses.replace(o, **change) if o.name == "gas" else o for o in site.options)
        cold, _ = design(dataclasses.replace(site, options=options))
        assert point.design.objective_usd_per_year == pytest.approx(cold.objective_usd_per_year, rel=1e-7)


def test_several_years_are_a_mean_year():
    one, _ = design(c.site(grid_mw=300.0, hours=480))
    base = c.site(grid_mw=300.0, hours=480)
    twice = dataclasses.replace(
        base,
        load_mw=np.tile(base.load_mw, 2),
        options=tuple(dataclasses.replace(o, profile=np.tile(o.profile, 2)) for o in base.options),
        grid=dataclasses.replace(
            base.grid, availability=np.tile(base.grid.availability, 2), price_usd_per_mwh=np.tile(base.grid.price_usd_per_mwh, 2)
        ),
    )
    two, _ = design(twice)
    assert two.objective_usd_per_year == pytest.approx(one.objective_usd_per_year, rel=1e-6)


def lead(months):
    return Range3(low=months, best=months, high=months)


def late(option, months):
    return dataclasses.replace(option, lead_time_months=lead(months))


def test_objectives_soonest_and_cleanest_and_their_trade_off():
    site = c.site(options=(late(c.GAS, 30), late(c.SOLAR, 18), late(c.WINDS, 36), late(c.BATTERY, 12)), hours=240)
    cheapest, model = design(site)
    soonest, _ = design(dataclasses.replace(site, objective="time_to_power"))
    assert soonest.capacity_mw["gas"] == soonest.capacity_mw["wind"] == 0  # by month 18 sun and battery alone
    assert soonest.objective_usd_per_year > cheapest.objective_usd_per_year
    cleanest, _ = design(dataclasses.replace(site, objective="emissions"))
    assert used(model, cleanest, "co2_t_per_year") < 1.0
    months = [(p.value, p.design) for p in trade_off(site, "time_to_power", 5)]
    assert [m for m, found in months if found is not None] == [18, 30, 36]
    costs = [p.design.objective_usd_per_year for p in trade_off(site, "emissions", 6)]
    assert costs == sorted(costs)
    assert costs[-1] == pytest.approx(cleanest.objective_usd_per_year, rel=1e-4)


def test_a_ramp_builds_what_is_there():
    site = c.site(
        options=(late(c.GAS, 24), late(c.SOLAR, 6), late(c.BATTERY, 6)),
        hours=96,
        ramp=(Phase(month=6, mw=100), Phase(month=36, mw=1000)),
    )
    found, model = design(site)
    first, last = model.stages
    assert found.values[first.parts[0].capacity[0]] == 0  # no gas by month 6
    assert found.values[first.parts[1].capacity[0]] > 0
    for before, now in zip(first.parts, last.parts, strict=True):
        assert found.values[now.capacity[0]] >= found.values[before.capacity[0]] - 1e-6  # what is built stays
    assert first.weight + last.weight == pytest.approx(1.0)
    with pytest.raises(NoDesignError, match="lead times"):
        design(dataclasses.replace(site, ramp=(Phase(month=1, mw=100), Phase(month=36, mw=1000))))


SMALL_UNITS = dataclasses.replace(c.GAS, max_mw=1000.0, unit_mw=50.0)
TINY = tuple(dataclasses.replace(o, max_mw=50.0) for o in (c.GAS, c.SOLAR, c.WINDS, c.BATTERY))


@pytest.mark.parametrize(("site", "words"), [
    (c.site(options=(dataclasses.replace(c.GAS, max_mw=500.0),), hours=96), ["max_mw of 'gas' = 500", "would have to be 1,000"]),
    (c.site(Limits(co2_t_per_year=0.0), options=(c.GAS,), hours=96), ["limits.co2_t_per_year = 0"]),
    (c.site(Limits(month=24.0), options=(late(c.GAS, 30),), hours=96), ["lead times (what can be there by month 24)"]),
    (c.site(options=(c.SOLAR,), hours=96), ["cannot serve the load in 48 of 96 hours"]),
    (c.site(Limits(spare_units=2), options=(SMALL_UNITS,), hours=48), ["limits.spare_units"]),
    (c.site(Limits(air_tpy={"nox": 1.0}), options=(c.GAS,), hours=96), ["limits.air_tpy.nox"]),
    (c.site(options=TINY, grid_mw=100.0, hours=96), ["max_mw of"]),
])  # fmt: skip
def test_colliding_limits_are_named(site, words):
    with pytest.raises(NoDesignError) as fault:
        design(site)
    assert fault.value.exit_code == 4
    for word in words:
        assert word in str(fault.value)


def test_unserved_load_has_its_price():
    found, _ = design(c.site(Limits(unserved_usd_per_mwh=10_000.0), options=(dataclasses.replace(c.GAS, max_mw=900.0),), hours=96))
    assert found.dispatch_mw["unserved"] == pytest.approx(np.full(96, 100.0))


def test_curtailment_has_its_budget():
    from gridroom.supply.site import Option

    give = Option(name="give", kind="curtailment", max_mw=200.0, usd_per_mwh=1.0, max_hours_per_year=365.0)
    found, _ = design(c.site(options=(c.GAS, give), hours=240))
    assert found.dispatch_mw["give"].sum() * 8760 / 240 <= 200.0 * 365.0 + 1e-6
    assert found.dispatch_mw["give"].max() <= 200.0 + 1e-9


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.floats(1, 9), st.floats(1, 9)), min_size=2, max_size=3), st.floats(3, 30))
def test_branching_finds_the_best_of_all_combinations(units, need):
    program = Program()
    counts = program.columns(len(units), [price for price, _ in units], 0.0, 6.0, whole=True)
    program.sums(need, np.inf, (counts, np.array([size for _, size in units])))
    found = solve_whole(program, gap=0.0)
    grids = np.stack(np.meshgrid(*[np.arange(7)] * len(units)), -1).reshape(-1, len(units))
    fits = grids @ np.array([size for _, size in units]) >= need - 1e-9
    if not fits.any():
        assert found.status == "infeasible"
        return
    best = (grids @ np.array([price for price, _ in units]))[fits].min()
    assert found.objective == pytest.approx(best, rel=1e-6)


def test_finance_known_answers():
    for rate, years, factor in (
        (0.08, 25, 0.0936787791),
        (0.08, 20, 0.1018522088),
        (0.08, 30, 0.0888274334),
        (0.07, 20, 0.0943929257),
        (0, 20, 0.05),
    ):
        assert capital_recovery_factor(rate, years) == pytest.approx(factor, abs=1e-10)
    assert weighted_cost_of_capital(0.7, 0.075, 0.11, 0.21) == pytest.approx(0.07447500, abs=1e-9)
    assert levelised_cost_usd_per_mwh(2400, 33.5, 2.12 + 6.316 * 4, 0.85, 0.08, 30) == pytest.approx(60.5140, abs=1e-4)
    assert levelised_cost_usd_per_mwh(1213.1, 33.5, 2.12 + 6.316 * 4, 0.85, 0.08, 30) == pytest.approx(46.3548, abs=1e-4)
    assert real_rate(0.05, 0.02) == pytest.approx(0.0294118, abs=1e-7)


def test_off_grid_price():
    # 100 MW load, 125 MW at $885 and $410/kW integration, 11.8 % soft costs, 9,630 Btu/kWh, $5 fuel:
    # $87.93 (published for off-grid turbines: $86).
    energy = 876_000.0
    price = flat_price_usd_per_mwh(125e3 * 1295 * 1.118, 0.0, 125e3 * 15 + 5 * energy, 5 * 9.63 * energy, energy)
    assert price == pytest.approx(87.93, abs=0.005)


def test_static_counts_of_the_published_table():
    for load, size, rate, spare in (
        (1000, 38, 0.03, (5, 6, 7)),
        (1000, 16.5, 0.03, (7, 9, 10)),
        (1000, 4.25, 0.08, (37, 40, 44)),
        (250, 16.5, 0.03, (4, 5, 6)),
    ):
        assert tuple(spare_for(load, size, rate, share) for share in (0.999, 0.9999, 0.99999)) == spare
    two = static_count(1000, 16.5, 0.03, 63)
    assert 100 * two.probability == pytest.approx(70.69, abs=0.005)
    assert two.eue_mwh_per_year == pytest.approx(51_170.9, abs=0.1)


def test_hourly_match_known_answers():
    match = hourly_match(np.full(c.T, 1000.0), 3000.0 * c.PV)
    assert match.score == pytest.approx(0.3189154376, abs=1e-10)
    assert match.annual_match == pytest.approx(0.4277851793, abs=1e-10)
    assert hourly_match(np.full(c.T, 1000.0), 3000.0 * c.PV, 0.4).score == pytest.approx(0.5913492626, abs=1e-10)


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 5000), st.floats(0, 2000), st.floats(0, 1))
def test_more_contracted_energy_never_lowers_the_score(mw, more, share):
    load = np.full(c.T, 1000.0)
    low, high = hourly_match(load, mw * c.PV, share), hourly_match(load, (mw + more) * c.PV, share)
    assert high.score >= low.score - 1e-12
    assert low.score <= min(1.0, low.annual_match + share) + 1e-12


def test_time_to_power_is_the_longest_chain():
    draws = (np.arange(100_000) + 0.5) / 100_000
    x = triangular(Range3(low=10, best=20, high=60), draws)
    assert x.mean() == pytest.approx(30.0, abs=1e-3)
    assert x.min() >= 10
    assert x.max() <= 60
    both = time_to_power(
        {"a": Range3(low=10, best=12, high=14), "b": (Range3(low=6, best=6, high=6), Range3(low=12, best=12, high=12))}
    )
    assert (both.p10, both.p50, both.p90, both.binding) == (18, 18, 18, {"b": 1.0})
    assert time_to_power({}) is None
    wide = time_to_power({"a": Range3(low=10, best=20, high=60), "b": Range3(low=30, best=30, high=30)})
    assert wide.stderr > 0
    assert sum(wide.binding.values()) == pytest.approx(1.0)


def test_an_unknown_sweep_names_the_nearest():
    from gridroom.core.errors import StudyError

    with pytest.raises(StudyError, match="did you mean"):
        list(sweep(c.site(hours=48), "options.gas.fuel_usd_per_mmbt", [1.0]))


def test_a_stopped_solver_says_so():
    from gridroom.supply.site_design import Solver

    with pytest.raises(InfeasibleError, match="time_limit"):
        design(c.site(grid_mw=300.0), Solver(time_limit_s=0.05))
