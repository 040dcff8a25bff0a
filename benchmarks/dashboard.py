"""The page in the browser: time to the first page, time of each page and memory, beside a bare server of the standard library. Ratios, not times.

make bench-dashboard
"""

from __future__ import annotations

import http.cookiejar
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path

import gridroom as gr

SMALL = {
    "run": {"samples": 9, "level_every": 1, "sensitivity_samples": 0, "expansion_samples": 0, "weather_years": [2018, 2021, 2022]}
}
PAGES = (
    "/",
    "/runs",
    "/runs/run0",
    "/runs/run0/tiles?year=2028",
    "/runs/run0/regions/ERCOT",
    "/runs/run0/claims",
    "/runs/run0/more",
    "/runs/run0/report?lang=ja",
    "/compare?a=run0&b=run0",
    "/queues",
    "/tools",
    "/tools/site",
    "/data",
    "/data/fleet",
)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def start(command, address):
    """A server, and the seconds to its first answer."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    address = address or process.stdout.readline().strip()
    jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    opener = urllib.request.build_opener(jar)
    while True:
        try:
            opener.open(address).read()
            return process, opener, address.split("/?")[0], time.perf_counter() - began
        except OSError:
            time.sleep(0.01)


def memory_mb(process):
    text = Path(f"/proc/{process.pid}/status").read_text()
    return int(next(line.split()[1] for line in text.splitlines() if line.startswith("VmRSS"))) / 1024


def best(opener, address, repeat=5):
    least = float("inf")
    for _ in range(repeat):
        began = time.perf_counter()
        opener.open(address).read()
        least = min(least, time.perf_counter() - began)
    return least


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        gr.run(SMALL, out=root / "many/run0")
        shutil.copytree(root / "many/run0", root / "one/run0")
        for k in range(1, 100):
            shutil.copytree(root / "many/run0", root / f"many/run{k}")
        port = free_port()
        plain, opener, base, first = start(
            [sys.executable, "-m", "http.server", str(port), "--bind", "127.0.0.1", "--directory", folder],
            f"http://127.0.0.1:{port}/",
        )
        bare, bare_mb = best(opener, base), memory_mb(plain)
        plain.terminate()
        print(f"bare server: first page {first:.2f} s, then {1000 * bare:.1f} ms, {bare_mb:.0f} MB")
        seen = {}
        for name in ("one", "many"):
            command = [sys.executable, "-m", "gridroom", "serve", str(root / name), "--port", str(free_port())]
            process, opener, base, first_page = start(command, "")
            light = memory_mb(process)
            seen[name] = {page: best(opener, base + page) for page in PAGES}
            print(
                f"{name}: first page {first_page:.2f} s ({first_page / first:.1f} x bare), memory {light:.0f} MB after it, {memory_mb(process):.0f} MB after all pages"
            )
            process.terminate()
        print(f"{'page':34}{'100 folders, ms':>16}{'over 1 folder':>15}{'over bare':>11}")
        for page in PAGES:
            many, one = seen["many"][page], seen["one"][page]
            print(f"{page:34}{1000 * many:16.1f}{many / one:15.2f}{many / bare:11.1f}")


if __name__ == "__main__":
    main()
