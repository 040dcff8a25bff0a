"""Headroom: the largest load that a region can take before its risk passes a standard.

All levels share their draws, so that risk as a function of the load added is a rising curve, not a noisy one; a firm load's
levels are simulated several at a time, in one pass over the draws.
"""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.adequacy.curve import bisect, crossing, make_curve
from gridroom.adequacy.engine import Years, assess, each_year, weather_years
from gridroom.adequacy.metrics import Risk
from gridroom.adequacy.specs import Convolution, ImportanceSampling, Method, MonteCarlo
from gridroom.core.errors import Problem, StudyError, nearest
from gridroom.core.estimate import Estimate
from gridroom.systems.assets import LargeLoad
from gridroom.systems.edit import with_large_load
from gridroom.systems.system import System

WIDTH_MW = 0.01


@dataclass(frozen=True, slots=True)
class Lole:
    """Standard in local days a year with any shortage [days]."""

    days: float = 0.1
    key = "lole_days"

    @property
    def target(self) -> float:
        """Value of the standard."""
        return self.days


@dataclass(frozen=True, slots=True)
class Lolh:
    """Standard in hours a year [h]."""

    hours: float = 2.4
    key = "lolh_h"

    @property
    def target(self) -> float:
        """Value of the standard."""
        return self.hours


@dataclass(frozen=True, slots=True)
class Neue:
    """Standard in unserved over asked-for energy [ppm]."""

    ppm: float = 20.0
    key = "neue_ppm"

    @property
    def target(self) -> float:
        """Value of the standard."""
        return self.ppm


Standard = Lole | Lolh | Neue


@dataclass(frozen=True, slots=True, kw_only=True)
class Headroom:
    """Answer of `headroom`.

    Attributes
    ----------
    region : str
    room_mw : Estimate
        Largest flat load added; negative: what must go. The error is that of the risk over the slope of the curve.
    curve : tuple of (float, Risk)
        Load added [MW] and the region's risk with it, in order.
    wall_s : float
    """

    region: str
    room_mw: Estimate
    curve: tuple[tuple[float, Risk], ...]
    wall_s: float

    def to_pandas(self) -> Any:
        """The curve, one row a load level."""
        import pandas as pd

        rows = []
        for added, risk in self.curve:
            row: dict[str, float | None] = {"added_mw": added}
            for key in ("lole_days", "lolh_h", "eue_mwh", "neue_ppm"):
                estimate = getattr(risk, key)
                row[key] = None if estimate is None else estimate.value
                row[f"{key}_stderr"] = None if estimate is None else estimate.stderr
            rows.append(row)
        return pd.DataFrame(rows)

    def __str__(self) -> str:
        return f"room in {self.region}: {self.room_mw} MW"


def _shape(system: System, profile: NDArray[np.float64] | None) -> NDArray[np.float64]:
    if profile is None:
        return np.ones(system.axis.steps)
    if profile.shape != (system.axis.steps,) or not np.isfinite(profile).all() or (profile < 0).any():
        raise StudyError(Problem("profile", f"must hold {system.axis.steps} numbers of at least 0, one a step; got "
                                            f"shape {profile.shape}"))
    return profile


@dataclass(frozen=True, slots=True)
class Curtailable:
    """What an added load gives up: share [%], hours a year, longest interruption [h]."""

    pct: float
    max_hours_per_year: float
    max_hours_per_event: float = np.inf

    def load(self, region: str, mw: NDArray[np.float64]) -> LargeLoad:
        """The load as the engine takes it."""
        return LargeLoad(name="added load", region=region, mw=mw, kind="interruptible", curtailable_pct=self.pct,
                         max_hours_per_year=self.max_hours_per_year, max_hours_per_event=self.max_hours_per_event)


def headroom(system: Years, region: str, target: Standard | None = None, method: Method | None = None,
             profile: NDArray[np.float64] | None = None, curtailable: Curtailable | None = None) -> Headroom:
    """Largest load that a region can take before its risk passes a standard.

    Parameters
    ----------
    system : System, or mapping of str to System
        The grid, or one a weather year.
    region : str
        Region that takes the load.
    target : Lole, Lolh or Neue
        Standard; 0.1 days a year when left out.
    method : MonteCarlo or Convolution
        With Monte Carlo all levels share their draws.
    profile : float array (T,), optional
        Shape of the load, 1 is the answer's MW; flat when left out.
    curtailable : Curtailable, optional
        What of the added load may be interrupted.

    Returns
    -------
    Headroom

    Raises
    ------
    StudyError
        If the region does not exist, the method cannot answer, or no load level meets the standard.
    """
    started = time.perf_counter()
    target, method = target or Lole(), method or MonteCarlo(samples=2000)
    first = weather_years(system)[1][0]
    if region not in first.regions:
        raise StudyError(Problem(f"region {region!r}", "does not exist", nearest(region, first.regions)))
    if isinstance(method, Convolution) and isinstance(target, Lole):
        raise StudyError(Problem("standard", "convolution does not know days", "use hours (Lolh) or Monte Carlo"))
    if isinstance(method, ImportanceSampling) or (isinstance(method, Convolution) and curtailable is not None):
        raise StudyError(Problem("method", "must be Monte Carlo for this question"))
    r = first.regions.index(region)
    known: dict[float, Risk] = {}
    peak = float(first.load_mw[r].max())
    add = _adder(system, r, (method, curtailable, _shape(first, profile)), known)

    def value(added: float) -> float:
        if added not in known:
            add([added])
        found: Estimate = getattr(known[added], target.key)
        return found.value

    bracket = _bracket(value, target.target, peak, region)
    if isinstance(method, MonteCarlo) and curtailable is None:
        low, high = crossing(add, value, target.target, bracket, max(WIDTH_MW, 1e-6 * peak))
    else:
        exact = isinstance(method, Convolution)
        low, high = bisect(value, target.target, bracket, 0.1 * WIDTH_MW if exact else max(WIDTH_MW, 1e-5 * peak))
    return Headroom(region=region, room_mw=_estimate(known, target, low, high), curve=tuple(sorted(known.items())),
                    wall_s=time.perf_counter() - started)


def _adder(system: Years, r: int, how: tuple[Method, Curtailable | None, NDArray[np.float64]],
           known: dict[float, Risk]) -> Callable[[list[float]], None]:
    """Function that fills `known` with the region's risk at levels of added load."""
    method, curtailable, shape = how
    regions = weather_years(system)[1][0].regions
    if isinstance(method, MonteCarlo) and curtailable is None:
        share = np.zeros(len(regions))
        share[r] = 1.0
        curve = make_curve(system, method, r, share, shape)

        def add(levels: list[float]) -> None:
            curve.add(levels)
            known.update({x: curve.risk(x, regions[r]) for x in levels})

        return add

    def add_one(levels: list[float]) -> None:
        for x in levels:
            known[x] = _one(system, r, x * shape, method, curtailable)

    return add_one


def _one(system: Years, r: int, added_mw: NDArray[np.float64], method: Method, curtailable: Curtailable | None) -> Risk:
    """The region's risk with one load added."""
    def change(one: System) -> System:
        if curtailable is not None and (added_mw >= 0).all():
            return with_large_load(one, curtailable.load(one.regions[r], added_mw))
        load = one.load_mw.copy()
        load[r] = np.maximum(load[r] + added_mw, 0.0)
        return dataclasses.replace(one, load_mw=load)

    return assess(each_year(system, change), method).regions[r]


def _bracket(risk_at: Any, goal: float, peak_mw: float, region: str) -> tuple[float, float]:
    """Loads added between which the risk passes the goal [MW]."""
    step = 0.05 * peak_mw
    low = high = 0.0
    if risk_at(0.0) <= goal:
        while risk_at(high) <= goal:
            low, high = high, high + step
            step *= 2.0
            if high > 1e3 * peak_mw:
                raise StudyError(Problem(f"region {region!r}", "never passes the standard", "is its load counted?"))
        return low, high
    while risk_at(low) > goal:
        if low <= -peak_mw:
            raise StudyError(Problem(f"region {region!r}", "misses the standard even without load",
                                     "choose a weaker standard"))
        high, low = low, max(low - step, -peak_mw)
        step *= 2.0
    return low, high


def _estimate(known: dict[float, Risk], target: Standard, low: float, high: float) -> Estimate:
    """Room between the last two levels, its error from the risk's error and the slope of the curve around it."""
    middle = 0.5 * (low + high)
    wide = sorted(known, key=lambda x: abs(x - middle))
    values = {x: getattr(known[x], target.key) for x in wide}
    n = values[wide[0]].n
    if n == 0:
        return Estimate.exact(middle)
    error = values[wide[0]].stderr
    below = [x for x in wide if values[x].value < target.target - error]
    above = [x for x in wide if values[x].value > target.target + error]
    if not below or not above:
        return Estimate(middle, float("nan"), n)
    slope = (values[above[0]].value - values[below[0]].value) / (above[0] - below[0])
    return Estimate(middle, error / slope, n)
