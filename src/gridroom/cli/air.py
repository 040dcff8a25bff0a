"""`gridroom air pte`: potential to emit and what follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from gridroom.cli.console import answer
from gridroom.core.errors import UsageError, nearest


def _limit(text: str) -> tuple[str, float]:
    from gridroom.supply.air_factors import POLLUTANTS

    name, equals, value = text.partition("=")
    if name not in POLLUTANTS:
        raise UsageError(f"--max-hours {text!r}: {name!r} is not a known pollutant ({nearest(name, POLLUTANTS)})")
    try:
        limit = float(value)
    except ValueError:
        limit = -1.0
    if not equals or not 0 < limit < 1e9:
        raise UsageError(f"--max-hours {text!r} must read like nox=249, tons a year above 0")
    return name, limit


def pte(path: Path, overrides: list[str], max_hours: list[str], as_json: bool) -> int:
    """Answer the screen of a units file."""
    from gridroom.reference.rules import Rulebook
    from gridroom.study.air_file import read_units
    from gridroom.supply.air import pte as screen
    from gridroom.supply.air_pte import hours_max

    limits = [_limit(text) for text in max_hours]
    source = read_units(path, overrides)
    found = screen(source)
    document: dict[str, Any] = {"schema_version": "1", "command": "air pte", "name": source.name, **found.as_dict()}
    lines = []
    if limits:
        book = Rulebook(source.date)
        hours = {name: hours_max(source, name, limit, book) for name, limit in limits}
        document["hours_max"] = hours
        document["hours_max_of_all"] = (
            None if any(h is None for h in hours.values()) else min(h for h in hours.values() if h is not None)
        )
        lines = [
            f"{name} below {limit:g} tpy: "
            + ("no hours do" if hours[name] is None else f"{hours[name]:,.1f} h a year, enforceable")
            for name, limit in limits
        ]
    answer(document, as_json, lambda: "\n".join([str(found), *lines]))
    return 0
