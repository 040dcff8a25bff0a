"""What kind of relation two requests of one project have: only duplicates and alternatives take MW away."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.pipeline import text
from gridroom.pipeline.columns import field_of
from gridroom.pipeline.comparison import days, numbers

RELATIONS = ("duplicate", "alternative", "successor", "phase", "split", "expansion")
TAKES_MW_AWAY = ("duplicate", "alternative")
Floats = NDArray[np.float64]


class Sites:
    """Place, size, phase and dates of each request, as far as the table tells.

    Parameters
    ----------
    frame : DataFrame
        One row a request.
    """

    def __init__(self, frame: Any) -> None:
        columns: dict[str, str] = {}
        for column in frame.columns:
            name = field_of(column)
            if name is not None and frame[column].notna().any():
                columns.setdefault(name, column)
        n = len(frame)

        def words(name: str) -> list[str]:
            if name not in columns:
                return [""] * n
            return [" ".join(text.tokens(v)) if isinstance(v, str) else "" for v in frame[columns[name]]]

        def dates(name: str) -> Floats:
            if name not in columns:
                return np.full(n, np.nan)
            values = frame[columns[name]]
            plain = numbers(values)
            return plain * 365.25 if np.isfinite(plain).mean() > 0.2 else days(values)

        self.filings = "provider" in columns
        self.provider, self.state, self.county = words("provider"), words("state"), words("county")
        self.location = words("location")
        raw = frame[columns["project_name"]] if "project_name" in columns else [""] * n
        self.phase = [_phase(v) for v in raw]
        self.expansion = [bool(re.search(r"\bexpan", str(v), re.IGNORECASE)) for v in raw]
        size = "requested_mw" if "requested_mw" in columns else "area_m2"
        self.size = numbers(frame[columns[size]]) if size in columns else np.full(n, np.nan)
        self.filed = dates("filed_on")
        status = words("status")
        self.withdrawn = [s.startswith("withdr") for s in status]
        self.relation = words("relation")
        self.related = ["" if v != v else str(v) for v in frame[columns["related_to"]]] if "related_to" in columns else [""] * n

    def site(self, i: int) -> tuple[str, ...]:
        """What tells two sites of one project apart: utility and state of a filing; otherwise nothing but the place."""
        return (self.provider[i], self.state[i]) if self.filings else (self.state[i], self.county[i])

    def same_site(self, i: int, j: int) -> bool:
        """Whether two requests of one project stand at one site, as far as can be told."""
        return all(a == b or not a or not b for a, b in zip(self.site(i), self.site(j), strict=True))


def _phase(name: object) -> str:
    """Phase of a name: the number after `phase`, or a Roman numeral or number at its end."""
    if not isinstance(name, str):
        return ""
    found = re.search(r"\b(?:phase|stage|ph)\s*\.?\s*([0-9]+|[ivx]+)\b", name, re.IGNORECASE)
    if found:
        return found.group(1).lower()
    words = text.tokens(name)
    return words[-1] if len(words) > 1 and (words[-1] in text.ROMAN or (words[-1].isdigit() and len(words[-1]) <= 2)) else ""


def relation_of(sites: Sites, ids: Sequence[str], i: int, j: int, others: Sequence[int]) -> str:
    """Relation of two requests of one project.

    Parameters
    ----------
    sites : Sites
    ids : sequence of str
    i, j : int
        Rows.
    others : sequence of int
        Further rows of the same project: their sizes tell a split from a filing made twice.
    """
    for a, b in ((i, j), (j, i)):
        if sites.related[a] == ids[b] and sites.relation[a] in RELATIONS:
            return sites.relation[a]
    if not sites.same_site(i, j):
        return "alternative"
    if sites.withdrawn[i] != sites.withdrawn[j]:
        return "successor"
    if sites.expansion[i] != sites.expansion[j]:
        return "expansion"
    if _parts(sites, i, j, others):
        return "split"
    if sites.phase[i] != sites.phase[j]:
        return "phase"
    return "duplicate"


def _parts(sites: Sites, i: int, j: int, others: Sequence[int]) -> bool:
    """Whether the two sum to what the project asks for at its other sites."""
    if not sites.filings:
        return False
    elsewhere = np.array([sites.size[k] for k in others if not sites.same_site(i, k)])
    elsewhere = elsewhere[np.isfinite(elsewhere) & (elsewhere > 0)]
    if not len(elsewhere) or not sites.size[i] > 0 or not sites.size[j] > 0:
        return False
    usual = float(np.median(elsewhere))
    both, larger = sites.size[i] + sites.size[j], max(sites.size[i], sites.size[j])
    return bool(abs(np.log(both / usual)) < abs(np.log(larger / usual)))


def counted_once_mw(sites: Sites, rows: Sequence[int], ids: Sequence[str]) -> float:
    """MW of one project when duplicates count once, parts of a site add up, and one site is built: the largest [MW]."""
    by_site: list[list[int]] = []
    for i in rows:
        for group in by_site:
            if sites.same_site(i, group[0]) and sites.same_site(group[0], i):
                group.append(i)
                break
        else:
            by_site.append([i])
    best = 0.0
    for group in by_site:
        others = [k for k in rows if k not in group]
        total = 0.0
        taken: list[int] = []
        for i in sorted(group, key=lambda k: -np.nan_to_num(sites.size[k])):
            if any(relation_of(sites, ids, i, k, others) in ("duplicate", "successor") for k in taken):
                continue
            taken.append(i)
            total += float(np.nan_to_num(sites.size[i]))
        best = max(best, total)
    return best

