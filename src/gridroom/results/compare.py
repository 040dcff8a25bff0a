"""Two or more runs side by side: differences of room and risk with their uncertainty."""

from __future__ import annotations

from typing import Any

from gridroom.core.errors import Problem, StudyError
from gridroom.results.folder import RunFolder

COLUMNS = ("lole_days", "lolh_h", "eue_mwh")


def compare(runs: list[RunFolder]) -> Any:
    """Difference of every later run to the first, by region and year.

    Returns
    -------
    DataFrame
        run, region, year, room_p50_mw and its difference, and for each risk figure the difference with the standard
        error of two independent runs (an upper bound when they share draws).

    Raises
    ------
    StudyError
        If fewer than two runs are given or they share no region and year.
    """
    import numpy as np
    import pandas as pd

    if len(runs) < 2:
        raise StudyError(Problem("compare", f"needs at least two run folders; got {len(runs)}"))
    base = runs[0].table("region_year").set_index(["region", "year"])
    parts = []
    for run in runs[1:]:
        other = run.table("region_year").set_index(["region", "year"])
        both = base.index.intersection(other.index)
        if len(both) == 0:
            raise StudyError(Problem(str(run.path), f"shares no region and year with {runs[0].path}"))
        a, b = base.loc[both], other.loc[both]
        frame = pd.DataFrame({"run": run.path.name, "room_p50_mw": b["room_p50_mw"],
                              "room_p50_change_mw": b["room_p50_mw"] - a["room_p50_mw"],
                              "probability_no_room_change": b["probability_no_room"] - a["probability_no_room"]})
        for column in COLUMNS:
            frame[f"{column}_change"] = b[column] - a[column]
            frame[f"{column}_change_stderr"] = np.hypot(a[f"{column}_stderr"], b[f"{column}_stderr"])
        parts.append(frame.reset_index())
    return pd.concat(parts, ignore_index=True)
