"""Joules a token from measured configurations: the few that ship, or the user's own table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from gridroom.core.errors import Problem, StudyError
from gridroom.loads.catalogue import Assumption, accelerator_names, found
from gridroom.loads.ranges import Range
from gridroom.reference import catalog
from gridroom.sources.frames import read_frame

COLUMNS = (
    "task",
    "nickname",
    "gpu_model",
    "energy_per_token_joules",
    "avg_batch_size",
    "activated_params_billions",
    "total_params_billions",
    "output_throughput_tokens_per_sec",
    "num_gpus",
)
TASKS = {
    "chat": "lm-arena-chat",
    "reasoning": "gpqa",
    "code": "sourcegraph-fim",
    "image-chat": "image-chat",
    "video-chat": "video-chat",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """A model as measured.

    Attributes
    ----------
    model : str
    joule : Assumption
        J an output token of the accelerators alone: best batch, median, and as far above.
    active_parameters, parameters : float
    tokens_per_second : Range or None
        Of one accelerator.
    """

    model: str
    joule: Assumption
    active_parameters: float
    parameters: float
    tokens_per_second: Range | None


def _ends(low: float, middle: float) -> Range:
    """The lowest is the best batch; as far above the median as that lies below (assumed)."""
    return Range(low, middle, middle * middle / low)


def _one_chip(chips: list[str], asked: str | None) -> str:
    """Chip asked for, or the H100, or the only one."""
    if asked is None:
        return next((c for c in chips if "H100" in c), chips[0])
    full = found("accelerator", asked, accelerator_names())
    fits = [c for c in chips if c == full or c in full]
    if not fits:
        raise StudyError(Problem("accelerator", f"this model was not measured on {full}", "measured on " + ", ".join(chips)))
    return fits[0]


def _quoted(model: str, chip: str | None, task: str | None, batch: Range | None) -> Measured:
    table = catalog.load("serving_measured")
    full = found("model", model, {name: [] for name in table["model"]})
    rows = table[table["model"] == full].set_index("accelerator")
    row = rows.loc[_one_chip(list(rows.index), chip)]
    if task is not None and task != row["task"]:
        raise StudyError(
            Problem(
                "task", f"of the figure that ships is {row['task']}; got {task!r}", "give --configurations FILE with the whole list"
            )
        )
    if batch is not None:
        raise StudyError(
            Problem(
                "batch",
                "is not known for the figures that ship: they are the best and the median over batch sizes",
                "give --configurations FILE with the whole list, or --method regression",
            )
        )
    joule = Assumption(
        name="joule_per_output_token",
        range=_ends(float(row["best_j_per_token"]), float(row["median_j_per_token"])),
        unit="J",
        claim=row["claim"],
        source=f"{full}, {row['task']}, {row.name}: {row['source']}; upper end assumed",
    )
    return Measured(
        model=full,
        joule=joule,
        active_parameters=float(row["active_parameters"]),
        parameters=float(row["parameters"]),
        tokens_per_second=None,
    )


@cache
def _table(path: str) -> Any:
    table = read_frame(Path(path), "configurations", "the ML.ENERGY leaderboard as Parquet or CSV")
    missing = [name for name in COLUMNS if name not in table]
    if missing:
        raise StudyError(Problem("configurations", f"{path} lacks the columns {', '.join(missing)}"))
    return table


def _from_table(path: str, model: str, chip: str | None, asked: str | None, batch: Range | None) -> Measured:
    table, task = _table(path), asked or "chat"
    table = table[(table["task"] == TASKS.get(task, task)) & table["energy_per_token_joules"].gt(0)]
    if table.empty:
        raise StudyError(Problem("task", f"has no measured tokens; got {task!r}", "one of " + ", ".join(TASKS)))
    full = found("model", model, {name: [] for name in table["nickname"].unique()})
    rows = table[table["nickname"] == full]
    gpu = _one_chip(sorted(rows["gpu_model"].unique()), chip)
    rows = rows[rows["gpu_model"] == gpu]
    if batch is not None:
        rows = rows.iloc[[(rows["avg_batch_size"] / batch.best - 1.0).abs().argmin()]]
    value = rows["energy_per_token_joules"]
    speed = rows["output_throughput_tokens_per_sec"] / rows["num_gpus"]
    words = f"batch {rows['avg_batch_size'].iloc[0]:.0f}" if batch is not None else f"{len(rows)} configurations"
    span = Range(float(value.min()), float(value.median()), float(value.max()))
    rate = Range(float(speed.min()), float(speed.median()), float(speed.max()))
    first = rows.iloc[0]
    return Measured(
        model=full,
        active_parameters=1e9 * float(first["activated_params_billions"]),
        tokens_per_second=rate,
        parameters=1e9 * float(first["total_params_billions"]),
        joule=Assumption(
            name="joule_per_output_token",
            range=span,
            unit="J",
            claim="measured",
            source=f"{full}, {task}, {gpu}, {words}: {Path(path).name}",
        ),
    )


def measured(model: str, chip: str | None, task: str | None, batch: Range | None, configurations: str | None) -> Measured:
    """Joules a token of a measured model.

    Parameters
    ----------
    model : str
    chip : str or None
        Accelerator; the H100 where none is given and it was measured.
    task : str
        chat, reasoning, code, image-chat, video-chat (with `configurations`).
    batch : Range or None
        Requests at a time (with `configurations`): the nearest measured.
    configurations : str or None
        Table of the user; the quoted figures otherwise.

    Raises
    ------
    StudyError
        If the model, chip or task was not measured; names the nearest.
    """
    if configurations is not None:
        return _from_table(configurations, model, chip, task, batch)
    return _quoted(model, chip, task, batch)
