"""Expansion: known objectives, regional additions, lead times, the outlook's own; countries; emissions."""

import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from gridroom.core.errors import StudyError
from gridroom.reference import catalog
from gridroom.study.countries import countries
from gridroom.supply.emissions import marginal_rates
from gridroom.supply.expansion import Line, Plant, Zones, expand
from gridroom.supply.linear import InfeasibleError
from gridroom.supply.regional import MISSING_USD_PER_MW_YEAR, Needs, least_cost

SHARED = Path(os.environ.get("GRIDROOM_SHARED", Path(__file__).parents[2] / "shared")) / "data"
T = 8760
LOAD = 1000 - 600 * (np.arange(T) + 0.5) / T


def screening(**more):
    plants = tuple(
        Plant(name=n, zone="a", kind="thermal", usd_per_mw_year=f, vom_usd_per_mwh=v)
        for n, f, v in (("base", 300e3, 20), ("mid", 120e3, 45), ("peak", 60e3, 90))
    )
    return Zones(
        **(
            {
                "name": "x1",
                "zones": ("a",),
                "load_mw": LOAD[None],
                "weights_h": np.ones(T),
                "period_h": T,
                "plants": plants,
                "unserved": ((10_000.0, 1.0),),
            }
            | more
        )
    )


def test_x1_screening_curve():
    # Closed form: break-even hours 7,200 / 1,333.3 / 6.0545; this is the program with hourly load (facts 6.3).
    found = expand(screening())
    assert found.objective_usd == pytest.approx(375_504_253.77, rel=1e-9)
    assert found.objective_usd == pytest.approx(375_504_271.60, rel=1e-4)
    assert found.new_mw == pytest.approx({"base": 506.8836, "mid": 401.7808, "peak": 90.9091}, rel=1e-3)
    assert found.unserved_mwh["a"] == pytest.approx(1.2554, abs=0.2)


def test_a_reserve_has_its_price():
    free = screening()
    plants = tuple(
        Plant(
            name=p.name, zone="a", kind="thermal", usd_per_mw_year=p.usd_per_mw_year, vom_usd_per_mwh=p.vom_usd_per_mwh, credit=0.9
        )
        for p in free.plants
    )
    found = expand(screening(plants=plants, reserve_mw=1000.0))
    assert 0.9 * sum(found.new_mw.values()) == pytest.approx(1000.0)
    assert found.capacity_price_usd_per_mw == pytest.approx(60e3 / 0.9, rel=1e-6)
    assert found.objective_usd > expand(free).objective_usd


def test_nothing_to_build_with_is_said():
    with pytest.raises(InfeasibleError, match="cannot be met together") as fault:
        expand(screening(plants=(Plant(name="small", zone="a", kind="thermal", max_mw=10.0),), unserved=()))
    assert fault.value.exit_code == 4


GENX = SHARED / "expansion_genx_three_zones"


@pytest.mark.skipif(not GENX.is_dir(), reason="shared data is not here")
def test_x2_three_zones():
    def read(name):
        return pd.read_csv(GENX / name, encoding="utf-8-sig")

    demand, fuels, shapes, net = (
        read(n) for n in ("Demand_data.csv", "Fuels_data.csv", "Generators_variability.csv", "Network.csv")
    )
    zones = ("MA", "CT", "ME")
    plants = []
    for r in read("Thermal.csv").itertuples():
        fuel = fuels[r.Fuel].to_numpy(float)
        plants.append(
            Plant(
                name=r.Resource,
                zone=zones[r.Zone - 1],
                kind="thermal",
                usd_per_mw_year=r.Inv_Cost_per_MWyr + r.Fixed_OM_Cost_per_MWyr,
                vom_usd_per_mwh=r.Var_OM_Cost_per_MWh,
                heat_rate_mmbtu_per_mwh=r.Heat_Rate_MMBTU_per_MWh,
                co2_t_per_mmbtu=fuel[0],
                fuel_usd_per_mmbtu=fuel[1:121],
                unit_mw=r.Cap_Size,
                min_power=r.Min_Power,
                ramp_up=r.Ramp_Up_Percentage,
                ramp_down=r.Ramp_Dn_Percentage,
                start_usd_per_mw=r.Start_Cost_per_MW,
                start_mmbtu_per_mw=r.Start_Fuel_MMBTU_per_MW,
                up_h=r.Up_Time,
                down_h=r.Down_Time,
            )
        )
    for r in read("Vre.csv").itertuples():
        plants.append(
            Plant(
                name=r.Resource,
                zone=zones[r.Zone - 1],
                kind="profile",
                usd_per_mw_year=r.Inv_Cost_per_MWyr + r.Fixed_OM_Cost_per_MWyr,
                vom_usd_per_mwh=r.Var_OM_Cost_per_MWh,
                profile=shapes[r.Resource].to_numpy(float),
            )
        )
    stores = read("Storage.csv")
    for r in stores.itertuples():
        plants.append(
            Plant(
                name=r.Resource,
                zone=zones[r.Zone - 1],
                kind="storage",
                usd_per_mw_year=r.Inv_Cost_per_MWyr + r.Fixed_OM_Cost_per_MWyr,
                usd_per_mwh_year=r.Inv_Cost_per_MWhyr + r.Fixed_OM_Cost_per_MWhyr,
                vom_usd_per_mwh=r.Var_OM_Cost_per_MWh,
                charge_usd_per_mwh=r.Var_OM_Cost_per_MWh_In,
                charge_efficiency=r.Eff_Up,
                discharge_efficiency=r.Eff_Down,
                min_hours=r.Min_Duration,
                max_hours=r.Max_Duration,
            )
        )
    lines = tuple(
        Line(
            start=zones[int(r.Start_Zone) - 1],
            end=zones[int(r.End_Zone) - 1],
            limit_mw=r.Line_Max_Flow_MW,
            loss_share=r.Line_Loss_Percentage,
            reinforce_max_mw=r.Line_Max_Reinforcement_MW,
            reinforce_usd_per_mw_year=r.Line_Reinforcement_Cost_per_MWyr,
        )
        for r in net.dropna(subset=["Start_Zone"]).itertuples()
    )
    segments = zip(demand["Cost_of_Demand_Curtailment_per_MW"].dropna(), demand["Max_Demand_Curtailment"].dropna(), strict=True)
    found = expand(
        Zones(
            name="x2",
            zones=zones,
            load_mw=np.stack([demand[f"Demand_MW_z{k}"].to_numpy(float) for k in (1, 2, 3)]),
            weights_h=np.repeat(demand["Sub_Weights"].dropna().to_numpy(float) / 24, 24),
            period_h=24,
            plants=tuple(plants),
            lines=lines,
            unserved=tuple((50_000.0 * float(a), float(b)) for a, b in segments),
            co2_t_per_mwh=np.full(3, 0.05),
            minimum=((("MA_solar_pv",), 5000.0), (("CT_onshore_wind",), 10_000.0), (tuple(stores["Resource"]), 6000.0)),
        )
    )
    assert found.objective_usd == pytest.approx(6960.208549907e6, rel=1e-7)  # published 6960.20855
    assert found.new_mw["CT_onshore_wind"] == pytest.approx(19_690.37, rel=1e-4)
    assert found.new_mwh["CT_battery"] == pytest.approx(14_835.89, rel=1e-4)
    assert [x["reinforced_mw"] for x in found.lines] == pytest.approx([2950, 678.62], rel=1e-4)


def needs(**more):
    base = {
        "need_mw": np.array([[100.0, 0.0], [300.0, 0.0]]),
        "credit": np.array([[[0.9, 0.9]] * 2, [[0.5, 0.5]] * 2]),
        "usd_per_mw_year": np.array([[100e3, 100e3], [20e3, 20e3]]),
        "most_mw": np.array([[[0.0, 0.0], [1e4, 1e4]], [[120.0, 0.0], [120.0, 0.0]]]),
        "start": np.array([1]),
        "end": np.array([0]),
        "help_mw": np.array([[30.0, 30.0]]),
        "help_usd_per_mw_year": 1e3,
        "years_weight": np.ones(2),
    }
    return Needs(**(base | more))


def test_regional_additions_by_hand():
    # Year 1: only the second technology is there, 120 MW x 0.5 = 60; 40 are missing, for the neighbour has nothing to give either.
    found = least_cost(needs())
    assert found.missing_mw == pytest.approx(np.array([[40.0, 0.0], [0.0, 0.0]]))
    # Year 2: 240 more from the first, 210 at home or up to 30 through the line at a price; home is cheaper.
    assert found.built_mw[1, :, 0] == pytest.approx([120.0, 120.0])
    assert found.built_mw[0, 1].sum() * 0.9 == pytest.approx(240.0)
    assert found.help_mw == pytest.approx(np.zeros((2, 1)))
    assert found.objective_usd == pytest.approx(2 * 120 * 20e3 + 240 / 0.9 * 100e3)


def test_help_comes_over_the_line_where_the_neighbour_may_build():
    most = np.array([[[0.0, 0.0], [0.0, 1e4]], [[120.0, 0.0], [120.0, 0.0]]])
    found = least_cost(needs(most_mw=most))
    assert found.help_mw[1, 0] == pytest.approx(30.0)
    assert found.missing_mw[1, 0] == pytest.approx(300 - 60 - 30)
    assert found.built_mw[0, 1, 1] == pytest.approx(30 / 0.9)
    assert MISSING_USD_PER_MW_YEAR > 100e3 / 0.02  # dearer than anything that can be built


def test_additions_become_units_that_fail():
    from gridroom.study.grow import KINDS, added_rows

    built = np.zeros((len(KINDS), 2, 2))
    names = [k.name for k in KINDS]
    built[names.index("combined_cycle"), :, 0] = [0.0, 1000.0]
    built[names.index("battery_4h"), :, 1] = [50.0, 80.0]
    rows = added_rows((2030, 2032), ("DOM", "TVA"), built)
    gas = rows[rows["technology"] == "gas_cc"]
    assert (len(gas), gas["summer_mw"].sum(), set(gas["first_year"])) == (2, 1000.0, {2032})
    store = rows[rows["technology"] == "battery"].sort_values("first_year")
    assert list(store["summer_mw"]) == [50.0, 30.0]
    assert list(store["storage_mwh"]) == [200.0, 120.0]


def test_earliest_years_follow_lead_times():
    from gridroom.study.grow_kinds import KINDS, earliest_year, yearly_cost

    by = {k.name: earliest_year(k, 2026.9) for k in KINDS}
    assert by["battery_4h"] < by["simple_cycle"] < by["combined_cycle"] < by["smr"]
    assert by["combined_cycle"] == 2032  # 60 months
    for kind in KINDS:
        gross, net = yearly_cost(kind, 2030)
        assert 0 < net <= gross


def test_what_it_takes_holds_in_the_simulation():
    from gridroom.adequacy.years import pilot_caps
    from gridroom.study import assemble, grow, weather
    from gridroom.study.loader import check_study

    study = check_study({"run": {"first_year": 2030, "last_year": 2032, "weather_years": [2018, 2021]}})
    hours = weather.build((2018, 2021))
    case = assemble.assemble(study, hours)
    caps = pilot_caps(case.problem, 1, 0)
    found = grow.what_it_takes(study, case, hours, caps, 4, ordered=2026.9)
    additions, years = grow.tables(found)
    short = years[(years["lole_before_days"] > 0.1)]
    assert len(short)
    solved = years[years["missing_mw"] < 1]
    assert (solved["lole_after_days"] <= 0.1).all() or not found.met
    assert (years["lole_after_days"] <= years["lole_before_days"] + 1e-9).mean() > 0.95
    assert (additions["year"] >= additions["earliest_year"]).all()
    assert (found.credit > 0).all()
    assert (found.credit <= 1).all()


def test_countries_side_by_side():
    china, us = countries(["China", "USA"])
    by = {r["year"]: r for r in china["by_year"]}
    assert by[2023]["generation_twh"] == pytest.approx(9459.59)
    assert 2022 not in by  # not in the data: absent, not zero
    assert {r["added_gw"] for r in china["capacity"]} >= {429.0, 543.0}
    assert us["capacity"][-1]["added_gw"] == 53
    growth = china["growth"]
    assert growth["added_average_gw_per_year"] == pytest.approx((9459.59 - 7120) / 5 / 8.76, rel=0.01)
    assert "differ in scope" in growth["note"]
    with pytest.raises(StudyError, match="did you mean"):
        countries(["Chnia"])


def test_marginal_rates_average_to_the_regional_summary():
    # Means of AVERT v4.3 by region, lb/kWh (facts 5): MIDA 1.357, CA 1.032, SE 1.440.
    for region, mean in (("MIDA", 1.357), ("CA", 1.032), ("SE", 1.440)):
        rates = marginal_rates(region, 8760)["co2"]
        assert rates.mean() / 453.59237 == pytest.approx(mean, abs=0.002)
        assert rates.min() > 0  # single negative hours are averaged over the month's days


def test_costs_of_what_may_be_built_are_classed():
    table = catalog.load("supply_options")
    assert set(table["claim"]) <= {"measured", "published", "derived", "assumed"}
    assert (table["low"] <= table["best"]).all()
    assert (table["best"] <= table["high"]).all()
    need = {
        "combined_cycle",
        "simple_cycle",
        "gas_engine",
        "fuel_cell",
        "battery",
        "solar",
        "wind",
        "geothermal",
        "nuclear",
        "smr",
        "nuclear_restart",
    }
    assert need <= set(table["technology"])
