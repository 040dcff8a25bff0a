"""What a mine's year looks like: hours, money by who pays it, and hosting beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
# Who pays what. A credit of the supplier is not a payment of the grid operator.
LEDGERS = {
    "bitcoin_network": ("mining",),
    "supplier": ("power_cost", "sell_back"),
    "grid_operator": ("ancillary", "demand_response"),
    "transmission_bill": ("four_cp",),
    "heat_buyer": ("heat",),
    "own_cost": ("variable_cost", "capital"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Pivot:
    """AI hosting in place of mining.

    Attributes
    ----------
    it_mw : float
    usd_per_mw_year : float
        Rent per IT megawatt [USD/MW-year].
    hosting_usd_per_year, mining_usd_per_year, gain_usd_per_year : float
        Net of running cost [USD/year].
    capex_usd, months, lost_while_building_usd : float
    payback_years : float or None
        None where hosting does not bring more.
    npv_usd : float
        Of the change [USD].
    same_as_mining_usd_per_mw_year : float
        Rent at which hosting brings what mining does.
    interruptible_mw, firm_mw : float
        For the grid two changes at one point: flexible load that goes, firm load that comes.
    tenant_pays_power : bool
    """

    it_mw: float
    usd_per_mw_year: float
    hosting_usd_per_year: float
    mining_usd_per_year: float
    gain_usd_per_year: float
    capex_usd: float
    months: float
    lost_while_building_usd: float
    payback_years: float | None
    npv_usd: float
    same_as_mining_usd_per_mw_year: float
    interruptible_mw: float
    firm_mw: float
    tenant_pays_power: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MinerAnswer:
    """Answer of `run_miner`; money in USD over the hours given.

    Attributes
    ----------
    curtail_hours : dict of str to int
        Hours off by reason.
    revenue_usd : dict of str to float
        By source, costs negative, and their total.
    always_on_usd : float
        Total of mining in every hour, without programmes and peaks.
    mw_by_hour : float array (T,)
    """

    name: str
    mw: float
    hours: int
    break_even_usd_per_mwh: float
    break_even_coin_usd: float | None
    power_cost_per_coin_usd: float | None
    revenue_usd_per_mw_year: float
    hashprice_usd_per_ph_day: float
    hash_rate_ph: float
    mw_by_hour: Floats
    curtail_hours: dict[str, int]
    revenue_usd: dict[str, float]
    always_on_usd: float
    heat_mwh: float
    pivot: Pivot | None
    four_cp_rule: str
    price_mean_usd_per_mwh: float
    price_paid_usd_per_mwh: float | None

    @property
    def hours_off(self) -> int:
        """Hours without mining."""
        return sum(self.curtail_hours.values())

    @property
    def ledgers_usd(self) -> dict[str, float]:
        """Money by who pays it [USD]."""
        return {who: sum(self.revenue_usd[k] for k in keys) for who, keys in LEDGERS.items()}

    def as_dict(self) -> dict[str, Any]:
        """The answer for JSON, keys as the contract fixes them."""
        return {
            "name": self.name,
            "mw": self.mw,
            "hours": self.hours,
            "break_even_usd_per_mwh": self.break_even_usd_per_mwh,
            "break_even_coin_usd": self.break_even_coin_usd,
            "power_cost_per_coin_usd": self.power_cost_per_coin_usd,
            "hashprice_usd_per_ph_day": self.hashprice_usd_per_ph_day,
            "hash_rate_ph": self.hash_rate_ph,
            "revenue_usd_per_mw_year": self.revenue_usd_per_mw_year,
            "curtail_hours": self.hours_off,
            "curtail_hours_by_reason": self.curtail_hours,
            "energy_mwh": float(self.mw_by_hour.sum()),
            "revenue_usd": self.revenue_usd,
            "ledgers_usd": self.ledgers_usd,
            "always_on_usd": self.always_on_usd,
            "gain_of_flexibility_usd": round(self.revenue_usd["total"] - self.always_on_usd, 6),
            "heat_mwh": self.heat_mwh,
            "price_mean_usd_per_mwh": self.price_mean_usd_per_mwh,
            "price_paid_usd_per_mwh": self.price_paid_usd_per_mwh,
            "four_cp_rule": self.four_cp_rule or None,
            "pivot_to_ai": None if self.pivot is None else {k: getattr(self.pivot, k) for k in Pivot.__slots__},
        }

    def to_pandas(self) -> Any:
        """Power by hour [MW]."""
        import pandas as pd

        return pd.DataFrame({"mw": self.mw_by_hour})

    def to_xarray(self) -> Any:
        """The same as an xarray Dataset along `hour`."""
        return self.to_pandas().rename_axis("hour").to_xarray()

    def __str__(self) -> str:
        reasons = ", ".join(f"{k.replace('_', ' ')} {v:,}" for k, v in self.curtail_hours.items() if v) or "none"
        lines = [
            f"{self.name}: {self.mw:g} MW, hashprice {self.hashprice_usd_per_ph_day:,.2f} USD/PH/day",
            f"  mining pays below {self.break_even_usd_per_mwh:,.2f} USD/MWh; a megawatt mines "
            f"{self.revenue_usd_per_mw_year:,.0f} USD a year",
            f"  hours off: {self.hours_off:,} of {self.hours:,} ({reasons})",
            "  USD, by who pays:",
        ]
        for who, keys in LEDGERS.items():
            parts = [f"{k.replace('_', ' ')} {self.revenue_usd[k]:,.0f}" for k in keys if self.revenue_usd[k]]
            if parts:
                lines.append(f"    {who.replace('_', ' '):18} {', '.join(parts)}")
        lines += [f"    {'total':18} {self.revenue_usd['total']:,.0f}  (mining in every hour: {self.always_on_usd:,.0f})"]
        if self.break_even_coin_usd is not None:
            lines.append(f"  coin price that just pays the power: {self.break_even_coin_usd:,.0f} USD")
        if self.four_cp_rule:
            lines.append(f"  peaks: {self.four_cp_rule}")
        p = self.pivot
        if p is not None:
            payback = "never pays back" if p.payback_years is None else f"pays back in {p.payback_years:.1f} years"
            power = "the tenant pays the power" if p.tenant_pays_power else "power paid from the rent"
            lines += [
                f"  AI hosting instead: {p.hosting_usd_per_year:,.0f} USD a year against {p.mining_usd_per_year:,.0f} ({power})",
                f"    {p.capex_usd:,.0f} USD and {p.months:g} months to rebuild {p.it_mw:,.1f} MW of IT; {payback}; "
                f"net present value {p.npv_usd:,.0f}",
                f"    same as mining at {p.same_as_mining_usd_per_mw_year:,.0f} USD per MW and year; for the grid "
                f"{p.interruptible_mw:+g} MW that could stop, {p.firm_mw:+g} MW that cannot",
            ]
        return "\n".join(lines)


__all__ = ["LEDGERS", "MinerAnswer", "Pivot"]
