"""Matching and forecasting of requests: growth of cost, and other packages on the same invented filings. `make bench-pipeline`.

Ratios side by side in one run; the truth is known since the filings are invented. Packages run in environments of their own, made by
uv and thrown away.
"""

from __future__ import annotations

import argparse
import itertools
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from gridroom.pipeline import ForecastOptions, Records, make_filings
from gridroom.pipeline.dedupe import draw_partitions
from gridroom.pipeline.forecasting import forecast
from gridroom.study.large_load import built_in_requests

HERE = Path(__file__).parent
LEFT_OUT = ["request_id", "stage"]


def matched(made: Any) -> tuple[float, float, float, float]:
    """Seconds, precision, recall and F1 of pairs at 0.5."""
    start = time.perf_counter()
    parts = draw_partitions(made.records, LEFT_OUT)
    seconds = time.perf_counter() - start
    same = made.project[parts.left] == made.project[parts.right]
    said = parts.probability >= 0.5
    size = np.bincount(made.project)
    hit = float((same & said).sum())
    precision, recall = hit / max(said.sum(), 1), hit / float((size * (size - 1) // 2).sum())
    return seconds, precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def peer(package: str, made: Any, folder: Path) -> tuple[float, float, float, float] | None:
    """The same in another package; None where it does not install or run."""
    uv = shutil.which("uv") or str(Path(sys.executable).parent / "uv")
    made.records.to_csv(folder / "records.csv", index=False)
    ids, groups = list(made.records["request_id"]), {}
    for k, p in enumerate(made.project.tolist()):
        groups.setdefault(p, []).append(ids[k])
    pairs = [pair for g in groups.values() for pair in itertools.combinations(sorted(g), 2)]
    pd.DataFrame(pairs, columns=["id_a", "id_b"]).to_csv(folder / "truth.csv", index=False)
    done = subprocess.run([uv, "run", "--no-project", "--quiet", "--python", sys.executable, "--with", f"{package},pandas,pyarrow",
                           "python", str(HERE / "peer_matching.py"), package, "records.csv", "truth.csv"], cwd=folder,
                          capture_output=True, text=True, check=False)
    line = next((row for row in done.stdout.splitlines() if row.startswith("RESULT")), None)
    if line is None:
        print(f"{package}: did not run ({done.stderr.strip().splitlines()[-1:] or done.stdout[-200:]})")
        return None
    seconds, _, precision, recall = (float(v) for v in line.split()[1:])
    return seconds, precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--peers", action="store_true", help="also other packages")
    parser.add_argument("--large", action="store_true", help="also 100,000 filings")
    options = parser.parse_args()
    draw_partitions(make_filings(60, 1).records, LEFT_OUT, sweeps=8)
    draw_partitions(make_filings(2_200, 1).records, LEFT_OUT, sweeps=8)  # compile both ways of finding pairs
    small = make_filings(400, 7)
    base = matched(small)
    print(f"{'':26}{'filings':>9}{'times ours':>12}{'precision':>11}{'recall':>8}{'F1':>7}")
    print(f"{'gridroom':26}{len(small.records):9,}{1.0:12.2f}{base[1]:11.2f}{base[2]:8.2f}{base[3]:7.2f}")
    if options.peers:
        with tempfile.TemporaryDirectory() as folder:
            for package in ("splink", "recordlinkage", "dedupe"):
                found = peer(package, small, Path(folder))
                if found:
                    print(f"{package:26}{len(small.records):9,}{found[0] / base[0]:12.2f}{found[1]:11.2f}{found[2]:8.2f}{found[3]:7.2f}")
    for projects in (1_500, 6_000, *((31_000,) if options.large else ())):
        made = make_filings(projects, 5)
        got = matched(made)
        rate = got[0] / len(made.records) / (base[0] / len(small.records))
        print(f"{'gridroom, cost a filing':26}{len(made.records):9,}{rate:12.2f}{got[1]:11.2f}{got[2]:8.2f}{got[3]:7.2f}")
    print(f"memory at most {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")
    records: Records = built_in_requests()
    forecast(records, ForecastOptions(samples=100, identity="declared"))
    for samples in (1_000, 10_000):
        start = time.perf_counter()
        answer = forecast(records, ForecastOptions(samples=samples, identity="declared"))
        print(f"{samples:,} paths of {len(records.frame):,} requests, {len(answer.years)} years: {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
