"""Requests and who is who as the arrays that the sampling kernel takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.pipeline import dedupe, rates, stages
from gridroom.pipeline.answers import ForecastOptions
from gridroom.pipeline.evidence import gather
from gridroom.pipeline.needs import declared_pairs, id_number, join_pairs
from gridroom.pipeline.places import region_of_requests
from gridroom.pipeline.relations import Sites

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


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
    seen: Floats
    start: Floats
    delay_mean: Floats
    ramp_first: Ints
    ramp_years: Ints
    ramp_step: Floats
    wanted: Floats
    asked_year: Ints


def last_day(frame: Any, first_year: int) -> date:
    """Last day that a table knows of: snapshots, filings, stages, states; else the first year's first day, or today if earlier."""
    days = [frame[c].max() for c in ("snapshot_date", "filed_on", "stage_date", "status_date") if frame[c].notna().any()]
    return max(d.date() for d in days) if days else min(date(first_year, 1, 1), date.today())


def make_table(live: Any, options: ForecastOptions, counts: stages.StageCounts | None, as_of: date
               ) -> tuple[tuple[str, ...], Table]:
    """Regions met, and the requests as arrays."""
    names = region_of_requests(live, options.by)
    regions = tuple(sorted(set(names)))
    place = {name: k for k, name in enumerate(regions)}
    providers = list(counts.providers) if counts is not None else []
    other = len(providers)
    known = {p: k for k, p in enumerate(providers)}
    stage = live["stage"].to_numpy(np.float64)
    stage = np.where(np.isnan(stage), stages.UNKNOWN_STAGE, stage)
    stage = np.where(live["status"] == "energised", 6, stage).astype(np.int64)
    yes = {"yes", "y", "true", "1"}
    shift = (
        rates.value("extra_log_odds")
        * (
            (live["security_posted_usd_per_mw"].fillna(0) > 0).astype(float)
            + live["site_control"].astype(str).str.lower().isin(yes).astype(float)
            + live["equipment_on_order"].astype(str).str.lower().isin(yes).astype(float)
        ).to_numpy()
    )
    start = _year_of(live["requested_in_service"])
    began = _year_of(live["status_date"])
    start = np.where((stage == 6) & np.isfinite(began), began, start)
    start = np.where(stage == 6, np.minimum(start, as_of.year + as_of.timetuple().tm_yday / 366.0), start)
    mw = live["requested_mw"].to_numpy(np.float64)
    grid = mw - live["on_site_generation_mw"].fillna(0.0).to_numpy()  # what stays behind the meter asks nothing of the grid
    mw = np.maximum(grid, 0.0)
    peak = live["observed_peak_mw"].to_numpy(np.float64)
    metered = (stage == 6) & np.isfinite(peak) & (mw > 0)
    seen = np.where(metered, peak / np.maximum(mw, 1e-9), -1.0)
    asked_year = np.floor(start).astype(np.int64)
    start = np.where(metered, start - 10.0, start)  # ramped up already
    sponsor = [_first(live, k, ("parent_name", "applicant_name", "developer", "request_id")) for k in range(len(live))]
    ramp_first, ramp_years, steps = _ramps(live, mw)
    late = {True: rates.value("delay_ercot") / 365.25, False: rates.value("delay_other") / 365.25}
    delay = np.array([late[z == "ERCOT"] for z in region_of_requests(live, "region")])
    return regions, Table(
        ids=[str(v) for v in live["request_id"]],
        sites=Sites(live),
        stage=stage,
        group=np.array([known.get(str(p), other) for p in live["provider"]], np.int64),
        shift=shift,
        region=np.array([place[z] for z in names], np.int64),
        zone_key=np.array([id_number("zone " + z) for z in names], np.int64),
        sponsor_key=np.array([id_number("sponsor " + s) for s in sponsor], np.int64),
        mw=mw,
        seen=seen,
        start=start,
        delay_mean=delay,
        ramp_first=ramp_first,
        ramp_years=ramp_years,
        ramp_step=steps,
        wanted=live["sites_needed"].to_numpy(np.float64),
        asked_year=asked_year,
    )


def _year_of(days: Any) -> Floats:
    """Days as years with their part."""
    out = days.dt.year.to_numpy(np.float64) + (days.dt.day_of_year.to_numpy(np.float64) - 1.0) / 366.0
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


def partitions_of(live: Any, table: Table, options: ForecastOptions) -> list[NDArray[np.int32]]:
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
    evidence = gather(frame, leave_out)
    if not evidence.names:
        return [declared]
    decided = np.array([(a, b, 1.0) for a, b in pairs]).reshape(-1, 3)
    draws = dedupe.draw_partitions(frame, leave_out, options.seed, options.sweeps, decided).draws
    out = []
    for draw in draws:
        tied = _within_states(draw, table.sites.state) if options.hidden_across_states else _neighbours(draw)
        out.append(join_pairs(n, pairs + tied))
    return out


def _neighbours(label: NDArray[np.int32]) -> list[tuple[int, int]]:
    """Pairs of rows next to each other in their project: enough to join it."""
    order = np.argsort(label, kind="stable")
    same = label[order[1:]] == label[order[:-1]]
    return list(zip(order[:-1][same].tolist(), order[1:][same].tolist(), strict=True))


def _within_states(label: NDArray[np.int32], state: list[str]) -> list[tuple[int, int]]:
    last: dict[tuple[int, str], int] = {}
    out = []
    for k, project in enumerate(label.tolist()):
        here = (project, state[k])
        if here in last:
            out.append((last[here], k))
        last[here] = k
    return out
