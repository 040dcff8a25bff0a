"""Cells of a spreadsheet as values: megawatts with their units, dates in any common form, states, stages, ramps.

Each function answers the value and a note, or raises `Unreadable` with the rule that the cell breaks and a next step.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from gridroom.core.errors import nearest
from gridroom.pipeline.text import STATE_CODES, STATES

MOST_MW = 20_000.0
STAGES = ("inquiry", "study requested", "study complete", "engineering agreement", "construction agreement", "service agreement",
          "energised")
# How utilities name these stages (assumed mapping, facts of each utility's process).
STAGE_WORDS: dict[str, int] = {
    "inquiry": 0, "enquiry": 0, "prospect": 0, "lead": 0, "pre application": 0, "preapplication": 0, "no study submitted": 0,
    "no studies submitted": 0, "informal": 0,
    "study requested": 1, "application": 1, "applied": 1, "study": 1, "in study": 1, "under study": 1, "under review": 1,
    "under ercot review": 1, "queued": 1, "feasibility study": 1, "load study": 1, "system impact study": 1, "study in progress": 1,
    "study complete": 2, "study completed": 2, "study done": 2, "studies complete": 2, "planning studies approved": 2,
    "studies approved": 2, "facility study": 2, "facilities study": 2,
    "engineering agreement": 3, "engineering": 3, "selo": 3, "seloa": 3, "substation engineering letter of authorization": 3,
    "technical review": 3, "letter of agreement": 3, "loa": 3, "officer letter": 3,
    "construction agreement": 4, "construction": 4, "clo": 4, "cloa": 4, "construction letter of authorization": 4,
    "request for service": 4, "under construction": 4, "interconnection agreement": 4,
    "service agreement": 5, "electric service agreement": 5, "esa": 5, "contract": 5, "contract for electric service": 5,
    "contracted": 5, "signed": 5, "signed contract": 5, "approved to energize": 5, "approved to energise": 5,
    "energised": 6, "energized": 6, "in service": 6, "operational": 6, "operating": 6, "connected": 6, "observed energized": 6,
}
STATUS_WORDS = {
    "active": "active", "open": "active", "pending": "active", "suspended": "active", "on hold": "active", "in progress": "active",
    "withdrawn": "withdrawn", "cancelled": "withdrawn", "canceled": "withdrawn", "terminated": "withdrawn", "inactive": "withdrawn",
    "rejected": "withdrawn", "removed": "withdrawn", "dead": "withdrawn",
    "energised": "energised", "energized": "energised", "in service": "energised", "operational": "energised",
    "completed": "energised", "complete": "energised", "built": "energised", "connected": "energised", "operating": "energised",
}
MONTHS = {name: k + 1 for k, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split())}
UNKNOWN = frozenset(["", "n/a", "na", "none", "null", "nan", "-", "--", "–", "—", "?", "unknown", "not available", "#n/a"])
FIRST_YEAR, LAST_YEAR = 1990, 2100


class Unreadable(ValueError):
    """A cell that breaks a rule.

    Parameters
    ----------
    what : str
        Rule and value.
    hint : str
        Next step.
    """

    def __init__(self, what: str, hint: str = "") -> None:
        super().__init__(what)
        self.what, self.hint = what, hint


@dataclass(frozen=True, slots=True)
class Read:
    """A value and what was done to read it; an empty note where nothing was."""

    value: float | str | date | None
    note: str = ""


def clean(cell: str) -> str:
    """Cell with ordinary digits, signs and spaces."""
    text = unicodedata.normalize("NFKC", cell).replace("\u2212", "-").replace("\u00a0", " ").replace("\u202f", " ")
    return text.strip().strip("'").strip()


def is_unknown(cell: str) -> bool:
    """Whether a cell says that nothing is known."""
    return clean(cell).lower() in UNKNOWN


def unit_of_header(header: str) -> str:
    """Unit that a header names, `mw` where it names none, `mixed` where several."""
    found = set(re.findall(r"(?<![a-z])([kmg]w|mva)(?![a-z])", header.lower().replace("_", " ")))
    return "mixed" if len(found) > 1 else (found.pop() if found else "mw")


def _check_formula(text: str) -> None:
    if text.startswith("=") or re.match(r"^[+@][A-Za-z]", text):
        raise Unreadable(f"holds a formula, {text[:40]!r}", "put the value itself into the cell")
    if text.startswith("#") and text.rstrip("!?/0A").isupper():
        raise Unreadable(f"holds an error of the spreadsheet, {text!r}", "put the value itself into the cell")


def number(cell: str, decimal_comma: bool = False) -> float:
    """Plain number.

    Raises
    ------
    Unreadable
        If it is none, or its comma or point can be read two ways.
    """
    text = clean(cell)
    _check_formula(text)
    if re.fullmatch(r"\(.*\)", text):
        raise Unreadable(f"is in brackets, {text!r}: negative, or a remark", "write the number with its sign")
    bare = text.replace(" ", "").replace("'", "").replace("_", "")
    if decimal_comma:
        if re.fullmatch(r"-?\d{1,3}[.,]\d{3}", bare):
            raise Unreadable(f"is {text!r}: its point or comma may be a decimal mark or part thousands", "write it without either")
        if re.fullmatch(r"-?\d{1,3}(\.\d{3})+(,\d+)?", bare) or re.fullmatch(r"-?\d+,\d+", bare):
            return float(bare.replace(".", "").replace(",", "."))
    if re.fullmatch(r"-?\d{1,3}(,\d{3})+(\.\d+)?", bare):
        return float(bare.replace(",", ""))
    if re.fullmatch(r"-?\d+,\d+", bare):
        raise Unreadable(f"is {text!r}: its comma may be a decimal mark", "write it with a point")
    if re.fullmatch(r"-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", bare, re.IGNORECASE):
        return float(bare)
    raise Unreadable(f"is {text[:60]!r}, which is no number", "write one number, or leave it blank where nothing is known")


def megawatts(cell: str, header_unit: str = "mw", decimal_comma: bool = False) -> Read:
    """Power [MW], from whatever unit the cell or its header names.

    Raises
    ------
    Unreadable
        If it is no single power above 0 and at most `MOST_MW`.
    """
    text = clean(cell)
    _check_formula(text)
    if "%" in text or re.search(r"[$€£¥]", text):
        raise Unreadable(f"is {text!r}: a share or money, not a power", "give MW")
    match = re.fullmatch(r"(.*?)\s*(kw|mw|gw|mva|megawatts?|kilowatts?|gigawatts?)\.?", text, re.IGNORECASE)
    unit = (match.group(2).lower() if match else "").replace("megawatts", "mw").replace("megawatt", "mw")
    unit = unit.replace("kilowatts", "kw").replace("kilowatt", "kw").replace("gigawatts", "gw").replace("gigawatt", "gw")
    body = match.group(1) if match else text
    if re.match(r"^[~<>≈≤≥]|^(about|approx|ca|up to|circa|over|under|at least)\b", body, re.IGNORECASE):
        raise Unreadable(f"is {text!r}: no single figure", "write the MW asked for")
    if re.fullmatch(r"\s*[\d.,]+\s*(-|–|—|to|/)\s*[\d.,]+\s*", body):
        raise Unreadable(f"is a range, {text!r}", "write one figure; the full ramp is what counts")
    value = number(body, decimal_comma)
    if header_unit == "mixed":
        if not unit and value > 3000:
            raise Unreadable(f"is {text!r}, and the header names two units", "give this column one unit")
        unit = unit or "mw"
    if unit and header_unit not in ("mixed", "mw", unit):
        raise Unreadable(f"is {text!r} in a column of {header_unit}", "give this column one unit")
    unit = unit or header_unit
    if unit == "mva":
        raise Unreadable(f"is {text!r}: MVA is no MW without a power factor", "give MW")
    power = value * {"mw": 1.0, "kw": 1e-3, "gw": 1e3}[unit]
    if not power > 0:
        raise Unreadable(f"must be greater than 0 MW; got {text!r}", "write the MW asked for; a withdrawal goes into status")
    if power > MOST_MW:
        raise Unreadable(f"is {text!r}, above {MOST_MW:,.0f} MW for one request", "check the unit: kW?")
    return Read(power, "" if unit == "mw" else f"{text!r} was read as {power:g} MW")


def plain_date(cell: str, day_first: bool | None = False) -> Read:
    """Date in any common form; a year, half or quarter by its middle, with a note.

    Parameters
    ----------
    day_first : bool or None
        Order of `03/04/2028`; None where the column shows both orders.

    Raises
    ------
    Unreadable
        If it is no date, or can be read two ways.
    """
    text = clean(cell)
    _check_formula(text)
    low = re.sub(r"\s+", " ", text.lower().replace(",", " ")).strip()
    low = re.sub(r"[t ]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*(z|[ap]m|[+-]\d{2}:?\d{2})?$", "", low)
    if found := re.fullmatch(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})", low):
        return Read(_day(text, *map(int, found.groups())))
    if found := re.fullmatch(r"(\d{4})(\d{2})(\d{2})", low):
        return Read(_day(text, *map(int, found.groups())))
    if found := re.fullmatch(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4}|\d{2})", low):
        return _slashed(text, int(found.group(1)), int(found.group(2)), int(found.group(3)), day_first)
    if found := re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?[ -]([a-z]{3,9})\.?[ -](\d{4})", low):
        return Read(_day(text, int(found.group(3)), _month(text, found.group(2)), int(found.group(1))))
    if found := re.fullmatch(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)? (\d{4})", low):
        return Read(_day(text, int(found.group(3)), _month(text, found.group(1)), int(found.group(2))))
    found = re.fullmatch(r"([a-z]{3,9})\.?[ -](\d{4})", low)
    if found and found.group(1)[:3] in MONTHS:
        when = _day(text, int(found.group(2)), _month(text, found.group(1)), 15)
        return Read(when, f"{text!r} was taken as {when}")
    return _vague(text, low)


def _vague(text: str, low: str) -> Read:
    """Years, halves, quarters, months and serial days."""
    if re.fullmatch(r"\d{5}(\.0*)?", low) and 36526 <= float(low) <= 73050:
        when = date(1899, 12, 30) + timedelta(days=int(float(low)))
        return Read(when, f"{text!r} was read as a serial day of Excel, {when}")
    if found := re.fullmatch(r"(\d{4})(\.0*)?", low):
        when = _day(text, int(found.group(1)), 7, 1)
        return Read(when, f"{text!r} was taken as {when}")
    if found := re.fullmatch(r"(\d{4})-(\d{1,2})", low):
        when = _day(text, int(found.group(1)), int(found.group(2)), 15)
        return Read(when, f"{text!r} was taken as {when}")
    found = re.fullmatch(r"q([1-4])[ /-]?'?(\d{4}|\d{2})", low)
    swapped = re.fullmatch(r"(\d{4})[ /-]?q([1-4])", low)
    if found or swapped:
        quarter, year = (int(found.group(1)), found.group(2)) if found else (int(swapped.group(2)), swapped.group(1)) \
            if swapped else (1, "")
        when = _day(text, int(year) + (2000 if len(year) == 2 else 0), 3 * quarter - 1, 15)
        return Read(when, f"{text!r} was taken as {when}")
    half, turned = re.fullmatch(r"([12])h[ -]?(\d{4}|\d{2})", low), re.fullmatch(r"h([12])[ -]?(\d{4}|\d{2})", low)
    if (hit := half or turned) is not None:
        year = hit.group(2)
        when = _day(text, int(year) + (2000 if len(year) == 2 else 0), 4 if hit.group(1) == "1" else 10, 1)
        return Read(when, f"{text!r} was taken as {when}")
    raise Unreadable(f"is {text[:60]!r}, which is no date", "write it as 2028-06-01")


def _slashed(text: str, first: int, second: int, year: int, day_first: bool | None) -> Read:
    short = year < 100
    year = year + 2000 if short else year
    if first > 12 and second > 12:
        raise Unreadable(f"is {text!r}, which is no date", "write it as 2028-06-01")
    if first > 12:
        return Read(_day(text, year, second, first))
    if second > 12:
        return Read(_day(text, year, first, second))
    if day_first is None and first != second:
        raise Unreadable(f"is {text!r}: the column holds both day-first and month-first dates", "write it as 2028-06-01")
    when = _day(text, year, second, first) if day_first else _day(text, year, first, second)
    if first == second and not short:
        return Read(when)
    order = "day first, as elsewhere in the column" if day_first else "month first"
    return Read(when, f"{text!r} was read {order}: {when}")


def _month(text: str, word: str) -> int:
    if word[:3] not in MONTHS:
        raise Unreadable(f"is {text[:60]!r}, which is no date", "write it as 2028-06-01")
    return MONTHS[word[:3]]


def _day(text: str, year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise Unreadable(f"is {text!r}: years must be {FIRST_YEAR} to {LAST_YEAR}", "check the year")
    if not 1 <= month <= 12 or not 1 <= day <= monthrange(year, month)[1]:
        raise Unreadable(f"is {text!r}, a day that no calendar has", "write it as 2028-06-01")
    return date(year, month, day)


def order_of_days(cells: list[str]) -> bool | None:
    """Whether a column writes the day first: told by numbers above 12; None where it shows both orders."""
    first = second = False
    for cell in cells:
        if found := re.match(r"^\s*(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}", clean(cell)):
            a, b = int(found.group(1)), int(found.group(2))
            first |= a > 12 >= b
            second |= b > 12 >= a
    return None if first and second else first


def state(cell: str) -> Read:
    """Two letters of a US state, from code or name.

    Raises
    ------
    Unreadable
        If it is none.
    """
    text = clean(cell)
    if (short := text.upper().replace(".", "")) in STATE_CODES:
        return Read(short)
    if (code := STATES.get(text.lower())) is not None:
        return Read(code)
    raise Unreadable(f"is {text[:40]!r}, which is no US state", nearest(text.lower(), STATES) or "two letters, as VA")


def stage(cell: str) -> Read:
    """Stage as a number from 0 (inquiry) to 6 (energised), from the names that utilities use.

    Raises
    ------
    Unreadable
        If the word is not known.
    """
    text = re.sub(r"[^a-z0-9]+", " ", clean(cell).lower()).strip()
    if re.fullmatch(r"[0-6]", text):
        return Read(float(text))
    if text in STAGE_WORDS:
        return Read(float(STAGE_WORDS[text]))
    raise Unreadable(f"is {cell.strip()[:40]!r}, which is no stage", nearest(text, STAGE_WORDS))


def status(cell: str) -> Read:
    """`active`, `withdrawn` or `energised`.

    Raises
    ------
    Unreadable
        If the word is not known.
    """
    text = re.sub(r"[^a-z]+", " ", clean(cell).lower()).strip()
    if text in STATUS_WORDS:
        return Read(STATUS_WORDS[text])
    raise Unreadable(f"is {cell.strip()[:40]!r}, which is no status", nearest(text, STATUS_WORDS))


def ramp(cell: str) -> dict[int, float]:
    """Ramp as year → MW, from `2028:100;2030:300`.

    Raises
    ------
    Unreadable
        If a step is no year and power, a year comes twice, or the load falls.
    """
    steps: dict[int, float] = {}
    for part in re.split(r"[;|\n]+", clean(cell).strip("{} ")):
        if not part.strip():
            continue
        found = re.fullmatch(r"\s*['\"]?(20\d\d)['\"]?\s*[:=]\s*(-?[\d.]+)\s*(?:mw)?\s*", part, re.IGNORECASE)
        if not found:
            raise Unreadable(f"has the step {part.strip()[:40]!r}", "write year:MW steps, as 2028:100;2030:300")
        year, mw = int(found.group(1)), float(found.group(2))
        if year in steps:
            raise Unreadable(f"names {year} twice", "one step a year")
        if mw < 0:
            raise Unreadable(f"has {mw:g} MW in {year}", "power must be 0 or more")
        steps[year] = mw
    last = 0.0
    for year in sorted(steps):
        if steps[year] < last:
            raise Unreadable(f"falls to {steps[year]:g} MW in {year} from {last:g}", "a ramp must not fall")
        last = steps[year]
    if not steps:
        raise Unreadable(f"is {cell[:40]!r}", "write year:MW steps, as 2028:100;2030:300")
    return dict(sorted(steps.items()))
