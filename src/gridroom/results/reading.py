"""Result tables as arrays, without pandas: pages must be there at once. What cannot be right is refused, and all of it is said."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gridroom.core.errors import Problem, StudyError
from gridroom.results.tables import TABLES, TEXTS

AGAIN = "run the study again, or use the gridroom that wrote it"
NEVER_EMPTY = ("region_year", "tipping", "national")
KEYS = ("region", "name", "year", "standard", "month", "hour")  # what a row is about: never blank
LIMITS = {"year": (1900, 2200), "month": (1, 12), "hour": (0, 23)}
STANDARDS = ("lole", "nerc", "margin")


def _wrong_kind(field: Any) -> bool:
    from pyarrow.types import is_boolean, is_floating, is_integer, is_large_string, is_null, is_string

    kind = field.type
    if is_null(kind):
        return False
    if field.name in TEXTS:
        return not (is_string(kind) or is_large_string(kind))
    return not (is_integer(kind) or is_floating(kind) or is_boolean(kind))


def _problems(name: str, table: Any) -> list[str]:
    """What is wrong with the make of a table."""
    out = []
    wanted = [c.name for c in TABLES[name]]
    if missing := [c for c in wanted if c not in table.column_names]:
        out.append(f"lacks the columns {', '.join(missing)}")
    filled = [c for c in wanted if c not in missing and table.num_rows]  # without rows a column has no kind
    if wrong := [c for c in filled if _wrong_kind(table.schema.field(c))]:
        out.append(f"holds another kind of value in {', '.join(wrong)}")
    if name in NEVER_EMPTY and table.num_rows == 0:
        out.append("has no rows")
    if unknown := [c for c in KEYS if c in wanted and c not in missing and table.column(c).null_count]:
        out.append(f"has rows without {', '.join(unknown)}")
    return out


def read_columns(path: Path, name: str) -> dict[str, Any]:
    """Read one result table.

    Parameters
    ----------
    path : Path
        Parquet file.
    name : str
        Name in the dictionary of tables.

    Returns
    -------
    dict
        An array a column: texts as objects, empty where unknown; numbers with nan where unknown.

    Raises
    ------
    StudyError
        If the table is missing, cannot be read, or is not made as a run makes it; says all of it.
    """
    import numpy as np
    from pyarrow import ArrowException
    from pyarrow.parquet import ParquetFile

    try:
        with ParquetFile(path) as file:
            table = file.read()
    except FileNotFoundError:
        raise StudyError(Problem(str(path), "is missing", AGAIN)) from None
    except (ArrowException, OSError):
        raise StudyError(Problem(str(path), "cannot be read: it is no whole Parquet file", AGAIN)) from None
    problems = _problems(name, table)
    columns = {} if problems else {c: _array(table.column(c), c in TEXTS) for c in table.column_names}
    for column, (low, high) in LIMITS.items():
        values = columns.get(column, np.empty(0))
        if not np.all((values >= low) & (values <= high) & (values == np.floor(values))):
            problems.append(f"holds a {column} that is none")
    if endless := [c for c, v in columns.items() if v.dtype.kind == "f" and np.isinf(v).any()]:
        problems.append(f"holds numbers without end in {', '.join(endless)}")
    if problems:
        raise StudyError([Problem(str(path), p, AGAIN) for p in problems])
    return columns


def _array(column: Any, text: bool) -> Any:
    import numpy as np

    # By lists: pyarrow's own way to numpy loads pandas.
    values = column.to_pylist()
    if text:
        return np.array(["" if v is None else v for v in values], dtype=object)
    kind = str(column.type)
    if kind in ("double", "float", "halffloat", "null") or (("int" in kind or kind == "bool") and column.null_count):
        return np.array(values, dtype=np.float64)
    return np.array(values, dtype=None if "int" in kind or kind == "bool" else object)


def check_places(folder: Path) -> None:
    """Fail if regions, years and standards of a run's tables do not fit one another.

    Raises
    ------
    StudyError
    """
    tables = {n: read_columns(folder / f"tables/{n}.parquet", n) for n in NEVER_EMPTY}
    seen = [(str(r), int(y)) for r, y in zip(tables["region_year"]["region"], tables["region_year"]["year"], strict=True)]
    regions, years = {r for r, _ in seen}, {y for _, y in seen}
    problems = []
    if len(set(seen)) != len(seen) or len(seen) != len(regions) * len(years):
        problems.append(Problem(str(folder / "tables/region_year.parquet"), "lacks a region in a year, or has it twice", AGAIN))
    ends = sorted(zip(tables["tipping"]["region"], tables["tipping"]["standard"], strict=True))
    if ends != sorted((r, s) for r in regions for s in STANDARDS):
        problems.append(Problem(str(folder / "tables/tipping.parquet"), "does not fit the regions of region_year", AGAIN))
    if sorted(int(y) for y in tables["national"]["year"]) != sorted(years):
        problems.append(Problem(str(folder / "tables/national.parquet"), "does not fit the years of region_year", AGAIN))
    if problems:
        raise StudyError(problems)


__all__ = ["AGAIN", "NEVER_EMPTY", "check_places", "read_columns"]
