"""Performance standards of new units, hazardous pollutants, and the arguments that are contested."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

from gridroom.reference.rules import Rule, Rulebook
from gridroom.supply.air_factors import KW_PER_HP, lb_per_mmbtu_per_ppm, to_lb_per_mmbtu
from gridroom.supply.air_pte import YEAR_H, Source, Tons, UnitGroup
from gridroom.supply.air_review import Finding, designations

BTU_PER_KWH = 3412.14


def capacity_factor_pct(group: UnitGroup) -> float:
    """Share of the year that the unit may run at full load: its enforceable hours, else all [%]."""
    return 100.0 * (group.hours_per_year if group.hours_enforceable else YEAR_H) / YEAR_H


def _size(group: UnitGroup, book: Rulebook, subpart: str) -> str:
    heat = group.heat_input_mmbtu_per_h
    if heat <= book.need(subpart, "size.small").value:
        return "small"
    return "medium" if heat <= book.need(subpart, "size.medium").value else "large"


def turbine_class(group: UnitGroup, book: Rulebook, subpart: str) -> str:
    """Row of the NOx table that holds for a turbine, as `air_rules` writes it."""
    size = _size(group, book, subpart)
    months = book.find("temporary", "months")
    if (
        group.temporary
        and size != "large"
        and months is not None
        and group.months_on_site is not None
        and group.months_on_site <= months.value
    ):
        return "nox.temporary"
    if subpart == "nsps_kkkk" or size == "small":
        return f"nox.{size}"
    high = capacity_factor_pct(group) > book.need(subpart, "use.high").value
    if size == "medium":
        return "nox.medium.high" if high else "nox.medium.low"
    if high:
        return "nox.large.high"
    efficient = 100.0 * BTU_PER_KWH / (group.heat_rate_mmbtu_per_mwh * 1000.0) >= book.need(subpart, "efficiency").value
    return "nox.large.low_efficient" if efficient else "nox.large.low_inefficient"


def commenced_since(group: UnitGroup, date: dt.date, rule: Rule | None) -> bool:
    """Whether a group commenced after a dated row; without a date of its own, on the date of the rules."""
    if rule is None:
        return False
    day = int((group.commenced or date).strftime("%Y%m%d"))
    return day > rule.value if rule.key.endswith("after") else day >= rule.value


def turbine_subpart(group: UnitGroup, date: dt.date, book: Rulebook) -> str | None:
    """Subpart of new turbines that holds on the date of the rules, by commencement."""
    if commenced_since(group, date, book.find("nsps_kkkka", "applies.commenced_after")):
        return "nsps_kkkka"
    return "nsps_kkkk" if commenced_since(group, date, book.find("nsps_kkkk", "applies.commenced_from")) else None


def _turbine(group: UnitGroup, date: dt.date, book: Rulebook) -> list[Finding]:
    commenced = group.commenced or date
    subpart = turbine_subpart(group, date, book)
    if subpart is None:
        return []
    floor = book.need(subpart, "applies.heat_input")
    heat = group.heat_input_mmbtu_per_h
    said = f"{group.name}: commenced {commenced}" + ("" if group.commenced else " (not given: the date of the rules is taken)")
    if heat < floor.value:
        return [Finding.of(subpart, floor, False, heat, f"{said}; below the smallest size")]
    out = []
    if group.fuel != "natural_gas":
        return [Finding.of(subpart, floor, True, None, f"{said}; limits of oil firing are not in the tables here")]
    key = turbine_class(group, book, subpart)
    rule = book.need(subpart, key, "nox")
    factor = group.factors.get("nox")
    if factor is not None:
        ppm = factor.lb_per_mmbtu * (1.0 - _enforceable(group, "nox")) / lb_per_mmbtu_per_ppm("nox")
        row_name = key.removeprefix("nox.").replace(".", ", ").replace("_", " ")
        words = f"{said}; class {row_name}; {'within' if ppm <= rule.value else 'above'} the limit"
        out.append(Finding.of(subpart, rule, True, ppm, words))
    sulphur = group.factors.get("so2")
    row = book.find(subpart, "so2", "so2")
    if sulphur is not None and row is not None:
        word = "within" if sulphur.lb_per_mmbtu <= row.value else "above"
        out.append(Finding.of(f"{subpart}_so2", row, True, sulphur.lb_per_mmbtu, f"{group.name}: {word} the limit"))
    return out


def _enforceable(group: UnitGroup, pollutant: str) -> float:
    pct, enforceable = group.control_pct.get(pollutant, (0.0, False))
    return pct / 100.0 if enforceable else 0.0


def _greenhouse(group: UnitGroup, date: dt.date, book: Rulebook) -> list[Finding]:
    rule = book.find("nsps_tttta", "applies.heat_input")
    if rule is None or not group.turbine:
        return []
    heat = group.heat_input_mmbtu_per_h
    if not commenced_since(group, date, book.find("nsps_tttta", "applies.commenced_after")):
        return []
    if not group.sells_to_grid:
        return [Finding.of("nsps_tttta", rule, False, heat, f"{group.name}: does not sell to the grid")]
    if heat <= rule.value:
        return [Finding.of("nsps_tttta", rule, False, heat, f"{group.name}: too small")]
    share = capacity_factor_pct(group)
    base, middle = (book.need("nsps_tttta", f"use.{k}").value for k in ("base", "intermediate"))
    key = "co2.base" if share > base else "co2.intermediate" if share > middle else "co2.low"
    if key == "co2.base" and heat < book.need("nsps_tttta", "base.heat_input").value:
        key = "co2.intermediate"
    limit = book.need("nsps_tttta", key, "co2e")
    factor = group.factors.get("co2e")
    value = None
    if factor is not None:
        value = factor.lb_per_mmbtu * (1.0 if limit.unit == "lb/MMBtu" else group.heat_rate_mmbtu_per_mwh)
    # The standard is in force while its repeal is pending: whether it binds is not decided here.
    return [Finding.of("nsps_tttta", limit, None, value, f"{group.name}: {share:.0f} % of the year; CO2e taken for CO2")]


def _engine_size(group: UnitGroup, date: dt.date, book: Rulebook, subpart: str, key: str) -> bool:
    """Whether the tabled limits hold for an engine of that size and date."""
    hp, kw = book.find(subpart, f"{key}.applies.hp"), book.find(subpart, f"{key}.applies.kw")
    since = book.find(subpart, f"{key}.applies.commenced_from")
    size = group.capacity_mw * 1000.0
    if (hp is not None and size / KW_PER_HP < hp.value) or (kw is not None and size <= kw.value):
        return False
    return since is None or commenced_since(group, date, since)


def _engine(group: UnitGroup, date: dt.date, book: Rulebook) -> list[Finding]:
    subpart = "nsps_jjjj" if group.fuel == "natural_gas" else "nsps_iiii"
    key = "emergency" if group.kind == "emergency_engine" else "prime"
    out = []
    for pollutant in ("nox", "co", "voc", "pm"):
        rule, factor = book.find(subpart, key, pollutant), group.factors.get(pollutant)
        if rule is None or factor is None:
            continue
        if not _engine_size(group, date, book, subpart, key):
            return [
                Finding.of(
                    subpart, rule, None, None, f"{group.name}: of another size or age than the tabled limits", threshold=None
                )
            ]
        per_unit = to_lb_per_mmbtu(pollutant, 1.0, rule.unit, group.heat_rate_mmbtu_per_mwh)
        value = factor.lb_per_mmbtu * (1.0 - _enforceable(group, pollutant)) / per_unit
        word = "within" if value <= rule.value * (1 + 1e-9) else "above"
        out.append(Finding.of(subpart, rule, True, value, f"{group.name}: {pollutant}, {word} the limit"))
    return out


def performance(source: Source, book: Rulebook) -> list[Finding]:
    """Standards of performance by unit group."""
    out: list[Finding] = []
    for group in source.groups:
        if group.turbine:
            out += [*_turbine(group, source.date, book), *_greenhouse(group, source.date, book)]
        else:
            out += _engine(group, source.date, book)
    return out


def operating_and_hazardous(source: Source, tons: Mapping[str, Tons], book: Rulebook) -> list[Finding]:
    """Operating permit (Title V), major source of hazardous pollutants, and what follows for turbines and engines."""
    one, every = book.need("hap_major", "one", "hcho"), book.need("hap_major", "all", "hap_total")
    formaldehyde, total = tons.get("hcho"), tons.get("hap_total")
    single = formaldehyde is not None and formaldehyde.pte_tpy >= one.value
    both = total is not None and total.pte_tpy >= every.value
    by = every if both and not single else one
    value = total if by is every else formaldehyde
    known = formaldehyde is not None or total is not None
    weak = [t.name for t in (formaldehyde, total) if t is not None and t.claim == "assumed"]
    hazardous = Finding.of(
        "hap_major",
        by,
        (single or both) if known else None,
        None if value is None else value.pte_tpy,
        "; ".join(
            w
            for w in (
                "all hazardous pollutants" if by is every else "formaldehyde",
                f"factor of {', '.join(weak)} is assumed" if weak else "",
            )
            if w
        ),
    )
    out = [_title_v(source, tons, book, single or both), hazardous]
    if single or both:
        out += _hazardous_standards(source, book)
    return out


def _hazardous_standards(source: Source, book: Rulebook) -> list[Finding]:
    """Formaldehyde of turbines, and of new lean-burn engines, at a major source."""
    gas = [g for g in source.groups if g.fuel == "natural_gas" and g.kind != "emergency_engine"]
    since, size = book.find("neshap_yyyy", "applies.commenced_from"), book.find("neshap_zzzz", "applies.hp")
    turbines = [g for g in gas if g.turbine and commenced_since(g, source.date, since)]
    engines = [g for g in gas if not g.turbine and g.combustion != "rich_burn" and size is not None
               and g.capacity_mw * 1000.0 / KW_PER_HP > size.value]  # fmt: skip
    out = []
    for name, groups in (("neshap_yyyy", turbines), ("neshap_zzzz", engines)):
        rule = book.find(name, "hcho", "hcho")
        if not groups or rule is None:
            continue
        unit = lb_per_mmbtu_per_ppm("hcho") * (1e-3 if rule.unit == "ppbvd15" else 1.0)
        emitted = [g.factors["hcho"].lb_per_mmbtu * (1 - _enforceable(g, "hcho")) / unit for g in groups if "hcho" in g.factors]
        value = max(emitted, default=None)
        words = "" if value is None else "within the limit" if value <= rule.value else "above the limit: oxidation catalyst"
        out.append(Finding.of(name, rule, True, value, words))
    return out


def _title_v_rule(source: Source, book: Rulebook, name: str) -> Rule:
    """Lowest operating-permit threshold of a pollutant over the area's designations."""
    rows = [book.find("title_v", f"{d}.{status}", name) for d, status in designations(source)]
    return min([r for r in rows if r is not None] + [book.need("title_v")], key=lambda r: r.value)


def _title_v(source: Source, tons: Mapping[str, Tons], book: Rulebook, hazardous: bool) -> Finding:
    rules: list[tuple[str, Rule]] = []
    for name in tons:
        if name in ("co2e", "hap_total"):
            continue
        rule = _title_v_rule(source, book, name)
        rules.append((name, rule))
    if not rules:
        return Finding.of("title_v", book.need("title_v"), None, None, "no pollutant known")
    name, rule = max(rules, key=lambda r: tons[r[0]].pte_tpy / r[1].value)
    over = [n for n, r in rules if tons[n].pte_tpy >= r.value]
    words = f"for {', '.join(over)}" if over else f"nearest is {name}"
    if hazardous:
        words += "; and as a major source of hazardous pollutants"
    return Finding.of("title_v", rule, bool(over) or hazardous, tons[name].pte_tpy, words)


def contested(source: Source, book: Rulebook) -> list[Finding]:
    """Temporary and nonroad arguments: flagged, never decided."""
    out = []
    for group in source.groups:
        months = book.find("temporary", "months")
        if group.temporary and months is not None:
            stay = group.months_on_site
            too_long = stay is not None and stay > months.value
            heat = book.find("temporary", "heat_input")
            too_big = heat is not None and group.heat_input_mmbtu_per_h > heat.value
            words = f"{group.name}: called temporary; " + (
                "longer than the rule allows, so not temporary for any part of its stay"
                if too_long
                else "too large for the category"
                if too_big
                else "months on site not given"
                if stay is None
                else "within the months and size of the category; tons count all the same"
            )
            open_ = not (too_long or too_big)
            finding = Finding.of("temporary", months, None if open_ else False, stay, words)
            if open_:  # whether such a stay is temporary is argued about: flagged, never decided
                finding = replace(finding, status="contested", note=f"{finding.note}; contested: not decided here")
            out.append(finding)
        if group.nonroad:
            rule = book.find("title_ii_nonroad")
            if rule is not None:
                out.append(
                    Finding.of("nonroad", rule, None, None, f"{group.name}: called nonroad; its tons count here all the same")
                )
    return out


__all__ = ["capacity_factor_pct", "contested", "operating_and_hazardous", "performance", "turbine_class"]
