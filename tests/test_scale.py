"""Same bits everywhere: threads, processes, a cluster that loses a worker, a run that is killed and resumed."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from gridroom.adequacy.checkpoint import Checkpoint, DiskError, fingerprint
from gridroom.adequacy.engine import assess, options_of, run
from gridroom.adequacy.specs import Causes, Events, MonteCarlo, ShortfallSamples
from gridroom.adequacy.tally import Moments, Spread, Tally
from gridroom.adequacy.task import make_task
from gridroom.core.errors import StudyError
from gridroom.systems import rts79
from tests import builders
from tests.test_cli import gridroom

pytestmark = pytest.mark.filterwarnings("ignore")  # the cluster library warns of its own doings
SPECS = (ShortfallSamples(), Events(20), Causes())


def system():
    return dataclasses.replace(rts79(2700), storage=builders.stores([0], 50, 200))


def same(a, b):
    assert a.total == b.total
    assert a.regions == b.regions
    assert np.array_equal(a.samples, b.samples)
    assert np.array_equal(a.lolp, b.lolp)
    assert a.events().equals(b.events())
    assert a.distribution().equals(b.distribution())
    assert a.causes()[0].equals(b.causes()[0])


def test_threads_give_the_same_bits():
    same(assess(system(), MonteCarlo(samples=600, jobs=1), *SPECS), assess(system(), MonteCarlo(samples=600, jobs=2), *SPECS))


def test_processes_give_the_same_bits_even_when_one_is_killed():
    pytest.importorskip("distributed")
    from gridroom.runners.cluster import DaskRunner

    runner = DaskRunner("local:2")
    try:
        here = assess(system(), MonteCarlo(samples=600, jobs=1), *SPECS)
        same(here, assess(system(), MonteCarlo(samples=600, runner=runner), *SPECS))
        workers = runner.client.run(os.getpid)
        killed = []

        def kill_one(progress):
            if not killed:
                killed.append(next(iter(workers.values())))
                os.kill(killed[0], signal.SIGKILL)

        task = make_task((system(),), 1, options_of(MonteCarlo()), SPECS)
        there, _ = run(task, MonteCarlo(samples=600, runner=_Telling(runner, kill_one)))
        assert killed
        assert np.array_equal(np.concatenate(there.samples) * [1, 1, 1, 1], here.samples)
    finally:
        runner.close()


class _Telling:
    """A runner that calls a listener after the first result."""

    def __init__(self, inner, listener):
        self.inner, self.listener = inner, listener

    def run(self, task, chunks):
        for result in self.inner.run(task, chunks):
            self.listener(None)
            yield result


def test_kill_and_resume(tmp_path):
    # Slow enough to be killed on the way: every step of a large store that is never full.
    args = ["adequacy", "rts-gmlc", "--load-factor", "1.25", "--samples", "4000", "--jobs", "1", "--json", "--progress", "none"]
    whole = json.loads(gridroom(*args, "--out", str(tmp_path / "whole")).stdout)
    out = tmp_path / "killed"
    process = subprocess.Popen([sys.executable, "-m", "gridroom", *args, "--out", str(out)], stdout=subprocess.DEVNULL)
    for _ in range(600):
        if (out / "checkpoint.npz").is_file() or process.poll() is not None:
            break
        time.sleep(0.1)
    process.send_signal(signal.SIGKILL)
    process.wait()
    with np.load(out / "checkpoint.npz") as kept:
        assert 0 < int(kept["done"]) <= 4000
    resumed = json.loads(gridroom(*args, "--out", str(out), "--resume").stdout)
    for key in ("total", "regions", "distribution"):
        assert resumed[key] == whole[key]


def test_resume_refuses_another_run(tmp_path):
    path = tmp_path / "mark.npz"
    assess(rts79(), MonteCarlo(samples=50, jobs=1), checkpoint=path)
    with pytest.raises(StudyError, match="is of another system"):
        assess(rts79(), MonteCarlo(samples=50, seed=2, jobs=1), checkpoint=path, resume=True)
    path.write_bytes(b"rubbish")
    with pytest.raises(StudyError, match="cannot be read"):
        assess(rts79(), MonteCarlo(samples=50, jobs=1), checkpoint=path, resume=True)
    assert "--resume needs --out" in gridroom("adequacy", "rts79", "--resume", code=2).stderr


def test_a_disk_that_fills_up(tmp_path, monkeypatch):
    path = tmp_path / "mark.npz"
    task = make_task((rts79(),), 1, options_of(MonteCarlo()), ())
    mark = Checkpoint(path, fingerprint(task, MonteCarlo()), True)
    tally = task((0, 20))
    mark.save(tally, 20)

    def full(*_args, **_more):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(DiskError, match=r"No space left on device; what .* held before is kept") as caught:
        mark.save(tally, 40)
    assert caught.value.exit_code == 1
    monkeypatch.undo()
    again, done = mark.load()
    assert done == 20
    assert np.array_equal(again.counts.mean, tally.counts.mean)
    assert not list(tmp_path.glob("*.part"))


def test_stops_when_sure_enough():
    answer = assess(rts79(), MonteCarlo(samples=1_000_000, jobs=2, stderr_target_pct=5.0))
    assert answer.method["samples"] < 1_000_000
    assert answer.total.eue_mwh.stderr <= 0.05 * answer.total.eue_mwh.value


def test_what_is_kept_does_not_grow_with_samples():
    task = make_task((rts79(),), 1, options_of(MonteCarlo()), (Events(50), Causes()))
    sizes = []
    for samples in (200, 4000):
        tally, _ = run(task, MonteCarlo(samples=samples))
        sizes.append(sum(a.nbytes for a in tally.arrays().values()))
    assert sizes[1] <= sizes[0] * 1.01


def test_moments_and_spread_merge_like_the_whole():
    rng = np.random.default_rng(1)
    data = rng.exponential(100, (500, 3, 4)) * (rng.random((500, 3, 4)) < 0.3)
    parts = [data[:7], data[7:200], data[200:]]
    whole, merged = Moments.of(data), Moments.of(parts[0])
    for part in parts[1:]:
        merged.merge(Moments.of(part))
    assert merged.mean == pytest.approx(data.mean(axis=0))
    assert merged.stderr == pytest.approx(data.std(axis=0, ddof=1) / np.sqrt(500))
    assert whole.stderr == pytest.approx(merged.stderr)
    amounts, numbers = data[:, :, 3], np.arange(500)
    spread = Spread.of(amounts[:100], numbers[:100])
    spread.merge(Spread.of(amounts[100:], numbers[100:]))
    for row in range(3):
        for level in (0.5, 0.8, 0.95, 0.99):
            exact = np.quantile(amounts[:, row], level, method="inverted_cdf")
            assert spread.quantile(row, level) == pytest.approx(exact, rel=0.012)
        var = np.quantile(amounts[:, row], 0.95, method="inverted_cdf")
        assert spread.tail_mean(row, 0.95) == pytest.approx(var + np.maximum(amounts[:, row] - var, 0).mean() / 0.05, rel=0.01)
        assert spread.worst[row, 0] == amounts[:, row].max()
        assert spread.worst[row, 1] == amounts[:, row].argmax()


def test_tally_survives_a_checkpoint():
    tally = make_task((system(),), 1, options_of(MonteCarlo()), SPECS)((0, 40))
    back = Tally.from_arrays(tally.arrays())
    for key, value in tally.arrays().items():
        assert np.array_equal(back.arrays()[key], value), key
