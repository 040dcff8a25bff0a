"""The language of the command line: English, or Japanese by `--lang ja` or GRIDROOM_LANG=ja."""

from __future__ import annotations

import os
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

from gridroom.core.errors import GridroomError, StudyError, UsageError
from gridroom.reports.said import problem_text
from gridroom.reports.said import said as said_in
from gridroom.reports.words import LANGUAGES, Words, load_words

VARIABLE = "GRIDROOM_LANG"
_chosen: list[str] = []


def use(language: str | None) -> None:
    """Choose the language of this command; None leaves it to the environment.

    Raises
    ------
    UsageError
        If there is none of that name.
    """
    if language is not None and language not in LANGUAGES:
        raise UsageError(f"--lang must be one of {', '.join(LANGUAGES)}; got {language!r}")
    _chosen[:] = [] if language is None else [language]


def language() -> str:
    """Language in use; a variable of another value counts as English."""
    asked = _chosen[0] if _chosen else os.environ.get(VARIABLE, "")[:2].lower()
    return asked if asked in LANGUAGES else "en"


def asked(arguments: list[str]) -> str:
    """Language that a command line asks for, before it is parsed."""
    pairs = zip(arguments, [*arguments[1:], ""], strict=True)
    return next((v for k, v in pairs if k == "--lang"), next((a[7:] for a in arguments if a.startswith("--lang=")), language()))


@cache
def _words(code: str) -> Words:
    text = files("gridroom.cli").joinpath(f"messages/{code}.toml").read_text(encoding="utf-8")
    return Words(code, {**load_words(code).table, **tomllib.loads(text)})


def words() -> Words:
    """Words of the terminal and of the report in the language in use."""
    return _words(language())


def said(text: str) -> str:
    """A message in the language in use."""
    return said_in(text, language())


def fault_text(fault: GridroomError) -> str:
    """All that is wrong, in the language in use."""
    if language() == "en":
        return str(fault)
    if isinstance(fault, StudyError):
        w, count = words(), len(fault.problems)
        head = w("problem_one") if count == 1 else w("problem_many", count=count)
        return "\n".join([head, *(f"  - {problem_text(p, 'ja')}" for p in fault.problems)])
    return said(str(fault))


def width(text: str) -> int:
    """Columns that a text takes in a terminal: wide signs take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pad(text: str, columns: int) -> str:
    """A text filled up with blanks to a number of columns."""
    return text + " " * max(columns - width(text), 0)


__all__ = ["asked", "fault_text", "language", "pad", "said", "use", "width", "words"]
