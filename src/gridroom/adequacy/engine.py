"""`assess`: a system, a method and what to keep, in; risk with standard errors, out."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.adequacy import network, single
from gridroom.adequacy.convolution import convolve
from gridroom.adequacy.dispatch import Network, make_work
from gridroom.adequacy.metrics import UNSERVED, Risk, risk_of
from gridroom.adequacy.outages import Process, buffer_rows, make_process
from gridroom.adequacy.specs import Convolution, Flow, Method, MonteCarlo, ResultSpec, ShortfallSamples, StorageEnergy
from gridroom.adequacy.storage import Stores
from gridroom.core.progress import Listener, Progress, silent
from gridroom.runners.local import run_in_order
from gridroom.systems.system import System

Floats = NDArray[np.float64]
SINGLE_CHUNK = 4000
NETWORK_CHUNK = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Answer of `assess`.

    Attributes
    ----------
    total : Risk
        The system: a step is short when any region is; energy is the sum.
    regions : tuple of Risk
    method : dict
        Name, samples, seed.
    lolp, unserved_mw : float array (R + 1, T)
        By step: probability of shortage and mean shortfall, last row the system; empty for convolution.
    samples : float array (n, R + 1, 4)
        Short hours, days, events, unserved energy by sample, when asked for.
    flow_mw, energy_mwh : float array
        Mean flow by interface (I,), mean stored energy by store and step (S, T), when asked for.
    wall_s : float
        Seconds in all, kernels loaded or compiled included.
    simulation_s : float
        Seconds of sampling alone.
    """

    total: Risk
    regions: tuple[Risk, ...]
    method: dict[str, Any]
    lolp: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    unserved_mw: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    samples: Floats = field(default_factory=lambda: np.zeros((0, 0, 4)))
    flow_mw: Floats = field(default_factory=lambda: np.zeros(0))
    energy_mwh: Floats = field(default_factory=lambda: np.zeros((0, 0)))
    wall_s: float = 0.0
    simulation_s: float = 0.0

    def to_pandas(self) -> Any:
        """One row for the system and one a region; columns `metric` and `metric_stderr` with the unit in the name."""
        import pandas as pd

        rows = []
        for risk in (self.total, *self.regions):
            row: dict[str, Any] = {"name": risk.name}
            for key in ("lolh_h", "lole_days", "lolev", "eue_mwh", "neue_ppm"):
                estimate = getattr(risk, key)
                row[key] = None if estimate is None else estimate.value
                row[f"{key}_stderr"] = None if estimate is None else estimate.stderr
            rows.append(row)
        return pd.DataFrame(rows)

    def to_xarray(self) -> Any:
        """The same as an xarray Dataset over `name`.

        Raises
        ------
        ImportError
            If xarray is not installed (`pip install gridroom[xarray]`).
        """
        try:
            import xarray  # noqa: F401
        except ImportError as fault:
            raise ImportError("to_xarray needs xarray: pip install 'gridroom[xarray]'") from fault
        return self.to_pandas().set_index("name").to_xarray()

    def __str__(self) -> str:
        lines = [f"{'':24}{'LOLH, h':>20}{'LOLE, days':>20}{'LOLEv':>18}{'EUE, MWh':>22}{'NEUE, ppm':>20}"]
        for risk in (self.total, *self.regions):
            days = "" if risk.lole_days is None else str(risk.lole_days)
            lines.append(f"{risk.name:24}{risk.lolh_h!s:>20}{days:>20}{risk.lolev!s:>18}{risk.eue_mwh!s:>22}"
                         f"{risk.neue_ppm!s:>20}")
        return "\n".join(lines)


@dataclass(slots=True)
class _Chunk:
    """What one chunk of samples adds."""

    per_sample: Floats
    short: Floats
    unserved: Floats
    flow: Floats
    energy: Floats


def day_table(system: System) -> NDArray[np.int32]:
    """Local calendar day of each step by region (R + 1, T); the last row is the system's own clock."""
    shifts = [*system.day_shift_h, 0.0]
    return np.stack([system.axis.day_index(float(shift)) for shift in shifts])


def _fallible(system: System) -> NDArray[np.bool_]:
    failure = system.units.failure_probability
    return np.asarray(failure.max(axis=1, initial=0.0) > 0.0)


def _is_single(system: System) -> bool:
    if len(system.regions) != 1 or len(system.storage.names):
        return False
    return system.units.capacity_mw[_fallible(system)].shape[1] == 1 or bool(
        (system.units.capacity_mw[_fallible(system)] == system.units.capacity_mw[_fallible(system)][:, :1]).all())


def _single_task(system: System, seed: int) -> Callable[[tuple[int, int]], _Chunk]:
    units, can_fail = system.units, _fallible(system)
    firm = units.capacity_mw[~can_fail].sum(axis=0)
    load = np.asarray(np.broadcast_to(system.load_mw[0] - firm, (system.axis.steps,)), dtype=np.float64).copy()
    capacity = np.ascontiguousarray(units.capacity_mw[can_fail][:, 0])
    process = make_process(units.failure_probability[can_fail], units.repair_probability[can_fail])
    day_of = day_table(system)[0].astype(np.int64)
    first = np.concatenate([np.flatnonzero(np.diff(day_of, prepend=-1)), [len(day_of)]]).astype(np.int64)
    peak = np.maximum.reduceat(load, first[:-1])
    steps = len(load)

    def task(chunk: tuple[int, int]) -> _Chunk:
        per_sample = np.empty((chunk[1] - chunk[0], 4))
        short, unserved = np.zeros(steps), np.zeros(steps)
        single.sample_chunk(chunk[0], chunk[1], seed, process, capacity, load, float(capacity.sum()),
                            (day_of, first, peak), per_sample, short, unserved)
        both = np.stack([per_sample, per_sample], axis=1)
        return _Chunk(both, np.stack([short, short]), np.stack([unserved, unserved]), np.zeros(0), np.zeros((0, steps)))

    return task


def make_stores(system: System) -> tuple[Stores, NDArray[np.int64]]:
    """Stores sorted by region as plain arrays, and their order in the system."""
    storage = system.storage
    order = np.argsort(storage.region, kind="stable")
    first = np.searchsorted(storage.region[order], np.arange(len(system.regions) + 1)).astype(np.int64)
    return Stores(first, storage.charge_mw[order], storage.discharge_mw[order], storage.energy_mwh[order],
                  storage.charge_efficiency[order], storage.discharge_efficiency[order],
                  storage.carryover_efficiency[order], storage.initial_mwh[order]), order


def _network_task(system: System, seed: int, keep_energy: bool) -> Callable[[tuple[int, int]], _Chunk]:
    units, faces, lines, can_fail = system.units, system.interfaces, system.lines, _fallible(system)
    steps, regions = system.axis.steps, len(system.regions)
    base = -system.load_mw.astype(np.float64)
    for u in range(len(units.names)):
        base[units.region[u]] += units.capacity_mw[u] if units.capacity_mw.shape[1] > 1 else units.capacity_mw[u, 0]
    unit_process = make_process(units.failure_probability[can_fail], units.repair_probability[can_fail])
    unit_args = (unit_process, units.region[can_fail], np.ascontiguousarray(units.capacity_mw[can_fail]))
    lines_fail = bool((lines.failure_probability > 0).any())
    line_process = make_process(lines.failure_probability, lines.repair_probability) if lines_fail else _nothing()
    forward, backward = faces.forward_mw, faces.backward_mw
    if len(lines.names) and not lines_fail:
        forward, backward = _line_limits(system)
    line_arrays = (lines.interface, lines.forward_mw, lines.backward_mw, faces.forward_mw, faces.backward_mw)
    stores, order = make_stores(system)
    storage = system.storage
    stores_fail = bool((storage.failure_probability > 0).any())
    store_process = (make_process(storage.failure_probability[order], storage.repair_probability[order])
                     if stores_fail else _nothing(len(order)))
    rows = max(buffer_rows(units.failure_probability[can_fail], units.repair_probability[can_fail], steps),
               buffer_rows(lines.failure_probability, lines.repair_probability, steps) if lines_fail else 1,
               buffer_rows(storage.failure_probability, storage.repair_probability, steps) if stores_fail else 1)
    day_of = day_table(system).astype(np.int64)

    def task(chunk: tuple[int, int]) -> _Chunk:
        own = (np.zeros((len(faces.start), steps)), np.zeros((len(faces.start), steps))) if lines_fail else (
            np.array(forward, dtype=np.float64), np.array(backward, dtype=np.float64))
        grid = Network(faces.start, faces.end, *own)
        work = make_work(regions, faces.start, faces.end, len(order))
        out = _Chunk(np.empty((chunk[1] - chunk[0], regions + 1, 4)), np.zeros((regions + 1, steps)),
                     np.zeros((regions + 1, steps)), np.zeros(len(faces.start)),
                     np.zeros((len(order) if keep_energy else 0, steps)))
        network.sample_chunk(chunk[0], chunk[1], seed, base, unit_args, (line_process, line_arrays),
                             (stores, store_process), grid, system.axis.step_h, day_of, work, rows, out.per_sample,
                             (out.short, out.unserved, out.flow, out.energy))
        if keep_energy:
            out.energy[order] = out.energy.copy()
        return out

    return task


def _nothing(columns: int = 0) -> Process:
    """Process of assets that never fail; `columns` keeps the width of the state table."""
    zero = np.zeros((0, 1))
    process = make_process(zero, zero)
    if columns == 0:
        return process
    return make_process(np.zeros((columns, 1)), np.ones((columns, 1)))


def _line_limits(system: System) -> tuple[Floats, Floats]:
    """Limits of interfaces whose lines never fail: sum of the lines, at most the interface's own."""
    out = []
    for line, limit in ((system.lines.forward_mw, system.interfaces.forward_mw),
                        (system.lines.backward_mw, system.interfaces.backward_mw)):
        total = np.zeros((limit.shape[0], max(line.shape[1], 1)))
        np.add.at(total, system.lines.interface, line)
        out.append(np.minimum(total, limit))
    if out[0].shape != out[1].shape:
        width = (out[0].shape[0], system.axis.steps)
        out = [np.ascontiguousarray(np.broadcast_to(table, width)) for table in out]
    return out[0], out[1]


def _chunks(samples: int, size: int) -> Iterator[tuple[int, int]]:
    for first in range(0, samples, size):
        yield first, min(first + size, samples)


def assess(system: System, method: Method | None = None, *specs: ResultSpec, listener: Listener = silent) -> Assessment:
    """Adequacy of a system.

    Parameters
    ----------
    system : System
        The grid.
    method : MonteCarlo or Convolution
        How; `MonteCarlo()` when left out.
    *specs : Shortfall, ShortfallSamples, Flow, StorageEnergy
        What to keep beside the expectations.
    listener : callable
        Told about progress.

    Returns
    -------
    Assessment

    Raises
    ------
    StudyError
        If the method cannot take the system.
    """
    started = time.perf_counter()
    method = method or MonteCarlo()
    if isinstance(method, Convolution):
        total, regions = convolve(system)
        return Assessment(total=total, regions=tuple(regions), method={"name": "convolution"},
                          wall_s=time.perf_counter() - started)
    one_area = _is_single(system) and not any(isinstance(s, Flow) for s in specs)
    keep_energy = any(isinstance(s, StorageEnergy) for s in specs)
    task = _single_task(system, method.seed) if one_area else _network_task(system, method.seed, keep_energy)
    task((0, 1))  # loads or compiles the kernels before the clock of the sampling starts
    sampling = time.perf_counter()
    size = SINGLE_CHUNK if one_area else NETWORK_CHUNK
    chunks = []
    done = 0
    for chunk in run_in_order(task, _chunks(method.samples, size), method.jobs):
        chunks.append(chunk)
        done += len(chunk.per_sample)
        if done % (size * 5) == 0 or done == method.samples:
            unserved = np.concatenate([c.per_sample[:, -1, UNSERVED] for c in chunks])
            mean = float(unserved.mean())
            error = float(unserved.std(ddof=1)) / np.sqrt(len(unserved)) if len(unserved) > 1 else np.inf
            listener(Progress("sampling", done, method.samples, time.perf_counter() - sampling,
                              f"EUE {mean * system.axis.step_h:,.1f} ± {error * system.axis.step_h:,.1f} MWh"))
            target = method.stderr_target_pct
            if target is not None and mean > 0 and error <= target / 100 * mean:
                break
    return _answer(system, method, chunks, specs, (started, sampling))


def _answer(system: System, method: MonteCarlo, chunks: list[_Chunk], specs: tuple[ResultSpec, ...],
            clock: tuple[float, float]) -> Assessment:
    samples = np.concatenate([c.per_sample for c in chunks])
    n, step_h, steps = len(samples), system.axis.step_h, system.axis.steps
    energy = system.load_mw.sum(axis=1) * step_h
    regions = tuple(risk_of(name, samples[:, r], step_h, float(energy[r])) for r, name in enumerate(system.regions))
    total = risk_of("total", samples[:, -1], step_h, float(energy.sum()))
    kinds = {type(s) for s in specs}
    kept = samples * np.array([step_h, 1.0, 1.0, step_h]) if ShortfallSamples in kinds else np.zeros((0, 0, 4))
    flow = sum((c.flow for c in chunks), np.zeros(len(system.interfaces.start)) if Flow in kinds else 0.0)
    energy_mean = sum((c.energy for c in chunks), 0.0) if StorageEnergy in kinds else np.zeros((0, 0))
    return Assessment(
        total=total, regions=regions, method={"name": "montecarlo", "samples": n, "seed": method.seed},
        lolp=sum((c.short for c in chunks), np.zeros(())) / n,
        unserved_mw=sum((c.unserved for c in chunks), np.zeros(())) / n, samples=kept,
        flow_mw=np.asarray(flow) / (n * steps) if Flow in kinds else np.zeros(0),
        energy_mwh=np.asarray(energy_mean) / n, wall_s=time.perf_counter() - clock[0],
        simulation_s=time.perf_counter() - clock[1])
