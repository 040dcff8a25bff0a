"""TOML files of any kind: read, checked against their schema, every problem at once with its place."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from gridroom.core.errors import Problem, StudyError, nearest, raise_all
from gridroom.study.schema import Part

Kind = TypeVar("Kind", bound=Part)


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file.

    Raises
    ------
    StudyError
        If it is missing or not TOML; names line and column.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise StudyError(Problem(str(path), "does not exist", "see examples/, or `gridroom init` for a study")) from None
    except (IsADirectoryError, PermissionError) as fault:
        raise StudyError(Problem(str(path), f"cannot be read: {fault.strerror}")) from None
    except UnicodeDecodeError:
        raise StudyError(Problem(str(path), "is not UTF-8 text", "save it as UTF-8 text")) from None
    except (tomllib.TOMLDecodeError, ValueError, RecursionError) as fault:
        words = str(fault).splitlines()[0] if str(fault) else type(fault).__name__
        raise StudyError(Problem(str(path), f"is not TOML: {words}", "check quotes, brackets and equals signs")) from None


def _value(text: str) -> Any:
    """Value of an override: TOML where it parses, else the text itself."""
    try:
        return tomllib.loads(f"x = {text}")["x"]
    except tomllib.TOMLDecodeError:
        return text


def apply_overrides(data: dict[str, Any], overrides: list[str]) -> dict[str, Any]:
    """Put `a.b=c` settings over the file's; problems name the setting."""
    problems = []
    for text in overrides:
        name, equals, value = text.partition("=")
        keys = [k.strip() for k in name.split(".")]
        if not equals or not all(keys):
            problems.append(Problem(f"--set {text}", "must read name.name=value", "for example --set run.samples=500"))
            continue
        part = data
        for key in keys[:-1]:
            part = part.setdefault(key, {})
            if not isinstance(part, dict):
                break
        if isinstance(part, dict):
            part[keys[-1]] = _value(value.strip())
        else:
            problems.append(Problem(f"--set {text}", f"{'.'.join(keys[:-1])} is not a table of settings"))
    raise_all(problems)
    return data


def _fields_at(place: tuple[int | str, ...], whole: type[BaseModel]) -> list[str]:
    """Names valid at a place of a file."""
    model: Any = whole
    for key in place:
        if isinstance(key, int):
            continue
        field = model.model_fields.get(key)
        if field is None:
            break
        inner = field.annotation
        arguments = getattr(inner, "__args__", ())
        model = next((a for a in (inner, *arguments) if isinstance(a, type) and issubclass(a, BaseModel)), None)
        if model is None:
            return []
    return list(model.model_fields)


def _place(location: tuple[int | str, ...]) -> str:
    text = ""
    for key in location:
        text += f"[{key}]" if isinstance(key, int) else (f".{key}" if text else str(key))
    return text


RULES = {"greater_than": "must be greater than {gt}", "greater_than_equal": "must be at least {ge}",
         "less_than_equal": "must be at most {le}", "less_than": "must be less than {lt}",
         "finite_number": "must be a finite number", "missing": "is missing",
         "literal_error": "must be {expected}", "float_parsing": "must be a number", "float_type": "must be a number",
         "int_parsing": "must be a whole number", "int_type": "must be a whole number",
         "int_from_float": "must be a whole number", "int_parsing_size": "must be a whole number",
         "bool_parsing": "must be true or false",
         "bool_type": "must be true or false", "string_type": "must be text",
         "date_from_datetime_parsing": "must be a date, YYYY-MM-DD", "date_parsing": "must be a date, YYYY-MM-DD",
         "date_type": "must be a date, YYYY-MM-DD", "date_from_datetime_inexact": "must be a date without time",
         "string_too_short": "must not be empty", "dict_type": "must be a table of settings", "too_short": "must not be empty",
         "model_type": "must be a table of settings", "list_type": "must be a list"}


def _problem(error: Any, whole: type[BaseModel]) -> Problem:
    where, kind = _place(error["loc"]), error["type"]
    if kind == "extra_forbidden":
        name = str(error["loc"][-1])
        return Problem(where, "is not a known setting", nearest(name, _fields_at(error["loc"][:-1], whole)))
    rule = RULES.get(kind)
    limits = {k: f"{v:g}" if isinstance(v, float) else v for k, v in error.get("ctx", {}).items()}
    what = rule.format(**limits) if rule else error["msg"].removeprefix("Value error, ")
    return Problem(where, what if kind == "missing" else f"{what}; got {error['input']!r}")


def check_file(kind: type[Kind], data: dict[str, Any]) -> Kind:
    """Settings of one kind of file from plain data.

    Raises
    ------
    StudyError
        With every problem found.
    """
    problems: list[Problem] = []
    try:
        found = kind.model_validate(data)
    except ValidationError as fault:
        problems = [_problem(error, kind) for error in fault.errors()]
    problems += kind.cross_checks(data)
    raise_all(problems)
    return found
