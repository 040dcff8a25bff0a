"""Energy figures of data centres that EU law asks for: fields, indicators, aggregates.

Delegated Regulation (EU) 2024/1364: Annex I and II fields, Annex III indicators, Annex IV aggregates.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Any

from gridroom.core.errors import Problem
from gridroom.reference import catalog
from gridroom.reference.rules import Rulebook, all_rules

ARTICLE = "Delegated Regulation (EU) 2024/1364"


@dataclass(frozen=True, slots=True, kw_only=True)
class EedField:
    """One field of the report: key of our file, symbol of the regulation, name, kind, unit, annex, rule."""

    key: str
    symbol: str
    name: str
    kind: str
    unit: str
    annex: str
    mandatory: bool
    first_report_optional: bool
    rule: str


@cache
def eed_fields() -> dict[str, EedField]:
    """All fields by key, in the annexes' order."""
    table = catalog.load("eed_fields")
    text = table.columns.difference(["mandatory", "first_report_optional"])
    table = table.assign(**{name: table[name].fillna("") for name in text})
    return {str(row["key"]): EedField(**{str(k): v for k, v in row.items()}) for row in table.to_dict("records")}


@dataclass(frozen=True, slots=True, kw_only=True)
class DataCentre:
    """A data centre's year.

    Attributes
    ----------
    year : int
        Calendar year that the figures are of; reported the year after.
    values : dict
        By key of `eed_fields`; what is absent is not known.
    pump_inside : bool
        A heat pump for waste heat lies inside the boundary.
    pump_kwh : float
        Its electricity [kWh].
    """

    year: int
    values: dict[str, Any]
    pump_inside: bool = False
    pump_kwh: float = 0.0

    def number(self, key: str) -> float | None:
        """Value of a numeric field, None where it is absent."""
        value = self.values.get(key)
        return None if value is None else float(value)

    @property
    def report_date(self) -> dt.date:
        """Deadline of the report, 15 May of the year after; 15 September 2024 for the first."""
        first = next(r for r in all_rules("disclosure_rules") if (r.rule, r.key) == ("eed_deadline", "first"))
        yearly = next(r for r in all_rules("disclosure_rules") if (r.rule, r.key) == ("eed_deadline", "yearly"))
        month, day = divmod(int(yearly.value), 100)
        start = dt.datetime.strptime(f"{first.value:.0f}", "%Y%m%d").date()
        return start if self.year < start.year else dt.date(self.year + 1, month, day)

    def ratio(self, top: str, bottom: str, scale: float = 1.0) -> float | None:
        """One figure over another, None where either is absent or the lower one 0."""
        above, below = self.number(top), self.number(bottom)
        return None if above is None or not below else above / below * scale

    @property
    def indicators(self) -> dict[str, float | None]:
        """Annex III: PUE, WUE [m3/MWh], ERF, REF; and ERE (Green Grid, remembered: assumed)."""
        pue, erf = self.ratio("E_DC_kwh", "E_IT_kwh"), self.ratio("E_REUSE_kwh", "E_DC_kwh")
        return {
            "pue": pue,
            "wue_m3_per_mwh": self.ratio("W_IN_m3", "E_IT_kwh", 1000.0),
            "erf": erf,
            "ref": self.ratio("E_RES_TOT_kwh", "E_DC_kwh"),
            "ere": None if pue is None or erf is None else (1.0 - erf) * pue,
        }

    @property
    def pue_without_pump(self) -> float | None:
        """PUE as German law counts it: without plant used only to upgrade waste heat."""
        total, it = self.number("E_DC_kwh"), self.number("E_IT_kwh")
        return None if total is None or not it else (total - (self.pump_kwh if self.pump_inside else 0.0)) / it

    def in_scope(self, date: dt.date | None = None) -> bool | None:
        """Whether installed IT power is at least the threshold; None where it is not known."""
        power = self.number("installed_it_kw")
        return (
            None
            if power is None
            else power >= Rulebook(date or self.report_date, "disclosure_rules").need("eed_scope", "installed_it_kw").value
        )

    def size_class(self) -> str | None:
        """Class of Annex IV by IT power; None below the smallest, or where it is not known."""
        power = self.number("installed_it_kw")
        if power is None:
            return None
        rules = sorted(Rulebook(self.report_date, "disclosure_rules").of("eed_size_class"), key=lambda r: r.value)
        found = [r.key for r in rules if power > r.value or (power == r.value and not r.key.startswith("above"))]
        return found[-1] if found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class MissingField:
    """A mandatory field without a value."""

    key: str
    symbol: str
    name: str
    annex: str

    def problem(self) -> Problem:
        """The same as a problem."""
        symbol = f" ({self.symbol})" if self.symbol else ""
        return Problem(self.key, f"is missing: {self.name}{symbol}, mandatory by {ARTICLE} Art. 3(1), {self.annex}")


def missing_fields(centre: DataCentre) -> list[MissingField]:
    """Mandatory fields without a value; the first report could leave some out."""
    first = centre.year <= 2023
    return [
        MissingField(key=f.key, symbol=f.symbol, name=f.name, annex=f.annex)
        for f in eed_fields().values()
        if f.mandatory and f.key not in centre.values and not (first and f.first_report_optional)
    ]


def _unequal(centre: DataCentre) -> list[Problem]:
    total = centre.number("E_RES_TOT_kwh")
    parts = [centre.number(f"E_RES_{p}_kwh") for p in ("GOO", "PPA", "OS")]
    if total is None or any(p is None for p in parts):
        return []
    whole = sum(p for p in parts if p is not None)
    if abs(total - whole) <= 0.5:
        return []
    return [
        Problem(
            "E_RES_TOT_kwh",
            f"must be the sum of E_RES_GOO_kwh, E_RES_PPA_kwh and E_RES_OS_kwh; got {total:,.0f} and {whole:,.0f} kWh",
        )
    ]


# part, whole, what it means
PARTS = (
    ("E_IT_kwh", "E_DC_kwh", "PUE below 1 cannot be"),
    ("E_DC_BG_kwh", "E_DC_kwh", "back-up generation is a part of it"),
    ("W_IN_POT_m3", "W_IN_m3", "potable water is a part of it"),
    ("S_CR_m2", "S_DC_m2", "computer rooms are a part of it"),
    ("E_REUSE_kwh", "E_DC_kwh", "heat handed over cannot exceed the energy brought in"),
)


def conflicts(centre: DataCentre) -> list[Problem]:
    """Values that cannot all be right."""
    problems = _unequal(centre)
    for part, whole, why in PARTS:
        a, b = centre.number(part), centre.number(whole)
        if a is not None and b is not None and a > b:
            problems.append(Problem(part, f"must be at most {whole}: {why}; got {a:,.10g} and {b:,.10g}"))
    if centre.number("E_IT_kwh") == 0:
        problems.append(Problem("E_IT_kwh", "must be greater than 0; got 0"))
    if centre.pump_inside and centre.pump_kwh > (centre.number("E_DC_kwh") or 0.0):
        problems.append(Problem("heat_pump_kwh", f"must be at most E_DC_kwh when the pump is inside; got {centre.pump_kwh:,.0f}"))
    return problems


def warnings(centre: DataCentre) -> list[str]:
    """What may be right but looks odd."""
    out, ref = [], centre.indicators["ref"]
    if ref is not None and ref > 1:
        out.append(f"REF is {ref:.3f}: the regulation sets no ceiling, the standard caps it at 1 (remembered)")
    reuse = centre.number("E_REUSE_kwh")
    if reuse and centre.pump_kwh:
        out.append(
            "the heat pump is "
            + (
                "inside the boundary: its electricity is in E_DC, E_REUSE is the lifted heat"
                if centre.pump_inside
                else "outside the boundary: neither E_DC nor E_REUSE hold it"
            )
        )
    unsaid = [f.key for f in eed_fields().values() if not f.mandatory and "|" in f.kind and f.symbol and f.key not in centre.values]
    if unsaid:
        out.append(f"the annex asks to say which: {', '.join(unsaid)}")
    if centre.in_scope() is False:
        out.append(
            f"installed IT power of {centre.number('installed_it_kw'):g} kW is below the scope of {ARTICLE} Art. 1: "
            "no report is due"
        )
    return out


@dataclass(frozen=True, slots=True, kw_only=True)
class Aggregate:
    """Annex IV figures of a group: number, totals, means weighted by E_DC; `published`: the class is large enough to show."""

    group: str
    count: int
    published: bool
    totals: dict[str, float | None]
    means: dict[str, float | None]


def _weighted(centres: list[DataCentre], key: str) -> float | None:
    pairs = [(c.indicators[key], c.number("E_DC_kwh")) for c in centres]
    known = [(v, w) for v, w in pairs if v is not None and w]
    return sum(v * w for v, w in known) / sum(w for _, w in known) if len(known) == len(centres) else None


def _total(centres: list[DataCentre], key: str) -> float | None:
    values = [c.number(key) for c in centres]
    return None if any(v is None for v in values) else sum(v for v in values if v is not None)


def aggregates(centres: list[DataCentre]) -> list[Aggregate]:
    """Annex IV: all, by type, by size class. Splits need three data centres at national level."""
    least = int(Rulebook(max(c.report_date for c in centres), "disclosure_rules").need("eed_publication", "least_in_class").value)
    groups: dict[str, list[DataCentre]] = {"all": list(centres)}
    for centre in centres:
        for name in (
            f"type {centre.values['type']}" if "type" in centre.values else "",
            f"size {centre.size_class()}" if centre.size_class() else "",
        ):
            if name:
                groups.setdefault(name, []).append(centre)
    out = []
    for name, members in groups.items():
        shown = name == "all" or len(members) >= least
        totals = {k: _total(members, k) if shown else None for k in ("installed_it_kw", "E_DC_kwh", "W_IN_m3")}
        means = {k: _weighted(members, k) if shown else None for k in ("pue", "wue_m3_per_mwh", "erf", "ref")}
        out.append(Aggregate(group=name, count=len(members), published=shown, totals=totals, means=means))
    return out


__all__ = [
    "ARTICLE",
    "Aggregate",
    "DataCentre",
    "EedField",
    "MissingField",
    "aggregates",
    "conflicts",
    "eed_fields",
    "missing_fields",
    "warnings",
]
