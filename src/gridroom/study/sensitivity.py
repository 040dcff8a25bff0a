"""What the answer hangs on: one changed setting a line, the same draws, the middle load level."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.adequacy.years import YearsChunk, chunk_task
from gridroom.core.progress import Listener, Progress
from gridroom.reference import catalog
from gridroom.runners.local import run_in_order
from gridroom.study import outcome
from gridroom.study.assemble import Case, assemble, study_years
from gridroom.study.schema import Study
from gridroom.study.weather import Weather

# key of the words in the report, settings changed
LINES: tuple[tuple[str, dict[str, dict[str, Any]]], ...] = (
    ("transfer_double", {"transfer": {"share": 1.0}}),
    ("transfer_quarter", {"transfer": {"share": 0.25}}),
    ("key_campuses", {"load": {"key": "campuses"}}),
    ("key_peak", {"load": {"key": "peak"}}),
    ("cold_off", {"supply": {"cold_common_cause": False}}),
    ("storms_full", {"supply": {"storm_severity": 1.0}}),
    ("maintenance_northern", {"supply": {"maintenance": "northern"}}),
    ("response_none", {"supply": {"demand_response_scale": 0.0}}),
    ("hydro_use", {"supply": {"hydro_capability": 0.0}}),
    ("storage_half", {"supply": {"storage_scale": 0.5}}),
    ("load_every_filing", {"load": {"identity": "separate"}}),
    ("load_national", {"load": {"case": "national"}}),
    ("load_as_filed", {"load": {"case": "as_filed"}}),
    ("load_none", {"load": {"case": "none"}}),
    ("load_flat", {"load": {"shape": "flat"}}),
    ("load_hot", {"load": {"cooling": "liquid_w32_dry"}}),
    ("committed", {"supply": {"case": "committed"}}),
    ("exits_none", {"supply": {"exits": "none"}}),
)
YEARS_SHOWN = (0, 2, 4, 6, 9)


@dataclass(frozen=True, slots=True)
class Line:
    """One line: hours with any region short, and regions beyond the standard, by year; first year by region."""

    key: str
    years: tuple[int, ...]
    lolh_h: NDArray[np.float64]
    lolh_stderr_h: NDArray[np.float64]
    regions_without: NDArray[np.int64]
    first_year: dict[str, int | None]


def changed(study: Study, change: dict[str, dict[str, Any]]) -> Study:
    """Study with some settings replaced."""
    data = study.model_dump()
    data["run"]["load_cases"] = False  # said once, by the study itself
    for part, values in change.items():
        data[part].update(values)
    return Study.model_validate(data)


def _middle(case: Case, seed: int, samples: int, jobs: int, caps: NDArray[np.float32]) -> list[YearsChunk]:
    """Chunks of the middle load level in the years shown."""
    size = 4  # small chunks keep all threads busy to the end
    years = tuple(y for y in YEARS_SHOWN if y < len(case.problem.study_years))
    task = chunk_task(case.problem, seed, 1, caps, pilot=((len(caps) // 2,), years))
    chunks = [(a, min(a + size, samples)) for a in range(0, samples, size)]
    return list(run_in_order(task, chunks, jobs))


def _line(key: str, study: Study, chunks: list[YearsChunk]) -> Line:
    names = list(catalog.load("regions")["region"])
    all_years = study_years(study)
    shown = [y for y in YEARS_SHOWN if y < len(all_years)]
    n = sum(c.level_samples for c in chunks)
    middle = chunks[0].level_sum.shape[0] // 2
    mean = sum((c.level_sum[middle] for c in chunks), np.zeros(())) / n
    square = sum((c.level_square[middle] for c in chunks), np.zeros(())) / n
    error = np.sqrt(np.maximum(square - mean**2, 0.0) / max(n - 1, 1))
    over = mean[shown, :-1, 1] > study.standard.lole_days
    first = {name: (int(all_years[shown[int(over[:, r].argmax())]]) if over[:, r].any() else None)
             for r, name in enumerate(names)}
    return Line(key, tuple(all_years[y] for y in shown), mean[shown, -1, 0], error[shown, -1, 0],
                over.sum(axis=1), first)


def run(study: Study, case: Case, hours: Weather, jobs: int, caps: NDArray[np.float32], listener: Listener
        ) -> tuple[list[Line], NDArray[np.float64]]:
    """All lines, the base first, and the room that additions beyond dated ones bring (Y, R) [MW].

    Every line uses the same samples, so that differences are far surer than the figures themselves.
    """
    samples = study.run.sensitivity_samples
    none = np.full(caps.shape, -np.inf, np.float32)
    lines = [_line("base", study, _middle(case, study.run.seed, samples, jobs, none))]
    effect = np.zeros(caps.shape[1:])
    for k, (key, change) in enumerate(LINES):
        other = changed(study, change)
        if other == changed(study, {}):
            continue
        chunks = _middle(assemble(other, hours, case), study.run.seed, samples, jobs, caps if key == "committed" else none)
        lines.append(_line(key, other, chunks))
        if key == "committed" and study.supply.case == "trend":
            effect = _supply_effect(study, case, chunks, caps, samples, jobs)
        listener(Progress("sensitivity", k + 1, len(LINES), 0.0, key))
    return lines, effect


def _supply_effect(study: Study, case: Case, committed: list[YearsChunk], caps: NDArray[np.float32], samples: int,
                   jobs: int) -> NDArray[np.float64]:
    """Room with the supply case's additions less room with dated ones only, years between interpolated [MW]."""
    base = _middle(case, study.run.seed, samples, jobs, caps)
    middle = len(caps) // 2
    rooms = []
    for chunks in (base, committed):
        histogram = sum((c.histogram[middle].astype(np.int64) for c in chunks), np.zeros((), np.int64))
        rooms.append(outcome.room_at(histogram, float(samples), study.standard.lole_days,
                                     caps[middle].astype(np.float64))[0])
    years = caps.shape[1]
    shown = [y for y in YEARS_SHOWN if y < years]
    gain = np.maximum(rooms[0] - rooms[1], 0.0)[shown]
    return np.stack([np.interp(np.arange(years), shown, gain[:, r]) for r in range(gain.shape[1])], axis=1)
