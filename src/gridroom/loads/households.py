"""How many households use as much electricity: the divisor stands beside the number.

`homes = MW x 8,760 x load factor x 1,000 / kWh a home and year`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from gridroom.core.errors import Problem, StudyError
from gridroom.loads.catalogue import Assumption, found
from gridroom.loads.ranges import Number, Product, Range, as_range, product
from gridroom.reference import catalog

HOURS_A_YEAR = 8760.0


@cache
def home_names() -> dict[str, list[str]]:
    """Places with household figures, and their other spellings."""
    table = catalog.load("household_electricity").drop_duplicates("place")
    return {row.place: [name.strip() for name in row.names.split(";")] for row in table.itertuples()}


def household_kwh(place: str, year: int | None = None, where: str = "place") -> Assumption:
    """Electricity of one household [kWh a year], of the newest year unless given.

    Raises
    ------
    StudyError
        If the place or the year is not in the table.
    """
    full = found(where, place, home_names())
    table = catalog.load("household_electricity")
    rows = table[table["place"] == full].set_index("year")
    if year is not None and year not in rows.index:
        raise StudyError(
            Problem("year", f"{full} has no household figure for {year}", "years: " + ", ".join(map(str, sorted(rows.index))))
        )
    chosen = int(rows.index.max()) if year is None else year
    row = rows.loc[chosen]
    return Assumption(
        name="household_kwh_per_year",
        range=Range(float(row["low_kwh"]), float(row["best_kwh"]), float(row["high_kwh"])),
        unit="kWh",
        claim=row["claim"],
        source=f"{full} {chosen}: {row['source']}",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Households:
    """Answer of `households`.

    Attributes
    ----------
    energy_mwh_per_year : Range
    households : Product
    divisor : Assumption
        kWh a household and year.
    """

    energy_mwh_per_year: Range
    households: Product
    divisor: Assumption

    def as_dict(self) -> dict[str, Any]:
        """All of it, for JSON."""
        return {
            "energy_mwh_per_year": self.energy_mwh_per_year.as_dict(),
            "households": self.households.range.as_dict(),
            "household_kwh_per_year": self.divisor.as_dict(),
        }

    def __str__(self) -> str:
        return f"{self.households.range} households of {self.divisor.range.best:,.0f} kWh a year ({self.divisor.source})"


def households_of(energy_mwh: Range, divisor: Assumption) -> Product:
    """Households that use that energy in a year."""
    return product({"energy_mwh": (energy_mwh.times(1000.0), 1.0), divisor.name: (divisor.range, -1.0)})


def households(
    mw: Number | None = None,
    energy_mwh_per_year: Number | None = None,
    load_factor: Number | None = None,
    place: str = "US",
    year: int | None = None,
) -> Households:
    """Households that use as much as a load.

    Parameters
    ----------
    mw : number, (low, best, high) or Range, optional
        Load at its peak [MW]; with `load_factor`. Or give the energy.
    energy_mwh_per_year : the same, optional
        Energy [MWh].
    load_factor : the same, optional
        Mean over peak [1]; 1 when left out.
    place : str
        Country or region of the table `household_electricity`.
    year : int, optional

    Returns
    -------
    Households

    Raises
    ------
    StudyError
        With every problem of the input.
    """
    problems = []
    power, energy = (None if value is None else as_range(value) for value in (mw, energy_mwh_per_year))
    if (power is None) == (energy is None):
        problems.append(Problem("mw or mwh_per_year", "must be given, one of the two"))
    if load_factor is not None and power is None:
        problems.append(Problem("load_factor", "goes with mw: energy needs none", "leave it out"))
    factor = Range.exact(1.0) if load_factor is None else as_range(load_factor)
    if not 0 < factor.low <= factor.best <= factor.high <= 1:
        problems.append(Problem("load_factor", f"must lie in (0, 1], mean over peak; got {factor}", "0.8 stands for 80 %"))
    for name, value in (("mw", power), ("mwh_per_year", energy)):
        if value is not None and not (0 <= value.low <= value.best <= value.high < 1e12):
            problems.append(Problem(name, f"must be a number from 0 to 1e12, low to high; got {value}"))
    try:
        divisor = household_kwh(place, year)
    except StudyError as fault:
        raise StudyError([*problems, *fault.problems]) from None
    if problems:
        raise StudyError(problems)
    if power is not None:
        energy = product({"mw": (power.times(HOURS_A_YEAR), 1.0), "load_factor": (factor, 1.0)}).range
    assert energy is not None
    return Households(energy_mwh_per_year=energy, households=households_of(energy, divisor), divisor=divisor)
