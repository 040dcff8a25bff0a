"""Zones files: TOML to an expansion problem, every problem at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from gridroom.core.errors import Problem, StudyError, nearest, raise_all
from gridroom.sources.series import read_series
from gridroom.study.files import apply_overrides, check_file, read_toml
from gridroom.study.zones_schema import PlantEntry, ZonesFile
from gridroom.supply.expansion import Floats, Line, Plant, Zones
from gridroom.supply.finance import annuity


class _Reader:
    """Series of one file; problems are gathered."""

    def __init__(self, asked: ZonesFile, base: Path) -> None:
        self.asked, self.base, self.problems = asked, base, list[Problem]()

    def series(self, name: str, where: str, rule: str, low: float = 0.0, high: float = np.inf) -> Floats:
        """Values, one an hour modelled."""
        try:
            return read_series(self.base / name, where, rule, low, high, rows=(self.asked.hours,))
        except StudyError as fault:
            self.problems += fault.problems
            return np.ones(self.asked.hours)

    def plant(self, entry: PlantEntry, where: str) -> Plant:
        """One resource."""
        if (entry.usd_per_mw_year is None) == (entry.capex_usd_per_kw is None):
            self.problems.append(Problem(f"{where}.usd_per_mw_year", "or capex_usd_per_kw: exactly one must be given"))
        rate = self.asked.discount_rate_pct / 100.0
        yearly = entry.usd_per_mw_year
        if yearly is None:
            yearly = 1000.0 * annuity(entry.capex_usd_per_kw or 0.0, entry.fom_usd_per_kw_year, rate, entry.life_years)
        names = [z.name for z in self.asked.zones]
        if entry.zone not in names:
            self.problems.append(Problem(f"{where}.zone", f"is not known; got {entry.zone!r}", nearest(entry.zone, names)))
        if entry.kind == "profile" and entry.profile is None:
            self.problems.append(Problem(f"{where}.profile", "is missing; kind profile needs it"))
        if entry.max_hours is not None and entry.max_hours < entry.min_hours:
            self.problems.append(
                Problem(f"{where}.max_hours", f"must be at least min_hours, {entry.min_hours:g}; got {entry.max_hours:g}")
            )
        if entry.max_mw is not None and entry.max_mw < entry.min_mw:
            self.problems.append(Problem(f"{where}.max_mw", f"must be at least min_mw, {entry.min_mw:g}; got {entry.max_mw:g}"))
        if entry.kind == "storage" and entry.existing_mw > 0 and entry.existing_mwh < entry.min_hours * entry.existing_mw:
            self.problems.append(
                Problem(f"{where}.existing_mwh", f"must be at least min_hours of existing_mw; got {entry.existing_mwh:g}")
            )
        fuel = np.full(1, entry.fuel_usd_per_mmbtu)
        if entry.fuel is not None:
            fuel = self.series(entry.fuel, f"{where}.fuel", "USD/MMBtu of at least 0")
        profile = np.ones(1)
        if entry.profile is not None:
            profile = self.series(entry.profile, f"{where}.profile", "output per unit of capacity, 0 to 1", 0.0, 1.0 + 1e-9)
        same = entry.model_dump(
            exclude={
                "usd_per_mw_year",
                "capex_usd_per_kw",
                "fom_usd_per_kw_year",
                "life_years",
                "fuel",
                "profile",
                "fuel_usd_per_mmbtu",
                "max_mw",
                "unit_mw",
                "max_hours",
            }
        )
        return Plant(
            **same,
            usd_per_mw_year=yearly,
            fuel_usd_per_mmbtu=fuel,
            profile=profile,
            max_mw=np.inf if entry.max_mw is None else entry.max_mw,
            unit_mw=np.nan if entry.unit_mw is None else entry.unit_mw,
            max_hours=np.inf if entry.max_hours is None else entry.max_hours,
        )

    def names(self, names: list[str], plants: list[str]) -> None:
        """Names differ, and what is named exists."""
        for what, given in (("zones", names), ("plants", plants)):
            self.problems += [
                Problem(f"{what}[{k}].name", f"must differ from the others; got {n!r}")
                for k, n in enumerate(given)
                if n in given[:k]
            ]
        for k, line in enumerate(self.asked.lines):
            self.problems += [
                Problem(f"lines[{k}].{end}", f"is not a zone; got {name!r}", nearest(name, names))
                for end, name in (("start", line.start), ("end", line.end))
                if name not in names
            ]
        for k, least in enumerate(self.asked.minimum):
            self.problems += [
                Problem(f"minimum[{k}].plants", f"is not a plant; got {n!r}", nearest(n, plants))
                for n in least.plants
                if n not in plants
            ]

    def load(self) -> Floats:
        """Load by zone and hour [MW]."""
        load = np.zeros((len(self.asked.zones), self.asked.hours))
        for k, zone in enumerate(self.asked.zones):
            if (zone.load_mw is None) == (zone.load is None):
                self.problems.append(Problem(f"zones[{k}].load_mw", "or load: exactly one must be given"))
            elif zone.load is not None:
                load[k] = self.series(zone.load, f"zones[{k}].load", "MW of at least 0")
            else:
                load[k] = zone.load_mw or 0.0
        return load


def zones_of(data: dict[str, Any], base: Path) -> Zones:
    """Zones of plain data.

    Raises
    ------
    StudyError
        With every problem found.
    """
    asked = check_file(ZonesFile, data)
    reader = _Reader(asked, base)
    names = [z.name for z in asked.zones]
    plants = [p.name for p in asked.plants]
    reader.names(names, plants)
    period = asked.period_hours or asked.hours
    if asked.hours % period:
        reader.problems.append(Problem("period_hours", f"must divide hours, {asked.hours:,}; got {period:,}"))
    load = reader.load()
    weights = np.full(asked.hours, 8760.0 / asked.hours)
    if asked.weights is not None:
        weights = reader.series(asked.weights, "weights", "hours of at least 0")
    built = tuple(reader.plant(p, f"plants[{k}]") for k, p in enumerate(asked.plants))
    raise_all(reader.problems)
    lines = tuple(
        Line(
            start=x.start,
            end=x.end,
            limit_mw=x.limit_mw,
            loss_share=x.loss_pct / 100.0,
            reinforce_max_mw=x.reinforce_max_mw,
            reinforce_usd_per_mw_year=x.reinforce_usd_per_mw_year,
        )
        for x in asked.lines
    )
    caps = np.array([np.nan if z.co2_t_per_mwh is None else z.co2_t_per_mwh for z in asked.zones])
    return Zones(
        name=asked.name,
        zones=tuple(names),
        load_mw=load,
        weights_h=weights,
        period_h=period,
        plants=built,
        lines=lines,
        unserved=tuple((s.usd_per_mwh, s.share) for s in asked.unserved),
        co2_t_per_mwh=caps,
        minimum=tuple((tuple(m.plants), m.mw) for m in asked.minimum),
        reserve_mw=asked.reserve_mw,
    )


def read_zones(path: Path, overrides: list[str] | None = None) -> Zones:
    """Zones of a TOML file, with `key=value` settings over it.

    Raises
    ------
    StudyError
        With every problem found.
    """
    return zones_of(apply_overrides(read_toml(path), overrides or []), path.parent)


__all__ = ["read_zones", "zones_of"]
