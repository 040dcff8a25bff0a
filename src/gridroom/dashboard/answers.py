"""A command's JSON answer as tables for a page: single figures with their units, and a table for each list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gridroom.dashboard.names import unit_of
from gridroom.reports.words import Words

SKIPPED = ("schema_version", "command")
LONGEST = 500
CODES = ("claim", "status", "path", "tech", "consensus", "class")  # kinds of codes that the catalogues know
NAMES = ("country", "name", "id", "authority")  # what a row is called


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what, how much, unit, standard error or range; None where not known."""

    name: str
    value: Any
    unit: str
    stderr: float | None = None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Grid:
    """A table of an answer."""

    name: str
    columns: list[str]
    rows: list[list[Any]]
    cut: int


def _figures(name: str, value: Any) -> list[Figure]:
    if isinstance(value, dict) and set(value) == {"value", "stderr"}:
        return [Figure(name, value["value"], unit_of(name), value["stderr"])]
    if isinstance(value, dict) and set(value) in ({"low", "best", "high"}, {"lower", "best", "upper"}):
        return [
            Figure(
                name,
                value["best"],
                unit_of(name),
                low=value.get("low", value.get("lower")),
                high=value.get("high", value.get("upper")),
            )
        ]
    if isinstance(value, dict):
        return [f for key, inner in value.items() for f in _figures(f"{name} {key}" if name else str(key), inner)]
    if isinstance(value, list):
        return (
            [Figure(name, ", ".join(str(v) for v in value), "")]
            if value and not any(isinstance(v, dict | list) for v in value)
            else []
        )
    unit = unit_of(name) or next((unit_of(part) for part in reversed(name.split()) if unit_of(part)), "")
    return [Figure(name, value, unit if isinstance(value, int | float) and not isinstance(value, bool) else "")]


def figures(document: dict[str, Any]) -> list[Figure]:
    """Single figures of an answer, in its order."""
    return [f for key, value in document.items() if key not in SKIPPED for f in _figures(key, value)]


def grids(document: dict[str, Any], name: str = "") -> list[Grid]:
    """Lists of an answer as tables."""
    out = []
    for key, value in document.items():
        label = f"{name} {key}".strip()
        if isinstance(value, dict):
            out += grids(value, label)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            inner = [k for k in value[0] if any(_is_table(row.get(k)) for row in value)]
            columns = [c for c in dict.fromkeys(k for row in value for k in row) if c not in inner]
            rows = [[row.get(c) for c in columns] for row in value[:LONGEST]]
            out.append(Grid(label, columns, [[_cell(v) for v in row] for row in rows], max(len(value) - LONGEST, 0)))
            for row in value[:LONGEST] if inner else ():
                which = next((str(row[k]) for k in NAMES if row.get(k)), "")
                out += grids({f"{which} {k}".strip(): row[k] for k in inner if _is_table(row.get(k))}, label)
    return out


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], dict)


def _cell(value: Any) -> Any:
    """Nested values in words."""
    if isinstance(value, dict):
        if set(value) == {"value", "stderr"}:
            return f"{number(value['value'])} ± {number(value['stderr'])}" if value["stderr"] else number(value["value"])
        return ", ".join(f"{k.replace('_', ' ')} {number(_cell(v))}" for k, v in value.items() if v is not None)
    return ", ".join(number(_cell(v)) for v in value) if isinstance(value, list) else value


def number(value: Any) -> str:
    """A value to read: blank where not known, never 0."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int | float) and abs(value) >= 1e15:
        return f"{float(value):.4g}"
    if isinstance(value, int) or (isinstance(value, float) and value.is_integer() and abs(value) < 1e15):
        return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.0f}"
    if isinstance(value, float):
        return f"{value:,.0f}" if abs(value) >= 10_000 else f"{value:.4g}"
    return str(value)


def value_of(value: Any, words: Words) -> str:
    """A value to read, in words of the page's language where it is a code that they know."""
    if isinstance(value, bool):
        return words("value_yes" if value else "value_no")
    if isinstance(value, str):
        keys = (f"{kind}_{value.replace(' ', '_')}" for kind in CODES)
        return next((words.table[k] for k in keys if k in words.table), value)
    return number(value)


__all__ = ["Figure", "Grid", "figures", "grids", "number", "value_of"]
