"""Anyone's spreadsheet as a plain table of texts: encodings, separators, titles, two-line headers, totals, broken rows.

Nothing is guessed silently: what was set right is noted, what cannot be read is a problem, each with its place.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from gridroom.core.errors import Problem, StudyError
from gridroom.sources.rawtable import KnownName, RawTable, shape_table
from gridroom.sources.workbook import read_workbook

DELIMITERS = (",", ";", "\t", "|")
MOST_BYTES = 500_000_000



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
        return read_workbook(path, known, sheet)
    if data[:4] == b"PAR1":
        return _parquet(path, known)
    for ending, kind in ((".xlsx", "Excel"), (".parquet", "Parquet")):
        if path.suffix.lower() == ending:
            raise StudyError(Problem(name, f"is no {kind} file, whatever its name says", "save the table again, or name it .csv"))
    _refuse_other_formats(name, data)
    text, notes, problems = _decode(name, data)
    grid, lines, delimiter, faults = _split(name, text)
    table = shape_table(name, grid, lines, known, delimiter)
    table.notes[:0], table.problems[:0] = notes, problems + faults
    return table


def _parquet(path: Path, known: KnownName) -> RawTable:
    """A Parquet file as texts, so that the same rules hold for it."""
    import pandas as pd

    try:
        frame = pd.read_parquet(path)
    except (ValueError, OSError):
        raise StudyError(Problem(path.name, "is no whole Parquet file", "save the table again")) from None
    cells = frame.astype(object).where(frame.notna(), "").astype(str)
    grid = [[str(c) for c in frame.columns], *cells.to_numpy().tolist()]
    return shape_table(path.name, grid, list(range(1, len(grid) + 1)), known, ",")


def _refuse_other_formats(name: str, data: bytes) -> None:
    start = data[:512].lstrip().lower()
    kinds = (
        (b"%pdf", "is a PDF document"),
        (b"\xd0\xcf\x11\xe0", "is an Excel file of the old kind (.xls)"),
        (b"\x89png", "is a picture"),
        (b"\x1f\x8b", "is a compressed file"),
        (b"{\\rtf", "is a text document (RTF)"),
    )
    for mark, what in kinds:
        if start.startswith(mark):
            raise StudyError(Problem(name, what, "save the table as CSV or .xlsx"))
    if b"<html" in start or b"<table" in start or start.startswith(b"<!doctype") or start.startswith(b"<?xml"):
        raise StudyError(
            Problem(name, "is a web page (HTML or XML), whatever its name says", "open it and save it as CSV or .xlsx")
        )
    sample = data[:4096]
    if data[:2] in (b"\xff\xfe", b"\xfe\xff") or (
        sample.count(b"\0") > 0.3 * len(sample) > 0 and sample[1::2].count(b"\0") > 0.8 * len(sample[1::2])
    ):
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
            return (
                rest,
                [],
                [Problem(f"{name} row {line}", "ends in the middle of a character: the file is cut off", "get the whole file")],
            )
    if (japanese := _japanese(data)) is not None:
        return japanese, [Problem(name, "was read as Shift-JIS")], []
    try:
        text = data.decode("cp1252")
    except UnicodeDecodeError:
        text = data.decode("latin-1")
    return (
        text,
        [
            Problem(
                f"{name} row {line}",
                f"is not UTF-8 (byte 0x{data[fault_at(data)]:02x}); the file was read as Windows-1252",
                "check names with accents; save as UTF-8",
            )
        ],
        [],
    )


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
    grid: list[list[str]] = []
    lines: list[int] = []
    end = 0
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for row in reader:
            grid.append(row)
            lines.append(end + 1)
            end = reader.line_num
    except csv.Error as fault:
        place = end + 1
        if "unexpected end" in str(fault):
            problems.append(
                Problem(
                    f"{name} row {place}",
                    "opens a quotation mark that is never closed: the rows after it would be swallowed",
                    "close or double the mark",
                )
            )
            for k, rest in enumerate(text.splitlines()[place - 1 :]):
                if k:
                    grid.append(next(csv.reader([rest.replace('"', "")], delimiter=delimiter), []))
                    lines.append(place + k)
        else:
            grid.clear()
            lines.clear()
            end = 0
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
