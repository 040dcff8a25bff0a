"""The page in the browser, from the server's side: guard, pages, broken folders, child processes; and one journey in Chromium."""

import html
import json
import re
import shutil
import threading
import time
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from starlette.testclient import TestClient

from gridroom.dashboard import answers, forms, tools
from gridroom.dashboard.server import make_app
from gridroom.dashboard.settings import Settings
from gridroom.dashboard.view import words_of

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src/gridroom/dashboard"
HOSTILE = "<img src=x onerror=alert(1)>;x=y"
SMALL = {
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
def runs(tmp_path_factory):
    """A folder with two good runs, and everything that may go wrong with one."""
    import gridroom as gr

    root = tmp_path_factory.mktemp("runs")
    gr.run(SMALL, out=root / "first")
    shutil.copytree(root / "first", root / "second")
    for name, change in (("newer", {"schema_version": "99"}), ("titled", {"name": HOSTILE, "headline": HOSTILE})):
        shutil.copytree(root / "first", root / name)
        path = root / name / "manifest.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    shutil.copytree(root / "first", root / "no table")
    (root / "no table/tables/region_year.parquet").unlink()
    shutil.copytree(root / "first", root / "torn")
    (root / "torn/manifest.json").write_text("[1, 2")
    shutil.copytree(root / "first", root / HOSTILE)
    shutil.copytree(root / "first", root / "halfway")
    (root / "halfway/manifest.json").unlink()
    (root / "empty").mkdir()
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret.txt").write_text("secret")
    (root / "link").symlink_to(outside)
    return root


@pytest.fixture(scope="module")
def client(runs):
    """A browser that opened the address with its key."""
    settings = Settings(root=runs, port=8765)
    with TestClient(make_app(settings), base_url="http://127.0.0.1:8765", raise_server_exceptions=False) as one:
        one.get(f"/?token={settings.token}")
        yield one


def post(client, path, **more):
    return client.post(path, headers={"origin": "http://127.0.0.1:8765"}, follow_redirects=False, **more)


def ended(client, address, limit_s=120):
    """Text of a job's page when it is over."""
    start = time.monotonic()
    while time.monotonic() - start < limit_s:
        text = client.get(address).text
        if 'id="job"' not in text:
            return text
        time.sleep(0.2)
    raise AssertionError("the job did not end")


# Guard.
def test_without_the_key_nothing_is_shown(runs):
    with TestClient(make_app(Settings(root=runs)), base_url="http://127.0.0.1:8765") as one:
        for path in ("/", "/runs", "/data", "/static/app.js", "/runs/first/tables/region_year.csv"):
            found = one.get(path)
            assert found.status_code == 403
            assert "gridroom serve" in found.text
        assert one.get("/?token=wrong").status_code == 403


def test_key_moves_into_a_cookie(runs):
    settings = Settings(root=runs)
    with TestClient(make_app(settings), base_url="http://127.0.0.1:8765", follow_redirects=False) as one:
        found = one.get(f"/runs?token={settings.token}")
        assert (found.status_code, found.headers["location"]) == (303, "/runs")
        cookie = found.headers["set-cookie"].lower()
        assert "httponly" in cookie
        assert "samesite=strict" in cookie


def test_foreign_hosts_and_pages_are_refused(client):
    assert client.get("/", headers={"host": "evil.example"}).status_code == 421
    for origin in ("http://evil.example", "null", "http://127.0.0.1:9999", None):
        headers = {} if origin is None else {"origin": origin}
        assert client.post("/runs", data={"name": "x"}, headers=headers).status_code == 403


def test_headers_forbid_everything_from_elsewhere(client):
    for path in ("/", "/nope", "/data", "/runs/first/regions/DOM"):
        head = client.get(path).headers
        assert "default-src 'none'" in head["content-security-policy"]
        assert "unsafe-inline" not in head["content-security-policy"].split("script-src")[1].split(";")[0]
        assert head["x-content-type-options"] == "nosniff"
    box = client.get("/runs/first/report").headers["content-security-policy"]
    assert "sandbox" in box
    assert "allow-same-origin" not in box


def test_too_large_is_refused(client):
    found = client.post("/tools/miner", content=b"x", headers={"origin": "http://127.0.0.1:8765", "content-length": "99999999"})
    assert found.status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        "/runs/%2e%2e",
        "/runs/..%2fetc",
        "/runs/link",
        "/runs/empty",
        "/runs/first/tables/..%2f..%2fmanifest.csv",
        "/runs/none",
        "/runs/first/regions/ZZ",
        "/runs/first/tables/nope.csv",
        "/static/../server.py",
        "/static/%2e%2e/server.py",
        "/charts/..%2fpage.py",
        "/data/nope",
        "/data/nope.csv",
        "/tools/nope",
        "/jobs/nope",
        "/jobs/nope/files/x",
    ],
)
def test_nothing_outside_is_reached(client, path):
    found = client.get(path)
    assert found.status_code in (404, 405)
    assert "secret" not in found.text


# Pages.
@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/runs",
        "/compare",
        "/compare?a=first&b=second&year=2027",
        "/tools",
        "/data",
        "/data/bitcoin_machines",
        "/runs/first",
        "/runs/first?year=9999",
        "/runs/first/tiles?year=2027",
        "/runs/first/regions/ERCOT",
        "/runs/first/regions/DOM?year=x",
        "/runs/first/tables",
        "/runs/first/more",
        "/runs/first/claims",
        "/queues",
        "/runs/first/report",
        *[f"/tools/{t}" for t in tools.TOOLS],
    ],
)
def test_every_page_in_both_languages(client, path, lang):
    found = client.get(path + ("&" if "?" in path else "?") + f"lang={lang}")
    assert found.status_code == 200
    if not path.endswith("tiles?year=2027"):
        assert f'<html lang="{lang}"' in found.text


def test_tables_download(client):
    text = client.get("/runs/first/tables/region_year.csv?region=DOM").text
    assert text.splitlines()[0].startswith("region,name,year")
    assert len(text.splitlines()) == 3
    assert "attachment" in client.get("/data/networks.csv").headers["content-disposition"]


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("newer", "schema_version 99"),
        ("torn", "is not JSON, line 1"),
        ("no table", "region_year.parquet is missing"),
        ("halfway", "did not finish"),
    ],
)
def test_broken_runs_say_what_is_wrong(client, name, words):
    found = client.get(f"/runs/{name}?lang=en")
    assert found.status_code == 409
    assert words in found.text
    assert name in client.get("/runs").text


def test_hostile_names_stay_text(client):
    for path in ("/runs", "/", "/runs/titled", "/compare", f"/runs/{HOSTILE}", f"/runs/{HOSTILE}/regions/DOM"):
        found = client.get(path)
        assert "<img src=x" not in found.text, path
    assert client.get(f"/runs/{HOSTILE}").status_code == 200


# Child processes.
def test_a_calculator_answers(client):
    found = post(client, "/tools/miner", data={"settings": forms.form_text("miner")})
    text = ended(client, found.headers["location"] + "?lang=en")
    assert "break even" in text
    assert client.get(found.headers["location"] + "/answer.json").json()["command"] == "assets miner"


def test_faults_of_the_settings_are_shown(client):
    found = post(client, "/tools/heat", data={"settings": "it_mw = -1\n<script>"})
    text = ended(client, found.headers["location"])
    assert "is not TOML" in text
    assert "<script>" not in text.split("<main")[1].split("</main>")[0].replace('<script type="application/json"', "")


def test_uploaded_series_under_harmless_names(client):
    settings = forms.form_text("miner").replace("price_usd_per_mwh = 45", 'price = "p.csv"')
    price = b"value\n" + b"50\n" * 24
    files = [("series", ("../../p.csv", price, "text/csv")), ("series", ("../input.toml", b"mw = 1", "text/plain"))]
    found = post(client, "/tools/miner", data={"settings": settings}, files=files)
    assert "price mean" in ended(client, found.headers["location"])


def test_files_of_a_disclosure_download(client):
    found = post(client, "/tools/mica", data={"settings": forms.form_text("mica")})
    address = found.headers["location"]
    assert "mica.xhtml" in ended(client, address)
    got = client.get(f"{address}/files/mica.xhtml")
    assert got.status_code == 200
    assert "attachment" in got.headers["content-disposition"]
    assert client.get(f"{address}/files/..%2finput.toml").status_code == 404


def test_options_cannot_be_smuggled_in():
    energy = tools.TOOLS["energy"]
    got = tools.arguments(energy, {"network": "--help", "date": "--json", "hashrate": "-5"}, {})
    assert got == ["assets", "energy", "--date=--json", "--hashrate-eh=-5", "--json", "--"]
    assert tools.arguments(tools.TOOLS["countries"], {"countries": "--out x"}, {})[-3:] == ["--", "--out", "x"]


@pytest.mark.parametrize("name", [t.name for t in tools.TOOLS.values() if t.form])
def test_every_form_begins_with_settings_that_answer(client, name):
    if name == "site":
        pytest.skip("a minute long; its settings are those of the site tests")
    found = post(client, f"/tools/{name}", data={"settings": forms.form_text(tools.TOOLS[name].form)})
    text = ended(client, found.headers["location"])
    assert words_of("en")("state_done") in text or words_of("ja")("state_done") in text


def test_a_run_is_started_watched_and_stopped(client, runs):
    found = post(client, "/runs", data={"name": "Mine and yours", "samples": "100000", "seed": "1", "quick": "1"})
    address = found.headers["location"]
    time.sleep(2)
    assert 'id="job"' in client.get(address).text
    assert post(client, f"{address}/stop").status_code == 303
    text = ended(client, address)
    assert words_of("en")("state_stopped") in text or words_of("ja")("state_stopped") in text
    assert client.get("/runs").status_code == 200
    lines = client.get(f"{address}/events").text
    assert json.loads(lines.splitlines()[-2].removeprefix("data: "))["state"] == "stopped"


@pytest.mark.parametrize(
    "data", [{"name": "../x"}, {"name": ""}, {"name": "a" * 90}, {"name": "x", "samples": "many"}, {"name": "x", "samples": "-5"}]
)
def test_bad_runs_are_refused(client, data):
    assert post(client, "/runs", data=data).status_code == 400


def test_two_hundred_quick_clicks(client):
    paths = ["/", "/runs", "/runs/first/tiles?year=2026", "/runs/first/regions/TVA", "/data", "/tools"] * 34
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda p: client.get(p).status_code, paths[:200]))
    assert set(found) == {200}


def test_at_most_four_at_once(tmp_path):
    from gridroom.dashboard.jobs import Jobs

    jobs = Jobs()
    try:
        started = [jobs.start("x", ["data", "list", "--json"], jobs.new_folder()) for _ in range(6)]
        assert sum(j.state == "running" for j in started) <= 4
        while not all(j.over for j in started):
            time.sleep(0.05)
        assert {j.state for j in started} == {"done"}
    finally:
        jobs.close()
    assert threading.active_count() < 50


# Forms with a field a setting.
@pytest.mark.parametrize("name", sorted(t.form for t in tools.TOOLS.values() if t.form))
def test_a_form_sent_as_it_stands_says_the_same(name):
    text = forms.form_text(name)
    found = forms.sections(text)
    given = {f"set:{f.path}": f.value for s in found for f in s.fields} | {f"with:{s.path}": "1" for s in found if s.optional}
    assert tomllib.loads(forms.fill(text, given)) == tomllib.loads(text)
    assert sum(len(s.fields) for s in found) >= 5


def test_fields_change_one_setting_each():
    text = forms.form_text("site")
    found = forms.sections(text)
    given = {f"set:{f.path}": f.value for s in found for f in s.fields} | {"with:options.0": "1", "with:options.2": "1"}
    changed = tomllib.loads(
        forms.fill(text, given | {"set:load_mw": "750", "set:options.2.technology": 'say "battery"', "set:hours": ""})
    )
    assert changed["load_mw"] == 750
    assert "hours" not in changed  # left empty: left out
    assert [o["name"] for o in changed["options"]] == ["turbines", "battery"]  # the second was not wanted
    assert changed["options"][1]["technology"] == 'say "battery"'
    assert tomllib.loads(forms.fill(text, given | {"set:load_mw": "many\nobjective = 3"}))["load_mw"] == "many\nobjective = 3"


def test_what_was_typed_comes_back(client):
    found = post(client, "/tools/miner", data={"base": forms.form_text("miner"), "set:name": "Mine of mine", "set:mw": "-5"})
    text = ended(client, found.headers["location"])
    assert "mw" in text
    again = re.search(r"/tools/miner\?again=\w+", text)[0]
    assert "Mine of mine" in client.get(again).text


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_answers_are_drawn(client, lang):
    found = post(client, "/tools/campus", data={"settings": forms.form_text("campus")})
    ended(client, found.headers["location"])
    text = client.get(f"{found.headers['location']}?lang={lang}").text
    option = json.loads(re.search(r'id="chart-campus_hours">(.*?)</script>', text, re.S)[1])
    assert len(option["series"][0]["data"]) == 8760
    assert option["series"][0]["sampling"] == "lttb"


# Requests: kept lists, decisions, waterfall.
QUEUE = ROOT / "examples/pipeline/queue.csv"


@pytest.fixture(scope="module")
def queue(client):
    """A kept list with its pairs."""
    with QUEUE.open("rb") as stream:
        found = post(client, "/queues", data={"name": "My queue"}, files={"requests_file": ("q.csv", stream)})
    assert found.status_code == 303
    assert "/queues/my-queue" in ended(client, found.headers["location"])
    return "/queues/my-queue"


def test_pairs_are_decided_and_the_decision_is_kept(client, queue, runs):
    text = client.get(f"{queue}?lang=en").text
    a, b = re.search(r'name="a" value="(\w+)"><input type="hidden" name="b" value="(\w+)"', text).groups()
    post(client, f"{queue}/decide", data={"a": a, "b": b, "decision": "different"})
    assert f"{a},{b},different" in (runs / "queues/my-queue/decisions.csv").read_text()
    fragment = client.post(
        f"{queue}/decide",
        headers={"origin": "http://127.0.0.1:8765", "hx-request": "true"},
        data={"a": a, "b": b, "decision": "same"},
    ).text
    assert fragment.lstrip().startswith("<article")
    assert f"{a},{b},same" in (runs / "queues/my-queue/decisions.csv").read_text()
    ended(client, post(client, f"{queue}/match").headers["location"])
    pairs = (runs / "queues/my-queue/pairs.csv").read_text()
    assert re.search(rf"{a},{b},1(\.0)?,", pairs)  # obeyed
    assert "1 are decided" in client.get(queue).text


def test_a_forecast_is_drawn_and_odds_stand_with_the_request(client, queue):
    ended(client, post(client, f"{queue}/forecast").headers["location"])
    text = client.get(f"{queue}?year=2031&lang=en").text
    assert "chart-waterfall" in text
    steps = [float(v) for v in re.findall(r"<td>([\d.]+)</td></tr>", text[text.index("<th>GW</th>") : text.index('id="review"')])]
    assert len(steps) == 8
    assert steps == sorted(steps, reverse=True)
    one = client.get(f"{queue}/requests?id=L000000").text
    assert "its need is met somewhere" in one
    assert client.get(f"{queue}/files/forecast/odds.csv").text.startswith("request_id,")


@pytest.mark.parametrize(
    ("path", "data", "status"),
    [
        ("/queues", {"name": "x"}, 400),
        ("/queues/my-queue/decide", {"a": "L000000", "b": "nobody", "decision": "same"}, 400),
        ("/queues/none/match", {}, 404),
    ],
)
def test_bad_requests_are_refused(client, queue, path, data, status):
    assert post(client, path, data=data).status_code == status


@pytest.mark.parametrize(
    "path", ["/queues/..%2F..", "/queues/my-queue/files/..%2F..%2Ffirst%2Fmanifest.json", "/queues/my-queue/requests?id=nobody"]
)
def test_nothing_beside_the_lists_is_reached(client, queue, path):
    assert client.get(path).status_code == 404


def test_a_list_that_cannot_be_read_says_why(client):
    found = post(client, "/queues", data={"name": HOSTILE}, files={"requests_file": ("a.csv", b"one,two\n<script>,2\n")})
    text = ended(client, found.headers["location"])
    assert "<script>," not in text
    assert "problem" in text


# Words.
def test_both_languages_say_the_same():
    en, ja = (tomllib.loads((SOURCE / f"messages/{code}.toml").read_text()) for code in ("en", "ja"))
    assert list(en) == list(ja)
    for key, text in en.items():
        assert text.strip()
        assert ja[key].strip()
        assert sorted(re.findall(r"\{(\w+)\}", text)) == sorted(re.findall(r"\{(\w+)\}", ja[key])), key


def test_every_word_that_a_template_asks_for_is_there():
    known = words_of("en").table
    for path in (SOURCE / "templates").glob("*.html"):
        for key in re.findall(r'words\("(\w+)"[,)]', path.read_text()):
            assert key in known, (path.name, key)
    for tool in tools.TOOLS.values():
        assert {f"tool_{tool.name}", f"tool_text_{tool.name}", f"group_{tool.group}"} <= set(known)
        assert {f"ask_{a.name}" for a in tool.asks} <= set(known)


def test_unknown_is_blank_and_errors_stay_with_their_figure():
    assert answers.number(None) == ""
    assert answers.number(0.0) == "0"
    found = answers.figures({"a_mw": {"value": 2.0, "stderr": 0.5}, "b": None, "c": {"d_usd": 3}, "rows": [{"x": 1}]})
    assert [(f.name, f.unit, f.stderr) for f in found] == [("a_mw", "MW", 0.5), ("b", "", None), ("c d_usd", "USD", None)]
    assert answers.grids({"rows": [{"x": {"value": 1.0, "stderr": 0.1}, "y": None}]})[0].rows == [["1 ± 0.1", None]]


def test_names_in_japanese_with_the_unit_beside():
    from gridroom.dashboard.names import field_label, name_of, unit_of

    ja, en = words_of("ja"), words_of("en")
    assert name_of("served_mwh", ja) == "供給電力量"
    assert name_of("capacity_mw battery", ja) == "容量・蓄電池"
    assert name_of("break_even_usd_per_mwh", en) == "break even"
    assert unit_of("break_even_usd_per_mwh") == "USD/MWh"
    assert field_label("price_usd_per_mwh", ja) == "電力価格, USD/MWh"
    for tool in tools.TOOLS.values():
        if tool.form and tool.form != "eed":  # that form's keys are the regulation's own symbols
            for section in forms.sections(forms.form_text(tool.form)):
                for field in section.fields:
                    if not re.fullmatch(r"S\d+|name|lei|[a-z]{2,5}", field.key):
                        assert not name_of(field.key, ja).isascii(), field.key


def test_events_of_a_region_follow_from_events_hours_and_energy():
    """4 events and 12 short hours with 600 MWh: 3 h long, 50 MW deep; relative errors of 10 and 5 % make at most 15 %."""
    from gridroom.dashboard.run_pages import event_rows

    rows = {"year": [2027, 2028]}
    for name, value, error in (("lolev", 4.0, 0.4), ("lolh_h", 12.0, 0.6), ("eue_mwh", 600.0, 60.0)):
        rows[name], rows[f"{name}_stderr"] = [value, 0.0], [error, 0.0]
    seen, none = event_rows(rows)
    assert list(seen.values()) == [2027, "4.00 ± 0.40", "3.00 ± 0.45", "50.0 ± 7.5", "600 ± 60"]
    assert (none["events"], none["length"], none["depth"]) == ("0 ± ?", "", "")


# Folders that nobody here wrote.
def changed_table(change):
    """A wreck: the table as the change leaves it."""

    def wreck(path):
        change(pd.read_parquet(path)).to_parquet(path, index=False)

    return wreck


def run_pages_of(name, table):
    return [
        f"/runs/{name}",
        f"/runs/{name}/tiles?year=2027",
        f"/runs/{name}/regions/DOM",
        f"/runs/{name}/more",
        f"/runs/{name}/claims",
        f"/runs/{name}/tables",
        f"/runs/{name}/tables/{table}.csv",
        f"/runs/{name}/report?lang=ja",
        f"/compare?a=first&b={name}",
        "/runs",
        "/",
    ]


WRECKS = {
    "missing": lambda path: path.unlink(),
    "empty file": lambda path: path.write_bytes(b""),
    "text": lambda path: path.write_text("region,year\n"),
    "cut short": lambda path: path.write_bytes(path.read_bytes()[:-40]),
    "a folder": lambda path: (path.unlink(), path.mkdir()),
    "fewer columns": changed_table(lambda f: f.iloc[:, :-2]),
    "no rows": changed_table(lambda f: f.iloc[:0]),
    "half the rows": changed_table(lambda f: f.iloc[: len(f) // 2]),
    "one more column": changed_table(lambda f: f.assign(extra="?")),
    "numbers unknown": changed_table(lambda f: f.assign(**{c: np.nan for c in f if f[c].dtype.kind == "f"})),
    "numbers without end": changed_table(lambda f: f.assign(**{c: np.inf for c in f if f[c].dtype.kind == "f"})),
    "numbers as texts": changed_table(lambda f: f.astype(str)),
    "texts unknown": changed_table(lambda f: f.assign(**{c: None for c in f if f[c].dtype == object})),
    "texts of a newer gridroom": changed_table(
        lambda f: f.assign(**{c: "what is new" for c in f if f[c].dtype == object and c not in ("region", "name", "standard")})
    ),
    "hostile texts": changed_table(lambda f: f.assign(**{c: HOSTILE for c in f if f[c].dtype == object})),
    "years to come": changed_table(lambda f: f.assign(**{c: 99999999 for c in f if c == "year"})),
}


@pytest.mark.parametrize("wreck", WRECKS)
@pytest.mark.parametrize(
    "table",
    [
        "region_year",
        "tipping",
        "calendar",
        "national",
        "public_claims",
        "asset_regions",
        "build_options",
        "disclosure_status",
        "meaning",
        "countries",
        "permit_example",
    ],
)
def test_a_wrecked_table_is_told_and_the_rest_is_shown(runs, tmp_path_factory, table, wreck):
    root = tmp_path_factory.mktemp("wreck")
    for name in ("first", "other"):
        shutil.copytree(runs / "first", root / name)
    WRECKS[wreck](root / f"other/tables/{table}.parquet")
    settings = Settings(root=root, port=8765)
    with TestClient(make_app(settings), base_url="http://127.0.0.1:8765", raise_server_exceptions=False) as one:
        one.get(f"/?token={settings.token}")
        for path in run_pages_of("other", table):
            found = one.get(path)
            assert found.status_code in (200, 404, 409), (path, found.text)
            if found.status_code == 409:
                assert f"{table}.parquet" in found.text, path
            assert not re.search(r"[>( +±−]nan\b", found.text), path
            assert "report" in path or "NaN" not in found.text, path
            assert "<img src=x" not in found.text, path
        assert one.get("/").status_code == 200


@pytest.mark.parametrize("lang", ["en", "ja"])
def test_every_name_of_a_run_is_in_the_catalogue(runs, client, monkeypatch, lang):
    """The name itself is shown only for what a newer gridroom wrote: never for our own."""
    from gridroom.reports.words import Words

    monkeypatch.setattr(Words, "named", lambda self, kind, name: self.table[f"{kind}_{name}"])
    for report in (runs / "first").glob("report.*html"):
        report.unlink()
    for page in ("", "/regions/ERCOT", "/more", "/claims", "/tables", "/report"):
        assert client.get(f"/runs/first{page}?lang={lang}").status_code == 200, page


@pytest.mark.parametrize(
    "change",
    [
        {"name": None},
        {"headline": 7},
        {"headline_parts": {}},
        {"headline_parts": [1]},
        {"study": {"run": {}}},
        {"sources": None},
        {"sources": [1]},
        {"wall_s": "long"},
    ],
)
def test_a_wrecked_manifest_is_told(runs, tmp_path, change):
    shutil.copytree(runs / "first", tmp_path / "first")
    path = tmp_path / "first/manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    settings = Settings(root=tmp_path, port=8765)
    with TestClient(make_app(settings), base_url="http://127.0.0.1:8765", raise_server_exceptions=False) as one:
        one.get(f"/?token={settings.token}")
        for page in ("", "/tiles", "/regions/DOM", "/more", "/claims", "/report"):
            found = one.get(f"/runs/first{page}?lang=en")
            assert found.status_code == 409
            assert f"{next(iter(change))}" in found.text
        for page in ("/", "/runs?lang=ja", "/compare?a=first&b=first"):
            assert one.get(page).status_code == 200


def test_links_lead_nowhere(runs, tmp_path):
    """Neither a linked report, table, manifest nor a file of a kept list is followed, to read or to write."""
    secret = tmp_path / "secret"
    secret.write_text("secret")
    root = tmp_path / "root"
    places = ("report.html", "report.ja.html", "manifest.json", "study.lock.toml", "tables", "tables/tipping.parquet")
    for k, place in enumerate(places):
        shutil.copytree(runs / "first", root / f"run{k}")
        path = root / f"run{k}" / place
        kept = tmp_path / f"kept{k}"
        if path.exists():
            path.rename(kept)
        path.symlink_to(kept if place != "report.ja.html" else tmp_path / "not there")
    kept_list = root / "queues/list"
    kept_list.mkdir(parents=True)
    for name in ("records.csv", "review.csv", "decisions.csv", "pairs.csv", "match.json", "forecast.json", "requests.csv"):
        (kept_list / name).symlink_to(secret)
    (kept_list / "forecast").symlink_to(tmp_path)
    settings = Settings(root=root, port=8765)
    with TestClient(make_app(settings), base_url="http://127.0.0.1:8765", raise_server_exceptions=False) as one:
        one.get(f"/?token={settings.token}")
        for k, place in enumerate(places):
            for page in ("", "/report?lang=ja", "/tables/tipping.csv"):
                found = one.get(f"/runs/run{k}{page}")
                assert found.status_code == 409, (place, page)
        assert not (tmp_path / "not there").exists()
        assert one.get("/").status_code == 200
        for page in ("", "/files/records.csv", "/files/forecast/odds.csv", "/requests?id=x"):
            found = one.get(f"/queues/list{page}")
            assert found.status_code in (200, 404), page
            assert "secret" not in found.text, page


@pytest.mark.parametrize("text", ["[" * 100_000, '{"schema_version": "1", "name": "\\ud800"}', "\ufeff{}", ""])
def test_one_bad_folder_leaves_the_others(runs, tmp_path, text):
    shutil.copytree(runs / "first", tmp_path / "good")
    (tmp_path / "bad").mkdir()
    (tmp_path / "bad/manifest.json").write_text(text)
    (tmp_path / "bad/study.lock.toml").write_text("")
    unnamed = bytes(tmp_path) + b"/unnamed\xff"
    shutil.copytree(bytes(tmp_path) + b"/good", unnamed)
    settings = Settings(root=tmp_path, port=8765)
    with TestClient(make_app(settings), base_url="http://127.0.0.1:8765", raise_server_exceptions=False) as one:
        one.get(f"/?token={settings.token}")
        for page in ("/", "/runs", "/compare", "/runs/good", "/runs/good/tiles"):
            assert one.get(page).status_code == 200, page
        assert one.get("/runs/bad").status_code == 409


@pytest.mark.parametrize("year", ["²", "٣", "-1", "1e3", "99999999999", "", "x" * 5000])
def test_a_year_that_is_none_is_the_usual_one(client, year):
    for page in ("/", "/runs/first", "/runs/first/tiles", "/runs/first/regions/DOM", "/compare?a=first&b=second"):
        assert client.get(page + ("&" if "?" in page else "?"), params=None).status_code == 200
        assert client.get(page.split("?")[0], params={"year": year, "a": "first", "b": "second"}).status_code == 200


def test_a_file_that_was_sent_is_never_code(client, tmp_path):
    """An upload may be called as a module is; the command must not import it."""
    mark = tmp_path / "ran"
    code = f"open({str(mark)!r}, 'w').write('x')".encode()
    for name in ("gridroom.py", "json.py", "numpy.py"):
        found = post(client, "/tools/us", data={"load_mw": "100"}, files={"series": (name, code)})
        text = ended(client, found.headers["location"])
        assert "SB 6" in text or "rules" in text.lower()
        assert not mark.exists()


LIST_WRECKS = {
    "no text": b"\xff\xfe\x00\x81",
    "other columns": b"one,two\n1,2\n",
    "short rows": b"id_a,id_b,probability,relation,decision,request_id\nA\n",
    "empty": b"",
    "a huge cell": b"id_a,id_b,decision,request_id,probability,relation\n" + b"x" * 300_000 + b",b,same,1,1,1\n",
    "deep": b"[" * 100_000,
    "other json": b'{"waterfall": 1, "records": "many"}',
    "a list": b"[1, 2]",
    "odd steps": b'{"waterfall": [{"year": 2030}], "total": [], "odds": [1]}',
}


@pytest.mark.parametrize("name", ["records.csv", "pairs.csv", "review.csv", "decisions.csv", "match.json", "forecast.json"])
@pytest.mark.parametrize("wreck", LIST_WRECKS)
def test_a_wrecked_list_is_told_and_the_rest_is_shown(client, queue, runs, name, wreck):
    kept = runs / "queues/wrecked"
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(runs / "queues/my-queue", kept)
    (kept / name).write_bytes(LIST_WRECKS[wreck])
    for lang in ("en", "ja"):
        found = client.get(f"/queues/wrecked?lang={lang}")
        assert found.status_code == 200
        assert client.get(f"/queues/wrecked/requests?id=L000000&lang={lang}").status_code in (200, 404)
    found = client.get("/queues/wrecked/requests?id=L000000&lang=en" if name == "pairs.csv" else "/queues/wrecked?lang=en")
    if wreck in ("no text", "other columns", "deep"):
        assert f"{name} " in found.text.split('role="alert"')[1]
    before = (kept / "decisions.csv").read_bytes() if (kept / "decisions.csv").exists() else b""
    decided = post(client, "/queues/wrecked/decide", data={"a": "L000000", "b": "L000001", "decision": "same"})
    assert decided.status_code in (303, 400, 409)
    if decided.status_code == 409:
        assert (kept / "decisions.csv").read_bytes() == before


def test_a_list_goes_only_when_its_reader_is_sure(client, queue, runs):
    kept = runs / "queues/to-go"
    shutil.copytree(runs / "queues/my-queue", kept)
    assert post(client, "/queues/to-go/remove").status_code == 400
    assert kept.is_dir()
    assert post(client, "/queues/to-go/remove", data={"sure": "1"}).status_code == 303
    assert not kept.exists()
    assert client.get("/queues/to-go").status_code == 404


def test_ids_with_signs_of_addresses_have_a_page(client, runs):
    table = b"request_id,state,requested_mw\na/../b#c?d,TX,100\n<b>/&,TX,50\n"
    found = post(client, "/queues", data={"name": "Signs"}, files={"requests_file": ("q.csv", table)})
    ended(client, found.headers["location"])
    text = client.get("/queues/signs").text
    links = re.findall(r'href="(/queues/signs/requests[^"]*)"', text)
    assert len(links) == 2
    for link in links:
        assert client.get(html.unescape(link)).status_code == 200


@pytest.mark.parametrize(
    ("file", "said"),
    [
        (("a.parquet", b"PAR1xxxx"), "is no whole Parquet file"),
        (("a.xlsx", b"one,two\n1,2\n"), "is no Excel file"),
        (("a.parquet", b"one,two\n1,2\n"), "is no Parquet file"),
        (("a.csv", b""), "is empty"),
    ],
)
def test_a_file_that_is_no_list_is_told(client, file, said):
    found = post(client, "/queues", data={"name": "odd"}, files={"requests_file": file})
    text = ended(client, found.headers["location"])
    assert said in text
    assert "Traceback" not in text


def test_forms_that_cannot_be_read_have_a_page(client):
    head = {"origin": "http://127.0.0.1:8765", "content-type": "multipart/form-data"}
    assert "This form cannot be read" in client.post("/queues?lang=en", content=b"x", headers=head).text
    two = [("requests_file", ("a.csv", b"a\n")), ("requests_file", ("b.csv", b"a\n"))]
    found = post(client, "/queues?lang=ja", files=two)
    assert (found.status_code, "このフォームは読み込めません" in found.text) == (400, True)
    assert post(client, "/tools/forecast?lang=en", data={"x": "1"}).status_code == 400
    for name in ("out", "x" * 400 + ".csv", "input.toml", "../../x", "."):
        sent = post(client, "/tools/campus", data={"settings": "x"}, files={"series": (name, b"1")})
        assert sent.status_code == 303, name


@pytest.mark.parametrize(
    ("samples", "status"), [("\uff19\uff10", 303), ("0", 400), ("1", 400), ("-3", 400), ("abc", 400), ("9" * 8, 400)]
)
def test_samples_of_a_run_are_whole_numbers_in_any_width(client, samples, status):
    found = post(client, "/runs", data={"name": "Wide", "samples": samples, "seed": "1", "quick": "1"})
    assert found.status_code == status
    if status == 303:
        post(client, found.headers["location"] + "/stop")
        ended(client, found.headers["location"])


@pytest.mark.parametrize(
    ("value", "en", "ja"),
    [
        (True, "yes", "はい"),
        ("synthetic_minor", "synthetic minor", "制限によってのみ小規模となる発生源"),
        ("derived", "derived", "導出"),
        (None, "", ""),
        (12345.6, "12,346", "12,346"),
        ("Titan 130", "Titan 130", "Titan 130"),
    ],
)
def test_codes_of_an_answer_are_words(value, en, ja):
    assert en in answers.value_of(value, words_of("en"))
    assert ja in answers.value_of(value, words_of("ja"))
    assert "_" not in answers.value_of(value, words_of("ja"))


def test_wide_digits_and_nests_in_fields():
    text = forms.form_text("heat")
    filled = tomllib.loads(forms.fill(text, {"set:it_mw": "１２．５", "set:load_factor": "[" * 5000}))
    assert filled["it_mw"] == 12.5
    assert filled["load_factor"] == "[" * 5000


def test_every_link_of_a_list_leads_somewhere(client, queue):
    for page in (queue, f"{queue}/requests?id=L000000", "/queues"):
        links = {html.unescape(a) for a in re.findall(r'href="(/[^"]*)"', client.get(page).text)}
        assert any("requests?id=" in a for a in links) or page == "/queues"
        for link in links:
            assert client.get(link).status_code == 200, (page, link)


def test_a_run_is_not_resumed_twice_at_once(client, runs):
    shutil.copytree(runs / "halfway", runs / "again")
    one, two = (post(client, "/runs/again/resume").headers["location"] for _ in range(2))
    assert one == two
    post(client, f"{one}/stop")
    ended(client, one)


def test_a_list_needs_a_name_that_can_be_a_folder(client, runs):
    found = post(client, "/queues", data={"name": "東京"}, files={"requests_file": ("a.csv", b"a\n")})
    assert found.status_code == 400
    assert not (runs / "queues/queue").exists()


def test_large_numbers_and_nests_are_readable():
    assert answers.number(37_987_877_191_680_000_805_306_368) == "3.799e+25"
    rows = [{"x": {"year_from": 2018, "editions": ["a", "b"], "none": None}, "y": [1.5, 2]}]
    assert answers.grids({"rows": rows})[0].rows == [["year from 2018, editions a, b", "1.5, 2"]]
