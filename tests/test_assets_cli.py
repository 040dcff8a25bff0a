"""The commands on assets, heat and disclosure as a user types them: keys of the contract, one document, files, bad input."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).resolve().parents[1]


def gridroom(*args, code=0, cwd=ROOT):
    done = subprocess.run([sys.executable, "-m", "gridroom", *map(str, args)], capture_output=True, text=True, check=False, cwd=cwd)
    assert done.returncode == code, (done.returncode, done.stderr)
    assert "Traceback" not in done.stderr
    return done


def answer(*args, code=0):
    return json.loads(gridroom(*args, "--json", code=code).stdout)


def test_energy_has_the_keys_of_the_contract():
    found = answer("assets", "energy", "bitcoin", "--date", "2021-05-13")
    assert {"schema_version", "command", "lower_mw", "best_mw", "upper_mw", "twh_per_year", "method"} <= set(found)
    assert set(found["twh_per_year"]) == {"lower", "best", "upper"}
    point = answer("assets", "energy", "bitcoin", "--hashrate-eh", 900, "--price-usd", 80000)
    assert point["best_mw"] > 5000
    assert answer("assets", "energy", "poa", "--nodes", 21, "--node-w", 100, "--pue", 1.5)["kwh_per_year"] == pytest.approx(27_594)
    assert "uncertain" in gridroom("assets", "energy", "solana").stdout


def test_switch():
    found = answer("assets", "switch", "ethereum")
    assert found["reduction_pct"] == pytest.approx(99.9879, abs=1e-4)
    assert found["co2_reduction_pct"] == pytest.approx(99.992, abs=1e-3)
    assert "ERCOT" in gridroom("assets", "switch", "bitcoin", "--to", "authority", "--hardware", "mini_pc").stdout


def test_miner_by_the_hour(tmp_path):
    found = answer("assets", "miner", "examples/assets/texas_mine.toml", "--out", tmp_path / "m.csv")
    assert {"break_even_usd_per_mwh", "curtail_hours", "revenue_usd", "pivot_to_ai"} <= set(found)
    hours = pd.read_csv(tmp_path / "m.csv")["mw"]
    assert len(hours) == 8760
    assert (hours == 0).sum() == found["curtail_hours"]
    assert sum(found["ledgers_usd"].values()) == pytest.approx(found["revenue_usd"]["total"])
    assert "pivot_to_ai" in answer("assets", "miner", "examples/assets/france_surplus.toml")


def test_room_beside_a_mine():
    found = answer("assets", "miner", "examples/assets/texas_mine.toml", "--system", "rts79", "--region", "1")["room_mw"]
    given_way, firm = found["beside_mine_that_gives_way"]["value"], found["beside_firm_mine"]["value"]
    assert given_way == pytest.approx(firm + 100, abs=5)  # 400 hours are more than this system is short


def test_heat(tmp_path):
    found = answer("heat", "reuse", "examples/heat/espoo.toml", "--out", tmp_path / "h.parquet")
    assert {"recoverable_mw", "delivered_mwh", "heat_pump_mwh", "erf", "co2_avoided_t", "households"} <= set(found)
    assert pd.read_parquet(tmp_path / "h.parquet")["delivered_mw"].sum() == pytest.approx(found["delivered_mwh"])


def test_disclosures(tmp_path):
    found = answer("disclose", "mica", "examples/disclosure/mica_bitcoin.toml", "--out", tmp_path / "m")
    assert found["missing"] == []
    assert found["validation"]["status"] == "not validated"
    assert all(Path(f).is_file() for f in found["files"])
    assert all(r["kept"] for r in answer("disclose", "check", tmp_path / "m/mica.xhtml")["own_rules"])
    found = answer("disclose", "eed", "examples/disclosure/data_centre.toml", "--out", tmp_path / "e")
    assert (found["pue"], found["erf"]) == (1.25, 0.15)
    us = {f["rule"]: f for f in answer("disclose", "us", "--mw", 75.1, "--mining", "--interruptible")["findings"]}
    assert us["tx_sb1929_registration"]["applies"] is True


def test_missing_fields_exit_3_with_article_and_write_nothing(tmp_path):
    text = (
        (ROOT / "examples/disclosure/mica_bitcoin.toml").read_text().replace("S5 =", "S29 =").replace("S11 =", "S31 = { m3 = 5 } #")
    )
    (tmp_path / "m.toml").write_text(text)
    done = gridroom("disclose", "mica", tmp_path / "m.toml", "--out", tmp_path / "out", "--json", code=3)
    document = json.loads(done.stdout)
    assert {m["code"] for m in document["missing"]} == {"S.5", "S.11", "S.36"}
    assert all("2025/422 Art. 4" in m["article"] for m in document["missing"])
    assert "S.5 Incentive mechanisms" in done.stderr
    assert not (tmp_path / "out").exists()
    (tmp_path / "e.toml").write_text((ROOT / "examples/disclosure/data_centre.toml").read_text().replace("C_SERV = 41000\n", ""))
    done = gridroom("disclose", "eed", tmp_path / "e.toml", "--out", tmp_path / "out", "--json", code=3)
    assert [m["key"] for m in json.loads(done.stdout)["missing"]] == ["C_SERV"]
    assert not (tmp_path / "out").exists()


def test_several_data_centres(tmp_path):
    text = (ROOT / "examples/disclosure/data_centre.toml").read_text()
    for k in range(3):
        (tmp_path / f"c{k}.toml").write_text(text)
    paths = [tmp_path / f"c{k}.toml" for k in range(3)]
    found = answer("disclose", "eed", *paths, "--out", tmp_path / "out")
    assert found["aggregates"][0]["count"] == 3
    assert found["aggregates"][0]["means"]["pue"] == pytest.approx(1.25)
    assert (tmp_path / "out/aggregates.json").is_file()
    gridroom("disclose", "eed", paths[0], paths[0], "--out", tmp_path / "out2", code=2)
    (tmp_path / "bad.toml").write_text(text.replace("E_IT_kwh = 8000000", "E_IT_kwh = 90000000"))
    (tmp_path / "bad2.toml").write_text(text.replace('type = "colocation"', 'type = "cloud"'))
    done = gridroom("disclose", "eed", tmp_path / "bad.toml", tmp_path / "bad2.toml", "--out", tmp_path / "out3", code=3)
    assert "bad.toml: E_IT_kwh" in done.stderr
    assert "bad2.toml: type" in done.stderr
    assert not (tmp_path / "out3").exists()


MINE = "mw = 10\nefficiency_j_per_th = 20\nhashprice_usd_per_ph_day = 40\nprice_usd_per_mwh = 50\n"
HEAT = "it_mw = 10\nreturn_temperature_c = 45\nsupply_temperature_c = 80\ndemand_mwh_per_year = 1000\n"
MICA = (
    '[entity]\nname = "N"\nlei = "529900T8BM49AURSDO55"\n[asset]\nname = "A"\nconsensus = "c"\n'
    "[period]\nstart = 2025-01-01\nend = 2025-12-31\n"
    '[fields]\nS5 = "f"\nS8 = { kwh = 5 }\nS9 = "s"\n'
)
ENERGY = ("assets", "energy")
# command, file text or None, exit code, words that the message must hold: place, value, rule or next step
BAD = [
    ((*ENERGY, "bitconi"), None, 3, "did you mean 'bitcoin'"),
    ((*ENERGY, "bitcoin", "--date", "next week"), None, 3, "2021, 2021-05"),
    ((*ENERGY, "bitcoin", "--date", "2009-06-01"), None, 3, "--hashrate-eh and --price-usd"),
    ((*ENERGY, "bitcoin", "--date", "2021-05-13..2020-01-01"), None, 3, "must not end before it begins"),
    ((*ENERGY, "bitcoin", "--hashrate-eh", "-5", "--price-usd", "0"), None, 3, "2 problems"),
    ((*ENERGY, "bitcoin", "--hashrate-eh", "900"), None, 3, "--price-usd is missing"),
    ((*ENERGY, "bitcoin", "--hashrate-eh", "many"), None, 2, "--hashrate-eh"),
    ((*ENERGY, "bitcoin", "--tariff-usd-per-kwh", "0"), None, 3, "must be greater than 0"),
    ((*ENERGY, "bitcoin", "--date", "2024-01-01", "--hashrate-eh", "9e5"), None, 3, "no machine of the list earns its power"),
    ((*ENERGY, "bitcoin", "--machines", "nowhere.csv"), None, 3, "names no file"),
    ((*ENERGY, "bitcoin", "--nodes", "5"), None, 3, "does not apply to proof of work"),
    ((*ENERGY, "ethereum", "--date", "2022"), None, 3, "gridroom assets switch ethereum"),
    ((*ENERGY, "solana", "--date", "2015"), None, 3, "the year that this network's figures are of"),
    ((*ENERGY, "pos", "--full-nodes", "5"), None, 3, "does not apply to proof of stake"),
    ((*ENERGY, "poa", "--hardware", "mainframe"), None, 3, "single_board, mini_pc, cloud_share, server"),
    ((*ENERGY, "poa", "--pue", "0.5"), None, 3, "must be at least 1"),
    ((*ENERGY, "bitcoin", "--deployment-months", "99"), None, 3, "from 0 to 24"),
    (("assets", "switch", "solana"), None, 3, "does not run on proof of work"),
    (("assets", "switch", "bitcoin", "--to", "magic"), None, 3, "stake or authority"),
    (("assets", "miner"), "", 3, "mw is missing"),
    (("assets", "miner"), MINE + "mw = 3\n", 3, "is not TOML"),
    (("assets", "miner"), MINE.replace("mw = 10", "mw = inf"), 3, "mw must be"),
    (("assets", "miner"), MINE + "hashpric = 5\n", 3, "did you mean 'hashprice_usd_per_ph_day'"),
    (("assets", "miner"), MINE.replace("price_usd_per_mwh = 50", 'price = "p.csv"'), 3, "p.csv"),
    (("assets", "miner"), MINE + '[four_cp]\nusd_per_kw_year = 60\nhours_off = 3\nload = "l.csv"\n', 3, "l.csv"),
    (("assets", "miner", "--system", "rts79"), MINE, 2, "--system and --region go together"),
    (("assets", "miner", "--out", "x.txt"), MINE, 2, ".parquet or .csv"),
    (("assets", "miner", "--set", "mw"), MINE, 3, "must read name.name=value"),
    (("heat", "reuse"), "", 3, "it_mw is missing"),
    (("heat", "reuse"), HEAT.replace("80", "40"), 3, "supply_temperature_c must lie above return_temperature_c"),
    (("heat", "reuse"), HEAT + 'cooling = "ice"\n', 3, "cooling must be"),
    (("heat", "reuse"), HEAT + 'it_load = "no.csv"\n', 3, "it_load"),
    (("heat", "reuse"), HEAT + "source_temperature_c = 78\nsource_return_c = 79\n", 3, "must lie above source_return_c"),
    (("disclose", "mica"), MICA.replace("529900T8BM49AURSDO55", "529900T8BM49AURSDO56"), 3, "wrong check digits"),
    (("disclose", "mica"), MICA.replace("S8 = { kwh = 5 }", "S8 = { kg = 5 }"), 3, "units: wh, kwh"),
    (("disclose", "mica"), MICA + "S14 = { kg_co2e = 1, t_co2e = 1 }\n", 3, "label and tag must agree"),
    (("disclose", "mica"), MICA + 'S77 = "x"\n', 3, "fields.S77 is not a field"),
    (("disclose", "mica", "--taxonomy", "none.zip"), MICA, 3, "mica_taxonomy_2025.zip"),
    (("disclose", "mica"), MICA.replace("2025-12-31", "2027-12-31"), 3, "at most a year"),
    (("disclose", "eed"), "E_DC_kwh = -1\n", 3, "E_DC_kwh must be at least 0"),
    (("disclose", "eed"), "E_DX_kwh = 1\n", 3, "did you mean"),
    (("disclose", "check", "nothing.xhtml"), None, 3, "does not exist"),
    (("disclose", "us", "--state", "CA"), None, 2, "TX, OH or VA"),
    (("disclose", "us", "--date", "soon"), None, 2, "YYYY-MM-DD"),
    (("disclose", "us", "--load-factor", "75"), None, 2, "from 0 to 1"),
]


@pytest.mark.parametrize(("command", "text", "code", "words"), BAD, ids=[f"{k}-{b[0][1]}" for k, b in enumerate(BAD)])
def test_bad_input_gets_one_clear_message(tmp_path, command, text, code, words):
    args = list(command)
    if text is not None:
        (tmp_path / "in.toml").write_text(text)
        args.insert(2, "in.toml")
        if command[0] == "disclose" and command[1] in ("mica", "eed"):
            args += ["--out", "out"]
    done = gridroom(*args, code=code, cwd=tmp_path)
    assert words in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "out").exists()


def test_out_that_cannot_be_a_folder(tmp_path):
    (tmp_path / "in.toml").write_text(MICA)
    (tmp_path / "file").write_text("kept")
    for out in ("file", "file/sub"):
        gridroom("disclose", "mica", "in.toml", "--out", out, code=2, cwd=tmp_path)
    (tmp_path / "out/mica.xhtml").mkdir(parents=True)
    gridroom("disclose", "mica", "in.toml", "--out", "out", code=2, cwd=tmp_path)
    assert (tmp_path / "file").read_text() == "kept"
    assert list((tmp_path / "out").iterdir()) == [tmp_path / "out/mica.xhtml"]


def test_a_year_of_prices_with_one_bad_hour_names_it(tmp_path):
    price = np.full(8760, "50", dtype=object)
    price[1234] = "x"
    (tmp_path / "p.csv").write_text("value\n" + "\n".join(price) + "\n")
    (tmp_path / "m.toml").write_text(MINE.replace("price_usd_per_mwh = 50", 'price = "p.csv"'))
    done = gridroom("assets", "miner", tmp_path / "m.toml", code=3)
    assert "1236" in done.stderr or "1,236" in done.stderr
