"""A grid to a .pras file and back: the same grid, the same risk.

    python examples/pras_round_trip.py
"""

from __future__ import annotations

import tempfile
from pathlib import Path

import gridroom as gr

HERE = Path(__file__).resolve().parent


def main() -> None:
    """Write, read, compare."""
    system = gr.systems.read_folder(HERE / "two_regions")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "two_regions.pras"
        gr.systems.write_pras(system, path)
        again = gr.systems.read_pras(path)
        method = gr.MonteCarlo(samples=2000, seed=3)
        before, after = gr.assess(system, method), gr.assess(again, method)
        print(before, after, sep="\n")
        print("the same to the bit" if before.total == after.total else "not the same")


if __name__ == "__main__":
    main()
