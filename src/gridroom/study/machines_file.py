"""A user's list of mining machines, in place of the shipped one."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from gridroom.assets.hardware_mix import Machines
from gridroom.core.errors import Problem, StudyError, raise_all
from gridroom.sources.frames import read_frame

COLUMNS = ("model", "release", "j_per_th")
HINT = "columns: model, release (YYYY-MM or YYYY-MM-DD), j_per_th"


def read_machines(path: Path) -> Machines:
    """Machines of a CSV or Parquet file.

    Raises
    ------
    StudyError
        With every problem found.
    """
    frame = read_frame(path, "--machines", HINT)
    missing = [c for c in COLUMNS if c not in frame.columns]
    if missing or not len(frame):
        raise StudyError(Problem(str(path), f"has no column {', '.join(missing)}" if missing else "holds no machine", HINT))
    problems: list[Problem] = []
    days, rates = [], []
    for k, (release, rate) in enumerate(zip(frame["release"].astype(str), frame["j_per_th"], strict=True)):
        try:
            days.append(np.datetime64(release if re.fullmatch(r"(19|20)\d{2}-\d{2}(-\d{2})?", release) else "no day", "D"))
        except ValueError:
            problems.append(Problem(f"{path} row {k + 2}, release", f"must be a month or day; got {release!r}", HINT))
        try:
            number = float(rate)
        except (TypeError, ValueError):
            number = -1.0
        if not 0 < number < 1e9:
            problems.append(Problem(f"{path} row {k + 2}, j_per_th", f"must be a number above 0; got {rate!r}"))
        rates.append(number)
    raise_all(problems)
    return Machines(model=tuple(frame["model"].astype(str)), release=np.array(days, "datetime64[D]"), j_per_th=np.array(rates))


__all__ = ["read_machines"]
