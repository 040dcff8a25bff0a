"""A tiny outlook: few regions, one or two study years, short weather years."""

from __future__ import annotations

import dataclasses

import numpy as np

from gridroom.adequacy.dispatch import Network
from gridroom.adequacy.outages import hazard, inverse_log
from gridroom.adequacy.storage import Stores
from gridroom.adequacy.years import Years
from gridroom.adequacy.years_kernel import Fleet

DAYS = 40
HOURS = 24 * DAYS


def stores(power: list[float], hours: float) -> Stores:
    table = np.array(power, float)[:, None]
    one = np.ones_like(table)
    return Stores(np.arange(len(power) + 1, dtype=np.int64), table, table, hours * table, one, one, one,
                  hours * table[:, 0])


def toy(seed: int = 1, regions: int = 2, power: float = 0.0, tie_mw: float = 300.0) -> Years:
    """Regions in a row, joined by ties of `tie_mw`; 30 units of 100 MW each; the second year loses and gains units."""
    draw = np.random.default_rng(seed)
    hour = np.arange(HOURS)
    weather, units = 2, 30
    shape = 1 + 0.18 * np.sin((hour % 24 - 9) / 24 * 2 * np.pi)
    load = np.stack([[(2150 + 60 * r) * shape * (1 + 0.05 * draw.standard_normal(DAYS)).repeat(24)
                      for r in range(regions)] for _ in range(weather)]).astype(np.float32)
    failure, repair = 0.004, 0.03
    table = np.repeat(hazard(np.full((1, HOURS), failure))[None], weather, axis=0).repeat(regions, axis=1)
    region = np.repeat(np.arange(regions), units)
    n = regions * units
    enter, leave = np.zeros(n, np.int64), np.full(n, 2, np.int64)
    enter[::15], leave[7::15] = 1, 1
    cent = np.full(n, 100_00, np.int32)
    fleet = Fleet(region, region.astype(np.int64), cent, cent, enter, leave, np.full(n, 100), np.full(n, 148),
                  inverse_log(np.full(n, repair)))
    serving = np.stack([[100.0 * ((region == r) & (enter <= y) & (leave > y)).sum() for r in range(regions)]
                        for y in range(2)])
    rest = np.zeros((2, regions, HOURS), np.float32)
    rest[:, :, 100:148] = serving[:, :, None]
    zero = np.zeros((weather, regions, HOURS), np.float32)
    start = np.arange(regions - 1, dtype=np.int64)
    limit = np.full((regions - 1, 1), tie_mw)
    day = np.broadcast_to(hour // 24, (regions + 1, HOURS)).astype(np.int64)
    flat = np.zeros((3, 2, regions), np.float32)
    flat[1], flat[2] = 100.0, 200.0
    return Years(
        study_years=(2026, 2027), weather_years=(2016, 2017), steps=np.full(weather, HOURS), load_mw=load, wind_pu=zero,
        solar_pu=zero, hydro_mw=zero, wind_mw=np.zeros((2, regions), np.float32),
        solar_mw=np.zeros((2, regions), np.float32),
        # In the resting hours all units are away and the load is served by a block of the same size.
        firm_mw=np.repeat(serving[:, :, None], 2, axis=2).astype(np.float32), rest_mw=rest * 0,
        seasons=np.tile([0, HOURS], (weather, 1)), fleet=fleet, hazard=table,
        first_out=np.full((weather, regions), failure / (failure + repair)), storm_row=np.arange(weather),
        storm_chance=np.zeros(weather), stores=(stores([power] * regions, 4.0),) * 2,
        network=Network(start, start + 1, limit, limit), day_of=day, hour=np.mod(np.broadcast_to(hour, day.shape), 24),
        month=np.zeros((weather, HOURS), np.int64),
        flat_shape=np.ones((weather, regions, HOURS), np.float32), path_growth=np.ones((4, 2, regions), np.float32),
        path_flat_mw=np.zeros((4, 2, regions), np.float32), level_growth=np.ones((3, 2, regions), np.float32),
        level_flat_mw=flat, cap_mw=np.full((2, regions), 1200.0, np.float32))


def with_added(problem: Years, region: int, added_mw: float) -> Years:
    """The same with flat load added in one region at all levels."""
    flat = problem.level_flat_mw.copy()
    flat[:, :, region] += added_mw
    return dataclasses.replace(problem, level_flat_mw=flat)
