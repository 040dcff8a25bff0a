"""Options of `gridroom air`, `gridroom site`, `gridroom expand` and `gridroom outlook`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Jobs = Annotated[int, typer.Option("--jobs", min=0, help="Threads; 0 takes all cores.")]
ProgressMode = Annotated[str, typer.Option("--progress", help="auto, lines, jsonl or none; on stderr.")]
Set = Annotated[list[str] | None, typer.Option("--set", help="Setting over the file's, a.b=c; may repeat.")]

air_app = typer.Typer(no_args_is_help=True, help="Air permits: a screen, not legal advice.", rich_markup_mode=None)


@air_app.callback()
def air_root() -> None:
    """Air permits."""


@air_app.command()
def pte(
    units: Annotated[Path, typer.Argument(metavar="UNITS.toml", help="Units file; see examples/supply.")],
    max_hours: Annotated[
        list[str] | None, typer.Option("--max-hours", help="Enforceable hours that keep the source below a limit: nox=249.")
    ] = None,
    set_: Set = None,
    json_: Json = False,
) -> None:
    """Potential to emit, thresholds, review, standards: what applies, with citation, and what would change it."""
    from gridroom.cli import air
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: air.pte(units, list(set_ or []), list(max_hours or []), json_)))


site_app = typer.Typer(no_args_is_help=True, help="On-site power: what to build, and whether it holds.", rich_markup_mode=None)


@site_app.callback()
def site_root() -> None:
    """On-site power."""


@site_app.command("design")
def site_design(
    site: Annotated[Path, typer.Argument(metavar="SITE.toml", help="Site file; see examples/supply.")],
    set_: Set = None,
    sweep: Annotated[str | None, typer.Option("--sweep", help="One number over several values: grid.limit_mw=300,350,400.")] = None,
    trade_off: Annotated[
        str | None, typer.Option("--trade-off", help="Curve of cost against emissions, carbon_free or time_to_power.")
    ] = None,
    points: Annotated[int, typer.Option("--points", min=2, max=200, help="Points of the curve.")] = 10,
    out: Annotated[Path | None, typer.Option("--out", help="Hourly dispatch, Parquet or CSV.")] = None,
    jobs: Jobs = 0,
    json_: Json = False,
    progress: ProgressMode = "auto",
) -> None:
    """Least cost, soonest or cleanest design of a site by the hour, then run under outages, and repaired where it does not hold."""
    from gridroom.cli import site as command
    from gridroom.cli.console import guarded

    options = command.Options(
        path=site,
        overrides=list(set_ or []),
        sweep=sweep,
        trade_off=trade_off,
        points=points,
        out=out,
        jobs=jobs,
        as_json=json_,
        progress=progress,
    )
    raise typer.Exit(guarded(lambda: command.design(options)))


outlook_app = typer.Typer(no_args_is_help=True, help="Outlooks beyond the 23 US regions.", rich_markup_mode=None)


@outlook_app.callback()
def outlook_root() -> None:
    """Outlooks beyond the US regions."""


@outlook_app.command()
def countries(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[CHN USA …]", help="ISO codes or names; five when left out.")
    ] = None,
    first_year: Annotated[int, typer.Option("--first-year", min=2000, max=2030, help="First year shown.")] = 2015,
    json_: Json = False,
) -> None:
    """Generation, capacity and additions of countries by year, and how fast each makes room."""
    from gridroom.cli import countries as command
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: command.countries(list(names or []), first_year, json_)))


def expand(
    study: Annotated[
        Path | None,
        typer.Argument(metavar="[STUDY.toml]", help="Study of the outlook, or a file with [[zones]]; the built-in outlook."),
    ] = None,
    set_: Set = None,
    samples: Annotated[int, typer.Option("--samples", min=9, help="Sampled years of each simulation.")] = 90,
    jobs: Jobs = 0,
    json_: Json = False,
    progress: ProgressMode = "auto",
) -> None:
    """What it takes: least-cost additions by region until the simulated standard holds; or any zones of your own."""
    from gridroom.cli import expand as command
    from gridroom.cli.console import guarded

    options = command.Options(path=study, overrides=list(set_ or []), samples=samples, jobs=jobs, as_json=json_, progress=progress)
    raise typer.Exit(guarded(lambda: command.expand(options)))
