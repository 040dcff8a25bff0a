"""From two plain CSV files to a grid: its risk, and what still fits.

    python examples/own_grid.py [FOLDER]

A utility's spreadsheet of units and one of hourly load become a grid folder; then any command takes it.
"""

from __future__ import annotations

import csv
import math
import sys
import tempfile
from pathlib import Path

import gridroom as gr

UNITS = [("Gas 1", 60, 0.06), ("Gas 2", 60, 0.06), ("Diesel 1", 25, 0.10), ("Diesel 2", 25, 0.10), ("Diesel 3", 25, 0.10)]


def spreadsheets(folder: Path) -> tuple[Path, Path]:
    """What a utility might have: its plants, and its load by the hour (made up here, so that the example runs anywhere)."""
    plants, load = folder / "plants.csv", folder / "load_by_hour.csv"
    with plants.open("w", newline="") as stream:
        csv.writer(stream).writerows([("Plant", "MW", "Outage rate"), *UNITS])
    with load.open("w", newline="") as stream:
        rows = csv.writer(stream)
        rows.writerow(("Hour", "Load MW"))
        for hour in range(8760):
            season, day = math.cos(2 * math.pi * hour / 8760), math.cos(2 * math.pi * (hour % 24 - 19) / 24)
            rows.writerow((hour, round(78 + 12 * season + 9 * day, 2)))
    return plants, load


def grid_folder(plants: Path, load: Path, folder: Path) -> Path:
    """The two spreadsheets as a grid folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "system.toml").write_text('name = "My island"\nstart = 2026-01-01T00:00:00\nstep_minutes = 60\nsteps = 8760\nzone = "UTC"\n')
    (folder / "regions.csv").write_text("name\nisland\n")
    with plants.open() as stream:
        rows = [f"{r['Plant']},island,thermal,{r['MW']},{r['Outage rate']},40" for r in csv.DictReader(stream)]
    (folder / "units.csv").write_text("name,region,category,capacity_mw,forced_outage_rate,mttr_h\n" + "\n".join(rows) + "\n")
    with load.open() as stream:
        values = [r["Load MW"] for r in csv.DictReader(stream)]
    (folder / "load.csv").write_text("island\n" + "\n".join(values) + "\n")
    return folder


def main() -> None:
    """Make the grid, assess it, find its room."""
    with tempfile.TemporaryDirectory() as temporary:
        target = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(temporary) / "grid"
        folder = grid_folder(*spreadsheets(Path(temporary)), target)
        system = gr.systems.read_folder(folder)
        print(gr.assess(system, gr.MonteCarlo(samples=2000, seed=1)))
        print(gr.headroom(system, "island", gr.Lolh(2.4), gr.Convolution()))
        print(gr.accredit(system, "Gas 1"))
        print(f"the same by command: gridroom adequacy {folder}")


if __name__ == "__main__":
    main()
