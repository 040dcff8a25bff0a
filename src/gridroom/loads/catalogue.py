"""What the reference tables say about AI loads, found by the names that people use."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from gridroom.core.errors import Problem, StudyError
from gridroom.core.names import find_name, plain
from gridroom.loads.ranges import Range
from gridroom.reference import catalog


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """One input as it was used, with how it is known.

    Attributes
    ----------
    name : str
    range : Range
    unit : str
    claim : str
        measured, published, derived, assumed, or given (by the user).
    source : str
    """

    name: str
    range: Range
    unit: str
    claim: str
    source: str

    def as_dict(self) -> dict[str, Any]:
        """All fields, for JSON."""
        return {"name": self.name, **self.range.as_dict(), "unit": self.unit, "claim": self.claim, "source": self.source}


@dataclass(frozen=True, slots=True, kw_only=True)
class Accelerator:
    """A chip.

    Attributes
    ----------
    name : str
    peak_flops : float
        Dense peak at 16 bit [FLOP/s].
    peak_fp8_flops : float or None
        Dense peak at 8 bit [FLOP/s].
    tdp_w : float or None
        Rated power [W].
    system_w : Assumption or None
        IT power of the whole node by accelerator while training [W].
    accelerator_w : Assumption or None
        Draw of the accelerator alone [W].
    source : str
    """

    name: str
    peak_flops: float
    peak_fp8_flops: float | None
    tdp_w: float | None
    system_w: Assumption | None
    accelerator_w: Assumption | None
    source: str


@cache
def default(name: str) -> Assumption:
    """Default of the table `load_defaults`."""
    row = catalog.load("load_defaults").set_index("name").loc[name]
    return Assumption(
        name=name,
        range=Range(float(row["low"]), float(row["best"]), float(row["high"])),
        unit=row["unit"],
        claim=row["claim"],
        source=row["source"],
    )


def given(name: str, value: Range, unit: str) -> Assumption:
    """An input that the user gave."""
    return Assumption(name=name, range=value, unit=unit, claim="given", source="given")


def found(where: str, name: str, known: dict[str, list[str]]) -> str:
    """Name that is meant; raises `StudyError` where none is."""
    out = find_name(where, name, known)
    if isinstance(out, Problem):
        raise StudyError(out)
    return out


def _spellings(text: Any) -> list[str]:
    return [part.strip() for part in text.split(";")] if isinstance(text, str) and text else []


@cache
def accelerator_names() -> dict[str, list[str]]:
    """Chips with their short names, and without their maker."""
    out = {row.accelerator: _spellings(row.short_names) for row in catalog.load("accelerators").itertuples()}
    taken = {plain(short) for names in out.values() for short in names}
    for full, names in out.items():
        bare = full.partition(" ")[2]
        names += [bare] if bare and plain(bare) not in taken else []
    return out


def _known(value: Any) -> float | None:
    number = float(value)
    return None if number != number else number


def _power(row: Any, prefix: str, name: str, tdp_w: float | None) -> Assumption | None:
    """Measured power of a chip, or its rated power times the usual share."""
    if row is not None and row[f"{prefix}best_w"] == row[f"{prefix}best_w"]:
        claim = "claim" if not prefix else "accelerator_claim"
        return Assumption(
            name=name,
            range=Range(*(float(row[f"{prefix}{k}_w"]) for k in ("low", "best", "high"))),
            unit="W",
            claim=row[claim],
            source=row["source" if not prefix else "accelerator_source"],
        )
    if tdp_w is None:
        return None
    share = default("accelerator_over_tdp" if prefix else "system_over_tdp")
    return Assumption(
        name=name,
        range=share.range.times(tdp_w),
        unit="W",
        claim=share.claim,
        source=f"rated {tdp_w:g} W x {share.range.best:g}; {share.source}",
    )


@cache
def accelerator(name: str, where: str = "accelerator") -> Accelerator:
    """Chip of that name.

    Raises
    ------
    StudyError
        If there is none; names the nearest.
    """
    full = found(where, name, accelerator_names())
    row = catalog.load("accelerators").set_index("accelerator").loc[full]
    power = catalog.load("accelerator_power").set_index("accelerator")
    measured = power.loc[full] if full in power.index else None
    tdp_w = _known(row["tdp_w"])
    return Accelerator(
        name=full,
        peak_flops=float(row["peak_dense_flops"]),
        peak_fp8_flops=_known(row["peak_fp8_flops"]),
        tdp_w=tdp_w,
        system_w=_power(measured, "", "system_power_w", tdp_w),
        accelerator_w=_power(measured, "accelerator_", "accelerator_power_w", tdp_w),
        source=row["source"],
    )


@cache
def run_names() -> dict[str, list[str]]:
    """Published runs with other spellings."""
    return {name: [name.replace(" ", "-"), name.replace("Llama ", "Llama-")] for name in catalog.load("training_runs")["model"]}


def run(name: str, where: str = "model") -> dict[str, Any]:
    """Published run of that name; what is not known is None."""
    full = found(where, name, run_names())
    row = catalog.load("training_runs").set_index("model").loc[full]
    return {"model": full, **{key: (None if value != value else value) for key, value in row.to_dict().items()}}


@cache
def place_names() -> dict[str, list[str]]:
    """Places with a carbon intensity: eGRID subregions, countries."""
    table = catalog.load("carbon_intensity")
    more = {
        "US": ["USA", "United States", "America"],
        "ERCT": ["ERCOT", "Texas"],
        "CAMX": ["California", "CAISO"],
        "NEWE": ["New England", "ISO-NE"],
        "SRTV": ["TVA", "Tennessee", "Memphis"],
        "SRVC": ["Virginia", "Dominion", "Carolinas"],
        "RFCE": ["PJM East"],
        "RFCW": ["PJM West", "Ohio"],
        "United Kingdom": ["UK", "Great Britain", "England"],
    }
    return {row.place: [*([row.iso3] if isinstance(row.iso3, str) else []), *more.get(row.place, [])] for row in table.itertuples()}


AMBIGUOUS = {"dom": "Virginia, Dominican Republic", "georgia": "SRSO (the US state), GEO (the country)"}


@cache
def egrid_names() -> frozenset[str]:
    """Places that are parts of the US grid, or the US."""
    table = catalog.load("carbon_intensity")
    return frozenset(table.loc[table["source"].str.contains("eGRID"), "place"])


def carbon(place: str, where: str = "place") -> Assumption:
    """Average carbon intensity of a grid [kg/MWh]."""
    several = AMBIGUOUS.get(plain(place))
    if several is not None:
        raise StudyError(Problem(where, f"fits several; got {place!r}", f"one of {several}"))
    full = found(where, place, place_names())
    row = catalog.load("carbon_intensity").set_index("place").loc[full]
    best = float(row["best_kg_per_mwh"])
    low, high = (_known(row[f"{k}_kg_per_mwh"]) for k in ("low", "high"))
    return Assumption(
        name="grid_co2_kg_per_mwh",
        range=Range(low if low is not None else best, best, high if high is not None else best),
        unit="kg/MWh",
        claim=row["claim"],
        source=f"{full} {row['year']}: {row['source']}",
    )
