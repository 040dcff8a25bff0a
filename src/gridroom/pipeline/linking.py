"""Two lists of the same things: which record here is which record there, at most one each.

The model is that of Fellegi & Sunter [1]_: a pair's weight is the sum over fields of log(m / u), the chance of the level among
true pairs over that among others. Fields about place are taken together, since they depend on each other. The chances are
fitted by expectation and maximisation in which the expectation obeys one-to-one: the probability of each pair is the marginal of
the matching model with these weights, by belief propagation on the graph of pairs [2]_ (exact where it has no cycles).

References
----------
.. [1] Fellegi & Sunter 1969, *A theory for record linkage*, JASA 64, 1183, doi 10.1080/01621459.1969.10501049.
.. [2] Zdeborova & Mezard 2006, *The number of matchings in random graphs*, J. Stat. Mech. P05003,
   doi 10.1088/1742-5468/2006/05/P05003.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.pipeline.comparison import COARSE, LEVELS, Compared, Floats, Index, pair_levels

OTHER_PAIRS = 5.0  # the same for pairs of different things
PRIOR_PAIRS = 30.0  # how many pairs the prior of a field weighs
ROUNDS = 10
TOGETHER = ("provider", "zone", "state", "county", "distance")
KEPT_LOG_ODDS = -7.0


@dataclass(slots=True, kw_only=True)
class Part:
    """Fields compared together, as one key a pair."""

    names: tuple[str, ...]
    key: NDArray[np.int32]
    prior: Floats
    other: Floats
    blank: NDArray[np.bool_]
    weight: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """Pairs with their weights and probabilities; `chosen` obeys one-to-one."""

    left: Index
    right: Index
    log_weight: Floats
    probability: Floats
    partner: Floats
    chosen: NDArray[np.bool_]
    parts: list[Part]
    kept: Index


def _together(compared: list[Compared], field_of_column: dict[str, str]) -> list[list[int]]:
    place = [k for k, c in enumerate(compared) if field_of_column.get(c.name, c.name) in TOGETHER]
    return ([place] if place else []) + [[k] for k in range(len(compared)) if k not in place]


def _part(compared: list[Compared], group: list[int], levels: list[NDArray[np.uint8]]) -> Part:
    names = tuple(compared[k].name for k in group)
    if len(group) == 1:
        prior = compared[group[0]].prior.copy()
        return Part(names=names, key=levels[group[0]].astype(np.int32), prior=prior, other=compared[group[0]].other,
                    blank=np.arange(LEVELS) == 0, weight=np.zeros(LEVELS))
    key = np.zeros(len(levels[0]), np.int64)
    chances: list[tuple[Floats, Floats]] = []
    for k in group:
        coarse = compared[k].kind == "text"
        level = COARSE[levels[k]] if coarse else levels[k]
        unknown = float((level == 0).mean())
        chances.append((_with_unknown(compared[k].prior, coarse, unknown), _with_unknown(compared[k].other, coarse, unknown)))
        key = key * LEVELS + level
    seen, number = np.unique(key, return_inverse=True)
    prior, other = np.ones(len(seen)), np.ones(len(seen))
    rest = seen.copy()
    for same, any_two in reversed(chances):
        prior *= same[rest % LEVELS]
        other *= any_two[rest % LEVELS]
        rest //= LEVELS
    return Part(names=names, key=number.astype(np.int32), prior=prior / prior.sum(), other=other / other.sum(), blank=seen == 0,
                weight=np.zeros(len(seen)))


def _with_unknown(chance: Floats, coarse: bool, unknown: float) -> Floats:
    """Chances of the levels, text ones taken together, with the share of pairs of which nothing is known."""
    out = np.bincount(COARSE, weights=chance, minlength=LEVELS).astype(np.float64) if coarse else chance.copy()
    out *= 1.0 - unknown
    out[0] = unknown + 1e-6
    return out


def marginals(left: Index, right: Index, odds: Floats, sizes: tuple[int, int], rounds: int = 60) -> Floats:
    """Probability of each pair when a record has at most one partner on either side.

    Parameters
    ----------
    left, right : int array (P,)
        Record of each list.
    odds : float array (P,)
        Odds of the pair against both records being single.
    sizes : tuple of int
        Length of the two lists.

    Returns
    -------
    float array (P,)
        Marginals of the model in which a matching's weight is the product of its pairs' odds.
    """
    a, b = np.ones(len(odds)), np.ones(len(odds))
    for _ in range(rounds):
        busy = np.bincount(left, weights=odds * b, minlength=sizes[0])[left] - odds * b
        free = 1.0 / (1.0 + np.maximum(busy, 0.0))
        a = 0.5 * (a + free)
        busy = np.bincount(right, weights=odds * a, minlength=sizes[1])[right] - odds * a
        free = 1.0 / (1.0 + np.maximum(busy, 0.0))
        b = 0.5 * (b + free)
    x = odds * a * b
    return np.asarray(x / (1.0 + x))


def choose_pairs(left: Index, right: Index, probability: Floats) -> NDArray[np.bool_]:
    """Pairs of the matching with the largest sum of probabilities, part by part of the graph."""
    from scipy.optimize import linear_sum_assignment
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    chosen = np.zeros(len(left), np.bool_)
    use = np.flatnonzero(probability > 0.02)
    if not len(use):
        return chosen
    n = int(max(left.max(), right.max())) + 1
    graph = coo_matrix((np.ones(len(use)), (left[use], right[use])), shape=(n, n))
    label = connected_components(graph, directed=False)[1][left[use]]
    order = np.argsort(label, kind="stable")
    for group in np.split(use[order], np.flatnonzero(np.diff(label[order])) + 1):
        if len(group) == 1:
            chosen[group] = True
            continue
        rows, r = np.unique(left[group], return_inverse=True)
        columns, c = np.unique(right[group], return_inverse=True)
        table, where = np.zeros((len(rows), len(columns))), np.full((len(rows), len(columns)), -1)
        table[r, c], where[r, c] = probability[group], group
        taken = where[linear_sum_assignment(-table)]
        chosen[taken[taken >= 0]] = True
    return chosen


def link(frame: Any, compared: list[Compared], fields: dict[str, str], left: Index, right: Index,
         background: tuple[Index, Index] | None = None) -> Linked:
    """Link two lists.

    Parameters
    ----------
    frame : DataFrame
        Both lists, one after the other.
    compared : list of Compared
    fields : dict
        Field that each column stands for.
    left, right : int array (P,)
        Rows of the candidate pairs.
    background : tuple of int arrays, optional
        Rows of random pairs, when the candidates are not all pairs.
    """
    levels = [pair_levels(frame, c, left, right) for c in compared]
    parts = [_part(compared, group, levels) for group in _together(compared, fields)]
    rows, l_index = np.unique(left, return_inverse=True)
    columns, r_index = np.unique(right, return_inverse=True)
    sizes = (len(rows), len(columns))
    seen = [np.bincount(part.key, minlength=len(part.prior)).astype(np.float64) for part in parts]
    if background is not None:
        seen = _background_counts(frame, compared, fields, parts, levels, background)
    true = [part.prior / part.prior.sum() for part in parts]
    other = []
    for part, count in zip(parts, seen, strict=True):
        chance = np.where(part.blank, 0.0, count) + 10.0 * OTHER_PAIRS * part.other + 1e-6
        other.append(chance / chance.sum())
    share_odds = 1.0
    scale = 1.0 if background is None else 0.0  # random pairs hold hardly any true ones
    log_weight, kept, p = np.zeros(len(left)), np.zeros(0, np.int64), np.zeros(0)
    for _ in range(ROUNDS):
        log_weight = np.full(len(left), np.log(share_odds / max(sizes)))
        for part, m, u in zip(parts, true, other, strict=True):
            part.weight = np.where(part.blank, 0.0, np.log(np.maximum(m, 1e-9) / u))
            log_weight += part.weight[part.key]
        kept = np.flatnonzero(log_weight > KEPT_LOG_ODDS)
        p = marginals(l_index[kept], r_index[kept], np.exp(np.minimum(log_weight[kept], 30.0)), sizes)
        share = float(np.clip(p.sum() / min(sizes), 0.02, 0.95))
        share_odds = share / (1.0 - share)
        for k, part in enumerate(parts):
            met: Floats = np.bincount(part.key[kept], weights=p, minlength=len(part.prior)).astype(np.float64)
            fitted: Floats = np.where(part.blank, 0.0, met) + PRIOR_PAIRS * part.prior + 1e-6
            true[k] = fitted / fitted.sum()
            rest: Floats = np.where(part.blank, 0.0, np.maximum(seen[k] - scale * met, 0.0)) + OTHER_PAIRS * part.other + 1e-6
            other[k] = rest / rest.sum()
    chosen = choose_pairs(left[kept], right[kept], p)
    partner = np.minimum(np.bincount(l_index[kept], weights=p, minlength=sizes[0])[l_index[kept]],
                         np.bincount(r_index[kept], weights=p, minlength=sizes[1])[r_index[kept]])
    return Linked(left=left[kept], right=right[kept], log_weight=log_weight[kept], probability=p,
                  partner=np.minimum(partner, 1.0), chosen=chosen, parts=parts, kept=kept)


def _background_counts(frame: Any, compared: list[Compared], fields: dict[str, str], parts: list[Part],
                       levels: list[NDArray[np.uint8]], background: tuple[Index, Index]) -> list[Floats]:
    """How often each key of each part is met among random pairs."""
    n = len(background[0])
    random = [pair_levels(frame, c, *background) for c in compared]
    both = [np.concatenate([a, b]) for a, b in zip(levels, random, strict=True)]
    out = []
    for part, group in zip(parts, _together(compared, fields), strict=True):
        whole = _part(compared, group, both)
        key = whole.key[-n:]
        if len(whole.prior) != len(part.prior) and len(group) > 1:  # random pairs may show keys that no candidate has
            same = np.zeros(len(whole.prior), np.int64)
            same[whole.key[: len(part.key)]] = part.key
            known = np.zeros(len(whole.prior), np.bool_)
            known[whole.key[: len(part.key)]] = True
            out.append(np.bincount(same[key[known[key]]], minlength=len(part.prior)).astype(np.float64))
        else:
            out.append(np.bincount(key, minlength=len(part.prior)).astype(np.float64))
    return out
