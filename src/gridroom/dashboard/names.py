"""Names of settings and figures as a person reads them, with their unit: English from the key itself, Japanese from a catalogue."""

from __future__ import annotations

from functools import cache

from gridroom.reference import catalog
from gridroom.reports.words import Words, text_tables

UNITS = (
    ("_usd_per_mw_year", "USD/MW-year"),
    ("_gb_per_s", "GB/s"),
    ("_pb", "PB"),
    ("_eb", "EB"),
    ("_usd_per_ph_day", "USD/PH/day"),
    ("_usd_per_mwh", "USD/MWh"),
    ("_usd_per_kwh", "USD/kWh"),
    ("_usd_per_mw", "USD/MW"),
    ("_usd_per_year", "USD/year"),
    ("_mwh_per_year", "MWh/year"),
    ("_gw_per_year", "GW/year"),
    ("_pct_per_year", "%/year"),
    ("_kg_per_mwh", "kg/MWh"),
    ("_g_per_kwh", "g/kWh"),
    ("_btu_per_kwh", "Btu/kWh"),
    ("_j_per_th", "J/TH"),
    ("_t_per_year", "t/year"),
    ("twh_per_year", "TWh/year"),
    ("wh_per_request", "Wh"),
    ("kwh_per_year", "kWh/year"),
    ("_mwh", "MWh"),
    ("_gwh", "GWh"),
    ("_mw", "MW"),
    ("_gw", "GW"),
    ("_kwh", "kWh"),
    ("_kw", "kW"),
    ("_twh", "TWh"),
    ("_eh", "EH/s"),
    ("_ph", "PH/s"),
    ("_usd", "USD"),
    ("_pct", "%"),
    ("_tpy", "short tons/year"),
    ("_months", "months"),
    ("_years", "years"),
    ("_hours", "h"),
    ("_m3", "m3"),
    ("_m2", "m2"),
    ("_t", "t"),
    ("_h", "h"),
    ("_s", "s"),
    ("_c", "°C"),
)
WHOLE = {"mw": "MW", "kwh": "kWh", "hours": "h", "months": "months"}
KEPT = ("_months", "_years", "_hours", "twh_per_year", "wh_per_request", "kwh_per_year")  # say more than a unit


def _catalogue() -> dict[str, dict[str, str]]:
    return text_tables("gridroom.dashboard", "messages/keys_ja.toml")


@cache
def _report_fields() -> dict[str, str]:
    """Symbols of the EU data-centre report and codes of MiCA's indicators, with what they mean."""
    rows = (r for r in catalog.rows("eed_fields") if r["symbol"])
    codes = {r["code"]: f"{r['code'][0]}.{r['code'][1:]} {r['name']}" for r in catalog.rows("mica_fields")}
    return codes | {r["key"]: f"{r['name']} ({r['symbol']})" for r in rows}


def unit_of(key: str) -> str:
    """Unit by the ending of a key; empty where it has none."""
    return WHOLE.get(key) or next((u for ending, u in UNITS if key.endswith(ending)), "")


def _bare(key: str) -> str:
    """A key without the unit that stands beside it."""
    ending = next((e for e, _ in UNITS if key.endswith(e)), "")
    return key if ending in KEPT or key == ending.lstrip("_") else key.removesuffix(ending) or key


def _one(key: str, words: Words) -> str:
    if words.language != "ja":
        return _report_fields().get(key) or _bare(key).replace("_", " ")
    names = _catalogue()
    if key in names["full"]:
        return names["full"][key]
    parts = [names["word"].get(p, p) for p in _bare(key).split("_")]
    return "".join(f" {p} " if p.isascii() and p else p for p in parts).replace("  ", " ").strip() or key


def name_of(path: str, words: Words) -> str:
    """Name of a figure or column; its path has blanks between keys."""
    sep = "・" if words.language == "ja" else ": "
    return sep.join(_one(part, words) for part in path.split(" ") if part)


def field_label(key: str, words: Words) -> str:
    """Label of a setting with its unit."""
    unit = unit_of(key)
    return (
        f"{_one(key, words)}, {unit}" if unit and key not in WHOLE else f"{_one(key, words)} ({unit})" if unit else _one(key, words)
    )


__all__ = ["field_label", "name_of", "unit_of"]
