"""Of the megawatts that ask for a connection, how many arrive, where, when, and how sure: sampled load paths and what is read off them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.pipeline import dedupe, paths_kernel, rates, stages
from gridroom.pipeline.needs import Needs, build_needs, declared_pairs, id_number, join_pairs
from gridroom.pipeline.places import region_of_requests
from gridroom.pipeline.relations import Sites

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
        return [{"region": r, "year": y, "requested_mw": float(self.requested_mw[b, a]),
                 "deduplicated_mw": float(self.deduplicated_mw[b, a]),
                 **{f"p{100 * q:02.0f}_mw": float(at[q][b, a]) for q in QUANTILES},
                 "mean_mw": float(mean[b, a]), "mean_stderr_mw": float(error[b, a])}
                for a, r in enumerate(self.regions) for b, y in enumerate(self.years)]

    def to_pandas(self) -> Any:
        """`rows` as a DataFrame."""
        import pandas as pd

        return pd.DataFrame(self.rows())

    def __str__(self) -> str:
        mean, error = self.total_mw()
        low, high = self.quantile_mw(0.1, total=True), self.quantile_mw(0.9, total=True)
        return (f"{self.years[-1]}: {self.requested_mw[-1].sum():,.0f} MW requested, {self.deduplicated_mw[-1].sum():,.0f} once each, "
                f"{mean[-1]:,.0f} ± {error[-1]:,.0f} MW expected (80 %: {low[-1]:,.0f}–{high[-1]:,.0f})")


def _mean_error(values: Floats, draw: Ints) -> tuple[Floats, Floats]:
    mean = values.mean(axis=0)
    n = len(values)
    groups = np.unique(draw)
    own = values.std(axis=0, ddof=1) / np.sqrt(n) if n > 1 else np.full(mean.shape, np.nan)
    if len(groups) < 8:
        return mean, own
    by_draw = np.stack([values[draw == g].mean(axis=0) for g in groups])
    return mean, np.maximum(by_draw.std(axis=0, ddof=1) / np.sqrt(len(groups)), own)


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Requests as the arrays that the kernel takes; n rows."""

    ids: list[str]
    sites: Sites
    stage: Ints
    group: Ints
    shift: Floats
    region: Ints
    zone_key: Ints
    sponsor_key: Ints
    mw: Floats
    start: Floats
    delay_mean: Floats
    ramp_first: Ints
    ramp_years: Ints
    ramp_step: Floats
    wanted: Floats
    asked_year: Ints


def forecast(records: Any, options: ForecastOptions | None = None, partitions: Sequence[NDArray[np.int32]] | None = None
             ) -> PipelineForecast:
    """Forecast the load that a list of requests will draw.

    Parameters
    ----------
    records : Records
        Requests with their history.
    options : ForecastOptions, optional
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
    from gridroom.core.errors import Problem, StudyError

    options = options or ForecastOptions()
    started = time.perf_counter()
    as_of = options.as_of or last_day(records.frame, options.years[0])
    latest = records.latest(as_of)
    live = latest[latest["status"] != "withdrawn"].reset_index(drop=True)
    if not len(live):
        raise StudyError(Problem("requests", f"hold none that is active on {as_of}", "check --as-of, status and snapshot_date"))
    history = records.frame
    if options.as_of is not None:
        import pandas as pd

        history = history[history["snapshot_date"].isna() | (history["snapshot_date"] <= pd.Timestamp(as_of))]
    counts = stages.count_moves(history) if history["snapshot_date"].notna().any() else None
    if counts is not None and not (counts.advanced.sum() + counts.withdrawn.sum()):
        counts = None
    regions, table = _table(live, options, counts, as_of)
    partitions = list(partitions) if partitions is not None else _partitions(live, table, options)
    needs = [build_needs(table.sites, table.ids, p, table.stage.astype(np.float64), table.wanted) for p in partitions]
    if not options.one_site_each:
        needs = [replace(n, wanted=np.diff(n.first_site)) for n in needs]
    return _run(table, regions, needs, partitions, options, counts, as_of, started)


def last_day(frame: Any, first_year: int) -> date:
    """Last day that a table knows of: snapshots, filings, stages, states; else the first of January of the first year."""
    days = [frame[c].max() for c in ("snapshot_date", "filed_on", "stage_date", "status_date") if frame[c].notna().any()]
    return max(d.date() for d in days) if days else date(first_year, 1, 1)


def _table(live: Any, options: ForecastOptions, counts: stages.StageCounts | None, as_of: date) -> tuple[tuple[str, ...], Table]:
    names = region_of_requests(live, options.by)
    regions = tuple(dict.fromkeys(sorted(set(names))))
    place = {name: k for k, name in enumerate(regions)}
    providers = list(counts.providers) if counts is not None else []
    other = len(providers)
    known = {p: k for k, p in enumerate(providers)}
    stage = live["stage"].to_numpy(np.float64)
    stage = np.where(np.isnan(stage), stages.UNKNOWN_STAGE, stage)
    stage = np.where(live["status"] == "energised", 6, stage).astype(np.int64)
    yes = {"yes", "y", "true", "1"}
    shift = rates.value("extra_log_odds") * ((live["security_posted_usd_per_mw"].fillna(0) > 0).astype(float)
                              + live["site_control"].astype(str).str.lower().isin(yes).astype(float)
                              + live["equipment_on_order"].astype(str).str.lower().isin(yes).astype(float)).to_numpy()
    start = _year_of(live["requested_in_service"])
    began = _year_of(live["status_date"])
    start = np.where((stage == 6) & np.isfinite(began), began, start)
    start = np.where(stage == 6, np.minimum(start, as_of.year + as_of.timetuple().tm_yday / 366.0), start)
    mw = live["requested_mw"].to_numpy(np.float64)
    grid = mw - live["on_site_generation_mw"].fillna(0.0).to_numpy()  # what stays behind the meter asks nothing of the grid
    mw = np.maximum(grid, 0.0)
    zone = [names[k] for k in range(len(live))]
    sponsor = [_first(live, k, ("parent_name", "applicant_name", "developer", "request_id")) for k in range(len(live))]
    ramp_first, ramp_years, steps = _ramps(live, mw)
    late = {True: rates.value("delay_ercot") / 365.25, False: rates.value("delay_other") / 365.25}
    delay = np.array([late[z == "ERCOT"] for z in region_of_requests(live, "region")])
    return regions, Table(
        ids=[str(v) for v in live["request_id"]], sites=Sites(live), stage=stage,
        group=np.array([known.get(str(p), other) for p in live["provider"]], np.int64), shift=shift,
        region=np.array([place[z] for z in zone], np.int64), zone_key=np.array([id_number("zone " + z) for z in zone], np.int64),
        sponsor_key=np.array([id_number("sponsor " + s) for s in sponsor], np.int64), mw=mw, start=start, delay_mean=delay,
        ramp_first=ramp_first, ramp_years=ramp_years, ramp_step=steps, wanted=live["sites_needed"].to_numpy(np.float64),
        asked_year=np.floor(start).astype(np.int64))


def _year_of(days: Any) -> Floats:
    """Days as years with their part."""
    out = days.dt.year.to_numpy(np.float64) + (days.dt.dayofyear.to_numpy(np.float64) - 1.0) / 366.0
    return np.asarray(out)


def _first(frame: Any, k: int, names: Sequence[str]) -> str:
    for name in names:
        value = frame[name].iloc[k]
        if isinstance(value, str) and value:
            return value.lower()
    return str(k)


def _ramps(live: Any, mw: Floats) -> tuple[Ints, Ints, Floats]:
    """Requests' own ramps as shares of the whole, one step a year from the first."""
    first, count, steps = np.zeros(len(live), np.int64), np.zeros(len(live), np.int64), [0.0]
    for k, ramp in enumerate(live["ramp"]):
        if not isinstance(ramp, dict) or not ramp or max(ramp.values()) <= 0:
            continue
        filled = {y: v for y, v in ramp.items() if v > 0}
        begin, end = min(filled), max(ramp)
        first[k], level = len(steps), 0.0
        for year in range(begin, end + 1):
            level = max(level, ramp.get(year, level))
            steps.append(level / max(mw[k], max(ramp.values())))
        count[k] = end - begin + 1
    return first, count, np.array(steps)


def _partitions(live: Any, table: Table, options: ForecastOptions) -> list[NDArray[np.int32]]:
    """Draws of who is who."""
    n = len(live)
    if options.identity == "separate":
        return [np.arange(n, dtype=np.int32)]
    pairs = declared_pairs(live)
    if options.hidden_across_states:
        pairs = [(a, b) for a, b in pairs if table.sites.state[a] == table.sites.state[b]]
    declared = join_pairs(n, pairs)
    if options.identity == "declared" or n < 3:
        return [declared]
    leave_out = ["request_id", "source", "snapshot_date", "stage", "status", "line", "relation", "related_to"]
    frame = live.copy()
    frame["ramp"] = [";".join(f"{y}:{v:g}" for y, v in r.items()) if isinstance(r, dict) else None for r in frame["ramp"]]
    evidence = dedupe.gather(frame, leave_out)
    if not evidence.names:
        return [declared]
    decided = np.array([(a, b, 1.0) for a, b in pairs]).reshape(-1, 3)
    draws = dedupe.draw_partitions(frame, leave_out, options.seed, options.sweeps, decided).draws
    out = []
    for draw in draws:
        tied = pairs + [(int(a), int(b)) for a, b in _neighbours(draw)]
        if options.hidden_across_states:
            tied = pairs + _within_states(draw, table.sites.state)
        out.append(join_pairs(n, tied))
    return out


def _neighbours(label: NDArray[np.int32]) -> Ints:
    """Pairs of rows next to each other in their project: enough to join it."""
    order = np.argsort(label, kind="stable")
    same = label[order[1:]] == label[order[:-1]]
    return np.stack([order[:-1][same], order[1:][same]], axis=1)


def _within_states(label: NDArray[np.int32], state: list[str]) -> list[tuple[int, int]]:
    last: dict[tuple[int, str], int] = {}
    out = []
    for k, project in enumerate(label.tolist()):
        here = (project, state[k])
        if here in last:
            out.append((last[here], k))
        last[here] = k
    return out


def _run(table: Table, regions: tuple[str, ...], needs: list[Needs], partitions: list[NDArray[np.int32]], options: ForecastOptions,
         counts: stages.StageCounts | None, as_of: date, started: float) -> PipelineForecast:
    from scipy.stats import beta

    n_years, n_regions, n_rows, draws = len(options.years), len(regions), len(table.ids), len(needs)
    odds = stages.draw_odds(options.samples, options.seed, counts)
    if options.odds_known:
        odds = np.broadcast_to(stages.mean_odds(counts), odds.shape).copy()
    forced = _forced(table, options)
    given = {"sigma_market": options.sigma_market, "sigma_zone": options.sigma_zone, "sigma_sponsor": options.sigma_sponsor,
             "persistence": options.persistence}
    factor = {k: rates.value(k) if v is None else v for k, v in given.items()}
    sigma = np.array([factor["sigma_market"], factor["sigma_zone"], factor["sigma_sponsor"]])
    weight = sigma / np.sqrt((sigma**2).sum() + np.pi**2 / 3.0)
    shape, mean = rates.value("size_shape"), rates.value("size_mean")
    sizes = beta.ppf(np.linspace(0.0005, 0.9995, 513), shape, shape * (1.0 - mean) / mean)
    knots, lead_time = rates.series("ramp"), np.append(rates.series("lead"), 0.0)
    pace, size_common = rates.value("pace_spread"), rates.value("size_common")
    day = as_of.year + (as_of.timetuple().tm_yday - 1) / 366.0
    paths = np.zeros((options.samples, n_years, n_regions))
    years = np.array(options.years, np.int64)

    def one(d: int) -> tuple[Floats, Floats, Floats, Floats]:
        net = needs[d]
        steps, driver, total, cross = np.zeros((n_years, 5)), np.zeros(2), np.zeros(n_rows), np.zeros(n_rows)
        paths_kernel.sample_paths(
            options.seed, np.arange(d, options.samples, draws), net.first_site, net.first_row, net.row, net.lead, net.wanted, net.key,
            net.stands_on, odds, table.group, table.stage, table.shift, table.region, table.zone_key, table.sponsor_key, table.mw,
            table.start, table.delay_mean, lead_time, table.ramp_first, table.ramp_years, table.ramp_step, knots, sizes, pace,
            size_common, weight, years, day, factor["persistence"], forced, paths, steps, driver, total, cross, n_years - 1)
        return steps, driver, total, cross

    with ThreadPoolExecutor(max_workers=options.jobs or None) as pool:
        parts = list(pool.map(one, range(draws)))
    steps, driver, total, cross = (sum(p[k] for p in parts) for k in range(4))
    requested, once, deduplicated = _asked(table, needs, options, n_regions, forced)
    waterfall = np.zeros((n_years, len(STEP_NAMES)))
    waterfall[:, 0], waterfall[:, 1], waterfall[:, 2] = requested.sum(axis=1), once.sum(axis=1), deduplicated.sum(axis=1)
    waterfall[:, 3:7] = np.asarray(steps)[:, 1:] / options.samples
    waterfall[:, 7] = waterfall[:, 6]  # ERCOT's size is peak seen over request: load below contract at the peak is in it
    answer = PipelineForecast(
        regions=regions, years=options.years, paths_mw=paths.astype(np.float32), requested_mw=requested, deduplicated_mw=deduplicated,
        once_mw=once, waterfall=waterfall, odds=_odds(table, needs, partitions, counts, forced),
        drivers=_drivers(table, np.asarray(driver), np.asarray(total), np.asarray(cross), options.samples),
        draw_of_sample=np.arange(options.samples) % draws, options=options, as_of=as_of, wall_s=0.0)
    if options.scenario == "chip_capped":
        from gridroom.pipeline.caps import apply_cap

        apply_cap(answer)
    answer.wall_s = time.perf_counter() - started
    return answer


def _forced(table: Table, options: ForecastOptions) -> Floats:
    """Chance that a scenario sets instead of the odds; negative where it leaves them."""
    forced = np.full(len(table.ids), -1.0)
    least = {"contracts": 5, "construction": 4}.get(options.scenario)
    if least is not None:
        forced[:] = np.where(table.stage >= least, 1.0, 0.0)
    return forced


def _chances(table: Table, counts: stages.StageCounts | None, forced: Floats) -> Floats:
    """Chance of each request by itself (n,)."""
    p = stages.mean_odds(counts)[table.group, table.stage]
    open_ = (p > 0) & (p < 1) & (table.shift != 0)
    p = np.where(open_, 1.0 / (1.0 + (1.0 / np.where(open_, p, 0.5) - 1.0) * np.exp(-table.shift)), p)
    return np.asarray(np.where(forced >= 0, forced, p))


def _site_shares(net: Needs, chance: Floats) -> tuple[Floats, Ints]:
    """Chance of each site given that its need is met (S,), and each site's need."""
    need_of_site = np.repeat(np.arange(len(net.lead)), np.diff(net.first_site))
    best = np.maximum.reduceat(chance[net.row], net.first_row[:-1]) if len(net.row) else np.zeros(0)
    odds = best / np.maximum(1.0 - best, 1e-6)
    total = np.bincount(need_of_site, weights=odds, minlength=len(net.lead))
    share = np.where(total[need_of_site] > 0, odds / np.maximum(total[need_of_site], 1e-300), 0.0)
    count = np.diff(net.first_site)[need_of_site]
    wanted = net.wanted[need_of_site]
    return np.where(wanted >= count, 1.0, np.minimum(share * wanted, 1.0)), need_of_site


def _asked(table: Table, needs: list[Needs], options: ForecastOptions, n_regions: int, forced: Floats
           ) -> tuple[Floats, Floats, Floats]:
    """Requested, without duplicates, and each need once, by year and region (Y, R) [MW]."""
    years = np.array(options.years)
    asked = table.asked_year[None, :] <= years[:, None]
    requested, once, single = (np.zeros((len(years), n_regions)) for _ in range(3))
    chance = _chances(table, None, np.where(forced == 0.0, -1.0, forced))
    for y in range(len(years)):
        requested[y] = np.bincount(table.region, weights=table.mw * asked[y], minlength=n_regions)
    for net in needs:
        share, _ = _site_shares(net, chance)
        site_of_row = np.repeat(np.arange(len(net.first_row) - 1), np.diff(net.first_row))
        mw = table.mw[net.row]
        for y in range(len(years)):
            now = mw * asked[y, net.row]
            once[y] += np.bincount(table.region[net.row], weights=now, minlength=n_regions) / len(needs)
            single[y] += np.bincount(table.region[net.row], weights=now * share[site_of_row], minlength=n_regions) / len(needs)
    return requested, once, single


def _odds(table: Table, needs: list[Needs], partitions: list[NDArray[np.int32]], counts: stages.StageCounts | None, forced: Floats
          ) -> Any:
    """Odds of each request, over the draws of who is who."""
    import pandas as pd

    chance = _chances(table, counts, forced)
    n = len(table.ids)
    need_met, built, siblings = np.zeros(n), np.zeros(n), np.zeros(n)
    for net, label in zip(needs, partitions, strict=True):
        share, need_of_site = _site_shares(net, chance)
        site_of_row = np.repeat(np.arange(len(net.first_row) - 1), np.diff(net.first_row))
        built[net.row] += (share * chance[net.lead][need_of_site])[site_of_row]
        size = np.bincount(label)
        best = np.zeros(len(size))
        np.maximum.at(best, label, chance)
        need_met += best[label]
        siblings += size[label] - 1
    d = len(needs)
    return pd.DataFrame({"request_id": table.ids, "stage": [stages_name(s) for s in table.stage], "requested_mw": table.mw,
                         "probability_by_itself": chance, "probability_need_met": need_met / d, "probability_this_site": built / d,
                         "other_filings": siblings / d})


def stages_name(stage: int) -> str:
    """Name of a stage."""
    from gridroom.pipeline.values import STAGES

    return STAGES[int(stage)]


def _drivers(table: Table, driver: Floats, total: Floats, cross: Floats, samples: int) -> Any:
    """Share of the last year's variance that goes with each need: covariance with the total over its variance."""
    import pandas as pd

    variance = driver[1] / samples - (driver[0] / samples) ** 2
    share = (cross / samples - total / samples * driver[0] / samples) / variance if variance > 0 else np.zeros(len(total))
    order = np.argsort(-share)
    order = order[share[order] > 0]
    return pd.DataFrame({"request_id": [table.ids[k] for k in order], "mean_mw": total[order] / samples,
                         "share_of_variance": share[order]})
