"""`gridroom expand`: what it takes, for the outlook's regions or for zones of the user's own."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridroom.cli.console import answer, progress_lines, tell_of_compiling


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of `gridroom expand`."""

    path: Path | None
    overrides: list[str]
    samples: int
    jobs: int
    as_json: bool
    progress: str


def _zones(options: Options) -> int:
    from gridroom.study.zones_file import read_zones
    from gridroom.supply.expansion import expand as solve

    started = time.perf_counter()
    zones = read_zones(Path(str(options.path)), options.overrides)
    found = solve(zones)
    capacity: list[dict[str, Any]] = [
        {
            "name": p.name,
            "zone": p.zone,
            "new_mw": found.new_mw[p.name],
            "existing_mw": p.existing_mw,
            "new_mwh": found.new_mwh.get(p.name),
            "energy_mwh": found.energy_mwh[p.name],
        }
        for p in zones.plants
    ]
    document: dict[str, Any] = {
        "schema_version": "1",
        "command": "expand",
        "name": zones.name,
        "status": found.status,
        "objective_usd": found.objective_usd,
        "capacity_mw": capacity,
        "flows": found.lines,
        "unserved_mwh": found.unserved_mwh,
        "price_usd_per_mwh": found.price_usd_per_mwh,
        "co2_t": found.co2_t,
        "capacity_price_usd_per_mw": None
        if found.capacity_price_usd_per_mw != found.capacity_price_usd_per_mw
        else found.capacity_price_usd_per_mw,
        "lole_days_after": {},
        "wall_s": round(time.perf_counter() - started, 3),
    }

    def readable() -> str:
        lines = [
            f"{zones.name}: {found.status}, {found.objective_usd:,.2f} USD a year",
            f"{'plant':40}{'new MW':>12}{'new MWh':>12}{'GWh a year':>13}",
        ]
        for c in capacity:
            stored = "" if c["new_mwh"] is None else f"{c['new_mwh']:,.1f}"
            lines.append(f"{c['name'][:39]:40}{c['new_mw']:12,.2f}{stored:>12}{c['energy_mwh'] / 1e3:13,.1f}")
        lines += [f"line {x['from']} - {x['to']}: {x['reinforced_mw']:,.1f} MW more" for x in found.lines]
        return "\n".join([*lines, *[f"unserved in {n}: {v:,.2f} MWh a year" for n, v in found.unserved_mwh.items()]])

    answer(document, options.as_json, readable)
    return 0


def _study(options: Options) -> int:
    from gridroom.adequacy.years import pilot_caps
    from gridroom.reference import catalog
    from gridroom.results.answer import known
    from gridroom.study import assemble, grow, weather
    from gridroom.study.loader import load_study

    started = time.perf_counter()
    study = load_study(options.path, options.overrides)
    tell_of_compiling("years_kernel")
    hours = weather.build(tuple(study.run.weather_years))
    case = assemble.assemble(study, hours)
    caps = pilot_caps(case.problem, study.run.seed, options.jobs)
    found = grow.what_it_takes(study, case, hours, caps, options.samples, options.jobs, progress_lines(options.progress))
    additions, years = grow.tables(found)
    interfaces = catalog.load("interfaces")
    flows = [
        {
            "from": interfaces["from_region"][i],
            "to": interfaces["to_region"][i],
            "year": found.years[y],
            "firm_help_mw": float(found.help_mw[y, i]),
        }
        for y in range(len(found.years))
        for i in range(len(interfaces))
        if abs(found.help_mw[y, i]) > 0.5
    ]
    after = {
        f"{r.region} {r.year}": {"value": r.lole_after_days, "stderr": known(r.lole_after_days_stderr)} for r in years.itertuples()
    }
    regions = [
        {k: v if isinstance(v, str) else int(v) if k == "year" else known(v) for k, v in row.items()}
        for row in years.to_dict("records")
    ]
    status = "not_in_time" if found.missing_mw.max() > 1.0 else "met" if found.met else "not_met"
    document: dict[str, Any] = {
        "schema_version": "1",
        "command": "expand",
        "name": study.name,
        "status": status,
        "objective_usd": found.objective_usd,
        "capacity_mw": additions.to_dict("records"),
        "flows": flows,
        "lole_days_after": after,
        "regions": regions,
        "earliest_year": found.earliest,
        "rounds": found.rounds,
        "samples": found.samples,
        "standard_lole_days": study.standard.lole_days,
        "wall_s": round(time.perf_counter() - started, 2),
    }
    answer(document, options.as_json, lambda: readable(document))
    return 0


def _days(row: dict[str, Any], key: str) -> str:
    error = row[f"{key}_stderr"]
    return f"{row[key]:.2f} ± {'?' if error is None else f'{error:.2f}'}"


def readable(d: dict[str, Any]) -> str:
    """What it takes, as a person reads it."""
    words = {
        "met": "every region meets the standard",
        "not_met": "some regions do not meet the standard yet",
        "not_in_time": "what some regions need cannot arrive in time",
    }
    lines = [
        f"{d['name']}: {words[d['status']]} ({d['rounds']} rounds, {d['samples']} sampled years each; load at its middle level)",
        "",
    ]
    short = [r for r in d["regions"] if r["room_before_mw"] < 0 or r["lole_before_days"] > d["standard_lole_days"]]
    lines.append(f"{'region':30}{'year':6}{'room, MW':>10}{'LOLE before':>16}{'after':>16}  what it takes, MW")
    for r in short:
        built = [
            f"{a['technology'].replace('_', ' ')} {a['added_mw']:,.0f}"
            for a in d["capacity_mw"]
            if (a["region"], a["year"]) == (r["region"], r["year"])
        ]
        late = f"; {r['missing_mw']:,.0f} MW cannot arrive in time" if r["missing_mw"] > 1 else ""
        lines.append(
            f"{r['name'][:29]:30}{r['year']:<6}{r['room_before_mw']:10,.0f}"
            f"{_days(r, 'lole_before_days'):>16}{_days(r, 'lole_after_days'):>16}  {', '.join(built) or 'help of neighbours'}"
            f" ({r['usd_per_year'] / 1e6:,.0f} M USD a year){late}"
        )
    if not short:
        lines.append("no region misses the standard")
    lines += ["", "earliest year: " + ", ".join(f"{n.replace('_', ' ')} {y}" for n, y in d["earliest_year"].items())]
    return "\n".join(lines)


def expand(options: Options) -> int:
    """Answer what it takes."""
    from gridroom.study.files import read_toml

    if options.path is not None and "zones" in read_toml(options.path):
        return _zones(options)
    return _study(options)
