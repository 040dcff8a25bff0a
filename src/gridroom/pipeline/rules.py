"""What a rule would do: deposit, minimum bill, exit fee, disclosure in one state or everywhere."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from gridroom.pipeline import stages
from gridroom.pipeline.answers import ForecastOptions, PipelineForecast
from gridroom.pipeline.forecasting import forecast

VALUE_USD_PER_MW = (
    250_000.0,
    1_000_000.0,
    4_000_000.0,
)  # what a connection is worth to one who builds, low, middle, high (assumed)


def deposit_effect(
    records: Any, deposit_usd_per_mw: float, values_usd_per_mw: tuple[float, ...] = VALUE_USD_PER_MW, spread: float = 1.5
) -> list[dict[str, float]]:
    """Requests that stay when withdrawing costs a deposit.

    Each request has a private chance p of being built, spread in log odds around its stage's; it stays if p · V > cost · (1 - p),
    V the value of the connection to one who builds. The deposit removes the low end: the pipeline shrinks, the mean chance of what
    stays rises, and the expected MW hardly change.

    Parameters
    ----------
    records : Records
    deposit_usd_per_mw : float
        Money lost on withdrawal: deposit, exit fee, or present value of a minimum bill [USD/MW].
    values_usd_per_mw : tuple of float
        Values of V to show [USD/MW] (assumed: no study gives it).
    spread : float
        Standard deviation of the private log odds (assumed).

    Returns
    -------
    list of dict
        For each V: `requests_kept_pct, mw_kept_pct, expected_mw_kept_pct, mean_chance_before, mean_chance_after`.
    """
    from scipy.special import ndtri

    live = records.latest()
    live = live[live["status"] == "active"]
    stage = live["stage"].fillna(stages.UNKNOWN_STAGE).to_numpy(np.float64).astype(np.int64)
    p = stages.mean_odds()[-1][np.minimum(stage, 5)]
    mw = live["requested_mw"].to_numpy(np.float64)
    score = ndtri((np.arange(200) + 0.5) / 200)
    shift = _centred(p, spread, score)
    private = 1.0 / (1.0 + np.exp(-(shift[:, None] + spread * score[None])))
    out = []
    for value in values_usd_per_mw:
        stay = private * value > deposit_usd_per_mw * (1.0 - private)
        weight = mw[:, None] * stay
        before = float((private * mw[:, None]).sum() / (mw.sum() * len(score)))
        kept = float(weight.sum())
        out.append(
            {
                "value_usd_per_mw": value,
                "requests_kept_pct": float(100 * stay.mean()),
                "mw_kept_pct": float(100 * kept / (mw.sum() * len(score))),
                "expected_mw_kept_pct": float(100 * (private * weight).sum() / (private * mw[:, None]).sum()),
                "mean_chance_before": before,
                "mean_chance_after": float((private * weight).sum() / kept) if kept else float("nan"),
            }
        )
    return out


def _centred(p: Any, spread: float, score: Any) -> Any:
    """Middle log odds for which the mean of the private chances is p (bisection)."""
    low, high = np.full(len(p), -15.0), np.full(len(p), 15.0)
    for _ in range(60):
        middle = 0.5 * (low + high)
        mean = (1.0 / (1.0 + np.exp(-(middle[:, None] + spread * score[None])))).mean(axis=1)
        low, high = np.where(mean < p, middle, low), np.where(mean < p, high, middle)
    return 0.5 * (low + high)


def disclosure_effect(records: Any, options: ForecastOptions) -> dict[str, PipelineForecast]:
    """The forecast with siblings known everywhere, within each state alone (as SB 6 has it), and nowhere."""
    return {
        "everywhere": forecast(records, replace(options, hidden_across_states=False)),
        "in_state": forecast(records, replace(options, hidden_across_states=True)),
        "nowhere": forecast(records, replace(options, identity="separate")),
    }
