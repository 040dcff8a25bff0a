"""The same assessment on threads here and on a Dask cluster: the same bits.

    python examples/dask_cluster.py [SCHEDULER]

SCHEDULER is an address such as tcp://10.0.0.5:8786; without it two processes are started on this machine. Needs `pip install 'gridroom[cluster]'`.
"""

from __future__ import annotations

import sys

import gridroom as gr
from gridroom.runners.cluster import DaskRunner


def main() -> None:
    """Assess twice, compare."""
    system = gr.systems.rts79()
    here = gr.assess(system, gr.MonteCarlo(samples=2000, seed=7))
    runner = DaskRunner(sys.argv[1] if len(sys.argv) > 1 else "local:2")
    try:
        there = gr.assess(system, gr.MonteCarlo(samples=2000, seed=7, runner=runner))
    finally:
        runner.close()
    print(here)
    print("the same to the bit" if here.total == there.total else "not the same")


if __name__ == "__main__":
    main()
