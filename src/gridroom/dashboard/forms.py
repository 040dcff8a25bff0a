"""A settings file as a form with a field for each setting, and back: comments, lists and tables stay as they were written."""

from __future__ import annotations

import json
import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

HEAD = re.compile(r"^(\[\[?)\s*([A-Za-z0-9_.-]+)\s*\]\]?")
LINE = re.compile(r"^([A-Za-z0-9_]+)\s*=\s*(.*)$")
LONG = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One setting that a form asks for.

    Attributes
    ----------
    path : str
        `mw`, `grid.limit_mw`, `options.1.max_mw`.
    key : str
        Its last part.
    kind : str
        `number`, `check`, `date`, `text` or `long`.
    value : str
    choices : tuple of str
        From a comment such as `# cost | time_to_power`; empty for free text.
    """

    path: str
    key: str
    kind: str
    value: str
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A table of the file.

    Attributes
    ----------
    path : str
        Empty for the top.
    title : str
        Name of the table, with its `name` where it is one of several.
    optional : bool
        One of several, which may be left out.
    fields : tuple of Field
    """

    path: str
    title: str
    optional: bool
    fields: tuple[Field, ...]


def form_text(name: str) -> str:
    """Settings file that a form begins with."""
    return files("gridroom.dashboard").joinpath(f"forms/{name}.toml").read_text(encoding="utf-8")


def _literal(raw: str) -> tuple[Any, str]:
    """Value of a line and its comment; None where the value goes on over several lines or is a table or list."""
    try:
        value = tomllib.loads(f"v = {raw}")["v"]
    except (tomllib.TOMLDecodeError, RecursionError):
        return None, ""
    if isinstance(value, list | dict):
        return None, ""
    comment = re.search(r"#\s*(.*)$", re.sub(r'"(\\.|[^"\\])*"', "", raw))
    return value, comment[1].strip() if comment else ""


def _field(path: str, key: str, value: Any, comment: str) -> Field:
    words = tuple(w.strip() for w in comment.split("(")[0].split(" | "))
    choices = words if len(words) > 1 and str(value) in words else ()
    if isinstance(value, bool):
        return Field(path=path, key=key, kind="check", value="true" if value else "")
    if isinstance(value, int | float):
        return Field(path=path, key=key, kind="number", value=f"{value}")
    if isinstance(value, str):
        return Field(path=path, key=key, kind="long" if len(value) > LONG else "text", value=value, choices=choices)
    return Field(path=path, key=key, kind="date", value=str(value))


def _walk(text: str) -> list[tuple[str, str, str, bool]]:
    """Each line with the path of its table: (line, table, key, begins one of several)."""
    out, table, counts, depth = [], "", dict[str, int](), 0
    for line in text.splitlines():
        head = HEAD.match(line) if depth == 0 else None
        found = LINE.match(line) if depth == 0 else None
        several = False
        if head:
            several = head[1] == "[["
            table = head[2]
            if several:
                counts[table] = counts.get(table, -1) + 1
                table = f"{table}.{counts[table]}"
            else:
                root, _, rest = table.partition(".")
                table = f"{root}.{counts[root]}.{rest}" if root in counts and rest else table
        bare = re.sub(r'"(\\.|[^"\\])*"', "", line.split("#")[0])
        depth += bare.count("[") + bare.count("{") - bare.count("]") - bare.count("}") if not head else 0
        out.append((line, table, found[1] if found else "", several))
    return out


def sections(text: str) -> list[Section]:
    """Form of a settings file, in its order."""
    found: dict[str, list[Field]] = {"": []}
    several: set[str] = set()
    for line, table, key, begins in _walk(text):
        if begins:
            several.add(table)
        fields = found.setdefault(table, [])
        if key:
            value, comment = _literal(LINE.match(line)[2])  # type: ignore[index]
            if value is not None:
                fields.append(_field(f"{table}.{key}".lstrip("."), key, value, comment))
    out = []
    for path, fields in found.items():
        name = next((f.value for f in fields if f.key == "name"), "")
        title = path.split(".")[0] + (f": {name}" if path in several and name else "")
        if fields or path in several:
            out.append(Section(path=path, title=title, optional=path in several, fields=tuple(fields)))
    return out


def _written(field: Field, given: str) -> str | None:
    """TOML of what was typed; None where the setting is left out. What is no number stays a text, for the command to refuse."""
    text = given.strip()
    if field.kind == "check":
        return "true" if text else "false"
    if not text:
        return None
    if field.kind in ("number", "date"):
        text = unicodedata.normalize("NFKC", text)  # a Japanese keyboard writes wide digits
        try:
            value = tomllib.loads(f"v = {text}")["v"]
        except (tomllib.TOMLDecodeError, RecursionError):
            return json.dumps(text, ensure_ascii=False)
        return text if not isinstance(value, list | dict | str | bool) else json.dumps(text, ensure_ascii=False)
    return json.dumps(text, ensure_ascii=False)


def fill(text: str, given: Mapping[str, str]) -> str:
    """The settings file with what was typed.

    Parameters
    ----------
    text : str
        File that the form was made from.
    given : mapping
        Texts by `set:PATH`; `with:PATH` for tables that are kept of several.
    """
    parts = {s.path: s for s in sections(text)}
    fields = {f.path: f for s in parts.values() for f in s.fields}
    dropped = {s.path for s in parts.values() if s.optional and f"with:{s.path}" not in given}
    out = []
    for line, table, key, _ in _walk(text):
        if any(table == d or table.startswith(f"{d}.") for d in dropped):
            continue
        field = fields.get(f"{table}.{key}".lstrip(".")) if key else None
        if field is None:
            out.append(line)
            continue
        written = _written(field, given.get(f"set:{field.path}", ""))
        out.append(f"{key} = {written}" if written is not None else f"# {key}: left out")
    return "\n".join(out) + "\n"


__all__ = ["Field", "Section", "fill", "form_text", "sections"]
