"""Small systems for tests, most with exact answers by full enumeration."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import numpy as np

from gridroom.core.timeaxis import TimeAxis
from gridroom.systems.system import DemandResponse, Hybrids, Interfaces, Lines, Storage, System, Units


def table(value: Any, rows: int) -> np.ndarray:
    """(rows, 1) or (rows, T) table of floats."""
    array = np.asarray(value, dtype=float)
    if array.ndim == 0:
        return np.full((rows, 1), float(array))
    return array.reshape(rows, -1)


def units(region: list[int], capacity: Any, fail: Any = 0.1, repair: Any = 0.9) -> Units:
    n = len(region)
    return Units(names=tuple(f"u{k}" for k in range(n)), categories=("unit",) * n, region=np.array(region, np.int64),
                 capacity_mw=table(capacity, n), failure_probability=table(fail, n), repair_probability=table(repair, n))


def stores(region: list[int], power: Any, energy: Any, efficiency: tuple[float, float] = (1.0, 1.0), fail: Any = 0.0,
           repair: Any = 1.0, initial: Any = 0.0) -> Storage:
    n = len(region)
    return Storage(names=tuple(f"s{k}" for k in range(n)), categories=("store",) * n, region=np.array(region, np.int64),
                   charge_mw=table(power, n), discharge_mw=table(power, n), energy_mwh=table(energy, n),
                   charge_efficiency=table(efficiency[0], n), discharge_efficiency=table(efficiency[1], n),
                   carryover_efficiency=table(1.0, n), failure_probability=table(fail, n),
                   repair_probability=table(repair, n), initial_mwh=np.broadcast_to(np.asarray(initial, float), (n,)))


def ties(pairs: list[tuple[int, int]], forward: Any, backward: Any | None = None) -> Interfaces:
    n = len(pairs)
    back = forward if backward is None else backward
    return Interfaces(start=np.array([a for a, _ in pairs], np.int64), end=np.array([b for _, b in pairs], np.int64),
                      forward_mw=table(forward, n), backward_mw=table(back, n))


def system(load: Any, step_h: float = 1.0, **parts: Any) -> System:
    load = np.atleast_2d(np.asarray(load, dtype=float))
    return System(name="toy", axis=TimeAxis(start=datetime(2030, 1, 1, tzinfo=UTC), step_h=step_h, steps=load.shape[1]),
                  regions=tuple(f"R{k + 1}" for k in range(len(load))), load_mw=load,
                  day_shift_h=np.zeros(len(load)), **parts)


def system_a(step_h: float = 1.0) -> System:
    """One region, three units of 10 MW at 0.1, and a certain unit of 5 6 7 8 MW."""
    capacity = np.array([[10] * 4, [10] * 4, [10] * 4, [5, 6, 7, 8]], float)
    return system([25, 28, 27, 24], step_h, units=units([0] * 4, capacity, [0.1, 0.1, 0.1, 0.0], [0.9, 0.9, 0.9, 1.0]))


def system_1() -> System:
    """Two regions, one unit of 15 MW each, one line of 8 MW, everything at 0.1."""
    return system([[8], [9]], units=units([0, 1], 15), interfaces=ties([(0, 1)], 8),
                  lines=Lines(names=("l",), categories=("line",), interface=np.zeros(1, np.int64), forward_mw=table(8, 1),
                              backward_mw=table(8, 1), failure_probability=table(0.1, 1),
                              repair_probability=table(0.9, 1)))


def system_2() -> System:
    """One region, a unit and a store of 10 MW at 0.1, two hours."""
    return system([8, 9], units=units([0], 10), storage=stores([0], 10, 10, fail=0.1, repair=0.9))


DAY_S = (60, 55, 52, 50, 50, 55, 65, 80, 95, 100, 102, 104, 105, 104, 103, 102, 105, 115, 125, 130, 126, 110, 90, 70)


def system_s(store: bool) -> System:
    """Three units of 50 MW with slow outages, seven equal days, with or without 30 MW / 90 MWh."""
    parts: dict[str, Any] = {"storage": stores([0], 30, 90)} if store else {}
    return system(list(DAY_S) * 7, units=units([0] * 3, 50, 0.02, 0.10), **parts)


def demand_response(region: list[int], borrow: Any, payback: Any, energy: Any, window: Any, fail: Any = 0.1, repair: Any = 0.9,
                    interest: Any = 0.0, efficiency: tuple[float, float] = (1.0, 1.0)) -> DemandResponse:
    n = len(region)
    return DemandResponse(
        names=tuple(f"d{k}" for k in range(n)), categories=("dr",) * n, region=np.array(region, np.int64),
        borrow_mw=table(borrow, n), payback_mw=table(payback, n), energy_mwh=table(energy, n), interest=table(interest, n),
        borrow_efficiency=table(efficiency[0], n), payback_efficiency=table(efficiency[1], n), window_steps=table(window, n),
        failure_probability=table(fail, n), repair_probability=table(repair, n))


def hybrids(region: list[int], inflow: Any, injection: Any, withdrawal: Any, power: Any, energy: Any,
            efficiency: tuple[float, float] = (1.0, 1.0), fail: Any = 0.0, repair: Any = 1.0, initial: Any = 0.0) -> Hybrids:
    n = len(region)
    return Hybrids(
        names=tuple(f"h{k}" for k in range(n)), categories=("hybrid",) * n, region=np.array(region, np.int64),
        inflow_mw=table(inflow, n), grid_injection_mw=table(injection, n), grid_withdrawal_mw=table(withdrawal, n),
        charge_mw=table(power, n), discharge_mw=table(power, n), energy_mwh=table(energy, n),
        charge_efficiency=table(efficiency[0], n), discharge_efficiency=table(efficiency[1], n),
        carryover_efficiency=table(1.0, n), failure_probability=table(fail, n), repair_probability=table(repair, n),
        initial_mwh=np.broadcast_to(np.asarray(initial, float), (n,)))


def lines(interface: list[int], limit: Any, fail: Any = 0.1, repair: Any = 0.9) -> Lines:
    n = len(interface)
    return Lines(names=tuple(f"l{k}" for k in range(n)), categories=("line",) * n, interface=np.array(interface, np.int64),
                 forward_mw=table(limit, n), backward_mw=table(limit, n), failure_probability=table(fail, n),
                 repair_probability=table(repair, n))


def system_4() -> System:
    """One region, a unit of 57 MW and demand response of 10 MW within 2 steps, all at 0.1, six hours."""
    return system([56, 58, 60, 61, 59, 53], units=units([0], 57), demand_response=demand_response([0], 10, 10, 10, 2))


def system_6() -> System:
    """Three regions with demand response and lines of 100 MW, everything at 0.1, six hours."""
    load = [[19, 20, 25, 26, 24, 25], [20, 21, 30, 27, 23, 24], [22, 26, 27, 25, 23, 24]]
    capacity = [[10] * 6, [4, 3, 2, 3, 4, 3], [10] * 6, [10] * 6, [6, 5, 3, 4, 3, 2], [10, 10, 15, 10, 10, 10],
                [20, 20, 25, 20, 22, 24], [2, 1, 2, 1, 2, 2]]
    return system(load, units=units([0, 0, 1, 1, 1, 2, 2, 2], np.array(capacity, float)),
                  demand_response=demand_response([0, 1, 2], [[5], [4], [3]], [[5], [4], [3]], [[10], [8], [6]], 4),
                  interfaces=ties([(0, 1), (0, 2), (1, 2)], 100), lines=lines([0, 1, 2], 100))
