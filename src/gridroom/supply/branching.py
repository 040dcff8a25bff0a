"""Whole units: branch and bound over the few columns that count units, each node from the basis of the last [1]_.

A site has thousands of hours but a handful of unit counts. Branching on those alone and going on from a warm basis takes a few
short solves, where a general search works on the whole program again and again.

References
----------
.. [1] Land & Doig 1960, *An automatic method of solving discrete programming problems*, Econometrica 28.
"""

from __future__ import annotations

import dataclasses
import heapq
import time
from collections.abc import Callable

import numpy as np

from gridroom.supply.linear import Answer, Floats, Program

WHOLE = 1e-6
Listen = Callable[[float, float, int], None]
Node = tuple[float, int, Floats, Floats, Answer]


def _fractional(values: Floats) -> int:
    """Position of the most fractional value, or -1."""
    away = np.abs(values - np.round(values))
    k = int(away.argmax())
    return k if away[k] > WHOLE else -1


def _put(values: Floats, k: int, value: float) -> Floats:
    out = values.copy()
    out[k] = value
    return out


class _Search:
    """Open nodes, the best found, the clock."""

    def __init__(self, program: Program, gap: float, time_limit_s: float, listen: Listen | None, first: Answer) -> None:
        self.program, self.gap, self.limit_s, self.listen = program, gap, time_limit_s, listen
        self.columns = program.whole
        self.started = time.perf_counter()
        lower, upper = program.bounds()
        self.best: Answer | None = None
        self.bound, self.count, self.iterations = first.objective, 1, first.iterations
        self.open: list[Node] = [(first.objective, 0, lower[self.columns], upper[self.columns], first)]

    @property
    def late(self) -> bool:
        """Whether the time is up."""
        return time.perf_counter() - self.started > self.limit_s

    @property
    def left(self) -> float:
        """Relative gap between the best found and what may still be found."""
        if self.best is None:
            return float("inf")
        bound = min(self.bound, self.best.objective) if self.open else self.best.objective
        return (self.best.objective - bound) / max(abs(self.best.objective), 1e-9)

    def worth(self, objective: float) -> bool:
        """Whether a node can still beat the best found by more than the gap."""
        return self.best is None or objective < self.best.objective - self.gap * abs(self.best.objective)

    def children(self, low: Floats, high: Floats, answer: Answer, k: int) -> list[Node]:
        """Both sides of a fractional count, those worth keeping, the better first."""
        value = float(answer.values[self.columns[k]])
        sides = [(low, _put(high, k, np.floor(value))), (_put(low, k, np.ceil(value)), high)]
        if value - np.floor(value) >= 0.5:
            sides.reverse()
        found: list[Node] = []
        for low_k, high_k in sides:
            self.program.bound_columns(self.columns, low_k, high_k)
            child = self.program.solve()
            self.iterations += child.iterations
            self.count += 1
            if child.status == "optimal" and self.worth(child.objective):
                found.append((child.objective, self.count, low_k, high_k, child))
        return sorted(found, key=lambda node: node[:2])

    def dive(self, node: Node) -> None:
        """From a node down to whole numbers: each step takes the better side and leaves the other open."""
        _, _, low, high, answer = node
        while True:
            k = _fractional(answer.values[self.columns])
            if k < 0:
                if self.best is None or answer.objective < self.best.objective:
                    self.best = answer
                return
            found = self.children(low, high, answer, k)
            for other in found[1:]:
                heapq.heappush(self.open, other)
            if self.listen is not None:
                self.listen(time.perf_counter() - self.started, self.left, self.count)
            if not found or (self.late and self.best is not None):
                return
            _, _, low, high, answer = found[0]

    def run(self) -> str:
        """Work through the open nodes, best bound first; returns the status."""
        while self.open:
            self.bound = self.open[0][0]
            if not self.worth(self.bound):
                break
            if self.late:
                return "time_limit"
            self.dive(heapq.heappop(self.open))
        return "optimal"


def solve_whole(program: Program, gap: float = 1e-4, time_limit_s: float = np.inf, listen: Listen | None = None) -> Answer:
    """Solve with whole numbers; a plain solution where there are none.

    Parameters
    ----------
    program : Program
    gap : float
        Relative gap at which the search ends.
    time_limit_s : float
        Seconds after which the best found so far is answered, its gap said.
    listen : callable, optional
        Told (seconds, gap, nodes) after each node.

    Returns
    -------
    Answer
        `optimal` within the gap, or `time_limit` with the best found.
    """
    first = program.solve(time_limit_s)
    if not len(program.whole) or first.status != "optimal":
        return first
    search = _Search(program, gap, time_limit_s, listen, first)
    lower, upper = search.open[0][2], search.open[0][3]
    status = search.run()
    program.bound_columns(program.whole, lower, upper)
    if search.best is None:
        nothing = np.zeros(0)
        word = "infeasible" if status == "optimal" else status
        return dataclasses.replace(first, status=word, objective=np.nan, values=nothing, duals=nothing)
    seconds = first.seconds + time.perf_counter() - search.started
    return dataclasses.replace(search.best, status=status, gap=max(search.left, 0.0), seconds=seconds, iterations=search.iterations)


__all__ = ["Listen", "solve_whole"]
