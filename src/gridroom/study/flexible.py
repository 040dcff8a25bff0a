"""How much more a region takes if the load gives way: room at equal LOLE, its cost, and the published method beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.adequacy.flexroom import FlexibleRoom, Gives, TightHours, flexible_room, losses, record
from gridroom.core.errors import Problem, StudyError
from gridroom.core.estimate import Estimate
from gridroom.core.names import find_name
from gridroom.core.progress import Listener, Progress, silent
from gridroom.loads.curtailment import SUMMER, Gaps, gaps_of, room_at
from gridroom.loads.demand import make_demand
from gridroom.loads.households import HOURS_A_YEAR
from gridroom.loads.ranges import Range
from gridroom.reference import catalog
from gridroom.study import weather
from gridroom.study.assemble import Case, assemble
from gridroom.study.loader import check_study

FIXED_CHARGE = 0.10  # a year of capital cost (assumed)
START_CAP, CAP_STEP, LARGEST_CAP = 0.3, 1.7, 1.5  # of the region's peak
MIDDLE_LEVEL = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of load with its answer.

    Attributes
    ----------
    kind : str
    gives : Gives
    room : FlexibleRoom
    usd_per_kw_year : Range
        Cost of giving way, by kW of the load [USD/kW a year].
    usd_per_extra_kw_year : Range or None
        The same by kW of room beyond a firm load's; None where there is none.
    claim, source : str
    """

    kind: str
    gives: Gives
    room: FlexibleRoom
    usd_per_kw_year: Range
    usd_per_extra_kw_year: Range | None
    claim: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """The published method and the engine at one rate.

    Attributes
    ----------
    curtailment_pct : float
    published_mw : float
        On the region's own demand [MW].
    published_hours : float
        Hours a year with any curtailment.
    engine : FlexibleRoom
        A load that may stop whole for as many full hours a year.
    called_in_published_hours_pct : float or None
        Share of the engine's hours that lie in the published ones [%].
    published_winter_pct, engine_winter_pct : float or None
        Share of hours from November to March [%].
    """

    curtailment_pct: float
    published_mw: float
    published_hours: float
    engine: FlexibleRoom
    called_in_published_hours_pct: float | None
    published_winter_pct: float
    engine_winter_pct: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flexible:
    """Answer of `flexible`.

    Attributes
    ----------
    region, name : str
    year : int
    samples : int
    lole_days : float
        Standard.
    base_lole_days : Estimate
        Without the load.
    peak_mw : float
        Region's peak at the 2024 level [MW].
    kinds : tuple of Kind
        The first is a firm load.
    beside : tuple of Beside
    why : tuple of str
        What the gap between the two comes from.
    """

    region: str
    name: str
    year: int
    samples: int
    lole_days: float
    base_lole_days: Estimate
    peak_mw: float
    kinds: tuple[Kind, ...]
    beside: tuple[Beside, ...]
    why: tuple[str, ...]

    def to_pandas(self) -> Any:
        """Kinds of load, one a row: room with its error [MW], hours called, cost [USD/kW a year]."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "kind": one.kind,
                    "room_mw": one.room.room_mw.value,
                    "room_mw_stderr": one.room.room_mw.stderr,
                    "room_is_lower_bound": one.room.at_least,
                    "called_hours": one.room.called_hours.value,
                    **{f"usd_per_kw_year_{end}": value for end, value in one.usd_per_kw_year.as_dict().items()},
                }
                for one in self.kinds
            ]
        )

    def __str__(self) -> str:
        rows = [f"  {one.kind:16} {one.room.room_mw} MW" for one in self.kinds]
        return "\n".join([f"{self.name} {self.year}: room at a LOLE of {self.lole_days:g} days", *rows])


def gives_of(row: Any) -> Gives:
    """How a kind of the table `flexibility_options` gives way."""
    if row.kind == "battery":
        return Gives(store_share=row.depth_pct / 100.0, store_h=float(row.store_h))
    hours = float(row.hours_per_year) if row.hours_per_year == row.hours_per_year else np.inf
    return Gives(
        share=row.depth_pct / 100.0, hours_per_day=float(row.event_h), hours_per_year=hours, caught_up=row.kind == "shiftable"
    )


def _cost(row: Any, called_hours: float) -> Range:
    """USD a kW of load and year: capital at a fixed charge, and each hour's energy not used or self-made."""
    fixed = FIXED_CHARGE * float(row.capex_usd_per_kw) if row.capex_usd_per_kw == row.capex_usd_per_kw else 0.0
    hours = called_hours * row.depth_pct / 100.0 / 1000.0
    return Range(*(fixed + hours * float(v) for v in (row.low_usd_per_mwh, row.best_usd_per_mwh, row.high_usd_per_mwh)))


def _kinds(tight: TightHours, lole_days: float) -> list[Kind]:
    firm = flexible_room(tight, Gives(), lole_days)
    out = [
        Kind(
            kind="firm",
            gives=Gives(),
            room=firm,
            usd_per_kw_year=Range.exact(0.0),
            usd_per_extra_kw_year=None,
            claim="derived",
            source="served like any other load",
        )
    ]
    for row in catalog.load("flexibility_options").itertuples():
        gives = gives_of(row)
        room = flexible_room(tight, gives, lole_days)
        cost = _cost(row, room.called_hours.value)
        extra = room.room_mw.value - firm.room_mw.value
        each = cost.times(room.room_mw.value / extra) if extra > 0.01 * max(firm.room_mw.value, 1.0) else None
        out.append(
            Kind(
                kind=row.kind,
                gives=gives,
                room=room,
                usd_per_kw_year=cost,
                usd_per_extra_kw_year=each,
                claim=row.claim,
                source=row.source,
            )
        )
    return out


def _own_demand(hours: weather.Weather, r: int, name: str) -> tuple[Gaps, NDArray[np.int64]]:
    """The published method on the region's own hourly demand, and the place of each weather year in it."""
    lengths = [weather.hours_of(year) for year in hours.years]
    series = np.concatenate([hours.load_mw[w, r, :n] for w, n in enumerate(lengths)]).astype(np.float64)
    return gaps_of(make_demand(name, series, datetime(hours.years[0], 1, 1), drop_spikes=False)), np.concatenate(
        [[0], np.cumsum(lengths)]
    )


def _beside(tight: TightHours, gaps: Gaps, begins: NDArray[np.int64], pct: float, lole_days: float) -> Beside:
    published = room_at(gaps, pct)
    engine = flexible_room(tight, Gives(share=1.0, hours_per_year=0.01 * pct * HOURS_A_YEAR), lole_days)
    curtailed = gaps.gap_mw < published.room_mw
    winter = ~np.isin(gaps.month, SUMMER)
    called = np.flatnonzero(engine.called > 0)
    day = np.searchsorted(tight.first, called, side="right") - 1
    first_year = int(gaps.years[0])
    at = begins[tight.weather_year[day] - first_year] + tight.hour[called]
    return Beside(
        curtailment_pct=pct,
        published_mw=published.room_mw,
        published_hours=published.curtailed_hours,
        engine=engine,
        called_in_published_hours_pct=100.0 * float(curtailed[at].mean()) if len(at) else None,
        published_winter_pct=100.0 * float(winter[curtailed].mean()),
        engine_winter_pct=100.0 * float(winter[at].mean()) if len(at) else None,
    )


def _why(kinds: list[Kind], beside: list[Beside], base: Estimate, lole_days: float, year: int) -> list[str]:
    """The gap in words, with its figures."""
    firm = kinds[0].room.room_mw
    out = [
        f"The published method takes the highest demand ever seen as what can be served: a load that never gives way has no room. "
        f"The engine asks what the fleet and the imports of {year} can serve: a firm load has {firm.value:,.0f} MW of room."
    ]
    if base.value > lole_days:
        out.append(
            f"Without the load the region already has a LOLE of {base} days, above {lole_days:g}: "
            "the rooms here keep it there, they do not mend it."
        )
    for one in beside:
        if one.called_in_published_hours_pct is not None:
            out.append(
                f"At {one.curtailment_pct:g} %: {one.called_in_published_hours_pct:.0f} % of the hours in which the engine calls "
                f"are hours that the published method curtails; {one.engine_winter_pct:.0f} % of them lie in winter, against "
                f"{one.published_winter_pct:.0f} %. High demand and risk are not the same hours."
            )
            break
    out.append(
        "The published load gives way in part and as often as demand asks; "
        "the engine's stops whole, within its hours, day by day, without foresight."
    )
    return out


def _record(case: Case, r: int, samples: int, seed: int, jobs: int, lole_days: float) -> tuple[TightHours, list[Kind]]:
    """Tight hours, and the kinds of load: the cap rises until every kind's room lies below it."""
    peak = float(case.peak_mw[r])
    cap = START_CAP * peak
    while True:
        tight = record(case.problem, r, samples, seed, cap, level=MIDDLE_LEVEL, jobs=jobs)
        kinds = _kinds(tight, lole_days)
        if cap >= LARGEST_CAP * peak or not any(kind.room.at_least for kind in kinds):
            return tight, kinds
        cap = min(cap * CAP_STEP, LARGEST_CAP * peak)


def flexible(region: str, year: int, *, curtailment_pct: tuple[float, ...] = (0.25, 0.5, 1.0), samples: int = 360, seed: int = 1,
             jobs: int = 0, lole_days: float = 0.1, listener: Listener = silent) -> Flexible:
    """Room of a region of the outlook for loads that give way.

    Parameters
    ----------
    region : str
        Region id or name.
    year : int
        Study year; large load as in the middle of its range.
    curtailment_pct : tuple of float
        Rates to set beside the published method [%].
    samples, seed, jobs : int
    lole_days : float
        Standard [days a year].
    listener : Listener

    Returns
    -------
    Flexible

    Raises
    ------
    StudyError
        If the region does not exist.
    """
    table = catalog.load("regions").set_index("region")
    found = find_name("region", region, {str(key): [str(name)] for key, name in table["name"].items()})
    if isinstance(found, Problem):
        raise StudyError(found)
    run = {"first_year": year, "last_year": year, "load_cases": False, "samples": samples, "seed": seed}
    study = check_study({"run": run})
    hours = weather.build(tuple(study.run.weather_years))
    case = assemble(study, hours)
    listener(Progress("weather, fleet, load", 1, 3, 0.0))
    r = list(table.index).index(found)
    tight, kinds = _record(case, r, samples, seed, jobs, lole_days)
    listener(Progress("tight hours", 2, 3, 0.0, f"{len(tight.value_mw):,} hours"))
    gaps, begins = _own_demand(hours, r, found)
    beside = [_beside(tight, gaps, begins, pct, lole_days) for pct in curtailment_pct]
    listener(Progress("kinds of load", 3, 3, 0.0))
    base = Estimate.of(losses(tight, 0.0, Gives())[0])
    base = base if base.stderr > 0 else Estimate(base.value, float("nan"), base.n)
    return Flexible(region=found, name=str(table.loc[found, "name"]), year=year, samples=samples, lole_days=lole_days,
                    base_lole_days=base, peak_mw=float(case.peak_mw[r]), kinds=tuple(kinds), beside=tuple(beside),
                    why=tuple(_why(kinds, beside, base, lole_days, year)))
