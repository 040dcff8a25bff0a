"""Faults as the user sees them: place, value, rule, next step, and all of them at once."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault in what the user gave.

    Attributes
    ----------
    where : str
        Place, as the user wrote it (`regions[1].peak_mw`, `units.csv row 4, capacity_mw`).
    what : str
        Rule and the value that breaks it.
    hint : str
        Next step; may be empty.
    """

    where: str
    what: str
    hint: str = ""

    def __str__(self) -> str:
        text = f"{self.where} {self.what}"
        return f"{text} ({self.hint})" if self.hint else text


class GridroomError(Exception):
    """Base of all faults raised on purpose."""

    exit_code = 1


class StudyError(GridroomError):
    """What the user gave has problems: all of them are listed."""

    exit_code = 3

    def __init__(self, problems: Sequence[Problem] | Problem) -> None:
        self.problems = [problems] if isinstance(problems, Problem) else list(problems)
        count = len(self.problems)
        head = "1 problem:" if count == 1 else f"{count} problems:"
        super().__init__("\n".join([head, *(f"  - {p}" for p in self.problems)]))


class UsageError(GridroomError):
    """The command was called with arguments that do not fit together."""

    exit_code = 2


def nearest(name: str, valid: Iterable[str]) -> str:
    """Hint that names the valid name closest to `name`, or lists the valid ones.

    Parameters
    ----------
    name : str
        What the user wrote.
    valid : iterable of str
        Names that exist.

    Returns
    -------
    str
        Text for `Problem.hint`.
    """
    names = sorted(set(valid))
    begin = [n for n in names if len(name) >= 4 and n.startswith(name)]
    close = sorted(begin, key=len)[:1] or difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if close:
        return f"did you mean {close[0]!r}?"
    shown = ", ".join(names[:12])
    return f"valid: {shown}{', ...' if len(names) > 12 else ''}" if names else ""


def raise_all(problems: Sequence[Problem]) -> None:
    """Raise `StudyError` with all problems if there are any."""
    if problems:
        raise StudyError(problems)
