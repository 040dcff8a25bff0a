"""What networks draw: protocol arithmetic, the hardware mix against a slow twin and published values, nodes, switches."""

import datetime as dt
import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import gridroom as gr
from gridroom.assets import ethash, hardware_mix, history, protocol
from gridroom.assets.energy import period_of
from gridroom.assets.hardware_mix import Machines, age_months, age_weight, mix, threshold_j_per_th
from gridroom.assets.networks import Nodes, network_energy
from gridroom.assets.nodes import authority_mw, kwh_per_year, stake_mw
from gridroom.assets.proof_of_work import Work
from gridroom.assets.transition import mining_by_region, switch

SHARED = Path(__file__).resolve().parents[2] / "shared"


def days(*text):
    return np.array(text, "datetime64[D]")


# Protocol: cases A1 to A3 of the facts, exact.
@pytest.mark.parametrize(("height", "btc"), [(0, 50), (209_999, 50), (210_000, 25), (840_000, 3.125), (6_930_000, 0)])
def test_subsidy(height, btc):
    assert protocol.subsidy_btc(height) == btc


def test_all_subsidies_add_up():
    assert protocol.total_supply_satoshi() == 2_099_999_997_690_000


def test_hash_rate_from_difficulty():
    assert protocol.hash_rate_eh(31_360_548_173_145) == pytest.approx(224.484, rel=1e-4)


def test_retarget_is_clipped():
    assert protocol.next_difficulty(100.0, 1_209_600) == 100.0
    assert protocol.next_difficulty(100.0, 1_209_600 * 10) == 25.0
    assert protocol.next_difficulty(100.0, 1_000) == 400.0


def test_halvings_on_their_days():
    assert protocol.subsidy_on(dt.date(2024, 4, 19)) == 6.25
    assert protocol.subsidy_on(dt.date(2024, 4, 20)) == 3.125
    coming = protocol.next_halving(dt.date(2026, 11, 26))
    assert coming.height == 1_050_000
    assert coming.date.year == 2028
    assert not coming.known
    assert protocol.subsidy_on(dt.date(2009, 1, 2)) == 0.0


# Cases A4 to A9.
@pytest.mark.parametrize(
    ("eh", "usd", "btc", "threshold", "hashprice"),
    [
        (1.580, 667.95, 25.0, 1268.5, 1522.25),
        (40.723, 3770.36, 12.5, 138.9, 166.65),
        (142.735, 28856.59, 6.25, 151.6, 181.95),
        (174.068, 47601.26, 6.25, 205.1, 246.12),
        (248.826, 19632.61, 6.25, 59.2, 71.01),
    ],
)
def test_threshold_and_hashprice(eh, usd, btc, threshold, hashprice):
    found = threshold_j_per_th(np.array([144 * btc * usd]), np.array([eh]), 0.05)
    assert found[0] == pytest.approx(threshold, rel=2e-3)
    from gridroom.assets.mining import hashprice_usd_per_ph_day

    assert hashprice_usd_per_ph_day(usd, eh, btc) == pytest.approx(hashprice, rel=2e-3)


def test_weights_by_age():
    assert list(age_weight(np.array([-1, 0, 11, 12, 47, 59, 60]))) == pytest.approx([0, 1, 1, 0.8, 0.4, 0.2, 0])


def test_age_in_whole_months():
    release = days("2020-05-15")
    assert list(age_months(days("2020-05-14", "2020-05-15", "2020-06-14", "2020-06-15", "2025-05-15"), release)[:, 0]) == [
        -1,
        0,
        0,
        1,
        60,
    ]


TWO = Machines(model=("new", "old"), release=days("2020-01-01", "2016-05-01"), j_per_th=np.array([30.0, 60.0]))


def one_day(threshold):
    return mix(days("2020-07-01"), np.array([threshold]), np.array([100.0]), TWO, (1.01, 1.10, 1.20), smooth=False)


def test_two_machines_at_two_tariffs():
    cheap, dear = one_day(80.0), one_day(40.0)
    assert cheap.best_j_per_th[0] == pytest.approx(35.0, abs=1e-9)
    assert [v[0] for v in (cheap.low_mw, cheap.best_mw, cheap.high_mw)] == pytest.approx([3030, 3850, 7200], abs=1e-6)
    assert [v[0] for v in (dear.low_mw, dear.best_mw, dear.high_mw)] == pytest.approx([3030, 3300, 3600], abs=1e-6)


def test_empty_set_carries_the_last_value_and_says_so():
    found = mix(
        days("2020-07-01", "2020-07-02"), np.array([80.0, 1.0]), np.array([100.0, 100.0]), TWO, (1.01, 1.1, 1.2), smooth=False
    )
    assert found.best_mw[1] == found.best_mw[0] > 0
    assert list(found.carried) == [False, True]
    nothing = mix(days("2020-07-01"), np.array([1.0]), np.array([100.0]), TWO, (1.01, 1.1, 1.2), smooth=False)
    assert math.isnan(nothing.best_mw[0])


def slow_mix(day_list, threshold, rate, machines, pue, weighted):
    """Step by step, as the description reads."""
    smooth, out, last = [], [], (math.nan,) * 3
    for k in range(len(day_list)):
        part = threshold[max(0, k - 13) : k + 1]
        smooth.append(sum(part) / len(part))
    for k, day in enumerate(day_list):
        chosen = []
        for release, e in zip(machines.release, machines.j_per_th, strict=True):
            a, b = release.astype(dt.date), day.astype(dt.date)
            months = 12 * (b.year - a.year) + b.month - a.month - (b.day < a.day)
            if a < b and 0 <= months < 60 and e < smooth[k]:
                chosen.append((e, [1.0, 0.8, 0.6, 0.4, 0.2][months // 12] if weighted else 1.0))
        if chosen:
            w = sum(x[1] for x in chosen)
            e = (min(x[0] for x in chosen), sum(x[0] * x[1] for x in chosen) / w, max(x[0] for x in chosen))
            last = [a * rate[k] * p for a, p in zip(e, pue, strict=True)]
        out.append(list(last))
    known = next(k for k, row in enumerate(out) if not math.isnan(row[1]))
    final = []
    for k in range(len(out)):
        part = out[max(known, k - 6) : k + 1]
        final.append([math.nan] * 3 if k < known else [sum(r[j] for r in part) / len(part) for j in range(3)])
    return np.array(final)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_mix_equals_the_slow_twin(seed, weighted):
    rng = np.random.default_rng(seed)
    day = np.datetime64("2019-01-20") + np.arange(60)
    machines = Machines(
        model=tuple("abcdefgh"),
        release=np.datetime64("2013-06-01") + rng.integers(0, 2400, 8),
        j_per_th=rng.uniform(20, 300, 8),
    )
    threshold, rate = rng.uniform(10, 350, 60), rng.uniform(1, 200, 60)
    found = mix(day, threshold, rate, machines, (1.01, 1.1, 1.2), weighted=weighted)
    if not np.isfinite(found.best_mw).any():
        return
    wanted = slow_mix(day, threshold, rate, machines, (1.01, 1.1, 1.2), weighted)
    np.testing.assert_allclose(np.stack([found.low_mw, found.best_mw, found.high_mw], axis=1), wanted, rtol=1e-9)


# Published values of the index: case A10 to A12, and the bands of the facts.
@pytest.mark.parametrize(
    ("year", "twh", "band"), [(2017, 12.94, 0.25), (2019, 54.67, 0.15), (2020, 67.00, 0.15), (2021, 89.06, 0.15)]
)
def test_bitcoin_year_means(year, twh, band):
    assert network_energy("bitcoin", str(year)).twh_per_year["best"] == pytest.approx(twh, rel=band)


@pytest.mark.parametrize(
    ("day", "twh"),
    [
        ("2016-12-31", 6.49), ("2018-12-31", 37.78), ("2020-12-31", 86.17), ("2021-12-31", 93.31), ("2021-05-13", 115.54),
        ("2021-07-01", 53.08), ("2024-06-30", 138.0), ("2026-07-27", 136.07),
    ],
)  # fmt: skip
def test_bitcoin_single_days(day, twh):
    assert network_energy("bitcoin", day).twh_per_year["best"] == pytest.approx(twh, rel=0.25)


def best(day, tariff=None):
    return network_energy("bitcoin", day, Work(tariff_usd_per_kwh=tariff)).best_mw


def test_dearer_power_lowers_the_estimate_and_the_ban_shows():
    ratio = best("2018-07-01", 0.10) / best("2018-07-01")
    assert ratio < 1
    assert ratio == pytest.approx(0.764, abs=0.10)
    assert best("2021-07-01") / best("2021-05-13") == pytest.approx(0.459, abs=0.08)


@settings(max_examples=15, deadline=None)
@given(st.dates(dt.date(2016, 1, 1), dt.date(2026, 6, 1)), st.floats(0.03, 0.09))
def test_dearer_power_never_raises_the_worst_machine(day, tariff):
    cheap = network_energy("bitcoin", day.isoformat(), Work(tariff_usd_per_kwh=tariff))
    dear = network_energy("bitcoin", day.isoformat(), Work(tariff_usd_per_kwh=tariff + 0.01))
    assert dear.mw["upper"] <= cheap.mw["upper"] * (1 + 1e-9)
    assert cheap.mw["lower"] <= cheap.mw["best"] <= cheap.mw["upper"]


def test_factor_of_the_year():
    found = network_energy("bitcoin", "2021-05-13")
    assert found.twh_per_year["best"] / found.best_mw * 1000 == pytest.approx(8.766)
    assert pytest.approx(136.06684739, abs=1e-6) == 15.522113551507129 * 8.766


def test_on_a_day_is_not_during():
    year = network_energy("bitcoin", "2020")
    assert year.twh_during["best"] == pytest.approx(year.best_mw * 8784 / 1e6)
    assert network_energy("bitcoin", "2020-05-01").twh_during is None


def test_given_hash_rate_and_price():
    found = network_energy("bitcoin", "2022-10-05", Work(hashrate_eh=248.826, price_usd=19632.61))
    assert found.inputs["threshold_j_per_th"] == pytest.approx(59.2, rel=2e-3)
    assert found.inputs["hashprice_usd_per_ph_day"] == pytest.approx(71.01, rel=2e-3)
    # twice the hash rate at twice the price: the same machines, twice the power
    double = network_energy("bitcoin", "2022-10-05", Work(hashrate_eh=2 * 248.826, price_usd=2 * 19632.61))
    assert double.best_mw == pytest.approx(2 * found.best_mw)


def test_own_machines(tmp_path):
    from gridroom.study.machines_file import read_machines

    path = tmp_path / "m.csv"
    path.write_text("model,release,j_per_th\nnew,2020-01,30\nold,2016-05-01,60\n")
    found = network_energy("bitcoin", "2020-07-01", Work(hashrate_eh=100.0, price_usd=9000.0, machines=read_machines(path)))
    assert found.inputs["mean_j_per_th"] == pytest.approx(35.0)


def test_prices_that_ship_agree_with_another_source():
    if not SHARED.is_dir():
        pytest.skip("the shared files are not beside this clone")
    other = pd.read_csv(SHARED / "data/crypto/bitcoin_price_daily_2012_2026.csv", parse_dates=["date"]).set_index("date")[
        "price_usd"
    ]
    chain = history.bitcoin()
    ours = pd.Series(chain.price_usd, index=pd.DatetimeIndex(chain.days))["2022-11":"2026-08-20"]
    # that file is stamped at the day's open: its next day is our close
    ratio = ours / other.shift(-1).reindex(ours.index)
    assert ratio.median() == pytest.approx(1.0, abs=1e-3)
    assert (ratio - 1).abs().max() < 0.03


def test_hash_rate_of_periods_joins_the_published_one():
    chain = history.bitcoin()
    at = int((np.datetime64("2022-10-20") - chain.days[0]).astype(int))
    assert chain.hash_rate_eh[at] == pytest.approx(250, rel=0.15)
    assert np.isfinite(chain.hash_rate_eh).all()
    assert (np.diff(chain.days.astype(int)) == 1).all()


# Ethereum: cases B1 to B3, exact within rounding.
def test_ethereum_before_the_merge():
    assert network_energy("ethereum", "2022-09-14").best_mw == pytest.approx(2445.0, rel=1e-3)
    year = network_energy("ethereum-pow", "2021").twh_per_year
    assert [year[e] for e in ("lower", "best", "upper")] == pytest.approx([11.740, 16.504, 23.749], rel=2e-3)
    assert network_energy("ethereum", "2018").twh_per_year["best"] == pytest.approx(9.930, rel=2e-3)
    last = network_energy("ethereum", "2021-12-31").mw
    assert [last[e] for e in ("lower", "best", "upper")] == pytest.approx([1988.8, 2777.2, 3957.2], rel=1e-3)


def test_ethereum_by_hand():
    case = {
        "slope": 1e-9,
        "start": -1.2,
        "hashing_efficiency_offset": 0.0,
        "datacenter_overhead": 1.1,
        "hardware_overhead": 1.0,
        "grid_loss": 1.0,
        "psu_efficiency": 0.5,
    }
    # 1.6e9 s: 0.4 MH/s/W; 400 GH/s: 1 MW, times 1.1, over 0.5
    assert ethash.power_mw(np.array([400.0]), np.array([1.6e9]), case)[0] == pytest.approx(2.2)


def test_economic_method():
    # 900 coins at 50,000 USD: 45 M a day, 60 % on power at 0.05: 540 GWh a day
    assert ethash.economic_mw(900 * 50_000.0, 0.6, 0.05) == pytest.approx(22_500)


def test_the_merge():
    found = switch("ethereum")
    assert found.reduction_pct == pytest.approx(99.9879, abs=1e-4)
    by_year = next(b for b in found.bases if "365" in b.basis)
    assert by_year.mwh_per_year == pytest.approx(24.19e6, rel=1e-3)
    assert by_year.reduction_pct == pytest.approx(99.9892, abs=1e-4)
    assert found.happened


def test_bitcoin_would_free_what_it_draws():
    found = switch("bitcoin", to="authority", nodes=Nodes(nodes=25, node_w=100.0))
    assert found.freed_mw["best"] == pytest.approx(found.before.best_mw - 25 * 100 / 1e6)
    assert not found.happened
    assert {r.region for r in found.regions} >= {"ERCOT", "US"}


def test_regions_of_which_nothing_is_known_are_absent():
    known = {r.region: r for r in mining_by_region()}
    assert "CA" not in known
    assert known["ERCOT"].best_mw == 4600
    assert known["ERCOT"].low_mw is None
    assert known["US"].best_mw is None


# Nodes.
def test_nodes_by_hand():
    assert stake_mw(10_856, 27.35, 0.1055, 0.0) == pytest.approx(0.29691, rel=1e-4)
    assert stake_mw(100, 10.0, 0.5, 20.0, 1.5) == pytest.approx(100 * 20 * 1.5 / 1e6)
    assert kwh_per_year(authority_mw(21, 100.0, 50, 20.0, 1.5)) == pytest.approx((21 * 100 + 50 * 20) * 1.5 * 8.76)


@pytest.mark.parametrize(
    ("name", "kwh"), [("polkadot", 70_237), ("algorand", 512_671), ("solana", 1_967_930), ("ethereum", 2_600_860)]
)
def test_published_networks(name, kwh):
    found = network_energy(name)
    assert found.kwh_per_year == pytest.approx(kwh)
    assert found.claim == "published"


def test_ethereum_nodes_imply_their_power():
    assert network_energy("ethereum").inputs["w_per_node_implied"] == pytest.approx(27.35, abs=0.01)


@settings(max_examples=20, deadline=None)
@given(st.floats(1, 1e6), st.floats(1, 500), st.floats(1, 3))
def test_more_nodes_never_draw_less(nodes, watts, pue):
    low = network_energy("pos", nodes=Nodes(nodes=nodes, node_w=watts, pue=pue)).best_mw
    assert network_energy("pos", nodes=Nodes(nodes=nodes + 1, node_w=watts, pue=pue)).best_mw > low
    assert network_energy("poa", nodes=Nodes(nodes=nodes, node_w=watts, pue=pue)).best_mw == pytest.approx(
        nodes * watts * pue / 1e6
    )


def test_periods():
    assert period_of("2021") == (dt.date(2021, 1, 1), dt.date(2021, 12, 31))
    assert period_of("2020-02") == (dt.date(2020, 2, 1), dt.date(2020, 2, 29))
    assert period_of("2021-12") == (dt.date(2021, 12, 1), dt.date(2021, 12, 31))


@pytest.mark.parametrize(
    ("name", "date", "work", "nodes", "words"),
    [
        ("bitcon", None, None, None, "bitcoin"),
        ("bitcoin", "2021-13-01", None, None, "--date"),
        ("bitcoin", "2010", None, None, "must lie between"),
        ("bitcoin", "2031-01-01", None, None, "must lie between"),
        ("bitcoin", "2021", Work(hashrate_eh=1.0, price_usd=1.0), None, "one day"),
        ("bitcoin", None, Work(hashrate_eh=1.0), None, "--price-usd"),
        ("bitcoin", None, Work(hashrate_eh=-1.0, price_usd=0.0, fees_btc=-2.0, deployment_months=99), None, "4 problems"),
        ("bitcoin", "2024-01-01", Work(hashrate_eh=1e6, price_usd=1.0), None, "no machine of the list earns"),
        ("bitcoin", None, None, Nodes(nodes=3), "does not apply to proof of work"),
        ("ethereum", "2022", None, None, "holds the Merge"),
        ("ethereum-pow", "2023", None, None, "the Merge ended proof of work"),
        ("solana", None, Work(tariff_usd_per_kwh=0.1), None, "does not apply to proof of stake"),
        ("solana", None, None, Nodes(node_w=5.0), "has no known number of nodes"),
        ("poa", None, None, Nodes(nodes=-1, pue=0.5), "2 problems"),
        ("ethereum", "2022-01-01", Work(fees_btc=1.0), None, "does not apply to the bottom-up estimate"),
    ],
)
def test_bad_requests(name, date, work, nodes, words):
    with pytest.raises(gr.StudyError, match=words):
        network_energy(name, date, work, nodes)


def test_switch_refuses_what_is_not_proof_of_work():
    with pytest.raises(gr.StudyError, match="does not run on proof of work"):
        switch("solana")
    with pytest.raises(gr.StudyError, match="stake or authority"):
        switch("bitcoin", to="air")


def test_answers_print_and_turn_into_tables():
    found = gr.network_energy("bitcoin", "2021-05-13")
    assert "uncertain" in str(found)
    assert list(found.to_pandas()["end"]) == ["lower", "best", "upper"]
    assert found.to_xarray()["mw"].sel(end="best") == pytest.approx(found.best_mw)
    assert "published" in str(found)


def test_mean_of_trailing_days():
    assert list(hardware_mix.trailing_mean(np.array([1.0, 2.0, 3.0, 4.0]), 2)) == [1.0, 1.5, 2.5, 3.5]
