"""What Bitcoin draws, by the hardware mix: which machines earn more than their power costs, and how efficient they are.

Re-implemented from the description of the Cambridge index (CBECI): threshold of profitability, machines of the last five years
below it, weights by age since method 1.4.0 (August 2023), power usage 1.01, 1.10, 1.20. [CBECI]_

.. [CBECI] Cambridge Bitcoin Electricity Consumption Index, public description and code; formulas only, its data are not used here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]
LIFE_YEARS = 5
SMOOTH_THRESHOLD_D = 14
SMOOTH_RESULT_D = 7
J_A_KWH = 3.6e6


@dataclass(frozen=True, slots=True, kw_only=True)
class Machines:
    """Mining machines on offer.

    Attributes
    ----------
    model : tuple of str
    release : datetime64[D] array (M,)
        First day of the month of release.
    j_per_th : float array (M,)
        Energy of a terahash at the wall [J/TH].
    """

    model: tuple[str, ...]
    release: Days
    j_per_th: Floats


@dataclass(frozen=True, slots=True, kw_only=True)
class Mix:
    """Power of the network by day.

    Attributes
    ----------
    threshold_j_per_th : float array (D,)
        Machines above it lose money [J/TH].
    low_j_per_th, best_j_per_th, high_j_per_th : float array (D,)
        Best machine, weighted mean, worst machine that still earns [J/TH].
    low_mw, best_mw, high_mw : float array (D,)
        Power of the network, power usage included [MW].
    carried : bool array (D,)
        Days on which no machine earned: the last value is carried on.
    machines : int array (D,)
        Machines that earn.
    """

    threshold_j_per_th: Floats
    low_j_per_th: Floats
    best_j_per_th: Floats
    high_j_per_th: Floats
    low_mw: Floats
    best_mw: Floats
    high_mw: Floats
    carried: NDArray[np.bool_]
    machines: NDArray[np.int64]


def threshold_j_per_th(revenue_usd_per_day: Floats, hash_rate_eh: Floats, usd_per_kwh: float) -> Floats:
    """Efficiency at which a terahash earns just its power [J/TH]: R / (H x 86,400) x 3.6e6 / p, H in TH/s, p in USD/kWh."""
    return revenue_usd_per_day / (hash_rate_eh * 1e6 * 86400.0) * J_A_KWH / usd_per_kwh


def age_months(days: Days, release: Days) -> NDArray[np.int64]:
    """Whole months from each release to each day, (D, M)."""
    month, of_day = release.astype("datetime64[M]"), days.astype("datetime64[M]")
    months = of_day.astype(np.int64)[:, None] - month.astype(np.int64)[None, :]
    return np.asarray(months - ((days - of_day)[:, None] < (release - month)[None, :]))


def age_weight(months: NDArray[np.int64]) -> Floats:
    """Weight of a machine in the mean: 1.0, 0.8, 0.6, 0.4, 0.2 in its first to fifth year, 0 before and after."""
    alive = (months >= 0) & (months < 12 * LIFE_YEARS)
    return np.where(alive, 1.0 - 0.2 * (months // 12), 0.0)


def trailing_mean(values: Floats, days: int) -> Floats:
    """Mean of the last so many values, fewer at the start."""
    total = np.concatenate([[0.0], np.cumsum(values)])
    ends = np.arange(1, len(values) + 1)
    starts = np.maximum(ends - days, 0)
    return np.asarray((total[ends] - total[starts]) / (ends - starts))


def mix(
    days: Days,
    threshold: Floats,
    hash_rate_eh: Floats,
    machines: Machines,
    pue: tuple[float, float, float],
    *,
    weighted: bool = True,
    smooth: bool = True,
) -> Mix:
    """Power of the network by day.

    Parameters
    ----------
    days : datetime64[D] array (D,)
        Days in order.
    threshold : float array (D,)
        Threshold of profitability of each day, before smoothing [J/TH].
    hash_rate_eh : float array (D,)
        [EH/s].
    machines : Machines
    pue : tuple of float
        Power usage of the lower, best and upper estimate.
    weighted : bool
        Weights by age (method 1.4.0); off: every machine that earns counts the same (before August 2023).
    smooth : bool
        Trailing means of 14 days on the threshold and 7 days on the result, as the index has them.

    Returns
    -------
    Mix
        NaN on days before any machine earned.
    """
    smoothed = trailing_mean(threshold, SMOOTH_THRESHOLD_D) if smooth else threshold
    weight = age_weight(age_months(days, machines.release))
    earns = (weight > 0) & (days[:, None] > machines.release[None, :]) & (machines.j_per_th[None, :] < smoothed[:, None])
    count = earns.sum(axis=1)
    w = np.where(earns, weight if weighted else 1.0, 0.0)
    with np.errstate(invalid="ignore"):
        mean = (w * machines.j_per_th).sum(axis=1) / w.sum(axis=1)
    least = np.where(earns, machines.j_per_th, np.inf).min(axis=1)
    most = np.where(earns, machines.j_per_th, -np.inf).max(axis=1)
    # Where nothing earns the last power is carried on, whatever the hash rate does.
    power = [_smoothed(_carry(e * hash_rate_eh * u, count > 0), smooth) for e, u in zip((least, mean, most), pue, strict=True)]
    low, best, high = (_carry(e, count > 0) for e in (least, mean, most))
    return Mix(
        threshold_j_per_th=smoothed,
        low_j_per_th=low,
        best_j_per_th=best,
        high_j_per_th=high,
        low_mw=power[0],
        best_mw=power[1],
        high_mw=power[2],
        carried=(count == 0) & np.isfinite(best),
        machines=count,
    )


def _carry(values: Floats, known: NDArray[np.bool_]) -> Floats:
    """Values, the last known one where none is; NaN before the first."""
    last = np.maximum.accumulate(np.where(known, np.arange(len(values)), -1))
    return np.where(last >= 0, values[np.maximum(last, 0)], np.nan)


def _smoothed(mw: Floats, smooth: bool) -> Floats:
    """Trailing mean of 7 days from the first day that is known."""
    known = np.isfinite(mw)
    if smooth and known.any():
        first = int(known.argmax())
        mw[first:] = trailing_mean(mw[first:], SMOOTH_RESULT_D)
    return mw


__all__ = ["Machines", "Mix", "age_months", "age_weight", "mix", "threshold_j_per_th", "trailing_mean"]
