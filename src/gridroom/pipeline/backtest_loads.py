"""Back-tests on loads: Georgia Power's pipeline as stated by quarter (C), and invented filings in several states (D)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.core.errors import Problem, StudyError
from gridroom.pipeline import rates
from gridroom.pipeline.answers import ForecastOptions
from gridroom.pipeline.forecast import forecast
from gridroom.pipeline.records import Records, interpret, read_records
from gridroom.pipeline.synthetic import make_filings
from gridroom.pipeline.verification import BacktestOptions, crps
from gridroom.sources.rawtable import RawTable

Floats = NDArray[np.float64]
# Share of construction- and engineering-stage MW that makes its stated year: prior means are the stage's odds, the second
# halved since it has two stages to go within the year; spreads and noise assumed.
ON_TIME = 0.5
PRIOR_SPREAD = np.array([0.20, 0.15])
NOISE_MW = 50.0
LEAST_REVISION = 0.05


def stage_shares(table: Any) -> tuple[Floats, Floats, float]:
    """Shares of MW at the construction and engineering stage that come to a contract in time, from rows already known.

    For each planning year and report, contracts gained until the last report are explained by what left the two stages:
    gain = s4 · left4 + s3 · left3 + noise, with a normal prior on the shares (Bayesian linear regression).

    Parameters
    ----------
    table : DataFrame
        `report, stage, year, mw`.

    Returns
    -------
    tuple
        Posterior mean (2,), covariance (2, 2), and relative spread of revisions of what is signed.
    """
    odds = rates.series("stage_odds")
    prior = np.array([odds[4], odds[3] * ON_TIME])
    rows, gains, signed = [], [], []
    wide = table.pivot_table(index=["year", "report"], columns="stage", values="mw", aggfunc="sum").fillna(0.0)
    for stage in (3, 4, 5):
        if stage not in wide.columns:
            wide[stage] = 0.0
    for _, part in wide.groupby(level="year"):
        values = part[[5, 4, 3]].to_numpy()
        for k in range(len(values) - 1):
            rows.append((values[k, 1] - values[-1, 1], values[k, 2] - values[-1, 2]))
            gains.append(values[-1, 0] - values[k, 0])
            signed.append(values[k, 0])
    x, y = np.array(rows).reshape(-1, 2), np.array(gains)
    precision = np.diag(PRIOR_SPREAD**-2.0) + x.T @ x / NOISE_MW**2
    covariance = np.linalg.inv(precision)
    mean = covariance @ (np.diag(PRIOR_SPREAD**-2.0) @ prior + x.T @ y / NOISE_MW**2)
    mean = np.clip(mean, 0.0, 1.0)
    left = y - x @ mean
    revision = float(np.sqrt(np.mean((left / np.maximum(signed, 1.0)) ** 2))) if len(y) else LEAST_REVISION
    return np.asarray(mean), np.asarray(covariance, np.float64), max(revision, LEAST_REVISION)


def georgia(table: Any, options: BacktestOptions) -> dict[str, Any]:
    """What was said for a year against what was last stated for it.

    Shares come from reports before `train_before` and planning years up to it; cases are the reports of the year before and the
    first quarter of `train_before`, for that year and the next where they are settled.
    """
    before = options.train_before or 2025
    train = table[(table["report"] < before) & (table["year"] <= before)]
    if train["report"].nunique() < 2:
        raise StudyError(Problem("reports", f"before {before}: {train['report'].nunique()}", "choose a later --train-before"))
    mean, covariance, revision = stage_shares(train)
    final = {}
    for year in (before, before + 1):
        part = table[table["year"] == year]
        if len(part) and part["report"].max() >= year + 0.25:
            last = part[part["report"] == part["report"].max()]
            final[year] = float(last["mw"].sum())
    generator = np.random.Generator(np.random.Philox(key=[options.seed, 81]))
    root = np.linalg.cholesky(covariance + 1e-12 * np.eye(2))
    cases, simple = (
        [],
        {"all stages": 1.0, "contract only": 0.0, "contract + 10 % of the rest": 0.10, "contract + 13 % of the rest": 0.13},
    )
    errors: dict[str, list[float]] = {name: [] for name in simple}
    for year, seen in final.items():
        for report in sorted(table["report"].unique()):
            if not before - 1 <= report <= before:
                continue
            here = table[(table["year"] == year) & (table["report"] == report)].groupby("stage")["mw"].sum()
            if here.empty:
                continue
            signed, building, planned = (float(here.get(k, 0.0)) for k in (5, 4, 3))
            share = np.clip(mean + generator.standard_normal((options.draws, 2)) @ root.T, 0.0, 1.0)
            share += mean - share.mean(axis=0)
            steps = max(4 * (year + 1 - report), 1.0)
            wander = revision * np.sqrt(steps / 4.0) * generator.standard_normal(options.draws)
            drawn = np.maximum(signed * (1.0 + wander) + share @ np.array([building, planned]), 0.0)
            cases.append((year, report, seen, drawn))
            for name, part_ in simple.items():
                errors[name].append(signed + part_ * (building + planned) - seen)
    if not cases:
        raise StudyError(
            Problem("planning years", f"{before} and {before + 1} are not settled in the table", "choose an earlier year")
        )
    seen_all = np.array([c[2] for c in cases])
    middle = np.array([float(c[3].mean()) for c in cases])
    inside = [bool(np.quantile(c[3], 0.1) <= c[2] <= np.quantile(c[3], 0.9)) for c in cases]
    from_simple = {
        name: {
            "mean_absolute_error_mw": float(np.mean(np.abs(e))),
            "crps_mw": float(np.mean(np.abs(e))),
            "bias_mw": float(np.mean(e)),
            "bias_pct": float(100 * np.sum(e) / seen_all.sum()),
            "coverage_p10_p90": 0.0,
        }
        for name, e in errors.items()
    }
    return {
        "data": "georgia",
        "kind": "large loads by stage",
        "train_before": before,
        "mean_absolute_error_mw": float(np.abs(middle - seen_all).mean()),
        "bias_mw": float((middle - seen_all).mean()),
        "crps_mw": float(np.mean([crps(c[3], c[2]) for c in cases])),
        "bias_pct": float(100 * (middle.sum() / seen_all.sum() - 1)),
        "coverage_p10_p90": float(np.mean(inside)),
        "share_construction": float(mean[0]),
        "share_engineering": float(mean[1]),
        "cases": [
            {
                "year": int(y),
                "report": _quarter(r),
                "observed_mw": s,
                "mean_mw": float(d.mean()),
                "p10_mw": float(np.quantile(d, 0.1)),
                "p90_mw": float(np.quantile(d, 0.9)),
            }
            for y, r, s, d in cases
        ],
        "baseline": {"name": "contract only", **from_simple["contract only"]},
        "baselines": from_simple,
    }


def _quarter(report: float) -> str:
    return f"{int(report)}Q{round(4 * (report - int(report))) + 1}"


def filings(path: Path | None, options: BacktestOptions) -> dict[str, Any]:
    """Filings in several states with the truth known: one by one, with the true clusters, and with ours.

    Odds by stage and the distribution of size are taken as known, as the protocol has it, so that what is tested is who is who.
    Without a file, filings are invented anew.
    """
    records, project, observed = _truth(path, options)
    out: dict[str, dict[str, Any]] = {}
    far = (2095,)
    for name, identity, known in (
        ("filings one by one", "separate", None),
        ("true clusters", "declared", [project]),
        ("ours", "matched", None),
    ):
        answer = forecast(
            records,
            ForecastOptions(
                years=far,
                samples=max(options.draws, 1_000),
                seed=options.seed,
                identity=identity,
                sigma_market=0.5,
                sigma_zone=0.0,
                sigma_sponsor=0.0,
                odds_known=True,
            ),
            known,
        )
        total = answer.paths_mw.sum(axis=(1, 2), dtype=np.float64)
        low, high = np.quantile(total, [0.1, 0.9])
        out[name] = {
            "crps_mw": crps(total, observed),
            "bias_pct": float(100 * (total.mean() / max(observed, 1e-9) - 1)),
            "coverage_p10_p90": float(low <= observed <= high),
            "mean_mw": float(total.mean()),
            "p10_mw": float(low),
            "p90_mw": float(high),
            "one_site_each_mw": float(answer.deduplicated_mw[-1].sum()),
        }
    ours = out.pop("ours")
    return {
        "data": "filings",
        "kind": "invented filings in several states" if path is None else "filings in several states",
        "filings": len(project),
        "projects": len(np.unique(project)),
        "built_mw": observed,
        **ours,
        "crps_over_true_clusters": ours["crps_mw"] / max(out["true clusters"]["crps_mw"], 1e-9),
        "baseline": {"name": "filings one by one", **out["filings one by one"]},
        "baselines": out,
    }


def _truth(path: Path | None, options: BacktestOptions) -> tuple[Records, NDArray[np.int32], float]:
    """Records, project of each, and MW built."""
    import pandas as pd

    if path is None:
        made = make_filings(400, options.seed)
        frame = made.records.astype(object).where(made.records.notna(), "")
        raw = RawTable(
            name="invented filings",
            header=list(frame.columns),
            rows=[[str(v) for v in row] for row in frame.to_numpy()],
            lines=list(range(2, len(frame) + 2)),
        )
        return interpret(raw), made.project.astype(np.int32), made.built_mw
    truth_path = path.with_name(path.name.replace("records", "truth"))
    if truth_path == path or not truth_path.is_file():
        raise StudyError(
            Problem(
                str(path),
                "has no truth beside it",
                "name it …records.csv and put …truth.csv beside it: record_id, project_id, built, realised_share",
            )
        )
    records = read_records(path)
    latest = records.latest()
    truth = pd.read_csv(truth_path)
    missing = [c for c in ("record_id", "project_id", "built", "realised_share") if c not in truth.columns]
    if missing:
        raise StudyError(Problem(truth_path.name, f"lacks the column(s) {', '.join(missing)}"))
    truth = truth.set_index(truth["record_id"].astype(str)).reindex(latest["request_id"])
    if truth["project_id"].isna().any():
        raise StudyError(Problem(truth_path.name, f"says nothing of {int(truth['project_id'].isna().sum())} records"))
    project = pd.factorize(truth["project_id"])[0].astype(np.int32)
    built = latest["requested_mw"].to_numpy() * truth["realised_share"].fillna(0.0).to_numpy() * truth["built"].to_numpy()
    return records, project, float(built.sum())
