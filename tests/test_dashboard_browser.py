"""The page in a real browser: planner, developer, reviewer, miner; both languages, keyboard, phone, dark, no outside request."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe

from gridroom.dashboard.view import words_of

ROOT = Path(__file__).resolve().parents[1]
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
    """No sideways scrolling, nothing that axe-core or our own rules find wrong."""
    assert page.evaluate("document.documentElement.scrollWidth") <= width, page.url
    assert page.evaluate(ACCESS) == [], page.url
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"]}})
    assert [(v["id"], v["nodes"][0]["html"][:120]) for v in found.response["violations"]] == [], page.url


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


ANSWERS = {
    "en": {"campus": "PUE mean", "site": "lcoe", "air": "findings", "miner": "npv", "heat": "households", "energy": "best"},
    "ja": {"campus": "PUE平均", "site": "均等化費用", "air": "判定", "miner": "正味現在価値", "heat": "世帯数", "energy": "最良"},
}


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("journey", [("campus", "site", "air"), ("miner", "heat", "energy")], ids=["developer", "miner"])
def test_a_developer_and_a_miner_ask_the_calculators(visit, lang, journey):
    open_page, base = visit
    page = open_page(lang)
    for tool in journey:
        page.goto(f"{base}/tools/{tool}")
        fits(page, 1280)
        page.locator("main > form button").click()
        page.wait_for_selector("main table", timeout=90_000)
        assert ANSWERS[lang][tool].lower() in page.inner_text("main").lower(), tool
        if tool in ("campus", "site", "air", "miner", "energy"):
            page.wait_for_selector("[data-chart] svg, [data-chart] canvas")
        fits(page, 1280)


def test_a_developer_changes_one_figure_and_finds_it_again(visit):
    open_page, base = visit
    page = open_page()
    page.goto(f"{base}/tools/miner")
    page.get_by_label("MW", exact=False).first.fill("250")
    page.locator("main > form button").click()
    page.wait_for_selector("main table", timeout=60_000)
    assert "250" in page.inner_text("main")
    page.locator("a", has_text="Once more").click()
    assert page.get_by_label("MW", exact=False).first.input_value() == "250"


@pytest.mark.parametrize(
    ("lang", "wrong", "missing"),
    [
        ("en", "it_mw must be greater than 0; got -5", "supply_temperature_c is missing"),
        ("ja", "入力値 -5", "supply_temperature_c："),
    ],
)
def test_a_reviewer_sees_what_is_wrong_with_settings(visit, lang, wrong, missing):
    open_page, base = visit
    page = open_page(lang)
    page.goto(f"{base}/tools/heat")
    page.locator("details summary").click()
    page.fill("textarea[name=settings]", 'it_mw = -5\nname = "<i>x</i>"')
    page.locator("details form button").click()
    page.wait_for_selector("pre.detail", timeout=60_000)
    text = page.inner_text("main")
    assert wrong in text
    assert missing in text
    fits(page, 1280)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_a_reviewer_decides_pairs_and_sees_the_waterfall(visit, lang):
    open_page, base = visit
    page = open_page(lang)
    page.goto(f"{base}/queues")
    fits(page, 1280)
    page.fill("input[name=name]", f"queue {lang}")
    page.set_input_files("input[type=file]", ROOT / "examples/pipeline/queue.csv")
    page.locator("main form button").click()
    page.wait_for_selector("a.button", timeout=90_000)
    page.locator("a.button").click()
    first = page.locator("article.pair").first
    identity = first.get_attribute("id")
    first.locator("button").nth(1).click()
    page.wait_for_selector(f"#{identity} button[value=different][aria-pressed]")
    page.reload()
    assert words_of(lang)("review_text", pairs=130, decided=1)[-40:] in page.inner_text("#review")
    page.locator("form[action$=forecast] button").click()
    page.wait_for_selector("a.button", timeout=90_000)
    page.locator("a.button").click()
    page.wait_for_selector("[data-chart=chart-waterfall] svg")
    fits(page, 1280)
    page.locator("#requests a").first.click()
    assert page.locator("h1").inner_text().startswith("L0")
    fits(page, 1280)


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_claims_are_answered_one_by_one(visit, lang):
    open_page, base = visit
    page = open_page(lang)
    page.goto(f"{base}/runs/first/claims")
    assert page.locator("article.public").count() == 12
    assert page.locator(".verdict").count() == 12
    fits(page, 1280)


def test_phone_dark_and_keyboard(visit):
    open_page, base = visit
    page = open_page("en", width=390, dark=True)
    for path in (
        "/",
        "/runs",
        "/tools",
        "/tools/energy",
        "/data",
        "/compare",
        "/queues",
        "/tools/site",
        "/runs/first/claims",
        "/runs/first/regions/ERCOT",
        "/runs/first/tables",
    ):
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
