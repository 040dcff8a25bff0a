"""EU data-centre figures, German, Japanese and US rules: the cases of the facts, fields, aggregates, faults."""

import copy
import datetime as dt
import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gridroom as gr
from gridroom.assets.datacentre import aggregates, eed_fields
from gridroom.assets.large_load_rules import Load, status
from gridroom.assets.national import GermanCentre, germany, japan
from gridroom.reference import catalog
from gridroom.study.eed_file import as_dict, read_report, report_of, write
from tests.disclosure_cases import EED, eed

ROOT = Path(__file__).resolve().parents[1]


def findings(**more):
    """Findings by rule and set of rules; the step that holds, or the first to come."""
    out = {}
    for f in germany(GermanCentre(**more)):
        out.setdefault((f.rule, f.rules), f.result)
    return out


# Case E1 to E4.
def test_indicators():
    found = as_dict(report_of(eed()))
    assert (found["pue"], found["wue_m3_per_mwh"], found["erf"], found["ref"]) == (1.25, 1.5, 0.15, 0.6)
    assert found["ere"] == pytest.approx(0.85 * 1.25)
    assert found["deadline"] == "2026-05-15"


@pytest.mark.parametrize(
    ("change", "numbers"),
    [
        ({"E_RES_TOT_kwh": 7_000_000}, ("7,000,000", "6,000,000")),
        ({"E_IT_kwh": 11_000_000}, ("11,000,000", "10,000,000")),
        ({"E_REUSE_kwh": 12_000_000}, ("12,000,000", "10,000,000")),
        ({"W_IN_POT_m3": 13_000}, ("13,000", "12,000")),
        ({"S_CR_m2": 7_000}, ("7,000", "6,000")),
        ({"E_DC_BG_kwh": 2e7}, ("20,000,000", "10,000,000")),
    ],
)
def test_parts_and_wholes_are_refused_with_both_numbers(change, numbers):
    with pytest.raises(gr.StudyError) as fault:
        report_of(eed(**change))
    assert all(n in str(fault.value) for n in numbers)


@pytest.mark.parametrize(("kw", "scope", "size"), [
    (499.9, False, "100 to 500 kW (very small)"), (500.0, True, "500 to 1,000 kW"), (2000, True, "2 to 10 MW"),
    (10_000, True, "2 to 10 MW"),
    (10_001, True, "above 10 MW"), (99, False, None)])  # fmt: skip
def test_scope_and_size(kw, scope, size):
    found = as_dict(report_of(eed(installed_it_kw=kw)))
    assert (found["in_scope"], found["size_class"]) == (scope, size)


def test_means_are_weighted_by_energy():
    centres = [
        report_of(eed(E_DC_kwh=e, E_IT_kwh=e / pue, E_REUSE_kwh=0, E_DC_BG_kwh=0, type=kind)).centre
        for e, pue, kind in ((10e6, 1.2, "enterprise"), (20e6, 1.3, "enterprise"), (70e6, 1.5, "colocation"))
    ]
    groups = {g.group: g for g in aggregates(centres)}
    assert groups["all"].means["pue"] == pytest.approx(1.43)
    assert groups["all"].totals["E_DC_kwh"] == pytest.approx(100e6)
    assert not groups["type enterprise"].published
    assert groups["type enterprise"].means["pue"] is None
    assert groups["size 2 to 10 MW"].published


@settings(max_examples=30, deadline=None)
@given(st.floats(1e5, 1e9), st.floats(1.0, 3.0), st.floats(0, 1), st.floats(0, 1e6))
def test_indicators_stay_in_their_bounds(e_it, pue, erf, water):
    e_dc = e_it * pue
    found = report_of(eed(E_IT_kwh=e_it, E_DC_kwh=e_dc, E_REUSE_kwh=erf * e_dc, W_IN_m3=water, W_IN_POT_m3=0)).centre.indicators
    assert found["pue"] == pytest.approx(pue)
    assert 0 <= found["erf"] <= 1
    assert found["wue_m3_per_mwh"] == pytest.approx(water / e_it * 1000)


# Fields.
def test_every_field_of_the_annexes_is_there():
    known = eed_fields()
    mandatory = [f for f in known.values() if f.mandatory]
    assert {f.key for f in mandatory} == set(EED) - {"reporting_year"}
    symbols = {f.symbol for f in mandatory}
    assert {
        "PD_IT",
        "S_DC",
        "S_CR",
        "E_DC",
        "E_DC-BG",
        "E_IT",
        "C_BtG",
        "W_IN",
        "W_IN-POT",
        "E_REUSE",
        "T_WH",
        "T_IN",
        "CDD",
    } <= symbols
    assert {"E_RES-TOT", "E_RES-GOO", "E_RES-PPA", "E_RES-OS", "C_SERV", "C_STOR", "B_IN", "B_OUT", "T_OUT"} <= symbols
    assert known["C_BtG_kw"].unit == "kW"
    assert known["T_IN_c"].symbol == known["T_IN_eb"].symbol == "T_IN"
    # Art. 3(2): what the first report could leave out
    free = {f.symbol for f in mandatory if f.first_report_optional}
    assert free == {
        "E_DC",
        "E_DC-BG",
        "E_IT",
        "W_IN",
        "W_IN-POT",
        "E_REUSE",
        "T_WH",
        "T_IN",
        "E_RES-TOT",
        "E_RES-GOO",
        "E_RES-PPA",
        "E_RES-OS",
    }


@pytest.mark.parametrize("key", sorted(set(EED) - {"reporting_year"}))
def test_each_missing_field_is_named_with_its_article(key):
    report = report_of(eed(**{key: None}))
    assert [m.key for m in report.missing] == [key]
    words = str(report.missing[0].problem())
    assert "2024/1364 Art. 3(1)" in words
    assert eed_fields()[key].name in words


def test_first_report_could_leave_out():
    assert report_of(eed(E_IT_kwh=None, T_WH_c=None, reporting_year=2023)).missing == ()
    assert [m.key for m in report_of(eed(E_IT_kwh=None, C_SERV=None, reporting_year=2023)).missing] == ["C_SERV"]
    assert report_of(eed(reporting_year=2023)).centre.report_date == dt.date(2024, 9, 15)


def test_files(tmp_path):
    files = write(report_of(eed(name="A & B <Söhne>")), tmp_path)
    document = json.loads(files[0].read_text())
    assert len(document["fields"]) == len(EED) - 1
    assert document["missing"] == []
    assert "A &amp; B &lt;Söhne&gt;" in files[1].read_text()
    with pytest.raises(gr.StudyError, match="C_STOR_pb is missing"):
        write(report_of(eed(C_STOR_pb=None)), tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_keys_under_kpi_and_other_spellings():
    data = eed()
    data["kpi"] = {"E_IT_kwh": data.pop("E_IT_kwh"), "PD_IT_kw": data.pop("installed_it_kw")}
    assert as_dict(report_of(data))["pue"] == 1.25
    with pytest.raises(gr.StudyError, match="E_IT_kwh is given twice"):
        report_of({**data, "E_IT_kwh": 5})


def test_ref_above_one_warns():
    report = report_of(eed(E_RES_GOO_kwh=8_000_000, E_RES_TOT_kwh=12_000_000))
    assert any("REF is 1.200" in w for w in report.warnings)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"E_DC_kwh": "much"}, "E_DC_kwh must be a number"),
        ({"E_DC_kwh": -5}, "E_DC_kwh must be at least 0"),
        ({"E_DC_kwh": float("nan")}, "must be a number"),
        ({"E_DC_kwh": True}, "must be a number"),
        ({"type": "cloud"}, "must be one of enterprise, colocation, co-hosting"),
        ({"redundancy_rack": "lots"}, "must be a redundancy"),
        ({"entry_into_operation": "2021"}, "must be a year and month"),
        ({"E_DC": 5}, "did you mean 'E_DC_kwh'"),
        ({"lau_code": " "}, "must be text"),
        ({"C_SERV_coverage_pct": 120}, "at most 100 %"),
        ({"T_WH_c": -5000}, "must lie between -20 and 150"),
        ({"reporting_year": 1999}, "reporting_year must be at least 2023"),
        ({"heat_pump_kwh": 5e7}, "at most E_DC_kwh when the pump is inside"),
        ({"germany": {"start_of_operation": "soon"}}, "must be a date"),
        ({"germany": {"start_of_operation": dt.date(2027, 1, 1), "on": dt.date(2026, 1, 1)}}, "must not lie before"),
        ({"E_IT_kwh": 0}, "E_IT_kwh must be greater than 0"),
        ({"name": "a\u0001b"}, "holds a control character"),
    ],
)
def test_bad_data_centres(change, words):
    with pytest.raises(gr.StudyError, match=words):
        report_of(eed(**change))


def test_all_faults_of_a_data_centre_at_once():
    with pytest.raises(gr.StudyError) as fault:
        report_of(eed(S_DC_m2=-1, reporting_year=1999, E_IT_kwh=11_000_000, W_IN_POT_m3=13_000))
    assert len(fault.value.problems) == 4


# Cases F1 to F5.
NEW, OLD = dt.date(2026, 7, 1), dt.date(2026, 6, 30)


def test_new_centre_in_its_third_year_passes():
    found = findings(start=NEW, on=dt.date(2028, 12, 1), pue=1.20, erf=0.10)
    assert found[("pue", "law")] == found[("erf", "law")] == "pass"


def test_existing_centre_by_law_and_draft():
    found = findings(start=OLD, on=dt.date(2027, 7, 1), pue=1.51)
    assert (found[("pue", "law")], found[("pue", "draft")], found[("pue", "bill")]) == ("fail", "pass", "not known")
    steps = [f for f in germany(GermanCentre(start=OLD, on=dt.date(2027, 7, 1), pue=1.4)) if f.rules == "law"]
    assert [(f.limit, f.result) for f in steps] == [(1.5, "pass"), (1.3, "not yet due")]


def test_reused_share_by_law_and_bill():
    start = dt.date(2028, 7, 1)
    early = findings(start=start, on=dt.date(2029, 7, 1), pue=1.2, erf=0.19)
    late = findings(start=start, on=dt.date(2031, 1, 1), pue=1.2, erf=0.19)
    assert early[("erf", "law")] == "not yet due"
    assert (late[("erf", "law")], late[("erf", "bill")], late[("erf", "draft")]) == ("fail", "not yet due", "not known")


def test_heat_pump_counts_in_one_pue_only():
    report = report_of(eed(heat_pump_kwh=1_000_000, germany={"start_of_operation": NEW, "on": dt.date(2029, 1, 1)}))
    assert report.centre.indicators["pue"] == 1.25
    assert report.centre.pue_without_pump == pytest.approx(9 / 8)
    law = next(f for f in report.national if (f.rule, f.rules) == ("pue", "law"))
    assert law.value == pytest.approx(1.125)
    old = report_of(eed(heat_pump_kwh=1_000_000, germany={"start_of_operation": OLD}))
    assert next(f for f in old.national if f.rule == "pue").value == 1.25


@pytest.mark.parametrize(("kw", "inside"), [(300.0, True), (299.9, False)])
def test_german_scope(kw, inside):
    found = findings(start=OLD, on=dt.date(2027, 7, 1), non_redundant_kw=kw, pue=1.4)
    assert (found[("scope", "law")] == "pass") is inside
    assert (("pue", "law") in found) is inside


def test_renewable_share_by_date():
    at = {"start": OLD, "pue": 1.4, "renewable_share": 0.7}
    assert findings(on=dt.date(2026, 6, 1), **at)[("renewable_share", "law")] == "pass"
    later = findings(on=dt.date(2027, 6, 1), **at)
    assert (later[("renewable_share", "law")], later[("renewable_share", "bill")]) == ("fail", "pass")


def test_japan():
    assert [f.result for f in japan(1.35)] == ["pass"]
    assert [f.result for f in japan(1.5)] == ["not yet due"]
    assert [f.rules for f in japan(1.25, dt.date(2029, 4, 1))] == ["law", "announced"]


# Cases H1 to H3.
def duties(load, date=dt.date(2026, 11, 26)):
    return {d.rule: d for d in status(load, date)}


@pytest.mark.parametrize(("mw", "applies"), [(75.0, False), (75.1, True)])
def test_sb1929_is_more_than(mw, applies):
    found = duties(Load(mw=mw, mining=True, interruptible=True))
    assert found["tx_sb1929_registration"].applies is applies
    assert duties(Load(mw=200, mining=True))["tx_sb1929_registration"].applies is False


def test_sb6_statute_and_rule_differ_at_75():
    found = duties(Load(mw=75.0))
    assert found["tx_sb6_interconnection"].applies is False
    assert found["tx_25_194"].applies is True
    assert found["tx_25_194_security"].value == pytest.approx(3.75e6)
    assert found["tx_sb6_backup"].applies is False
    before = duties(Load(mw=75.0), dt.date(2026, 10, 7))["tx_25_194"]
    assert before.status == "not yet: in force from 2026-10-08"


def test_aep_ohio_bills_85_percent():
    found = duties(Load(mw=100, used_mw=40, state="OH"))
    assert found["aep_ohio_billed_mw"].value == 85
    assert duties(Load(mw=100, used_mw=90, state="OH"))["aep_ohio_billed_mw"].value == 90
    assert duties(Load(mw=25, state="OH"))["aep_ohio"].applies is False
    assert duties(Load(mw=100, state="OH", mining=True))["aep_ohio"].applies is None


def test_virginia():
    assert duties(Load(mw=25, load_factor=0.75, state="VA"))["va_gs5"].applies is True
    assert duties(Load(mw=24.9, load_factor=0.9, state="VA"))["va_gs5"].applies is False
    assert duties(Load(mw=25, state="VA"))["va_gs5"].applies is None
    assert duties(Load(mw=100, load_factor=0.8, state="VA"))["va_gs5_generation_share"].value == 60


def test_what_is_no_law_asks_nothing():
    found = duties(Load(mw=1000))
    assert found["clarity"].applies is False
    assert found["clarity"].status == "not enacted"
    assert found["eia_862"].applies is False


def test_states_keep_to_their_own_rules():
    assert not any(r.startswith("tx_") for r in duties(Load(mw=100, state="VA")))


def test_rules_are_rows_with_source_and_status():
    rules = catalog.load("disclosure_rules")
    assert (rules["citation"].str.len() > 3).all()
    assert set(rules["status"]) <= {"in force", "draft", "bill", "announced", "proposed", "not enacted", "withdrawn"}
    assert set(rules["claim"]) <= {"published", "assumed", "derived"}
    assert not rules.duplicated(["rule", "key", "subject", "valid_from"]).any()


def test_example():
    report = read_report(ROOT / "examples/disclosure/data_centre.toml")
    assert report.missing == ()
    assert len(copy.copy(report.national)) > 5
