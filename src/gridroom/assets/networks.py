"""The networks we know, and which method answers for each."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from gridroom.assets import ethereum_work, proof_of_work
from gridroom.assets.energy import TWH_YEAR_365, NetworkEnergy, finite, period_of
from gridroom.assets.nodes import authority_mw, stake_mw
from gridroom.assets.parameters import Parameter, parameter
from gridroom.assets.published import near
from gridroom.core.errors import Problem, StudyError, raise_all
from gridroom.core.names import find_name
from gridroom.reference import catalog

HARDWARE = ("single_board", "mini_pc", "cloud_share", "server")
BOUNDARY = "2025/422 counts all nodes, validating or not (recital 8); what these figures count is as their source has it"
PER_TRANSACTION = "energy per transaction is a legal field in the EU, not what one more transaction costs"


@dataclass(frozen=True, slots=True, kw_only=True)
class Nodes:
    """What the user says of a network of nodes; None leaves it to the tables.

    Attributes
    ----------
    nodes, node_w, w_per_tps_node, transactions_per_s : float or None
        Proof of stake: nodes, W of each at rest, W more of each for a transaction a second, transactions a second.
    full_nodes, full_node_w : float or None
        Proof of authority: further nodes that do not validate.
    hardware : str or None
        Class of machine in place of `node_w`: one of `HARDWARE`, with its low, best and high power (assumed).
    pue : float or None
        Power usage where the nodes stand; None leaves it out of the boundary.
    """

    nodes: float | None = None
    node_w: float | None = None
    w_per_tps_node: float | None = None
    transactions_per_s: float | None = None
    full_nodes: float | None = None
    full_node_w: float | None = None
    pue: float | None = None
    hardware: str | None = None

    @property
    def given(self) -> bool:
        """Whether anything was said."""
        return any(getattr(self, name) is not None for name in self.__slots__)


def known_networks() -> dict[str, list[str]]:
    """Names with their other spellings."""
    table = catalog.load("networks")
    return {str(r.network): str(r.spellings).split(";") for r in table.itertuples()}


def network_of(name: str) -> str:
    """Network that is meant.

    Raises
    ------
    StudyError
        If there is none; names the nearest.
    """
    found = find_name("network", name, known_networks())
    if isinstance(found, Problem):
        raise StudyError(found)
    return found


def _row(network: str) -> Any:
    table = catalog.load("networks")
    return table[table["network"] == network].iloc[0]


def _check(nodes: Nodes) -> None:
    problems = []
    if nodes.hardware is not None and nodes.hardware not in HARDWARE:
        problems.append(Problem("--hardware", f"must be one of {', '.join(HARDWARE)}; got {nodes.hardware!r}"))
    if nodes.hardware is not None and nodes.node_w is not None:
        problems.append(Problem("--hardware", "and --node-w say the same twice", "give one"))
    for name in (n for n in Nodes.__slots__ if n != "hardware"):
        value, least = getattr(nodes, name), 1.0 if name == "pue" else 0.0
        if value is not None and not least <= value < 1e12:
            problems.append(Problem(f"--{name.replace('_', '-')}", f"must be at least {least:g}; got {value:g}"))
    raise_all(problems)


def stake(network: str, nodes: Nodes, day: dt.date) -> NetworkEnergy:
    """Proof of stake: the published energy of a network, or N (P + k x transactions a second) from its nodes."""
    _check(nodes)
    row = _row(network)
    spread = parameter("stake_range_factor")
    hardware = None if nodes.hardware is None else parameter(f"node_w_{nodes.hardware}")
    low, high = spread.low, spread.high
    published_kwh, count = finite(row.kwh_per_year), nodes.nodes if nodes.nodes is not None else finite(row.nodes)
    implied = published_kwh / 8.76 / count if published_kwh is not None and count else None
    node_w = hardware.best if hardware is not None else nodes.node_w if nodes.node_w is not None else finite(row.node_w)
    notes = [f"figures of {row.as_of}, whatever the date"] if str(row.as_of)[:1].isdigit() and not nodes.given else []
    if not nodes.given and published_kwh is not None:
        best, method, claim = (
            published_kwh / 8.76e6,
            "published energy of the network (nodes measured, times their number)",
            str(row.claim),
        )
        inputs: dict[str, Any] = {"nodes": count, "w_per_node_implied": implied}
    else:
        if node_w is None and finite(row.nodes) and published_kwh is not None:
            node_w = published_kwh / 8.76 / float(row.nodes)
            notes.append("power of a node is the mean implied by the published energy and node count")
        if count is None or node_w is None:
            raise StudyError(
                Problem(f"network {network}", "has no known number of nodes or power of a node", "give --nodes and --node-w")
            )
        k = nodes.w_per_tps_node if nodes.w_per_tps_node is not None else (finite(row.w_per_tps_node) or 0.0)
        tps, pue = nodes.transactions_per_s or 0.0, nodes.pue or 1.0
        best, method = stake_mw(count, node_w, k, tps, pue), "nodes x (power at rest + power per transaction a second)"
        given = nodes.nodes is not None and nodes.node_w is not None
        claim = "derived" if given else "assumed"
        # Given nodes and power leave no doubt of ours; a class of machines has its own range.
        low, high = (1.0, 1.0) if given else (low, high)
        if hardware is not None:
            low, high = (stake_mw(count, w, k, tps, pue) / best for w in (hardware.low, hardware.high))
        inputs = {"nodes": count, "node_w": node_w, "w_per_tps_node": k, "transactions_per_s": tps, "pue": nodes.pue}
        if nodes.pue is None:
            notes.append("power usage (PUE) of where the nodes stand is outside the boundary: give --pue to put it in")
    if network == "proof-of-stake" and not nodes.given:
        notes.append("a network of as many nodes as Ethereum's, for comparison: give --nodes and --node-w for yours")
    own_energy = not nodes.given and published_kwh is not None
    tons = finite(row.tco2e_per_year) if own_energy else None
    return NetworkEnergy(
        network=network,
        consensus="proof_of_stake",
        first=day,
        last=day,
        mw={"lower": best * low, "best": best, "upper": best * high},
        twh_per_mw=TWH_YEAR_365,
        method=method,
        claim=claim,
        sources=(str(row.source), spread.source),
        inputs=inputs,
        notes=(*notes, *((PER_TRANSACTION,) if own_energy and finite(row.wh_per_transaction) else ()), BOUNDARY),
        uncertainty=_doubts(nodes, spread, str(row.as_of)),
        co2_t_per_year=tons,
        co2_basis="published" if tons is not None else "",
        wh_per_transaction=finite(row.wh_per_transaction) if own_energy else None,
        published=near(network, day, day),
    )


def _doubts(nodes: Nodes, spread: Parameter, as_of: str) -> tuple[str, ...]:
    """What is uncertain about a network of nodes."""
    if nodes.hardware is not None:
        return (f"lower and upper are the ends of the class {nodes.hardware}: typical power, remembered [assumed]",)
    if nodes.nodes is not None and nodes.node_w is not None:
        return ("none left in these figures: nodes and their power are as given",)
    return (
        f"lower and upper are half and double: {spread.source} [{spread.claim}]",
        f"node count and hardware are those of {as_of or 'no known date'}, and move",
    )


def authority(network: str, nodes: Nodes, day: dt.date) -> NetworkEnergy:
    """Proof of authority: validators and full nodes, whatever the transactions."""
    _check(nodes)
    row, hardware = _row(network), parameter(f"node_w_{nodes.hardware or 'server'}")
    count = nodes.nodes if nodes.nodes is not None else float(row.nodes)
    full, pue = nodes.full_nodes or 0.0, nodes.pue or 1.0
    powers = {"lower": hardware.low, "best": hardware.best, "upper": hardware.high}
    if nodes.node_w is not None:
        powers = dict.fromkeys(powers, nodes.node_w)
    mw: dict[str, float | None] = {
        end: authority_mw(count, w, full, w if nodes.full_node_w is None else nodes.full_node_w, pue) for end, w in powers.items()
    }
    given = nodes.nodes is not None and nodes.node_w is not None
    doubt = (
        "none left in these figures: validators and their power are as given"
        if given
        else "validators or their hardware are assumed"
    )
    return NetworkEnergy(
        network=network,
        consensus="proof_of_authority",
        first=day,
        last=day,
        mw=mw,
        twh_per_mw=TWH_YEAR_365,
        method="validators and full nodes x their power x PUE; transactions do not matter to first order",
        claim="derived" if given else "assumed",
        sources=(str(row.source), hardware.source),
        inputs={"nodes": count, "node_w": powers["best"], "full_nodes": full, "full_node_w": nodes.full_node_w, "pue": nodes.pue},
        uncertainty=(doubt,),
        notes=(BOUNDARY,),
    )


def network_energy(
    name: str,
    date: str | None = None,
    work: proof_of_work.Work | None = None,
    nodes: Nodes | None = None,
) -> NetworkEnergy:
    """Power and energy of a network.

    Parameters
    ----------
    name : str
        Network or consensus: `gridroom data show networks`.
    date : str, optional
        Day, month or year; the newest known when left out.
    work : Work, optional
        Proof of work: hash rate, price, tariff, fees, method.
    nodes : Nodes, optional
        Proof of stake and authority.

    Returns
    -------
    NetworkEnergy

    Raises
    ------
    StudyError
        If the network is not known, the date is not covered, or an input does not fit.
    """
    network = network_of(name)
    period = None if date is None else period_of(date)
    work, nodes = work or proof_of_work.Work(), nodes or Nodes()
    merge = ethereum_work.MERGE_DATE
    if network == "ethereum" and period is not None and period[0] < merge:
        if period[1] >= merge:
            raise StudyError(
                Problem(
                    "--date",
                    f"holds the Merge of {merge}: proof of work before, proof of stake after; got {date!r}",
                    "ask for a period on one side, or `gridroom assets switch ethereum`",
                )
            )
        network = "ethereum-pow"
    consensus = str(_row(network).consensus)
    _fits(consensus, work, nodes)
    if network == "bitcoin":
        return proof_of_work.bitcoin(period, work)
    if network == "ethereum-pow":
        return ethereum_work.ethereum(period, work)
    day = dt.date.today() if period is None else period[1]
    as_of = str(_row(network).as_of)
    if period is not None and as_of[:4].isdigit() and day.year < int(as_of[:4]):
        words = f"lies before {as_of}, the year that this network's figures are of; got {date!r}"
        raise StudyError(Problem("--date", words, "leave --date out"))
    return stake(network, nodes, day) if consensus == "proof_of_stake" else authority(network, nodes, day)


# What each consensus does not take.
FOREIGN = {
    "proof_of_work": tuple(Nodes.__slots__),
    "proof_of_stake": ("full_nodes", "full_node_w"),
    "proof_of_authority": ("w_per_tps_node", "transactions_per_s"),
}


def _fits(consensus: str, work: proof_of_work.Work, nodes: Nodes) -> None:
    """Refuse inputs that another consensus would take."""
    words = consensus.replace("_", " ")
    rest = (
        "its energy follows hash rate and machines"
        if consensus == "proof_of_work"
        else "its energy follows nodes: --nodes, --node-w"
    )
    given = [n for n in FOREIGN[consensus] if getattr(nodes, n) is not None]
    given += work.given() if consensus != "proof_of_work" else []
    problems = [Problem(f"--{n.replace('_', '-')}", f"does not apply to {words}", rest) for n in given]
    if work.machines is not None and work.deployment_months:
        problems.append(Problem("--deployment-months", "does not apply to --machines", "shift the days of release in that list"))
    raise_all(problems)


__all__ = ["Nodes", "authority", "known_networks", "network_energy", "network_of", "stake"]
