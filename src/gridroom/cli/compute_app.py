"""Options of the commands `gridroom compute …`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="From a model or requests to MW, MWh, tonnes, water and households. Numbers may be LOW,BEST,HIGH; 70B, 15T, 1e25 work.",
)

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Text = str | None
Pue = Annotated[Text, typer.Option("--pue", help="Facility over IT energy; from the cooling, or a default, without it.")]
Cooling = Annotated[Text, typer.Option("--cooling", help="Cooling design: gridroom data show cooling_designs.")]
Weather = Annotated[
    Text, typer.Option("--weather", help="Site whose climate sets PUE and water: gridroom data show weather_sites.")
]
Wue = Annotated[Text, typer.Option("--wue-l-per-kwh", help="Water on site, L/kWh IT.")]
Grid = Annotated[Text, typer.Option("--grid-co2-kg-per-mwh", help="Carbon intensity; the place's without it.")]
Place = Annotated[
    Text, typer.Option("--place", help="Country or eGRID subregion: gridroom data show carbon_intensity. US without it.")
]
Out = Annotated[Path | None, typer.Option("--out", help="Hourly MW, Parquet or CSV.")]


@app.command()
def training(
    model: Annotated[Text, typer.Option("--model", help="Published run: gridroom data show training_runs.")] = None,
    parameters: Annotated[Text, typer.Option("--parameters", help="Parameters; of a mixture of experts in all.")] = None,
    active_parameters: Annotated[
        Text, typer.Option("--active-parameters", help="Active for each token, of a mixture of experts.")
    ] = None,
    tokens: Annotated[Text, typer.Option("--tokens", help="Tokens trained on.")] = None,
    tokens_per_parameter: Annotated[
        Text, typer.Option("--tokens-per-parameter", help="Instead of --tokens; 20 is compute-optimal.")
    ] = None,
    flop: Annotated[Text, typer.Option("--flop", help="Operations in all.")] = None,
    accelerator_hours: Annotated[Text, typer.Option("--accelerator-hours", help="Hours of single accelerators.")] = None,
    accelerator: Annotated[Text, typer.Option("--accelerator", help="Chip: gridroom data show accelerators.")] = None,
    count: Annotated[Text, typer.Option("--count", help="Accelerators at a time.")] = None,
    days: Annotated[Text, typer.Option("--days", help="Length of the run, days.")] = None,
    mfu: Annotated[
        Text, typer.Option("--mfu", help="Share of the dense peak over all hours billed; as printed with --goodput.")
    ] = None,
    goodput: Annotated[
        Text, typer.Option("--goodput", help="Useful share of the hours; auto: from failure rates and --count.")
    ] = None,
    precision: Annotated[str, typer.Option("--precision", help="bf16, fp16 or fp8: the peak that MFU refers to.")] = "bf16",
    system_power_w: Annotated[
        Text, typer.Option("--system-power-w", help="IT power of one accelerator with its share of the node.")
    ] = None,
    project_multiple: Annotated[
        Text, typer.Option("--project-multiple", help="Project over final run, to count experiments too.")
    ] = None,
    pue: Pue = None,
    cooling: Cooling = None,
    weather: Weather = None,
    wue_l_per_kwh: Wue = None,
    grid_co2_kg_per_mwh: Grid = None,
    place: Place = None,
    out: Out = None,
    json_: Json = False,
) -> None:
    """What training a model takes: FLOP, hours, MW, MWh, tonnes, water, households, each with its range."""
    from gridroom.cli import compute
    from gridroom.cli.console import guarded

    numbers = {
        "parameters": parameters,
        "active_parameters": active_parameters,
        "tokens": tokens,
        "flop": flop,
        "count": count,
        "tokens_per_parameter": tokens_per_parameter,
        "accelerator_hours": accelerator_hours,
        "days": days,
        "mfu": mfu,
        "goodput": goodput,
        "system_power_w": system_power_w,
        "project_multiple": project_multiple,
        "pue": pue,
        "wue_l_per_kwh": wue_l_per_kwh,
        "grid_co2_kg_per_mwh": grid_co2_kg_per_mwh,
    }
    words = {
        "model": model,
        "accelerator": accelerator,
        "precision": precision,
        "cooling": cooling,
        "weather": weather,
        "place": place,
    }
    raise typer.Exit(guarded(lambda: compute.training(numbers, words, out, json_)))


@app.command()
def inference(
    requests_per_day: Annotated[Text, typer.Option("--requests-per-day", help="Requests a day.")] = None,
    output_tokens: Annotated[Text, typer.Option("--output-tokens", help="Output tokens of one request.")] = None,
    model: Annotated[Text, typer.Option("--model", help="Measured model: gridroom data show serving_measured.")] = None,
    joule_per_output_token: Annotated[Text, typer.Option("--joule-per-output-token", help="Of the accelerators alone, J.")] = None,
    active_parameters: Annotated[
        Text, typer.Option("--active-parameters", help="Active for each token; by regression or FLOP.")
    ] = None,
    parameters: Annotated[Text, typer.Option("--parameters", help="In all, of a mixture of experts.")] = None,
    method: Annotated[str, typer.Option("--method", help="auto, measured, regression or flop.")] = "auto",
    accelerator: Annotated[Text, typer.Option("--accelerator", help="Chip.")] = None,
    batch: Annotated[Text, typer.Option("--batch", help="Requests at a time.")] = None,
    task: Annotated[
        str, typer.Option("--task", help="chat, reasoning, code, image-chat or video-chat, with --configurations.")
    ] = "chat",
    configurations: Annotated[
        Text, typer.Option("--configurations", help="Your table of measured configurations (ML.ENERGY).")
    ] = None,
    fleet: Annotated[Path | None, typer.Option("--fleet", help="CSV of several models, one row each.")] = None,
    host: Annotated[Text, typer.Option("--host", help="Host over accelerator energy.")] = None,
    idle: Annotated[Text, typer.Option("--idle", help="Idle machines over busy ones.")] = None,
    utilisation: Annotated[Text, typer.Option("--utilisation", help="Share of the peak while decoding, method flop.")] = None,
    server_power_w: Annotated[Text, typer.Option("--server-power-w", help="Server power an accelerator, method flop.")] = None,
    power_share: Annotated[Text, typer.Option("--power-share", help="Share of it drawn, method flop.")] = None,
    tokens_per_second: Annotated[Text, typer.Option("--tokens-per-second", help="Of one accelerator, to count them.")] = None,
    target_utilisation: Annotated[
        Text, typer.Option("--target-utilisation", help="Share of their tokens a second in the peak hour.")
    ] = None,
    swing: Annotated[Text, typer.Option("--swing", help="Half of the daily swing over the mean.")] = None,
    pue: Pue = None,
    cooling: Cooling = None,
    weather: Weather = None,
    wue_l_per_kwh: Wue = None,
    grid_co2_kg_per_mwh: Grid = None,
    place: Place = None,
    out: Out = None,
    json_: Json = False,
) -> None:
    """What answering requests takes: Wh a request, MW, MWh a year, tonnes, water, households, each with its range."""
    from gridroom.cli import compute
    from gridroom.cli.console import guarded

    numbers = {
        "requests_per_day": requests_per_day,
        "output_tokens": output_tokens,
        "joule_per_output_token": joule_per_output_token,
        "active_parameters": active_parameters,
        "parameters": parameters,
        "batch": batch,
        "host": host,
        "idle": idle,
        "utilisation": utilisation,
        "server_power_w": server_power_w,
        "power_share": power_share,
        "swing": swing,
        "tokens_per_second": tokens_per_second,
        "target_utilisation": target_utilisation,
        "pue": pue,
        "wue_l_per_kwh": wue_l_per_kwh,
        "grid_co2_kg_per_mwh": grid_co2_kg_per_mwh,
    }
    words = {
        "model": model,
        "method": method,
        "accelerator": accelerator,
        "task": task,
        "configurations": configurations,
        "cooling": cooling,
        "weather": weather,
        "place": place,
    }
    raise typer.Exit(guarded(lambda: compute.inference(numbers, words, fleet, out, json_)))


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

    raise typer.Exit(
        guarded(
            lambda: compute.households({"mw": mw, "mwh_per_year": mwh_per_year, "load_factor": load_factor}, place, year, json_)
        )
    )
