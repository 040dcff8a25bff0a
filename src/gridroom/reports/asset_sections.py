"""Sections of the report on digital assets, heat and disclosure."""

from __future__ import annotations

import math
from typing import Any

from gridroom.reports.sections import percent
from gridroom.reports.words import Words
from gridroom.results.folder import RunFolder

TABLES = ("asset_networks", "asset_switches", "asset_regions", "asset_worked", "disclosure_status")


def _number(value: Any, digits: int | None = None) -> str:
    """A figure, blank where it is not known; three significant digits below 100 where none are asked for."""
    number = float(value)
    if not math.isfinite(number):
        return ""
    if digits is None:
        text = f"{number:,.0f}" if abs(number) >= 100 else f"{number:.3g}"
        text = f"{float(text):.6f}".rstrip("0") if "e" in text else text
    else:
        text = f"{number:,.{digits}f}"
    return text.replace("-", "−")


def network_rows(folder: RunFolder, words: Words) -> list[dict[str, Any]]:
    """Networks: power with its range, energy of a year, what others publish."""
    return [
        {
            "name": r.network,
            "consensus": words.named("consensus", r.consensus),
            "when": r.first if r.first == r.last else f"{r.first} – {r.last}",
            "mw": _number(r.best_mw),
            "range": f"{_number(r.lower_mw)} – {_number(r.upper_mw)}",
            "twh": _number(r.twh_per_year),
            "published": _number(r.published_twh),
            "claim": r.claim,
            "claim_words": words.named("claim", r.claim),
        }
        for r in folder.rows("asset_networks")
    ]


def switch_rows(folder: RunFolder, words: Words) -> list[dict[str, Any]]:
    """What leaving proof of work frees."""
    return [
        {
            "name": words(
                "switch_did" if r.happened else "switch_would", network=r.network, to=words.named("consensus_proof_of", r.to)
            ),
            "before": f"{_number(r.before_mw)} ({_number(r.before_low_mw)} – {_number(r.before_high_mw)})",
            "after": _number(r.after_mw),
            "freed": _number(r.freed_mw),
            "pct": f"{_number(r.reduction_pct, 5)} %",
            "claim": r.claim,
            "claim_words": words.named("claim", r.claim),
        }
        for r in folder.rows("asset_switches")
    ]


def region_rows(folder: RunFolder, words: Words, years: list[int]) -> list[dict[str, Any]]:
    """Room that mining holds, in the years shown."""
    table = folder.rows("asset_regions")
    last = max((r.year for r in table), default=0)

    def ends(value: Any) -> str:
        return str(int(value)) if math.isfinite(float(value)) else words("never", last=last)

    return [
        {
            "name": words.text("place", r.name),
            "year": r.year,
            "mining": _number(r.mining_mw),
            "room": _number(r.room_p50_mw),
            "freed": f"{_number(r.freed_least_mw)} – {_number(r.freed_most_mw)}"
            if math.isfinite(r.freed_least_mw)
            else f"≤ {_number(r.freed_most_mw)}".removesuffix("≤ "),
            "chance": f"{percent(r.probability_no_room)} → {percent(r.probability_no_room_without)}",
            "ends": f"{ends(r.first_year)} → {ends(r.first_year_without)}",
            "claim": r.claim,
            "claim_words": words.named("claim", r.claim),
        }
        for r in table
        if r.year in years
    ]


def worked_rows(folder: RunFolder, words: Words) -> list[dict[str, Any]]:
    """The worked mine and the heat case."""
    return [
        {
            "case": words.named("worked", r.case),
            "name": words.named("worked", r.figure),
            "value": _number(r.value, 0 if abs(r.value) >= 1000 else 2),
            "published": _number(r.published, 0 if abs(r.published) >= 1000 else 2),
        }
        for r in folder.rows("asset_worked")
    ]


def _threshold(value: float, unit: str) -> str:
    """A rule's number: shares as percentages."""
    if not math.isfinite(value):
        return ""
    return f"{100 * value:g} %" if unit == "1" else f"{_number(value, 0)} {unit}"


def mining_sources(folder: RunFolder, words: Words) -> list[dict[str, str]]:
    """Where each region's mining load is from."""
    sources: dict[str, dict[str, str]] = {}
    for r in folder.rows("asset_regions"):
        sources.setdefault(r.region, {"name": words.text("place", r.name), "source": r.source})
    return list(sources.values())


def rule_rows(folder: RunFolder, words: Words) -> list[dict[str, Any]]:
    """Rules with dates: what they ask of a large interruptible mine."""
    return [
        {
            "name": words.named("rule", r.rule),
            "applies": words.named("applies", r.applies),
            "threshold": _threshold(r.threshold, r.unit),
            "status": words.named("status", r.status.replace(" ", "_")),
            "since": r.valid_from,
            "source": f"{r.citation}: {r.note}" if r.note else r.citation,
        }
        for r in folder.rows("disclosure_status")
    ]


def context(folder: RunFolder, words: Words, years: list[int]) -> dict[str, Any]:
    """All of it for the template; older runs lack the tables."""
    if not all((folder.path / f"tables/{name}.parquet").is_file() for name in TABLES):
        return {
            "has_assets": False,
            "networks": [],
            "switches": [],
            "mining": [],
            "mining_sources": [],
            "worked": [],
            "rules": [],
            "rules_day": "",
        }
    return {
        "has_assets": True,
        "networks": network_rows(folder, words),
        "switches": switch_rows(folder, words),
        "mining": region_rows(folder, words, years),
        "mining_sources": mining_sources(folder, words),
        "worked": worked_rows(folder, words),
        "rules": rule_rows(folder, words),
        "rules_day": next((r.as_of for r in folder.rows("disclosure_status")), ""),
    }


__all__ = ["context"]
