"""Speed as ratios, side by side in one run; prints a table. `make bench`, or with --peers to add other packages.

RTS-79, sequential Monte Carlo: the engine on two threads and on one, a vectorised NumPy version of the same model, and
the naive twin (plain Python, one hour after the other). With `--peers` the package assetra runs the same system in an
environment of its own, made by uv and thrown away after it.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from gridroom.adequacy.engine import assess
from gridroom.adequacy.specs import MonteCarlo
from gridroom.systems.rts79 import rts79
from gridroom.systems.system import System, Units

HERE = Path(__file__).parent


def rate(work: Callable[[int], float], samples: int) -> tuple[float, float]:
    """(samples a second, LOLH of the run)."""
    work(2)  # loads or compiles
    start = time.perf_counter()
    lolh = work(samples)
    return samples / (time.perf_counter() - start), lolh


def engine(jobs: int) -> Callable[[int], float]:
    system = rts79()
    return lambda n: assess(system, MonteCarlo(samples=n, seed=1, jobs=jobs)).total.lolh_h.value


def naive(samples: int) -> float:
    """One hour after the other, one unit after the other."""
    system = rts79()
    units, load = system.units, system.load_mw[0]
    draw = np.random.default_rng(1)
    fail, mend = units.failure_probability[:, 0].tolist(), units.repair_probability[:, 0].tolist()
    mw, hours = units.capacity_mw[:, 0].tolist(), 0
    for _ in range(samples):
        up = [draw.random() < m / (m + f) for f, m in zip(fail, mend, strict=True)]
        for demand in load.tolist():
            draws = draw.random(len(up)).tolist()
            hours += sum(c for c, on in zip(mw, up, strict=True) if on) < demand
            up = [(u >= f) if on else (u < m) for on, u, f, m in zip(up, draws, fail, mend, strict=True)]
    return hours / samples


def vectorised(samples: int) -> float:
    """All samples at once, one hour after the other, in NumPy."""
    system = rts79()
    units, load = system.units, system.load_mw[0]
    draw = np.random.default_rng(1)
    fail, mend = units.failure_probability[:, 0], units.repair_probability[:, 0]
    mw, total = units.capacity_mw[:, 0], 0
    up = draw.random((samples, len(mw))) < mend / (mend + fail)
    for demand in load:
        total += int((up @ mw < demand).sum())
        u = draw.random(up.shape)
        up = np.where(up, u >= fail, u < mend)
    return total / samples


def linear_growth() -> list[tuple[str, float, float]]:
    """Cost against samples, units and regions: time of twice the size over time of once."""
    rows = []
    one = engine(1)
    a, b = (rate(one, n)[0] for n in (20_000, 40_000))
    rows.append(("twice the samples", 2.0, 2.0 * a / b))
    base = rts79()
    for name, factor in (("twice the units (of half the size)", 2),):
        u = base.units
        split = Units(names=tuple(f"{n}/{k}" for k in range(factor) for n in u.names), categories=u.categories * factor,
                      region=np.tile(u.region, factor), capacity_mw=np.tile(u.capacity_mw / factor, (factor, 1)),
                      failure_probability=np.tile(u.failure_probability, (factor, 1)),
                      repair_probability=np.tile(u.repair_probability, (factor, 1)))
        system = System(name="split", axis=base.axis, regions=base.regions, load_mw=base.load_mw,
                        day_shift_h=base.day_shift_h, units=split)
        c = rate(lambda n, s=system: assess(s, MonteCarlo(samples=n, jobs=1)).total.lolh_h.value, 20_000)[0]
        rows.append((name, float(factor), a / c))
    times = []
    for regions in (3, 6):
        u = base.units
        count = len(u.names)
        many = Units(names=tuple(f"{r}-{n}" for r in range(regions) for n in u.names), categories=u.categories * regions,
                     region=np.repeat(np.arange(regions), count), capacity_mw=np.tile(u.capacity_mw, (regions, 1)),
                     failure_probability=np.tile(u.failure_probability, (regions, 1)),
                     repair_probability=np.tile(u.repair_probability, (regions, 1)))
        from gridroom.systems.system import Interfaces

        start = np.arange(regions - 1)
        limit = np.full((regions - 1, 1), 300.0)
        system = System(name="row", axis=base.axis, regions=tuple(map(str, range(regions))),
                        load_mw=np.repeat(base.load_mw, regions, axis=0), day_shift_h=np.zeros(regions), units=many,
                        interfaces=Interfaces(start=start, end=start + 1, forward_mw=limit, backward_mw=limit))
        times.append(1 / rate(lambda n, s=system: assess(s, MonteCarlo(samples=n, jobs=1)).total.lolh_h.value, 400)[0])
    rows.append(("twice the regions (3 to 6, with ties)", 2.0, times[1] / times[0]))
    return rows


def peer(package: str, samples: int) -> tuple[float, float] | None:
    """(samples a second, LOLH) of another package in an environment of its own; None where it cannot be had."""
    uv = shutil.which("uv") or str(Path(sys.executable).with_name("uv"))
    with tempfile.TemporaryDirectory() as folder:
        python = f"{folder}/venv/bin/python"
        made = subprocess.run([uv, "venv", "-q", f"{folder}/venv"], check=False)
        got = subprocess.run([uv, "pip", "install", "-q", "--python", python, package], check=False, capture_output=True)
        if made.returncode or got.returncode:
            return None
        system = rts79()
        fail, mend = system.units.failure_probability[:, 0], system.units.repair_probability[:, 0]
        np.savez(f"{folder}/rts79.npz", load=system.load_mw[0], mw=system.units.capacity_mw[:, 0], rate=fail / (fail + mend))
        done = subprocess.run([python, str(HERE / f"peer_{package}.py"), str(samples), f"{folder}/rts79.npz"],
                              check=False, capture_output=True, text=True, cwd=folder)
        if done.returncode:
            print(f"{package}: {done.stderr.strip().splitlines()[-1] if done.stderr else 'failed'}")
            return None
        speed, lolh = done.stdout.split()[-2:]
        return float(speed), float(lolh)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", action="store_true", help="also time other packages, in environments of their own")
    options = parser.parse_args()
    rows = [("gridroom, 2 threads", *rate(engine(2), 200_000)), ("gridroom, 1 thread", *rate(engine(1), 100_000)),
            ("NumPy, all samples at once", *rate(vectorised, 200)), ("naive twin, plain Python", *rate(naive, 2))]
    if options.peers:
        for package, samples in (("assetra", 200),):
            found = peer(package, samples)
            if found:
                rows.append((package, *found))
    best = rows[0][1]
    print("RTS-79, sequential Monte Carlo, 8,736 h a sample (exact LOLH 9.394 h)\n")
    print(f"{'':34}{'sample-years/s':>16}{'gridroom is faster by':>24}{'LOLH, h':>12}")
    for name, speed, lolh in rows:
        print(f"{name:34}{speed:16,.1f}{best / speed:24,.1f}{lolh:12.3f}")
    print(f"\n{'growth of cost':44}{'size':>8}{'time':>8}")
    for name, size, cost in linear_growth():
        print(f"{name:44}{size:8.1f}{cost:8.2f}")


if __name__ == "__main__":
    main()
