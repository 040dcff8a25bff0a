"""The outlook's engine: one pass against brute force, differences between years, determinism."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from gridroom.adequacy import room_kernel
from gridroom.adequacy.years import chunk_task, pilot_caps, run_years
from gridroom.study.outcome import room_at
from tests import toy_years

SAMPLES = 200


def simulate(problem, caps, samples=SAMPLES):
    chunks = list(run_years(problem, samples, 5, jobs=2, level_every=1, caps=caps))
    days = sum(c.level_sum for c in chunks)[..., 1]
    return chunks, days


def curve(problem, added_mw):
    """LOLE in days a sample year at every level, year and region, read from one pass."""
    caps = np.broadcast_to(problem.cap_mw, (3, *problem.cap_mw.shape)).astype(np.float32)
    chunks, _ = simulate(problem, caps)
    histogram = sum(c.histogram for c in chunks)
    edge = int(added_mw / room_kernel.BIN_MW) + room_kernel.BINS // 2
    return histogram[..., :edge].sum(axis=-1)


@pytest.mark.parametrize("added_mw", [-200.0, 0.0, 100.0, 300.0])
def test_room_read_in_one_pass_is_brute_force(added_mw):
    problem = toy_years.toy()
    no_caps = np.full((3, 2, 2), -np.inf, np.float32)
    for region in range(2):
        _, days = simulate(toy_years.with_added(problem, region, added_mw), no_caps)
        assert days[:, :, region].min() > 0, "the toy must have something to compare"
        # Two regions and no store: equal day for day, but for float rounding at the edge of a bin.
        assert curve(problem, added_mw)[:, :, region] == pytest.approx(days[:, :, region], abs=2)


def test_room_with_three_regions_is_close_to_brute_force():
    problem = toy_years.toy(regions=3, tie_mw=150.0)
    no_caps = np.full((3, 2, 3), -np.inf, np.float32)
    one_pass = curve(problem, 200.0)
    for region in range(3):
        _, days = simulate(toy_years.with_added(problem, region, 200.0), no_caps)
        # Where two regions want the same surplus, who goes short is a matter of order.
        assert one_pass[:, :, region] == pytest.approx(days[:, :, region], rel=0.06)


def test_room_with_stores_is_close_to_brute_force_and_safe():
    problem = toy_years.toy(power=120.0)
    no_caps = np.full((3, 2, 2), -np.inf, np.float32)
    one_pass = curve(problem, 150.0)
    for region in range(2):
        _, days = simulate(toy_years.with_added(problem, region, 150.0), no_caps)
        assert (one_pass[:, :, region] >= 0.95 * days[:, :, region]).all(), "neighbours' stores are not counted on"
        assert one_pass[:, :, region] == pytest.approx(days[:, :, region], rel=0.45)


def test_sign_of_room_agrees_with_the_dispatch():
    problem = toy_years.toy(power=120.0)
    caps = np.broadcast_to(problem.cap_mw, (3, *problem.cap_mw.shape)).astype(np.float32)
    chunks, days = simulate(problem, caps)
    histogram = sum(c.histogram for c in chunks)
    assert (histogram[..., :room_kernel.BINS // 2].sum(axis=-1) == days[:, :, :-1]).all()


def test_caps_do_not_change_what_is_below_them():
    problem = toy_years.toy()
    wide = np.broadcast_to(problem.cap_mw, (3, *problem.cap_mw.shape)).astype(np.float32)
    tight = pilot_caps(problem, 5, 1, days=1.0)
    assert (tight < wide).any()
    a, b = (sum(c.histogram for c in simulate(problem, caps)[0]) for caps in (wide, tight))
    edge = ((tight // room_kernel.BIN_MW) + room_kernel.BINS // 2).astype(int)
    for index in np.ndindex(*edge.shape):
        assert (a[index][:edge[index]] == b[index][:edge[index]]).all()


def test_years_are_what_each_would_be_alone():
    problem = toy_years.toy()
    both = np.concatenate([c.path for c in run_years(problem, 40, 9, level_every=0,
                                                     caps=np.full((3, 2, 2), -np.inf, np.float32))])
    fleet = problem.fleet
    present = fleet.enter <= 1
    gone = present & (fleet.leave > 1)
    # Second year alone: units that do not serve it get no capacity, so that the draws stay the same.
    alone = dataclasses.replace(
        problem, study_years=(2027,), wind_mw=problem.wind_mw[1:], solar_mw=problem.solar_mw[1:],
        firm_mw=problem.firm_mw[1:], rest_mw=problem.rest_mw[1:], stores=problem.stores[1:],
        path_growth=problem.path_growth[:, 1:], path_flat_mw=problem.path_flat_mw[:, 1:],
        level_growth=problem.level_growth[:, 1:], level_flat_mw=problem.level_flat_mw[:, 1:], cap_mw=problem.cap_mw[1:],
        fleet=fleet._replace(summer=np.where(gone, fleet.summer, 0).astype(np.int32),
                             winter=np.where(gone, fleet.winter, 0).astype(np.int32),
                             enter=np.zeros_like(fleet.enter), leave=np.ones_like(fleet.leave)))
    single = np.concatenate([c.path for c in run_years(alone, 40, 9, level_every=0,
                                                       caps=np.full((3, 1, 2), -np.inf, np.float32))])
    assert both[:, 1] == pytest.approx(single[:, 0], rel=1e-5, abs=1e-3)
    assert both[:, 1, -1, 3].sum() > 0


def test_threads_and_splits_change_nothing():
    problem = toy_years.toy(power=60.0)
    caps = pilot_caps(problem, 3, 1)
    one = list(run_years(problem, 24, 3, jobs=1, caps=caps))
    two = list(run_years(problem, 24, 3, jobs=2, caps=pilot_caps(problem, 3, 2)))
    for a, b in zip(one, two, strict=True):
        assert (a.path == b.path).all()
        assert (a.histogram == b.histogram).all()
        assert (a.level_sum == b.level_sum).all()
    resumed = list(run_years(problem, 24, 3, caps=caps, skip=3))
    assert (resumed[0].path == one[3].path).all()
    by_hand = chunk_task(problem, 3, 1, caps)((12, 16))
    assert (by_hand.path == one[3].path).all()


def test_storms_strike_by_their_chance():
    problem = toy_years.toy()
    calm = np.zeros_like(problem.hazard[:1])
    never = dataclasses.replace(problem, hazard=np.concatenate([problem.hazard, calm]),
                                first_out=np.concatenate([problem.first_out, np.zeros((1, 2))]),
                                storm_row=np.array([2, 1]), storm_chance=np.array([1.0, 0.0]))
    caps = np.full((3, 2, 2), -np.inf, np.float32)
    path = np.concatenate([c.path for c in run_years(never, 40, 2, level_every=0, caps=caps)])
    assert path[0::2, :, -1, 3].sum() == 0, "weather year 0 always takes the variant without outages"
    assert path[1::2, :, -1, 3].sum() > 0


def test_room_at_reads_the_curve():
    histogram = np.zeros(room_kernel.BINS, np.int64)
    middle = room_kernel.BINS // 2
    histogram[middle - 2] = 4
    histogram[middle + 4] = 10
    room, censored = room_at(histogram, 100.0, 0.04, np.array(5000.0))
    assert (float(room), bool(censored)) == (-50.0, False)
    room, censored = room_at(histogram, 100.0, 0.09, np.array(5000.0))
    assert float(room) == pytest.approx(225.0)
    room, censored = room_at(histogram, 100.0, 0.5, np.array(5000.0))
    assert (float(room), bool(censored)) == (5000.0, True)
