"""What a network frees when it moves from proof of work to proof of stake or authority: before, after, in MW, by US region."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from gridroom.assets.energy import NetworkEnergy, finite
from gridroom.assets.ethereum_work import MERGE_DATE
from gridroom.assets.networks import Nodes, authority, network_energy, network_of, stake
from gridroom.assets.parameters import parameter
from gridroom.assets.proof_of_work import Work
from gridroom.core.errors import Problem, StudyError
from gridroom.reference import catalog

TO = {"stake": "proof-of-stake", "authority": "proof-of-authority"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """One way to say what the network drew before."""

    basis: str
    mwh_per_year: float
    reduction_pct: float
    claim: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionalMining:
    """Mining load of a US region [MW]; None where not known. `gives_way_mw` is what was seen to stop in a shortage.

    `claim` is that of the best figure; a share of a pool's hash rate is not a share of power, so those are assumed.
    """

    region: str
    low_mw: float | None
    best_mw: float | None
    high_mw: float | None
    gives_way_mw: float | None
    claim: str
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """Answer of `switch`."""

    before: NetworkEnergy
    after: NetworkEnergy
    bases: tuple[Before, ...]
    happened: bool
    co2_before_t: float | None
    co2_after_t: float | None
    regions: tuple[RegionalMining, ...]

    @property
    def freed_mw(self) -> dict[str, float]:
        """Power freed [MW]: lower, best and upper before, less the best after."""
        return {end: float(mw) - self.after.best_mw for end, mw in self.before.mw.items() if mw is not None}

    @property
    def reduction_pct(self) -> float:
        """Share of the power that goes [%]; best against best."""
        return 100.0 * (1.0 - self.after.best_mw / self.before.best_mw)

    @property
    def co2_reduction_pct(self) -> float | None:
        """Share of the emissions that goes [%]; None where either is not known."""
        if not self.co2_before_t or self.co2_after_t is None:
            return None
        return 100.0 * (1.0 - self.co2_after_t / self.co2_before_t)

    def as_dict(self) -> dict[str, Any]:
        """The answer for JSON."""
        return {
            "network": self.before.network,
            "happened": self.happened,
            "before": self.before.as_dict(),
            "after": self.after.as_dict(),
            "freed_mw": self.freed_mw,
            "reduction_pct": self.reduction_pct,
            "co2_before_t_per_year": self.co2_before_t,
            "co2_after_t_per_year": self.co2_after_t,
            "co2_reduction_pct": self.co2_reduction_pct,
            "bases": [{k: getattr(b, k) for k in Before.__slots__} for b in self.bases],
            "freed_by_us_region_mw": [{k: getattr(r, k) for k in RegionalMining.__slots__} for r in self.regions],
        }

    def __str__(self) -> str:
        freed = self.freed_mw
        word = "freed" if self.happened else "would free"
        lines = [
            str(self.before),
            "",
            str(self.after),
            "",
            f"{word}: {freed['best']:,.0f} MW ({freed['lower']:,.0f} to {freed['upper']:,.0f}), "
            f"{self.reduction_pct:.4f} % of what it draws",
        ]
        lines += [
            f"  {b.basis}: {b.mwh_per_year / 1e6:,.2f} TWh a year before, {b.reduction_pct:.4f} % less [{b.claim}]"
            for b in self.bases
        ]
        if self.co2_before_t is not None and self.co2_after_t is not None:
            change = f"{self.co2_before_t:,.0f} to {self.co2_after_t:,.0f} t a year, {self.co2_reduction_pct:.3f} % less"
            lines.append(f"  emissions as published: {change}")
        if self.regions:
            lines.append("US regions of which something is known, MW:")
            lines += [
                f"  {r.region:6} {_known(r.best_mw)} ({_known(r.low_mw)} to {_known(r.high_mw)}) [{r.claim}] {r.source}"
                for r in self.regions
            ]
        return "\n".join(lines)


def _known(value: float | None) -> str:
    return "not known" if value is None else f"{value:,.0f}"


def mining_by_region(network: NetworkEnergy | None = None) -> tuple[RegionalMining, ...]:
    """Bitcoin mining by US region [MW]: published where there is a figure, else a share of the national estimate.

    Parameters
    ----------
    network : NetworkEnergy, optional
        Estimate whose US share is split; the newest when left out.
    """
    now = network or network_energy("bitcoin")
    share = parameter("us_share_of_bitcoin")
    out = []
    for row in catalog.load("mining_regions").itertuples():
        ends = [finite(row.low_mw), finite(row.best_mw), finite(row.high_mw)]
        if finite(row.us_share) is not None:
            ends = [
                None if mw is None else mw * us * row.us_share
                for mw, us in zip((now.mw[e] for e in ("lower", "best", "upper")), (share.low, share.best, share.high), strict=True)
            ]
        out.append(
            RegionalMining(
                region=str(row.region),
                low_mw=ends[0],
                best_mw=ends[1],
                high_mw=ends[2],
                gives_way_mw=finite(row.gives_way_mw),
                claim=str(row.claim),
                source=str(row.source),
            )
        )
    return tuple(out)


def _bases(after_mwh: float) -> tuple[Before, ...]:
    """The Merge on each basis that is known."""
    day = network_energy("ethereum-pow", (MERGE_DATE - dt.timedelta(days=1)).isoformat())
    year = _last_year()
    ccri = parameter("ethereum_pow_twh_ccri")
    rows = [
        ("bottom-up, the last day annualised", day.best_mw * 8760.0, "derived"),
        ("bottom-up, the 365 days before", year, "derived"),
        (ccri.source, ccri.best * 1e6, ccri.claim),
    ]
    return tuple(Before(basis=b, mwh_per_year=mwh, reduction_pct=100.0 * (1.0 - after_mwh / mwh), claim=c) for b, mwh, c in rows)


def _last_year() -> float:
    """Energy of the 365 days to the Merge, bottom-up [MWh]."""
    from gridroom.assets.ethereum_work import ethereum

    first = MERGE_DATE - dt.timedelta(days=365)
    answer = ethereum((first, MERGE_DATE - dt.timedelta(days=1)), Work())
    return answer.best_mw * 8760.0


def switch(name: str, to: str = "stake", date: str | None = None, work: Work | None = None, nodes: Nodes | None = None) -> Switch:
    """A network before and after it moves to proof of stake or authority.

    Parameters
    ----------
    name : str
        `ethereum` (the Merge, as it happened) or `bitcoin` (what it would free).
    to : str
        `stake` or `authority`.
    date : str, optional
        Day or period of "before".
    work : Work, optional
    nodes : Nodes, optional
        Nodes of "after"; as many as Ethereum's, or 25 validators, until given.

    Raises
    ------
    StudyError
        If the network is not one of proof of work, or a date does not fit.
    """
    network = network_of(name)
    if to not in TO:
        raise StudyError(Problem("--to", f"must be stake or authority; got {to!r}"))
    if network not in ("ethereum", "ethereum-pow", "bitcoin"):
        raise StudyError(Problem("network", f"{network} does not run on proof of work", "bitcoin, or ethereum before its Merge"))
    nodes, today = nodes or Nodes(), dt.date.today()
    merged = network != "bitcoin" and to == "stake"
    before = network_energy("bitcoin" if network == "bitcoin" else "ethereum-pow", date, work)
    after = authority(TO[to], nodes, today) if to == "authority" else stake("ethereum" if merged else TO[to], nodes, today)
    happened = merged and not nodes.given
    return Switch(
        before=before,
        after=after,
        bases=_bases(after.best_mw * 8760.0) if happened else (),
        happened=happened,
        co2_before_t=parameter("ethereum_pow_tco2e").best if happened else before.co2_t_per_year,
        co2_after_t=after.co2_t_per_year,
        regions=mining_by_region(before) if network == "bitcoin" else (),
    )


__all__ = ["Before", "RegionalMining", "Switch", "mining_by_region", "switch"]
