"""What is known of the chains by day: Bitcoin's hash rate and price, its machines, Ethereum's hash rate before the Merge."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from gridroom.assets.hardware_mix import Machines
from gridroom.assets.protocol import hash_rate_eh
from gridroom.reference import catalog

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]
CARRIED_D = 90  # longer than that, an old hash rate says little
MERGE = np.datetime64("2022-09-15")  # 06:43 UTC: the last whole day of proof of work is the day before


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Bitcoin by day.

    Attributes
    ----------
    days : datetime64[D] array (D,)
        Every day from the first to the last known.
    hash_rate_eh : float array (D,)
        [EH/s]; published to October 2022, then from difficulty periods.
    price_usd : float array (D,)
        [USD].
    hash_rate_until : datetime64[D]
        Last day whose hash rate is known; later ones carry it on.
    """

    days: Days
    hash_rate_eh: Floats
    price_usd: Floats
    hash_rate_until: np.datetime64


def _number(days: Days) -> Floats:
    return days.astype("datetime64[D]").astype(np.int64).astype(np.float64)


@cache
def bitcoin() -> Chain:
    """Bitcoin by day, gaps of a few days bridged by straight lines.

    A difficulty period's mean hash rate stands at its middle; the last period, still open, has the nominal pace.
    """
    table, epochs = catalog.load("bitcoin_history"), catalog.load("bitcoin_epochs")
    measured = table[table["hash_rate_eh"].notna()]
    day = measured["date"].to_numpy("datetime64[D]")
    start = epochs["start_utc"].to_numpy("datetime64[s]")
    length = epochs["days"].to_numpy(np.float64)
    rate = np.where(
        np.isfinite(length), epochs["hash_rate_eh"].to_numpy(np.float64), [hash_rate_eh(d) for d in epochs["difficulty"]]
    )
    half = np.where(np.isfinite(length), length / 2.0, 0.0)
    middle = start.astype(np.int64) / 86400.0 + half
    later = middle > _number(day[-1:])[0] + 3
    at = np.concatenate([_number(day), middle[later]])
    rates = np.concatenate([measured["hash_rate_eh"].to_numpy(np.float64), rate[later]])
    priced = table["date"].to_numpy("datetime64[D]")
    until = np.datetime64(int(at[-1]), "D")
    days = np.arange(day[0], min(priced[-1], until + CARRIED_D) + 1)
    price = np.interp(_number(days), _number(priced), table["price_usd"].to_numpy(np.float64))
    return Chain(days=days, hash_rate_eh=np.interp(_number(days), at, rates), price_usd=price, hash_rate_until=until)


@cache
def ethereum() -> tuple[Days, Floats]:
    """Days, and hash rate of the day [GH/s], of Ethereum's proof of work."""
    table = catalog.load("ethereum_hash_rate")
    day = table["date"].to_numpy("datetime64[D]")
    whole = day < MERGE
    return day[whole], table["hash_rate_gh_s"].to_numpy(np.float64)[whole]


@cache
def machines(deployment_months: int = 0) -> Machines:
    """Machines of the shipped list, so many months after their release."""
    table = catalog.load("bitcoin_machines")
    month = table["release_month"].to_numpy("datetime64[M]") + np.timedelta64(deployment_months, "M")
    return Machines(
        model=tuple(table["model"]), release=month.astype("datetime64[D]"), j_per_th=table["j_per_th"].to_numpy(np.float64)
    )


__all__ = ["MERGE", "Chain", "bitcoin", "ethereum", "machines"]
