"""What a network of nodes draws: proof of stake and proof of authority.

Proof of stake after CCRI: P = N (P_rest + k x transactions a second). [CCRI]_ Proof of authority: validators and full nodes,
times PUE, whatever the transactions.

.. [CCRI] Crypto Carbon Ratings Institute, white paper on proof-of-stake methods, 2023 (read second-hand).
"""

from __future__ import annotations

HOURS_A_YEAR = 8760.0


def stake_mw(nodes: float, node_w: float, w_per_tps_node: float = 0.0, transactions_per_s: float = 0.0, pue: float = 1.0) -> float:
    """Power of a proof-of-stake network [MW].

    Parameters
    ----------
    nodes : float
        Nodes, validating or not, as the boundary has it.
    node_w : float
        Power of a node at rest [W].
    w_per_tps_node : float
        Further power of each node for a transaction a second [W s].
    transactions_per_s : float
    pue : float
        Power usage of where the nodes stand; 1: not in the boundary.
    """
    return nodes * (node_w + w_per_tps_node * transactions_per_s) * pue / 1e6


def authority_mw(
    validators: float, validator_w: float, full_nodes: float = 0.0, full_node_w: float = 0.0, pue: float = 1.0
) -> float:
    """Power of a proof-of-authority network [MW], transactions left out (to first order they do not matter)."""
    return (validators * validator_w + full_nodes * full_node_w) * pue / 1e6


def kwh_per_year(mw: float) -> float:
    """Energy of a year of 8,760 h [kWh]."""
    return mw * 1000.0 * HOURS_A_YEAR


__all__ = ["HOURS_A_YEAR", "authority_mw", "kwh_per_year", "stake_mw"]
