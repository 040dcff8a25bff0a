"""The language of the command line: English, or Japanese by `--lang ja` or GRIDROOM_LANG=ja.

Rooms say what is wrong in English templates; here, at the door, they are found in a catalogue by their text and said in Japanese.
What the catalogue does not know stays as it is.
"""

from __future__ import annotations

import os
import re
import tomllib
import unicodedata
from functools import cache
from importlib.resources import files

from gridroom.core.errors import GridroomError, Problem, StudyError, UsageError
from gridroom.reports.words import LANGUAGES, Words, load_words

VARIABLE = "GRIDROOM_LANG"
GOT = re.compile(r"(.+); got (.+)", re.DOTALL)
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


@cache
def _words(code: str) -> Words:
    text = files("gridroom.cli").joinpath(f"messages/{code}.toml").read_text(encoding="utf-8")
    return Words(code, {**load_words(code).table, **tomllib.loads(text)})


def words() -> Words:
    """Words of the terminal and of the report in the language in use."""
    return _words(language())


@cache
def catalogue() -> dict[str, str]:
    """Japanese by English template."""
    found: dict[str, str] = tomllib.loads(files("gridroom.cli").joinpath("messages_ja.toml").read_text(encoding="utf-8"))["message"]
    return found


@cache
def _patterns() -> list[tuple[re.Pattern[str], str]]:
    """Templates as patterns, the one with most letters first, so that the most particular one is taken."""
    out = []
    for english, japanese in catalogue().items():
        parts = re.split(r"\{\d+\}", english)
        literal = [re.escape(p.replace("{{", "{").replace("}}", "}")) for p in parts]
        out.append((len("".join(parts)), re.compile("(.*?)".join(literal), re.DOTALL), japanese))
    return [(pattern, japanese) for _, pattern, japanese in sorted(out, key=lambda o: -o[0])]


def said(text: str) -> str:
    """A message in the language in use."""
    if language() == "en" or not text.strip():
        return text
    for pattern, japanese in _patterns():
        found = pattern.fullmatch(text)
        if found:
            return japanese.format(*(said(g) for g in found.groups()))
    rule = GOT.fullmatch(text)
    return f"{said(rule[1])}；入力値 {rule[2]}" if rule else text


def _problem(problem: Problem) -> str:
    hint = f"（{said(problem.hint)}）" if problem.hint else ""
    return f"{problem.where}：{said(problem.what)}{hint}"


def fault_text(fault: GridroomError) -> str:
    """All that is wrong, in the language in use."""
    if language() == "en":
        return str(fault)
    if isinstance(fault, StudyError):
        w, count = words(), len(fault.problems)
        head = w("problem_one") if count == 1 else w("problem_many", count=count)
        return "\n".join([head, *(f"  - {_problem(p)}" for p in fault.problems)])
    return said(str(fault))


def width(text: str) -> int:
    """Columns that a text takes in a terminal: wide signs take two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def pad(text: str, columns: int) -> str:
    """A text filled up with blanks to a number of columns."""
    return text + " " * max(columns - width(text), 0)


__all__ = ["catalogue", "fault_text", "language", "pad", "said", "use", "width", "words"]
