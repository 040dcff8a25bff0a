"""A fleet that answers with several models: one row each, summed."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from gridroom.core.errors import Problem, StudyError, raise_all
from gridroom.loads.answers import Figures
from gridroom.loads.catalogue import Assumption
from gridroom.loads.inference import FIGURES, Inference, inference
from gridroom.loads.ranges import Product, Range, as_range
from gridroom.sources.frames import read_frame

WORDS = ("name", "model", "method", "accelerator", "task", "configurations")
NUMBERS = (
    "requests_per_day",
    "output_tokens",
    "joule_per_output_token",
    "active_parameters",
    "parameters",
    "batch",
    "tokens_per_second",
)
PER_REQUEST = ("wh_per_request", "accelerator_wh_per_request")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fleet(Figures):
    """Sum of several models' answers; per request the mean over requests.

    Low ends add to the low end: what is doubtful (host, idle machines, PUE) is shared by all.
    """

    parts: tuple[tuple[str, Inference], ...]
    figures: dict[str, Product | None]
    assumptions: tuple[Assumption, ...]
    notes: tuple[str, ...]
    model: str | None = "fleet"
    method: str = "of each model"
    joule_per_output_token: None = None

    shown: ClassVar[tuple[str, ...]] = FIGURES

    def head(self) -> str:
        """First line of the answer in words."""
        return "fleet; joules a token of each model"

    def __str__(self) -> str:
        parts = [f"  {name:30} {one.wh_per_request.range} Wh, {one.facility_power_mw.range} MW" for name, one in self.parts]
        return "\n".join([Figures.__str__(self), *parts])

    def __getattr__(self, name: str) -> Product | None:
        if name in FIGURES:
            return self.figures[name]
        raise AttributeError(name)


def read_fleet(path: Path, problems: list[Problem]) -> list[tuple[str, dict[str, Any]]]:
    """Rows of a fleet file: words and numbers by column; what is wrong is added to `problems`, and its row left out.

    Raises
    ------
    StudyError
        If the file cannot be read.
    """
    hint = "a CSV with requests_per_day, output_tokens and model, joule_per_output_token or active_parameters"
    frame = read_frame(path, "fleet", hint, as_text=True)
    problems += [
        Problem(f"{path.name}, column {name}", "is not known", "columns: " + ", ".join((*WORDS, *NUMBERS)))
        for name in frame.columns
        if name not in (*WORDS, *NUMBERS)
    ]
    if frame.empty:
        problems.append(Problem(path.name, "has no rows"))
    rows = []
    for k, row in enumerate(frame.to_dict("records")):
        out: dict[str, Any] = {name: row[name] for name in WORDS if row.get(name) and name != "name"}
        for name in NUMBERS:
            if row.get(name):
                try:
                    out[name] = float(row[name])
                except ValueError:
                    problems.append(Problem(f"{path.name} row {k + 2}, {name}", f"must be a number; got {row[name]!r}"))
        if any(p.where.startswith(f"{path.name} row {k + 2},") for p in problems):
            continue
        rows.append((row.get("name") or row.get("model") or f"row {k + 2}", out))
    return rows


def fleet_of(rows: list[tuple[str, dict[str, Any]]], shared: dict[str, Any], problems: list[Problem]) -> Fleet:
    """Answer of a fleet.

    Parameters
    ----------
    rows : list of (str, dict)
        Name and options of each model.
    shared : dict
        Options that hold for all unless the row has its own.
    problems : list of Problem
        Known already; raised with those of the rows.

    Raises
    ------
    StudyError
        With every problem of every row.
    """
    parts = []
    for name, row in rows:
        try:
            parts.append((name, inference(**{**shared, **row})))
        except StudyError as fault:
            problems += [Problem(f"{name}: {p.where}", p.what, p.hint) for p in fault.problems]
    raise_all(problems)
    daily = [as_range(row.get("requests_per_day", shared.get("requests_per_day")) or 0.0).best for _, row in rows]
    figures: dict[str, Product | None] = {}
    for key in FIGURES:
        values = [getattr(one, key) for _, one in parts]
        if any(v is None for v in values):
            figures[key] = None
            continue
        weight = [d / sum(daily) for d in daily] if key in PER_REQUEST else [1.0] * len(values)
        sums = [sum(w * getattr(v.range, end) for w, v in zip(weight, values, strict=True)) for end in ("low", "best", "high")]
        figures[key] = Product(Range(*sums), {})
    used = {(a.name, a.source, a.range): a for _, one in parts for a in one.assumptions}
    return Fleet(
        parts=tuple(parts), figures=figures, assumptions=tuple(used.values()), notes=tuple(n for _, one in parts for n in one.notes)
    )
