"""The miner file."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from gridroom.core.errors import Problem
from gridroom.study.schema import Part


class ContractEntry(Part):
    """How power is bought."""

    kind: Literal["fixed", "spot"] = "spot"
    """Fixed: a block of the whole mine, paid in any case."""
    usd_per_mwh: float | None = Field(None, ge=-1000, le=10_000, allow_inf_nan=False)
    """Fixed: price of the block. Spot: what comes on top of the hourly price (delivery, margin) [USD/MWh]."""
    sell_back: bool = True
    """What is not used of the block goes back at spot."""


class FourPeaksEntry(Part):
    """Standing still in the system peaks that set the transmission bill."""

    usd_per_kw_year: float = Field(ge=0, le=10_000, allow_inf_nan=False)
    """Yearly rate [USD/kW-year]."""
    load: str | None = None
    """CSV or Parquet file, column value: the system's load by hour [MW]; its monthly peaks are those that count."""
    hit_rate: float | None = Field(None, ge=0, le=1)
    """Share of the peaks that are missed by standing still; without load."""
    hours_off: int = Field(ge=0, le=2000)
    """Hours stood still: a month with load, in all with hit_rate."""
    months: list[int] | None = None
    """Months whose peaks count; the rule of the day when left out."""


class HeatSaleEntry(Part):
    """Heat sold while running."""

    usd_per_mwh: float = Field(ge=0, le=1000, allow_inf_nan=False)
    """Price of heat [USD/MWh]."""
    recoverable_share: float = Field(gt=0, le=1)
    """Heat over power."""
    demand: str | None = None
    """CSV or Parquet file, column value: heat wanted by hour [MW]."""


class HostingEntry(Part):
    """AI hosting on the same megawatts."""

    usd_per_mw_year: float = Field(gt=0, le=1e8, allow_inf_nan=False)
    """Rent per IT megawatt [USD/MW-year]."""
    capex_usd_per_mw: float = Field(ge=0, le=1e9, allow_inf_nan=False)
    """Rebuilding, per IT megawatt [USD/MW]."""
    months: float = Field(ge=0, le=240)
    """Time without either."""
    pue: float | None = Field(None, ge=1, le=3)
    """Power usage as a data centre; the mine's when left out."""
    operating_usd_per_mw_year: float = Field(0.0, ge=0, le=1e8, allow_inf_nan=False)
    tenant_pays_power: bool = True
    discount_rate_pct: float = Field(8.0, ge=0, le=100)
    years: float = Field(15.0, gt=0, le=60)
    """Length of the contract."""


class MinerFile(Part):
    """A mine."""

    name: str = Field("mine", min_length=1)
    mw: float = Field(gt=0, le=100_000, allow_inf_nan=False)
    """At the meter [MW]."""
    efficiency_j_per_th: float = Field(gt=0, le=1e7, allow_inf_nan=False)
    pue: float = Field(1.0, ge=1, le=3)
    hashprice_usd_per_ph_day: float | None = Field(None, ge=0, le=1e7, allow_inf_nan=False)
    price_usd: float | None = Field(None, gt=0, le=1e9, allow_inf_nan=False)
    """Price of a coin [USD]."""
    network_eh: float | None = Field(None, gt=0, le=1e9, allow_inf_nan=False)
    subsidy_btc: float | None = Field(None, ge=0, le=50)
    fees_btc: float | None = Field(None, ge=0, le=1e6)
    """Fees of a day in the whole network [BTC/day]."""
    pool_fee_pct: float = Field(0.0, ge=0, lt=100)
    variable_usd_per_mwh: float = Field(0.0, ge=0, le=1000)
    capital_usd_per_mw: float = Field(0.0, ge=0, le=1e9, allow_inf_nan=False)
    """Machines and their place, per megawatt at the meter [USD/MW]."""
    capital_years: float = Field(4.0, gt=0, le=50)
    """Years in which that is written off, evenly."""
    price: str | None = None
    """CSV or Parquet file, column value: spot price by hour [USD/MWh]."""
    price_usd_per_mwh: float | None = Field(None, ge=-1000, le=10_000, allow_inf_nan=False)
    """Flat spot price, in place of a file [USD/MWh]."""
    contract: ContractEntry = Field(default_factory=lambda: ContractEntry.model_validate({}))
    ancillary_usd_per_mwh: float = Field(0.0, ge=0, le=10_000, allow_inf_nan=False)
    run_only_below_usd_per_mwh: float | None = Field(None, ge=-1000, le=10_000, allow_inf_nan=False)
    """Surplus hours alone: it runs only where the price lies below [USD/MWh]."""
    grid_calls: str | None = None
    """CSV or Parquet file, column value, 0 or 1: hours in which the grid needs it off."""
    programme_usd_per_mw_year: float = Field(0.0, ge=0, le=1e7, allow_inf_nan=False)
    """Paid for answering the calls."""
    max_hours_per_year: float | None = Field(None, ge=0, le=8784)
    """For the adequacy engine: hours a year that it may be stopped."""
    max_hours_per_event: float | None = Field(None, gt=0, le=8784)
    four_cp: FourPeaksEntry | None = None
    heat: HeatSaleEntry | None = None
    hosting: HostingEntry | None = None

    @classmethod
    def cross_checks(cls, data: dict[str, Any]) -> list[Problem]:
        """Hashprice and power price once each, a fixed block with its price, peaks with their load or hit rate."""
        return [*_hashprice_checks(data), *_price_checks(data), *_peak_checks(data.get("four_cp"))]


PARTS = ("price_usd", "network_eh", "subsidy_btc")


def _hashprice_checks(data: dict[str, Any]) -> list[Problem]:
    parts = [n for n in PARTS if data.get(n) is not None]
    where, whole = "hashprice_usd_per_ph_day", data.get("hashprice_usd_per_ph_day")
    given = [n for n in (*parts, "fees_btc") if data.get(n) is not None]
    if whole is not None and given:
        return [Problem(where, f"and {', '.join(given)} say the same twice", "give one or the other")]
    missing = [n for n in PARTS if n not in parts]
    if whole is None and missing:
        return [Problem(where, f"is missing, and so is {', '.join(missing)}", f"give it, or {', '.join(PARTS)} and fees_btc")]
    return []


def _price_checks(data: dict[str, Any]) -> list[Problem]:
    problems = []
    if (data.get("price") is None) == (data.get("price_usd_per_mwh") is None):
        words = "is missing" if data.get("price") is None else "and price_usd_per_mwh say the same twice"
        problems.append(Problem("price", words, "a file of hourly prices, or price_usd_per_mwh for a flat one"))
    contract = data.get("contract")
    if isinstance(contract, dict) and contract.get("kind") == "fixed" and contract.get("usd_per_mwh") is None:
        problems.append(Problem("contract.usd_per_mwh", "is missing: what does the block cost?"))
    programme = data.get("programme_usd_per_mw_year")
    if isinstance(programme, int | float) and programme > 0 and data.get("grid_calls") is None:
        problems.append(Problem("grid_calls", "is missing: programme_usd_per_mw_year is paid for answering them"))
    return problems


def _peak_checks(peaks: Any) -> list[Problem]:
    if not isinstance(peaks, dict):
        return []
    problems = []
    if (peaks.get("load") is None) == (peaks.get("hit_rate") is None):
        words = "and hit_rate are both missing" if peaks.get("load") is None else "and hit_rate say the same twice"
        problems.append(Problem("four_cp.load", words, "a file of the system's load, or hit_rate"))
    months = peaks.get("months")
    if months is not None and not (isinstance(months, list) and months and all(m in (6, 7, 8, 9) for m in months)):
        problems.append(Problem("four_cp.months", f"must lie between 6 and 9; got {months}"))
    return problems
