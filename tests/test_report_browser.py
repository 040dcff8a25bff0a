"""The report in a real browser: no error, no outside request, readable at desktop and phone width."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys

import pytest

CHROMIUM = shutil.which("chromium")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--no-first-run", "--disable-sync", "--disable-quic"]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    out = tmp_path_factory.mktemp("runs") / "browser"
    subprocess.run([sys.executable, "-m", "gridroom", "run", "--samples", "4", "--set", "run.weather_years=[2018, 2022]",
                    "--set", "run.last_year=2030", "--set", "run.level_every=1", "--set", "run.sensitivity_samples=2",
                    "--set", "run.expansion_samples=4",
                    "--progress", "none", "--out", str(out)], check=True, capture_output=True)
    subprocess.run([sys.executable, "-m", "gridroom", "report", str(out), "--lang", "ja"], check=True,
                   capture_output=True)
    return out


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
@pytest.mark.parametrize(("name", "width"), [("report.html", 1280), ("report.html", 390), ("report.ja.html", 1280)])
def test_report_in_a_browser(report, name, width):
    from playwright.sync_api import sync_playwright

    faults, asked = [], []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        page = browser.new_page(viewport={"width": width, "height": 900})
        page.on("console", lambda m: faults.append(m.text) if m.type in ("error", "warning") else None)
        page.on("pageerror", lambda e: faults.append(str(e)))
        page.on("request", lambda r: asked.append(r.url) if not r.url.startswith(("file:", "data:")) else None)
        page.goto((report / name).as_uri())
        page.wait_for_selector("#chart-room svg")
        assert page.locator(".tile").count() == 23
        assert page.evaluate("document.documentElement.scrollWidth") <= width, "nothing runs over the edge"
        for section in ("takes", "build", "site", "permit", "countries"):  # what makes room
            assert page.locator(f"section#{section} tbody tr, section#{section} p").count() > 1
        before = page.locator("#chart-load").inner_html()
        page.select_option("#region", "TVA")
        assert page.locator("#chart-load").inner_html() != before
        page.locator("[data-region=FL]").click()
        assert page.input_value("#region") == "FL"
        page.select_option("#region", "US")
        assert page.locator("#chart-room").is_hidden(), "rooms of regions do not add up"
        browser.close()
    assert faults == []
    assert asked == []


def test_the_answer_says_what_it_takes(report):
    show = [sys.executable, "-m", "gridroom", "show", str(report)]
    done = subprocess.run([*show, "--json"], check=True, capture_output=True, text=True)
    takes = json.loads(done.stdout)["what_it_takes"]
    assert len(takes["regions"]) >= 23
    for row in takes["regions"]:
        assert row["lole_days_after"]["value"] >= 0
        assert row["missing_mw"] >= 0
    for row in takes["additions"]:
        assert row["year"] >= row["earliest_year"]
        assert 0 < row["credit"] <= 1
    assert "What it takes" in subprocess.run(show, check=True, capture_output=True, text=True).stdout


def test_tables_of_what_makes_room_have_their_columns(report):
    import pandas as pd

    from gridroom.results.tables import TABLES

    for name in ("additions", "additions_years", "site_example"):
        assert list(pd.read_parquet(report / f"tables/{name}.parquet").columns) == [c.name for c in TABLES[name]]
