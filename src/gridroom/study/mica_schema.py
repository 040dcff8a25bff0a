"""The file of a MiCA disclosure."""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import Field

from gridroom.core.errors import Problem
from gridroom.study.mica_values import checks
from gridroom.study.schema import Part, control_characters


class EntityEntry(Part):
    """Who discloses."""

    name: str = Field(min_length=1)
    lei: str
    """Legal entity identifier, ISO 17442."""
    services: list[str] = Field(default_factory=list)
    """Services of MiCA Art. 3(1)(16), letters or names; none: a white paper."""
    role: Literal["offeror", "issuer", "operator"] | None = None
    """White papers: as what the entity files, for the identifier's tag."""


class AssetEntry(Part):
    """What is disclosed about."""

    name: str = Field(min_length=1)
    consensus: str = ""
    """Consensus mechanism, in words: field S.4."""
    kind: Literal["other", "art", "emt"] = "other"
    """Other crypto-asset, asset-referenced token or e-money token: which table of the taxonomy."""
    dti: str = ""
    """Digital token identifier, ISO 24165."""


class PeriodEntry(Part):
    """Period that the figures are of."""

    start: dt.date
    end: dt.date


class StatementsEntry(Part):
    """What Art. 6 asks to be said beside the fields; what is left out is shown as left out."""

    source_white_papers: str | None = None
    deviations: str | None = None
    gap_method: str | None = None
    datasets: str | None = None
    data_provider: str | None = None


class MicaFile(Part):
    """A disclosure."""

    entity: EntityEntry
    asset: AssetEntry
    period: PeriodEntry
    fields: dict[str, Any] = Field(default_factory=dict)
    """Fields by code, `S8 = { kwh = 1 }`; or network = "…" for our own estimate of what is not given."""
    network: str | None = None
    """Network of our own estimate."""
    statements: StatementsEntry = Field(default_factory=lambda: StatementsEntry.model_validate({}))
    document: Literal["white_paper", "provider"] | None = None
    """White paper when no services are named, else provider."""
    published: dt.date | None = None
    updated: dt.date | None = None
    language: str = Field("en", pattern="^[a-z]{2}(-[A-Z]{2})?$")
    """Language of your texts."""

    @classmethod
    def cross_checks(cls, data: dict[str, Any]) -> list[Problem]:
        """Text that files can hold, identifiers, services, fields; dates in order; a provider with its services."""
        problems = [*control_characters(data), *checks(data)]
        period, entity = data.get("period"), data.get("entity")
        start, end = (_date(period.get(k)) for k in ("start", "end")) if isinstance(period, dict) else (None, None)
        if start and end and end < start:
            problems.append(Problem("period.end", f"must not lie before start; got {start} and {end}"))
        if start and end and (end - start).days >= 366:
            problems.append(Problem("period", f"must be at most a year: S.8 is energy per calendar year; got {start} to {end}"))
        if data.get("document") == "provider" and isinstance(entity, dict) and not entity.get("services"):
            words = "is missing: a provider's duties hang on its services"
            problems.append(Problem("entity.services", words, "letters a to j of MiCA Art. 3(1)(16)"))
        published, updated = _date(data.get("published")), _date(data.get("updated"))
        if published and updated and updated < published:
            problems.append(Problem("updated", f"must not lie before published; got {updated} and {published}"))
        return problems


def _date(value: Any) -> dt.date | None:
    """Date of a plain value, None where it is none."""
    if isinstance(value, dt.date):
        return value
    try:
        return dt.date.fromisoformat(str(value))
    except ValueError:
        return None
