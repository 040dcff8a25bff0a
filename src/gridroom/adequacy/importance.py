"""Importance sampling for rare risk: outages made more frequent, each day weighted back by its likelihood ratio.

LOLH, LOLE, LOLEv and EUE are sums over days of functions of the day's states alone, so each day needs only the ratio of that
day: the stationary probability of its first state and the transitions within it. Weights stay moderate however long the
horizon is. The tilt is the cross-entropy optimum, the share of (weighted) short steps in which each unit is out [1]_, learnt
in pilot runs that start from a raised load.

References
----------
.. [1] González-Fernández & Leite da Silva 2011, *Reliability assessment of time-dependent systems via sequential
   cross-entropy Monte Carlo simulation*, IEEE Trans. Power Systems 26(4), 2381-2389.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridroom.adequacy.assessment import Assessment
from gridroom.adequacy.importance_kernel import weighted_chunk
from gridroom.adequacy.metrics import DAYS, risk_from
from gridroom.adequacy.prepare import Model, Options, make_model
from gridroom.adequacy.sampling import Fleet, make_fleet
from gridroom.adequacy.specs import ImportanceSampling
from gridroom.adequacy.tally import Moments
from gridroom.adequacy.task import chunks_of
from gridroom.core.errors import Problem, StudyError, raise_all
from gridroom.core.progress import Listener, Progress
from gridroom.runners.local import LocalRunner
from gridroom.systems.system import System, total_load_mw

Floats = NDArray[np.float64]
COMMON_DAYS = 0.01  # share of short days from which risk is not rare
FEWEST = 50.0  # effective number of samples with a shortage that an answer must rest on
ENOUGH_STEPS = 200.0  # short steps in a pilot run from which a tilt is learnt
ROUNDS = 8
MOST_RATE = 0.5
MOST_FAILURES_A_DAY = 0.7  # of one unit in the tilted process: more would make a day's weights wide
KEPT = 0.3  # share of the last tilt that a new one keeps
CHUNK = 500


@dataclass(frozen=True, slots=True)
class _Tilted:
    """A system whose units fail more often, and the logarithms of the likelihood ratios."""

    model: Model
    fleet: Fleet
    tilt: Floats
    day_first: NDArray[np.int64]
    seed: int

    def __call__(self, chunk: tuple[int, int], added: Floats | None = None) -> tuple[Floats, Floats, Floats]:
        """Weighted counts by sample, weighted steps in which each asset was out, and all weighted short steps."""
        model = self.model
        regions = model.grid.base.shape[0]
        per_sample = np.zeros((chunk[1] - chunk[0], regions + 1, 4))
        out, short = np.zeros(len(self.fleet.ids)), np.zeros(1)
        tilted = Model(model.grid, self.fleet, model.parts, model.rules, model.network, model.assets, model.store_names,
                       model.store_row, model.device_names, model.load_names)
        weighted_chunk(chunk[0], chunk[1], self.seed, model.grid, self.fleet, model.parts, model.rules, tilted.desk(),
                       self.day_first, self.tilt, np.zeros(regions) if added is None else added, per_sample, out, short)
        return per_sample, out, short


def _check(systems: tuple[System, ...]) -> None:
    system, problems = systems[0], []
    if len(systems) > 1:
        problems.append(Problem("weather years", "importance sampling takes one", "use Monte Carlo"))
    for part in ("storage", "demand_response"):
        if len(getattr(system, part).names):
            problems.append(Problem(part, "couples hours, which importance sampling cannot", "use Monte Carlo"))
    if len(system.hybrids.names) and system.hybrids.discharge_mw.max() > 0:
        problems.append(Problem("hybrids", "couple hours, which importance sampling cannot", "use Monte Carlo"))
    if any(load.kind != "firm" for load in system.large_loads):
        problems.append(Problem("large_loads", "that give way couple hours, which importance sampling cannot",
                                "use Monte Carlo"))
    if system.common_events:
        problems.append(Problem("common_events", "are not tilted", "use Monte Carlo"))
    if len(set(system.day_shift_h.tolist())) > 1:
        problems.append(Problem("day_shift_h", "must be the same in all regions", "use Monte Carlo"))
    raise_all(problems)


def _rates(model: Model) -> tuple[Floats, Floats, NDArray[np.bool_]]:
    """Failure and repair probability by asset, and whether they are constant so that they may be tilted."""
    process = model.fleet.process
    constant = (process.fail_row < 0) & (process.repair_row < 0)

    def probability(inverse: Floats) -> Floats:
        with np.errstate(divide="ignore"):
            p = -np.expm1(1.0 / inverse)
        return np.where(inverse > 0.5, 0.0, np.where(inverse == 0.0, 1.0, p))

    fail, repair = probability(process.fail_inverse), probability(process.repair_inverse)
    may = constant & (model.fleet.region >= 0) & (fail > 0) & (fail < 1) & (repair > 0)
    return fail, repair, may


def _tilted(model: Model, rate: Floats, day_first: NDArray[np.int64], seed: int) -> _Tilted:
    """The process at the given outage rates, repair unchanged."""
    fail, repair, may = _rates(model)
    own = np.divide(fail, fail + repair, out=np.zeros_like(fail), where=may)
    new = np.where(may, rate * repair / np.maximum(1.0 - rate, 1e-9), fail)
    most = MOST_FAILURES_A_DAY * (len(day_first) - 1) / model.grid.base.shape[1]
    new = np.where(may, np.minimum(new, np.maximum(fail, most)), fail)
    got = np.divide(new, new + repair, out=np.zeros_like(fail), where=may)
    tilt = np.zeros((len(fail), 4))
    tilt[may, 0] = np.log((1 - own[may]) / (1 - got[may]))
    tilt[may, 1] = np.log(own[may] / got[may])
    tilt[may, 2] = np.log((1 - fail[may]) / (1 - new[may]))
    tilt[may, 3] = np.log(fail[may] / new[may])
    made = make_fleet([0] * len(fail), new[:, None], repair[:, None], model.fleet.region, model.fleet.screen_mw,
                      model.grid.base.shape[1])
    process = made.process._replace(
        availability=np.where(may, made.process.availability, model.fleet.process.availability),
        fail_row=model.fleet.process.fail_row, repair_row=model.fleet.process.repair_row,
        fail_inverse=np.where(may, made.process.fail_inverse, model.fleet.process.fail_inverse),
        repair_inverse=model.fleet.process.repair_inverse, fail_hazard=model.fleet.process.fail_hazard,
        repair_hazard=model.fleet.process.repair_hazard)
    return _Tilted(model, Fleet(model.fleet.ids, made.slot, process, model.fleet.region, model.fleet.screen_mw), tilt,
                   day_first, seed)


def learn(model: Model, day_first: NDArray[np.int64], method: ImportanceSampling) -> Floats:
    """Outage rates to sample with, by cross-entropy from pilot runs; load is raised until shortage is common, then lowered.

    Raises
    ------
    StudyError
        If even at a much higher load nothing is ever short.
    """
    fail, repair, may = _rates(model)
    own = np.divide(fail, fail + repair, out=np.zeros_like(fail), where=may)
    rate, share = own.copy(), 0.0
    peak = np.maximum(-model.grid.base.min(axis=1), 0.0) + 1e-9
    reserve = float(np.maximum(model.grid.base.min(axis=1), 0.0).sum())
    scale = (reserve if reserve > 0 else float(peak.sum())) / max(len(peak), 1)
    for step in range(ROUNDS):
        pilot = _tilted(model, rate, day_first, method.seed + 7919 * (step + 1))
        for level in (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.65, 0.8, 1.0):
            if level > share and step > 0:
                break
            added = np.full(len(peak), level * scale)
            _, out, short = pilot((0, method.pilot_samples), added)
            raw = short[0]
            if raw > 0 and _short_steps(pilot, method.pilot_samples, added) >= ENOUGH_STEPS:
                break
        else:
            level = share
        if raw <= 0:
            raise StudyError(Problem("importance sampling", "found no shortage in its pilot runs, even at a higher load",
                                     "more --samples, or plain Monte Carlo"))
        new = np.where(may, np.clip(out / raw, own, MOST_RATE), own)
        rate = np.where(may, np.clip((1 - KEPT) * new + KEPT * rate, own, MOST_RATE), own)
        if level == 0.0 and step > 0:
            break
        share = level
    return rate


def _check_rare(model: Model, day_first: NDArray[np.int64], method: ImportanceSampling) -> None:
    """Refuse risk that is not rare: there plain sampling is better, and weights are many and wide."""
    fail, repair, may = _rates(model)
    own = np.divide(fail, fail + repair, out=np.zeros_like(fail), where=may)
    per_sample, _, _ = _tilted(model, own, day_first, method.seed + 104729)((0, method.pilot_samples))
    share = float(per_sample[:, -1, DAYS].mean()) / (len(day_first) - 1)
    if share > COMMON_DAYS:
        raise StudyError(Problem("importance sampling", f"is for rare risk; here {100 * share:.2g} % of days are short",
                                 "use --method montecarlo"))


def _short_steps(pilot: _Tilted, samples: int, added: Floats) -> float:
    """Unweighted short steps of a pilot run: how much there is to learn from."""
    plain = _Tilted(pilot.model, pilot.fleet, np.zeros_like(pilot.tilt), pilot.day_first, pilot.seed)
    return float(plain((0, samples), added)[2][0])


def assess_rare(systems: tuple[System, ...], method: ImportanceSampling, listener: Listener) -> Assessment:
    """Risk by importance sampling.

    Raises
    ------
    StudyError
        If hours of the system couple.
    """
    started = time.perf_counter()
    _check(systems)
    system = systems[0]
    model = make_model(system, Options())
    days = model.grid.day_of[-1] if not len(set(system.day_shift_h.tolist()) - {0.0}) else model.grid.day_of[0]
    day_first = np.concatenate([np.flatnonzero(np.diff(days, prepend=-1)), [len(days)]]).astype(np.int64)
    _check_rare(model, day_first, method)
    rate = learn(model, day_first, method)
    learnt = time.perf_counter()
    task = _tilted(model, rate, day_first, method.seed)
    found: Moments | None = None
    weight, squares = 0.0, 0.0
    for per_sample, _, _ in LocalRunner(method.jobs).run(task, chunks_of(method.samples, CHUNK)):
        if found is None:
            found = Moments.of(per_sample)
        else:
            found.merge(Moments.of(per_sample))
        weight += float(per_sample[:, -1, DAYS].sum())
        squares += float((per_sample[:, -1, DAYS] ** 2).sum())
        listener(Progress("sampling", found.n, method.samples, time.perf_counter() - learnt, ""))
    assert found is not None
    effective = weight**2 / squares if squares > 0 else 0.0
    if effective < FEWEST:
        raise StudyError(Problem(
            "importance sampling", f"rests on an effective {effective:.0f} samples with a shortage; an error can be trusted from "
            f"{FEWEST:.0f}", "more --samples, or --method montecarlo"))
    step_h = system.axis.step_h
    energy = total_load_mw(system).sum(axis=1) * step_h
    regions = tuple(risk_from(name, found.mean[r], found.stderr[r], found.n, (step_h, float(energy[r])))
                    for r, name in enumerate(system.regions))
    total = risk_from("total", found.mean[-1], found.stderr[-1], found.n, (step_h, float(energy.sum())))
    now = time.perf_counter()
    return Assessment(total=total, regions=regions, wall_s=now - started, simulation_s=now - learnt,
                      method={"name": "importance", "samples": found.n, "seed": method.seed,
                              "effective_short_samples": round(effective, 1),
                              "learning_s": round(learnt - started, 3)})
