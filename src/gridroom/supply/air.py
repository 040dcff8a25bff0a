"""`pte`: units in; tons, findings with citation, pathway and what would change them out. A screen, not legal advice.

Order of the screen: units made one source, potential to emit, threshold by category, each pollutant by the area's status,
review and offsets, limits that keep a source minor, operating permit and hazardous pollutants, standards of new units, and
the pollutant that binds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gridroom.reference.rules import Rule, Rulebook
from gridroom.supply.air_factors import lb_per_mmbtu_per_ppm
from gridroom.supply.air_pte import LB_PER_TON, Source, Tons, hours_max, nearby_tons, not_screened, tons_of
from gridroom.supply.air_review import NSR, Finding, Review, review
from gridroom.supply.air_standards import contested, operating_and_hazardous, performance

DISCLAIMER = (
    "A screen from published rules and factors, not a permit determination and not legal advice: the permitting authority "
    "decides, state rules come on top, and air quality is not modelled."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What would bring one pollutant below its threshold, each alone.

    Attributes
    ----------
    pollutant : str
    threshold_tpy, pte_tpy : float
    hours_max : float or None
        Enforceable hours for every unit that is not for emergencies.
    mw_max : float or None
        Capacity of the same mix.
    control_pct : float
        Further control of everything that is emitted [%].
    nox_ppmvd15 : float or None
        The same as a concentration, turbines' NOx.
    """

    pollutant: str
    threshold_tpy: float
    pte_tpy: float
    hours_max: float | None
    mw_max: float | None
    control_pct: float
    nox_ppmvd15: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Screen:
    """Answer of `pte`.

    Attributes
    ----------
    source : Source
    tons : dict of str to Tons
    limits : dict of str to Rule
        Lowest major threshold by pollutant.
    findings : tuple of Finding
    pathway : str
    permit_months : tuple of float
        Low and high months from complete application (assumed).
    binding_pollutant : str or None
        Nearest to, or furthest above, its threshold.
    headroom_tpy, headroom_mw : float or None
        Left below that threshold: tons, and MW of the same mix; negative above.
    changes : tuple of Change
    not_screened : tuple of str
        `pollutant of unit` for which no factor is known.
    hazardous : dict
        The hazardous pollutant nearest to its threshold: name, tons and MW left.
    """

    source: Source
    tons: dict[str, Tons]
    limits: dict[str, Rule]
    findings: tuple[Finding, ...]
    pathway: str
    permit_months: tuple[float, float]
    binding_pollutant: str | None
    headroom_tpy: float | None
    headroom_mw: float | None
    changes: tuple[Change, ...]
    not_screened: tuple[str, ...]
    hazardous: dict[str, Any]

    def as_dict(self) -> dict[str, Any]:
        """The answer for JSON, keys as the contract fixes them."""
        return {
            "pollutants": [
                {
                    "name": t.name,
                    "pte_tpy": t.pte_tpy,
                    "controlled_tpy": t.controlled_tpy,
                    "unlimited_tpy": t.unlimited_tpy,
                    "limit_tpy": self.limits[t.name].value if t.name in self.limits else None,
                    "claim": t.claim,
                    "share_of_mw_known": t.known_share,
                    "sources": list(t.sources),
                }
                for t in self.tons.values()
            ],
            "findings": [
                {
                    "rule": f.rule,
                    "applies": f.applies,
                    "threshold": f.threshold,
                    "value": f.value,
                    "unit": f.unit,
                    "citation": f.citation,
                    "note": f.note,
                    "status": f.status,
                    "claim": f.claim,
                }
                for f in self.findings
            ],
            "pathway": self.pathway,
            "permit_months": {"low": self.permit_months[0], "high": self.permit_months[1], "claim": "assumed"},
            "binding_pollutant": self.binding_pollutant,
            "headroom_tpy": self.headroom_tpy,
            "headroom_mw": self.headroom_mw,
            "binding_hazardous": self.hazardous,
            "not_screened": list(self.not_screened),
            "changes": [{k: getattr(c, k) for k in Change.__slots__} for c in self.changes],
            "capacity_mw": self.source.mw,
            "rules_of": self.source.date.isoformat(),
            "disclaimer": DISCLAIMER,
        }

    def __str__(self) -> str:
        lines = [
            f"{self.source.name}: {self.source.mw:,.1f} MW, rules of {self.source.date}; pathway {self.pathway.replace('_', ' ')}",
            f"{'':12}{'PTE, tpy':>12}{'as run':>12}{'no limits':>12}{'major at':>10}  factor",
        ]
        for t in self.tons.values():
            limit = f"{self.limits[t.name].value:,.0f}" if t.name in self.limits else "-"
            lines.append(f"{t.name:12}{t.pte_tpy:12,.2f}{t.controlled_tpy:12,.2f}{t.unlimited_tpy:12,.2f}{limit:>10}  {t.claim}")
        lines.append("")
        for f in self.findings:
            word = {True: "applies", False: "no", None: "open"}[f.applies]
            value = "" if f.value is None else f"{f.value:,.4g}"
            limit = "" if f.threshold is None else f" / {f.threshold:,.4g} {f.unit}"
            lines.append(f"{f.rule:20}{word:9}{value}{limit}  [{f.citation}] {f.note}")
        for c in self.changes:
            words = [
                f"{c.hours_max:,.0f} h a year" if c.hours_max is not None else "",
                f"{c.mw_max:,.1f} MW" if c.mw_max is not None else "",
                f"{c.control_pct:.1f} % more control",
                f"NOx {c.nox_ppmvd15:.2f} ppm" if c.nox_ppmvd15 is not None else "",
            ]
            lines.append(f"{c.pollutant} below {c.threshold_tpy:g} tpy with: " + " · or ".join(w for w in words if w))
        if self.binding_pollutant is not None:
            size = "" if self.headroom_mw is None else f" and {self.headroom_mw:,.1f} MW"
            lines.append(f"binds first: {self.binding_pollutant}, {self.headroom_tpy:,.1f} tpy{size} left")
        if self.hazardous:
            mw = self.hazardous["headroom_mw"]
            left = f"{self.hazardous['headroom_tpy']:,.2f} tpy{'' if mw is None else f' and {mw:,.1f} MW'} left"
            lines.append(f"major source of hazardous pollutants first by {self.hazardous['name']}: {left}")
        if self.not_screened:
            lines.append(f"NOT screened, no factor known: {', '.join(self.not_screened)}")
        return "\n".join([*lines, "", DISCLAIMER])


def _aggregation(source: Source, tons: dict[str, Tons], limits: dict[str, Rule], book: Rulebook) -> Finding:
    rule = book.need("aggregation")
    words = []
    for nearby in source.nearby:
        unsaid = [
            n
            for n, v in (("owner", nearby.same_owner), ("adjacency", nearby.adjacent), ("industry", nearby.same_industry))
            if v is None
        ]
        if nearby.counts:
            words.append(f"{nearby.name} counts too" + (f" ({', '.join(unsaid)} not said: counted by default)" if unsaid else ""))
        else:
            words.append(f"{nearby.name} stated to be apart: not counted")
    sites = sorted({g.site for g in source.groups if g.site})
    if len(sites) > 1:
        crossed = [
            n
            for n, limit in limits.items()
            if n in tons
            and tons[n].pte_tpy >= limit.value
            and all(sum(g.tons(n, book) or 0.0 for g in source.groups if g.site == s) < limit.value for s in sites)
        ]
        words.append(
            f"parts {', '.join(sites)} counted as one source"
            + (f"; each alone would stay below for {', '.join(crossed)}: splitting is litigated" if crossed else "")
        )
    count = sum(g.count for g in source.groups)
    words.append(f"{count} units are one source" if count > 1 else "a single unit")
    applies = count > 1 or any(n.counts for n in source.nearby)
    return Finding.of("aggregation", rule, applies, float(count), "; ".join(words))


def _synthetic(tons: dict[str, Tons], found: Review, book: Rulebook) -> Finding:
    """Whether limits alone keep the source below the thresholds, hazardous pollutants included."""
    hazards = {"hcho": book.need("hap_major", "one", "hcho"), "hap_total": book.need("hap_major", "all", "hap_total")}
    operating = {n: book.need("title_v") for n in NSR}
    kept, notes = [], []
    for what, limits in (("major threshold", found.limits), ("Title V", operating), ("hazardous major", hazards)):
        for name, rule in limits.items():
            if name in tons and tons[name].pte_tpy < rule.value <= tons[name].unlimited_tpy:
                kept.append((what, name, rule))
                notes.append(
                    f"{name} {tons[name].pte_tpy:,.1f} tpy under {rule.value:g} ({what}); {tons[name].unlimited_tpy:,.0f} without"
                )
    practice = book.need("synthetic_minor_practice")
    majors = [k for k in kept if k[0] == "major threshold"]
    first = (majors or kept)[0][1] if kept else None
    return Finding(
        rule="synthetic_minor",
        applies=bool(kept) and not found.psd and not found.nonattainment,
        threshold=(majors or kept)[0][2].value if kept else None,
        value=tons[first].pte_tpy if first else None,
        unit="tpy",
        citation="40 CFR 52.21(b)(4): limits count when federally enforceable",
        note="; ".join(
            [*dict.fromkeys(notes), f"write limits at {100 * practice.value:.0f} % of the threshold or below (assumed practice)"]
        )
        if kept
        else "no limit is needed, or none suffices",
    )


def _pathway(source: Source, tons: dict[str, Tons], found: Review, synthetic: Finding, book: Rulebook) -> str:
    if found.nonattainment:
        return "nnsr"
    if found.psd:
        return "psd"
    if synthetic.applies:
        return "synthetic_minor"
    small = all(t.pte_tpy < rule.value for n, t in tons.items() if (rule := book.find("significant_rate", "any", n)) is not None)
    backup = all(g.kind == "emergency_engine" for g in source.groups)
    return "permit_by_rule" if small and backup else "minor"


def _change(source: Source, name: str, tons: Tons, rule: Rule, book: Rulebook) -> Change:
    hours = hours_max(source, name, rule.value, book)
    others = nearby_tons(source, name)
    share = max(rule.value - others, 0.0) / max(tons.pte_tpy - others, 1e-12)
    turbines = [g for g in source.groups if g.turbine and name in g.factors]
    ppm = None
    if name == "nox" and turbines:
        heat = sum(g.count * g.heat_input_mmbtu_per_h * g.hours(book, True) for g in turbines)
        left = rule.value - (tons.pte_tpy - sum(g.tons(name, book) or 0.0 for g in turbines))
        ppm = left * LB_PER_TON / heat / lb_per_mmbtu_per_ppm("nox") if left > 0 else None
    return Change(
        pollutant=name,
        threshold_tpy=rule.value,
        pte_tpy=tons.pte_tpy,
        hours_max=hours,
        mw_max=source.mw * share if tons.pte_tpy > others else None,
        control_pct=100.0 * (1.0 - share),
        nox_ppmvd15=ppm,
    )


def _room(source: Source, tons: Tons, rule: Rule) -> tuple[float, float | None]:
    """Tons left below a threshold, and MW of the same mix; other sources' tons do not grow with it."""
    left, own = rule.value - tons.pte_tpy, tons.pte_tpy - nearby_tons(source, tons.name)
    return left, left / own * source.mw if own > 0 else None


def pte(source: Source) -> Screen:
    """Screen a source.

    Parameters
    ----------
    source : Source
        Units, area, date of the rules.

    Returns
    -------
    Screen
        Tons are US short tons a year.
    """
    book = Rulebook(source.date)
    tons = tons_of(source, book)
    found = review(source, tons, book)
    synthetic = _synthetic(tons, found, book)
    operating = operating_and_hazardous(source, tons, book)
    findings = [
        _aggregation(source, tons, found.limits, book),
        *found.findings,
        synthetic,
        *operating,
        *performance(source, book),
        *contested(source, book),
    ]
    pathway = _pathway(source, tons, found, synthetic, book)
    months = (book.need("permit_months", f"{pathway}.low").value, book.need("permit_months", f"{pathway}.high").value)
    ratios = {n: tons[n].pte_tpy / rule.value for n, rule in found.limits.items() if n in tons}
    binding = max(ratios, key=lambda n: ratios[n], default=None)
    room_tpy, room_mw = (None, None) if binding is None else _room(source, tons[binding], found.limits[binding])
    over = [(n, found.limits[n]) for n in found.limits if n in tons and tons[n].pte_tpy >= found.limits[n].value]
    hazards = [(n, book.need("hap_major", k, n)) for n, k in (("hcho", "one"), ("hap_total", "all"))]
    over += [(n, rule) for n, rule in hazards if n in tons and tons[n].pte_tpy >= rule.value]
    nearest = max(((n, rule) for n, rule in hazards if n in tons), key=lambda h: tons[h[0]].pte_tpy / h[1].value, default=None)
    hazardous: dict[str, Any] = {}
    if nearest is not None:
        left_tpy, left_mw = _room(source, tons[nearest[0]], nearest[1])
        hazardous = {"name": nearest[0], "limit_tpy": nearest[1].value, "headroom_tpy": left_tpy, "headroom_mw": left_mw}
    return Screen(
        source=source,
        tons=tons,
        limits=found.limits | dict(hazards),
        findings=tuple(findings),
        pathway=pathway,
        permit_months=months,
        binding_pollutant=binding,
        headroom_tpy=room_tpy,
        headroom_mw=room_mw,
        not_screened=tuple(not_screened(source)),
        hazardous=hazardous,
        changes=tuple(_change(source, n, tons[n], rule, book) for n, rule in over),
    )


__all__ = ["DISCLAIMER", "Change", "Screen", "pte"]
