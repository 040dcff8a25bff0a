"""What a forecast is asked and what it answers."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.pipeline import dedupe

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

QUANTILES = (0.05, 0.10, 0.50, 0.90, 0.95)
SCENARIOS = ("reference", "contracts", "construction", "chip_capped")
IDENTITIES = ("matched", "declared", "separate")
STEP_NAMES = ("requested", "deduplicated", "one_site_each", "survives", "in_service", "size", "ramp", "at_peak")


@dataclass(frozen=True, slots=True, kw_only=True)
class ForecastOptions:
    """How to forecast.

    Attributes
    ----------
    years : tuple of int
    as_of : date or None
        What is known on this day counts; the last day in the table when left out.
    samples, seed, jobs : int
    identity : str
        `matched`: declared relations and what matching finds; `declared`: relations alone; `separate`: every filing its own need.
    one_site_each : bool
        Whether alternatives exclude each other; False counts every site.
    scenario : str
        `reference`, `contracts` (service agreements alone, all built), `construction` (construction agreement or later, all built),
        `chip_capped`.
    by : str
        `region` (of the outlook), `state`, `provider` or `zone`.
    sigma_market, sigma_zone, sigma_sponsor : float or None
        Standard deviations of the common factors on the log odds; the table `pipeline_rates` when left out.
    persistence : float or None
        Correlation of the market factor from year to year; the table when left out.
    sweeps : int
        Sweeps of the sampler of who is who.
    hidden_across_states : bool
        Nobody knows of filings in other states: relations and matches across state lines are dropped.
    odds_known : bool
        The odds by stage are taken as known, without doubt about them (for tests of the rest).
    """

    years: tuple[int, ...] = tuple(range(2026, 2036))
    as_of: date | None = None
    samples: int = 4_000
    seed: int = 1
    jobs: int = 0
    identity: str = "matched"
    one_site_each: bool = True
    scenario: str = "reference"
    by: str = "region"
    sigma_market: float | None = None
    sigma_zone: float | None = None
    sigma_sponsor: float | None = None
    persistence: float | None = None
    sweeps: int = dedupe.SWEEPS
    hidden_across_states: bool = False
    odds_known: bool = False


@dataclass(slots=True, kw_only=True)
class PipelineForecast:
    """Answer of `forecast`.

    Attributes
    ----------
    regions : tuple of str
    years : tuple of int
    paths_mw : float array (N, Y, R)
        Sampled load that draws power at the end of each year [MW].
    requested_mw, deduplicated_mw : float array (Y, R)
        What is asked for by then, and the same with each need once, at its likely sites [MW].
    once_mw : float array (Y, R)
        What is asked for without duplicates, every site still counted [MW].
    waterfall : float array (Y, 8)
        Mean MW after each step of `STEP_NAMES`.
    odds : DataFrame
        One row a request: chance that its need is met, that this site is built, project number, stage.
    drivers : DataFrame
        What each need adds to the variance of the last year's total.
    draw_of_sample : int array (N,)
        Which draw of who is who each sample used.
    """

    regions: tuple[str, ...]
    years: tuple[int, ...]
    paths_mw: NDArray[np.float32]
    requested_mw: Floats
    deduplicated_mw: Floats
    once_mw: Floats
    waterfall: Floats
    odds: Any
    drivers: Any
    draw_of_sample: Ints
    options: ForecastOptions
    as_of: date
    wall_s: float
    notes: list[str] = field(default_factory=list)
    cap_binds: Floats | None = None

    def quantile_mw(self, share: float, total: bool = False) -> Floats:
        """Quantile by year and region (Y, R), or of the total (Y,) [MW]."""
        values = self.paths_mw.sum(axis=2) if total else self.paths_mw
        return np.quantile(values.astype(np.float64), share, axis=0)

    def mean_mw(self) -> tuple[Floats, Floats]:
        """Mean by year and region and its standard error (Y, R) [MW]: over draws of who is who, whose samples hang together."""
        return _mean_error(self.paths_mw.astype(np.float64), self.draw_of_sample)

    def total_mw(self) -> tuple[Floats, Floats]:
        """Mean of the total by year and its standard error (Y,) [MW]."""
        return _mean_error(self.paths_mw.sum(axis=2, dtype=np.float64), self.draw_of_sample)

    def probability_above(self, mw: float) -> Floats:
        """Probability that a region's load in a year is at least `mw` (Y, R)."""
        return np.asarray((self.paths_mw >= mw).mean(axis=0))

    def rows(self) -> list[dict[str, Any]]:
        """One dict a region and year."""
        mean, error = self.mean_mw()
        at = {q: self.quantile_mw(q) for q in QUANTILES}
        return [
            {
                "region": r,
                "year": y,
                "requested_mw": float(self.requested_mw[b, a]),
                "deduplicated_mw": float(self.deduplicated_mw[b, a]),
                **{f"p{100 * q:02.0f}_mw": float(at[q][b, a]) for q in QUANTILES},
                "mean_mw": float(mean[b, a]),
                "mean_stderr_mw": float(error[b, a]),
            }
            for a, r in enumerate(self.regions)
            for b, y in enumerate(self.years)
        ]

    def to_pandas(self) -> Any:
        """`rows` as a DataFrame."""
        import pandas as pd

        return pd.DataFrame(self.rows())

    def __str__(self) -> str:
        mean, error = self.total_mw()
        low, high = self.quantile_mw(0.1, total=True), self.quantile_mw(0.9, total=True)
        return (
            f"{self.years[-1]}: {self.requested_mw[-1].sum():,.0f} MW requested, {self.deduplicated_mw[-1].sum():,.0f} once each, "
            f"{mean[-1]:,.0f} ± {error[-1]:,.0f} MW expected (80 %: {low[-1]:,.0f}–{high[-1]:,.0f})"
        )


def _mean_error(values: Floats, draw: Ints) -> tuple[Floats, Floats]:
    mean = values.mean(axis=0)
    n = len(values)
    groups = np.unique(draw)
    own = values.std(axis=0, ddof=1) / np.sqrt(n) if n > 1 else np.full(mean.shape, np.nan)
    if len(groups) < 8:
        return mean, own
    by_draw = np.stack([values[draw == g].mean(axis=0) for g in groups])
    return mean, np.maximum(by_draw.std(axis=0, ddof=1) / np.sqrt(len(groups)), own)
