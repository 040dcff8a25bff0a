"""Requests as records: one row a request and snapshot, from anyone's table, with every problem by row and column."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from gridroom.core.errors import Problem, StudyError, UsageError, nearest, raise_all
from gridroom.pipeline import values
from gridroom.pipeline.columns import BY_NAME, FIELDS, MANDATORY, field_of
from gridroom.pipeline.relations import RELATIONS
from gridroom.pipeline.values import Read, Unreadable
from gridroom.sources.spreadsheet import RawTable, read_table

DIRECTED = ("successor", "phase", "split", "expansion")
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


def read_records(path: Path, mapping: Mapping[str, str] | None = None, sheet: str | None = None, lenient: bool = False) -> Records:
    """Read requests from a spreadsheet.

    Parameters
    ----------
    path : Path
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
    mapping = dict(mapping or {})
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
        problems = [Problem(f"{table.name} row {table.header_line}", f"has no column for {name} ({BY_NAME[name].meaning})",
                            hint if name == missing[0] else "") for name in missing]
        raise StudyError([*table.problems, *problems])
    reader = _Reader(table, columns)
    rows = [reader.row(cells, line) for cells, line in zip(table.rows, table.lines, strict=True)]
    _check_ids(reader, rows)
    _check_relations(reader, rows)
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


class _Reader:
    """Reads rows and gathers what is wrong with them."""

    def __init__(self, table: RawTable, columns: dict[str, int]) -> None:
        self.table, self.columns = table, columns
        self.faults: list[tuple[int, Problem]] = []
        self.notes: list[tuple[str, Problem]] = []
        self.decimal_comma = table.delimiter == ";"
        self.unit = {name: values.unit_of_header(table.header[k]) for name, k in columns.items() if name.endswith("_mw")}
        self.day_first = {name: values.order_of_days([row[k] for row in table.rows]) for name, k in columns.items()
                          if BY_NAME[name].kind == "date"}
        self.ramp_years = self._ramp_columns()
        for name, unit in self.unit.items():
            if unit not in ("mw", "mixed"):
                self.note(name, Problem(f"{table.name} column {table.header[columns[name]]!r}", f"was read in {unit} and turned into MW"))
            if unit == "mixed":
                self.faults.append((table.header_line, Problem(
                    f"{table.name} row {table.header_line}, column {table.header[columns[name]]!r}", "names two units",
                    "give the column one unit, or write the unit into each cell")))

    def _ramp_columns(self) -> dict[int, int]:
        """Columns that hold the load of one year, as `load_2030_mw` or `2030`: column number → year."""
        out: dict[int, int] = {}
        for k, name in enumerate(self.table.header):
            found = re.fullmatch(r"(?:load|mw|demand|ramp|peak)?[ _-]*(?:mw)?[ _-]*(20[2-6]\d)[ _-]*(?:\(?mw\)?)?", name.strip(), re.IGNORECASE)
            if found and k not in self.columns.values():
                out[k] = int(found.group(1))
        return out if len(out) > 1 else {}

    def fault(self, line: int, name: str, what: str, hint: str = "") -> None:
        self.faults.append((line, Problem(f"{self.table.name} row {line}, {name}", what, hint)))

    def note(self, kind: str, problem: Problem) -> None:
        self.notes.append((kind, problem))

    def row(self, cells: list[str], line: int) -> dict[str, Any]:
        out: dict[str, Any] = {"line": line}
        for name, k in self.columns.items():
            cell = cells[k]
            if values.is_unknown(cell):
                if name in MANDATORY:
                    self.fault(line, name, f"is blank ({cell!r})" if cell else "is blank", BY_NAME[name].meaning)
                out[name] = None
                continue
            try:
                read = self._value(name, cell)
            except Unreadable as fault:
                self.fault(line, name, fault.what, fault.hint)
                out[name] = None
                continue
            out[name] = read.value
            if name == "requested_in_service":
                out["_vague"] = bool(read.note)
            if read.note:
                self.note(name, Problem(f"{self.table.name} row {line}, {name}", read.note))
        if self.ramp_years and out.get("ramp") is None:
            out["ramp"] = self._ramp_of(cells, line)
        self._check(out, line)
        return out

    def _value(self, name: str, cell: str) -> Read:
        kind = BY_NAME[name].kind
        text = values.clean(cell)
        if name == "state":
            return values.state(cell)
        if name == "stage":
            return Read("W") if text.lower() in ("w", "withdrawn", "cancelled", "canceled") else values.stage(cell)
        if name == "status":
            return values.status(cell)
        if name == "relation":
            word = text.lower()
            if word not in RELATIONS:
                raise Unreadable(f"is {text[:40]!r}, which is no relation", f"one of {', '.join(RELATIONS)}")
            return Read(word)
        if name in ("requested_mw",):
            return values.megawatts(cell, self.unit[name], self.decimal_comma)
        if kind == "number":
            power = values.number(re.sub(r"\s*[mM][wW]$", "", text), self.decimal_comma)
            return Read(power * {"kw": 1e-3, "gw": 1e3}.get(self.unit.get(name, "mw"), 1.0))
        if kind == "date":
            return values.plain_date(cell, self.day_first[name])
        if kind == "year":
            return Read(values.number(cell))
        if kind == "ramp":
            return Read(values.ramp(cell))  # type: ignore[arg-type]
        return Read(text)

    def _ramp_of(self, cells: list[str], line: int) -> dict[int, float] | None:
        steps: dict[int, float] = {}
        for k, year in self.ramp_years.items():
            if values.is_unknown(cells[k]):
                continue
            try:
                steps[year] = values.number(cells[k], self.decimal_comma)
            except Unreadable as fault:
                self.fault(line, self.table.header[k], fault.what, fault.hint)
        return dict(sorted(steps.items())) or None

    def _check(self, out: dict[str, Any], line: int) -> None:
        """Rules between fields."""
        stage, status = out.get("stage"), out.get("status")
        if stage == "W":
            out["stage"] = None
            if status not in (None, "withdrawn"):
                self.fault(line, "stage", f"says withdrawn and status says {status}", "set right whichever is wrong")
            out["status"] = "withdrawn"
        elif status is None and stage == 6.0:
            out["status"] = "energised"
        start, filed = out.get("requested_in_service"), out.get("filed_on")
        if start is not None and filed is not None and start < filed:
            what = f"{start} lies before filed_on, {filed}"
            if out.pop("_vague", False):
                self.note("order of days", Problem(f"{self.table.name} row {line}, requested_in_service", what + "; kept as it is"))
            else:
                self.fault(line, "requested_in_service", what, "check both days")
        latitude, longitude = out.get("latitude"), out.get("longitude")
        if latitude is not None and not -90 <= latitude <= 90:
            self.fault(line, "latitude", f"must be -90 to 90; got {latitude:g}", "check the two columns")
        elif latitude is not None and longitude is not None:
            if not -180 <= longitude <= 180:
                self.fault(line, "longitude", f"must be -180 to 180; got {longitude:g}", "degrees east; negative in the US")
            elif latitude < 0 or longitude > 0 or (latitude == 0 and longitude == 0):
                self.note("place", Problem(f"{self.table.name} row {line}, latitude and longitude",
                                           f"{latitude:g}, {longitude:g} lies outside the US and was left out"))
                out["latitude"] = out["longitude"] = None
        for name in ("security_posted_usd_per_mw", "on_site_generation_mw", "curtailable_mw", "observed_peak_mw"):
            if (value := out.get(name)) is not None and value < 0:
                self.fault(line, name, f"must be 0 or more; got {value:g}")
        ramp, asked = out.get("ramp"), out.get("requested_mw")
        if ramp and asked and max(ramp.values()) > 1.001 * asked:
            self.fault(line, "ramp", f"reaches {max(ramp.values()):g} MW, above requested_mw {asked:g}", "set right whichever is wrong")
        if ramp and start is not None and min((y for y, mw in ramp.items() if mw > 0), default=start.year) < start.year:
            self.note("ramp", Problem(f"{self.table.name} row {line}, ramp", f"begins before the year in service, {start.year}"))


def _check_ids(reader: _Reader, rows: list[dict[str, Any]]) -> None:
    """No request twice in one snapshot."""
    seen: dict[tuple[str, Any], int] = {}
    for row in rows:
        if row.get("request_id") is None:
            continue
        key = (str(row["request_id"]).strip().casefold(), row.get("snapshot_date"))
        if key in seen:
            where = f"is met on rows {seen[key]} and {row['line']}"
            reader.fault(row["line"], "request_id", f"{row['request_id']!r} {where}" + (
                f" of snapshot {row['snapshot_date']}" if row.get("snapshot_date") else ""),
                "ids must be unique; for a history give each row its snapshot_date")
        else:
            seen[key] = row["line"]


def _check_relations(reader: _Reader, rows: list[dict[str, Any]]) -> None:
    """Relations name another request that is there, and lead nowhere in a circle."""
    if "relation" not in reader.columns and "related_to" not in reader.columns:
        return
    by_id = {str(r["request_id"]): r for r in rows if r.get("request_id") is not None}
    bad_lines = {line for line, p in reader.faults if p.where.endswith(", relation")}
    for row in rows:
        relation, other = row.get("relation"), row.get("related_to")
        if relation is None and other is None:
            continue
        line = row["line"]
        if relation is None:
            if line not in bad_lines:
                reader.fault(line, "relation", f"is blank, while related_to names {other!r}", f"one of {', '.join(RELATIONS)}")
        elif other is None:
            reader.fault(line, "related_to", f"is blank, while relation is {relation!r}", "name the other request")
        elif str(other) == str(row.get("request_id")):
            reader.fault(line, "related_to", f"names the request itself, {other!r}", "name the other request")
        elif str(other) not in by_id:
            reader.fault(line, "related_to", f"names {other!r}, which is no request_id of the table", nearest(str(other), by_id))
    for row in rows:
        chain, here = [], row
        while here is not None and here.get("relation") and here.get("related_to") is not None and here["line"] not in chain:
            chain.append(here["line"])
            here = by_id.get(str(here["related_to"]), {})
        if here and chain and here.get("line") == row["line"] and (len(chain) > 2 or row["relation"] in DIRECTED):
            reader.fault(row["line"], "related_to", f"leads in a circle over rows {', '.join(map(str, chain))}",
                         "let all name the first of them")


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
    lines = ["# Large-load requests, one row a request and snapshot. Unknown is blank. Delete these lines or leave them.",
             "# mandatory: " + ", ".join(MANDATORY)]
    lines += [f"# {f.name}: {f.meaning}" for f in FIELDS if f.name not in ("area_m2", "parts", "queue_year", "ramp_mark")]
    names = ("request_id", "snapshot_date", "provider", "state", "county", "applicant_name", "project_name", "contact_or_agent",
             "engineer", "requested_mw", "ramp", "requested_in_service", "filed_on", "stage", "status", "relation", "related_to")
    lines.append(",".join(names))
    lines.append("A-1,2026-09-30,Dominion,VA,Loudoun,Example Land Co LLC,Project Lark,Example Agents,Example Engineers,300,"
                 "2029:100;2030:300,2029-06-01,2025-11-03,study requested,active,,")
    lines.append("A-2,2026-09-30,AEP Ohio,OH,Licking,Example Land Co LLC,,Example Agents,,300,,2029-06-01,2025-12-10,inquiry,"
                 "active,alternative,A-1")
    return "\n".join(lines) + "\n"
