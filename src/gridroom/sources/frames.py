"""One table of the user's, CSV or Parquet, as a DataFrame; whatever is wrong with the file is one clear problem."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

from gridroom.core.errors import Problem, StudyError


def read_frame(path: Path, where: str, hint: str, as_text: bool = False) -> Any:
    """Table of a file; an index that holds more than row numbers becomes a column.

    Parameters
    ----------
    path : Path
        CSV, or Parquet by its ending.
    where : str
        Place, for the problem.
    hint : str
        What the file should be.
    as_text : bool
        CSV alone: all columns as text, nothing taken for missing.

    Raises
    ------
    StudyError
        If the file is not there, or cannot be read as a table.
    """
    import pandas as pd

    if not path.is_file():
        raise StudyError(Problem(where, f"names no file: {str(path)!r}", hint))
    try:
        if path.suffix.lower() == ".parquet":
            frame = pd.read_parquet(path)
        else:
            options: dict[str, Any] = {"dtype": str, "keep_default_na": False} if as_text else {}
            with warnings.catch_warnings():
                warnings.simplefilter("error")  # rows longer than the header would shift in silence
                frame = pd.read_csv(path, encoding="utf-8-sig", index_col=False, **options)
    except Exception as fault:  # whatever a broken file makes the reader raise
        words = str(fault).splitlines()[0] if str(fault) else type(fault).__name__
        raise StudyError(Problem(where, f"{path.name} cannot be read as a table: {words}", hint)) from None
    return frame if isinstance(frame.index, pd.RangeIndex) else frame.reset_index()
