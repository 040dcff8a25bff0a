"""Back-tests: leave the future out, forecast it, score what came (data sets A to D of docs/pipeline.md)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.core.errors import Problem, StudyError, UsageError, nearest
from gridroom.pipeline import survival
from gridroom.pipeline.backtest_loads import filings, georgia
from gridroom.pipeline.baselines import BASELINES, draw_chances
from gridroom.pipeline.survival import History, SurvivalOptions
from gridroom.pipeline.verification import BacktestOptions, crps
from gridroom.sources import queues

Floats = NDArray[np.float64]
LEAST_IN_CELL = 10
DEVELOPMENT, TEST = tuple(range(2006, 2013)), tuple(range(2013, 2016))
CAISO_ORIGINS = tuple(range(2012, 2016))
LOGIT, MEAN_OF_THREE = "discrete-time logit, 8-year half-life", "mean of share of MW, logit, technology and size"
# Operator, technology, log MW and age alone, hardly shrunk, no levels.
PLAIN_LOGIT = SurvivalOptions(
    sd_age=3.0, sd_operator=3.0, sd_technology=3.0, sd_size=3.0, smallest_mw=1.0, largest_mw=5_000.0, half_life_years=8.0,
    sd_cell=1e-3, sd_size_age=1e-3, sd_operator_age=1e-3, sd_crowd=1e-3, sd_cull=1e-3, step=(1e-3, 1e-3),
    persistence=(0.0, 0.0), sd_start=1e-3,
    technology_step=1e-3, technology_persistence=0.0, shared_shock=0.0)
MAIN_BASELINE = "Aalen-Johansen by technology, shrunk"
NAMES = {
    "generation": "lbnl",
    "lbnl": "lbnl",
    "a": "lbnl",
    "caiso": "caiso",
    "b": "caiso",
    "georgia": "georgia",
    "c": "georgia",
    "filings": "filings",
    "d": "filings",
}
FILES = {
    "lbnl": "lbnl_queue_2020_full.parquet",
    "caiso": "caiso_public_queue_2026-01.parquet",
    "georgia": "georgia_power_large_load_pipeline_by_stage.csv",
}
CORRECTED_BY = "lbnl_queue_2023_subset.parquet"


def backtest(options: BacktestOptions) -> dict[str, Any]:
    """Run one back-test.

    Returns
    -------
    dict
        `crps_mw, relative_crps, bias_pct, coverage_p10_p90`, more scores, `baseline` with the same keys, and `baselines`.

    Raises
    ------
    StudyError
        If the data are not there or hold too little.
    UsageError
        If the name is not known.
    """
    kind, path, beside = _locate(options)
    if kind == "georgia":
        return georgia(queues.read_georgia_stages(_file(path)), options)
    if kind == "filings":
        return filings(path, options)
    if kind == "lbnl":
        table = queues.read_lbnl(_file(path), beside)
    elif kind == "caiso":
        table = queues.read_caiso(_file(path))
    elif kind in queues.READERS:
        raise UsageError(f"--data {options.data}: a {kind} file holds no outcomes, so that nothing can be scored on it")
    else:
        table = _requests(_file(path))
    return _queue(kind, table, options)


def _file(path: Path | None) -> Path:
    if path is None:
        raise UsageError("--data needs a file")
    return path


def _locate(options: BacktestOptions) -> tuple[str, Path | None, Path | None]:
    """Kind of data, its file, and the file that corrects it."""
    name = options.data.lower()
    if name in NAMES:
        kind = NAMES[name]
        if kind == "filings":
            return kind, None, None
        folder = options.folder or Path(".")
        path = folder / FILES[kind]
        if not path.is_file():
            raise StudyError(
                Problem(
                    str(path),
                    "is not there: the queue files are public, but not ours to ship",
                    "give --folder with the file, or --data FILE; docs/pipeline.md says where they come from",
                )
            )
        beside = folder / CORRECTED_BY if kind == "lbnl" and (folder / CORRECTED_BY).is_file() else None
        return kind, path, beside
    path = Path(options.data)
    if not path.is_file():
        raise UsageError(
            f"--data {options.data!r} is neither a file nor one of {', '.join(sorted(set(NAMES) - set('abcd')))} "
            f"({nearest(name, NAMES)})"
        )
    kind = queues.kind_of(path)
    beside = path.parent / CORRECTED_BY
    return kind, path, beside if kind == "lbnl" and beside.is_file() else None


def _requests(path: Path) -> Any:
    """Any table of requests with days of filing and of outcome, as a history by year."""
    import pandas as pd

    from gridroom.pipeline.records import read_records

    latest = read_records(path, lenient=True).latest()
    start, end = latest["filed_on"].dt.year, latest["status_date"].dt.year
    outcome = latest["status"].map({"active": 0, "energised": 1, "withdrawn": 2})
    keep = start.notna() & ((outcome == 0) | end.notna())
    if keep.sum() < LEAST_IN_CELL or not (outcome[keep] > 0).any():
        raise StudyError(
            Problem(
                path.name,
                f"has {int(keep.sum())} requests with filed_on and, where resolved, status_date",
                "a back-test needs outcomes: status withdrawn or energised with their days",
            )
        )
    kinds = latest["load_type"].fillna("").astype(str)
    common = list(kinds.value_counts().index[:4])
    begin = start[keep].astype(np.int64)
    return pd.DataFrame(
        {
            "operator": latest["provider"][keep].astype(str),
            "technology": [common.index(k) if k in common else 4 for k in kinds[keep]],
            "mw": latest["requested_mw"][keep],
            "start": begin,
            "end": np.maximum(end[keep].fillna(queues.NO_END).astype(np.int64), begin),
            "outcome": outcome[keep].astype(np.int64),
        }
    ).reset_index(drop=True)


def _queue(kind: str, table: Any, options: BacktestOptions) -> dict[str, Any]:
    history = survival.history_of(table)
    last = int(table["end"][(table["outcome"] > 0) & (table["end"] < queues.NO_END)].max())
    if options.train_before is not None:
        blocks: dict[str, Sequence[int]] = {"origin": (options.train_before - 1,)}
    elif kind == "lbnl":
        blocks = {"development": DEVELOPMENT, "test": TEST}
    elif kind == "caiso":
        blocks = {"development": CAISO_ORIGINS}
    else:
        blocks = {"origin": (last - options.horizon_years,)}
    if max(max(b) for b in blocks.values()) + options.horizon_years > last:
        raise StudyError(Problem("the data", f"end in {last}: {options.horizon_years} years after the origin are not in them",
                                 f"--train-before {last - options.horizon_years + 1} at most, or a shorter --horizon-years"))
    parts = {name: _block(history, origins, options) for name, origins in blocks.items()}
    ours = {name: part.pop("ours") for name, part in parts.items()}
    first = next(iter(ours))
    top = {k: float(np.mean([o[k] for o in ours.values()])) for k in ours[first] if isinstance(ours[first][k], float)}
    baselines = {
        name: {
            k: float(np.mean([parts[b][name][k] for b in parts]))
            for k in parts[first][name]
            if isinstance(parts[first][name][k], float)
        }
        for name in parts[first]
    }
    return {
        "data": "generation" if kind == "lbnl" else kind,
        "kind": "generation queue" if kind != "requests" else "requests",
        "horizon_years": options.horizon_years,
        **top,
        "blocks": {b: {"origins": list(blocks[b]), **ours[b]} for b in ours},
        "baseline": {"name": MAIN_BASELINE, **baselines[MAIN_BASELINE]},
        "baselines": {name: {**v, "blocks": {b: parts[b][name] for b in parts}} for name, v in baselines.items()},
    }


def _block(history: History, origins: Sequence[int], options: BacktestOptions) -> dict[str, dict[str, Any]]:
    """Scores of ours and of every baseline over some origins."""
    tallies: dict[str, _Tally] = {name: _Tally() for name in ("ours", *BASELINES, LOGIT, MEAN_OF_THREE)}
    for year in origins:
        known, active = history.known_at(year), history.active_at(year)
        if len(active.mw) < LEAST_IN_CELL or not (known.outcome == 1).any():
            raise StudyError(
                Problem(
                    f"origin {year}",
                    f"has {len(active.mw)} open requests and {int((known.outcome == 1).sum())} arrivals",
                    "choose a later --train-before",
                )
            )
        came = (active.outcome == 1) & (active.end <= year + options.horizon_years)
        seed = options.seed * 10_007 + year
        chances = survival.draw_incidence(
            survival.fit(known, year, SurvivalOptions()), active, options.horizon_years, options.draws, seed
        )
        tallies["ours"].add(chances, active, came, seed)
        simple = {name: make(known, active, year, options.horizon_years) for name, (make, _) in BASELINES.items()}
        plain = survival.draw_incidence(survival.fit(known, year, PLAIN_LOGIT), active, options.horizon_years, 50, seed)
        simple[LOGIT] = plain.mean(axis=0)
        parts = (simple["past share of MW"], simple[LOGIT], simple["by technology and size, 8-year half-life"])
        simple[MEAN_OF_THREE] = np.mean(parts, axis=0)
        for name, p in simple.items():
            sigma = BASELINES[name][1] if name in BASELINES else {LOGIT: 0.9, MEAN_OF_THREE: 0.6}[name]
            tallies[name].add(draw_chances(p, sigma, options.draws, seed), active, came, seed)
    return {name: tally.scores() for name, tally in tallies.items()}


class _Tally:
    """Scores of one method over origins and cells."""

    def __init__(self) -> None:
        self.cells: list[tuple[float, float, float, float, float]] = []  # observed, mean, low, high, CRPS
        self.totals: list[float] = []
        self.chance: list[Floats] = []
        self.came: list[NDArray[np.bool_]] = []

    def add(self, chances: Floats, active: History, came: NDArray[np.bool_], seed: int) -> None:
        generator = np.random.Generator(np.random.Philox(key=[seed, 73]))
        hit = generator.random(chances.shape) < chances
        self.chance.append(chances.mean(axis=0))
        self.came.append(came)
        self.totals.append(crps(hit @ active.mw, float(active.mw @ came)))
        cell = active.operator * active.technologies + active.technology
        for c in np.unique(cell):
            inside = cell == c
            if inside.sum() < LEAST_IN_CELL:
                continue
            drawn, seen = hit[:, inside] @ active.mw[inside], float(active.mw[inside] @ came[inside])
            low, high = np.quantile(drawn, [0.1, 0.9])
            self.cells.append((seen, float(drawn.mean()), float(low), float(high), crps(drawn, seen)))

    def scores(self) -> dict[str, Any]:
        if not self.cells:
            raise StudyError(Problem("cells", f"of at least {LEAST_IN_CELL} open requests: none", "choose another origin"))
        seen, mean, low, high, score = np.array(self.cells).T
        p = np.clip(np.concatenate(self.chance), 1e-4, 1.0 - 1e-4)
        y = np.concatenate(self.came).astype(np.float64)
        return {
            "crps_mw": float(score.mean()),
            "relative_crps": float(score.mean() / max(seen.mean(), 1e-9)),
            "bias_pct": float(100.0 * (mean.sum() / max(seen.sum(), 1e-9) - 1.0)),
            "coverage_p10_p90": float(((seen >= low) & (seen <= high)).mean()),
            "total_crps_mw": float(np.mean(self.totals)),
            "brier": float(((p - y) ** 2).mean()),
            "log_loss": float(-(y * np.log(p) + (1 - y) * np.log(1 - p)).mean()),
            "auc": _auc(p, y),
            "mean_outcome_mw": float(seen.mean()),
            "cells": len(self.cells),
            "requests": len(y),
        }


def _auc(p: Floats, y: Floats) -> float:
    """Chance that a request that arrived got a higher probability than one that did not."""
    from scipy.stats import rankdata

    yes = y > 0.5
    if not yes.any() or yes.all():
        return float("nan")
    rank = rankdata(p)
    return float((rank[yes].sum() - yes.sum() * (yes.sum() + 1) / 2) / (yes.sum() * (~yes).sum()))
