"""`gridroom assets`: what networks draw, what a switch of consensus frees, what a mine should do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridroom.cli.console import answer, check_out
from gridroom.core.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Options of `assets energy` and `assets switch`."""

    network: str
    date: str | None
    hashrate_eh: float | None
    price_usd: float | None
    tariff: float | None
    fees_btc: float | None
    deployment_months: int
    unweighted: bool
    machines: Path | None
    nodes: dict[str, Any]
    as_json: bool


def _inputs(asked: Asked) -> tuple[Any, Any]:
    from gridroom.assets.networks import Nodes
    from gridroom.assets.proof_of_work import Work
    from gridroom.study.machines_file import read_machines

    work = Work(
        hashrate_eh=asked.hashrate_eh,
        price_usd=asked.price_usd,
        fees_btc=asked.fees_btc,
        tariff_usd_per_kwh=asked.tariff,
        deployment_months=asked.deployment_months,
        unweighted=asked.unweighted,
        machines=None if asked.machines is None else read_machines(asked.machines),
    )
    return work, Nodes(**asked.nodes)


def energy(asked: Asked) -> int:
    """Answer what a network draws."""
    from gridroom.assets.networks import network_energy

    work, nodes = _inputs(asked)
    found = network_energy(asked.network, asked.date, work, nodes)
    answer({"schema_version": "1", "command": "assets energy", **found.as_dict()}, asked.as_json, lambda: str(found))
    return 0


def switch(asked: Asked, to: str) -> int:
    """Answer what a network frees when it leaves proof of work."""
    from gridroom.assets.transition import switch as change

    work, nodes = _inputs(asked)
    found = change(asked.network, to, asked.date, work, nodes)
    answer({"schema_version": "1", "command": "assets switch", **found.as_dict()}, asked.as_json, lambda: str(found))
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Mine:
    """Options of `assets miner`."""

    path: Path
    overrides: list[str]
    out: Path | None
    system: str | None
    region: str | None
    target_lole_days: float
    as_json: bool


def miner(options: Mine) -> int:
    """Answer what a mine should do, and what it means for a system's room where one is named."""
    from gridroom.assets.miner import run_miner
    from gridroom.study.miner_file import read_miner

    if (options.system is None) != (options.region is None):
        raise UsageError("--system and --region go together: which system, and where in it does the mine stand?")
    check_out(options.out, options.path)
    found = run_miner(read_miner(options.path, options.overrides))
    document: dict[str, Any] = {"schema_version": "1", "command": "assets miner", **found.as_dict()}
    lines = []
    if options.system is not None and options.region is not None:
        room = _room(options, options.system, options.region)
        document["room_mw"] = room
        lines = [
            f"room of {options.system}, region {options.region}, at LOLE {options.target_lole_days:g} days:",
            *(f"  {k.replace('_', ' ')}: {v['value']:,.1f} ± {v['stderr'] or 0:.1f} MW" for k, v in room.items()),
        ]
    if options.out is not None:
        frame = found.to_pandas()
        frame.to_parquet(options.out) if options.out.suffix == ".parquet" else frame.to_csv(options.out, index=False)
    answer(document, options.as_json, lambda: "\n".join([str(found), *lines]))
    return 0


def _room(options: Mine, name: str, region: str) -> dict[str, Any]:
    """Room beside the mine when it is firm, and when it gives way within its budget."""
    from dataclasses import replace

    from gridroom.adequacy.headroom import Lole, headroom
    from gridroom.cli.grid import open_system
    from gridroom.study.miner_file import miner_as_large_load
    from gridroom.systems.edit import with_large_load

    system = open_system(name)
    years = system if isinstance(system, dict) else {"": system}
    load = miner_as_large_load(options.path, region, options.overrides)
    out = {}
    for label, kind in (("beside_firm_mine", "firm"), ("beside_mine_that_gives_way", "interruptible")):
        with_mine = {key: with_large_load(one, replace(load, kind=kind)) for key, one in years.items()}
        found = headroom(with_mine if isinstance(system, dict) else with_mine[""], region, Lole(options.target_lole_days))
        out[label] = found.room_mw.as_dict()
    return out
