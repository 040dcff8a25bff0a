"""Site files: TOML to a site, catalogue technologies filled in with their sources, every problem at once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import numpy as np

from gridroom.core.errors import Problem, nearest, raise_all
from gridroom.reference import catalog
from gridroom.study.files import apply_overrides, check_file, read_toml
from gridroom.study.site_option import factors_of, read_option
from gridroom.study.site_schema import GridEntry, LeadTime, LimitEntry, SiteFile
from gridroom.study.site_series import Assumed, Reader, lead_time
from gridroom.supply.air_factors import POLLUTANTS, Factor
from gridroom.supply.finance import real_rate, weighted_cost_of_capital
from gridroom.supply.site import Grid, Limits, Phase, Range3, Site


@dataclass(frozen=True, slots=True, kw_only=True)
class SiteStudy:
    """A site and what goes with it: filled-in figures, factors for the permit screen, how to solve and verify.

    Attributes
    ----------
    site : Site
    assumed : tuple of Assumed
    factors : dict of str to dict of str to Factor
        By option.
    air_kind : dict of str to str
        Options that the permit screen takes.
    area : dict of str to str
        Designation of the area, for the permit screen.
    region : str
        Region of the outlook, for the grid's emissions.
    gap, time_limit_s, samples, seed
    """

    site: Site
    assumed: tuple[Assumed, ...]
    factors: dict[str, dict[str, Factor]] = field(default_factory=dict)
    air_kind: dict[str, str] = field(default_factory=dict)
    area: dict[str, str] = field(default_factory=dict)
    region: str = ""
    gap: float = 1e-4
    time_limit_s: float = np.inf
    samples: int = 300
    seed: int = 1


def _grid(reader: Reader, entry: GridEntry | None) -> Grid | None:
    """The connection."""
    if entry is None:
        return None
    if (entry.price is None) == (entry.price_usd_per_mwh is None):
        reader.problems.append(Problem("grid.price", "or price_usd_per_mwh: exactly one must be given"))
    price = np.full(reader.hours, entry.price_usd_per_mwh or 0.0)
    if entry.price is not None:
        price = reader.series(entry.price, "grid.price", "USD/MWh", -1e5, 1e5)
    available = np.ones(reader.hours)
    if entry.availability is not None:
        available = reader.series(entry.availability, "grid.availability", "a share of 0 to 1", 0.0, 1.0)
    co2 = entry.co2_t_per_mwh
    if entry.region is not None:
        average = _average(reader, entry.region)
        if co2 is None and average is not None:
            co2 = average
            reader.assumed.append(
                Assumed(
                    where="grid.co2_t_per_mwh",
                    value=average,
                    unit="t/MWh",
                    claim="published",
                    source="eGRID2022 average of the region's subregion; the mapping is assumed",
                )
            )
    elif co2 is None:
        reader.assumed.append(
            Assumed(
                where="grid.co2_t_per_mwh",
                value=0.0,
                unit="t/MWh",
                claim="assumed",
                source="NOT GIVEN: the grid's energy counts without CO2; give co2_t_per_mwh or region",
            )
        )
    return Grid(
        limit_mw=entry.limit_mw,
        availability=available,
        price_usd_per_mwh=price,
        carbon_free_share=entry.carbon_free_share,
        co2_t_per_mwh=co2 or 0.0,
        lead_time_months=lead_time(entry.lead_time_months, "grid.lead_time_months", reader.problems),
        forced_outage_rate=entry.forced_outage_rate,
        mttr_h=entry.mttr_h,
    )


def _average(reader: Reader, region: str) -> float | None:
    grids = catalog.load("region_grids").set_index("region")
    if region not in grids.index:
        reader.problems.append(Problem("grid.region", f"is not known; got {region!r}", nearest(region, grids.index)))
        return None
    carbon = catalog.load("carbon_intensity").set_index("place")["best_kg_per_mwh"]
    return float(carbon[grids.loc[region, "egrid_subregion"]]) / 1000.0


def _limits(reader: Reader, entry: LimitEntry) -> Limits:
    """Limits of a year; None becomes NaN, which is none."""
    for name, value in entry.air_tpy.items():
        if name not in POLLUTANTS:
            reader.problems.append(Problem(f"limits.air_tpy.{name}", "is not a known pollutant", nearest(name, POLLUTANTS)))
        elif not 0 <= value < 1e9:
            reader.problems.append(Problem(f"limits.air_tpy.{name}", f"must be at least 0; got {value:g}"))
    keys = (
        "co2_t_per_year",
        "fuel_mmbtu_per_year",
        "carbon_free_hourly_pct",
        "availability_pct",
        "unserved_usd_per_mwh",
        "month",
    )
    numbers = {k: np.nan if getattr(entry, k) is None else float(getattr(entry, k)) for k in keys}
    return Limits(air_tpy=dict(entry.air_tpy), spare_units=entry.spare_units, **numbers)


def _ramp(reader: Reader) -> tuple[Phase, ...]:
    """Steps of the ramp, in order."""
    steps = reader.asked.ramp
    for k in range(1, len(steps)):
        if steps[k].month <= steps[k - 1].month or steps[k].mw < steps[k - 1].mw:
            reader.problems.append(
                Problem(
                    f"ramp[{k}]",
                    f"must come later and ask no less than the step before; got month {steps[k].month:g}, {steps[k].mw:g} MW",
                )
            )
    return tuple(Phase(month=s.month, mw=s.mw) for s in steps)


def _rate(reader: Reader) -> float:
    """Discount rate: given, or from the cost of capital."""
    asked = reader.asked
    if asked.finance is None:
        return asked.discount_rate_pct / 100.0
    f = asked.finance
    nominal = weighted_cost_of_capital(f.debt_share_pct / 100, f.debt_rate_pct / 100, f.equity_rate_pct / 100, f.tax_rate_pct / 100)
    rate = real_rate(nominal, f.inflation_pct / 100)
    source = "real weighted cost of capital of [finance]"
    reader.assumed.append(Assumed(where="discount_rate_pct", value=100 * rate, unit="%", claim="derived", source=source))
    return rate


def _chain(reader: Reader, name: str, value: LeadTime | float | Literal["catalogue"]) -> Range3 | None:
    """A chain to power: given, or the catalogue's of that name."""
    if value != "catalogue":
        return lead_time(value, f"chains.{name}", reader.problems)
    table = catalog.load("supply_options")
    rows = table[table["technology"] == f"chain_{name}"]
    if rows.empty:
        known = [str(t).removeprefix("chain_") for t in table["technology"].unique() if str(t).startswith("chain_")]
        reader.problems.append(Problem(f"chains.{name}", "is not in the catalogue", nearest(name, known)))
        return None
    row = rows.iloc[0]
    reader.assumed.append(
        Assumed(where=f"chains.{name}", value=float(row["best"]), unit="months", claim=str(row["claim"]), source=str(row["source"]))
    )
    return Range3(low=float(row["low"]), best=float(row["best"]), high=float(row["high"]))


def site_of(data: dict[str, Any], base: Path) -> SiteStudy:
    """Site of plain data; series are named from `base` on.

    Raises
    ------
    StudyError
        With every problem found.
    """
    asked = check_file(SiteFile, data)
    reader = Reader(asked, base)
    names = [o.name for o in asked.options]
    reader.problems += [
        Problem(f"options[{k}].name", f"must differ from the others; got {n!r}") for k, n in enumerate(names) if n in names[:k]
    ]
    reader.problems += [
        Problem(f"options[{k}].name", f"is taken by the program; got {n!r}", "choose another")
        for k, n in enumerate(names)
        if n in ("grid", "unserved")
    ]
    load = reader.load()
    options = tuple(read_option(reader, entry, f"options[{k}]") for k, entry in enumerate(asked.options))
    grid, limits, ramp = _grid(reader, asked.grid), _limits(reader, asked.limits), _ramp(reader)
    chains = {n: lead for n, v in asked.chains.items() if (lead := _chain(reader, n, v)) is not None}
    if asked.finance is not None and "discount_rate_pct" in asked.model_fields_set:
        reader.problems.append(Problem("finance", "and discount_rate_pct exclude each other: give one"))
    if asked.objective == "time_to_power" and ramp:
        reader.problems.append(Problem("objective", "time_to_power and a ramp exclude each other: the ramp says when load comes"))
    raise_all(reader.problems)
    if asked.load_mw is None and ramp:
        load = load * (ramp[-1].mw / load.max())
    elif ramp:
        load = np.full(reader.hours, ramp[-1].mw)
    site = Site(
        name=asked.name,
        load_mw=load,
        discount_rate=_rate(reader),
        options=options,
        grid=grid,
        limits=limits,
        objective=asked.objective,
        co2_usd_per_t=asked.co2_usd_per_t,
        ramp=ramp,
        horizon_years=asked.horizon_years,
        chains=chains,
    )
    factors = {o.name: factors_of(reader, e, "", o.heat_rate_mmbtu_per_mwh) for o, e in zip(options, asked.options, strict=True)}
    return SiteStudy(
        site=site,
        assumed=tuple(reader.assumed),
        factors=factors,
        air_kind={e.name: e.air_kind for e in asked.options if e.air_kind},
        area=asked.area.model_dump(),
        region=asked.grid.region or "" if asked.grid is not None else "",
        gap=asked.mip_gap,
        time_limit_s=np.inf if asked.time_limit_s is None else asked.time_limit_s,
        samples=asked.samples,
        seed=asked.seed,
    )


def read_site(path: str | Path, overrides: list[str] | None = None) -> SiteStudy:
    """Site of a TOML file, with `key=value` settings over it.

    Raises
    ------
    StudyError
        With every problem found.
    """
    path = Path(path)
    return site_of(apply_overrides(read_toml(path), overrides or []), path.parent)


def as_study(source: str | Path | Mapping[str, Any]) -> SiteStudy:
    """Site of a file or of a mapping with the same settings."""
    return read_site(source) if isinstance(source, str | Path) else site_of(dict(source), Path())


__all__ = ["Assumed", "SiteStudy", "as_study", "read_site", "site_of"]
