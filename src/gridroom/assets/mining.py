"""A miner's arithmetic: hashprice, break-even power and coin price, value of an hour. Formulas as in our facts, section 3."""

from __future__ import annotations

from dataclasses import dataclass

from gridroom.assets.protocol import BLOCKS_A_DAY

HOURS_A_DAY = 24.0
DAYS_A_YEAR = 365.0


def hashprice_usd_per_ph_day(price_usd: float, network_eh: float, subsidy_btc: float, fees_btc: float = 0.0) -> float:
    """What a petahash earns a day [USD/PH/day]: (144 x subsidy + fees of a day) x price / network in PH/s."""
    return (BLOCKS_A_DAY * subsidy_btc + fees_btc) * price_usd / (network_eh * 1000.0)


def break_even_usd_per_mwh(hashprice: float, efficiency_j_per_th: float, pue: float = 1.0) -> float:
    """Power price at which mining earns nothing [USD/MWh at the meter]: hashprice / 24 / efficiency x 1,000 / PUE."""
    return hashprice / HOURS_A_DAY / efficiency_j_per_th * 1000.0 / pue


def revenue_usd_per_mw_year(hashprice: float, efficiency_j_per_th: float, pue: float = 1.0) -> float:
    """What a megawatt at the meter mines in 365 days [USD]: it runs 1,000 / efficiency petahashes a second."""
    return 1000.0 / efficiency_j_per_th * hashprice * DAYS_A_YEAR / pue


def break_even_coin_usd(usd_per_kwh: float, efficiency_j_per_th: float, pue: float, network_eh: float, coins_a_day: float) -> float:
    """Coin price at which the power of a terahash is just paid [USD]."""
    return usd_per_kwh * efficiency_j_per_th * pue * network_eh * 1e6 * 86400.0 / 3.6e6 / coins_a_day


def power_cost_per_coin_usd(mw: float, usd_per_mwh: float, coins_a_day: float) -> float:
    """Power that a coin costs [USD]: a day's power over the coins of a day."""
    return mw * HOURS_A_DAY * usd_per_mwh / coins_a_day


@dataclass(frozen=True, slots=True, kw_only=True)
class Hour:
    """What to do in one hour, per MWh.

    Attributes
    ----------
    action : str
        `mine`, `off` (spot) or `sell_back` (a block bought at a fixed price goes back at spot).
    cash_usd : float
        Cash of the hour [USD/MWh].
    gain_usd : float
        Against the other choice [USD/MWh].
    """

    action: str
    cash_usd: float
    gain_usd: float


def hour(spot: float, break_even: float, fixed: float | None = None, extra_usd: float = 0.0) -> Hour:
    """What an hour is worth.

    Parameters
    ----------
    spot : float
        Spot price [USD/MWh].
    break_even : float
        What mining earns, less its other variable cost [USD/MWh].
    fixed : float, optional
        Price of the block bought ahead [USD/MWh]; it is sunk, and does not bear on the choice.
    extra_usd : float
        Ancillary award or heat sold while running [USD/MWh].
    """
    run = break_even + extra_usd
    cost = spot if fixed is None else fixed
    mine, leave = run - cost, (0.0 if fixed is None else spot - fixed)
    if spot < run:
        return Hour(action="mine", cash_usd=mine, gain_usd=mine - leave)
    return Hour(action="off" if fixed is None else "sell_back", cash_usd=leave, gain_usd=leave - mine)


__all__ = [
    "Hour",
    "break_even_coin_usd",
    "break_even_usd_per_mwh",
    "hashprice_usd_per_ph_day",
    "hour",
    "power_cost_per_coin_usd",
    "revenue_usd_per_mw_year",
]
