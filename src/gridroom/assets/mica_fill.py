"""What our own estimate fills into a MiCA disclosure, and the sources text that goes with it."""

from __future__ import annotations

from decimal import Decimal

from gridroom.assets.energy import NetworkEnergy
from gridroom.assets.mica_fields import Value, fields, plain
from gridroom.assets.parameters import parameter

# Sources field of Tables 2 and 3, and the fields it speaks for.
SOURCES = {"S9": ("S8",), "S15": ("S10", "S11"), "S16": ("S12", "S13", "S14")}
YEAR_DAYS = 365


def _energy(estimate: NetworkEnergy) -> tuple[float, str]:
    """Energy of a calendar year [kWh], and in words what it is."""
    if estimate.consensus != "proof_of_work":
        return estimate.kwh_per_year, "energy of a year as its sources have it, whatever the period"
    during = estimate.twh_during
    days = (estimate.last - estimate.first).days + 1
    if during is not None and during["best"] is not None and days >= YEAR_DAYS:
        return during["best"] * 1e9, f"energy from {estimate.first} to {estimate.last}"
    return estimate.kwh_per_year, f"mean power from {estimate.first} to {estimate.last}, over a year"


def _of_energy(estimate: NetworkEnergy, span: str) -> str:
    bounds = ", ".join(f"{end} {mw * estimate.twh_per_mw * 1e9:,.0f} kWh" for end, mw in estimate.mw.items() if mw is not None)
    return (
        f"Estimate by gridroom, {estimate.claim}: {estimate.method}; {span}. Bounds, annualised: {bounds}. "
        f"Uncertain: {'. '.join(estimate.uncertainty)}. Sources: {'; '.join(estimate.sources)}."
    )


def fill(values: dict[str, Value], estimate: NetworkEnergy) -> dict[str, Value]:
    """Values of the file, and our own estimate where the file is silent.

    A sources field is written only where everything it speaks for is ours; beside values of the file ours is added to its text, and
    without any text it stays missing: we do not know where the file's own values come from.

    Parameters
    ----------
    values : dict of str to Value
        Of the file.
    estimate : NetworkEnergy

    Returns
    -------
    dict of str to Value
    """
    ours: dict[str, Value] = {}
    notes: dict[str, list[str]] = {place: [] for place in SOURCES}
    kwh, span = _energy(estimate)
    if "S8" not in values:
        # Twelve digits are more than any estimate holds; more would only carry the arithmetic's noise.
        ours["S8"] = Value(code="S8", amount=Decimal(f"{kwh:.12g}"), estimated=True)
        notes["S9"].append(_of_energy(estimate, span))
    used = {**ours, **values}["S8"].amount
    if estimate.network == "bitcoin" and "S10" not in values:
        share = parameter("bitcoin_renewable_share")
        ours["S10"] = Value(code="S10", amount=Decimal(str(share.best)) * 100, estimated=True)
        notes["S15"].append(f"S.10: {share.source}.")
    if estimate.wh_per_transaction is not None and "S11" not in values:
        ours["S11"] = Value(code="S11", amount=Decimal(str(estimate.wh_per_transaction)) / 1000, estimated=True)
        where = "; ".join(estimate.sources)
        notes["S15"].append(f"S.11: as published ({where}); it is not what one more transaction costs.")
    if estimate.co2_t_per_year is not None and used is not None and "S13" not in values:
        tons = Decimal(f"{estimate.co2_t_per_year / estimate.kwh_per_year:.12g}") * used
        ours["S13"] = Value(code="S13", amount=Decimal(f"{tons:.8g}"), estimated=True)
        notes["S16"].append(
            f"S.13: S.8 times the intensity {estimate.co2_basis}; all of it counted as scope 2, "
            "generation of the nodes' own included; no offsets deducted."
        )
    out = {**ours, **values}
    for place, texts in notes.items():
        mine = " ".join(texts)
        if not mine:
            continue
        if place in values:
            out[place] = Value(code=place, text=f"{values[place].text.rstrip()} {mine}")
        elif not any(code in values for code in SOURCES[place]):
            out[place] = Value(code=place, text=mine, estimated=True)
    return out


def with_full_values(values: dict[str, Value]) -> dict[str, Value]:
    """Full values named in the sources field, where rounding to the format's digits changes them."""
    out = dict(values)
    place_of = {code: place for place, codes in SOURCES.items() for code in codes}
    for code, value in values.items():
        place = place_of.get(code) or fields()[code].sources_field
        if value.amount is None or not value.lost or place not in out:
            continue
        field = fields()[code]
        note = f"{field.label} in full: {plain(value.amount)} {field.unit}."
        text = out[place].text
        if note not in text:
            out[place] = Value(code=place, text=f"{text.rstrip()} {note}", estimated=out[place].estimated)
    return out


__all__ = ["fill", "with_full_values"]
