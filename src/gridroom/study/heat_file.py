"""Heat files: read, checked with their series, run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.assets.miner import run_miner
from gridroom.core.errors import Problem, StudyError, raise_all
from gridroom.heat.answer import HeatAnswer
from gridroom.heat.pump import Lift, lift
from gridroom.heat.reuse import HeatSite, reuse
from gridroom.loads.campus import campus_load
from gridroom.reference import catalog
from gridroom.sources.series import read_series
from gridroom.study.campus_file import read_campus
from gridroom.study.files import apply_overrides, check_file, read_toml
from gridroom.study.heat_schema import HeatFile
from gridroom.study.miner_file import read_miner

Floats = NDArray[np.float64]
DEFAULT_PUE = 1.2
CARNOT = 0.5
COOLED_BY_K = 10.0


def demand_shape(climate: str, mwh_per_year: float) -> Floats:
    """Heat wanted by hour of a year in the shape of flats in a climate, (8760,) [MW]."""
    shape = catalog.load("heat_demand_shape")[climate].to_numpy(np.float64)
    return np.asarray(shape / shape.sum() * mwh_per_year)


def _source_mw(asked: HeatFile, folder: Path, hours: int) -> Floats:
    """Power that becomes heat by hour [MW]: given, of a campus, or of a mine while it runs."""
    if asked.it_load is not None:
        return read_series(folder / asked.it_load, "it_load", "MW of at least 0", high=1e6, rows=(hours,) if hours else ())
    if asked.campus is not None:
        return campus_load(read_campus(folder / asked.campus)).it_mw
    if asked.miner is not None:
        mine = read_miner(folder / asked.miner)
        return run_miner(mine).mw_by_hour / mine.pue
    return np.full(hours, (asked.it_mw or 0.0) * asked.load_factor)


def _series(asked: HeatFile, folder: Path, problems: list[Problem]) -> tuple[Floats, Floats]:
    """IT power and heat demand by hour."""
    demand = np.zeros(0)
    if asked.network_demand is None:
        demand = demand_shape(asked.climate, asked.demand_mwh_per_year or 0.0)
    else:
        try:
            demand = read_series(folder / asked.network_demand, "network_demand", "MW of at least 0", high=1e6)
        except StudyError as fault:
            problems += [Problem(f"network_demand: {p.where}", p.what, p.hint) for p in fault.problems]
    try:
        load = _source_mw(asked, folder, len(demand))
    except StudyError as fault:
        name = next((n for n in ("it_load", "campus", "miner") if getattr(asked, n) is not None), "it_mw")
        problems += [Problem(f"{name}: {p.where}", p.what, p.hint) for p in fault.problems]
        return np.zeros(0), demand
    if len(demand) and len(load) != len(demand):
        words = f"must have as many hours as the source, {len(load):,}; got {len(demand):,}"
        problems.append(Problem("network_demand", words))
    return load, demand


def _lift(asked: HeatFile, problems: list[Problem]) -> Lift | None:
    row = catalog.load("heat_recovery").set_index("cooling").loc[asked.cooling]
    source = asked.source_temperature_c if asked.source_temperature_c is not None else float(row["outlet_best_c"])
    back = asked.source_return_c if asked.source_return_c is not None else source - COOLED_BY_K
    if back >= source:
        problems.append(Problem("source_return_c", f"must lie below the source's {source:g} °C; got {back:g}"))
        return None
    try:
        return lift(
            source,
            back,
            asked.supply_temperature_c,
            asked.return_temperature_c,
            pinch_k=asked.pump_pinch_k,
            carnot_fraction=CARNOT if asked.carnot_fraction is None else asked.carnot_fraction,
            cop_cap=asked.cop_cap,
            preheat=asked.preheat,
        )
    except StudyError as fault:
        problems += fault.problems
        return None


def _recoverable(asked: HeatFile) -> tuple[tuple[float, float, float], str]:
    """Share of the heat that can be recovered, low, best, high, and where it is from."""
    if asked.recoverable_share is not None:
        return (asked.recoverable_share,) * 3, "given"
    row = catalog.load("heat_recovery").set_index("cooling").loc[asked.cooling]
    low, best, high = (float(row[f"share_{end}"]) for end in ("low", "best", "high"))
    return (low, best, high), f"{asked.cooling}: {row['source']} [{row['claim']}]"


def _notes(asked: HeatFile, how: Lift) -> tuple[str, ...]:
    """What was not given and is taken from tables or assumed."""
    row = catalog.load("heat_recovery").set_index("cooling").loc[asked.cooling]
    notes = []
    if asked.source_temperature_c is None:
        notes.append(f"source temperature {float(row['outlet_best_c']):g} °C: {row['source']} [{row['claim']}]")
    if asked.network_demand is None:
        shape = f"flats in {asked.climate.title()} (DOE reference buildings)"
        notes.append(f"demand in the shape of {shape}: a stand-in, assumed")
    if not asked.preheat and how.mode == "preheat_and_pump":
        notes.append(
            "the source is warmer on the mean than the network: the return is warmed by exchanger first, the pump does the rest"
        )
    if asked.carnot_fraction is None and how.cop is not None:
        notes.append(f"machines are taken to reach {CARNOT:g} of the Lorenz COP: assumed, 0.4 to 0.6 is usual")
    if asked.pue is None:
        notes.append(f"PUE {DEFAULT_PUE:g} is assumed: it sets ERF and ERE")
    return tuple(notes)


def heat_site_of(data: dict[str, Any], folder: Path) -> HeatSite:
    """Site of plain data; series lie beside `folder`.

    Raises
    ------
    StudyError
        With every problem found.
    """
    asked = check_file(HeatFile, data)
    problems: list[Problem] = []
    load, demand = _series(asked, folder, problems)
    if not problems and not demand.any():
        problems.append(Problem("network_demand", "holds no hour with heat wanted"))
    if not problems and not load.any():
        problems.append(Problem("it_load", "holds no hour above 0"))
    how = _lift(asked, problems)
    raise_all(problems)
    assert how is not None  # a problem was raised otherwise
    share, source = _recoverable(asked)
    cases = catalog.load("heat_cases").set_index(["case", "figure"])
    home = cases.loc[("odense", "heat_mwh_per_home")]
    own = asked.heat_mwh_per_household
    infinite = float("inf")
    return HeatSite(
        name=asked.name,
        it_mw=load,
        pue=asked.pue or DEFAULT_PUE,
        pue_claim="given" if asked.pue is not None else "assumed",
        recoverable=share,
        recoverable_source=source,
        lift=how,
        demand_mw=demand,
        storage_mwh=asked.storage_mwh,
        storage_mw=infinite if asked.storage_mw is None else asked.storage_mw,
        storage_loss_per_h=asked.storage_loss_pct_per_h / 100.0,
        pump_mw=infinite if asked.pump_mw is None else asked.pump_mw,
        pipe_mw=infinite if asked.pipe_mw is None else asked.pipe_mw,
        pump_inside=asked.pump_inside,
        electricity_usd_per_mwh=asked.electricity_usd_per_mwh,
        heat_usd_per_mwh=asked.heat_usd_per_mwh,
        displaced_kg_per_mwh=asked.displaced_co2_kg_per_mwh,
        electricity_kg_per_mwh=asked.electricity_co2_kg_per_mwh,
        heat_mwh_per_household=own if own is not None else float(home["value"]),
        household_source="given"
        if own is not None
        else f"{float(home['value']):g} MWh a home: Odense, {home['source']} [{home['claim']}]",
        capex_usd=asked.capex_usd,
        discount_rate=asked.discount_rate_pct / 100.0,
        years=asked.years,
        notes=_notes(asked, how),
    )


def read_heat_site(path: str | Path, overrides: list[str] | None = None) -> HeatSite:
    """Site of a heat file, with `key=value` settings over it.

    Raises
    ------
    StudyError
        With every problem found.
    """
    path = Path(path)
    return heat_site_of(apply_overrides(read_toml(path), overrides or []), path.parent)


def heat_reuse(source: str | Path | Mapping[str, Any]) -> HeatAnswer:
    """What the heat of a site is worth: a heat file, or the same settings as a mapping (series relative to the working folder)."""
    return reuse(read_heat_site(source) if isinstance(source, str | Path) else heat_site_of(dict(source), Path()))


__all__ = ["demand_shape", "heat_reuse", "heat_site_of", "read_heat_site"]
