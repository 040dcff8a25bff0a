"""Series and shared state while a site file is read: profiles, load, what was filled in, every problem."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.core.errors import Problem, StudyError
from gridroom.core.names import find_name
from gridroom.reference import catalog
from gridroom.sources.series import read_series
from gridroom.study.site_schema import LeadTime, SiteFile
from gridroom.supply.site import Range3

Floats = NDArray[np.float64]
YEAR = 8760


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumed:
    """One figure that the user did not give, with what it comes from."""

    where: str
    value: float
    unit: str
    claim: str
    source: str


def lead_time(value: LeadTime | float | None, where: str, problems: list[Problem]) -> Range3 | None:
    """Range of a lead time; a single number is all three ends."""
    if value is None:
        return None
    if isinstance(value, LeadTime):
        if not value.low <= value.best <= value.high:
            problems.append(
                Problem(where, f"must rise from low over best to high; got {value.low:g}, {value.best:g}, {value.high:g}")
            )
        return Range3(low=value.low, best=value.best, high=value.high)
    if not 0 <= value <= 600:
        problems.append(Problem(where, f"must lie in [0, 600] months; got {value:g}"))
    return Range3(low=value, best=value, high=value)


class Reader:
    """What reading the parts of one site file shares: horizon, problems, filled-in figures."""

    def __init__(self, asked: SiteFile, base: Path) -> None:
        self.asked, self.base = asked, base
        self.problems: list[Problem] = []
        self.assumed: list[Assumed] = []
        years = len(asked.weather_years)
        self.hours = YEAR * years if years else asked.hours
        if asked.weather_years and "hours" in asked.model_fields_set and asked.hours != self.hours:
            self.problems.append(
                Problem("hours", f"must be {self.hours:,}, 8,760 a weather year; got {asked.hours:,}", "leave hours out")
            )
        bad = [y for y in asked.weather_years if not 2016 <= y <= 2024]
        self.problems += [Problem("weather_years", f"must lie in 2016 to 2024; got {y}") for y in bad]
        self._weather: Any = None

    def series(self, name: str, where: str, rule: str, low: float = 0.0, high: float = np.inf) -> Floats:
        """A series of the horizon's length; a year is repeated for several weather years."""
        try:
            values = read_series(self.base / name, where, rule, low, high)
        except StudyError as fault:
            self.problems += fault.problems
            return np.zeros(self.hours)
        if len(values) == YEAR and self.hours % YEAR == 0:
            return np.tile(values, self.hours // YEAR)
        if len(values) != self.hours:
            self.problems.append(
                Problem(
                    where,
                    f"{name} must hold {self.hours:,} rows, one an hour; got {len(values):,}",
                    "set hours to the length of your series",
                )
            )
            return np.zeros(self.hours)
        return values

    def region_profile(self, text: str, where: str) -> Floats:
        """`ERCOT solar`: a region of the reference data in the site's weather years, hours of UTC."""
        from gridroom.study import weather

        regions = catalog.load("regions")
        words = text.rsplit(" ", 1)
        kind = words[-1].lower()
        ids = list(regions["region"])
        found = find_name(where, words[0], {r: [n] for r, n in zip(ids, regions["name"], strict=True)})
        years = self.asked.weather_years or [2018]
        if isinstance(found, Problem):
            self.problems.append(
                Problem(where, f"{found.what}; profiles are CSV or Parquet files, or like 'ERCOT solar'", found.hint)
            )
            return np.zeros(self.hours)
        if kind not in ("solar", "wind"):
            self.problems.append(Problem(where, f"must end in solar or wind; got {text!r}", "like 'ERCOT solar'"))
            return np.zeros(self.hours)
        if self.hours != YEAR * len(years) or not all(2016 <= y <= 2024 for y in years):
            self.problems.append(
                Problem(where, "of a region comes in whole weather years", "give weather_years = [2018, 2021, 2022], not hours")
            )
            return np.zeros(self.hours)
        self._weather = self._weather or weather.build(tuple(years))
        table = self._weather.wind_pu if kind == "wind" else self._weather.solar_pu
        self.assumed.append(
            Assumed(
                where=where,
                value=float(table[:, ids.index(found), :YEAR].mean()),
                unit="mean output",
                claim="derived",
                source=f"{kind} fleet of {found} in {', '.join(map(str, years))}, EIA-930 and matched days",
            )
        )
        return np.concatenate([table[w, ids.index(found), :YEAR] for w in range(len(years))]).astype(np.float64)

    def load(self) -> Floats:
        """Load by hour [MW]."""
        asked = self.asked
        given = [n for n in ("load_mw", "load", "campus") if getattr(asked, n) is not None]
        if len(given) != 1:
            self.problems.append(
                Problem("load_mw", f"or load or campus: exactly one must be given; got {', '.join(given) or 'none'}")
            )
            return np.ones(self.hours)
        if asked.load_mw is not None:
            return np.full(self.hours, asked.load_mw)
        if asked.campus is not None:
            from gridroom.loads.campus import campus_load
            from gridroom.study.campus_file import read_campus

            try:
                mw = campus_load(read_campus(self.base / asked.campus)).mw[:YEAR]
            except StudyError as fault:
                self.problems += [Problem(f"campus: {p.where}", p.what, p.hint) for p in fault.problems]
                return np.ones(self.hours)
            return np.resize(np.asarray(mw, np.float64), self.hours)
        values = self.series(str(asked.load), "load", "MW of at least 0")
        if not self.problems and not values.any():
            self.problems.append(Problem("load", "is 0 in every hour"))
        return values if values.any() else np.ones(self.hours)


__all__ = ["YEAR", "Assumed", "Floats", "Reader", "lead_time"]
