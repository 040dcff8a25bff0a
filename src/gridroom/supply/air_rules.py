"""Dated air rules: each limit a row of data with citation, validity, status and claim class; none is a constant here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from gridroom.core.errors import Problem, StudyError
from gridroom.reference import catalog


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of the reference table `air_rules`.

    Attributes
    ----------
    rule, key, pollutant : str
    value : float
    unit, citation : str
    valid_from, valid_to : str
        ISO dates; empty where open.
    status : str
        `in force`, `proposed` or `contested`.
    claim : str
        Claim class of the value.
    note : str
    """

    rule: str
    key: str
    pollutant: str
    value: float
    unit: str
    citation: str
    valid_from: str
    valid_to: str
    status: str
    claim: str
    note: str

    @property
    def remark(self) -> str:
        """What a finding that rests on this row must say."""
        words = [self.note] if self.note else []
        if self.status != "in force":
            words.append(f"{self.status}: not decided here")
        if self.claim == "assumed":
            words.append("value assumed, not read at its source")
        return "; ".join(words)


def rules_on(date: dt.date) -> list[Rule]:
    """Rows valid on a date, proposals left in."""
    day = date.isoformat()
    table = catalog.load("air_rules").fillna("")
    rows = table[(table["valid_from"] <= day) & ((table["valid_to"] == "") | (table["valid_to"] > day))]
    return [Rule(**{str(k): v for k, v in row.items()}) for row in rows.to_dict("records")]


class Rulebook:
    """Rules valid on a date."""

    def __init__(self, date: dt.date) -> None:
        self.date = date
        self._rows = {(r.rule, r.key, r.pollutant): r for r in rules_on(date)}

    def find(self, rule: str, key: str = "any", pollutant: str = "any") -> Rule | None:
        """Row of that rule, key and pollutant, or None where there is none on the date."""
        return self._rows.get((rule, key, pollutant))

    def need(self, rule: str, key: str = "any", pollutant: str = "any") -> Rule:
        """The same; a missing row is a problem.

        Raises
        ------
        StudyError
            If no row is valid on the date.
        """
        row = self.find(rule, key, pollutant)
        if row is None:
            raise StudyError(
                Problem(f"rule {rule} ({key}, {pollutant})", f"has no row valid on {self.date}", "gridroom data show air_rules")
            )
        return row

    def of(self, rule: str) -> list[Rule]:
        """All rows of a rule."""
        return [r for r in self._rows.values() if r.rule == rule]


__all__ = ["Rule", "Rulebook", "rules_on"]
