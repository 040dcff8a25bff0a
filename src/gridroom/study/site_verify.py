"""A design under outages: the adequacy engine runs it hour by hour, and capacity is added until the target holds."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gridroom.adequacy.assessment import Assessment
from gridroom.adequacy.engine import assess
from gridroom.adequacy.specs import MonteCarlo
from gridroom.core.estimate import Estimate
from gridroom.core.progress import Listener, silent
from gridroom.study.site_file import SiteStudy
from gridroom.study.site_system import TINY_MW, Capacity, machine_mw, system_of
from gridroom.supply.linear import InfeasibleError
from gridroom.supply.matching import static_count
from gridroom.supply.site import Design, Option
from gridroom.supply.site_design import Solver, cleanest
from gridroom.supply.site_model import SiteModel


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


__all__ = ["Step", "Verified", "describe", "present", "repair", "rerun", "verify"]
