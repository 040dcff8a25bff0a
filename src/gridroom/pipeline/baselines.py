"""Simple forecasts of a queue, to be beaten: each gives a chance of arriving within the horizon to every open request."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from gridroom.pipeline.survival import History

Floats = NDArray[np.float64]
POOL = 40.0
OLDEST = 30
HALF_LIFE = 8.0
SIZE_CLASSES = np.array([20.0, 100.0, 300.0])


def _resolved(known: History) -> NDArray[np.bool_]:
    return np.asarray(known.outcome > 0)


def all_arrive(known: History, active: History, year: int, horizon: int) -> Floats:
    """Every open request arrives in full."""
    return np.ones(len(active.mw))


def share_of_mw(known: History, active: History, year: int, horizon: int) -> Floats:
    """Past share of resolved MW that arrived."""
    done = _resolved(known)
    share = known.mw[known.outcome == 1].sum() / max(known.mw[done].sum(), 1e-9)
    return np.full(len(active.mw), float(share))


def share_of_count(known: History, active: History, year: int, horizon: int) -> Floats:
    """Past share of resolved requests that arrived."""
    return np.full(len(active.mw), float((known.outcome == 1).sum() / max(_resolved(known).sum(), 1)))


def constant_hazards(known: History, active: History, year: int, horizon: int) -> Floats:
    """One yearly hazard of arriving and one of withdrawing for all."""
    years = float((np.minimum(known.end, year) - known.start + 1).sum())
    arrive, leave = (known.outcome == 1).sum() / years, (known.outcome == 2).sum() / years
    total = max(arrive + leave, 1e-9)
    return np.full(len(active.mw), float(arrive / total * (1.0 - np.exp(-total * horizon))))


def _hazards(known: History, year: int, group: NDArray[np.int64], groups: int, weight: Floats) -> tuple[Floats, Floats]:
    """Hazards by group and age, shrunk toward those of all (G, A)."""
    at_risk, arrived, gone = (np.zeros((groups, OLDEST)) for _ in range(3))
    last = np.minimum(known.end, year)
    for age in range(OLDEST):
        here = known.start + age <= last
        now = here & (known.start + age == known.end)
        at_risk[:, age] = np.bincount(group[here], weights=weight[here], minlength=groups)
        arrived[:, age] = np.bincount(
            group[now & (known.outcome == 1)], weights=weight[now & (known.outcome == 1)], minlength=groups
        )
        gone[:, age] = np.bincount(group[now & (known.outcome == 2)], weights=weight[now & (known.outcome == 2)], minlength=groups)
    out = []
    for events in (arrived, gone):
        pooled = events.sum(axis=0) / np.maximum(at_risk.sum(axis=0), 1e-9)
        own = events / np.maximum(at_risk, 1e-9)
        share = at_risk / (at_risk + POOL)
        out.append(share * own + (1.0 - share) * pooled[None])
    return out[0], out[1]


def _conditional(arrive: Floats, leave: Floats, group: NDArray[np.int64], age: NDArray[np.int64], horizon: int) -> Floats:
    """Chance of arriving within the horizon, given that the request is open at its age."""
    left, total = np.ones(len(age)), np.zeros(len(age))
    for h in range(1, horizon + 1):
        a = np.minimum(age + h, OLDEST - 1)
        total += left * arrive[group, a]
        left *= np.maximum(1.0 - arrive[group, a] - leave[group, a], 0.0)
    return total


def by_technology(known: History, active: History, year: int, horizon: int) -> Floats:
    """Aalen-Johansen by technology and age, hazards shrunk toward those of all."""
    arrive, leave = _hazards(known, year, known.technology, known.technologies, np.ones(len(known.mw)))
    return _conditional(arrive, leave, active.technology, year - active.start, horizon)


def pooled(known: History, active: History, year: int, horizon: int) -> Floats:
    """Aalen-Johansen of all, by age."""
    arrive, leave = _hazards(known, year, np.zeros(len(known.mw), np.int64), 1, np.ones(len(known.mw)))
    return _conditional(arrive, leave, np.zeros(len(active.mw), np.int64), year - active.start, horizon)


def final_share(known: History, active: History, year: int, horizon: int) -> Floats:
    """Cumulative incidence of all at the highest age, whatever the request's own age."""
    arrive, leave = _hazards(known, year, np.zeros(len(known.mw), np.int64), 1, np.ones(len(known.mw)))
    left, total = 1.0, 0.0
    for a in range(OLDEST):
        total += left * arrive[0, a]
        left *= max(1.0 - arrive[0, a] - leave[0, a], 0.0)
    return np.full(len(active.mw), total)


def by_technology_and_size(known: History, active: History, year: int, horizon: int) -> Floats:
    """The same by technology and size class, old years fading."""

    def group(h: History) -> NDArray[np.int64]:
        return h.technology * 4 + np.searchsorted(SIZE_CLASSES, h.mw, side="left")

    weight = 0.5 ** ((year - np.minimum(known.end, year)) / HALF_LIFE)
    arrive, leave = _hazards(known, year, group(known), known.technologies * 4, weight)
    return _conditional(arrive, leave, group(active), year - active.start, horizon)


Baseline = Callable[[History, History, int, int], Floats]
# name → forecast and the sd of its shared logit shift, chosen on 2006-2012 alone
BASELINES: dict[str, tuple[Baseline, float]] = {
    "all arrive": (all_arrive, 0.0),
    "past share of MW": (share_of_mw, 0.9),
    "past share of count": (share_of_count, 0.9),
    "constant hazards": (constant_hazards, 0.6),
    "Aalen-Johansen, all": (pooled, 0.9),
    "final share of all": (final_share, 0.9),
    "Aalen-Johansen by technology, shrunk": (by_technology, 0.9),
    "by technology and size, 8-year half-life": (by_technology_and_size, 0.9),
}


def draw_chances(chance: Floats, sigma: float, draws: int, seed: int) -> Floats:
    """Chances under one shared shift of the log odds a draw (D, n)."""
    generator = np.random.Generator(np.random.Philox(key=[seed, 72]))
    shift = sigma * generator.standard_normal((draws, 1))
    p = np.clip(chance, 1e-6, 1 - 1e-6)[None]
    moved = 1.0 / (1.0 + (1.0 / p - 1.0) * np.exp(-shift))
    return np.where(chance[None] >= 1.0, 1.0, moved)
