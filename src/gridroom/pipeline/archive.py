"""Forecasts kept with their date and scored when the year closes; histories of snapshots that only grow."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from gridroom.core.errors import Problem, StudyError
from gridroom.pipeline.answers import QUANTILES, PipelineForecast


def store(answer: PipelineForecast, folder: Path, name: str) -> Path:
    """Write a forecast as `<day>-<name>-<hash>.json`; one that is there already is never written over."""
    document = {
        "schema_version": "1",
        "as_of": answer.as_of.isoformat(),
        "name": name,
        "scenario": answer.options.scenario,
        "identity": answer.options.identity,
        "samples": answer.options.samples,
        "seed": answer.options.seed,
        "rows": answer.rows(),
        "total": [
            {
                "year": y,
                **{
                    f"p{100 * q:02.0f}_mw": float(v)
                    for q, v in zip(
                        QUANTILES, np.quantile(answer.paths_mw[:, k].sum(axis=1, dtype=np.float64), QUANTILES), strict=True
                    )
                },
            }
            for k, y in enumerate(answer.years)
        ],
    }
    text = json.dumps(document, indent=1, allow_nan=False)
    digest = hashlib.sha256(text.encode()).hexdigest()[:8]
    slug = "".join(c if c.isalnum() else "-" for c in name.lower()).strip("-") or "requests"
    path = folder / f"{answer.as_of.isoformat()}-{slug}-{digest}.json"
    folder.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        path.write_text(text, encoding="utf-8")
    return path


def score_stored(folder: Path, observed: Any) -> list[dict[str, Any]]:
    """Score stored forecasts against what was seen.

    Parameters
    ----------
    folder : Path
        Folder of stored forecasts, or one of them.
    observed : DataFrame
        `region, year, mw`; region `total` is the sum.

    Returns
    -------
    list of dict
        Each forecast: `as_of, name, cells, pinball_mw` (mean over the five quantiles), `coverage_p10_p90, bias_pct`.
    """
    missing = [c for c in ("region", "year", "mw") if c not in observed.columns]
    if missing:
        raise StudyError(Problem("--observed", f"lacks the column(s) {', '.join(missing)}", "it must have region, year and mw"))
    files = sorted(folder.glob("*.json")) if folder.is_dir() else [folder]
    if not files or not files[0].is_file():
        raise StudyError(Problem(str(folder), "holds no stored forecast", "store one: gridroom pipeline forecast FILE --store DIR"))
    seen = {(str(r), int(y)): float(v) for r, y, v in zip(observed["region"], observed["year"], observed["mw"], strict=True)}
    out = []
    for path in files:
        try:
            document = json.loads(path.read_text(encoding="utf-8"))
            rows = [*document["rows"], *({"region": "total", **r} for r in document["total"])]
        except (ValueError, KeyError, TypeError):
            raise StudyError(Problem(str(path), "is no stored forecast")) from None
        loss, inside, mean, came = [], [], [], []
        for row in rows:
            value = seen.get((str(row["region"]), int(row["year"])))
            if value is None:
                continue
            for q in QUANTILES:
                gap = value - row[f"p{100 * q:02.0f}_mw"]
                loss.append(max(q * gap, (q - 1.0) * gap))
            inside.append(row["p10_mw"] <= value <= row["p90_mw"])
            mean.append(row.get("mean_mw", row["p50_mw"]))
            came.append(value)
        if came:
            out.append(
                {
                    "forecast": path.name,
                    "as_of": document["as_of"],
                    "name": document["name"],
                    "scenario": document["scenario"],
                    "cells": len(came),
                    "pinball_mw": float(np.mean(loss)),
                    "coverage_p10_p90": float(np.mean(inside)),
                    "bias_pct": float(100 * (np.sum(mean) / np.sum(came) - 1)) if np.sum(came) else float("nan"),
                }
            )
    if not out:
        raise StudyError(
            Problem("--observed", "names no region and year of these forecasts", "region as in the forecast, or total")
        )
    return out


def append_snapshot(history: Path, records: Any, day: date) -> tuple[int, int]:
    """Append a snapshot to a history of records; what is there is never changed.

    Parameters
    ----------
    history : Path
        CSV file of records; made if it is not there.
    records : Records
    day : date
        The snapshot's day, for rows that name none.

    Returns
    -------
    tuple of int
        Rows added, and requests of earlier snapshots that are no longer listed (left as they are: a missing row is not known to be
        withdrawn).

    Raises
    ------
    StudyError
        If the history holds this snapshot already.
    """
    import pandas as pd

    frame = records.frame.drop(columns=["line"]).copy()
    frame["snapshot_date"] = frame["snapshot_date"].fillna(pd.Timestamp(day))
    frame["ramp"] = [";".join(f"{y}:{v:g}" for y, v in r.items()) if isinstance(r, dict) else None for r in frame["ramp"]]
    for column in frame.columns:
        if pd.api.types.is_datetime64_any_dtype(frame[column]):
            frame[column] = frame[column].dt.strftime("%Y-%m-%d")
    gone = 0
    if history.is_file():
        old = pd.read_csv(history, dtype=str, keep_default_na=False)
        if list(old.columns) != list(frame.columns):
            raise StudyError(Problem(str(history), "is no history of gridroom: its columns differ", "start a new one"))
        known = set(zip(old["request_id"], old["snapshot_date"], strict=True))
        twice = [r for r in zip(frame["request_id"], frame["snapshot_date"], strict=True) if r in known]
        if twice:
            raise StudyError(
                Problem(
                    str(history),
                    f"holds {len(twice)} of these rows already, as {twice[0][0]} of {twice[0][1]}",
                    "snapshots are appended, never overwritten: give the new day with --date",
                )
            )
        gone = len(set(old["request_id"]) - set(frame["request_id"]))
    with history.open("a", encoding="utf-8", newline="") as stream:
        frame.to_csv(stream, index=False, header=stream.tell() == 0, lineterminator="\n")
    return len(frame), gone
