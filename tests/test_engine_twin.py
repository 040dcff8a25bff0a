"""The engine against its slow twin, sample by sample, on random one-region systems with everything in them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gridroom.adequacy.engine import assess
from gridroom.adequacy.prepare import Options
from gridroom.adequacy.specs import MonteCarlo, ShortfallSamples, StorageEnergy
from gridroom.adequacy.task import make_task
from gridroom.systems.assets import CommonEvent, LargeLoad
from gridroom.systems.system import System
from tests import builders, twin

SAMPLES = 12


def random_system(seed: int, step_h: float = 1.0) -> System:
    rng = np.random.default_rng(seed)
    steps = 72
    load = 60 + 40 * rng.random(steps) + 20 * np.sin(np.arange(steps) / 24 * 6.28)
    units = builders.units([0] * 5,
                           np.where(rng.random((5, 1)) < 0.5, 1.0, rng.random((5, steps))) * [[40], [30], [25], [20], [15]],
                           rng.uniform(0.02, 0.2, (5, 1)), rng.uniform(0.1, 0.9, (5, 1)))
    parts = {"units": units}
    if seed % 2:
        parts["storage"] = builders.stores([0, 0], rng.uniform(5, 20, (2, 1)), rng.uniform(10, 80, (2, 1)), (0.9, 0.95),
                                           fail=[[0.05], [0.0]], repair=[[0.5], [1.0]], initial=rng.uniform(0, 10, 2))
    if seed % 3 == 0:
        parts["hybrids"] = builders.hybrids([0, 0], rng.uniform(0, 20, (2, steps)), [[12], [15]], [[0], [5]], [[8], [10]],
                                            [[40], [30]], (0.9, 0.9), fail=0.05, repair=0.4, initial=[5.0, 0.0])
    if seed % 5 in (0, 1):
        parts["demand_response"] = builders.demand_response([0, 0], [[6], [4]], [[5], [4]], [[20], [9]], [[4], [2]],
                                                            interest=[[0.01], [0.0]], efficiency=(0.95, 0.9))
    loads = []
    if seed % 4 in (0, 1):
        loads.append(LargeLoad(name="i", region="R1", mw=np.array([12.0]), kind="interruptible", max_hours_per_year=9 * step_h,
                               max_hours_per_event=3 * step_h, min_hours_between_events=2 * step_h, curtailable_pct=75,
                               notice_h=step_h * (seed % 3)))
        loads.append(LargeLoad(name="j", region="R1", mw=rng.uniform(2, 9, steps), kind="interruptible", max_hours_per_year=15))
    if seed % 4 in (1, 2):
        loads.append(LargeLoad(name="b", region="R1", mw=np.array([10.0]), kind="backed", backup_mw=12, backup_units=3,
                               backup_forced_outage_rate=0.2, backup_mttr_h=10, backup_fuel_h=6))
        loads.append(LargeLoad(name="s", region="R1", mw=np.array([10.0]), kind="shiftable", max_shift_mw=6, window_h=5 * step_h))
    return dataclasses.replace(builders.system(load, step_h, **parts), large_loads=tuple(loads))


@pytest.mark.parametrize("seed", range(30))
def test_engine_is_its_twin(seed):
    system = random_system(seed, 0.5 if seed % 7 == 3 else 1.0)
    task = make_task((system,), 7, Options(), (StorageEnergy(),))
    per_sample, per_load, ledger, _ = task.simulate((0, SAMPLES), 0)
    stored = np.zeros_like(ledger.energy)
    row = task.model().store_row
    for sample, up in enumerate(twin.states(system, SAMPLES, 7)):
        expected = twin.run(system, up)
        short = expected["shortfall"] > 1e-6
        assert per_sample[sample, 0, -1, 0] == short.sum()
        assert per_sample[sample, 0, -1, 3] == pytest.approx(expected["shortfall"].sum(), rel=1e-6, abs=1e-5)
        assert per_sample[sample, 0, -1, 2] == (np.diff(short.astype(int), prepend=0) == 1).sum()
        for k, load in enumerate(system.large_loads):
            assert per_load[sample, k, 0] == expected["helped"][load.name][0], load.name
            assert per_load[sample, k, 2] * system.axis.step_h == pytest.approx(expected["helped"][load.name][1], abs=1e-5)
        stored[row] += expected["stored"]
    assert ledger.energy == pytest.approx(stored, abs=1e-4)


@pytest.mark.parametrize("seed", range(6))
def test_screen_changes_nothing(seed):
    system = random_system(seed)
    found = [make_task((system,), 3, Options(every_step=every), ()).simulate((0, 20), 0)[0] for every in (False, True)]
    assert found[0] == pytest.approx(found[1], abs=1e-6)


def test_common_events_strike_together_and_join_with_own_outages():
    steps = np.zeros(48, bool)
    steps[10:20] = True
    base = builders.system([90] * 48, units=builders.units([0] * 4, 25, 0.02, 0.2))
    event = CommonEvent(name="cold", region="R1", categories=("UNIT",), steps=steps, probability=0.5, share_out=0.6)
    system = dataclasses.replace(base, common_events=(event,))
    struck = twin.states(system, 400, 5)
    own = twin.states(base, 400, 5)
    taken = np.array([[(~up[("unit", f"u{k}")][10:20]).all() for k in range(4)] for up in struck])
    alone = np.array([[(~up[("unit", f"u{k}")][10:20]).all() for k in range(4)] for up in own])
    hit = (taken & ~alone).any(axis=1)
    assert hit.mean() == pytest.approx(0.5 * (1 - 0.4**4), abs=0.08)
    for a, b in zip(struck, own, strict=True):
        for k in range(4):
            assert (a[("unit", f"u{k}")] <= b[("unit", f"u{k}")]).all()  # never in service where it was out on its own
            outside = a[("unit", f"u{k}")][~steps] == b[("unit", f"u{k}")][~steps]
            assert outside.all()
    with_events = assess(system, MonteCarlo(samples=2000)).total.eue_mwh.value
    assert with_events > assess(system, MonteCarlo(samples=2000, common_events=False)).total.eue_mwh.value
    switched_off = assess(system, MonteCarlo(samples=500, common_events=False), ShortfallSamples())
    assert (switched_off.samples == assess(base, MonteCarlo(samples=500), ShortfallSamples()).samples).all()
