"""Curtailment-enabled headroom on observed demand, by the published method [1]_.

    curtailed_t(L) = max(0, D_t + L - threshold_t)
    rate(L)        = sum over hours / (L x 8,760 x years)

The summer threshold rules April to October, the winter threshold November to March. As published they are the highest demand of
June to August and of December to February, with four exceptions (rule `core` has none and says where an hour lies above). By
default they are the highest demand of all months that they rule (`governed`): the same wherever the peak falls in the core months.

With gaps g = threshold - D sorted once, the curtailed energy is piecewise linear in L, and the load at a rate is exact: on the
piece with k gaps below L, `k L - sum(g_1..g_k) = rate x 8,760 x years x L`.

It is no measure of risk: no outages, transmission, ramps or reserve; the observed peak stands for what can be served.

References
----------
.. [1] Norris, Profeta, Patino-Echeverri, Cowie-Haskell 2025, *Rethinking Load Growth*, NI R 25-01, hdl.handle.net/10161/32077.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.core.errors import Problem, StudyError
from gridroom.loads.demand import Demand
from gridroom.loads.households import HOURS_A_YEAR  # also in leap years, as published

Floats = NDArray[np.float64]
SUMMER = np.arange(4, 11)
CORE = {"summer": (6, 7, 8), "winter": (12, 1, 2)}
RULES = ("governed", "core")


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """What one season's demand may reach.

    Attributes
    ----------
    season : str
        summer or winter.
    mw : float
        Threshold [MW].
    hour : int
        Hour that sets it.
    next_mw : float
        What it would be without the day of that hour [MW].
    """

    season: str
    mw: float
    hour: int
    next_mw: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """Room of one authority at one rate.

    Attributes
    ----------
    authority, name : str
    curtailment_pct : float
        Rate [% of the added load's energy].
    room_mw : float
        Load that can be added [MW].
    room_without_setting_day_mw : float or None
        The same when the day that sets the lower threshold is left out; None where that leaves demand above the threshold [MW].
    curtailed_hours : float
        Hours a year with any curtailment.
    curtailed_hours_by_year : tuple of float
    rate_pct_by_year : tuple of float
        Rate of each year at this load [%].
    hours_half, hours_three_quarters, hours_nine_tenths : float
        Of those, hours a year in which at least 50, 75, 90 % of the load still runs.
    event_hours : float
        Mean length of curtailed hours in a row [h].
    winter_share : float
        Share of curtailed energy from November to March, for all authorities [1].
    """

    authority: str
    name: str
    curtailment_pct: float
    room_mw: float
    room_without_setting_day_mw: float | None
    curtailed_hours: float
    curtailed_hours_by_year: tuple[float, ...]
    rate_pct_by_year: tuple[float, ...]
    hours_half: float
    hours_three_quarters: float
    hours_nine_tenths: float
    event_hours: float
    winter_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Gaps:
    """Demand and thresholds of one authority, ready for any load.

    Attributes
    ----------
    demand : Demand
    thresholds : tuple of Threshold
        Summer, winter.
    gap_mw : float array (T,)
        Threshold less demand [MW].
    ordered_mw, summed_mw : float array (T,)
        Gaps sorted, and summed up.
    years : int array (Y,)
    year, month : int array (T,)
    """

    demand: Demand
    thresholds: tuple[Threshold, ...]
    gap_mw: Floats
    ordered_mw: Floats
    summed_mw: Floats
    years: NDArray[np.int64]
    year: NDArray[np.int64]
    month: NDArray[np.int64]


def _threshold(demand: Demand, season: str, month: NDArray[np.int64], rule: str) -> Threshold:
    inside = np.isin(month, CORE[season]) if rule == "core" else np.isin(month, SUMMER) == (season == "summer")
    hours = np.flatnonzero(inside)
    hour = int(hours[np.argmax(demand.mw[hours])])
    other = hours[(hours // 24) != hour // 24]
    return Threshold(season=season, mw=float(demand.mw[hour]), hour=hour, next_mw=float(demand.mw[other].max()))


def gaps_of(demand: Demand, rule: str = "governed", thresholds_mw: tuple[float, float] | None = None) -> Gaps:
    """Thresholds and gaps.

    Parameters
    ----------
    demand : Demand
    rule : str
        governed: highest demand in the months that the threshold rules; core: in June to August and December to February.
    thresholds_mw : (float, float), optional
        Summer and winter threshold instead [MW].

    Raises
    ------
    StudyError
        If an existing hour lies above its threshold: the rate then has no root, or two.
    """
    year, month = demand.calendar()
    names = ("summer", "winter")
    if thresholds_mw is None:
        found = tuple(_threshold(demand, season, month, rule) for season in names)
    else:
        found = tuple(Threshold(season=s, mw=v, hour=-1, next_mw=v) for s, v in zip(names, thresholds_mw, strict=True))
    summer = np.isin(month, SUMMER)
    gap = np.where(summer, found[0].mw, found[1].mw) - demand.mw
    if gap.min() < 0:
        raise StudyError([_above(demand, gap, summer, one) for one in found if (gap[summer == (one.season == "summer")] < 0).any()])
    ordered = np.sort(gap)
    return Gaps(
        demand=demand,
        thresholds=found,
        gap_mw=gap,
        ordered_mw=ordered,
        summed_mw=np.cumsum(ordered),
        years=np.unique(year),
        year=year,
        month=month,
    )


def _above(demand: Demand, gap: Floats, summer: NDArray[np.bool_], one: Threshold) -> Problem:
    hours = np.flatnonzero(summer == (one.season == "summer"))
    worst = int(hours[np.argmin(gap[hours])])
    return Problem(
        f"demand of {demand.authority} on {demand.time_of(worst):%Y-%m-%d %H:%M} UTC",
        f"{demand.mw[worst]:,.0f} MW, is above the {one.season} threshold {one.mw:,.0f} MW",
        "--thresholds governed takes the highest demand of all months that the threshold rules",
    )


def curtailed_mwh(gaps: Gaps, load_mw: float) -> float:
    """Energy curtailed over all years at a load, by the sorted gaps [MWh]."""
    k = int(np.searchsorted(gaps.ordered_mw, load_mw, side="left"))
    return k * load_mw - (float(gaps.summed_mw[k - 1]) if k else 0.0)


def rate_pct(gaps: Gaps, load_mw: float) -> float:
    """Curtailed share of the load's energy [%]; 0 at a load of 0."""
    if load_mw <= 0:
        return 0.0
    return 100.0 * curtailed_mwh(gaps, load_mw) / (load_mw * HOURS_A_YEAR * len(gaps.years))


def load_at(ordered_mw: Floats, summed_mw: Floats, hours: float, authority: str = "") -> float:
    """Load whose curtailed energy is that of `hours` full hours [MW]: exact, from the sorted gaps.

    Raises
    ------
    StudyError
        If that would be most of all hours: the load is never served.
    """
    first, count = int(np.floor(hours)) + 1, len(ordered_mw)
    if first >= count:
        raise StudyError(Problem("curtailment_pct", f"asks for more hours than there are in the data of {authority}"))
    k = np.arange(first, count)
    # The excess (k - hours) g_(k+1) - sum(g_1..g_k) rises with k: the first piece where it is not negative holds the root.
    excess = (k - hours) * ordered_mw[first:] - summed_mw[first - 1 : -1]
    at = int(np.searchsorted(excess, 0.0, side="left"))
    k_root = first + at
    return float(summed_mw[min(k_root, count) - 1] / (min(k_root, count) - hours))


def _without_setting_day(gaps: Gaps, hours: float) -> float | None:
    """Room when the day that sets the tighter threshold is left out, of demand and of the threshold."""
    best = None
    for one in gaps.thresholds:
        if one.hour < 0 or one.next_mw == one.mw:
            continue
        inside = np.isin(gaps.month, SUMMER) == (one.season == "summer")
        gap = gaps.gap_mw - np.where(inside, one.mw - one.next_mw, 0.0)
        gap = np.delete(gap, np.flatnonzero(np.arange(len(gap)) // 24 == one.hour // 24))
        if gap.min() < 0:
            continue
        ordered = np.sort(gap)
        room = load_at(ordered, np.cumsum(ordered), hours)
        best = room if best is None else min(best, room)
    return best


def room_at(gaps: Gaps, curtailment_pct: float) -> Room:
    """Room of an authority at a curtailment rate.

    Parameters
    ----------
    gaps : Gaps
    curtailment_pct : float
        Share of the added load's energy that may be curtailed [%].
    """
    demand, years = gaps.demand, len(gaps.years)
    hours = 0.01 * curtailment_pct * HOURS_A_YEAR * years
    load = load_at(gaps.ordered_mw, gaps.summed_mw, hours, demand.authority)
    cut = np.maximum(load - gaps.gap_mw, 0.0)
    some = cut > 0
    share = 1.0 - cut[some] / load
    starts = int((some & ~np.concatenate([[False], some[:-1]])).sum())
    winter = ~np.isin(gaps.month, SUMMER)
    by_year = [(gaps.year == y) for y in gaps.years]
    return Room(
        authority=demand.authority,
        name=demand.name,
        curtailment_pct=curtailment_pct,
        room_mw=load,
        room_without_setting_day_mw=_without_setting_day(gaps, hours),
        curtailed_hours=float(some.sum() / years),
        curtailed_hours_by_year=tuple(float(some[rows].sum()) for rows in by_year),
        # No room at all: the rate is used up by the hours at the threshold themselves, and nothing is curtailed.
        rate_pct_by_year=tuple(float(100.0 * cut[rows].sum() / (max(load, 1e-12) * HOURS_A_YEAR)) for rows in by_year),
        hours_half=float((share >= 0.5).sum() / years),
        hours_three_quarters=float((share >= 0.75).sum() / years),
        hours_nine_tenths=float((share >= 0.9).sum() / years),
        event_hours=float(some.sum() / max(starts, 1)),
        winter_share=float(cut[winter].sum() / max(cut.sum(), 1e-12)),
    )


def room_and_hours(gaps: Gaps, curtailment_pct: float) -> tuple[float, float]:
    """Room at a rate [MW] and hours a year with any curtailment [h], without the rest of `room_at`."""
    load = load_at(gaps.ordered_mw, gaps.summed_mw, 0.01 * curtailment_pct * HOURS_A_YEAR * len(gaps.years), gaps.demand.authority)
    return load, float(np.searchsorted(gaps.ordered_mw, load, side="left")) / len(gaps.years)


def load_factor(demand: Demand) -> float:
    """Mean over peak of the whole series [1]."""
    return float(demand.mw.mean() / demand.mw.max())


def national(rooms: list[Room]) -> list[dict[str, Any]]:
    """Sum over authorities at each rate, and the mean of their curtailed hours."""
    out = []
    for pct in dict.fromkeys(room.curtailment_pct for room in rooms):
        part = [room for room in rooms if room.curtailment_pct == pct]
        out.append(
            {
                "curtailment_pct": pct,
                "room_mw": sum(r.room_mw for r in part),
                "authorities": len(part),
                "curtailed_hours": sum(r.curtailed_hours for r in part) / len(part),
            }
        )
    return out
