"""Miner files: read, checked with all their series, run; and a mine as a large load of the adequacy engine."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridroom.assets.miner import FourPeaks, Hosting, Miner, run_miner
from gridroom.assets.miner_answer import MinerAnswer
from gridroom.assets.mining import hashprice_usd_per_ph_day
from gridroom.assets.protocol import BLOCKS_A_DAY
from gridroom.core.errors import Problem, StudyError, raise_all
from gridroom.reference.rules import Rulebook
from gridroom.sources.series import read_series
from gridroom.study.files import apply_overrides, check_file, read_toml
from gridroom.study.miner_schema import FourPeaksEntry, MinerFile
from gridroom.systems.assets import LargeLoad

Floats = NDArray[np.float64]
YEAR = (8760, 8784)


def _read(
    path: Path, where: str, problems: list[Problem], rule: str, low: float, high: float, rows: tuple[int, ...]
) -> Floats | None:
    try:
        return read_series(path, where, rule, low, high, rows)
    except StudyError as fault:
        problems += [Problem(f"{where}: {p.where}", p.what, p.hint) for p in fault.problems]
        return None


def _four_peaks(asked: FourPeaksEntry, folder: Path, hours: int, as_of: dt.date, problems: list[Problem]) -> FourPeaks | None:
    rule = Rulebook(as_of, "disclosure_rules").find("ercot_4cp", "months")
    load = None
    if asked.load is not None:
        load = _read(folder / asked.load, "four_cp.load", problems, "MW of at least 0", 0.0, 1e7, (hours,) if hours else YEAR)
        if hours and hours not in YEAR:
            problems.append(Problem("four_cp.load", f"needs a year of prices, 8,760 or 8,784 hours; got {hours:,}"))
            return None
    if rule is None and asked.months is None:
        problems.append(Problem("four_cp.months", f"is missing: no rule on system peaks is on record for {as_of}", "give months"))
        return None
    words = (
        f"months {asked.months}, given"
        if asked.months is not None
        else f"{rule.note} [{rule.citation}; {rule.status}]"
        if rule
        else ""
    )
    return FourPeaks(
        usd_per_kw_year=asked.usd_per_kw_year,
        months=tuple(asked.months or (6, 7, 8, 9)),
        hit_rate=asked.hit_rate,
        hours_off=asked.hours_off,
        system_load=load,
        rule=words,
    )


def _price(asked: MinerFile, folder: Path, problems: list[Problem]) -> Floats:
    """Price of power by hour; what a spot contract puts on top included."""
    price = np.full(YEAR[0], asked.price_usd_per_mwh or 0.0)
    if asked.price is not None:
        found = _read(folder / asked.price, "price", problems, "USD/MWh from -10,000 to 100,000", -1e4, 1e5, ())
        price = found if found is not None else np.zeros(0)
    return price + (asked.contract.usd_per_mwh or 0.0) if asked.contract.kind == "spot" else price


def _calls(asked: MinerFile, folder: Path, rows: tuple[int, ...], problems: list[Problem]) -> NDArray[np.bool_] | None:
    """Hours in which the grid needs it off."""
    if asked.grid_calls is None:
        return None
    calls = _read(folder / asked.grid_calls, "grid_calls", problems, "0 or 1", 0.0, 1.0, rows)
    if calls is None:
        return None
    odd = calls[~np.isin(calls, (0.0, 1.0))]
    if len(odd):
        problems.append(Problem("grid_calls", f"must be 0 or 1 in every hour; got {float(odd[0]):g}"))
    return np.asarray(calls > 0.5)


def _hashprice(asked: MinerFile) -> float:
    """Hashprice, after the pool's fee [USD/PH/day]."""
    gross = asked.hashprice_usd_per_ph_day
    if gross is None:
        gross = hashprice_usd_per_ph_day(
            asked.price_usd or 0.0, asked.network_eh or 1.0, asked.subsidy_btc or 0.0, asked.fees_btc or 0.0
        )
    return gross * (1.0 - asked.pool_fee_pct / 100.0)


def _hosting(asked: MinerFile) -> Hosting | None:
    host = asked.hosting
    if host is None:
        return None
    return Hosting(
        usd_per_mw_year=host.usd_per_mw_year,
        capex_usd_per_mw=host.capex_usd_per_mw,
        months=host.months,
        pue=host.pue or asked.pue,
        operating_usd_per_mw_year=host.operating_usd_per_mw_year,
        tenant_pays_power=host.tenant_pays_power,
        discount_rate=host.discount_rate_pct / 100.0,
        years=host.years,
    )


def miner_of(data: dict[str, Any], folder: Path, as_of: dt.date | None = None) -> Miner:
    """Mine of plain data; series lie beside `folder`.

    Raises
    ------
    StudyError
        With every problem found.
    """
    asked = check_file(MinerFile, data)
    problems: list[Problem] = []
    price = _price(asked, folder, problems)
    rows = (len(price),) if len(price) else ()
    calls = _calls(asked, folder, rows, problems)
    demand = None
    if asked.heat is not None and asked.heat.demand is not None:
        demand = _read(folder / asked.heat.demand, "heat.demand", problems, "MW of at least 0", 0.0, 1e6, rows)
    peaks = None if asked.four_cp is None else _four_peaks(asked.four_cp, folder, len(price), as_of or dt.date.today(), problems)
    if not len(price) and not problems:
        problems.append(Problem("price", "holds no hour", "a column value, one row an hour"))
    raise_all(problems)
    coins = (BLOCKS_A_DAY * (asked.subsidy_btc or 0.0) + (asked.fees_btc or 0.0)) * (1.0 - asked.pool_fee_pct / 100.0)
    parts = asked.price_usd is not None and asked.network_eh is not None
    return Miner(
        name=asked.name,
        mw=asked.mw,
        efficiency_j_per_th=asked.efficiency_j_per_th,
        pue=asked.pue,
        hashprice=_hashprice(asked),
        variable_usd_per_mwh=asked.variable_usd_per_mwh,
        price=price,
        capital_usd_per_mw_year=asked.capital_usd_per_mw / asked.capital_years,
        fixed_usd_per_mwh=asked.contract.usd_per_mwh if asked.contract.kind == "fixed" else None,
        sell_back=asked.contract.sell_back,
        run_only_below=asked.run_only_below_usd_per_mwh,
        ancillary_usd_per_mwh=asked.ancillary_usd_per_mwh,
        calls=calls,
        programme_usd_per_mw_year=asked.programme_usd_per_mw_year,
        heat_usd_per_mwh=asked.heat.usd_per_mwh if asked.heat else 0.0,
        heat_share=asked.heat.recoverable_share if asked.heat else 0.0,
        heat_demand=demand,
        four_cp=peaks,
        hosting=_hosting(asked),
        coin=(asked.price_usd or 0.0, asked.network_eh or 1.0, coins) if parts else None,
    )


def read_miner(path: str | Path, overrides: list[str] | None = None) -> Miner:
    """Mine of a file, with `key=value` settings over it.

    Raises
    ------
    StudyError
        With every problem found.
    """
    path = Path(path)
    return miner_of(apply_overrides(read_toml(path), overrides or []), path.parent)


def miner(source: str | Path | Mapping[str, Any]) -> MinerAnswer:
    """Hours and money of a mine: a miner file, or the same settings as a mapping (series relative to the working folder)."""
    return run_miner(read_miner(source) if isinstance(source, str | Path) else miner_of(dict(source), Path()))


def miner_as_large_load(source: str | Path, region: str, overrides: list[str] | None = None) -> LargeLoad:
    """The mine as a load that gives way, for `gr.assess` and `gr.headroom`: counted once, as flexible load, not as less load too.

    Parameters
    ----------
    source : path
        Miner file; `max_hours_per_year` and `max_hours_per_event` are its budgets.
    region : str
        Region of the system.
    """
    asked = check_file(MinerFile, apply_overrides(read_toml(Path(source)), overrides or []))
    infinite = float("inf")
    return LargeLoad(
        name=asked.name,
        region=region,
        mw=np.array([asked.mw]),
        kind="interruptible",
        max_hours_per_year=infinite if asked.max_hours_per_year is None else asked.max_hours_per_year,
        max_hours_per_event=infinite if asked.max_hours_per_event is None else asked.max_hours_per_event,
    )


__all__ = ["miner", "miner_as_large_load", "miner_of", "read_miner"]
