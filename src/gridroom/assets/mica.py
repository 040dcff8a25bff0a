"""A MiCA sustainability disclosure: which fields it must hold, from whom, and what our own estimate fills in.

Delegated Regulation (EU) 2025/422, Art. 4 (white papers) and 5 (providers). Table 2 always; Table 3 when energy exceeds the
threshold: white papers in any case, providers when they run a trading platform or exchange; single optional fields then come
with their sources field.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from gridroom.assets.energy import NetworkEnergy
from gridroom.assets.mica_fields import Value, fact_of, fields, plain
from gridroom.assets.parameters import parameter
from gridroom.core.errors import Problem
from gridroom.reference.rules import Rulebook, all_rules

# MiCA Art. 3(1)(16): services that make Table 3 mandatory for providers.
TRADING = ("b", "c", "d")
SERVICES = {
    "a": "custody",
    "b": "trading_platform",
    "c": "exchange_for_funds",
    "d": "exchange_for_crypto_assets",
    "e": "execution",
    "f": "placing",
    "g": "reception_and_transmission",
    "h": "advice",
    "i": "portfolio_management",
    "j": "transfer",
}
# What Art. 6 asks to be said beside the fields: key, article, words.
STATEMENTS = {
    "source_white_papers": "Art. 6(2) to (4): white papers that the data come from, and who verified them",
    "deviations": "Art. 6(5): deviations from ESRS E1",
    "gap_method": "Art. 6(8): method that fills gaps",
    "datasets": "Art. 6(8): datasets",
    "data_provider": "Art. 6(8): provider of the data, with link",
}
RENEWABLE = ("hydro", "wind", "solar", "photovolt", "pv", "geotherm", "bio", "wave", "tidal", "marine", "renewable")
OTHER_SOURCES = ("nuclear", "coal", "lignite", "gas", "oil", "diesel", "peat", "fossil", "waste", "other", "unknown")


@dataclass(frozen=True, slots=True, kw_only=True)
class Filing:
    """One disclosure.

    Attributes
    ----------
    name, lei : str
        Of the entity.
    services : tuple of str
        Letters of MiCA Art. 3(1)(16); empty for a white paper.
    document : str
        `white_paper` or `provider`.
    asset : str
    kind : str
        `other`, `art` or `emt`: which entry point of the taxonomy.
    dti : str
    start, end : date
    values : dict of str to Value
    estimate : NetworkEnergy or None
        Our own, where the file asks for it.
    statements : dict of str to str
        What Art. 6 asks to be said beside the fields, by key of `STATEMENTS`.
    role : str
        `offeror`, `issuer` or `operator`: which identifier concept the LEI is tagged with; empty: none.
    published, updated : date
        Shown on providers' pages.
    language : str
    """

    name: str
    lei: str
    services: tuple[str, ...]
    document: str
    asset: str
    kind: str
    dti: str
    start: dt.date
    end: dt.date
    values: dict[str, Value]
    estimate: NetworkEnergy | None
    statements: dict[str, str]
    role: str
    published: dt.date
    updated: dt.date
    language: str

    @property
    def article(self) -> str:
        """Article that says what is mandatory."""
        return "Art. 4" if self.document == "white_paper" else "Art. 5"

    def threshold_kwh(self) -> Decimal:
        """Energy above which Table 3 is mandatory, by the rules of the day of publication [kWh]."""
        return Decimal(str(Rulebook(self.published, "disclosure_rules").need("mica_supplementary", "energy").value))

    @property
    def exceeds(self) -> bool | None:
        """Whether energy exceeds the threshold; None without S.8."""
        energy = self.values.get("S8")
        return None if energy is None or energy.amount is None else Decimal(energy.filed) > self.threshold_kwh()

    @property
    def supplementary(self) -> bool:
        """Whether Table 3 is mandatory."""
        trades = self.document == "white_paper" or bool(set(self.services) & set(TRADING))
        return bool(self.exceeds) and trades


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A mandatory field without a value."""

    code: str
    name: str
    article: str
    why: str

    def problem(self) -> Problem:
        """The same as a problem."""
        label = fields()[self.code].label
        return Problem(
            f"fields.{self.code}",
            f"is missing: {label}, mandatory by Delegated Regulation (EU) 2025/422 {self.article} ({self.why})",
            _hint(self.code),
        )


def _hint(code: str) -> str:
    unit = fields()[code].unit
    if code == "S8":
        return 'S8 = { kwh = … }, or network = "…" for our own estimate'
    return f"{code} = {{ … }} in {unit}" if unit else f'{code} = "…"'


def missing(filing: Filing) -> list[Missing]:
    """Mandatory fields without a value."""
    out = []
    for code, field in fields().items():
        if code in filing.values:
            continue
        if field.table == 2:
            out.append(Missing(code=code, name=field.name, article=filing.article, why="Table 2, always"))
        elif field.table == 3 and filing.supplementary:
            why = f"Table 3: energy exceeds {plain(filing.threshold_kwh())} kWh" + (
                "" if filing.document == "white_paper" else ", with a trading service"
            )
            out.append(Missing(code=code, name=field.name, article=filing.article, why=why))
    gone = {m.code for m in out}
    for code in filing.values:
        needed = fields()[code].sources_field
        if needed and needed not in filing.values and needed not in gone and fields()[needed].table > 2:
            gone.add(needed)
            out.append(
                Missing(
                    code=needed,
                    name=fields()[needed].name,
                    article=filing.article,
                    why=f"it names the sources of {fields()[code].label}",
                )
            )
    return sorted(out, key=lambda m: int(m.code[1:]))


def conflicts(filing: Filing) -> list[Problem]:
    """Values that cannot all be right."""
    problems = []
    rule = next(r for r in all_rules("disclosure_rules") if r.rule == "mica_supplementary")
    if filing.published.isoformat() < rule.valid_from:
        problems.append(Problem("published", f"lies before the regulation applies, {rule.valid_from}; got {filing.published}"))
    renewable, mix = filing.values.get("S10"), filing.values.get("S17")
    if renewable is not None and renewable.amount is not None:
        if mix is not None and mix.mix:
            unknown = [n for n, _ in mix.mix if not any(w in n.lower() for w in (*RENEWABLE, *OTHER_SOURCES))]
            green = sum((v for n, v in mix.mix if n in unknown or any(w in n.lower() for w in RENEWABLE)), Decimal(0))
            if renewable.amount > green + Decimal("0.01"):
                problems.append(
                    Problem(
                        "fields.S10",
                        f"is more than the renewable sources of S.17: {plain(renewable.amount)} against {plain(green)} %",
                        "nuclear and fossil sources are not renewable",
                    )
                )
        sustainable, survey = parameter("bitcoin_sustainable_share"), parameter("bitcoin_renewable_share")
        bitcoin = filing.asset.strip().lower() in ("bitcoin", "btc") or (
            filing.estimate is not None and filing.estimate.network == "bitcoin"
        )
        if bitcoin and abs(renewable.amount - Decimal(str(sustainable.best)) * 100) < Decimal("0.05"):
            problems.append(
                Problem(
                    "fields.S10",
                    f"is the survey's sustainable share, nuclear included; got {plain(renewable.amount)} %",
                    f"renewable alone is {survey.best:.1%}",
                )
            )
    return problems


def as_dict(filing: Filing) -> dict[str, Any]:
    """The disclosure for JSON: each field in full and as filed."""
    rows = []
    for code, field in fields().items():
        value = filing.values.get(code)
        if value is None:
            continue
        amount = value.amount
        rows.append(
            {
                "code": f"S.{code[1:]}",
                "name": field.name,
                "table": field.table,
                "value": value.filed if amount is None else float(Decimal(value.filed)),
                "filed": value.filed,
                "full": None if amount is None else plain(amount),
                "unit": field.unit or None,
                "concept": f"mica:{field.concept}" if field.concept else None,
                "tagged": None if not field.concept or amount is None else plain(fact_of(field, value)),
                "tagged_unit": field.tag_unit or None if field.concept else None,
                "estimated": value.estimated,
            }
        )
    return {
        "entity": {"name": filing.name, "lei": filing.lei, "services": list(filing.services)},
        "document": filing.document,
        "asset": {"name": filing.asset, "kind": filing.kind, "dti": filing.dti or None},
        "period": {"start": filing.start.isoformat(), "end": filing.end.isoformat()},
        "published": filing.published.isoformat(),
        "last_update": filing.updated.isoformat(),
        "article": f"Delegated Regulation (EU) 2025/422 {filing.article}",
        "statements": {key: filing.statements.get(key) for key in STATEMENTS},
        "exceeds_threshold": filing.exceeds,
        "supplementary_mandatory": filing.supplementary,
        "fields": rows,
    }


__all__ = ["SERVICES", "STATEMENTS", "TRADING", "Filing", "Missing", "as_dict", "conflicts", "missing"]
