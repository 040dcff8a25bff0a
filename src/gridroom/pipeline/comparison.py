"""Which columns of a table are compared, how, and the levels of given pairs of records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.pipeline import compare_kernel as kernel
from gridroom.pipeline import text
from gridroom.pipeline.columns import BY_NAME, field_of

Floats = NDArray[np.float64]
Levels = NDArray[np.uint8]
Index = NDArray[np.int64]

LEVELS = 16
# Chance of each level among pairs of the same thing before any data is seen (assumed; the fit moves it). Order of compare_kernel.
TEXT_PRIOR = (0.0, 0.30, 0.20, 0.10, 0.05, 0.10, 0.03, 0.07, 0.05, 0.03, 0.04, 0.08)
# The same among any two records (assumed); weighs a few pairs, so that short lists can be linked.
TEXT_OTHER = (0.0, 0.002, 0.004, 0.01, 0.001, 0.003, 0.004, 0.01, 0.02, 0.01, 0.10, 0.836)
RATIO_OTHER = (0.0, 0.01, 0.02, 0.02, 0.06, 0.07, 0.12, 0.15, 0.20, 0.35)
YEAR_OTHER = (0.0, 0.08, 0.08, 0.16, 0.14, 0.24, 0.30)
DAY_OTHER = (0.0, 0.003, 0.004, 0.04, 0.06, 0.10, 0.12, 0.16, 0.20, 0.313)
KM_OTHER = (0.0, 0.001, 0.001, 0.001, 0.001, 0.001, 0.001, 0.002, 0.01, 0.03, 0.952)
RATIO_EDGES = np.array([0.02, 0.08, 0.15, 0.30, 0.60, 1.20])
RATIO_PRIOR = (0.0, 0.30, 0.35, 0.10, 0.10, 0.06, 0.04, 0.03, 0.02, 0.02)
YEAR_EDGES = np.array([1.5, 2.5, 4.5])
YEAR_PRIOR = (0.0, 0.475, 0.475, 0.03, 0.01, 0.01, 0.01)
DAY_EDGES = np.array([20.0, 50.0, 100.0, 160.0, 250.0, 400.0])
DAY_PRIOR = (0.0, 0.15, 0.15, 0.30, 0.15, 0.10, 0.08, 0.04, 0.02, 0.01)
KM_EDGES = np.array([1.0, 2.0, 3.0, 4.5, 6.0, 8.0, 12.0, 30.0, 100.0])
KM_PRIOR = (0.0, 0.10, 0.20, 0.20, 0.20, 0.15, 0.10, 0.04, 0.004, 0.003, 0.003)
# Text levels as same, partly, different: enough for places that are compared together.
COARSE = np.array([0, 1, 1, 1, 1, 1, 2, 1, 2, 2, 3, 3, 3, 3, 3, 3], np.uint8)


def padded(prior: Sequence[float]) -> Floats:
    """Prior as an array over all levels, summing to 1; never 0 but for the level of nothing known."""
    out = np.full(LEVELS, 1e-5)
    out[: len(prior)] = np.maximum(prior, 1e-5)
    out[0] = 0.0
    return np.asarray(out / out.sum())


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One comparison: a column (or the pair latitude, longitude), its kind and its part."""

    name: str
    kind: str
    part: str
    prior: Floats
    other: Floats
    column: tuple[str, ...]


def numbers(values: Any) -> Floats:
    """Column as numbers; what is none becomes NaN."""
    import pandas as pd

    if pd.api.types.is_datetime64_any_dtype(values):
        return np.full(len(values), np.nan)
    return np.asarray(pd.to_numeric(values, errors="coerce"), np.float64)


def days(values: Any) -> Floats:
    """Column of dates as days since 2000; what is none becomes NaN."""
    import pandas as pd

    when = pd.to_datetime(values, errors="coerce", format="ISO8601")
    return np.asarray((when - pd.Timestamp("2000-01-01")) / pd.Timedelta(days=1), np.float64)


def compared_columns(frame: Any, leave_out: Sequence[str] = ()) -> list[Compared]:
    """Comparisons that a table allows: columns that vary and are neither ids nor what the user leaves out."""
    out: list[Compared] = []
    geo: dict[str, str] = {}
    for column in frame.columns:
        if column in leave_out or frame[column].nunique(dropna=True) < 2:
            continue
        name = field_of(column)
        field = BY_NAME.get(name or "")
        if field is None:
            made = _unknown(column, frame[column])
        elif field.part == "geo":
            geo[field.name] = column
            continue
        else:
            made = _known(column, field.name, frame[column])
        if made is not None:
            out.append(made)
    if len(geo) == 2:
        pair = (geo["latitude"], geo["longitude"])
        out.append(_compared("distance", "geo", "place", pair))
    return out


KINDS = {"ratio": (RATIO_PRIOR, RATIO_OTHER), "year": (YEAR_PRIOR, YEAR_OTHER), "day": (DAY_PRIOR, DAY_OTHER),
         "text": (TEXT_PRIOR, TEXT_OTHER), "geo": (KM_PRIOR, KM_OTHER)}


def _compared(name: str, kind: str, part: str, column: tuple[str, ...]) -> Compared:
    same, any_two = KINDS[kind]
    return Compared(name=name, kind=kind, part=part, prior=padded(same), other=padded(any_two), column=column)


def _known(column: str, name: str, values: Any) -> Compared | None:
    field = BY_NAME[name]
    if not field.part:
        return None
    kind = {"size": "ratio", "when": "day"}.get(field.part, "text")
    if field.part == "when" and (field.kind == "year" or np.isfinite(numbers(values)).mean() > 0.5):
        kind = "year"
    return _compared(column, kind, field.part, (column,))


def _unknown(column: str, values: Any) -> Compared | None:
    """A column that no field names: numbers by ratio, words as text; nothing where it is unique or empty."""
    filled = values.notna().mean()
    if filled < 0.05:
        return None
    if np.isfinite(numbers(values)).mean() > 0.8 * filled:
        return _compared(column, "ratio", "size", (column,))
    if values.nunique() >= 0.999 * values.notna().sum():
        return None
    return _compared(column, "text", "name", (column,))


def pair_levels(frame: Any, compared: Compared, left: Index, right: Index) -> Levels:
    """Levels of pairs of rows (P,)."""
    first = frame[compared.column[0]]
    if compared.kind == "geo":
        return np.asarray(kernel.distance_levels(left, right, numbers(first), numbers(frame[compared.column[1]]), KM_EDGES))
    if compared.kind == "text":
        e = text.encode([None if v != v else str(v) for v in first])
        return np.asarray(kernel.text_levels(left, right, e.start, e.token, e.bits, e.is_number, e.whole, e.raw, e.whole_bits,
                                             e.mass_bits))
    value, edges = numeric(first, compared.kind)
    return np.asarray(kernel.number_levels(left, right, value, is_common(value), edges, False))


def numeric(values: Any, kind: str) -> tuple[Floats, Floats]:
    """Values whose distance counts (logarithms of sizes), and the edges of the levels."""
    if kind == "day":
        return days(values), DAY_EDGES
    if kind == "year":
        return numbers(values), YEAR_EDGES
    return logarithms(numbers(values) + 0.01), RATIO_EDGES


def logarithms(values: Floats) -> Floats:
    """Logarithms of sizes; unknown where they are not above 0."""
    return np.where(values > 0.0, np.log(np.where(values > 0.0, values, 1.0)), np.nan)


def is_common(value: Floats, share: float = 0.01) -> NDArray[np.bool_]:
    """Whether at least `share` of the rows hold the very same value."""
    _, where, count = np.unique(value[np.isfinite(value)], return_inverse=True, return_counts=True)
    out = np.zeros(len(value), np.bool_)
    out[np.isfinite(value)] = (count >= max(2.0, share * len(value)))[where]
    return out
