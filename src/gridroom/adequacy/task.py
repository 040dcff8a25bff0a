"""One chunk of samples as a piece of work that any runner can do: threads here, processes elsewhere."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.adequacy.grid import Desk
from gridroom.adequacy.horizon import sample_chunk
from gridroom.adequacy.prepare import Model, Options, make_model
from gridroom.adequacy.recording import Ledger
from gridroom.adequacy.specs import (
    Causes,
    DemandResponseEnergy,
    Events,
    Flow,
    ResultSpec,
    ShortfallSamples,
    StorageEnergy,
    Surplus,
)
from gridroom.adequacy.tally import Moments, Spread, Tally, largest
from gridroom.systems.system import System

Floats = NDArray[np.float64]
Chunk = tuple[int, int]
EVENT_ROWS = 4096


@dataclass(slots=True)
class Task:
    """Samples [first, last) of a system with one or several weather years; sample s has weather s modulo their number.

    Attributes
    ----------
    systems : tuple of System
        One a weather year.
    seed : int
    options : Options
    specs : tuple of ResultSpec
    levels : float array (K, R)
        Loads added [MW], times `shape` (T,); one level of zeros for a plain assessment.
    """

    systems: tuple[System, ...]
    seed: int
    options: Options
    specs: tuple[ResultSpec, ...]
    levels: Floats
    shape: Floats
    _models: dict[int, Model] = field(default_factory=dict)
    _desks: list[tuple[int, Desk]] = field(default_factory=list)
    _lock: Any = field(default_factory=threading.Lock)

    def __getstate__(self) -> tuple[Any, ...]:
        return self.systems, self.seed, self.options, self.specs, self.levels, self.shape

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.systems, self.seed, self.options, self.specs, self.levels, self.shape = state
        self._models, self._desks, self._lock = {}, [], threading.Lock()

    def wants(self, kind: type) -> bool:
        """Whether a kind of result is asked for."""
        return any(isinstance(spec, kind) for spec in self.specs)

    def model(self, weather: int = 0) -> Model:
        """Arrays of one weather year, made once."""
        with self._lock:
            if weather not in self._models:
                self._models[weather] = make_model(self.systems[weather], self.options)
            return self._models[weather]

    def _desk(self, weather: int) -> Desk:
        with self._lock:
            for k, (own, desk) in enumerate(self._desks):
                if own == weather:
                    del self._desks[k]
                    return desk
        return self.model(weather).desk()

    def ledger(self, model: Model, event_rows: int) -> Ledger:
        """Accumulators for what is asked for."""
        regions, steps = model.grid.base.shape
        stores, devices = len(model.store_names), len(model.device_names)
        ties, loads = len(model.network.start), len(model.load_names)

        def rows(kind: type, count: int) -> int:
            return count if self.wants(kind) else 0

        plain = len(self.levels) == 1
        by_step = regions + 1 if plain else 0
        return Ledger(
            np.zeros((regions + 1, 4)), np.zeros((loads, 3)), np.zeros(regions + 1, np.int64),
            np.zeros(regions + 1, np.int64), np.zeros(loads, np.int64), np.zeros((regions + 1, 4)),
            np.zeros((by_step, steps)), np.zeros((by_step, steps)), np.zeros(rows(Flow, ties)), np.zeros(rows(Flow, ties)),
            np.zeros(rows(Causes, ties)), np.zeros((rows(StorageEnergy, stores), steps)),
            np.zeros((rows(DemandResponseEnergy, devices), steps)), np.zeros((rows(DemandResponseEnergy, regions), steps)),
            np.zeros((rows(Surplus, regions), steps)), np.zeros(rows(Causes, len(model.fleet.ids))),
            np.zeros((event_rows, 6)), np.zeros(1, np.int64))

    def simulate(self, chunk: Chunk, weather: int) -> tuple[Floats, Floats, Ledger, NDArray[np.int64]]:
        """Samples of one weather year within a chunk: counts by sample and level, help by large load, accumulators."""
        count = len(self.systems)
        first = chunk[0] + (weather - chunk[0]) % count
        numbers = np.arange(first, chunk[1], count)
        model, desk = self.model(weather), self._desk(weather)
        regions = model.grid.base.shape[0]
        per_sample = np.zeros((len(numbers), len(self.levels), regions + 1, 4))
        per_load = np.zeros((len(numbers), len(model.load_names), 3))
        rows = EVENT_ROWS if self.wants(Events) else 0
        while True:
            ledger = self.ledger(model, rows)
            sample_chunk(first, chunk[1], count, self.seed, model.grid, model.fleet, model.parts, model.rules, desk, ledger,
                         self.levels, self.shape, per_sample, per_load)
            if ledger.event_count[0] <= rows or rows == 0:
                break
            rows = int(ledger.event_count[0])  # the list was too short: the same samples once more
        with self._lock:
            self._desks.append((weather, desk))
        return per_sample, per_load, ledger, numbers

    def __call__(self, chunk: Chunk) -> Tally:
        """Simulate a chunk and sum it up."""
        count = len(self.systems)
        parts = [self.simulate(chunk, w) for w in range(count)]
        keep = next((s.keep for s in self.specs if isinstance(s, Events)), 0)
        regions = parts[0][0].shape[2]
        out: Tally | None = None
        for w, (per_sample, per_load, ledger, numbers) in enumerate(parts):
            plain = per_sample[:, 0]
            weather, weather_n = np.zeros((count, regions, 4)), np.zeros(count)
            weather[w], weather_n[w] = plain.sum(axis=0), len(plain)
            events = np.zeros((min(int(ledger.event_count[0]), len(ledger.events)), 7))
            events[:, :6] = ledger.events[:len(events)]
            events[:, 6] = w
            found = Tally(Moments.of(plain), Moments.of(per_load), weather, weather_n,
                          Spread.of(plain[:, :, 3], numbers),
                          {key: getattr(ledger, key) for key in ("short", "unserved", "flow", "use", "bound", "energy",
                                                                 "owed", "lost", "surplus", "out")},
                          largest(events, keep), len(events), keep, [plain] if self.wants(ShortfallSamples) else [])
            if out is None:
                out = found
            else:
                out.merge(found)
        assert out is not None
        return out


def make_task(systems: tuple[System, ...], seed: int, options: Options, specs: tuple[ResultSpec, ...],
              levels: Floats | None = None, shape: Floats | None = None) -> Task:
    """Task of a plain assessment, or of several levels of added load."""
    regions, steps = len(systems[0].regions), systems[0].axis.steps
    return Task(systems, seed, options, specs, np.zeros((1, regions)) if levels is None else np.ascontiguousarray(levels),
                np.ones(steps) if shape is None else np.ascontiguousarray(shape, dtype=np.float64))


def chunks_of(samples: int, size: int, first: int = 0) -> Iterator[Chunk]:
    """Chunks of samples in order, from chunk boundary `first`."""
    for start in range(first, samples, size):
        yield start, min(start + size, samples)


def chunk_size(task: Task, samples: int) -> int:
    """Samples a chunk: about a tenth of a second of work by a rough count, at least 16 chunks a run."""
    model = task.model()
    regions, blocks = model.grid.low.shape
    draws = float(model.fleet.slot[-1])
    cost_s = 8e-9 * draws + 3e-9 * regions * blocks + 2e-6
    busy = not model.rules.constant or model.rules.every_step
    cost_s += (5e-7 + 5e-8 * regions) * model.grid.base.shape[1] * len(task.levels) if busy else 2e-6 * len(task.levels)
    return int(max(1, min(0.1 / cost_s, 20_000, np.ceil(samples / 16))))
