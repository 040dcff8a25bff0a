"""The command `gridroom`: options in, answers out; the work is done in the rooms."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from gridroom.cli import assets_app, loads_app, supply_app
from gridroom.cli.compute_app import app as compute_app
from gridroom.cli.pipeline_app import app as pipeline_app

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
                                               help="Print the version.")] = False,
         lang: Annotated[str | None, typer.Option("--lang", help="Language of messages: en or ja; else GRIDROOM_LANG.")] = None
         ) -> None:
    """Options of the program itself."""
    from gridroom.cli import language
    from gridroom.cli.console import guarded

    if code := guarded(lambda: language.use(lang)):
        raise typer.Exit(code)


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
    lang: Annotated[str | None, typer.Option("--lang", help="Language of the report and of messages: en or ja.")] = None,
    progress: ProgressMode = "auto",
) -> None:
    """Run a study: load, risk, room and when it ends, for each region and year; writes a run folder with a report."""
    from gridroom.cli import language, outlook
    from gridroom.cli.console import guarded

    if lang in ("en", "ja"):
        language.use(lang)
    if lang is None and study is None and language.language() == "ja":
        lang = "ja"
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
    from gridroom.cli import reference
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: reference.data_list(json_)))


@data_app.command("show")
def data_show(name: Annotated[str, typer.Argument(help="Name of the table.")],
              rows: Annotated[int, typer.Option("--rows", min=1, help="Rows to show.")] = 20, json_: Json = False) -> None:
    """Show a reference table and where it comes from."""
    from gridroom.cli import reference
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: reference.data_show(name, rows, json_)))


@app.command()
def serve(
    runs: Annotated[Path, typer.Argument(help="Folder that holds the run folders.")] = Path("runs"),
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Port on this machine.")] = 8765,
    host: Annotated[str, typer.Option("--host", help="Address to listen on; this machine alone unless asked otherwise.")] =
    "127.0.0.1",
) -> None:
    """The page in the browser: runs, regions, calculators, data; prints its address, key included."""
    from gridroom.cli import serve as command
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: command.serve(runs, host, port)))


app.add_typer(pipeline_app, name="pipeline")
app.add_typer(compute_app, name="compute")
app.add_typer(supply_app.air_app, name="air")
app.add_typer(supply_app.site_app, name="site")
app.add_typer(supply_app.outlook_app, name="outlook")
app.add_typer(assets_app.assets_app, name="assets")
app.add_typer(assets_app.heat_app, name="heat")
app.add_typer(assets_app.disclose_app, name="disclose")

app.command()(loads_app.campus)
app.command()(loads_app.flexibility)
app.command()(supply_app.expand)

SYSTEM_HELP = "rts79, rts-gmlc, a .pras file, or a folder of gridroom tables."
Seed = Annotated[int, typer.Option("--seed", min=0, max=2**62, help="Seed of all draws.")]
LoadFactor = Annotated[float, typer.Option("--load-factor", help="Factor on every region's load.")]


@app.command()
def adequacy(
    system: Annotated[str, typer.Argument(help=SYSTEM_HELP)],
    method: Annotated[str, typer.Option("--method", help="montecarlo, convolution (exact, one region) or importance (rare "
                                                         "risk).")] = "montecarlo",
    samples: Annotated[int, typer.Option("--samples", min=2, help="Sampled horizons.")] = 10_000,
    stderr_target_pct: Annotated[float | None, typer.Option("--stderr-target-pct", help="Stop when EUE is this sure, %.")
                                 ] = None,
    seed: Seed = 1, jobs: Jobs = 0,
    storage_order: Annotated[str, typer.Option("--storage-order", help="levelled, or pras: rounded, one by one.")] = "levelled",
    maintenance: Annotated[str, typer.Option("--maintenance", help="given, levelised or none.")] = "given",
    common_events: Annotated[bool, typer.Option("--common-events/--no-common-events",
                                                help="Whether events that strike many units are drawn.")] = True,
    load_factor: LoadFactor = 1.0,
    event_gap_h: Annotated[float, typer.Option("--event-gap-h", help="Shortages no further apart are one event, h.")] = 0.0,
    runner: Annotated[str, typer.Option("--runner", help="threads, local:N (N processes), or dask://HOST:PORT.")] = "threads",
    keep: Annotated[list[str] | None, typer.Option("--keep", help="More tables: flows, storage, demand_response, surplus, "
                                                   "samples; may repeat.")] = None,
    out: Annotated[Path | None, typer.Option("--out", help="Folder for checkpoint, answer and tables.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the interrupted run in --out.")] = False,
    json_: Json = False, progress: ProgressMode = "auto",
) -> None:
    """Adequacy of any system: LOLH, LOLE, LOLEv, EUE and NEUE with standard errors."""
    from gridroom.cli import adequacy as command
    from gridroom.cli.console import guarded

    options = command.AdequacyOptions(
        system=system, method=method, samples=samples, stderr_target_pct=stderr_target_pct, seed=seed, jobs=jobs,
        storage_order=storage_order, maintenance=maintenance, common_events=common_events, load_factor=load_factor,
        event_gap_h=event_gap_h, runner=runner, keep=tuple(keep or ()), out=out, resume=resume, as_json=json_, progress=progress)
    raise typer.Exit(guarded(lambda: command.adequacy(options)))


@app.command()
def headroom(
    system: Annotated[str, typer.Argument(help=SYSTEM_HELP)],
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
    seed: Seed = 1, jobs: Jobs = 0,
    curtailable_pct: Annotated[float | None, typer.Option("--curtailable-pct", help="Share of the load that gives way, %.")
                               ] = None,
    max_curtailed_hours: Annotated[float | None, typer.Option("--max-curtailed-hours", help="Hours a year it gives way.")
                                   ] = None,
    json_: Json = False,
) -> None:
    """Largest load a region can take before its risk passes a standard."""
    from gridroom.cli import grid
    from gridroom.cli.console import guarded

    options = grid.HeadroomOptions(
        system=system, region=region, targets=(target_lole_days, target_lolh_h, target_neue_ppm), profile=profile,
        method=method, samples=samples, seed=seed, jobs=jobs, curtailable_pct=curtailable_pct,
        max_curtailed_hours=max_curtailed_hours, as_json=json_)
    raise typer.Exit(guarded(lambda: grid.headroom(options)))


@app.command()
def accredit(
    system: Annotated[str, typer.Argument(help=SYSTEM_HELP)],
    resource: Annotated[list[str] | None, typer.Option("--resource", help="Unit, store, hybrid or demand response, or "
                                                       "category=WORD; repeat for a portfolio.")] = None,
    add: Annotated[Path | None, typer.Option("--add", help="File of what is added: CSV, TOML or folder.")] = None,
    metric: Annotated[str, typer.Option("--metric", help="eue, lole (hours, as in PRAS) or lole_days.")] = "eue",
    method: Annotated[str, typer.Option("--method", help="elcc or efc.")] = "elcc",
    search: Annotated[str, typer.Option("--search", help="curve (several levels in one pass) or bisection.")] = "curve",
    region: Annotated[str | None, typer.Option("--region", help="Where load is added; the resource's own if left out.")] = None,
    exact: Annotated[bool, typer.Option("--exact", help="By convolution: one region, no storage.")] = False,
    marginal: Annotated[bool, typer.Option("--marginal", help="Also what the next bit of it is worth.")] = False,
    load_factor: LoadFactor = 1.0,
    samples: Annotated[int, typer.Option("--samples", min=2, help="Sampled horizons at each level.")] = 5_000,
    seed: Seed = 1, jobs: Jobs = 0, json_: Json = False,
) -> None:
    """Capacity credit of a resource: how much load (ELCC) or firm capacity (EFC) it is worth."""
    from gridroom.cli import grid
    from gridroom.cli.console import guarded

    options = grid.AccreditOptions(
        system=system, resource=tuple(resource or ()), add=add, metric=metric, kind=method, search=search, region=region,
        exact=exact, marginal=marginal, load_factor=load_factor, samples=samples, seed=seed, jobs=jobs, as_json=json_)
    raise typer.Exit(guarded(lambda: grid.accredit(options)))


@app.command()
def convert(
    source: Annotated[str, typer.Argument(metavar="IN", help=SYSTEM_HELP)],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="A .pras file, or a new folder of tables.")],
    lossy: Annotated[bool, typer.Option("--lossy", "--round", help="Leave out, or round to whole kW, what cannot be kept; it is "
                                        "listed.")] = False,
    json_: Json = False,
) -> None:
    """Convert between .pras files and folders of tables; what cannot be kept is listed."""
    from gridroom.cli import grid
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: grid.convert(source, target, lossy, json_)))


def main() -> None:
    """Entry point of the command."""
    from gridroom.cli import language

    if language.asked(sys.argv[1:]) == "ja":
        from gridroom.cli import japanese

        sys.exit(japanese.main(typer.main.get_command(app)))
    sys.exit(app(standalone_mode=True))
