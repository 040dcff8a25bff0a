"""What it takes: the least-cost capacity that brings every region back to its standard, proved by simulation.

Needs are rooms below zero at the middle load level. Capacity credits are the engine's own: each technology is added everywhere,
and the room it brings is read. Additions then go into the fleet as units that fail, and the years are simulated again; where a
region still misses its standard, its need grows, until none does or what is missing cannot arrive in time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.adequacy.years import YearsChunk, chunk_task
from gridroom.core.progress import Listener, Progress, silent
from gridroom.reference import catalog
from gridroom.runners.local import run_in_order
from gridroom.study import outcome
from gridroom.study.assemble import Case, assemble
from gridroom.study.grow_kinds import KINDS, RATE, earliest_year, yearly_cost
from gridroom.study.schema import Study
from gridroom.study.weather import Weather
from gridroom.supply.regional import Additions, Needs, least_cost

Floats = NDArray[np.float64]
ROUNDS = 8
TRIAL_SHARE = 0.03  # of the region's peak, added of each technology to read its credit
PACE = 3.0  # most a technology grows a year: this times the pace of 2022-2024 (assumed)
PACE_FLOOR = 0.02  # or this share of the region's peak (assumed)
HELP_SHARE = 0.25  # of an interface's tight-hour limit that can carry firm help on top (assumed)
HELP_USD_PER_MW_YEAR = 5_000.0  # for firm use of it (assumed)
LEAST_BROUGHT = 0.2
GROW = 1.05  # a need that was not met grows by what is missing, and this much more


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """Answer of `what_it_takes`.

    Attributes
    ----------
    years : tuple of int
    kinds, regions : tuple of str
    built_mw : float array (K, Y, R)
        In place by year [MW].
    usd_per_year : float array (K, Y, R)
        Yearly cost of what is in place: annuity and fixed O&M.
    help_mw : float array (Y, L)
    missing_mw : float array (Y, R)
        Perfect capacity that cannot arrive in time [MW].
    lole_before, lole_before_stderr, lole_after, lole_after_stderr : float array (Y, R)
        Days a year.
    room_before_mw, room_after_mw : float array (Y, R)
    credit : float array (K, Y, R)
    earliest : dict of str to int
        First year of each technology.
    rounds : int
    met : bool
        Whether every region meets the standard in every year in which nothing is missing.
    objective_usd : float
        Discounted net cost over the years.
    samples : int
    """

    years: tuple[int, ...]
    kinds: tuple[str, ...]
    regions: tuple[str, ...]
    built_mw: Floats
    usd_per_year: Floats
    help_mw: Floats
    missing_mw: Floats
    lole_before: Floats
    lole_before_stderr: Floats
    lole_after: Floats
    lole_after_stderr: Floats
    room_before_mw: Floats
    room_after_mw: Floats
    credit: Floats
    earliest: dict[str, int]
    rounds: int
    met: bool
    objective_usd: float
    samples: int


@dataclass(frozen=True, slots=True)
class _Seen:
    room_mw: Floats
    lole: Floats
    stderr: Floats
    censored: NDArray[np.bool_]


class _Trial:
    """Simulates the middle load level of a case with capacity added, the same draws each time."""

    def __init__(self, study: Study, case: Case, hours: Weather, caps: NDArray[np.float32], samples: int, jobs: int) -> None:
        self.study, self.case, self.hours, self.caps, self.jobs = study, case, hours, caps, jobs
        self.samples = samples
        every = len(case.problem.study_years)
        self.index = tuple(y for y in sorted({0, 1, 2, 4, 6, every - 1}) if y < every)
        self.years = tuple(case.problem.study_years[y] for y in self.index)
        self.regions = tuple(catalog.load("regions")["region"])

    def see(self, built_mw: Floats | None) -> _Seen:
        """Room and LOLE by year and region (Y, R)."""
        case = self.case
        if built_mw is not None and built_mw.max() > 0:
            case = assemble(self.study, self.hours, self.case, added=added_rows(self.years, self.regions, built_mw))
        middle, size = len(self.caps) // 2, 4
        task = chunk_task(case.problem, self.study.run.seed, 1, self.caps, pilot=((middle,), self.index))
        chunks: list[YearsChunk] = list(run_in_order(task, [(a, min(a + size, self.samples)) for a in range(0, self.samples, size)],
                                                     self.jobs))  # fmt: skip
        n = float(sum(c.level_samples for c in chunks))
        histogram = sum((c.histogram[middle].astype(np.int64) for c in chunks), np.zeros((), np.int64))
        room, censored = outcome.room_at(histogram, n, self.study.standard.lole_days, self.caps[middle].astype(np.float64))
        mean = sum((c.level_sum[middle] for c in chunks), np.zeros(())) / n
        square = sum((c.level_square[middle] for c in chunks), np.zeros(())) / n
        error = np.sqrt(np.maximum(square - mean**2, 0.0) / max(n - 1.0, 1.0))
        error = np.where(mean > 0, error, np.nan)  # no short day was drawn: how sure that is, is not known
        rows = list(self.index)
        return _Seen(room[rows], mean[rows, :-1, 1], error[rows, :-1, 1], censored[rows])


def added_rows(years: tuple[int, ...], regions: tuple[str, ...], built_mw: Floats) -> Any:
    """Capacity in place by year (K, Y, R) as rows of the fleet; thermal capacity in units of its technology's size."""
    import pandas as pd

    new = np.diff(built_mw, axis=1, prepend=0.0)
    out = []
    for k, y, r in zip(*np.nonzero(new > 0.5), strict=True):
        kind, mw = KINDS[k], float(new[k, y, r])
        count = max(round(mw / kind.unit_mw), 1) if kind.unit_mw else 1
        out += [{"name": f"added {regions[r]} {kind.name} {years[y]}-{c + 1}", "plant_id": 0, "region": regions[r],
                 "technology": kind.fleet, "origin": "added", "certainty": "added", "units": 1, "summer_mw": mw / count,
                 "winter_mw": mw / count, "storage_mwh": kind.storage_h * mw / count, "first_year": years[y], "leave_year": 9999}
                for c in range(count)]  # fmt: skip
    return pd.DataFrame(out)


def _most(trial: _Trial, earliest: dict[str, int]) -> Floats:
    """Most that can be in place by year (K, Y, R) [MW]: nothing before the lead time, then the pace."""
    peak = trial.case.peak_mw
    pace = catalog.load("additions_pace_2022_2024").pivot_table(index="technology", columns="region", values="summer_mw_per_year")
    out = np.zeros((len(KINDS), len(trial.years), len(trial.regions)))
    for k, kind in enumerate(KINDS):
        seen = (
            pace.loc[kind.fleet].reindex(list(trial.regions)).fillna(0.0).to_numpy()
            if kind.fleet in pace.index
            else np.zeros(len(peak))
        )
        yearly = np.maximum(PACE * seen, PACE_FLOOR * peak)
        for y, year in enumerate(trial.years):
            out[k, y] = yearly * max(year - earliest[kind.name] + 1, 0)
    return out


def _credits(trial: _Trial, base: _Seen, listener: Listener) -> Floats:
    """Room that a MW of each technology brings, added in all regions at once (K, Y, R)."""
    years, regions = len(trial.years), len(trial.regions)
    trial_mw = TRIAL_SHARE * trial.case.peak_mw
    out = np.zeros((len(KINDS), years, regions))
    names = list(catalog.load("regions")["interconnect"])
    groups = np.array([sorted(set(names)).index(n) for n in names])
    for k in range(len(KINDS)):
        built = np.zeros((len(KINDS), years, regions))
        built[k] = trial_mw[None, :]
        seen = trial.see(built)
        gain = (seen.room_mw - base.room_mw) / trial_mw[None, :]
        known = ~seen.censored & ~base.censored
        out[k] = _pooled(gain, known, groups)[None, :]
        listener(Progress("capacity credit", k + 1, len(KINDS), 0.0, KINDS[k].name))
    return out


def _pooled(gain: Floats, known: NDArray[np.bool_], groups: NDArray[np.int64]) -> Floats:
    """Credit by region (R,): half its own median over the years, half its interconnection's; one year alone is mostly noise."""
    out = np.zeros(gain.shape[1])
    for group in np.unique(groups):
        inside = groups == group
        seen = gain[:, inside][known[:, inside]]
        usual = float(np.median(seen)) if len(seen) else float(np.median(gain[known])) if known.any() else 0.5
        for r in np.flatnonzero(inside):
            own = gain[known[:, r], r]
            out[r] = 0.5 * (float(np.median(own)) + usual) if len(own) else usual
    return np.clip(out, 0.02, 1.0)


def what_it_takes(
    study: Study,
    case: Case,
    hours: Weather,
    caps: NDArray[np.float32],
    samples: int,
    jobs: int = 0,
    listener: Listener = silent,
    ordered: float | None = None,
) -> Growth:
    """Least-cost additions by region, technology and year, simulated until the standard holds.

    Parameters
    ----------
    case : Case
        The study's own case.
    caps : float32 array (L, Y, R)
        Room up to which days are recorded [MW].
    samples : int
        Sampled years of each simulation.
    ordered : float, optional
        When orders are placed [years]; the beginning of the second study year's eve (10.9 months into the first) when left out.
    """
    trial = _Trial(study, case, hours, caps, samples, jobs)
    when = trial.years[0] + 0.9 if ordered is None else ordered
    earliest = {kind.name: earliest_year(kind, when) for kind in KINDS}
    base = trial.see(None)
    credit = _credits(trial, base, listener)
    cost = np.array([[yearly_cost(kind, year) for year in trial.years] for kind in KINDS])
    network = case.problem.network
    spans = np.diff(np.array([*trial.years, trial.years[-1] + 1]))
    weight = spans / (1.0 + RATE) ** (np.array(trial.years) - trial.years[0])
    need, most = np.maximum(-base.room_mw, 0.0), _most(trial, earliest)
    limit = HELP_SHARE * np.stack([network.forward_mw[:, 0], network.backward_mw[:, 0]], axis=1)
    found: Additions | None = None
    seen, rounds, met = base, 0, False
    for turn in range(ROUNDS):
        rounds = turn + 1
        found = least_cost(Needs(need_mw=need, credit=credit, usd_per_mw_year=cost[:, :, 1], most_mw=most,
                                 start=network.start, end=network.end,
                                 help_mw=limit, help_usd_per_mw_year=HELP_USD_PER_MW_YEAR, years_weight=weight))  # fmt: skip
        seen = trial.see(found.built_mw)
        open_ = (seen.lole > study.standard.lole_days) & (found.missing_mw < 1.0)
        met = not open_.any()
        listener(Progress("additions", rounds, ROUNDS, 0.0, f"{int(open_.sum())} region-years still beyond the standard"))
        if met:
            break
        # What was added brought this share of what its credits promised; what is missing grows by that much more.
        promised = np.maximum(need - found.missing_mw, 1.0)
        brought = np.clip((seen.room_mw - base.room_mw) / promised, LEAST_BROUGHT, 1.0)
        need = np.where(open_, need + GROW * np.maximum(-seen.room_mw, 1.0) / brought, need)
    assert found is not None
    return Growth(
        years=trial.years, kinds=tuple(k.name for k in KINDS), regions=trial.regions, built_mw=found.built_mw,
        usd_per_year=_paid(found.built_mw, cost[:, :, 0]), help_mw=found.help_mw, missing_mw=found.missing_mw,
        lole_before=base.lole,
        lole_before_stderr=base.stderr, lole_after=seen.lole, lole_after_stderr=seen.stderr, room_before_mw=base.room_mw,
        room_after_mw=seen.room_mw, credit=credit, earliest=earliest, rounds=rounds, met=met, objective_usd=found.objective_usd,
        samples=samples)  # fmt: skip


def _paid(built_mw: Floats, usd_per_mw_year: Floats) -> Floats:
    """Yearly cost of what is in place, each MW at the price of its year (K, Y, R) [USD]."""
    new = np.diff(built_mw, axis=1, prepend=0.0)
    return np.asarray(np.cumsum(new * usd_per_mw_year[:, :, None], axis=1))


def tables(growth: Growth) -> tuple[Any, Any]:
    """Additions by region, year and technology; and each region and year before and after, as tables."""
    import pandas as pd

    rows = [{"region": growth.regions[r], "year": growth.years[y], "technology": growth.kinds[k],
             "added_mw": float(growth.built_mw[k, y, r]),
             "usd_per_year": float(growth.usd_per_year[k, y, r]), "credit": float(growth.credit[k, y, r]),
             "earliest_year": growth.earliest[growth.kinds[k]]}
            for k, y, r in zip(*np.nonzero(growth.built_mw > 0.5), strict=True)]  # fmt: skip
    names = catalog.load("regions").set_index("region")["name"]
    years = [{"region": region, "name": str(names[region]), "year": year, "room_before_mw": float(growth.room_before_mw[y, r]),
              "room_after_mw": float(growth.room_after_mw[y, r]), "lole_before_days": float(growth.lole_before[y, r]),
              "lole_before_days_stderr": float(growth.lole_before_stderr[y, r]), "lole_after_days": float(growth.lole_after[y, r]),
              "lole_after_days_stderr": float(growth.lole_after_stderr[y, r]), "missing_mw": float(growth.missing_mw[y, r]),
              "usd_per_year": float(growth.usd_per_year[:, y, r].sum())}
             for y, year in enumerate(growth.years) for r, region in enumerate(growth.regions)]  # fmt: skip
    columns = ["region", "year", "technology", "added_mw", "usd_per_year", "credit", "earliest_year"]
    return pd.DataFrame(rows, columns=columns), pd.DataFrame(years)


__all__ = ["KINDS", "Growth", "added_rows", "tables", "what_it_takes"]
