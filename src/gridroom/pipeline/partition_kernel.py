"""Draws of who is who: one sweep of Gibbs sampling over partitions of the records into projects.

Score of a project C: for every field of exact values (agent, engineer, ramp, ...) the hit-or-miss model [1]_ with the project's own
value summed out,

    log[ pi (1 - r)^n (1 + sum_v p_v ((1 + r / ((1 - r) p_v))^n_v - 1)) + 1 - pi ],

r the chance that a filing keeps the project's value, p_v how often value v is met, n_v how many filings of C hold it, pi the
share of projects that keep the field at all; plus (n - 1) times the mean weight of C's pairs for numbers, dates and free text.
Records join a project with prior weight n and found one with weight theta (Chinese restaurant process).

References
----------
.. [1] Copas & Hilton 1990, *Record linkage: statistical models for matching computer records*, J. R. Stat. Soc. A 153, 287,
   doi 10.2307/2982975.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

from gridroom.core.draws import key_of, uniform
from gridroom.pipeline.compare_kernel import number_level

STREAM_PARTITION = np.uint64(31)
MOST = 32  # filings of one project
MOST_CANDIDATES = 400


@njit(cache=True, nogil=True)
def number_weight(i, j, value, common, is_ratio, edges, weight):
    """Weight of a pair for its numbers and dates."""
    total = 0.0
    for k in range(value.shape[0]):
        both = common[k, i] and common[k, j]
        total += weight[k, number_level(value[k, i], value[k, j], both, edges[k], is_ratio[k])]
    return total


@njit(cache=True, nogil=True)
def given_weight(i, j, start, neighbour, given, far):
    """Weight of a pair for its free text: from the sorted list of neighbours, `far` where it is not there."""
    low, high = start[i], start[i + 1]
    while low < high:
        middle = (low + high) // 2
        if neighbour[middle] < j:
            low = middle + 1
        else:
            high = middle
    if low < start[i + 1] and neighbour[low] == j:
        return given[low]
    return far


@njit(cache=True, nogil=True)
def value_sums(members, size, field, probability, keep, sums, filled):
    """Fill sum and count of the hit-or-miss score for each field of one project."""
    for f in range(field.shape[0]):
        total, n = 1.0, 0
        for a in range(size):
            v = field[f, members[a]]
            if v < 0:
                continue
            n += 1
            before = 0
            for b in range(a):
                if field[f, members[b]] == v:
                    before += 1
            p = probability[f, v]
            step = keep[f, 0] / ((1.0 - keep[f, 0]) * p)
            total += p * (1.0 + step) ** before * step
        sums[f] = total
        filled[f] = n


@njit(cache=True, nogil=True, inline="always")
def field_score(total, n, r, share):
    """Score of one field of a project."""
    if n < 2:
        return 0.0
    miss = 1.0
    for _ in range(n):
        miss *= 1.0 - r
    return math.log(share * miss * total + 1.0 - share)


@njit(cache=True, nogil=True)
def project_score(size, sums, filled, keep, pairs):
    """Score of a project from its sums and the sum of its pairs' weights."""
    score = 2.0 * pairs / size if size > 1 else 0.0
    for f in range(len(sums)):
        score += field_score(sums[f], filled[f], keep[f, 0], keep[f, 1])
    return score


@njit(cache=True, nogil=True)
def pair_sum(members, size, i, value, common, is_ratio, edges, weight, start, neighbour, given, far):
    """Sum of the weights of record i with the members of a project."""
    total = 0.0
    for a in range(size):
        j = members[a]
        if j != i:
            total += number_weight(i, j, value, common, is_ratio, edges, weight)
            if len(given):
                total += given_weight(i, j, start, neighbour, given, far)
    return total


@njit(cache=True, nogil=True)
def refresh(members, size, pairs, sums, filled, field, probability, keep, value, common, is_ratio, edges, weight, start,
            neighbour, given, far):
    """Compute anew what is kept of each project."""
    for c in range(len(size)):
        if size[c] == 0:
            continue
        value_sums(members[c], size[c], field, probability, keep, sums[c], filled[c])
        total = 0.0
        for a in range(1, size[c]):
            total += pair_sum(members[c], a, members[c, a], value, common, is_ratio, edges, weight, start, neighbour, given, far)
        pairs[c] = total


@njit(cache=True, nogil=True)
def sweep(seed, number, heat, theta, label, members, size, pairs, sums, filled, free, n_free, field, probability, keep,
          value, common, is_ratio, edges, weight, start, neighbour, given, far):
    """Draw each record's project once, given the others; returns how many project numbers are free."""
    n = len(label)
    key = key_of(seed, STREAM_PARTITION, number)
    fields = field.shape[0]
    candidate = np.empty(MOST_CANDIDATES, np.int32)
    score = np.empty(MOST_CANDIDATES + 1)
    new_pairs = np.empty(MOST_CANDIDATES)
    p_of, step_of = np.ones(fields), np.zeros(fields)
    for turn in range(n):
        i = (turn * 7919 + number * 104729) % n if n % 7919 else turn
        c = label[i]
        last = size[c] - 1
        for a in range(size[c]):
            if members[c, a] == i:
                members[c, a] = members[c, last]
                break
        size[c] = last
        if last == 0:
            free[n_free] = c
            n_free += 1
        else:
            pairs[c] -= pair_sum(members[c], last, i, value, common, is_ratio, edges, weight, start, neighbour, given, far)
            value_sums(members[c], last, field, probability, keep, sums[c], filled[c])
        for f in range(fields):
            v = field[f, i]
            if v >= 0:
                p_of[f] = probability[f, v]
                step_of[f] = keep[f, 0] / (1.0 - keep[f, 0])  # p times the step of the first filing
        count = 0
        for a in range(start[i], start[i + 1]):
            d = label[neighbour[a]]
            if neighbour[a] == i or size[d] == 0 or size[d] >= MOST - 1 or count >= MOST_CANDIDATES:
                continue
            seen = False
            for b in range(count):
                if candidate[b] == d:
                    seen = True
                    break
            if not seen:
                candidate[count] = d
                count += 1
        best = math.log(theta)
        for b in range(count):
            d = candidate[b]
            m = size[d]
            new_pairs[b] = pairs[d] + pair_sum(members[d], m, i, value, common, is_ratio, edges, weight, start, neighbour, given,
                                               far)
            gain = math.log(m) + 2.0 * new_pairs[b] / (m + 1) - (2.0 * pairs[d] / m if m > 1 else 0.0)
            change = 1.0  # product over fields of new over old score, so that one logarithm does
            for f in range(fields):
                v = field[f, i]
                if v < 0:
                    continue
                term = step_of[f]
                for a in range(m):
                    if field[f, members[d, a]] == v:
                        term *= 1.0 + step_of[f] / p_of[f]
                n_old = filled[d, f]
                miss = 1.0
                for _ in range(n_old):
                    miss *= 1.0 - keep[f, 0]
                grown = keep[f, 1] * miss * (1.0 - keep[f, 0]) * (sums[d, f] + term) + 1.0 - keep[f, 1]
                if n_old > 0:
                    change *= grown
                if n_old > 1:
                    change /= keep[f, 1] * miss * sums[d, f] + 1.0 - keep[f, 1]
            gain += math.log(max(change, 1e-300))
            score[b] = gain
            best = max(best, gain)
        score[count] = math.log(theta)
        total = 0.0
        for b in range(count + 1):
            score[b] = math.exp((score[b] - best) / heat)
            total += score[b]
        mark = uniform(key, i) * total
        pick = count
        for b in range(count + 1):
            mark -= score[b]
            if mark <= 0.0:
                pick = b
                break
        if pick == count:
            n_free -= 1
            d = free[n_free]
            pairs[d] = 0.0
            size[d] = 0
        else:
            d = candidate[pick]
            pairs[d] = new_pairs[pick]
        members[d, size[d]] = i
        size[d] += 1
        value_sums(members[d], size[d], field, probability, keep, sums[d], filled[d])
        label[i] = d
    return n_free


@njit(cache=True, nogil=True)
def fit_keep(members, size, field, probability, keep):
    """Set r and pi of each field to the likeliest values on a grid, given the projects (Beta(3, 3) and Beta(3, 2) priors)."""
    grid = np.array([0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.97])
    sums, filled = np.empty(1), np.empty(1, np.int64)
    trial = np.ones((1, 2))
    several = 0
    for c in range(len(size)):
        if size[c] > 1:
            several += 1
    scores = np.empty(several)
    for f in range(field.shape[0]):
        best, best_r, best_share = -1e300, keep[f, 0], keep[f, 1]
        for r in grid:
            trial[0, 0] = r
            k = 0
            for c in range(len(size)):
                if size[c] > 1:
                    value_sums(members[c], size[c], field[f : f + 1], probability[f : f + 1], trial, sums, filled)
                    scores[k] = math.exp(field_score(sums[0], filled[0], r, 1.0))
                    k += 1
            for b in range(1, 21):
                share = min(0.05 * b, 0.99)
                value = 2.0 * math.log(share) + math.log(1.0 - share) + 2.0 * math.log(r) + 2.0 * math.log(1.0 - r)
                for a in range(k):
                    value += math.log(share * scores[a] + 1.0 - share)
                if value > best:
                    best, best_r, best_share = value, r, share
        keep[f, 0], keep[f, 1] = best_r, best_share


@njit(cache=True, nogil=True)
def tally(label, start, neighbour, together):
    """Count for each listed pair whether it is in one project."""
    for i in range(len(label)):
        for a in range(start[i], start[i + 1]):
            if label[neighbour[a]] == label[i]:
                together[a] += 1


@njit(cache=True, nogil=True)
def all_pairs(field, probability, keep, value, common, is_ratio, edges, weight, least, left, right, score):
    """All pairs that share an exact value and whose weight reaches `least` (numbers alone name nothing).

    Returns how many there are; beyond the room for them they are only counted.
    """
    n, found = field.shape[1] if field.shape[0] else value.shape[1], 0
    for i in range(n):
        for j in range(i + 1, n):
            shares = False
            for f in range(field.shape[0]):
                if field[f, i] >= 0 and field[f, i] == field[f, j]:
                    shares = True
                    break
            if not shares:
                continue
            total = number_weight(i, j, value, common, is_ratio, edges, weight) + value_weight(i, j, field, probability, keep)
            if total >= least:
                if found < len(left):
                    left[found], right[found], score[found] = i, j, total
                found += 1
    return found


@njit(cache=True, nogil=True)
def value_weight(i, j, field, probability, keep):
    """Weight of a pair for its exact values: the hit-or-miss score of the two."""
    total = 0.0
    for f in range(field.shape[0]):
        a, b = field[f, i], field[f, j]
        if a < 0 or b < 0:
            continue
        square = keep[f, 0] * keep[f, 0]
        other = 1.0 - square
        total += math.log(keep[f, 1] * (other + (square / probability[f, a] if a == b else 0.0)) + 1.0 - keep[f, 1])
    return total


@njit(cache=True, nogil=True)
def listed_weights(left, right, field, probability, keep, value, common, is_ratio, edges, weight):
    """Weights of listed pairs (P,)."""
    out = np.empty(len(left))
    for p in range(len(left)):
        out[p] = (number_weight(left[p], right[p], value, common, is_ratio, edges, weight)
                  + value_weight(left[p], right[p], field, probability, keep))
    return out


@njit(cache=True, nogil=True)
def count_levels(left, right, value, common, is_ratio, edges, count):
    """Count the levels of the numbers of listed pairs into (K, levels)."""
    for p in range(len(left)):
        for k in range(value.shape[0]):
            count[k, number_level(value[k, left[p]], value[k, right[p]], common[k, left[p]] and common[k, right[p]],
                                  edges[k], is_ratio[k])] += 1
