"""`assess`: a system, a method and what to keep, in; risk with standard errors, out."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np

from gridroom.adequacy.assessment import Assessment, assessment_of
from gridroom.adequacy.checkpoint import Checkpoint, fingerprint
from gridroom.adequacy.convolution import convolve
from gridroom.adequacy.metrics import UNSERVED
from gridroom.adequacy.prepare import ORDERS, Options
from gridroom.adequacy.specs import Convolution, Flow, ImportanceSampling, Method, MonteCarlo, ResultSpec, Surplus
from gridroom.adequacy.tally import Tally
from gridroom.adequacy.task import Task, chunk_size, chunks_of, make_task
from gridroom.core.errors import Problem, StudyError, nearest
from gridroom.core.progress import Listener, Progress, silent
from gridroom.runners.base import Runner
from gridroom.runners.local import LocalRunner
from gridroom.systems.system import System

Years = System | Mapping[str, System]
TELL_EVERY_S = 1.0


def each_year(system: Years, change: Callable[[System], System]) -> Years:
    """The same change to every weather year."""
    if isinstance(system, System):
        return change(system)
    return {name: change(one) for name, one in system.items()}


def weather_years(system: Years) -> tuple[tuple[str, ...], tuple[System, ...]]:
    """Names and systems of the weather years; one without a name for a plain system.

    Raises
    ------
    StudyError
        If the years differ in their regions or steps.
    """
    if isinstance(system, System):
        return ("",), (system,)
    names, systems = tuple(system), tuple(system.values())
    if not systems:
        raise StudyError(Problem("weather years", "must hold at least one; got none"))
    for name, other in zip(names, systems, strict=True):
        for what in ("regions", "large_loads"):
            mine, first = ([getattr(x, "name", x) for x in getattr(s, what)] for s in (other, systems[0]))
            if mine != first:
                raise StudyError(Problem(f"weather year {name!r}", f"must have the {what} of {names[0]!r}"))
        if (other.axis.steps, other.axis.step_h) != (systems[0].axis.steps, systems[0].axis.step_h):
            raise StudyError(Problem(f"weather year {name!r}", f"must have {systems[0].axis.steps} steps as {names[0]!r}; got "
                                                               f"{other.axis.steps}"))
    return names, systems


def options_of(method: MonteCarlo, specs: tuple[ResultSpec, ...] = ()) -> Options:
    """How the system is read under a method.

    Raises
    ------
    StudyError
        If the storage order is not known.
    """
    if method.storage_order not in ORDERS:
        raise StudyError(Problem("storage_order", f"must be one of {', '.join(ORDERS)}; got {method.storage_order!r}",
                                 nearest(method.storage_order, ORDERS)))
    if method.samples < 1:
        raise StudyError(Problem("samples", f"must be at least 1; got {method.samples}"))
    return Options(storage_order=method.storage_order, common_events=method.common_events, event_gap_h=method.event_gap_h,
                   every_step=any(isinstance(s, Flow | Surplus) for s in specs))


def assess(system: Years, method: Method | None = None, *specs: ResultSpec, listener: Listener = silent,
           checkpoint: str | Path | None = None, resume: bool = False) -> Assessment:
    """Adequacy of a system.

    Parameters
    ----------
    system : System, or mapping of str to System
        The grid, or one a weather year: samples take the years in turn.
    method : MonteCarlo, Convolution or ImportanceSampling
        How; `MonteCarlo()` when left out.
    *specs : Shortfall, ShortfallSamples, Flow, StorageEnergy, DemandResponseEnergy, Surplus, Causes, Events
        What to keep beside the expectations.
    listener : callable
        Told about progress.
    checkpoint : str or Path, optional
        File that holds what is finished, written about once a second.
    resume : bool
        Go on from the checkpoint; the answer is bit for bit that of an undisturbed run.

    Returns
    -------
    Assessment
        With flexible large loads, `without_help` holds the same with all of them firm, from the same draws.

    Raises
    ------
    StudyError
        If the method cannot take the system, or the checkpoint belongs to another run.
    """
    started = time.perf_counter()
    method = method or MonteCarlo()
    names, systems = weather_years(system)
    if isinstance(method, Convolution):
        if len(systems) > 1:
            raise StudyError(Problem("weather years", f"convolution takes one; got {len(systems)}", "use --method montecarlo"))
        total, regions = convolve(systems[0])
        return Assessment(total=total, regions=tuple(regions), method={"name": "convolution"},
                          wall_s=time.perf_counter() - started)
    if isinstance(method, ImportanceSampling):
        from gridroom.adequacy.importance import assess_rare

        return assess_rare(systems, method, listener)
    if method.samples < len(systems):
        raise StudyError(Problem("samples", f"must be at least {len(systems)}, one a weather year; got {method.samples}"))
    options = options_of(method, specs)
    task = make_task(systems, method.seed, options, specs)
    mark = Checkpoint(Path(checkpoint), fingerprint(task, method), resume) if checkpoint is not None else None
    tally, sampling_s = run(task, method, listener, mark)
    firm = None
    if any(load.kind != "firm" for s in systems for load in s.large_loads):
        plain = make_task(systems, method.seed, Options(storage_order=options.storage_order, flexible=False,
                                                        common_events=options.common_events,
                                                        event_gap_h=options.event_gap_h), ())
        firm, _ = run(plain, method, silent, None, samples=tally.counts.n)
    return assessment_of(task, method, tally, firm, names, (time.perf_counter() - started, sampling_s))


def run(task: Task, method: MonteCarlo, listener: Listener = silent, mark: Checkpoint | None = None,
        samples: int | None = None) -> tuple[Tally, float]:
    """Run a task's samples in chunks and merge them in order; returns what was found and the seconds of sampling."""
    count = samples if samples is not None else method.samples
    size = chunk_size(task, count)
    runner: Runner = method.runner or LocalRunner(method.jobs)
    tally, done = mark.load() if mark is not None else (None, 0)
    if method.runner is None:
        task.simulate((0, 1), 0)  # loads or compiles the kernels before the clock of the sampling starts
    sampling = told = time.perf_counter()
    step_h, target = task.systems[0].axis.step_h, method.stderr_target_pct if samples is None else None
    results = runner.run(task, chunks_of(count, size, done))
    try:
        while tally is None or (done < count and not _met(tally, target)):
            found = next(results)
            tally = found if tally is None else _merged(tally, found)
            done = min(done + size, count)
            now = time.perf_counter()
            if now - told > TELL_EVERY_S or done == count:
                told = now
                mean, error = (float(v[-1, UNSERVED]) * step_h for v in (tally.counts.mean, tally.counts.stderr))
                listener(Progress("sampling", done, count, now - sampling, f"EUE {mean:,.1f} ± {error:,.1f} MWh"))
                if mark is not None:
                    mark.save(tally, done)
    finally:
        close: Callable[[], None] | None = getattr(results, "close", None)
        if close is not None:
            close()
    return tally, time.perf_counter() - sampling


def _merged(tally: Tally, found: Tally) -> Tally:
    tally.merge(found)
    return tally


def _met(tally: Tally, target_pct: float | None) -> bool:
    """Whether the standard error of total unserved energy is below its target."""
    mean, error = float(tally.counts.mean[-1, UNSERVED]), float(tally.counts.stderr[-1, UNSERVED])
    return target_pct is not None and mean > 0 and bool(np.isfinite(error)) and error <= target_pct / 100 * mean


__all__ = ["Assessment", "assess", "options_of", "run", "weather_years"]
