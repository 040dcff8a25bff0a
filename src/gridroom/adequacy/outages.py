"""Two-state units: their processes, and how a draw becomes the time of the next change.

The state at the first step is drawn from the stationary availability; every later change is drawn as a waiting time, so
the cost is proportional to the number of outages and not to the number of hours. Constant probabilities give geometric
waiting times; probabilities that vary in time are inverted on their cumulated hazard, exactly.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

LARGEST_HAZARD = 700.0  # -log(1 - p) for p = 1, finite so that sums stay finite


class Process(NamedTuple):
    """Two-state processes of U units.

    `fail_inverse` and `repair_inverse` are 1/log(1-p) for constant probabilities p (0 for p = 1, 1 for p = 0: never).
    `fail_row`, `repair_row` point to rows of cumulated hazard tables (rows, T + 1), or are -1 for constant ones.
    """

    availability: NDArray[np.float64]
    fail_inverse: NDArray[np.float64]
    repair_inverse: NDArray[np.float64]
    fail_row: NDArray[np.int64]
    repair_row: NDArray[np.int64]
    fail_hazard: NDArray[np.float64]
    repair_hazard: NDArray[np.float64]


def inverse_log(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """1/log(1-p), with 0 for p = 1 and the mark 1 for p = 0."""
    p = np.asarray(probability, dtype=np.float64)
    with np.errstate(divide="ignore"):
        out = 1.0 / np.log1p(-np.minimum(p, 1.0))
    out = np.where(p >= 1.0, 0.0, out)
    return np.asarray(np.where(p <= 0.0, 1.0, out))


def hazard(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cumulated hazard of per-step probabilities (rows, T): H[s] counts the changes into steps 1..s; (rows, T + 1)."""
    p = np.clip(np.asarray(probability, dtype=np.float64), 0.0, 1.0)
    with np.errstate(divide="ignore"):
        step = np.minimum(-np.log1p(-p), LARGEST_HAZARD)
    step[:, 0] = 0.0  # the first step's state is drawn, not entered
    out = np.zeros((p.shape[0], p.shape[1] + 1))
    np.cumsum(step, axis=1, out=out[:, :-1])
    out[:, -1] = out[:, -2]
    return out


def make_process(failure: NDArray[np.float64], repair: NDArray[np.float64]) -> Process:
    """Process of units with per-step probabilities of shape (U, T) or (U, 1)."""
    first_fail, first_repair = failure[:, 0], repair[:, 0]
    total = first_fail + first_repair
    availability = np.where(total > 0, np.divide(first_repair, total, out=np.ones_like(total), where=total > 0), 1.0)
    rows: list[NDArray[np.int64]] = []
    tables: list[NDArray[np.float64]] = []
    for probability in (failure, repair):
        if probability.shape[1] == 1:
            rows.append(np.full(len(probability), -1, dtype=np.int64))
            tables.append(np.zeros((0, 1)))
            continue
        varies = (probability != probability[:, :1]).any(axis=1)
        index = np.full(len(probability), -1, dtype=np.int64)
        index[varies] = np.arange(int(varies.sum()))
        rows.append(index)
        tables.append(hazard(probability[varies]) if varies.any() else np.zeros((0, 1)))
    return Process(availability, inverse_log(first_fail), inverse_log(first_repair), rows[0], rows[1], tables[0],
                   tables[1])


@njit(cache=True, nogil=True, inline="always")
def wait(u, inverse):
    """Steps until a change with constant probability: geometric, at least 1; a very large number for never."""
    if inverse > 0.5:
        return 1 << 40
    return np.int64(np.log(u) * inverse) + 1


@njit(cache=True, nogil=True)
def change_step(table, row, t, log_u, steps):
    """First step after t into which the cumulated hazard carries a change; `steps` when there is none."""
    goal = table[row, t] - log_u
    if table[row, steps - 1] < goal:
        return steps
    low, high = t, steps - 1
    while high - low > 1:
        middle = (low + high) // 2
        if table[row, middle] >= goal:
            high = middle
        else:
            low = middle
    return high
