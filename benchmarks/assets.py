"""Digital assets: a mine's year and Bitcoin's whole history, each beside a plain loop in one run. Ratios, not times.

    make bench-assets
"""

from __future__ import annotations

import time
from pathlib import Path

import numpy as np

from gridroom.assets import history, mining
from gridroom.assets.hardware_mix import age_months, age_weight, mix, threshold_j_per_th
from gridroom.assets.miner import run_miner
from gridroom.assets.protocol import subsidy_on
from gridroom.study.miner_file import read_miner

ROOT = Path(__file__).resolve().parents[1]


def timed(work, repeat=5):
    best = np.inf
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - start)
    return best


def loop_miner(miner):
    worth = miner.break_even + miner.ancillary_usd_per_mwh
    return sum(mining.hour(float(p), worth, miner.fixed_usd_per_mwh).cash_usd for p in miner.price)


def loop_mix(chain, threshold, machines):
    out = []
    for k in range(len(chain.days)):
        weight = age_weight(age_months(chain.days[k : k + 1], machines.release))[0]
        earns = (weight > 0) & (machines.j_per_th < threshold[k])
        out.append((weight * machines.j_per_th)[earns].sum() / weight[earns].sum() if earns.any() else np.nan)
    return out


def main():
    miner = read_miner(ROOT / "examples/assets/texas_mine.toml")
    year, loop = timed(lambda: run_miner(miner)), timed(lambda: loop_miner(miner))
    print(f"a mine's year: {1000 * year:.1f} ms, plain loop over its hours {loop / year:.0f} times as long")
    chain, machines = history.bitcoin(), history.machines()
    subsidy = np.array([subsidy_on(d) for d in chain.days.astype(object)])
    threshold = threshold_j_per_th(144 * subsidy * chain.price_usd, chain.hash_rate_eh, 0.05)
    whole = timed(lambda: mix(chain.days, threshold, chain.hash_rate_eh, machines, (1.01, 1.1, 1.2)))
    days = timed(lambda: loop_mix(chain, threshold, machines), 1)
    print(f"Bitcoin, {len(chain.days):,} days and {len(machines.model)} machines: {1000 * whole:.0f} ms, day by day {days / whole:.1f} times as long")


if __name__ == "__main__":
    main()
