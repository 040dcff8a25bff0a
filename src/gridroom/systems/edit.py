"""Changed copies of a system: assets added, taken away, scaled; large loads added."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from typing import Any

import numpy as np

from gridroom.core.errors import Problem, StudyError, nearest
from gridroom.systems.assets import COLUMNS, LargeLoad
from gridroom.systems.system import System

PARTS = ("units", "storage", "hybrids", "demand_response")
SIZE = {"units": "capacity_mw", "storage": "discharge_mw", "hybrids": "grid_injection_mw", "demand_response": "borrow_mw"}
SCALED = {
    "units": ("capacity_mw",), "storage": ("charge_mw", "discharge_mw", "energy_mwh"),
    "hybrids": ("inflow_mw", "grid_withdrawal_mw", "grid_injection_mw", "charge_mw", "discharge_mw", "energy_mwh"),
    "demand_response": ("borrow_mw", "payback_mw", "energy_mwh")}


def find(system: System, names: Iterable[str]) -> dict[str, list[int]]:
    """Rows of resources by asset table; a name may also be `category=WORD` for all of a category.

    Raises
    ------
    StudyError
        With every name that is not known.
    """
    out: dict[str, list[int]] = {part: [] for part in PARTS}
    problems = []
    known = [name for part in PARTS for name in getattr(system, part).names]
    for name in names:
        found = 0
        for part in PARTS:
            asset = getattr(system, part)
            keys = asset.names
            wanted = name
            if name.startswith("category="):
                keys, wanted = asset.categories, name.removeprefix("category=")
            rows = [k for k, key in enumerate(keys) if key == wanted]
            out[part] += [k for k in rows if k not in out[part]]
            found += len(rows)
        if not found:
            categories = sorted({f"category={c}" for part in PARTS for c in getattr(system, part).categories if c})
            problems.append(Problem(f"resource {name!r}", "does not exist", nearest(name, [*known, *categories])))
    if problems:
        raise StudyError(problems)
    return out


def nameplate_mw(system: System, rows: dict[str, list[int]]) -> float:
    """Sum of the resources' largest power [MW]."""
    return float(sum(getattr(getattr(system, part), SIZE[part])[r].max(axis=1).sum() for part, r in rows.items() if r))


def _pick(part: str, asset: Any, keep: Any) -> Any:
    values: dict[str, Any] = {
        "names": tuple(asset.names[k] for k in keep), "categories": tuple(asset.categories[k] for k in keep),
        "region": asset.region[keep], **{c: getattr(asset, c)[keep] for c in COLUMNS[part]}}
    if part in ("storage", "hybrids"):
        values["initial_mwh"] = asset.initial_mwh[keep]
    if part == "units" and len(asset.maintenance_weeks):
        values["maintenance_weeks"] = asset.maintenance_weeks[keep]
    return type(asset)(**values)


def without_assets(system: System, rows: dict[str, list[int]]) -> System:
    """The system without these resources."""
    changes = {}
    for part, taken in rows.items():
        asset = getattr(system, part)
        if taken:
            changes[part] = _pick(part, asset, np.setdiff1d(np.arange(len(asset.names)), taken))
    return dataclasses.replace(system, **changes)


def scaled(system: System, rows: dict[str, list[int]], factor: float) -> System:
    """The system with the size of these resources times a factor; their outages stay."""
    changes: dict[str, Any] = {}
    for part, taken in rows.items():
        if taken:
            asset = getattr(system, part)
            columns = {c: getattr(asset, c).copy() for c in SCALED[part]}
            for table in columns.values():
                table[taken] *= factor
            changes[part] = dataclasses.replace(asset, **columns)
    return dataclasses.replace(system, **changes)


def with_assets(system: System, added: dict[str, Any]) -> System:
    """The system with more assets; `added` maps a part's name to assets of its kind.

    Raises
    ------
    StudyError
        If a name is already there.
    """
    steps = system.axis.steps
    changes: dict[str, Any] = {}
    for part, more in added.items():
        own = getattr(system, part)
        values: dict[str, Any] = {"names": (*own.names, *more.names), "categories": (*own.categories, *more.categories),
                                  "region": np.concatenate([own.region, more.region])}
        for column in COLUMNS[part]:
            tables = [getattr(own, column), getattr(more, column)]
            width = 1 if all(t.shape[1] == 1 for t in tables) else steps
            values[column] = np.concatenate([np.broadcast_to(t, (len(t), width)) for t in tables])
        if part in ("storage", "hybrids"):
            values["initial_mwh"] = np.concatenate([own.initial_mwh, more.initial_mwh])
        changes[part] = type(own)(**values)
    return dataclasses.replace(system, **changes)


def with_large_load(system: System, load: LargeLoad) -> System:
    """The system with one more large load."""
    return dataclasses.replace(system, large_loads=(*system.large_loads, load))
