"""A mine by the hour: mine, stand still, sell power back, sell flexibility and heat; and AI hosting on the same megawatts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from gridroom.assets.miner_answer import MinerAnswer, Pivot
from gridroom.assets.mining import break_even_coin_usd, break_even_usd_per_mwh, power_cost_per_coin_usd, revenue_usd_per_mw_year

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
HOURS_A_YEAR = 8760.0
SUMMER_STARTS = {6: 151, 7: 181, 8: 212, 9: 243, 10: 273}  # first day of the month in a year of 365 days, from 0


@dataclass(frozen=True, slots=True, kw_only=True)
class FourPeaks:
    """Transmission cost by a few system peaks; a dated rule that is being replaced.

    Attributes
    ----------
    usd_per_kw_year : float
        Yearly rate on the mean load in the peaks [USD/kW-year].
    months : tuple of int
    hit_rate : float or None
        Share of the peaks that are missed by standing still, when no system load is given [1].
    hours_off : int
        Hours stood still: in all, or a month where the system load is given.
    system_load : float array (T,) or None
        Load whose peaks count [MW].
    rule : str
        Which rule, its dates and status, in words.
    """

    usd_per_kw_year: float
    months: tuple[int, ...]
    hit_rate: float | None
    hours_off: int
    system_load: Floats | None
    rule: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hosting:
    """AI hosting on the same megawatts: rent per IT megawatt and year, what the rebuilding costs, how long it takes."""

    usd_per_mw_year: float
    capex_usd_per_mw: float
    months: float
    pue: float
    operating_usd_per_mw_year: float
    tenant_pays_power: bool
    discount_rate: float
    years: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Miner:
    """A mine.

    Attributes
    ----------
    name : str
    mw : float
        At the meter [MW].
    efficiency_j_per_th, pue : float
    hashprice : float
        After the pool's fee [USD/PH/day].
    variable_usd_per_mwh : float
        Other cost of running [USD/MWh].
    capital_usd_per_mw_year : float
        Machines and their place, written off evenly [USD/MW-year].
    price : float array (T,)
        Spot price [USD/MWh], hour by hour from 1 January.
    fixed_usd_per_mwh : float or None
        Price of a block of the whole mine, bought ahead and paid in any case; None: spot alone.
    run_only_below : float or None
        It runs only where the price lies below this: surplus hours [USD/MWh]; None: in any hour.
    sell_back : bool
        Whether what is not used of the block goes back at spot.
    ancillary_usd_per_mwh : float
        Award for being able to stop, in hours that it runs [USD/MWh].
    calls : bool array (T,) or None
        Hours in which the grid needs it off.
    programme_usd_per_mw_year : float
        Paid for answering the calls [USD/MW-year].
    heat_usd_per_mwh, heat_share : float
        Price of heat, and share of the power that is sold as heat where it is wanted.
    heat_demand : float array (T,) or None
        Heat wanted [MW]; None: always.
    four_cp : FourPeaks or None
    hosting : Hosting or None
    coin : (float, float, float) or None
        Price [USD], network [EH/s], coins of the network a day less the pool's fee, where they are given.
    """

    name: str
    mw: float
    efficiency_j_per_th: float
    pue: float
    hashprice: float
    variable_usd_per_mwh: float
    capital_usd_per_mw_year: float
    price: Floats
    fixed_usd_per_mwh: float | None
    sell_back: bool
    run_only_below: float | None
    ancillary_usd_per_mwh: float
    calls: Bools | None
    programme_usd_per_mw_year: float
    heat_usd_per_mwh: float
    heat_share: float
    heat_demand: Floats | None
    four_cp: FourPeaks | None
    hosting: Hosting | None
    coin: tuple[float, float, float] | None

    @property
    def break_even(self) -> float:
        """Power price at which mining alone earns nothing [USD/MWh]."""
        return break_even_usd_per_mwh(self.hashprice, self.efficiency_j_per_th, self.pue)


def _months_of(hours: int, months: tuple[int, ...]) -> list[NDArray[np.int64]]:
    """Hours of the year in each month; a leap year's day is put in."""
    leap = 24 if hours == 8784 else 0
    return [np.arange(24 * SUMMER_STARTS[m] + leap, 24 * SUMMER_STARTS[m + 1] + leap) for m in months]


def _still_for_peaks(miner: Miner) -> Bools:
    """Hours that the miner stands still for the peaks: the dearest, or the highest of each month's system load."""
    plan, hours = miner.four_cp, len(miner.price)
    off = np.zeros(hours, np.bool_)
    if plan is None or plan.hours_off == 0:
        return off
    if plan.system_load is None:
        place = np.concatenate(_months_of(hours, plan.months)) if hours >= HOURS_A_YEAR else np.arange(hours)
        off[place[np.argsort(-miner.price[place], kind="stable")[: plan.hours_off]]] = True
        return off
    for place in _months_of(hours, plan.months):
        off[place[np.argsort(-plan.system_load[place], kind="stable")[: plan.hours_off]]] = True
    return off


def _peaks_missed(miner: Miner, runs: Bools) -> float:
    """Share of the peaks in which it stands still, for whatever reason [1]; as given where the system's load is not."""
    plan = miner.four_cp
    if plan is None:
        return 0.0
    if plan.system_load is None:
        return (plan.hit_rate or 0.0) * len(miner.price) / HOURS_A_YEAR
    tops = [place[int(plan.system_load[place].argmax())] for place in _months_of(len(miner.price), plan.months)]
    return float((~runs[tops]).mean())


def decide(miner: Miner) -> tuple[Bools, dict[str, Bools], Floats]:
    """Hours in which it runs, why it stands still, and the heat sold per MWh of power.

    Returns
    -------
    runs : bool array (T,)
    reasons : dict of bool arrays (T,)
        `grid_call`, `four_cp`, `no_surplus`, `price`, in this order: an hour counts for the first that holds.
    heat_mwh : float array (T,)
        Heat sold per MWh of power while running [MWh].
    """
    hours = len(miner.price)
    wanted = np.full(hours, np.inf) if miner.heat_demand is None else miner.heat_demand
    heat = np.minimum(miner.heat_share, wanted / miner.mw) if miner.heat_usd_per_mwh > 0 else np.zeros(hours)
    worth = miner.break_even - miner.variable_usd_per_mwh + miner.ancillary_usd_per_mwh + miner.heat_usd_per_mwh * heat
    called = miner.calls if miner.calls is not None else np.zeros(hours, np.bool_)
    peaks = _still_for_peaks(miner) & ~called
    bound = miner.fixed_usd_per_mwh is not None and not miner.sell_back
    dear = (worth <= 0.0) if bound else (miner.price >= worth)
    dry = np.zeros(hours, np.bool_) if miner.run_only_below is None else miner.price >= miner.run_only_below
    dry = dry & ~called & ~peaks
    price = dear & ~called & ~peaks & ~dry
    reasons = {"grid_call": called, "four_cp": peaks, "no_surplus": dry, "price": price}
    return ~(called | peaks | dry | price), reasons, np.asarray(heat)


def _pivot(miner: Miner, margin_usd_per_year: float) -> Pivot | None:
    plan = miner.hosting
    if plan is None:
        return None
    it_mw = miner.mw / plan.pue
    each = float(miner.price.mean()) if miner.fixed_usd_per_mwh is None else miner.fixed_usd_per_mwh
    power = 0.0 if plan.tenant_pays_power else each * HOURS_A_YEAR * miner.mw
    hosting = it_mw * (plan.usd_per_mw_year - plan.operating_usd_per_mw_year) - power
    capex = it_mw * plan.capex_usd_per_mw
    lost = max(margin_usd_per_year, 0.0) * plan.months / 12.0
    gain = hosting - max(margin_usd_per_year, 0.0)
    rate, wait = plan.discount_rate, plan.months / 12.0
    annuity = plan.years if rate == 0 else (1.0 - (1.0 + rate) ** -plan.years) / rate
    return Pivot(
        it_mw=it_mw,
        usd_per_mw_year=plan.usd_per_mw_year,
        hosting_usd_per_year=hosting,
        mining_usd_per_year=margin_usd_per_year,
        gain_usd_per_year=gain,
        capex_usd=capex,
        months=plan.months,
        lost_while_building_usd=lost,
        payback_years=(capex + lost) / gain if gain > 0 else None,
        npv_usd=gain * annuity / (1.0 + rate) ** wait - capex - lost,
        same_as_mining_usd_per_mw_year=(max(margin_usd_per_year, 0.0) + power) / it_mw + plan.operating_usd_per_mw_year,
        interruptible_mw=-miner.mw,
        firm_mw=miner.mw,
        tenant_pays_power=plan.tenant_pays_power,
    )


def _money(miner: Miner, runs: Bools, heat: Floats) -> tuple[dict[str, float], float]:
    """Money by source [USD], costs negative; and what mining in every hour would bring."""
    hours, mw, on = len(miner.price), miner.mw, runs.astype(np.float64)
    fixed, share, ran = miner.fixed_usd_per_mwh, hours / HOURS_A_YEAR, miner.mw * float(runs.sum())
    bill = miner.price if fixed is None else np.full(hours, fixed)
    usd = {
        "mining": ran * miner.break_even,
        "variable_cost": -ran * miner.variable_usd_per_mwh,
        "power_cost": -mw * float((bill if fixed is not None else on * bill).sum()),
        "sell_back": mw * float(((1.0 - on) * miner.price).sum()) if fixed is not None and miner.sell_back else 0.0,
        "ancillary": ran * miner.ancillary_usd_per_mwh,
        "demand_response": mw * miner.programme_usd_per_mw_year * share if miner.calls is not None else 0.0,
        "four_cp": mw * 1000.0 * miner.four_cp.usd_per_kw_year * _peaks_missed(miner, runs) if miner.four_cp is not None else 0.0,
        "heat": mw * float((on * heat).sum()) * miner.heat_usd_per_mwh,
        "capital": -mw * miner.capital_usd_per_mw_year * share,
    }
    each = miner.break_even - miner.variable_usd_per_mwh + miner.ancillary_usd_per_mwh
    always = mw * (hours * each + float(heat.sum()) * miner.heat_usd_per_mwh - float(bill.sum())) + usd["capital"]
    return {name: value + 0.0 for name, value in usd.items()}, always  # no "-0"


def _coin(miner: Miner, peta: float, usd_per_mwh: float | None) -> tuple[float | None, float | None]:
    """Coin price that just pays the power, and the power that a coin costs [USD]; None where the network is not given."""
    if miner.coin is None or usd_per_mwh is None:
        return None, None
    _, network_eh, coins = miner.coin
    if coins <= 0:
        return None, None
    even = break_even_coin_usd(usd_per_mwh / 1000.0, miner.efficiency_j_per_th, miner.pue, network_eh, coins)
    return even, power_cost_per_coin_usd(miner.mw, usd_per_mwh, coins * peta / (network_eh * 1000.0))


def run_miner(miner: Miner) -> MinerAnswer:
    """A mine's hours and what they bring.

    Parameters
    ----------
    miner : Miner

    Returns
    -------
    MinerAnswer
        Sums over the hours given; figures a year are scaled to 8,760 h.
    """
    runs, reasons, heat = decide(miner)
    usd, always = _money(miner, runs, heat)
    total, fixed = sum(usd.values()), miner.fixed_usd_per_mwh
    paid = fixed if fixed is not None else float(miner.price[runs].mean()) if runs.any() else None
    peta = miner.mw / miner.pue * 1000.0 / miner.efficiency_j_per_th
    even, per_coin = _coin(miner, peta, paid)
    return MinerAnswer(
        name=miner.name,
        mw=miner.mw,
        hours=len(miner.price),
        break_even_usd_per_mwh=miner.break_even,
        break_even_coin_usd=even,
        power_cost_per_coin_usd=per_coin,
        revenue_usd_per_mw_year=revenue_usd_per_mw_year(miner.hashprice, miner.efficiency_j_per_th, miner.pue),
        hashprice_usd_per_ph_day=miner.hashprice,
        hash_rate_ph=peta,
        mw_by_hour=miner.mw * runs.astype(np.float64),
        curtail_hours={name: int(flags.sum()) for name, flags in reasons.items()},
        revenue_usd={**usd, "total": total},
        always_on_usd=always,
        heat_mwh=miner.mw * float((runs * heat).sum()),
        pivot=_pivot(miner, total * HOURS_A_YEAR / len(miner.price)),
        four_cp_rule=miner.four_cp.rule if miner.four_cp is not None else "",
        price_mean_usd_per_mwh=float(miner.price.mean()),
        price_paid_usd_per_mwh=paid,
    )


__all__ = ["FourPeaks", "Hosting", "Miner", "decide", "run_miner"]
