"""Public claims: verdicts follow from figures, whatever the run; every figure has a class, a source and a command that runs."""

import shlex
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import gridroom as gr
from gridroom.reference import catalog
from gridroom.reports.claim_sections import public_claims as shown
from gridroom.reports.words import load_words
from gridroom.results.folder import RunFolder
from gridroom.study import claims_grid
from gridroom.study.public_claims import CLAIMS, public_claims
from gridroom.study.round_the_clock import matched_alone
from gridroom.study.site_file import read_site
from gridroom.supply.site_design import design

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = {
    "run": {
        "samples": 9,
        "level_every": 1,
        "sensitivity_samples": 0,
        "expansion_samples": 0,
        "load_cases": False,
        "last_year": 2027,
        "weather_years": [2018, 2021, 2022],
    }
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return gr.run(SETTINGS, out=tmp_path_factory.mktemp("claims") / "run")


def test_every_claim_is_answered_with_class_source_and_command(folder):
    table = folder.table("public_claims")
    assert list(table["public_claim"].unique()) == list(CLAIMS)
    assert set(table["verdict"]) <= {"true", "partly", "not_supported", "unknown"}
    known = table[table["figure"] != ""]
    assert set(known["claim"]) <= {"measured", "published", "derived", "assumed"}
    assert (known["source"].str.len() > 0).all()
    assert known["command"].str.match("gridroom |python -c ").all()
    assert not known["command"].str.contains("FILE").any()
    assert (table.loc[table["public_claim"] == "inflated", "verdict"] == "unknown").all()  # the run left its load cases out


def test_simulated_figures_have_an_error(folder):
    table = folder.table("public_claims").set_index("figure")
    assert np.isfinite(table.loc["hours_short_2026", "stderr"])
    assert np.isfinite(table.loc["highest_chance_2026", "stderr"])


@pytest.mark.parametrize("language", ["en", "ja"])
def test_words_for_all(folder, language):
    found = shown(folder, load_words(language))
    assert [c["key"] for c in found] == list(CLAIMS)
    assert all(f.name and "{" not in f.name for c in found for f in c["figures"])
    words = load_words(language).table
    figures = {k[3:] for k in words if k.startswith("pc_")}
    assert {f"cost_{v}_{t:.0f}" for v in ("sun_wind_storage", "with_nuclear") for t in (90, 100)} <= figures


def _with(folder, tmp_path, name, change):
    """The same run with one table changed."""
    import shutil

    shutil.copytree(folder.path, tmp_path / "other")
    other = RunFolder(tmp_path / "other")
    other.write_table(name, change(other.table(name)))
    return other


@pytest.mark.parametrize(("chance", "verdict"), [(0.0, "not_supported"), (1.0, "true")])
def test_verdict_follows_the_chance(folder, tmp_path, chance, verdict):
    other = _with(folder, tmp_path, "region_year", lambda t: t.assign(probability_no_room=chance))
    assert claims_grid.passes_in_2026(other, 9)[0] == verdict


def test_one_region_makes_it_partly(folder, tmp_path):
    def one(table):
        return table.assign(probability_no_room=np.where(table["region"] == "DOM", 0.9, 0.0))

    found, figures = claims_grid.passes_in_2026(_with(folder, tmp_path, "region_year", one), 9)
    assert found == "partly"
    assert figures[0].value == 1
    assert figures[0].note == "DOM"


def test_a_run_without_2026_does_not_know(folder, tmp_path):
    other = _with(folder, tmp_path, "region_year", lambda t: t.assign(year=t["year"] + 3))
    assert claims_grid.passes_in_2026(other, 9) == ("unknown", [])


def test_asked_against_load_and_room_by_hand(folder, tmp_path):
    def one(table):
        return table.assign(asked_mw=np.where(table["region"] == "DOM", 900.0, np.nan), large_load_p50_mw=500.0, room_p50_mw=300.0)

    verdict, figures = claims_grid.planned(_with(folder, tmp_path, "region_year", one), 9)
    assert verdict in ("true", "partly")
    assert next(f for f in figures if f.figure == "regions_asked_too_much").value == 1
    verdict, _ = claims_grid.planned(_with(folder, tmp_path / "b", "region_year", lambda t: one(t).assign(room_p50_mw=500.0)), 9)
    assert verdict == "not_supported"


def test_public_claims_say_the_same_twice(folder):
    pd.testing.assert_frame_equal(public_claims(folder, 9), folder.table("public_claims"))


def test_sun_and_wind_by_the_hour_as_a_plain_loop():
    from gridroom.study import weather

    hours = weather.build((2021,))
    at = list(catalog.load("regions")["region"]).index("ERCOT")
    sun, wind = hours.solar_pu[0, at, :8760].astype(float), hours.wind_pu[0, at, :8760].astype(float)
    found = matched_alone("ERCOT", 2021)
    share = found.solar_share
    mix = [share * s / sun.mean() + (1 - share) * w / wind.mean() for s, w in zip(sun, wind, strict=True)]
    assert found.score == pytest.approx(sum(min(1.0, m) for m in mix) / 8760, abs=1e-9)
    longest = run = 0
    for m in mix:
        run = run + 1 if m < 0.5 else 0
        longest = max(longest, run)
    assert found.longest_below_half_h == longest


def test_a_solved_row_solves_again():
    rows = catalog.load("round_the_clock").set_index(["variant", "target_pct"])
    study = read_site(ROOT / "examples/supply/sun_wind_nuclear.toml", ["limits.carbon_free_hourly_pct=100"])
    plan, _ = design(study.site)
    assert plan.objective_usd_per_year / study.site.load_mw.sum() == pytest.approx(
        rows.loc[("with_nuclear", 100), "usd_per_mwh"], abs=0.006
    )
    # a tighter target never costs less; more choice never costs more
    for variant in ("sun_wind_storage", "with_nuclear"):
        assert rows.loc[variant]["usd_per_mwh"].is_monotonic_increasing
    assert (rows.loc["with_nuclear"]["usd_per_mwh"] <= rows.loc["sun_wind_storage"]["usd_per_mwh"] + 1e-9).all()


def test_commands_name_files_that_are_there():
    for variant, row in catalog.load("round_the_clock").set_index("variant").iterrows():
        words = shlex.split(row["command"])
        assert (ROOT / words[3]).is_file(), variant
    assert tomllib.loads((ROOT / "examples/supply/sun_and_wind.toml").read_text())["load_mw"] == 1000
