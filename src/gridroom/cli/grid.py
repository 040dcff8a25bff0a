"""Commands about systems and reference data: adequacy, headroom, data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridroom.cli.console import answer, progress_lines
from gridroom.core.errors import Problem, StudyError, UsageError, nearest

BUILT_IN = ("rts79",)


@dataclass(frozen=True, slots=True, kw_only=True)
class AdequacyOptions:
    """Options of `gridroom adequacy`."""

    system: str
    method: str
    samples: int
    stderr_target_pct: float | None
    seed: int
    jobs: int
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
    as_json: bool


def open_system(name: str) -> Any:
    """System by built-in name, `.pras` file or folder of tables."""
    from gridroom import systems

    if name == "rts79":
        return systems.rts79()
    path = Path(name)
    if path.is_dir():
        return systems.read_folder(path)
    if path.suffix == ".pras" or path.is_file():
        return systems.read_pras(path)
    raise StudyError(Problem(f"system {name!r}", "is no built-in name, .pras file or folder", nearest(name, BUILT_IN)))


def _method(name: str, samples: int, seed: int, jobs: int, target: float | None = None) -> Any:
    from gridroom.adequacy.specs import Convolution, MonteCarlo

    if name == "montecarlo":
        if target is not None and not target > 0:
            raise UsageError(f"--stderr-target-pct must be greater than 0; got {target}")
        return MonteCarlo(samples=samples, seed=seed, jobs=jobs, stderr_target_pct=target)
    if name == "convolution":
        return Convolution()
    raise UsageError(f"--method must be montecarlo or convolution; got {name!r}")


def adequacy(options: AdequacyOptions) -> int:
    """Assess a system and answer."""
    from gridroom.adequacy.engine import assess

    method = _method(options.method, options.samples, options.seed, options.jobs, options.stderr_target_pct)
    system = open_system(options.system)
    result = assess(system, method, listener=progress_lines(options.progress))
    samples = result.method.get("samples")
    years = system.axis.hours / 8760.0
    document = {
        "schema_version": "1", "command": "adequacy",
        "system": {"name": system.name, "regions": len(system.regions), "units": len(system.units.names),
                   "horizon_h": system.axis.hours},
        "method": result.method, "total": {k: v for k, v in result.total.as_dict().items() if k != "name"},
        "regions": [risk.as_dict() for risk in result.regions], "wall_s": round(result.wall_s, 3),
        "sample_years_per_s": None if samples is None else samples * years / max(result.simulation_s, 1e-9)}
    speed = "" if samples is None else f"\n{samples:,} samples in {result.simulation_s:.1f} s"
    answer(document, options.as_json,
           lambda: f"{system.name}: {len(system.regions)} region(s), {len(system.units.names)} units, "
                   f"{system.axis.hours:g} h\n{result}{speed}")
    return 0


def _profile(name: str) -> Any:
    import numpy as np
    import pandas as pd

    if name == "flat":
        return None
    path = Path(name)
    if not path.is_file():
        raise StudyError(Problem(f"--profile {name}", "does not exist", "flat, or a CSV with a column value"))
    frame = pd.read_csv(path) if path.suffix == ".csv" else pd.read_parquet(path)
    if "value" not in frame:
        raise StudyError(Problem(f"{name}, column value", "is missing", nearest("value", map(str, frame.columns))))
    return pd.to_numeric(frame["value"], errors="coerce").to_numpy(np.float64)


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
    method = _method(options.method, options.samples, options.seed, options.jobs)
    result = find_headroom(open_system(options.system), options.region, target, method, _profile(options.profile))
    curve = [{key: (None if value != value else value) for key, value in row.items()}
             for row in result.to_pandas().astype(float).to_dict("records")]
    document = {"schema_version": "1", "command": "headroom", "system": options.system, "region": options.region,
                "target": {target.key: target.target}, "room_mw": result.room_mw.as_dict(), "curve": curve,
                "wall_s": round(result.wall_s, 3)}
    answer(document, options.as_json, lambda: f"{result}\n{result.to_pandas().round(4).to_string(index=False)}")
    return 0


def data_list(as_json: bool) -> int:
    """List the reference tables."""
    from gridroom.reference import catalog

    tables = list(catalog.tables().values())
    rows = [{"name": t.name, "title": t.title, "claim": t.claim.value, "licence": t.licence, "source": t.source,
             "rows": t.rows, "sha256": t.sha256} for t in tables]
    answer({"schema_version": "1", "command": "data list", "tables": rows}, as_json,
           lambda: "\n".join(f"{t.name:28}{t.claim.value:11}{t.rows:>8} rows  {t.title}" for t in tables))
    return 0


def data_show(name: str, rows: int, as_json: bool) -> int:
    """Show one reference table."""
    from gridroom.reference import catalog

    table, frame = catalog.find(name), catalog.load(name)
    shown = frame.head(rows)
    data = [{k: (None if v != v else v) for k, v in row.items()}
            for row in shown.astype(object).to_dict("records")] if as_json else []
    plain = [{k: (v if isinstance(v, int | float | str | bool) or v is None else str(v)) for k, v in row.items()}
             for row in data]
    head = (f"{table.title}\nsource   {table.source}\nlicence  {table.licence}\nclaim    {table.claim.value}\n"
            f"derived  {table.derived} ({table.tool})\nsha256   {table.sha256}\n")
    answer({"schema_version": "1", "command": "data show", "name": table.name, "title": table.title,
            "source": table.source, "licence": table.licence, "claim": table.claim.value, "derived": table.derived,
            "sha256": table.sha256, "rows_total": len(frame), "rows": plain}, as_json,
           lambda: f"{head}\n{shown.to_string()}\n{len(frame):,} rows in all")
    return 0
