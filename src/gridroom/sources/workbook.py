"""Excel workbooks as texts: one sheet, values with the units that their format shows."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

from gridroom.core.errors import Problem, StudyError
from gridroom.sources.rawtable import HEADER_WITHIN, KnownName, RawTable, shape_table


def read_workbook(path: Path, known: KnownName, sheet: str | None) -> RawTable:
    """First sheet with a table; values as texts, with the units that the number format shows."""
    name = path.name
    book, formulas = _opened(path)
    ws = _one_sheet(name, book, known, sheet)
    grid, lines, problems, notes = [], [], [], []
    for cells in ws.iter_rows():
        row = []
        for cell in cells:
            text, wrong = _cell(cell, formulas[ws.title][cell.coordinate].value)
            if wrong:
                problems.append(Problem(f"{name} {ws.title}!{cell.coordinate}", wrong, "put the value itself into the cell"))
            row.append(text)
        grid.append(row)
        lines.append(cells[0].row)
        hidden = ws.row_dimensions[cells[0].row].hidden
        struck = [c.coordinate for c in cells if c.value is not None and c.font is not None and c.font.strike]
        if hidden and any(row):
            notes.append(Problem(f"{name} row {cells[0].row}", "is hidden in the workbook; it was read all the same"))
        if struck:
            notes.append(
                Problem(
                    f"{name} row {cells[0].row}",
                    f"is struck through ({struck[0]}); it was read all the same",
                    "delete it, or set its status to withdrawn",
                )
            )
    table = shape_table(name, grid, lines, known, "")
    for area in ws.merged_cells.ranges:
        if area.min_row > table.header_line and area.size["rows"] > 1:
            problems.append(
                Problem(
                    f"{name} {ws.title}!{area.coord}",
                    "is one merged cell: only its first row holds the value",
                    "unmerge it and fill each row",
                )
            )
    table.notes[:0], table.problems[:0] = notes, problems
    return table


def _opened(path: Path) -> tuple[Any, Any]:
    """A workbook with its values, and with its formulas."""
    import warnings
    from zipfile import BadZipFile

    import openpyxl

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            data = path.read_bytes()
            return (
                openpyxl.load_workbook(io.BytesIO(data), data_only=True),
                openpyxl.load_workbook(io.BytesIO(data), data_only=False),
            )
    except (BadZipFile, KeyError, ValueError, OSError, TypeError) as fault:
        raise StudyError(Problem(path.name, f"cannot be opened as a workbook ({fault})", "save it again as .xlsx or CSV")) from None


def _one_sheet(name: str, book: Any, known: KnownName, sheet: str | None) -> Any:
    """The sheet that is asked for, or the only one that looks like a table."""
    if sheet is not None:
        if sheet not in book.sheetnames:
            raise StudyError(Problem(f"{name}, sheet {sheet!r}", "does not exist", f"sheets: {', '.join(book.sheetnames)}"))
        return book[sheet]
    filled = [
        ws for ws in book.worksheets if ws.max_row > 1 and any(c is not None for r in ws.iter_rows(values_only=True) for c in r)
    ]
    tables = [ws for ws in filled if _looks_like_table(ws, known)] or filled[:1]
    if not tables:
        raise StudyError(Problem(name, "holds no filled cell", "save the table again, header and rows"))
    if len(tables) > 1:
        raise StudyError(
            Problem(
                name,
                f"has several sheets with requests: {', '.join(repr(ws.title) for ws in tables)}",
                "name one with --sheet, or put them into one",
            )
        )
    return tables[0]


def _looks_like_table(ws: Any, known: KnownName) -> bool:
    rows = ws.iter_rows(min_row=1, max_row=HEADER_WITHIN, values_only=True)
    return any(sum(1 for c in row if isinstance(c, str) and known(c)) >= 2 for row in rows)


def _cell(cell: Any, formula: object) -> tuple[str, str]:
    """Text of a cell as the person sees it, and what is wrong with it."""
    from datetime import date, datetime

    value = cell.value
    shown = str(getattr(cell, "number_format", "") or "")
    if isinstance(formula, str) and formula.startswith("=") and value is None:
        return "", f"holds a formula without a stored value: {formula[:60]!r}"
    if value is None:
        return "", ""
    if isinstance(value, str) and value.startswith("#") and value.rstrip("!?").isupper():
        return "", f"holds an error: {value}"
    if isinstance(value, datetime):
        return value.date().isoformat(), ""
    if isinstance(value, date):
        return value.isoformat(), ""
    if isinstance(value, bool):
        return "yes" if value else "no", ""
    if isinstance(value, int | float):
        number = repr(int(value)) if float(value).is_integer() else repr(value)
        unit = re.search(r'"?\s*([kMG]W|MVA|[kmg]w|mva)\s*"?', shown)
        if unit:
            return f"{number} {unit.group(1)}", ""
        if "%" in shown:
            return f"{float(value) * 100:g}%", ""
        if "$" in shown or "€" in shown:
            return f"${number}", ""
        zeros = re.fullmatch(r"0{2,}", shown)
        return number.zfill(len(shown)) if zeros else number, ""
    return str(value), ""
