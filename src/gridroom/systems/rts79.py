"""IEEE Reliability Test System 1979: 32 units, 3,405 MW, peak 2,850 MW, 8,736 hours.

References
----------
.. [1] IEEE RTS Task Force 1979, *IEEE Reliability Test System*, IEEE Trans. PAS-98(6), 2047-2054.
"""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from gridroom.core.timeaxis import TimeAxis
from gridroom.systems.system import System, Units

# capacity MW, units, MTTF h, MTTR h, maintenance weeks a year, kind
UNITS = (
    (12, 5, 2940, 60, 2, "oil steam"), (20, 4, 450, 50, 2, "oil CT"), (50, 6, 1980, 20, 2, "hydro"),
    (76, 4, 1960, 40, 3, "coal"), (100, 3, 1200, 50, 3, "oil steam"), (155, 4, 960, 40, 4, "coal"),
    (197, 3, 950, 50, 4, "oil steam"), (350, 1, 1150, 100, 5, "coal"), (400, 2, 1100, 150, 6, "nuclear"),
)
WEEK_PCT = (
    86.2, 90.0, 87.8, 83.4, 88.0, 84.1, 83.2, 80.6, 74.0, 73.7, 71.5, 72.7, 70.4, 75.0, 72.1, 80.0, 75.4, 83.7, 87.0,
    88.0, 85.6, 81.1, 90.0, 88.7, 89.6, 86.1, 75.5, 81.6, 80.1, 88.0, 72.2, 77.6, 80.0, 72.9, 72.6, 70.5, 78.0, 69.5,
    72.4, 72.4, 74.3, 74.4, 80.0, 88.1, 88.5, 90.9, 94.0, 89.0, 94.2, 97.0, 100.0, 95.2,
)
DAY_PCT = (93, 100, 98, 96, 94, 77, 75)
HOUR_PCT = {
    ("winter", "weekday"): (67, 63, 60, 59, 59, 60, 74, 86, 95, 96, 96, 95, 95, 95, 93, 94, 99, 100, 100, 96, 91, 83,
                            73, 63),
    ("winter", "weekend"): (78, 72, 68, 66, 64, 65, 66, 70, 80, 88, 90, 91, 90, 88, 87, 87, 91, 100, 99, 97, 94, 92,
                            87, 81),
    ("summer", "weekday"): (64, 60, 58, 56, 56, 58, 64, 76, 87, 95, 99, 100, 99, 100, 100, 97, 96, 96, 93, 92, 92, 93,
                            87, 72),
    ("summer", "weekend"): (74, 70, 66, 65, 64, 62, 62, 66, 81, 86, 91, 93, 93, 92, 91, 91, 92, 94, 95, 95, 100, 93,
                            88, 80),
    ("spring", "weekday"): (63, 62, 60, 58, 59, 65, 72, 85, 95, 99, 100, 99, 93, 92, 90, 88, 90, 92, 96, 98, 96, 90,
                            80, 70),
    ("spring", "weekend"): (75, 73, 69, 66, 65, 65, 68, 74, 83, 89, 92, 94, 91, 90, 90, 86, 85, 88, 92, 100, 97, 95,
                            90, 85),
}


def _season(week: int) -> str:
    if week <= 8 or week >= 44:
        return "winter"
    return "summer" if 18 <= week <= 30 else "spring"


def hourly_load_mw(peak_mw: float = 2850.0) -> NDArray[np.float64]:
    """Hourly load, unrounded [MW], shape (8736,); week 1 starts in January, day 1 is a Monday."""
    rows = []
    for week, weekly in enumerate(WEEK_PCT, start=1):
        for day, daily in enumerate(DAY_PCT):
            shape = HOUR_PCT[(_season(week), "weekend" if day >= 5 else "weekday")]
            rows.append(peak_mw * weekly / 100 * daily / 100 * np.array(shape) / 100)
    return np.concatenate(rows)


def rts79(peak_mw: float = 2850.0) -> System:
    """Single-area RTS-79 with unrounded hourly load and no maintenance.

    Parameters
    ----------
    peak_mw : float
        Annual peak [MW].

    Returns
    -------
    System
    """
    names, kinds, capacity, fail, repair, weeks = [], [], [], [], [], []
    for mw, count, mttf, mttr, planned, kind in UNITS:
        for k in range(count):
            names.append(f"U{mw}-{k + 1}")
            kinds.append(kind)
            capacity.append(float(mw))
            fail.append(1.0 / mttf)
            repair.append(1.0 / mttr)
            weeks.append(float(planned))
    load = hourly_load_mw(peak_mw)[None, :]
    return System(
        name="rts79", regions=("1",), load_mw=load, day_shift_h=np.zeros(1),
        # The table's year has no date; 2018 began on a Monday, as the table does.
        axis=TimeAxis(start=datetime(2018, 1, 1, tzinfo=UTC), step_h=1.0, steps=load.shape[1]),
        units=Units(names=tuple(names), categories=tuple(kinds), region=np.zeros(len(names), np.int64),
                    capacity_mw=np.array(capacity)[:, None], failure_probability=np.array(fail)[:, None],
                    repair_probability=np.array(repair)[:, None], maintenance_weeks=np.array(weeks)),
    )
