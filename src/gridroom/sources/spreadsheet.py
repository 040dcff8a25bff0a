"""Anyone's spreadsheet as a plain table of texts: encodings, separators, titles, two-line headers, totals, broken rows.

Nothing is guessed silently: what was set right is noted, what cannot be read is a problem, each with its place.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from gridroom.core.errors import Problem, StudyError

KnownName = Callable[[str], bool]
DELIMITERS = (",", ";", "\t", "|")
HEADER_WITHIN = 20  # rows
MOST_BYTES = 500_000_000
TOTAL = re.compile(r"^\W*((grand|sub|overall|running)?[\s-]*totals?|sum|subtotals?)\b", re.IGNORECASE)
FOOTNOTE = re.compile(r"^\W*(note|notes|source|sources|as of|prepared|confidential|disclaimer|\*|†|‡|\[\d+\]|\(\d+\)|page \d)",
                      re.IGNORECASE)


@dataclass(slots=True, kw_only=True)
class RawTable:
    """A table of texts.

    Attributes
    ----------
    name : str
        File name, for messages.
    header : list of str
    rows : list of list of str
        As many cells as the header.
    lines : list of int
        Row number of each row as the person sees it (the first line is 1).
    header_line : int
    delimiter : str
        Empty for a workbook.
    notes, problems : list of Problem
        What was set right, and what could not be read.
    """

    name: str
    header: list[str]
    rows: list[list[str]]
    lines: list[int]
    header_line: int = 1
    delimiter: str = ""
    notes: list[Problem] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def read_table(path: Path, known: KnownName, sheet: str | None = None) -> RawTable:
    """Read a CSV, TSV or Excel file.

    Parameters
    ----------
    path : Path
    known : callable
        Whether a header names something that the caller understands: tells the header from titles.
    sheet : str, optional
        Sheet of a workbook.

    Raises
    ------
    StudyError
        If the file cannot be read as a table at all.
    """
    name = path.name
    if not path.is_file():
        raise StudyError(Problem(str(path), "is a folder" if path.is_dir() else "does not exist", "give a CSV or Excel file"))
    if path.stat().st_size > MOST_BYTES:
        raise StudyError(Problem(str(path), f"has {path.stat().st_size:,} bytes", "give the table itself, below 500 MB"))
    data = path.read_bytes()
    if not data.strip():
        raise StudyError(Problem(name, "is empty", "save the table again, header and rows"))
    if data[:4] == b"PK\x03\x04":
        return _workbook(path, known, sheet)
    _refuse_other_formats(name, data)
    text, notes, problems = _decode(name, data)
    grid, lines, delimiter, faults = _split(name, text)
    table = _shape(name, grid, lines, known, delimiter)
    table.notes[:0], table.problems[:0] = notes, problems + faults
    return table


def _refuse_other_formats(name: str, data: bytes) -> None:
    start = data[:512].lstrip().lower()
    kinds = ((b"%pdf", "is a PDF document"), (b"\xd0\xcf\x11\xe0", "is an Excel file of the old kind (.xls)"),
             (b"\x89png", "is a picture"), (b"\x1f\x8b", "is a compressed file"), (b"{\\rtf", "is a text document (RTF)"))
    for mark, what in kinds:
        if start.startswith(mark):
            raise StudyError(Problem(name, what, "save the table as CSV or .xlsx"))
    if b"<html" in start or b"<table" in start or start.startswith(b"<!doctype") or start.startswith(b"<?xml"):
        raise StudyError(Problem(name, "is a web page (HTML or XML), whatever its name says", "open it and save it as CSV or .xlsx"))
    sample = data[:4096]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or sample.count(b"\0") > 0.3 * len(sample) > 0 and sample[1::2].count(b"\0") > \
            0.8 * len(sample[1::2]):
        return
    odd = sum(1 for b in sample if b < 32 and b not in (9, 10, 11, 12, 13))
    if odd > 0.05 * len(sample) and odd > 10:
        raise StudyError(Problem(name, "is no text file", "save the table as CSV or .xlsx"))


def _decode(name: str, data: bytes) -> tuple[str, list[Problem], list[Problem]]:
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", errors="replace"), [Problem(name, "was read as UTF-16")], []
    if data[1:200:2].count(b"\0") > 60:
        return data.decode("utf-16-le", errors="replace"), [Problem(name, "was read as UTF-16 without its mark")], []
    try:
        return data.decode("utf-8-sig"), [], []
    except UnicodeDecodeError as fault:
        line = data[: fault.start].count(b"\n") + 1
        if fault.start >= len(data.rstrip(b"\r\n")) - 3 and fault.reason.startswith("unexpected end"):
            rest = data[: fault.start].decode("utf-8-sig")
            return rest, [], [Problem(f"{name} row {line}", "ends in the middle of a character: the file is cut off",
                                      "get the whole file")]
    if (japanese := _japanese(data)) is not None:
        return japanese, [Problem(name, "was read as Shift-JIS")], []
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return text, [Problem(f"{name} row {line}", f"is not UTF-8 (byte 0x{data[fault_at(data)]:02x}); the file was read as Windows-1252",
                          "check names with accents; save as UTF-8")], []


def fault_at(data: bytes) -> int:
    """Place of the first byte that is not UTF-8."""
    try:
        data.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        return fault.start
    return 0


def _japanese(data: bytes) -> str | None:
    """Text in Shift-JIS, if kana and kanji come out and few other signs."""
    try:
        text = data.decode("shift_jis")
    except UnicodeDecodeError:
        return None
    high = [c for c in text if ord(c) > 127]
    asian = [c for c in high if "\u3040" <= c <= "\u30ff" or "\u4e00" <= c <= "\u9fff" or "\uff00" <= c <= "\uffef"]
    full = [c for c in asian if not "\uff61" <= c <= "\uff9f"]
    return text if high and len(full) > 0.7 * len(high) else None


def _split(name: str, text: str) -> tuple[list[list[str]], list[int], str, list[Problem]]:
    """Cells of each row, row numbers, separator, and rows that cannot be split."""
    csv.field_size_limit(2**31 - 1)
    sample = [line for line in text.splitlines()[:60] if line.strip()]
    delimiter = max(DELIMITERS, key=lambda d: _evenness(sample, d))
    problems: list[Problem] = []
    grid, lines, end = [], [], 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            grid.append(row)
            lines.append(end + 1)
            end = reader.line_num
    except csv.Error as fault:
        place = end + 1
        if "unexpected end" in str(fault):
            problems.append(Problem(f"{name} row {place}", "opens a quotation mark that is never closed: the rows after it would be "
                                    "swallowed", "close or double the mark"))
            rest = text.splitlines()[place - 1 :]
            for k, line in enumerate(rest):
                if k:
                    grid.append(next(csv.reader([line.replace('"', "")], delimiter=delimiter), []))
                    lines.append(place + k)
        else:
            grid, lines, end = [], [], 0
            loose = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
            for row in loose:
                grid.append(row)
                lines.append(end + 1)
                end = loose.line_num
    for row, line in zip(grid, lines, strict=True):
        if any("\0" in cell for cell in row):
            problems.append(Problem(f"{name} row {line}", "holds a NUL byte", "save the file again from the program that made it"))
    kept = [(row, line) for row, line in zip(grid, lines, strict=True) if not any("\0" in cell for cell in row)]
    return [row for row, _ in kept], [line for _, line in kept], delimiter, problems


def _evenness(lines: list[str], delimiter: str) -> tuple[int, int]:
    """How many lines have the most common count of separators, and that count; 0 where it splits nothing."""
    counts = [len(row) - 1 for row in csv.reader(lines, delimiter=delimiter)]
    usual = max(set(counts), key=lambda c: (c > 0, counts.count(c)), default=0)
    return (counts.count(usual) * min(usual, 3) if usual else 0, usual)


def _is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"[\s$~<>=+\-−(]*[\d.,  ]+[\s%)]*(?:[kmg]w|mva)?\s*", cell, re.IGNORECASE)) and any(
        c.isdigit() for c in cell)


def _shape(name: str, grid: list[list[str]], lines: list[int], known: KnownName, delimiter: str) -> RawTable:
    """Find the header, join two-line headers, leave out blank rows, totals and footnotes, and check each row's cells."""
    grid = [[re.sub(r"\s*[\r\n]+\s*", " ", cell).replace("\u00a0", " ").strip() for cell in row] for row in grid]
    rows = [(row, line) for row, line in zip(grid, lines, strict=True) if any(row) and not row[0].startswith("# ")]
    if not rows:
        raise StudyError(Problem(name, "holds no filled cell", "save the table again, header and rows"))
    at = _header_row(rows, known)
    if at is None:
        first, line = rows[0]
        if any(_is_number(c) for c in first):
            raise StudyError(Problem(f"{name} row {line}", f"is data, not a header ({', '.join(first[:5])} …)",
                                     "put a row of column names first"))
        at = 0
    header, header_line = rows[at]
    table = RawTable(name=name, header=list(header), rows=[], lines=[], header_line=header_line, delimiter=delimiter)
    for row, line in rows[:at]:
        table.notes.append(Problem(f"{name} row {line}", f"stands above the header and was left out: {' '.join(filter(None, row))[:80]!r}"))
    after = at + 1
    if after < len(rows) and _continues(rows[after][0], known):
        table.header = _joined(header, rows[after][0], known)
        table.notes.append(Problem(f"{name} rows {header_line}–{rows[after][1]}", "were read as a header of two lines"))
        after += 1
    while table.header and not table.header[-1] and all(len(r) < len(table.header) or not r[len(table.header) - 1]
                                                       for r, _ in rows[after:]):
        table.header.pop()
    _repeated_names(table, known)
    for row, line in rows[after:]:
        _take(table, row, line)
    if not table.rows and not table.problems:
        raise StudyError(Problem(name, f"has a header (row {header_line}) and no rows", "add the requests below it"))
    return table


def _header_row(rows: list[tuple[list[str], int]], known: KnownName) -> int | None:
    best, best_count = None, 1
    for k, (row, _) in enumerate(rows[:HEADER_WITHIN]):
        count = sum(1 for cell in row if cell and known(cell))
        if count > best_count and not any(_is_number(c) for c in row):
            best, best_count = k, count
    return best


def _continues(row: list[str], known: KnownName) -> bool:
    """Whether the row below the header goes on with names: no numbers, and known names among it."""
    filled = [c for c in row if c]
    return len(filled) >= 2 and not any(_is_number(c) for c in filled) and sum(1 for c in filled if known(c)) >= 2


def _joined(upper: list[str], lower: list[str], known: KnownName) -> list[str]:
    n = max(len(upper), len(lower))
    above = upper + [""] * (n - len(upper))
    below = lower + [""] * (n - len(lower))
    out = []
    for a, b in zip(above, below, strict=True):
        whole = f"{a} {b}".strip()
        out.append(whole if known(whole) else b if b and known(b) else a if a and known(a) else whole)
    return out


def _repeated_names(table: RawTable, known: KnownName) -> None:
    seen: dict[str, int] = {}
    for k, cell in enumerate(table.header):
        plain = cell.lower()
        if plain and plain in seen:
            table.problems.append(Problem(f"{table.name} row {table.header_line}",
                                          f"names {cell!r} twice (columns {seen[plain] + 1} and {k + 1})", "rename one of the two"))
        seen.setdefault(plain, k)


def _take(table: RawTable, row: list[str], line: int) -> None:
    """Add a row, or say why not."""
    width = len(table.header)
    filled = [k for k, cell in enumerate(row) if cell]
    first = row[filled[0]]
    if TOTAL.match(first) and (filled[0] == 0 or len(filled) < width):
        table.notes.append(Problem(f"{table.name} row {line}", f"is a total, not a request, and was left out: {first!r}"))
        return
    if len(filled) == 1 and (FOOTNOTE.match(first) or (filled[0] == 0 and len(first.split()) > 3)):
        table.notes.append(Problem(f"{table.name} row {line}", f"is a footnote and was left out: {first[:80]!r}"))
        return
    if [c.lower() for c in row[:width]] == [c.lower() for c in table.header]:
        table.notes.append(Problem(f"{table.name} row {line}", "repeats the header and was left out"))
        return
    if any(row[width:]):
        extra = len(row) - width
        table.problems.append(Problem(f"{table.name} row {line}", f"has {len(row)} cells where the header has {width}: "
                                      f"{' | '.join(row[max(0, width - 3):])[:80]!r}",
                                      "put quotation marks around cells that hold the separator" if extra < 4 else "split the row"))
        return
    table.rows.append(row[:width] + [""] * (width - len(row)))
    table.lines.append(line)


def _workbook(path: Path, known: KnownName, sheet: str | None) -> RawTable:
    """First sheet with a table; values as texts, with the units that the number format shows."""
    import warnings
    from zipfile import BadZipFile

    import openpyxl

    name = path.name
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), data_only=True)
            formulas = openpyxl.load_workbook(io.BytesIO(path.read_bytes()), data_only=False)
    except (BadZipFile, KeyError, ValueError, OSError, TypeError) as fault:
        raise StudyError(Problem(name, f"cannot be opened as a workbook ({fault})", "save it again as .xlsx or CSV")) from None
    filled = [ws for ws in book.worksheets if ws.max_row > 1 and any(c is not None for r in ws.iter_rows(values_only=True) for c in r)]
    if sheet is not None:
        filled = [ws for ws in book.worksheets if ws.title == sheet]
        if not filled:
            raise StudyError(Problem(f"{name}, sheet {sheet!r}", "does not exist", f"sheets: {', '.join(book.sheetnames)}"))
    tables = [ws for ws in filled if _looks_like_table(ws, known)] or filled[:1]
    if not tables:
        raise StudyError(Problem(name, "holds no filled cell", "save the table again, header and rows"))
    if len(tables) > 1:
        raise StudyError(Problem(name, f"has several sheets with requests: {', '.join(repr(ws.title) for ws in tables)}",
                                 "name one with --sheet, or put them into one"))
    ws = tables[0]
    grid, lines, problems, notes = [], [], [], []
    for cells in ws.iter_rows():
        row = []
        for cell in cells:
            text, fault = _cell(cell, formulas[ws.title][cell.coordinate].value)
            if fault:
                problems.append(Problem(f"{name} {ws.title}!{cell.coordinate}", fault, "put the value itself into the cell"))
            row.append(text)
        grid.append(row)
        lines.append(cells[0].row)
        hidden = ws.row_dimensions[cells[0].row].hidden
        struck = [c.coordinate for c in cells if c.value is not None and c.font is not None and c.font.strike]
        if hidden and any(row):
            notes.append(Problem(f"{name} row {cells[0].row}", "is hidden in the workbook; it was read all the same"))
        if struck:
            notes.append(Problem(f"{name} row {cells[0].row}", f"is struck through ({struck[0]}); it was read all the same",
                                 "delete it, or set its status to withdrawn"))
    table = _shape(name, grid, lines, known, "")
    for area in ws.merged_cells.ranges:
        if area.min_row > table.header_line and area.size["rows"] > 1:
            problems.append(Problem(f"{name} {ws.title}!{area.coord}", "is one merged cell: only its first row holds the value",
                                    "unmerge it and fill each row"))
    table.notes[:0], table.problems[:0] = notes, problems
    return table


def _looks_like_table(ws: object, known: KnownName) -> bool:
    rows = ws.iter_rows(min_row=1, max_row=HEADER_WITHIN, values_only=True)  # type: ignore[attr-defined]
    return any(sum(1 for c in row if isinstance(c, str) and known(c)) >= 2 for row in rows)


def _cell(cell: object, formula: object) -> tuple[str, str]:
    """Text of a cell as the person sees it, and what is wrong with it."""
    from datetime import date, datetime

    value = cell.value  # type: ignore[attr-defined]
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
