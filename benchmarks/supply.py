"""Speed of site design as ratios, side by side in one run; prints a table. `make bench-supply`, or with --peers to add PyPSA.

One machine, one thread, one site: 8,760 h, gas, sun, wind, battery and a grid of 300 MW. Ratios compare within this run; seconds are of this machine alone.
"""

from __future__ import annotations

import argparse
import dataclasses
import resource
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

import numpy as np

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent))

from gridroom.supply.branching import solve_whole  # noqa: E402
from gridroom.supply.site import Limits  # noqa: E402
from gridroom.supply.site_design import apply, design, trade_off  # noqa: E402
from gridroom.supply.site_model import SiteModel  # noqa: E402
from tests import supply_cases as cases  # noqa: E402

ANNUITY = [cases.GAS.power_annuity(0.08), cases.SOLAR.power_annuity(0.08), cases.WINDS.power_annuity(0.08), cases.BATTERY.power_annuity(0.08),
           cases.BATTERY.energy_annuity(0.08)]


def direct() -> tuple[float, float]:
    """The same rows written straight for HiGHS: seconds and objective."""
    import highspy
    from scipy import sparse

    started = time.perf_counter()
    hours, eta = cases.T, np.sqrt(0.85)
    t = np.arange(hours)
    first = {name: 5 + k * hours for k, name in enumerate(("gas", "sun", "wind", "out", "charge", "content", "grid"))}
    count = 5 + 7 * hours
    cost, upper = np.zeros(count), np.full(count, np.inf)
    cost[:5] = ANNUITY
    upper[0] = 5000.0
    cost[first["gas"]:first["gas"] + hours] = 41.0
    cost[first["grid"]:] = cases.PRICE
    upper[first["grid"]:] = 300.0 * cases.AVAILABLE
    parts = [(t, first[n] + t, s) for n, s in (("gas", 1.0), ("sun", 1.0), ("wind", 1.0), ("out", 1.0), ("charge", -1.0), ("grid", 1.0))]
    for k, (name, owner, share) in enumerate((("gas", 0, 1.0), ("sun", 1, cases.PV), ("wind", 2, cases.WIND), ("out", 3, 1.0), ("charge", 3, 1.0), ("content", 4, 1.0))):
        rows = (k + 1) * hours + t
        parts += [(rows, first[name] + t, 1.0), (rows, owner, -np.asarray(share))]
    rows = 7 * hours + t
    parts += [(rows, first["content"] + t, 1.0), (rows, first["content"] + (t - 1) % hours, -1.0), (rows, first["charge"] + t, -eta), (rows, first["out"] + t, 1 / eta)]
    r, c, v = (np.concatenate([np.broadcast_to(p[k], (hours,)) for p in parts]) for k in range(3))
    matrix = sparse.csc_matrix((v.astype(float), (r, c)), shape=(8 * hours, count))
    matrix.eliminate_zeros()
    lower_row, upper_row = np.full(8 * hours, -np.inf), np.zeros(8 * hours)
    lower_row[:hours] = upper_row[:hours] = 1000.0
    lower_row[7 * hours:] = 0.0
    solver, program = highspy.Highs(), highspy.HighsLp()
    solver.setOptionValue("output_flag", False)
    solver.setOptionValue("presolve", "off")
    program.num_col_, program.num_row_, program.col_cost_ = count, 8 * hours, cost
    program.col_lower_, program.col_upper_, program.row_lower_, program.row_upper_ = np.zeros(count), upper, lower_row, upper_row
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_, program.a_matrix_.index_, program.a_matrix_.value_ = matrix.indptr, matrix.indices, matrix.data
    solver.passModel(program)
    solver.run()
    return time.perf_counter() - started, solver.getInfo().objective_function_value


def ours() -> tuple[float, float, SiteModel]:
    started = time.perf_counter()
    found, model = design(cases.site(grid_mw=300.0))
    return time.perf_counter() - started, found.objective_usd_per_year, model


def pypsa(presolve: str) -> tuple[float, float]:
    home = Path(tempfile.gettempdir()) / "gridroom-bench-pypsa"
    python = home / "bin/python"
    if not python.exists():
        venv.create(home, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "pypsa==1.4.0", "highspy==1.16.0"], check=True)
    with tempfile.TemporaryDirectory() as folder:
        path = f"{folder}/site.npz"
        np.savez(path, load=np.full(cases.T, 1000.0), pv=cases.PV, wind=cases.WIND, price=cases.PRICE, available=cases.AVAILABLE, annuity=np.array(ANNUITY))
        done = subprocess.run([python, str(HERE / "peer_pypsa.py"), path, presolve], capture_output=True, text=True, check=True)
    line = next(x for x in done.stdout.splitlines() if x.startswith("RESULT"))
    return float(line.split()[1]), float(line.split()[2])


def changes(model: SiteModel, cold: float) -> None:
    """Re-solved on the kept program."""
    print("\nchanged number                         seconds   faster than cold")
    for name, values in (("grid.limit_mw", (310, 350, 400, 500)), ("options.gas.fuel_usd_per_mmbtu", (4.2, 4.5, 5.0)), ("limits.co2_t_per_year", (3.1e6, 3.0e6, 2.9e6)),
                         ("limits.carbon_free_hourly_pct", (20.0, 30.0, 40.0))):
        for value in values:
            apply(model, name, float(value))
            seconds = model.program.solve().seconds
            print(f"{name:32}{value:>10,g}{seconds:9.3f}{cold / seconds:12.0f} x")
        apply(model, name, {"grid.limit_mw": 300.0, "options.gas.fuel_usd_per_mmbtu": 4.0, "limits.carbon_free_hourly_pct": 0.0}.get(name, np.inf))
        model.program.solve()


def long_horizon() -> None:
    """Three years, and whole units."""
    tile = tuple(dataclasses.replace(o, profile=np.tile(np.roll(o.profile, 0), 3)) for o in (cases.GAS, cases.SOLAR, cases.WINDS, cases.BATTERY))
    base = cases.site(grid_mw=300.0)
    drift = np.repeat([1.0, 0.97, 1.02], cases.T)  # the years differ
    tile = tuple(dataclasses.replace(o, profile=np.clip(o.profile * drift, 0, 1)) if o.kind == "profile" else o for o in tile)
    site = dataclasses.replace(base, load_mw=np.tile(base.load_mw, 3), options=tile, grid=dataclasses.replace(
        base.grid, availability=np.tile(cases.AVAILABLE, 3), price_usd_per_mwh=np.tile(cases.PRICE, 3)))
    started = time.perf_counter()
    found, _ = design(site)
    print(f"three years, continuous: {time.perf_counter() - started:.0f} s, {found.objective_usd_per_year:,.0f} USD a year")
    whole = tuple(dataclasses.replace(o, unit_mw=38.0) if o.name == "gas" else o for o in base.options)
    started = time.perf_counter()
    answer = solve_whole(SiteModel(dataclasses.replace(base, options=whole)).program)
    print(f"one year, gas in units of 38 MW: {time.perf_counter() - started:.0f} s, gap {answer.gap:.1e}")
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:,.0f} MB")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("--long", action="store_true")
    options = parser.parse_args()
    straight, value = direct()
    mine, objective, model = ours()
    print(f"direct HiGHS build and solve  {straight:8.2f} s   {value:,.2f}")
    print(f"gridroom                      {mine:8.2f} s   {objective:,.2f}   {mine / straight:.2f} x direct; objectives differ by {abs(objective / value - 1):.1e}")
    if options.peers:
        for presolve in ("off", "on"):
            peer, theirs = pypsa(presolve)
            print(f"PyPSA 1.4.0, presolve {presolve:4}    {peer:8.2f} s   {theirs:,.2f}   gridroom takes {mine / peer:.2f} of it; objectives differ by {abs(objective / theirs - 1):.1e}")
    changes(model, mine)
    started = time.perf_counter()
    curve = list(trade_off(cases.site(Limits(), grid_mw=300.0), "emissions", 10))
    spent = time.perf_counter() - started
    print(f"\nten-point curve of cost against emissions: {spent:.1f} s, {spent / mine:.1f} x one cold solve ({sum(p.design is not None for p in curve)} points)")
    if options.long:
        long_horizon()


if __name__ == "__main__":
    main()
