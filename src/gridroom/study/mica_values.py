"""Field values, services and head of a MiCA file from plain data; every problem at once, whatever else is wrong with the file."""

from __future__ import annotations

import re
from typing import Any

from gridroom.assets import mica, mica_fields
from gridroom.assets.identifiers import dti_fault, lei_fault
from gridroom.assets.mica_fields import Value
from gridroom.core.errors import Problem, nearest


def values_of(entries: Any, problems: list[Problem]) -> dict[str, Value]:
    """Values by code; what is wrong is added to `problems`."""
    values: dict[str, Value] = {}
    for name, entry in entries.items() if isinstance(entries, dict) else ():
        if name == "network":
            continue
        # S.8 = … reads as a table S with 8 in it
        inner = {f"S{k}": v for k, v in entry.items()} if name.upper() == "S" and isinstance(entry, dict) else {name: entry}
        for one, value in inner.items():
            code = mica_fields.code_of(one)
            if code is None:
                problems.append(mica_fields.unknown(one))
                continue
            if code in values:
                problems.append(Problem(f"fields.{one}", "is given twice"))
            parsed = mica_fields.parse(code, value, problems)
            if parsed is not None:
                values[code] = parsed
    return values


def services_of(entries: Any, problems: list[Problem]) -> tuple[str, ...]:
    """Letters of the services; what is wrong is added to `problems`."""
    names = {v: k for k, v in mica.SERVICES.items()}
    out = []
    for k, text in enumerate(entries if isinstance(entries, list) else ()):
        # "(b)", "b", "3(1)(16)(b)", "trading platform" and "exchange" are all understood.
        key = re.sub(r".*\(([a-j])\)$", r"\1", str(text).strip().lower()).replace(" ", "_").replace("-", "_")
        key = next((n for n in names if len(key) > 3 and n.startswith(key)), key)
        if key not in mica.SERVICES and key not in names:
            hint = nearest(key, [*mica.SERVICES, *names])
            problems.append(Problem(f"entity.services[{k}]", f"is not a service of MiCA Art. 3(1)(16); got {text!r}", hint))
        else:
            out.append(names.get(key, key))
    return tuple(out)


def head_of(data: dict[str, Any]) -> dict[str, str]:
    """Fields that the head of the file holds already, by code; absent or wrong parts are left out."""

    def at(part: str, key: str) -> str:
        inner = data.get(part)
        value = inner.get(key) if isinstance(inner, dict) else None
        return "" if value is None else str(value)

    head = {
        "S1": at("entity", "name"),
        "S2": at("entity", "lei"),
        "S3": at("asset", "name"),
        "S4": at("asset", "consensus"),
        "S6": at("period", "start"),
        "S7": at("period", "end"),
    }
    return {code: text for code, text in head.items() if text.strip()}


def checks(data: dict[str, Any]) -> list[Problem]:
    """Identifiers, services and fields of a whole file."""
    problems: list[Problem] = []
    entity, asset = data.get("entity"), data.get("asset")
    lei = entity.get("lei") if isinstance(entity, dict) else None
    dti = asset.get("dti") if isinstance(asset, dict) else None
    if isinstance(lei, str) and lei_fault(lei):
        problems.append(Problem("entity.lei", f"{lei_fault(lei)}; got {lei!r}"))
    if isinstance(dti, str) and dti and dti_fault(dti):
        problems.append(Problem("asset.dti", f"{dti_fault(dti)}; got {dti!r}"))
    services_of(entity.get("services") if isinstance(entity, dict) else None, problems)
    values = values_of(data.get("fields"), problems)
    for code, text in head_of(data).items():
        if code in values and values[code].text != text:
            words = f"differs from the head of the file: {values[code].text!r} and {text!r}"
            problems.append(Problem(f"fields.{code}", words, "say it once"))
    return problems


__all__ = ["checks", "head_of", "services_of", "values_of"]
