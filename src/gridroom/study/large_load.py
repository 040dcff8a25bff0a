"""Large load of the outlook from single requests: the built-in US pipeline, or a user's list, as load paths."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.pipeline.answers import ForecastOptions, PipelineForecast
from gridroom.pipeline.forecasting import forecast as forecast_requests
from gridroom.pipeline.national import Forecast, LoadPaths, at_score, national_added_mw, sample_paths
from gridroom.pipeline.records import Records, interpret, read_records
from gridroom.reference import catalog
from gridroom.sources.rawtable import RawTable
from gridroom.study.schema import Study

Floats = NDArray[np.float64]
LEAST_PATHS = 2_000  # so that load levels are read from enough paths, however few are simulated
# Paths in order of their total: about -1, 0 and +1 standard deviations.
LEVEL_SHARES = ((0.08, 0.24), (0.42, 0.58), (0.76, 0.92))
DEMAND_IN_COMMON = 0.7  # correlation of requests and national range (assumed)
EARLY_STAGE = 2  # up to here one need is assumed to be filed several times
BUILT_IN_DAY = "2026-04-01"  # to which the built-in sums speak
# How requests can be counted, as the table of load cases shows it.
COUNTS: dict[str, dict[str, Any]] = {
    "reference": {}, "every_filing": {"identity": "separate"}, "every_site": {"one_site_each": False},
    "contracts": {"scenario": "contracts"}, "construction": {"scenario": "construction"},
    "chip_capped": {"scenario": "chip_capped"}}


@dataclass(frozen=True, slots=True, kw_only=True)
class LargeLoad:
    """Sampled large load and the fixed levels at which room is read.

    Attributes
    ----------
    paths : LoadPaths
    level_mw : float array (L, Y, R)
        Load added since the base year at each level [MW].
    other_cases_mw : dict of float arrays (N, Y, R)
        Paths of the same requests counted otherwise, by case; empty unless the load comes from requests.
    at_peak : bool array (R,)
        Regions whose load comes from requests: their MW are draw at the peak, others' are means.
    """

    paths: LoadPaths
    level_mw: Floats
    other_cases_mw: dict[str, NDArray[np.float32]]
    at_peak: NDArray[np.bool_]


def built_in_requests() -> Records:
    """The US pipeline as requests: sums by region and stage cut into requests of the usual size; early ones filed several times.

    The cutting, the spread of their years and how often a need is filed are assumed; sums say their own claim class.
    """
    from gridroom.pipeline import rates

    header = ["request_id", "snapshot_date", "provider", "zone", "state", "project_name", "requested_mw", "requested_in_service",
              "stage", "ramp", "relation", "related_to", "source", "claim_class"]
    rows: list[list[str]] = []
    early: list[int] = []
    for k, row in enumerate(catalog.load("us_requests").itertuples()):
        for b in range(row.blocks):
            year = row.first_year + (row.last_year + 1 - row.first_year) * (b + 0.5) / row.blocks
            month = int(12 * (year % 1)) + 1
            if row.stage <= EARLY_STAGE:
                early.append(len(rows))
            name, ramp = (v if isinstance(v, str) else "" for v in (row.name, row.ramp))
            rows.append([f"US-{k:03d}-{b:03d}", BUILT_IN_DAY, row.provider, row.region, row.state, name,
                         f"{row.requested_mw / row.blocks:.3f}", f"{int(year)}-{month:02d}-15", str(row.stage), ramp, "", "",
                         row.source, row.claim])
    order = np.random.Generator(np.random.Philox(key=[1, 91])).permutation(len(early))
    several = int(rates.value("filings_per_need"))
    for at in range(0, len(order) - several + 1, several):
        group = [early[int(k)] for k in order[at : at + several]]
        for other in group[1:]:
            rows[other][10], rows[other][11] = "alternative", rows[group[0]][0]
    return interpret(RawTable(name="built-in US pipeline", header=header, rows=rows, lines=list(range(2, len(rows) + 2))))


@cache
def _records(requests: str | None) -> Records:
    """The built-in requests; a user's list takes the place of the built-in ones in the regions that it covers."""
    import pandas as pd

    from gridroom.pipeline.places import region_of_requests

    built_in = built_in_requests()
    if requests is None:
        return built_in
    own = read_records(Path(requests))
    covered = set(region_of_requests(own.frame))
    rest = built_in.frame[~built_in.frame["zone"].isin(covered)]
    tied = rest["related_to"].isin(set(rest["request_id"]))
    rest = rest.assign(relation=rest["relation"].where(tied, None), related_to=rest["related_to"].where(tied, None))
    frame = pd.concat([own.frame, rest], ignore_index=True)
    frame["line"] = np.arange(len(frame)) + 2
    return Records(frame=frame, notes=own.notes)


@cache
def _forecast(requests: str | None, years: tuple[int, ...], samples: int, seed: int, identity: str, one_site_each: bool,
              scenario: str) -> PipelineForecast:
    options = ForecastOptions(years=years, samples=samples, seed=seed, identity=identity, one_site_each=one_site_each,
                              scenario=scenario, sweeps=120)
    return forecast_requests(_records(requests), options)


def _coupled(total: Floats, score: Floats) -> Floats:
    """The same scores in an order that goes with the requests' totals: one AI demand is behind both (correlation assumed)."""
    from scipy.special import ndtri

    n = len(total)
    rank = np.empty(n)
    rank[np.argsort(total, kind="stable")] = np.arange(n)
    noise = np.random.Generator(np.random.Philox(key=[1, 92])).standard_normal(n)
    mixed = DEMAND_IN_COMMON * ndtri((rank + 0.5) / n) + np.sqrt(1.0 - DEMAND_IN_COMMON**2) * noise
    out = np.empty(n)
    out[np.argsort(mixed, kind="stable")] = np.sort(score)
    return out


def _added(answer: PipelineForecast, forecast: Forecast, score: Floats, share: Floats, regions: list[str]) -> Floats:
    """Load added since the base year (N, Y, R) [MW].

    Regions with requests: what was connected up to the day of the requests (by the national path), and what the requests bring.
    Other regions: their share of the national path.
    """
    national = national_added_mw(forecast, score)
    out = national[:, :, None] * share[:, None, :]
    day = answer.as_of.year + (answer.as_of.timetuple().tm_yday - 1) / 366.0
    ends = np.concatenate([[forecast.base_year + 1.0], np.array(forecast.years, np.float64) + 1.0])
    from_base = np.concatenate([np.zeros((len(score), 1)), national], axis=1)
    connected = np.array([np.interp(day, ends, row) for row in from_base])
    for k, name in enumerate(answer.regions):
        if name in regions:
            r = regions.index(name)
            before = np.minimum(national, connected[:, None]) * share[:, None, r]
            out[:, :, r] = before + answer.paths_mw[: len(score), :, k]
    return np.asarray(out)


def _capped(added_mw: Floats, years: tuple[int, ...]) -> Floats:
    """Paths scaled down to what chips can fill."""
    table = catalog.load("chip_cap").set_index("year")["added_since_2024_mw"]
    cap = table.loc[list(years)].to_numpy(np.float64)
    total = added_mw.sum(axis=2)
    return np.asarray(added_mw * np.where(total > cap, cap / np.maximum(total, 1e-9), 1.0)[:, :, None])


def large_load(study: Study, forecast: Forecast) -> LargeLoad:
    """Load paths and levels of a study's load case."""
    paths = sample_paths(forecast, study.run.samples, study.run.seed)
    regions = list(catalog.load("regions")["region"])
    at_peak = np.zeros(len(regions), np.bool_)
    if study.load.case != "pipeline":
        levels = np.stack([at_score(forecast, s) for s in (-1.0, 0.0, 1.0)])
        return LargeLoad(paths=paths, level_mw=levels, other_cases_mw={}, at_peak=at_peak)
    load, seed, n = study.load, study.run.seed, study.run.samples
    samples = max(n, LEAST_PATHS)
    wide = sample_paths(forecast, samples, seed)
    share = wide.added_mw[:, -1] / np.maximum(wide.added_mw[:, -1].sum(axis=1, keepdims=True), 1e-9)
    chosen = {"identity": load.identity, "one_site_each": load.one_site_each, "scenario": load.scenario}
    score: list[Floats] = []

    def added(changes: dict[str, Any]) -> Floats:
        asked = {**chosen, **changes}
        capped = asked["scenario"] == "chip_capped"
        answer = _forecast(load.requests, forecast.years, samples, seed,
                           **{**asked, "scenario": "reference" if capped else asked["scenario"]})
        at_peak[[regions.index(name) for name in answer.regions if name in regions]] = True
        if not score:
            score.append(_coupled(answer.paths_mw[:, -1].sum(axis=1, dtype=np.float64), wide.score))
        out = _added(answer, forecast, score[0], share, regions)
        return load.data_centre_scale * (_capped(out, forecast.years) if capped else out)

    mine = added({})
    rank = np.argsort(mine.sum(axis=2)[:, -1], kind="stable")
    inside = [rank[int(a * samples) : max(int(b * samples), int(a * samples) + 1)] for a, b in LEVEL_SHARES]
    cases = {}
    if study.run.load_cases:
        cases = {name: added(changes)[:n].astype(np.float32) for name, changes in COUNTS.items()}
    return LargeLoad(paths=LoadPaths(added_mw=mine[:n], growth=paths.growth, score=score[0][:n]),
                     level_mw=np.stack([mine[rows].mean(axis=0) for rows in inside]), other_cases_mw=cases, at_peak=at_peak)
