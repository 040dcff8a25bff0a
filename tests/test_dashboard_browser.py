"""The page in a real browser: planner, developer, reviewer, miner; both languages, keyboard, phone, dark, no outside request."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys

import pytest

CHROMIUM = shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
    "--disable-sync",
    "--disable-quic",
]
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
# What a page must have for a reader who does not see it: names of all controls, one h1, a language, no key twice.
ACCESS = """() => {
  const faults = [];
  if (!document.documentElement.lang) faults.push("no language");
  if (document.querySelectorAll("h1").length !== 1) faults.push("h1: " + document.querySelectorAll("h1").length);
  const ids = [...document.querySelectorAll("[id]")].map(e => e.id);
  if (new Set(ids).size !== ids.length) faults.push("an id twice");
  for (const e of document.querySelectorAll("input:not([type=hidden]), select, textarea"))
    if (!(e.labels && e.labels.length && e.labels[0].textContent.trim()) && !e.ariaLabel) faults.push("no label: " +
    e.outerHTML.slice(0, 80));
  for (const e of document.querySelectorAll("a, button")) if (!e.textContent.trim() && !e.ariaLabel) faults.push("no name: " +
  e.outerHTML.slice(0, 80));
  for (const e of document.querySelectorAll("th")) if (!e.textContent.trim()) faults.push("an empty heading of a table");
  return faults;
}"""


@pytest.fixture(scope="module")
def address(tmp_path_factory):
    """A served folder with one finished run."""
    import gridroom as gr

    root = tmp_path_factory.mktemp("served")
    run = {
        "samples": 9,
        "level_every": 1,
        "sensitivity_samples": 0,
        "expansion_samples": 0,
        "load_cases": False,
        "last_year": 2028,
        "weather_years": [2018, 2021, 2022],
    }
    gr.run({"name": "US <b>outlook</b>", "run": run}, out=root / "first")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-m", "gridroom", "serve", str(root), "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        yield server.stdout.readline().strip()
        server.terminate()


@pytest.fixture
def visit(address):
    """A page opened at the address; whatever goes wrong in it is a fault."""
    from playwright.sync_api import sync_playwright

    base = address.split("/?")[0]
    faults: list[str] = []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)

        def open_page(lang="en", width=1280, dark=False):
            context = browser.new_context(
                viewport={"width": width, "height": 900},
                locale="ja-JP" if lang == "ja" else "en-GB",
                color_scheme="dark" if dark else "light",
            )
            page = context.new_page()
            page.on("console", lambda m: faults.append(m.text) if m.type in ("error", "warning") else None)
            page.on("pageerror", lambda e: faults.append(str(e)))
            page.on("request", lambda r: faults.append(r.url) if not r.url.startswith((base, "data:")) else None)
            for _ in range(50):  # the server needs half a second
                try:
                    page.goto(address)
                    break
                except Exception:
                    page.wait_for_timeout(100)
            faults.clear()
            return page

        yield open_page, base
        browser.close()
    assert faults == []


def fits(page, width):
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    assert page.evaluate(ACCESS) == [], page.url


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_planner_finds_a_region(visit, lang):
    open_page, base = visit
    page = open_page(lang)
    assert page.evaluate("document.documentElement.lang") == lang
    assert page.locator(".tile").count() == 23
    before = page.locator("#tiles").inner_text()
    page.locator("input[type=range]").fill("2026")
    page.locator("input[type=range]").dispatch_event("change")
    page.wait_for_function("t => document.querySelector('#tiles').innerText !== t", arg=before)
    fits(page, 1280)
    page.locator("a.tile", has_text="ERCOT").click()
    page.wait_for_selector("[data-chart=chart-room] svg")
    assert "year=2026" in page.url
    fits(page, 1280)
    page.select_option("select[name=year]", "2027")
    page.wait_for_url("**year=2027*")
    with page.expect_download() as got:
        page.locator("a", has_text="CSV").first.click()
    assert got.value.suggested_filename.endswith(".csv")
    page.goto(f"{base}/runs/first/more")
    assert page.locator("section#assets").count() == 1
    fits(page, 1280)


def test_a_developer_asks_for_a_campus_and_a_miner_for_hosting(visit):
    open_page, base = visit
    page = open_page()
    for tool, word in (("campus", "pue mean"), ("miner", "pivot to ai npv usd"), ("air", "findings")):
        page.goto(f"{base}/tools/{tool}")
        fits(page, 1280)
        page.locator("form[enctype] button").click()
        page.wait_for_selector("table", timeout=60_000)
        assert word in page.inner_text("main"), tool
        fits(page, 1280)


def test_a_reviewer_sees_what_is_wrong_with_settings(visit):
    open_page, base = visit
    page = open_page("ja")
    page.goto(f"{base}/tools/heat")
    page.fill("textarea", 'it_mw = -5\nname = "<i>x</i>"')
    page.locator("form[enctype] button").click()
    page.wait_for_selector("pre.detail", timeout=60_000)
    text = page.inner_text("main")
    assert "it_mw must be greater than 0; got -5" in text
    assert "supply_temperature_c is missing" in text
    fits(page, 1280)


def test_phone_dark_and_keyboard(visit):
    open_page, base = visit
    page = open_page("en", width=390, dark=True)
    for path in ("/", "/runs", "/tools", "/tools/energy", "/data", "/compare", "/runs/first/regions/ERCOT", "/runs/first/tables"):
        page.goto(base + path)
        fits(page, 390)
    page.goto(base + "/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(22, 27, 34)"


def test_a_run_is_started_and_opened(visit):
    open_page, base = visit
    page = open_page()
    page.goto(f"{base}/runs")
    page.fill("input[name=name]", "From the page")
    page.fill("input[name=samples]", "9")
    page.locator("form.fields button").click()
    page.wait_for_selector("a.button", timeout=300_000)
    page.locator("a.button").click()
    assert "from-the-page" in page.url
    assert "From the page" in page.inner_text("h1")
