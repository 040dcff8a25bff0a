"""Units files: TOML to a source, every problem at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gridroom.core.errors import Problem, StudyError, nearest, raise_all
from gridroom.study.air_schema import UnitEntry, UnitsFile
from gridroom.study.files import apply_overrides, check_file, read_toml
from gridroom.study.site_schema import FactorEntry
from gridroom.supply.air import Screen
from gridroom.supply.air import pte as screen
from gridroom.supply.air_factors import HHV_OVER_LHV, POLLUTANTS, Factor, default_factors, to_lb_per_mmbtu
from gridroom.supply.air_pte import Nearby, Source, UnitGroup

BURN = {"simple_cycle": "uncontrolled", "combined_cycle": "uncontrolled", "engine": "lean_burn", "emergency_engine": "lean_burn"}
FITS = {"lean_premix": "turbine", "water_injection": "turbine", "lean_burn": "engine", "rich_burn": "engine"}
DIESEL_HHV_OVER_LHV = 1.06  # usual ratio of distillate (assumed)


def given_factors(
    entries: Mapping[str, FactorEntry],
    heat_rate_mmbtu_per_mwh: float,
    where: str,
    problems: list[Problem],
    generator_efficiency: float = 1.0,
    fuel: str = "natural_gas",
) -> dict[str, Factor]:
    """Factors that the user wrote, in lb/MMBtu; what is wrong is added to `problems`."""
    out = {}
    for name, entry in entries.items():
        if name not in POLLUTANTS:
            problems.append(Problem(f"{where}.factors.{name}", "is not a known pollutant", nearest(name, POLLUTANTS)))
            continue
        if entry.unit == "ppmvd15" and fuel != "natural_gas":
            problems.append(
                Problem(
                    f"{where}.factors.{name}", f"in ppmvd15 is converted for natural gas alone; fuel is {fuel}", "use lb_per_mmbtu"
                )
            )
            continue
        try:
            value = to_lb_per_mmbtu(name, entry.value, entry.unit, heat_rate_mmbtu_per_mwh, entry.as_, generator_efficiency)
        except StudyError as fault:
            problems += [Problem(f"{where}.{p.where}", p.what, p.hint) for p in fault.problems]
            continue
        counted = f" as {entry.as_}" if entry.as_ else ""
        out[name] = Factor(lb_per_mmbtu=value, claim="given", source=f"given: {entry.value:g} {entry.unit}{counted}", given=True)
    return out


def _group(entry: UnitEntry, where: str, problems: list[Problem]) -> UnitGroup:
    family = "turbine" if entry.kind in ("simple_cycle", "combined_cycle") else "engine"
    if entry.combustion is not None and FITS.get(entry.combustion, family) != family:
        problems.append(Problem(f"{where}.combustion", f"does not fit kind {entry.kind}; got {entry.combustion!r}"))
    if entry.combustion not in (None, "uncontrolled") and entry.fuel == "diesel":
        problems.append(
            Problem(f"{where}.combustion", f"has no tabled factors for diesel; got {entry.combustion!r}", "give factors")
        )
    if entry.hours_enforceable and entry.hours_per_year is None:
        problems.append(Problem(f"{where}.hours_enforceable", "needs hours_per_year: which hours are enforceable?"))
    ratio = (HHV_OVER_LHV if entry.fuel == "natural_gas" else DIESEL_HHV_OVER_LHV) if entry.heat_rate_basis == "LHV" else 1.0
    heat_rate = entry.heat_rate_btu_per_kwh * ratio / 1000.0
    control = entry.combustion or ("uncontrolled" if entry.fuel == "diesel" else BURN[entry.kind])
    factors = default_factors(entry.kind, entry.fuel, control)
    factors |= given_factors(entry.factors, heat_rate, where, problems, entry.generator_efficiency, entry.fuel)
    for part, names in (
        ("control_pct", entry.control_pct),
        ("startup.lb_per_event", entry.startup.lb_per_event if entry.startup else {}),
    ):
        problems += [
            Problem(f"{where}.{part}.{n}", "is not a known pollutant", nearest(n, POLLUTANTS)) for n in names if n not in POLLUTANTS
        ]
    most = 500.0 if entry.kind == "emergency_engine" else 8760.0
    return UnitGroup(
        name=entry.name,
        kind=entry.kind,
        fuel=entry.fuel,
        count=entry.count,
        capacity_mw=entry.capacity_mw,
        heat_rate_mmbtu_per_mwh=heat_rate,
        hours_per_year=most if entry.hours_per_year is None else entry.hours_per_year,
        hours_enforceable=entry.hours_enforceable,
        factors=factors,
        control_pct={n: (c.value, c.enforceable) for n, c in entry.control_pct.items()},
        starts_per_year=entry.startup.events_per_year if entry.startup else 0.0,
        lb_per_start=dict(entry.startup.lb_per_event) if entry.startup else {},
        commenced=entry.commenced or entry.first_operation,
        temporary=entry.temporary,
        months_on_site=entry.months_on_site,
        nonroad=entry.nonroad,
        sells_to_grid=entry.sells_to_grid,
        site=entry.site,
        combustion=control,
    )


def source_of(data: dict[str, Any]) -> Source:
    """Source of plain data.

    Raises
    ------
    StudyError
        With every problem found.
    """
    asked = check_file(UnitsFile, data)
    problems: list[Problem] = []
    groups = tuple(_group(entry, f"units[{k}]", problems) for k, entry in enumerate(asked.units))
    for k, other in enumerate(asked.nearby):
        problems += [
            Problem(f"nearby[{k}].tpy.{n}", "is not a known pollutant", nearest(n, POLLUTANTS))
            for n in other.tpy
            if n not in POLLUTANTS
        ]
    problems += [
        Problem(f"caps_tpy.{n}", "is not a known pollutant", nearest(n, POLLUTANTS)) for n in asked.caps_tpy if n not in POLLUTANTS
    ]
    raise_all(problems)
    return Source(
        name=asked.name,
        groups=groups,
        area=asked.area.model_dump(),
        date=asked.as_of or dt.date.today(),
        nearby=tuple(
            Nearby(name=n.name, tpy=dict(n.tpy), same_owner=n.same_owner, adjacent=n.adjacent, same_industry=n.same_industry)
            for n in asked.nearby
        ),
        caps_tpy=dict(asked.caps_tpy),
        ghg_bact=asked.ghg_bact,
    )


def read_units(path: str | Path, overrides: list[str] | None = None) -> Source:
    """Source of a units file, with `key=value` settings over it.

    Raises
    ------
    StudyError
        With every problem found.
    """
    return source_of(apply_overrides(read_toml(Path(path)), overrides or []))


def pte(source: str | Path | Mapping[str, Any]) -> Screen:
    """Screen the air permits of a units file, or of the same settings as a mapping.

    Parameters
    ----------
    source : path or mapping
        As `gridroom air pte` takes it.

    Returns
    -------
    Screen
        Tons are US short tons a year; a screen, not legal advice.

    Raises
    ------
    StudyError
        With every problem found.
    """
    return screen(read_units(source) if isinstance(source, str | Path) else source_of(dict(source)))


__all__ = ["given_factors", "pte", "read_units", "source_of"]
