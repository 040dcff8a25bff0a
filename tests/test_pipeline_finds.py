"""What a stranger's tries brought to light: lists without duplicates, small lists, successors, meters, snapshots, alike ids."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

import gridroom as gr
from gridroom.cli.app import app
from gridroom.core.errors import StudyError
from gridroom.pipeline.answers import ForecastOptions
from gridroom.pipeline.backtesting import backtest
from gridroom.pipeline.forecasting import forecast
from gridroom.pipeline.matching import match
from gridroom.pipeline.records import read_records
from gridroom.pipeline.synthetic import make_filings
from gridroom.pipeline.verification import BacktestOptions
from gridroom.study.loader import check_study

SITES = [("Dominion", "VA"), ("AEP", "OH"), ("Oncor", "TX")]
HEAD = "request_id,provider,state,requested_mw,requested_in_service,stage"


def write(tmp_path, rows, head=HEAD, name="queue.csv"):
    path = tmp_path / name
    path.write_text("\n".join([head, *rows]) + "\n")
    return path


def document(*words, code=0):
    result = CliRunner().invoke(app, ["pipeline", *map(str, words), "--json"])
    assert result.exit_code == code, result.output
    return json.loads(result.stdout)


@pytest.mark.parametrize("seed", [21, 22])
def test_a_list_without_duplicates_is_left_alone(seed):
    made = make_filings(120, seed).records
    g = np.random.default_rng(seed)
    shuffled = pd.DataFrame({c: made[c].to_numpy()[g.permutation(len(made))] for c in made if c != "request_id"})
    shuffled.insert(0, "request_id", [f"P{k}" for k in range(len(made))])
    found = match(shuffled)
    assert len(found.pairs()) <= 0.01 * len(made)
    assert found.duplicate_mw[0] < 0.05 * found.requested_mw
    assert len(match(made).pairs()) > 0.5 * len(made)  # and the same list, not shuffled, is full of them


def test_three_filings_of_one_project_stand_out_of_a_short_list(tmp_path):
    head = HEAD + ",ramp,applicant_name"
    ramp = "2028:90;2029:210;2030:300,Quartz Hollow LLC"
    rows = [f"A{k},{u},{s},300,2027-01-01,3,{ramp}" for k, (u, s) in enumerate(SITES)]
    g = np.random.default_rng(3)
    sizes, years, months, stages = (g.integers(*b, 20) for b in ((80, 900), (2027, 2034), (1, 10), (1, 6)))
    rows += [f"X{k},Oncor,TX,{sizes[k]},{years[k]}-{months[k]:02}-01,{stages[k]},,Firm{k} Power LLC" for k in range(20)]
    pairs = match(write(tmp_path, rows, head)).pairs()
    assert set(zip(pairs["id_a"], pairs["id_b"], strict=True)) == {("A0", "A1"), ("A0", "A2"), ("A1", "A2")}
    assert (pairs["probability"] > 0.9).all()


def test_of_a_request_and_its_successor_the_newer_counts(tmp_path):
    head = HEAD + ",relation,related_to"
    rows = ["OLD,Dominion,VA,300,2028-06-01,service agreement,,", "NEW,Dominion,VA,120,2028-06-01,service agreement,successor,OLD"]
    answer = gr.pipeline.forecast(write(tmp_path, rows, head), samples=400, identity="declared", years=(2095,))
    assert answer.deduplicated_mw[-1].sum() == pytest.approx(120)


def test_an_expansion_needs_its_base_and_its_own_luck(tmp_path):
    head = HEAD + ",relation,related_to"
    rows = ["A,Dominion,VA,300,2028-06-01,construction agreement,,", "B,Dominion,VA,300,2028-06-01,study complete,expansion,A"]
    options = ForecastOptions(samples=400, identity="declared")
    apart = forecast(read_records(write(tmp_path, [r.replace("expansion,A", ",") for r in rows], head)), options)
    both = forecast(read_records(write(tmp_path, rows, head)), options)
    alone, bound = (a.odds.set_index("request_id")["probability_this_site"] for a in (apart, both))
    assert bound["A"] == pytest.approx(alone["A"])
    assert bound["B"] == pytest.approx(alone["A"] * alone["B"])


def test_a_metered_peak_is_what_an_energised_site_draws(tmp_path):
    head = HEAD + ",status,observed_peak_mw"
    rows = ["A,Dominion,VA,300,2020-06-01,,energised,90"]
    paths = forecast(write(tmp_path, rows, head), ForecastOptions(samples=400, years=(2030, 2095))).paths_mw.sum(axis=2)
    assert paths == pytest.approx(90.0)


def test_match_takes_the_last_snapshot_of_each_request():
    rows = [("A", "2025-03-31", "Lark", 100.0), ("A", "2026-03-31", "Lark", 300.0), ("B", "2026-03-31", "Heron", 50.0)]
    found = match(pd.DataFrame(rows, columns=["request_id", "snapshot_date", "project_name", "requested_mw"]))
    assert list(found.ids) == ["A", "B"]
    assert found.requested_mw == 350


def test_two_lists_may_number_alike(tmp_path):
    head = "id,name,state,mw"
    left = write(tmp_path, ["1,Bluebird Campus,VA,300", "2,Heron Works,OH,120"], head, "left.csv")
    right = write(tmp_path, ["1,Heron Works,OH,120", "2,Bluebird Campus,VA,300"], head, "right.csv")
    document("match", "--left", left, "--right", right, "--out", tmp_path / "o.csv")
    pairs = pd.read_csv(tmp_path / "o.csv")
    assert set(zip(pairs["id_a"], pairs["id_b"], strict=True)) == {("1 (left)", "2 (right)"), ("2 (left)", "1 (right)")}


def test_a_backtest_beyond_the_data_is_refused(tmp_path):
    head = HEAD.replace("stage", "filed_on,status,status_date")
    rows = [
        f"R{k},Dominion,VA,{20 + k},2019-06-01,{2005 + k % 12}-01-15,{('withdrawn', 'energised')[k % 2]},{2007 + k % 12}-06-01"
        for k in range(120)
    ]
    path = write(tmp_path, rows, head)
    assert document("backtest", "--data", path, "--train-before", "2014", "--horizon-years", "3")["crps_mw"] > 0
    with pytest.raises(StudyError, match="--train-before 2011"):
        backtest(BacktestOptions(data=str(path), train_before=2016, horizon_years=8))


def test_problems_of_a_users_requests_are_named_when_the_study_is_checked(tmp_path):
    path = write(tmp_path, ["A,Dominion,VA,many,2028-06-01,service agreement"])
    with pytest.raises(StudyError, match="many"):
        check_study({"load": {"requests": str(path)}})
