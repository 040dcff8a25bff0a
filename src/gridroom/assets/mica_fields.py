"""Fields of MiCA's sustainability indicators and the values that they take.

Delegated Regulation (EU) 2025/422, Annex: {DECIMAL-18/5} is up to 18 digits, 5 of them fractional; percentages
{DECIMAL-11/10}; rounded, not truncated. Values are kept in full; what is filed is rounded from them.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from gridroom.core.errors import Problem, nearest
from gridroom.reference import catalog

# Spellings of units: (what it measures, factor to the base of that).
UNITS: dict[str, tuple[str, Decimal]] = {
    "wh": ("energy", Decimal("0.001")),
    "kwh": ("energy", Decimal(1)),
    "mwh": ("energy", Decimal(1000)),
    "gwh": ("energy", Decimal(1_000_000)),
    "twh": ("energy", Decimal(1_000_000_000)),
    "g": ("mass", Decimal("0.001")),
    "kg": ("mass", Decimal(1)),
    "t": ("mass", Decimal(1000)),
    "m3": ("volume", Decimal(1)),
    "share": ("share", Decimal(1)),
    "pure": ("share", Decimal(1)),
    "percent": ("share", Decimal("0.01")),
    "pct": ("share", Decimal("0.01")),
    "%": ("share", Decimal("0.01")),
    "kg_per_kwh": ("intensity", Decimal(1)),
    "g_per_kwh": ("intensity", Decimal("0.001")),
}
SHOWN = {
    "kWh": "kwh",
    "kWh per transaction": "kwh",
    "tCO2e": "t",
    "kgCO2e per transaction": "kg",
    "%": "percent",
    "t": "t",
    "kgCO2e/kWh": "kg_per_kwh",
    "g per transaction": "g",
    "m3": "m3",
}
MEASURE = {
    "kWh": "energy",
    "kWh per transaction": "energy",
    "tCO2e": "mass",
    "kgCO2e per transaction": "mass",
    "%": "share",
    "t": "mass",
    "kgCO2e/kWh": "intensity",
    "g per transaction": "mass",
    "m3": "volume",
}
NUMBER_KINDS = ("decimal", "share")


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of the annex; `kind` is text, date, decimal, share or mix."""

    code: str
    table: int
    name: str
    kind: str
    unit: str
    tag_unit: str
    concept: str
    sources_field: str

    @property
    def label(self) -> str:
        """`S.8 Energy consumption`."""
        return f"S.{self.code[1:]} {self.name}"

    @property
    def places(self) -> int:
        """Fractional digits filed, of the unit shown: 5, or 8 of a percentage (10 of the share)."""
        return 8 if self.kind in ("share", "mix") else 5


@cache
def fields() -> dict[str, Field]:
    """All fields by code, in the annex's order."""
    table = catalog.load("mica_fields").fillna("")
    return {str(row["code"]): Field(**{str(k): v for k, v in row.items()}) for row in table.to_dict("records")}


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """What a field holds.

    Attributes
    ----------
    code : str
    text : str
        Of text and date fields.
    amount : Decimal or None
        In full, in the unit shown.
    mix : dict of str to Decimal
        Percentages of an energy mix.
    estimated : bool
        Estimated by us or said to be an estimate.
    """

    code: str
    text: str = ""
    amount: Decimal | None = None
    mix: tuple[tuple[str, Decimal], ...] = ()
    estimated: bool = False

    @property
    def filed(self) -> str:
        """As filed: rounded half up to the digits of the format, no needless zeros."""
        if self.amount is None:
            return self.text or "; ".join(f"{n} {_plain(v, 8)} %" for n, v in self.mix)
        return _plain(self.amount, fields()[self.code].places)

    @property
    def lost(self) -> bool:
        """Whether rounding changes the value."""
        return self.amount is not None and Decimal(self.filed) != self.amount


def _plain(value: Decimal, places: int) -> str:
    """Decimal text rounded half up, without exponent and needless zeros."""
    text = f"{value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain(value: Decimal) -> str:
    """Full value without exponent."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def code_of(text: str) -> str | None:
    """Code of `S8`, `S.8`, `s_8`; None where there is no such field."""
    found = re.fullmatch(r"[sS][._ ]?([0-9]{1,2})", text.strip())
    code = f"S{int(found[1])}" if found else ""
    return code if code in fields() else None


def unit_of(text: str) -> str | None:
    """Unit of a key: CO2e and per-transaction endings do not matter (`kg_co2e_per_tx` is kg)."""
    key = text.lower().replace(" ", "_").replace("/", "_per_")
    key = re.sub(r"_?(per_)?(tx|transaction)s?$", "", key)
    key = re.sub(r"_?co2e?q?", "", key).strip("_")
    return key if key in UNITS else None


def _number(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return None
    number = Decimal(str(value))
    # Nothing that is filed comes near these ends; beyond them the text alone would fill pages.
    return number if number.is_finite() and (number == 0 or -30 < number.adjusted() < 30) else None


def _amounts(field: Field, where: str, entry: dict[str, Any], problems: list[Problem]) -> list[tuple[str, Decimal]]:
    """(key, amount in the unit shown) of every way in which the file says it."""
    pairs: list[tuple[str, str, Any]] = []
    for value_key, unit_key in (("value", "unit"), ("tag_value", "tag_unit"), ("tagged", "tag_unit")):
        if value_key in entry:
            pairs.append(
                (value_key, str(entry.get(unit_key, field.unit if value_key == "value" else field.tag_unit)), entry[value_key])
            )
    if "tag_unit" in entry and not {"tag_value", "tagged"} & set(entry) and "value" in entry:
        pairs.append(("value", str(entry["tag_unit"]), entry["value"]))
    known = {"value", "unit", "tag_value", "tag_unit", "tagged", "estimate", "includes_nuclear"}
    pairs += [(key, key, value) for key, value in entry.items() if key not in known]
    out = []
    for key, unit, value in pairs:
        wanted = MEASURE[field.unit]
        # A unit may be tied to the field's measure: kg of CO2e, kg of waste.
        name = unit_of(unit) if unit not in SHOWN else SHOWN[unit]
        if name is None or UNITS[name][0] != wanted:
            fits = ", ".join(u for u, (m, _) in UNITS.items() if m == wanted)
            problems.append(
                Problem(
                    f"{where}.{key}", f"has no unit that fits {field.label}, filed in {field.unit}; got {unit!r}", f"units: {fits}"
                )
            )
            continue
        number = _number(value)
        if number is None:
            problems.append(Problem(f"{where}.{key}", f"must be a number; got {value!r}"))
            continue
        out.append(
            (f"{key} = {value}" + ("" if key == unit else f" {unit}"), number * UNITS[name][1] / UNITS[SHOWN[field.unit]][1])
        )
    return out


def _check_amount(field: Field, where: str, amount: Decimal, problems: list[Problem]) -> None:
    if amount < 0:
        problems.append(Problem(where, f"must be at least 0 ({field.label}, {field.unit}); got {plain(amount)}"))
    if field.kind == "share" and amount > 100:
        problems.append(
            Problem(
                where,
                f"must be at most 100 % ({field.label}); got {plain(amount)} %",
                "42.6 % is { percent = 42.6 } or { share = 0.426 }",
            )
        )
    if field.kind == "decimal" and abs(amount) >= Decimal(10) ** 13:
        problems.append(Problem(where, f"has more than 18 digits, 5 of them fractional ({field.label}); got {plain(amount)}"))


def _mix(field: Field, where: str, entry: Any, problems: list[Problem]) -> Value | None:
    """Percentages by source; `share = {…}` takes shares."""
    given = entry
    scale = Decimal(1)
    if isinstance(entry, dict) and len(entry) == 1 and isinstance(next(iter(entry.values())), dict):
        unit, given = next(iter(entry.items()))
        name = unit_of(str(unit))
        if name is None or UNITS[name][0] != "share":
            problems.append(Problem(f"{where}.{unit}", "must be percent or share"))
            return None
        scale = UNITS[name][1] * 100
    if not isinstance(given, dict) or not given:
        problems.append(
            Problem(
                where,
                f"must be a table of sources and percentages ({field.label}); got {entry!r}",
                "S17 = { percent = { hydro = 23.4, wind = 15.4 } }",
            )
        )
        return None
    out = []
    for name, value in given.items():
        number = _number(value)
        if number is None or not 0 <= number * scale <= 100:
            problems.append(Problem(f"{where}.{name}", f"must be a percentage from 0 to 100; got {value!r}"))
        else:
            out.append((str(name), number * scale))
    total = sum((v for _, v in out), Decimal(0))
    if total > Decimal("100.01"):
        problems.append(Problem(where, f"adds up to {plain(total)} %, more than 100 ({field.label})"))
    return Value(code=field.code, mix=tuple(out))


def _amount_of(field: Field, where: str, entry: Any, problems: list[Problem]) -> Value | None:
    """Number of a field, with its unit; two ways of saying it must agree."""
    code = field.code
    if not isinstance(entry, dict):
        unit = f"{{ {SHOWN[field.unit]} = … }}"
        if _number(entry) is None:
            problems.append(Problem(where, f"must be a number with its unit ({field.label}); got {entry!r}", f"{code} = {unit}"))
            return None
        if field.kind == "share":
            problems.append(Problem(where, f"needs its unit, percent or share ({field.label}); got {entry!r}", f"{code} = {unit}"))
            return None
        entry = {SHOWN[field.unit]: entry}
    amounts = _amounts(field, where, entry, problems)
    if not isinstance(entry.get("estimate", False), bool):
        problems.append(Problem(f"{where}.estimate", f"must be true or false; got {entry['estimate']!r}"))
    if entry.get("includes_nuclear"):
        problems.append(Problem(where, "is renewable energy alone: nuclear does not count", "take it out, or say it in S.17"))
    if not amounts:
        if not any(p.where.startswith(where) for p in problems):
            problems.append(Problem(where, f"holds no value ({field.label})", f"{code} = {{ {SHOWN[field.unit]} = … }}"))
        return None
    first = amounts[0]
    for other in amounts[1:]:
        if abs(first[1] - other[1]) > Decimal("1e-9") * max(abs(first[1]), abs(other[1])):
            problems.append(
                Problem(
                    where,
                    f"says two things ({field.label}): {first[0]} and {other[0]} differ, {plain(first[1])} "
                    f"against {plain(other[1])} {field.unit}",
                    "label and tag must agree; keep the right one",
                )
            )
    _check_amount(field, where, first[1], problems)
    return Value(code=code, amount=first[1], estimated=entry.get("estimate") is True)


def parse(code: str, entry: Any, problems: list[Problem]) -> Value | None:
    """Value of a field as a file writes it; what is wrong is added to `problems`."""
    field, where = fields()[code], f"fields.{code}"
    if field.kind == "mix":
        return _mix(field, where, entry, problems)
    if code == "S18" and isinstance(entry, dict) and [unit_of(str(k)) for k in entry] in (["percent"], ["share"], ["pct"]):
        target = _amount_of(fields()["S10"], where, entry, problems)  # a target may also be a percentage
        return None if target is None else Value(code=code, text=f"{target.filed} %")
    if field.kind in NUMBER_KINDS:
        return _amount_of(field, where, entry, problems)
    if field.kind == "date":
        return _date(field, where, entry, problems)
    if not isinstance(entry, str) or not entry.strip():
        problems.append(Problem(where, f"must be text ({field.label}); got {entry!r}"))
        return None
    return Value(code=code, text=entry.strip())


def _date(field: Field, where: str, entry: Any, problems: list[Problem]) -> Value | None:
    if isinstance(entry, dt.date) and not isinstance(entry, dt.datetime):
        return Value(code=field.code, text=entry.isoformat())
    try:
        return Value(code=field.code, text=dt.date.fromisoformat(str(entry)).isoformat())
    except ValueError:
        problems.append(Problem(where, f"must be a date, YYYY-MM-DD ({field.label}); got {entry!r}"))
        return None


def unknown(text: str) -> Problem:
    """Problem of a code that does not exist."""
    return Problem(f"fields.{text}", "is not a field of the annex", nearest(text.replace(".", ""), fields()))


def scale_of(field: Field) -> int:
    """Power of ten between what is shown and the tagged unit: percent to share -2, kg to t -3."""
    if field.kind == "share":
        return -2
    return -3 if field.unit.startswith("kg") and field.tag_unit.startswith("t") else 0


def fact_of(field: Field, value: Value) -> Decimal:
    """Value of a number's tagged fact, in its unit, from what is filed."""
    return Decimal(value.filed).scaleb(scale_of(field))


__all__ = ["Field", "Value", "code_of", "fact_of", "fields", "parse", "plain", "scale_of", "unit_of", "unknown"]
