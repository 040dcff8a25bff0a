"""A design as the adequacy engine's system: machines that fail, profiles, stores, the grid by hour, load that gives way."""

from __future__ import annotations

import dataclasses
import math
from datetime import UTC, datetime

import numpy as np

from gridroom.core.timeaxis import TimeAxis
from gridroom.study.site_file import SiteStudy
from gridroom.supply.site import Floats, Option
from gridroom.systems.assets import LargeLoad, Storage, Units
from gridroom.systems.system import System, probabilities

TOLERANCE = 1e-6  # share of the peak: the program's tolerance is no shortage
TINY_MW = 1e-3
Capacity = dict[str, float]


def machine_mw(option: Option, capacity_mw: float) -> float:
    """Size of one machine [MW], no larger than what is built."""
    return option.machine if option.whole else min(option.machine, capacity_mw)


def system_of(study: SiteStudy, capacity: Capacity, energy: Capacity) -> System:
    """The design as a one-node system: machines that fail, profiles, stores, the grid by hour, load that gives way."""
    site = study.site
    names: list[str] = []
    tables: list[Floats] = []
    rates: list[tuple[float, float]] = []
    stores: list[tuple[str, float, float, Option]] = []
    loads: list[LargeLoad] = []
    for option in site.options:
        mw = capacity[option.name]
        if mw < TINY_MW:
            continue
        if option.kind == "profile":
            names.append(option.name)
            tables.append(mw * option.profile)
            rates.append((option.forced_outage_rate, option.mttr_h))
        elif option.kind == "dispatchable":
            size = machine_mw(option, mw)
            whole = int(mw / size + 1e-6)
            parts = [size] * whole + ([mw - whole * size] if mw - whole * size > TINY_MW else [])
            names += [f"{option.name} {k + 1}" for k in range(len(parts))]
            tables += [np.array([p]) for p in parts]
            rates += [(option.forced_outage_rate, option.mttr_h)] * len(parts)
        elif option.kind == "storage" and energy[option.name] > TINY_MW:
            stores.append((option.name, mw, energy[option.name], option))
        elif option.kind == "curtailment":
            loads.append(
                LargeLoad(
                    name=option.name,
                    region="site",
                    mw=np.array([mw]),
                    kind="interruptible",
                    max_hours_per_year=option.max_hours_per_year * site.hours / 8760.0,
                )
            )
    if site.grid is not None and site.grid.limit_mw > 0:
        names.append("grid")
        tables.append(site.grid.limit_mw * site.grid.availability)
        rates.append((site.grid.forced_outage_rate, site.grid.mttr_h))
    failure, repair = probabilities(np.array([r[0] for r in rates]), np.array([r[1] for r in rates]), 1.0)
    # Load that may give way stands beside the rest, so that the two add up to the site's load.
    firm = site.load_mw - sum((np.minimum(x.mw, site.load_mw) for x in loads), np.zeros(site.hours))
    loads = [dataclasses.replace(x, mw=np.minimum(x.mw, site.load_mw)) for x in loads]
    return System(
        name=site.name,
        axis=TimeAxis(start=datetime(2018, 1, 1, tzinfo=UTC), step_h=1.0, steps=site.hours),
        regions=("site",),
        load_mw=np.maximum(firm - TOLERANCE * site.load_mw.max(), 0.0)[None, :],
        day_shift_h=np.zeros(1),
        units=Units(
            names=tuple(names),
            categories=tuple(names),
            region=np.zeros(len(names), np.int64),
            capacity_mw=np.stack([np.broadcast_to(t, (site.hours,)) for t in tables]) if names else np.zeros((0, 1)),
            failure_probability=failure[:, None],
            repair_probability=repair[:, None],
        ),
        storage=_storage(stores),
        large_loads=tuple(loads),
    )


def _storage(stores: list[tuple[str, float, float, Option]]) -> Storage:
    if not stores:
        return Storage()

    def column(values: list[float]) -> Floats:
        return np.array(values, np.float64)[:, None]

    eta = [math.sqrt(s[3].round_trip_efficiency) for s in stores]
    failure, repair = probabilities(
        np.array([s[3].forced_outage_rate for s in stores]), np.array([s[3].mttr_h for s in stores]), 1.0
    )
    return Storage(
        names=tuple(s[0] for s in stores),
        categories=tuple(s[0] for s in stores),
        region=np.zeros(len(stores), np.int64),
        charge_mw=column([s[1] for s in stores]),
        discharge_mw=column([s[1] for s in stores]),
        energy_mwh=column([s[2] for s in stores]),
        charge_efficiency=column(eta),
        discharge_efficiency=column(eta),
        carryover_efficiency=column([1.0] * len(stores)),
        failure_probability=failure[:, None],
        repair_probability=repair[:, None],
        initial_mwh=np.array([s[2] for s in stores]),
    )


__all__ = ["TINY_MW", "Capacity", "machine_mw", "system_of"]
