"""Every script in examples/ runs as a user would start it, and says what it promises."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

import gridroom as gr

ROOT = Path(__file__).resolve().parents[1]
SAYS = {
    "campus_gigawatt.py": r"at its peak[\s\S]*optimal",
    "colossus_air_check.py": r"memphis_seen.*pathway psd[\s\S]*pathway synthetic_minor",
    "dask_cluster.py": r"the same to the bit",
    "miner_with_heat.py": r"heat_buyer|heat buyer[\s\S]*households[\s\S]*AI hosting instead",
    "own_grid.py": r"room in island",
    "pras_round_trip.py": r"the same to the bit",
    "request_list.py": r"118 records are \d+ projects[\s\S]*MW expected",
}


def test_every_script_is_here():
    assert {p.name for p in (ROOT / "examples").glob("*.py")} == set(SAYS)
    page = (ROOT / "docs/examples.md").read_text()
    assert all(f"examples/{name}" in page for name in SAYS)


@pytest.mark.parametrize("name", sorted(SAYS))
def test_script_runs_anywhere(name, tmp_path):
    done = subprocess.run(
        [sys.executable, str(ROOT / "examples" / name)], cwd=tmp_path, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr
    assert re.search(SAYS[name], done.stdout), done.stdout
    assert not list(tmp_path.iterdir())  # writes nothing beside


def test_own_grid_is_what_the_script_says(tmp_path):
    subprocess.run(
        [sys.executable, str(ROOT / "examples/own_grid.py"), str(tmp_path / "grid")], check=True, capture_output=True, timeout=300
    )
    system = gr.systems.read_folder(tmp_path / "grid")
    exact = gr.assess(system, gr.Convolution())
    drawn = gr.assess(system, gr.MonteCarlo(samples=2000, seed=5))
    assert drawn.total.lolh_h.value == pytest.approx(exact.total.lolh_h.value, abs=4 * drawn.total.lolh_h.stderr)
