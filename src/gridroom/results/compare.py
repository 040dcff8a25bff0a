"""Two or more runs side by side: differences of room and risk with their uncertainty."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

from gridroom.core.errors import Problem, StudyError
from gridroom.results.folder import RunFolder

COLUMNS = ("lole_days", "lolh_h", "eue_mwh")


def _by_place(run: RunFolder) -> dict[tuple[str, int], SimpleNamespace]:
    return {(row.region, int(row.year)): row for row in run.rows("region_year")}


def compare(runs: list[RunFolder]) -> list[dict[str, Any]]:
    """Difference of every later run to the first, by region and year.

    Returns
    -------
    list of dict
        region, name, year, run, room_p50_mw of both and its difference, whether one of them is a lower bound, and for room
        and each risk figure the difference with the standard error of two independent runs (an upper bound when they share
        draws).

    Raises
    ------
    StudyError
        If fewer than two runs are given or they share no region and year.
    """
    if len(runs) < 2:
        raise StudyError(Problem("compare", f"needs at least two run folders; got {len(runs)}"))
    base = _by_place(runs[0])
    rows = []
    for run in runs[1:]:
        other = _by_place(run)
        both = [place for place in base if place in other]
        if not both:
            raise StudyError(Problem(str(run.path), f"shares no region and year with {runs[0].path}"))
        for place in both:
            a, b = base[place], other[place]
            row = {"region": place[0], "name": b.name, "year": place[1], "run": run.path.name,
                   "room_p50_base_mw": a.room_p50_mw, "room_p50_mw": b.room_p50_mw,
                   "room_p50_change_mw": b.room_p50_mw - a.room_p50_mw,
                   "room_change_stderr_mw": math.hypot(a.room_stderr_mw, b.room_stderr_mw),
                   "room_is_lower_bound": bool(a.room_is_lower_bound or b.room_is_lower_bound),
                   "probability_no_room_change": b.probability_no_room - a.probability_no_room}
            for column in COLUMNS:
                row[f"{column}_change"] = getattr(b, column) - getattr(a, column)
                row[f"{column}_change_stderr"] = math.hypot(getattr(a, f"{column}_stderr"), getattr(b, f"{column}_stderr"))
            rows.append(row)
    return rows
