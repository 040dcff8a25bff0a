"""Options of `gridroom assets`, `gridroom heat` and `gridroom disclose`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Set = Annotated[list[str] | None, typer.Option("--set", help="Setting over the file's, a.b=c; may repeat.")]
Hourly = Annotated[Path | None, typer.Option("--out", help="By the hour, Parquet or CSV.")]
Folder = Annotated[Path, typer.Option("--out", help="Folder of the files.")]
Package = Annotated[Path | None, typer.Option("--taxonomy", help="ESMA's taxonomy package (ZIP), for full validation by Arelle.")]

Network = Annotated[
    str, typer.Argument(metavar="NETWORK", help="bitcoin, ethereum, solana, proof-of-authority …: gridroom data show networks.")
]
Date = Annotated[
    str | None, typer.Option("--date", help="Day, month or year: 2021-05-13, 2021-05, 2021; the newest known when left out.")
]
HashRate = Annotated[float | None, typer.Option("--hashrate-eh", help="Proof of work: hash rate, EH/s.")]
Price = Annotated[float | None, typer.Option("--price-usd", help="Proof of work: price of a coin, USD.")]
Tariff = Annotated[
    float | None, typer.Option("--tariff-usd-per-kwh", help="Proof of work: price of power, USD/kWh; 0.05 when left out.")
]
Fees = Annotated[float | None, typer.Option("--fees-btc", help="Proof of work: fees of a day, BTC.")]
Months = Annotated[int, typer.Option("--deployment-months", help="Proof of work: months from a machine's release to its work.")]
Plain = Annotated[bool, typer.Option("--unweighted", help="Proof of work: every machine counts the same, as before August 2023.")]
Machines = Annotated[Path | None, typer.Option("--machines", help="Proof of work: your own list, CSV: model, release, j_per_th.")]
Count = Annotated[float | None, typer.Option("--nodes", help="Nodes that validate.")]
NodeW = Annotated[float | None, typer.Option("--node-w", help="Power of a node at rest, W.")]
PerTps = Annotated[float | None, typer.Option("--w-per-tps-node", help="More of each node for a transaction a second, W.")]
Tps = Annotated[float | None, typer.Option("--transactions-per-s", help="Transactions a second.")]
Full = Annotated[float | None, typer.Option("--full-nodes", help="Proof of authority: nodes that do not validate.")]
FullW = Annotated[float | None, typer.Option("--full-node-w", help="Power of one of them, W.")]
Hardware = Annotated[
    str | None,
    typer.Option("--hardware", help="Class of nodes in place of --node-w: single_board, mini_pc, cloud_share or server."),
]
Pue = Annotated[float | None, typer.Option("--pue", help="Power usage where nodes stand; outside the boundary when left out.")]

assets_app = typer.Typer(no_args_is_help=True, help="Digital assets on the same power.", rich_markup_mode=None)


@assets_app.callback()
def assets_root() -> None:
    """Digital assets."""


@assets_app.command()
def energy(
    network: Network,
    date: Date = None,
    hashrate_eh: HashRate = None,
    price_usd: Price = None,
    tariff: Tariff = None,
    fees_btc: Fees = None,
    deployment_months: Months = 0,
    unweighted: Plain = False,
    machines: Machines = None,
    nodes: Count = None,
    node_w: NodeW = None,
    w_per_tps_node: PerTps = None,
    transactions_per_s: Tps = None,
    full_nodes: Full = None,
    full_node_w: FullW = None,
    pue: Pue = None,
    hardware: Hardware = None,
    json_: Json = False,
) -> None:
    """What a network draws: lower, best, upper, by which method, and what others publish."""
    from gridroom.cli import assets
    from gridroom.cli.console import guarded

    asked = assets.Asked(
        network=network,
        date=date,
        hashrate_eh=hashrate_eh,
        price_usd=price_usd,
        tariff=tariff,
        fees_btc=fees_btc,
        deployment_months=deployment_months,
        unweighted=unweighted,
        machines=machines,
        as_json=json_,
        nodes={
            "nodes": nodes,
            "node_w": node_w,
            "w_per_tps_node": w_per_tps_node,
            "transactions_per_s": transactions_per_s,
            "full_nodes": full_nodes,
            "full_node_w": full_node_w,
            "pue": pue,
            "hardware": hardware,
        },
    )
    raise typer.Exit(guarded(lambda: assets.energy(asked)))


@assets_app.command()
def switch(
    network: Network,
    to: Annotated[str, typer.Option("--to", help="stake or authority.")] = "stake",
    date: Date = None,
    hashrate_eh: HashRate = None,
    price_usd: Price = None,
    tariff: Tariff = None,
    fees_btc: Fees = None,
    nodes: Count = None,
    node_w: NodeW = None,
    transactions_per_s: Tps = None,
    full_nodes: Full = None,
    full_node_w: FullW = None,
    pue: Pue = None,
    hardware: Hardware = None,
    json_: Json = False,
) -> None:
    """What moving from proof of work to proof of stake or authority frees, in MW and by US region."""
    from gridroom.cli import assets
    from gridroom.cli.console import guarded

    asked = assets.Asked(
        network=network,
        date=date,
        hashrate_eh=hashrate_eh,
        price_usd=price_usd,
        tariff=tariff,
        fees_btc=fees_btc,
        deployment_months=0,
        unweighted=False,
        machines=None,
        as_json=json_,
        nodes={
            "nodes": nodes,
            "node_w": node_w,
            "w_per_tps_node": None,
            "transactions_per_s": transactions_per_s,
            "full_nodes": full_nodes,
            "full_node_w": full_node_w,
            "pue": pue,
            "hardware": hardware,
        },
    )
    raise typer.Exit(guarded(lambda: assets.switch(asked, to)))


@assets_app.command()
def miner(
    mine: Annotated[Path, typer.Argument(metavar="MINER.toml", help="Miner file; see examples/assets.")],
    set_: Set = None,
    out: Hourly = None,
    system: Annotated[
        str | None, typer.Option("--system", help="Also the room of a system beside the mine; with --region.")
    ] = None,
    region: Annotated[str | None, typer.Option("--region", help="Region of that system.")] = None,
    target_lole_days: Annotated[float, typer.Option("--target-lole-days", min=0.0001, help="Standard of that room.")] = 0.1,
    json_: Json = False,
) -> None:
    """What a mine should do hour by hour, who pays what, and what AI hosting would bring on the same megawatts."""
    from gridroom.cli import assets
    from gridroom.cli.console import guarded

    options = assets.Mine(
        path=mine,
        overrides=list(set_ or []),
        out=out,
        system=system,
        region=region,
        target_lole_days=target_lole_days,
        as_json=json_,
    )
    raise typer.Exit(guarded(lambda: assets.miner(options)))


heat_app = typer.Typer(no_args_is_help=True, help="Heat that is not wasted.", rich_markup_mode=None)


@heat_app.callback()
def heat_root() -> None:
    """Heat."""


@heat_app.command()
def reuse(
    site: Annotated[Path, typer.Argument(metavar="SITE.toml", help="Heat file; see examples/heat.")],
    set_: Set = None,
    out: Hourly = None,
    json_: Json = False,
) -> None:
    """Heat that can be recovered, lifted and taken by a town, hour by hour, and what it is worth."""
    from gridroom.cli import heat
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: heat.reuse(site, list(set_ or []), out, json_)))


disclose_app = typer.Typer(no_args_is_help=True, help="Files that regulators ask for, and what rules ask.", rich_markup_mode=None)


@disclose_app.callback()
def disclose_root() -> None:
    """Disclosure."""


@disclose_app.command()
def mica(
    file: Annotated[Path, typer.Argument(metavar="FILE.toml", help="Disclosure file; see examples/disclosure.")],
    out: Folder,
    set_: Set = None,
    taxonomy: Package = None,
    json_: Json = False,
) -> None:
    """MiCA sustainability indicators: page, JSON and inline XBRL, checked; exit 3 names missing fields."""
    from gridroom.cli import disclose
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: disclose.mica(file, list(set_ or []), out, taxonomy, json_)))


@disclose_app.command()
def eed(
    files: Annotated[list[Path], typer.Argument(metavar="FILE.toml …", help="Data-centre files; several give aggregates too.")],
    out: Folder,
    set_: Set = None,
    json_: Json = False,
) -> None:
    """EU data-centre report: fields, PUE, WUE, ERF, REF, and German and Japanese duties; exit 3 names missing fields."""
    from gridroom.cli import disclose
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: disclose.eed(files, list(set_ or []), out, json_)))


@disclose_app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE.xhtml", help="Inline XBRL file, ours or another's.")],
    taxonomy: Package = None,
    json_: Json = False,
) -> None:
    """Check an inline XBRL filing: own rules, and the taxonomy where its package is given."""
    from gridroom.cli import disclose
    from gridroom.cli.console import guarded

    raise typer.Exit(guarded(lambda: disclose.check(file, taxonomy, json_)))


@disclose_app.command()
def us(
    mw: Annotated[float | None, typer.Option("--mw", help="Load at one site, MW; subscribed demand for tariffs.")] = None,
    state: Annotated[str, typer.Option("--state", help="TX, OH or VA; all when left out.")] = "",
    mining: Annotated[bool, typer.Option("--mining", help="The load mines.")] = False,
    interruptible: Annotated[bool, typer.Option("--interruptible", help="The load can be interrupted.")] = False,
    load_factor: Annotated[float | None, typer.Option("--load-factor", help="Load factor, 0 to 1.")] = None,
    used_mw: Annotated[float | None, typer.Option("--used-mw", help="Peak demand used, MW.")] = None,
    backup_share: Annotated[
        float | None, typer.Option("--backup-share", help="On-site backup over on-site demand, 0 to 1.")
    ] = None,
    date: Annotated[str | None, typer.Option("--date", help="Rules of that day, YYYY-MM-DD; today when left out.")] = None,
    json_: Json = False,
) -> None:
    """What Texas SB 6, tariffs, FERC and the CLARITY Act ask of a load, and what they do not, with dates and sources."""
    from gridroom.cli import disclose
    from gridroom.cli.console import guarded

    load = {
        "mw": mw,
        "state": state.upper(),
        "mining": mining,
        "interruptible": interruptible,
        "load_factor": load_factor,
        "used_mw": used_mw,
        "backup_share": backup_share,
    }
    raise typer.Exit(guarded(lambda: disclose.us(load, date, json_)))
