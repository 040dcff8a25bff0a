"""The files of a MiCA disclosure: a page to read and print, JSON, and the same page as inline XBRL.

Inline XBRL tags the fields whose concepts are known to us; the others stand as plain text. Rules followed: one entity
identifier, `xml:lang` on the root, no script, `escape` true for text blocks, `decimals` and no `precision`, percentages as
shares by `scale`, no hidden facts.
"""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gridroom.assets.mica import STATEMENTS, Filing, as_dict
from gridroom.assets.mica_fields import Field, Value, fields, scale_of
from gridroom.assets.mica_text import STYLE, TABLE_TITLES

XHTML = "http://www.w3.org/1999/xhtml"
IX = "http://www.xbrl.org/2013/inlineXBRL"
IXT = "http://www.xbrl.org/inlineXBRL/transformation/2022-02-16"
XBRLI = "http://www.xbrl.org/2003/instance"
LINK = "http://www.xbrl.org/2003/linkbase"
XLINK = "http://www.w3.org/1999/xlink"
UTR = "http://www.xbrl.org/2009/utr"
LEI_SCHEME = "http://standards.iso.org/iso/17442"
ENTRY = "https://www.esma.europa.eu/taxonomy/mica/2025-03-31/mica_entry_table_{}.xsd"
ENTRY_TABLE = {"other": 2, "art": 3, "emt": 4}
# Two public sources order this differently; the package says which holds, and then it is read from there.
MICA_NAMESPACE = "https://www.esma.europa.eu/taxonomy/mica/2025-03-31/mica_cor"
PREFIXES = {"": XHTML, "ix": IX, "ixt": IXT, "xbrli": XBRLI, "link": LINK, "xlink": XLINK, "utr": UTR}
XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@dataclass(frozen=True, slots=True, kw_only=True)
class Taxonomy:
    """Where the concepts live: entry point and namespace; read from the package where the user has one."""

    entry: str
    namespace: str
    assumed: bool

    @classmethod
    def unseen(cls, kind: str) -> Taxonomy:
        """Without the package: the entry point is published, the namespace assumed."""
        return cls(entry=ENTRY.format(ENTRY_TABLE[kind]), namespace=MICA_NAMESPACE, assumed=True)


def _element(parent: ET.Element | None, tagged: str, text: str | None = None, /, **attributes: str) -> ET.Element:
    prefix, _, local = tagged.rpartition(":")
    tag = f"{{{PREFIXES[prefix]}}}{local}"
    made = ET.Element(tag, attributes) if parent is None else ET.SubElement(parent, tag, attributes)
    made.text = text
    return made


def _units(filing: Filing) -> dict[str, str]:
    """Measures in use, by id."""
    used = {fields()[c].tag_unit for c, v in filing.values.items() if v.amount is not None and fields()[c].concept}
    return {unit: "xbrli:pure" if unit == "pure" else f"utr:{unit}" for unit in sorted(used - {""})}


def _header(body: ET.Element, filing: Filing, taxonomy: Taxonomy) -> None:
    # The header holds no facts; browsers show nothing of it.
    header = _element(_element(body, "div", style="display:none"), "ix:header")
    references = _element(header, "ix:references")
    schema = _element(references, "link:schemaRef")
    schema.set(f"{{{XLINK}}}type", "simple")
    schema.set(f"{{{XLINK}}}href", taxonomy.entry)
    resources = _element(header, "ix:resources")
    context = _element(resources, "xbrli:context", id="period")
    _element(_element(context, "xbrli:entity"), "xbrli:identifier", filing.lei, scheme=LEI_SCHEME)
    period = _element(context, "xbrli:period")
    _element(period, "xbrli:startDate", filing.start.isoformat())
    _element(period, "xbrli:endDate", filing.end.isoformat())
    for unit, measure in _units(filing).items():
        _element(_element(resources, "xbrli:unit", id=unit), "xbrli:measure", measure)


def _fact(cell: ET.Element, field: Field, value: Value) -> None:
    """The value as a tagged fact."""
    name = f"mica:{field.concept}"
    if value.amount is None:
        escape = "true" if field.concept.endswith("Explanatory") else "false"
        _element(cell, "ix:nonNumeric", value.filed, name=name, contextRef="period", escape=escape)
        return
    scale = scale_of(field)
    fact = _element(
        cell,
        "ix:nonFraction",
        value.filed,
        name=name,
        contextRef="period",
        unitRef=field.tag_unit,
        decimals=str(field.places - scale),
        format="ixt:num-dot-decimal",
    )
    if scale:
        fact.set("scale", str(scale))


ROLES = {
    "offeror": "OfferorsLegalEntityIdentifier",
    "issuer": "IssuersLegalEntityIdentifier",
    "operator": "OperatorsLegalEntityIdentifier",
}
TOKEN = "OtherTokenDigitalTokenIdentifierCode"


def _word(cell: ET.Element, concept: str, text: str) -> None:
    """A word as a tagged string."""
    _element(cell, "ix:nonNumeric", text, name=f"mica:{concept}", contextRef="period", escape="false")


def _identifiers(body: ET.Element, filing: Filing, tagged: bool) -> None:
    """LEI and token identifier, tagged where their concept is known."""
    line = _element(body, "p", "Legal entity identifier: ")
    if tagged and filing.role:
        _word(line, ROLES[filing.role], filing.lei)
    else:
        _element(line, "span", filing.lei)
    if filing.dti:
        line = _element(body, "p", "Digital token identifier: ")
        if tagged and filing.kind == "other":
            _word(line, TOKEN, filing.dti)
        else:
            _element(line, "span", filing.dti)


def _statements(body: ET.Element, filing: Filing) -> None:
    """What Art. 6 asks to be said; what is left out is said to be."""
    _element(body, "h2", "Statements")
    rows = _element(body, "ul")
    for key, words in STATEMENTS.items():
        _element(rows, "li", f"{words}: {filing.statements.get(key) or 'left out'}")


def _table(body: ET.Element, filing: Filing, number: int, tagged: bool) -> None:
    rows = [(f, filing.values[c]) for c, f in fields().items() if f.table == number and c in filing.values]
    if not rows:
        return
    _element(body, "h2", TABLE_TITLES[number])
    table = _element(body, "table")
    head = _element(_element(table, "thead"), "tr")
    for text in ("N", "Field", "Content"):
        _element(head, "th", text, scope="col")
    rest = _element(table, "tbody")
    for field, value in rows:
        row = _element(rest, "tr")
        _element(row, "td", f"S.{field.code[1:]}")
        _element(row, "th", field.name, scope="row")
        cell = _element(row, "td")
        if tagged and field.concept:
            _fact(cell, field, value)
        else:
            cell.text = value.filed
        last = list(cell)[-1] if len(cell) else None
        after = (f" {field.unit}" if field.unit and value.amount is not None else "") + (" (estimate)" if value.estimated else "")
        if last is not None:
            last.tail = after
        else:
            cell.text = (cell.text or "") + after


def page(filing: Filing, taxonomy: Taxonomy | None) -> str:
    """The disclosure as XHTML; with a taxonomy its known fields are tagged.

    Parameters
    ----------
    filing : Filing
    taxonomy : Taxonomy or None

    Returns
    -------
    str
    """
    for prefix, uri in PREFIXES.items():
        if prefix:
            ET.register_namespace(prefix, uri)
    ET.register_namespace("", XHTML)
    root = _element(None, "html")
    root.set(XML_LANG, filing.language)
    head = _element(root, "head")
    _element(head, "meta", content="text/html; charset=UTF-8").set("http-equiv", "Content-Type")
    _element(head, "title", f"{filing.asset}: sustainability indicators")
    _element(head, "style", STYLE, type="text/css")
    body = _element(root, "body")
    if taxonomy is not None:
        _header(body, filing, taxonomy)
    _element(body, "h1", f"{filing.asset}: adverse impacts on the climate and the environment")
    what = "white paper" if filing.document == "white_paper" else "crypto-asset service provider"
    _element(
        body,
        "p",
        f"{filing.name} (LEI {filing.lei}), {what}. Period {filing.start} to {filing.end}. Published "
        f"{filing.published}, last update "
        f"{filing.updated}. Delegated Regulation (EU) 2025/422, {filing.article}. Values marked (estimate) are estimates; "
        "offsets are not deducted.",
    )
    if taxonomy is not None:
        _element(
            body,
            "p",
            "This file holds the sustainability fields alone: a white paper to be notified needs the other fields "
            "of its template too.",
        )
    _identifiers(body, filing, taxonomy is not None)
    for number in (2, 3, 4):
        _table(body, filing, number, taxonomy is not None)
    _statements(body, filing)
    ET.indent(root)
    text = ET.tostring(root, encoding="unicode", short_empty_elements=True)
    if taxonomy is not None:
        # Names and measures are words inside attributes and text, so their prefixes have to be declared by hand.
        declared = f' xmlns:mica="{taxonomy.namespace}"' + "".join(
            f' xmlns:{p}="{uri}"' for p, uri in PREFIXES.items() if p and f"xmlns:{p}=" not in text.split(">", 1)[0]
        )
        text = text.replace("<html", f"<html{declared}", 1)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def write(filing: Filing, out: Path, taxonomy: Taxonomy) -> list[Path]:
    """Write `mica.html`, `mica.json` and `mica.xhtml` (inline XBRL) into a folder.

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    out.mkdir(parents=True, exist_ok=True)
    document: dict[str, Any] = {"schema_version": "1", **as_dict(filing)}
    files = {
        "mica.html": page(filing, None),
        "mica.json": json.dumps(document, ensure_ascii=False, indent=1) + "\n",
        "mica.xhtml": page(filing, taxonomy),
    }
    for name, text in files.items():
        (out / name).write_text(text, encoding="utf-8")
    return [out / name for name in files]


__all__ = ["LEI_SCHEME", "Taxonomy", "page", "write"]
