"""Bitcoin's own arithmetic: subsidy, halvings, hash rate from difficulty, retargeting.

Sources: the protocol itself; marked [M] (standard, remembered) in our facts, checked there against the shared difficulty series.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

SATOSHI = 100_000_000
HALVING_BLOCKS = 210_000
BLOCKS_A_DAY = 144.0
BLOCK_S = 600.0
RETARGET_BLOCKS = 2016
HASHES_A_DIFFICULTY = 2.0**32


@dataclass(frozen=True, slots=True)
class Halving:
    """First block of an era and its date (UTC)."""

    height: int
    date: dt.date
    known: bool


PAST_HALVINGS = (
    Halving(0, dt.date(2009, 1, 3), True),
    Halving(210_000, dt.date(2012, 11, 28), True),
    Halving(420_000, dt.date(2016, 7, 9), True),
    Halving(630_000, dt.date(2020, 5, 11), True),
    Halving(840_000, dt.date(2024, 4, 20), True),
)


def _after(halving: Halving) -> Halving:
    """The halving after one: known, or 210,000 blocks of 600 s later."""
    for known in PAST_HALVINGS:
        if known.height > halving.height:
            return known
    days = round(HALVING_BLOCKS * BLOCK_S / 86400.0)
    return Halving(halving.height + HALVING_BLOCKS, halving.date + dt.timedelta(days=days), False)


def halvings(until: dt.date) -> list[Halving]:
    """Eras that begin by a date; those to come at the nominal pace of 600 s a block, so only estimated."""
    out: list[Halving] = []
    era = PAST_HALVINGS[0]
    while era.date <= until:
        out.append(era)
        era = _after(era)
    return out


def next_halving(day: dt.date) -> Halving:
    """First halving after a day."""
    return _after(halvings(day)[-1])


def subsidy_satoshi(height: int) -> int:
    """Subsidy of a block [satoshi]: 50 BTC halved every 210,000 blocks, whole satoshis, 0 from the 33rd halving on."""
    era = height // HALVING_BLOCKS
    return (50 * SATOSHI) >> era if 0 <= era < 33 else 0


def subsidy_btc(height: int) -> float:
    """Subsidy of a block [BTC]."""
    return subsidy_satoshi(height) / SATOSHI


def subsidy_on(date: dt.date) -> float:
    """Subsidy of a block on a date [BTC]; on the day of a halving the new one."""
    eras = halvings(date)
    return subsidy_btc(eras[-1].height) if eras else 0.0


def total_supply_satoshi() -> int:
    """All subsidies ever [satoshi]."""
    return sum(HALVING_BLOCKS * subsidy_satoshi(era * HALVING_BLOCKS) for era in range(34))


def hash_rate_eh(difficulty: float, block_s: float = BLOCK_S) -> float:
    """Hash rate [EH/s] that finds a block in so many seconds at a difficulty: difficulty x 2^32 / seconds."""
    return difficulty * HASHES_A_DIFFICULTY / block_s / 1e18


def next_difficulty(difficulty: float, elapsed_s: float) -> float:
    """Difficulty after 2,016 blocks that took so long; the factor stays within 1/4 and 4."""
    return difficulty * min(max(RETARGET_BLOCKS * BLOCK_S / elapsed_s, 0.25), 4.0)


def coins_a_day(date: dt.date, fees_btc: float = 0.0) -> float:
    """Subsidy and fees of a day at the nominal pace [BTC/day]."""
    return BLOCKS_A_DAY * subsidy_on(date) + fees_btc


__all__ = [
    "BLOCKS_A_DAY",
    "Halving",
    "coins_a_day",
    "halvings",
    "hash_rate_eh",
    "next_difficulty",
    "next_halving",
    "subsidy_btc",
    "subsidy_on",
    "subsidy_satoshi",
    "total_supply_satoshi",
]
