"""Study files: TOML, overrides from the command line, and every problem at once with its place."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

from gridroom.core.errors import Problem, StudyError, nearest, raise_all
from gridroom.pipeline.records import read_records
from gridroom.reference import catalog
from gridroom.study.campus_shape import cooling_problem
from gridroom.study.files import apply_overrides, check_file, read_toml
from gridroom.study.own_loads import file_problems
from gridroom.study.schema import Study


def _repeats(where: str, names: list[str]) -> list[Problem]:
    return [Problem(where, f"names must differ; {name!r} stands {names.count(name)} times")
            for name in sorted({n for n in names if names.count(n) > 1})]


def _run_checks(study: Study) -> list[Problem]:
    run, problems = study.run, []
    if run.last_year < run.first_year:
        problems.append(Problem("run.last_year", f"must not lie before run.first_year ({run.first_year}); got "
                                                 f"{run.last_year}"))
    for k, year in enumerate(run.weather_years):
        if not 2016 <= year <= 2024:
            problems.append(Problem(f"run.weather_years[{k}]", f"must lie in 2016 to 2024; got {year}"))
    if len(set(run.weather_years)) != len(run.weather_years):
        problems.append(Problem("run.weather_years", "must not repeat a year"))
    return problems


def _load_checks(study: Study, known: list[str]) -> list[Problem]:
    problems = []
    for k, load in enumerate(study.large_loads):
        where = f"large_loads[{k}]"
        if load.region not in known:
            problems.append(Problem(f"{where}.region", f"is not a region; got {load.region!r}",
                                    nearest(load.region, known)))
        given = [name for name in ("mw", "profile", "campus", "miner") if getattr(load, name) is not None]
        given += ["ramp"] if load.ramp else []
        if len(given) != 1:
            shown = f"; got {' and '.join(given)}" if given else ""
            problems.append(Problem(where, f"must have one of mw, ramp, profile, campus and miner{shown}",
                                    "ramp = [{ year = 2027, mw = 300 }, ...]"))
        problems += file_problems(load, where)
        years = [step.year for step in load.ramp]
        if any(b <= a for a, b in itertools.pairwise(years)):
            problems.append(Problem(f"{where}.ramp", f"steps overlap or go back in time: {years}",
                                    "give each year once, in order; mw is the level reached, not the step"))
    return problems + _repeats("large_loads", [load.name for load in study.large_loads])


def _cross_checks(study: Study) -> list[Problem]:
    """What single settings cannot show."""
    known = list(catalog.load("regions")["region"])
    problems = [Problem(f"regions[{k}].id", f"is not a region; got {change.id!r}", nearest(change.id, known))
                for k, change in enumerate(study.regions) if change.id not in known]
    if study.load.requests is not None and not Path(study.load.requests).is_file():
        problems.append(Problem("load.requests", f"names no file: {study.load.requests!r}", "a path from the study file on"))
    elif study.load.requests is not None:
        try:
            read_records(study.load.requests)
        except StudyError as fault:
            problems += fault.problems
    cooling = cooling_problem(study.load.cooling)
    problems += [cooling] if cooling is not None else []
    return [*_run_checks(study), *_load_checks(study, known), *problems,
            *_repeats("regions", [change.id for change in study.regions])]


def check_study(data: dict[str, Any]) -> Study:
    """Study from plain data.

    Raises
    ------
    StudyError
        With every problem found.
    """
    study = check_file(Study, data)
    raise_all(_cross_checks(study))
    return study


def load_study(path: Path | None, overrides: list[str]) -> Study:
    """The built-in study, or a file's, with overrides from the command line."""
    data = apply_overrides(read_toml(path) if path is not None else {}, overrides)
    load = data.get("load")
    if path is not None and isinstance(load, dict) and isinstance(load.get("requests"), str):
        load["requests"] = str((path.parent / load["requests"]).resolve())
    own = data.get("large_loads")
    for one in own if path is not None and isinstance(own, list) else []:
        for key in ("profile", "campus", "miner"):
            if path is not None and isinstance(one, dict) and isinstance(one.get(key), str):
                one[key] = str((path.parent / one[key]).resolve())
    return check_study(data)


def _toml_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list):
        return "[" + ", ".join(_toml_value(v) for v in value) + "]"
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{k} = {_toml_value(v)}" for k, v in value.items() if v is not None) + " }"
    return repr(value)


def lock_text(study: Study, version: str) -> str:
    """The study with every setting written out, as a study file that repeats the run."""
    lines = [f"# gridroom {version}: every setting of this run; `gridroom run study.lock.toml` repeats it.",
             f"name = {_toml_value(study.name)}"]
    data = study.model_dump()
    for key, value in data.items():
        if isinstance(value, dict):
            lines += ["", f"[{key}]", *(f"{k} = {_toml_value(v)}" for k, v in value.items() if v is not None)]
    for key in ("large_loads", "regions"):
        for row in data[key]:
            lines += ["", f"[[{key}]]", *(f"{k} = {_toml_value(v)}" for k, v in row.items() if v not in (None, []))]
    return "\n".join(lines) + "\n"
