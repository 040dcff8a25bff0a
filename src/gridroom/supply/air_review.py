"""New source review of a source: which thresholds it meets, pollutant by pollutant, and what would change that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from gridroom.reference.rules import Rule, Rulebook
from gridroom.supply.air_pte import Source, Tons

NSR = ("nox", "co", "voc", "pm", "pm10", "pm25", "so2")
# Pollutants of each area designation; a source of these is reviewed there as nonattainment.
AREA_POLLUTANTS = {
    "ozone": ("nox", "voc"),
    "co": ("co",),
    "pm10": ("pm10",),
    "pm25": ("pm25", "nox", "so2", "voc", "nh3"),
    "so2": ("so2",),
    "no2": ("nox",),
}
# Designations under which a pollutant's own standard is judged for prevention of significant deterioration.
OWN_STANDARD = {"nox": "no2", "co": "co", "voc": "ozone", "pm10": "pm10", "pm25": "pm25", "so2": "so2"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One finding.

    Attributes
    ----------
    rule : str
    applies : bool or None
        None where it cannot be said, or is contested.
    threshold, value : float or None
    unit, citation, note : str
    status, claim : str
        Of the rule; `assumed` where its value was not read at its source.
    """

    rule: str
    applies: bool | None
    threshold: float | None
    value: float | None
    unit: str
    citation: str
    note: str
    status: str = "in force"
    claim: str = "published"

    @classmethod
    def of(
        cls, name: str, rule: Rule, applies: bool | None, value: float | None, note: str = "", threshold: float | None = None
    ) -> Finding:
        """Finding on a row of the rules; its remark is part of the note."""
        words = "; ".join(w for w in (note, rule.remark) if w)
        return cls(
            rule=name,
            applies=applies,
            threshold=rule.value if threshold is None else threshold,
            value=value,
            unit=rule.unit,
            citation=rule.citation,
            note=words,
            status=rule.status,
            claim=rule.claim,
        )


def listed(source: Source, book: Rulebook) -> tuple[bool, float, Rule]:
    """Whether the source is a listed category (steam electric above 250 MMBtu/h), and its heat input with a steam cycle."""
    rule = book.need("steam_electric_heat_input", "combined_cycle")
    heat = sum(g.count * g.heat_input_mmbtu_per_h for g in source.groups if g.kind == "combined_cycle")
    return heat > rule.value, heat, rule


def psd_threshold(source: Source, book: Rulebook) -> Rule:
    """Major-source threshold of the category."""
    return book.need("psd_threshold", "listed" if listed(source, book)[0] else "unlisted")


def designations(source: Source) -> list[tuple[str, str]]:
    """Designations that are not attainment, the Ozone Transport Region among them."""
    out = [(d, source.area.get(d, "attainment")) for d in AREA_POLLUTANTS]
    if source.area.get("transport_region") == "yes":
        out.append(("ozone", "otr"))
    return [(d, status) for d, status in out if status != "attainment"]


def nonattainment_rules(source: Source, book: Rulebook) -> dict[str, Rule]:
    """Strictest nonattainment threshold by pollutant, over the area's designations."""
    out: dict[str, Rule] = {}
    for designation, status in designations(source):
        for name in AREA_POLLUTANTS[designation]:
            rule = book.find("nnsr_threshold", f"{designation}.{status}", name)
            if rule is not None and (name not in out or rule.value < out[name].value):
                out[name] = rule
    return out


def offset_rule(source: Source, book: Rulebook, name: str) -> Rule:
    """Highest offset ratio over the area's designations."""
    rows = [book.find("offset_ratio", f"{d}.{status}", name) for d, status in designations(source)]
    return max((r for r in rows if r is not None), key=lambda r: r.value)


def psd_pollutants(source: Source) -> tuple[str, ...]:
    """Pollutants whose own standard is attained there: NOx counts as NO2 even where ozone is not attained."""
    return tuple(n for n in NSR if source.area.get(OWN_STANDARD.get(n, ""), "attainment") == "attainment")


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """What new source review says.

    Attributes
    ----------
    findings : tuple of Finding
    psd, nonattainment : bool
    limits : dict of str to Rule
        Lowest major threshold by pollutant.
    """

    findings: tuple[Finding, ...]
    psd: bool
    nonattainment: bool
    limits: dict[str, Rule]


def review(source: Source, tons: Mapping[str, Tons], book: Rulebook) -> Review:
    """Prevention of significant deterioration and nonattainment review.

    Order: category, threshold; then by pollutant the area's status; once major for one, the others at their significant rates.
    """
    threshold = psd_threshold(source, book)
    is_listed, heat, steam = listed(source, book)
    major = [n for n in psd_pollutants(source) if n in tons and tons[n].pte_tpy >= threshold.value]
    highest = max((n for n in psd_pollutants(source) if n in tons), key=lambda n: tons[n].pte_tpy, default=None)
    category = (
        f"steam cycle with {heat:,.0f} MMBtu/h: a listed category ({steam.citation})" if is_listed else "not a listed category"
    )
    words = category + (f"; major for {', '.join(major)}" if major else "")
    findings = [
        Finding.of(
            "psd_major",
            threshold,
            bool(major),
            None if highest is None else tons[highest].pte_tpy,
            f"{words}; value is {highest}" if highest else category,
        )
    ]
    if major:
        findings += _bact(source, tons, book)
    nonattainment = nonattainment_rules(source, book)
    lost, more = _nonattainment(source, tons, nonattainment, book)
    findings += more
    limits = {n: threshold for n in psd_pollutants(source)}
    for name, rule in nonattainment.items():
        if name not in limits or rule.value < limits[name].value:
            limits[name] = rule
    return Review(findings=tuple(findings), psd=bool(major), nonattainment=lost, limits=limits)


def _nonattainment(
    source: Source, tons: Mapping[str, Tons], rules: Mapping[str, Rule], book: Rulebook
) -> tuple[bool, list[Finding]]:
    """Whether the source is major for a pollutant that the area does not attain; thresholds and offsets."""
    lost, findings = False, []
    for name, rule in rules.items():
        if name not in tons:
            continue
        over = tons[name].pte_tpy >= rule.value
        lost = lost or over
        area = rule.key.replace(".", " ")
        findings.append(
            Finding.of(
                f"nnsr_major_{name}",
                rule,
                over,
                tons[name].pte_tpy,
                f"{area}: lowest achievable rate, offsets, alternatives analysis, no cost defence" if over else area,
            )
        )
        if over:
            ratio = offset_rule(source, book, name)
            findings.append(
                Finding(
                    rule=f"offsets_{name}",
                    applies=True,
                    threshold=ratio.value,
                    value=ratio.value * tons[name].pte_tpy,
                    unit="tons",
                    citation=ratio.citation,
                    note="; ".join(w for w in (f"{ratio.value:g} to 1", ratio.remark) if w),
                    status=ratio.status,
                    claim=ratio.claim,
                )
            )
    return lost, findings


def _bact(source: Source, tons: Mapping[str, Tons], book: Rulebook) -> list[Finding]:
    """Best available control technology for every pollutant of an attained standard at its significant rate."""
    out = []
    for name in (*psd_pollutants(source), "co2e"):
        if name not in tons:
            continue
        if name == "co2e":
            found = book.find("ghg_bact", "any", "co2e")
            if found is None:
                continue
            rule = found
            if not source.ghg_bact:
                out.append(Finding.of("bact_co2e", rule, False, tons[name].pte_tpy, "switched off: ghg_bact = false"))
                continue
        else:
            rule = book.need("significant_rate", "any", name)
        out.append(Finding.of(f"bact_{name}", rule, tons[name].pte_tpy >= rule.value, tons[name].pte_tpy))
    return out


__all__ = ["AREA_POLLUTANTS", "NSR", "Finding", "Review", "nonattainment_rules", "psd_pollutants", "psd_threshold", "review"]
