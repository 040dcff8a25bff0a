"""Titles and style of the disclosure page."""

from __future__ import annotations

TABLE_TITLES = {2: "Mandatory information (Table 2)", 3: "Supplementary information (Table 3)", 4: "Optional information (Table 4)"}
STYLE = (
    "body{font-family:sans-serif;max-width:60em;margin:2em auto;padding:0 1em;line-height:1.45}"
    "table{border-collapse:collapse;width:100%}th,td{border:1px solid #888;padding:.4em "
    ".6em;text-align:left;vertical-align:top;overflow-wrap:anywhere}"
    "thead th{background:#eee}@media print{body{margin:0;max-width:none}tr{break-inside:avoid}}"
)

__all__ = ["STYLE", "TABLE_TITLES"]
