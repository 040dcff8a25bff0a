"""What US rules ask, and do not ask, of a large load or a mine: a status by date, not legal advice."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from gridroom.reference.rules import Rule, Rulebook

DISCLAIMER = "a status from dated rows of published rules; not legal advice"


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """The load that is asked about.

    Attributes
    ----------
    mw : float or None
        Total load at one site; subscribed demand where a tariff asks for it [MW].
    state : str
        `TX`, `OH`, `VA`, or empty for all.
    mining, interruptible : bool
    load_factor : float or None
    used_mw : float or None
        Peak demand used [MW].
    backup_share : float or None
        On-site backup over on-site demand [1].
    """

    mw: float | None = None
    state: str = ""
    mining: bool = False
    interruptible: bool = False
    load_factor: float | None = None
    used_mw: float | None = None
    backup_share: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Duty:
    """One rule and this load.

    `applies` is None where the rule does not depend on the load, or an input is missing; `value` is what the rule sets on this
    load.
    """

    rule: str
    applies: bool | None
    threshold: float | None
    unit: str
    value: float | None
    citation: str
    status: str
    valid_from: str
    valid_to: str
    note: str

    def as_dict(self) -> dict[str, Any]:
        """The duty for JSON."""
        return {k: getattr(self, k) for k in self.__slots__}


def _duty(name: str, row: Rule, applies: bool | None, value: float | None = None) -> Duty:
    """One rule; of a rule that begins later, `applies` says what it will mean."""
    return Duty(
        rule=name,
        applies=applies,
        threshold=row.number,
        unit=row.unit,
        value=None if value is None else round(value, 6),
        citation=row.citation,
        status=row.status,
        valid_from=row.valid_from,
        valid_to=row.valid_to,
        note=row.remark,
    )


def _above(mw: float | None, row: Rule, or_more: bool) -> bool | None:
    return None if mw is None else (mw >= row.value if or_more else mw > row.value)


def _both(one: bool | None, other: bool | None) -> bool | None:
    """Both hold; None where that hangs on what is not known."""
    if one is False or other is False:
        return False
    return None if one is None or other is None else True


def _texas(load: Load, book: Rulebook) -> list[Duty]:
    out = []
    bill, statute, order = book.find("tx_sb1929", "mw"), book.find("tx_sb6", "mw"), book.find("tx_25_194", "mw")
    if bill is not None:
        large = _above(load.mw, bill, False)
        registers = None if large is None else large and load.mining and load.interruptible
        fine = book.find("tx_sb1929", "fine")
        out.append(_duty("tx_sb1929_registration", bill, registers))
        if fine is not None:
            out.append(_duty("tx_sb1929_fine", fine, registers, fine.number if registers else None))
    above = None if statute is None else _above(load.mw, statute, False)
    if statute is not None:
        out.append(_duty("tx_sb6_interconnection", statute, above))
        for key in ("disclose_elsewhere", "study_fee", "site_control"):
            row = book.need("tx_sb6", key)
            out.append(_duty(f"tx_sb6_{key}", row, above, row.number if above else None))
        backup = book.need("tx_sb6", "backup_share")
        has = None if load.backup_share is None else load.backup_share >= backup.value
        out.append(_duty("tx_sb6_backup", backup, _both(above, has)))
        out.append(_duty("tx_sb6_remote_curtailment", book.need("tx_sb6", "remote_curtailment"), None))
        service = book.need("tx_sb6", "reliability_service")
        out.append(_duty("tx_sb6_reliability_service", service, _above(load.mw, service, True)))
        out.append(_duty("tx_sb6_not_asked", book.need("tx_sb6", "not_asked"), False))
        out.append(_duty("tx_sb6_net_metering", book.need("tx_sb6", "net_metering_study_days"), None))
    if order is not None:
        reached = _above(load.mw, order, True)
        out.append(_duty("tx_25_194", order, reached))
        for key in ("study_fee", "security"):
            row = book.need("tx_25_194", key)
            value = (
                row.value * load.mw if key == "security" and load.mw is not None and reached else row.number if reached else None
            )
            out.append(_duty(f"tx_25_194_{key}", row, reached, value))
    peaks = book.find("ercot_4cp", "months")
    return [*out, _duty("ercot_4cp", peaks, None)] if peaks is not None else out


def _tariffs(load: Load, book: Rulebook) -> list[Duty]:
    out = []
    ohio, virginia = book.find("aep_ohio", "mw"), book.find("va_gs5", "mw")
    if ohio is not None and load.state in ("", "OH"):
        large, share = _above(load.mw, ohio, False), book.need("aep_ohio", "billed_share")
        # The tariff is for data centres; whether a mine counts as one was not read.
        large = None if load.mining else large
        out.append(_duty("aep_ohio", ohio, large))
        billed = None
        if large and load.mw is not None:
            billed = max(share.value * load.mw, load.used_mw or 0.0)
        out.append(_duty("aep_ohio_billed_mw", share, large, billed))
    if virginia is not None and load.state in ("", "VA"):
        factor = book.need("va_gs5", "load_factor")
        large = _above(load.mw, virginia, True)
        reached = None if load.load_factor is None else load.load_factor >= factor.value
        both = _both(large, reached)
        out.append(_duty("va_gs5", virginia, both))
        out.append(_duty("va_gs5_load_factor", factor, both))
        for key in ("delivery_share", "generation_share"):
            row = book.need("va_gs5", key)
            out.append(_duty(f"va_gs5_{key}", row, both, row.value * load.mw if both and load.mw is not None else None))
    return out


def status(load: Load, date: dt.date) -> list[Duty]:
    """Rules on a date and what they mean for a load; federal ones, and bills that ask nothing, included.

    Parameters
    ----------
    load : Load
    date : date

    Returns
    -------
    list of Duty
    """
    book = Rulebook(date, "disclosure_rules", upcoming=True)
    out = _texas(load, book) if load.state in ("", "TX") else []
    out += _tariffs(load, book)
    for name, key in (
        ("ferc_rm26_4", "mw"),
        ("ferc_pjm", "any"),
        ("clarity", "any"),
        ("eia_862", "any"),
        ("crypto_transparency", "any"),
        ("mined_in_america", "any"),
    ):
        row = book.find(name, key)
        if row is not None:
            # Bills that are not law, and surveys that were withdrawn, ask nothing of anyone.
            asks_nothing = row.status in ("not enacted", "withdrawn")
            out.append(_duty(name, row, False if asks_nothing else None))
    early = "not yet: {} from {}"
    return [replace(d, status=early.format(d.status, d.valid_from)) if d.valid_from > date.isoformat() else d for d in out]


__all__ = ["DISCLAIMER", "Duty", "Load", "status"]
