"""The odds of a request by stage, and how each snapshot updates them.

A request moves from stage to stage or is withdrawn (competing risks). With hazards of advancing and of withdrawal that depend
on the stage alone, the chance of ever advancing from stage k is q_k = lambda_k / (lambda_k + mu_k), whatever the pace, and
requests that still wait take no side. So q_k has a Beta posterior whose counts are the advances and withdrawals seen from that
stage, and the chance of being energised is the product of the q from the present stage on [1]_.

References
----------
.. [1] Aalen & Johansen 1978, *An empirical transition matrix for non-homogeneous Markov chains*, Scand. J. Stat. 5, 141.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.pipeline import rates

Floats = NDArray[np.float64]

UNKNOWN_STAGE = 1  # table pipeline_rates: a filing asks for a study at least
LEVEL_START = 0.5  # spread of the level before any year is seen, log odds (assumed)


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCounts:
    """Advances and withdrawals seen, by provider and stage.

    Attributes
    ----------
    providers : tuple of str
    advanced, withdrawn : float array (P, 6)
    level : float
        Present common level against the pooled odds [log odds].
    level_spread : float
        Standard deviation of that level.
    """

    providers: tuple[str, ...]
    advanced: Floats
    withdrawn: Floats
    level: float = 0.0
    level_spread: float = 0.0


def prior_advance() -> Floats:
    """Prior chance of advancing from each stage (6,): ratio of the odds of one stage and the next."""
    odds = rates.series("stage_odds")
    return np.asarray(odds / np.append(odds[1:], 1.0))


def count_moves(history: Any) -> StageCounts:
    """Moves between snapshots of the same request.

    Parameters
    ----------
    history : DataFrame
        Records with several snapshots: `request_id, snapshot_date, provider, stage, status`.
    """
    providers = tuple(sorted({str(p) for p in history["provider"].dropna()}))
    row = {p: k for k, p in enumerate(providers)}
    advanced, withdrawn = np.zeros((max(len(providers), 1), 6)), np.zeros((max(len(providers), 1), 6))
    by_year: dict[int, list[float]] = {}
    expected = prior_advance()
    dated = history[history["snapshot_date"].notna()].sort_values(["request_id", "snapshot_date"], kind="stable")
    for _, part in dated.groupby("request_id", sort=False):
        stage, status = part["stage"].to_numpy(np.float64), list(part["status"])
        years = part["snapshot_date"].dt.year.to_numpy()
        p = row[str(part["provider"].iloc[0])]
        for k in range(1, len(part)):
            if np.isnan(stage[k - 1]) or status[k - 1] != "active" or stage[k - 1] > 5:
                continue
            here = int(stage[k - 1])
            if status[k] == "withdrawn":
                withdrawn[p, here] += 1
                by_year.setdefault(int(years[k]), []).append(-float(expected[here]))
                continue
            there = 6 if status[k] == "energised" else (here if np.isnan(stage[k]) else int(stage[k]))
            for passed in range(here, there):
                advanced[p, passed] += 1
                by_year.setdefault(int(years[k]), []).append(1.0 - float(expected[passed]))
    level, spread = _level(by_year, expected)
    return StageCounts(providers=providers, advanced=advanced, withdrawn=withdrawn, level=level, level_spread=spread)


def _level(by_year: dict[int, list[float]], expected: Floats) -> tuple[float, float]:
    """Common level of the last year seen, by a random walk over years (Kalman filter); 0 and no spread without history."""
    if not by_year:
        return 0.0, 0.0
    information = float((expected * (1 - expected)).mean())
    level, variance = 0.0, LEVEL_START**2
    for year in range(min(by_year), max(by_year) + 1):
        variance += rates.value("level_step") ** 2 if year > min(by_year) else 0.0
        seen = by_year.get(year, [])
        if not seen:
            continue
        noise = 1.0 / (information * len(seen))
        gain = variance / (variance + noise)
        level += gain * (float(np.mean(seen)) / information - level)
        variance *= 1.0 - gain
    return level, float(np.sqrt(variance))


def mean_odds(counts: StageCounts | None = None) -> Floats:
    """Posterior mean chance of being energised, by provider (last row: any other) and stage, energised included (P + 1, 7)."""
    good, bad = _pooled(counts)
    rows = []
    for a, b in zip(good, bad, strict=True):
        q = a / (a + b)
        rows.append(np.append(np.cumprod(q[::-1])[::-1], 1.0))
    return np.stack(rows)


def _pooled(counts: StageCounts | None) -> tuple[Floats, Floats]:
    """Beta counts by provider, the pooled ones last."""
    q = prior_advance()
    weight = rates.series("stage_weight")
    good, bad = weight * q, weight * (1.0 - q)
    if counts is None:
        return good[None], bad[None]
    all_good, all_bad = good + counts.advanced.sum(axis=0), bad + counts.withdrawn.sum(axis=0)
    share = all_good / (all_good + all_bad)
    own = counts.advanced + rates.value("pool_weight") * share
    own_bad = counts.withdrawn + rates.value("pool_weight") * (1.0 - share)
    return np.vstack([own, all_good]), np.vstack([own_bad, all_bad])


def draw_odds(count: int, seed: int, counts: StageCounts | None = None, common: float = 0.7) -> Floats:
    """Draw the odds by sample, provider (last: any other) and stage (N, P + 1, 7).

    The doubt about stages is shared in part: one score a sample with weight `common` (assumed), so that odds are high or low
    together.
    """
    from scipy.special import betaincinv, expit, logit, ndtr

    generator = np.random.Generator(np.random.Philox(key=[seed, 51]))
    good, bad = _pooled(counts)
    shared = generator.standard_normal((count, 1, 1))
    own = generator.standard_normal((count, *good.shape))
    score = np.sqrt(common) * shared + np.sqrt(1.0 - common) * own
    q = betaincinv(good[None], bad[None], ndtr(score))
    if counts is not None and (counts.level or counts.level_spread):
        ahead = counts.level + np.hypot(counts.level_spread, rates.value("level_step")) * generator.standard_normal((count, 1, 1))
        q = expit(logit(np.clip(q, 1e-9, 1 - 1e-9)) + ahead)
    p = np.cumprod(q[:, :, ::-1], axis=2)[:, :, ::-1]
    return np.concatenate([p, np.ones((count, p.shape[1], 1))], axis=2)
