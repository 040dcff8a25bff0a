"""Training, inference, households: published cases, ranges, names, and what the user gets wrong."""

import itertools
import json
import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gridroom.core.errors import StudyError
from gridroom.loads import catalogue
from gridroom.loads.goodput import goodput
from gridroom.loads.households import households
from gridroom.loads.inference import FIGURES as SERVED
from gridroom.loads.inference import inference
from gridroom.loads.ranges import Range, product
from gridroom.loads.tokens import regression_wh
from gridroom.loads.training import training
from gridroom.reference import catalog
from tests.test_cli import gridroom as cli


def best(value):
    return value.range.best


# Hand-computed: eq. 1-7 with round numbers. 6 x 1e9 x 1e12 = 6e21; at 1e14 FLOP/s effective that is 6e7 s.
def test_the_chain_by_hand():
    peak = catalogue.accelerator("A100").peak_flops
    t = training(
        parameters=1e9,
        tokens=1e12,
        accelerator="A100",
        mfu=1e14 / peak,
        count=1000,
        system_power_w=600,
        pue=1.2,
        grid_co2_kg_per_mwh=500,
        wue_l_per_kwh=2,
    )
    hours = 6e21 / 1e14 / 3600
    assert best(t.flop) == pytest.approx(6e21)
    assert best(t.accelerator_hours) == pytest.approx(hours)
    assert best(t.duration_h) == pytest.approx(hours / 1000)
    assert best(t.it_energy_mwh) == pytest.approx(hours * 600e-6)
    assert best(t.facility_energy_mwh) == pytest.approx(hours * 720e-6)
    assert best(t.facility_power_mw) == pytest.approx(0.72)
    assert best(t.co2_t) == pytest.approx(hours * 720e-6 * 0.5)
    assert best(t.water_m3) == pytest.approx(hours * 600e-6 * 2)
    assert best(t.households_year_equivalent) == pytest.approx(hours * 720e-6 * 1000 / 10_791)
    assert t.facility_energy_mwh.range.is_exact


# Patterson et al. 2021, Table 4; Chowdhery et al. 2022; Luccioni et al. 2022: facts on loads 1.3.
@pytest.mark.parametrize(
    ("options", "mwh", "tolerance"),
    [
        ({"accelerator": "TPU v3", "count": 512, "days": 20, "system_power_w": 310, "pue": 1.12}, 85.7, 0.01),
        ({"accelerator": "TPU v3", "count": 1024, "days": 27, "system_power_w": 245, "pue": 1.10}, 179, 0.01),
        ({"accelerator": "V100", "count": 10_000, "days": 14.8, "pue": 1.10}, 1287, 0.01),
        ({"accelerator": "TPU v4", "accelerator_hours": 8_404_992, "pue": 1.08}, 3435.8, 1e-4),
        ({"model": "PaLM 540B", "pue": 1.08}, 3435.8, 1e-4),
    ],
)
def test_published_energy_of_whole_systems(options, mwh, tolerance):
    assert best(training(**options).facility_energy_mwh) == pytest.approx(mwh, rel=tolerance)


@pytest.mark.parametrize(
    ("model", "mwh"),
    [
        ("BLOOM 176B", 433.196),
        ("Llama 2 7B", 73.7),
        ("Llama 2 70B", 688.1),
        ("Llama 3.1 405B", 21_588),
        ("Llama 3.1 8B", 1022),
        ("Llama 4 Scout", 3500),
        ("Llama 4 Maverick", 1666),
        ("Code Llama family", 560),
    ],
)
def test_hours_times_rated_watts_is_what_most_publish(model, mwh):
    t = training(model=model)
    assert best(t.rated_energy_mwh) == pytest.approx(mwh, rel=1e-3)
    assert t.published["energy_kind"] == "TDP"
    assert "rated power" in t.published["energy_kind_means"]


def test_every_published_energy_with_inputs_is_repeated():
    rows = [training(model=name).published for name in catalog.load("training_runs").query("accelerator_hours > 0")["model"]]
    again = [row for row in rows if row["recomputed_difference_pct"] is not None]
    assert len(again) >= 14
    assert all(abs(row["recomputed_difference_pct"]) < 1.0 for row in again)


def test_identity_of_bloom():
    t = training(model="BLOOM", system_power_w=400, pue=1)
    assert best(t.facility_energy_mwh) == pytest.approx(433.196, rel=1e-6)


def test_defaults_predict_most_runs_but_not_all():
    """Reported hours inside the 10-90 % band for 70-95 % of the runs from 6 billion on; median over predicted near 1."""
    runs = catalog.load("training_runs")
    runs = runs[(runs["parameters"] >= 6e9) & runs["tokens"].notna() & (runs["accelerator_hours"] > 0)]
    inside, ratio = [], []
    for row in runs.itertuples():
        active = row.active_parameters if row.active_parameters == row.active_parameters else None
        what = {"parameters": row.parameters, "active_parameters": active, "tokens": row.tokens}
        if row.tokens < row.parameters:  # a benchmark of one step
            what = {"flop": 6 * row.parameters * row.tokens}
        t = training(**what, accelerator=row.accelerator)
        band = t.accelerator_hours.range
        inside.append(band.low <= row.accelerator_hours <= band.high)
        ratio.append(row.accelerator_hours / band.best)
    assert len(inside) >= 12
    assert 0.70 <= sum(inside) / len(inside) <= 0.95
    assert 0.85 <= sorted(ratio)[len(ratio) // 2] <= 1.15


def test_printed_mfu_falls_short_of_reported_hours():
    assert best(training(model="PaLM 540B", mfu=0.457).accelerator_hours) == pytest.approx(5.59e6, rel=1e-3)
    assert best(training(model="Llama 3.1 405B", mfu=0.41).accelerator_hours) == pytest.approx(26.0e6, rel=2e-3)
    with_restarts = training(model="Llama 3.1 405B", mfu=0.41, goodput=0.84)
    assert best(with_restarts.accelerator_hours) == pytest.approx(30.84e6, rel=0.01)


def test_measured_gpu_power_of_olmo_lies_in_the_band():
    t = training(parameters=7_298_617_344, tokens=4.05e12, accelerator="H100")
    band = t.accelerator_energy_mwh.range
    assert band.best == pytest.approx(90.6, rel=1e-3)
    assert (band.low, band.high) == (pytest.approx(60, rel=0.02), pytest.approx(137, rel=0.02))
    assert band.low < 131 < band.high
    assert list(t.accelerator_hours.drivers) == ["mfu"]


def test_a_mixture_of_experts_counts_its_active_parameters():
    named = training(model="DeepSeek-V3")
    assert best(named.flop) == pytest.approx(3.286e24, rel=1e-3)
    assert best(named.accelerator_hours) == 2.664e6
    assert any("37e9" in n.replace("3.7e+10", "37e9") for n in named.notes)
    dense = training(parameters=671e9, tokens=14.8e12)
    assert best(dense.flop) / best(named.flop) == pytest.approx(671 / 37)
    assert any("dense" in note and "--active-parameters" in note for note in dense.notes)
    own = training(parameters=671e9, active_parameters=37e9, tokens=14.8e12, accelerator="H800")
    assert best(own.flop) == pytest.approx(best(named.flop))
    assert any(a.name == "mfu_mixture" for a in own.assumptions)


def test_goodput_by_hand_and_as_reported():
    # 16,384 H100: 419 interruptions in 54 days, more than 90 % effective (arXiv 2407.21783).
    g = goodput(16_384, 419 / (16_384 * 54 * 24), 0.5, 5)
    assert g.job_interruption_h == pytest.approx(54 * 24 / 419)
    assert g.checkpoint_interval_h == pytest.approx(math.sqrt(2 * 0.5 / 60 * 54 * 24 / 419))
    assert g.share == pytest.approx(0.90, abs=0.01)
    assert goodput(100_000, 2e-5, 0.5, 5).share < goodput(10_000, 2e-5, 0.5, 5).share
    with pytest.raises(StudyError, match="no useful time"):
        goodput(10_000_000, 2e-5, 0.5, 5)
    auto = training(parameters=1e12, tokens=2e13, count=16_384, accelerator="H100", mfu=0.41, goodput="auto")
    assert "goodput" in auto.accelerator_hours.drivers


# Epoch AI's own spreadsheet, facts 2.1.
@pytest.mark.parametrize(
    ("active", "tokens", "use", "pue", "wh"),
    [
        (100e9, 500, 0.10, 1.2, 0.3008),
        (100e9, 1500, 0.10, 1.2, 0.902),
        (20e9, 500, 0.10, 1.2, 0.060),
        (200e9, 500, 0.05, 1.3, 1.304),
        (200e9, 1500, 0.05, 1.3, 3.911),
    ],
)
def test_query_by_operations(active, tokens, use, pue, wh):
    q = inference(active_parameters=active, method="flop", utilisation=use, pue=pue, requests_per_day=1e9, output_tokens=tokens)
    assert best(q.wh_per_request) == pytest.approx(wh, rel=5e-3)


def test_a_billion_queries_a_day():
    q = inference(active_parameters=100e9, method="flop", utilisation=0.1, pue=1.2, requests_per_day=1e9, output_tokens=500)
    assert best(q.facility_power_mw) == pytest.approx(12.5, rel=5e-3)  # Epoch: 0.3 Wh, 12.5 MW
    assert best(q.energy_mwh_per_year) == pytest.approx(12.53 * 8760, rel=1e-3)


def test_google_split_multiplies_back():
    """0.14 Wh of the accelerator becomes 0.24 Wh at the meter (arXiv 2508.15734)."""
    q = inference(joule_per_output_token=0.14 * 3600 / 300, requests_per_day=1e6, output_tokens=300)
    assert best(q.wh_per_request) == pytest.approx(0.24, rel=1e-3)
    assert best(q.accelerator_wh_per_request) == pytest.approx(0.14)


def test_regression_of_ecologits():
    assert regression_wh(8e9, 8e9, 300)[0] == pytest.approx(0.022288, rel=1e-4)
    wh, gpus = regression_wh(70e9, 70e9, 300)
    assert (wh, gpus) == (pytest.approx(0.164382, rel=1e-4), 4)
    q = inference(active_parameters=8e9, requests_per_day=1e6, output_tokens=300, pue=1)
    assert best(q.wh_per_request) == pytest.approx(0.022288, rel=1e-4)
    assert q.method == "regression"


def test_deepseek_upper_bound():
    # 226.75 nodes x 7.75 kW = 1.757 MW; 0.90 J an output token (facts 2.2, H100 training node).
    joule = 226.75 * 7750 * 86_400 / 168e9
    assert joule == pytest.approx(0.90, abs=0.01)
    q = inference(joule_per_output_token=joule, requests_per_day=1e6, output_tokens=168e9 / 1e6, host=0, idle=0, pue=1)
    assert best(q.it_power_mw) == pytest.approx(1.757, rel=1e-3)


def test_measured_configurations_of_the_user(tmp_path):
    path = tmp_path / "mine.csv"
    path.write_text(
        "task,nickname,gpu_model,energy_per_token_joules,avg_batch_size,activated_params_billions,total_params_billions,"
        "output_throughput_tokens_per_sec,num_gpus\n"
        "lm-arena-chat,Own 7B,H100,0.4,8,7,7,500,1\nlm-arena-chat,Own 7B,H100,0.2,64,7,7,2000,1\n"
        "lm-arena-chat,Own 7B,H100,0.1,512,7,7,6000,2\n"
    )
    whole = inference(model="own 7b", configurations=str(path), requests_per_day=1e6, output_tokens=100)
    assert whole.joule_per_output_token.range == Range(0.1, 0.2, 0.4)
    small = inference(model="own 7b", configurations=str(path), batch=10, requests_per_day=1e6, output_tokens=100)
    assert small.joule_per_output_token.range.best == 0.4
    # 1e6 x 100 tokens / 86,400 s x 1.2 (peak) / 500 a second / 0.6
    assert small.accelerators.range.best == pytest.approx(1e8 / 86_400 * 1.2 / 500 / 0.6)
    with pytest.raises(StudyError, match="names no file"):
        inference(model="own 7b", configurations="nowhere.csv", requests_per_day=1, output_tokens=1)


def test_a_fleet_is_the_sum_of_its_models(tmp_path):
    path = tmp_path / "fleet.csv"
    path.write_text("name,model,requests_per_day,output_tokens\nsmall,Llama 3.1 8B,3e8,200\nlarge,Llama 3.1 405B FP8,1e8,400\n")
    answer = json.loads(cli("compute", "inference", "--fleet", str(path), "--json").stdout)
    parts = [row["facility_power_mw"]["best"] for row in answer["fleet"]]
    assert answer["facility_power_mw"]["best"] == pytest.approx(sum(parts))
    each = [row["wh_per_request"]["best"] for row in answer["fleet"]]
    assert answer["wh_per_request"]["best"] == pytest.approx(0.75 * each[0] + 0.25 * each[1])
    path.write_text("name,model,requests_per_day,output_tokens,colour\na,Lama 8B,x,200,red\nb,Qwen 9,1e8,-1,blue\n")
    fault = cli("compute", "inference", "--fleet", str(path), code=3)
    assert "column colour" in fault.stderr
    assert "row 2, requests_per_day" in fault.stderr
    assert "b: output_tokens" in fault.stderr
    assert "b: model" in fault.stderr


# Facts 3.6: 1 GW at 0.8 = 7.008 TWh.
@pytest.mark.parametrize(("place", "homes"), [("US", 649_430), ("Japan", 1_678_563), ("EU", 1_946_667)])
def test_households(place, homes):
    h = households(mw=Range.exact(1000), load_factor=Range.exact(0.8), place=place)
    assert best(h.households) == pytest.approx(homes, rel=1e-5)
    assert h.households.range.low <= homes * (1 + 1e-5)
    assert homes <= h.households.range.high * (1 + 1e-5)
    assert h.energy_mwh_per_year.best == pytest.approx(7_008_000)


def test_households_of_another_year():
    assert best(households(mw=Range.exact(1000), load_factor=Range.exact(0.8), year=2020).households) == pytest.approx(
        7.008e9 / 10_715
    )
    with pytest.raises(StudyError, match="years: 2020, 2021, 2022"):
        households(mw=Range.exact(1), year=1999)


positive = st.floats(1e-3, 1e3)
spread = st.floats(1.0, 4.0)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(positive, spread, spread, st.sampled_from([1.0, -1.0])), min_size=1, max_size=5))
def test_ranges_run_through_products(parts):
    """Order does not matter; exact factors only scale; a range lies between its widest factor's and all ends at once."""
    factors = {str(k): (Range(b / d, b, b * u), p) for k, (b, d, u, p) in enumerate(parts)}
    whole = product(factors)
    again = product(dict(reversed(factors.items())))
    assert whole.range.low == pytest.approx(again.range.low)
    assert whole.range.low <= whole.range.best * (1 + 1e-12)
    assert whole.range.best <= whole.range.high * (1 + 1e-12)
    ends = [(f.low, f.high) if p > 0 else (1 / f.high, 1 / f.low) for f, p in factors.values()]
    assert whole.range.low >= math.prod(a for a, _ in ends) * (1 - 1e-9)
    assert whole.range.high <= math.prod(b for _, b in ends) * (1 + 1e-9)
    widest = max(b * v if p > 0 else 0 for b, _, _, p in parts for v in [1 / b]) and max(
        (f.high / f.best if p > 0 else f.best / f.low) for f, p in factors.values()
    )
    assert whole.range.high / whole.range.best >= widest * (1 - 1e-9)
    scaled = product({**factors, "ten": (Range.exact(10.0), 1.0)})
    assert scaled.range.high == pytest.approx(10 * whole.range.high)
    assert sum(whole.drivers.values()) == pytest.approx(1.0, abs=1e-3) or not whole.drivers


@settings(max_examples=30, deadline=None)
@given(st.floats(0.05, 0.9), st.floats(1.0, 3.0), st.floats(1e8, 1e13), st.floats(0.5, 1e3))
def test_training_is_monotone(mfu, pue, parameters, ratio):
    one = training(
        parameters=parameters, tokens=parameters * ratio if parameters * ratio > 1e6 else 1e9, mfu=mfu, pue=pue, count=100
    )
    more = training(
        parameters=parameters, tokens=2 * (parameters * ratio if parameters * ratio > 1e6 else 1e9), mfu=mfu, pue=pue, count=100
    )
    assert best(more.facility_energy_mwh) == pytest.approx(2 * best(one.facility_energy_mwh))
    assert best(more.facility_power_mw) == pytest.approx(best(one.facility_power_mw))
    assert best(one.facility_energy_mwh) == pytest.approx(best(one.facility_power_mw) * best(one.duration_h))


TRAIN = ("compute", "training")
SERVE = ("compute", "inference", "--requests-per-day", "1e6", "--output-tokens", "300")
BAD = [
    (*TRAIN, "--parameters", "7e9", "--tokens", "2e12", "--mfu", "1.2", "|share of the dense peak, at most 1; got 1.2"),
    (*TRAIN, "--parameters", "7e9", "--tokens", "2e12", "--mfu", "33", "|a share, not percent"),
    (*TRAIN, "--parameters", "7e9", "--tokens", "2e12", "--mfu", "0", "|mfu must be"),
    (*TRAIN, "--parameters", "7e9", "--tokens", "2e12", "--mfu", "-0.3", "|mfu must be"),
    (*TRAIN, "--parameters", "7e9", "--tokens", "2e12", "--mfu", "nan", "|mfu must be a number"),
    (*TRAIN, "--parameters", "7e9", "--tokens", "-2e12", "|tokens must be a count"),
    (*TRAIN, "--parameters", "-7e9", "--tokens", "2e12", "|parameters must be a count"),
    (*TRAIN, "--parameters", "7", "--tokens", "2e12", "|write 70e9 for 70 billion"),
    (*TRAIN, "--parameters", "7e9", "--tokens", "15", "|write 15e12 for 15 trillion"),
    (*TRAIN, "--parameters", "2e12", "--tokens", "7e9", "|are the two swapped?"),
    (*TRAIN, "--parameters", "7e9", "|tokens is missing"),
    (*TRAIN, "--tokens", "2e12", "|say what is trained"),
    (*TRAIN, "|say what is trained"),
    (*TRAIN, "--parameters", "7e9", "--tokens", "2e12", "--flop", "1e23", "|too many: parameters and flop"),
    (*TRAIN, "--accelerator-hours", "1e6", "--flop", "1e23", "|too many: flop and accelerator_hours"),
    (*TRAIN, "--flop", "3.8", "|a petaFLOP/s-day is 8.64e19"),
    (*TRAIN, "--accelerator-hours", "-1", "|accelerator_hours must be"),
    (*TRAIN, "--accelerator-hours", "1e6", "--pue", "0.9", "|pue must be facility over IT energy, at least 1"),
    (*TRAIN, "--accelerator-hours", "1e6", "--pue", "115", "|a ratio, not percent"),
    (*TRAIN, "--accelerator-hours", "1e6", "--accelerator", "H10O", "|did you mean 'NVIDIA H100 SXM5 80GB'?"),
    (*TRAIN, "--accelerator-hours", "1e6", "--accelerator", "abacus", "|accelerator is not known"),
    (*TRAIN, "--accelerator-hours", "1e6", "--accelerator", "NVIDIA", "|fits several"),
    (*TRAIN, "--accelerator-hours", "1e6", "--grid-co2-kg-per-mwh", "0.373", "|not t/MWh"),
    (*TRAIN, "--accelerator-hours", "1e6", "--grid-co2-kg-per-mwh", "373000", "|not g/MWh"),
    (*TRAIN, "--accelerator-hours", "1e6", "--grid-co2-kg-per-mwh", "-5", "|grid_co2_kg_per_mwh must be"),
    (*TRAIN, "--accelerator-hours", "1e6", "--system-power-w", "0.969", "|W, not kW"),
    (*TRAIN, "--accelerator-hours", "1e6", "--system-power-w", "77500", "|not of the node"),
    (*TRAIN, "--accelerator-hours", "1e6", "--count", "0", "|count must be"),
    (*TRAIN, "--accelerator-hours", "1e6", "--count", "10.5", "|must be a whole number"),
    (*TRAIN, "--accelerator-hours", "1e6", "--count", "100", "--days", "3", "|one too many"),
    (*TRAIN, "--accelerator-hours", "1e6", "--precision", "int4", "|must be bf16, fp16 or fp8"),
    (*TRAIN, "--parameters", "7e9", "--tokens", "2e12", "--accelerator", "A100", "--precision", "fp8", "|fp8 is not known for"),
    (*TRAIN, "--parameters", "7e9", "--tokens", "2e12", "--goodput", "0.9", "|the default MFU already counts restarts"),
    (*TRAIN, "--parameters", "7e9", "--tokens", "2e12", "--mfu", "0.4", "--goodput", "auto", "|auto needs count"),
    (*TRAIN, "--parameters", "7e9", "--tokens", "2e12", "--mfu", "0.4", "--goodput", "90", "|goodput must be"),
    (*TRAIN, "--parameters", "7e9", "--tokens", "2e12", "--mfu", "0.5,0.4,0.3", "|from low over best to high"),
    (*TRAIN, "--parameters", "7e9", "--tokens", "2e12", "--mfu", "0.3,0.4", "|LOW,BEST,HIGH"),
    (*TRAIN, "--parameters", "7,000,000,000", "--tokens", "2e12", "|no commas within a number"),
    (*TRAIN, "--parameters", "37e9", "--active-parameters", "671e9", "--tokens", "2e12", "|are the two swapped?"),
    (*TRAIN, "--model", "Lama 3.1 405", "|did you mean"),
    (*TRAIN, "--model", "Llama 3.1 405B", "--parameters", "7e9", "|goes without model"),
    (*TRAIN, "--model", "GLaM", "|neither hours nor tokens published"),
    (*TRAIN, "--accelerator-hours", "1e6", "--place", "Atlantis", "|place is not known"),
    (*TRAIN, "--accelerator-hours", "1e6", "--cooling", "magic", "|cooling is not known"),
    (*TRAIN, "--accelerator-hours", "1e6", "--weather", "il_chicago", "|weather goes with cooling"),
    (*TRAIN, "--accelerator-hours", "1e6", "--project-multiple", "0.5", "|at least 1"),
    (*SERVE, "|say what answers"),
    (*SERVE, "--joule-per-output-token", "0", "|joule_per_output_token must be"),
    (*SERVE, "--joule-per-output-token", "390000", "|J, not mJ"),
    (*SERVE, "--joule-per-output-token", "0.4", "--pue", "0.5", "|pue must be"),
    (*SERVE, "--joule-per-output-token", "0.4", "--host", "43", "|host must be"),
    (*SERVE, "--joule-per-output-token", "0.4", "--swing", "20", "|swing must be"),
    (*SERVE, "--joule-per-output-token", "0.4", "--accelerator", "H10O", "|did you mean 'NVIDIA H100 SXM5 80GB'?"),
    (*SERVE, "--model", "Llama 3.1 80B", "|model is not known"),
    (*SERVE, "--active-parameters", "671e9", "--parameters", "37e9", "|are the two swapped?"),
    (*SERVE, "--model", "Llama 3.1 70B", "--task", "poetry", "|task of the figure that ships is chat"),
    (*SERVE, "--joule-per-output-token", "0.4", "--batch", "7", "|batch changes nothing"),
    (*SERVE, "--active-parameters", "7e9", "--utilisation", "0.1", "|utilisation changes nothing"),
    (*SERVE, "--joule-per-output-token", "0.4", "--out", "nowhere/x.csv", "|a folder that exists"),
    (*TRAIN, "--flop", "1e25", "--place", "DOM", "|fits several"),
    (*TRAIN, "--flop", "1e25", "--place", "Georgia", "|SRSO (the US state)"),
    (*TRAIN, "--parameters", "7e9", "--tokens", "2e12", "--tokens-per-parameter", "20", "|goes without tokens"),
    (*TRAIN, "--model", "Llama 4 Scout", "--mfu", "0.3", "|leave out --mfu"),
    ("compute", "households", "--mwh-per-year", "3", "--load-factor", "0.8", "|goes with mw"),
    (*SERVE, "--active-parameters", "37e9", "--method", "flop", "--accelerator", "GB200", "|server_power_w is missing"),
    (*SERVE, "--model", "Llama 3.1 70B", "--accelerator", "TPU v4", "|was not measured on"),
    (*SERVE, "--model", "Llama 3.1 70B", "--batch", "8", "|give --configurations"),
    (*SERVE, "--model", "Llama 3.1 70B", "--method", "guess", "|method must be one of"),
    ("compute", "inference", "--joule-per-output-token", "0.4", "|requests_per_day is missing"),
    (
        "compute",
        "inference",
        "--requests-per-day",
        "-5",
        "--output-tokens",
        "0",
        "--joule-per-output-token",
        "0.4",
        "|output_tokens must be",
    ),
    ("compute", "households", "--mw", "-3", "|mw must be"),
    ("compute", "households", "--mw", "3", "--load-factor", "80", "|load_factor must lie in (0, 1]"),
    ("compute", "households", "--mw", "3", "--place", "Narnia", "|place is not known"),
    ("compute", "households", "|one of the two"),
]


@pytest.fixture(scope="module")
def runner():
    from typer.testing import CliRunner

    from gridroom.cli.app import app

    runner = CliRunner()
    return lambda *args: runner.invoke(app, list(args))


@pytest.mark.parametrize("case", BAD, ids=lambda c: " ".join(c[1:])[:70])
def test_bad_input_is_told(case, runner, capfd):
    *command, words = case
    result = runner(*command)
    said = capfd.readouterr().err + result.output
    assert result.exit_code in (2, 3), said
    assert words[1:] in said
    assert "Traceback" not in said
    assert said.count("\n  - ") <= 3, "one fault, not a list of what follows from it"


def test_all_problems_at_once(runner, capfd):
    result = runner(
        *TRAIN, "--parameters", "7", "--tokens", "x", "--mfu", "2", "--pue", "0.5", "--accelerator", "H999", "--place", "Nowhere"
    )
    said = capfd.readouterr().err + result.output
    assert result.exit_code == 3
    for name in ("parameters", "tokens", "mfu", "pue", "accelerator", "place"):
        assert f"- {name} " in said, said


def test_json_of_training_and_inference():
    answer = json.loads(
        cli(
            "compute",
            "training",
            "--parameters",
            "1T",
            "--tokens-per-parameter",
            "20",
            "--count",
            "100000",
            "--accelerator",
            "gb200",
            "--place",
            "Memphis",
            "--json",
        ).stdout
    )
    assert answer["command"] == "compute training"
    for key in (
        "flop",
        "accelerator_hours",
        "duration_h",
        "it_energy_mwh",
        "facility_energy_mwh",
        "co2_t",
        "households_year_equivalent",
    ):
        value = answer[key]
        assert value["low"] <= value["best"] <= value["high"], key
    assert answer["drivers"]["facility_energy_mwh"]["mfu"] > 0.5
    assert {a["claim"] for a in answer["assumptions"]} <= {"measured", "published", "derived", "assumed", "given"}
    served = json.loads(
        cli(
            "compute", "inference", "--model", "llama-3.1-70b", "--requests-per-day", "1B", "--output-tokens", "500", "--json"
        ).stdout
    )
    for key in SERVED[:8]:
        assert served[key]["low"] <= served[key]["best"] <= served[key]["high"], key


def test_hourly_file_holds_the_energy(tmp_path):
    import pandas as pd

    out = tmp_path / "run.csv"
    answer = json.loads(
        cli("compute", "training", "--flop", "1e24", "--count", "4096", "--accelerator", "H100", "--out", str(out), "--json").stdout
    )
    assert pd.read_csv(out)["value"].sum() == pytest.approx(answer["facility_energy_mwh"]["best"], rel=1e-6)
    out = tmp_path / "fleet.parquet"
    answer = json.loads(
        cli(
            "compute",
            "inference",
            "--joule-per-output-token",
            "0.4",
            "--requests-per-day",
            "1e9",
            "--output-tokens",
            "300",
            "--out",
            str(out),
            "--json",
        ).stdout
    )
    hourly = pd.read_parquet(out)["value"]
    assert hourly.sum() == pytest.approx(answer["energy_mwh_per_year"]["best"], rel=1e-6)
    assert hourly.max() == pytest.approx(answer["peak_mw"]["best"], rel=0.01)


def test_every_name_finds_itself():
    for name, others in itertools.chain(catalogue.accelerator_names().items(), catalogue.run_names().items()):
        known = catalogue.accelerator_names() if name in catalogue.accelerator_names() else catalogue.run_names()
        for spelling in (name, name.lower(), *others):
            assert catalogue.found("x", spelling, known) == name
