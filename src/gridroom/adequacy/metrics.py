"""Adequacy metrics from samples: definitions as in Stephen et al. 2022, with standard errors over whole horizons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridroom.core.estimate import Estimate

LOLH, DAYS, EVENTS, UNSERVED = range(4)


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """Risk of one region, or of the system, over the system's own horizon.

    Attributes
    ----------
    name : str
    lolh_h : Estimate
        Expected hours with unserved load [h].
    lole_days : Estimate or None
        Expected local calendar days with any unserved load [days]; None where the method cannot tell.
    lolev : Estimate
        Expected number of runs of consecutive short steps.
    eue_mwh : Estimate
        Expected unserved energy [MWh].
    neue_ppm : Estimate
        Unserved energy over energy asked for [ppm]; 0 where no load is.
    """

    name: str
    lolh_h: Estimate
    lole_days: Estimate | None
    lolev: Estimate
    eue_mwh: Estimate
    neue_ppm: Estimate

    def as_dict(self) -> dict[str, object]:
        """JSON form: each estimate as value and standard error."""
        keys = ("lolh_h", "lole_days", "lolev", "eue_mwh", "neue_ppm")
        values = {key: getattr(self, key) for key in keys}
        return {"name": self.name, **{k: (v.as_dict() if v is not None else None) for k, v in values.items()}}


def scaled(estimate: Estimate, factor: float) -> Estimate:
    """Estimate times a constant."""
    return Estimate(estimate.value * factor, estimate.stderr * factor, estimate.n)


def risk_from(name: str, mean: NDArray[np.float64], stderr: NDArray[np.float64], n: int, size: tuple[float, float]) -> Risk:
    """Risk from means (4,) over samples of short steps, days, events, sum of shortfall [MW], and their errors.

    Parameters
    ----------
    n : int
        Samples.
    size : (float, float)
        Length of a step [h]; energy asked for over the horizon [MWh].
    """
    step_h, energy_mwh = size
    found = [Estimate(float(m), float(e), n) for m, e in zip(mean, stderr, strict=True)]
    eue = scaled(found[UNSERVED], step_h)
    return Risk(name=name, lolh_h=scaled(found[LOLH], step_h), lole_days=found[DAYS], lolev=found[EVENTS], eue_mwh=eue,
                neue_ppm=scaled(eue, 1e6 / energy_mwh if energy_mwh > 0 else 0.0))


def risk_of(name: str, samples: NDArray[np.float64], step_h: float, energy_mwh: float) -> Risk:
    """Risk from samples of shape (n, 4): short steps, days, events, sum of shortfall over steps [MW]; see `risk_from`."""
    n = len(samples)
    error = samples.std(axis=0, ddof=1) / np.sqrt(n) if n > 1 else np.full(4, np.nan)
    return risk_from(name, samples.mean(axis=0), error, n, (step_h, energy_mwh))


def tail(unserved_mwh: NDArray[np.float64], level: float) -> tuple[float, float]:
    """Value at risk and conditional value at risk of yearly unserved energy [MWh].

    VaR is the quantile over samples; CVaR = VaR + E[(U - VaR)+] / (1 - level) [1]_, which stays right when many samples
    share the quantile.

    References
    ----------
    .. [1] Rockafellar & Uryasev 2000, *Optimization of conditional value-at-risk*, J. Risk 2(3).
    """
    value = float(np.quantile(unserved_mwh, level, method="inverted_cdf"))
    beyond = float(np.maximum(unserved_mwh - value, 0.0).mean())
    return value, value + beyond / (1.0 - level)
