"""Back-tests on loads: Georgia Power's pipeline as stated by quarter (C), and invented filings in several states (D)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.core.errors import Problem, StudyError
from gridroom.pipeline import rates
from gridroom.pipeline.answers import ForecastOptions
from gridroom.pipeline.forecasting import forecast
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


SIMPLE = {"all stages": 1.0, "contract only": 0.0, "contract + 10 % of the rest": 0.10, "contract + 13 % of the rest": 0.13}


@dataclass(frozen=True, slots=True)
class _Case:
    """A planning year as stated in one report: MW last stated for it, MW by stage, drawn forecast."""

    year: int
    report: float
    observed_mw: float
    signed_mw: float
    rest_mw: float
    drawn_mw: Floats


def georgia(table: Any, options: BacktestOptions) -> dict[str, Any]:
    """What was said for a year against what was last stated for it.

    Shares come from reports before `train_before` and planning years up to it; cases are the reports of the year before and the
    first quarter of `train_before`, for that year and the next where they are settled.
    """
    before = options.train_before or 2025
    train = table[(table["report"] < before) & (table["year"] <= before)]
    if train["report"].nunique() < 2:
        raise StudyError(Problem("reports", f"before {before}: {train['report'].nunique()}", "choose a later --train-before"))
    fitted = stage_shares(train)
    cases = _georgia_cases(table, options, before, fitted)
    if not cases:
        what = f"{before} and {before + 1} are not settled in the table"
        raise StudyError(Problem("planning years", what, "choose an earlier year"))
    seen = np.array([c.observed_mw for c in cases])
    middle = np.array([c.drawn_mw.mean() for c in cases])
    low, high = (np.array([np.quantile(c.drawn_mw, q) for c in cases]) for q in (0.1, 0.9))
    simple = {}
    for name, share in SIMPLE.items():
        error = np.array([c.signed_mw + share * c.rest_mw for c in cases]) - seen
        simple[name] = {"mean_absolute_error_mw": float(np.abs(error).mean()), "crps_mw": float(np.abs(error).mean()),
                        "bias_mw": float(error.mean()), "bias_pct": float(100 * error.sum() / seen.sum()), "coverage_p10_p90": None}
    return {"data": "georgia", "kind": "large loads by stage", "train_before": before,
            "mean_absolute_error_mw": float(np.abs(middle - seen).mean()), "bias_mw": float((middle - seen).mean()),
            "crps_mw": float(np.mean([crps(c.drawn_mw, c.observed_mw) for c in cases])),
            "bias_pct": float(100 * (middle.sum() / seen.sum() - 1)),
            "coverage_p10_p90": float(((seen >= low) & (seen <= high)).mean()), "share_construction": float(fitted[0][0]),
            "share_engineering": float(fitted[0][1]),
            "cases": [{"year": c.year, "report": _quarter(c.report), "observed_mw": c.observed_mw, "mean_mw": float(m),
                       "p10_mw": float(a), "p90_mw": float(b)} for c, m, a, b in zip(cases, middle, low, high, strict=True)],
            "baseline": {"name": "contract only", **simple["contract only"]}, "baselines": simple}


def _georgia_cases(table: Any, options: BacktestOptions, before: int, fitted: tuple[Floats, Floats, float]) -> list[_Case]:
    mean, covariance, revision = fitted
    generator = np.random.Generator(np.random.Philox(key=[options.seed, 81]))
    root = np.linalg.cholesky(covariance + 1e-12 * np.eye(2))
    out = []
    for year in (before, before + 1):
        stated = table[table["year"] == year]
        if stated.empty or stated["report"].max() < year + 0.25:
            continue
        final = float(stated[stated["report"] == stated["report"].max()]["mw"].sum())
        for report in sorted(stated["report"].unique()):
            if not before - 1 <= report <= before:
                continue
            here = stated[stated["report"] == report].groupby("stage")["mw"].sum()
            signed, building, planned = (float(here.get(k, 0.0)) for k in (5, 4, 3))
            share = np.clip(mean + generator.standard_normal((options.draws, 2)) @ root.T, 0.0, 1.0)
            share += mean - share.mean(axis=0)
            years_left = max(year + 1 - report, 0.25)
            wander = revision * np.sqrt(years_left) * generator.standard_normal(options.draws)
            drawn = np.maximum(signed * (1.0 + wander) + share @ np.array([building, planned]), 0.0)
            out.append(_Case(int(year), float(report), final, signed, building + planned, drawn))
    return out


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
