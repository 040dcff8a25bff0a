"""Commands about systems: headroom, accredit, convert; and what they share with adequacy: opening, methods, options."""

from __future__ import annotations

import dataclasses
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridroom.cli.console import answer, say, tell_of_compiling
from gridroom.core.errors import Problem, StudyError, UsageError, nearest, raise_all

BUILT_IN = ("rts79", "rts-gmlc")


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
        from gridroom.study.campus_file import campus_mw

        years = dict(systems.read_years(path, maintenance, campus_mw))
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


def method_of(name: str, samples: int, seed: int, jobs: int, **more: Any) -> Any:
    """Method of a command from its options."""
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


def one_of(option: str, value: str, known: tuple[str, ...]) -> None:
    """Refuse an option whose value is none of the known ones."""
    if value not in known:
        raise UsageError(f"{option} must be one of {', '.join(known)}; got {value!r} {nearest(value, known)}")


def _profile(name: str) -> Any:
    from gridroom.sources.series import read_series

    return None if name == "flat" else read_series(Path(name), f"--profile {name}")


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
    one_of("--method", options.method, ("montecarlo", "convolution"))
    method = method_of(options.method, options.samples, options.seed, options.jobs)
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

    one_of("--metric", options.metric, ("eue", "lole", "lole_days"))
    one_of("--method", options.kind, ("elcc", "efc"))
    one_of("--search", options.search, ("curve", "bisection"))
    if bool(options.resource) == (options.add is not None):
        raise UsageError("give either --resource, which the system holds, or --add, a file of what is added")
    system = open_system(options.system, options.load_factor)
    added = read_additions(options.add, first_year(system)) if options.add is not None else None
    method = method_of("convolution" if options.exact else "montecarlo", options.samples, options.seed, options.jobs)
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
