"""A utility's list of large-load requests, with its own column names: what is filed twice, and how much of it will draw power.

    python examples/request_list.py [LIST.csv]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import pandas as pd

import gridroom as gr

HERE = Path(__file__).resolve().parent
# our field = the list's own column
THEIRS = {"request_id": "Queue No.", "provider": "Utility", "requested_mw": "Size (MW)", "requested_in_service": "Energisation"}


def main() -> None:
    """Read, match, forecast."""
    with tempfile.TemporaryDirectory() as folder:
        if len(sys.argv) > 1:
            records = gr.pipeline.read_records(Path(sys.argv[1]))
        else:  # the example list, under names that a regional operator might use
            path = Path(folder) / "rto_list.csv"
            pd.read_csv(HERE / "pipeline/queue.csv").rename(columns=THEIRS).to_csv(path, index=False)
            records = gr.pipeline.read_records(path, {theirs: ours for ours, theirs in THEIRS.items()})
        print(gr.pipeline.match(records.frame))
        print(gr.pipeline.forecast(records, samples=1000))


if __name__ == "__main__":
    main()
