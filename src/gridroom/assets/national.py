"""What German and Japanese law ask of a data centre's efficiency, by each set of rules: the law, a draft, a bill.

EnEfG sections 3, 11; the drafts are not in force and are shown beside the law, never in its place.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from gridroom.reference.rules import Rule, Rulebook

SETS = ("law", "draft", "bill")


@dataclass(frozen=True, slots=True, kw_only=True)
class GermanCentre:
    """What the German rules need.

    Attributes
    ----------
    start : date
        Start of operation.
    on : date
        Day of the judgement.
    non_redundant_kw : float or None
        Rated connection without redundancy [kW].
    pue : float or None
        Without plant used only to lift waste heat.
    erf, renewable_share : float or None
    """

    start: dt.date
    on: dt.date
    non_redundant_kw: float | None = None
    pue: float | None = None
    erf: float | None = None
    renewable_share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One duty by one set of rules.

    Attributes
    ----------
    rule, rules : str
        Duty, and which set: law, draft, bill.
    result : str
        `pass`, `fail`, `not yet due`, `not due`, `not known`.
    value, limit : float or None
    due : str
        Day from which it holds; empty where it holds already or never.
    citation, status, note : str
    """

    rule: str
    rules: str
    result: str
    value: float | None
    limit: float | None
    due: str
    citation: str
    status: str
    note: str

    def as_dict(self) -> dict[str, Any]:
        """The finding for JSON."""
        return {k: getattr(self, k) for k in self.__slots__}


def add_years(day: dt.date, years: float) -> dt.date:
    """The same day so many whole years later; 29 February becomes 1 March."""
    try:
        return day.replace(year=day.year + int(years))
    except ValueError:
        return dt.date(day.year + int(years), 3, 1)


def _rows(book: Rulebook, rule: str, rules: str) -> list[Rule]:
    """Rows of a set; where a draft or bill is silent, the law's."""
    own = [r for r in book.of(rule) if r.subject == rules]
    return own or [r for r in book.of(rule) if r.subject == "law"]


def _judge(
    rule: str, rules: str, row: Rule, value: float | None, due: dt.date | None, on: dt.date, at_most: bool, note: str = ""
) -> Finding:
    limit = row.number
    if limit is None or value is None:
        result = "not known"
    else:
        kept = value <= limit + 1e-12 if at_most else value >= limit - 1e-12
        waiting = due is not None and on < due
        result = "pass" if kept else "not yet due" if waiting else "fail"
    words = "; ".join(w for w in (note, row.remark, "" if row.subject == rules else f"as the law: the {rules} is silent") if w)
    return Finding(
        rule=rule,
        rules=rules,
        result=result,
        value=value,
        limit=limit,
        due="" if due is None else due.isoformat(),
        citation=row.citation,
        status=row.status,
        note=words,
    )


def _existing(centre: GermanCentre, book: Rulebook, rules: str) -> list[Finding]:
    """Centres from before July 2026: the PUE step that holds on the day, else the first to come."""
    rows = [r for r in _rows(book, "enefg_pue_existing", rules) if r.number is not None]
    if not rows:
        row = _rows(book, "enefg_pue_existing", rules)[0]
        return [_judge("pue", rules, row, centre.pue, None, centre.on, True)]
    rows.sort(key=lambda r: r.key)
    holding = [r for r in rows if r.key <= centre.on.isoformat()]
    row = holding[-1] if holding else rows[0]
    return [_judge("pue", rules, row, centre.pue, dt.date.fromisoformat(row.key), centre.on, True)]


def _new(centre: GermanCentre, book: Rulebook, rules: str) -> list[Finding]:
    """Centres from July 2026: PUE and reused share, due some years after start."""
    due = add_years(centre.start, _rows(book, "enefg_years_after_start", rules)[0].value)
    pue = _rows(book, "enefg_pue_new", rules)[0]
    shares = sorted((r for r in _rows(book, "enefg_erf_new", rules) if r.key <= centre.start.isoformat()), key=lambda r: r.key)
    return [
        _judge("pue", rules, pue, centre.pue, due, centre.on, True),
        _judge("erf", rules, shares[-1], centre.erf, due, centre.on, False, "exemptions of section 11(3) are not judged here"),
    ]


def germany(centre: GermanCentre) -> list[Finding]:
    """Findings by the law, the ministry's draft and the cabinet's bill, as they stand on the day.

    Parameters
    ----------
    centre : GermanCentre

    Returns
    -------
    list of Finding
    """
    # All three sets as we know them: a judgement for a later day may rest on a bill of today.
    book = Rulebook(max(centre.on, dt.date.today()), "disclosure_rules")
    scope = book.need("enefg_scope", "non_redundant_kw", "law")
    out = []
    if centre.non_redundant_kw is not None:
        inside = centre.non_redundant_kw >= scope.value
        out.append(
            Finding(
                rule="scope",
                rules="law",
                result="pass" if inside else "not due",
                value=centre.non_redundant_kw,
                limit=scope.value,
                due="",
                citation=scope.citation,
                status=scope.status,
                note="in scope" if inside else "below the scope: the duties do not hold",
            )
        )
        if not inside:
            return out
    new = centre.start >= dt.date.fromisoformat(book.of("enefg_pue_new")[0].key)
    for rules in SETS:
        if not any(
            r.subject == rules for name in ("enefg_pue_existing", "enefg_pue_new", "enefg_years_after_start") for r in book.of(name)
        ):
            continue
        out += _new(centre, book, rules) if new else _existing(centre, book, rules)
        renewable = sorted(
            (r for r in _rows(book, "enefg_renewable", rules) if r.key <= centre.on.isoformat()), key=lambda r: r.key
        )
        if centre.renewable_share is not None and renewable:
            out.append(
                _judge(
                    "renewable_share",
                    rules,
                    renewable[-1],
                    centre.renewable_share,
                    dt.date.fromisoformat(renewable[-1].key),
                    centre.on,
                    False,
                )
            )
    return out


def japan(pue: float | None, start: dt.date | None = None) -> list[Finding]:
    """Findings by Japan's benchmark, and by the announced duty for new centres."""
    book = Rulebook(dt.date.today(), "disclosure_rules")
    bench, new = book.need("japan_pue", "benchmark"), book.need("japan_pue", "new_from_fy2029")
    out = [
        _judge(
            "pue_benchmark", "law", bench, pue, dt.date(2031, 3, 31), dt.date.today(), True, "target year fiscal 2030, by operator"
        )
    ]
    if start is not None and start >= dt.date(2029, 4, 1):
        out.append(_judge("pue_new", "announced", new, pue, None, dt.date.today(), True))
    return out


__all__ = ["Finding", "GermanCentre", "add_years", "germany", "japan"]
