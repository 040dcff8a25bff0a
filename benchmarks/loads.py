"""Loads: what the sorted gaps, the campus year and the flexible room cost, beside plain ways of doing the same. `make bench-loads`.

Ratios side by side in one run; seconds are shown for orientation.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from scipy.optimize import root_scalar

from gridroom.adequacy.flexroom import Gives, flexible_room, record
from gridroom.loads.campus import campus_load
from gridroom.loads.curtailment import Gaps, gaps_of, room_and_hours
from gridroom.loads.demand import shipped
from gridroom.study import assemble, weather
from gridroom.study.campus_file import read_campus
from gridroom.study.loader import check_study

ROOT = Path(__file__).resolve().parents[1]


def timed(work: Callable[[], object], repeats: int = 5) -> float:
    """Best of a few, after one to warm up."""
    work()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def by_search(gaps: Gaps, pct: float) -> float:
    """The published way: a root of the plain sum over hours."""
    hours = 0.01 * pct * 8760 * len(gaps.years)

    def excess(load: float) -> float:
        return float(np.maximum(0.0, load - gaps.gap_mw).sum() / load - hours)

    return float(root_scalar(excess, bracket=(1.0, 5 * gaps.demand.mw.max()), xtol=1e-9, rtol=1e-12).root)


def main() -> None:
    """Print the table."""
    gaps = gaps_of(shipped("PJM"))
    rates = (0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)
    ours, search = timed(lambda: [room_and_hours(gaps, p) for p in rates]), timed(lambda: [by_search(gaps, p) for p in rates])
    worst = max(abs(room_and_hours(gaps, p)[0] / by_search(gaps, p) - 1) for p in rates)
    print(f"curtailment curve, 7 rates, 78,912 h   sorted gaps {1000 * ours:8.2f} ms   search {1000 * search:8.1f} ms   ratio {search / ours:6.0f}   "
          f"largest difference {worst:.1e}")
    campus = read_campus(ROOT / "examples/loads/campus_1gw.toml")
    print(f"campus, one year of hours              {1000 * timed(lambda: campus_load(campus)):8.1f} ms")
    study = check_study({"run": {"first_year": 2030, "last_year": 2030, "load_cases": False, "samples": 90}})
    case = assemble.assemble(study, weather.build(tuple(study.run.weather_years)))
    start = time.perf_counter()
    tight = record(case.problem, 18, 90, 1, 0.4 * float(case.peak_mw[18]), level=1)
    once = time.perf_counter() - start
    kinds = [Gives(), *(Gives(share=s, hours_per_year=h) for s in (0.25, 0.5, 1.0) for h in (10, 44, 88))]
    each = timed(lambda: [flexible_room(tight, g, 0.1) for g in kinds], 1) / len(kinds)
    print(f"room at equal LOLE, TVA 2030, 90 samples   one recording {once:6.1f} s   each kind of load {1000 * each:8.1f} ms   "
          f"a kind by simulating 50 levels would be {50 * once:6.0f} s")


if __name__ == "__main__":
    main()
