"""One list of requests: which of them are the same project, as draws of partitions and probabilities of pairs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.pipeline import partition_kernel as kernel
from gridroom.pipeline.candidates import candidate_pairs
from gridroom.pipeline.compare_kernel import NUMBER_LEVELS
from gridroom.pipeline.evidence import Evidence, background_counts, gather, level_counts, level_weights

Floats = NDArray[np.float64]
Index = NDArray[np.int64]

PRIOR_PAIRS = 60.0  # how many pairs the prior of a number weighs
# Prior weight of founding a project, as a share of the one that would give the present number of projects. While chances and
# weights are fitted it stays near 1, so that a list without duplicates is left alone (a test permutes every column); then chances,
# weights and the founding weight are fixed, at a share for which probabilities of generated filings (seeds that are not
# reported) come true.
FITTING_SHARE, FOUND_SHARE = 0.8, 0.12
# Bound of the founding weight a filing. A list that reaches it holds hardly any duplicates: it keeps that weight, at which only
# filings that are plainly one project are merged (assumed).
MOST_FOUNDING = 20.0
SITE_FOUND = 0.6
SWEEPS, DRAWS = 200, 64
LEAST_SWEEPS, FULL_SWEEPS_UP_TO = 16, 6_000  # large tables get fewer sweeps
FAR = -5.0
DECIDED = 1000.0


@dataclass(slots=True, kw_only=True)
class Partitions:
    """Draws of who is who.

    Attributes
    ----------
    left, right : int array (P,)
        Candidate pairs.
    probability : float array (P,)
        Share of draws in which the pair is one project.
    draws : int array (D, n)
        Project number of each record in each kept draw.
    evidence : Evidence
        As fitted.
    log_weight : float array (P,)
        Weight of each pair by itself.
    found : float
        Prior weight of founding a project in the last sweep.
    """

    left: Index
    right: Index
    probability: Floats
    draws: NDArray[np.int32]
    evidence: Evidence
    log_weight: Floats
    found: float


def draw_partitions(frame: Any, leave_out: Sequence[str] = (), seed: int = 1, sweeps: int = SWEEPS, decisions: Floats | None = None
                    ) -> Partitions:
    """Draw who is who.

    Parameters
    ----------
    frame : DataFrame
        One row a request.
    leave_out : sequence of str
        Columns that are not compared.
    seed : int
    sweeps : int
        Sweeps of the sampler: a third fits, a sixth settles, half is counted. Tables beyond 6,000 rows get fewer in
        proportion, 16 at least.
    decisions : float array (D, 3), optional
        A reviewer's decisions: row, row, 1 for the same project or 0 for different ones.

    Returns
    -------
    Partitions
    """
    sweeps = max(min(sweeps, LEAST_SWEEPS), int(sweeps * min(1.0, FULL_SWEEPS_UP_TO / max(len(frame), 1))))
    evidence = gather(frame, leave_out)
    left, right, log_weight = candidate_pairs(evidence, len(frame))
    given = np.zeros(len(left))
    far = 0.0
    if evidence.words is not None:
        given, far = log_weight.copy(), FAR
    if decisions is not None and len(decisions):
        left, right, log_weight, given = _decide(left, right, log_weight, given, decisions)
    return _sample(evidence, len(frame), (left, right, log_weight, given), far, seed, sweeps)


def _decide(left: Index, right: Index, log_weight: Floats, given: Floats, decisions: Floats
            ) -> tuple[Index, Index, Floats, Floats]:
    """Put a reviewer's decisions in place of the weights of their pairs."""
    n = int(max(left.max(initial=0), right.max(initial=0), decisions[:, :2].max())) + 1
    pairs = np.sort(decisions[:, :2].astype(np.int64), axis=1)
    key, decided = left * n + right, pairs[:, 0] * n + pairs[:, 1]
    keep = ~np.isin(key, decided)
    strong = np.where(decisions[:, 2] > 0.5, DECIDED, -DECIDED)
    return (np.concatenate([left[keep], pairs[:, 0]]), np.concatenate([right[keep], pairs[:, 1]]),
            np.concatenate([log_weight[keep], strong]), np.concatenate([given[keep], strong]))


class _Projects:
    """The present partition as the kernel keeps it: members, size and score parts of each project."""

    def __init__(self, n: int, fields: int) -> None:
        self.label = np.arange(n, dtype=np.int32)
        self.members = np.zeros((n + 1, kernel.MOST), np.int32)
        self.members[:n, 0] = self.label
        self.size = np.zeros(n + 1, np.int32)
        self.size[:n] = 1
        self.pairs = np.zeros(n + 1)
        self.sums, self.filled = np.ones((n + 1, fields)), np.zeros((n + 1, fields), np.int64)
        self.free = np.zeros(n + 2, np.int32)
        self.free[0], self.n_free = n, 1

    def scored(self) -> tuple[Any, ...]:
        """Members, size and score parts."""
        return self.members, self.size, self.pairs, self.sums, self.filled


def _sample(evidence: Evidence, n: int, candidates: tuple[Index, Index, Floats, Floats], far: float, seed: int, sweeps: int
            ) -> Partitions:
    left, right, log_weight, given = candidates
    source, target = np.concatenate([left, right]), np.concatenate([right, left])
    order = np.lexsort((target, source))
    start = np.concatenate([[0], np.cumsum(np.bincount(source, minlength=n))]).astype(np.int64)
    neighbour = target[order].astype(np.int32)
    listed = np.concatenate([given, given])[order] if given.any() else np.zeros(0)
    now = _Projects(n, len(evidence.names))
    keep, weight = evidence.keep.copy(), evidence.weight.copy()
    fixed = (evidence.field, evidence.probability, keep, evidence.value, evidence.common, evidence.is_ratio, evidence.edges, weight,
             start, neighbour, listed, far)
    refresh: Any = kernel.refresh
    sweep: Any = kernel.sweep
    refresh(*now.scored(), *fixed)
    any_pairs = len(evidence.value) and n > 1
    background = background_counts(evidence, n) if any_pairs else np.zeros((0, NUMBER_LEVELS))
    fitting, settled = sweeps // 3, sweeps // 2
    together = np.zeros(len(neighbour), np.int64)
    kept, founding, found = [], [], n / 3.0
    for s in range(sweeps):
        heat = max(1.0, 2.0 - 2.0 * s / max(fitting, 1))
        if evidence.words is not None:
            found = SITE_FOUND * n
        elif s < fitting:
            found = FITTING_SHARE * _founding(n, int((now.size > 0).sum())) if s else found
            founding.append(found / FITTING_SHARE)
        else:
            usual = float(np.median(founding[-5:]))
            found = usual * (FOUND_SHARE if usual < MOST_FOUNDING * n else 1.0)
        now.n_free = sweep(seed, s, heat, found, now.label, *now.scored(), now.free, now.n_free, *fixed)
        if evidence.words is None and s % 4 == 0 and s < fitting:
            kernel.fit_keep(now.members, now.size, evidence.field, evidence.probability, keep)
            _fit_numbers(evidence, now.members, now.size, background, weight)
            refresh(*now.scored(), *fixed)
        if s >= settled:
            kernel.tally(now.label, start, neighbour, together)
            if (s - settled) % max(1, (sweeps - settled) // DRAWS) == 0:
                kept.append(_first_numbers(now.label))
    count = np.empty(len(order), np.int64)
    count[order] = together
    return Partitions(left=left, right=right, probability=count[: len(left)] / max(sweeps - settled, 1), draws=np.stack(kept),
                      evidence=replace(evidence, keep=keep, weight=weight), log_weight=log_weight, found=found)


def _first_numbers(label: NDArray[np.int32]) -> NDArray[np.int32]:
    """Project numbers in the order in which projects are first met."""
    _, first, where = np.unique(label, return_index=True, return_inverse=True)
    rank = np.empty(len(first), np.int32)
    rank[np.argsort(first)] = np.arange(len(first))
    return rank[where]


def _founding(n: int, projects: int) -> float:
    """Weight of founding for which n records are expected in that many projects: theta log(1 + n / theta)."""
    low, high = 1e-3, 1e9
    for _ in range(80):
        middle = (low * high) ** 0.5
        if middle * np.log1p(n / middle) < projects:
            low = middle
        else:
            high = middle
    return min(low, MOST_FOUNDING * n)


def _fit_numbers(evidence: Evidence, members: NDArray[np.int32], size: NDArray[np.int32], background: Floats, weight: Floats
                 ) -> None:
    """Weights of the levels from the pairs that are one project now."""
    left, right = [], []
    for m in range(2, int(size.max(initial=0)) + 1):
        rows = members[np.flatnonzero(size == m), :m]
        if not len(rows):
            continue
        a, b = np.triu_indices(m, 1)
        left.append(rows[:, a].ravel())
        right.append(rows[:, b].ravel())
    if not left or not len(evidence.value):
        return
    count = level_counts(evidence, np.concatenate(left).astype(np.int64), np.concatenate(right).astype(np.int64))
    count[:, 0] = 0.0
    true = count + PRIOR_PAIRS * evidence.true
    weight[:] = level_weights(true / true.sum(axis=1, keepdims=True), background.copy())
