"""Pairs worth comparing: all of them for a few thousand records, else those that share rare values or pairs of values."""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from gridroom.pipeline import partition_kernel as kernel
from gridroom.pipeline import sitewords
from gridroom.pipeline.evidence import Evidence, random_pairs

Floats = NDArray[np.float64]
Index = NDArray[np.int64]

ALL_PAIRS_UP_TO = 6000  # records
LEAST_WEIGHT = 0.0  # log Bayes factor of a pair that is kept
LARGEST_BLOCK = 60
MOST_NEIGHBOURS, MOST_OF_MANY = 16, 8  # kept of each record; in large tables
SITE_LEAST = 1.0


def every_pair(n: int) -> tuple[Index, Index]:
    """All pairs of rows."""
    left, right = np.triu_indices(n, 1)
    return left.astype(np.int64), right.astype(np.int64)


def candidate_pairs(evidence: Evidence, n: int) -> tuple[Index, Index, Floats]:
    """Candidate pairs (left before right) and their weights."""
    if n < 2:
        return np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0)
    if evidence.words is not None:
        return _site_pairs(evidence.words, n)
    arrays = (evidence.field, evidence.probability, evidence.keep, evidence.value, evidence.common, evidence.is_ratio,
              evidence.edges, evidence.weight)
    if n <= ALL_PAIRS_UP_TO:
        room = 40 * n
        while True:
            left, right, score = np.zeros(room, np.int64), np.zeros(room, np.int64), np.zeros(room)
            found = kernel.all_pairs(*arrays, LEAST_WEIGHT, left, right, score)
            if found <= room:
                return _nearest(left[:found], right[:found], score[:found], n)
            room = found
    left, right = _blocked(evidence, n)
    score = kernel.listed_weights(left, right, *arrays)
    keep = score >= LEAST_WEIGHT
    return _nearest(left[keep], right[keep], score[keep], n)


def _nearest(left: Index, right: Index, score: Floats, n: int) -> tuple[Index, Index, Floats]:
    """Keep each record's best neighbours; a pair stays if it is among the best of either."""
    most = MOST_NEIGHBOURS if n <= ALL_PAIRS_UP_TO else MOST_OF_MANY
    if len(left) <= most * n // 2:
        return left, right, score
    keep = np.zeros(len(left), np.bool_)
    for side in (left, right):
        order = np.lexsort((-score, side))
        rank = np.arange(len(side)) - np.concatenate([[0], np.cumsum(np.bincount(side, minlength=n))])[side[order]]
        keep[order[rank < most]] = True
    return left[keep], right[keep], score[keep]


def _keys(evidence: Evidence) -> list[NDArray[np.int64]]:
    """Blocking keys: exact values and coarse numbers; -1 where unknown."""
    keys = [row.astype(np.int64) for row in evidence.field]
    for k in range(len(evidence.value)):
        value = evidence.value[k]
        known = np.isfinite(value)
        step = value / (evidence.edges[k][1] if evidence.is_ratio[k] else evidence.edges[k][2])
        keys.append(np.where(known, np.floor(np.where(known, step, 0.0)).astype(np.int64) + 1_000_000, -1))
    return keys


def _blocked(evidence: Evidence, n: int) -> tuple[Index, Index]:
    """Pairs that share a key, or two or three keys where one is too common."""
    keys = _keys(evidence)
    found: list[NDArray[np.int64]] = []
    exact = len(evidence.field)
    for size in (1, 2, 3):
        for group in combinations(range(len(keys)), size):
            if group[0] >= exact:  # numbers alone name nothing
                continue
            joint = np.zeros(n, np.int64)
            known = np.ones(n, np.bool_)
            for k in group:
                known &= keys[k] >= 0
                joint = joint * 2_000_003 + keys[k]
            found.append(pairs_of_blocks(np.flatnonzero(known), joint[known], n))
            if sum(map(len, found)) > 20_000_000:
                found = [distinct(found)]
    key = distinct(found) if found else np.zeros(0, np.int64)
    return key // n, key % n


def distinct(parts: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    """Distinct numbers, sorted; by sorting, which is far faster here than hashing."""
    whole = np.sort(np.concatenate(parts))
    return whole[np.concatenate([[True], whole[1:] != whole[:-1]])] if len(whole) else whole


def pairs_of_blocks(rows: Index, key: NDArray[np.int64], n: int, largest: int = LARGEST_BLOCK) -> NDArray[np.int64]:
    """Pairs within blocks of a size that is worth it, as left * n + right."""
    order = np.argsort(key, kind="stable")
    rows, key = rows[order], key[order]
    edge = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1], [True]])) if len(key) else np.zeros(1, np.int64)
    begin, length = edge[:-1], np.diff(edge)
    out = []
    for size in range(2, largest + 1):
        blocks = begin[length == size]
        if not len(blocks):
            continue
        block = np.sort(rows[blocks[:, None] + np.arange(size)], axis=1)
        a, b = np.triu_indices(size, 1)
        out.append((block[:, a] * n + block[:, b]).ravel())
    return np.concatenate(out) if out else np.zeros(0, np.int64)


def _site_pairs(words: sitewords.WordSets, n: int) -> tuple[Index, Index, Floats]:
    """Candidate pairs of site descriptions."""
    if n <= ALL_PAIRS_UP_TO // 2:
        left, right = every_pair(n)
        background = (left, right)
    else:
        found = [pairs_of_blocks(np.repeat(np.arange(n), np.diff(start)), flat, n) for start, flat, _ in
                 (words.party, words.place, words.rest)]
        key = distinct(found)
        left, right = key // n, key % n
        background = random_pairs(n)
    score = sitewords.site_weights(words, left, right, background)
    keep = score >= SITE_LEAST
    return left[keep], right[keep], score[keep]
