"""Dated rules: each limit a row of data with citation, validity, status and claim class; none is a constant here."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass

from gridroom.core.errors import Problem, StudyError
from gridroom.reference import catalog


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row of a table of rules.

    Attributes
    ----------
    rule, key, subject : str
        What is ruled, which case of it, and for whom or what (a pollutant, a set of rules); `any` where it does not matter.
    value : float
        NaN where the rule sets no number, or its number is not known.
    unit, citation : str
    valid_from, valid_to : str
        ISO dates; empty where open or not known.
    status : str
        `in force`, or what it is instead: `proposed`, `contested`, `draft`, `bill`, `announced`, `not enacted`, `withdrawn`.
    claim : str
        Claim class of the value.
    note : str
    """

    rule: str
    key: str
    subject: str
    value: float
    unit: str
    citation: str
    valid_from: str
    valid_to: str
    status: str
    claim: str
    note: str

    @property
    def number(self) -> float | None:
        """The value, None where there is none."""
        return self.value if math.isfinite(self.value) else None

    @property
    def remark(self) -> str:
        """What a finding that rests on this row must say."""
        words = [self.note] if self.note else []
        if self.status != "in force":
            words.append(f"{self.status}: not decided here")
        if self.claim == "assumed":
            words.append("value assumed, not read at its source")
        return "; ".join(words)


def all_rules(table: str) -> list[Rule]:
    """Every row of a table, whatever its dates."""
    frame = catalog.load(table).rename(columns={"pollutant": "subject"})
    text = frame.columns.difference(["value"])
    frame = frame.assign(**{name: frame[name].fillna("") for name in text})
    return [Rule(**{str(k): v for k, v in row.items()}) for row in frame.to_dict("records")]


def rules_on(date: dt.date, table: str = "air_rules") -> list[Rule]:
    """Rows valid on a date, proposals left in."""
    day = date.isoformat()
    return [r for r in all_rules(table) if r.valid_from <= day and (not r.valid_to or r.valid_to > day)]


class Rulebook:
    """Rules of a table that are valid on a date; with `upcoming` also those that begin later, where none holds yet."""

    def __init__(self, date: dt.date, table: str = "air_rules", upcoming: bool = False) -> None:
        self.date, self.table = date, table
        self._rows = {(r.rule, r.key, r.subject): r for r in rules_on(date, table)}
        if upcoming:
            later = [r for r in all_rules(table) if r.valid_from > date.isoformat()]
            for row in sorted(later, key=lambda r: r.valid_from):
                self._rows.setdefault((row.rule, row.key, row.subject), row)

    def find(self, rule: str, key: str = "any", subject: str = "any") -> Rule | None:
        """Row of that rule, key and subject, or None where there is none on the date."""
        return self._rows.get((rule, key, subject))

    def need(self, rule: str, key: str = "any", subject: str = "any") -> Rule:
        """The same; a missing row is a problem.

        Raises
        ------
        StudyError
            If no row is valid on the date.
        """
        row = self.find(rule, key, subject)
        if row is None:
            raise StudyError(
                Problem(f"rule {rule} ({key}, {subject})", f"has no row valid on {self.date}", f"gridroom data show {self.table}")
            )
        return row

    def of(self, rule: str) -> list[Rule]:
        """All rows of a rule."""
        return [r for r in self._rows.values() if r.rule == rule]


__all__ = ["Rule", "Rulebook", "all_rules", "rules_on"]
