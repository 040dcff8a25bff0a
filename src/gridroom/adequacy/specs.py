"""How to assess (methods) and what to keep (result specs)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MonteCarlo:
    """Sequential Monte Carlo.

    Attributes
    ----------
    samples : int
        Horizons to simulate; with `stderr_target_pct` the most that will be.
    seed : int
        Seed; the same seed gives the same bits for any number of jobs.
    jobs : int
        Threads; 0 takes all cores.
    stderr_target_pct : float, optional
        Stop as soon as the standard error of total unserved energy is below this share of it [%].
    """

    samples: int = 1000
    seed: int = 1
    jobs: int = 0
    stderr_target_pct: float | None = None


@dataclass(frozen=True, slots=True)
class Convolution:
    """Exact capacity outage table; regions without ties or a single region, no storage."""


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Keep expectations by region and by step."""


@dataclass(frozen=True, slots=True)
class ShortfallSamples:
    """Keep every sample's hours, days, events and unserved energy."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Keep the mean flow of every interface in short or charging steps, over all steps [MW]."""


@dataclass(frozen=True, slots=True)
class StorageEnergy:
    """Keep the mean stored energy by store and step [MWh]."""


Method = MonteCarlo | Convolution
ResultSpec = Shortfall | ShortfallSamples | Flow | StorageEnergy
