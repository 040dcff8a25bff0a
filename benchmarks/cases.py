"""Systems that the benchmarks time, and the slow ways beside which the engine stands."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.optimize import linprog

from gridroom.adequacy.prepare import Options, make_model
from gridroom.adequacy.sampling import draw_outages, make_events
from gridroom.systems import read_pras, rts79, rts_gmlc
from gridroom.systems.system import Interfaces, Storage, System, Units

PRAS = Path(__file__).resolve().parents[2] / "shared" / "data" / "pras" / "rts.pras"


def with_store(power_mw: float = 100.0, energy_mwh: float = 400.0) -> System:
    """RTS-79 with one store that never fails."""
    one = np.ones((1, 1))
    return dataclasses.replace(rts79(), storage=Storage(
        names=("store",), categories=("store",), region=np.zeros(1, np.int64), charge_mw=power_mw * one, discharge_mw=power_mw * one,
        energy_mwh=energy_mwh * one, charge_efficiency=one, discharge_efficiency=one, carryover_efficiency=one,
        failure_probability=0 * one, repair_probability=one, initial_mwh=np.zeros(1)))


def three_regions(factor: float = 1.0) -> System:
    """The PRAS file of RTS-GMLC where it lies beside the checkout, else the built-in system without its solar thermal plant."""
    if not PRAS.is_file():
        return rts_gmlc(factor)
    system = read_pras(PRAS)
    return dataclasses.replace(system, load_mw=np.floor(system.load_mw * factor + 0.5))


def row_of(regions: int, units: int = 1, base: System | None = None) -> System:
    """`regions` copies of RTS-79 in a row with ties of 300 MW; each unit in `units` parts."""
    base = base or rts79()
    u = base.units
    count = len(u.names)
    copies = regions * units
    many = Units(
        names=tuple(f"{k}-{n}" for k in range(copies) for n in u.names), categories=u.categories * copies,
        region=np.repeat(np.arange(regions), count * units), capacity_mw=np.tile(u.capacity_mw / units, (copies, 1)),
        failure_probability=np.tile(u.failure_probability, (copies, 1)), repair_probability=np.tile(u.repair_probability, (copies, 1)))
    start, limit = np.arange(regions - 1), np.full((regions - 1, 1), 300.0)
    return System(name="row", axis=base.axis, regions=tuple(map(str, range(regions))), load_mw=np.repeat(base.load_mw, regions, axis=0),
                  day_shift_h=np.zeros(regions), units=many,
                  interfaces=Interfaces(start=start, end=start + 1, forward_mw=limit, backward_mw=limit))


def longer(system: System, times: int) -> System:
    """The horizon several times over."""
    return dataclasses.replace(system, axis=dataclasses.replace(system.axis, steps=system.axis.steps * times),
                               load_mw=np.tile(system.load_mw, (1, times)))


def solver_rate(system: System, hours: int) -> float:
    """Sample-years a second of a linear program an hour (HiGHS through SciPy), from a run of short and full hours."""
    model = make_model(system, Options())
    events = make_events(model.fleet, model.parts.common, system.axis.steps)
    draw_outages(model.fleet, model.parts.common, 1, 0, system.axis.steps, events)
    margin = model.grid.base[:, :hours]
    start, end = model.network.start, model.network.end
    regions, ties = len(margin), len(start)
    cost = np.concatenate([np.zeros(2 * ties) + 1.0, np.full(regions, 1000.0)])
    rows = np.zeros((regions, 2 * ties + regions))
    for i in range(ties):
        rows[start[i], i] += 1
        rows[end[i], i] -= 1
        rows[end[i], ties + i] += 1
        rows[start[i], ties + i] -= 1
    rows[:, 2 * ties:] -= np.eye(regions)
    bounds = [(0, float(model.network.forward_mw[i, 0])) for i in range(ties)]
    bounds += [(0, float(model.network.backward_mw[i, 0])) for i in range(ties)] + [(0, None)] * regions
    started = time.perf_counter()
    for t in range(hours):
        linprog(cost, A_ub=rows, b_ub=margin[:, t], bounds=bounds, method="highs")
    return hours / system.axis.steps / (time.perf_counter() - started)


def rate(work: Callable[[int], float], samples: int) -> tuple[float, float]:
    """(samples a second, LOLH of the run)."""
    work(2)  # loads or compiles
    start = time.perf_counter()
    lolh = work(samples)
    return samples / (time.perf_counter() - start), lolh
