"""`gridroom site design`: what to build, what it costs, whether it holds."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridroom.cli.console import answer, check_out, progress_lines, say, tell_of_compiling
from gridroom.core.errors import UsageError
from gridroom.core.progress import Progress

AGAINST = ("emissions", "carbon_free", "time_to_power")


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of `gridroom site design`."""

    path: Path
    overrides: list[str]
    sweep: str | None
    trade_off: str | None
    points: int
    out: Path | None
    jobs: int
    as_json: bool
    progress: str


def _sweep_of(text: str) -> tuple[str, list[float]]:
    name, equals, values = text.partition("=")
    try:
        numbers = [float(v) for v in values.split(",")]
    except ValueError:
        numbers = []
    if not equals or not numbers or not all(math.isfinite(v) and v >= 0 for v in numbers):
        raise UsageError(f"--sweep {text!r} must read like grid.limit_mw=300,350,400: finite numbers of at least 0")
    return name.strip(), numbers


def _solver(options: Options, gap: float, time_limit_s: float) -> Any:
    from gridroom.supply.site_design import Solver

    listen = progress_lines(options.progress)
    last = [-10.0]

    def tell(seconds: float, left: float, nodes: int) -> None:
        if seconds - last[0] >= 5.0:
            last[0] = seconds
            words = "no whole-number design yet" if left == float("inf") else f"gap {100 * left:.3f} %"
            listen(Progress("whole units", nodes, nodes + 1, seconds, words))

    return Solver(gap=gap, time_limit_s=time_limit_s, listen=tell)


def _row(value: float, point: Any, study: Any, model: Any) -> dict[str, Any]:
    from gridroom.supply.site_design import used

    year = study.site.per_year
    row: dict[str, Any] = {
        "value": value,
        "status": "infeasible" if point.design is None else point.design.status,
        "seconds": round(point.seconds, 4),
    }
    if point.design is not None:
        plan = point.design
        row |= {
            "objective_usd_per_year": plan.objective_usd_per_year,
            "capacity_mw": plan.capacity_mw,
            "storage_mwh": plan.storage_mwh,
            "co2_t": used(model, plan, "co2_t_per_year"),
            "cfe_hourly_pct": max(used(model, plan, "carbon_free_hourly_pct"), 0.0),
            "energy_mwh": {n: float((v + plan.charge_mw.get(n, 0.0)).sum()) * year for n, v in plan.dispatch_mw.items()},
        }
    return row


def _table(name: str, rows: list[dict[str, Any]]) -> str:
    names = sorted({n for r in rows for n in r.get("capacity_mw", {})}, key=lambda n: n)
    lines = [f"{name:>28}{'M USD/year':>14}{'t CO2':>14}{'CFE %':>8}{'s':>8}  " + "".join(f"{n[:12]:>13}" for n in names)]
    for r in rows:
        if "capacity_mw" not in r:
            lines.append(f"{r['value']:28,.6g}{r['status']:>14}")
            continue
        lines.append(
            f"{r['value']:28,.6g}{r['objective_usd_per_year'] / 1e6:14,.3f}{r['co2_t']:14,.0f}{r['cfe_hourly_pct']:8.1f}"
            f"{r['seconds']:8.2f}  " + "".join(f"{r['capacity_mw'][n]:13,.1f}" for n in names)
        )
    return "\n".join(lines)


def _curve(options: Options, study: Any, solver: Any) -> dict[str, Any]:
    from gridroom.supply.site_design import sweep, trade_off
    from gridroom.supply.site_model import SiteModel

    if options.sweep is not None:
        name, values = _sweep_of(options.sweep)
        if name == "limits.carbon_free_hourly_pct" and max(values) > 100:
            raise UsageError("--sweep limits.carbon_free_hourly_pct takes shares of at most 100")
        points = sweep(study.site, name, values, solver)
    else:
        name = {"emissions": "t CO2 a year", "carbon_free": "carbon-free hourly %", "time_to_power": "month"}[
            str(options.trade_off)
        ]
        points = trade_off(study.site, str(options.trade_off), options.points, solver)
    model = SiteModel(study.site)
    rows = []
    for point in points:
        rows.append(_row(point.value, point, study, model))
        say(f"{name} {point.value:,.6g}: {rows[-1]['status']}, {point.seconds:.2f} s")
    note = "least cost at each point; no point is run under outages: do that with a design of its own"
    say(f"note: {note}")
    return {"swept": name, "rows": rows, "note": note}


def design(options: Options) -> int:
    """Answer one design, a sweep, or a trade-off curve."""
    from gridroom.study.site_answer import site_design
    from gridroom.study.site_file import read_site

    check_out(options.out, options.path)
    if options.sweep is not None and options.trade_off is not None:
        raise UsageError("give either --sweep or --trade-off")
    if options.out is not None and (options.sweep or options.trade_off):
        raise UsageError("--out takes the hours of one design, not of a sweep or curve")
    if options.trade_off is not None and options.trade_off not in AGAINST:
        raise UsageError(f"--trade-off must be one of {', '.join(AGAINST)}; got {options.trade_off!r}")
    started = time.perf_counter()
    study = read_site(options.path, options.overrides)
    solver = _solver(options, study.gap, study.time_limit_s)
    head = {"schema_version": "1", "command": "site design"}
    if options.sweep is not None or options.trade_off is not None:
        curve = _curve(options, study, solver)
        document = {**head, "name": study.site.name, **curve, "wall_s": round(time.perf_counter() - started, 3)}
        answer(document, options.as_json, lambda: _table(curve["swept"], curve["rows"]))
        return 0
    tell_of_compiling("blocks")
    found = site_design(study, jobs=options.jobs, listener=progress_lines(options.progress), solver=solver)
    if options.out is not None:
        table = found.hourly()
        table.to_parquet(options.out) if options.out.suffix == ".parquet" else table.to_csv(options.out, index_label="hour")
    document = {
        **head,
        **found.as_dict(),
        "out": str(options.out) if options.out else None,
        "wall_s": round(time.perf_counter() - started, 3),
    }
    answer(document, options.as_json, lambda: str(found))
    return 0
