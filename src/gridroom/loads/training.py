"""Training: from a model to FLOP, accelerator-hours, megawatts, megawatt-hours, tonnes, water and households.

    FLOP          = 6 N D                  dense: N parameters, D tokens; mixture of experts: N active parameters
    hours         = FLOP / (peak x MFU x goodput x 3,600)
    E_IT          = hours x system power of one accelerator
    E_facility    = E_IT x PUE
    P_facility    = count x system power x PUE, for hours / count

Each input that is not given is a default with range, claim class and source; ranges run through the products.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Any, ClassVar

from gridroom.core.errors import Problem, StudyError
from gridroom.loads import catalogue
from gridroom.loads.answers import Figures
from gridroom.loads.catalogue import Accelerator, Assumption, default
from gridroom.loads.households import household_kwh
from gridroom.loads.ranges import Number, Product, Range, product
from gridroom.loads.site import Site, site_of
from gridroom.loads.training_basis import Basis, Work, find_basis, find_chip, peak_flops, utilisation

Factors = dict[str, tuple[Range, float]]

FIGURES = (
    "flop",
    "accelerator_hours",
    "duration_h",
    "accelerator_energy_mwh",
    "rated_energy_mwh",
    "it_energy_mwh",
    "facility_energy_mwh",
    "it_power_mw",
    "facility_power_mw",
    "co2_t",
    "water_m3",
    "households_year_equivalent",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Training(Figures):
    """Answer of `training`; what is not known is None.

    Attributes
    ----------
    model : str or None
    basis : str
        What the hours come from: reported hours, parameters and tokens, FLOP, hours given, or count and days.
    accelerator : str or None
    count : Range or None
        Accelerators at a time.
    flop, accelerator_hours, duration_h, it_energy_mwh, facility_energy_mwh : Product or None
    accelerator_energy_mwh, rated_energy_mwh : Product or None
        Of the accelerators alone: as drawn, and hours x rated power, which is what most published energies are.
    it_power_mw, facility_power_mw, co2_t, water_m3, households_year_equivalent : Product or None
    assumptions : tuple of Assumption
    published : dict or None
        What was published about the run, and what that includes.
    notes : tuple of str
    """

    model: str | None
    basis: str
    accelerator: str | None
    count: Range | None
    flop: Product | None
    accelerator_hours: Product
    duration_h: Product | None
    accelerator_energy_mwh: Product | None
    rated_energy_mwh: Product | None
    it_energy_mwh: Product | None
    facility_energy_mwh: Product | None
    it_power_mw: Product | None
    facility_power_mw: Product | None
    co2_t: Product | None
    water_m3: Product | None
    households_year_equivalent: Product | None
    assumptions: tuple[Assumption, ...]
    published: dict[str, Any] | None
    notes: tuple[str, ...]
    shown: ClassVar[tuple[str, ...]] = FIGURES

    def head(self) -> str:
        """First line of the answer in words."""
        return f"{self.model or 'training'} from {self.basis}" + (f" on {self.accelerator}" if self.accelerator else "")




def training(
    *,
    model: str | None = None,
    parameters: Number | None = None,
    active_parameters: Number | None = None,
    tokens: Number | None = None,
    tokens_per_parameter: Number | None = None,
    flop: Number | None = None,
    accelerator_hours: Number | None = None,
    accelerator: str | None = None,
    count: Number | None = None,
    days: Number | None = None,
    mfu: Number | None = None,
    goodput: Number | str | None = None,
    precision: str = "bf16",
    system_power_w: Number | None = None,
    project_multiple: Number | None = None,
    **site: Any,
) -> Training:
    """What training a model takes.

    Parameters
    ----------
    model : str, optional
        A published run; its reported hours are used unless `mfu` or another accelerator is given.
    parameters, active_parameters, tokens, tokens_per_parameter : number or (low, best, high), optional
        Dense: parameters and tokens. Mixture of experts: active parameters as well.
    flop, accelerator_hours : number, optional
        Operations in all; hours of single accelerators.
    accelerator : str, optional
        Chip; H100 where the hours or the power need one and none is given.
    count, days : number, optional
        Accelerators at a time; length of the run [d].
    mfu : number, optional
        Share of the dense peak over all hours billed; with `goodput`, as printed while the job ran.
    goodput : number or "auto", optional
        Useful share of the hours; "auto" from failure rates and `count`.
    precision : str
        bf16, fp16 or fp8: which peak the MFU refers to.
    system_power_w : number, optional
        IT power of one accelerator with its share of the node [W].
    project_multiple : number, optional
        Project over final run, when experiments are to be counted in [1].
    **site
        pue, cooling, weather, grid_co2_kg_per_mwh, place: see `Site`.

    Returns
    -------
    Training

    Raises
    ------
    StudyError
        With every problem of the input.
    """
    asked = {name: value for name, value in locals().items() if name != "site"}
    return _solve(asked, site)


UNITS = {
    "parameters": "1",
    "active_parameters": "1",
    "tokens": "1",
    "tokens_per_parameter": "1",
    "flop": "FLOP",
    "accelerator_hours": "h",
    "count": "1",
    "days": "d",
    "mfu": "1",
    "system_power_w": "W",
    "project_multiple": "1",
}


def _find_run(work: Work, model: str | None, named_parameters: bool) -> dict[str, Any] | None:
    """The published run asked for, if any."""
    if model is None:
        return None
    if named_parameters:
        work.problems.append(Problem("parameters", "goes without model: the model says them", "leave one of the two out"))
    try:
        return catalogue.run(model)
    except StudyError as fault:
        work.problems += fault.problems
        return None


def _solve(given: dict[str, Any], site: dict[str, Any]) -> Training:
    """From what was given to the answer."""
    work = Work()
    asked = {name: work.asked(name, given[name], unit) for name, unit in UNITS.items()}
    run = _find_run(work, given["model"], asked["parameters"] is not None)
    place = site_of(site, work.problems)
    basis = None if given["model"] is not None and run is None else find_basis(work, run, asked)
    needs_chip = basis is not None and (basis.flop is not None or asked["system_power_w"] is None)
    chip = find_chip(work, given["accelerator"], run, needs_chip)
    own = any(given[name] is not None for name in ("mfu", "tokens", "tokens_per_parameter"))
    own |= given["accelerator"] is not None and run is not None and (chip is None or chip.name != run["accelerator"])
    if run is not None and run["accelerator_hours"] and not own:
        hours = Range.exact(run["accelerator_hours"])
        basis = dataclasses.replace(basis, words="reported hours", hours=hours) if basis else Basis("reported hours", hours=hours)
    if run is not None and basis is None and not work.problems:
        rule = f"{run['model']} has neither hours nor tokens published"
        if run["accelerator_hours"]:
            rule = f"{run['model']} has no tokens published, which other settings than its own need"
        work.problems.append(
            Problem("model", rule, "give --tokens, or leave out --mfu and --accelerator to take its reported hours")
        )
    peak = peak_flops(work, chip, given["precision"]) if chip is not None else None
    needs_mfu = basis is not None and (basis.hours is None or asked["mfu"])
    share = utilisation(work, basis, asked, given["goodput"]) if basis is not None and needs_mfu else {}
    if basis is None or work.problems:
        raise StudyError(work.problems)
    return _answer(work, basis, chip, peak, share, asked, place, run)


def _flop(work: Work, basis: Basis, peak: float | None, share: dict[str, Range]) -> Product | None:
    """FLOP with the doubt of 6ND, or what the hours would do at the usual MFU."""
    if basis.flop is not None:
        if basis.words == "FLOP given":
            return Product(basis.flop, {})
        return product({"flop": (basis.flop, 1.0), "flop_share": (work.use(default("flop_share")), 1.0)})
    if basis.hours is None or peak is None:
        return None
    usual = share or {"mfu": work.use(default("mfu_large"))}
    return product(
        {
            "accelerator_hours": (basis.hours, 1.0),
            "peak": (Range.exact(3600.0 * peak), 1.0),
            **{k: (v, 1.0) for k, v in usual.items()},
        }
    )


def _times(work: Work, basis: Basis, peak: float | None, share: dict[str, Range]) -> Factors:
    """Factors of the accelerator-hours."""
    if basis.hours is not None:
        return {"accelerator_hours": (basis.hours, 1.0)}
    assert basis.flop is not None
    assert peak is not None
    return {
        "flop": (basis.flop, 1.0),
        "peak": (Range.exact(3600.0 * peak), -1.0),
        **{name: (value, -1.0) for name, value in share.items()},
    }


def _wall(asked: dict[str, Range | None], run: dict[str, Any] | None, hours: Factors) -> tuple[Range | None, Product | None]:
    """Accelerators at a time and length of the run, as far as one of them is known."""
    count, days = asked["count"], asked["days"]
    if count is not None or days is None:
        count = count or (Range.exact(float(run["count"])) if run and run["count"] else None)
        return count, product({**hours, "count": (count, -1.0)}) if count is not None else None
    return product({**hours, "days": (days.times(24.0), -1.0)}).range, Product(days.times(24.0), {})


def _answer(
    work: Work,
    basis: Basis,
    chip: Accelerator | None,
    peak: float | None,
    share: dict[str, Range],
    asked: dict[str, Range | None],
    place: Site,
    run: dict[str, Any] | None,
) -> Training:
    """Run the products."""
    hours = _times(work, basis, peak, share)
    flop = _flop(work, basis, peak, share)
    count, wall = _wall(asked, run, hours)
    total = hours | ({"project_multiple": (asked["project_multiple"], 1.0)} if asked["project_multiple"] is not None else {})
    alone = chip.accelerator_w if chip is not None else None
    power = asked["system_power_w"] or (work.use(chip.system_w) if chip is not None and chip.system_w is not None else None)
    if power is None and chip is not None:
        work.notes.append(f"no rated power is published for {chip.name}: give --system-power-w for energy")
    out: dict[str, Product] = {}
    if power is not None:
        drawn: Factors = {"system_power_w": (power.times(1e-6), 1.0)}
        pue: Factors = {"pue": (work.use(place.pue), 1.0)}
        it, facility = {**total, **drawn}, {**total, **drawn, **pue}
        out = {
            "it_energy_mwh": product(it),
            "facility_energy_mwh": product(facility),
            "co2_t": product({**facility, "grid_co2": (work.use(place.grid).times(1e-3), 1.0)}),
            "water_m3": product({**it, "wue": (work.use(place.wue), 1.0)}),
        }
        if count is not None:
            at_once: Factors = {"count": (count, 1.0), **drawn}
            out |= {"it_power_mw": product(at_once), "facility_power_mw": product({**at_once, **pue})}
        if place.homes:
            home = work.use(household_kwh(place.homes))
            out["households_year_equivalent"] = product({**facility, "household_kwh_per_year": (home.times(1e-3), -1.0)})
    if alone is not None:
        out["accelerator_energy_mwh"] = product({**total, "accelerator_power_w": (work.use(alone).times(1e-6), 1.0)})
    if chip is not None and chip.tdp_w is not None:
        out["rated_energy_mwh"] = product({**total, "tdp_w": (Range.exact(1e-6 * chip.tdp_w), 1.0)})
    return Training(
        model=run["model"] if run else None,
        basis=basis.words,
        accelerator=chip.name if chip else None,
        count=count,
        flop=flop,
        accelerator_hours=product(total),
        duration_h=wall,
        **{name: out.get(name) for name in FIGURES[3:]},
        assumptions=tuple(work.used.values()),
        published=_published(run),
        notes=tuple(work.notes),
    )


KINDS = {
    "M-system": "metered power of the whole system by chip (memory, host, network, fans) x chips x time x PUE",
    "M-gpu": "metered power of the GPUs of one node, x nodes; no host",
    "TDP": "hours x rated power, by construction",
    "class": "hours x an assumed power",
    "none": "hours alone",
}


def _published(run: dict[str, Any] | None) -> dict[str, Any] | None:
    """What was published, and what it includes; the arithmetic again where its inputs are known."""
    if run is None:
        return None
    again = None
    if run["accelerator_hours"] and run["published_w"]:
        again = run["accelerator_hours"] * run["published_w"] * 1e-6 * (run["published_pue"] or 1.0)
    energy = run["published_energy_mwh"]
    return {
        "accelerator_hours": run["accelerator_hours"],
        "energy_mwh": energy,
        "co2_t": run["published_co2_t"],
        "energy_kind": run["energy_kind"],
        "energy_kind_means": KINDS[run["energy_kind"]],
        "includes": run["includes"],
        "power_w": run["published_w"],
        "pue": run["published_pue"],
        "recomputed_mwh": again,
        "recomputed_difference_pct": None if again is None or not energy else round(100.0 * (again / energy - 1.0), 2),
        "claim": run["claim"],
        "source": run["source"],
    }
