"""The pipeline commands as a user types them: documents, files, exit codes, examples."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
from typer.testing import CliRunner

from gridroom.cli.app import app
from gridroom.pipeline.synthetic import make_filings
from gridroom.study.assemble import make_forecast
from gridroom.study.large_load import built_in_requests, large_load
from gridroom.study.loader import check_study, load_study

EXAMPLES = Path(__file__).parents[1] / "examples"
QUEUE = EXAMPLES / "pipeline/queue.csv"


def call(*words, code=0):
    result = CliRunner().invoke(app, ["pipeline", *map(str, words)])
    assert result.exit_code == code, result.output
    return result


def document(*words, code=0):
    return json.loads(call(*words, "--json", code=code).stdout)


def test_match_answers_as_the_contract_says(tmp_path):
    made = make_filings(60, 4)
    made.records.to_csv(tmp_path / "r.csv", index=False)
    ids = list(made.records["request_id"])
    truth = [
        (ids[a], ids[b], "match") for a in range(len(ids)) for b in range(a + 1, len(ids)) if made.project[a] == made.project[b]
    ]
    pd.DataFrame(truth, columns=["id_a", "id_b", "label"]).to_csv(tmp_path / "t.csv", index=False)
    out = document(
        "match", tmp_path / "r.csv", "--truth", tmp_path / "t.csv", "--out", tmp_path / "o.csv", "--review", tmp_path / "v.csv"
    )
    assert set(out) >= {"records", "pairs", "clusters", "duplicate_mw", "precision", "recall"}
    assert out["records"] == len(ids)
    pairs = pd.read_csv(tmp_path / "o.csv")
    assert list(pairs.columns) == ["id_a", "id_b", "probability", "relation"]
    assert len(pairs) == out["pairs"]
    assert (pairs["probability"] >= 0.5).all()
    hit = len(
        set(zip(pairs["id_a"], pairs["id_b"], strict=True)) & {(min(a, b), max(a, b)) for a, b, _ in truth}
        | set(zip(pairs["id_b"], pairs["id_a"], strict=True)) & {(min(a, b), max(a, b)) for a, b, _ in truth}
    )
    assert hit / len(pairs) == pytest.approx(out["precision"], abs=1e-9)
    listed = pd.read_csv(tmp_path / "v.csv")
    assert list(listed.columns) == ["id_a", "id_b", "probability", "relation", "decision", "why"]


def test_match_of_two_files_and_wrong_use(tmp_path):
    for name, ids in (("a", "xy"), ("b", "pq")):
        pd.DataFrame({"id": list(ids), "name": ["Bluebird Campus", "Heron Works"], "state": ["VA", "OH"], "mw": [300, 120]}).to_csv(
            tmp_path / f"{name}.csv", index=False
        )
    out = document("match", "--left", tmp_path / "a.csv", "--right", tmp_path / "b.csv", "--explain", "x,p")
    assert out["pairs"] == 2
    assert sum(p["weight_bits"] for p in out["explain"]) > 0
    call("match", code=2)
    call("match", tmp_path / "a.csv", "--threshold", "2", code=2)
    call("match", tmp_path / "a.csv", "--across", "nme", code=3)
    call("match", tmp_path / "none.csv", code=3)


def test_forecast_answers_as_the_contract_says(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    out = document("forecast", QUEUE, "--years", "2027-2032", "--samples", "500", "--out", "tables")
    row = out["by_region_year"][0]
    assert set(row) >= {"region", "year", "requested_mw", "deduplicated_mw", "p10_mw", "p50_mw", "p90_mw", "mean_mw"}
    assert {r["year"] for r in out["by_region_year"]} == set(range(2027, 2033))
    last = out["total"][-1]
    assert last["p10_mw"] <= last["p50_mw"] <= last["p90_mw"] < last["deduplicated_mw"] <= last["requested_mw"]
    assert last["overstatement_mw"] > 0
    assert sum(r["mean_mw"] for r in out["by_region_year"] if r["year"] == 2032) == pytest.approx(last["mean_mw"], rel=1e-4)
    assert Path(out["stored"]).is_file()
    assert {p.name for p in Path("tables").iterdir()} == {"paths.parquet", "by_region_year.csv", "odds.csv", "drivers.csv"}
    pd.DataFrame({"region": ["total"], "year": [2027], "mw": [100.0]}).to_csv("seen.csv", index=False)
    assert document("score", "runs/forecasts", "--observed", "seen.csv")["forecasts"][0]["cells"] == 1
    assert "GW were asked for" in call("forecast", QUEUE, "--samples", "200", "--no-store").stdout


def test_forecast_of_a_broken_file_lists_all_and_can_go_on(tmp_path):
    path = tmp_path / "bad.csv"
    path.write_text(
        QUEUE.read_text() + "Z-1,2026-09-30,Oncor,TX,,,,,,-5,,2028-06-01,,,,,\nZ-2,2026-09-30,Oncor,Txas,,,,,,50,,soon,,,,,\n"
    )
    said = call("forecast", path, code=3).stderr
    assert "greater than 0" in said
    assert "is no date" in said
    assert "did you mean 'texas'" in said
    out = document("forecast", path, "--samples", "200", "--no-store", "--set-aside", tmp_path / "aside.csv")
    assert out["rows_set_aside"] == 2
    assert len(pd.read_csv(tmp_path / "aside.csv")) == 2


def test_wrong_options_are_named():
    for words in (
        ("--scenario", "rosy"),
        ("--identity", "x"),
        ("--by", "county"),
        ("--years", "2030-2020"),
        ("--as-of", "soon"),
        ("--map", "x"),
    ):
        call("forecast", QUEUE, *words, code=2)
    call("backtest", "--data", "nothing", code=2)
    call("backtest", "--data", "caiso", "--folder", "/nowhere", code=3)
    call("backtest", "--horizon-years", "99", code=2)


def test_backtest_on_invented_filings():
    out = document("backtest", "--data", "filings", "--draws", "1000")
    assert set(out) >= {"crps_mw", "bias_pct", "coverage_p10_p90", "baseline"}
    assert set(out["baseline"]) >= {"crps_mw", "bias_pct", "coverage_p10_p90"}
    assert out["crps_mw"] < out["baseline"]["crps_mw"]


def test_rules_snapshot_read_and_template(tmp_path):
    out = document("rules", QUEUE, "--samples", "300", "--deposit-usd-per-mw", "20000")
    assert [d["disclosed"] for d in out["disclosure"]] == ["everywhere", "in_state", "nowhere"]
    assert all(set(r) == {"rule", "value", "unit", "citation", "valid_from", "valid_to", "status"} for r in out["rules_in_force"])
    history = tmp_path / "history.csv"
    assert document("snapshot", QUEUE, "--into", history)["rows_added"] == len(pd.read_csv(QUEUE))
    call("snapshot", QUEUE, "--into", history, code=3)
    assert call("template").stdout.startswith("# Large-load requests")
    call("read", QUEUE, "--out", tmp_path / "x.csv", code=2)
    frame = pd.DataFrame(
        {
            "name": ["a"],
            "operator": ["b"],
            "state": ["VA"],
            "county": ["Loudoun County"],
            "sqft": [1000.0],
            "lat": [39.0],
            "lon": [-77.0],
        }
    )
    frame.to_csv(tmp_path / "im3.csv", index=False)
    assert document("read", tmp_path / "im3.csv", "--out", tmp_path / "x.csv")["kind"] == "im3"
    assert pd.read_csv(tmp_path / "x.csv")["county"].tolist() == ["Loudoun"]


def test_the_outlook_draws_from_requests():
    study = check_study({"run": {"samples": 200}})
    forecast = make_forecast(study, [1.0] * 23)
    load = large_load(study, forecast)
    assert load.paths.added_mw.shape == (200, 10, 23)
    assert (load.level_mw[0, -1].sum(), load.level_mw[1, -1].sum()) < (load.level_mw[1, -1].sum(), load.level_mw[2, -1].sum())
    mean = {name: paths.sum(axis=2).mean(axis=0)[-1] for name, paths in load.other_cases_mw.items()}
    assert mean["reference"] < mean["every_filing"]
    assert mean["reference"] < mean["every_site"]
    assert mean["contracts"] < mean["construction"]
    assert (load.paths.added_mw >= 0).all()
    built_in = built_in_requests().frame
    assert (built_in["relation"] == "alternative").sum() > 100
    assert built_in["claim_class"].isin(["published", "derived", "assumed"]).all()


def test_a_users_requests_take_the_place_of_the_built_in_ones(tmp_path):
    (tmp_path / "queue.csv").write_text(
        "request_id,provider,state,requested_mw,requested_in_service,stage\nA,Dominion,VA,500,2027-01-01,service agreement\n"
    )
    (tmp_path / "s.toml").write_text('[run]\nsamples = 100\nload_cases = false\n[load]\nrequests = "queue.csv"\n')
    study = load_study(tmp_path / "s.toml", [])
    forecast = make_forecast(study, [1.0] * 23)
    own, built_in = large_load(study, forecast), large_load(check_study({"run": {"samples": 100, "load_cases": False}}), forecast)
    dominion = 14
    assert own.paths.added_mw[:, -1, dominion].max() < built_in.paths.added_mw[:, -1, dominion].mean()
    assert own.other_cases_mw == {}
    from gridroom.core.errors import StudyError

    with pytest.raises(StudyError, match="names no file"):
        check_study({"load": {"requests": "none.csv"}})
