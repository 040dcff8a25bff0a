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
        As EU law counts it.
    pue_without_pump : float or None
        Without plant used only to lift waste heat: what the law looks at for new centres; `pue` where left out.
    erf, renewable_share : float or None
    """

    start: dt.date
    on: dt.date
    non_redundant_kw: float | None = None
    pue: float | None = None
    pue_without_pump: float | None = None
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


def day_of(number: float) -> dt.date:
    """Day of a rule's number YYYYMMDD."""
    return dt.datetime.strptime(f"{number:.0f}", "%Y%m%d").date()


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
    waiting = due is not None and on < due
    known = limit is not None and value is not None
    kept = limit is not None and value is not None and (value <= limit + 1e-12 if at_most else value >= limit - 1e-12)
    result = "pass" if kept else "not yet due" if waiting else "fail" if known else "not known"
    silent = row.subject != rules and row.subject != "any"
    words = "; ".join(w for w in (note, row.remark, f"as the law: the {rules} is silent" if silent else "") if w)
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


def _steps(name: str, rules: str, rows: list[Rule], value: float | None, on: dt.date, at_most: bool) -> list[Finding]:
    """The step that holds on the day, and those to come."""
    rows = sorted(rows, key=lambda r: r.key)
    holding = [r for r in rows if r.key <= on.isoformat()]
    shown = [*holding[-1:], *(r for r in rows if r.key > on.isoformat())]
    return [_judge(name, rules, r, value, dt.date.fromisoformat(r.key), on, at_most) for r in shown]


def _existing(centre: GermanCentre, book: Rulebook, rules: str) -> list[Finding]:
    """Centres from before July 2026."""
    rows = _rows(book, "enefg_pue_existing", rules)
    known = [r for r in rows if r.number is not None]
    if not known:
        return [_judge("pue", rules, rows[0], centre.pue, None, centre.on, True)]
    return _steps("pue", rules, known, centre.pue, centre.on, True)


def _new(centre: GermanCentre, book: Rulebook, rules: str) -> list[Finding]:
    """Centres from July 2026: PUE and reused share, due some years after start."""
    due = add_years(centre.start, _rows(book, "enefg_years_after_start", rules)[0].value)
    pue = centre.pue_without_pump if centre.pue_without_pump is not None else centre.pue
    shares = sorted((r for r in _rows(book, "enefg_erf_new", rules) if r.key <= centre.start.isoformat()), key=lambda r: r.key)
    exempt = "exemptions of section 11(3) are not judged here"
    return [
        _judge("pue", rules, _rows(book, "enefg_pue_new", rules)[0], pue, due, centre.on, True),
        _judge("erf", rules, shares[-1], centre.erf, due, centre.on, False, exempt),
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
        if centre.renewable_share is not None:
            rows = _rows(book, "enefg_renewable", rules)
            out += _steps("renewable_share", rules, rows, centre.renewable_share, centre.on, False)
    return out


def japan(pue: float | None, start: dt.date | None = None) -> list[Finding]:
    """Findings by Japan's benchmark, and by the announced duty for new centres."""
    book = Rulebook(dt.date.today(), "disclosure_rules")
    bench, new = book.need("japan_pue", "benchmark"), book.need("japan_pue", "new_from_fy2029")
    target, begins = (day_of(book.need("japan_pue", key).value) for key in ("target_date", "new_start"))
    one = "of one site; the benchmark is the operator's mean over all"
    out = [_judge("pue_benchmark", "law", bench, pue, target, dt.date.today(), True, one)]
    if start is not None and start >= begins:
        out.append(_judge("pue_new", "announced", new, pue, None, dt.date.today(), True))
    return out


__all__ = ["Finding", "GermanCentre", "add_years", "day_of", "germany", "japan"]
