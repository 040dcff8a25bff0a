"""Public claims, checked: the verdict that our figures allow, and the figures with error, class, source and command."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from gridroom.reports.words import Words
from gridroom.results.folder import RunFolder

CAPACITIES = re.compile(r"\w+=\d+(\.\d+)?(;\w+=\d+(\.\d+)?)*")
YEARS = ("first_region_year", "dominion_ends")


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One figure, ready to read."""

    name: str
    value: str
    note: str
    claim: str
    command: str
    source: str


def _known(value: Any) -> bool:
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def _digits(value: float) -> str:
    text = f"{float(f'{value:.3g}'):,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return text.replace("-", "−")


def _value(row: dict[str, Any], words: Words) -> str:
    """Figure with its range or error, and its unit; blank where it is not known."""
    if not _known(row["value"]):
        return words("beyond") if row["figure"] in YEARS else ""
    plain = (lambda v: f"{v:.0f}") if row["figure"] in YEARS else _digits
    text = plain(float(row["value"]))
    if _known(row["stderr"]):
        text = f"{float(row['value']):.3g} ± {float(row['stderr']):.2g}"
    elif (_known(row["low"]) or _known(row["high"])) and not row["low"] == row["high"] == row["value"]:
        ends = [
            plain(float(row[e])) if _known(row[e]) else words("beyond") if row["figure"] in YEARS else "" for e in ("low", "high")
        ]
        text += f" ({ends[0]}–{ends[1]})"
    key = f"unit_{row['unit']}"
    unit = words(key) if key in words.table else row["unit"]
    return f"{text} {unit}".strip()


def _note(text: str, words: Words) -> str:
    """A note: capacities by technology in GW, a rule's status, or names as they are."""
    if CAPACITIES.fullmatch(text):
        parts = (part.split("=") for part in text.split(";"))
        return ", ".join(f"{words.named('tech', name)} {float(mw) / 1000:.1f} GW" for name, mw in parts)
    status = f"status_{text.replace(' ', '_')}"
    return words(status) if status in words.table else text


def public_claims(folder: RunFolder, words: Words) -> list[dict[str, Any]]:
    """Public claims with verdict and figures; empty for runs that are older."""
    if not (folder.path / "tables/public_claims.parquet").is_file():
        return []
    rows = [vars(row) for row in folder.rows("public_claims")]
    out: dict[str, dict[str, Any]] = {}
    for row in rows:
        key = row["public_claim"]
        verdict = row["verdict"]
        one = out.setdefault(
            key,
            {
                "key": key,
                "title": words.named("public", key),
                "verdict": verdict,
                "verdict_words": words.named("verdict", verdict),
                "why": words.table.get(f"why_{key}", ""),
                "figures": [],
            },
        )
        if row["figure"]:
            one["figures"].append(
                Shown(
                    name=words.named("pc", row["figure"]),
                    value=_value(row, words),
                    note=_note(row["note"], words),
                    claim=row["claim"],
                    command=row["command"],
                    source=words("source_run") if row["source"] == "this run" else row["source"],
                )
            )
    return list(out.values())


__all__ = ["Shown", "public_claims"]
