"""Capacity credit: how much load (ELCC) or firm capacity (EFC) a resource is worth, with an error from common draws [1]_.

ELCC: load x such that M(with, load + x) = M(without, load). EFC: firm capacity x such that M(without + x) = M(with).

References
----------
.. [1] Zachary & Dent 2011, *Probability theory of capacity value of additional generation*, Proc. IMechE O 226(1).
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.adequacy.curve import Curve, bisect, crossing, make_curve
from gridroom.adequacy.engine import Years, assess, each_year, weather_years
from gridroom.adequacy.specs import Convolution, MonteCarlo
from gridroom.core.errors import Problem, StudyError, nearest, raise_all
from gridroom.core.estimate import Estimate
from gridroom.systems import edit
from gridroom.systems.system import System

METRICS = {"eue": "eue_mwh", "lole": "lolh_h", "lole_days": "lole_days"}
KINDS = ("elcc", "efc")
SEARCHES = ("curve", "bisection")
WIDTH_SHARE = 1e-4  # of the resource's nameplate, at which the search ends
MARGIN = 0.05  # share of nameplate by which a marginal credit moves the resource


@dataclass(frozen=True, slots=True, kw_only=True)
class Accreditation:
    """Answer of `accredit`.

    Attributes
    ----------
    resource : tuple of str
    kind, metric : str
    credit_mw : Estimate
        ELCC or EFC [MW].
    nameplate_mw : float
    marginal_pct : Estimate or None
        Credit of the next bit of the resource, over its size [%].
    first_in_mw, last_in_mw : dict of str to Estimate
        For several resources: each alone on the rest of the system, and each taken from the whole.
    """

    resource: tuple[str, ...]
    kind: str
    metric: str
    credit_mw: Estimate
    nameplate_mw: float
    marginal_pct: Estimate | None = None
    first_in_mw: dict[str, Estimate] = dataclasses.field(default_factory=dict)
    last_in_mw: dict[str, Estimate] = dataclasses.field(default_factory=dict)

    @property
    def accredited_pct(self) -> float:
        """Credit over nameplate [%]."""
        return 100.0 * self.credit_mw.value / self.nameplate_mw if self.nameplate_mw > 0 else math.nan

    def __str__(self) -> str:
        lines = [f"{self.kind.upper()} of {', '.join(self.resource)} by {self.metric}: {self.credit_mw} MW, "
                 f"{self.accredited_pct:.1f} % of {self.nameplate_mw:g} MW"]
        if self.marginal_pct is not None:
            lines.append(f"the next bit of it: {self.marginal_pct} %")
        lines += [f"  {name}: {credit} MW alone on the rest, {self.last_in_mw[name]} MW taken from the whole"
                  for name, credit in self.first_in_mw.items()]
        return "\n".join(lines)


def accredit(system: Years, resource: list[str] | str | None = None, added: dict[str, Any] | None = None, *,
             metric: str = "eue", kind: str = "elcc", method: MonteCarlo | Convolution | None = None,
             search: str = "curve", region: str | None = None, marginal: bool = False) -> Accreditation:
    """Capacity credit of resources that the system holds, or of resources added to it.

    Parameters
    ----------
    system : System, or mapping of str to System
        The grid, or one a weather year.
    resource : str or list of str
        Names of units, stores, hybrids or demand response, or `category=WORD`; several are one portfolio.
    added : dict
        Instead: assets by part, as `systems.edit.with_assets` takes them.
    metric : str
        `eue`, `lole` (hours, as in PRAS) or `lole_days`.
    kind : str
        `elcc` or `efc`.
    method : MonteCarlo or Convolution
        Convolution is exact for one region without storage; not for days.
    search : str
        `curve`: several load levels in one pass; `bisection`: one level after the other. Same answer.
    region : str, optional
        Where load or firm capacity is added; the resource's own region when left out.
    marginal : bool
        Also the credit of the next bit of the resource.

    Returns
    -------
    Accreditation

    Raises
    ------
    StudyError
        For unknown names, or where the system without the resource is never short, so that no credit is defined.
    """
    _check_words(metric, kind, search)
    if added is not None:
        names = tuple(n for part in added.values() for n in part.names)
        more_assets = added
        system = each_year(system, lambda one: edit.with_assets(one, more_assets))
    else:
        names = _names([resource] if isinstance(resource, str) else list(resource or []))
    first = weather_years(system)[1][0]
    rows = edit.find(first, names)
    if edit.nameplate_mw(first, rows) <= 0:
        raise StudyError(Problem(f"resource {', '.join(names)}", "must have a size greater than 0 MW"))
    method = method or MonteCarlo(samples=5000)
    where = _region(first, rows, region)
    ask = _Ask(METRICS[metric], kind, method, search, where)
    size = edit.nameplate_mw(first, rows)
    bare = _less(system, rows)
    credit = ask.credit(bare, system, size)
    more: dict[str, Any] = {}
    if marginal:
        step = ask.credit(system, each_year(system, lambda one: edit.scaled(one, rows, 1.0 + MARGIN)), MARGIN * size)
        more["marginal_pct"] = Estimate(100 * step.value / (MARGIN * size), 100 * step.stderr / (MARGIN * size), step.n)
    if len(names) > 1:
        more |= _each(ask, system, names, rows)
    return Accreditation(resource=names, kind=kind, metric=metric, credit_mw=credit, nameplate_mw=size, **more)


def _check_words(metric: str, kind: str, search: str) -> None:
    for value, known, what in ((metric, METRICS, "metric"), (kind, KINDS, "method"), (search, SEARCHES, "search")):
        if value not in known:
            raise StudyError(Problem(what, f"must be one of {', '.join(known)}; got {value!r}", nearest(value, known)))


def _names(given: list[str]) -> tuple[str, ...]:
    if not given:
        raise StudyError(Problem("resource", "must name at least one resource; got none"))
    raise_all([Problem(f"resource {name!r}", f"stands {given.count(name)} times", "name each once")
               for name in sorted({n for n in given if given.count(n) > 1})])
    return tuple(given)


def _less(system: Years, rows: dict[str, list[int]]) -> Years:
    """The system without these resources, in every weather year."""
    return each_year(system, lambda one: edit.without_assets(one, rows))


def _each(ask: _Ask, system: Years, names: tuple[str, ...], rows: dict[str, list[int]]) -> dict[str, dict[str, Estimate]]:
    """Credit of each of several resources: first in, alone on the rest of the system; last in, taken from the whole."""
    first, last = {}, {}
    bare, base = _less(system, rows), weather_years(system)[1][0]
    for name in names:
        own = edit.find(base, [name])
        others = {part: [k for k in taken if k not in own[part]] for part, taken in rows.items()}
        size = edit.nameplate_mw(base, own)
        first[name] = ask.credit(bare, _less(system, others), size)
        last[name] = ask.credit(_less(system, own), system, size)
    return {"first_in_mw": first, "last_in_mw": last}


def _region(system: System, rows: dict[str, list[int]], region: str | None) -> int:
    if region is not None:
        if region not in system.regions:
            raise StudyError(Problem(f"region {region!r}", "does not exist", nearest(region, system.regions)))
        return system.regions.index(region)
    found = {int(getattr(system, part).region[k]) for part, taken in rows.items() for k in taken}
    if len(found) > 1:
        raise StudyError(Problem("resource", "lies in several regions", "name the region where load is added: --region"))
    return found.pop()


@dataclass(frozen=True, slots=True)
class _Ask:
    """One kind of credit: metric, ELCC or EFC, method, search, region of the added load."""

    key: str
    kind: str
    method: MonteCarlo | Convolution
    search: str
    region: int

    def credit(self, bare: Years, full: Years, size_mw: float) -> Estimate:
        """Credit of what `full` has beyond `bare` [MW]."""
        if isinstance(self.method, Convolution):
            return self._exact(bare, full, size_mw)
        regions = len(weather_years(bare)[1][0].regions)
        share = np.zeros(regions)
        share[self.region] = 1.0 if self.kind == "elcc" else -1.0
        row = regions
        moved, still = (full, bare) if self.kind == "elcc" else (bare, full)
        curve = make_curve(moved, self.method, row, share)
        fixed = make_curve(still, self.method, row, share)
        fixed.add([0.0])
        goal = fixed.values(0.0, self.key)
        if not goal.any() and self.kind == "elcc":
            raise StudyError(Problem("credit", "is not defined: without the resource the system is never short in these "
                                               "samples", "more samples, or a tighter system"))
        sign = 1.0 if self.kind == "elcc" else -1.0
        target = sign * float(goal.mean())

        def value(x: float) -> float:
            if x not in curve.samples:
                curve.add([x])
            return sign * float(curve.values(x, self.key).mean())

        low, high = self._search(curve, value, target, size_mw)
        return _with_error(curve, goal, self.key, (low, high), size_mw)

    def _search(self, curve: Curve, value: Any, target: float, size_mw: float) -> tuple[float, float]:
        bracket = _bracket(value, target, size_mw)
        width = WIDTH_SHARE * size_mw
        if self.search == "curve":
            return crossing(curve.add, value, target, bracket, width)
        return bisect(value, target, bracket, width)

    def _exact(self, bare: Years, full: Years, size_mw: float) -> Estimate:
        if not isinstance(bare, System) or not isinstance(full, System):
            raise StudyError(Problem("weather years", "convolution takes one", "use Monte Carlo"))
        if self.key == "lole_days":
            raise StudyError(Problem("metric", "convolution does not know days", "use eue or lole"))
        sign = 1.0 if self.kind == "elcc" else -1.0
        moved, still = (full, bare) if self.kind == "elcc" else (bare, full)

        def value(x: float) -> float:
            load = moved.load_mw + sign * x
            return sign * float(getattr(assess(_loaded(moved, load), Convolution()).total, self.key).value)

        target = sign * float(getattr(assess(still, Convolution()).total, self.key).value)
        low, high = bisect(value, target, _bracket(value, target, size_mw), 1e-6 * max(size_mw, 1.0))
        return Estimate.exact(0.5 * (low + high))


def _loaded(system: System, load_mw: NDArray[np.float64]) -> System:
    """The system with another load; firm capacity beyond the load changes nothing, so load stops at 0."""
    return dataclasses.replace(system, load_mw=np.maximum(load_mw, 0.0))


def _bracket(value: Any, target: float, size_mw: float) -> tuple[float, float]:
    """Levels between which the curve passes the target; a credit may lie below zero or beyond nameplate."""
    low, high = 0.0, 1.05 * size_mw
    while value(high) <= target:
        low, high = high, 1.5 * high
        if high > 20 * size_mw:
            raise StudyError(Problem(
                "credit", "is not defined: the metric does not rise to what it is on the other side, however much load is added",
                "it may be at its ceiling, short in every step: use eue, or a system with more room"))
    while value(low) > target and low > -20 * size_mw:
        low, high = min(2 * low, -0.5 * size_mw), low
    return low, high


def _with_error(curve: Curve, goal: NDArray[np.float64], key: str, bracket: tuple[float, float], size_mw: float) -> Estimate:
    """Crossing inside a narrow bracket, its error from paired samples over the slope of the curve around it."""
    low, high = bracket
    a, b = (float(curve.values(x, key).mean()) if x in curve.samples else math.nan for x in (low, high))
    mean = float(goal.mean())
    inside = (mean - a) / (b - a) if np.isfinite(a) and np.isfinite(b) and b != a else 0.5
    x = low + min(max(inside, 0.0), 1.0) * (high - low)
    apart = 0.1 * size_mw
    curve.add([x - apart, x, x + apart])
    paired = curve.values(x, key) - goal
    error = float(paired.std(ddof=1)) / math.sqrt(len(paired)) if len(paired) > 1 else math.nan
    slope = float(curve.values(x + apart, key).mean() - curve.values(x - apart, key).mean()) / (2 * apart)
    return Estimate(x, abs(error / slope) if slope else math.nan, len(paired))
