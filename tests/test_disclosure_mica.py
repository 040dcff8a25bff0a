"""MiCA: what is mandatory, values and units, files, own checks, and the way to Arelle with a small taxonomy."""

import datetime as dt
import hashlib
import json
import xml.etree.ElementTree as ET
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gridroom as gr
from gridroom.assets import mica as rules
from gridroom.assets import xbrl_arelle
from gridroom.assets.identifiers import dti_fault, lei_fault
from gridroom.assets.mica_fields import Value, fact_of, fields, parse
from gridroom.assets.mica_write import Taxonomy, page
from gridroom.assets.xbrl_check import IX, number_of, own_rules
from gridroom.study.mica_file import disclose, filing_of, read_filing
from tests.disclosure_cases import LEI, TABLE_3, mica
from tests.mica_taxonomy import NAMESPACE, write_package

ROOT = Path(__file__).resolve().parents[1]


def gone(data):
    return [m.code for m in rules.missing(filing_of(data))]


def test_the_field_table_is_whole():
    known = fields()
    assert list(known) == [f"S{n}" for n in range(1, 37)]
    assert [f.table for f in known.values()] == [2] * 9 + [3] * 7 + [4] * 20
    assert known["S14"].unit.startswith("kgCO2e")
    assert known["S14"].tag_unit == "tCO2"
    assert known["S32"].sources_field == "S36"
    assert sum(bool(f.concept) for f in known.values()) == 12


# Cases G1, G1b, G2 of the facts.
@pytest.mark.parametrize(("kwh", "mandatory"), [(500_000, False), (500_000.00001, True), (499_999, False)])
def test_threshold_exceeds(kwh, mandatory):
    assert filing_of(mica({"S8": {"kwh": kwh}})).supplementary is mandatory


@pytest.mark.parametrize(
    ("services", "mandatory"),
    [
        ([], True),
        (["a"], False),
        (["b"], True),
        (["c", "a"], True),
        (["(d)"], True),
        (["custody"], False),
        (["Trading platform"], True),
    ],
)
def test_providers_only_with_a_trading_service(services, mandatory):
    data = mica({"S8": {"kwh": 600_000}})
    data["entity"]["services"] = services
    filing = filing_of(data)
    assert filing.supplementary is mandatory
    assert filing.document == ("provider" if services else "white_paper")
    assert bool(rules.missing(filing)) is mandatory


@pytest.mark.parametrize(("network", "mandatory"), [("polkadot", False), ("algorand", True), ("solana", True), ("ethereum", True)])
def test_networks_above_the_threshold(network, mandatory):
    filing = filing_of(mica({"S8": None, "S9": None, "network": network}))
    assert filing.supplementary is mandatory
    assert filing.values["S8"].estimated
    assert "gridroom" in filing.values["S9"].text


def test_what_is_missing_names_article_and_field():
    found = rules.missing(filing_of(mica({"S5": None, "S8": {"kwh": 600_000}})))
    assert [m.code for m in found] == ["S5", "S10", "S11", "S12", "S13", "S14", "S15", "S16"]
    words = str(found[1].problem())
    assert "2025/422 Art. 4" in words
    assert "S.10 Renewable energy consumption" in words
    data = mica({"S8": {"kwh": 600_000}})
    data["entity"]["services"] = ["b"]
    assert "Art. 5" in str(rules.missing(filing_of(data))[0].problem())


def test_optional_fields_bring_their_sources_field():
    assert gone(mica({"S13": {"t_co2e": 1}})) == ["S16"]
    assert gone(mica({"S31": {"m3": 5}, "S22": {"t": 1}})) == ["S35", "S36"]
    assert gone(mica({"S13": {"t_co2e": 1}, "S16": "Grid mix."})) == []


def test_head_of_the_file_fills_fields():
    values = filing_of(mica()).values
    assert values["S1"].text == "Example & Söhne <GmbH>"
    assert (values["S6"].text, values["S7"].text) == ("2025-01-01", "2025-12-31")


# Values.
def value(code, entry):
    problems = []
    found = parse(code, entry, problems)
    return found, problems


@pytest.mark.parametrize(
    ("code", "entry", "amount"),
    [
        ("S8", {"kwh": 12.5}, "12.5"),
        ("S8", {"mwh": 2}, "2000"),
        ("S8", 7, "7"),
        ("S8", {"value": 3, "unit": "GWh"}, "3000000"),
        ("S10", {"share": 0.426}, "42.6"),
        ("S10", {"percent": 42.6}, "42.6"),
        ("S14", {"t_co2e": 0.001}, "1"),
        ("S14", {"g": 5}, "0.005"),
        ("S12", {"kg_co2e": 1500}, "1.5"),
        ("S27", {"kg": 1}, "1000"),
        ("S31", {"m3": 4}, "4"),
        ("S19", {"g_per_kwh": 300}, "0.3"),
        ("S11", {"wh_per_tx": 0.166}, "0.000166"),
        ("S14", {"kg_co2e_per_transaction": 0.00012}, "0.00012"),
    ],
)
def test_units(code, entry, amount):
    found, problems = value(code, entry)
    assert not problems
    assert found.amount == Decimal(amount)


# Cases G3, G3b, G4.
def test_greenhouse_intensity_is_tagged_in_tonnes():
    found, _ = value("S14", {"kg_co2e": 0.00012})
    assert fact_of(fields()["S14"], found) == Decimal("0.00000012")


def test_energy_intensity_is_rounded_and_kept_in_full():
    found, _ = value("S11", {"kwh": 0.000166})
    assert found.filed == "0.00017"
    filing = filing_of(mica({"S8": {"kwh": 600_000}, **TABLE_3}))
    assert "0.000166 kWh per transaction" in filing.values["S15"].text
    assert rules.as_dict(filing)["fields"][10]["full"] == "0.000166"


def test_sources_text_only_for_what_is_ours():
    own = filing_of(mica({"S8": None, "S9": None, "network": "bitcoin", "S11": {"kwh": 900}}))
    assert "S15" not in own.values  # S.11 is the file's: where it comes from we do not know
    assert "S15" in gone(mica({"S8": None, "S9": None, "network": "bitcoin", "S11": {"kwh": 900}}))
    both = filing_of(mica({"S8": None, "S9": None, "network": "bitcoin", "S11": {"kwh": 900}, "S15": "S.11: counted."}))
    assert both.values["S15"].text.startswith("S.11: counted. S.10:")


def test_emissions_follow_the_energy_that_is_filed():
    ours = filing_of(mica({"S8": None, "S9": None, "network": "bitcoin"})).values
    given_energy = filing_of(mica({"S8": {"kwh": 1e9}, "network": "bitcoin"})).values
    assert given_energy["S9"].text == "Counted."
    ratio = float(given_energy["S13"].amount / ours["S13"].amount)
    assert ratio == pytest.approx(1e9 / float(ours["S8"].amount))


def test_energy_is_that_of_the_year():
    filing = filing_of(mica({"S8": None, "S9": None, "network": "bitcoin"}))
    assert float(filing.values["S8"].amount) == pytest.approx(gr.network_energy("bitcoin", "2025").twh_during["best"] * 1e9)
    half = filing_of(
        {**mica({"S8": None, "S9": None, "network": "bitcoin"}), "period": {"start": "2024-01-01", "end": "2024-06-30"}}
    )
    mean = gr.network_energy("bitcoin", "2024-01-01..2024-06-30")
    assert float(half.values["S8"].amount) == pytest.approx(mean.kwh_per_year)
    assert "over a year" in half.values["S9"].text


@pytest.mark.parametrize(
    "name", ["hydropower", "solar pv", "bioenergy", "onshore wind", "renewables", "photovoltaic", "my own source"]
)
def test_usual_names_of_sources(name):
    assert filing_of(mica({"S10": {"percent": 60}, "S15": "x", "S33": "x", "S17": {"percent": {name: 60, "nuclear": 40}}}))


def test_control_characters_are_refused():
    with pytest.raises(gr.StudyError, match=r"fields\.S5 holds a control character"):
        filing_of(mica({"S5": "a\u0001b"}))


def test_all_faults_at_once():
    data = mica({"S8": {"kg": 1}, "S99": "x"})
    data["entity"] = {"lei": "ABC", "services": ["z"]}
    data["period"] = {"start": "2025-02-01", "end": "2025-01-01"}
    with pytest.raises(gr.StudyError) as fault:
        filing_of(data)
    places = {p.where for p in fault.value.problems}
    assert places == {"entity.name", "entity.lei", "entity.services[0]", "fields.S8.kg", "fields.S99", "period.end"}


def test_statements_and_identifiers(tmp_path):
    data = mica({"S8": {"kwh": 600_000}, **TABLE_3}, statements={"datasets": "Our own counts."})
    data["entity"]["role"] = "issuer"
    data["asset"]["dti"] = "4H95J0R2X"
    done = written(tmp_path, data)
    text = done.files[2].read_text()
    assert "IssuersLegalEntityIdentifier" in text
    assert "OtherTokenDigitalTokenIdentifierCode" in text
    assert "Our own counts." in text
    assert "left out" in text
    assert all(r.kept for r in done.rules)


def test_targets_in_energy_or_percent():
    assert value("S18", {"kwh": 5})[0].filed == "5"
    assert value("S18", {"percent": 10})[0].filed == "10 %"


def test_rounded_half_up_not_truncated():
    assert value("S11", {"kwh": 0.000005})[0].filed == "0.00001"
    assert value("S11", {"kwh": 0.0000049})[0].filed == "0"
    assert value("S8", {"kwh": 123456.123456})[0].filed == "123456.12346"


def test_renewable_share_is_a_fraction_in_the_tag():
    found, _ = value("S10", {"percent": 42.6})
    assert fact_of(fields()["S10"], found) == Decimal("0.426")


def test_sustainable_is_not_renewable():
    with pytest.raises(gr.StudyError, match=r"sustainable share, nuclear included; got 52\.4 %"):
        filing_of(mica({"S8": None, "network": "bitcoin", "S10": {"percent": 52.4}}))
    with pytest.raises(gr.StudyError, match=r"more than the renewable sources of S\.17"):
        filing_of(
            mica(
                {
                    "S10": {"percent": 52.4},
                    "S15": "x",
                    "S33": "x",
                    "S17": {"percent": {"hydro": 23.4, "wind": 15.4, "nuclear": 9.8}},
                }
            )
        )
    assert value("S10", {"percent": 40, "includes_nuclear": True})[1]


@pytest.mark.parametrize(
    ("code", "entry", "words"),
    [
        ("S14", {"kg_co2e": 0.00012, "t_co2e": 0.00012}, "says two things"),
        ("S14", {"value": 0.12, "unit": "kg", "tag_value": 0.12, "tag_unit": "t"}, "says two things"),
        ("S14", {"value": 0.12, "unit": "kg", "tag_unit": "t"}, "says two things"),
        ("S14", {"kwh": 1}, "has no unit that fits"),
        ("S8", {"kg": 1}, "has no unit that fits"),
        ("S8", {"kwh": -1}, "at least 0"),
        ("S8", {"kwh": "many"}, "must be a number"),
        ("S8", {"kwh": float("nan")}, "must be a number"),
        ("S8", "many", "must be a number with its unit"),
        ("S8", {}, "holds no value"),
        ("S8", {"kwh": 1e13}, "more than 18 digits"),
        ("S10", 42.6, "needs its unit"),
        ("S10", {"percent": 142}, "at most 100 %"),
        ("S10", {"share": 42.6}, "at most 100 %"),
        ("S5", 3, "must be text"),
        ("S5", "  ", "must be text"),
        ("S6", "yesterday", "must be a date"),
        ("S17", 3, "must be a table of sources"),
        ("S17", {"percent": {"hydro": 80, "wind": 30}}, "more than 100"),
        ("S8", True, "must be a number"),
    ],
)
def test_bad_values(code, entry, words):
    assert any(words in str(p) for p in value(code, entry)[1])


def test_agreeing_ways_of_saying_it_pass():
    found, problems = value("S14", {"kg_co2e": 0.12, "t_co2e": 0.00012})
    assert not problems
    assert found.amount == Decimal("0.12")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"entity": {"name": "A", "lei": LEI[:-1] + "4"}}, "wrong check digits"),
        ({"entity": {"name": "A", "lei": "ABC"}}, "18 capital letters or digits"),
        ({"entity": {"lei": LEI}}, "entity.name is missing"),
        ({"entity": {"name": "A", "lei": LEI, "services": ["z"]}}, "is not a service of MiCA"),
        ({"asset": {"name": "A", "dti": "AEIOUAEIO"}}, "asset.dti must be nine"),
        ({"asset": {"name": "A", "kind": "stable"}}, "asset.kind must be"),
        ({"period": {"start": "2025-12-31", "end": "2025-01-01"}}, "must not lie before start"),
        ({"period": {"start": "2024-01-01", "end": "2025-12-31"}}, "at most a year"),
        ({"document": "provider"}, "entity.services is missing"),
        ({"published": "2026-03-01", "updated": "2026-01-01"}, "must not lie before published"),
        ({"fields": {"S99": "x"}}, "fields.S99 is not a field"),
        ({"fields": {"S8": {"kwh": 1}, "s.8": {"kwh": 1}}}, "is given twice"),
        ({"fields": {"S2": "other"}}, "differs from the head"),
        ({"fields": {"S3": "Dogecoin"}}, "differs from the head"),
        ({"published": "2020-01-01"}, "lies before the regulation applies"),
        ({"fields": {"S8": {"kwh": 1, "estimate": "no"}}}, "must be true or false"),
        ({"fields": {"network": "bitconn"}}, "is not known"),
        ({"network": "bitcoin", "period": {"start": "2027-01-01", "end": "2027-12-31"}}, "must lie between"),
        ({"langauge": "en"}, "is not a known setting"),
    ],
)
def test_bad_files(change, words):
    with pytest.raises(gr.StudyError, match=words):
        filing_of({**mica(), **change})


def test_identifiers():
    assert lei_fault(LEI) == ""
    assert lei_fault("5493001KJTIIGC8Y1R12") == ""
    assert lei_fault("5493001KJTIIGC8Y1R13")
    assert dti_fault("4H95J0R2X") == ""
    assert dti_fault("4H95J0R2A")


# Files.
def written(tmp_path, data=None):
    return disclose(filing_of(data or mica({"S8": {"kwh": 600_000}, **TABLE_3})), tmp_path / "out")


def test_files_and_own_rules(tmp_path):
    done = written(tmp_path)
    assert [f.name for f in done.files] == ["mica.html", "mica.json", "mica.xhtml"]
    assert all(r.kept for r in done.rules), [r for r in done.rules if not r.kept]
    assert done.validation.status == "not validated"
    facts = {e.get("name"): e for e in ET.parse(done.files[2]).iter() if e.tag in (f"{{{IX}}}nonFraction", f"{{{IX}}}nonNumeric")}
    assert len(facts) == 12
    assert number_of(facts["mica:GHGIntensity"]) == Decimal("0.00000012")
    assert number_of(facts["mica:RenewableEnergyConsumptionPercentage"]) == Decimal("0.426")
    assert number_of(facts["mica:EnergyConsumption"]) == 600_000
    assert facts["mica:GHGIntensity"].get("unitRef") == "tCO2"
    document = json.loads(done.files[1].read_text())
    assert [f["code"] for f in document["fields"]] == [f"S.{n}" for n in range(1, 17)]
    html = done.files[0].read_text()
    assert "Example &amp; Söhne &lt;GmbH&gt;" in html
    assert "ix:" not in html


def test_nothing_is_written_while_fields_are_missing(tmp_path):
    done = written(tmp_path, mica({"S5": None}))
    assert done.files == ()
    assert not (tmp_path / "out").exists()


def test_hostile_text_stays_text(tmp_path):
    data = mica({"S5": "</td><script>alert(1)</script> & \u202e ]]>"})
    data["asset"]["name"] = '"><img src=x onerror=alert(1)>'
    done = written(tmp_path, data)
    for file in done.files:
        if file.suffix != ".json":
            assert "<script" not in file.read_text()
            assert "<img" not in file.read_text()
    assert all(r.kept for r in done.rules)


BREAK = [
    ("xml:lang", ' xml:lang="en"', "", "xml:lang"),
    ("second entity", LEI, "5493001KJTIIGC8Y1R12", None),
    ("decimals", ' decimals="5"', "", "decimals"),
    ("unit", "utr:tCO2", "utr:kg", "unit"),
    ("label", "</ix:nonFraction> kgCO2e", "</ix:nonFraction> tCO2e", "label and tag"),
    ("script", "<body>", "<body><script>x</script>", "script"),
    ("escape", 'escape="true"', 'escape="false"', "escape"),
    ("hidden", "<table>", '<table style="display: none">', "hidden"),
    ("context", 'contextRef="period"', 'contextRef="other"', "context"),
    ("time", "2025-01-01</xbrli:startDate>", "2025-01-01T00:00:00</xbrli:startDate>", "without time"),
    ("lei", LEI + "</xbrli", LEI[:-1] + "4</xbrli", "check digits"),
]


@pytest.mark.parametrize(("what", "old", "new", "rule"), BREAK, ids=[b[0] for b in BREAK])
def test_own_rules_see_what_is_broken(tmp_path, what, old, new, rule):
    path = written(tmp_path).files[2]
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))
    broken = [r for r in own_rules(path) if not r.kept]
    assert bool(broken) is (rule is not None)
    if rule:
        assert any(rule in r.rule for r in broken)


def test_duplicates_must_agree(tmp_path):
    path = written(tmp_path).files[2]
    text = path.read_text()
    start = text.index('<ix:nonFraction name="mica:EnergyConsumption"')
    fact = text[start : text.index("</ix:nonFraction>", start) + len("</ix:nonFraction>")]
    path.write_text(text.replace("</body>", f"<p>{fact.replace('>600000<', '>600001<')}</p></body>"))
    assert any("duplicates" in r.rule and not r.kept for r in own_rules(path))


def test_what_is_no_xhtml_is_refused(tmp_path):
    for text in ("<html", '<!DOCTYPE x [<!ENTITY a "b">]><html>&a;</html>'):
        (tmp_path / "x.xhtml").write_text(text)
        with pytest.raises(gr.StudyError):
            own_rules(tmp_path / "x.xhtml")


@settings(max_examples=40, deadline=None)
@given(
    st.decimals(0, 10**9, places=7),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1).filter(str.strip),
)
def test_what_is_written_reads_back(kwh, text):
    filing = filing_of(mica({"S8": {"kwh": kwh}, "S9": text, **TABLE_3}))
    root = ET.fromstring(page(filing, Taxonomy.unseen("other")).encode())
    facts = {e.get("name"): e for e in root.iter() if e.tag.startswith(f"{{{IX}}}non")}
    assert number_of(facts["mica:EnergyConsumption"]) == Decimal(Value(code="S8", amount=kwh).filed)
    shown = "".join(facts["mica:DescriptionOfEnergyConsumptionSourcesAndMethodologiesExplanatory"].itertext())
    assert shown.split()[: len(text.split())] == text.split()  # the full value may follow


# Arelle.
def test_package_must_be_the_published_one(tmp_path):
    with pytest.raises(gr.StudyError, match="does not exist"):
        xbrl_arelle.check_package(tmp_path / "none.zip")
    package = write_package(tmp_path / "t.zip")
    with pytest.raises(gr.StudyError, match="is not the published taxonomy package"):
        disclose(filing_of(mica()), tmp_path / "out", package)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("kwh", "formula", "status"), [(600_000, True, "valid"), (2e9, True, "invalid"), (600_000, False, "not validated")]
)
def test_arelle_with_a_small_taxonomy(tmp_path, kwh, formula, status):
    pytest.importorskip("arelle")
    package = write_package(tmp_path / "t.zip", formula)
    taxonomy = xbrl_arelle.taxonomy_of(package, "other")
    assert taxonomy.namespace == NAMESPACE
    path = tmp_path / "m.xhtml"
    path.write_text(page(filing_of(mica({"S8": {"kwh": kwh}, **TABLE_3})), taxonomy))
    found = xbrl_arelle.validate(path, package, hashlib.sha256(package.read_bytes()).hexdigest())
    assert (found.status, found.errors) == (status, ())
    assert found.facts == 12


def test_arelle_sees_a_broken_file(tmp_path):
    pytest.importorskip("arelle")
    package = write_package(tmp_path / "t.zip")
    path = tmp_path / "m.xhtml"
    text = page(filing_of(mica({"S8": {"kwh": 600_000}, **TABLE_3})), xbrl_arelle.taxonomy_of(package, "other"))
    path.write_text(text.replace("mica:EnergyIntensity", "mica:EnergyIntensityy"))
    found = xbrl_arelle.validate(path, package, hashlib.sha256(package.read_bytes()).hexdigest())
    assert found.status == "invalid"
    assert found.errors


def test_threshold_is_a_dated_row():
    from gridroom.reference.rules import Rulebook

    assert Rulebook(dt.date(2025, 4, 19), "disclosure_rules").find("mica_supplementary", "energy") is None
    assert Rulebook(dt.date(2025, 4, 20), "disclosure_rules").need("mica_supplementary", "energy").value == 500_000


@pytest.mark.parametrize("name", ["mica_bitcoin", "mica_polkadot"])
def test_examples(tmp_path, name):
    done = disclose(read_filing(ROOT / f"examples/disclosure/{name}.toml"), tmp_path)
    assert len(done.files) == 3
    assert all(r.kept for r in done.rules)
