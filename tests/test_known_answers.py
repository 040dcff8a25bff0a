"""Published and enumerated answers: RTS-79 and the small systems of PRAS's own tests."""

from __future__ import annotations

import numpy as np
import pytest

from gridroom.adequacy.engine import Assessment, assess
from gridroom.adequacy.metrics import tail
from gridroom.adequacy.specs import Convolution, Flow, MonteCarlo, ShortfallSamples, StorageEnergy
from gridroom.core.estimate import Estimate
from gridroom.systems.rts79 import hourly_load_mw, rts79
from tests import builders


def near(estimate: Estimate, exact: float, errors: float = 4.0) -> bool:
    """Within some standard errors; 4 so that a dozen comparisons with fixed seeds do not fail by chance."""
    return abs(estimate.value - exact) <= errors * max(estimate.stderr, 1e-12)


def test_rts79_load_table():
    load = hourly_load_mw()
    assert load.sum() == pytest.approx(15_297_074.714, abs=1e-3)
    assert len(load) == 8736
    assert load.max() == 2850.0


def test_rts79_convolution_is_exact():
    answer = assess(rts79(), Convolution())
    # Allan, Billinton & Abdel-Gawad 1986: 9.39418 h, 1176.3 MWh; further digits by two independent routes.
    assert answer.total.lolh_h.value == pytest.approx(9.394175, abs=1e-6)
    assert answer.total.eue_mwh.value == pytest.approx(1176.2985, abs=5e-5)
    assert answer.total.lolev.value == pytest.approx(1.915154, abs=1e-6)
    assert answer.total.neue_ppm.value == pytest.approx(76.897, abs=1e-3)
    assert answer.total.lole_days is None


@pytest.mark.parametrize(("added_mw", "lolh_h", "eue_mwh"), [
    (100, 19.29315, 2561.590), (200, 37.66163, 5319.371), (300, 69.75759, 10531.246), (400, 122.5493, 19968.700)])
def test_rts79_convolution_with_added_flat_load(added_mw, lolh_h, eue_mwh):
    import dataclasses

    base = rts79()
    answer = assess(dataclasses.replace(base, load_mw=base.load_mw + added_mw), Convolution())
    assert answer.total.lolh_h.value == pytest.approx(lolh_h, rel=1e-6)
    assert answer.total.eue_mwh.value == pytest.approx(eue_mwh, rel=1e-6)


def test_rts79_monte_carlo():
    answer = assess(rts79(), MonteCarlo(samples=100_000, seed=4), ShortfallSamples())
    total = answer.total
    assert near(total.lolh_h, 9.394175)
    assert near(total.eue_mwh, 1176.2985)
    assert near(total.lolev, 1.915154)
    assert abs(total.lole_days.value - 1.5909) < 4 * np.hypot(total.lole_days.stderr, 0.0015)
    hours = answer.samples[:, -1, 0]
    assert hours.std() == pytest.approx(16.18, rel=0.03)
    assert (hours > 0).mean() == pytest.approx(0.5652, abs=0.007)
    value, conditional = tail(answer.samples[:, -1, 3], 0.95)
    assert value == pytest.approx(6203, rel=0.05)
    assert conditional == pytest.approx(11367, rel=0.05)


def test_system_a_by_step():
    answer = assess(builders.system_a(), MonteCarlo(samples=100_000, seed=2), ShortfallSamples())
    assert near(answer.total.lolh_h, 0.355)
    assert near(answer.total.eue_mwh, 1.59)
    assert answer.lolp[0] == pytest.approx([0.028, 0.271, 0.028, 0.028], abs=0.006)
    assert answer.unserved_mw[0] == pytest.approx([0.29, 0.832, 0.29, 0.178], abs=0.03)
    assert (answer.samples[:, -1, 0] == 0).mean() == pytest.approx(0.669462605, abs=0.006)
    value, conditional = tail(answer.samples[:, -1, 3], 0.95)
    assert value == 10.0
    assert conditional == pytest.approx(13.132837, abs=0.15)


def test_system_a_in_steps_of_five_minutes():
    answer = assess(builders.system_a(1 / 12), MonteCarlo(samples=50_000, seed=2))
    assert near(answer.total.eue_mwh, 0.1325)
    assert near(answer.total.lolh_h, 0.355 / 12)


def test_system_1_line_and_interface():
    answer = assess(builders.system_1(), MonteCarlo(samples=100_000, seed=3), Flow())
    assert near(answer.total.lolh_h, 0.19)
    assert near(answer.total.eue_mwh, 0.647)
    assert near(answer.regions[0].lolh_h, 0.1)
    assert near(answer.regions[1].lolh_h, 0.1)
    assert near(answer.regions[0].eue_mwh, 0.314)
    assert near(answer.regions[1].eue_mwh, 0.333)
    assert answer.flow_mw[0] == pytest.approx(0.081, abs=0.03)


def test_system_2_store_that_fails():
    answer = assess(builders.system_2(), MonteCarlo(samples=200_000, seed=5), StorageEnergy())
    assert near(answer.total.lolh_h, 0.2)
    assert near(answer.total.eue_mwh, 1.5542)
    assert answer.unserved_mw[0] == pytest.approx([0.8, 0.7542], abs=0.03)
    assert answer.energy_mwh[0] == pytest.approx([1.62, 2.2842], abs=0.03)


@pytest.mark.parametrize(("store", "lolh_h", "eue_mwh", "lolev"), [
    (False, 40.638889, 851.439815, 6.350500), (True, 17.186404, 526.776505, 3.489160)])
def test_system_s_slow_outages(store, lolh_h, eue_mwh, lolev):
    answer: Assessment = assess(builders.system_s(store), MonteCarlo(samples=40_000, seed=6), StorageEnergy())
    assert near(answer.total.lolh_h, lolh_h)
    assert near(answer.total.eue_mwh, eue_mwh)
    assert near(answer.total.lolev, lolev)
    if store:
        assert answer.energy_mwh[0, -1] == pytest.approx(69.925715, abs=1.0)
        assert answer.energy_mwh[0].mean() == pytest.approx(74.477365, abs=1.0)
        assert answer.lolp[0, 18:21] == pytest.approx([0.144702, 0.250932, 0.334953], abs=0.01)


def test_rts79_with_store():
    import dataclasses

    system = dataclasses.replace(rts79(), storage=builders.stores([0], 100, 400))
    answer = assess(system, MonteCarlo(samples=4000, seed=8))
    for estimate, reference, error in ((answer.total.lolh_h, 5.3303, 0.0085), (answer.total.eue_mwh, 784.78, 1.71),
                                       (answer.total.lolev, 0.9089, 0.0012), (answer.total.lole_days, 0.8008, 0.001)):
        assert abs(estimate.value - reference) < 4 * np.hypot(estimate.stderr, error)
