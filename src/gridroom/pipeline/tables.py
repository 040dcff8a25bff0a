"""A table for matching: anyone's columns, numbers and dates made comparable, nothing refused that can be compared."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gridroom.core.errors import Problem, UsageError, nearest, raise_all
from gridroom.pipeline import values
from gridroom.pipeline.columns import BY_NAME, field_of
from gridroom.pipeline.records import known_name
from gridroom.pipeline.values import Unreadable
from gridroom.sources import queues
from gridroom.sources.rawtable import RawTable
from gridroom.sources.spreadsheet import read_table

NOTHING = frozenset(["", "na", "n/a", "nan", "none", "null", "#n/a", "-", "–", "?"])


def table_for_matching(path: Path, mapping: Mapping[str, str] | None = None, sheet: str | None = None) -> tuple[Any, list[Problem]]:
    """Read a table whose rows are to be matched; public atlases and queues in their own formats are understood.

    Returns
    -------
    tuple
        DataFrame and notes on what could not be compared.

    Raises
    ------
    StudyError
        If the file cannot be read row by row.
    """
    mapping = dict(mapping or {})
    kind = queues.kind_of(path) if path.is_file() and path.suffix in (".csv", ".parquet") else "requests"
    if kind in queues.READERS and not mapping:
        return queues.READERS[kind](path), [Problem(path.name, f"was read as a {kind} file")]
    table = read_table(path, lambda name: known_name(name) or name in mapping, sheet)
    raise_all(table.problems)
    unknown = [c for c in mapping if c not in table.header]
    if unknown:
        raise UsageError("; ".join(f"--map {c!r} is no column of {table.name} ({nearest(c, table.header)})" for c in unknown))
    return _frame(table, mapping)


def _frame(table: RawTable, mapping: Mapping[str, str]) -> tuple[Any, list[Problem]]:
    import pandas as pd

    notes = list(table.notes)
    out: dict[str, Any] = {}
    for k, name in enumerate(table.header):
        cells: list[str | None] = [None if row[k].strip().lower() in NOTHING else row[k] for row in table.rows]
        header = mapping.get(name, name or f"column {k + 1}")
        field = field_of(header)
        kind = BY_NAME[field].kind if field else ""
        if kind == "id" or name == "":
            out[header] = cells
        elif kind == "number":
            out[header], bad = _numbers(cells, field == "requested_mw", values.unit_of_header(name), table.delimiter == ";")
            _note(notes, table, header, bad)
        elif kind == "date" and not _all_numbers(cells):
            order = values.order_of_days([c for c in cells if c])
            out[header], bad = _dates(cells, order)
            _note(notes, table, header, bad)
        else:
            out[header] = [None if c is None else float(c) for c in cells] if _all_numbers(cells) and kind != "text" else cells
    return pd.DataFrame(out), notes


def _all_numbers(cells: list[str | None]) -> bool:
    try:
        return all(c is None or float(c) == float(c) for c in cells)
    except ValueError:
        return False


def _numbers(
    cells: list[str | None], power: bool, unit: str, decimal_comma: bool
) -> tuple[list[float | None], list[tuple[int, str]]]:
    out: list[float | None] = []
    bad = []
    for k, cell in enumerate(cells):
        if cell is None:
            out.append(None)
            continue
        try:
            if power and re.fullmatch(r"0+(\.0*)?", cell.strip()):
                out.append(0.0)  # some queues write 0 for what they do not say
                continue
            read = values.megawatts(cell, unit, decimal_comma).value if power else values.number(cell, decimal_comma)
            out.append(float(read))  # type: ignore[arg-type]
        except Unreadable:
            out.append(None)
            bad.append((k, cell))
    return out, bad


def _dates(cells: list[str | None], order: bool | None) -> tuple[list[str | None], list[tuple[int, str]]]:
    out: list[str | None] = []
    bad = []
    for k, cell in enumerate(cells):
        try:
            out.append(None if cell is None else str(values.plain_date(cell, order).value))
        except Unreadable:
            out.append(None)
            bad.append((k, str(cell)))
    return out, bad


def _note(notes: list[Problem], table: RawTable, header: str, bad: list[tuple[int, str]]) -> None:
    for k, cell in bad[:3]:
        notes.append(
            Problem(f"{table.name} row {table.lines[k]}, {header}", f"{cell[:40]!r} could not be read and is not compared")
        )
    if len(bad) > 3:
        notes.append(Problem(f"… and {len(bad) - 3} more of", header))


def two_lists(left: Any, right: Any) -> Any:
    """Two lists as one table with the column `list`; columns of the right one take the left one's names."""
    import pandas as pd

    for column in (c for c in left.columns if field_of(c) == "request_id" and c in right.columns):
        if set(left[column]) & set(right[column]):  # two lists may number alike
            left = left.assign(**{column: left[column].astype(str) + " (left)"})
            right = right.assign(**{column: right[column].astype(str) + " (right)"})
    names = {field_of(c): c for c in left.columns if field_of(c)}
    taken = set(left.columns)
    rename = {
        c: names[field_of(c)]
        for c in right.columns
        if field_of(c) in names and names[field_of(c)] not in right.columns and c not in taken
    }
    return pd.concat([left.assign(list="left"), right.rename(columns=rename).assign(list="right")], ignore_index=True)
