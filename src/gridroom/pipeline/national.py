"""Data-centre load to come, as sampled paths by region and year.

A first forecast from the published national range: what is asked for and what is expected are kept apart. The seam is
`LoadPaths`: a forecast from single requests will fill the same arrays.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
HOURS_PER_TWH_GW = 8.76
P90_SCORE = 1.2815515655446004  # standard normal, 90 %
STREAM_NATIONAL, STREAM_SHARE, STREAM_BASE = 11, 12, 13


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadPaths:
    """Sampled paths of flat load added since the base year.

    Attributes
    ----------
    added_mw : float array (N, Y, R)
        Data-centre load added [MW]; expected use, not requests.
    growth : float array (N, Y, R)
        Factor on the base year's load for everything else [1].
    score : float array (N,)
        Standard normal score of the path's national total.
    """

    added_mw: Floats
    growth: Floats
    score: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """National range and regional key of data-centre load.

    Attributes
    ----------
    years : tuple of int
    low_twh, middle_twh, high_twh : float array (Y,)
        10th, 50th, 90th percentile of US data-centre electricity [TWh].
    base_twh : float
        What the base year's metered load already contains [TWh].
    share : float array (R,)
        Region's share of what is added [1]; sums to 1.
    share_spread : float
        Standard deviation of the logarithm of a region's share.
    growth : float array (Y, R)
        Factor on base load without data centres.
    growth_spread : float
        Standard deviation of the forecast error of base load after one year; grows with the square root of time.
    growth_common : float
        Correlation of that error between regions.
    base_year : int
    """

    years: tuple[int, ...]
    low_twh: Floats
    middle_twh: Floats
    high_twh: Floats
    base_twh: float
    share: Floats
    share_spread: float
    growth: Floats
    growth_spread: float
    growth_common: float
    base_year: int


def national_added_mw(forecast: Forecast, score: Floats) -> Floats:
    """Load added nationally (N, Y) [MW] at standard normal scores: split lognormal between the three quantiles."""
    middle = np.log(forecast.middle_twh)
    up = (np.log(forecast.high_twh) - middle) / P90_SCORE
    down = (middle - np.log(forecast.low_twh)) / P90_SCORE
    spread = np.where(score[:, None] >= 0, up, down)
    twh = np.exp(middle + spread * score[:, None])
    return np.asarray(np.maximum(twh - forecast.base_twh, 0.0) / HOURS_PER_TWH_GW * 1000.0)


def at_score(forecast: Forecast, score: float) -> Floats:
    """Load added by region and year (Y, R) at one national score, with the key's own shares [MW]."""
    national = national_added_mw(forecast, np.array([score]))[0]
    return np.asarray(national[:, None] * forecast.share[None, :])


def sample_paths(forecast: Forecast, count: int, seed: int) -> LoadPaths:
    """Draw load paths.

    One score a path holds in all years (a high path stays high); scores are stratified over the paths, so that means and
    quantiles need few of them. Shares vary by region and are normed to 1; base growth errors widen with time.

    Parameters
    ----------
    forecast : Forecast
    count : int
        Paths.
    seed : int
        Seed.
    """
    regions, years = len(forecast.share), len(forecast.years)
    generator = [np.random.Generator(np.random.Philox(key=[seed, stream]))
                 for stream in (STREAM_NATIONAL, STREAM_SHARE, STREAM_BASE)]
    strata = (generator[0].permutation(count) + generator[0].random(count)) / count
    score = _normal_quantile(strata)
    share = forecast.share * np.exp(forecast.share_spread * generator[1].standard_normal((count, regions)))
    share /= share.sum(axis=1, keepdims=True)
    added = national_added_mw(forecast, score)[:, :, None] * share[:, None, :]
    common = generator[2].standard_normal((count, 1))
    own = generator[2].standard_normal((count, regions))
    mix = np.sqrt(forecast.growth_common) * common + np.sqrt(1.0 - forecast.growth_common) * own
    ahead = np.sqrt(np.maximum(np.array(forecast.years) - forecast.base_year, 0))
    error = forecast.growth_spread * ahead[None, :, None] * mix[:, None, :]
    growth = forecast.growth[None, :, :] * (1.0 + error)
    return LoadPaths(added_mw=added.reshape(count, years, regions), growth=np.asarray(growth), score=score)


def _normal_quantile(p: Floats) -> Floats:
    """Standard normal quantile by bisection on the error function; accurate to 1e-10 without scipy."""
    from math import erf, sqrt

    distribution = np.vectorize(lambda x: 0.5 * (1.0 + erf(x / sqrt(2.0))))
    low, high = np.full(len(p), -8.0), np.full(len(p), 8.0)
    for _ in range(60):
        middle = 0.5 * (low + high)
        below = distribution(middle) < p
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return np.asarray(0.5 * (low + high))
