"""What Bitcoin draws on a day, over a period, or at a given hash rate, price and tariff."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.assets import history
from gridroom.assets.energy import TWH_YEAR_CAMBRIDGE, NetworkEnergy, OtherMethod
from gridroom.assets.ethash import economic_mw
from gridroom.assets.hardware_mix import Machines, Mix, mix, threshold_j_per_th
from gridroom.assets.parameters import parameter
from gridroom.assets.protocol import BLOCKS_A_DAY, halvings, next_halving, subsidy_on
from gridroom.assets.published import near
from gridroom.core.errors import Problem, StudyError, raise_all

Floats = NDArray[np.float64]
LEAD_DAYS = 40  # enough for the trailing means before the first day asked for
METHOD = "hardware mix: machines of five years that earn more than their power, weights by age (as the Cambridge index since 1.4.0)"
OLD_METHOD = "hardware mix: machines of five years that earn more than their power, all alike (as the Cambridge index before 1.4.0)"
CO2_FROM_YEAR = 2023  # the only survey of intensities that we may cite is of mid-2024


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What the user says of a proof-of-work network; None leaves it to history.

    Attributes
    ----------
    hashrate_eh : float or None
        [EH/s].
    price_usd : float or None
        Of one coin [USD].
    fees_btc : float or None
        Fees of a day, on top of the subsidy [BTC/day].
    tariff_usd_per_kwh : float or None
        Price of power [USD/kWh]; 0.05 when left out.
    deployment_months : int
        Months from a machine's release to its work.
    unweighted : bool
        Every machine that earns counts the same.
    machines : Machines or None
        In place of the shipped list.
    """

    hashrate_eh: float | None = None
    price_usd: float | None = None
    fees_btc: float | None = None
    tariff_usd_per_kwh: float | None = None
    deployment_months: int = 0
    unweighted: bool = False
    machines: Machines | None = None

    def given(self) -> list[str]:
        """Names of what was said."""
        return [f.name for f in fields(self) if getattr(self, f.name) != f.default]


@dataclass(frozen=True, slots=True)
class _Market:
    """Hash rate [EH/s], coin price [USD] and price of power [USD/kWh] that an estimate rests on; means of a period."""

    rate: float
    price: float
    tariff: float


def _check(work: Work) -> None:
    problems = []
    for name, low, high in (("hashrate_eh", 0.0, 1e9), ("price_usd", 0.0, 1e12), ("tariff_usd_per_kwh", 0.0, 1e3)):
        value = getattr(work, name)
        if value is not None and not low < value < high:
            problems.append(Problem(f"--{name.replace('_', '-')}", f"must be greater than 0 and below {high:g}; got {value:g}"))
    if work.fees_btc is not None and not 0 <= work.fees_btc < 1e6:
        problems.append(Problem("--fees-btc", f"must be at least 0, BTC a day; got {work.fees_btc:g}"))
    if not 0 <= work.deployment_months <= 24:
        problems.append(Problem("--deployment-months", f"must be from 0 to 24; got {work.deployment_months}"))
    raise_all(problems)


def _machines(work: Work) -> Machines:
    return work.machines if work.machines is not None else history.machines(work.deployment_months)


def _pue() -> tuple[float, float, float]:
    p = parameter("cbeci_pue")
    return p.low, p.best, p.high


def _series(first: dt.date, last: dt.date, work: Work, tariff: float) -> tuple[slice, history.Chain, Mix]:
    """Estimate of every day up to the last asked for; which of them are asked for."""
    chain = history.bitcoin()
    begin, end = (int((np.datetime64(d) - chain.days[0]).astype(int)) for d in (first, last))
    if begin < LEAD_DAYS or end >= len(chain.days):
        raise StudyError(
            Problem(
                "--date",
                f"must lie between {chain.days[LEAD_DAYS]} and {chain.days[-1]}, where hash rate and price are known; got {first}",
                "for any other day give --hashrate-eh and --price-usd",
            )
        )
    price = chain.price_usd[: end + 1]
    subsidy = np.array([subsidy_on(d) for d in chain.days[: end + 1].astype(object)])
    revenue = (BLOCKS_A_DAY * subsidy + (work.fees_btc or 0.0)) * price
    rate = chain.hash_rate_eh[: end + 1]
    answer = mix(
        chain.days[: end + 1],
        threshold_j_per_th(revenue, rate, tariff),
        rate,
        _machines(work),
        _pue(),
        weighted=not work.unweighted,
    )
    return slice(begin, end + 1), chain, answer


def _uncertainty(work: Work, answer: Mix, at: slice) -> tuple[str, ...]:
    count = answer.machines[at]
    return (
        f"which machines run is not seen: lower takes the best, upper the worst of {int(count.min())}"
        + ("" if count.min() == count.max() else f" to {int(count.max())}")
        + " that earn, and PUE 1.01, 1.10, 1.20",
        "one price of power for all miners: dearer power takes the old machines out, and lowers the estimate",
        "revenue is the subsidy and the fees given"
        if work.fees_btc
        else "fees are left out unless given: too low a threshold, most so on days of crowded blocks",
        "the machine list is ours: makers' nameplates as listed in public files",
    )


def bitcoin(period: tuple[dt.date, dt.date] | None, work: Work) -> NetworkEnergy:
    """Power of Bitcoin.

    Parameters
    ----------
    period : (date, date) or None
        Day or period; the newest known day, or today with a hash rate and price of the user's, when None.
    work : Work

    Raises
    ------
    StudyError
        If the period is not covered, or no machine earns its power.
    """
    _check(work)
    tariff = work.tariff_usd_per_kwh if work.tariff_usd_per_kwh is not None else parameter("cbeci_tariff_usd_per_kwh").best
    if work.hashrate_eh is not None or work.price_usd is not None:
        return _at_point(period, work, tariff)
    first, last = period or (history.bitcoin().days[-1].astype(object),) * 2
    at, chain, answer = _series(first, last, work, tariff)
    if not np.isfinite(answer.best_mw[at]).all():
        raise StudyError(
            Problem(
                "--date",
                f"holds days on which no listed machine earned yet; got {first}",
                f"the list begins with {chain.days[int(np.isfinite(answer.best_mw).argmax())]}",
            )
        )
    notes = []
    if answer.carried[at].any():
        notes.append(f"on {int(answer.carried[at].sum())} days no machine earned its power: the value before is carried on")
    if np.datetime64(last) > chain.hash_rate_until:
        notes.append(f"hash rate is known to {chain.hash_rate_until} and carried on from there")
    rate, price = float(chain.hash_rate_eh[at].mean()), float(chain.price_usd[at].mean())
    return _answer(first, last, work, _Market(rate, price, tariff), answer, at, notes)


def _at_point(period: tuple[dt.date, dt.date] | None, work: Work, tariff: float) -> NetworkEnergy:
    """At a hash rate and price of the user's: no history, so nothing is smoothed."""
    if period is not None and period[0] != period[1]:
        raise StudyError(Problem("--date", "must be one day when --hashrate-eh or --price-usd is given"))
    day = dt.date.today() if period is None else period[0]
    rate, price = work.hashrate_eh, work.price_usd
    if rate is None or price is None:
        chain = history.bitcoin()
        k = int((np.datetime64(day) - chain.days[0]).astype(int))
        if period is None or not 0 <= k < len(chain.days):
            missing = "--price-usd" if price is None else "--hashrate-eh"
            raise StudyError(
                Problem(
                    missing,
                    "is missing: it is not known for that day" if period else "is missing",
                    f"give both, or --date up to {chain.days[-1]}",
                )
            )
        rate = float(chain.hash_rate_eh[k]) if rate is None else rate
        price = float(chain.price_usd[k]) if price is None else price
    revenue = (BLOCKS_A_DAY * subsidy_on(day) + (work.fees_btc or 0.0)) * price
    days = np.array([day], dtype="datetime64[D]")
    threshold = threshold_j_per_th(np.array([revenue]), np.array([rate]), tariff)
    answer = mix(days, threshold, np.array([rate]), _machines(work), _pue(), weighted=not work.unweighted, smooth=False)
    if not np.isfinite(answer.best_mw[0]):
        raise StudyError(
            Problem(
                "network bitcoin",
                f"no machine of the list earns its power at {threshold[0]:.3g} J/TH on {day}",
                "a higher --price-usd, a lower --hashrate-eh or --tariff-usd-per-kwh; with a past --date the last "
                "value would be carried on",
            )
        )
    note = "at a hash rate or price of yours: nothing is smoothed over days"
    return _answer(day, day, work, _Market(rate, price, tariff), answer, slice(0, 1), [note])


def _inputs(answer: Mix, at: slice, market: _Market, coins: float, last: dt.date) -> dict[str, Any]:
    """What the estimate rests on, means over the days asked for."""
    return {
        "hashrate_eh": market.rate,
        "price_usd": market.price,
        "coins_per_day": coins,
        "tariff_usd_per_kwh": market.tariff,
        "threshold_j_per_th": float(answer.threshold_j_per_th[at].mean()),
        "best_machine_j_per_th": float(answer.low_j_per_th[at].mean()),
        "mean_j_per_th": float(answer.best_j_per_th[at].mean()),
        "worst_machine_j_per_th": float(answer.high_j_per_th[at].mean()),
        "hashprice_usd_per_ph_day": coins * market.price / (market.rate * 1000.0),
        "subsidy_btc": subsidy_on(last),
        "last_halving": halvings(last)[-1].date.isoformat(),
        "next_halving_at_nominal_pace": next_halving(last).date.isoformat(),
        "machines": int(answer.machines[at][-1]),
    }


def _economic(revenue_usd_per_day: float, tariff: float | None) -> OtherMethod:
    """The economic method on the same revenue."""
    share, cheap = parameter("economic_electricity_share"), parameter("economic_tariff_usd_per_kwh")
    mw = economic_mw(revenue_usd_per_day, share.best, cheap.best if tariff is None else tariff)
    return OtherMethod(
        method=f"economic: {share.best:.0%} of revenue buys power",
        best_mw=mw,
        twh_per_year=mw * TWH_YEAR_CAMBRIDGE,
        claim=share.claim,
        source=share.source,
    )


def _answer(
    first: dt.date,
    last: dt.date,
    work: Work,
    market: _Market,
    answer: Mix,
    at: slice,
    notes: list[str],
) -> NetworkEnergy:
    mw: dict[str, float | None] = {
        end: float(v[at].mean())
        for end, v in zip(("lower", "best", "upper"), (answer.low_mw, answer.best_mw, answer.high_mw), strict=True)
    }
    best = float(answer.best_mw[at].mean())
    # A halving inside the period: what a mean day earned is the mean over its days.
    span = (last - first).days + 1
    coins = BLOCKS_A_DAY * sum(subsidy_on(first + dt.timedelta(days=k)) for k in range(span)) / span + (work.fees_btc or 0.0)
    intensity = parameter("bitcoin_kgco2_per_kwh")
    dated = first.year >= CO2_FROM_YEAR
    return NetworkEnergy(
        network="bitcoin",
        consensus="proof_of_work",
        first=first,
        last=last,
        mw=mw,
        twh_per_mw=TWH_YEAR_CAMBRIDGE,
        method=OLD_METHOD if work.unweighted else METHOD,
        claim="derived",
        sources=("bitcoin_history, bitcoin_epochs, bitcoin_machines (gridroom data show …)", parameter("cbeci_pue").source),
        uncertainty=_uncertainty(work, answer, at),
        inputs=_inputs(answer, at, market, coins, last),
        notes=tuple(notes),
        co2_t_per_year=best * TWH_YEAR_CAMBRIDGE * 1e9 * intensity.best / 1000.0 if dated else None,
        co2_basis=f"{intensity.best:g} kg/kWh: {intensity.source}" if dated else "",
        others=(_economic(coins * market.price, work.tariff_usd_per_kwh),),
        published=near("bitcoin", first, last),
    )


__all__ = ["Work", "bitcoin"]
