"""The forecast: hand-computed toys, invariants, odds and their updating, back-tests, rules, storage."""

from __future__ import annotations

import datetime as dt
import itertools
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtri
from scipy.stats import multivariate_normal

from gridroom.core.errors import StudyError
from gridroom.pipeline import paths_kernel, rates, stages, survival
from gridroom.pipeline.answers import STEP_NAMES, ForecastOptions
from gridroom.pipeline.archive import score_stored, store
from gridroom.pipeline.backtest_loads import stage_shares
from gridroom.pipeline.backtesting import backtest
from gridroom.pipeline.forecasting import forecast
from gridroom.pipeline.places import region_of
from gridroom.pipeline.practice import by_practice
from gridroom.pipeline.records import read_records
from gridroom.pipeline.rules import deposit_effect, disclosure_effect
from gridroom.pipeline.verification import BacktestOptions, crps

SHARED = Path(os.environ.get("GRIDROOM_SHARED", Path(__file__).parents[2] / "shared")) / "data"
QUEUES = SHARED / "queues"
needs_shared = pytest.mark.skipif(not QUEUES.is_dir(), reason="the shared raw data is not here")
HEAD = "request_id,provider,state,requested_mw,requested_in_service,stage,relation,related_to"
FAR = (2095,)
SITES = [("AEP Ohio", "OH"), ("Georgia Power", "GA"), ("APS", "AZ"), ("Oncor", "TX"), ("TVA", "TN"), ("Evergy", "MO")]


def records(tmp_path, rows, head=HEAD):
    path = tmp_path / "queue.csv"
    path.write_text("\n".join([head, *rows]) + "\n")
    return read_records(path)


def sample(odds, sites, samples=40_000, wanted=1, weight=(0.0, 0.0, 0.0), starts=None, **changes):
    """Kernel on needs given as lists of sites' (chance, MW), full size at once and no delay; paths (N, sites)."""
    flat = [s for need in sites for s in need]
    n = len(flat)
    first_site = np.cumsum([0, *[len(need) for need in sites]])
    lead = np.array([first_site[k] + int(np.argmax([p for p, _ in need])) for k, need in enumerate(sites)])
    forced = np.array([p for p, _ in flat])
    mw = np.array([m for _, m in flat])
    paths, steps = np.zeros((samples, 1, n)), np.zeros((1, 5))
    ints = lambda v: np.full(n, v, np.int64)  # noqa: E731
    paths_kernel.sample_paths(
        5,
        np.arange(samples),
        first_site,
        np.arange(n + 1),
        np.arange(n),
        lead,
        np.full(len(sites), wanted),
        np.arange(len(sites)) + 7,
        ints(0),
        np.zeros((samples, 1, 7)),
        ints(0),
        ints(0),
        np.zeros(n),
        np.arange(n),
        changes.get("zone", np.arange(n)),
        changes.get("sponsor", np.arange(n)),
        mw,
        np.full(n, -1.0),
        np.full(n, 2030.0),
        np.zeros(n),
        np.zeros(7),
        ints(0),
        ints(0),
        np.zeros(1),
        np.ones(8),
        np.ones(3),
        0.0,
        0.0,
        np.array(weight),
        np.array([2040]),
        2026.0,
        0.7,
        forced,
        paths,
        steps,
        np.zeros(2),
        np.zeros(n),
        np.zeros(n),
        0,
    )
    return paths[:, 0, :]


def test_toy_of_three_sites_mutually_exclusive():
    # three sites of 300 MW, F = 0.4; weights p / (1 - p) as 1 : 1 : 2 → 0.1, 0.1, 0.2; mean 120, sd 147, covariance -0.01
    low = 1.0 / 3.0 / (1.0 + 1.0 / 3.0)  # odds 1/3, half of 0.4's 2/3
    built = sample(None, [[(low, 300.0), (low, 300.0), (0.4, 300.0)]], samples=200_000)
    assert built.mean(axis=0) / 300 == pytest.approx([0.1, 0.1, 0.2], abs=0.004)
    total = built.sum(axis=1)
    assert total.mean() == pytest.approx(120, abs=1.5)
    assert total.std() == pytest.approx(147, abs=1)
    assert np.cov(built[:, 0] > 0, built[:, 1] > 0)[0, 1] == pytest.approx(-0.01, abs=0.002)
    assert (built > 0).sum(axis=1).max() == 1


def test_several_sites_wanted_are_drawn_without_replacement():
    built = sample(None, [[(0.5, 100.0)] * 4], wanted=2)
    count = (built > 0).sum(axis=1)
    assert set(np.unique(count)) == {0, 2}
    assert count.mean() == pytest.approx(1.0, abs=0.03)


def test_common_factors_keep_every_chance_and_correlate_as_a_gaussian_copula():
    sigma = np.array([0.9, 0.0, 0.0])
    weight = sigma / np.sqrt((sigma**2).sum() + np.pi**2 / 3)
    built = sample(None, [[(0.3, 1.0)], [(0.3, 1.0)]], samples=150_000, weight=weight) > 0
    assert built.mean(axis=0) == pytest.approx([0.3, 0.3], abs=0.006)
    rho = weight[0] ** 2
    assert rho == pytest.approx(0.20, abs=0.005)  # sigma 0.9 → 0.20
    both = multivariate_normal([0, 0], [[1, rho], [rho, 1]]).cdf([ndtri(0.3)] * 2)
    assert (built[:, 0] & built[:, 1]).mean() == pytest.approx(both, abs=0.005)


def test_normal_quantile_against_scipy():
    p = np.concatenate([10.0 ** -np.arange(1, 15), np.linspace(0.01, 0.99, 99)])
    assert [paths_kernel.normal_quantile(x) for x in p] == pytest.approx(list(ndtri(p)), abs=1e-6)


def test_ramps_by_hand():
    knots = np.array([0.27, 0.52, 0.73, 1.0])
    assert paths_kernel.ramp_share(0.0, knots) == 0
    assert paths_kernel.ramp_share(0.5, knots) == pytest.approx(0.27)
    assert paths_kernel.ramp_share(1.0, knots) == pytest.approx((0.27 + 0.52) / 2)
    assert paths_kernel.ramp_share(9.0, knots) == 1
    steps = np.array([0.0, 0.25, 0.75, 1.0])
    assert paths_kernel.own_ramp(1.0, 1, steps, 3) == pytest.approx(0.25)
    assert paths_kernel.own_ramp(1.5, 1, steps, 3) == pytest.approx(0.5)
    assert paths_kernel.own_ramp(7.0, 1, steps, 3) == 1


@pytest.mark.parametrize("k", [1, 3, 6])
def test_filing_a_project_in_more_states_changes_no_total_when_disclosed(tmp_path, k):
    base = ["A,Dominion,VA,300,2028-06-01,construction agreement,,", "B,PPL,PA,500,2029-06-01,service agreement,,"]
    one = forecast(records(tmp_path, base), ForecastOptions(samples=1_000))
    more = [f"A{i},{u},{s},300,2028-06-01,construction agreement,alternative,A" for i, (u, s) in enumerate(SITES[:k])]
    several = forecast(records(tmp_path, base + more), ForecastOptions(samples=1_000))
    assert np.array_equal(one.paths_mw.sum(axis=2), several.paths_mw.sum(axis=2))
    assert several.deduplicated_mw[-1].sum() == pytest.approx(one.deduplicated_mw[-1].sum())
    assert several.requested_mw[-1].sum() == one.requested_mw[-1].sum() + 300 * k
    plain = forecast(records(tmp_path, base + more), ForecastOptions(samples=1_000, identity="separate"))
    assert plain.total_mw()[0][-1] > several.total_mw()[0][-1] * (1 + 0.2 * k)


def test_duplicates_count_once_phases_and_splits_add(tmp_path):
    base = "A,Dominion,VA,300,2028-06-01,service agreement,,"
    for relation, total in (
        ("duplicate", 300),
        ("phase", 600),
        ("split", 600),
        ("expansion", 600),
        ("successor", 300),
        ("alternative", 300),
    ):
        place = "AEP Ohio,OH" if relation == "alternative" else "Dominion,VA"
        answer = forecast(
            records(tmp_path, [base, f"B,{place},300,2028-06-01,service agreement,{relation},A"]),
            ForecastOptions(samples=400, identity="declared"),
        )
        assert answer.deduplicated_mw[-1].sum() == pytest.approx(total), relation


def test_site_chances_sum_to_the_need_and_a_contract_lowers_its_siblings(tmp_path):
    rows = [
        "A,Dominion,VA,300,2028-06-01,study complete,,",
        "B,AEP Ohio,OH,300,2028-06-01,study complete,alternative,A",
        "C,APS,AZ,300,2028-06-01,inquiry,alternative,A",
    ]
    before = forecast(records(tmp_path, rows), ForecastOptions(samples=400)).odds.set_index("request_id")
    assert before["probability_this_site"].sum() == pytest.approx(before["probability_need_met"].iloc[0])
    assert before["probability_need_met"].iloc[0] == pytest.approx(0.15)
    rows[1] = rows[1].replace("study complete", "service agreement")
    after = forecast(records(tmp_path, rows), ForecastOptions(samples=400)).odds.set_index("request_id")
    assert after.loc["A", "probability_this_site"] < before.loc["A", "probability_this_site"]
    assert after["probability_this_site"].sum() == pytest.approx(0.88)
    gone = forecast(records(tmp_path, [rows[0], rows[2]]), ForecastOptions(samples=400)).odds.set_index("request_id")
    assert before.loc["A", "probability_this_site"] < gone.loc["A", "probability_this_site"] <= 0.15


def test_waterfall_only_falls_and_ends_in_the_mean(tmp_path):
    rows = [
        f"R{k},{u},{s},{100 + 50 * k},{2027 + k % 4}-06-01,{stage},,"
        for k, ((u, s), stage) in enumerate(itertools.product(SITES, ("inquiry", "engineering agreement", "service agreement")))
    ]
    answer = forecast(records(tmp_path, rows), ForecastOptions(samples=2_000))
    for step in answer.waterfall:
        assert all(a >= b - 1e-6 for a, b in itertools.pairwise(step)), dict(zip(STEP_NAMES, step, strict=True))
    mean, error = answer.total_mw()
    assert answer.waterfall[:, -1] == pytest.approx(mean, rel=1e-4)
    assert (error[3:] > 0).all()
    assert answer.drivers["share_of_variance"].sum() == pytest.approx(1.0, abs=0.05)
    assert all(a["p10_mw"] <= a["p50_mw"] <= a["p90_mw"] for a in answer.rows())


def test_threads_and_repetition_give_the_same_bits(tmp_path):
    rows = [f"R{k},{u},{s},{100 + 50 * k},2028-06-01,construction agreement,," for k, (u, s) in enumerate(SITES)]
    made = [forecast(records(tmp_path, rows), ForecastOptions(samples=500, jobs=j)).paths_mw for j in (1, 2, 2)]
    assert np.array_equal(made[0], made[1])
    assert np.array_equal(made[1], made[2])


def test_mean_follows_from_the_rates(tmp_path):
    # far in the future delay and ramp are over: mean = odds x mean size
    rows = [f"R{k},Dominion,VA,100,2028-06-01,construction agreement,," for k in range(40)]
    answer = forecast(records(tmp_path, rows), ForecastOptions(samples=6_000, years=FAR, identity="separate", odds_known=True))
    mean, error = answer.total_mw()
    assert mean[0] == pytest.approx(4000 * 0.65 * rates.value("size_mean"), abs=4 * error[0] + 5)


def test_on_site_generation_asks_nothing_of_the_grid_and_energised_load_is_certain(tmp_path):
    head = HEAD + ",on_site_generation_mw,status"
    rows = ["A,Dominion,VA,300,2028-06-01,service agreement,,,300,active", "B,Dominion,VA,100,2025-06-01,,,,0,energised"]
    answer = forecast(records(tmp_path, rows, head), ForecastOptions(samples=400, years=FAR))
    odds = answer.odds.set_index("request_id")
    assert odds.loc["B", "probability_this_site"] == 1
    assert odds.loc["A", "requested_mw"] == 0
    assert (answer.paths_mw.sum(axis=(1, 2)) > 0).all()


def test_odds_by_stage_are_the_table_without_history_and_move_with_it(tmp_path):
    assert stages.mean_odds()[-1][:6] == pytest.approx(rates.series("stage_odds"))
    head = "request_id,snapshot_date,provider,state,requested_mw,requested_in_service,stage,status"
    moved = []
    for k in range(30):
        moved.append(f"R{k},2025-03-31,Oncor,TX,100,2029-01-01,study requested,active")
        moved.append(
            f"R{k},2025-09-30,Oncor,TX,100,2029-01-01,{'study complete,active' if k < 20 else 'study requested,withdrawn'}"
        )
    counts = stages.count_moves(records(tmp_path, moved, head).frame)
    assert counts.advanced[0].tolist() == [0, 20, 0, 0, 0, 0]
    assert counts.withdrawn[0].tolist() == [0, 10, 0, 0, 0, 0]
    assert counts.level > 0
    before, after = stages.mean_odds()[-1], stages.mean_odds(counts)[-1]
    assert after[1] > before[1]
    assert after[2:] == pytest.approx(before[2:])
    waiting = stages.count_moves(records(tmp_path, [moved[0], moved[0].replace("2025-03-31", "2025-06-30")], head).frame)
    assert waiting.advanced.sum() + waiting.withdrawn.sum() == 0  # who still waits takes no side


def test_aalen_johansen_toy():
    # withdrawn at 1, completed at 2, withdrawn at 3, completed at 4: 0.25 at 2 and 0.50 at 4; 1 - KM would give 0.333 and 1
    got = survival.aalen_johansen(np.array([1, 2, 3, 4]), np.array([2, 1, 2, 1]), np.zeros(4, np.int64), 4)
    assert got.tolist() == pytest.approx([0.0, 0.25, 0.25, 0.5])


def test_survival_fit_finds_known_hazards():
    g = np.random.default_rng(3)
    n, arrive, leave = 4000, 0.06, 0.14
    start = g.integers(2000, 2015, n)
    u = g.random((n, 25))
    event = np.where(u < arrive, 1, np.where(u < arrive + leave, 2, 0))
    first = np.where((event > 0).any(axis=1), (event > 0).argmax(axis=1), 24)
    table = pd.DataFrame(
        {
            "operator": g.choice(["a", "b"], n),
            "technology": g.integers(0, 5, n),
            "mw": g.uniform(20, 300, n),
            "start": start,
            "end": start + first,
            "outcome": event[np.arange(n), first],
        }
    )
    history = survival.history_of(table)
    active = history.active_at(2016)
    p = survival.draw_incidence(survival.fit(history.known_at(2016), 2016), active, 5, 300, 1).mean(axis=0)
    exact = arrive / (arrive + leave) * (1 - (1 - arrive - leave) ** 5)
    assert p.mean() == pytest.approx(exact, abs=0.05)
    assert p.std() < 0.08


def test_crps_by_hand():
    assert crps(np.array([1.0]), 3.0) == 2.0
    assert crps(np.array([0.0, 2.0]), 1.0) == pytest.approx(1.0 - 0.5)  # mean |x - y| less half the mean |x - x'|


@needs_shared
def test_georgia_beats_130_mw_from_2024_rows_alone():
    result = backtest(BacktestOptions(data="georgia", folder=QUEUES))
    assert len(result["cases"]) == 10
    assert result["mean_absolute_error_mw"] < 130
    assert result["baselines"]["contract only"]["mean_absolute_error_mw"] == pytest.approx(188, abs=1)
    assert result["baselines"]["all stages"]["mean_absolute_error_mw"] == pytest.approx(1985, abs=1)


def test_stage_shares_use_no_later_row():
    table = pd.DataFrame(
        [
            (2024.0 + q / 4, s, 2025, m)
            for q, (c, b, e) in enumerate([(600, 400, 1000), (700, 200, 300), (720, 100, 100)])
            for s, m in ((5, c), (4, b), (3, e))
        ],
        columns=["report", "stage", "year", "mw"],
    )
    mean, _, revision = stage_shares(table)
    assert 0 < mean[0] < 1
    assert mean[1] < mean[0]
    assert revision >= 0.05


@needs_shared
def test_generation_backtest_keeps_its_scores():
    result = backtest(BacktestOptions(data="generation", folder=QUEUES, draws=400))
    blocks = result["blocks"]
    assert blocks["development"]["cells"] == 95
    assert blocks["test"]["cells"] == 41
    assert result["relative_crps"] <= 0.40
    assert all(0.65 <= b["coverage_p10_p90"] <= 0.91 for b in blocks.values())
    assert blocks["development"]["brier"] <= 0.170
    assert result["relative_crps"] < min(v["relative_crps"] for v in result["baselines"].values())


@needs_shared
def test_filings_in_several_states_against_true_clusters():
    result = backtest(BacktestOptions(data=str(SHARED / "matching/filings_records.csv")))
    assert result["crps_over_true_clusters"] <= 1.25
    assert result["coverage_p10_p90"] == 1.0
    assert result["baseline"]["crps_mw"] > result["crps_mw"]


def test_a_table_of_requests_with_outcomes_is_a_backtest(tmp_path):
    g = np.random.default_rng(1)
    rows = []
    for k in range(300):
        filed, wait = int(g.integers(2005, 2018)), int(g.integers(1, 6))
        status = g.choice(["withdrawn", "energised", "active"], p=[0.6, 0.2, 0.2])
        day = "" if status == "active" else f"{filed + wait}-06-01"
        rows.append(f"R{k},Dominion,VA,{int(g.integers(20, 400))},{filed + 3}-06-01,{filed}-01-15,{status},{day}")
    path = tmp_path / "requests.csv"
    path.write_text(
        "\n".join(["request_id,provider,state,requested_mw,requested_in_service,filed_on,status,status_date", *rows]) + "\n"
    )
    result = backtest(BacktestOptions(data=str(path), train_before=2015, horizon_years=4, draws=300))
    assert result["crps_mw"] > 0
    assert set(result["baseline"]) >= {"crps_mw", "bias_pct", "coverage_p10_p90"}
    path.write_text("\n".join([HEAD, "A,Dominion,VA,3,2028-01-01,,,"]))
    with pytest.raises(StudyError, match="needs outcomes"):
        backtest(BacktestOptions(data=str(path)))


def test_a_deposit_shrinks_the_pipeline_far_more_than_what_is_expected(tmp_path):
    made = records(tmp_path, [f"R{k},Oncor,TX,100,2029-01-01,inquiry,," for k in range(20)])
    none, much = deposit_effect(made, 0.0), deposit_effect(made, 20_000.0)
    assert all(row["mw_kept_pct"] == 100 for row in none)
    for row in much[:2]:
        assert row["mw_kept_pct"] < row["expected_mw_kept_pct"]
        assert row["mean_chance_after"] > row["mean_chance_before"]
    assert much[1]["mean_chance_before"] == pytest.approx(0.03, abs=1e-6)


def test_disclosure_in_one_state_knows_less_than_everywhere(tmp_path):
    rows = [
        "A,Oncor,TX,300,2028-06-01,construction agreement,,",
        "B,CenterPoint,TX,300,2028-06-01,construction agreement,alternative,A",
        "C,AEP Ohio,OH,300,2028-06-01,construction agreement,alternative,A",
    ]
    shown = disclosure_effect(records(tmp_path, rows), ForecastOptions(samples=3_000))
    mean = {k: v.total_mw()[0][-1] for k, v in shown.items()}
    assert mean["everywhere"] < mean["in_state"] < mean["nowhere"]


def test_scenarios_are_ordered_and_the_cap_binds(tmp_path):
    rows = [
        f"R{k},Oncor,TX,19000,2027-01-01,{s},,"
        for k, s in enumerate(("inquiry", "construction agreement", "service agreement") * 10)
    ]
    made = records(tmp_path, rows)
    mean = {
        s: forecast(made, ForecastOptions(samples=800, scenario=s)).total_mw()[0][-1]
        for s in ("reference", "contracts", "construction", "chip_capped")
    }
    assert mean["contracts"] < mean["construction"]
    assert mean["chip_capped"] < mean["reference"]
    capped = forecast(made, ForecastOptions(samples=800, scenario="chip_capped"))
    assert capped.cap_binds[-1] > 0.1


def test_practice_of_utilities_by_hand(tmp_path):
    made = records(tmp_path, ["A,Oncor,TX,100,2027-01-01,inquiry,,", "B,Oncor,TX,200,2027-01-01,service agreement,,"])
    mw = {(r["key"], r["year"]): r["mw"] for r in by_practice(made.latest(), (2027, 2028))}
    assert mw["as_filed", 2028] == 300
    assert mw["georgia_contract", 2028] == 200
    assert mw["georgia_share", 2028] == pytest.approx(212)
    assert mw["ercot", 2028] == pytest.approx(0.498 * (0.554 * 100 + 200))


def test_stored_forecasts_are_scored_by_hand(tmp_path):
    made = records(tmp_path, ["A,Dominion,VA,300,2026-06-01,service agreement,,"])
    answer = forecast(made, ForecastOptions(samples=400, years=(2028,)))
    path = store(answer, tmp_path / "kept", "my queue")
    assert path == store(answer, tmp_path / "kept", "my queue")
    row = answer.rows()[0]
    got = score_stored(tmp_path / "kept", pd.DataFrame({"region": ["DOM"], "year": [2028], "mw": [100.0]}))[0]
    loss = [
        max(q * (100 - row[k]), (q - 1) * (100 - row[k]))
        for q, k in ((0.05, "p05_mw"), (0.1, "p10_mw"), (0.5, "p50_mw"), (0.9, "p90_mw"), (0.95, "p95_mw"))
    ]
    assert got["pinball_mw"] == pytest.approx(np.mean(loss))
    assert got["cells"] == 1
    with pytest.raises(StudyError, match="names no region"):
        score_stored(path, pd.DataFrame({"region": ["X"], "year": [2028], "mw": [1.0]}))


def test_regions_of_providers():
    for zone, provider, state, region in (
        ("", "Dominion", "VA", "DOM"),
        ("", "Oncor", "TX", "ERCOT"),
        ("", "El Paso Electric", "TX", "SW"),
        ("", "Entergy Texas", "TX", "MISOS"),
        ("", "I&M", "IN", "PJMW"),
        ("", "Duke Energy Florida", "FL", "FL"),
        ("MAAC", "anyone", "VA", "MAAC"),
        ("", "unheard of", "CO", "COWY"),
        ("", "x", "HI", "HI"),
        ("", "APS", "AZ", "SW"),
        ("", "Georgia Power", "GA", "SOU"),
    ):
        assert region_of(zone, provider, state) == region


def test_as_of_hides_what_was_not_known(tmp_path):
    head = "request_id,snapshot_date,provider,state,requested_mw,requested_in_service,stage,status"
    rows = [
        "A,2025-03-31,Oncor,TX,100,2029-01-01,inquiry,active",
        "A,2026-03-31,Oncor,TX,300,2029-01-01,service agreement,active",
        "B,2026-03-31,Oncor,TX,500,2029-01-01,inquiry,active",
    ]
    made = records(tmp_path, rows, head)
    early = forecast(made, ForecastOptions(samples=400, as_of=dt.date(2025, 6, 1)))
    assert early.requested_mw[-1].sum() == 100
    assert forecast(made, ForecastOptions(samples=400)).requested_mw[-1].sum() == 800
    with pytest.raises(StudyError, match="none that is active"):
        forecast(made, ForecastOptions(as_of=dt.date(2020, 1, 1)))
