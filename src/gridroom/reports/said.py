"""What the rooms say of a fault, in the reader's language.

Rooms say what is wrong in English templates; a catalogue finds the Japanese by the English text.
What it does not know stays as it is.
"""

from __future__ import annotations

import re
from functools import cache

from gridroom.core.errors import Problem
from gridroom.reports.words import text_tables

GOT = re.compile(r"(.+); got (.+)", re.DOTALL)


class Catalogue:
    """Translations by template; the fields of a template are {0}, {1}, ….

    Parameters
    ----------
    table : dict of str
        Japanese by English template.
    """

    def __init__(self, table: dict[str, str]) -> None:
        self.table = table
        out = []
        for english, japanese in table.items():
            parts = re.split(r"\{\d+\}", english)
            literal = [re.escape(p.replace("{{", "{").replace("}}", "}")) for p in parts]
            out.append((len("".join(parts)), re.compile("(.*?)".join(literal), re.DOTALL), japanese))
        # The template with most letters first, so that the most particular one is taken.
        self.patterns = [(pattern, japanese) for _, pattern, japanese in sorted(out, key=lambda o: -o[0])]

    def said(self, text: str) -> str:
        """A message in Japanese, what its fields hold too; the text itself where it is not known."""
        if not text.strip():
            return text
        for pattern, japanese in self.patterns:
            found = pattern.fullmatch(text)
            if found:
                return japanese.format(*(self.said(g) for g in found.groups()))
        rule = GOT.fullmatch(text)
        return f"{self.said(rule[1])}；入力値 {rule[2]}" if rule else text


@cache
def catalogue() -> Catalogue:
    """What the rooms say."""
    return Catalogue(text_tables("gridroom.reports", "messages_ja.toml")["message"])


def said(text: str, language: str) -> str:
    """A message in a language."""
    return text if language == "en" else catalogue().said(text)


def problem_text(problem: Problem, language: str) -> str:
    """One problem on one line: place, rule, next step."""
    if language == "en":
        return str(problem)
    hint = f"（{said(problem.hint, language)}）" if problem.hint else ""
    return f"{problem.where}：{said(problem.what, language)}{hint}"


__all__ = ["Catalogue", "catalogue", "problem_text", "said"]
