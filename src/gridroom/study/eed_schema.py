"""Settings of the data-centre file that are not fields of the regulation."""

from __future__ import annotations

import datetime as dt
from typing import Any

from pydantic import Field

from gridroom.core.errors import Problem
from gridroom.study.schema import Part


class GermanyEntry(Part):
    """What the German rules need on top."""

    start_of_operation: dt.date
    on: dt.date | None = None
    """Day of the judgement; the day of the report when left out."""
    non_redundant_kw: float | None = Field(None, ge=0, le=1e7)
    renewable_share: float | None = Field(None, ge=0, le=1)


class JapanEntry(Part):
    """What the Japanese benchmark needs on top."""

    start_of_operation: dt.date | None = None


class Rest(Part):
    """Settings of the file that are not fields of the regulation."""

    reporting_year: int | None = Field(None, ge=2023, le=2100)
    """Calendar year of the figures; the last one when left out."""
    heat_pump_kwh: float = Field(0.0, ge=0, le=1e12)
    """Electricity of heat pumps used only for waste heat [kWh]."""
    heat_pump_inside: bool = True
    """Inside the boundary: it is in E_DC."""
    germany: GermanyEntry | None = None
    japan: JapanEntry | None = None

    @classmethod
    def cross_checks(cls, data: dict[str, Any]) -> list[Problem]:
        """No judgement for a day before the start of operation."""
        entry = data.get("germany")
        start, on = (entry.get("start_of_operation"), entry.get("on")) if isinstance(entry, dict) else (None, None)
        if isinstance(start, dt.date) and isinstance(on, dt.date) and on < start:
            return [Problem("germany.on", f"must not lie before start_of_operation; got {on} and {start}")]
        return []
