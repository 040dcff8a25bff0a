"""A design under outages: the adequacy engine runs it hour by hour, and capacity is added until the target holds."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from gridroom.adequacy.assessment import Assessment
from gridroom.adequacy.engine import assess
from gridroom.adequacy.specs import MonteCarlo
from gridroom.core.estimate import Estimate
from gridroom.core.progress import Listener, silent
from gridroom.core.timeaxis import TimeAxis
from gridroom.study.site_file import SiteStudy
from gridroom.supply.linear import InfeasibleError
from gridroom.supply.matching import static_count
from gridroom.supply.site import Design, Floats, Option
from gridroom.supply.site_design import Solver, cleanest
from gridroom.supply.site_model import SiteModel
from gridroom.systems.assets import LargeLoad, Storage, Units
from gridroom.systems.system import System, probabilities

TOLERANCE = 1e-6  # share of the peak: the program's tolerance is no shortage
TINY_MW = 1e-3
Capacity = dict[str, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """What the simulation says of a design.

    Attributes
    ----------
    availability_pct : Estimate
        Hours with the whole load served over all hours [%].
    energy_availability_pct : Estimate
        Energy served over energy asked for [%].
    lolh_h, eue_mwh : Estimate
        Of a year: short hours [h], unserved energy [MWh].
    statics : dict of str to dict
        Binomial count, where one option with machines stands alone.
    """

    availability_pct: Estimate
    energy_availability_pct: Estimate
    lolh_h: Estimate
    eue_mwh: Estimate
    statics: dict[str, dict[str, float]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a repair: capacity added to which option [MW], and the availability then."""

    option: str
    added_mw: float
    availability_pct: Estimate


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


def _availability(study: SiteStudy, found: Assessment) -> tuple[Estimate, Estimate, Estimate, Estimate]:
    site, year = study.site, study.site.per_year
    hours, energy = found.total.lolh_h, found.total.eue_mwh
    asked = float(site.load_mw.sum())
    return (
        Estimate(100.0 * (1.0 - hours.value / site.hours), 100.0 * hours.stderr / site.hours, hours.n),
        Estimate(100.0 * (1.0 - energy.value / asked), 100.0 * energy.stderr / asked, energy.n),
        Estimate(hours.value * year, hours.stderr * year, hours.n),
        Estimate(energy.value * year, energy.stderr * year, energy.n),
    )


def verify(study: SiteStudy, capacity: Capacity, energy: Capacity, jobs: int = 0, listener: Listener = silent) -> Verified:
    """Simulate a design with outages.

    Parameters
    ----------
    capacity, energy : dict
        Power and stored energy by option [MW, MWh].

    Returns
    -------
    Verified
    """
    system = system_of(study, capacity, energy)
    found = assess(system, MonteCarlo(samples=study.samples, seed=study.seed, jobs=jobs), listener=listener)
    share, by_energy, lolh, eue = _availability(study, found)
    return Verified(
        availability_pct=share,
        energy_availability_pct=by_energy,
        lolh_h=lolh,
        eue_mwh=eue,
        statics=_statics(study, capacity, energy),
    )


def _statics(study: SiteStudy, capacity: Capacity, energy: Capacity) -> dict[str, dict[str, float]]:
    """Binomial count where one option with machines stands alone, beside the grid at its least."""
    site = study.site
    built = [o for o in site.options if capacity[o.name] > TINY_MW or energy.get(o.name, 0.0) > TINY_MW]
    if len(built) != 1 or built[0].kind != "dispatchable":
        return {}
    grid = 0.0 if site.grid is None else site.grid.limit_mw * float(site.grid.availability.min())
    option, peak = built[0], float(site.load_mw.max()) - grid
    size = machine_mw(option, capacity[option.name])
    machines = round(capacity[option.name] / size)
    if peak <= 0 or capacity[option.name] < peak - 1e-6 or abs(machines * size - capacity[option.name]) > 1e-3:
        return {}  # too little, or not all of one size
    count = static_count(peak, size, option.forced_outage_rate, machines)
    return {
        option.name: {
            "needed": count.needed,
            "spare": count.spare,
            "probability_pct": 100.0 * count.probability,
            "eue_mwh_per_year": count.eue_mwh_per_year,
        }
    }


def _added(study: SiteStudy, capacity: Capacity) -> tuple[Option, float, float] | None:
    """Cheapest option to call on that has room: it, the size of a machine, and the room left [MW]."""
    site = study.site
    open_ = [
        (o.power_annuity(site.discount_rate), o)
        for o in site.options
        if o.kind == "dispatchable" and o.max_mw - capacity[o.name] > TINY_MW
    ]
    if not open_:
        return None
    option = min(open_, key=lambda pair: pair[0])[1]
    return option, option.machine, option.max_mw - capacity[option.name]


def repair(
    study: SiteStudy,
    capacity: Capacity,
    energy: Capacity,
    target_pct: float,
    simulate: Callable[[Capacity, Capacity], Estimate],
    first: Estimate,
) -> tuple[Capacity, Capacity, list[Step]]:
    """Add machines of the cheapest option that can be called on until availability reaches a target.

    The number is found by doubling and halving on the same draws, so that more machines never look worse. Without such an option,
    everything grows together.

    Returns
    -------
    dict, dict
        Power and energy that hold the target [MW, MWh].
    list of Step

    Raises
    ------
    InfeasibleError
        If the options' limits do not allow it.
    """
    steps: list[Step] = []
    capacity, energy = dict(capacity), dict(energy)
    share = first
    while share.value < target_pct:
        found = _added(study, capacity)
        if found is None:
            capacity, energy, share = _grow(study, capacity, energy, target_pct, simulate, steps)
            break
        option, size, room = found
        most = max(int(room / size + 1e-9), 1) if math.isfinite(room) else 1_000_000

        def with_machines(
            k: int, option: Option = option, size: float = size, room: float = room, base: Capacity = capacity
        ) -> Capacity:
            return {**base, option.name: base[option.name] + min(k * size, room)}

        low, high = 0, 1
        while True:
            high = min(high, most)
            share = simulate(with_machines(high), energy)
            steps.append(Step(option=option.name, added_mw=min(high * size, room), availability_pct=share))
            if share.value >= target_pct or high >= most:
                break
            low, high = high, high * 2
        best = share
        while share.value >= target_pct and high - low > 1:
            middle = (low + high) // 2
            found_share = simulate(with_machines(middle), energy)
            steps.append(Step(option=option.name, added_mw=min(middle * size, room), availability_pct=found_share))
            if found_share.value >= target_pct:
                high, best = middle, found_share
            else:
                low = middle
        capacity, share = with_machines(high), best
    return capacity, energy, steps


def _grow(
    study: SiteStudy,
    capacity: Capacity,
    energy: Capacity,
    target_pct: float,
    simulate: Callable[[Capacity, Capacity], Estimate],
    steps: list[Step],
) -> tuple[Capacity, Capacity, Estimate]:
    """Everything grows together, as far as the options' limits allow."""
    limits = {o.name: o.max_mw for o in study.site.options}
    most = {o.name: o.max_mwh for o in study.site.options}
    last = None
    for share in (0.05, 0.1, 0.2, 0.35, 0.5, 0.75, 1.0, 1.5, 2.0):
        wider = {n: min(v * (1.0 + share), limits[n]) for n, v in capacity.items()}
        deeper = {n: min(v * (1.0 + share), most[n]) for n, v in energy.items()}
        found = simulate(wider, deeper)
        steps.append(Step(option="everything", added_mw=sum(wider.values()) - sum(capacity.values()), availability_pct=found))
        if found.value >= target_pct:
            return wider, deeper, found
        if last == (wider, deeper):
            break
        last = (wider, deeper)
    best = steps[-1].availability_pct
    raise InfeasibleError(
        f"{study.site.name}: availability of {target_pct:g} % cannot be reached: all that is allowed gives {best} %; "
        "raise max_mw, add an option of kind dispatchable, or lower limits.availability_pct"
    )


def present(study: SiteStudy, model: SiteModel) -> SiteStudy:
    """The study with what cannot be there in time taken out: it neither runs in the simulation nor is added in a repair."""
    site = study.site
    options = tuple(
        dataclasses.replace(o, max_mw=0.0, min_mw=0.0) if model.is_late(o.lead_time_months) else o for o in site.options
    )
    grid = None if site.grid is None or model.is_late(site.grid.lead_time_months) else site.grid
    return dataclasses.replace(study, site=dataclasses.replace(site, options=options, grid=grid))


def rerun(study: SiteStudy, model: SiteModel, capacity: Capacity, energy: Capacity, solver: Solver) -> Design:
    """The design again with at least that capacity, on the kept program and by its own objective: how it runs, what it costs."""
    for part in model.stages[-1].parts:
        option = part.option
        if model.is_late(option.lead_time_months):
            continue
        model.bound_capacity(part, capacity[option.name], max(option.max_mw, capacity[option.name]))
        if len(part.energy):
            model.program.bound_columns(part.energy, energy[option.name], max(option.max_mwh, energy[option.name]))
    if study.site.objective == "emissions":
        return cleanest(model, solver)
    answer = solver.run(model)
    if not len(answer.values):
        raise InfeasibleError(f"{study.site.name}: the solver stopped ({answer.status}) while the repaired design was run")
    return model.design(answer)


def describe(verified: Verified) -> dict[str, Any]:
    """For JSON."""
    return {
        "availability_pct": verified.availability_pct.as_dict(),
        "energy_availability_pct": verified.energy_availability_pct.as_dict(),
        "lolh_h": verified.lolh_h.as_dict(),
        "eue_mwh": verified.eue_mwh.as_dict(),
        "static_count": verified.statics,
    }


__all__ = ["Step", "Verified", "describe", "machine_mw", "present", "repair", "rerun", "system_of", "verify"]
