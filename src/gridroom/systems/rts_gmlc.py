"""RTS-GMLC: the reliability test system of 1996 brought up to date, three regions, 8,784 hours of 2020.

The solar thermal plant (200 MW) is left out: its inflow is not in the published tables that ship here. Interface limits are
those that NREL's PRAS uses for this system.

References
----------
.. [1] Barrows et al. 2020, *The IEEE Reliability Test System: a proposed 2019 update*, IEEE Trans. Power Systems 35(1),
   119-127, doi 10.1109/TPWRS.2019.2925557.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np

from gridroom.core.timeaxis import TimeAxis
from gridroom.reference import catalog
from gridroom.systems.assets import Interfaces, Lines, Storage, Units
from gridroom.systems.system import System

PROFILE = {"Wind": "wind", "Solar PV": "pv", "Solar RTPV": "rtpv", "Hydro": "hydro"}
LINES = (("AB1", 0, 175.0), ("AB2", 0, 500.0), ("AB3", 0, 500.0), ("CA-1", 1, 500.0), ("113_316_1", 1, 100.0),
         ("CB-1", 2, 500.0))
STORE_H = 3.0  # hours of the battery, 313_STORAGE_1


def rts_gmlc(load_factor: float = 1.0) -> System:
    """RTS-GMLC with its day-ahead load and output of 2020, lines that never fail.

    Parameters
    ----------
    load_factor : float
        Factor on every load; at 1 almost nothing ever happens.

    Returns
    -------
    System
    """
    table = catalog.load("rts_gmlc_units")
    profiles = catalog.load("rts_gmlc_profiles")
    steps = len(profiles)
    load = np.stack([profiles[f"load_region{r}_mw"].to_numpy() / 10.0 for r in (1, 2, 3)]) * load_factor
    rows = table[~table["category"].isin(["Storage", "CSP"])]
    capacity = np.empty((len(rows), steps))
    for k, (region, category, mw) in enumerate(zip(rows["region"], rows["category"], rows["capacity_mw"], strict=True)):
        share = profiles[f"{PROFILE[category]}_region{region}_cf"].to_numpy() / 10_000 if category in PROFILE else 1.0
        capacity[k] = mw * share
    mttf, mttr = rows["mttf_h"].to_numpy(np.float64), rows["mttr_h"].to_numpy(np.float64)
    fallible = mttf > 0
    failure = np.divide(1.0, mttf, out=np.zeros_like(mttf), where=fallible)
    repair = np.divide(1.0, mttr, out=np.ones_like(mttr), where=fallible)
    store = table[table["category"] == "Storage"]
    power = store["capacity_mw"].to_numpy(np.float64)[:, None]
    one, limit = np.ones((len(store), 1)), np.full((3, 1), 1e12)
    line_mw = np.array([mw for *_, mw in LINES])[:, None]
    return System(
        name="rts-gmlc", regions=("1", "2", "3"), load_mw=load, day_shift_h=np.zeros(3),
        axis=TimeAxis(start=datetime(2020, 1, 1, tzinfo=UTC), step_h=1.0, steps=steps),
        units=Units(names=tuple(rows["name"]), categories=tuple(rows["category"]),
                    region=rows["region"].to_numpy(np.int64) - 1, capacity_mw=capacity,
                    failure_probability=failure[:, None], repair_probability=repair[:, None],
                    maintenance_weeks=rows["maintenance_weeks"].to_numpy(np.float64)),
        storage=Storage(names=tuple(store["name"]), categories=tuple(store["category"]),
                        region=store["region"].to_numpy(np.int64) - 1, charge_mw=power, discharge_mw=power,
                        energy_mwh=power * STORE_H, charge_efficiency=one, discharge_efficiency=one,
                        carryover_efficiency=one, failure_probability=0 * one, repair_probability=one,
                        initial_mwh=np.zeros(len(store))),
        interfaces=Interfaces(start=np.array([0, 0, 1]), end=np.array([1, 2, 2]), forward_mw=limit, backward_mw=limit),
        lines=Lines(names=tuple(name for name, *_ in LINES), categories=("line",) * len(LINES),
                    interface=np.array([i for _, i, _ in LINES]), forward_mw=line_mw, backward_mw=line_mw,
                    failure_probability=np.zeros((len(LINES), 1)), repair_probability=np.ones((len(LINES), 1))))
