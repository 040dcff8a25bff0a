"""Capacity credit and rare risk against published and exact figures."""

from __future__ import annotations

import dataclasses
import json

import numpy as np
import pytest

from gridroom.adequacy.accreditation import accredit
from gridroom.adequacy.engine import assess
from gridroom.adequacy.specs import Convolution, ImportanceSampling, MonteCarlo
from gridroom.core.errors import StudyError
from gridroom.systems import rts79
from gridroom.systems.system import probabilities
from tests import builders
from tests.test_cli import gridroom
from tests.test_known_answers import near


def unit(mw: float, rate: float):
    failure, repair = probabilities(np.array([[rate]]), np.array([[50.0]]), 1.0)
    return {"units": dataclasses.replace(builders.units([0], mw), names=("new",), failure_probability=failure,
                                         repair_probability=repair)}


# Exact figures by convolution, two independent routes; MW, +-0.01.
@pytest.mark.parametrize(("mw", "rate", "kind", "metric", "exact"), [
    (100, 0.0, "elcc", "lole", 100), (100, 0.04, "elcc", "lole", 93.792), (100, 0.04, "elcc", "eue", 94.237),
    (200, 0.1, "elcc", "lole", 161.752), (200, 0.1, "elcc", "eue", 161.423), (400, 0.12, "elcc", "lole", 260.551),
    (400, 0.12, "elcc", "eue", 247.967), (100, 0.04, "efc", "lole", 94.685), (100, 0.04, "efc", "eue", 94.100),
    (400, 0.12, "efc", "lole", 237.741), (400, 0.12, "efc", "eue", 224.986)])
def test_exact_credit_on_rts79(mw, rate, kind, metric, exact):
    found = accredit(rts79(), added=unit(mw, rate), metric=metric, kind=kind, method=Convolution())
    assert found.credit_mw.value == pytest.approx(exact, abs=0.01)
    assert found.credit_mw.stderr == 0


@pytest.mark.parametrize(("kind", "exact"), [("elcc", 260.551), ("efc", 237.741)])
def test_simulated_credit_on_rts79(kind, exact):
    found = accredit(rts79(), added=unit(400, 0.12), metric="lole", kind=kind, method=MonteCarlo(samples=20_000, seed=3))
    assert near(found.credit_mw, exact)
    assert found.credit_mw.stderr < 5


# PRAS's own test states the intervals (7, 8) and (8, 9); exact by enumeration.
@pytest.mark.parametrize(("kind", "exact"), [("elcc", 7.373805), ("efc", 8.237647)])
@pytest.mark.parametrize("search", ["curve", "bisection"])
def test_credit_on_system_a(kind, exact, search):
    added = {"units": dataclasses.replace(builders.units([0], 10), names=("new",))}
    found = accredit(builders.system_a(), added=added, kind=kind, search=search, method=MonteCarlo(samples=50_000))
    assert near(found.credit_mw, exact)


def test_marginal_and_portfolio():
    found = accredit(rts79(), ["U400-1", "U50-1"], method=MonteCarlo(samples=4000), marginal=True)
    assert found.marginal_pct.value < found.accredited_pct  # the next MW of a large unit is worth less than the mean one
    assert found.credit_mw.value < found.nameplate_mw
    assert set(found.first_in_mw) == {"U400-1", "U50-1"}


def test_credit_of_demand_response_keeps_it():
    system = builders.system_4()
    found = accredit(system, "d0", method=MonteCarlo(samples=20_000))
    assert 0 < found.credit_mw.value < 10


def test_credit_at_the_command_line(tmp_path):
    (tmp_path / "new.csv").write_text("name,capacity_mw,forced_outage_rate,mttr_h\nnew,100,0.04,50\n")
    found = json.loads(gridroom("accredit", "rts79", "--add", str(tmp_path / "new.csv"), "--exact", "--metric", "lole",
                                "--json").stdout)
    assert found["elcc_mw"]["value"] == pytest.approx(93.792, abs=0.01)
    assert found["accredited_pct"] == pytest.approx(93.792, abs=0.01)
    (tmp_path / "new.toml").write_text('[[storage]]\nname = "battery"\nregion = "1"\ndischarge_mw = 100\nenergy_mwh = 400\n')
    found = json.loads(gridroom("accredit", "rts79", "--add", str(tmp_path / "new.toml"), "--method", "efc", "--samples", "500",
                                "--json").stdout)
    assert 20 < found["efc_mw"]["value"] < 100
    assert "did you mean" in gridroom("accredit", "rts79", "--resource", "U400", code=3).stderr
    assert "either" in gridroom("accredit", "rts79", code=2).stderr


def test_credit_is_refused_where_nothing_is_ever_short():
    with pytest.raises(StudyError, match="never short"):
        accredit(rts79(1000), "U12-1", method=MonteCarlo(samples=50))


@pytest.mark.parametrize("peak_mw", [2250, 2500])
def test_importance_sampling_is_unbiased_and_worth_it(peak_mw):
    system = rts79(peak_mw)
    exact = assess(system, Convolution()).total
    found = assess(system, ImportanceSampling(samples=10_000, seed=5)).total
    for key in ("lolh_h", "eue_mwh", "lolev"):
        assert near(getattr(found, key), getattr(exact, key).value), key
    plain = assess(system, MonteCarlo(samples=10_000, seed=5)).total
    assert found.eue_mwh.stderr < 0.5 * plain.eue_mwh.stderr
    assert found.lole_days.stderr < plain.lole_days.stderr


def test_importance_sampling_of_two_regions():
    system = dataclasses.replace(builders.system([[60] * 96, [55] * 96], units=builders.units([0] * 3 + [1] * 3, 30, 0.002, 0.2)),
                                 interfaces=builders.ties([(0, 1)], 15))
    plain = assess(system, MonteCarlo(samples=200_000, seed=1))
    found = assess(system, ImportanceSampling(samples=20_000, seed=2))
    for a, b in zip((plain.total, *plain.regions), (found.total, *found.regions), strict=True):
        for key in ("lolh_h", "lole_days", "lolev", "eue_mwh"):
            one, two = getattr(a, key), getattr(b, key)
            assert abs(one.value - two.value) < 4 * np.hypot(one.stderr, two.stderr), (a.name, key)


def test_importance_sampling_refuses_what_couples_hours():
    with pytest.raises(StudyError, match="couples hours"):
        assess(builders.system_2(), ImportanceSampling(samples=10))
