"""Competing risks by year: how likely a request is to arrive within some years, or to be withdrawn first.

Cause-specific logits (1 arrives, 2 is withdrawn, given that it did not arrive):

    logit h_c = a + age class + operator + technology + operator x technology + size + size x age + operator x age
                + crowd + cull + level(year) [+ technology level(year), arrivals only]

All effects are shrunk by normal priors (partial pooling), the levels are AR(1) walks over calendar years that go on beyond the last
year with noise of their own, and old years fade with a half-life. A draw takes the effects from their normal posterior, runs the
levels forward, shifts all arrivals by one shared shock and adds up the cumulative incidence (never 1 - Kaplan-Meier of one cause).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

AGE_EDGES = np.array([0, 1, 2, 3, 4, 5, 7, 10])
BASE_YEAR = 1980
STILL_ACTIVE = 9999


@dataclass(frozen=True, slots=True, kw_only=True)
class SurvivalOptions:
    """Prior spreads and other settings; chosen on origins 2006-2012 alone (docs/pipeline.md says how)."""

    first_year: int = 1999
    sd_age: float = 1.0
    sd_operator: float = 0.2
    sd_technology: float = 0.15
    sd_cell: float = 0.15
    sd_size: float = 0.3
    sd_size_age: float = 0.2
    sd_operator_age: float = 0.5
    sd_crowd: float = 0.5
    sd_cull: float = 0.3
    smallest_mw: float = 50.0
    largest_mw: float = 500.0
    half_life_years: float = 5.0
    step: tuple[float, float] = (0.2, 0.2)
    persistence: tuple[float, float] = (0.7, 0.0)
    sd_start: float = 0.5
    technology_step: float = 0.3
    technology_persistence: float = 0.9
    shared_shock: float = 0.7


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Requests as arrays (n,): operator and technology numbers, MW, first and last year, outcome.

    Outcome: 0 active, 1 arrived, 2 withdrawn.
    """

    operator: Ints
    technology: Ints
    mw: Floats
    start: Ints
    end: Ints
    outcome: Ints
    operators: int
    technologies: int

    def take(self, rows: NDArray[np.bool_]) -> History:
        """Some of the requests."""
        return History(
            operator=self.operator[rows],
            technology=self.technology[rows],
            mw=self.mw[rows],
            start=self.start[rows],
            end=self.end[rows],
            outcome=self.outcome[rows],
            operators=self.operators,
            technologies=self.technologies,
        )

    def known_at(self, year: int) -> History:
        """What was known at the end of a year: later requests unknown, later outcomes still open."""
        past = self.take(self.start <= year)
        late = past.end > year
        return History(
            operator=past.operator,
            technology=past.technology,
            mw=past.mw,
            start=past.start,
            end=np.where(late, STILL_ACTIVE, past.end),
            outcome=np.where(late, 0, past.outcome),
            operators=self.operators,
            technologies=self.technologies,
        )

    def active_at(self, year: int) -> History:
        """Requests that are open at the end of a year, with what became of them."""
        return self.take((self.start <= year) & (self.end > year))


def history_of(table: Any) -> History:
    """History of a table `operator, technology, mw, start, end, outcome`."""
    names = sorted(set(table["operator"]))
    return History(
        operator=table["operator"].map(names.index).to_numpy(np.int64),
        technology=table["technology"].to_numpy(np.int64),
        mw=table["mw"].to_numpy(np.float64),
        start=table["start"].to_numpy(np.int64),
        end=table["end"].to_numpy(np.int64),
        outcome=table["outcome"].to_numpy(np.int64),
        operators=len(names),
        technologies=5,
    )


class Crowd:
    """Covariates of the queue itself: how many competed when a request entered, and how many of its cohort are gone."""

    def __init__(self, known: History, year: int) -> None:
        self.size = year + 2 - BASE_YEAR
        start, end = np.maximum(known.start - BASE_YEAR, 0), known.end - BASE_YEAR
        shape = (known.operators, known.technologies, self.size)
        stock = np.zeros((known.technologies, self.size))
        self.entered, self.left = np.zeros(shape), np.zeros((*shape, self.size))
        np.add.at(self.entered, (known.operator, known.technology, start), 1.0)
        for y in range(self.size):
            here = (start <= y) & (end >= y)
            stock[:, y] = np.bincount(known.technology[here], minlength=known.technologies)
            np.add.at(self.left[..., y], (known.operator[here], known.technology[here], start[here]), 1.0)
        self.crowd = np.log(stock + 5.0) - 5.0

    def covariates(self, operator: Ints, technology: Ints, start: Ints, year: Ints) -> tuple[Floats, Floats]:
        """Log of the technology's stock at entry, and minus log of the share of the cohort that is left."""
        s = np.clip(start - BASE_YEAR, 0, self.size - 1)
        y = np.clip(year - BASE_YEAR, 0, self.size - 1)
        left = (self.left[operator, technology, s, y] + 3.0) / (self.entered[operator, technology, s] + 3.0)
        return self.crowd[technology, s], -np.log(left)


def _design(
    h: History, operator: Ints, technology: Ints, mw: Floats, start: Ints, year: Ints, crowd: Crowd, o: SurvivalOptions
) -> tuple[Floats, Floats]:
    """Design matrix and prior precision of each column."""
    age = year - start
    classes = np.searchsorted(AGE_EDGES, age, side="right") - 1
    by_age, by_op, by_tech = np.eye(len(AGE_EDGES))[classes], np.eye(h.operators)[operator], np.eye(h.technologies)[technology]
    size = np.log(np.clip(mw, o.smallest_mw, o.largest_mw) / 100.0)
    busy, culled = crowd.covariates(operator, technology, start, year)
    blocks = [
        (np.ones((len(operator), 1)), 100.0),
        (by_age, o.sd_age),
        (by_op, o.sd_operator),
        (by_tech, o.sd_technology),
        ((by_op[:, :, None] * by_tech[:, None, :]).reshape(len(operator), -1), o.sd_cell),
        (size[:, None], o.sd_size),
        ((size * (np.minimum(age, 6) - 2) / 3.0)[:, None], o.sd_size_age),
        (by_op * ((np.minimum(age, 8) - 3) / 3.0)[:, None], o.sd_operator_age),
        (busy[:, None], o.sd_crowd),
        (culled[:, None], o.sd_cull),
    ]
    return np.hstack([b for b, _ in blocks]), np.concatenate([np.full(b.shape[1], sd**-2.0) for b, sd in blocks])


def _walk_precision(n: int, persistence: float, step: float, start: float) -> Floats:
    difference = np.eye(n) - persistence * np.eye(n, k=-1)
    weight = np.full(n, step**-2.0)
    weight[0] = start**-2.0
    return np.asarray(difference.T @ (weight[:, None] * difference))


def _penalised_logit(x: Floats, y: Floats, precision: Floats, weight: Floats) -> tuple[Floats, Floats]:
    """Posterior mode and covariance of a logit with a normal prior, by Newton steps."""
    b = np.zeros(x.shape[1])
    mean = np.clip(np.average(y, weights=weight), 1e-4, 1 - 1e-4)
    b[0] = np.log(mean / (1.0 - mean))
    hessian = precision
    for _ in range(25):
        p = 1.0 / (1.0 + np.exp(-x @ b))
        hessian = (x.T * (weight * p * (1.0 - p))) @ x + precision
        move = np.linalg.solve(hessian, x.T @ (weight * (y - p)) - precision @ b)
        move *= min(1.0, 3.0 / max(np.abs(move).max(), 1e-12))
        b += move
        if np.abs(move).max() < 1e-4:
            break
    return b, np.asarray(np.linalg.inv(hessian), np.float64)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """A fit to what was known at the end of `year`."""

    year: int
    crowd: Crowd
    columns: int
    years: int
    mode: tuple[Floats, Floats]
    covariance: tuple[Floats, Floats]
    options: SurvivalOptions


def fit(known: History, year: int, options: SurvivalOptions | None = None) -> Fitted:
    """Fit to requests as known at the end of a year.

    Raises
    ------
    ValueError
        If no request-year lies in the fitted period.
    """
    o = options or SurvivalOptions()
    first = min(max(o.first_year, int(known.start.min())), year)
    crowd = Crowd(known, year)
    last = np.minimum(known.end, year)
    n = last - known.start + 1
    i = np.repeat(np.arange(len(n)), n)
    when = known.start[i] + np.arange(int(n.sum())) - np.repeat(np.cumsum(n) - n, n)
    event = np.where(when == last[i], known.outcome[i], 0)
    keep = when >= first
    i, when, event = i[keep], when[keep], event[keep]
    if not len(i):
        raise ValueError("no request-year to fit")
    technology = known.technology[i]
    x, penalty = _design(known, known.operator[i], technology, known.mw[i], known.start[i], when, crowd, o)
    weight = 0.5 ** ((year - when) / o.half_life_years)
    n_years = year - first + 1
    in_year = np.eye(n_years)[when - first]
    modes, covariances = [], []
    for cause in (1, 2):
        parts = [x, in_year]
        blocks = [np.diag(penalty), _walk_precision(n_years, o.persistence[cause - 1], o.step[cause - 1], o.sd_start)]
        if cause == 1:
            start = o.technology_step / np.sqrt(1.001 - o.technology_persistence**2)
            for t in range(known.technologies):
                parts.append(in_year * (technology == t)[:, None])
                blocks.append(_walk_precision(n_years, o.technology_persistence, o.technology_step, start))
        size = sum(len(b) for b in blocks)
        precision, at = np.zeros((size, size)), 0
        for block in blocks:
            precision[at : at + len(block), at : at + len(block)] = block
            at += len(block)
        mode, covariance = _penalised_logit(np.hstack(parts), (event == cause).astype(np.float64), precision, weight)
        modes.append(mode)
        covariances.append(covariance)
    return Fitted(
        year=year,
        crowd=crowd,
        columns=x.shape[1],
        years=n_years,
        mode=(modes[0], modes[1]),
        covariance=(covariances[0], covariances[1]),
        options=o,
    )


def draw_incidence(fitted: Fitted, active: History, horizon_years: int, draws: int, seed: int) -> Floats:
    """Chance of arriving within the horizon by draw and request (D, n); its mean over draws is the request's probability."""
    o, n = fitted.options, len(active.mw)
    generator = np.random.Generator(np.random.Philox(key=[seed, 71]))
    effects, levels = [], []
    for cause in (0, 1):
        mode, covariance = fitted.mode[cause], fitted.covariance[cause]
        root = np.linalg.cholesky(covariance + 1e-10 * np.eye(len(mode)))
        b = mode + generator.standard_normal((draws, len(mode))) @ root.T
        level = b[:, fitted.columns + fitted.years - 1]
        own = np.zeros((draws, active.technologies))
        if cause == 0:
            own = b[:, [fitted.columns + fitted.years * (t + 2) - 1 for t in range(active.technologies)]]
        path = []
        for _ in range(horizon_years):
            level = o.persistence[cause] * level + o.step[cause] * generator.standard_normal(draws)
            if cause == 0:
                own = o.technology_persistence * own + o.technology_step * generator.standard_normal((draws, active.technologies))
            path.append(level[:, None] + own[:, active.technology])
        effects.append(b[:, : fitted.columns])
        levels.append(path)
    shock = o.shared_shock * generator.standard_normal((draws, 1))
    left, arrived = np.ones((draws, n)), np.zeros((draws, n))
    for h in range(horizon_years):
        year = np.full(n, fitted.year + h + 1)
        x, _ = _design(active, active.operator, active.technology, active.mw, active.start, year, fitted.crowd, o)
        arrive = 1.0 / (1.0 + np.exp(-(effects[0] @ x.T + levels[0][h] + shock)))
        leave = (1.0 - arrive) / (1.0 + np.exp(-(effects[1] @ x.T + levels[1][h])))
        arrived += left * arrive
        left *= 1.0 - arrive - leave
    return arrived


def aalen_johansen(end: Ints, outcome: Ints, start: Ints, horizon: int) -> Floats:
    """Cumulative incidence of arriving by age 1 … horizon [1]_ (horizon,), of requests entered at `start`, open where outcome is 0.

    References
    ----------
    .. [1] Aalen & Johansen 1978, *An empirical transition matrix for non-homogeneous Markov chains*, Scand. J. Stat. 5, 141.
    """
    age = np.maximum(end - start, 0)
    survived, total, out = 1.0, 0.0, []
    for a in range(1, horizon + 1):
        at_risk = int((age >= a).sum())
        if at_risk:
            total += survived * int(((age == a) & (outcome == 1)).sum()) / at_risk
            survived *= 1.0 - int(((age == a) & (outcome > 0)).sum()) / at_risk
        out.append(total)
    return np.array(out)
