"""What a network draws, whatever its consensus: one answer with lower, best and upper, method, sources and what is uncertain."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass, field
from typing import Any

from gridroom.core.errors import Problem, StudyError

TWH_YEAR_365 = 8.760e-3  # TWh a year of one MW, year of 365 days; the Cambridge model takes 365.25
TWH_YEAR_CAMBRIDGE = 8.766e-3
ENDS = ("lower", "best", "upper")


@dataclass(frozen=True, slots=True, kw_only=True)
class OtherMethod:
    """The same network by another method; never averaged with the first."""

    method: str
    best_mw: float
    twh_per_year: float
    claim: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """A figure that others publish, near the date asked for."""

    low: float | None
    best: float
    high: float | None
    unit: str
    first: str
    last: str
    kind: str
    method: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkEnergy:
    """Power and energy of a network.

    Attributes
    ----------
    network, consensus : str
    first, last : date
        Day, or period, that the figures stand for.
    mw : dict of str to float or None
        `lower`, `best`, `upper` [MW]; mean of a period. None where a bound is not known.
    twh_per_mw : float
        TWh a year of one MW in this method's year [TWh/MW].
    method, claim : str
    sources, uncertainty, notes : tuple of str
    inputs : dict
        What the estimate rests on, units in the names.
    co2_t_per_year : float or None
        [t CO2e a year]; None where no intensity is known.
    co2_basis : str
    wh_per_transaction : float or None
    others : tuple of OtherMethod
    published : tuple of Published
    """

    network: str
    consensus: str
    first: dt.date
    last: dt.date
    mw: dict[str, float | None]
    twh_per_mw: float
    method: str
    claim: str
    sources: tuple[str, ...]
    uncertainty: tuple[str, ...]
    inputs: dict[str, Any] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    co2_t_per_year: float | None = None
    co2_basis: str = ""
    wh_per_transaction: float | None = None
    others: tuple[OtherMethod, ...] = ()
    published: tuple[Published, ...] = ()

    @property
    def is_period(self) -> bool:
        """Whether the figures are means of several days."""
        return self.last > self.first

    @property
    def twh_per_year(self) -> dict[str, float | None]:
        """Power annualised [TWh a year]."""
        return {end: None if v is None else v * self.twh_per_mw for end, v in self.mw.items()}

    @property
    def twh_during(self) -> dict[str, float | None] | None:
        """Energy of the period itself [TWh]; None for a single day."""
        if not self.is_period:
            return None
        hours = 24.0 * ((self.last - self.first).days + 1)
        return {end: None if v is None else v * hours / 1e6 for end, v in self.mw.items()}

    @property
    def best_mw(self) -> float:
        """Best estimate [MW]."""
        best = self.mw["best"]
        assert best is not None
        return best

    @property
    def kwh_per_year(self) -> float:
        """Best estimate of a year's energy [kWh]."""
        return self.best_mw * self.twh_per_mw * 1e9

    def as_dict(self) -> dict[str, Any]:
        """The answer for JSON, keys as the contract fixes them."""
        period = (
            {"date": self.first.isoformat()}
            if not self.is_period
            else {"from": self.first.isoformat(), "to": self.last.isoformat(), "twh_during": self.twh_during}
        )
        return {
            "network": self.network,
            "consensus": self.consensus,
            **period,
            "lower_mw": self.mw["lower"],
            "best_mw": self.mw["best"],
            "upper_mw": self.mw["upper"],
            "twh_per_year": self.twh_per_year,
            "kwh_per_year": self.kwh_per_year,
            "method": self.method,
            "claim": self.claim,
            "inputs": self.inputs,
            "co2_t_per_year": self.co2_t_per_year,
            "co2_basis": self.co2_basis,
            "wh_per_transaction": self.wh_per_transaction,
            "other_methods": [{k: getattr(o, k) for k in OtherMethod.__slots__} for o in self.others],
            "published": [{k: getattr(p, k) for k in Published.__slots__} for p in self.published],
            "uncertainty": list(self.uncertainty),
            "sources": list(self.sources),
            "notes": list(self.notes),
        }

    def to_pandas(self) -> Any:
        """One row an end of the range."""
        import pandas as pd

        return pd.DataFrame([{"end": e, "mw": self.mw[e], "twh_per_year": self.twh_per_year[e]} for e in ENDS])

    def to_xarray(self) -> Any:
        """The same as an xarray Dataset along `end`."""
        return self.to_pandas().set_index("end").to_xarray()

    def __str__(self) -> str:
        when = f"{self.first} to {self.last}, mean" if self.is_period else str(self.first)
        lines = [
            f"{self.network} ({self.consensus.replace('_', ' ')}), {when} [{self.claim}]",
            f"  {'':8}{'MW':>14}{'TWh a year':>16}",
        ]
        for end in ENDS:
            mw = self.mw[end]
            text = f"{'not known':>14}" if mw is None else f"{_figure(mw):>14}{_figure(mw * self.twh_per_mw):>16}"
            lines.append(f"  {end:8}{text}")
        during = self.twh_during
        if during is not None and during["best"] is not None:
            lines.append(f"  energy of the period itself: {_figure(during['best'])} TWh")
        lines.append(f"  method: {self.method}")
        if any(v is not None for v in self.inputs.values()):
            lines.append("  from: " + ", ".join(f"{k} {_figure(v)}" for k, v in self.inputs.items() if v is not None))
        if self.co2_t_per_year is not None:
            lines.append(f"  CO2e: {self.co2_t_per_year:,.0f} t a year ({self.co2_basis})")
        lines += [
            f"  other method, not to be averaged: {o.method}: {_figure(o.best_mw)} MW, {_figure(o.twh_per_year)} TWh "
            f"a year [{o.claim}]"
            for o in self.others
        ]
        lines += [
            f"  published: {_figure(p.best)} {p.unit}, {p.method} ({'during ' if p.kind == 'during' else 'on '}{p.first})"
            for p in self.published
        ]
        lines += [f"  uncertain: {u}" for u in self.uncertainty]
        return "\n".join([*lines, *(f"  note: {n}" for n in self.notes)])


def _figure(value: Any) -> str:
    if not isinstance(value, int | float):
        return str(value)
    return f"{value:,.1f}" if abs(value) >= 1000 else f"{value:.4g}"


def period_of(text: str) -> tuple[dt.date, dt.date]:
    """First and last day of `2021`, `2021-05`, `2021-05-13` or of two of them with `..` between.

    Raises
    ------
    StudyError
        If it is none of these.
    """
    begin, dots, end = text.partition("..")
    if dots:
        first, last = period_of(begin)[0], period_of(end)[1]
        if last < first:
            raise StudyError(Problem("--date", f"must not end before it begins; got {text!r}"))
        return first, last
    parts = text.strip().split("-")
    try:
        numbers = [int(p) for p in parts]
        if len(parts) == 1 and len(parts[0]) == 4:
            return dt.date(numbers[0], 1, 1), dt.date(numbers[0], 12, 31)
        if len(parts) == 2:
            first = dt.date(numbers[0], numbers[1], 1)
            after = dt.date(numbers[0] + numbers[1] // 12, numbers[1] % 12 + 1, 1)
            return first, after - dt.timedelta(days=1)
        if len(parts) == 3:
            day = dt.date(*numbers)
            return day, day
    except ValueError:
        pass
    raise StudyError(
        Problem("--date", f"must be a year, a month or a day; got {text!r}", "2021, 2021-05, 2021-05-13 or 2021-05-13..2021-06-30")
    )


def finite(value: Any) -> float | None:
    """A number of a table, None where it is blank."""
    return float(value) if value is not None and math.isfinite(float(value)) else None


__all__ = ["NetworkEnergy", "OtherMethod", "Published", "finite", "period_of"]
