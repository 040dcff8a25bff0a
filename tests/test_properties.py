"""Properties that must hold for any system."""

from __future__ import annotations

import dataclasses

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gridroom.adequacy.engine import assess
from gridroom.adequacy.specs import MonteCarlo, ShortfallSamples
from tests import builders

settings.register_profile("ci", derandomize=True, deadline=None, max_examples=25,
                          suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci")

seeds = st.integers(0, 10_000)
METHOD = MonteCarlo(samples=60, seed=3)


def random_system(seed: int, store: bool = True):
    draw = np.random.default_rng(seed)
    regions, steps = 3, 72
    load = draw.uniform(40, 120, (regions, steps)).round(1)
    units = builders.units(list(np.repeat(range(regions), 4)), draw.uniform(15, 40, 12).round(1),
                           draw.uniform(0.01, 0.1, 12), draw.uniform(0.05, 0.5, 12))
    parts = {"units": units, "interfaces": builders.ties([(0, 1), (1, 2)], draw.uniform(0, 30, 2).round(1))}
    if store:
        parts["storage"] = builders.stores([0, 2], draw.uniform(5, 20, 2), draw.uniform(10, 60, 2), (0.9, 0.95))
    return builders.system(load, **parts)


@given(seeds)
def test_more_capacity_never_raises_unserved_energy_of_any_sample(seed):
    system = random_system(seed, store=False)
    more = dataclasses.replace(system, units=dataclasses.replace(system.units,
                                                                 capacity_mw=system.units.capacity_mw * 1.1))
    a, b = (assess(s, METHOD, ShortfallSamples()).samples[:, -1] for s in (system, more))
    assert (b[:, 3] <= a[:, 3] + 1e-6).all()
    assert (b[:, 0] <= a[:, 0]).all()


@given(seeds)
def test_more_transfer_never_raises_unserved_energy(seed):
    system = random_system(seed, store=False)
    faces = system.interfaces
    more = dataclasses.replace(system, interfaces=dataclasses.replace(
        faces, forward_mw=faces.forward_mw + 10, backward_mw=faces.backward_mw + 10))
    a, b = (assess(s, METHOD, ShortfallSamples()).samples[:, -1, 3] for s in (system, more))
    assert (b <= a + 1e-6).all()


@given(seeds)
def test_a_store_never_raises_unserved_energy(seed):
    without, with_store = random_system(seed, store=False), random_system(seed)
    a, b = (assess(s, METHOD, ShortfallSamples()).samples[:, -1, 3] for s in (without, with_store))
    assert (b <= a + 1e-6).all()


@given(seeds, st.integers(1, 3))
def test_jobs_change_nothing(seed, jobs):
    system = random_system(seed)
    a = assess(system, dataclasses.replace(METHOD, jobs=1))
    b = assess(system, dataclasses.replace(METHOD, jobs=jobs))
    assert a.total == b.total
    assert a.regions == b.regions
    assert (a.unserved_mw == b.unserved_mw).all()


@given(seeds)
def test_regions_add_up_and_steps_add_up(seed):
    answer = assess(random_system(seed), METHOD, ShortfallSamples())
    total = answer.total
    assert np.isclose(total.eue_mwh.value, sum(r.eue_mwh.value for r in answer.regions))
    assert np.isclose(total.eue_mwh.value, answer.unserved_mw[-1].sum())
    assert np.isclose(total.lolh_h.value, answer.lolp[-1].sum())
    assert total.lolh_h.value <= sum(r.lolh_h.value for r in answer.regions) + 1e-9
    for risk in (total, *answer.regions):
        assert risk.lolev.value <= risk.lolh_h.value + 1e-9
        assert risk.lole_days.value <= risk.lolh_h.value + 1e-9


@given(seeds)
def test_single_area_screen_is_exact(seed):
    """The day screen and the step-by-step network kernel count the same shortages."""
    draw = np.random.default_rng(seed)
    system = builders.system(draw.uniform(40, 90, 96).round(1), units=builders.units(
        [0] * 6, draw.uniform(10, 30, 6).round(1), draw.uniform(0.01, 0.1, 6), draw.uniform(0.05, 0.5, 6)))
    idle = dataclasses.replace(system, storage=builders.stores([0], 0.0, 0.0))
    a, b = (assess(s, METHOD, ShortfallSamples()).samples[:, 0] for s in (system, idle))
    assert np.allclose(a, b)
