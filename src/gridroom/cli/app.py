"""The command `gridroom`: options in, answers out; the work is done in the rooms."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    name="gridroom", no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
    help="Is there room on the grid for the AI load that is coming, when does it end, and how sure are we?\n\n"
         "Start with: gridroom run")

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Jobs = Annotated[int, typer.Option("--jobs", min=0, help="Threads; 0 takes all cores.")]
ProgressMode = Annotated[str, typer.Option("--progress", help="auto, lines, jsonl or none; on stderr.")]


def _version(value: bool) -> None:
    if value:
        from gridroom import __version__

        print(f"gridroom {__version__}")
        raise typer.Exit


@app.callback()
def root(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True,
                                               help="Print the version.")] = False) -> None:
    """Options of the program itself."""


@app.command()
def run(
    study: Annotated[Path | None, typer.Argument(help="Study file; the built-in US outlook without one.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Run folder.")] = None,
    set_: Annotated[list[str] | None, typer.Option("--set", help="Setting over the study's, a.b=c; may repeat.")] = None,
    samples: Annotated[int | None, typer.Option("--samples", help="Samples of every study year.")] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Seed of all draws.")] = None,
    jobs: Jobs = 0, json_: Json = False,
    fail_if: Annotated[str | None, typer.Option("--fail-if", help="Exit 5 when true, for example 'DOM.2030.lole_days > 1'."
                                                )] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted run.")] = False,
    lang: Annotated[str | None, typer.Option("--lang", help="Language of the report: en or ja.")] = None,
    progress: ProgressMode = "auto",
) -> None:
    """Run a study: load, risk, room and when it ends, for each region and year; writes a run folder with a report."""
    from gridroom.cli import outlook
    from gridroom.cli.console import guarded

    overrides = list(set_ or [])
    overrides += [f"run.samples={samples}"] if samples is not None else []
    overrides += [f"run.seed={seed}"] if seed is not None else []
    overrides += [f'report.language="{lang}"'] if lang is not None else []
    options = outlook.Options(study=study, out=out, overrides=overrides, jobs=jobs, as_json=json_, fail_if=fail_if,
                              resume=resume, progress=progress)
    raise typer.Exit(guarded(lambda: outlook.run(options)))


@app.command()
def init(name: Annotated[str, typer.Argument(help="Name of the study file.")] = "study.toml") -> None:
    """Write a commented study that runs in a few seconds."""
    from gridroom.cli import outlook
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: outlook.init(Path(name))))


@app.command()
def validate(study: Annotated[Path, typer.Argument(help="Study file.")],
             set_: Annotated[list[str] | None, typer.Option("--set", help="Setting over the study's.")] = None,
             json_: Json = False) -> None:
    """Check a study file and list every problem."""
    from gridroom.cli import outlook
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: outlook.validate(study, list(set_ or []), json_)))


@app.command()
def schema() -> None:
    """Print the JSON Schema of a study file."""
    import json

    from gridroom.study.schema import Study

    print(json.dumps(Study.model_json_schema(), indent=1, ensure_ascii=False))


@app.command()
def show(run_folder: Annotated[Path, typer.Argument(help="Run folder.")], json_: Json = False) -> None:
    """Show the answer of a finished run."""
    from gridroom.cli import outlook
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: outlook.show(run_folder, json_)))


@app.command()
def compare(runs: Annotated[list[Path], typer.Argument(help="Run folders; the first is the base.")],
            json_: Json = False) -> None:
    """Compare runs: change of room and risk, with errors."""
    from gridroom.cli import outlook
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: outlook.compare(runs, json_)))


@app.command()
def report(run_folder: Annotated[Path, typer.Argument(help="Run folder.")],
           lang: Annotated[str, typer.Option("--lang", help="en or ja.")] = "en", json_: Json = False) -> None:
    """Write the report of a finished run anew, in English or Japanese."""
    from gridroom.cli import outlook
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: outlook.report(run_folder, lang, json_)))


data_app = typer.Typer(no_args_is_help=True, help="Reference tables with source, licence, claim class and hash.",
                       rich_markup_mode=None)
app.add_typer(data_app, name="data")


@data_app.command("list")
def data_list(json_: Json = False) -> None:
    """List the reference tables."""
    from gridroom.cli import grid
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: grid.data_list(json_)))


@data_app.command("show")
def data_show(name: Annotated[str, typer.Argument(help="Name of the table.")],
              rows: Annotated[int, typer.Option("--rows", min=1, help="Rows to show.")] = 20, json_: Json = False) -> None:
    """Show a reference table and where it comes from."""
    from gridroom.cli import grid
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: grid.data_show(name, rows, json_)))


@app.command()
def adequacy(
    system: Annotated[str, typer.Argument(help="rts79, a .pras file, or a folder of gridroom tables.")],
    method: Annotated[str, typer.Option("--method", help="montecarlo or convolution.")] = "montecarlo",
    samples: Annotated[int, typer.Option("--samples", min=2, help="Sampled horizons.")] = 10_000,
    stderr_target_pct: Annotated[float | None, typer.Option("--stderr-target-pct", help="Stop when EUE is this sure, %.")
                                 ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**62, help="Seed of all draws.")] = 1, jobs: Jobs = 0,
    json_: Json = False, progress: ProgressMode = "auto",
) -> None:
    """Adequacy of any system: LOLH, LOLE, LOLEv, EUE and NEUE with standard errors."""
    from gridroom.cli import grid
    from gridroom.cli.console import guarded

    options = grid.AdequacyOptions(system=system, method=method, samples=samples, stderr_target_pct=stderr_target_pct,
                                   seed=seed, jobs=jobs, as_json=json_, progress=progress)
    raise typer.Exit(guarded(lambda: grid.adequacy(options)))


@app.command()
def headroom(
    system: Annotated[str, typer.Argument(help="As for adequacy.")],
    region: Annotated[str, typer.Option("--region", help="Region that takes the load.")],
    target_lole_days: Annotated[float | None, typer.Option("--target-lole-days", help="Days a year; 0.1 if none given.")
                                ] = None,
    target_lolh_h: Annotated[float | None, typer.Option("--target-lolh-h", help="Hours a year.")] = None,
    target_neue_ppm: Annotated[float | None, typer.Option("--target-neue-ppm", help="Unserved over asked-for energy.")
                               ] = None,
    profile: Annotated[str, typer.Option("--profile", help="flat, or a CSV with a column value, one row a step.")
                       ] = "flat",
    method: Annotated[str, typer.Option("--method", help="montecarlo or convolution.")] = "montecarlo",
    samples: Annotated[int, typer.Option("--samples", min=2, help="Sampled horizons at each level.")] = 2_000,
    seed: Annotated[int, typer.Option("--seed", min=0, max=2**62, help="Seed of all draws.")] = 1, jobs: Jobs = 0,
    json_: Json = False,
) -> None:
    """Largest load a region can take before its risk passes a standard."""
    from gridroom.cli import grid
    from gridroom.cli.console import guarded

    options = grid.HeadroomOptions(
        system=system, region=region, targets=(target_lole_days, target_lolh_h, target_neue_ppm), profile=profile,
        method=method, samples=samples, seed=seed, jobs=jobs, as_json=json_)
    raise typer.Exit(guarded(lambda: grid.headroom(options)))


def main() -> None:
    """Entry point of the command."""
    sys.exit(app(standalone_mode=True))
