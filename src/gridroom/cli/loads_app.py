"""Options of `gridroom campus` and `gridroom flexibility`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Jobs = Annotated[int, typer.Option("--jobs", min=0, help="Threads; 0 takes all cores.")]
ProgressMode = Annotated[str, typer.Option("--progress", help="auto, lines, jsonl or none; on stderr.")]


def campus(
    source: Annotated[
        str | None, typer.Argument(metavar="[FILE|NAME]", help="Campus file (TOML), or a named campus; lists these when left out.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Hourly table, Parquet or CSV.")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="Setting over the file's, or alone: key=value.")] = None,
    year: Annotated[int | None, typer.Option("--year", min=2000, max=2060, help="Calendar year.")] = None,
    json_: Json = False,
) -> None:
    """A campus by the hour: MW, PUE in the weather, water, and what it asks of the grid in its hottest hour."""
    from gridroom.cli import campus as command
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: command.campus(source, out, list(set_ or []), year, json_)))


def flexibility(
    authority: Annotated[str, typer.Option("--authority", help="all, codes (PJM,MISO), or a file of hourly demand.")] = "all",
    curtailment_pct: Annotated[
        str, typer.Option("--curtailment-pct", help="Shares of the added load's energy, %.")
    ] = "0.25,0.5,1,5",
    thresholds: Annotated[
        str,
        typer.Option(
            "--thresholds", help="governed: the months each threshold rules; core: June to August and December to February."
        ),
    ] = "governed",
    keep_spikes: Annotated[bool, typer.Option("--keep-spikes", help="Take false peaks as real.")] = False,
    region: Annotated[
        str | None, typer.Option("--region", help="Region of the outlook: the engine's room at equal LOLE too.")
    ] = None,
    year: Annotated[int, typer.Option("--year", min=2025, max=2035, help="Study year of the engine.")] = 2030,
    samples: Annotated[int, typer.Option("--samples", min=9, help="Samples of the engine.")] = 360,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**62, help="Seed of all draws.")] = 1,
    jobs: Jobs = 0,
    target_lole_days: Annotated[float, typer.Option("--target-lole-days", help="Standard of the engine, days a year.")] = 0.1,
    json_: Json = False,
    progress: ProgressMode = "auto",
) -> None:
    """How much more load fits if it gives way a few hours a year: the published method, and room at equal LOLE beside it."""
    from gridroom.cli import flexibility as command
    from gridroom.cli.console import guarded

    options = command.FlexibilityOptions(
        authority=authority,
        curtailment_pct=curtailment_pct,
        thresholds=thresholds,
        keep_spikes=keep_spikes,
        region=region,
        year=year,
        samples=samples,
        seed=seed,
        jobs=jobs,
        target_lole_days=target_lole_days,
        as_json=json_,
        progress=progress,
    )
    raise typer.Exit(guarded(lambda: command.flexibility(options)))
