"""A table of texts: the header found, two-line headers joined, totals and footnotes left out with a note."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from gridroom.core.errors import Problem, StudyError

KnownName = Callable[[str], bool]
HEADER_WITHIN = 20  # rows
TOTAL = re.compile(r"^\W*((grand|sub|overall|running)?[\s-]*totals?|sum|subtotals?)\b", re.IGNORECASE)
FOOTNOTE = re.compile(
    r"^\W*(note|notes|source|sources|as of|prepared|confidential|disclaimer|\*|†|‡|\[\d+\]|\(\d+\)|page \d)", re.IGNORECASE
)


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


def _is_number(cell: str) -> bool:
    return bool(re.fullmatch(r"[\s$~<>=+\-−(]*[\d.,  ]+[\s%)]*(?:[kmg]w|mva)?\s*", cell, re.IGNORECASE)) and any(
        c.isdigit() for c in cell
    )


def shape_table(name: str, grid: list[list[str]], lines: list[int], known: KnownName, delimiter: str) -> RawTable:
    """Find the header, join two-line headers, leave out blank rows, totals and footnotes, and check each row's cells."""
    grid = [[re.sub(r"\s*[\r\n]+\s*", " ", cell).replace("\u00a0", " ").strip() for cell in row] for row in grid]
    rows = [(row, line) for row, line in zip(grid, lines, strict=True) if any(row) and not row[0].startswith("# ")]
    if not rows:
        raise StudyError(Problem(name, "holds no filled cell", "save the table again, header and rows"))
    at = _header_row(rows, known)
    if at is None:
        first, line = rows[0]
        if any(_is_number(c) for c in first):
            raise StudyError(
                Problem(
                    f"{name} row {line}", f"is data, not a header ({', '.join(first[:5])} …)", "put a row of column names first"
                )
            )
        at = 0
    header, header_line = rows[at]
    table = RawTable(name=name, header=list(header), rows=[], lines=[], header_line=header_line, delimiter=delimiter)
    for row, line in rows[:at]:
        table.notes.append(
            Problem(f"{name} row {line}", f"stands above the header and was left out: {' '.join(filter(None, row))[:80]!r}")
        )
    after = at + 1
    if after < len(rows) and _continues(rows[after][0], known):
        table.header = _joined(header, rows[after][0], known)
        table.notes.append(Problem(f"{name} rows {header_line}–{rows[after][1]}", "were read as a header of two lines"))
        after += 1
    while (
        table.header
        and not table.header[-1]
        and all(len(r) < len(table.header) or not r[len(table.header) - 1] for r, _ in rows[after:])
    ):
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
            table.problems.append(
                Problem(
                    f"{table.name} row {table.header_line}",
                    f"names {cell!r} twice (columns {seen[plain] + 1} and {k + 1})",
                    "rename one of the two",
                )
            )
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
        table.problems.append(
            Problem(
                f"{table.name} row {line}",
                f"has {len(row)} cells where the header has {width}: {' | '.join(row[max(0, width - 3) :])[:80]!r}",
                "put quotation marks around cells that hold the separator" if extra < 4 else "split the row",
            )
        )
        return
    table.rows.append(row[:width] + [""] * (width - len(row)))
    table.lines.append(line)
