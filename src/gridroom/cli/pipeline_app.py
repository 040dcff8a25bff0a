"""Options of the commands `gridroom pipeline …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Large-load requests: which are the same project, and what of the queue will draw power, where and when.",
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Map = Annotated[list[str] | None, typer.Option("--map", help="COLUMN=FIELD for names that gridroom does not know; may repeat.")]
Sheet = Annotated[str | None, typer.Option("--sheet", help="Sheet of an Excel file.")]
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**62, help="Seed of all draws.")]


@app.command()
def match(
    file: Annotated[Path | None, typer.Argument(help="Table of records: CSV or Excel, with an id.")] = None,
    across: Annotated[
        str | None, typer.Option("--across", help="Only records that differ in this column can match, one to one.")
    ] = None,
    threshold: Annotated[float, typer.Option("--threshold", help="Probability from which two are the same; with --across, from "
                                             "which a record has a partner.")] = 0.5,
    truth: Annotated[Path | None, typer.Option("--truth", help="Labelled pairs (id_a, id_b, label) to score against.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Write the pairs here.")] = None,
    left: Annotated[Path | None, typer.Option("--left", help="First of two lists to link.")] = None,
    right: Annotated[Path | None, typer.Option("--right", help="Second of two lists to link.")] = None,
    review: Annotated[Path | None, typer.Option("--review", help="Write the uncertain pairs here, for a decision.")] = None,
    records: Annotated[Path | None, typer.Option("--records", help="Write the records here as they were read.")] = None,
    decisions: Annotated[Path | None, typer.Option("--decisions", help="A review list with decisions: they are obeyed.")] = None,
    explain: Annotated[str | None, typer.Option("--explain", help="Two ids, A,B: what speaks for and against.")] = None,
    map_: Map = None,
    sheet: Sheet = None,
    seed: Seed = 1,
    json_: Json = False,
) -> None:
    """Find records that are the same project, with calibrated probabilities."""
    from gridroom.cli import pipeline_match
    from gridroom.cli.console import guarded

    options = pipeline_match.MatchOptionsCli(
        file=file,
        left=left,
        right=right,
        across=across,
        threshold=threshold,
        truth=truth,
        out=out,
        review=review,
        records=records,
        decisions=decisions,
        explain=explain,
        mapping=list(map_ or []),
        sheet=sheet,
        seed=seed,
        as_json=json_,
    )
    raise typer.Exit(guarded(lambda: pipeline_match.match(options)))


@app.command()
def forecast(
    file: Annotated[Path, typer.Argument(help="Table of requests: CSV or Excel (`gridroom pipeline template`).")],
    as_of: Annotated[str | None, typer.Option("--as-of", help="Only what is known on this day, as 2026-09-30.")] = None,
    years: Annotated[str, typer.Option("--years", help="Years, as 2026-2035.")] = "2026-2035",
    samples: Annotated[int, typer.Option("--samples", min=50, max=1_000_000, help="Load paths.")] = 4_000,
    by: Annotated[str, typer.Option("--by", help="region (of the outlook), state, provider or zone.")] = "region",
    identity: Annotated[str, typer.Option("--identity", help="matched, declared (relations alone) or separate.")] = "matched",
    scenario: Annotated[str, typer.Option("--scenario", help="reference, contracts, construction or chip_capped.")] = "reference",
    set_aside: Annotated[
        Path | None, typer.Option("--set-aside", help="Write rows with problems here and go on without them.")
    ] = None,
    store: Annotated[Path | None, typer.Option("--store", help="Folder in which the forecast is kept with its date.")] = Path(
        "runs/forecasts"
    ),
    no_store: Annotated[bool, typer.Option("--no-store", help="Do not keep the forecast.")] = False,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for paths, odds and drivers.")] = None,
    jobs: Annotated[int, typer.Option("--jobs", min=0, help="Threads; 0 takes all cores.")] = 0,
    map_: Map = None,
    sheet: Sheet = None,
    seed: Seed = 1,
    json_: Json = False,
) -> None:
    """Forecast by region and year how much load will draw power, with the odds of each request."""
    from gridroom.cli import pipeline
    from gridroom.cli.console import guarded

    options = pipeline.ForecastOptionsCli(
        file=file,
        as_of=as_of,
        years=years,
        samples=samples,
        seed=seed,
        jobs=jobs,
        by=by,
        identity=identity,
        scenario=scenario,
        mapping=list(map_ or []),
        sheet=sheet,
        set_aside=set_aside,
        store=None if no_store else store,
        out=out,
        as_json=json_,
    )
    raise typer.Exit(guarded(lambda: pipeline.forecast(options)))


@app.command()
def backtest(
    data: Annotated[str, typer.Option("--data", help="generation, caiso, georgia, filings, or a file of such a kind.")] = "filings",
    train_before: Annotated[
        int | None, typer.Option("--train-before", help="Nothing dated in this year or later is known.")
    ] = None,
    horizon_years: Annotated[int, typer.Option("--horizon-years", help="Years ahead.")] = 5,
    folder: Annotated[Path | None, typer.Option("--folder", help="Where the public queue files lie.")] = None,
    draws: Annotated[int, typer.Option("--draws", min=100, max=100_000, help="Draws of the future.")] = 1_000,
    seed: Seed = 1,
    json_: Json = False,
) -> None:
    """Leave the future out, forecast it, and score what came, beside simple baselines."""
    from gridroom.cli import pipeline_more
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: pipeline_more.backtest(data, train_before, horizon_years, folder, draws, seed, json_)))


@app.command()
def rules(
    file: Annotated[Path, typer.Argument(help="Table of requests.")],
    deposit_usd_per_mw: Annotated[
        float, typer.Option("--deposit-usd-per-mw", help="Lost on withdrawal: deposit, exit fee or the worth of a minimum bill.")
    ] = 50_000.0,
    years: Annotated[str, typer.Option("--years", help="Years, as 2026-2035.")] = "2026-2035",
    samples: Annotated[int, typer.Option("--samples", min=50, max=1_000_000, help="Load paths.")] = 4_000,
    map_: Map = None,
    seed: Seed = 1,
    json_: Json = False,
) -> None:
    """What a deposit would do, and what disclosure of sibling filings is worth."""
    from gridroom.cli import pipeline_more
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: pipeline_more.rules(file, deposit_usd_per_mw, years, samples, seed, list(map_ or []), json_)))


@app.command()
def score(
    folder: Annotated[Path, typer.Argument(help="Folder of stored forecasts, or one of them.")],
    observed: Annotated[Path, typer.Option("--observed", help="What came: region, year, mw (region `total` for the sum).")],
    json_: Json = False,
) -> None:
    """Score stored forecasts when the year has closed."""
    from gridroom.cli import pipeline_more
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: pipeline_more.score(folder, observed, json_)))


@app.command()
def snapshot(
    file: Annotated[Path, typer.Argument(help="Table of requests as of a day.")],
    into: Annotated[Path, typer.Option("--into", help="History to append to; made if it is not there.")],
    day: Annotated[str | None, typer.Option("--date", help="Day of the snapshot, as 2026-09-30.")] = None,
    map_: Map = None,
    json_: Json = False,
) -> None:
    """Append a snapshot to a history; nothing is overwritten."""
    from gridroom.cli import pipeline_more
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: pipeline_more.snapshot(file, into, day, list(map_ or []), json_)))


@app.command()
def read(
    file: Annotated[Path, typer.Argument(help="Public queue file: LBNL, CAISO, Georgia Power, ERCOT, Epoch, IM3 or OSM.")],
    out: Annotated[Path, typer.Option("--out", help="CSV to write.")],
    json_: Json = False,
) -> None:
    """Read a public queue file in its own format and write it as a plain table."""
    from gridroom.cli import pipeline_more
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: pipeline_more.read(file, out, json_)))


@app.command()
def template() -> None:
    """Print a CSV template of requests, each column explained."""
    from gridroom.pipeline.records import template as text

    print(text(), end="")
