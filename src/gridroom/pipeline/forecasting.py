"""Of the megawatts that ask for a connection, how many arrive, where, when, and how sure: sampled paths and their figures."""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from gridroom.core.errors import Problem, StudyError
from gridroom.pipeline import paths_kernel, rates, stages
from gridroom.pipeline.answers import STEP_NAMES, ForecastOptions, PipelineForecast
from gridroom.pipeline.caps import apply_cap
from gridroom.pipeline.inputs import Table, last_day, make_table, partitions_of
from gridroom.pipeline.needs import Needs, build_needs
from gridroom.pipeline.records import read_records
from gridroom.pipeline.totals import asked_for, drivers_table, forced_chances, odds_table

Floats = NDArray[np.float64]


def forecast(
    records: Any, options: ForecastOptions | None = None, partitions: Sequence[NDArray[np.int32]] | None = None, **changes: Any
) -> PipelineForecast:
    """Forecast the load that a list of requests will draw.

    Parameters
    ----------
    records : Records or path
        Requests with their history, or the table that holds them.
    options : ForecastOptions, optional
    **changes
        Fields of `ForecastOptions` to change, as `years=(2030, 2035)`.
    partitions : sequence of int arrays, optional
        Who is who, where it is known: project number of each live request, one or several draws.

    Returns
    -------
    PipelineForecast

    Raises
    ------
    StudyError
        If no request is left on the day asked for.
    """
    options = replace(options or ForecastOptions(), **changes)
    if isinstance(records, str | Path):
        records = read_records(Path(records))
    started = time.perf_counter()
    as_of = options.as_of or last_day(records.frame, options.years[0])
    latest = records.latest(as_of)
    live = latest[latest["status"] != "withdrawn"].reset_index(drop=True)
    if not len(live):
        raise StudyError(Problem("requests", f"hold none that is active on {as_of}", "check --as-of, status and snapshot_date"))
    history = records.frame
    if options.as_of is not None:
        history = history[history["snapshot_date"].isna() | (history["snapshot_date"] <= pd.Timestamp(as_of))]
    counts = stages.count_moves(history) if history["snapshot_date"].notna().any() else None
    if counts is not None and not (counts.advanced.sum() + counts.withdrawn.sum()):
        counts = None
    regions, table = make_table(live, options, counts, as_of)
    partitions = list(partitions) if partitions is not None else partitions_of(live, table, options)
    needs = [build_needs(table.sites, table.ids, p, table.stage.astype(np.float64), table.wanted) for p in partitions]
    if not options.one_site_each:
        needs = [replace(n, wanted=np.diff(n.first_site)) for n in needs]
    job = _Job(table=table, regions=regions, options=options, counts=counts, as_of=as_of, forced=forced_chances(table, options))
    return _run(job, needs, partitions, started)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    """What a run needs beside the needs: requests, options, history, day."""

    table: Table
    regions: tuple[str, ...]
    options: ForecastOptions
    counts: stages.StageCounts | None
    as_of: date
    forced: Floats


def _run(job: _Job, needs: list[Needs], partitions: list[NDArray[np.int32]], started: float) -> PipelineForecast:
    """Sample the paths and read the figures off them."""
    table, options, draws = job.table, job.options, len(needs)
    paths, (steps, driver, total, cross) = _sample(job, needs)
    requested, once, deduplicated = asked_for(table, needs, options, len(job.regions), job.forced)
    waterfall = np.zeros((len(options.years), len(STEP_NAMES)))
    waterfall[:, 0], waterfall[:, 1], waterfall[:, 2] = requested.sum(axis=1), once.sum(axis=1), deduplicated.sum(axis=1)
    waterfall[:, 3:7] = steps[:, 1:] / options.samples
    waterfall[:, 7] = waterfall[:, 6]  # ERCOT's size is peak seen over request: load below contract at the peak is in it
    answer = PipelineForecast(
        regions=job.regions, years=options.years, paths_mw=paths.astype(np.float32), requested_mw=requested,
        deduplicated_mw=deduplicated, once_mw=once, waterfall=waterfall,
        odds=odds_table(table, needs, partitions, job.counts, job.forced),
        drivers=drivers_table(table, driver, total, cross, options.samples),
        draw_of_sample=np.arange(options.samples) % draws, options=options, as_of=job.as_of, wall_s=0.0)
    if options.scenario == "chip_capped":
        answer.cap_binds = apply_cap(answer.paths_mw, answer.years, job.as_of)
        answer.waterfall[:, 6:] = answer.paths_mw.sum(axis=2, dtype=np.float64).mean(axis=0)[:, None]
        answer.notes.append(f"the chip cap binds in {answer.cap_binds[-1]:.0%} of the paths in {answer.years[-1]}")
    answer.wall_s = time.perf_counter() - started
    return answer


def _factors(options: ForecastOptions) -> tuple[Floats, float]:
    """Weights of the common factors in the copula, and the persistence of the first."""
    given = {"sigma_market": options.sigma_market, "sigma_zone": options.sigma_zone, "sigma_sponsor": options.sigma_sponsor,
             "persistence": options.persistence}
    factor = {k: rates.value(k) if v is None else v for k, v in given.items()}
    sigma = np.array([factor["sigma_market"], factor["sigma_zone"], factor["sigma_sponsor"]])
    return np.asarray(sigma / np.sqrt((sigma**2).sum() + np.pi**2 / 3.0)), factor["persistence"]


def _sample(job: _Job, needs: list[Needs]) -> tuple[Floats, list[Floats]]:
    """Paths (N, Y, R), and sums over samples: steps of the waterfall, total and its square, each lead's sum and cross product."""
    from scipy.stats import beta

    table, options, n_years, n_rows, draws = job.table, job.options, len(job.options.years), len(job.table.ids), len(needs)
    odds = stages.draw_odds(options.samples, options.seed, job.counts)
    if options.odds_known:
        odds = np.broadcast_to(stages.mean_odds(job.counts), odds.shape).copy()
    weight, persistence = _factors(options)
    shape, mean = rates.value("size_shape"), rates.value("size_mean")
    sizes = beta.ppf(np.linspace(0.0005, 0.9995, 513), shape, shape * (1.0 - mean) / mean)
    knots, lead_time = rates.series("ramp"), np.append(rates.series("lead"), 0.0)
    pace, size_common = rates.value("pace_spread"), rates.value("size_common")
    day = job.as_of.year + (job.as_of.timetuple().tm_yday - 1) / 366.0
    paths = np.zeros((options.samples, n_years, len(job.regions)))
    years = np.array(options.years, np.int64)

    def one(d: int) -> tuple[Floats, Floats, Floats, Floats]:
        net = needs[d]
        steps, driver, total, cross = np.zeros((n_years, 5)), np.zeros(2), np.zeros(n_rows), np.zeros(n_rows)
        paths_kernel.sample_paths(
            options.seed, np.arange(d, options.samples, draws), net.first_site, net.first_row, net.row, net.lead, net.wanted,
            net.key, net.stands_on, odds, table.group, table.stage, table.shift, table.region, table.zone_key,
            table.sponsor_key, table.mw, table.seen, table.start, table.delay_mean, lead_time, table.ramp_first, table.ramp_years,
            table.ramp_step, knots, sizes, pace, size_common, weight, years, day, persistence, job.forced, paths, steps,
            driver, total, cross, n_years - 1)
        return steps, driver, total, cross

    with ThreadPoolExecutor(max_workers=options.jobs or None) as pool:
        parts = list(pool.map(one, range(draws)))
    return paths, [np.sum([p[k] for p in parts], axis=0) for k in range(4)]
