"""The command `gridroom adequacy`: options in, risk out, tables and a checkpoint on request."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridroom.cli.console import answer, progress_lines
from gridroom.cli.grid import method_of, one_of, open_years
from gridroom.core.errors import UsageError, nearest


@dataclass(frozen=True, slots=True, kw_only=True)
class AdequacyOptions:
    """Options of `gridroom adequacy`."""

    system: str
    method: str
    samples: int
    stderr_target_pct: float | None
    seed: int
    jobs: int
    storage_order: str
    maintenance: str
    common_events: bool
    load_factor: float
    event_gap_h: float
    runner: str
    keep: tuple[str, ...]
    out: Path | None
    resume: bool
    as_json: bool
    progress: str


def _runner(name: str) -> Any:
    if not name or name == "threads":
        return None
    if not re.fullmatch(r"local:[1-9][0-9]{0,2}|(dask://|tcp://).+", name):
        raise UsageError(f"--runner must be threads, local:N with N from 1, or dask://HOST:PORT; got {name!r}")
    from gridroom.runners.cluster import DaskRunner

    try:
        return DaskRunner(f"tcp://{name.removeprefix('dask://')}" if name.startswith("dask://") else name)
    except (ImportError, OSError, ValueError, TimeoutError) as fault:
        raise UsageError(f"--runner {name}: {fault}") from None


def adequacy(options: AdequacyOptions) -> int:
    """Assess a system and answer."""
    from gridroom.adequacy.engine import assess

    if options.resume and options.out is None:
        raise UsageError("--resume needs --out, the folder of the run to go on with")
    if not 0 <= options.event_gap_h < 1e6:
        raise UsageError(f"--event-gap-h must be at least 0 hours; got {options.event_gap_h}")
    one_of("--storage-order", options.storage_order, ("levelled", "pras"))
    if options.out is not None and options.out.exists() and not options.out.is_dir():
        raise UsageError(f"--out must be a folder; {options.out} is a file")
    if options.resume and options.out is not None and not (options.out / "checkpoint.npz").is_file():
        raise UsageError(f"--resume: {options.out} holds no checkpoint; run without --resume first")
    runner = _runner(options.runner)
    try:
        method = method_of(options.method, options.samples, options.seed, options.jobs, runner=runner,
                         stderr_target_pct=options.stderr_target_pct, storage_order=options.storage_order,
                         common_events=options.common_events, event_gap_h=options.event_gap_h)
        years = open_years(options.system, options.maintenance, options.load_factor)
        system = next(iter(years.values()))
        mark = None
        if options.out is not None:
            options.out.mkdir(parents=True, exist_ok=True)
            mark = options.out / "checkpoint.npz"
        keep = _specs(options)
        result = assess(years if len(years) > 1 else system, method, *keep, listener=progress_lines(options.progress),
                        checkpoint=mark if options.method == "montecarlo" else None, resume=options.resume)
    finally:
        if runner is not None:
            runner.close()
    document = _adequacy_document(options, system, result)
    if options.out is not None:
        _write_tables(options.out, document, result)
    samples = result.method.get("samples")
    speed = "" if samples is None else f"\n{samples:,} samples in {result.simulation_s:.1f} s"
    answer(document, options.as_json,
           lambda: f"{system.name}: {len(system.regions)} region(s), {len(system.units.names)} units, "
                   f"{system.axis.hours:g} h\n{result}{_help_lines(result)}{speed}")
    return 0


def _specs(options: AdequacyOptions) -> tuple[Any, ...]:
    """What to keep for the tables of a run folder."""
    from gridroom.adequacy import specs

    known = {"flows": specs.Flow(), "storage": specs.StorageEnergy(), "demand_response": specs.DemandResponseEnergy(),
             "surplus": specs.Surplus(), "samples": specs.ShortfallSamples()}
    for name in options.keep:
        if name not in known:
            raise UsageError(f"--keep must be one of {', '.join(known)}; got {name!r} {nearest(name, known)}")
    if options.keep and options.out is None:
        raise UsageError("--keep needs --out, the folder for the tables")
    if options.method != "montecarlo":
        return ()
    kept = tuple(known[name] for name in dict.fromkeys(options.keep))
    return (specs.Events(), specs.Causes(), *kept) if options.out is not None else kept


def _adequacy_document(options: AdequacyOptions, system: Any, result: Any) -> dict[str, Any]:
    samples = result.method.get("samples")
    years = system.axis.hours / 8760.0
    document = {
        "schema_version": "1", "command": "adequacy",
        "system": {"name": system.name, "regions": len(system.regions), "units": len(system.units.names),
                   "horizon_h": system.axis.hours},
        "method": result.method, "total": _risk(result.total), "regions": [risk.as_dict() for risk in result.regions],
        "wall_s": round(result.wall_s, 3),
        "sample_years_per_s": None if samples is None else samples * years / max(result.simulation_s, 1e-9)}
    spread = result.distribution()
    if len(spread):
        document["distribution"] = spread.to_dict("records")
    if result.weather:
        document["weather_years"] = [risk.as_dict() for risk in result.weather.values()]
    if result.help:
        document["large_loads"] = [{"name": h.name, "region": h.region, "kind": h.kind, "hours_h": h.hours.as_dict(),
                                    "calls": h.calls.as_dict(), "energy_mwh": h.energy_mwh.as_dict()} for h in result.help]
        document["without_flexibility"] = {"total": _risk(result.without_help),
                                           "regions": [risk.as_dict() for risk in result.regions_without_help]}
    return document


def _risk(risk: Any) -> dict[str, Any]:
    return {k: v for k, v in risk.as_dict().items() if k != "name"}


def _help_lines(result: Any) -> str:
    if not result.help:
        return ""
    lines = ["", "with every large load firm:", f"  LOLH {result.without_help.lolh_h} h, EUE {result.without_help.eue_mwh} MWh"]
    lines += [f"  {h.name} ({h.kind}): gave way {h.hours} h in {h.calls} calls, {h.energy_mwh} MWh" for h in result.help]
    return "\n".join(lines)


def _write_tables(out: Path, document: dict[str, Any], result: Any) -> None:
    """Answer and tables of a run folder."""
    import json

    from gridroom.adequacy.checkpoint import DiskError

    units, ties = result.causes()
    tables = {"events": result.events(), "month_hour": result.month_hour(), "by_step": result.by_step(),
              "distribution": result.distribution(), "causes_units": units, "causes_interfaces": ties, **result.kept()}
    try:
        (out / "tables").mkdir(exist_ok=True)
        for name, frame in tables.items():
            if len(frame):
                frame.to_parquet(out / "tables" / f"{name}.parquet", index=False)
        (out / "adequacy.json").write_text(json.dumps(document, ensure_ascii=False, indent=1), encoding="utf-8")
    except OSError as fault:
        raise DiskError(f"{out} cannot be written: {fault.strerror or fault}; the checkpoint keeps what was simulated. "
                        "Free space and go on with --resume") from None
