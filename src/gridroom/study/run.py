"""Run a study: assemble, simulate, answer, write the run folder; go on where an interrupted run stopped."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from gridroom import __version__
from gridroom.adequacy.years import YearsChunk, pilot_caps, run_years
from gridroom.core.progress import Listener, Progress, silent
from gridroom.reference import catalog
from gridroom.results.folder import RunFolder
from gridroom.study import (
    assemble,
    asset_tables,
    grow,
    meaning,
    outcome,
    public_claims,
    sensitivity,
    site_example,
    steps,
    supply_tables,
    weather,
)
from gridroom.study.loader import lock_text
from gridroom.study.schema import Study

PARTS = "parts"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """How to run: folder, threads, whether to go on with what an earlier run left, who listens."""

    out: Path
    jobs: int = 0
    resume: bool = False
    listener: Listener = silent


def fingerprint(study: Study) -> str:
    """Short hash of all settings, the version and the reference data: the same answers have the same one."""
    digest = hashlib.sha256(lock_text(study, __version__).encode())
    if study.load.requests is not None:
        digest.update(Path(study.load.requests).read_bytes())
    for load in study.large_loads:
        for name in (load.profile, load.campus, load.miner):
            digest.update(Path(name).read_bytes() if name is not None else b"")
    for table in catalog.tables().values():
        digest.update(table.sha256.encode())
    return digest.hexdigest()[:12]


def default_folder(study: Study) -> Path:
    """`runs/<name>-<fingerprint>`: the same study goes to the same folder."""
    slug = "".join(c if c.isalnum() else "-" for c in study.name.lower()).strip("-") or "study"
    return Path("runs") / f"{slug}-{fingerprint(study)}"


def _save(path: Path, chunk: YearsChunk) -> None:
    where = np.nonzero(chunk.histogram)
    beside = path.with_suffix(".part.npz")
    np.savez_compressed(beside, samples=chunk.samples, level_samples=chunk.level_samples, path=chunk.path,
                        level_sum=chunk.level_sum, level_square=chunk.level_square, calendar=chunk.calendar,
                        shape=chunk.histogram.shape, where=np.stack(where), days=chunk.histogram[where])
    beside.rename(path)  # a part is there whole or not at all


def _load(path: Path) -> YearsChunk:
    with np.load(path) as data:
        histogram = np.zeros(data["shape"], np.int32)
        histogram[tuple(data["where"])] = data["days"]
        return YearsChunk(int(data["samples"]), int(data["level_samples"]), data["path"], data["level_sum"],
                          data["level_square"], histogram, data["calendar"])


def _kept(folder: Path, mark: str) -> list[YearsChunk]:
    """Chunks of an earlier run with the same fingerprint, as far as they follow on without a gap."""
    parts = folder / PARTS
    if not (parts / mark).is_file():
        return []
    out: list[YearsChunk] = []
    while (path := parts / f"{len(out):05d}.npz").is_file():
        out.append(_load(path))
    return out


def _note(case: assemble.Case) -> Callable[[list[YearsChunk]], str]:
    """Words of the present estimate: one region and year that planners watch."""
    regions = catalog.load("regions")
    r = list(regions["region"]).index("DOM")
    years = case.problem.study_years
    y = min(range(len(years)), key=lambda k: abs(years[k] - 2030))

    def note(chunks: list[YearsChunk]) -> str:
        hours = np.concatenate([c.path[:, y, r, 0] for c in chunks])
        error = hours.std(ddof=1) / np.sqrt(len(hours)) if len(hours) > 1 else 0.0
        return f"{regions['name'][r]} LOLH {years[y]}: {hours.mean():.1f} ± {error:.1f} h"

    return note


def run_study(study: Study, options: RunOptions) -> RunFolder:
    """Run a study and write its folder.

    Parameters
    ----------
    study : Study
        Checked settings.
    options : RunOptions

    Returns
    -------
    RunFolder
        Finished, report included only after `gridroom.reports.page.write_report`.
    """
    started = time.perf_counter()
    folder, mark = RunFolder(options.out), fingerprint(study)
    kept = _kept(options.out, mark) if options.resume else []
    folder.start(lock_text(study, __version__))
    parts = options.out / PARTS
    parts.mkdir(exist_ok=True)
    if not kept:
        for old in parts.iterdir():
            old.unlink()
        (parts / mark).touch()

    def listen(progress: Progress) -> None:
        options.listener(progress)
        folder.note_progress({"step": progress.step, "done": progress.done, "total": progress.total,
                              "elapsed_s": round(progress.elapsed_s, 2), "note": progress.note})

    hours = weather.build(tuple(study.run.weather_years))
    case = assemble.assemble(study, hours)
    caps = pilot_caps(case.problem, study.run.seed, options.jobs)
    chunks = list(kept)
    for chunk in run_years(case.problem, study.run.samples, study.run.seed, jobs=options.jobs,
                           level_every=study.run.level_every, caps=caps, skip=len(kept), listener=listen,
                           note=_note(case)):
        _save(parts / f"{len(chunks):05d}.npz", chunk)
        chunks.append(chunk)
    lines: list[sensitivity.Line] = []
    effect = np.zeros(caps.shape[1:])
    if study.run.sensitivity_samples > 0:
        lines, effect = sensitivity.run(study, case, hours, options.jobs, caps, listen)
    answer = outcome.evaluate(case, study, chunks, caps.astype(np.float64), effect)
    growth = None
    if study.run.expansion_samples > 0:
        growth = grow.what_it_takes(study, case, hours, caps, study.run.expansion_samples, options.jobs, listen)
    _write_tables(folder, case, answer, lines)
    _write_supply(folder, growth, options.jobs)
    _write_assets(folder, case, answer)
    folder.write_table("public_claims", public_claims.public_claims(folder, len(answer.own_mw)))
    parts_of_headline = steps.headline_parts(folder.table("tipping"), folder.table("region_year"))
    folder.finish(_manifest(study, mark, parts_of_headline, len(kept), time.perf_counter() - started))
    for old in parts.iterdir():
        old.unlink()
    parts.rmdir()
    return folder


def _write_tables(folder: RunFolder, case: assemble.Case, answer: outcome.Outcome, lines: list[sensitivity.Line]
                  ) -> None:
    folder.write_table("region_year", steps.region_year(case, answer))
    folder.write_table("tipping", steps.tipping(case, answer))
    folder.write_table("calendar", steps.calendar(case, answer))
    folder.write_table("national", steps.national(case, answer))
    folder.write_table("capacity", steps.capacity(case))
    folder.write_table("meaning", meaning.meaning())
    if answer.load_cases:
        folder.write_table("load_cases", steps.load_cases(case, answer))
    if lines:
        folder.write_table("sensitivity", steps.sensitivity(lines))


def _write_supply(folder: RunFolder, growth: grow.Growth | None, jobs: int) -> None:
    """What makes room: options, a worked permit, countries; and what it takes, where it was asked."""
    folder.write_table("build_options", supply_tables.build_options())
    folder.write_table("permit_example", supply_tables.permit_example())
    folder.write_table("countries", supply_tables.country_rows())
    if growth is not None:
        folder.write_table("site_example", site_example.site_example(jobs))
        additions, years = grow.tables(growth)
        folder.write_table("additions", additions)
        folder.write_table("additions_years", years)


def _write_assets(folder: RunFolder, case: assemble.Case, answer: outcome.Outcome) -> None:
    """Digital assets on the same power, heat, and what rules ask."""
    folder.write_table("asset_networks", asset_tables.networks())
    folder.write_table("asset_switches", asset_tables.switches())
    folder.write_table("asset_regions", asset_tables.regions(case, answer))
    folder.write_table("asset_worked", asset_tables.worked())
    folder.write_table("disclosure_status", asset_tables.rules())


def _manifest(study: Study, mark: str, headline: dict[str, Any], kept: int, wall_s: float) -> dict[str, Any]:
    tables = catalog.tables().values()
    return {"schema_version": "1", "gridroom": __version__, "fingerprint": mark, "name": study.name,
            "headline": steps.headline(headline),
            "headline_parts": headline, "study": study.model_dump(), "resumed_chunks": kept, "wall_s": round(wall_s, 1),
            "sources": [{"name": t.name, "title": t.title, "source": t.source, "licence": t.licence,
                         "claim": t.claim.value, "derived": t.derived, "sha256": t.sha256} for t in tables]}
