"""The dispatch kernels against slow, obvious twins: linear programs, step-by-step chains, bisection."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import linprog

from gridroom.adequacy import sampling, storage
from gridroom.adequacy.dispatch import Network, make_work, set_limits, set_step, share_generation, solve_step
from gridroom.adequacy.room_kernel import day_room, deliverable


def random_grid(seed: int, regions: int = 6) -> tuple[np.ndarray, Network, np.random.Generator]:
    draw = np.random.default_rng(seed)
    pairs = [(a, b) for a in range(regions) for b in range(a + 1, regions) if draw.random() < 0.45]
    pairs = pairs or [(0, 1)]
    start, end = (np.array(side, np.int64) for side in zip(*pairs, strict=True))
    limits = [np.round(draw.uniform(0, 60, (len(pairs), 1)), 1) for _ in range(2)]
    return np.round(draw.normal(0, 50, (regions, 1)), 1), Network(start, end, *limits), draw


def cheapest(supply: np.ndarray, need: np.ndarray, network: Network) -> tuple[float, float]:
    """Twin: least unserved, then fewest crossings, as one linear program; (unserved, crossings)."""
    regions, ties = len(supply), len(network.start)
    # variables: used supply (R), served (R), forward (I), backward (I)
    cost = np.concatenate([np.zeros(regions), np.full(regions, -1000.0), np.ones(2 * ties)])
    balance = np.zeros((regions, len(cost)))
    for r in range(regions):
        balance[r, r], balance[r, regions + r] = 1.0, -1.0
    for i, (a, b) in enumerate(zip(network.start, network.end, strict=True)):
        balance[a, 2 * regions + i], balance[b, 2 * regions + i] = -1.0, 1.0
        balance[a, 2 * regions + ties + i], balance[b, 2 * regions + ties + i] = 1.0, -1.0
    bounds = [(0, s) for s in supply] + [(0, n) for n in need] + [(0, f) for f in network.forward_mw[:, 0]] + [
        (0, f) for f in network.backward_mw[:, 0]]
    answer = linprog(cost, A_eq=balance, b_eq=np.zeros(regions), bounds=bounds, method="highs")
    served = answer.x[regions:2 * regions].sum()
    return float(need.sum() - served), float(answer.x[2 * regions:].sum())


@pytest.mark.parametrize("seed", range(40))
def test_flow_serves_the_most_with_the_fewest_crossings(seed):
    margin, network, _ = random_grid(seed)
    work = make_work(len(margin), network.start, network.end, 0)
    set_limits(network, 0, work)
    set_step(margin, network, 0, work)
    supply, need = work.supply.copy(), work.need.copy()
    share_generation(network, work)
    unserved, crossings = cheapest(supply, need, network)
    assert work.need.sum() == pytest.approx(unserved, abs=1e-4)
    assert np.abs(work.flow).sum() == pytest.approx(crossings, abs=1e-3)


@pytest.mark.parametrize("seed", range(40))
def test_every_region_balances_in_a_step_with_storage(seed):
    margin, network, draw = random_grid(seed)
    regions = len(margin)
    first = np.arange(regions + 1, dtype=np.int64) * 2
    power = draw.uniform(0, 20, (2 * regions, 1))
    size = power * draw.uniform(0.5, 6, (2 * regions, 1))
    efficiency = draw.uniform(0.7, 1.0, (2 * regions, 1))
    stores = storage.Stores(first, power, power, size, efficiency, efficiency, np.ones_like(power), size[:, 0])
    work = make_work(regions, network.start, network.end, 2 * regions)
    set_limits(network, 0, work)
    storage.set_now(stores, np.ones(2 * regions, bool), 0, work.now)
    work.now.energy[:] = size[:, 0] * draw.uniform(0, 1, 2 * regions)
    before = work.now.energy.copy()
    solve_step(margin, 0, 1.0, network, work)
    change = work.now.energy - before
    given = np.where(change < 0, -change * efficiency[:, 0], -change / efficiency[:, 0])
    by_region = given.reshape(regions, 2).sum(axis=1)
    net_import = np.zeros(regions)
    np.add.at(net_import, network.end, work.flow)
    np.add.at(net_import, network.start, -work.flow)
    spill = margin[:, 0] + by_region + net_import + work.unserved
    assert (spill >= -1e-6).all(), "no region uses more than it has"
    assert (spill[work.unserved > 1e-6] <= 1e-6).all(), "no region is short beside unused power"
    assert (np.abs(work.flow) <= np.where(work.flow >= 0, work.forward, work.backward) + 1e-6).all()
    assert ((work.now.energy >= -1e-9) & (work.now.energy <= work.now.limit + 1e-9)).all()
    assert (np.maximum(given, 0) <= power[:, 0] + 1e-6).all()


@pytest.mark.parametrize("seed", range(40))
def test_storage_leaves_the_least_unserved(seed):
    margin, network, draw = random_grid(seed)
    regions = len(margin)
    power, size = draw.uniform(0, 20, (regions, 1)), draw.uniform(0, 30, (regions, 1))
    one = np.ones((regions, 1))
    stores = storage.Stores(np.arange(regions + 1, dtype=np.int64), power, power, size, one, one, one, size[:, 0])
    work = make_work(regions, network.start, network.end, regions)
    set_limits(network, 0, work)
    storage.set_now(stores, np.ones(regions, bool), 0, work.now)
    work.now.energy[:] = size[:, 0]
    solve_step(margin, 0, 1.0, network, work)
    offer = np.minimum(power, size)[:, 0]
    m = margin[:, 0]
    unserved, _ = cheapest(np.maximum(m, 0) + offer, np.maximum(-m, 0), network)
    assert work.unserved.sum() == pytest.approx(unserved, abs=1e-4)


@pytest.mark.parametrize("seed", range(30))
def test_discharge_levels_time_to_go(seed):
    draw = np.random.default_rng(seed)
    n = 4
    power, energy = draw.uniform(1, 10, n), draw.uniform(0, 40, n)
    now = storage.Now(np.array([0, n]), power.copy(), power.copy(), power.copy(),
                      np.full(n, 100.0), np.ones(n), np.ones(n), 1 / power,
                      energy.copy())
    wanted = draw.uniform(0, 1) * np.minimum(power, energy).sum()
    assert storage.discharge(now, 1.0, 0, wanted) == pytest.approx(wanted, abs=1e-6)
    low, high = 0.0, float((energy / power).max())
    for _ in range(200):  # twin: bisection on the level
        level = 0.5 * (low + high)
        give = np.minimum(power, np.maximum(energy - level * power, 0.0))
        low, high = (level, high) if give.sum() >= wanted else (low, level)
    assert energy - now.energy == pytest.approx(give, abs=1e-5)


@pytest.mark.parametrize("seed", range(30))
def test_charge_fills_the_shortest_first(seed):
    draw = np.random.default_rng(seed)
    n = 4
    power, limit = draw.uniform(1, 10, n), draw.uniform(10, 60, n)
    energy = limit * draw.uniform(0, 1, n)
    now = storage.Now(np.array([0, n]), power.copy(), power.copy(), power.copy(),
                      limit, np.full(n, 0.9), np.ones(n), 1 / power,
                      energy.copy())
    most = np.minimum(power, (limit - energy) / 0.9).sum()
    offered = draw.uniform(0, 1) * most
    assert storage.charge(now, 1.0, 0, offered) == pytest.approx(offered, abs=1e-6)
    assert (now.energy - energy).sum() == pytest.approx(0.9 * offered, abs=1e-6)
    hours, taken = now.energy / power, (now.energy - energy) > 1e-7
    held_back = taken & (now.energy - energy < 0.9 * power - 1e-7) & (now.energy < limit - 1e-7)
    waiting = ~taken & (energy < limit - 1e-7)
    if held_back.any() and waiting.any():
        assert hours[held_back].max() <= hours[waiting].min() + 1e-6


@pytest.mark.parametrize("seed", range(30))
def test_deliverable_margin_is_a_maximum_flow(seed):
    margin, network, _ = random_grid(seed)
    regions = len(margin)
    work, spare = (make_work(regions, network.start, network.end, 0) for _ in range(2))
    set_limits(network, 0, work)
    set_step(margin, network, 0, work)
    share_generation(network, work)
    for region in range(regions):
        m = float(margin[region, 0])
        if work.need[region] > 1e-6 or m < 0:
            continue
        got = deliverable(m, region, 1e6, work.supply, work.flow, network, work, spare)
        # Twin: region takes all it can while what the others are served in this step stays served.
        others = np.maximum(-margin[:, 0], 0) - work.need
        supply = np.maximum(margin[:, 0], 0)
        served, _ = cheapest(np.where(np.arange(regions) == region, 0.0, supply), others, network)
        if served > 1e-6:
            continue  # the others need this region's surplus: own generation first, see the two-region test
        need = others.copy()
        need[region] = 1e5
        supply[region] = 0.0
        unserved, _ = cheapest(supply, need, network)
        imports = float(need.sum() - unserved - others.sum())
        assert got == pytest.approx(m + imports, abs=1e-3)


@pytest.mark.parametrize("seed", range(30))
def test_day_room_is_the_level_that_stores_can_hold(seed):
    draw = np.random.default_rng(seed)
    values, energy, power, cap = draw.normal(0, 500, 12), draw.uniform(0, 3000), draw.uniform(50, 900), 2000.0
    low, high = -5000.0, cap
    for _ in range(100):  # twin: largest load whose gaps fit power and energy
        level = 0.5 * (low + high)
        gaps = np.maximum(level - values, 0)
        low, high = (level, high) if gaps.sum() <= energy and gaps.max() <= power else (low, level)
    assert day_room(values, energy, power, cap) == pytest.approx(low, abs=1e-6)


def chain(failure: np.ndarray, repair: np.ndarray, samples: int, seed: int) -> np.ndarray:
    """Twin: step-by-step two-state chain; share of samples up in each step."""
    draw = np.random.default_rng(seed)
    up = draw.random(samples) < repair[0] / (repair[0] + failure[0])
    share = [up.mean()]
    for t in range(1, len(failure)):
        u = draw.random(samples)
        up = np.where(up, u >= failure[t], u < repair[t])
        share.append(up.mean())
    return np.array(share)


@pytest.mark.parametrize("varying", [False, True])
def test_outage_events_follow_the_chain(varying):
    steps, samples = 60, 20_000
    t = np.arange(steps)
    failure = np.where(varying, 0.02 + 0.3 * (t % 20 == 5), 0.05)
    repair = np.where(varying, 0.10 + 0.4 * (t % 15 == 3), 0.25)
    fleet = sampling.make_fleet([1], failure[None, :] if varying else failure[None, :1],
                                repair[None, :] if varying else repair[None, :1], np.zeros(1, np.int64), np.zeros(1), steps)
    none = np.zeros(0, np.int64)
    common = sampling.Common(np.zeros(0), np.zeros(1, np.int64), none, none, np.zeros((0, 1)))
    events = sampling.make_events(fleet, common, steps)
    up = np.ones((samples, steps))
    for sample in range(samples):
        for k in range(sampling.draw_outages(fleet, common, 3, sample, steps, events)):
            up[sample, events.start[k]:events.end[k]] = 0.0
    # Exact: a_t = a_(t-1)(1 - l_t) + (1 - a_(t-1)) m_t.
    exact = [repair[0] / (repair[0] + failure[0])]
    for k in range(1, steps):
        exact.append(exact[-1] * (1 - failure[k]) + (1 - exact[-1]) * repair[k])
    error = 4.5 * np.sqrt(0.25 / samples)
    assert up.mean(axis=0) == pytest.approx(exact, abs=error)
    assert chain(failure, repair, samples, 5) == pytest.approx(exact, abs=error)
