"""Results of chunks of samples, merged in order: memory depends on the system, not on the number of samples."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
PER_OCTAVE = 64
OCTAVES = 60
BINS = PER_OCTAVE * OCTAVES + 2
SMALLEST = -20.0  # log2 of the smallest amount told apart from its neighbours


@dataclass(slots=True)
class Moments:
    """Count, mean and sum of squared deviations of arrays, merged without loss (Chan, Golub & LeVeque 1983)."""

    n: int
    mean: Floats
    squares: Floats

    @classmethod
    def of(cls, samples: Floats) -> Moments:
        """Moments over the first axis."""
        mean = samples.mean(axis=0) if len(samples) else np.zeros(samples.shape[1:])
        return cls(len(samples), mean, ((samples - mean) ** 2).sum(axis=0))

    def merge(self, other: Moments) -> None:
        """Add the moments of more samples."""
        n = self.n + other.n
        if other.n == 0:
            return
        apart = other.mean - self.mean
        self.squares = self.squares + other.squares + apart**2 * (self.n * other.n / n)
        self.mean = self.mean + apart * (other.n / n)
        self.n = n

    @property
    def stderr(self) -> Floats:
        """Standard error of the mean; NaN for a single sample."""
        if self.n < 2:
            return np.full(np.shape(self.mean), np.nan)
        return np.asarray(np.sqrt(self.squares / (self.n - 1) / self.n))


def _bin(values: Floats) -> NDArray[np.int64]:
    with np.errstate(divide="ignore"):
        place = np.floor((np.log2(values) - SMALLEST) * PER_OCTAVE)
    return np.where(values > 0, np.clip(place, 0, BINS - 2) + 1, 0).astype(np.int64)


@dataclass(slots=True)
class Spread:
    """Distribution of an amount over samples by row: counts and sums in bins 1.1 % wide, and the worst sample.

    A quantile is the mean of its bin: exact where many samples share a value, within 0.6 % elsewhere.
    """

    counts: Floats
    sums: Floats
    worst: Floats

    @classmethod
    def of(cls, values: Floats, sample: NDArray[np.int64]) -> Spread:
        """From amounts (n, rows) of the samples with these numbers."""
        rows = values.shape[1]
        counts, sums, worst = np.zeros((rows, BINS)), np.zeros((rows, BINS)), np.full((rows, 2), -1.0)
        for r in range(rows):
            place = _bin(values[:, r])
            counts[r] = np.bincount(place, minlength=BINS)
            sums[r] = np.bincount(place, weights=values[:, r], minlength=BINS)
            if len(values):
                k = int(values[:, r].argmax())
                worst[r] = values[k, r], sample[k]
        return cls(counts, sums, worst)

    def merge(self, other: Spread) -> None:
        """Add more samples."""
        self.counts = self.counts + other.counts
        self.sums = self.sums + other.sums
        self.worst = np.where(other.worst[:, :1] > self.worst[:, :1], other.worst, self.worst)

    def quantile(self, row: int, level: float) -> float:
        """Smallest amount that at least `level` of the samples do not pass."""
        cumulated = np.cumsum(self.counts[row])
        k = int(np.searchsorted(cumulated, level * cumulated[-1] - 1e-9))
        return float(self.sums[row, k] / self.counts[row, k]) if self.counts[row, k] else 0.0

    def tail_mean(self, row: int, level: float) -> float:
        """Conditional value at risk: VaR + E[(U - VaR)+] / (1 - level) (Rockafellar & Uryasev 2000)."""
        value = self.quantile(row, level)
        n = self.counts[row].sum()
        mean = np.divide(self.sums[row], self.counts[row], out=np.zeros(BINS), where=self.counts[row] > 0)
        beyond = float((np.maximum(mean - value, 0.0) * self.counts[row]).sum() / n)
        return value + beyond / (1.0 - level)


@dataclass(slots=True)
class Tally:
    """What a run has found so far.

    Attributes
    ----------
    counts : Moments of (R + 1, 4)
        Short steps, days, events, sum of shortfall [MW] by region, last row the system.
    helped : Moments of (L, 3)
        Steps, events, sum of power [MW] by large load.
    weather : float array (W, R + 1, 4), weather_n (W,)
        Sums by weather year.
    spread : Spread
        Of the sum of shortfall by region, last row the system.
    sums : dict of arrays
        Sums over samples: `short`, `unserved`, `flow`, `use`, `bound`, `energy`, `owed`, `lost`, `surplus`, `out`.
    events : float array (m, 7)
        Largest events: sample, region, start, steps, depth, energy, weather.
    event_count : int
    samples : float array (n, R + 1, 4)
        Only when asked for.
    """

    counts: Moments
    helped: Moments
    weather: Floats
    weather_n: Floats
    spread: Spread
    sums: dict[str, Floats] = field(default_factory=dict)
    events: Floats = field(default_factory=lambda: np.zeros((0, 7)))
    event_count: int = 0
    keep_events: int = 0
    samples: list[Floats] = field(default_factory=list)

    def merge(self, other: Tally) -> None:
        """Add a later chunk."""
        self.counts.merge(other.counts)
        self.helped.merge(other.helped)
        self.weather = self.weather + other.weather
        self.weather_n = self.weather_n + other.weather_n
        self.spread.merge(other.spread)
        for key, value in other.sums.items():
            self.sums[key] = self.sums[key] + value
        self.event_count += other.event_count
        self.events = largest(np.concatenate([self.events, other.events]), self.keep_events)
        self.samples += other.samples

    def arrays(self) -> dict[str, Floats]:
        """Everything as arrays, for a checkpoint."""
        out = {"counts_mean": self.counts.mean, "counts_squares": self.counts.squares, "helped_mean": self.helped.mean,
               "helped_squares": self.helped.squares, "weather": self.weather, "weather_n": self.weather_n,
               "spread_counts": self.spread.counts, "spread_sums": self.spread.sums, "spread_worst": self.spread.worst,
               "events": self.events,
               "numbers": np.array([self.counts.n, self.helped.n, self.event_count, self.keep_events], dtype=np.float64)}
        if self.samples:
            out["samples"] = np.concatenate(self.samples)
        return out | {f"sum_{key}": value for key, value in self.sums.items()}

    @classmethod
    def from_arrays(cls, a: dict[str, Floats]) -> Tally:
        """Back from a checkpoint."""
        n, helped, events, keep = (int(v) for v in a["numbers"])
        return cls(Moments(n, a["counts_mean"], a["counts_squares"]), Moments(helped, a["helped_mean"], a["helped_squares"]),
                   a["weather"], a["weather_n"], Spread(a["spread_counts"], a["spread_sums"], a["spread_worst"]),
                   {k[4:]: v for k, v in a.items() if k.startswith("sum_")}, a["events"], events, keep,
                   [a["samples"]] if "samples" in a else [])


def largest(events: Floats, keep: int) -> Floats:
    """The events with the most unserved energy; ties go to the earlier sample."""
    if len(events) <= keep:
        return events
    order = np.lexsort((events[:, 2], events[:, 1], events[:, 0], -events[:, 5]))[:keep]
    return events[np.sort(order)]
