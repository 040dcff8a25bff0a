"""Rules of inline XBRL filings that a product can check itself; not a validation against ESMA's taxonomy.

Rules of the reporting manual as public rule references quote them.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path

from gridroom.assets.identifiers import lei_fault
from gridroom.assets.mica_fields import fields
from gridroom.assets.mica_write import IX, LEI_SCHEME, LINK, XBRLI, XHTML, XML_LANG
from gridroom.core.errors import Problem, StudyError

NUMERIC, WORDS = f"{{{IX}}}nonFraction", f"{{{IX}}}nonNumeric"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One rule and whether the file keeps it."""

    rule: str
    kept: bool
    what: str = ""


def read(path: Path) -> ET.Element:
    """Root of an XHTML file.

    Raises
    ------
    StudyError
        If it is not well-formed, or declares entities of its own.
    """
    data = path.read_bytes()
    if b"<!ENTITY" in data:
        raise StudyError(Problem(str(path), "declares entities of its own, which filings may not"))
    try:
        return ET.fromstring(data)
    except ET.ParseError as fault:
        raise StudyError(Problem(str(path), f"is not well-formed XHTML: {fault}")) from None


def _facts(root: ET.Element) -> list[ET.Element]:
    return [e for e in root.iter() if e.tag in (NUMERIC, WORDS)]


def _hidden(root: ET.Element) -> list[str]:
    """Facts inside something that is not shown, and facts in `ix:hidden`."""
    found: list[str] = []

    def walk(element: ET.Element, unseen: bool) -> None:
        style = element.get("style", "").replace(" ", "").lower()
        below = unseen or "display:none" in style or element.tag == f"{{{IX}}}hidden"
        if below and element.tag in (NUMERIC, WORDS):
            found.append(str(element.get("name")))
        for child in element:
            walk(child, below)

    walk(root, False)
    return found


def number_of(fact: ET.Element) -> Decimal | None:
    """Value of a numeric fact, scaled and signed; None where it is no number."""
    try:
        value = Decimal("".join(fact.itertext()).strip().replace(",", ""))
    except InvalidOperation:
        return None
    value = value.scaleb(int(fact.get("scale", "0")))
    return -value if fact.get("sign") == "-" else value


def _duplicates(facts: list[ET.Element]) -> list[str]:
    seen: dict[tuple[str | None, ...], Decimal] = {}
    out = []
    for fact in facts:
        value = number_of(fact)
        if fact.tag != NUMERIC or value is None:
            continue
        key = (fact.get("name"), fact.get("contextRef"), fact.get("unitRef"))
        if seen.setdefault(key, value) != value:
            out.append(f"{fact.get('name')}: {seen[key]} and {value}")
    return out


def _numbers(facts: list[ET.Element], units: dict[str | None, str]) -> list[str]:
    """Numeric facts without number, decimals or a known unit, or in a unit that is not the concept's."""
    wanted = {f"mica:{f.concept}": f.tag_unit for f in fields().values() if f.concept and f.tag_unit}
    out = []
    for fact in facts:
        if fact.tag != NUMERIC:
            continue
        name = str(fact.get("name"))
        if number_of(fact) is None:
            out.append(f"{name} holds no number")
        if fact.get("decimals") is None or fact.get("precision") is not None:
            out.append(f"{name} needs decimals, and no precision")
        unit = units.get(fact.get("unitRef"))
        if unit is None:
            out.append(f"{name} has no unit that is defined")
        elif name in wanted and unit.rpartition(":")[2] != wanted[name]:
            out.append(f"{name} is tagged in {unit}, not {wanted[name]}")
    return out


def _shown_units(root: ET.Element) -> list[str]:
    """Numbers whose unit, as the page shows it, differs from what the tag says: label and tag must agree."""
    out = []
    scales = {f"mica:{f.concept}": f for f in fields().values() if f.concept and f.tag_unit}
    for cell in root.iter():
        for fact in cell:
            field = scales.get(str(fact.get("name")))
            if fact.tag != NUMERIC or field is None:
                continue
            shown = re.match(r"\s*(kg|t|g|%|kWh|MWh|GWh)(?![A-Za-z]*[a-z]{3})", fact.tail or "")
            if shown is None:
                continue
            power = {"kg": -3, "g": -6, "t": 0, "%": -2, "kWh": 0, "MWh": 3, "GWh": 6}[shown[1]]
            if int(fact.get("scale", "0")) != power:
                out.append(f"{field.label} is shown in {shown[1]} but its tag has scale {fact.get('scale', '0')}, not {power}")
    return out


def own_rules(path: Path) -> list[Finding]:
    """Check a file against the rules that need no taxonomy.

    Parameters
    ----------
    path : Path
        An inline XBRL file, ours or another's.

    Returns
    -------
    list of Finding
        One a rule.

    Raises
    ------
    StudyError
        If the file is not XHTML.
    """
    root = read(path)
    facts = _facts(root)
    identifiers = [(i.get("scheme"), (i.text or "").strip()) for i in root.iter(f"{{{XBRLI}}}identifier")]
    contexts = {c.get("id") for c in root.iter(f"{{{XBRLI}}}context")}
    units = {u.get("id"): (m.text or "").strip() for u in root.iter(f"{{{XBRLI}}}unit") for m in u.iter(f"{{{XBRLI}}}measure")}
    lei = identifiers[0][1] if identifiers else ""
    escapes = [
        str(f.get("name"))
        for f in facts
        if f.tag == WORDS and (f.get("escape") == "true") != str(f.get("name")).endswith("Explanatory")
    ]
    banned = [t for t in ("script", "base") if next(root.iter(f"{{{XHTML}}}{t}"), None) is not None]
    based = any("{http://www.w3.org/XML/1998/namespace}base" in e.attrib for e in root.iter())
    segments = next(root.iter(f"{{{XBRLI}}}segment"), None) is not None
    dates = [
        (d.text or "").strip()
        for d in root.iter()
        if d.tag in (f"{{{XBRLI}}}startDate", f"{{{XBRLI}}}endDate", f"{{{XBRLI}}}instant")
    ]
    loose = [str(f.get("name")) for f in facts if f.get("contextRef") not in contexts]
    checks = [
        ("the root is html with xml:lang", root.tag == f"{{{XHTML}}}html" and bool(root.get(XML_LANG)), ""),
        ("there are facts", bool(facts), ""),
        ("a taxonomy is named", next(root.iter(f"{{{LINK}}}schemaRef"), None) is not None, ""),
        (
            "one entity identifier, an LEI",
            len(set(identifiers)) == 1 and identifiers[0][0] == LEI_SCHEME,
            "" if identifiers else "none",
        ),
        ("the LEI's check digits hold", bool(identifiers) and not lei_fault(lei), lei_fault(lei) if identifiers else ""),
        ("every fact has a context that is defined", not loose, ", ".join(loose)),
        ("numbers have decimals and their concept's unit", not _numbers(facts, units), "; ".join(_numbers(facts, units))),
        ("label and tag agree", not _shown_units(root), "; ".join(_shown_units(root))),
        ("numeric duplicates agree", not _duplicates(facts), "; ".join(_duplicates(facts))),
        ("escape is true for text blocks, false for others", not escapes, ", ".join(escapes)),
        ("no script, base or xml:base", not banned and not based, ", ".join([*banned, *(["xml:base"] if based else [])])),
        ("no fact is hidden", not _hidden(root), ", ".join(_hidden(root))),
        ("dimensions in scenario, never in segment", not segments, ""),
        ("dates without time", not any("T" in d for d in dates), ", ".join(d for d in dates if "T" in d)),
    ]
    return [Finding(rule=rule, kept=kept, what="" if kept else what) for rule, kept, what in checks]


__all__ = ["Finding", "number_of", "own_rules", "read"]
