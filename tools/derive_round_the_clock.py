"""What a flat load costs around the clock by its carbon-free target, with and without nuclear.

    uv run python tools/derive_round_the_clock.py      # solves again and rewrites tools/round_the_clock.csv (about 10 minutes)

`tools/derive.py` takes the solved rows as they are: a test solves one of them again.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from common import DEFAULT_OUT, ROOT, write

SOLVED = Path(__file__).with_name("round_the_clock.csv")
TARGETS = (70.0, 80.0, 90.0, 95.0, 99.0, 100.0)
FILES = {"sun_wind_storage": "sun_and_wind.toml", "with_nuclear": "sun_wind_nuclear.toml"}


def run(out: Path) -> None:
    """Write the shipped table from the solved rows."""
    write(pd.read_csv(SOLVED), out, "round_the_clock.csv")


def solve() -> None:
    """Least cost at each target, off grid in ERCOT, weather of 2021."""
    from gridroom.study.site_file import read_site
    from gridroom.supply.site_design import sweep

    rows = []
    for variant, name in FILES.items():
        study = read_site(ROOT / "examples/supply" / name)
        load_mwh = float(study.site.load_mw.sum())
        for point in sweep(study.site, "limits.carbon_free_hourly_pct", list(TARGETS)):
            plan = point.design
            kept = ";".join(f"{n}={mw:.0f}" for n, mw in plan.capacity_mw.items() if mw > 0.5)
            nuclear = float(plan.dispatch_mw["nuclear"].sum()) / load_mwh if "nuclear" in plan.dispatch_mw else 0.0
            rows.append({"variant": variant, "target_pct": point.value, "usd_per_mwh": round(plan.objective_usd_per_year / load_mwh, 2), "capacity": kept,
                         "battery_mwh": round(plan.storage_mwh.get("battery", 0.0)), "nuclear_share": round(nuclear, 3),
                         "command": f"gridroom site design examples/supply/{name} --set limits.carbon_free_hourly_pct={point.value:.0f}"})
            print(rows[-1])
    pd.DataFrame(rows).to_csv(SOLVED, index=False, lineterminator="\n")
    run(DEFAULT_OUT)


if __name__ == "__main__":
    solve()
