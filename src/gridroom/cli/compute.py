"""`gridroom compute`: numbers and words in, ranges out."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gridroom.cli.campus import assumption_lines
from gridroom.cli.console import answer, check_out, say
from gridroom.core.errors import Problem, StudyError, UsageError
from gridroom.loads.ranges import Range

SIZES = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9, "t": 1e12}
MOST_HOURS = 200_000


def _one(text: str) -> float | None:
    """Number as people write it: 1e25, 70B, 15T."""
    found = re.fullmatch(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([kmbt]?)", text.strip().lower())
    return float(found.group(1)) * SIZES[found.group(2)] if found else None


def as_number(name: str, text: str | None, problems: list[Problem]) -> Any:
    """Number, or LOW,BEST,HIGH, of an option; the words auto pass."""
    if text is None:
        return None
    if name == "goodput" and text.strip() == "auto":
        return "auto"
    parts = [_one(part) for part in text.split(",")]
    if len(parts) not in (1, 3) or any(part is None for part in parts):
        problems.append(
            Problem(
                name,
                f"must be a number, or LOW,BEST,HIGH; got {text!r}",
                "70e9, 70B and 15T are understood; no commas within a number",
            )
        )
        return None
    return parts[0] if len(parts) == 1 else tuple(parts)


WORDS = ("model", "accelerator", "precision", "cooling", "weather", "place", "method", "task", "configurations")


def _values(options: dict[str, str | None], problems: list[Problem]) -> dict[str, Any]:
    """Options that were given: words as they are, all else as numbers."""
    values = {name: text if name in WORDS else as_number(name, text, problems) for name, text in options.items()}
    return {name: value for name, value in values.items() if value is not None}


def _solved(work: Callable[..., Any], values: dict[str, Any], problems: list[Problem]) -> Any:
    """Answer, or every problem: an option that is no number is not also reported as missing."""
    try:
        result = work(**values)
    except StudyError as fault:
        bad = {p.where for p in problems}
        more = [p for p in fault.problems if not problems or (p.where not in bad and "missing" not in p.what)]
        raise StudyError([*problems, *more]) from None
    if problems:
        raise StudyError(problems)
    return result


def _figures(result: Any, names: tuple[str, ...]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Figures with low, best, high, and what drives each range."""
    found = {name: getattr(result, name) for name in names}
    return (
        {name: None if value is None else value.range.as_dict() for name, value in found.items()},
        {name: value.drivers for name, value in found.items() if value is not None and value.drivers},
    )


def _write_hourly(path: Path, mw: Any) -> None:
    import pandas as pd

    frame = pd.DataFrame({"hour": range(len(mw)), "value": mw})
    if path.suffix == ".parquet":
        frame.to_parquet(path, index=False, compression="zstd")
    else:
        frame.to_csv(path, index=False, lineterminator="\n")


def _run_hours(result: Any) -> Any:
    """MW by hour while the run lasts; the last hour may be a part."""
    import numpy as np

    if result.facility_power_mw is None or result.duration_h is None:
        raise UsageError("--out needs how long the run takes: give --count or --days")
    hours = result.duration_h.range.best
    if hours > MOST_HOURS:
        raise UsageError(f"--out would write {hours:,.0f} hours; more accelerators make the run shorter than {MOST_HOURS:,} h")
    mw = np.full(int(np.ceil(hours)), result.facility_power_mw.range.best)
    mw[-1] *= hours - (len(mw) - 1)
    return mw


def training(options: dict[str, str | None], out: Path | None, as_json: bool) -> int:
    """Answer what training takes."""
    from gridroom.loads.training import FIGURES
    from gridroom.loads.training import training as work

    check_out(out)
    problems: list[Problem] = []
    result = _solved(work, _values(options, problems), problems)
    figures, drivers = _figures(result, FIGURES)
    if out is not None:
        _write_hourly(out, _run_hours(result))
    document = {
        "schema_version": "1",
        "command": "compute training",
        "model": result.model,
        "basis": result.basis,
        "accelerator": result.accelerator,
        "count": None if result.count is None else result.count.as_dict(),
        **figures,
        "drivers": drivers,
        "published": result.published,
        "assumptions": [a.as_dict() for a in result.assumptions],
        "notes": list(result.notes),
        "out": str(out) if out else None,
    }
    for note in result.notes:
        say(f"note: {note}")

    def readable() -> str:
        lines = [str(result)]
        if result.published:
            p = result.published
            said = (("accelerator_hours", "h"), ("energy_mwh", "MWh"), ("co2_t", "t"))
            parts = [f"{p[key]:,.6g} {unit}" for key, unit in said if p[key]]
            lines += ["", "published: " + ", ".join(parts) + f"; {p['energy_kind_means']}"]
            lines.append(f"  includes: {p['includes'] or '-'}; {p['claim']}; {p['source']}")
        return "\n".join([*lines, "", *assumption_lines(document["assumptions"])])

    answer(document, as_json, readable)
    return 0


def inference(options: dict[str, str | None], fleet: Path | None, out: Path | None, as_json: bool) -> int:
    """Answer what answering requests takes."""
    from gridroom.loads.fleet import fleet_of, read_fleet
    from gridroom.loads.inference import FIGURES
    from gridroom.loads.inference import inference as work
    from gridroom.loads.shape import inference_shape

    check_out(out, fleet)
    problems: list[Problem] = []
    values = {"requests_per_day": None, "output_tokens": None, **_values(options, problems)}
    rows: list[dict[str, Any]] = []
    result: Any
    if fleet is not None:
        for name in ("model", "joule_per_output_token", "active_parameters"):
            if values.get(name) is not None:
                problems.append(Problem(name, "goes without fleet: its rows say what answers", "leave one of the two out"))
        result = fleet_of(read_fleet(fleet, problems), values, problems)
        rows = [{"name": name, **_figures(one, FIGURES)[0]} for name, one in result.parts]
    else:
        result = _solved(work, values, problems)
    figures, drivers = _figures(result, FIGURES)
    if out is not None:
        mean = result.facility_power_mw.range.best
        swing = result.peak_mw.range.best / mean - 1.0
        _write_hourly(out, mean * inference_shape(8760, 1.0, swing, 15.0))
    document = {
        "schema_version": "1",
        "command": "compute inference",
        "model": result.model,
        "method": result.method,
        "joule_per_output_token": None if result.joule_per_output_token is None else result.joule_per_output_token.as_dict(),
        **figures,
        "drivers": drivers,
        "fleet": rows,
        "assumptions": [a.as_dict() for a in result.assumptions],
        "notes": list(result.notes),
        "out": str(out) if out else None,
    }
    for note in result.notes:
        say(f"note: {note}")

    lines = assumption_lines(document["assumptions"])
    answer(document, as_json, lambda: "\n".join([str(result), "", *lines]))
    return 0


def households(texts: dict[str, str | None], place: str, year: int | None, as_json: bool) -> int:
    """Answer how many households use as much."""
    from gridroom.loads.households import households as work
    from gridroom.loads.ranges import as_range

    problems: list[Problem] = []
    values = {name: None if v is None else as_range(v) for name in texts for v in [as_number(name, texts[name], problems)]}
    if problems:
        raise StudyError(problems)
    result = work(
        mw=values["mw"], energy_mwh_per_year=values["mwh_per_year"], load_factor=values["load_factor"], place=place, year=year
    )
    factor = values["load_factor"] or Range.exact(1.0)
    document = {
        "schema_version": "1",
        "command": "compute households",
        "place": place,
        "load_factor": factor.as_dict(),
        **result.as_dict(),
        "drivers": result.households.drivers,
    }
    answer(document, as_json, lambda: str(result))
    return 0
