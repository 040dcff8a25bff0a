"""Requests as records: one row a request and snapshot, from anyone's table, with every problem by row and column."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from gridroom.core.errors import Problem, StudyError, UsageError, nearest, raise_all
from gridroom.pipeline.columns import BY_NAME, FIELDS, MANDATORY, field_of
from gridroom.pipeline.row_reader import RowReader, check_ids, check_relations
from gridroom.sources.rawtable import RawTable
from gridroom.sources.spreadsheet import read_table

MOST_NOTES = 4  # of one kind, before they are summed up


@dataclass(slots=True, kw_only=True)
class Records:
    """Requests, typed.

    Attributes
    ----------
    frame : DataFrame
        One row a request and snapshot; the columns are the record's fields, dates as days (`datetime64`), `stage` 0 to 6 (NaN
        where unknown), `ramp` a dict year → MW or None, `line` the row in the file.
    set_aside : list of (int, list of str, str)
        Rows that were not taken: row number, cells, why.
    header : list of str
    notes : list of Problem
        What was set right.
    """

    frame: Any
    set_aside: list[tuple[int, list[str], str]] = field(default_factory=list)
    header: list[str] = field(default_factory=list)
    notes: list[Problem] = field(default_factory=list)

    def latest(self, as_of: date | None = None) -> Any:
        """Last snapshot of each request up to a day; rows without a snapshot date count as known throughout."""
        import pandas as pd

        frame = self.frame
        if as_of is not None:
            day = pd.Timestamp(as_of)
            frame = frame[frame["snapshot_date"].isna() | (frame["snapshot_date"] <= day)]
            frame = frame[frame["filed_on"].isna() | (frame["filed_on"] <= day)]
        order = frame.sort_values("snapshot_date", kind="stable", na_position="first")
        return order.groupby("request_id", sort=False).tail(1).sort_values("line").reset_index(drop=True)


def known_name(header: str) -> bool:
    """Whether a header names a field of the record."""
    return field_of(header) is not None


def parse_map(pairs: list[str]) -> dict[str, str]:
    """`--map column=field` as a dict.

    Raises
    ------
    UsageError
        If one does not read so or names no field.
    """
    out: dict[str, str] = {}
    for pair in pairs:
        column, found, name = pair.rpartition("=")
        if not found or not column.strip():
            raise UsageError(f"--map {pair!r} must read COLUMN=FIELD, as --map 'Load (MW)=requested_mw'")
        if name.strip() not in BY_NAME:
            raise UsageError(f"--map {pair!r}: {name.strip()!r} is no field ({nearest(name.strip(), BY_NAME)})")
        out[column.strip()] = name.strip()
    return out


def read_records(path: str | Path, mapping: Mapping[str, str] | None = None, sheet: str | None = None, lenient: bool = False
                 ) -> Records:
    """Read requests from a spreadsheet.

    Parameters
    ----------
    path : str or Path
        CSV, TSV or Excel file.
    mapping : mapping, optional
        Column → field, for names that gridroom does not know.
    sheet : str, optional
    lenient : bool
        Set rows with problems aside instead of refusing the file.

    Raises
    ------
    StudyError
        With every problem, by row and column.
    """
    mapping, path = dict(mapping or {}), Path(path)
    table = read_table(path, lambda name: known_name(name) or name in mapping, sheet)
    return interpret(table, mapping, lenient)


def _columns(table: RawTable, mapping: Mapping[str, str]) -> dict[str, int]:
    """Column number of each field; the first column that names it, a mapped one before all others."""
    unknown = [c for c in mapping if c not in table.header]
    if unknown:
        raise UsageError("; ".join(f"--map {c!r} is no column of {table.name} ({nearest(c, table.header)})" for c in unknown))
    out: dict[str, int] = {}
    for k, name in enumerate(table.header):
        if name in mapping:
            out[mapping[name]] = k
    exact = [(k, name) for k, name in enumerate(table.header) if name in BY_NAME and name not in mapping]
    loose = [(k, name) for k, name in enumerate(table.header) if name not in BY_NAME and name not in mapping]
    for k, name in exact + loose:
        found = field_of(name)
        if found is not None and found not in out and k not in out.values():
            out[found] = k
            if name != found and k not in (mapping_k := [table.header.index(c) for c in mapping]) and mapping_k is not None:
                table.notes.append(Problem(f"{table.name} column {name!r}", f"was read as {found}"))
    return out


def interpret(table: RawTable, mapping: Mapping[str, str] | None = None, lenient: bool = False) -> Records:
    """Typed records of a raw table.

    Raises
    ------
    StudyError
        With every problem of the table, unless `lenient`.
    """
    columns = _columns(table, mapping or {})
    missing = [name for name in MANDATORY if name not in columns]
    if missing:
        unused = [c for k, c in enumerate(table.header) if c and k not in columns.values()]
        hint = f"name the column, or map it: --map 'COLUMN={missing[0]}'; columns not understood: {', '.join(unused[:8]) or 'none'}"
        problems = [
            Problem(
                f"{table.name} row {table.header_line}",
                f"has no column for {name} ({BY_NAME[name].meaning})",
                hint if name == missing[0] else "",
            )
            for name in missing
        ]
        raise StudyError([*table.problems, *problems])
    reader = RowReader(table, columns)
    rows = [reader.row(cells, line) for cells, line in zip(table.rows, table.lines, strict=True)]
    check_ids(reader, rows)
    check_relations(reader, rows)
    notes = table.notes + _summed_up(reader.notes)
    faults = sorted(reader.faults, key=lambda f: f[0])
    if (faults or table.problems) and not lenient:
        raise_all(table.problems + [problem for _, problem in faults])
    bad = {line for line, _ in faults}
    why: dict[int, list[str]] = {}
    for line, problem in faults:
        why.setdefault(line, []).append(f"{problem.where.rpartition(', ')[2]} {problem.what}")
    aside = [(line, cells, "; ".join(why[line])) for cells, line in zip(table.rows, table.lines, strict=True) if line in bad]
    aside += [(0, [], str(problem)) for problem in table.problems]
    kept = [row for row in rows if row["line"] not in bad]
    if not kept:
        raise_all(table.problems + [problem for _, problem in faults] or [Problem(table.name, "holds no request")])
    return Records(frame=_frame(kept), set_aside=aside, header=table.header, notes=notes)


def _summed_up(notes: list[tuple[str, Problem]]) -> list[Problem]:
    """Notes, those of one kind beyond a few summed up."""
    count = Counter(kind for kind, _ in notes)
    out: list[Problem] = []
    shown: Counter[str] = Counter()
    for kind, note in notes:
        shown[kind] += 1
        if shown[kind] <= MOST_NOTES:
            out.append(note)
        elif shown[kind] == MOST_NOTES + 1:
            out.append(Problem(f"… and {count[kind] - MOST_NOTES} more of", kind))
    return out


def _frame(rows: list[dict[str, Any]]) -> Any:
    import numpy as np
    import pandas as pd

    out: dict[str, Any] = {}
    for f in FIELDS:
        cells = [row.get(f.name) for row in rows]
        if f.kind == "date":
            out[f.name] = pd.to_datetime(pd.Series(cells, dtype=object))
        elif f.kind in ("number", "year") or f.name == "stage":
            out[f.name] = pd.Series([np.nan if c is None else float(c) for c in cells], dtype=np.float64)
        else:
            out[f.name] = pd.Series(cells, dtype=object)
    out["line"] = [row["line"] for row in rows]
    frame = pd.DataFrame(out)
    frame["request_id"] = frame["request_id"].astype(str)
    frame["status"] = frame["status"].fillna("active")
    return frame


def template() -> str:
    """CSV template: one line a field with its meaning, as comments, then the header and an example."""
    lines = [
        "# Large-load requests, one row a request and snapshot. Unknown is blank. Delete these lines or leave them.",
        "# mandatory: " + ", ".join(MANDATORY),
    ]
    lines += [f"# {f.name}: {f.meaning}" for f in FIELDS if f.name not in ("area_m2", "parts", "queue_year", "ramp_mark")]
    names = (
        "request_id",
        "snapshot_date",
        "provider",
        "state",
        "county",
        "applicant_name",
        "project_name",
        "contact_or_agent",
        "engineer",
        "requested_mw",
        "ramp",
        "requested_in_service",
        "filed_on",
        "stage",
        "status",
        "relation",
        "related_to",
    )
    lines.append(",".join(names))
    lines.append(
        "A-1,2026-09-30,Dominion,VA,Loudoun,Example Land Co LLC,Project Lark,Example Agents,Example Engineers,300,"
        "2029:100;2030:300,2029-06-01,2025-11-03,study requested,active,,"
    )
    lines.append(
        "A-2,2026-09-30,AEP Ohio,OH,Licking,Example Land Co LLC,,Example Agents,,300,,2029-06-01,2025-12-10,inquiry,"
        "active,alternative,A-1"
    )
    return "\n".join(lines) + "\n"
