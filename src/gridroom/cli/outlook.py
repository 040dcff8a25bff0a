"""Commands about studies: run, init, validate, show, compare, report."""

from __future__ import annotations

import operator
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridroom.cli.console import FAIL_IF, answer, progress_lines, say
from gridroom.cli.language import pad, words
from gridroom.cli.outlook_text import readable
from gridroom.core.errors import Problem, StudyError, UsageError, nearest
from gridroom.results.answer import document
from gridroom.results.folder import RunFolder, open_run

OPERATORS = {">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le}
METRICS = ("lole_days", "lolh_h", "lolev", "eue_mwh", "neue_ppm", "probability_no_room", "room_p50_mw")



@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Options of `gridroom run`."""

    study: Path | None
    out: Path | None
    overrides: list[str]
    jobs: int
    as_json: bool
    fail_if: str | None
    resume: bool
    progress: str


def parse_fail_if(text: str) -> tuple[str | None, int | None, str, Any, float]:
    """`[REGION.][YEAR.]metric OP number` as its parts.

    Raises
    ------
    UsageError
        If it does not read so.
    """
    match = re.fullmatch(r"\s*(?:([A-Z]+)\.)?(?:(\d{4})\.)?([a-z0-9_]+)\s*(>=|<=|>|<)\s*(-?[\d.eE+-]+)\s*", text)
    if not match:
        raise UsageError(f"--fail-if {text!r} must read like 'lole_days > 0.1' or 'DOM.2030.lole_days > 0.1'")
    region, year, metric, sign, number = match.groups()
    if metric not in METRICS:
        raise UsageError(f"--fail-if {metric!r} is not known ({nearest(metric, METRICS)})")
    try:
        limit = float(number)
    except ValueError:
        raise UsageError(f"--fail-if {number!r} is not a number") from None
    return region, int(year) if year else None, metric, OPERATORS[sign], limit


def failing(folder: RunFolder, text: str) -> list[str]:
    """Region-years for which the condition is true."""
    region, year, metric, compare_, limit = parse_fail_if(text)
    table = folder.table("region_year")
    table = table if region is None else table[table["region"] == region]
    table = table if year is None else table[table["year"] == year]
    if table.empty:
        raise UsageError(f"--fail-if {text!r} names no region and year of this run")
    hit = table[compare_(table[metric], limit)]
    return [f"{r.region} {r.year}: {metric} {getattr(r, metric):.4g}" for r in hit.itertuples()]


def run(options: Options) -> int:
    """Run a study, write its report, answer."""
    from gridroom.reports.page import write_report
    from gridroom.study.loader import load_study
    from gridroom.study.run import RunOptions, default_folder, run_study

    if options.fail_if:
        parse_fail_if(options.fail_if)
    study = load_study(options.study, options.overrides)
    out = options.out or default_folder(study)
    if out.exists() and not out.is_dir():
        raise StudyError(Problem(f"--out {out}", "is a file", "give a folder"))
    years = f"{study.run.first_year}–{study.run.last_year}"
    say(words()("study_line", name=study.name, years=years, load=study.load.case, supply=study.supply.case,
                days=f"{study.standard.lole_days:g}"))
    folder = run_study(study, RunOptions(out=out, jobs=options.jobs, resume=options.resume,
                                         listener=progress_lines(options.progress)))
    if options.resume and folder.manifest["resumed_chunks"] == 0:
        say(f"nothing of this study to go on with in {out}: it was run from the start")
    path = write_report(folder, study.report.language)
    answer(document(folder), options.as_json, lambda: readable(folder, path))
    if options.fail_if and (hits := failing(folder, options.fail_if)):
        say(f"--fail-if {options.fail_if} is true:\n  " + "\n  ".join(hits[:20]))
        return FAIL_IF
    return 0


TEMPLATE = '''# A study of the US outlook: every setting left out keeps its default. `gridroom schema` lists them all.
name = "My first study"

[run]
samples = 18               # small, so that it runs in seconds; 2000 for a real answer
level_every = 1
sensitivity_samples = 0    # 27 for the table of what the answer hangs on
expansion_samples = 0      # 27 for what it takes to make room, by technology, cost and year
load_cases = false         # true: also when room ends with requests counted otherwise
first_year = 2026
last_year = 2030
weather_years = [2018, 2021, 2022]

[standard]
lole_days = 0.1            # what "the room ends" means: days a year

[supply]
case = "trend"             # or "committed": dated additions only

[load]
case = "pipeline"          # from single requests; or "national", "as_filed", "none"
# requests = "queue.csv"   # your own requests, in place of the built-in ones in the regions that they cover

[[large_loads]]            # your own project: how does it change the answer?
name = "Campus A"
region = "TVA"
ramp = [{ year = 2027, mw = 300 }, { year = 2029, mw = 1000 }]
'''


def init(path: Path) -> int:
    """Write the commented study; never over an existing file."""
    if not path.name:
        raise UsageError("init needs a name for the study file")
    path = path if path.suffix == ".toml" else path.with_name(path.name + ".toml")
    if path.exists():
        raise StudyError(Problem(str(path), "exists already", "choose another name"))
    if not path.parent.is_dir():
        raise StudyError(Problem(str(path.parent), "is not a folder"))
    path.write_text(TEMPLATE, encoding="utf-8")
    w = words()
    print(f"{w('wrote', path=path)}\n{pad(w('next'), 8)}gridroom run {path}")
    return 0


def validate(path: Path, overrides: list[str], as_json: bool) -> int:
    """Check a study; with --json problems are listed as data."""
    from gridroom.study.loader import load_study

    problems: list[Problem] = []
    try:
        load_study(path, overrides)
    except StudyError as fault:
        if not as_json:
            raise
        problems = fault.problems
    listed = [{"where": p.where, "what": p.what, "hint": p.hint} for p in problems]
    answer({"schema_version": "1", "command": "validate", "study": str(path), "valid": not problems,
            "problems": listed}, as_json, lambda: words()("no_problem", path=path))
    return StudyError.exit_code if problems else 0


def show(path: Path, as_json: bool) -> int:
    """Show a finished run."""
    folder = open_run(path)
    report_path = folder.path / "report.html"
    answer(document(folder, "show"), as_json, lambda: readable(folder, report_path if report_path.is_file() else None))
    return 0


def compare(paths: list[Path], as_json: bool) -> int:
    """Compare runs."""
    from gridroom.results.answer import known
    from gridroom.results.compare import compare as compare_runs

    found = compare_runs([open_run(p) for p in paths])
    rows = [{key: value if isinstance(value, str | int | bool) else known(value) for key, value in row.items()} for row in found]

    def text() -> str:
        import pandas as pd

        table = pd.DataFrame(found).drop(columns=["name", "room_p50_base_mw", "room_is_lower_bound"])
        shown = table[table["year"].isin([table["year"].min(), 2030, table["year"].max()])]
        return f"{words()('change', path=paths[0])}\n{shown.round(3).to_string(index=False)}"

    answer({"schema_version": "1", "command": "compare", "base": str(paths[0]), "rows": rows}, as_json, text)
    return 0


def report(path: Path, language: str, as_json: bool) -> int:
    """Write the report anew."""
    from gridroom.reports.page import write_report

    out = write_report(open_run(path), language)
    answer({"schema_version": "1", "command": "report", "report": str(out), "language": language}, as_json,
           lambda: f"{pad(words()('report'), 8)}{out}")
    return 0
