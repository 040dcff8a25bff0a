"""The commands on real input: site, air, expand, countries; the simulation that verifies a design; bad files."""

import json
import math
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gridroom as gr
from gridroom.core.errors import StudyError
from gridroom.study.site_file import site_of
from gridroom.study.site_verify import verify
from gridroom.supply.linear import InfeasibleError
from gridroom.supply.matching import static_count

ROOT = Path(__file__).parents[1]
GAS = {
    "name": "gas",
    "kind": "dispatchable",
    "capex_usd_per_kw": 1800,
    "fom_usd_per_kw_year": 25,
    "vom_usd_per_mwh": 5,
    "life_years": 25,
    "heat_rate_mmbtu_per_mwh": 9.0,
    "fuel_usd_per_mmbtu": 4.0,
    "co2_t_per_mmbtu": 0.0531,
}
BATTERY = {
    "name": "battery",
    "kind": "storage",
    "power_capex_usd_per_kw": 250,
    "energy_capex_usd_per_kwh": 220,
    "round_trip_efficiency": 0.85,
}


def gridroom(*args, code=0):
    done = subprocess.run(
        [sys.executable, "-m", "gridroom", *map(str, args)], capture_output=True, text=True, check=False, cwd=ROOT
    )
    assert done.returncode == code, done.stderr
    return done


def site(**more):
    return {"name": "toy", "load_mw": 1000, "hours": 168, "options": [GAS], "samples": 50} | more


def test_contract_keys_and_only_one_document(tmp_path):
    pd.DataFrame({"value": np.tile(np.r_[np.zeros(6), np.full(12, 0.8), np.zeros(6)], 7)}).to_csv(tmp_path / "pv.csv", index=False)
    (tmp_path / "site.toml").write_text("""
name = "1 GW campus"
load_mw = 1000
hours = 168
samples = 20
[[options]]
name = "gas"
kind = "dispatchable"
capex_usd_per_kw = 1800
heat_rate_mmbtu_per_mwh = 9.0
fuel_usd_per_mmbtu = 4.0
co2_t_per_mmbtu = 0.0531
unit_mw = 50
lead_time_months = { low = 18, best = 30, high = 48 }
[[options]]
name = "solar"
kind = "profile"
profile = "pv.csv"
capex_usd_per_kw = 1100
life_years = 30
carbon_free = true
[grid]
limit_mw = 300
price_usd_per_mwh = 45
carbon_free_share = 0.4
co2_t_per_mwh = 0.38
[limits]
availability_pct = 99.5
""")
    done = gridroom("site", "design", tmp_path / "site.toml", "--json", "--progress", "none", "--out", tmp_path / "hours.parquet")
    answer = json.loads(done.stdout)  # one document and nothing else, the solver's own words included
    for key in (
        "status",
        "objective_usd_per_year",
        "lcoe_usd_per_mwh",
        "capacity_mw",
        "energy_mwh",
        "unserved_mwh",
        "co2_t",
        "cfe_hourly_pct",
        "availability_pct",
        "time_to_power_months",
    ):
        assert key in answer
    assert answer["availability_pct"]["value"] >= 99.5
    assert answer["availability_pct"]["stderr"] is not None
    assert answer["verification"]["repair"]
    assert answer["verification"]["as_first_found"]["availability_pct"]["value"] < 99.5
    assert answer["objective_usd_per_year"] > answer["verification"]["as_first_found"]["objective_usd_per_year"]
    assert answer["time_to_power_months"]["p10"] < answer["time_to_power_months"]["p90"]
    hours = pd.read_parquet(tmp_path / "hours.parquet")
    assert np.allclose(hours[["gas_mw", "solar_mw", "grid_mw"]].sum(axis=1), hours["load_mw"], atol=1e-5)
    swept = json.loads(
        gridroom(
            "site", "design", tmp_path / "site.toml", "--sweep", "grid.limit_mw=300,500", "--json", "--progress", "none"
        ).stdout
    )
    assert [r["value"] for r in swept["rows"]] == [300, 500]
    text = gridroom(
        "site", "design", tmp_path / "site.toml", "--trade-off", "emissions", "--points", "3", "--progress", "none"
    ).stdout
    assert "t CO2 a year" in text


def test_infeasible_is_exit_4_and_names_the_limits(tmp_path):
    (tmp_path / "s.toml").write_text(
        'load_mw = 100\nhours = 48\n[[options]]\nname = "gas"\nkind = "dispatchable"\ncapex_usd_per_kw = 1\n'
        "heat_rate_mmbtu_per_mwh = 9\nco2_t_per_mmbtu = 0.05\n[limits]\nco2_t_per_year = 0\n"
    )
    done = gridroom("site", "design", tmp_path / "s.toml", "--json", code=4)
    assert "limits.co2_t_per_year = 0" in done.stderr
    assert done.stdout == ""


def test_a_weak_design_is_flagged_and_its_availability_is_the_binomial_one():
    # 1,000 MW of 38 MW machines without spare: the program serves every hour, the simulation does not.
    data = site(options=[GAS | {"unit_mw": 38.0, "forced_outage_rate": 0.03, "mttr_h": 24.0}], hours=8760, samples=60)
    found = gr.site_design(data)
    count = static_count(1000, 38, 0.03, 27)
    share = found.verified.availability_pct
    assert share.value == pytest.approx(100 * count.probability, abs=5 * share.stderr + 0.3)
    assert share.value < 50
    assert any("under outages" in n for n in found.notes)
    assert found.verified.statics["gas"]["spare"] == 0
    eue = found.verified.eue_mwh
    assert eue.value == pytest.approx(count.eue_mwh_per_year, rel=0.05)


def test_spare_machines_lift_availability_as_the_table_says():
    study = site_of(
        site(options=[GAS | {"unit_mw": 38.0, "forced_outage_rate": 0.03, "mttr_h": 24.0}], hours=8760, samples=60), Path()
    )
    shares = [verify(study, {"gas": 38.0 * n}, {}).availability_pct for n in (27, 29, 32)]
    assert shares[0].value < shares[1].value < shares[2].value
    assert shares[2].value == pytest.approx(100 * static_count(1000, 38, 0.03, 32).probability, abs=5 * shares[2].stderr + 0.01)


def test_repair_adds_whole_machines_until_the_target_holds():
    data = site(
        options=[GAS | {"unit_mw": 38.0, "forced_outage_rate": 0.03, "mttr_h": 24.0}], hours=2000, limits={"availability_pct": 99.0}
    )
    found = gr.site_design(data)
    assert found.verified.availability_pct.value >= 99.0
    assert found.plan.units["gas"] > 27
    one_less = verify(found.study, {"gas": 38.0 * (found.plan.units["gas"] - 1)}, {})
    assert one_less.availability_pct.value < 99.0  # no more than needed
    assert found.summary()["objective_usd_per_year"] > found.first.objective_usd_per_year


def test_an_unreachable_target_is_said():
    data = site(options=[GAS | {"max_mw": 1000.0, "forced_outage_rate": 0.1}], limits={"availability_pct": 99.9})
    with pytest.raises(InfeasibleError, match=r"availability of 99\.9 % cannot be reached"):
        gr.site_design(data)


def test_a_battery_rides_through_outages():
    outage = {"forced_outage_rate": 0.05, "mttr_h": 4.0, "unit_mw": 100.0}
    study = site_of(site(options=[GAS | outage, BATTERY], hours=2000), Path())
    bare, helped = (
        verify(study, {"gas": 1100.0, "battery": p}, {"battery": e}).eue_mwh.value for p, e in ((0.0, 0.0), (400.0, 1600.0))
    )
    assert helped < 0.5 * bare


def test_catalogue_figures_carry_their_source():
    study = site_of(site(options=[{"name": "t", "technology": "aeroderivative"}]), Path())
    assert study.site.options[0].capex_usd_per_kw == 1606
    assert all(a.source and a.claim for a in study.assumed)
    given = site_of(site(options=[{"name": "t", "technology": "aeroderivative", "capex_usd_per_kw": 10}]), Path())
    assert given.site.options[0].capex_usd_per_kw == 10
    assert not [a for a in given.assumed if a.where.endswith("capex_usd_per_kw")]


def test_permit_screen_and_grid_alternative_of_a_site():
    data = site(
        options=[GAS | {"air_kind": "simple_cycle", "unit_mw": 100.0, "factors": {"nox": {"value": 2.0, "unit": "ppmvd15"}}}],
        grid={"limit_mw": 100, "price_usd_per_mwh": 40, "region": "TVA"},
    )
    answer = gr.site_design(data).as_dict()
    assert answer["air"]["pathway"] in ("synthetic_minor", "psd")
    other = answer["emissions"]["grid_alternative"]
    assert other["average_t_co2"] == pytest.approx(8.76e6 * 933.067 * 0.45359237 / 1000, rel=1e-3)
    assert other["marginal_t_co2"] != other["average_t_co2"]
    tons = answer["emissions"]["stack_short_tons"]["nox"]
    assert tons == pytest.approx(answer["energy_mwh"]["gas"] * 9.0 * 2 * 0.003684 / 2000, rel=1e-3)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"load_mw": None}, "exactly one must be given"),
        ({"load": "no.csv", "load_mw": None}, "names no file"),
        ({"hours": 5}, "at least 24"),
        ({"options": [GAS | {"kind": "magic"}]}, "kind"),
        ({"options": [{"name": "x", "kind": "profile", "capex_usd_per_kw": 1}]}, "profile is missing"),
        ({"options": [{"name": "x", "technology": "fusion"}]}, "is not known"),
        ({"options": [GAS, GAS]}, "must differ"),
        ({"options": [{"name": "x", "kind": "dispatchable"}]}, "capex_usd_per_kw is missing"),
        ({"options": [GAS | {"name": "grid"}]}, "taken"),
        ({"grid": {"limit_mw": 10}}, "exactly one must be given"),
        ({"grid": {"limit_mw": 10, "price_usd_per_mwh": 4, "region": "TVX"}}, "did you mean"),
        ({"limits": {"air_tpy": {"nax": 4}}}, "not a known pollutant"),
        ({"limits": {"availability_pct": 100}}, "less than 100"),
        ({"ramp": [{"month": 9, "mw": 5}, {"month": 6, "mw": 9}]}, "must come later"),
        ({"options": [GAS | {"min_mw": 9, "max_mw": 4}]}, "at least min_mw"),
        ({"options": [GAS | {"lead_time_months": {"low": 5, "best": 4, "high": 9}}]}, "must rise"),
        ({"options": [GAS | {"unit_mw": 600, "min_mw": 700, "max_mw": 1100}]}, "no whole number"),
        ({"limit": {}}, "not a known setting"),
    ],
)
def test_bad_sites(change, words):
    data = {k: v for k, v in (site() | change).items() if v is not None}
    with pytest.raises(StudyError, match=words):
        site_of(data, Path())


def test_every_problem_at_once():
    data = site(
        options=[{"name": "x", "kind": "profile"}, {"name": "y", "kind": "dispatchable"}],
        grid={"limit_mw": 10},
        limits={"air_tpy": {"q": 1}},
    )
    with pytest.raises(StudyError) as fault:
        site_of(data, Path())
    assert len(fault.value.problems) >= 5


def test_air_command():
    done = gridroom("air", "pte", "examples/supply/memphis_turbines.toml", "--max-hours", "nox=50", "--json")
    answer = json.loads(done.stdout)
    assert {"pollutants", "findings", "pathway", "binding_pollutant", "headroom_mw", "disclaimer"} <= answer.keys()
    assert answer["hours_max"]["nox"] == pytest.approx(5130, rel=1e-3)
    assert "--max-hours" in gridroom("air", "pte", "examples/supply/memphis_turbines.toml", "--max-hours", "nox", code=2).stderr


def test_expand_a_zones_file():
    done = gridroom("expand", "examples/supply/two_zones.toml", "--json")
    answer = json.loads(done.stdout)
    assert answer["status"] == "optimal"
    assert math.isfinite(answer["objective_usd"])
    assert sum(c["new_mw"] for c in answer["capacity_mw"]) > 0
    assert answer["flows"]


def test_countries_command():
    answer = json.loads(gridroom("outlook", "countries", "CHN", "USA", "--json").stdout)
    assert [c["iso3"] for c in answer["countries"]] == ["CHN", "USA"]
    assert "China" in gridroom("outlook", "countries").stdout


def machine(name, **more):
    base = {"kind": "dispatchable", "capex_usd_per_kw": 1000, "heat_rate_mmbtu_per_mwh": 9.0, "fuel_usd_per_mmbtu": 4.0}
    return base | {"name": name, "forced_outage_rate": 0.05} | more


def test_a_repair_keeps_to_what_can_be_there():
    late = machine("late", capex_usd_per_kw=100, lead_time_months=120)
    soon = machine("soon", unit_mw=10.0, lead_time_months=6)
    limits = {"availability_pct": 99.0}
    for more in ({"limits": limits | {"month": 24}}, {"limits": limits, "objective": "time_to_power"}):
        found = gr.site_design(site(load_mw=100, hours=480, options=[late, soon], samples=60) | more)
        assert found.plan.capacity_mw["late"] == 0
        assert found.verified.availability_pct.value >= 99.0
        assert found.time.best == 6


def test_a_repair_keeps_its_objective():
    clean = machine("clean", max_mw=100, co2_t_per_mmbtu=0.0, vom_usd_per_mwh=200, carbon_free=True)
    dirty = machine("dirty", co2_t_per_mmbtu=0.05)
    found = gr.site_design(
        site(load_mw=100, hours=480, options=[clean, dirty], objective="emissions", limits={"availability_pct": 99.0})
    )
    assert found.repair
    assert found.summary()["co2_t"] < 1.0


def test_a_late_grid_does_not_help_in_the_simulation():
    gas = machine("gas", mttr_h=24.0)
    grid = {"limit_mw": 80, "price_usd_per_mwh": 40, "lead_time_months": 60, "co2_t_per_mwh": 0.4}
    data = site(load_mw=100, hours=2000, options=[gas], samples=200, grid=grid, limits={"month": 24})
    share = gr.site_design(data).verified.availability_pct
    assert share.value == pytest.approx(100 * 0.95**2, abs=5 * share.stderr)  # two blocks of 50 MW


def test_spares_count_machines_of_options_without_whole_units():
    found = gr.site_design(site(load_mw=100, hours=48, options=[machine("gas")], limits={"spare_units": 1}))
    assert found.plan.capacity_mw["gas"] == pytest.approx(150.0)


def test_sweeps_take_finite_numbers(tmp_path):
    (tmp_path / "s.toml").write_text(
        'load_mw = 100\nhours = 48\n[[options]]\nname = "gas"\nkind = "dispatchable"\ncapex_usd_per_kw = 1\n'
    )
    for text in ("grid.limit_mw=nan", "options.gas.max_mw=inf", "x", "options.gas.max_mw=-1"):
        assert "must read like" in gridroom("site", "design", tmp_path / "s.toml", "--sweep", text, code=2).stderr


def test_a_chain_from_the_catalogue():
    study = site_of(site(chains={"transformer": "catalogue", "permit": {"low": 1, "best": 2, "high": 3}}), Path())
    assert study.site.chains["transformer"].best == 33.1
    with pytest.raises(StudyError, match="not in the catalogue"):
        site_of(site(chains={"moon": "catalogue"}), Path())


EXAMPLES = [
    (("site", "design"), "site.toml"),
    (("site", "design"), "campus_1gw.toml"),
    (("air", "pte"), "units.toml"),
    (("expand",), "two_zones.toml"),
]


@pytest.mark.parametrize(("words", "name"), EXAMPLES)
def test_examples_of_supply_run(words, name):
    answer = json.loads(
        gridroom(*words, f"examples/supply/{name}", "--json", *(["--set", "samples=60"] if "site" in words else [])).stdout
    )
    assert answer["name"]
    if "site" in words:
        assert answer["availability_pct"]["value"] >= 99.5
        assert answer["verification"]["repair"]


def test_cost_of_capital_gives_the_rate():
    finance = {"debt_share_pct": 70, "debt_rate_pct": 7.5, "equity_rate_pct": 11, "tax_rate_pct": 21}
    assert site_of(site(finance=finance), Path()).site.discount_rate == pytest.approx(0.074475, abs=1e-9)
    real = site_of(site(finance=finance | {"inflation_pct": 2}), Path())
    assert real.site.discount_rate == pytest.approx(1.074475 / 1.02 - 1)
    with pytest.raises(StudyError, match="exclude each other"):
        site_of(site(finance=finance, discount_rate_pct=8), Path())
    assert gr.finance.capital_recovery_factor(0.0, 20) == 0.05
