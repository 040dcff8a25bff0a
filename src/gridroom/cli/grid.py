"""Commands about systems and reference data: adequacy, headroom, accredit, convert, data."""

from __future__ import annotations

import dataclasses
import re
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridroom.cli.console import answer, progress_lines, say, tell_of_compiling
from gridroom.core.errors import Problem, StudyError, UsageError, nearest, raise_all

BUILT_IN = ("rts79", "rts-gmlc")


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


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadroomOptions:
    """Options of `gridroom headroom`; targets are LOLE days, LOLH hours, NEUE ppm."""

    system: str
    region: str
    targets: tuple[float | None, float | None, float | None]
    profile: str
    method: str
    samples: int
    seed: int
    jobs: int
    curtailable_pct: float | None
    max_curtailed_hours: float | None
    as_json: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AccreditOptions:
    """Options of `gridroom accredit`."""

    system: str
    resource: tuple[str, ...]
    add: Path | None
    metric: str
    kind: str
    search: str
    region: str | None
    exact: bool
    marginal: bool
    load_factor: float
    samples: int
    seed: int
    jobs: int
    as_json: bool


def open_years(name: str, maintenance: str = "given", load_factor: float = 1.0) -> dict[str, Any]:
    """Weather years of a system by built-in name, `.pras` file or folder of tables; one without a name where there is one."""
    from gridroom import systems
    from gridroom.systems.maintenance import PLANS
    from gridroom.systems.system import never_served

    if maintenance not in PLANS:
        raise UsageError(f"--maintenance must be one of {', '.join(PLANS)}; got {maintenance!r}")
    if not 0 < load_factor < 1e6:
        raise UsageError(f"--load-factor must be greater than 0; got {load_factor}")
    path = Path(name)
    if name in BUILT_IN:
        years = {"": systems.rts79() if name == "rts79" else systems.rts_gmlc()}
    elif path.is_dir():
        years = dict(systems.read_years(path, maintenance))
        maintenance = "given"  # done while reading
    elif path.suffix == ".pras" or path.is_file():
        years = {"": systems.read_pras(path)}
    else:
        raise StudyError(Problem(f"system {name!r}", "is no built-in name, .pras file or folder", nearest(name, BUILT_IN)))
    if maintenance == "levelised":
        years = {year: systems.levelised(system) for year, system in years.items()}
    if load_factor != 1.0:
        years = {year: dataclasses.replace(system, load_mw=system.load_mw * load_factor) for year, system in years.items()}
    raise_all([problem for system in years.values() for problem in never_served(system)])
    tell_of_compiling()
    return years


def open_system(name: str, load_factor: float = 1.0) -> Any:
    """System of one weather year, or the mapping of several."""
    years = open_years(name, load_factor=load_factor)
    return years if len(years) > 1 else next(iter(years.values()))


def first_year(system: Any) -> Any:
    """A system, or the first of its weather years."""
    return next(iter(system.values())) if isinstance(system, dict) else system


def _method(name: str, samples: int, seed: int, jobs: int, **more: Any) -> Any:
    from gridroom.adequacy.specs import Convolution, ImportanceSampling, MonteCarlo

    target = more.get("stderr_target_pct")
    if name == "montecarlo":
        if target is not None and not 0 < target < 1e6:
            raise UsageError(f"--stderr-target-pct must be greater than 0; got {target}")
        return MonteCarlo(samples=samples, seed=seed, jobs=jobs, **more)
    asked = [key for key, usual in (("stderr_target_pct", None), ("event_gap_h", 0.0), ("storage_order", "levelled"))
             if more.get(key, usual) != usual]
    if asked:
        raise UsageError(f"--{asked[0].replace('_', '-')} is for --method montecarlo; got --method {name}")
    if name == "convolution":
        return Convolution()
    if name == "importance":
        return ImportanceSampling(samples=samples, seed=seed, jobs=jobs)
    raise UsageError(f"--method must be montecarlo, convolution or importance; got {name!r}")


def _one_of(option: str, value: str, known: tuple[str, ...]) -> None:
    if value not in known:
        raise UsageError(f"{option} must be one of {', '.join(known)}; got {value!r} {nearest(value, known)}")


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
    _one_of("--storage-order", options.storage_order, ("levelled", "pras"))
    if options.out is not None and options.out.exists() and not options.out.is_dir():
        raise UsageError(f"--out must be a folder; {options.out} is a file")
    if options.resume and options.out is not None and not (options.out / "checkpoint.npz").is_file():
        raise UsageError(f"--resume: {options.out} holds no checkpoint; run without --resume first")
    runner = _runner(options.runner)
    try:
        method = _method(options.method, options.samples, options.seed, options.jobs, runner=runner,
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


def _profile(name: str) -> Any:
    import numpy as np
    import pandas as pd

    if name == "flat":
        return None
    path = Path(name)
    if not path.is_file():
        raise StudyError(Problem(f"--profile {name}", "does not exist", "flat, or a CSV with a column value"))
    try:
        frame = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
    except Exception as fault:  # whatever a broken file makes the reader raise
        raise StudyError(Problem(f"--profile {name}", f"cannot be read: {str(fault).splitlines()[0]}")) from None
    if "value" not in frame:
        raise StudyError(Problem(f"{name}, column value", "is missing", nearest("value", map(str, frame.columns))))
    values = pd.to_numeric(frame["value"], errors="coerce").to_numpy(np.float64)
    raise_all([Problem(f"{name} row {row + 2}, value", f"must be a number of at least 0; got {frame['value'].iloc[row]!r}")
               for row in np.flatnonzero(~(np.isfinite(values) & (values >= 0)))[:20]])
    return values


def _curtailable(options: HeadroomOptions) -> Any:
    from gridroom.adequacy.headroom import Curtailable

    pct, hours = options.curtailable_pct, options.max_curtailed_hours
    if pct is None and hours is None:
        return None
    if pct is None or hours is None:
        raise UsageError("--curtailable-pct and --max-curtailed-hours go together: how much gives way, and for how long a year")
    if not 0 <= pct <= 100 or not hours >= 0:
        raise UsageError(f"--curtailable-pct must lie in [0, 100] and --max-curtailed-hours be at least 0; got {pct}, {hours}")
    return Curtailable(pct, hours)


def headroom(options: HeadroomOptions) -> int:
    """Answer how much load a region can take."""
    from gridroom.adequacy.headroom import Lole, Lolh, Neue
    from gridroom.adequacy.headroom import headroom as find_headroom

    days, hours, ppm = options.targets
    given: list[Lole | Lolh | Neue] = []
    given += [Lole(days)] if days is not None else []
    given += [Lolh(hours)] if hours is not None else []
    given += [Neue(ppm)] if ppm is not None else []
    if len(given) > 1:
        raise UsageError("give one target: --target-lole-days, --target-lolh-h or --target-neue-ppm")
    if given and not 0 < given[0].target < float("inf"):
        raise UsageError(f"the target must be greater than 0; got {given[0].target}")
    target = given[0] if given else Lole()
    _one_of("--method", options.method, ("montecarlo", "convolution"))
    method = _method(options.method, options.samples, options.seed, options.jobs)
    result = find_headroom(open_system(options.system), options.region, target, method, _profile(options.profile),
                           _curtailable(options))
    curve = [{key: (None if value != value else value) for key, value in row.items()}
             for row in result.to_pandas().astype(float).to_dict("records")]
    document = {"schema_version": "1", "command": "headroom", "system": options.system, "region": options.region,
                "target": {target.key: target.target}, "room_mw": result.room_mw.as_dict(), "curve": curve,
                "wall_s": round(result.wall_s, 3)}
    answer(document, options.as_json, lambda: f"{result}\n{result.to_pandas().round(4).to_string(index=False)}")
    return 0


def accredit(options: AccreditOptions) -> int:
    """Answer what a resource is worth."""
    from gridroom.adequacy.accreditation import accredit as credit
    from gridroom.systems.additions import read_additions

    _one_of("--metric", options.metric, ("eue", "lole", "lole_days"))
    _one_of("--method", options.kind, ("elcc", "efc"))
    _one_of("--search", options.search, ("curve", "bisection"))
    if bool(options.resource) == (options.add is not None):
        raise UsageError("give either --resource, which the system holds, or --add, a file of what is added")
    system = open_system(options.system, options.load_factor)
    added = read_additions(options.add, first_year(system)) if options.add is not None else None
    method = _method("convolution" if options.exact else "montecarlo", options.samples, options.seed, options.jobs)
    started = time.perf_counter()
    found = credit(system, list(options.resource), added, metric=options.metric, kind=options.kind, method=method,
                   search=options.search, region=options.region, marginal=options.marginal)
    document: dict[str, Any] = {
        "schema_version": "1", "command": "accredit", "system": options.system, "resource": list(found.resource),
        "metric": found.metric, "method": found.kind, f"{found.kind}_mw": found.credit_mw.as_dict(),
        "nameplate_mw": found.nameplate_mw, "accredited_pct": found.accredited_pct}
    if found.marginal_pct is not None:
        document["marginal_pct"] = found.marginal_pct.as_dict()
    if found.first_in_mw:
        document["parts"] = [{"name": name, "first_in_mw": value.as_dict(), "last_in_mw": found.last_in_mw[name].as_dict()}
                             for name, value in found.first_in_mw.items()]
    document["wall_s"] = round(time.perf_counter() - started, 3)
    answer(document, options.as_json, lambda: str(found))
    return 0


def convert(source: str, target: Path, lossy: bool, as_json: bool) -> int:
    """Turn a `.pras` file into a folder of tables, or a folder (or built-in system) into a `.pras` file."""
    from gridroom import systems

    system = open_system(source)
    if isinstance(system, dict):
        raise StudyError(Problem(f"system {source!r}", f"holds {len(system)} weather years; convert takes one"))
    lost: list[Problem] = []
    if target.suffix == ".pras":
        if not target.parent.is_dir() or target.is_dir():
            raise UsageError(f"OUT must be a file in a folder that exists; got {target}")
        lost = systems.write_pras(system, target, lossy)
        for problem in lost:
            say(f"not kept: {problem}")
    elif target.suffix:
        raise UsageError(f"OUT must end in .pras, or be a folder; got {target}")
    else:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise UsageError(f"OUT must be a .pras file or a new folder; {target} is there already")
        systems.write_folder(system, target)
    document = {"schema_version": "1", "command": "convert", "in": source, "out": str(target),
                "regions": len(system.regions), "units": len(system.units.names), "steps": system.axis.steps,
                "not_kept": [str(problem) for problem in lost]}
    answer(document, as_json, lambda: f"wrote {target}: {len(system.regions)} region(s), {len(system.units.names)} units, "
                                      f"{system.axis.steps} steps")
    return 0
