"""What the rooms say of a fault, in the reader's language.

Rooms say what is wrong in English templates; a catalogue finds the Japanese by the English text.
What it does not know stays as it is.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from importlib.resources import files

from gridroom.core.errors import Problem

GOT = re.compile(r"(.+); got (.+)", re.DOTALL)


@cache
def catalogue() -> dict[str, str]:
    """Japanese by English template."""
    text = files("gridroom.reports").joinpath("messages_ja.toml").read_text(encoding="utf-8")
    found: dict[str, str] = tomllib.loads(text)["message"]
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


def said(text: str, language: str) -> str:
    """A message in a language."""
    if language == "en" or not text.strip():
        return text
    for pattern, japanese in _patterns():
        found = pattern.fullmatch(text)
        if found:
            return japanese.format(*(said(g, language) for g in found.groups()))
    rule = GOT.fullmatch(text)
    return f"{said(rule[1], language)}；入力値 {rule[2]}" if rule else text


def problem_text(problem: Problem, language: str) -> str:
    """One problem on one line: place, rule, next step."""
    if language == "en":
        return str(problem)
    hint = f"（{said(problem.hint, language)}）" if problem.hint else ""
    return f"{problem.where}：{said(problem.what, language)}{hint}"


__all__ = ["catalogue", "problem_text", "said"]
