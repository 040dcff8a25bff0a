"""The EU data-centre report as a page to read and print."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Any

from gridroom.assets.mica_text import STYLE

INDICATORS = {
    "pue": "PUE = E_DC / E_IT",
    "wue_m3_per_mwh": "WUE = W_IN / E_IT, m3/MWh",
    "erf": "ERF = E_REUSE / E_DC",
    "ref": "REF = E_RES-TOT / E_DC",
}


def _rows(rows: Sequence[tuple[str, ...]], head: tuple[str, ...]) -> str:
    top = "".join(f'<th scope="col">{escape(h)}</th>' for h in head)
    body = "".join("<tr>" + "".join(f"<td>{escape(c)}</td>" for c in row) + "</tr>" for row in rows)
    return f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"


def _text(value: Any) -> str:
    return f"{value:,.10g}" if isinstance(value, float) else str(value)


def page(document: dict[str, Any]) -> str:
    """HTML page of the report's JSON document."""
    fields = document["fields"]
    name = next((f["value"] for f in fields if f["key"] == "name"), "data centre")
    parts = []
    for annex in ("Annex I", "Annex II"):
        rows = [(f["symbol"] or "", f["name"], _text(f["value"]), f["unit"] or "") for f in fields if f["annex"] == annex]
        parts.append(f"<h2>{annex}</h2>" + _rows(rows, ("Symbol", "Field", "Value", "Unit")))
    indicators = [(INDICATORS[k], "not known" if document[k] is None else f"{document[k]:.4f}") for k in INDICATORS]
    parts.append("<h2>Annex III: sustainability indicators</h2>" + _rows(indicators, ("Indicator", "Value")))
    if document["national"]:
        national = [
            (
                f["rule"],
                f["rules"],
                f["result"],
                "" if f["value"] is None else f"{f['value']:.4g}",
                "" if f["limit"] is None else f"{f['limit']:.4g}",
                f["due"],
                f"{f['citation']} ({f['status']}) {f['note']}",
            )
            for f in document["national"]
        ]
        parts.append("<h2>National rules</h2>" + _rows(national, ("Duty", "Rules", "Result", "Value", "Limit", "Due", "Source")))
    notes = "".join(f"<p>{escape(w)}</p>" for w in document["warnings"])
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><title>{escape(str(name))}: data-centre '
        f"report {document['reporting_year']}</title>"
        f"<style>{STYLE}</style></head><body><h1>{escape(str(name))}</h1><p>Figures of {document['reporting_year']}, "
        f"due {document['deadline']}. "
        "Delegated Regulation (EU) 2024/1364. Individual values are confidential (Art. 5(5)).</p>"
        + notes
        + "".join(parts)
        + "</body></html>\n"
    )


__all__ = ["page"]
