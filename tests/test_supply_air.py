"""Air permits: known cases, thresholds, dated rules, what is contested, bad input."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gridroom as gr
from gridroom.core.errors import StudyError
from gridroom.reference import catalog
from gridroom.reference.rules import Rulebook
from gridroom.study.air_file import source_of
from gridroom.supply.air_factors import lb_per_mmbtu_per_ppm, to_lb_per_mmbtu
from gridroom.supply.air_pte import hours_max


def units(kind="simple_cycle", mw=1000.0, heat_rate=10_500, area=None, factors=None, **more):
    entry = {
        "name": "unit",
        "kind": kind,
        "capacity_mw": mw,
        "heat_rate_btu_per_kwh": heat_rate,
        "heat_rate_basis": "HHV",
        "factors": factors or {},
    }
    return {"name": "case", "area": area or {}, "units": [entry | more], "as_of": dt.date(2026, 11, 1)}


def found(screen, rule):
    (one,) = [f for f in screen.findings if f.rule == rule]
    return one


# lb/MMBtu of one ppmvd at 15 % O2 (facts 1.1, from Method 19)
@pytest.mark.parametrize(
    ("pollutant", "counted_as", "value"),
    [
        ("nox", None, 0.003684),
        ("co", None, 0.002243),
        ("voc", "methane", 0.001284),
        ("voc", "propane", 0.003531),
        ("nh3", None, 0.001364),
        ("hcho", None, 0.002405),
    ],
)
def test_ppm_to_heat_input(pollutant, counted_as, value):
    assert lb_per_mmbtu_per_ppm(pollutant, counted_as) == pytest.approx(value, rel=5e-4)


def test_a_certified_engine_in_heat_input():
    # 1.0 g/bhp-h is 0.315 lb/MMBtu at 7,000 Btu/bhp-h; electric heat rate 7000 / 0.7457 Btu/kWh
    assert to_lb_per_mmbtu("nox", 1.0, "g_per_bhp_h", 7.0 / 0.7457) == pytest.approx(0.315, rel=1e-3)


def test_p1_uncontrolled_400_mw():
    screen = gr.pte(units(mw=400.0, area={"ozone": "serious"}))
    tons = {n: t.pte_tpy for n, t in screen.tons.items()}
    assert tons["nox"] == pytest.approx(5886.7, abs=0.05)
    assert tons["co"] == pytest.approx(1508.5, abs=0.05)
    assert tons["pm25"] == pytest.approx(121.4, abs=0.05)
    assert found(screen, "psd_major").applies
    assert found(screen, "psd_major").threshold == 250
    assert found(screen, "offsets_nox").value == pytest.approx(7064.1, abs=0.05)
    assert found(screen, "nnsr_major_nox").threshold == 50
    assert screen.pathway == "nnsr"


@pytest.mark.parametrize(
    ("kind", "heat_rate", "expected"),
    [
        ("simple_cycle", 10_500, {0.32: 14_716.8, 0.099: 4553.0, 25: 4235.7, 15: 2541.4, 5: 847.1, 2: 338.9}),
        ("combined_cycle", 6800, {0.32: 9530.9, 0.099: 2948.6, 25: 2743.1, 15: 1645.8, 5: 548.6, 2: 219.5}),
    ],
)
def test_p2_one_gigawatt(kind, heat_rate, expected):
    for value, tpy in expected.items():
        unit = "lb_per_mmbtu" if value < 1 else "ppmvd15"
        screen = gr.pte(units(kind, heat_rate=heat_rate, factors={"nox": {"value": value, "unit": unit}}))
        assert screen.tons["nox"].pte_tpy == pytest.approx(tpy, abs=0.06)
        assert found(screen, "psd_major").applies
    assert found(screen, "psd_major").threshold == (250 if kind == "simple_cycle" else 100)
    others = {"simple_cycle": (303.5, 156.4, 96.6, 32.65, 5.385e6), "combined_cycle": (196.6, 101.3, 62.6, 21.15, 3.488e6)}[kind]
    for name, tpy in zip(("pm", "so2", "voc", "hcho", "co2e"), others, strict=True):
        assert screen.tons[name].pte_tpy == pytest.approx(tpy, rel=1e-3)


def test_p2_largest_plants_under_the_threshold():
    for factor, mw in (
        ({"value": 0.099}, 54.9),
        ({"value": 25, "unit": "ppmvd15"}, 59.0),
        ({"value": 2, "unit": "ppmvd15"}, 737.8),
    ):
        screen = gr.pte(units(factors={"nox": factor, "co": {"value": 0.001}}))
        (change,) = [x for x in screen.changes if x.pollutant == "nox"]
        assert change.mw_max == pytest.approx(mw, abs=0.05)
        assert change.hours_max == pytest.approx(8760 * mw / 1000, rel=2e-3)
    binding = gr.pte(units(mw=360.0, factors={"nox": {"value": 2, "unit": "ppmvd15"}, "co": {"value": 0.015}}))
    assert binding.binding_pollutant == "co"
    assert binding.headroom_mw == pytest.approx(2.4, abs=0.05)  # carbon monoxide binds at 362.4 MW


def test_p3_memphis():
    screen = gr.pte("examples/supply/memphis_turbines.toml")
    permit = {"nox": (87, 0.05), "pm": (73, 0.10), "voc": (85, 0.10), "hcho": (9.8, 0.20)}
    for name, (tpy, tolerance) in permit.items():
        assert screen.tons[name].pte_tpy == pytest.approx(tpy, rel=tolerance)
    assert screen.tons["co"].pte_tpy == pytest.approx(65.0, abs=0.1)
    assert screen.tons["nox"].pte_tpy == pytest.approx(85.4, abs=0.05)
    assert screen.pathway == "synthetic_minor"
    assert not found(screen, "psd_major").applies
    assert not found(screen, "hap_major").applies
    assert "not legal advice" in str(screen)


def test_p4_the_turbines_before():
    # 177 tpy at 2 ppm means 5,485 MMBtu/h; 1,200 to 2,100 tpy are then 13.6 to 23.7 ppm.
    heat = 177 * 2000 / 8760 / (2 * lb_per_mmbtu_per_ppm("nox"))
    assert heat == pytest.approx(5485, abs=2)
    for tpy, ppm in ((1200, 13.6), (2100, 23.7)):
        assert tpy * 2000 / 8760 / heat / lb_per_mmbtu_per_ppm("nox") == pytest.approx(ppm, abs=0.05)


def test_controls_and_hours_count_only_when_enforceable():
    loose = gr.pte(units(mw=50.0, hours_per_year=1000, control_pct={"nox": {"value": 90}}))
    tight = gr.pte(
        units(mw=50.0, hours_per_year=1000, hours_enforceable=True, control_pct={"nox": {"value": 90, "enforceable": True}})
    )
    assert loose.tons["nox"].pte_tpy == pytest.approx(10 * 8.76 * tight.tons["nox"].pte_tpy)
    assert loose.tons["nox"].controlled_tpy == pytest.approx(tight.tons["nox"].pte_tpy)
    assert (loose.pathway, tight.pathway) == ("psd", "synthetic_minor")


def test_emergency_engines_take_500_hours():
    screen = gr.pte(units("emergency_engine", mw=2.5, heat_rate=9000, fuel="diesel", count=2))
    assert screen.tons["nox"].pte_tpy == pytest.approx(2 * 2.5 * 9.0 * 3.2 * 500 / 2000)
    assert screen.pathway == "permit_by_rule"


def test_starts_come_uncontrolled():
    startup = {"events_per_year": 22, "lb_per_event": {"co": 100.0}}
    control = {"co": {"value": 85, "enforceable": True}}
    with_starts, without = (gr.pte(units(mw=16.5, count=15, control_pct=control, **more)) for more in ({"startup": startup}, {}))
    assert with_starts.tons["co"].pte_tpy - without.tons["co"].pte_tpy == pytest.approx(15 * 22 * 100 / 2000)


def test_the_steam_cycle_lowers_the_threshold():
    small, large = (gr.pte(units("combined_cycle", mw=mw, heat_rate=6800)) for mw in (36.0, 37.0))  # 244.8 and 251.6 MMBtu/h
    assert (found(small, "psd_major").threshold, found(large, "psd_major").threshold) == (250, 100)


@pytest.mark.parametrize(
    ("ozone", "nox", "voc", "ratio"),
    [
        ("marginal", 100, 100, 1.1),
        ("moderate", 100, 100, 1.15),
        ("serious", 50, 50, 1.2),
        ("severe", 25, 25, 1.3),
        ("extreme", 10, 10, 1.5),
        ("otr", 100, 50, 1.15),
    ],
)
def test_ozone_areas(ozone, nox, voc, ratio):
    screen = gr.pte(units(mw=2000.0, area={"ozone": ozone}))
    assert (found(screen, "nnsr_major_nox").threshold, found(screen, "nnsr_major_voc").threshold) == (nox, voc)
    assert found(screen, "offsets_nox").value == pytest.approx(ratio * screen.tons["nox"].pte_tpy)
    assert "bact_voc" not in {f.rule for f in screen.findings}  # reviewed as nonattainment there
    assert found(screen, "bact_nox").applies  # still as NO2


def test_nsps_classes():
    def row(**more):
        screen = gr.pte(units(**more))
        return next(f for f in screen.findings if f.rule.startswith("nsps_kkkk") and not f.rule.endswith("so2"))

    new, old = dt.date(2025, 6, 1), dt.date(2024, 12, 13)
    assert (row(mw=200.0, first_operation=new).rule, row(mw=200.0, first_operation=old).rule) == ("nsps_kkkka", "nsps_kkkk")
    assert row(mw=200.0, first_operation=new).threshold == 5  # large, high use
    assert row(mw=200.0, first_operation=new, hours_per_year=3000, hours_enforceable=True).threshold == 9
    assert row(mw=200.0, heat_rate=8900, first_operation=new, hours_per_year=3000, hours_enforceable=True).threshold == 25
    assert row(mw=16.5, first_operation=new).threshold == 15
    assert row(mw=4.0, first_operation=new).threshold == 25
    assert row(mw=4.0, first_operation=old).threshold == 42
    assert row(mw=200.0, first_operation=new).claim == "assumed"
    assert "not read at its source" in row(mw=200.0, first_operation=new).note


def test_every_finding_on_an_assumed_or_contested_row_says_so():
    screen = gr.pte(units(mw=500.0, temporary=True, months_on_site=12, nonroad=True, sells_to_grid=True))
    for finding in screen.findings:
        assert finding.citation
        if finding.claim == "assumed" and finding.rule != "synthetic_minor":
            assert "assumed" in finding.note
        if finding.status == "contested":
            assert "not decided here" in finding.note
    assert found(screen, "nonroad").applies is None  # flagged, never decided
    assert found(screen, "nsps_tttta").applies is None


def test_temporary_units():
    short, long = (found(gr.pte(units(mw=16.5, temporary=True, months_on_site=m)), "temporary") for m in (20, 30))
    assert (short.applies, long.applies) == (None, False)
    assert "any part of its stay" in long.note


def test_one_source_by_default():
    data = units(mw=20.0, factors={"nox": {"value": 0.2}})
    alone = gr.pte(data).tons["nox"].pte_tpy
    near = gr.pte(data | {"nearby": [{"name": "hall B", "tpy": {"nox": 150.0}}]})
    apart = gr.pte(data | {"nearby": [{"name": "hall B", "tpy": {"nox": 150.0}, "adjacent": False}]})
    assert near.tons["nox"].pte_tpy == pytest.approx(alone + 150)
    assert "not said" in found(near, "aggregation").note
    assert apart.tons["nox"].pte_tpy == pytest.approx(alone)
    split = data | {"units": [data["units"][0] | {"name": n, "site": n, "capacity_mw": 25.0} for n in ("A", "B")]}
    screen = gr.pte(split)
    assert "splitting is litigated" in found(screen, "aggregation").note
    assert found(screen, "psd_major").applies


def test_hours_that_keep_below():
    source = source_of(units(mw=400.0))
    book = Rulebook(source.date)
    hours = hours_max(source, "nox", 249.0, book)
    assert hours == pytest.approx(249 * 2000 / (4200 * 0.32))
    capped = gr.pte(units(mw=400.0, hours_per_year=hours, hours_enforceable=True))
    assert capped.tons["nox"].pte_tpy == pytest.approx(249.0)


@settings(max_examples=30, deadline=None)
@given(st.floats(1, 900), st.integers(1, 40), st.floats(0.001, 1.0), st.floats(0, 99))
def test_tons_grow_with_size_and_fall_with_control(mw, count, factor, control):
    one = gr.pte(units(mw=mw, count=count, factors={"nox": {"value": factor}})).tons["nox"].pte_tpy
    two = gr.pte(units(mw=mw, count=2 * count, factors={"nox": {"value": factor}})).tons["nox"].pte_tpy
    less = gr.pte(
        units(mw=mw, count=count, factors={"nox": {"value": factor}}, control_pct={"nox": {"value": control, "enforceable": True}})
    )
    assert two == pytest.approx(2 * one)
    assert less.tons["nox"].pte_tpy == pytest.approx(one * (1 - control / 100))


def test_rules_are_dated_rows():
    table = catalog.load("air_rules")
    assert {"value", "citation", "valid_from", "valid_to", "status", "claim"} <= set(table.columns)
    assert set(table["status"]) == {"in force", "proposed", "contested"}
    assert table["citation"].notna().all()
    assert Rulebook(dt.date(2026, 1, 14)).find("nsps_kkkka", "size.small") is None
    assert Rulebook(dt.date(2026, 1, 15)).find("nsps_kkkka", "size.small") is not None
    assert Rulebook(dt.date(2026, 2, 11)).need("ghg_bact", "any", "co2e").status == "in force"
    assert Rulebook(dt.date(2026, 2, 12)).need("ghg_bact", "any", "co2e").status == "contested"
    remembered = table[table["note"].fillna("").str.contains("remembered")]
    assert len(remembered) > 5
    assert set(remembered["claim"]) == {"assumed"}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kind": "windmill"}, "kind"),
        ({"capacity_mw": -1}, "capacity_mw"),
        ({"factors": {"noxx": {"value": 1}}}, "did you mean 'nox'"),
        ({"factors": {"voc": {"value": 2, "unit": "ppmvd15"}}}, "propane"),
        ({"heat_rate_btu_per_kwh": 3000}, "greater than 3412"),
        ({"hours_enforceable": True}, "needs hours_per_year"),
        ({"combustion": "lean_burn"}, "does not fit"),
        ({"colour": "red"}, "not a known setting"),
        ({"factors": {"pm": {"value": 2, "unit": "ppmvd15"}}}, "lb_per_mmbtu"),
        ({"control_pct": {"nx": {"value": 2}}}, "not a known pollutant"),
    ],
)
def test_bad_units(change, words):
    data = units()
    data["units"][0] |= change
    with pytest.raises(StudyError, match=words):
        gr.pte(data)


def test_the_rules_of_the_day_hold():
    before = gr.pte(units(mw=200.0, first_operation=dt.date(2025, 6, 1)) | {"as_of": dt.date(2025, 11, 1)})
    after = gr.pte(units(mw=200.0, first_operation=dt.date(2025, 6, 1)) | {"as_of": dt.date(2026, 2, 1)})
    assert "nsps_kkkk" in {f.rule for f in before.findings}
    assert "nsps_kkkka" in {f.rule for f in after.findings}
    assert gr.pte(units(mw=200.0) | {"as_of": dt.date(2004, 1, 1)}).pathway == "psd"


def test_a_neighbour_does_not_grow_with_the_plant():
    data = units(mw=320.0, area={"ozone": "serious"}, factors={"nox": {"value": 0.13}}) | {
        "nearby": [{"name": "B", "tpy": {"nox": 40.0}}]
    }
    screen = gr.pte(data)
    own = screen.tons["nox"].pte_tpy - 40
    (change,) = [c for c in screen.changes if c.pollutant == "nox"]
    assert change.mw_max == pytest.approx(10 / own * 320)
    assert change.hours_max == pytest.approx(8760 * 10 / own)
    assert screen.headroom_mw == pytest.approx((10 - own) / own * 320)


def test_hazardous_pollutants_are_at_least_their_parts():
    rich = gr.pte(units("engine", mw=3.0, heat_rate=9000, count=20, combustion="rich_burn"))
    assert rich.tons["hap_total"].pte_tpy >= rich.tons["hcho"].pte_tpy
    assert "neshap_zzzz" not in {f.rule for f in rich.findings}  # lean burn alone
    assert any(x.startswith("pm") for x in rich.not_screened)
    assert "NOT screened" in str(rich)


def test_emergency_hours_that_keep_below():
    source = source_of(units("emergency_engine", mw=3.0, heat_rate=9000, count=40, fuel="diesel"))
    book = Rulebook(source.date)
    full = gr.pte(units("emergency_engine", mw=3.0, heat_rate=9000, count=40, fuel="diesel")).tons["nox"].pte_tpy
    assert hours_max(source, "nox", 100.0, book) == pytest.approx(500 * 100 / full)


def test_a_good_burner_is_no_synthetic_limit():
    clean = gr.pte(units(mw=25.0, factors={"nox": {"value": 0.09}}))
    assert not found(clean, "synthetic_minor").applies
    assert clean.pathway == "minor"


def test_oil_has_no_gas_limits():
    screen = gr.pte(units(mw=100.0, fuel="diesel"))
    assert found(screen, "nsps_kkkka").value is None
    with pytest.raises(StudyError, match="natural gas alone"):
        gr.pte(units(mw=100.0, fuel="diesel", factors={"nox": {"value": 25, "unit": "ppmvd15"}}))


def test_the_transport_region_comes_on_top():
    screen = gr.pte(units(mw=2000.0, area={"ozone": "marginal", "transport_region": "yes"}))
    assert found(screen, "nnsr_major_voc").threshold == 50
    assert found(screen, "offsets_nox").threshold == 1.15
