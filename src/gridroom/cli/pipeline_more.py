"""More commands about the pipeline: back-tests, rules, scores, snapshots, public files."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

from gridroom.cli.console import answer
from gridroom.cli.pipeline import as_day, as_years, gigawatts, show_notes
from gridroom.core.errors import UsageError
from gridroom.results.answer import known


def backtest(
    data: str, train_before: int | None, horizon_years: int, folder: Path | None, draws: int, seed: int, as_json: bool
) -> int:
    """Run a back-test and answer."""
    from gridroom.pipeline.backtesting import backtest as run
    from gridroom.pipeline.verification import BacktestOptions

    if not 1 <= horizon_years <= 20:
        raise UsageError(f"--horizon-years must be 1 to 20; got {horizon_years}")
    result = run(
        BacktestOptions(data=data, train_before=train_before, horizon_years=horizon_years, folder=folder, draws=draws, seed=seed)
    )
    document = {"schema_version": "1", "command": "pipeline backtest", **_finite(result)}
    answer(document, as_json, lambda: _backtest_text(document))
    return 0


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(k): _finite(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(v) for v in value]
    return known(value) if isinstance(value, float) else value


def _backtest_text(document: dict[str, Any]) -> str:
    def cells(scores: dict[str, Any]) -> str:
        out = ""
        for key, digits in (("crps_mw", 0), ("relative_crps", 3), ("bias_pct", 0), ("coverage_p10_p90", 2), ("brier", 3)):
            value = scores.get(key)
            out += f"{'—' if value is None else f'{value:,.{digits}f}':>12}"
        return out

    lines = [
        f"back-test on {document['data']} ({document['kind']})",
        "",
        f"{'':46}{'CRPS, MW':>12}{'relative':>12}{'bias, %':>12}{'80 % holds':>12}{'Brier':>12}",
        f"{'gridroom':46}{cells(document)}",
    ]
    for block, scores in document.get("blocks", {}).items():
        lines.append(f"{'  ' + block:46}{cells(scores)}")
    for name, scores in document["baselines"].items():
        lines.append(f"{name:46}{cells(scores)}")
    if "mean_absolute_error_mw" in document:
        lines += ["", f"mean absolute error {document['mean_absolute_error_mw']:,.0f} MW"]
        lines += [
            f"  {c['report']} for {c['year']}: {c['mean_mw']:,.0f} MW ({c['p10_mw']:,.0f}–{c['p90_mw']:,.0f}), "
            f"came {c['observed_mw']:,.0f}"
            for c in document["cases"]
        ]
    if document["kind"] == "generation queue":
        lines += ["", "Generators, not loads: this shows the method and its spread, not the level for loads."]
    return "\n".join(lines)


def rules(file: Path, deposit_usd_per_mw: float, years: str, samples: int, seed: int, mapping: list[str], as_json: bool) -> int:
    """Effect of a deposit and of disclosure rules."""
    from gridroom.pipeline.answers import ForecastOptions
    from gridroom.pipeline.records import parse_map, read_records
    from gridroom.pipeline.rules import deposit_effect, disclosure_effect
    from gridroom.reference import catalog

    if not deposit_usd_per_mw >= 0:
        raise UsageError(f"--deposit-usd-per-mw must be 0 or more; got {deposit_usd_per_mw}")
    records = read_records(file, parse_map(mapping))
    show_notes(records.notes)
    deposit = deposit_effect(records, deposit_usd_per_mw)
    shown = disclosure_effect(records, ForecastOptions(years=as_years(years), samples=samples, seed=seed))
    disclosure: list[dict[str, Any]] = []
    for name, result in shown.items():
        mean, error = result.total_mw()
        disclosure.append(
            {
                "disclosed": name,
                "year": result.years[-1],
                "mean_mw": float(mean[-1]),
                "mean_stderr_mw": float(error[-1]),
                "p10_mw": float(result.quantile_mw(0.1, total=True)[-1]),
                "p90_mw": float(result.quantile_mw(0.9, total=True)[-1]),
            }
        )
    law = catalog.load("large_load_rules")
    document = {
        "schema_version": "1",
        "command": "pipeline rules",
        "deposit_usd_per_mw": deposit_usd_per_mw,
        "deposit": _finite(deposit),
        "disclosure": disclosure,
        "rules_in_force": law.astype(object).where(law.notna(), None).to_dict("records"),
        "claim_class": "assumed: nobody has measured what a connection is worth; the range is shown",
    }

    def text() -> str:
        lines = [f"a loss of {deposit_usd_per_mw:,.0f} USD/MW on withdrawal, for three values of a connection (assumed):"]
        lines += [
            f"  worth {d['value_usd_per_mw']:>11,.0f} USD/MW: {d['mw_kept_pct']:5.1f} % of the MW stay, "
            f"{d['expected_mw_kept_pct']:5.1f} % of "
            f"the expected MW; mean chance {d['mean_chance_before']:.2f} → {d['mean_chance_after']:.2f}"
            for d in document["deposit"]
        ]
        lines += ["", "what knowing the siblings is worth:"]
        lines += [
            f"  disclosed {d['disclosed']:11} {gigawatts(d['mean_mw'])} GW in {d['year']} "
            f"(80 %: {gigawatts(d['p10_mw'])}–{gigawatts(d['p90_mw'])})"
            for d in disclosure
        ]
        return "\n".join(lines)

    answer(document, as_json, text)
    return 0


def score(folder: Path, observed: Path, as_json: bool) -> int:
    """Score stored forecasts."""
    import pandas as pd

    from gridroom.pipeline.archive import score_stored
    from gridroom.sources.frames import read_frame

    table = read_frame(observed, str(observed), "give a CSV file", as_text=True)
    for column in ("year", "mw"):
        if column in table:
            number = pd.to_numeric(table[column], errors="coerce")
            if number.isna().any():
                bad = table[column][number.isna()].iloc[0]
                raise UsageError(f"--observed {column} must be a number; got {bad!r}")
            table[column] = number
    rows = score_stored(folder, table)
    answer(
        {"schema_version": "1", "command": "pipeline score", "forecasts": _finite(rows)},
        as_json,
        lambda: pd.DataFrame(rows).round(3).to_string(index=False),
    )
    return 0


def snapshot(file: Path, into: Path, day: str | None, mapping: list[str], as_json: bool) -> int:
    """Append a snapshot to a history."""
    from gridroom.pipeline.archive import append_snapshot
    from gridroom.pipeline.records import parse_map, read_records

    records = read_records(file, parse_map(mapping))
    show_notes(records.notes)
    when = as_day(day, "--date")
    if when is None and records.frame["snapshot_date"].isna().any():
        raise UsageError("snapshot needs --date DAY: some rows have no snapshot_date")
    added, gone = append_snapshot(into, records, when or date.today())
    answer(
        {
            "schema_version": "1",
            "command": "pipeline snapshot",
            "history": str(into),
            "rows_added": added,
            "no_longer_listed": gone,
        },
        as_json,
        lambda: f"{added} rows appended to {into}; {gone} requests of earlier snapshots are no longer listed (kept as they were)",
    )
    return 0


def read(file: Path, out: Path, as_json: bool) -> int:
    """Read a public queue file and write it as a plain table."""
    from gridroom.sources import queues

    kind = queues.kind_of(file) if file.is_file() else "requests"
    readers: dict[str, Any] = {
        **queues.READERS,
        "lbnl": queues.read_lbnl,
        "caiso": queues.read_caiso,
        "georgia": queues.read_georgia_stages,
    }
    if kind not in readers:
        raise UsageError(
            f"{file} is none of the public files that have a reader ({', '.join(readers)}); tables of requests need none"
        )
    beside = file.parent / "lbnl_queue_2023_subset.parquet"
    table = queues.read_lbnl(file, beside if beside.is_file() else None) if kind == "lbnl" else readers[kind](file)
    table.to_csv(out, index=False, lineterminator="\n")
    answer(
        {"schema_version": "1", "command": "pipeline read", "kind": kind, "rows": len(table), "out": str(out)},
        as_json,
        lambda: f"{kind}: {len(table):,} rows written to {out}",
    )
    return 0
