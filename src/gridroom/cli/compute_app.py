"""Options of the commands `gridroom compute …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None,
    help="From a model or requests to MW, MWh, tonnes, water and households. Numbers may be LOW,BEST,HIGH; 70B, 15T, 1e25 work.")

Text = str | None
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Out = Annotated[Path | None, typer.Option("--out", help="Hourly MW, Parquet or CSV.")]
Pue = Annotated[Text, typer.Option("--pue", help="Facility over IT energy; from the cooling, or a default, without it.")]
Cooling = Annotated[Text, typer.Option("--cooling", help="Cooling design: gridroom data show cooling_designs.")]
Weather = Annotated[Text, typer.Option("--weather", help="Site whose climate sets PUE and water: data show weather_sites.")]
Wue = Annotated[Text, typer.Option("--wue-l-per-kwh", help="Water on site, L/kWh IT.")]
Grid = Annotated[Text, typer.Option("--grid-co2-kg-per-mwh", help="Carbon intensity; the place's without it.")]
Place = Annotated[Text, typer.Option("--place", help="Country or eGRID subregion: data show carbon_intensity.")]
Run = Annotated[Text, typer.Option("--model", help="Published run: gridroom data show training_runs.")]
Parameters = Annotated[Text, typer.Option("--parameters", help="Parameters; of a mixture of experts in all.")]
Active = Annotated[Text, typer.Option("--active-parameters", help="Active for each token, of a mixture of experts.")]
Tokens = Annotated[Text, typer.Option("--tokens", help="Tokens trained on.")]
TokensEach = Annotated[Text, typer.Option("--tokens-per-parameter", help="Instead of --tokens; 20 is compute-optimal.")]
Flop = Annotated[Text, typer.Option("--flop", help="Operations in all.")]
Hours = Annotated[Text, typer.Option("--accelerator-hours", help="Hours of single accelerators.")]
Chip = Annotated[Text, typer.Option("--accelerator", help="Chip: gridroom data show accelerators.")]
Count = Annotated[Text, typer.Option("--count", help="Accelerators at a time.")]
Days = Annotated[Text, typer.Option("--days", help="Length of the run, days.")]
Mfu = Annotated[Text, typer.Option("--mfu", help="Share of the dense peak over all hours billed; as printed with --goodput.")]
Goodput = Annotated[Text, typer.Option("--goodput", help="Useful share of the hours; auto: from failure rates and --count.")]
Precision = Annotated[str, typer.Option("--precision", help="bf16, fp16 or fp8: the peak that MFU refers to.")]
SystemPower = Annotated[Text, typer.Option("--system-power-w", help="IT power of one accelerator with its share of the node.")]
Multiple = Annotated[Text, typer.Option("--project-multiple", help="Project over final run, to count experiments too.")]
Requests = Annotated[Text, typer.Option("--requests-per-day", help="Requests a day.")]
OutputTokens = Annotated[Text, typer.Option("--output-tokens", help="Output tokens of one request.")]
Served = Annotated[Text, typer.Option("--model", help="Measured model: gridroom data show serving_measured.")]
Joule = Annotated[Text, typer.Option("--joule-per-output-token", help="Of the accelerators alone, J.")]
Method = Annotated[str, typer.Option("--method", help="auto, measured, regression or flop.")]
Batch = Annotated[Text, typer.Option("--batch", help="Requests at a time.")]
Task = Annotated[Text, typer.Option("--task", help="chat, reasoning, code, image-chat or video-chat, with --configurations.")]
Configurations = Annotated[Text, typer.Option("--configurations", help="Your table of measured configurations (ML.ENERGY).")]
FleetFile = Annotated[Path | None, typer.Option("--fleet", help="CSV of several models, one row each.")]
Host = Annotated[Text, typer.Option("--host", help="Host over accelerator energy.")]
Idle = Annotated[Text, typer.Option("--idle", help="Idle machines over busy ones.")]
Utilisation = Annotated[Text, typer.Option("--utilisation", help="Share of the peak while decoding, method flop.")]
ServerPower = Annotated[Text, typer.Option("--server-power-w", help="Server power an accelerator, method flop.")]
PowerShare = Annotated[Text, typer.Option("--power-share", help="Share of it drawn, method flop.")]
Speed = Annotated[Text, typer.Option("--tokens-per-second", help="Of one accelerator, to count them.")]
Target = Annotated[Text, typer.Option("--target-utilisation", help="Share of their tokens a second in the peak hour.")]
Swing = Annotated[Text, typer.Option("--swing", help="Half of the daily swing over the mean.")]


@app.command()
def training(
    model: Run = None, parameters: Parameters = None, active_parameters: Active = None, tokens: Tokens = None,
    tokens_per_parameter: TokensEach = None, flop: Flop = None, accelerator_hours: Hours = None, accelerator: Chip = None,
    count: Count = None, days: Days = None, mfu: Mfu = None, goodput: Goodput = None, precision: Precision = "bf16",
    system_power_w: SystemPower = None, project_multiple: Multiple = None, pue: Pue = None, cooling: Cooling = None,
    weather: Weather = None, wue_l_per_kwh: Wue = None, grid_co2_kg_per_mwh: Grid = None, place: Place = None, out: Out = None,
    json_: Json = False,
) -> None:
    """What training a model takes: FLOP, hours, MW, MWh, tonnes, water, households, each with its range."""
    options = {name: value for name, value in locals().items() if name not in ("out", "json_")}
    from gridroom.cli import compute
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: compute.training(options, out, json_)))


@app.command()
def inference(
    requests_per_day: Requests = None, output_tokens: OutputTokens = None, model: Served = None,
    joule_per_output_token: Joule = None, active_parameters: Active = None, parameters: Parameters = None,
    method: Method = "auto", accelerator: Chip = None, batch: Batch = None, task: Task = None,
    configurations: Configurations = None, fleet: FleetFile = None, host: Host = None, idle: Idle = None,
    utilisation: Utilisation = None, server_power_w: ServerPower = None, power_share: PowerShare = None,
    tokens_per_second: Speed = None, target_utilisation: Target = None, swing: Swing = None, pue: Pue = None,
    cooling: Cooling = None, weather: Weather = None, wue_l_per_kwh: Wue = None, grid_co2_kg_per_mwh: Grid = None,
    place: Place = None, out: Out = None, json_: Json = False,
) -> None:
    """What answering requests takes: Wh a request, MW, MWh a year, tonnes, water, households, each with its range."""
    options = {name: value for name, value in locals().items() if name not in ("fleet", "out", "json_")}
    from gridroom.cli import compute
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: compute.inference(options, fleet, out, json_)))


@app.command()
def households(
    mw: Annotated[Text, typer.Option("--mw", help="Load, MW.")] = None,
    mwh_per_year: Annotated[Text, typer.Option("--mwh-per-year", help="Or energy, MWh a year.")] = None,
    load_factor: Annotated[Text, typer.Option("--load-factor", help="Mean over peak of the load; 1 without it.")] = None,
    place: Annotated[str, typer.Option("--place", help="US, JP, EU27, …: gridroom data show household_electricity.")] = "US",
    year: Annotated[int | None, typer.Option("--year", help="Year of the household figure; the newest without it.")] = None,
    json_: Json = False,
) -> None:
    """Households that use as much electricity, with the divisor beside the number."""
    from gridroom.cli import compute
    from gridroom.cli.console import guarded

    texts = {"mw": mw, "mwh_per_year": mwh_per_year, "load_factor": load_factor}
    raise typer.Exit(guarded(lambda: compute.households(texts, place, year, json_)))
