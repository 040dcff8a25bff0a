"""`gridroom pipeline forecast`, and what the commands about the pipeline share."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from gridroom.cli.console import answer, say
from gridroom.core.errors import Problem, UsageError, nearest

SHOWN_NOTES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastOptionsCli:
    """Options of `gridroom pipeline forecast`."""

    file: Path
    as_of: str | None
    years: str
    samples: int
    seed: int
    jobs: int
    by: str
    identity: str
    scenario: str
    mapping: list[str]
    sheet: str | None
    set_aside: Path | None
    store: Path | None
    out: Path | None
    as_json: bool


def show_notes(notes: list[Problem]) -> list[str]:
    """Say what was set right, on stderr; all of it as texts."""
    for note in notes[:SHOWN_NOTES]:
        say(f"note: {note}")
    if len(notes) > SHOWN_NOTES:
        say(f"note: … and {len(notes) - SHOWN_NOTES} more; --json lists all")
    return [str(n) for n in notes]


def as_day(text: str | None, option: str) -> date | None:
    """Day of an option."""
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise UsageError(f"{option} must be a day as 2026-09-30; got {text!r}") from None


def as_years(text: str) -> tuple[int, ...]:
    """Years of `2026-2035`."""
    found = re.fullmatch(r"(\d{4})(?:-(\d{4}))?", text.strip())
    first = int(found.group(1)) if found else 0
    last = int(found.group(2) or first) if found else 0
    if not found or not 2000 <= first <= last <= 2100 or last - first > 60:
        raise UsageError(f"--years must read 2026-2035, within 2000 to 2100; got {text!r}")
    return tuple(range(first, last + 1))


def forecast(options: ForecastOptionsCli) -> int:
    """Forecast and answer."""
    from gridroom.pipeline.answers import IDENTITIES, SCENARIOS, ForecastOptions
    from gridroom.pipeline.archive import store
    from gridroom.pipeline.forecasting import forecast as run
    from gridroom.pipeline.practice import by_practice
    from gridroom.pipeline.records import parse_map, read_records

    for name, value, valid in (
        ("--scenario", options.scenario, SCENARIOS),
        ("--identity", options.identity, IDENTITIES),
        ("--by", options.by, ("region", "state", "provider", "zone")),
    ):
        if value not in valid:
            raise UsageError(f"{name} must be one of {', '.join(valid)}; got {value!r} ({nearest(value, valid)})")
    years, as_of = as_years(options.years), as_day(options.as_of, "--as-of")
    records = read_records(options.file, parse_map(options.mapping), options.sheet, lenient=options.set_aside is not None)
    said = show_notes(records.notes)
    if options.set_aside is not None:
        _write_aside(options.set_aside, records)
    asked = ForecastOptions(
        years=years,
        as_of=as_of,
        samples=options.samples,
        seed=options.seed,
        jobs=options.jobs,
        by=options.by,
        identity=options.identity,
        scenario=options.scenario,
    )
    result = run(records, asked)
    plain = run(records, asked, identity="separate")
    live = records.latest(result.as_of)
    live = live[live["status"] != "withdrawn"]
    document = _forecast_document(result, plain, by_practice(live, years), said, len(records.set_aside))
    if options.store is not None:
        document["stored"] = str(store(result, options.store, options.file.stem))
    if options.out is not None:
        _write_forecast(options.out, result)
    answer(document, options.as_json, lambda: _forecast_text(result, document, options))
    return 0


def _write_aside(path: Path, records: Any) -> None:
    import csv

    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["row", "why", *records.header])
        for line, cells, why in records.set_aside:
            writer.writerow([line or "", why, *cells])
    if records.set_aside:
        say(f"{len(records.set_aside)} row(s) set aside, with the reason, in {path}")


def _forecast_document(result: Any, plain: Any, practice: list[dict[str, Any]], said: list[str], aside: int) -> dict[str, Any]:
    from gridroom.pipeline.answers import STEP_NAMES

    mean, error = result.total_mw()
    plain_mean, _ = plain.total_mw()
    quantiles = {q: result.quantile_mw(q, total=True) for q in (0.05, 0.1, 0.5, 0.9, 0.95)}
    odds = result.odds.astype(object).where(result.odds.notna(), None)
    return {
        "schema_version": "1",
        "command": "pipeline forecast",
        "as_of": result.as_of.isoformat(),
        "years": list(result.years),
        "scenario": result.options.scenario,
        "identity": result.options.identity,
        "samples": result.options.samples,
        "requests": len(result.odds),
        "rows_set_aside": aside,
        "by_region_year": result.rows(),
        "total": [
            {
                "year": y,
                "requested_mw": float(result.requested_mw[k].sum()),
                "deduplicated_mw": float(result.deduplicated_mw[k].sum()),
                "mean_mw": float(mean[k]),
                "mean_stderr_mw": float(error[k]),
                **{f"p{100 * q:02.0f}_mw": float(v[k]) for q, v in quantiles.items()},
                "mean_if_every_filing_counts_mw": float(plain_mean[k]),
                "overstatement_mw": float(plain_mean[k] - mean[k]),
            }
            for k, y in enumerate(result.years)
        ],
        "waterfall": [
            {"year": y, **{f"{name}_mw": float(v) for name, v in zip(STEP_NAMES, result.waterfall[k], strict=True)}}
            for k, y in enumerate(result.years)
        ],
        "odds": odds.to_dict("records"),
        "drivers": result.drivers.head(10).to_dict("records"),
        "practice": practice,
        "cap_binds": None if result.cap_binds is None else [float(v) for v in result.cap_binds],
        "claim_class": "derived from the requests and from rates of the table pipeline_rates (mostly assumed)",
        "notes": said + result.notes,
        "wall_s": round(result.wall_s, 3),
    }


def _write_forecast(folder: Path, result: Any) -> None:
    """Tables of a forecast: paths, rows, odds, drivers."""
    import numpy as np
    import pandas as pd

    folder.mkdir(parents=True, exist_ok=True)
    n, y, r = result.paths_mw.shape
    pd.DataFrame(
        {
            "sample": np.repeat(np.arange(n), y * r),
            "year": np.tile(np.repeat(result.years, r), n),
            "region": np.tile(result.regions, n * y),
            "mw": result.paths_mw.ravel(),
        }
    ).to_parquet(folder / "paths.parquet", index=False)
    result.to_pandas().to_csv(folder / "by_region_year.csv", index=False, lineterminator="\n")
    result.odds.to_csv(folder / "odds.csv", index=False, lineterminator="\n")
    result.drivers.to_csv(folder / "drivers.csv", index=False, lineterminator="\n")


def gigawatts(mw: float) -> str:
    """MW as GW with two places."""
    return f"{mw / 1000:,.2f}"


def _forecast_text(result: Any, document: dict[str, Any], options: ForecastOptionsCli) -> str:
    last = document["total"][-1]
    steps = document["waterfall"][-1]
    lines = [
        f"{document['requests']:,} requests as of {document['as_of']} · {options.scenario} · who is who: {options.identity}",
        f"By the end of {last['year']} they draw {gigawatts(last['mean_mw'])} GW "
        f"(80 %: {gigawatts(last['p10_mw'])}–{gigawatts(last['p90_mw'])}); "
        f"{gigawatts(last['requested_mw'])} GW were asked for.",
        "",
        f"{'GW':30}{'asked':>10}{'once each':>11}{'P10':>9}{'P50':>9}{'P90':>9}",
    ]
    rows = [r for r in document["by_region_year"] if r["year"] == last["year"]]
    for row in sorted(rows, key=lambda r: -r["mean_mw"]):
        lines.append(
            f"{row['region']:30}{gigawatts(row['requested_mw']):>10}{gigawatts(row['deduplicated_mw']):>11}{gigawatts(row['p10_mw']):>9}"
            f"{gigawatts(row['p50_mw']):>9}{gigawatts(row['p90_mw']):>9}"
        )
    lines += [
        "",
        f"from asked to drawn, {last['year']}, GW:",
        "  " + " → ".join(f"{k.removesuffix('_mw').replace('_', ' ')} {gigawatts(v)}" for k, v in steps.items() if k != "year"),
        f"if every filing counted by itself: {gigawatts(last['mean_if_every_filing_counts_mw'])} GW, "
        f"{gigawatts(last['overstatement_mw'])} too much",
    ]
    if document["drivers"]:
        lines += [
            "what drives the spread: "
            + ", ".join(f"{d['request_id']} {d['share_of_variance']:.0%}" for d in document["drivers"][:5])
        ]
    shown = [p for p in document["practice"] if p["year"] == last["year"]]
    lines += ["", f"the same requests by utility practice, {last['year']}, GW:"]
    lines += [f"  {p['practice']:44}{gigawatts(p['mw']):>9}" for p in shown]
    if "stored" in document:
        lines += ["", f"stored: {document['stored']} (score it later: gridroom pipeline score)"]
    return "\n".join(lines)
