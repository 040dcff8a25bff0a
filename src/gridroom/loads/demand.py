"""Hourly demand for the curtailment method: cleaned, with every change on record.

What counts as an error decides the answer, because one hour can set a threshold [1]_. The rule here is one for all: missing and
zero hours are interpolated; an excursion of one or two hours in the top 2 % that stands more than 10 % above both hours beside it
is too.

References
----------
.. [1] Norris, Profeta, Patino-Echeverri, Cowie-Haskell 2025, *Rethinking Load Growth*, NI R 25-01, hdl.handle.net/10161/32077.
"""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.core.errors import Problem, StudyError, raise_all
from gridroom.reference import catalog
from gridroom.sources.frames import read_frame

Floats = NDArray[np.float64]
FIRST = datetime(2016, 1, 1)
TOP_SHARE, SPIKE = 0.98, 1.10
LEAST_HOURS = 8760


@dataclass(frozen=True, slots=True, kw_only=True)
class Demand:
    """Demand of one authority.

    Attributes
    ----------
    authority, name : str
    first : datetime
        Time of the first hour, as the data label it (UTC, hour ending, for the data that ship).
    mw : float array (T,)
        Cleaned demand [MW].
    raw_mw : float array (T,)
        As given; not a number where missing [MW].
    filled : int
        Missing and zero hours that were interpolated.
    spikes : tuple of int
        Hours taken as false peaks.
    """

    authority: str
    name: str
    first: datetime
    mw: Floats
    raw_mw: Floats
    filled: int
    spikes: tuple[int, ...]

    def time_of(self, hour: int) -> datetime:
        """Label of an hour."""
        return self.first + timedelta(hours=hour)

    def calendar(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Year and month (1-12) of each hour, (T,)."""
        when = np.datetime64(self.first, "h") + np.arange(len(self.mw))
        year = when.astype("datetime64[Y]").astype(np.int64) + 1970
        return year, when.astype("datetime64[M]").astype(np.int64) % 12 + 1


def clean(raw_mw: Floats, drop_spikes: bool = True) -> tuple[Floats, int, tuple[int, ...]]:
    """Demand without gaps and false peaks, hours filled, hours taken as false.

    Parameters
    ----------
    raw_mw : float array (T,)
        Not a number, zero or negative where missing [MW].
    drop_spikes : bool
        Off: gaps alone are filled.
    """
    missing = ~(raw_mw > 0)
    hours = np.arange(len(raw_mw))
    mw = raw_mw.astype(np.float64).copy()
    if missing.any():
        mw[missing] = np.interp(hours[missing], hours[~missing], mw[~missing])
    spikes: list[int] = []
    if drop_spikes:
        top = np.quantile(mw, TOP_SHARE)
        for width in (1, 2):
            least = mw[1 : len(mw) - width] if width == 1 else np.minimum(mw[1:-2], mw[2:-1])
            beside = np.maximum(mw[: len(least)], mw[width + 1 :])
            for t in np.flatnonzero((least > top) & (least > SPIKE * beside)) + 1:
                mw[t : t + width] = np.interp(hours[t : t + width], [t - 1, t + width], [mw[t - 1], mw[t + width]])
                spikes += range(int(t), int(t) + width)
    return mw, int(missing.sum()), tuple(sorted(spikes))


def make_demand(authority: str, raw_mw: Floats, first: datetime = FIRST, name: str = "", drop_spikes: bool = True) -> Demand:
    """Demand of one authority from an hourly series.

    Raises
    ------
    StudyError
        If it is shorter than a year, or has too few good hours to fill the others.
    """
    good = int((raw_mw > 0).sum())
    if len(raw_mw) < LEAST_HOURS or good < 0.9 * len(raw_mw):
        raise StudyError(
            Problem(
                f"demand of {authority}",
                f"must hold at least a year of hours, nine tenths of them known; got {len(raw_mw):,} hours, "
                f"{good:,} known and above 0",
            )
        )
    mw, filled, spikes = clean(raw_mw, drop_spikes)
    return Demand(authority=authority, name=name or authority, first=first, mw=mw, raw_mw=raw_mw, filled=filled, spikes=spikes)


@cache
def authority_names() -> dict[str, list[str]]:
    """Authorities that ship, with other spellings."""
    return {
        row.authority: [row.name, *(s.strip() for s in row.also_called.split(";"))]
        for row in catalog.load("authorities").itertuples()
    }


def shipped(authority: str, drop_spikes: bool = True) -> Demand:
    """Demand of an authority that ships, 2016 to 2024."""
    row = catalog.load("authorities").set_index("authority").loc[authority]
    raw = catalog.load("authority_demand")[authority].to_numpy(np.float64)
    return make_demand(authority, raw, name=row["name"], drop_spikes=drop_spikes)


def _offset(first: Any) -> timedelta:
    """Offset from UTC of the first time: the series keeps that clock, in summer too."""
    import pandas as pd

    when = pd.to_datetime(first, errors="coerce")
    return when.utcoffset() or timedelta(0) if when is not pd.NaT and when.tzinfo is not None else timedelta(0)


def _time_column(frame: Any) -> tuple[str | None, Any]:
    """Name and times, without zone, of the column that holds them; one bare year of hours starts on 1 January."""
    import pandas as pd

    for name in frame.columns:
        if pd.api.types.is_numeric_dtype(frame[name]):
            continue
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a format that pandas must guess is told by the rows it cannot read
            when = pd.to_datetime(frame[name], errors="coerce", utc=True)
        if when.notna().mean() > 0.99:
            return str(name), when.dt.tz_localize(None) + _offset(frame[name].iloc[0])
    if len(frame.columns) == 1 and len(frame) in (LEAST_HOURS, LEAST_HOURS + 24):
        first = "2023-01-01" if len(frame) == LEAST_HOURS else "2024-01-01"
        return "", pd.Series(pd.date_range(first, periods=len(frame), freq="h"))
    return None, None


def _begin(when: Any) -> datetime:
    """Label of the first hour; hours that end at midnight of the next year are labelled by their beginning."""
    shift = timedelta(hours=1) if when.iloc[0].hour == 1 and when.iloc[-1].hour == 0 else timedelta(0)
    begin: datetime = when.iloc[0].to_pydatetime() - shift
    return begin


def _whole_years(place: str, when: Any) -> list[Problem]:
    """The rate is a mean over years: parts of years would be counted as whole ones."""
    begin = _begin(when)
    end = begin + timedelta(hours=len(when))
    if (begin.month, begin.day) == (1, 1) and (end.month, end.day) == (1, 1):
        return []
    return [
        Problem(
            place,
            f"must hold whole calendar years; got {begin:%Y-%m-%d} to {end:%Y-%m-%d}",
            "leave missing hours in, with an empty cell",
        )
    ]


def read_demand(path: Path, drop_spikes: bool = True) -> list[Demand]:
    """Demand of the user's own file: a time column and a column an authority, or one column with a year of hours.

    Raises
    ------
    StudyError
        With every problem of the file.
    """
    import pandas as pd

    frame = read_frame(path, path.name, "CSV or Parquet: one column of hours, then MW, a column an authority")
    name, when = _time_column(frame)
    if name is None:
        raise StudyError(
            Problem(
                path.name,
                "has no column of times, and is no single column of 8,760 or 8,784 hours",
                "one column of hours (2024-01-01 00:00), then a column of MW for each authority",
            )
        )
    problems = [
        Problem(f"{path.name} row {row + 2}, {name}", f"must be a time; got {frame[name].iloc[row]!r}")
        for row in np.flatnonzero(when.isna())[:10]
    ]
    steps = when.diff().dropna()
    if not problems and not (steps == pd.Timedelta(hours=1)).all():
        row = int(np.flatnonzero(steps != pd.Timedelta(hours=1))[0])
        problems.append(
            Problem(
                f"{path.name} row {row + 3}, {name}",
                f"must be an hour after the row before; {when.iloc[row]} is followed by {when.iloc[row + 1]}",
                "leave missing hours in, with an empty cell",
            )
        )
    else:
        problems += _whole_years(path.name, when)
    out = []
    for column in frame.columns:
        if column == name:
            continue
        values = pd.to_numeric(frame[column], errors="coerce")
        odd = np.flatnonzero(~np.isfinite(values) & frame[column].notna() & (frame[column].astype(str).str.strip() != ""))
        problems += [
            Problem(f"{path.name} row {row + 2}, {column}", f"must be MW or empty; got {frame[column].iloc[row]!r}")
            for row in odd[:5]
        ]
        if problems:
            continue
        try:
            out.append(make_demand(str(column), values.to_numpy(np.float64), _begin(when), drop_spikes=drop_spikes))
        except StudyError as fault:
            problems += fault.problems
    if not out and not problems:
        problems.append(Problem(path.name, "has no column of MW"))
    raise_all(problems)
    return out
