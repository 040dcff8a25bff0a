"""One series of the user's: the column `value` of a CSV or Parquet file, one row a step."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gridroom.core.errors import Problem, StudyError, nearest, raise_all
from gridroom.sources.frames import read_frame

SHOWN = 10


def read_series(
    path: Path, where: str, rule: str = "a number of at least 0", low: float = 0.0, high: float = np.inf,
    rows: tuple[int, ...] = (),
) -> NDArray[np.float64]:
    """Values of a file, shape (rows,).

    Parameters
    ----------
    path : Path
    where : str
        Place, for problems.
    rule : str
        What a value must be, in words.
    low, high : float
        Bounds of a value.
    rows : tuple of int
        Numbers of rows that are right; any when empty.

    Raises
    ------
    StudyError
        If the file cannot be read, has no column `value`, or a value breaks the rule; the first ten rows are named.
    """
    import pandas as pd

    frame = read_frame(path, where, "a CSV or Parquet file with a column value, one row a step")
    if "value" not in frame:
        hint = nearest("value", map(str, frame.columns))
        raise StudyError(Problem(where, f"{path.name} has no column value", hint))
    values: NDArray[np.float64] = pd.to_numeric(frame["value"], errors="coerce").to_numpy(np.float64)
    bad = np.flatnonzero(~(np.isfinite(values) & (values >= low) & (values <= high)))
    problems = [
        Problem(f"{path.name} row {row + 2}, value", f"must be {rule}; got {frame['value'].iloc[row]}") for row in bad[:SHOWN]
    ]
    if len(bad) > SHOWN:
        problems.append(Problem(f"{path.name}, value", f"breaks this rule in {len(bad):,} rows in all"))
    if rows and len(values) not in rows:
        wanted = " or ".join(f"{n:,}" for n in rows)
        problems.append(Problem(where, f"{path.name} must hold {wanted} rows; got {len(values):,}"))
    raise_all(problems)
    return values


__all__ = ["read_series"]
