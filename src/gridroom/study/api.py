"""`gridroom.run`: a study from Python."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gridroom.results.folder import RunFolder
from gridroom.study.loader import check_study, load_study
from gridroom.study.run import RunOptions, default_folder, run_study


def run(study: str | Path | Mapping[str, Any] | None = None, *, out: str | Path | None = None, jobs: int = 0
        ) -> RunFolder:
    """Run a study and return its folder.

    Parameters
    ----------
    study : path or mapping, optional
        Study file, or settings as in a study file; the built-in US outlook when left out.
    out : path, optional
        Run folder; `runs/<name>-<fingerprint>` when left out.
    jobs : int
        Threads; 0 takes all cores.

    Returns
    -------
    RunFolder
        `table("region_year")` and the others are pandas DataFrames.

    Raises
    ------
    StudyError
        With every problem of the study.
    """
    if study is None or isinstance(study, str | Path):
        checked = load_study(None if study is None else Path(study), [])
    else:
        checked = check_study(dict(study))
    return run_study(checked, RunOptions(out=Path(out) if out else default_folder(checked), jobs=jobs))
