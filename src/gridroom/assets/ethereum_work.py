"""What Ethereum drew before the Merge, by day or period, bottom-up."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from gridroom.assets import ethash, history
from gridroom.assets.energy import TWH_YEAR_365, NetworkEnergy
from gridroom.assets.parameters import parameter
from gridroom.assets.proof_of_work import Work
from gridroom.assets.published import near
from gridroom.core.errors import Problem, StudyError, raise_all

MERGE_DATE = history.MERGE.astype(dt.date)
KEYS = ("slope", "start", "hashing_efficiency_offset", "datacenter_overhead", "hardware_overhead", "grid_loss", "psu_efficiency")


def _case(end: str) -> dict[str, float]:
    return {key: float(getattr(parameter(f"ethash_{key}"), end)) for key in KEYS}


def _window(period: tuple[dt.date, dt.date] | None, hashrate_eh: float | None) -> tuple[history.Days, NDArray[np.float64]]:
    """Days asked for and their hash rate [GH/s]; the user's on a single day."""
    days, rates = history.ethereum()
    first, last = period or (days[-1].astype(dt.date),) * 2
    inside = (days >= np.datetime64(first)) & (days <= np.datetime64(last))
    if int(inside.sum()) != (last - first).days + 1:
        what = f"must lie between {days[0]} and {days[-1]}: the Merge ended proof of work; got {first} to {last}"
        raise StudyError(Problem("--date", what, "from 2022-09-15 on ask for ethereum, which is proof of stake then"))
    if hashrate_eh is None:
        return days[inside], rates[inside]
    if first != last:
        raise StudyError(Problem("--date", f"must be one day when --hashrate-eh is given; got {first} to {last}"))
    return days[inside], np.array([hashrate_eh * 1e9])


def ethereum(period: tuple[dt.date, dt.date] | None, work: Work) -> NetworkEnergy:
    """Power of Ethereum's proof of work.

    Parameters
    ----------
    period : (date, date) or None
        Day or period up to 2022-09-14; that day when None.
    work : Work
        Only `hashrate_eh` applies.

    Raises
    ------
    StudyError
        If the period is not covered, or other inputs are given.
    """
    raise_all(
        [
            Problem(f"--{n.replace('_', '-')}", "does not apply to the bottom-up estimate", "only --date and --hashrate-eh do")
            for n in work.given()
            if n != "hashrate_eh"
        ]
    )
    days, rates = _window(period, work.hashrate_eh)
    first, last = days[0].astype(dt.date), days[-1].astype(dt.date)
    seconds = days.astype("datetime64[s]").astype(np.int64).astype(np.float64)
    # The published "lower" case has the better efficiency, "upper" the worse.
    power: dict[str, NDArray[np.float64]] = {
        name: ethash.power_mw(rates, seconds, _case(end)) for name, end in (("lower", "low"), ("best", "best"), ("upper", "high"))
    }
    mw: dict[str, float | None] = {name: float(values.mean()) for name, values in power.items()}
    efficiency = ethash.efficiency_mh_per_s_w(seconds, parameter("ethash_slope").best, parameter("ethash_start").best)
    return NetworkEnergy(
        network="ethereum-pow",
        consensus="proof_of_work",
        first=first,
        last=last,
        mw=mw,
        twh_per_mw=TWH_YEAR_365,
        method="bottom-up: hash rate over the cards' efficiency, times overheads (McDonald)",
        claim="derived",
        sources=(parameter("ethash_slope").source,),
        inputs={"hashrate_gh_s": float(rates.mean()), "efficiency_mh_per_s_w": float(efficiency.mean())},
        uncertainty=(
            "lower and upper are the source's own cases of efficiency and overheads",
            "the economic method gives three to four times as much: both stand, neither is a mean",
        ),
        published=near("ethereum-pow", first, last),
    )


__all__ = ["MERGE_DATE", "ethereum"]
