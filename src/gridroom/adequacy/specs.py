"""How to assess (methods) and what to keep (result specs)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class MonteCarlo:
    """Sequential Monte Carlo.

    Attributes
    ----------
    samples : int
        Horizons to simulate; with `stderr_target_pct` the most that will be. Several weather years take turns.
    seed : int
        Seed; the same seed gives the same bits for any number of jobs and any runner.
    jobs : int
        Threads; 0 takes all cores.
    stderr_target_pct : float, optional
        Stop as soon as the standard error of total unserved energy is below this share of it [%].
    storage_order : str
        `levelled`: real time-to-go, levelled inside the step; `pras`: rounded to whole hours, one after the other.
    common_events : bool
        Whether the system's common events strike.
    event_gap_h : float
        Shortages that lie no more than this apart are one event [h].
    runner : Runner, optional
        Where chunks run; threads of this process when left out.
    """

    samples: int = 1000
    seed: int = 1
    jobs: int = 0
    stderr_target_pct: float | None = None
    storage_order: str = "levelled"
    common_events: bool = True
    event_gap_h: float = 0.0
    runner: Any = None


@dataclass(frozen=True, slots=True)
class Convolution:
    """Exact capacity outage table; regions without ties or a single region, no storage."""


@dataclass(frozen=True, slots=True)
class ImportanceSampling:
    """Monte Carlo with outages made more frequent and weighted back, day by day, for rare risk.

    For systems whose hours do not couple: no storage, demand response or flexible large loads. The tilt is learnt from pilot
    runs by cross-entropy.

    Attributes
    ----------
    samples : int
        Horizons to simulate.
    pilot_samples : int
        Horizons of each of the pilot runs.
    seed : int
    jobs : int
        Threads; 0 takes all cores.
    """

    samples: int = 1000
    pilot_samples: int = 500
    seed: int = 1
    jobs: int = 0


@dataclass(frozen=True, slots=True)
class Shortfall:
    """Keep expectations by region and by step."""


@dataclass(frozen=True, slots=True)
class ShortfallSamples:
    """Keep every sample's hours, days, events and unserved energy."""


@dataclass(frozen=True, slots=True)
class Flow:
    """Keep the mean flow [MW] and utilisation of every interface over all steps; solves every step."""


@dataclass(frozen=True, slots=True)
class StorageEnergy:
    """Keep the mean stored energy by store and step [MWh]."""


@dataclass(frozen=True, slots=True)
class DemandResponseEnergy:
    """Keep the mean energy that demand response owes by device and step [MWh], and what it left unserved [MW]."""


@dataclass(frozen=True, slots=True)
class Surplus:
    """Keep the mean surplus by region and step [MW]; solves every step."""


@dataclass(frozen=True, slots=True)
class Causes:
    """Keep which units were out, and which interfaces at their limit, while the system was short."""


@dataclass(frozen=True, slots=True)
class Events:
    """Keep the events with the most unserved energy: sample, region, weather, start, duration, depth, energy.

    Attributes
    ----------
    keep : int
        How many; memory does not grow with samples.
    """

    keep: int = 1000


Method = MonteCarlo | Convolution | ImportanceSampling
ResultSpec = (Shortfall | ShortfallSamples | Flow | StorageEnergy | DemandResponseEnergy | Surplus | Causes | Events)
