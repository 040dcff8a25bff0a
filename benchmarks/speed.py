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
from collections.abc import Callable
from pathlib import Path

import numpy as np
from cases import longer, rate, row_of, solver_rate, three_regions, with_store

from gridroom.adequacy.engine import assess
from gridroom.adequacy.specs import ImportanceSampling, MonteCarlo
from gridroom.systems.rts79 import rts79
from gridroom.systems.system import System

HERE = Path(__file__).parent


def engine(jobs: int, system: System | None = None) -> Callable[[int], float]:
    """Work of n samples; the seconds are those of sampling alone, as `sample_years_per_s` of the command."""
    chosen = system or rts79()
    return lambda n: assess(chosen, MonteCarlo(samples=n, seed=1, jobs=jobs)).total.lolh_h.value


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


def growth() -> list[tuple[str, float, float]]:
    """Cost against samples, units, regions and hours: time of the larger over time of the smaller, one thread."""
    def seconds(system: System, samples: int) -> float:
        return samples / rate(engine(1, system), samples)[0]

    rows = [("samples, 20,000 to 80,000", 4.0, seconds(rts79(), 80_000) / seconds(rts79(), 20_000))]
    rows.append(("units, 32 to 128 (of a quarter of the size)", 4.0, seconds(row_of(1, 4), 20_000) / seconds(rts79(), 20_000)))
    rows.append(("regions, 3 to 6 (in a row, with ties)", 2.0, seconds(row_of(6), 2_000) / seconds(row_of(3), 2_000)))
    rows.append(("regions, 6 to 24", 4.0, seconds(row_of(24), 400) / seconds(row_of(6), 400)))
    rows.append(("hours, 1 year to 4", 4.0, seconds(longer(rts79(), 4), 10_000) / seconds(rts79(), 10_000)))
    return rows


def cases() -> None:
    """The three cases, one thread, and what a linear program an hour would do."""
    print(f"\n{'one thread':44}{'sample-years/s':>16}{'LOLH, h':>12}")
    for name, system, samples in (("RTS-79", rts79(), 60_000), ("RTS-79 with 100 MW / 400 MWh", with_store(), 30_000),
                                  ("rts.pras, three regions and a store", three_regions(), 4_000),
                                  ("rts.pras, load x 1.2", three_regions(1.2), 1_000)):
        speed, lolh = rate(engine(1, system), samples)
        print(f"{name:44}{speed:16,.0f}{lolh:12.4f}")
        if "three" in name:
            solver = solver_rate(system, 300)
            print(f"{'  a linear program an hour (HiGHS)':44}{solver:16,.4f}{'':12}   {speed / solver:,.0f} times slower")


def rare() -> None:
    """Variance x time of plain Monte Carlo over that of importance sampling."""
    print(f"\n{'rare risk, RTS-79':44}{'LOLE days':>12}{'gain, LOLE':>12}{'gain, EUE':>12}")
    for peak in (2650, 2400, 2250):
        system = rts79(peak)
        found = [assess(system, method) for method in (MonteCarlo(samples=200_000, jobs=2), ImportanceSampling(samples=10_000, jobs=2))]
        found = [assess(system, method) for method in (MonteCarlo(samples=200_000, jobs=2), ImportanceSampling(samples=10_000, jobs=2))]
        gain = [(getattr(found[0].total, k).stderr ** 2 * found[0].wall_s) / (getattr(found[1].total, k).stderr ** 2 * found[1].wall_s)
                for k in ("lole_days", "eue_mwh")]
        print(f"{f'  peak {peak} MW':44}{found[1].total.lole_days.value:12.4f}{gain[0]:12.1f}{gain[1]:12.1f}")


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
    print(f"one thread to two: {rows[0][1] / rows[1][1]:.2f} times")
    print("RTS-79, sequential Monte Carlo, 8,736 h a sample (exact LOLH 9.394 h)\n")
    print(f"{'':34}{'sample-years/s':>16}{'gridroom is faster by':>24}{'LOLH, h':>12}")
    for name, speed, lolh in rows:
        print(f"{name:34}{speed:16,.1f}{best / speed:24,.1f}{lolh:12.3f}")
    print(f"\n{'growth of cost':44}{'size':>8}{'time':>8}")
    for name, size, cost in growth():
        print(f"{name:44}{size:8.1f}{cost:8.2f}")
    cases()
    rare()


if __name__ == "__main__":
    main()
