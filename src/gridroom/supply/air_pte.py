"""Potential to emit of a source: what its units could emit in a year at full load, limits counted only where enforceable [1]_.

tons = heat input (MMBtu/h, HHV) * lb/MMBtu * (1 - control) * hours / 2,000 + starts * lb a start / 2,000, in US short tons.

References
----------
.. [1] 40 CFR 52.21(b)(4); EPA memo, Seitz, 1995-09-06, for emergency engines.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from gridroom.reference.rules import Rulebook
from gridroom.supply.air_factors import POLLUTANTS, Factor, least_default, to_lb_per_mmbtu

LB_PER_TON = 2000.0
YEAR_H = 8760.0
CLEAN_BURNER = 0.5  # of the lowest tabled factor (assumed)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitGroup:
    """Equal units of a source.

    Attributes
    ----------
    name, kind, fuel : str
    count : int
    capacity_mw : float
        Of one unit [MW].
    heat_rate_mmbtu_per_mwh : float
        Higher heating value.
    hours_per_year : float
        What the operator means to run.
    hours_enforceable : bool
    factors : mapping of str to Factor
    control_pct : mapping of str to (float, bool)
        Control efficiency [%] and whether it is enforceable.
    starts_per_year : float
    lb_per_start : mapping of str to float
    commenced : date, optional
        Commencement of construction, or first operation.
    temporary : bool
    months_on_site : float, optional
    nonroad : bool
        The operator calls it nonroad.
    sells_to_grid : bool
    site : str
        Part of the campus it stands on.
    combustion : str
        `lean_burn`, `rich_burn`, `lean_premix`, `water_injection` or `uncontrolled`.
    """

    name: str
    kind: str
    fuel: str
    count: int
    capacity_mw: float
    heat_rate_mmbtu_per_mwh: float
    hours_per_year: float = YEAR_H
    hours_enforceable: bool = False
    factors: Mapping[str, Factor] = field(default_factory=dict)
    control_pct: Mapping[str, tuple[float, bool]] = field(default_factory=dict)
    starts_per_year: float = 0.0
    lb_per_start: Mapping[str, float] = field(default_factory=dict)
    commenced: dt.date | None = None
    temporary: bool = False
    months_on_site: float | None = None
    nonroad: bool = False
    sells_to_grid: bool = False
    site: str = ""
    combustion: str = ""

    @property
    def mw(self) -> float:
        """All units [MW]."""
        return self.count * self.capacity_mw

    @property
    def heat_input_mmbtu_per_h(self) -> float:
        """Of one unit, HHV."""
        return self.capacity_mw * self.heat_rate_mmbtu_per_mwh

    @property
    def turbine(self) -> bool:
        """Whether it is a turbine."""
        return self.kind in ("simple_cycle", "combined_cycle")

    def hours(self, book: Rulebook, potential: bool) -> float:
        """Hours a year that count [h]: what is enforceable for the potential, what is meant for the actual."""
        most = book.need("emergency_hours").value if self.kind == "emergency_engine" else YEAR_H
        if potential and not self.hours_enforceable:
            return most
        return min(self.hours_per_year, YEAR_H) if self.hours_enforceable else min(self.hours_per_year, most)

    def tons(self, pollutant: str, book: Rulebook, potential: bool = True) -> float | None:
        """Tons a year of the group; None where no factor is known."""
        factor = self.factors.get(pollutant)
        if factor is None:
            return None
        pct, enforceable = self.control_pct.get(pollutant, (0.0, False))
        kept = 1.0 - pct / 100.0 if enforceable or not potential else 1.0
        lb = self.count * self.heat_input_mmbtu_per_h * factor.lb_per_mmbtu * kept * self.hours(book, potential)
        # Starts come uncontrolled: catalysts are cold.
        return (lb + self.count * self.starts_per_year * self.lb_per_start.get(pollutant, 0.0)) / LB_PER_TON

    def tons_without_limits(self, pollutant: str, book: Rulebook) -> float | None:
        """Tons at all hours with no add-on control: what shows that a source is minor only by its limits."""
        factor = self.factors.get(pollutant)
        if factor is None:
            return None
        plain = factor.lb_per_mmbtu
        if factor.given:
            built_in = self.built_in(pollutant, book)
            # A factor well below what combustion alone gives rests on a control; a little below is a good burner.
            plain = built_in if built_in is not None and plain < CLEAN_BURNER * built_in else plain
        hours = book.need("emergency_hours").value if self.kind == "emergency_engine" else YEAR_H
        starts = self.count * self.starts_per_year * self.lb_per_start.get(pollutant, 0.0)
        return (self.count * self.heat_input_mmbtu_per_h * plain * hours + starts) / LB_PER_TON

    def built_in(self, pollutant: str, book: Rulebook) -> float | None:
        """Lowest factor that a unit has by its combustion alone [lb/MMBtu]: tabled, or what a certified new engine must meet."""
        least = least_default(self.kind, self.fuel, pollutant)
        if not self.turbine and self.fuel == "natural_gas":
            row = book.find("nsps_jjjj", "emergency" if self.kind == "emergency_engine" else "prime", pollutant)
            if row is not None:
                certified = to_lb_per_mmbtu(pollutant, row.value, row.unit, self.heat_rate_mmbtu_per_mwh)
                least = certified if least is None else min(least, certified)
        return least


@dataclass(frozen=True, slots=True, kw_only=True)
class Nearby:
    """Another source close by: its tons count too unless it is shown to be apart (None: not said)."""

    name: str
    tpy: Mapping[str, float]
    same_owner: bool | None = None
    adjacent: bool | None = None
    same_industry: bool | None = None

    @property
    def counts(self) -> bool:
        """Whether it is part of the source: by default yes."""
        return all(test is not False for test in (self.same_owner, self.adjacent, self.same_industry))


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """All units that are permitted as one, the area's status by pollutant, and the date of the rules.

    Attributes
    ----------
    name : str
    groups : tuple of UnitGroup
    area : mapping of str to str
        By `ozone`, `co`, `pm10`, `pm25`, `so2`, `no2`: `attainment` when left out.
    date : date
    nearby : tuple of Nearby
    caps_tpy : mapping of str to float
        Enforceable caps of the whole source.
    ghg_bact : bool
        Whether greenhouse gases of a major source are reviewed.
    """

    name: str
    groups: tuple[UnitGroup, ...]
    area: Mapping[str, str]
    date: dt.date
    nearby: tuple[Nearby, ...] = ()
    caps_tpy: Mapping[str, float] = field(default_factory=dict)
    ghg_bact: bool = True

    @property
    def mw(self) -> float:
        """All units [MW]."""
        return sum(g.mw for g in self.groups)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tons:
    """Tons a year of one pollutant, US short tons.

    Attributes
    ----------
    name : str
    pte_tpy : float
        Potential to emit.
    controlled_tpy : float
        As the operator means to run, all controls counted.
    unlimited_tpy : float
        At all hours, no add-on control.
    known_share : float
        Share of the source's MW whose factor is known.
    claim : str
        Weakest claim class of its factors.
    sources : tuple of str
    """

    name: str
    pte_tpy: float
    controlled_tpy: float
    unlimited_tpy: float
    known_share: float
    claim: str
    sources: tuple[str, ...]


ORDER = ("measured", "published", "given", "derived", "assumed")


def _counted(group: UnitGroup, name: str) -> str:
    """Hazardous pollutants of a group without a factor for all of them are at least its formaldehyde."""
    return "hcho" if name == "hap_total" and name not in group.factors else name


def nearby_tons(source: Source, pollutant: str) -> float:
    """Tons of other sources that count."""
    return sum(n.tpy.get(pollutant, 0.0) for n in source.nearby if n.counts)


def not_screened(source: Source) -> list[str]:
    """Pollutants of which some unit has no factor: `pollutant of unit`."""
    names = ("nox", "co", "voc", "pm", "pm10", "pm25", "so2", "hcho", "hap_total", "co2e")
    return [f"{name} of {g.name}" for g in source.groups for name in names if name not in g.factors]


def tons_of(source: Source, book: Rulebook) -> dict[str, Tons]:
    """Tons of each pollutant for which at least one unit has a factor."""
    out = {}
    for name in POLLUTANTS:
        known = [g for g in source.groups if _counted(g, name) in g.factors]
        other = nearby_tons(source, name)
        if not known and not other:
            continue
        pte = sum(g.tons(_counted(g, name), book) or 0.0 for g in known) + other
        actual = sum(g.tons(_counted(g, name), book, potential=False) or 0.0 for g in known) + other
        unlimited = sum(g.tons_without_limits(_counted(g, name), book) or 0.0 for g in known) + other
        cap = source.caps_tpy.get(name)
        if cap is not None:
            pte, actual = min(pte, cap), min(actual, cap)
        factors = [g.factors[_counted(g, name)] for g in known]
        out[name] = Tons(
            name=name,
            pte_tpy=pte,
            controlled_tpy=min(actual, pte),
            unlimited_tpy=unlimited,
            known_share=sum(g.mw for g in known) / source.mw,
            claim=max((f.claim for f in factors), key=ORDER.index, default="given"),
            sources=tuple(sorted({f.source for f in factors})),
        )
    return out


def hours_max(source: Source, pollutant: str, limit_tpy: float, book: Rulebook) -> float | None:
    """Enforceable hours a year so that the source stays below a limit [h].

    Of every unit that is not for emergencies; of the emergency engines where there are no others. None where no unit has a
    factor, or where what cannot be limited by hours is above the limit already.
    """
    by_hour, fixed = 0.0, nearby_tons(source, pollutant)
    backup_alone = all(g.kind == "emergency_engine" for g in source.groups)
    for group in source.groups:
        tons = group.tons(pollutant, book)
        if tons is None:
            continue
        starts = group.count * group.starts_per_year * group.lb_per_start.get(pollutant, 0.0) / LB_PER_TON
        if group.kind == "emergency_engine" and not backup_alone:
            fixed += tons
        elif group.hours(book, True) > 0:
            by_hour += (tons - starts) / group.hours(book, True)
            fixed += starts
    if by_hour <= 0 or fixed >= limit_tpy:
        return None
    most = book.need("emergency_hours").value if backup_alone else YEAR_H
    return min((limit_tpy - fixed) / by_hour, most)


__all__ = ["LB_PER_TON", "Nearby", "Source", "Tons", "UnitGroup", "hours_max", "nearby_tons", "not_screened", "tons_of"]
