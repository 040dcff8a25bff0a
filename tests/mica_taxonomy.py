"""A tiny taxonomy package, the concepts we know and one assertion: stands for ESMA's, to test the way to Arelle."""

import zipfile
from pathlib import Path

from gridroom.assets.mica_fields import fields

BASE = "https://www.esma.europa.eu/taxonomy/mica/2025-03-31/"
NAMESPACE = "https://www.esma.europa.eu/taxonomy/2025-03-31/mica/mica_cor"
KINDS = {
    "text": "xbrli:stringItemType",
    "date": "xbrli:dateItemType",
    "decimal": "xbrli:decimalItemType",
    "share": "xbrli:pureItemType",
}


def core() -> str:
    elements = "\n".join(
        f'<xsd:element id="mica_{f.concept}" name="{f.concept}" type="{KINDS[f.kind]}" substitutionGroup="xbrli:item" '
        'xbrli:periodType="duration" nillable="true"/>'
        for f in fields().values()
        if f.concept
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xbrli="http://www.xbrl.org/2003/instance"
  targetNamespace="{NAMESPACE}" xmlns:mica="{NAMESPACE}" elementFormDefault="qualified">
<xsd:import namespace="http://www.xbrl.org/2003/instance" schemaLocation="http://www.xbrl.org/2003/xbrl-instance-2003-12-31.xsd"/>
{elements}
</xsd:schema>"""


ENTRY = f"""<?xml version="1.0" encoding="UTF-8"?>
<xsd:schema xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:link="http://www.xbrl.org/2003/linkbase"
  xmlns:xlink="http://www.w3.org/1999/xlink" targetNamespace="{NAMESPACE}/entry">
<xsd:annotation><xsd:appinfo>
<link:linkbaseRef xlink:type="simple" xlink:arcrole="http://www.w3.org/1999/xlink/properties/linkbase" xlink:href="mica_for.xml"/>
</xsd:appinfo></xsd:annotation>
<xsd:import namespace="{NAMESPACE}" schemaLocation="mica_cor.xsd"/>
</xsd:schema>"""

# Energy must be at least 0: one value assertion with one fact variable.
FORMULA = f"""<?xml version="1.0" encoding="UTF-8"?>
<link:linkbase xmlns:link="http://www.xbrl.org/2003/linkbase" xmlns:xlink="http://www.w3.org/1999/xlink"
  xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:generic="http://xbrl.org/2008/generic"
  xmlns:va="http://xbrl.org/2008/assertion/value" xmlns:variable="http://xbrl.org/2008/variable"
  xmlns:cf="http://xbrl.org/2008/filter/concept" xmlns:mica="{NAMESPACE}"
  xsi:schemaLocation="http://xbrl.org/2008/generic http://www.xbrl.org/2008/generic-link.xsd
  http://xbrl.org/2008/assertion/value http://www.xbrl.org/2008/value-assertion.xsd
  http://xbrl.org/2008/variable http://www.xbrl.org/2008/variable.xsd
  http://xbrl.org/2008/filter/concept http://www.xbrl.org/2008/concept-filter.xsd">
<link:roleRef roleURI="http://www.xbrl.org/2008/role/link" xlink:type="simple"
  xlink:href="http://www.xbrl.org/2008/generic-link.xsd#standard-link-role"/>
<link:arcroleRef arcroleURI="http://xbrl.org/arcrole/2008/variable-set" xlink:type="simple"
  xlink:href="http://www.xbrl.org/2008/variable.xsd#variable-set"/>
<link:arcroleRef arcroleURI="http://xbrl.org/arcrole/2008/variable-filter" xlink:type="simple"
  xlink:href="http://www.xbrl.org/2008/variable.xsd#variable-filter"/>
<generic:link xlink:type="extended" xlink:role="http://www.xbrl.org/2008/role/link">
<va:valueAssertion xlink:type="resource" xlink:label="v1" id="v1" aspectModel="dimensional" implicitFiltering="true"
  test="$e lt 1000000000"/>
<variable:factVariable xlink:type="resource" xlink:label="e" bindAsSequence="false"/>
<cf:conceptName xlink:type="resource" xlink:label="n">
<cf:concept><cf:qname>mica:EnergyConsumption</cf:qname></cf:concept></cf:conceptName>
<variable:variableArc xlink:type="arc" xlink:arcrole="http://xbrl.org/arcrole/2008/variable-set" xlink:from="v1"
  xlink:to="e" name="e" order="1"/>
<variable:variableFilterArc xlink:type="arc" xlink:arcrole="http://xbrl.org/arcrole/2008/variable-filter" xlink:from="e"
  xlink:to="n"
  complement="false" cover="true" order="1"/>
</generic:link>
</link:linkbase>"""

PACKAGE = """<?xml version="1.0" encoding="UTF-8"?>
<tp:taxonomyPackage xmlns:tp="http://xbrl.org/2016/taxonomy-package" xml:lang="en">
<tp:identifier>test</tp:identifier><tp:name>test</tp:name><tp:version>1</tp:version>
</tp:taxonomyPackage>"""

CATALOG = f"""<?xml version="1.0" encoding="UTF-8"?>
<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">
<rewriteURI uriStartString="{BASE}" rewritePrefix="../files/"/></catalog>"""


def write_package(path: Path, formula: bool = True) -> Path:
    """The package as a ZIP; without formulas nothing can be evaluated."""
    entry = (
        ENTRY
        if formula
        else ENTRY.replace(
            '<link:linkbaseRef xlink:type="simple" xlink:arcrole="http://www.w3.org/1999/xlink/properties/linkbase" '
            'xlink:href="mica_for.xml"/>',
            "",
        )
    )
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in (
            ("META-INF/taxonomyPackage.xml", PACKAGE),
            ("META-INF/catalog.xml", CATALOG),
            ("files/mica_cor.xsd", core()),
            ("files/mica_entry_table_2.xsd", entry),
            ("files/mica_for.xml", FORMULA),
        ):
            archive.writestr(f"test/{name}", text)
    return path
