"""Files of an EU data-centre report: read, checked whole, indicators, German and Japanese duties, files written."""

from __future__ import annotations

import datetime as dt
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridroom.assets import datacentre
from gridroom.assets.datacentre import DataCentre, EedField, MissingField, eed_fields
from gridroom.assets.national import Finding, GermanCentre, germany, japan
from gridroom.core.errors import Problem, StudyError, nearest, raise_all
from gridroom.study.eed_page import page
from gridroom.study.eed_schema import Rest
from gridroom.study.files import apply_overrides, check_file, read_toml
from gridroom.study.schema import control_characters

# Other spellings of keys: the regulation's symbols.
ALIASES = {"PD_IT_kw": "installed_it_kw", "pd_it_kw": "installed_it_kw", "CDD_degree_days": "CDD", "cdd": "CDD"}
PATTERNS = {
    "month": ("(19|20)[0-9]{2}-(0[1-9]|1[0-2])", "a year and month, YYYY-MM"),
    "redundancy": (r"[2-9]?N(\+[1-9])?", "a redundancy such as N, N+1, N+2 or 2N"),
}
LIMITS = {"T_WH_c": (-20.0, 150.0), "T_IN_c": (-10.0, 60.0), "CDD": (0.0, 10_000.0)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """A data centre's report."""

    centre: DataCentre
    missing: tuple[MissingField, ...]
    warnings: tuple[str, ...]
    national: tuple[Finding, ...]


def _value(field: EedField, entry: Any, problems: list[Problem]) -> Any:
    where, symbol = field.key, f" ({field.symbol})" if field.symbol else ""
    if field.kind == "number":
        if isinstance(entry, bool) or not isinstance(entry, int | float) or entry != entry or abs(entry) > 1e15:
            problems.append(Problem(where, f"must be a number{symbol}, {field.unit or 'without unit'}; got {entry!r}"))
            return None
        low, high = LIMITS.get(field.key, (0.0, 1e15))
        if not low <= entry <= high:
            words = f"must be at least {low:g}" if high >= 1e15 else f"must lie between {low:g} and {high:g} {field.unit}"
            problems.append(Problem(where, f"{words}{symbol}; got {entry:g}"))
            return None
        if field.unit == "%" and entry > 100:
            problems.append(Problem(where, f"must be at most 100 %; got {entry:g}"))
        return float(entry)
    if field.kind in PATTERNS:
        text = entry.strftime("%Y-%m") if isinstance(entry, dt.date) else str(entry)
        pattern, words = PATTERNS[field.kind]
        if not re.fullmatch(pattern, text):
            problems.append(Problem(where, f"must be {words}; got {entry!r}"))
            return None
        return text
    if isinstance(entry, bool):
        entry = "yes" if entry else "no"
    if "|" in field.kind:
        choices = field.kind.split("|")
        if str(entry) not in choices:
            problems.append(Problem(where, f"must be one of {', '.join(choices)}; got {entry!r}"))
            return None
        return str(entry)
    if not isinstance(entry, str) or not entry.strip():
        problems.append(Problem(where, f"must be text{symbol}; got {entry!r}"))
        return None
    return entry.strip()


def _flat(data: dict[str, Any]) -> list[tuple[str, Any]]:
    """Settings as they stand; those under [kpi], [information] and [operation] as if at the top."""
    out: list[tuple[str, Any]] = []
    for name, entry in data.items():
        inner = name in ("kpi", "information", "operation") and isinstance(entry, dict)
        out += entry.items() if inner else [(name, entry)]
    return out


def report_of(data: dict[str, Any]) -> Report:
    """Report of plain data; mandatory fields may still be missing.

    Raises
    ------
    StudyError
        With every problem found.
    """
    known, rest, problems = eed_fields(), {}, control_characters(data)
    values: dict[str, Any] = {}
    for name, entry in _flat(data):
        key = ALIASES.get(name, name)
        if key in known:
            if key in values:
                problems.append(Problem(name, "is given twice" if name == key else f"is given twice, as {key} too"))
            value = _value(known[key], entry, problems)
            if value is not None:
                values[key] = value
        elif name in Rest.model_fields:
            rest[name] = entry
        else:
            problems.append(Problem(name, "is not a known field or setting", nearest(name, [*known, *Rest.model_fields])))
    more = Rest.model_validate({})
    try:
        more = check_file(Rest, rest)
    except StudyError as fault:
        problems += fault.problems
    centre = DataCentre(
        year=more.reporting_year or dt.date.today().year - 1,
        values=values,
        pump_inside=more.heat_pump_inside and more.heat_pump_kwh > 0,
        pump_kwh=more.heat_pump_kwh,
    )
    raise_all([*problems, *datacentre.conflicts(centre)])
    return Report(
        centre=centre,
        missing=tuple(datacentre.missing_fields(centre)),
        warnings=tuple(datacentre.warnings(centre)),
        national=tuple(_national(centre, more)),
    )


def _national(centre: DataCentre, more: Rest) -> list[Finding]:
    out: list[Finding] = []
    if more.germany is not None:
        g = more.germany
        out += germany(
            GermanCentre(
                start=g.start_of_operation,
                on=g.on or centre.report_date,
                non_redundant_kw=g.non_redundant_kw,
                pue=centre.indicators["pue"],
                pue_without_pump=centre.pue_without_pump,
                erf=centre.indicators["erf"],
                renewable_share=g.renewable_share,
            )
        )
    if more.japan is not None:
        out += japan(centre.indicators["pue"], more.japan.start_of_operation)
    return out


def read_report(path: str | Path, overrides: list[str] | None = None) -> Report:
    """Report of a file, with `key=value` settings over it.

    Raises
    ------
    StudyError
        With every problem found.
    """
    return report_of(apply_overrides(read_toml(Path(path)), overrides or []))


def as_dict(report: Report) -> dict[str, Any]:
    """The report for JSON: information, indicators, what is missing."""
    centre, rows = report.centre, []
    for key, field in eed_fields().items():
        if key in centre.values:
            rows.append(
                {
                    "key": key,
                    "symbol": field.symbol or None,
                    "name": field.name,
                    "value": centre.values[key],
                    "unit": field.unit or None,
                    "annex": field.annex,
                }
            )
    return {
        "reporting_year": centre.year,
        "deadline": centre.report_date.isoformat(),
        "in_scope": centre.in_scope(),
        "size_class": centre.size_class(),
        **centre.indicators,
        "pue_without_heat_pump": centre.pue_without_pump,
        "fields": rows,
        "missing": [
            {
                "key": m.key,
                "symbol": m.symbol or None,
                "name": m.name,
                "article": f"{datacentre.ARTICLE} Art. 3(1)",
                "annex": m.annex,
            }
            for m in report.missing
        ],
        "warnings": list(report.warnings),
        "national": [f.as_dict() for f in report.national],
    }


def write(report: Report, out: Path) -> list[Path]:
    """Write `eed.html` and `eed.json`; mandatory fields must not be missing.

    Raises
    ------
    StudyError
        If mandatory fields are missing: all of them are named.
    """
    raise_all([m.problem() for m in report.missing])
    out.mkdir(parents=True, exist_ok=True)
    document = {"schema_version": "1", **as_dict(report)}
    files = {"eed.json": json.dumps(document, ensure_ascii=False, indent=1) + "\n", "eed.html": page(document)}
    for name, text in files.items():
        (out / name).write_text(text, encoding="utf-8")
    return [out / name for name in files]


__all__ = ["Report", "as_dict", "read_report", "report_of", "write"]
