"""Risk as a function of load added: all levels from the same draws, in one pass; and where the curve crosses a goal."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from gridroom.adequacy.engine import Years, options_of, weather_years
from gridroom.adequacy.metrics import DAYS, EVENTS, LOLH, UNSERVED, Risk, risk_from
from gridroom.adequacy.specs import MonteCarlo
from gridroom.adequacy.tally import Moments
from gridroom.adequacy.task import Chunk, Task, chunk_size, chunks_of, make_task
from gridroom.runners.local import LocalRunner
from gridroom.systems.system import System, total_load_mw

Floats = NDArray[np.float64]
COLUMN = {"lolh_h": LOLH, "lole_days": DAYS, "lolev": EVENTS, "eue_mwh": UNSERVED, "neue_ppm": UNSERVED}
LEVELS = 9
PASSES = 8


@dataclass(slots=True)
class _Rows:
    """A task that keeps the samples of one row (a region, or the system) at every level."""

    task: Task
    row: int

    def __call__(self, chunk: Chunk) -> Floats:
        parts = [self.task.simulate(chunk, w) for w in range(len(self.task.systems))]
        order = np.argsort(np.concatenate([numbers for *_, numbers in parts]), kind="stable")
        return np.asarray(np.concatenate([p[0][:, :, self.row] for p in parts])[order])


@dataclass(slots=True)
class Curve:
    """Samples of one row of a system at levels of added load, gathered pass by pass with the same draws.

    Attributes
    ----------
    systems : tuple of System
    method : MonteCarlo
    row : int
        Region, or the number of regions for the system.
    share : float array (R,)
        How added load is spread over regions.
    shape : float array (T,)
        Its shape in time.
    """

    systems: tuple[System, ...]
    method: MonteCarlo
    row: int
    share: Floats
    shape: Floats
    samples: dict[float, Floats] = field(default_factory=dict)

    def add(self, levels_mw: list[float]) -> None:
        """Simulate these levels, all at once."""
        wanted = sorted({float(x) for x in levels_mw} - set(self.samples))
        if not wanted:
            return
        task = make_task(self.systems, self.method.seed, options_of(self.method), (),
                         np.outer(wanted, self.share), self.shape)
        runner = self.method.runner or LocalRunner(self.method.jobs)
        size = chunk_size(task, self.method.samples)
        found = np.concatenate(list(runner.run(_Rows(task, self.row), chunks_of(self.method.samples, size))))
        for k, x in enumerate(wanted):
            self.samples[x] = found[:, k]

    def risk(self, added_mw: float, name: str) -> Risk:
        """Risk at a level that has been simulated."""
        system = self.systems[0]
        whole = self.row == len(system.regions)
        rows = slice(None) if whole else slice(self.row, self.row + 1)
        own = np.mean([total_load_mw(one)[rows].sum() for one in self.systems])  # weather years take turns
        mine = self.share.sum() if whole else self.share[self.row]
        energy = (float(own) + added_mw * mine * float(self.shape.sum())) * system.axis.step_h
        found = Moments.of(self.samples[added_mw])
        return risk_from(name, found.mean, found.stderr, found.n, (system.axis.step_h, energy))

    def values(self, added_mw: float, key: str) -> Floats:
        """A metric by sample (n,), in its own unit."""
        factor = self.systems[0].axis.step_h if key in ("lolh_h", "eue_mwh", "neue_ppm") else 1.0
        return self.samples[added_mw][:, COLUMN[key]] * factor


def make_curve(system: Years, method: MonteCarlo, row: int, share: Floats, shape: Floats | None = None) -> Curve:
    """A curve without any level yet."""
    _, systems = weather_years(system)
    return Curve(systems, method, row, share, np.ones(systems[0].axis.steps) if shape is None else shape)


def crossing(add: Callable[[list[float]], None], value: Callable[[float], float], goal: float, bracket: tuple[float, float],
             width: float) -> tuple[float, float]:
    """Narrow a bracket in which a rising curve passes a goal, several levels a pass, until it is `width` wide."""
    low, high = bracket
    for _ in range(PASSES):
        if high - low <= width:
            break
        levels = np.linspace(low, high, LEVELS + 2).tolist()
        add(levels[1:-1])
        for x in levels[1:-1]:
            if value(x) <= goal:
                low = max(low, x)
            else:
                high = x
                break
    return low, high


def bisect(value: Callable[[float], float], goal: float, bracket: tuple[float, float], width: float) -> tuple[float, float]:
    """Narrow a bracket in which a rising curve passes a goal, one level after the other, until it is `width` wide."""
    low, high = bracket
    while high - low > width:
        middle = 0.5 * (low + high)
        low, high = (middle, high) if value(middle) <= goal else (low, middle)
    return low, high
